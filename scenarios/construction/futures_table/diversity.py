"""A few combinations that differ as much as can be: the two nearest of them are as far apart as possible."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as attribute

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.futures_table.distances import (
    DECIMALS,
    distances_between,
    pairs_among,
    pairs_of,
)
from innosi.scenarios.construction.futures_table.diversity_search import (
    Verdict,
    bounds_of,
    farther_apart,
    wider,
)

MOST_STARTS = 24
_WORK, _WORK_OF_EXCHANGES = 3_000_000, 40_000_000
"""How many distances are looked at: for all beginnings, and for the exchanges of each."""


@dataclass(frozen=True, eq=False)
class DiverseSet:
    """Combinations chosen because they differ.

    Attributes
    ----------
    chosen : (k,) int
        Which of the combinations that were given, in their order.
    distances : (k, k) float
        Between any two: the weights of the descriptors in which they differ.
    nearest_at_most : float
        In no choice of k are the two nearest farther apart than that.
    is_nearest_best, is_mean_best : bool
        Whether it was shown that they cannot be farther apart here; and that no choice in which they are as
        far apart has a larger mean.
    how : str
        What was done, and what it shows.
    """

    chosen: IntArray
    distances: FloatArray = attribute(repr=False)
    nearest_at_most: float
    is_nearest_best: bool
    is_mean_best: bool
    how: str

    @property
    def nearest(self) -> float:
        """The distance of the two nearest; NaN where one was chosen."""
        return float(self._pairs.min()) if len(self.chosen) > 1 else np.nan

    @property
    def mean(self) -> float:
        """The mean distance of any two; NaN where one was chosen."""
        return float(self._pairs.mean()) if len(self.chosen) > 1 else np.nan

    @property
    def _pairs(self) -> FloatArray:
        return pairs_of(self.distances)


def diverse(
    combinations: ArrayLike,
    k: int,
    *,
    weights: ArrayLike | None = None,
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> DiverseSet:
    """Return k combinations whose two nearest are as far apart as can be; of such, the largest mean distance.

    Parameters
    ----------
    combinations : (n, n_descriptors) int
        The places of states; each combination once.
    k : int
        How many, two at least.
    weights : (n_descriptors,) float, optional
        How much it counts that two combinations differ in a descriptor; 1 by default.
    on_progress : callable
        Is told how many beginnings were tried, and how many there are.

    Raises
    ------
    InnosiError
        If there are fewer than k combinations, k is below 2, or a weight is not above 0.

    Source
    ------
    Carlsen et al. (2016), Environmental Modelling & Software 84, and Lord, Helfgott & Vervoort (2016),
    Futures 77, choose scenarios by diversity. Taking the farthest again and again reaches half the best
    distance at least (Ravi, Rosenkrantz & Tayi 1994, Operations Research 42); exchanges improve it, and
    Plotkin's bound and, of up to 1,500 combinations, a search for cliques tell how good it is.
    """
    places = np.asarray(combinations, dtype=np.int64)
    weight = np.ones(places.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    _check(places, k, weight)
    chosen = _best_of_starts(places, k, weight, on_progress)
    apart = farther_apart(places, chosen, weight)
    spread = wider(places, _exchanged(places, apart.chosen, weight), weight)
    chosen = np.sort(spread.chosen)
    distances = distances_between(places[chosen], places[chosen], weight)
    nearest_at_most = float(pairs_of(distances).min()) if apart.is_best else apart.at_most
    return DiverseSet(
        chosen,
        distances,
        nearest_at_most,
        apart.is_best,
        apart.is_best and spread.is_best,
        _how(apart, spread),
    )


def _check(places: IntArray, k: int, weights: FloatArray) -> None:
    if k < 2:
        raise InnosiError(f"{k} cannot differ from each other", mend="ask for 2 or more")
    if len(places) < k:
        raise InnosiError(
            f"{len(places)} combinations are left, of which {k} cannot be chosen",
            mend=f"ask for {len(places)} at most",
        )
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InnosiError("a weight is not above 0", mend="give each descriptor a weight above 0")


def _best_of_starts(
    places: IntArray, k: int, weights: FloatArray, on_progress: Callable[[int, int], None]
) -> IntArray:
    """The best of the greedy choices from several beginnings, each improved by exchanges."""
    n_starts = int(np.clip(_WORK // (k * len(places)), 1, min(MOST_STARTS, len(places))))
    spread = np.linspace(0, len(places) - 1, n_starts).astype(int).tolist()
    starts = list(dict.fromkeys([_outermost(places, weights), *spread]))
    at_most = bounds_of(places, k, weights)
    found: list[tuple[tuple[float, float], IntArray]] = []
    for number, start in enumerate(starts):
        chosen = _exchanged(places, _greedy(places, start, k, weights), weights)
        found.append((_score(pairs_among(places[chosen], weights)), chosen))
        on_progress(number + 1, len(starts))
        if found[-1][0] >= at_most:
            break
    return max(found, key=lambda each: each[0])[1]


def _outermost(places: IntArray, weights: FloatArray) -> int:
    """The combination that differs most from the others on average: its states are the rarest."""
    rarity = np.zeros(len(places))
    for column, weight in zip(places.T, weights, strict=True):
        rarity -= weight * np.bincount(column)[column] / len(places)
    return int(np.argmax(np.round(rarity, DECIMALS)))


def _greedy(places: IntArray, start: int, k: int, weights: FloatArray) -> IntArray:
    """Take the combination that is farthest from the nearest one taken, again and again."""
    chosen = [start]
    nearest = distances_between(places[[start]], places, weights)[0]
    total = nearest.copy()
    while len(chosen) < k:
        nearest[chosen] = -1
        ahead = np.flatnonzero(nearest == nearest.max())
        chosen.append(int(ahead[np.argmax(total[ahead])]))
        far = distances_between(places[[chosen[-1]]], places, weights)[0]
        nearest, total = np.minimum(nearest, far), total + far
    return np.array(chosen)


def _exchanged(places: IntArray, chosen: IntArray, weights: FloatArray) -> IntArray:
    """Exchange one member for whatever is better in its place, for as long as anything is and work allows."""
    chosen = chosen.copy()
    far = distances_between(places[chosen], places, weights)
    n_looks = max(_WORK_OF_EXCHANGES // far.size, len(chosen))
    is_moving = True
    while is_moving and n_looks > 0:
        n_looks -= len(chosen)
        is_moving = False
        for member in range(len(chosen)):
            best = _best_instead(far, chosen, member)
            if best is not None:
                chosen[member] = best
                far[member] = distances_between(places[[best]], places, weights)[0]
                is_moving = True
    return chosen


def _best_instead(far: FloatArray, chosen: IntArray, member: int) -> int | None:
    """The combination that should stand in a member's place; None if it stands there well."""
    others = np.delete(far, member, axis=0)
    kept = pairs_of(np.delete(others[:, chosen], member, axis=1))
    nearest = np.minimum(others.min(axis=0), kept.min(initial=np.inf))
    n_nearest = (others == nearest).sum(axis=0) + (kept[:, None] == nearest).sum(axis=0)
    total = np.round(others.sum(axis=0), DECIMALS)
    nearest[np.delete(chosen, member)] = -1
    ranked = np.lexsort((-np.arange(len(nearest)), total, -n_nearest, nearest))
    best, now = int(ranked[-1]), int(chosen[member])
    is_better = (nearest[best], -n_nearest[best], total[best]) > (nearest[now], -n_nearest[now], total[now])
    return best if is_better else None


def _score(pairs: FloatArray) -> tuple[float, float]:
    return float(pairs.min()), float(pairs.sum())


def _how(apart: Verdict, spread: Verdict) -> str:
    text = f"taken greedily, improved by exchanges; {apart.why}"
    return f"{text}; {spread.why}" if apart.is_best else text
