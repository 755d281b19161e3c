"""`innosi build futures-table`: what can be together, what a fixed state leaves, and a few that differ."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.build.futures_table_shown import tables_of
from innosi.forecast.cli.build.skeletons import go_on_in
from innosi.forecast.cli.output import Output, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.scenarios.construction.futures_table.reading_off import Reading, Shown


def fixed_states(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return what was given as DESCRIPTOR=STATE as the states that each descriptor may have."""
    fixed: dict[str, tuple[str, ...]] = {}
    for each in given:
        descriptor, equals, state = (part.strip() for part in each.partition("="))
        if not (descriptor and equals and state):
            raise click.BadParameter(f"'{each}' is no DESCRIPTOR=STATE; write for example land=secured")
        fixed[descriptor] = tuple(dict.fromkeys((*fixed.get(descriptor, ()), state)))
    return fixed


@click.command("futures-table", short_help="What can be together, and a few futures that differ.")
@file_argument
@click.option(
    "--fix",
    "fixed",
    multiple=True,
    metavar="DESCRIPTOR=STATE",
    callback=fixed_states,
    help="Take a state for given, and see what is left. Several of one descriptor: any of them.",
)
@click.option("--list", "is_listed", is_flag=True, help="List the combinations that survive.")
@click.option(
    "--diverse", "n_diverse", type=click.IntRange(min=2), metavar="K", help="Choose K that differ most."
)
@click.option("--named", "is_named", is_flag=True, help="Take the combinations that the workshop named.")
@click.option(
    "--at-most",
    type=click.IntRange(min=1),
    default=1_000,
    show_default=True,
    help="List so many; of more, an even spread.",
)
@click.option(
    "--seconds", type=click.FloatRange(min=0), help="End a search after so many seconds, and say so."
)
@click.option(
    "--to-balance",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.yaml",
    help="Write the descriptors as a cross-impact balance to go on with.",
)
@to_option
@plot_option
@output_options
def futures_table(
    file: Path,
    fixed: Mapping[str, tuple[str, ...]],
    is_listed: bool,
    n_diverse: int | None,
    is_named: bool,
    at_most: int,
    seconds: float | None,
    to_balance: Path | None,
    to: Path | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Show which combinations in a futures table FILE survive, and which exclusion removes how much.

    With --fix it tells what is still open in every other descriptor, and what is forced. What is listed,
    chosen by --diverse or --named is also what --to writes, and what the picture shows.

    \b
    innosi build futures-table futures_table.yaml --plot table.svg
    innosi build futures-table futures_table.yaml --fix land=secured --list
    innosi build futures-table futures_table.yaml --diverse 6 --to scenarios.yaml
    innosi build futures-table futures_table.yaml --to-balance my-balance.yaml
    """
    from innosi.scenarios.construction.futures_table.next_step import balance_skeleton, scenarios_of
    from innosi.scenarios.construction.futures_table.reading_off import read_off, written

    with progress_bar("searching") as told:
        table, document = read(file, "futures_table")
        reading = read_off(table, fixed, seconds=seconds, on_progress=told)
        shown = _shown(reading, is_listed, n_diverse, is_named, at_most)
        tables = tables_of(reading, shown)
    output.show(*tables)
    if plot:
        from innosi.scenarios.construction.futures_table.drawing import draw_table

        output.draw(draw_table(reading, shown), plot)
    if to:
        scenarios = scenarios_of(table, written(reading, shown).combinations)
        write(output, to, scenarios, table.settings, document)
    if to_balance:
        data = balance_skeleton(table, document, to_balance.parent)
        go_on_in(output, to_balance, data, file, "how each state acts on the others: a number for every null")


def _shown(
    reading: "Reading", is_listed: bool, n_diverse: int | None, is_named: bool, at_most: int
) -> "Shown | None":
    """The combinations that were asked for; None if none were."""
    from innosi.scenarios.construction.futures_table.reading_off import diverse_ones, listed, named

    if sum((is_listed, n_diverse is not None, is_named)) > 1:
        raise click.UsageError("--list, --diverse and --named choose in different ways; give one of them")
    if is_listed:
        return listed(reading, at_most)
    if n_diverse is not None:
        return diverse_ones(reading, n_diverse)
    return named(reading) if is_named else None
