"""All consistent scenarios of a cross-impact matrix: no state has a rival that is promoted more."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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
INTERRUPTED = "the search was interrupted"
_FIRST_STEPS, _STEPS, _CAPACITY, _AT_ONCE = 2_000, 20_000, 4_096, 64
"""A search takes so many steps by itself; then its parts run on threads, so many at once, the smallest first.
A part that takes more steps, or finds more scenarios, is cut into parts again."""
LARGEST_SMALL = 32_000


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
    n_found, why_not, parts, n_steps = 0, "", [_Part(search.allowed, 1.0)], _FIRST_STEPS
    try:
        while parts and not why_not:
            share = sum(each.share for each in parts)
            parts, now = parts[:-_AT_ONCE], parts[-_AT_ONCE:]
            for done, (part, (scenarios, rest)) in enumerate(_on_threads(search, now, n_steps, workers), 1):
                found.append(scenarios)
                parts += rest
                n_found += len(scenarios)
                share += sum(each.share for each in rest) - part.share
                on_progress(Progress(1 - share, n_found))
                if n_found > at_most:
                    why_not = f"there are more than {at_most:,}"
                    break
                if time.monotonic() >= ends and (parts or done < len(now)):
                    why_not = "its time was up"
                    break
            parts, n_steps = sorted(parts, key=lambda each: -each.share), _STEPS
    except KeyboardInterrupt:
        why_not = INTERRUPTED
    scenarios = np.concatenate([np.empty((0, len(impacts.states)), dtype=np.int64), *found])
    order = np.lexsort(scenarios.T[::-1])
    return ConsistentScenarios(scenarios[order][:at_most], not why_not, why_not)


@dataclass(frozen=True, eq=False)
class _Part:
    """What is left to search: the states that are allowed, as masks, and which share of the whole it is."""

    masks: IntArray
    share: float


def _on_threads(
    search: "_Search", parts: list[_Part], n_steps: int, workers: int | None
) -> Iterator[tuple[_Part, tuple[IntArray, list[_Part]]]]:
    return Threads(1 if len(parts) == 1 else workers).map(lambda part: search.run(part, n_steps), parts)


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
    firsts: IntArray
    gains: AnyArray
    allowances: AnyArray
    allowed: IntArray = field(repr=False)

    @classmethod
    def of(cls, impacts: CrossImpacts, tolerance: float, fixed: Mapping[str, str]) -> "_Search":
        gains = _gains(impacts)
        order = np.argsort(-_influence(gains), kind="stable")
        gains = gains[order][:, :, :, order]
        kind, allowance = _number_type(gains, tolerance, impacts.rounding)
        n, width = gains.shape[:2]
        masks, n_masks = (1 << impacts.n_states) - 1, (1 << impacts.n_states)[order]
        for name, state in fixed.items():
            masks[impacts.descriptors.index(name)] = 1 << impacts.place_of(name, state)
        lanes = np.ascontiguousarray(gains.transpose(3, 4, 2, 0, 1).reshape(n * width * width, n * width))
        wide = np.int32 if kind == np.int16 else kind
        allowances = _allowances(impacts, allowance)[:, order].reshape(width, n * width)
        most = _most(gains.astype(kind), impacts.n_states[order])
        return cls(
            impacts,
            order,
            most,
            np.cumsum(n_masks) - n_masks,
            lanes.astype(wide),
            allowances.astype(kind),
            masks[order],
        )

    def run(self, part: _Part, n_steps: int) -> tuple[IntArray, list[_Part]]:
        """Search a part for so many steps: the scenarios found, and the parts of it that are left."""
        from innosi.scenarios.construction.balance import consistency_kernel as kernel

        n, width = len(part.masks), self.most.shape[1]
        bounds = np.zeros((n + 2, width, n * width), self.most.dtype)
        bounds[0] = self.most[self.firsts + part.masks].sum(axis=0, dtype=self.most.dtype) + self.allowances
        tables = ((self.most, self.firsts), self.gains, self.allowances)
        stack = (bounds, np.zeros((n + 2, n), np.int64), np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64))
        stack[1][0] = part.masks
        out = np.empty((_CAPACITY, n), np.int64)
        n_found, depth = kernel.search(tables, stack, -1, out, n_steps)
        return self._places(out[:n_found]), _left(stack, depth, part.share)

    def _places(self, masks: IntArray) -> IntArray:
        """Places of states, descriptors in their own order, from masks of one bit."""
        places = np.empty_like(masks)
        places[:, self.order] = np.log2(masks).round().astype(np.int64)
        return places


def _left(stack: tuple[AnyArray, ...], depth: int, share: float) -> list[_Part]:
    """The parts that a search which paused at a depth has not looked at, each with its share."""
    _, masks, chosen, left = stack
    parts = []
    for at in range(depth + 1):
        states = int(masks[at, chosen[at]])
        share /= states.bit_count()
        for place in range(states.bit_length()):
            if int(left[at]) >> place & 1:
                part = masks[at].copy()
                part[chosen[at]] = 1 << place
                parts.append(_Part(part, share))
    return parts


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


def _number_type(gains: FloatArray, tolerance: float, rounding: float) -> tuple[Any, float]:
    """Small whole numbers where they are such, which are quickest; else floats with a little room."""
    largest = np.abs(gains).max(axis=1).sum(axis=0).max(initial=0)
    is_whole = np.array_equal(gains, np.rint(gains)) and tolerance == np.rint(tolerance)
    if is_whole and largest + tolerance * gains.shape[1] < LARGEST_SMALL:
        return np.int16, tolerance
    return np.float64, tolerance + rounding


def _most(gains: AnyArray, n_states: IntArray) -> AnyArray:
    """What each set of a descriptor's states gives each lane at most: all sets of the first, and so on."""
    n, width = gains.shape[:2]
    lanes = gains.reshape(n, width, width, n * width)
    most = np.zeros((int(np.sum(1 << n_states)), width, n * width), gains.dtype)
    first = 0
    for each, size in zip(lanes, n_states.tolist(), strict=True):
        for mask in range(1, 1 << size):
            highest = mask.bit_length() - 1
            rest = mask ^ 1 << highest
            np.maximum(each[highest], most[first + rest] if rest else each[highest], out=most[first + mask])
        first += 1 << size
    return most
