"""`innosi build trend-impact`: a trend, the events that may bend it, and the fan of what may come."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.build.cross_impact_tables import spread_notes
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.scenarios.construction.probabilities.trend_impact import TrendImpact
    from innosi.scenarios.construction.probabilities.trend_impact_file import TrendAnalysis


@click.command("trend-impact", short_help="A trend, and the events that may bend it.")
@file_argument
@click.option(
    "--draws",
    type=click.IntRange(100, 200_000),
    default=20_000,
    show_default=True,
    help="How many courses of the trend are drawn.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the draws; 0 is a seed.")
@click.option(
    "--year", type=int, help="The year to look at more closely, and to write; the horizon by default."
)
@to_option
@plot_option
@output_options
def trend_impact(
    file: Path,
    draws: int,
    seed: int,
    year: int | None,
    to: Path | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Simulate what becomes of FILE's trend when each of its events happens in some year or never.

    The first table is the fan by year; the second says what each event does to the quantity in one year. With
    `--to` that year's quantity becomes a number of the scenario file: with the events, and without surprises.

    \b
    innosi build trend-impact trend.yaml
    innosi build trend-impact trend.yaml --year 2030 --plot fan.svg
    innosi build trend-impact trend.yaml --to scenarios.yaml
    """
    from innosi.scenarios.construction.probabilities.trend_impact import simulate_trend

    analysis, document = read(file, "trend_impact")
    with progress_bar("simulating") as told:
        found = simulate_trend(analysis.model, draws=draws, seed=seed, year=year, on_progress=told)
    output.show(fan_table(analysis, found), effect_table(analysis, found))
    if plot is not None:
        from innosi.scenarios.construction.probabilities.trend_drawing import draw_trend

        output.draw(draw_trend(found, unit=analysis.unit, history=analysis.history), plot)
    if to is not None:
        from innosi.scenarios.construction.probabilities.trend_scenarios import trend_scenarios

        write(output, to, *trend_scenarios(analysis, found, document), document)


def fan_table(analysis: "TrendAnalysis", found: "TrendImpact") -> Table:
    """Return the quantity by year: without surprises, and its mean and quantiles with events."""
    from innosi.scenarios.construction.probabilities.trend_impact import expected_values

    exact = expected_values(analysis.model)
    columns = ["year", "without_surprises", "mean", "p05", "p25", "median", "p75", "p95"]
    by_year = [found.surprise_free, found.mean, *found.quantiles]
    if exact is not None:
        columns.insert(3, "exact_mean")
        by_year.insert(2, exact)
    rows = [
        (f"{year:.0f}", *(float(each[place]) for each in by_year))
        for place, year in enumerate(analysis.model.years)
    ]
    notes = (
        f"{analysis.unit}; the trend: {analysis.trend_in_words}",
        analysis.doubt_in(found.year),
        f"{len(found.values):,} draws; standard error of the mean: {found.standard_error.max():.2g} at most",
    )
    return Table(analysis.title, tuple(columns), rows, tuple(filter(None, notes)))


def effect_table(analysis: "TrendAnalysis", found: "TrendImpact") -> Table:
    """Return what each event does to the quantity in the chosen year."""
    rows = [
        (
            *(each.title, each.probability, each.if_it_happens, each.expected, each.size),
            each.share_of_variance,
        )
        for each in found.effects
    ]
    columns = (
        "event",
        "happened_by_then",
        "effect_if_it_has",
        "mean_effect",
        "mean_size",
        "share_of_variance",
    )
    notes = (
        "mean effect and size: over all draws, whether the event has happened or not",
        *spread_notes(analysis.spreads),
    )
    return Table(f"what moves it in {found.year}, in {analysis.unit}", columns, rows, notes)
