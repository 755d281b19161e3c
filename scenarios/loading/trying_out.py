"""Trying a Python model out before it is run: whether it works, how it is called, how long it takes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from time import perf_counter

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import DrawError, Fault, InputFaults, ModelError
from innosi.models.estimates import Estimate
from innosi.models.python_model import PythonModel
from innosi.models.python_model.model import N_TRIED
from innosi.models.python_model.trying import Trial, refuse_dependence
from innosi.scenarios.loading.document import Document
from innosi.scenarios.scenario_set import Experiment

SLOW = 0.2
"""Seconds of a call from which on a function is tried on as few draws as say anything."""
LONG = 1.0
"""Seconds of a run from which on it is said that it goes draw by draw."""
MANY = 256
"""Draws on which a function on arrays is held against its halves."""


def tried_out(experiments: Sequence[Experiment], document: Document, *, draws: int) -> tuple[Experiment, ...]:
    """Return the experiments of a Python model once it was tried on a few draws of the first of them.

    The model then knows how it is called, and says in its notes what a reader should know of that.
    Experiments of other models stay as they are.

    Raises
    ------
    InputFaults
        If the function gives something else than it declares.
    """
    model = experiments[0].model
    if not isinstance(model, PythonModel):
        return tuple(experiments)
    try:
        settled = _settled(model, experiments[0].estimates, draws * len(experiments))
    except ModelError as error:
        fault = Fault(error.message, key="model", line=document.line_of(("model",)))
        raise InputFaults(document.source, [fault]) from None
    return tuple(replace(each, model=settled) for each in experiments)


def notes_of(experiments: Sequence[Experiment]) -> Iterator[str]:
    """Yield what the models of experiments say of how they run, each once."""
    yield from dict.fromkeys(note for each in experiments for note in getattr(each.model, "notes", ()))


def _settled(model: PythonModel, estimates: Mapping[str, Estimate], n_draws: int) -> PythonModel:
    """Return a model that knows how it is called.

    The first draw tried has every number at its median: there it must work. A model that stops at another
    draw says so in its notes and is left as it is: the run's own draws may be tied to each other, and never
    come there.
    """
    first = _seconds_of_first_call(model, estimates)
    is_slow = first > SLOW
    values = _some_draws(estimates, 2 if is_slow else N_TRIED)
    try:
        trial = model.tried(values, repeats=not is_slow)
        if trial.vectorised and not is_slow:
            refuse_dependence(model.user_function, model.block(_some_draws(estimates, MANY)))
    except DrawError as error:
        if error.index == 0 or error.__cause__ is None:  # not stopped: it gave something else than declared
            raise
        return replace(model, notes=(f"tried on a few draws, {error.problem}",))
    settled = replace(model, vectorised=trial.vectorised)
    if trial.vectorised:
        return settled
    seconds = first if is_slow else _seconds_a_draw(settled, estimates)
    notes = (_slowness(model, trial, seconds, n_draws),) if seconds * n_draws > LONG else ()
    return replace(settled, seconds_a_draw=seconds, notes=notes)


def _slowness(model: PythonModel, trial: Trial, seconds: float, n_draws: int) -> str:
    why = f" (given arrays, it {trial.reason})" if trial.reason else ""
    return (
        f"{model.function_name} runs one draw at a time, {_readable(seconds)} each,"
        f" so that a run takes {_readable(seconds * n_draws)};"
        f" written on arrays, it may run tens of times as fast{why}"
    )


def _seconds_of_first_call(model: PythonModel, estimates: Mapping[str, Estimate]) -> float:
    """Call a function once, and return how long that took; it may read files or compile at its first call."""
    function, block = model.user_function, model.block(_some_draws(estimates, 2))
    started = perf_counter()
    with suppress(ModelError):  # the trial says what is wrong
        function.on_arrays(block) if model.vectorised else function.draw_by_draw(block.part(0, 1))
    return perf_counter() - started


def _some_draws(estimates: Mapping[str, Estimate], n: int) -> dict[str, FloatArray]:
    """Return n draws of every number, spread evenly, the first at the medians: the same in every run.

    Source
    ------
    Multiples of the square roots of primes, modulo 1 (Richtmyer's sequence).
    """
    names = {estimate.shared_name or key: None for key, estimate in estimates.items()}
    steps = dict(zip(names, np.sqrt(_primes(len(names))), strict=True))
    draws = {}
    for key, estimate in estimates.items():
        found, step = estimate.distribution, steps[estimate.shared_name or key]
        fractions = np.clip((0.5 + np.arange(n) * step) % 1, 1e-6, 1 - 1e-6)
        draws[key] = np.asarray(found.mean) if found.is_constant else found.sample(fractions)
    return draws


def _primes(n: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < n:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _seconds_a_draw(model: PythonModel, estimates: Mapping[str, Estimate]) -> float:
    """Return the least of a few measurements; fewer where a draw takes long."""
    least = np.inf
    for n in (1, MANY, MANY, MANY):
        values = _some_draws(estimates, n)
        started = perf_counter()
        model.evaluate(values)
        least = min(least, (perf_counter() - started) / n)
        if least > SLOW / MANY:
            break
    return float(least)


def _readable(seconds: float) -> str:
    for size, unit in ((60.0, "min"), (1.0, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{float(f'{seconds / size:.3g}'):,g} {unit}"
    return f"{seconds / 1e-6:.2g} µs"
