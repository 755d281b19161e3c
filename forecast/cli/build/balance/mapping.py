"""`innosi build balance landscape`: a map of all scenarios, and of those that hang together among them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.balance.arguments import (
    marked,
    read_balance,
    search,
    settle,
    succession_options,
    tolerance_option,
    warn,
)
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.scenarios.drawing.numbers import percent

if TYPE_CHECKING:
    from innosi.scenarios.construction.balance.landscape import Landscape
    from innosi.scenarios.construction.balance.succession import Succession


@click.command(short_help="Draw a map of the scenarios by likeness.")
@file_argument
@tolerance_option
@succession_options
@plot_option
@output_options
def landscape(
    file: Path,
    tolerance: float | None,
    succession: "Succession",
    starts: int | None,
    seed: int,
    plot: Path | None,
    output: Output,
) -> None:
    """Draw a map of the scenarios of FILE: those that share many states lie near each other.

    The consistent ones span the map and are sized by their basins; all others (or a sample of them) are laid
    into it, the darker the less inconsistent. The table tells which consistent scenarios are nearest to each
    other, and by how many descriptors they differ: by so many decisions they are apart.

    \b
    innosi build balance landscape balance.yaml --plot landscape.svg
    """
    from innosi.scenarios.construction.balance.landscape import landscape_of

    balance = read_balance(file)
    found = search(balance, tolerance=tolerance)
    warn(found)
    if not len(found):
        output.say("no scenario is consistent; allow for a --tolerance")
        return
    settled = settle(found, succession, starts, seed, {})
    drawn = landscape_of(found, settled, seed=seed)
    output.show(marked(neighbour_table(drawn), found.why_not, settled.why_not))
    if plot is not None:
        from innosi.scenarios.construction.balance.landscape_map import draw_landscape

        output.draw(draw_landscape(drawn), plot)


def neighbour_table(drawn: "Landscape") -> Table:
    """Return of each consistent scenario on the map which other one is nearest, and where it lies."""
    rows = [
        (name, family or None, float(basin), nearest, n_apart, ", ".join(apart), float(x), float(y))
        for name, family, basin, (nearest, n_apart, apart), (x, y) in zip(
            drawn.names,
            drawn.families,
            drawn.basins,
            drawn.neighbours(),
            drawn.map.landmarks,
            strict=True,
        )
    ]
    columns = ("scenario", "family", "basin", "nearest", "n_apart", "apart_in", "x", "y")
    notes = (
        f"the map shows {percent(drawn.map.shown)} of how these scenarios differ",
        *drawn.notes,
    )
    return Table(f"{drawn.title}: which scenarios are alike", columns, rows, notes)
