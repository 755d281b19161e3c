"""Aggregating probabilities judged with a lower, a best and an upper value into one probability.

Names of the methods in brackets are those of the R package aggreCAT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import betainc, expit, logit

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

EPSILON = float(np.finfo(float).eps)
"""By how much 0 and 1 are moved inwards, and what a width of nought counts as."""


def mean(best: ArrayLike) -> float:
    """Mean of the best judgements (ArMean).

    Parameters
    ----------
    best : (n,) float
        Probabilities, one a panellist.
    """
    return float(np.mean(_checked(best)))


def median(best: ArrayLike) -> float:
    """Median of the best judgements (Median)."""
    return float(np.median(_checked(best)))


def mean_log_odds(best: ArrayLike) -> float:
    """Mean of the log odds of the best judgements, turned back into a probability (LOArMean).

    0 and 1 are moved inwards by the smallest step a computer makes.

    Source
    ------
    Satopää et al. (2014), International Journal of Forecasting 30(2).

    Examples
    --------
    >>> round(mean_log_odds([0.5, 0.8, 0.8]), 6)
    0.715896
    """
    inwards = np.clip(_checked(best), EPSILON, 1 - EPSILON)
    return float(expit(np.mean(logit(inwards))))


def beta_transformed_mean(best: ArrayLike) -> float:
    """Mean of the best judgements, put through the distribution function of Beta(6, 6) (BetaArMean).

    Source
    ------
    Satopää et al. (2014); Hanea et al. (2021), PLoS ONE 16(9), who choose 6.

    Examples
    --------
    >>> beta_transformed_mean([0.2, 0.8])
    0.5
    """
    return float(betainc(6.0, 6.0, mean(best)))


def interval_width_weighted_mean(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> float:
    """Mean of the best judgements, weighted by 1 / (upper − lower) (IntWAgg).

    Parameters
    ----------
    lower, best, upper : (n,) float
        Probabilities, one of each a panellist. A width of nought counts as machine epsilon, so that whoever
        claims it decides nearly alone.

    Source
    ------
    Hanea et al. (2021), PLoS ONE 16(9).
    """
    low, middle, high = (_checked(each) for each in (lower, best, upper))
    width = high - low
    return float(np.average(middle, weights=1 / np.where(width > 0, width, EPSILON)))


def _checked(probabilities: ArrayLike) -> FloatArray:
    values = np.asarray(probabilities, dtype=float)
    if values.size == 0:
        raise AnswerError("nobody answered, so there is nothing to aggregate", mend="leave the question out")
    if not np.all((values >= 0) & (values <= 1)):
        raise AnswerError("a probability lies outside 0 to 1", mend="give fractions of 1")
    return values


@dataclass(frozen=True, slots=True)
class Aggregation:
    """A way to aggregate, as scores name it; `needs_interval` where a point is not enough."""

    name: str
    compute: Callable[..., float]
    needs_interval: bool = False

    def of(self, lower: FloatArray, best: FloatArray, upper: FloatArray) -> float:
        """Return the aggregate of n three-point judgements."""
        return self.compute(lower, best, upper) if self.needs_interval else self.compute(best)


AGGREGATIONS: Mapping[str, Aggregation] = MappingProxyType(
    {
        each.name: each
        for each in (
            Aggregation("mean", mean),
            Aggregation("median", median),
            Aggregation("mean_log_odds", mean_log_odds),
            Aggregation("beta_transformed_mean", beta_transformed_mean),
            Aggregation("interval_width_weighted_mean", interval_width_weighted_mean, needs_interval=True),
        )
    }
)
"""Every way to aggregate probabilities, by name."""
