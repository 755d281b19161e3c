"""Where a map settles: in a fixed point, in a cycle, or not within the steps that it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from innosi.models.arrays import ArrayLike, FloatArray, IntArray
from innosi.models.errors import ModelError
from innosi.scenarios.construction.cognitive_map.updating import Dynamics, step, without_causes

TOLERANCE, MAX_STEPS, MAX_PERIOD = 1e-6, 1000, 64
_SHORTEST_BLOCK = 16
_DAMPED = 1e-3
"""How far a state may be from the one a period ago, as a share of a step, to be the same again."""


class Ending(StrEnum):
    """How a simulation ended."""

    FIXED_POINT = "fixed point"
    CYCLE = "cycle"
    UNSETTLED = "not settled"


@dataclass(frozen=True)
class Settled:
    """Where simulations ended.

    Attributes
    ----------
    levels : (..., n) float
        Each concept's level in the end: of a fixed point that point, of a cycle its mean, and NaN where the
        map did not settle: then there is no level to be told.
    endings : (...) of Ending
    periods : (...) int
        1 for a fixed point, the length of a cycle, 0 where not settled.
    steps : (...) int
        After how many steps the end was reached (of a cycle: was seen).
    lowest, highest : (..., n) float
        Between which levels each concept goes on moving, of cycles and where it did not settle.
    cycles : mapping of place in the batch to (period, n) float
        The states of each cycle, in their order.
    """

    levels: FloatArray
    endings: npt.NDArray[np.object_]
    periods: IntArray
    steps: IntArray
    lowest: FloatArray
    highest: FloatArray
    cycles: Mapping[tuple[int, ...], FloatArray] = field(default_factory=dict)

    @property
    def is_settled(self) -> npt.NDArray[np.bool_]:
        """Whether there is an end: a fixed point or a cycle, shape (...)."""
        return self.periods > 0

    def in_words(self, place: tuple[int, ...] = ()) -> str:
        """Say how one of the simulations ended."""
        ending, n = self.endings[place], int(self.steps[place])
        if ending is Ending.FIXED_POINT:
            return f"fixed point after {n} steps"
        if ending is Ending.CYCLE:
            return f"cycle of {int(self.periods[place])} states, seen after {n} steps; levels are its means"
        return f"not settled within {n} steps: no levels are told"


def settle(
    weights: ArrayLike,
    initial: ArrayLike,
    dynamics: Dynamics,
    *,
    clamped: ArrayLike | None = None,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
) -> Settled:
    """Return where maps settle, many at once.

    A fixed point is reached when no level changes by `tolerance` or more in a step. Where none is reached
    within `max_steps`, cycles of up to 64 states are looked for among the last ones; a swing that still dies
    out is none.

    Parameters
    ----------
    weights : (..., n, n) float
    initial : (..., n) float
        The leading dimensions of the three arrays are broadcast: scenarios against maps against draws.
    clamped : (..., n) float, optional
        Levels that concepts are held at; NaN where a concept is free.

    Raises
    ------
    ModelError
        If the shapes do not fit, or a number is not finite.
    """
    weights, levels, held = _batch(weights, initial, clamped, dynamics)
    shape, n = levels.shape[:-1], levels.shape[-1]
    run = _Run(weights.reshape(-1, n, n), levels.reshape(-1, n), held.reshape(-1, n), dynamics, tolerance)
    run.go_on(max_steps)
    cycles = {tuple(map(int, np.unravel_index(row, shape))): states for row, states in run.cycles.items()}
    return Settled(
        levels=run.ends.reshape(*shape, n),
        endings=run.endings.reshape(shape),
        periods=run.periods.reshape(shape),
        steps=run.steps.reshape(shape),
        lowest=run.lowest.reshape(*shape, n),
        highest=run.highest.reshape(*shape, n),
        cycles=cycles,
    )


def trajectory(
    weights: ArrayLike,
    initial: ArrayLike,
    dynamics: Dynamics,
    n_steps: int,
    *,
    clamped: ArrayLike | None = None,
) -> FloatArray:
    """Return the levels from the start over `n_steps` steps, shape (n_steps + 1, ..., n)."""
    weights, levels, held = _batch(weights, initial, clamped, dynamics)
    return _walked(levels, weights, held, dynamics, n_steps)


def _walked(
    levels: FloatArray, weights: FloatArray, held: FloatArray, dynamics: Dynamics, n_steps: int
) -> FloatArray:
    states = np.empty((n_steps + 1, *levels.shape))
    states[0] = levels
    for place in range(n_steps):
        following = step(states[place], weights, dynamics)
        states[place + 1] = np.where(np.isnan(held), following, held)
    return states


def _batch(
    weights: ArrayLike, initial: ArrayLike, clamped: ArrayLike | None, dynamics: Dynamics
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three arrays with the same leading dimensions, the levels as they start, and what is held."""
    w, a = np.asarray(weights, dtype=float), np.asarray(initial, dtype=float)
    c = np.full(a.shape, np.nan) if clamped is None else np.asarray(clamped, dtype=float)
    n = w.shape[-1] if w.ndim >= 2 else 0
    if not n or w.shape[-2] != n or a.shape[-1:] != (n,) or c.shape[-1:] != (n,):
        raise ModelError(
            f"weights of shape {w.shape}, levels {a.shape}, clamped {c.shape}",
            mend="give (..., n, n), (..., n) and (..., n)",
        )
    if not (np.isfinite(w).all() and np.isfinite(a).all() and not np.isinf(c).any()):
        raise ModelError("a weight or a level is not finite", mend="give finite numbers")
    shape = np.broadcast_shapes(w.shape[:-2], a.shape[:-1], c.shape[:-1])
    w, a, c = (np.broadcast_to(each, (*shape, *each.shape[-k:])) for each, k in ((w, 2), (a, 1), (c, 1)))
    if dynamics.is_held_without_causes:
        c = np.where(np.isnan(c) & without_causes(w), a, c)
    return w, np.where(np.isnan(c), a, c), c


class _Run:
    """Simulations under way: those that have ended are no longer computed."""

    def __init__(
        self,
        weights: FloatArray,
        levels: FloatArray,
        held: FloatArray,
        dynamics: Dynamics,
        tolerance: float,
    ) -> None:
        self.weights, self.now, self.held = weights, levels, held
        self.dynamics, self.tolerance = dynamics, tolerance
        n_rows = len(levels)
        self.open = np.arange(n_rows)
        self.ends = np.full(levels.shape, np.nan)
        self.lowest, self.highest = np.full((2, *levels.shape), np.nan)
        self.endings = np.array([Ending.UNSETTLED] * n_rows, dtype=object)  # np.full makes texts of them
        self.periods, self.steps = np.zeros((2, n_rows), dtype=np.int64)
        self.cycles: dict[int, FloatArray] = {}

    def go_on(self, max_steps: int) -> None:
        done, block = 0, _SHORTEST_BLOCK
        states = self.now[None]
        while self.open.size and done < max_steps:
            block = min(block, max_steps - done)
            states = _walked(self.now, self.weights[self.open], self.held[self.open], self.dynamics, block)
            self.now = states[-1]
            kept = self._note_fixed(states, done)
            done += block
            self.open, self.now, states = self.open[kept], self.now[kept], states[:, kept]
            if self.dynamics.is_discrete:
                states = self._note_cycles(states, done)
            block = min(2 * block, 2 * MAX_PERIOD)
        if self.open.size:
            states = self._with_what_came_before(states, done)
            states = self._note_cycles(states, done)
            self.steps[self.open] = done
            self.lowest[self.open], self.highest[self.open] = states.min(axis=0), states.max(axis=0)

    def _with_what_came_before(self, states: FloatArray, done: int) -> FloatArray:
        """Enough states in a row to see the longest cycle twice, where the steps allow; some are added."""
        missing = 2 * MAX_PERIOD + 1 - len(states)
        if missing <= 0 or done < 2 * MAX_PERIOD:
            return states
        more = _walked(self.now, self.weights[self.open], self.held[self.open], self.dynamics, missing)
        return np.concatenate([states, more[1:]])

    def _note_fixed(self, states: FloatArray, done: int) -> npt.NDArray[np.bool_]:
        """Note which simulations stood still within these states; return which did not."""
        moved = np.abs(np.diff(states, axis=0)).max(axis=-1)
        still = moved < self.tolerance
        first = np.argmax(still, axis=0)
        is_fixed = still.any(axis=0)
        rows = self.open[is_fixed]
        points = states[first[is_fixed] + 1, np.flatnonzero(is_fixed)]
        self.ends[rows] = self.lowest[rows] = self.highest[rows] = points
        self.endings[rows], self.periods[rows] = Ending.FIXED_POINT, 1
        self.steps[rows] = done + first[is_fixed] + 1
        return ~is_fixed

    def _note_cycles(self, states: FloatArray, done: int) -> FloatArray:
        """Note which simulations go round in the last of these states; return the states of the others."""
        is_open = np.ones(self.open.size, dtype=bool)
        size = np.abs(np.diff(states, axis=0)).max(axis=(0, 2), initial=0.0)
        same = np.minimum(self.tolerance, _DAMPED * size)
        for period in range(2, len(states) // 2 + 1):
            last, before = states[-period:], states[-2 * period : -period]
            found = is_open & (np.abs(last - before).max(axis=(0, 2), initial=0.0) <= same)
            for place in np.flatnonzero(found):
                self._note_cycle(int(self.open[place]), last[:, place], done)
            is_open &= ~found
        self.open, self.now = self.open[is_open], self.now[is_open]
        return states[:, is_open]

    def _note_cycle(self, row: int, cycle: FloatArray, done: int) -> None:
        self.cycles[row] = cycle.copy()
        self.ends[row] = cycle.mean(axis=0)
        self.lowest[row], self.highest[row] = cycle.min(axis=0), cycle.max(axis=0)
        self.endings[row], self.periods[row], self.steps[row] = Ending.CYCLE, len(cycle), done
