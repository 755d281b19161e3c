"""Running a scenario set: the same draws through every scenario and option."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import InnosiError, ModelError
from innosi.models.model import Model
from innosi.scenarios.results import Draws, Results
from innosi.scenarios.sampling import Sampler
from innosi.scenarios.scenario_set import Experiment, ScenarioSet

CHUNK = 100_000
BLOCK = 4096  # small enough for a model's arrays to stay in the processor's cache: six times as fast

Progress = Callable[[int, int], None]
"""Called with the draws done so far, and all that are to be done."""


def simulate(
    scenarios: ScenarioSet,
    *,
    draws: int | None = None,
    seed: int | None = None,
    at: datetime,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> Results:
    """Return the draws of every scenario under every option.

    Parameters
    ----------
    draws, seed : int, optional
        In the place of the scenario file's own.
    at : datetime
        When the run was made, for its provenance.
    progress : callable, optional
        Told after every chunk how many draws are done.
    chunk : int
        Draws computed at a time; it changes nothing but the memory used.

    Raises
    ------
    InnosiError
        If a model gives something that is no number, naming the draw and its inputs.
    """
    n_draws = scenarios.draws if draws is None else draws
    used_seed = scenarios.seed if seed is None else seed
    total, done = n_draws * len(scenarios.experiments), 0
    parts: dict[tuple[str, str], list[Draws]] = {}
    for start, stop in _chunks(n_draws, chunk):
        sampler = Sampler(used_seed, start, stop)
        for experiment in scenarios.experiments:
            part = run_experiment(experiment, sampler)
            parts.setdefault((experiment.scenario, experiment.option), []).append(part)
            done += stop - start
            if progress:
                progress(done, total)
    finished = {pair: Draws.joined(each) for pair, each in parts.items()}
    return Results(scenarios, finished, n_draws=n_draws, seed=used_seed, at=at)


def run_experiment(experiment: Experiment, sampler: Sampler) -> Draws:
    """Return a sampler's draws of one experiment: its uncertain inputs and all outputs."""
    values = sampler.draw(experiment.estimates)
    try:
        outputs = evaluated(experiment.model, values, sampler.stop - sampler.start)
    except ModelError as error:
        place = f"scenario {experiment.scenario}, option {experiment.option}"
        raise ModelError(error.problem, mend=error.mend, where=place) from None
    shape = (sampler.stop - sampler.start,)
    drawn = {key: np.broadcast_to(values[key], shape) for key in experiment.uncertain}
    _refuse_nan(experiment, outputs, drawn, sampler.start)
    return Draws(inputs=drawn, outputs=outputs)


def evaluated(model: Model, values: Mapping[str, FloatArray], n: int) -> dict[str, FloatArray]:
    """Return a model's outputs for n draws, each (n,), computed block by block.

    Parameters
    ----------
    values : mapping of str to () or (n,) float
    """
    blocks = []
    for start, stop in _chunks(n, BLOCK):
        part = {key: value[start:stop] if value.shape else value for key, value in values.items()}
        outputs = model.evaluate(part)
        blocks.append({key: np.broadcast_to(output, (stop - start,)) for key, output in outputs.items()})
    return {key: np.concatenate([block[key] for block in blocks]) for key in blocks[0]}


def _chunks(n_draws: int, chunk: int) -> Iterator[tuple[int, int]]:
    for start in range(0, n_draws, chunk):
        yield start, min(start + chunk, n_draws)


def _refuse_nan(
    experiment: Experiment, outputs: dict[str, FloatArray], inputs: dict[str, FloatArray], start: int
) -> None:
    for name, output in outputs.items():
        if np.any(np.isnan(output)):
            index = int(np.argmax(np.isnan(output)))
            shown = ", ".join(f"{key} = {values[index]:.6g}" for key, values in inputs.items())
            raise InnosiError(
                f"'{name}' is no number in draw {start + index} of scenario {experiment.scenario},"
                f" option {experiment.option} ({shown})",
                mend="look at these inputs, and bound the one that goes too far: truncated(…, high=…)",
            )
