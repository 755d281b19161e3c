"""Whether a ranking stood still between two rounds: the panel's order, its concordance, each one's order.

Rankings are matrices of ranks, one row a panellist, one column an item; 1 is the first rank, ties share the
mean of their ranks. Only panellists who ranked every item in both rounds count.
"""

from dataclasses import dataclass, replace

import numpy as np

from innosi.forecast.statistics.association import Z_95, bootstrapped_rows, spearman
from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.paired import NOBODY_BOTH
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class RankingChange:
    """How a ranking changed between two rounds.

    Attributes
    ----------
    mean_ranks : Measure
        Spearman's correlation of the items' mean ranks: 1 where the panel's order is the same.
    concordance : Measure
        Change of Kendall's W, later minus earlier: above 0 where the panel came closer.
    individual : Measure
        Mean over the panellists of Spearman's correlation between their own two rankings.
    """

    mean_ranks: Measure
    concordance: Measure
    individual: Measure


def ranking_change(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> RankingChange:
    """Return how a ranking changed.

    Parameters
    ----------
    earlier, later : (n, k) float
        Ranks of the same panellists, row by row; a row with a missing rank (NaN) in either is left out.
    seed : int
        Of the resamples of panellists from which the intervals come.

    Raises
    ------
    AnswerError
        If both matrices do not have the same shape.

    Source
    ------
    Kendall's W from round to round as a stopping rule: Schmidt (1997), Decision Sciences 28(3).
    """
    was, is_ = _ranked(earlier, later)
    if len(was) == 0:
        nobody = Measure(np.nan, 0, NOBODY_BOTH)
        return RankingChange(nobody, nobody, nobody)
    if was.shape[1] < 2:
        one = Measure(np.nan, len(was), "one item has no order")
        return RankingChange(one, one, one)
    return RankingChange(_of_means(was, is_, seed), _of_concordance(was, is_, seed), _individual(was, is_))


def _ranked(earlier: ArrayLike, later: ArrayLike) -> tuple[FloatArray, FloatArray]:
    was, is_ = np.asarray(earlier, float), np.asarray(later, float)
    if was.ndim != 2 or was.shape != is_.shape:
        raise AnswerError(
            f"the rankings have the shapes {was.shape} and {is_.shape}",
            mend="give one row a panellist and one column an item, the same in both rounds",
        )
    from scipy.stats import rankdata

    kept = ~(np.isnan(was) | np.isnan(is_)).any(axis=1)
    if not kept.any():
        return was[kept], is_[kept]
    return np.asarray(rankdata(was[kept], axis=1)), np.asarray(rankdata(is_[kept], axis=1))


def _of_means(was: FloatArray, is_: FloatArray, seed: int) -> Measure:
    found = spearman(was.mean(axis=0), is_.mean(axis=0))
    if found.reason:
        return Measure(np.nan, len(was), "all items have the same mean rank in one of the rounds")
    low, high = bootstrapped_rows(_mean_rank_correlation, was, is_, seed=seed)
    return Measure(found.value, len(was), low=low, high=high)


def _mean_rank_correlation(was: FloatArray, is_: FloatArray) -> FloatArray:
    from scipy.stats import rankdata

    return _correlation(*(np.asarray(rankdata(each.mean(axis=-2), axis=-1)) for each in (was, is_)))


def _of_concordance(was: FloatArray, is_: FloatArray, seed: int) -> Measure:
    if len(was) < 2:
        return Measure(np.nan, len(was), "one panellist has nobody to agree with")
    change = float(_concordance_change(was, is_))
    if np.isnan(change):
        return Measure(np.nan, len(was), "in one of the rounds all items are tied")
    low, high = bootstrapped_rows(_concordance_change, was, is_, seed=seed)
    return Measure(change, len(was), low=low, high=high)


def _concordance_change(was: FloatArray, is_: FloatArray) -> FloatArray:
    return _kendalls_w(is_) - _kendalls_w(was)


def _kendalls_w(ranks: FloatArray) -> FloatArray:
    """W = S / the largest S that ties within panellists allow; shape (..., m, n) -> (...)."""
    m, middle = ranks.shape[-2], (ranks.shape[-1] + 1) / 2
    deviation = np.sum((ranks.sum(axis=-2) - m * middle) ** 2, axis=-1)
    largest = m * np.sum((ranks - middle) ** 2, axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(largest > 0, deviation / largest, np.nan))


def _individual(was: FloatArray, is_: FloatArray) -> Measure:
    own = _correlation(was, is_)
    own = own[~np.isnan(own)]
    if own.size == 0:
        return Measure(np.nan, 0, "every panellist tied all items")
    found = Measure(float(own.mean()), own.size)
    if own.size < 2:
        return found
    half = Z_95 * float(np.std(own, ddof=1)) / np.sqrt(own.size)
    return replace(found, low=max(found.value - half, -1.0), high=min(found.value + half, 1.0))


def _correlation(one: FloatArray, other: FloatArray) -> FloatArray:
    a, b = (each - each.mean(axis=-1, keepdims=True) for each in (one, other))
    size = np.sqrt(np.sum(a**2, axis=-1) * np.sum(b**2, axis=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(size > 0, np.sum(a * b, axis=-1) / size, np.nan))
