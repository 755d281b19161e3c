"""How good a diverse choice is: bounds that no choice can pass, and a search for a better one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import AnyArray, FloatArray, IntArray
from innosi.scenarios.construction.futures_table.distances import distances_between, pairs_among

MOST_SEARCHED = 1_500
"""Of so many combinations a better choice is searched for; of more, only bounds are held against it."""
MOST_STEPS, LEAST_STEPS = 20_000, 500
_WORK = 4_000_000
_MOST_SUMS = 20_000
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """A choice, and whether it was shown to be best.

    Attributes
    ----------
    chosen : (k,) int
    at_most : float
        What no choice can pass.
    is_best : bool
    why : str
    """

    chosen: IntArray
    at_most: float
    is_best: bool
    why: str


def bounds_of(places: IntArray, k: int, weights: FloatArray) -> tuple[float, float]:
    """Return what no k combinations can pass: the smallest distance of two, and the sum of all distances."""
    total = _largest_total(places, k, weights)
    return _distance_at_most(total / _n_pairs(k), weights), total


def farther_apart(places: IntArray, chosen: IntArray, weights: FloatArray) -> Verdict:
    """Return a choice whose two nearest are farther apart than those of the one given, or the one given."""
    k = len(chosen)
    at_most = bounds_of(places, k, weights)[0]
    nearest = float(pairs_among(places[chosen], weights).min())
    if nearest >= at_most - _CLOSE:
        return Verdict(chosen, at_most, True, "by Plotkin's bound its nearest cannot be farther apart")
    unknown = f"its nearest may be farther apart, but not beyond {at_most:g}"
    if len(places) > MOST_SEARCHED:
        return Verdict(chosen, at_most, False, unknown)
    distances = distances_between(places, places, weights)
    search = _Cliques(_steps_for(len(places)))
    for level in np.unique(distances[(distances > nearest) & (distances <= at_most + _CLOSE)]):
        found = search.one_of(distances >= level, k)
        if search.is_ended:
            return Verdict(chosen, at_most, False, f"{unknown}: the search was not finished")
        if found is None:
            break
        chosen, nearest = np.array(found), float(level)
    return Verdict(chosen, nearest, True, "a complete search has found none whose nearest are farther apart")


def wider(places: IntArray, chosen: IntArray, weights: FloatArray) -> Verdict:
    """Return a choice with a larger mean distance whose two nearest are as far apart, or the one given."""
    k = len(chosen)
    pairs = pairs_among(places[chosen], weights)
    at_most = bounds_of(places, k, weights)[1]
    if pairs.sum() >= at_most - _CLOSE:
        return Verdict(chosen, at_most / _n_pairs(k), True, "nor can the mean be larger")
    unknown = "the mean may be larger"
    if len(places) > MOST_SEARCHED:
        return Verdict(chosen, at_most / _n_pairs(k), False, unknown)
    search = _Widening(places, weights, float(pairs.min()), chosen)
    search.run()
    why = unknown if search.is_ended else "nor one as far apart with a larger mean"
    return Verdict(search.best, at_most / _n_pairs(k), not search.is_ended, why)


def _steps_for(n: int) -> int:
    """How many steps a search may take; each looks at all that is left of n combinations."""
    return max(min(MOST_STEPS, _WORK // n), LEAST_STEPS)


def _n_pairs(k: int) -> int:
    return k * (k - 1) // 2


def _largest_total(places: IntArray, k: int, weights: FloatArray) -> float:
    """The sum of distances that no k combinations pass: in each descriptor, states shared out evenly.

    Source
    ------
    Plotkin (1960), IRE Transactions on Information Theory 6; here for any number of states and for weights.
    """
    n_states = [len(np.unique(column)) for column in places.T]
    return float(sum(weight * _pairs_that_differ(k, n) for weight, n in zip(weights, n_states, strict=True)))


def _pairs_that_differ(k: int, n_states: int) -> int:
    each, more = divmod(k, n_states)
    return _n_pairs(k) - more * _n_pairs(each + 1) - (n_states - more) * _n_pairs(each)


def _distance_at_most(mean: float, weights: FloatArray) -> float:
    """The largest distance that may occur, a sum of weights, which is not above a mean."""
    sums = np.zeros(1)
    for weight in weights:
        sums = np.unique(np.round(np.concatenate([sums, sums + weight]), 9))
        if len(sums) > _MOST_SUMS:
            return mean
    return float(sums[sums <= mean + _CLOSE].max())


class _Cliques:
    """Looks for k combinations of which any two are far enough apart: a clique of a graph.

    Source
    ------
    Tomita & Seki (2003): colours as bounds, on sets of bits.
    """

    def __init__(self, n_steps: int) -> None:
        self.n_steps = n_steps

    @property
    def is_ended(self) -> bool:
        """Whether it gave up."""
        return self.n_steps < 0

    def one_of(self, is_far: AnyArray, k: int) -> list[int] | None:
        """Return k of which any two are far apart; None if there are none, or it gave up."""
        order = np.argsort(-is_far.sum(axis=1), kind="stable")
        packed = np.packbits(is_far[np.ix_(order, order)], axis=1, bitorder="little")
        self.near = [int.from_bytes(row.tobytes(), "little") for row in packed]
        found = self._within((1 << len(order)) - 1, k)
        return None if found is None else [int(order[each]) for each in found]

    def _within(self, left: int, k: int) -> list[int] | None:
        if k == 0:
            return []
        self.n_steps -= 1
        for each, colour in reversed(list(self._coloured(left))):
            if colour < k or self.is_ended:
                return None
            rest = self._within(left & self.near[each], k - 1)
            if rest is not None:
                return [each, *rest]
            left &= ~(1 << each)
        return None

    def _coloured(self, left: int) -> Iterator[tuple[int, int]]:
        """Each combination with its colour: no two of one colour are far apart, so k need k colours."""
        colour = 0
        while left:
            colour, alike = colour + 1, left
            while alike:
                lowest = alike & -alike
                each = lowest.bit_length() - 1
                left ^= lowest
                alike &= ~(self.near[each] | lowest)
                yield each, colour


class _Widening:
    """Looks for the largest sum of distances among choices whose members are all far enough apart."""

    def __init__(self, places: IntArray, weights: FloatArray, nearest: float, chosen: IntArray) -> None:
        self.distances = distances_between(places, places, weights)
        self.nearest, self.k = nearest, len(chosen)
        self.more = [_largest_total(places, k, weights) for k in range(self.k + 1)]
        self.best, self.total = chosen, float(pairs_among(places[chosen], weights).sum())
        self.n_steps = _steps_for(len(places))

    @property
    def is_ended(self) -> bool:
        """Whether it gave up."""
        return self.n_steps < 0

    def run(self) -> None:
        """Search; the best found is kept."""
        n = len(self.distances)
        self._extend([], np.arange(n), np.zeros(n), 0.0)

    def _extend(self, taken: list[int], left: IntArray, to_taken: FloatArray, total: float) -> None:
        n_more = self.k - len(taken)
        if n_more == 0:
            if total > self.total + _CLOSE:
                self.best, self.total = np.array(taken), total
            return
        self.n_steps -= 1
        while len(left) >= n_more and not self.is_ended:
            most = total + np.partition(to_taken, -n_more)[-n_more:].sum() + self.more[n_more]
            if most <= self.total + _CLOSE:
                return
            best = int(np.argmax(to_taken))
            each, gain = int(left[best]), float(to_taken[best])
            left, to_taken = np.delete(left, best), np.delete(to_taken, best)
            far = self.distances[each, left]
            is_far = far >= self.nearest
            self._extend([*taken, each], left[is_far], to_taken[is_far] + far[is_far], total + gain)
