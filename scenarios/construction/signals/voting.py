"""Votes with dots: everybody sticks so many on what matters most."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from innosi.models.arrays import ArrayLike, FloatArray, IntArray
from innosi.models.errors import InnosiError

N_RESAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Ranking:
    """What was voted for, place by place.

    Attributes
    ----------
    totals, n_voters : (n_items,) int
        How many dots each got, and from how many participants.
    ranks : (n_items,) int
        1 for the most dots; equal ones share the better place, and the places after it stay empty.
    is_tied : (n_items,) bool
        Whether another has as many dots.
    rank_low, rank_high : (n_items,) float
        Within which places it lies in 90 % of the resamples of the participants.
    """

    totals: IntArray
    n_voters: IntArray
    ranks: IntArray
    is_tied: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    rank_low: FloatArray
    rank_high: FloatArray


def rank_votes(dots: ArrayLike, *, seed: int = 1, n_resamples: int = N_RESAMPLES) -> Ranking:
    """Return the ranking by all dots, and how much it hangs on who took part.

    Parameters
    ----------
    dots : (n_participants, n_items) int
        How many dots each participant gave to each item.
    seed : int
        Of the resamples.

    Raises
    ------
    InnosiError
        If there are no participants or items, or a number of dots is negative or no whole number.

    Source
    ------
    Efron (1979), Annals of Statistics 7(1), for the bootstrap; its order of participants does not matter.
    """
    given = np.asarray(dots, dtype=float)
    if given.ndim != 2 or not given.size:
        raise InnosiError("there are no votes to count", mend="give a row for each participant")
    if not (np.isfinite(given).all() and (given >= 0).all() and (given == np.floor(given)).all()):
        raise InnosiError("dots are whole numbers of 0 or more", mend="count whole dots")
    given = given[np.lexsort(given.T[::-1])]
    totals = given.sum(axis=0)
    low, high = _rank_intervals(given, seed, n_resamples)
    ranks = rankdata(-totals, method="min").astype(np.int64)
    is_tied = np.asarray((totals[:, None] == totals[None, :]).sum(axis=1) > 1)
    return Ranking(
        totals.astype(np.int64), (given > 0).sum(axis=0).astype(np.int64), ranks, is_tied, low, high
    )


def _rank_intervals(dots: FloatArray, seed: int, n_resamples: int) -> tuple[FloatArray, FloatArray]:
    counts = np.random.default_rng(seed).multinomial(
        len(dots), np.full(len(dots), 1 / len(dots)), n_resamples
    )
    ranks = rankdata(-(counts @ dots), method="min", axis=1)
    low, high = np.quantile(ranks, (0.05, 0.95), axis=0, method="inverted_cdf")
    return low, high
