"""`innosi run`: simulate a scenario file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.output import Output, Table, output_options, readable
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.scenarios.results import Results
    from innosi.scenarios.scenario_set import ScenarioSet

AUTO = "auto"
A_FILE = click.Path(path_type=Path)
PLOTTED = 10_000
"""Draws that plots show."""


class HowMany(click.ParamType):  # type: ignore[type-arg] # click 8.2 has no such argument
    """A number of draws, or `auto`."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Return the number, or `auto`."""
        if value == AUTO:
            return AUTO
        return click.IntRange(1, 100_000_000_000).convert(value, param, ctx)


@click.command(short_help="Simulate a scenario file; write its report.")
@click.argument("file", type=A_FILE)
@click.option("--report", type=A_FILE, help="Write a self-contained HTML report.")
@click.option("--plots", type=A_FILE, help="Write every plot of the report as SVG into this folder.")
@click.option(
    "--to", "folder", type=A_FILE, help="Keep all draws in this folder, and go on from what is there."
)
@click.option(
    "--results", "record", type=A_FILE, help="Write inputs and figures as JSON, for `innosi compare`."
)
@click.option(
    "--export",
    "exports",
    type=A_FILE,
    multiple=True,
    help="Write the figures: .csv, .xlsx, .parquet, .iamc.csv or .iamc.xlsx. May be given several times.",
)
@click.option("--save-draws", type=A_FILE, help="Write every draw to one Parquet file.")
@click.option("--draws", type=HowMany(), help="How many draws, or `auto`; the file's own by default.")
@click.option("--seed", type=int, help="Seed of the draws; the file's own by default.")
@click.option(
    "--sampling",
    type=click.Choice(["monte_carlo", "latin_hypercube", "sobol"]),
    help="How draws are spread; as the file says by default.",
)
@click.option("--workers", type=click.IntRange(1, 1024), help="Threads, or processes of a local cluster.")
@click.option("--cluster", help="Compute on a Dask cluster: tcp://HOST:PORT, or `local` for processes here.")
@click.option("--gpu", is_flag=True, help="Compute on this machine's GPU, by PyTorch.")
@click.option("--whole", is_flag=True, help="Show every result: by year, outcome, stakeholder, perspective.")
@output_options
def run(
    file: Path,
    report: Path | None,
    plots: Path | None,
    folder: Path | None,
    record: Path | None,
    exports: tuple[Path, ...],
    save_draws: Path | None,
    draws: int | str | None,
    seed: int | None,
    sampling: str | None,
    workers: int | None,
    cluster: str | None,
    gpu: bool,
    whole: bool,
    output: Output,
) -> None:
    """Simulate a scenario FILE: the social return of each scenario under each option.

    Every uncertain number is drawn many times (the same draws in every scenario, so that differences are
    real), and each result comes with its median and its central 90 % interval.

    \b
    innosi run scenario.yaml
    innosi run scenario.yaml --report report.html
    innosi run scenario.yaml --draws auto --sampling sobol
    innosi run scenario.yaml --draws 100000000 --to big-run
    """
    from datetime import UTC, datetime

    from innosi.scenarios.engines import engine_of
    from innosi.scenarios.exporting import refuse_export
    from innosi.scenarios.loading.scenario_file import load_scenarios
    from innosi.scenarios.simulation import KEPT, simulate

    scenarios = _as_told(load_scenarios(file), draws, seed, sampling)
    for path in exports:
        refuse_export(scenarios, path)
    with progress_bar() as progress, _stopping(folder):
        results = simulate(
            scenarios,
            at=datetime.now(UTC),
            engine=engine_of(cluster, workers, gpu=gpu) if cluster or workers or gpu else None,
            folder=folder,
            keep=scenarios.draws if save_draws else KEPT,
            whole=bool(report or plots or whole or exports),
            progress=progress,
        )
    output.show(summary_table(results, whole=whole), *across_table(results))
    _write(results, output, folder=folder, record=record, exports=exports, save_draws=save_draws)
    if plots:
        from innosi.forecast.report.scenario_report import write_plots

        output.say(f"{len(write_plots(results, plots))} plots: {plots}")
    if report:
        from innosi.forecast.report.scenario_report import write_report

        write_report(results, report)
        output.say(f"report: {report}")


def _as_told(
    scenarios: "ScenarioSet", draws: int | str | None, seed: int | None, sampling: str | None
) -> "ScenarioSet":
    """Return a scenario set with what the command line says in the place of what the file does."""
    from innosi.scenarios.scenario_set import Precision

    told: dict[str, Any] = {}
    if isinstance(draws, int):
        told |= {"draws": draws, "precision": None}
    elif draws == AUTO:
        told["precision"] = scenarios.precision or Precision(scenarios.experiments[0].model.main_output)
    told |= {} if seed is None else {"seed": seed}
    told |= {} if sampling is None else {"sampling": sampling}
    return replace(scenarios, **told)


@contextmanager
def _stopping(folder: Path | None) -> Iterator[None]:
    """Say what is left when a run is stopped by Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        if folder:
            click.echo(f"stopped; {folder} keeps what is done, and the same command goes on", err=True)
        else:
            click.echo("stopped; nothing was written (with --to FOLDER a run can be gone on with)", err=True)
        raise SystemExit(130) from None


def _write(
    results: "Results",
    output: Output,
    *,
    folder: Path | None,
    record: Path | None,
    exports: tuple[Path, ...],
    save_draws: Path | None,
) -> None:
    from innosi.scenarios.run_record import NAME, write_record

    if folder:
        write_record(results, folder / NAME)
        output.say(f"all draws, and {NAME}: {folder}")
    if record:
        write_record(results, record)
        output.say(f"results: {record}")
    for path in exports:
        from innosi.scenarios.exporting import export

        export(results, path)
        output.say(f"figures: {path}")
    if save_draws:
        results.write_draws(save_draws)
        output.say(f"draws: {save_draws}")


def summary_table(results: "Results", *, whole: bool) -> Table:
    """Return a run's figures as a table: one row a scenario and option, or every result with `whole`."""
    frame = results.summary(whole=True) if whole else results.headline()
    notes = (
        "medians of the draws, with their central 90 % interval (p05 to p95)",
        f"{results.n_draws:,} draws, seed {results.seed}; money in {results.scenarios.currency}",
        *_error_note(results),
    )
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    return Table(results.scenarios.title, tuple(frame.columns), rows, (*notes, *results.scenarios.notes))


def across_table(results: "Results") -> list[Table]:
    """Return the options over all scenarios, where the file says how probable each is."""
    frame = results.across_scenarios()
    if frame.empty:
        return []
    chances = results.scenarios.scenario_probabilities
    note = ", ".join(f"{scenario} {chance:.3g}" for scenario, chance in chances.items())
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    what, _, origin = results.scenarios.weighting.partition(" (")
    title = f"Over all scenarios, by their {what}"
    notes = (f"{what}: {note}", *([f"they come from: {origin.removesuffix(')')}"] if origin else []))
    return [Table(title, tuple(map(str, frame.columns)), rows, notes)]


def _error_note(results: "Results") -> Iterator[str]:
    """Say by how much the medians might differ with other random numbers."""
    experiments = results.scenarios.experiments
    main = experiments[0].model.main_output
    errors = [results.figure(main, each.scenario, each.option).median_error for each in experiments]
    known = [error for error in errors if error == error]  # noqa: PLR0124 - NaN is what is not itself
    if known:
        title = experiments[0].model.outputs[main].title.lower()
        yield f"standard error of the median of the {title}: {readable(max(known))} at most"
