"""95 % intervals by resampling panellists: BCa bootstrap on counts, whose cost does not grow with people.

Drawing n panellists anew with replacement is drawing the counts of their answers from a multinomial; leaving
each panellist out in turn leaves as many different counts as there are different answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.tally import Tally
from innosi.models.arrays import FloatArray

N_RESAMPLES = 2000
ENOUGH_RESAMPLES = 1000
"""Where many measures of many questions are taken at once."""
LEVEL = 0.95
FEWEST = 3
TOO_FEW = f"an interval needs {FEWEST} answers or more"
ALL_ALIKE = "all answers are alike, and say nothing about the spread of others"
SAME_EVERYWHERE = "every resample gives the same value"

Kernel = Callable[[FloatArray], FloatArray]
"""From counts (..., k) to values (...)."""


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """The counts of one question as other panels of that size might have given them.

    Attributes
    ----------
    tally : Tally
    counts : (n_drawn + n_different, k) float
        First with panellists drawn anew, then with one left out, a row for each different answer.
    n_drawn : int
    weights : (n_different,) float
        How many panellists each of these rows stands for.
    """

    tally: Tally
    counts: FloatArray
    n_drawn: int
    weights: FloatArray

    @classmethod
    def of(cls, tally: Tally, *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> "Resamples":
        """Draw panels anew; same tally and seed, same resamples."""
        n, k = tally.n, tally.levels.size
        if n < 2:
            return cls(tally, np.zeros((0, k)), 0, np.zeros(0))
        generator = np.random.Generator(np.random.Philox(seed))
        drawn = generator.multinomial(n, tally.counts / tally.counts.sum(), size=n_resamples)
        given = np.flatnonzero(tally.counts)
        counts = np.concatenate([drawn, tally.counts - np.eye(k)[given]])
        return cls(tally, counts, n_resamples, tally.counts[given])

    def interval(self, measure: Measure, kernel: Kernel) -> Measure:
        """Return a measure with its 95 % interval, or with the reason why it has none."""
        if np.isnan(measure.value):
            return measure
        if self.tally.n < FEWEST:
            return replace(measure, reason=TOO_FEW)
        if self.tally.n_different < 2:
            return replace(measure, reason=ALL_ALIKE)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = kernel(self.counts)
        low, high = bca_interval(found[: self.n_drawn], measure.value, found[self.n_drawn :], self.weights)
        return replace(measure, low=low, high=high, reason=SAME_EVERYWHERE if np.isnan(low) else "")


def bca_interval(
    drawn: FloatArray, value: float, left_out: FloatArray, weights: FloatArray | None = None
) -> tuple[float, float]:
    """Return the bias-corrected and accelerated 95 % bootstrap interval.

    Parameters
    ----------
    drawn : (n_resamples,) float
        The statistic of each resample; NaN where it cannot be computed.
    value : float
        The statistic of the sample.
    left_out : (m,) float
        The statistic with one observation left out at a time (or one block of them).
    weights : (m,) float, optional
        How many observations each of `left_out` stands for; 1 by default.

    Returns
    -------
    (float, float)
        NaN where all resamples give the same value. Resamples equal to the value count as half below it, as
        levels make ties common.

    Source
    ------
    Efron (1987), Journal of the American Statistical Association 82(397).
    """
    found = drawn[np.isfinite(drawn)]
    if found.size == 0 or np.ptp(found) <= _ROUNDING * max(1.0, abs(value)):
        return np.nan, np.nan
    below = np.mean(found < value - _ROUNDING) + np.mean(np.abs(found - value) <= _ROUNDING) / 2
    bias = ndtri(np.clip(below, 1 / (found.size + 1), found.size / (found.size + 1)))
    sides = bias + ndtri(np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    levels = ndtr(bias + sides / np.maximum(1 - acceleration(left_out, weights) * sides, _ROUNDING))
    places = levels * (found.size - 1)
    low, high = np.interp(places, np.arange(found.size), np.sort(found))
    return float(low), float(high)


_ROUNDING = 1e-12


def acceleration(left_out: FloatArray, weights: FloatArray | None = None) -> float:
    """Return how the statistic's spread changes with its value: a sixth of the skewness of the jackknife."""
    known = np.isfinite(left_out)
    found, heavy = left_out[known], (np.ones(left_out.size) if weights is None else weights)[known]
    if found.size < 2:
        return 0.0
    away = np.average(found, weights=heavy) - found
    spread = np.sum(heavy * away**2)
    return float(np.sum(heavy * away**3) / (6 * spread**1.5)) if spread > _ROUNDING**2 else 0.0


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; it has a width even where all agree.

    Source
    ------
    Wilson (1927), Journal of the American Statistical Association 22(158).

    Examples
    --------
    >>> low, high = wilson_interval(1.0, 10)
    >>> round(low, 4), high
    (0.7225, 1.0)
    """
    if n == 0:
        return np.nan, np.nan
    z = float(ndtri((1 + LEVEL) / 2))
    middle = share + z**2 / (2 * n)
    reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    whole = 1 + z**2 / n
    low, high = float((middle - reach) / whole), float((middle + reach) / whole)
    return (0.0 if share == 0 else low), (1.0 if share == 1 else high)
