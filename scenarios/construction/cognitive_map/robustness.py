"""How sure the changes are when the weights are not, and which link moves an outcome most."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.scenarios.construction.cognitive_map.comparing import Comparing, compare, maps_at_once
from innosi.scenarios.construction.cognitive_map.updating import BoolArray

STEP = 0.1
"""By how much a link is made weaker and stronger to see what it moves."""


@dataclass(frozen=True)
class Robustness:
    """Changes against the baseline over drawn maps.

    Attributes
    ----------
    median, low, high : (n_scenarios, n) float
        Of the changes: their median and 90 % interval, over the draws that settled; NaN where none did.
    rises, falls : (n_scenarios, n) float
        In which share of the draws that settled the concept rises, or falls, by the smallest change or more.
    settled : (n_scenarios,) float
        Which share of the draws settled, with the scenario and without.
    n_draws : int
    """

    median: FloatArray
    low: FloatArray
    high: FloatArray
    rises: FloatArray
    falls: FloatArray
    settled: FloatArray
    n_draws: int

    def same_direction(self, changes: ArrayLike, smallest: float) -> FloatArray:
        """Return how often the direction of the stated changes holds, shape (n_scenarios, n).

        Where the stated change is smaller than the smallest, how often the concept neither rises nor falls.
        """
        stated = np.asarray(changes, dtype=float)
        still = 1 - self.rises - self.falls
        return np.where(stated >= smallest, self.rises, np.where(stated <= -smallest, self.falls, still))


def robustness(
    drawn: Iterable[FloatArray],
    initial: ArrayLike,
    clamped: ArrayLike,
    how: Comparing,
    *,
    smallest: float,
    on_progress: Callable[[int], None] | None = None,
) -> Robustness:
    """Return how sure the changes are over drawn maps.

    Parameters
    ----------
    drawn : iterable of (n_in_block, n, n) float
        The drawn maps, block by block.
    initial : (n,) float
    clamped : (n_scenarios, n) float
        See `compare`.
    smallest : float
        Which change is one: below it a concept neither rises nor falls.
    on_progress : callable, optional
        Is told how many draws are done.
    """
    blocks: list[FloatArray] = []
    n_done = 0
    for block in drawn:
        blocks.append(compare(block, initial, clamped, how).changes)
        n_done += len(block)
        if on_progress:
            on_progress(n_done)
    changes = np.concatenate(blocks)
    is_settled: BoolArray = np.all(np.isfinite(changes), axis=-1)
    n_settled = is_settled.sum(axis=0)[:, None]
    with np.errstate(invalid="ignore"):
        rises, falls = (
            np.sum(np.where(is_settled[..., None], found, False), axis=0)
            / np.where(n_settled, n_settled, np.nan)
            for found in (changes >= smallest, changes <= -smallest)
        )
    low, median, high = _quantiles(changes, (0.05, 0.5, 0.95))
    return Robustness(median, low, high, rises, falls, is_settled.mean(axis=0), n_done)


def _quantiles(changes: FloatArray, shares: tuple[float, ...]) -> FloatArray:
    """Quantiles over the draws that settled, shape (n_shares, n_scenarios, n); NaN where none did."""
    found = np.full((len(shares), *changes.shape[1:]), np.nan)
    for scenario in range(changes.shape[1]):
        settled = changes[~np.isnan(changes[:, scenario]).any(axis=-1), scenario]
        if len(settled):
            found[:, scenario] = np.quantile(settled, shares, axis=0)
    return found


@dataclass(frozen=True)
class Sensitivity:
    """What each link does to the change of an outcome in each scenario.

    Attributes
    ----------
    links : (n_links, 2) int
        From which concept to which; the one that moves the outcome most first.
    stated : (n_scenarios,) float
        The outcome's change with the map as it is.
    absent : (n_links, n_scenarios) float
        Without the link.
    weaker, stronger : (n_links, n_scenarios) float
        With its weight 0.1 nearer to 0, and 0.1 further from it; within −1 … 1, and not past 0.
    """

    links: tuple[tuple[int, int], ...]
    stated: FloatArray
    absent: FloatArray
    weaker: FloatArray
    stronger: FloatArray

    @property
    def swings(self) -> FloatArray:
        """The largest difference between weaker and stronger, shape (n_links,); NaN where never settled."""
        return _largest(self.stronger - self.weaker)


def sensitivity(
    weights: ArrayLike,
    initial: ArrayLike,
    clamped: ArrayLike,
    how: Comparing,
    outcome: int,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> Sensitivity:
    """Return which link changes the outcome's change most, one link at a time.

    Parameters
    ----------
    weights : (n, n) float
    outcome : int
        The place of the concept of interest.
    on_progress : callable, optional
        Is told how many links are done.
    """
    w = np.asarray(weights, dtype=float)
    links = [(int(i), int(j)) for i, j in np.argwhere(w != 0)]
    size = maps_at_once(3 * w.size)
    found = [compare(w, initial, clamped, how).changes[None, :, outcome]]
    for start in range(0, len(links), size):
        maps = np.concatenate([_varied(w, link) for link in links[start : start + size]])
        found.append(compare(maps, initial, clamped, how).changes[..., outcome])
        if on_progress:
            on_progress(min(start + size, len(links)))
    changes = np.concatenate(found)
    varied = changes[1:].reshape(len(links), 3, -1)
    moved = _largest(varied[:, 2] - varied[:, 1])
    order = np.argsort(-np.nan_to_num(moved, nan=-1.0), kind="stable")
    absent, weaker, stronger = (varied[order, place] for place in range(3))
    return Sensitivity(tuple(links[place] for place in order), changes[0], absent, weaker, stronger)


def _varied(weights: FloatArray, link: tuple[int, int]) -> FloatArray:
    """The map without a link, with a weaker, and with a stronger one, shape (3, n, n)."""
    maps = np.repeat(weights[None], 3, axis=0)
    size, sign = abs(weights[link]), np.sign(weights[link])
    maps[:, link[0], link[1]] = 0.0, sign * max(size - STEP, 0.0), sign * min(size + STEP, 1.0)
    return maps


def _largest(differences: FloatArray) -> FloatArray:
    if not differences.size:
        return np.zeros(len(differences))
    known = np.where(np.isnan(differences), -1.0, np.abs(differences)).max(axis=-1)
    return np.where(known < 0, np.nan, known)
