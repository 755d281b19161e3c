"""Agreement of a panel over several items, corrected for chance: Krippendorff, Gwet, Fleiss and others.

Every coefficient is 1 − disagreement observed / disagreement expected by chance, on counts of items × values;
they differ in what they hold for chance. The kernels take the counts of one panel, or of many drawn anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from innosi.forecast.statistics.agreement_weights import agreement_weights
from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.ratings import FloatArray, ItemCounts, Ratings
from innosi.forecast.statistics.resampling import LEVEL, N_RESAMPLES, bca_interval
from innosi.models.arrays import ArrayLike
from innosi.models.errors import AnswerError

Resampled = Literal["panellists", "items"]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")

NO_PAIRS = "no item was rated by two panellists or more"
NO_VARIATION = "every answer to every item is the same: chance would agree as well"

Kernel = Callable[[ItemCounts], tuple[FloatArray, FloatArray]]
"""From counts to agreement (or 1 − disagreement) observed, and expected by chance."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement over items.

    Attributes
    ----------
    value : float
        1 complete agreement, 0 as by chance; NaN where it cannot be computed.
    n, n_items : int
        Panellists who rated anything, and items that anybody rated.
    reason : str
        Why the value, or its interval, is NaN.
    low, high : float
        95 % interval (BCa) over what was resampled.
    observed, expected : float
        Agreement observed, and expected by chance.
    standard_error : float
        Over items, by linearisation (Gwet 2014); NaN for coefficients without one.
    p_value : float
        Of no agreement beyond chance, two-sided, from the standard error and Student's t.
    resampled : {'panellists', 'items'}
    """

    value: float
    n: int
    n_items: int
    reason: str = ""
    low: float = np.nan
    high: float = np.nan
    observed: float = np.nan
    expected: float = np.nan
    standard_error: float = np.nan
    p_value: float = np.nan
    resampled: Resampled = "panellists"

    @property
    def measure(self) -> Measure:
        """The value with its interval."""
        return Measure(self.value, self.n, self.reason, self.low, self.high)

    @property
    def analytic_interval(self) -> tuple[float, float]:
        """95 % interval over items from the standard error, cut at 1, as irrCAC prints it."""
        reach = self.standard_error * float(stdtrit(max(self.n_items - 1, 1), (1 + LEVEL) / 2))
        return self.value - reach, min(self.value + reach, 1.0)


@dataclass(frozen=True, slots=True)
class Interval:
    """How a coefficient's interval is made: what is drawn anew, how often, and from which seed."""

    resampled: Resampled = "panellists"
    n_resamples: int = N_RESAMPLES
    seed: int = 0


STANDARD = Interval()


def krippendorff_alpha(
    ratings: ArrayLike | Ratings, *, metric: Metric = "ordinal", interval: Interval = STANDARD
) -> Coefficient:
    """Krippendorff's α = 1 − D_o / D_e over the items that two panellists or more rated.

    Parameters
    ----------
    ratings : (n_panellists, n_items) float
        NaN where a panellist did not answer.
    metric : {'nominal', 'ordinal', 'interval', 'ratio'}
        How far apart two different answers are.
    interval : Interval
        `Interval("items")` draws items anew in the place of panellists; `n_resamples=0` spares it.

    Returns
    -------
    Coefficient
        NaN, with its reason, where nobody can be compared, and where all answers are the same: then chance
        would agree as well.

    Notes
    -----
    In a panel drawn anew a panellist may stand twice; his answers are not compared with their own copies,
    which would pass for agreement.

    Source
    ------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 2, 3, 3], [1, 2, 3, 1]], metric="nominal").value, 4)
    0.6667
    """
    if metric not in METRICS:
        raise AnswerError(f"there is no metric '{metric}'", mend=f"choose one of: {', '.join(METRICS)}")
    given = Ratings.of(ratings)
    return _coefficient(given, lambda items: _alpha(items, given.values, metric), interval)


def gwet_ac(
    ratings: ArrayLike | Ratings,
    *,
    weights: str = "identity",
    values: ArrayLike | None = None,
    interval: Interval = STANDARD,
) -> Coefficient:
    """Gwet's AC1, and with weights AC2: stable where nearly all answers are alike.

    p_a over the items that two or more rated; p_e = [Σ w / (q (q − 1))] Σ π_k (1 − π_k) over all rated.

    Parameters
    ----------
    ratings : (n_panellists, n_items) float
    weights : str
        `identity` gives AC1, any other of `agreement_weights` AC2.
    values : (q,) float, optional
        All values that could be given; those that were given by default.

    Source
    ------
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1); Gwet (2014).
    """
    return _chance_corrected(ratings, "gwet", weights, values, interval)


def fleiss_kappa(
    ratings: ArrayLike | Ratings,
    *,
    weights: str = "identity",
    values: ArrayLike | None = None,
    interval: Interval = STANDARD,
) -> Coefficient:
    """Fleiss' κ, weighted on request, for missing ratings too: chance draws from the panel's own shares.

    Source
    ------
    Fleiss (1971), Psychological Bulletin 76(5); Gwet (2014) for weights and missing ratings.
    """
    return _chance_corrected(ratings, "fleiss", weights, values, interval)


def brennan_prediger(
    ratings: ArrayLike | Ratings,
    *,
    weights: str = "identity",
    values: ArrayLike | None = None,
    interval: Interval = STANDARD,
) -> Coefficient:
    """Brennan & Prediger's coefficient: chance holds every value for equally likely.

    Source
    ------
    Brennan & Prediger (1981), Educational and Psychological Measurement 41(3); Gwet (2014).
    """
    return _chance_corrected(ratings, "brennan_prediger", weights, values, interval)


def _chance_corrected(
    ratings: ArrayLike | Ratings, chance: str, weights: str, values: ArrayLike | None, interval: Interval
) -> Coefficient:
    given = Ratings.of(ratings, values)
    w = agreement_weights(weights, given.values)
    return _coefficient(
        given, lambda items: _weighted(items, w, chance), interval, _influence(given, w, chance)
    )


def _coefficient(
    given: Ratings, kernel: Kernel, interval: Interval, influence: FloatArray | None = None
) -> Coefficient:
    n, n_items = given.n_panellists, given.n_items
    if not given.values.size:
        return Coefficient(np.nan, n, n_items, NO_PAIRS)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed, expected = (float(each) for each in kernel(given.counted()))
    if np.isnan(observed) or np.isnan(expected):
        return Coefficient(np.nan, n, n_items, NO_PAIRS)
    if expected >= 1 - _ROUNDING:
        return Coefficient(np.nan, n, n_items, NO_VARIATION, observed=observed, expected=expected)
    value = (observed - expected) / (1 - expected)
    low, high = _interval(given, kernel, value, interval) if interval.n_resamples else (np.nan, np.nan)
    error = _standard_error(influence, value)
    p = float(2 * stdtr(n_items - 1, -abs(value) / error)) if error > 0 else np.nan
    reason = (_ALIKE if interval.n_resamples else _NOT_ASKED) if np.isnan(low) else ""
    return Coefficient(value, n, n_items, reason, low, high, observed, expected, error, p, interval.resampled)


_ROUNDING = 1e-12
_NOT_ASKED = "no interval was asked for"
_ALIKE = "every resample gives the same value"


def _interval(given: Ratings, kernel: Kernel, value: float, interval: Interval) -> tuple[float, float]:
    by_items = interval.resampled == "items"
    drawn = (given.items_drawn if by_items else given.panels_drawn)(interval.n_resamples, interval.seed)
    left_out = given.items_left_out() if by_items else given.panels_left_out()
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.concatenate([_values(kernel, each) for each in drawn])
        return bca_interval(found, value, _values(kernel, left_out))


def _values(kernel: Kernel, items: ItemCounts) -> npt.NDArray[np.float64]:
    observed, expected = kernel(items)
    return np.asarray((observed - expected) / (1 - expected), dtype=float)


def _alpha(items: ItemCounts, values: FloatArray, metric: Metric) -> tuple[FloatArray, FloatArray]:
    """1 − D_o and 1 − D_e, each as a mean over pairs of answers that two panellists gave."""
    pairs = items.counts.sum(axis=-1) ** 2 - items.self_pairs
    is_pairable = pairs > 0
    counts = np.where(is_pairable[..., np.newaxis], items.counts, 0)
    answers = counts.sum(axis=-1)
    whole = counts.sum(axis=-2)
    n = whole.sum(axis=-1)
    n_pairs = n**2 - np.where(is_pairable, items.self_pairs, 0).sum(axis=-1)
    apart = _apart(metric, values, whole)
    within = answers / np.where(is_pairable, pairs, 1)
    observed = np.sum(apart(counts) * within, axis=-1) / np.where(n > 0, n, np.nan)
    expected = apart(whole[..., np.newaxis, :])[..., 0] / np.where(n_pairs > 0, n_pairs, np.nan)
    scale = np.where(expected > 0, expected, 1)
    return 1 - observed / scale, np.where(expected > 0, 0.0, 1.0) * np.where(np.isnan(n_pairs), np.nan, 1)


def _apart(metric: Metric, values: FloatArray, whole: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return what adds up the squared distances of all ordered pairs in each row of counts."""
    if metric == "nominal":
        return lambda counts: counts.sum(axis=-1) ** 2 - np.sum(counts**2, axis=-1)
    if metric == "ratio":
        total = values[:, np.newaxis] + values
        with np.errstate(invalid="ignore"):
            distance = np.where(total != 0, (values[:, np.newaxis] - values) / total, 0) ** 2
        return lambda counts: np.sum((counts @ distance.astype(counts.dtype)) * counts, axis=-1)
    place = values if metric == "interval" else np.cumsum(whole, axis=-1) - whole / 2
    size = np.ptp(place, axis=-1, keepdims=True)
    middle = np.mean(place, axis=-1, keepdims=True)
    x = ((place - middle) / np.where(size > 0, size, 1)).astype(whole.dtype)[..., :, np.newaxis]

    def squared(counts: FloatArray) -> FloatArray:
        first, second = (counts @ x)[..., 0], (counts @ x**2)[..., 0]
        return 2 * np.maximum(counts.sum(axis=-1) * second - first**2, 0)

    return squared


def _weighted(items: ItemCounts, w: FloatArray, chance: str) -> tuple[FloatArray, FloatArray]:
    """Weighted agreement observed, and by chance."""
    counts = items.counts
    n = counts.sum(axis=-1)
    rates = counts / np.where(n > 0, n, 1)[..., np.newaxis]
    mean = rates.sum(axis=-2) / np.sum(n > 0, axis=-1)[..., np.newaxis]
    return weighted_agreement(items, w), _expected(mean, w, chance, w.shape[0])


def weighted_agreement(items: ItemCounts, w: FloatArray) -> FloatArray:
    """Return the agreement of pairs of panellists, as a mean over the items that two or more rated.

    Parameters
    ----------
    items : ItemCounts
        Of one panel or many.
    w : (q, q) float

    Returns
    -------
    (...) float
        NaN where no item was rated twice.
    """
    counts = items.counts
    pairs = counts.sum(axis=-1) ** 2 - items.self_pairs
    is_pairable = pairs > 0
    alike = np.sum(counts * (counts @ w.T.astype(counts.dtype)), axis=-1) - items.self_pairs
    own = np.where(is_pairable, alike / np.where(is_pairable, pairs, 1), 0)
    n_items = np.sum(is_pairable, axis=-1)
    found: FloatArray = np.sum(own, axis=-1) / np.where(n_items > 0, n_items, np.nan)
    return found


def _expected(mean: FloatArray, w: FloatArray, chance: str, q: int) -> FloatArray:
    if chance == "fleiss":
        found: FloatArray = np.sum((mean @ w) * mean, axis=-1)
        return found
    if chance == "gwet":
        return w.sum() / (q * max(q - 1, 1)) * np.sum(mean * (1 - mean), axis=-1)
    return np.full(mean.shape[:-1], w.sum() / q**2)


def _influence(given: Ratings, w: FloatArray, chance: str) -> FloatArray:
    """Return each item's linearised coefficient, whose spread over items gives the standard error."""
    items, q = given.counted(), w.shape[0]
    counts = items.counts[items.counts.sum(axis=-1) > 0]
    n = counts.sum(axis=-1)
    if not counts.size:
        return np.zeros(0)
    twice = n >= 2
    own = np.sum(counts * (counts @ w.T - 1), axis=-1) / np.where(twice, n * (n - 1), 1)
    rates = counts / n[:, np.newaxis]
    mean = rates.mean(axis=0)
    expected = float(_expected(mean, w, chance, q))
    if expected >= 1 or not twice.any():
        return np.zeros(0)
    observed = float(own[twice].mean())
    value = (observed - expected) / (1 - expected)
    part = len(n) / twice.sum() * (own - expected * twice) / (1 - expected)
    own_chance = _own_chance(rates, mean, w, chance)
    found: FloatArray = part - 2 * (1 - value) * (own_chance - expected) / (1 - expected)
    return found


def _own_chance(rates: FloatArray, mean: FloatArray, w: FloatArray, chance: str) -> FloatArray:
    if chance == "fleiss":
        return rates @ ((w @ mean + w.T @ mean) / 2)
    if chance == "gwet":
        q = mean.size
        return w.sum() / (q * max(q - 1, 1)) * (rates @ (1 - mean))
    return np.full(len(rates), w.sum() / mean.size**2)


def _standard_error(influence: FloatArray | None, value: float) -> float:
    if influence is None or influence.size < 2:
        return float("nan")
    n = influence.size
    return float(np.sqrt(np.sum((influence - value) ** 2) / (n * (n - 1))))
