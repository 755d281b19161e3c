"""`innosi build map`: where a fuzzy cognitive map settles, by itself and with concepts held."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.output import Output, output_options, plot_option

VIEWS = (
    "changes",
    "rules",
    "robustness",
    "sensitivity",
    "structure",
    "loops",
    "links",
    "people",
    "steps",
    "ends",
)

_FOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scenario": ("steps", "ends"),
        "outcome": ("sensitivity",),
        "draws": ("robustness",),
        "seed": ("robustness", "ends"),
    }
)
"""For which views an option is."""


@click.command("map", short_help="Simulate a fuzzy cognitive map, and compare scenarios.")
@file_argument
@click.option(
    "--show",
    "views",
    multiple=True,
    type=click.Choice([*VIEWS, "all"]),
    help="What to show; may be said often. Changes by default.",
)
@click.option("--scenario", help="Whose steps and ends; by default those of the map by itself.")
@click.option("--outcome", help="Whose change, for sensitivity; by default the file's outcome.")
@click.option("--draws", type=click.IntRange(1, 100_000), help="How many maps are drawn for robustness.")
@click.option("--seed", type=int, help="Where random numbers begin.")
@to_option
@plot_option
@output_options
def map_(
    file: Path,
    views: tuple[str, ...],
    scenario: str | None,
    outcome: str | None,
    draws: int | None,
    seed: int | None,
    to: Path | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Show where the fuzzy cognitive map of a FILE settles, by itself and with concepts held at a level.

    Views: changes of each scenario against the map by itself; the same under all rules; robustness against
    uncertain weights and other people; sensitivity of an outcome to each link; structure; feedback loops;
    links with their reasons; people's maps, and where they disagree; the steps of a simulation; ends from
    many starts. `--plot` draws the first view that is shown. `--to` writes the scenarios, with what the rises
    and falls of concepts override.

    \b
    innosi build map map.yaml
    innosi build map map.yaml --show structure --plot map.svg
    innosi build map map.yaml --show robustness --draws 5000
    innosi build map map.yaml --show steps --scenario budget_cuts
    innosi build map map.yaml --to scenarios.yaml
    """
    _check_needed(views, scenario=scenario, outcome=outcome, draws=draws, seed=seed)
    from innosi.forecast.cli.build.map_pages import Asked
    from innosi.forecast.cli.build.map_views import shown

    found, document = read(file, "cognitive_map")
    asked = Asked(found, scenario, outcome, draws, seed)
    pages = shown(asked, views or ("changes",))
    output.show(*(table for page in pages for table in page.tables))
    if plot is not None:
        output.draw(pages[0].drawn(), plot)
    if to is not None:
        write(output, to, found.constructed(asked.compared), found.settings, document)


def _check_needed(views: tuple[str, ...], **given: str | int | None) -> None:
    """Refuse an option that no view which is shown looks at."""
    for option, value in given.items():
        if value is not None and not {*_FOR[option], "all"} & set(views):
            raise click.UsageError(f"--{option} is for --show {' and --show '.join(_FOR[option])}")
