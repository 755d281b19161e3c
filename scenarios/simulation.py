"""Running a scenario set: the same draws through every scenario and option."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import InnosiError
from innosi.models.model import Model
from innosi.scenarios.chunks import Chunk, ChunkResult, ChunkWork, Draws, Pair
from innosi.scenarios.engines.engine import Engine
from innosi.scenarios.engines.threads import Threads
from innosi.scenarios.results import Results
from innosi.scenarios.run_folder import RunFolder
from innosi.scenarios.sampling.plan import BLOCK, Settings
from innosi.scenarios.scenario_set import Experiment, Precision, ScenarioSet
from innosi.scenarios.summaries.summary import BLOCK as SMALLEST
from innosi.scenarios.summaries.summary import Summary

CHUNK = 65_536
KEPT = 10_000
"""Draws of which everything is kept in memory; of the rest, summaries."""

SLOW_CHUNK = 5.0
"""Seconds of a chunk from which on smaller ones are computed."""

Progress = Callable[[int, int], None]
"""Called with the draws done so far, and all that are to be done."""


def simulate(  # noqa: PLR0913 - what a run may be told, each by its name
    scenarios: ScenarioSet,
    *,
    at: datetime,
    draws: int | None = None,
    seed: int | None = None,
    sampling: str | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
    keep: int = KEPT,
    whole: bool = False,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> Results:
    """Return what every scenario comes to under every option.

    Parameters
    ----------
    at : datetime
        When the run was made, for its provenance.
    draws, seed, sampling : optional
        In the place of the scenario file's own.
    engine : Engine, optional
        Where the chunks are computed; by default on threads, one for each processor.
    folder : Path, optional
        Where all draws are written as they are made. A run that was stopped goes on from what is there.
    keep : int
        Of how many draws, from the first, everything is given back.
    whole : bool
        Whether every output is summarised over all draws; if not, only those that the model leads with.
    progress : callable, optional
        Told after every chunk how many draws are done.
    chunk : int
        Draws computed at a time; it changes nothing but the memory used.

    Raises
    ------
    InnosiError
        If a model gives something that is no number, naming the draw and its inputs; if the folder holds
        another run.
    """
    precision = scenarios.precision if draws is None else None
    n_draws = precision.at_most if precision else (scenarios.draws if draws is None else draws)
    settings = Settings(
        scenarios.seed if seed is None else seed,
        n_draws,
        sampling or scenarios.sampling,
        scenarios.correlations,
    )
    _refuse_growing(settings, precision)
    work = ChunkWork(
        scenarios.experiments,
        settings,
        kept=n_draws if folder else min(keep, n_draws),
        whole=whole or folder is not None,
    )
    work.prepare()
    size = _size_of_chunk(scenarios, chunk)
    run = _Run(scenarios, work, precision, at=at, keep=keep, chunk=size, progress=progress)
    with _suited(engine, scenarios) as used:
        if folder is None:
            run.go(used)
        else:
            pairs = tuple((each.scenario, each.option) for each in scenarios.experiments)
            with RunFolder(folder, pairs).opened(run.identity) as opened:
                run.go(used, opened)
    return run.results()


def _suited(engine: Engine | None, scenarios: ScenarioSet) -> Engine:
    """Return the engine; one thread for a model that holds the interpreter's lock, which more would slow."""
    used = engine or Threads()
    parallel = all(getattr(each.model, "runs_in_parallel", True) for each in scenarios.experiments)
    return used if parallel or not isinstance(used, Threads) else Threads(1)


def _size_of_chunk(scenarios: ScenarioSet, wanted: int) -> int:
    """Return how many draws a chunk has: fewer where a model is slow, so that progress is seen and kept."""
    seconds = max(getattr(each.model, "seconds_a_draw", None) or 0.0 for each in scenarios.experiments)
    return wanted if seconds * wanted < SLOW_CHUNK else SMALLEST


def _refuse_growing(settings: Settings, precision: Precision | None) -> None:
    if precision and not _can_grow(settings):
        what = settings.sampling if settings.sampling == "latin_hypercube" else "iman_conover"
        raise InnosiError(
            f"{what} must know beforehand how many draws there are, so it cannot go on until they are enough",
            mend="give `draws` as a number, or take another method",
        )


@dataclass
class _Run:
    """A run on its way: what is to be done, and what it has come to so far."""

    scenarios: ScenarioSet
    work: ChunkWork
    precision: Precision | None
    at: datetime
    keep: int
    chunk: int
    progress: Progress | None
    summaries: dict[Pair, dict[str, Summary]] = field(default_factory=dict)
    kept: dict[Chunk, Mapping[Pair, Draws]] = field(default_factory=dict)
    n_done: int = 0
    """Draws that are done without a gap from the first."""
    n_taken: int = 0

    @property
    def identity(self) -> dict[str, Any]:
        """What makes the draws what they are: a run in a folder goes on only where all of it is the same."""
        settings = self.work.settings
        draws = str(self.precision) if self.precision else "as many as asked for"
        if not _can_grow(settings):
            draws = f"{settings.n_draws:,}"
        return {
            "scenario_file": self.scenarios.source,
            "scenario_file_sha256": self.scenarios.sha256,
            "seed": settings.seed,
            "sampling": settings.sampling,
            "draws": draws,
            "model": dict(getattr(self.scenarios.experiments[0].model, "provenance", {})),
            "innosi": version("innosi"),
        }

    def go(self, engine: Engine, folder: RunFolder | None = None) -> None:
        """Compute until all is done, or precise enough; what a folder holds is not computed again."""
        n_draws = self.work.settings.n_draws
        there = folder.usable(n_draws) if folder else []
        for stop in _stages(n_draws, self.precision):
            todo = list(_chunks(self.n_done, stop, self.chunk, there))
            for each in todo:
                if folder and each in there:
                    self._take(each, self.work.of_draws(folder.read(each)))
            for each, result in engine.map(self.work, [each for each in todo if each not in there]):
                if folder:
                    folder.write(each, result.draws, self.identity)
                self._take(each, result)
            self.n_done = stop
            if self.precision and self._is_precise(self.precision):
                break

    def _take(self, chunk: Chunk, result: ChunkResult) -> None:
        for pair, found in result.summaries.items():
            known = self.summaries.setdefault(pair, {})
            for name, summary in found.items():
                known[name] = known[name].merged(summary) if name in known else summary
        if chunk.start < self.keep:
            n = self.keep - chunk.start
            self.kept[chunk] = {pair: draws.first(n) for pair, draws in result.draws.items()}
        self.n_taken += chunk.n
        if self.progress:
            n_experiments = len(self.scenarios.experiments)
            self.progress(self.n_taken * n_experiments, self.work.settings.n_draws * n_experiments)

    def _is_precise(self, precision: Precision) -> bool:
        return all(precision.is_met(found[precision.output].figure) for found in self.summaries.values())

    def results(self) -> Results:
        """Return what it has come to."""
        parts = [self.kept[each] for each in sorted(self.kept)]
        pairs = [(each.scenario, each.option) for each in self.scenarios.experiments]
        return Results(
            self.scenarios,
            {pair: Draws.joined([part[pair] for part in parts]) for pair in pairs},
            n_draws=self.n_done,
            seed=self.work.settings.seed,
            at=self.at,
            settings=replace(self.work.settings, n_draws=self.n_done),
            summaries={pair: self.summaries[pair] for pair in pairs},
        )


def _can_grow(settings: Settings) -> bool:
    """Whether more draws leave the first ones as they are."""
    rearranged = settings.correlations is not None and settings.correlations.method == "iman_conover"
    return settings.sampling != "latin_hypercube" and not rearranged


def _stages(n_draws: int, precision: Precision | None) -> Iterator[int]:
    """After how many draws to look whether they are enough: whenever there are twice as many."""
    if precision:
        stage = BLOCK
        while stage < n_draws:
            yield stage
            stage *= 2
    yield n_draws


def _chunks(start: int, stop: int, size: int, there: Sequence[Chunk]) -> Iterator[Chunk]:
    """Cut draws start … stop − 1 into chunks, of which some may be there already."""
    size = max(size // SMALLEST, 1) * SMALLEST
    known = {each.start: each for each in there}
    while start < stop:
        found = known.get(start)
        if found is None:
            end = min([start + size, stop, *(each.start for each in there if each.start > start)])
            found = Chunk(start, end)
        yield found
        start = found.stop


def evaluated(model: Model, values: Mapping[str, FloatArray], n: int) -> dict[str, FloatArray]:
    """Return every output of a model for n draws, each (n,), computed block by block.

    Parameters
    ----------
    values : mapping of str to () or (n,) float
    """
    blocks = []
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        part = {key: value[start:stop] if value.shape else value for key, value in values.items()}
        outputs = model.evaluate(part)
        blocks.append({key: np.broadcast_to(output, (stop - start,)) for key, output in outputs.items()})
    return {key: np.concatenate([block[key] for block in blocks]) for key in blocks[0]}


def first_draws(experiment: Experiment, seed: int, n_draws: int) -> Draws:
    """Return the first draws of one experiment by itself: its uncertain inputs and all outputs."""
    work = ChunkWork((experiment,), Settings(seed, n_draws), kept=n_draws, whole=True)
    return work(Chunk(0, n_draws)).draws[experiment.scenario, experiment.option]
