"""`innosi build drivers`: drivers on the impact–uncertainty grid, and the study that asks for it."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read
from innosi.forecast.cli.build.skeletons import go_on_in
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.scenarios.construction.signals.drivers import Drivers
    from innosi.scenarios.construction.signals.grid import Grid

MOST_PAIRS = 5


@click.command(short_help="Drivers by impact and uncertainty.")
@file_argument
@click.option(
    "--ask",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="STUDY.yaml",
    help="Write a Delphi study that asks for the ratings.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.yaml",
    help="Write the chosen drivers as a futures table to go on with.",
)
@plot_option
@output_options
def drivers(file: Path, ask: Path | None, to: Path | None, plot: Path | None, output: Output) -> None:
    """Show the drivers in a FILE by impact and uncertainty, how sure that is, and which two span scenarios.

    The panel's ratings stand in the file or in a table (CSV, XLSX), or come from a Delphi study: --ask writes
    one, and `rating_table` reads what `innosi delphi data` writes of it.

    \b
    innosi build drivers drivers.yaml --plot grid.svg
    innosi build drivers drivers.yaml --ask study.yaml
    innosi build drivers drivers.yaml --to my-table.yaml
    """
    found, document = read(file, "drivers")
    output.show(*([grid_table(found), pair_table(found)] if found.grid else [driver_table(found)]))
    if plot:
        from innosi.scenarios.construction.signals.drawing_grid import draw_grid

        output.draw(draw_grid(found), plot)
    if ask:
        from innosi.forecast.asking_drivers import ASKING, study_of_drivers

        go_on_in(output, ask, study_of_drivers(found, document), file, ASKING)
    if to:
        from innosi.scenarios.construction.signals.skeletons import futures_table_skeleton

        data = futures_table_skeleton(found, document, to.parent)
        go_on_in(
            output, to, data, file, "what may become of each: name two states or more, and what they set"
        )


def driver_table(drivers: "Drivers") -> Table:
    """Return drivers that nobody has rated yet, with the signals behind them."""
    rows = [(each.name, each.title, len(each.signals)) for each in drivers.drivers.values()]
    notes = ("nobody has rated them yet: `--ask study.yaml` writes a study that asks", *drivers.notes)
    return Table(f"{drivers.title}: {len(rows)} drivers", ("driver", "title", "signals"), rows, notes)


def grid_table(drivers: "Drivers") -> Table:
    """Return where each driver lies and how sure that is, the most critical first."""
    grid = drivers.grid
    if grid is None or drivers.ratings is None:
        return driver_table(drivers)
    order = sorted(range(len(drivers.drivers)), key=lambda i: -grid.scores[i])
    rows = [_grid_row(drivers, grid, i) for i in order]
    high = " and ".join(f"{cut:g} in {name}" for cut, name in zip(grid.cuts, drivers.scales, strict=True))
    notes = (
        f"high is above {high}: the {drivers.cut} of the {'scale' if drivers.cut == 'middle' else 'drivers'}",
        "sure: in how many of 2,000 panels drawn from this one a driver lies in the same quadrant",
        "spread: the wider of both interquartile ranges, as a share of its scale",
        *drivers.notes,
    )
    columns = (
        "driver", "quadrant", "sure", "impact", "impact_half", "uncertainty", "uncertainty_half", "spread",
        "n", "signals",
    )  # fmt: skip
    return Table(
        f"{drivers.title}: {len(rows)} drivers, rated by {len(drivers.ratings.panellists)}",
        columns,
        rows,
        notes,
    )


def _grid_row(drivers: "Drivers", grid: "Grid", i: int) -> tuple[object, ...]:
    each = list(drivers.drivers.values())[i]
    sure = f"{grid.sureness[i]:.0%}" if drivers.can_be_sure else "–"
    halves = [f"{low:g}–{high:g}" for low, high in zip(grid.lower[i], grid.upper[i], strict=True)]
    impact, uncertainty = map(float, grid.medians[i])
    return (
        *(each.name, str(grid.quadrants[i]), sure),
        *(impact, halves[0], uncertainty, halves[1]),
        *(float(grid.disagreement[i]), int(grid.n[i].min()), len(each.signals)),
    )


def pair_table(drivers: "Drivers") -> Table:
    """Return the pairs of drivers that would span scenarios best."""
    names = tuple(drivers.drivers)
    rows = []
    for pair in [each for each in drivers.pairs if each.score > 0][:MOST_PAIRS]:
        first, second = (names[i] for i in pair.drivers)
        said = "judged" if pair.drivers in drivers.judged else "" if isnan(pair.correlation) else "ratings"
        warned = "not independent" if drivers.says_dependent(pair) else ""
        rows.append((first, second, pair.score, pair.correlation, said, warned))
    notes = (
        "score: √(c × c) × (1 − |correlation|), where c is impact × uncertainty of each driver, 0 to 1",
        "from ratings: whether those who hold the one critical hold the other so too. It is no judgement of"
        " whether they develop together: judge the pair you choose under `correlations`",
    )
    columns = ("driver", "and", "score", "correlation", "from", "warning")
    return Table("axes that suggest themselves", columns, rows, notes)
