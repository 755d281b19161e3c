"""Where answers lie and how far apart: quartiles, spread, and their size beside the answers themselves.

Each kernel works on counts, of one question or of many resamples at once: `counts` (..., k) say how often
each of the `levels` (k,) was given. Each face works on one question's answers.
"""

from collections.abc import Callable

import numpy as np

from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.tally import Tally
from innosi.models.arrays import ArrayLike, FloatArray

Kernel = Callable[[FloatArray, FloatArray], FloatArray]
ONE_ANSWER = "one answer has no spread"
ZERO_MEDIAN = "the median is 0, and nothing can be a share of it"
NOT_ABOVE_ZERO = "it has a meaning for answers above 0 only"


def median(values: ArrayLike) -> Measure:
    """Middle answer; of an even number the midpoint of the two in the middle.

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.
    """
    return _measured(middle_kernel, values)


def interquartile_range(values: ArrayLike) -> Measure:
    """Width of the middle half of the answers: third quartile minus first (type 7).

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.

    Source
    ------
    Hyndman & Fan (1996), The American Statistician 50(4), definition 7.

    Examples
    --------
    >>> interquartile_range([1, 2, 3, 4]).value
    1.5
    """
    return _measured(interquartile_range_kernel, values)


def relative_interquartile_range(values: ArrayLike) -> Measure:
    """Interquartile range as a share of the size of the median; for quantities of any unit.

    NaN where nobody answered, and where the median is 0.

    Examples
    --------
    >>> relative_interquartile_range([8, 10, 12]).value
    0.2
    """
    return _measured(relative_interquartile_range_kernel, values, ZERO_MEDIAN)


def standard_deviation(values: ArrayLike) -> Measure:
    """Standard deviation of the answers as of a sample (n − 1); NaN for fewer than two."""
    return _measured(standard_deviation_kernel, values, ONE_ANSWER)


def coefficient_of_variation(values: ArrayLike) -> Measure:
    """Standard deviation (n − 1) as a share of the mean.

    NaN for fewer than two answers, and where answers are negative or their mean is 0: the coefficient has a
    meaning on scales that begin at 0 only.

    Source
    ------
    von der Gracht (2012), Technological Forecasting and Social Change 79(8), section 4.

    Examples
    --------
    >>> coefficient_of_variation([1, 3]).value == 2**0.5 / 2
    True
    """
    n = Tally.of(values).n
    return _measured(coefficient_of_variation_kernel, values, ONE_ANSWER if n == 1 else NOT_ABOVE_ZERO)


def _measured(kernel: Kernel, values: ArrayLike, reason: str = "") -> Measure:
    tally = Tally.of(values)
    if tally.n == 0:
        return Measure.nobody()
    with np.errstate(over="ignore", invalid="ignore"):
        return Measure.of(kernel(tally.counts, tally.levels), tally.n, reason)


def quantile_kernel(counts: FloatArray, levels: FloatArray, p: float) -> FloatArray:
    """Return the quantile at p, interpolated linearly between ordered answers (type 7); shape (...)."""
    reached = np.cumsum(counts, axis=-1)
    n = reached[..., -1]
    place = p * (n - 1)
    below = np.floor(place + _ROUNDING)
    part = np.maximum(place - below, 0)
    low, high = _ordered(reached, levels, below), _ordered(reached, levels, np.minimum(below + 1, n - 1))
    return np.where(n > 0, low + part * (high - low), np.nan)


_ROUNDING = 1e-9
"""A place of 3 computed as 3 − 1e-15 is still the third."""


def _ordered(reached: FloatArray, levels: FloatArray, place: FloatArray) -> FloatArray:
    """Return the answer at a place, 0 for the smallest, from counts added up."""
    index = np.sum(reached <= place[..., np.newaxis], axis=-1)
    found: FloatArray = levels[np.minimum(index, levels.size - 1)]
    return found


def middle_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Median."""
    return quantile_kernel(counts, levels, 0.5)


def mean_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Mean; NaN where nobody answered."""
    n = np.sum(counts, axis=-1)
    return counts @ levels / np.where(n > 0, n, np.nan)


def interquartile_range_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Third quartile minus first."""
    return quantile_kernel(counts, levels, 0.75) - quantile_kernel(counts, levels, 0.25)


def relative_interquartile_range_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Interquartile range / |median|; NaN where that is 0."""
    middle = np.abs(middle_kernel(counts, levels))
    return interquartile_range_kernel(counts, levels) / np.where(middle > 0, middle, np.nan)


def standard_deviation_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """√(Σ n_k (x_k − mean)² / (n − 1)); NaN for fewer than two answers."""
    n = np.sum(counts, axis=-1)
    away = levels - mean_kernel(counts, levels)[..., np.newaxis]
    return np.sqrt(np.sum(counts * away**2, axis=-1) / np.where(n > 1, n - 1, np.nan))


def coefficient_of_variation_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Standard deviation / mean; NaN where an answer is negative or all are 0."""
    middle = mean_kernel(counts, levels)
    has_negative = np.any((counts > 0) & (levels < 0), axis=-1)
    return standard_deviation_kernel(counts, levels) / np.where(has_negative | (middle == 0), np.nan, middle)
