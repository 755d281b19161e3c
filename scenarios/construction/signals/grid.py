"""The impact–uncertainty grid: what is known to matter, and what would matter and is not known."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Literal

import numpy as np
from scipy.stats import rankdata

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import InnosiError

Cut = Literal["middle", "median"]
N_RESAMPLES = 2000
NOT_INDEPENDENT = 0.3
"""From this size on a correlation is no longer small (Cohen 1988, p. 80: medium)."""
FEWEST_FOR_A_CORRELATION = 5


class Quadrant(StrEnum):
    """Where a driver lies on the grid."""

    CRITICAL = "critical uncertainty"
    GIVEN = "given"
    WATCH = "to watch"
    BACKGROUND = "background"

    @property
    def meaning(self) -> str:
        """What is done with such a driver, in a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Quadrant.CRITICAL: "strong and uncertain: what scenarios are told apart by",
    Quadrant.GIVEN: "strong and certain: the same in every scenario",
    Quadrant.WATCH: "weak and uncertain: kept in sight, as its impact may grow",
    Quadrant.BACKGROUND: "weak and certain: left out",
}
_QUADRANTS = np.array(
    [[Quadrant.BACKGROUND, Quadrant.WATCH], [Quadrant.GIVEN, Quadrant.CRITICAL]], dtype=object
)


@dataclass(frozen=True, eq=False)
class Grid:
    """Drivers on the grid; the last axis of its arrays is (impact, uncertainty).

    Attributes
    ----------
    n : (n_drivers, 2) int
        How many rated each.
    medians, lower, upper : (n_drivers, 2) float
        Median and quartiles, interpolated linearly (type 7).
    cuts : (2,) float
        What lies above is high; what lies on it is low.
    quadrants : tuple of Quadrant
    sureness : (n_drivers,) float
        In which share of the resamples of panellists the driver lies in the same quadrant.
    disagreement : (n_drivers,) float
        The wider of the two interquartile ranges, as a share of its scale.
    scores : (n_drivers,) float
        Impact × uncertainty, each from 0 at the foot of its scale to 1 at its top.
    """

    n: FloatArray
    medians: FloatArray
    lower: FloatArray
    upper: FloatArray
    cuts: FloatArray
    quadrants: tuple[Quadrant, ...]
    sureness: FloatArray
    disagreement: FloatArray
    scores: FloatArray


def impact_uncertainty_grid(
    ratings: ArrayLike,
    *,
    scales: ArrayLike,
    cut: Cut = "middle",
    seed: int = 1,
    n_resamples: int = N_RESAMPLES,
) -> Grid:
    """Return where drivers lie by their median ratings, and how sure that is.

    Parameters
    ----------
    ratings : (n_panellists, n_drivers, 2) float
        Impact and uncertainty, high for strong and for uncertain; NaN where somebody gave no rating. The
        order of the panellists does not matter.
    scales : (2, 2) float
        Lowest and highest level of the scale of impact, and of that of uncertainty.
    cut : {'middle', 'median'}
        High is above the middle of the scale, or above the median of the drivers' medians.
    seed : int
        Of the resamples of panellists.

    Raises
    ------
    InnosiError
        If a driver has no rating, or a rating lies off its scale.

    Source
    ------
    Schwartz (1991), The Art of the Long View; Schoemaker (1995), Sloan Management Review 36(2); van der
    Heijden (2005), Scenarios: The Art of Strategic Conversation, 2nd edition. The names of the two weak
    quadrants are our own. Efron (1979), Annals of Statistics 7(1), for the resamples.
    """
    given, ends = np.asarray(ratings, dtype=float), np.asarray(scales, dtype=float)
    _check(given, ends)
    given = given[np.lexsort(given.reshape(len(given), -1).T[::-1])]
    lower, medians, upper = np.nanquantile(given, (0.25, 0.5, 0.75), axis=0)
    cuts = _cuts(medians, ends, cut)
    is_high = medians > cuts
    drawn = _resampled_medians(given, seed, n_resamples)
    again = drawn > _cuts(drawn, ends, cut)[:, None, :]
    is_rated = ~np.isnan(drawn).any(axis=2)
    same = (again == is_high).all(axis=2) & is_rated
    width = np.ptp(ends, axis=1)
    return Grid(
        n=(~np.isnan(given)).sum(axis=0),
        medians=medians,
        lower=lower,
        upper=upper,
        cuts=cuts,
        quadrants=tuple(_QUADRANTS[int(impact), int(uncertainty)] for impact, uncertainty in is_high),
        sureness=same.sum(axis=0) / np.maximum(is_rated.sum(axis=0), 1),
        disagreement=((upper - lower) / width).max(axis=1),
        scores=((medians - ends[:, 0]) / width).prod(axis=1),
    )


def _check(ratings: FloatArray, scales: FloatArray) -> None:
    if ratings.ndim != 3 or ratings.shape[2] != 2 or not ratings.size:
        raise InnosiError("there are no ratings", mend="let the panel rate each driver")
    if np.isnan(ratings).all(axis=0).any():
        raise InnosiError("a driver was rated by nobody", mend="let the panel rate it, or leave it out")
    is_off = (ratings < scales[:, 0]) | (ratings > scales[:, 1])
    if is_off.any():
        raise InnosiError(f"the rating {ratings[is_off][0]:g} lies off its scale", mend="keep to the scale")


def _cuts(medians: FloatArray, scales: FloatArray, cut: Cut) -> FloatArray:
    if cut == "middle":
        return np.broadcast_to(scales.mean(axis=1), (*medians.shape[:-2], 2))
    return np.asarray(np.nanmedian(medians, axis=-2))


def _resampled_medians(ratings: FloatArray, seed: int, n_resamples: int) -> FloatArray:
    """Medians of panels drawn with replacement, shape (n_resamples, n_drivers, 2); NaN where nobody rated."""
    picks = np.random.default_rng(seed).integers(len(ratings), size=(n_resamples, len(ratings)))
    return np.stack([_medians(ratings[picks, i]) for i in range(ratings.shape[1])], axis=1)


def _medians(drawn: FloatArray) -> FloatArray:
    """Medians over the second axis of (n_resamples, n_panellists, 2), without what is NaN."""
    ordered = np.sort(drawn, axis=1)  # NaN goes to the end
    n = (~np.isnan(ordered)).sum(axis=1)[:, None]
    below, above = (
        np.take_along_axis(ordered, at, axis=1)[:, 0] for at in (np.maximum(n - 1, 0) // 2, n // 2)
    )
    return np.where(n[:, 0] > 0, (below + np.where(np.isnan(above), below, above)) / 2, np.nan)


def rating_correlations(ratings: ArrayLike) -> FloatArray:
    """Return the rank correlation, over panellists, of how critical they hold two drivers to be.

    How critical is impact × uncertainty as each panellist rates them. It tells whether those who hold the one
    critical hold the other so too, and **not** whether the two will develop together: for want of something
    better it shows drivers that panellists mean the same by.

    Parameters
    ----------
    ratings : (n_panellists, n_drivers, 2) float
        NaN where somebody gave no rating.

    Returns
    -------
    (n_drivers, n_drivers) float
        Spearman's; NaN where fewer than five rated both drivers, or all gave the same.

    Source
    ------
    Spearman (1904), American Journal of Psychology 15(1).
    """
    critical = np.asarray(ratings, dtype=float).prod(axis=2)
    n_drivers = critical.shape[1]
    found = np.full((n_drivers, n_drivers), np.nan)
    for i, j in combinations(range(n_drivers), 2):
        both = critical[:, [i, j]]
        found[i, j] = found[j, i] = _spearman(both[~np.isnan(both).any(axis=1)])
    return found


def _spearman(pairs: FloatArray) -> float:
    if len(pairs) < FEWEST_FOR_A_CORRELATION or (np.ptp(pairs, axis=0) == 0).any():
        return float("nan")
    return float(np.asarray(np.corrcoef(rankdata(pairs, axis=0), rowvar=False))[0, 1])


@dataclass(frozen=True, slots=True)
class AxisPair:
    """Two drivers that may span scenarios: their places, the pair's score, and their correlation."""

    drivers: tuple[int, int]
    score: float
    correlation: float


def suggested_axes(scores: ArrayLike, correlations: ArrayLike) -> tuple[AxisPair, ...]:
    """Return pairs of drivers, the best axes first: both critical, and independent of each other.

    A pair's score is √(score₁ · score₂) · (1 − |ρ|), our own formula; an unknown correlation counts as 0.

    Parameters
    ----------
    scores : (n_drivers,) float
        Impact × uncertainty, from 0 to 1.
    correlations : (n_drivers, n_drivers) float
        ρ, from −1 to 1; NaN where it is not known.
    """
    given, rho = np.asarray(scores, dtype=float), np.asarray(correlations, dtype=float)
    pairs = [
        AxisPair((i, j), _pair_score(given[i], given[j], rho[i, j]), float(rho[i, j]))
        for i, j in combinations(range(len(given)), 2)
    ]
    return tuple(sorted(pairs, key=lambda pair: (-round(pair.score, 12), pair.drivers)))


def _pair_score(first: float, second: float, rho: float) -> float:
    return float(np.sqrt(first * second) * (1 - abs(np.nan_to_num(rho))))
