"""Aggregating the probabilities that experts give to claims: means of best judgements, and of distributions.

Names of the methods in brackets are those of the R package aggreCAT. Every aggregation takes the judgements
of all claims at once and gives a probability for each; those that weigh experts are in `weighted`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import betainc, expit, logit, ndtr, ndtri

from innosi.forecast.pooling.three_points import EPSILON, ThreePoints
from innosi.forecast.pooling.weighted import WEIGHTS, weighted_mean
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

TRIMMED = 0.1
"""Which share of the judgements a trimmed mean leaves out at either end."""
STATED = (0.05, 0.5, 0.95)
"""At which probabilities lower, best and upper stand in a panellist's distribution."""
_GRID = np.linspace(0, 1, 10_001)


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


def trimmed_mean(best: ArrayLike, share: float = TRIMMED) -> float:
    """Mean of the best judgements without the highest and the lowest tenth (rounded down).

    Examples
    --------
    >>> trimmed_mean([0.0, *[0.5] * 8, 0.6])
    0.5
    """
    ordered = np.sort(_checked(best))
    n_out = int(share * ordered.size + 1e-9)
    return float(np.mean(ordered[n_out : ordered.size - n_out]))


def geometric_mean(best: ArrayLike) -> float:
    """Geometric mean of the best judgements (GeoMean); a single 0 makes it 0."""
    return float(np.exp(np.mean(np.log(np.clip(_checked(best), EPSILON, 1)))))


def mean_log_odds(best: ArrayLike) -> float:
    """Mean of the log odds of the best judgements, as a probability (LOArMean): the geometric mean of odds.

    0 and 1 are moved inwards by the smallest step a computer makes.

    Source
    ------
    Satopää et al. (2014), International Journal of Forecasting 30(2).

    Examples
    --------
    >>> round(mean_log_odds([0.5, 0.8, 0.8]), 6)
    0.715896
    """
    return float(expit(np.mean(_log_odds(best))))


def mean_probit(best: ArrayLike) -> float:
    """Mean of the probits of the best judgements, turned back into a probability (ProbitArMean)."""
    return float(ndtr(np.mean(ndtri(_inwards(best)))))


def extremised_log_odds(best: ArrayLike, factor: float | None = None) -> float:
    """Mean log odds times a factor that moves it away from ½, as experts share less than all they know.

    Parameters
    ----------
    best : (n,) float
    factor : float, optional
        1 leaves the mean as it is. By default Neyman & Roughgarden's n(√(3n² − 3n + 1) − 2) / (n² − n − 1),
        which grows with the number of experts to √3.

    Source
    ------
    Neyman & Roughgarden (2022), Are You Smarter Than a Random Expert?, ACM EC 22; Satopää et al. (2014) for a
    factor of one's own.

    Examples
    --------
    >>> extremised_log_odds([0.7]) == mean_log_odds([0.7])
    True
    """
    odds = _log_odds(best)
    return float(expit(np.mean(odds) * (extremising_factor(odds.size) if factor is None else factor)))


def extremising_factor(n: int) -> float:
    """Return Neyman & Roughgarden's factor for n experts; 1 for one.

    Examples
    --------
    >>> round(extremising_factor(10), 4)
    1.625
    """
    return float(n * (np.sqrt(3 * n**2 - 3 * n + 1) - 2) / (n**2 - n - 1))


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
    given = ThreePoints.of(lower, best, upper)
    return float(weighted_mean(given, WEIGHTS["interval_width"].of(given))[0])


def distribution_mean(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> float:
    """Median of the mixture of the panellists' distributions (DistribArMean).

    Each is piecewise uniform on 0 to 1, with lower, best and upper at 5, 50 and 95 %.

    Source
    ------
    Hanea et al. (2021), PLoS ONE 16(9).
    """
    return _median_of(_piecewise, lower, best, upper)


def triangular_mean(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> float:
    """Median of the mixture of triangular distributions from lower over best to upper (TriDistribArMean)."""
    return _median_of(_triangular, lower, best, upper)


def _median_of(
    cumulative: Callable[[FloatArray], FloatArray], lower: ArrayLike, best: ArrayLike, upper: ArrayLike
) -> float:
    points = np.column_stack([_checked(each) for each in (lower, best, upper)])
    together = np.mean([cumulative(row) for row in points], axis=0)
    above = int(np.argmax(together >= 0.5 - _ROUNDING))
    if above == 0:
        return float(_GRID[0])
    return float(np.interp(0.5, together[above - 1 : above + 1], _GRID[above - 1 : above + 1]))


_ROUNDING = 1e-12


def _piecewise(row: FloatArray) -> FloatArray:
    """Distribution function on the grid; where points coincide it jumps."""
    places, levels = np.array([0.0, *row, 1.0]), np.array([0.0, *STATED, 1.0])
    at = np.interp(_GRID, places, levels)
    for place in row[np.isin(row, [0.0, 1.0]) | (np.diff(row, append=np.inf) == 0)]:
        at[place == _GRID] = levels[places <= place].max()
    return at


def _triangular(row: FloatArray) -> FloatArray:
    low, mode, high = row
    if high - low <= EPSILON:
        return (mode <= _GRID).astype(float)
    rising = (_GRID - low) ** 2 / ((high - low) * max(mode - low, EPSILON))
    falling = 1 - (high - _GRID) ** 2 / ((high - low) * max(high - mode, EPSILON))
    inside = np.where(mode > _GRID, rising, falling)
    return np.where(low > _GRID, 0.0, np.where(high <= _GRID, 1.0, inside))


def _checked(probabilities: ArrayLike) -> FloatArray:
    values = np.asarray(probabilities, dtype=float)
    if values.size == 0:
        raise AnswerError("nobody answered, so there is nothing to aggregate", mend="leave the question out")
    if not np.all((values >= 0) & (values <= 1)):
        raise AnswerError("a probability lies outside 0 to 1", mend="give fractions of 1")
    return values


def _inwards(best: ArrayLike) -> FloatArray:
    return np.clip(_checked(best), EPSILON, 1 - EPSILON)


def _log_odds(best: ArrayLike) -> FloatArray:
    found: FloatArray = logit(_inwards(best))
    return found


@dataclass(frozen=True, slots=True)
class Aggregation:
    """A way to aggregate, as scores name it.

    Attributes
    ----------
    name : str
    words : str
        For tables and plots.
    compute : callable
        From ThreePoints to a probability for each claim.
    needs_interval : bool
        Whether a best judgement alone is not enough.
    needs_earlier : bool
        Whether it looks at the round before too.
    """

    name: str
    words: str
    compute: Callable[[ThreePoints], FloatArray]
    needs_interval: bool = False
    needs_earlier: bool = False

    def of(self, given: ThreePoints) -> FloatArray:
        """Return the aggregate of each claim, shape (n_claims,); NaN where nobody judged it fully."""
        if self.needs_earlier and given.earlier is None:
            raise AnswerError(f"{self.name} needs the round before", mend="choose another aggregation")
        return self.compute(given)


def _of_best(compute: Callable[[FloatArray], float]) -> Callable[[ThreePoints], FloatArray]:
    return lambda given: np.array([compute(column[~np.isnan(column)]) for column in given.best.T])


def _of_points(
    compute: Callable[[FloatArray, FloatArray, FloatArray], float],
) -> Callable[[ThreePoints], FloatArray]:
    def every_claim(given: ThreePoints) -> FloatArray:
        columns = zip(given.lower.T, given.best.T, given.upper.T, strict=True)
        kept = ((low, best, high, ~np.isnan(low + best + high)) for low, best, high in columns)
        return np.array([compute(low[known], best[known], high[known]) for low, best, high, known in kept])

    return every_claim


def _of_weights(name: str) -> Callable[[ThreePoints], FloatArray]:
    return lambda given: weighted_mean(given, WEIGHTS[name].of(given))


_ALL = (
    Aggregation("mean", "mean", _of_best(mean)),
    Aggregation("median", "median", _of_best(median)),
    Aggregation("mean_log_odds", "mean log odds", _of_best(mean_log_odds)),
    Aggregation("beta_transformed_mean", "beta-transformed mean", _of_best(beta_transformed_mean)),
    Aggregation("trimmed_mean", "trimmed mean", _of_best(trimmed_mean)),
    Aggregation("geometric_mean", "geometric mean", _of_best(geometric_mean)),
    Aggregation("mean_probit", "mean probit", _of_best(mean_probit)),
    Aggregation("extremised_log_odds", "extremised log odds", _of_best(extremised_log_odds)),
    Aggregation("distribution_mean", "mean distribution", _of_points(distribution_mean), needs_interval=True),
    Aggregation("triangular_mean", "mean triangle", _of_points(triangular_mean), needs_interval=True),
    *(
        Aggregation(
            f"{name}_weighted_mean",
            f"mean weighted by {weight.words}",
            _of_weights(name),
            needs_interval=weight.needs_interval,
            needs_earlier=weight.needs_earlier,
        )
        for name, weight in WEIGHTS.items()
    ),
)

AGGREGATIONS: Mapping[str, Aggregation] = MappingProxyType({each.name: each for each in _ALL})
"""Every way to aggregate probabilities, by name."""
