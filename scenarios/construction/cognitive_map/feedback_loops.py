"""The feedback loops of a map, shortest first: those that reinforce a change, and those that balance it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, IntArray

MAX_LOOPS = 200
MAX_VISITS = 300_000
"""So many concepts are visited in search of loops: a second or so."""


@dataclass(frozen=True, slots=True)
class FeedbackLoop:
    """A way from a concept back to itself that passes no other twice.

    Attributes
    ----------
    concepts : tuple of int
        In the order in which they act, beginning with the one that stands first in the map.
    gain : float
        The product of the weights: what of a small change comes back, were all levels linear.
    """

    concepts: tuple[int, ...]
    gain: float

    @property
    def is_reinforcing(self) -> bool:
        """Whether a change comes back with its own sign; otherwise the loop balances it."""
        return self.gain > 0

    @property
    def strength(self) -> float:
        """The geometric mean of the absolute weights: strong and weak links compared whatever the length."""
        return float(abs(self.gain) ** (1 / len(self.concepts)))


@dataclass(frozen=True, slots=True)
class FeedbackLoops:
    """The loops that were found, and how far the search went.

    Attributes
    ----------
    loops : tuple of FeedbackLoop
        Shortest first; of one length the strongest first.
    complete_to : int
        Up to which length none is missing.
    is_complete : bool
        Whether these are all loops of the map.
    """

    loops: tuple[FeedbackLoop, ...]
    complete_to: int
    is_complete: bool

    @property
    def sentence(self) -> str:
        """How many there are, for a reader."""
        n = sum(loop.is_reinforcing for loop in self.loops)
        found = f"{n} reinforcing and {len(self.loops) - n} balancing loops"
        if self.is_complete:
            return f"{found}, all there are"
        if not self.complete_to:
            return f"{found}, all of one concept: there are more, and longer ones were not looked for"
        return f"{found}: there are more; none of up to {self.complete_to} concepts is missing"


def feedback_loops(
    weights: ArrayLike, *, max_loops: int = MAX_LOOPS, max_visits: int = MAX_VISITS
) -> FeedbackLoops:
    """Return the feedback loops of one map, shortest first, up to a number that is told.

    All loops of a length are sought before any longer one. The search stops after the length with which
    `max_loops` are passed (the longest ones are then cut), or where `max_visits` concepts were visited.

    Parameters
    ----------
    weights : (n, n) float
    """
    w = np.asarray(weights, dtype=float)
    search = _Search(w, max_visits)
    loops: list[FeedbackLoop] = []
    for length in range(1, len(w) + 1):
        found = sorted(search.of_length(length), key=lambda loop: (-loop.strength, loop.concepts))
        loops += found
        if search.is_exhausted or len(loops) > max_loops:
            return FeedbackLoops(tuple(loops[:max_loops]), length - 1, is_complete=False)
    return FeedbackLoops(tuple(loops), len(w), is_complete=True)


class _Search:
    """Walks from each concept over those that stand after it, only where there is a way back in time."""

    def __init__(self, weights: FloatArray, max_visits: int) -> None:
        self.weights = weights
        self.targets = [np.flatnonzero(row).tolist() for row in weights]
        self.back = _steps_back(weights)
        self.visits_left = max_visits

    @property
    def is_exhausted(self) -> bool:
        return self.visits_left <= 0

    def of_length(self, length: int) -> Iterator[FeedbackLoop]:
        for start in range(len(self.weights)):
            for concepts in self._ways([start], length):
                ahead = [*concepts[1:], start]
                gain = prod(float(self.weights[i, j]) for i, j in zip(concepts, ahead, strict=True))
                yield FeedbackLoop(tuple(concepts), gain)

    def _ways(self, way: list[int], length: int) -> Iterator[list[int]]:
        start, left = way[0], length - len(way)
        if left == 0:
            if start in self.targets[way[-1]]:
                yield way
            return
        for following in self.targets[way[-1]]:
            if self.is_exhausted:
                return
            if following > start and following not in way and self.back[start][following] <= left:
                self.visits_left -= 1
                yield from self._ways([*way, following], length)


def _steps_back(weights: FloatArray) -> list[IntArray]:
    """For each start, the fewest steps back to it, over concepts that do not stand before it."""
    n = len(weights)
    found = []
    for start in range(n):
        linked = weights != 0
        linked[:start] = linked[:, :start] = False
        steps = np.full(n, n + 1, dtype=np.int64)
        reached, length = np.arange(n) == start, 0
        while reached.any():
            length += 1
            reached = linked[:, reached].any(axis=1) & (steps > n)
            steps[reached] = length
        found.append(steps)
    return found
