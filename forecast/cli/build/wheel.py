"""`innosi build wheel`: what follows from an event, trend or decision, and what follows from that."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.scenarios.construction.pathways.wheel import Wheel


@click.command(short_help="A futures wheel: what follows, and from that.")
@file_argument
@to_option
@click.option(
    "--branches", is_flag=True, help="With --to: one scenario for each branch, not those of the file."
)
@plot_option
@output_options
def wheel(file: Path, to: Path | None, branches: bool, plot: Path | None, output: Output) -> None:
    """Show the consequences of a futures wheel's FILE by order, and which of them to watch.

    Scores are medians of the participants'. The picture has a ring around the centre for each order.

    \b
    innosi build wheel wheel.yaml --plot wheel.svg
    innosi build wheel wheel.yaml --to scenarios.yaml
    innosi build wheel wheel.yaml --branches --to scenarios.yaml
    """
    from innosi.scenarios.construction.pathways.entries import named_scenarios
    from innosi.scenarios.construction.pathways.wheel import branch_scenarios, shared_by_branches

    if branches and to is None:
        raise click.UsageError("--branches says what --to writes: give --to FILE.yaml too")
    found, document = read(file, "futures_wheel")
    output.show(consequence_table(found), watch_table(found), ground_table(found))
    if plot is not None:
        from innosi.scenarios.construction.pathways.drawing_wheel import draw_wheel

        output.draw(draw_wheel(found), plot)
    if to is not None:
        scenarios = branch_scenarios(found) if branches else named_scenarios(found.chosen, document.source)
        write(output, to, scenarios, found.settings, document)
        if branches and shared_by_branches(found):
            output.say(f"in no branch, as they need several: {', '.join(shared_by_branches(found))}")


def consequence_table(found: "Wheel") -> Table:
    """Return every consequence, by order, with what it follows from and its scores."""
    rows = [
        (
            *(each.order, each.name, each.title, ", ".join(each.follows_from)),
            *(each.likelihood.median, _range(each.likelihood.ends)),
            *(each.desirability.median, _range(each.desirability.ends), each.likelihood.n),
        )
        for each in found.consequences
    ]
    columns = (
        *("order", "name", "consequence", "follows_from", "likelihood", "likelihood_range"),
        *("desirability", "desirability_range", "n"),
    )
    return Table(f"{found.title}: {found.centre}", columns, rows, found.notes)


def ground_table(found: "Wheel") -> Table:
    """Return whom each consequence touches, and what speaks for it."""
    rows = [
        (each.name, each.steep, ", ".join(each.affected), each.evidence, each.description)
        for each in found.consequences
        if each.steep or each.affected or each.evidence or each.description
    ]
    columns = ("name", "steep", "affected", "evidence", "description")
    return Table("whom it touches, and what speaks for it", columns, rows)


def watch_table(found: "Wheel") -> Table:
    """Return the consequences to watch, why, and what that asks for."""
    from innosi.scenarios.construction.pathways.scores import WHAT_TO_DO

    rows = [
        (
            *(each.name, each.title, each.likelihood.median, each.desirability.median),
            *(each.standing, WHAT_TO_DO[each.standing]),
        )
        for each in found.watched
    ]
    scale = found.scale
    note = (
        f"likely from {scale.likely_from:g}, unlikely to {scale.unlikely_to:g};"
        f" undesirable to −{-scale.undesirable_to:g}, very desirable from {scale.desirable_from:g}"
    )
    columns = ("name", "consequence", "likelihood", "desirability", "why", "what_now")
    return Table("to watch", columns, rows, (note,) if rows else ("nothing", note))


def _range(ends: tuple[float, float]) -> str:
    low, high = (f"{end:g}".replace("-", "−") for end in ends)
    return "–" if low == "nan" else low if low == high else f"{low} to {high}"
