"""`innosi run`: simulate a scenario file."""

import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innosi.scenarios.results import Results
    from innosi.scenarios.simulation import Progress

SECONDS_UNSEEN = 2.0


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
    with _progress() as progress:
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


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Show a bar on the error stream once a run takes longer than two seconds, if a person is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    started = monotonic()
    columns = (TextColumn("simulating"), BarColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task("simulating", total=None)

    def told(done: int, total: int) -> None:
        if monotonic() - started > SECONDS_UNSEEN and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        bar.stop()
