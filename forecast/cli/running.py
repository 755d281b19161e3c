"""`innosi run`: simulate a scenario file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.output import Output, Table, output_options
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.scenarios.results import Results


@click.command(short_help="Simulate a scenario file; write its report.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--report", type=click.Path(path_type=Path), help="Write a self-contained HTML report.")
@click.option(
    "--plots", type=click.Path(path_type=Path), help="Write every plot of the report as SVG into this folder."
)
@click.option("--save-draws", type=click.Path(path_type=Path), help="Write every draw to a Parquet file.")
@click.option(
    "--draws", type=click.IntRange(1, 10_000_000), help="How many draws; the file's own by default."
)
@click.option("--seed", type=int, help="Seed of the draws; the file's own by default.")
@click.option("--whole", is_flag=True, help="Show every result: by year, outcome, stakeholder, perspective.")
@output_options
def run(
    file: Path,
    report: Path | None,
    plots: Path | None,
    save_draws: Path | None,
    draws: int | None,
    seed: int | None,
    whole: bool,
    output: Output,
) -> None:
    """Simulate a scenario FILE: the social return of each scenario under each option.

    Every uncertain number is drawn many times (the same draws in every scenario, so that differences are
    real), and each result comes with its median and its central 90 % interval.

    \b
    innosi run scenario.yaml
    innosi run scenario.yaml --report report.html
    innosi run scenario.yaml --draws 100000 --save-draws draws.parquet
    """
    from datetime import UTC, datetime

    from innosi.scenarios.loading.scenario_file import load_scenarios
    from innosi.scenarios.simulation import simulate

    scenarios = load_scenarios(file)
    with progress_bar() as progress:
        results = simulate(scenarios, draws=draws, seed=seed, at=datetime.now(UTC), progress=progress)
    output.show(summary_table(results, whole=whole))
    if save_draws:
        results.write_draws(save_draws)
        output.say(f"draws: {save_draws}")
    if plots:
        from innosi.forecast.report.scenario_report import write_plots

        output.say(f"{len(write_plots(results, plots))} plots: {plots}")
    if report:
        from innosi.forecast.report.scenario_report import write_report

        write_report(results, report)
        output.say(f"report: {report}")


def summary_table(results: "Results", *, whole: bool) -> Table:
    """Return a run's figures as a table: one row a scenario and option, or every result with `whole`."""
    frame = results.summary(whole=True) if whole else results.headline()
    notes = (
        "medians of the draws, with their central 90 % interval (p05 to p95)",
        f"{results.n_draws:,} draws, seed {results.seed}; money in {results.scenarios.currency}",
    )
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    return Table(results.scenarios.title, tuple(frame.columns), rows, (*notes, *results.scenarios.notes))
