"""All consistent scenarios of a cross-impact matrix: no state has a rival that is promoted more."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from innosi.models.arrays import AnyArray, FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.engines.threads import Threads

MOST_STATES = 10
"""Of one descriptor: the bounds of every set of its states are kept."""
AT_MOST = 1_000_000
"""So many scenarios are kept by default; a matrix of zeros makes every scenario consistent."""
_STEPS, _CAPACITY, _TASKS = 20_000, 4_096, 256
_ROUNDING, LARGEST_SMALL = 1e-9, 32_000


@dataclass(frozen=True, eq=False)
class ConsistentScenarios:
    """The consistent scenarios of a cross-impact matrix.

    Attributes
    ----------
    scenarios : (n, n_descriptors) int
        The place of each descriptor's state, from 0; in the order of these places.
    is_complete : bool
        Whether these are all; False where the search was ended before.
    why_not : str
        Why it was ended; '' where it is complete.
    """

    scenarios: IntArray
    is_complete: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: the share of its parts that are done, and how many scenarios it has found."""

    share: float
    n_found: int


def consistent_scenarios(
    impacts: CrossImpacts,
    *,
    tolerance: float = 0.0,
    fixed: Mapping[str, str] | None = None,
    at_most: int = AT_MOST,
    seconds: float | None = None,
    workers: int | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> ConsistentScenarios:
    """Return every consistent scenario: in each descriptor no state is promoted more than its own.

    Parameters
    ----------
    tolerance : float
        So much more another state may be promoted: the greatest inconsistency of a descriptor.
    fixed : mapping of descriptor to state, optional
        Only scenarios with these states. They must be consistent too.
    at_most : int
        The search ends with more scenarios than that.
    seconds : float, optional
        The search ends after them.
    workers : int, optional
        How many threads; by default as many as there are processors. The result is the same.
    on_progress : callable
        Called now and then. A KeyboardInterrupt ends the search and keeps what was found.

    Raises
    ------
    InnosiError
        If a descriptor has more than ten states, the tolerance is negative, or a fixed state is unknown.

    Source
    ------
    Weimer-Jehle (2006), section 3. The search is complete: it leaves out only what its bounds exclude.
    """
    _check(impacts, tolerance)
    search = _Search.of(impacts, tolerance, fixed or {})
    ends = time.monotonic() + seconds if seconds is not None else np.inf
    found: list[IntArray] = []
    n_found, why_not, tasks = 0, "", search.tasks()
    try:
        parts = Threads(workers).map(lambda task: search.run(task, ends, at_most), tasks)
        for n_done, (_, part) in enumerate(parts, start=1):
            found.append(part.scenarios)
            n_found += len(part.scenarios)
            why_not = _too_many(at_most) if n_found > at_most else part.why_not
            on_progress(Progress(n_done / len(tasks), n_found))
            if why_not:
                break
    except KeyboardInterrupt:
        why_not = "the search was interrupted"
    scenarios = np.concatenate(found) if found else np.empty((0, len(impacts.states)), dtype=np.int64)
    order = np.lexsort(scenarios.T[::-1])
    return ConsistentScenarios(scenarios[order][:at_most], not why_not, why_not)


def _too_many(at_most: int) -> str:
    return f"there are more than {at_most:,}"


def _check(impacts: CrossImpacts, tolerance: float) -> None:
    if not (tolerance >= 0 and np.isfinite(tolerance)):
        raise InnosiError(f"the tolerance is {tolerance}", mend="give 0 or a number above it")
    for name, states in impacts.states.items():
        if len(states) > MOST_STATES:
            raise InnosiError(
                f"'{name}' has {len(states)} states, and the search takes {MOST_STATES} at most",
                mend="join states that act alike",
            )


@dataclass(frozen=True, eq=False)
class _Search:
    """A search made ready: descriptors in the order of how much they act on others, the most first."""

    impacts: CrossImpacts
    order: IntArray
    most: AnyArray
    gains: AnyArray
    allowances: AnyArray
    allowed: IntArray = field(repr=False)

    @classmethod
    def of(cls, impacts: CrossImpacts, tolerance: float, fixed: Mapping[str, str]) -> "_Search":
        gains = _gains(impacts)
        order = np.argsort(-_influence(gains), kind="stable")
        gains = gains[order][:, :, :, order]
        kind, allowance = _number_type(gains, tolerance)
        n, width = gains.shape[:2]
        masks = (1 << impacts.n_states) - 1
        for name, state in fixed.items():
            masks[impacts.descriptors.index(name)] = 1 << impacts.place_of(name, state)
        lanes = np.ascontiguousarray(gains.transpose(3, 4, 2, 0, 1).reshape(n * width * width, n * width))
        wide = np.int32 if kind == np.int16 else kind
        allowances = _allowances(impacts, allowance)[:, order].reshape(width, n * width)
        most = _most(gains.astype(kind))
        return cls(impacts, order, most, lanes.astype(wide), allowances.astype(kind), masks[order])

    def tasks(self) -> list[IntArray]:
        """What is allowed in each part of the search: single states of the first descriptors."""
        places = [[1 << bit for bit in range(MOST_STATES) if mask >> bit & 1] for mask in self.allowed]
        n_first, n_tasks = 0, 1
        while n_first < len(places) // 3 and n_tasks < _TASKS:
            n_tasks *= len(places[n_first])
            n_first += 1
        rest = self.allowed[n_first:]
        return [np.array([*states, *rest], dtype=np.int64) for states in product(*places[:n_first])]

    def run(self, masks: IntArray, ends: float, at_most: int) -> ConsistentScenarios:
        """Search one part, with a look at the clock now and then."""
        from innosi.scenarios.construction.balance import consistency_kernel as kernel

        n, width = len(masks), self.most.shape[2]
        bounds = np.zeros((n + 2, width, n * width), self.most.dtype)
        bounds[0] = self.most[np.arange(n), masks].sum(axis=0, dtype=self.most.dtype) + self.allowances
        tables = (self.most, self.gains, self.allowances)
        stack = (bounds, np.zeros((n + 2, n), np.int64), np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64))
        stack[1][0] = masks
        out, depth, found, why_not = np.empty((_CAPACITY, n), np.int64), -1, [], ""
        n_found = 0
        while depth != -2 and not why_not:
            n_new, depth = kernel.search(tables, stack, depth, out, _STEPS)
            found.append(out[:n_new].copy())
            n_found += n_new
            if n_found > at_most:
                why_not = _too_many(at_most)
            elif depth != -2 and time.monotonic() >= ends:
                why_not = "its time was up"
        return ConsistentScenarios(self._places(np.concatenate(found)), not why_not, why_not)

    def _places(self, masks: IntArray) -> IntArray:
        """Places of states, descriptors in their own order, from masks of one bit."""
        places = np.empty_like(masks)
        places[:, self.order] = np.log2(masks).round().astype(np.int64)
        return places


def _gains(impacts: CrossImpacts) -> FloatArray:
    """What each state gives each lane, padded with 0 where a descriptor has fewer states than others.

    Returns
    -------
    (n, width, width, n, width) float
        Axes: acting descriptor, its state; rival; descriptor acted on, its state.
    """
    n, width = len(impacts.states), int(impacts.n_states.max())
    gains = np.zeros((n, width, width, n, width))
    for actor, (above, n_acting) in enumerate(zip(impacts.starts, impacts.n_states, strict=True)):
        for descriptor, (left, size) in enumerate(zip(impacts.starts, impacts.n_states, strict=True)):
            block = impacts.judgements[above : above + n_acting, left : left + size]
            lanes = gains[actor, :n_acting, :size, descriptor, :size]
            lanes[:] = block[:, None, :] - block[:, :, None]
            own = np.arange(size)
            lanes[:, own, own] = size * block - block.sum(axis=1, keepdims=True)
    return gains


def _allowances(impacts: CrossImpacts, allowance: float) -> FloatArray:
    """How far below 0 each lane may end, shape (width, n, width); that of all rivals for each of them."""
    width = int(impacts.n_states.max())
    found = np.full((width, len(impacts.states), width), allowance)
    own = np.arange(width)
    found[own, :, own] = allowance * (impacts.n_states - 1)
    return found


def _influence(gains: FloatArray) -> FloatArray:
    """How much the choice of each descriptor's state can change, over all lanes."""
    return np.ptp(gains, axis=1).sum(axis=(1, 2, 3))


def _number_type(gains: FloatArray, tolerance: float) -> tuple[Any, float]:
    """Small whole numbers where they are such, which are quickest; else floats with a little room."""
    largest = np.abs(gains).max(axis=1).sum(axis=0).max(initial=0)
    is_whole = np.array_equal(gains, np.rint(gains)) and tolerance == np.rint(tolerance)
    if is_whole and largest + tolerance * gains.shape[1] < LARGEST_SMALL:
        return np.int16, tolerance
    return np.float64, tolerance + _ROUNDING * max(largest, 1.0)


def _most(gains: AnyArray) -> AnyArray:
    """What each set of a descriptor's states gives each lane at most."""
    n, width = gains.shape[:2]
    lanes = gains.reshape(n, width, width, n * width)
    most = np.zeros((n, 1 << width, width, n * width), gains.dtype)
    for mask in range(1, 1 << width):
        most[:, mask] = lanes[:, [place for place in range(width) if mask >> place & 1]].max(axis=1)
    return most
