"""How far answers shifted between two rounds: shares that moved, and changes of median and spread."""

from collections.abc import Callable

import numpy as np

from innosi.forecast.statistics.association import (
    FEWEST_RESAMPLED,
    N_RESAMPLES,
    Z_95,
    Statistic,
    bootstrapped,
)
from innosi.forecast.statistics.crossed import both_answered
from innosi.forecast.statistics.descriptive import histogram
from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.paired import NOBODY_BOTH
from innosi.forecast.statistics.spread import (
    coefficient_of_variation,
    relative_interquartile_range,
)
from innosi.models.arrays import ArrayLike, FloatArray

MeasureOf = Callable[[ArrayLike], Measure]
Kernel = Callable[[FloatArray], FloatArray]


def share_changed(earlier: ArrayLike, later: ArrayLike) -> Measure:
    """Share of the panellists who gave another answer, with Wilson's interval.

    Parameters
    ----------
    earlier, later : (n,) or (n, n_parts) float
        The same panellists' answers, row by row; another answer is one that differs in any part. A row with
        a missing part (NaN) is left out.

    Examples
    --------
    >>> share_changed([1, 2, 3, 4], [1, 2, 3, 5]).value
    0.25
    """
    was, is_ = (_rows(each) for each in (earlier, later))
    kept = ~(np.isnan(was) | np.isnan(is_)).any(axis=1)
    return share(int(np.sum((was[kept] != is_[kept]).any(axis=1))), int(kept.sum()), NOBODY_BOTH)


def share(count: int, n: int, reason: str) -> Measure:
    """Return a share with Wilson's 95 % interval; NaN with the reason where `n` is 0.

    Source
    ------
    Wilson (1927), Journal of the American Statistical Association 22(158).
    """
    if n == 0:
        return Measure(np.nan, 0, reason)
    value, z2 = count / n, Z_95**2
    middle = (value + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * np.sqrt(value * (1 - value) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    low = 0.0 if count == 0 else float(middle - half)
    return Measure(value, n, low=low, high=1.0 if count == n else float(middle + half))


def net_change(
    earlier: ArrayLike, later: ArrayLike, *, levels: ArrayLike | None = None, seed: int = 0
) -> Measure:
    """Share of the panel that changed its answer *net*: how far the histogram moved (Scheibe).

    Two panellists who swap their answers count as no change. Under 15 % Scheibe called a question stable.

    Parameters
    ----------
    earlier, later : (n,) float
        The same panellists' answers; a pair with a missing answer (NaN) is left out.
    levels : (n_levels,) float, optional
        The answers that may be given; by default those that were.
    seed : int
        Of the resamples of panellists from which the interval comes.

    Notes
    -----
    ½ Σ_k |n₁k − n₂k| / n. Numbers have to be laid into stretches first: see `binned`. Resampled histograms
    differ more than the panel's own, so the interval tends to lie high; its lower end cannot be below 0.

    Source
    ------
    Scheibe, Skutsch & Schofer (1975), in Linstone & Turoff, The Delphi Method, chapter IV.C.

    Examples
    --------
    >>> net_change([1, 1, 2, 2], [1, 2, 2, 1]).value
    0.0
    """
    was, is_ = both_answered(earlier, later)
    if was.size == 0:
        return Measure(np.nan, 0, NOBODY_BOTH)
    ordered = np.unique(np.concatenate([was, is_])) if levels is None else np.asarray(levels, float)
    moves = (is_[:, np.newaxis] == ordered).astype(float) - (was[:, np.newaxis] == ordered)
    value = float(_net_change(moves.sum(axis=0), was.size))
    if was.size < FEWEST_RESAMPLED:
        return Measure(value, was.size)
    kinds, counts = np.unique(moves, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(was.size, counts / was.size, N_RESAMPLES)
    low, high = np.quantile(_net_change(drawn @ kinds, was.size), [0.025, 0.975])
    return Measure(value, was.size, low=float(low), high=float(high))


def _net_change(moves: FloatArray, n: int) -> FloatArray:
    return np.asarray(np.sum(np.abs(moves), axis=-1) / 2 / n)


def binned(
    earlier: ArrayLike, later: ArrayLike, bounds: tuple[float, float] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return in which stretch of their range numbers lie: 0, 1, 2, …; the same stretches for both rounds.

    Parameters
    ----------
    bounds : (float, float), optional
        Ten stretches between them; without bounds as `histogram` lays the answers of both rounds.
    """
    was, is_ = both_answered(earlier, later)
    stretches = histogram(np.concatenate([was, is_]), bounds)
    inner = np.array([each.low for each in stretches[1:]])
    return np.digitize(was, inner).astype(float), np.digitize(is_, inner).astype(float)


def group_stability(values: ArrayLike) -> Measure:
    """How alike the answers of one round are: 1 − coefficient of variation.

    Parameters
    ----------
    values : (n,) float
        Answers of 0 or more; NaN is no answer.

    Notes
    -----
    Called stability, it is a measure of agreement within one round; its change from round to round tells of
    stability. It has no lower bound, and depends on where the scale begins.

    Source
    ------
    As reported by Surveylet (Calibrum): n = 7, mean 2.2857, standard deviation 1.4960 give 0.3455.

    Examples
    --------
    >>> round(group_stability([5, 3, 3, 2, 1, 1, 1]).value, 4)
    0.3455
    """
    variation = coefficient_of_variation(values)
    return Measure.of(1 - variation.value, variation.n, variation.reason)


def variation_change(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> Measure:
    """Change of the coefficient of variation, later minus earlier; within ± 0.2 taken as stable.

    Source
    ------
    von der Gracht (2012), Technological Forecasting and Social Change 79(8), section 4.
    """
    return _changed(_variation, earlier, later, (coefficient_of_variation, seed))


def relative_range_change(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> Measure:
    """Change of the relative interquartile range (IQR / median), later minus earlier; for quantities."""
    return _changed(_relative_range, earlier, later, (relative_interquartile_range, seed))


def median_shift(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> Measure:
    """How far the median moved, in earlier interquartile ranges; 0.25 is a quarter of the middle half.

    0 where the median stood still. NaN where it moved although the earlier middle half was one number.

    Examples
    --------
    >>> median_shift([10, 20, 30], [15, 25, 30]).value
    0.5
    """
    return _relative(_median_shift, earlier, later, seed)


def spread_change(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> Measure:
    """How far the interquartile range changed, as a share of the earlier one: −0.5 where it was halved.

    0 where it stood still. NaN where it grew from nothing.

    Examples
    --------
    >>> spread_change([0, 1, 2, 3, 4], [1, 1.5, 2, 2.5, 3]).value
    -0.5
    """
    return _relative(_spread_change, earlier, later, seed)


def _variation(values: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.std(values, axis=-1, ddof=1) / np.mean(values, axis=-1))


def _relative_range(values: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_range(values) / np.abs(np.median(values, axis=-1)))


def _range(values: FloatArray) -> FloatArray:
    lower, upper = np.quantile(values, [0.25, 0.75], axis=-1)
    return np.asarray(upper - lower)


def _median_shift(was: FloatArray, is_: FloatArray) -> FloatArray:
    return _as_share(np.asarray(np.median(is_, axis=-1) - np.median(was, axis=-1)), _range(was))


def _spread_change(was: FloatArray, is_: FloatArray) -> FloatArray:
    return _as_share(_range(is_) - _range(was), _range(was))


def _as_share(change: FloatArray, of: FloatArray) -> FloatArray:
    still = np.abs(change) <= 1e-12 * np.maximum(of, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(still, 0.0, np.where(of > 0, change / of, np.nan))


def _relative(statistic: Statistic, earlier: ArrayLike, later: ArrayLike, seed: int) -> Measure:
    was, is_ = both_answered(earlier, later)
    if was.size == 0:
        return Measure(np.nan, 0, NOBODY_BOTH)
    value = float(statistic(was, is_))
    if np.isnan(value):
        return Measure(np.nan, was.size, "the earlier interquartile range is 0: nothing can be a share of it")
    return Measure(value, was.size, "", *bootstrapped(statistic, was, is_, seed=seed))


def _changed(kernel: Kernel, earlier: ArrayLike, later: ArrayLike, checked: tuple[MeasureOf, int]) -> Measure:
    """Return the change of a measure, if it can be had in both rounds."""
    was, is_ = both_answered(earlier, later)
    measure, seed = checked
    if was.size == 0:
        return Measure(np.nan, 0, NOBODY_BOTH)
    for name, values in (("earlier", was), ("later", is_)):
        found = measure(values)
        if found.reason:
            return Measure(np.nan, was.size, f"{name} round: {found.reason}")

    def change(before: FloatArray, after: FloatArray) -> FloatArray:
        return kernel(after) - kernel(before)

    return Measure(float(change(was, is_)), was.size, "", *bootstrapped(change, was, is_, seed=seed))


def _rows(values: ArrayLike) -> FloatArray:
    table = np.asarray(values, float)
    return table[:, np.newaxis] if table.ndim == 1 else table
