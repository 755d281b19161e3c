"""`innosi build axes`: four scenarios between two uncertain drivers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.scenarios.construction.signals.axes import ScenarioAxes


@click.command(short_help="Four scenarios between two axes (2×2).")
@file_argument
@to_option
@plot_option
@output_options
def axes(file: Path, to: Path | None, plot: Path | None, output: Output) -> None:
    """Show the four scenarios that a FILE tells between two axes, and write them for `innosi run`.

    \b
    innosi build axes axes.yaml --plot axes.svg
    innosi build axes axes.yaml --to four.yaml
    """
    found, document = read(file, "scenario_axes")
    output.show(corner_table(found))
    if plot:
        from innosi.scenarios.construction.signals.drawing_axes import draw_axes

        output.draw(draw_axes(found), plot)
    if to:
        write(output, to, found.constructed(), found.settings or {}, document)


def corner_table(axes: "ScenarioAxes") -> Table:
    """Return the four scenarios: which poles meet in each, how much it counts, and its story."""
    total = sum(each.weight or 0 for each in axes.scenarios)
    rows = [
        (
            each.name,
            each.title,
            *(pole.title for pole in axes.poles_of(each)),
            each.weight / total if each.weight else None,
            each.story,
        )
        for each in axes.scenarios
    ]
    first, second = (axis.name for axis in axes.axes)
    weighted = {
        "": "no scenario is weighted",
        "scenario": "weighted as they are",
        "pole": "weighted by their poles",
    }
    notes = (weighted[axes.weighted_by], *axes.notes)
    return Table(axes.title, ("scenario", "title", first, second, "share", "story"), rows, notes)
