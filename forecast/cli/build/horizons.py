"""`innosi build horizons`: what fades, what is tried in between, and what of the future is here already."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.scenarios.construction.pathways.horizons import ThreeHorizons


@click.command(short_help="Three horizons: what fades, what is tried, what is to come.")
@file_argument
@to_option
@plot_option
@output_options
def horizons(file: Path, to: Path | None, plot: Path | None, output: Output) -> None:
    """Show the items on three horizons' FILE, what they do to one another, and where the story has gaps.

    The curves say how far each pattern prevails when. They are drawings of a judgement, not data.

    \b
    innosi build horizons horizons.yaml --plot horizons.svg
    innosi build horizons horizons.yaml --to scenarios.yaml
    """
    from innosi.scenarios.construction.pathways.entries import named_scenarios

    found, document = read(file, "three_horizons")
    output.show(item_table(found), link_table(found), curve_table(found))
    if plot is not None:
        from innosi.scenarios.construction.pathways.drawing_horizons import draw_horizons

        output.draw(draw_horizons(found), plot)
    if to is not None:
        write(output, to, named_scenarios(found.chosen, document.source), found.settings, document)


def item_table(found: "ThreeHorizons") -> Table:
    """Return every item by horizon, under the number that it has in the picture."""
    rows = [
        (
            number,
            each.position,
            each.name,
            each.title,
            each.when,
            ", ".join(each.signals),
            ", ".join(each.who),
        )
        for number, each in enumerate(found.items, start=1)
    ]
    columns = ("number", "horizon", "name", "item", "years", "signals", "who")
    return Table(found.title, columns, rows, found.notes)


def link_table(found: "ThreeHorizons") -> Table:
    """Return what items do to one another, and the tensions between them."""
    from innosi.scenarios.construction.pathways.horizons import KINDS

    rows = [(each.source, KINDS[each.kind], each.target, each.note) for each in found.links]
    rows += [(", ".join(each.between), "tension", "", each.question) for each in found.tensions]
    return Table("links and tensions", ("item", "does", "to", "note"), rows, () if rows else ("none yet",))


def curve_table(found: "ThreeHorizons") -> Table:
    """Return how far each horizon prevails, at the beginning, in the middle and at the end."""
    years = (found.first_year, (found.first_year + found.last_year) // 2, found.last_year)
    rows = [
        (horizon, found.titles[horizon], *(f"{share:.0%}" for share in curve.at(years)), curve.in_words)
        for horizon, curve in found.curves.items()
    ]
    columns = ("horizon", "about", *map(str, years), "drawn_as")
    note = "drawings of a judgement, not data"
    return Table("how far each horizon prevails", columns, rows, (note,))
