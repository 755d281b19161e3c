"""Scores of quantiles, intervals and samples against what happened; lower is better, in the number's unit."""

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError


def pinball_loss(probabilities: ArrayLike, quantiles: ArrayLike, outcome: float) -> FloatArray:
    """Return the loss of each quantile: (1[y < q] − p) (q − y).

    Parameters
    ----------
    probabilities, quantiles : (..., k) float

    Returns
    -------
    (..., k) float

    Source
    ------
    Koenker & Bassett (1978), Econometrica 46(1).

    Examples
    --------
    >>> pinball_loss([0.1, 0.9], [2.0, 8.0], 10.0).round(2).tolist()
    [0.8, 1.8]
    """
    p, q = np.asarray(probabilities, dtype=float), np.asarray(quantiles, dtype=float)
    return ((outcome < q) - p) * (q - outcome)


def interval_score(low: float, high: float, outcome: float, *, coverage: float = 0.9) -> float:
    """Width of an interval, and a fine for an outcome outside it: (u − l) + 2/α · distance, α = 1 − coverage.

    Source
    ------
    Gneiting & Raftery (2007), JASA 102(477), section 6.2.

    Examples
    --------
    >>> interval_score(2, 8, 10, coverage=0.8)
    26.0
    """
    fine = 2 / (1 - coverage) * (max(low - outcome, 0.0) + max(outcome - high, 0.0))
    return float(round(high - low + fine, 12))


def weighted_interval_score(probabilities: ArrayLike, quantiles: ArrayLike, outcome: float) -> float:
    """Mean of interval scores of nested intervals and the distance from the median, each with weight α/2.

    With quantiles at the same levels below and above ½ it equals twice the mean pinball loss, which is how it
    is computed; it nears the CRPS as quantiles become more.

    Parameters
    ----------
    probabilities, quantiles : (k,) float
        Rising; levels lie symmetrically about ½.

    Source
    ------
    Bracher, Ray, Gneiting & Reich (2021), PLoS Computational Biology 17(2), equations 1 to 3.
    """
    p = np.asarray(probabilities, dtype=float)
    if p.size == 0 or not np.allclose(p + p[::-1], 1):
        raise AnswerError(
            "the levels of the quantiles are not symmetric about 50 %", mend="give pairs such as 5 % and 95 %"
        )
    return float(2 * np.mean(pinball_loss(p, quantiles, outcome)))


def crps_of_sample(sample: ArrayLike, outcome: float) -> float:
    """Continuous ranked probability score of a sample: mean |x − y| − ½ mean |x − x′|.

    Parameters
    ----------
    sample : (n,) float

    Source
    ------
    Gneiting & Raftery (2007), JASA 102(477), equation 21.

    Examples
    --------
    >>> crps_of_sample([1.0, 3.0], 2.0)
    0.5
    """
    x = np.sort(np.ravel(np.asarray(sample, dtype=float)))
    n = x.size
    if n == 0:
        raise AnswerError("an empty sample has no score", mend="give one value or more")
    apart = 2 * np.sum((2 * np.arange(1, n + 1) - n - 1) * x) / n**2
    return float(np.mean(np.abs(x - outcome)) - apart / 2)
