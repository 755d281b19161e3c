"""`innosi build balance attractors`: where scenarios settle when descriptors give way to what pushes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.balance.arguments import (
    fix_option,
    marked,
    read_balance,
    scenario_of,
    succession_options,
)
from innosi.forecast.cli.build.balance.finding import MOST_PRINTED, basin_note
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.models.arrays import IntArray
    from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
    from innosi.scenarios.construction.balance.succession import Attractors, Succession


@click.command(short_help="Show where succession settles, and from where.")
@file_argument
@succession_options
@fix_option
@click.option("--from", "start", metavar="SCENARIO", help="Show the steps from this scenario on, too.")
@plot_option
@output_options
def attractors(
    file: Path,
    succession: "Succession",
    starts: int | None,
    seed: int,
    held: Mapping[str, str],
    start: str | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Show where the scenarios of FILE settle when every descriptor gives way to what pushes it.

    They settle in consistent scenarios, or go round in cycles. The basin of each is the share of all
    scenarios that leads to it. Successions: `global` moves all descriptors at once, `local` the most
    inconsistent one, `incremental` all by one state, `adiabatic` the slow ones (--slow) only once the others
    have settled. On a tie a descriptor keeps its state, else it takes the first of the best.

    \b
    innosi build balance attractors balance.yaml --plot attractors.svg
    innosi build balance attractors balance.yaml --succession adiabatic --slow land,labour_market
    innosi build balance attractors balance.yaml --from self_help
    """
    from innosi.scenarios.construction.balance.impact_balances import intervened
    from innosi.scenarios.construction.balance.succession import attractors as attractors_of
    from innosi.scenarios.construction.balance.succession import held_by, path

    balance = read_balance(file)
    impacts = intervened(balance.impacts, held) if held else balance.impacts
    with progress_bar("following") as told:
        found = attractors_of(impacts, succession, fixed=held, n_starts=starts, seed=seed, on_progress=told)
    limit = MOST_PRINTED if output.format == "table" else None
    tables = [marked(attractor_table(balance, found, limit), found.why_not)]
    if start is not None:
        steps = path(impacts, scenario_of(balance, start, held), held_by(held, succession))
        tables.append(step_table(balance, balance.name_of(steps[0]), steps))
    output.show(*tables)
    if plot is not None:
        from innosi.scenarios.construction.balance.drawing_shares import draw_attractors

        output.draw(draw_attractors(balance, found), plot)


def attractor_table(balance: "CrossImpactBalance", found: "Attractors", limit: int | None) -> Table:
    """Return the attractors, the largest basin first; of a cycle its first scenario."""
    rows = [
        (
            balance.name_of(scenario) if length == 1 else f"a cycle of {length:,}",
            *balance.impacts.names_of(scenario).values(),
            int(length),
            float(basin),
            None if found.is_exhaustive else float(error),
        )
        for scenario, length, basin, error in list(
            zip(found.scenarios, found.lengths, found.basins, found.errors, strict=True)
        )[:limit]
    ]
    n_cycles = int((found.lengths > 1).sum())
    n_scenarios = len(found.lengths) - n_cycles
    least = "" if found.is_exhaustive else "at least "
    title = (
        f"{balance.title}: {found.succession.rule} succession settles in {least}"
        f"{n_scenarios:,} scenario{'s' if n_scenarios != 1 else ''}"
        f" and {n_cycles:,} cycle{'s' if n_cycles != 1 else ''}"
    )
    notes = [basin_note(found)]
    if len(rows) < len(found.lengths):
        notes.append(f"{len(rows):,} of {len(found.lengths):,} are shown; --format csv has all")
    if not found.is_exhaustive:
        notes.append("a sample finds attractors with small basins by chance only")
    columns = ("settles_in", *balance.impacts.states, "length", "basin", "error")
    return Table(title, columns, rows, tuple(notes))


def step_table(balance: "CrossImpactBalance", start: str, steps: "IntArray") -> Table:
    """Return the steps of a succession, and what changes in each."""
    from innosi.scenarios.construction.balance.impact_balances import impact_balances

    gaps = impact_balances(balance.impacts, steps).inconsistency
    rows = []
    for number, (places, gap) in enumerate(zip(steps, gaps, strict=True)):
        states = balance.impacts.names_of(places)
        before = balance.impacts.names_of(steps[number - 1]) if number else states
        changes = ", ".join(
            f"{name}: {before[name]} → {states[name]}" for name in states if before[name] != states[name]
        )
        rows.append((number, *states.values(), float(gap), changes))
    last = next(i for i, each in enumerate(steps.tolist()) if each == steps[-1].tolist())
    ends = (
        "it stays there" if last == len(steps) - 2 else f"step {len(steps) - 1} is step {last} again: a cycle"
    )
    columns = ("step", *balance.impacts.states, "inconsistency", "changes")
    return Table(f"from {start}, step by step", columns, rows, (ends,))
