"""Weights from what panellists got right, and answers that the crowd does not expect."""

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError


def contributions_of(best: ArrayLike, outcomes: ArrayLike) -> FloatArray:
    """Return what the panel's mean probability gains by each panellist, in Brier score.

    Parameters
    ----------
    best : (n_panellists, n_claims) float
        NaN where a panellist did not judge a claim.
    outcomes : (n_claims,) float
        0 or 1.

    Returns
    -------
    (n_panellists,) float
        Mean over the claims that he and somebody else judged of (score without him − score with him), scores
        being squared distances; above 0 he helps. NaN where there is no such claim.

    Source
    ------
    Budescu & Chen (2015), Management Science 61(2), equation 2.

    Examples
    --------
    >>> contributions_of([[1.0], [0.0]], [1]).tolist()
    [0.75, -0.25]
    """
    stated, happened = np.asarray(best, dtype=float), np.asarray(outcomes, dtype=float)
    known = ~np.isnan(stated)
    n, total = known.sum(axis=0), np.where(known, stated, 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        with_all = (total / n - happened) ** 2
        without = ((total - np.where(known, stated, 0)) / (n - 1) - happened) ** 2
    gain = np.where(known & (n > 1), without - with_all, np.nan)
    counted = ~np.isnan(gain)
    n_claims = counted.sum(axis=1)
    found: FloatArray = np.nansum(gain, axis=1) / np.where(n_claims > 0, n_claims, np.nan)
    return found


def contribution_weights(best: ArrayLike, outcomes: ArrayLike) -> FloatArray:
    """Return weights in proportion to contributions; those who do not help get none.

    Where nobody helps, all weights are equal.

    Source
    ------
    Budescu & Chen (2015), Management Science 61(2): the contribution-weighted model.
    """
    gains = np.nan_to_num(np.maximum(contributions_of(best, outcomes), 0))
    if not gains.size:
        raise AnswerError("nobody judged the claims", mend="give answers of somebody")
    return gains / gains.sum() if gains.sum() > 0 else np.full(gains.size, 1 / gains.size)


def surprisingly_popular(votes: ArrayLike, predicted: ArrayLike) -> FloatArray:
    """Return by how much each answer is more popular than the panel predicted; the right one is the highest.

    Parameters
    ----------
    votes : (n_options,) float
        Share of the panellists who chose each option.
    predicted : (n_panellists, n_options) float
        Which shares each panellist predicts.

    Returns
    -------
    (n_options,) float
        Share − mean prediction.

    Source
    ------
    Prelec, Seung & McCoy (2017), Nature 541.

    Examples
    --------
    >>> surprisingly_popular([0.6, 0.4], [[0.75, 0.25], [0.75, 0.25]]).round(2).tolist()
    [-0.15, 0.15]
    """
    found, expected = np.asarray(votes, dtype=float), np.asarray(predicted, dtype=float)
    return found - np.nanmean(np.atleast_2d(expected), axis=0)
