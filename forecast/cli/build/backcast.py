"""`innosi build backcast`: from a vision back to today, and what must begin now."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.scenarios.construction.pathways.backcast import Backcast, Milestone

MOST_YEARS = 11


@click.command(short_help="A backcast: from a vision back to today.")
@file_argument
@click.option("--forwards", is_flag=True, help="Order the roadmap from today to the vision.")
@click.option(
    "--within",
    default="12 months",
    show_default=True,
    metavar="TIME",
    help="What must be begun within this time is listed, such as '6 months'.",
)
@click.option(
    "--indicators",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Write the indicators' targets with their dates, as CSV or (FILE.yaml) YAML.",
)
@to_option
@plot_option
@output_options
def backcast(
    file: Path,
    forwards: bool,
    within: str,
    indicators: Path | None,
    to: Path | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Show a backcast's FILE as a roadmap: what comes before what, how much time is left, what begins now.

    Slack is by how long a milestone may be put off without any date being missed.

    \b
    innosi build backcast backcast.yaml --plot roadmap.svg
    innosi build backcast backcast.yaml --forwards --within '6 months'
    innosi build backcast backcast.yaml --indicators indicators.csv
    innosi build backcast backcast.yaml --to scenarios.yaml
    """
    from innosi.scenarios.construction.pathways.dates import as_days
    from innosi.scenarios.construction.pathways.entries import named_scenarios
    from innosi.scenarios.construction.pathways.indicators import write_indicators

    days = as_days(within)
    found, document = read(file, "backcast")
    tables = (roadmap_table(found, forwards), work_table(found, forwards))
    output.show(*tables, start_table(found, days, within), path_table(found))
    if indicators is not None:
        write_indicators(found.targets, indicators, title=found.title)
        output.say(f"{indicators}: {len(found.targets)} targets of {len(found.indicators)} indicators")
    if plot is not None:
        from innosi.scenarios.construction.pathways.drawing_roadmap import draw_roadmap

        output.draw(draw_roadmap(found), plot)
    if to is not None:
        write(output, to, named_scenarios(found.scenarios, document.source), found.settings, document)


def roadmap_table(found: "Backcast", forwards: bool) -> Table:
    """Return the milestones with their dates, from the vision back to today or the other way."""
    from innosi.scenarios.construction.pathways.dates import in_words

    rows = [
        (
            *(str(each.by), each.name, each.title, _length(each.takes), str(each.start_by)),
            *(_slack(each), ", ".join(each.needs), "yes" if each.name in found.chain else ""),
        )
        for each in (found.milestones if forwards else found.backwards)
    ]
    vision = (str(found.vision.by), "vision", found.vision.title, "", "", "", "", "")
    rows = [*rows, vision] if forwards else [vision, *rows]
    columns = ("by", "name", "milestone", "takes", "begin_by", "slack", "needs", "longest_chain")
    chain = " → ".join((*found.chain, "vision"))
    length = f" ({in_words(found.chain_days)})" if found.is_timed else ", by the number of milestones"
    notes = (f"longest chain{length}: {chain}", *found.gaps)
    way = "from today on" if forwards else "from the vision back"
    return Table(f"{found.title}, {way}", columns, rows, notes)


def work_table(found: "Backcast", forwards: bool) -> Table:
    """Return who sees to each milestone, what is done for it, and what stands in its way."""
    rows = [
        (each.name, each.theme, ", ".join(each.who), "; ".join(each.actions), "; ".join(each.obstacles))
        for each in (found.milestones if forwards else found.backwards)
    ]
    return Table("who does what", ("name", "theme", "who", "actions", "obstacles"), rows)


def start_table(found: "Backcast", days: float, within: str) -> Table:
    """Return what must be begun within so many days."""
    starting = found.to_start(days)
    rows = [
        (str(each.start_by), each.name, each.title, ", ".join(each.who), "; ".join(each.actions))
        for each in starting
    ]
    columns = ("begin_by", "name", "milestone", "who", "actions")
    title = f"what must begin within {within} of {found.today}"
    late = [each.name for each in starting if each.start_by is not None and each.start_by < found.today]
    notes = (f"overdue: {', '.join(late)}",) if late else ()
    return Table(title, columns, rows, notes if rows else ("nothing",))


def path_table(found: "Backcast") -> Table:
    """Return each indicator at the end of each year, on straight lines between the stated values."""
    import numpy as np

    from innosi.scenarios.construction.pathways.dates import as_last_day

    years = list(range(found.today.year, found.vision.by.year + 1))
    years = years[:: -(-len(years) // MOST_YEARS)]
    if years[-1] != found.vision.by.year:
        years.append(found.vision.by.year)
    ends = np.array([float((min(as_last_day(year), found.vision.by) - found.today).days) for year in years])
    rows = [
        (
            *(each.name, each.unit, "≥" if each.direction == "at_least" else "≤", each.present),
            *each.path(ends, found.today).tolist(),
        )
        for each in found.indicators
    ]
    note = "at the end of each year, on straight lines between the stated values; – where none is stated"
    columns = ("indicator", "unit", "is_to_be", "present", *map(str, years))
    return Table("indicators", columns, rows, (note,) if rows else ("none",))


def _length(days: float | None) -> str:
    from innosi.scenarios.construction.pathways.dates import in_words

    return "–" if days is None else in_words(days)


def _slack(milestone: "Milestone") -> str:
    from innosi.scenarios.construction.pathways.dates import in_words

    return f"{'−' if milestone.slack < 0 else ''}{in_words(milestone.slack)}"
