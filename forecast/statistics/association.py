"""How closely the answers of the same panellists in two rounds hang together, each with a 95 % interval."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from innosi.forecast.statistics.crossed import both_answered, crossed
from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.paired import ALL_EQUAL, NOBODY_BOTH
from innosi.models.arrays import ArrayLike, FloatArray

Z_95 = 1.959963984540054
N_RESAMPLES = 2000
FEWEST_RESAMPLED = 5
Weights = Literal["none", "linear", "quadratic"]
Statistic = Callable[[FloatArray, FloatArray], FloatArray]
"""Of earlier and later answers, along the last axis."""


def spearman(earlier: ArrayLike, later: ArrayLike) -> Measure:
    """Whether panellists kept their order: Spearman's rank correlation.

    1 where the order of the panellists is the same in both rounds, though all may have moved.

    Parameters
    ----------
    earlier, later : (n,) float
        The same panellists' answers; a pair with a missing answer (NaN) is left out.

    Returns
    -------
    Measure
        NaN where the answers of a round are all equal. The interval is Fisher's z with the standard error
        √((1 + ρ²/2)/(n − 3)); it needs four pairs.

    Source
    ------
    Spearman (1904); interval: Bonett & Wright (2000), Psychometrika 65(1).
    """
    was, is_ = both_answered(earlier, later)
    unknown = _without_order(was, is_)
    if unknown is not None:
        return unknown
    from scipy.stats import spearmanr

    value = float(np.clip(spearmanr(was, is_)[0], -1, 1))
    return _with_fisher(Measure.of(value, was.size), (1 + value**2 / 2), 3)


def kendall_tau_b(earlier: ArrayLike, later: ArrayLike) -> Measure:
    """Whether pairs of panellists kept their order: Kendall's τ-b, which allows for ties.

    Parameters
    ----------
    earlier, later : (n,) float
        The same panellists' answers; a pair with a missing answer (NaN) is left out.

    Returns
    -------
    Measure
        NaN where the answers of a round are all equal. The interval is Fisher's z with the standard error
        √(0.437/(n − 4)); it needs five pairs.

    Source
    ------
    Kendall (1945), Biometrika 33(3); interval: Fieller, Hartley & Pearson (1957), Biometrika 44(3/4).
    """
    was, is_ = both_answered(earlier, later)
    unknown = _without_order(was, is_)
    if unknown is not None:
        return unknown
    from scipy.stats import kendalltau

    value = float(np.clip(kendalltau(was, is_)[0], -1, 1))
    return _with_fisher(Measure.of(value, was.size), 0.437, 4)


def weighted_kappa(
    earlier: ArrayLike,
    later: ArrayLike,
    *,
    levels: ArrayLike | None = None,
    weights: Weights = "linear",
) -> Measure:
    """How far panellists repeat their answers, beyond chance: Cohen's κ, weighted by distance on the scale.

    Parameters
    ----------
    earlier, later : (n,) float
        Levels or codes of the same panellists; a pair with a missing answer (NaN) is left out.
    levels : (n_levels,) float, optional
        The scale in its order; by default the answers given. Weights rest on the values of the levels.
    weights : {'linear', 'quadratic', 'none'}
        What an answer beside the earlier one still counts; 'none' for codes without an order.

    Source
    ------
    Cohen (1968), Psychological Bulletin 70(4); between the rounds of a Delphi: Holey et al. (2007), BMC
    Medical Research Methodology 7:52.
    """
    was, is_ = both_answered(earlier, later)
    if was.size == 0:
        return Measure(np.nan, 0, NOBODY_BOTH)
    ordered = np.unique(np.concatenate([was, is_])) if levels is None else np.asarray(levels, float)
    return kappa_of(crossed(was, is_, ordered), levels=ordered, weights=weights)


def kappa_of(table: ArrayLike, *, levels: ArrayLike | None = None, weights: Weights = "linear") -> Measure:
    """Cohen's κ of a table of paired answers.

    Parameters
    ----------
    table : (k, k) int
    levels : (k,) float, optional
        Values of the answers; 0, 1, 2, … by default.

    Returns
    -------
    Measure
        NaN where one answer alone was given in both rounds: then nothing is left beyond chance. The interval
        is ± 1.96 large-sample standard errors.

    Notes
    -----
    κ = (p_o − p_e)/(1 − p_e), with p_o = Σ w_ij p_ij and p_e = Σ w_ij p_i. p_.j; w = 1 − d/d_max (linear) or
    1 − (d/d_max)² (quadratic). In a panel that nearly agrees κ is low although hardly anybody moves.

    Source
    ------
    Cohen (1968); standard error: Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72(5).
    """
    counts = np.asarray(table, float)
    n = int(counts.sum())
    if n == 0:
        return Measure(np.nan, 0, NOBODY_BOTH)
    shares = counts / n
    at = np.arange(len(counts), dtype=float) if levels is None else np.asarray(levels, float)
    value, error = _kappa(shares, _agreement(at, weights), n)
    if np.isnan(value):
        return Measure(np.nan, n, "all gave one and the same answer in both rounds")
    return Measure(value, n, low=max(value - Z_95 * error, -1.0), high=min(value + Z_95 * error, 1.0))


def _agreement(levels: FloatArray, weights: Weights) -> FloatArray:
    if weights == "none" or len(levels) < 2:
        return np.eye(len(levels))
    distance = np.abs(levels[:, np.newaxis] - levels) / np.ptp(levels)
    return 1 - (distance if weights == "linear" else distance**2)


def _kappa(shares: FloatArray, agreement: FloatArray, n: int) -> tuple[float, float]:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ agreement @ columns)
    if expected > 1 - 1e-12:
        return np.nan, np.nan
    kappa = (float(np.sum(agreement * shares)) - expected) / (1 - expected)
    margins = (agreement @ columns)[:, np.newaxis] + rows @ agreement
    spread = np.sum(shares * (agreement - margins * (1 - kappa)) ** 2) - (kappa - expected * (1 - kappa)) ** 2
    return kappa, float(np.sqrt(max(spread, 0) / n) / (1 - expected))


def intraclass_correlation(answers: ArrayLike, *, model: Literal["random", "mixed"] = "random") -> Measure:
    """How much of the differences lies between panellists, not between rounds: ICC(2,1) or ICC(3,1).

    Parameters
    ----------
    answers : (n_panellists, n_rounds) float
        A row with a missing answer (NaN) is left out.
    model : {'random', 'mixed'}
        ICC(2,1), absolute agreement: a shift of the whole panel counts against it; or ICC(3,1), consistency:
        it does not.

    Returns
    -------
    Measure
        With its 95 % interval; NaN for fewer than two panellists or rounds, or where all answers are equal.

    Source
    ------
    Shrout & Fleiss (1979), Psychological Bulletin 86(2).
    """
    table = np.asarray(answers, float)
    table = table[~np.isnan(table).any(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return Measure(np.nan, n, "fewer than two panellists answered" if n < 2 else "there is one round")
    if np.ptp(table) == 0:
        return Measure(np.nan, n, "all answers are equal")
    rows, columns, error = _mean_squares(table)
    whole = rows + (k - 1) * error + (0 if model == "mixed" else k * (columns - error) / n)
    if abs(whole) <= 1e-12 * (rows + error + columns):
        return Measure(np.nan, n, "nothing is left to share out between panellists and rounds")
    if model == "mixed":
        value = (rows - error) / whole
        return Measure(value, n, "", *_mixed_interval(rows, error, n, k))
    value = (rows - error) / whole
    return Measure(value, n, "", *_random_interval((rows, columns, error), n, k, value))


def _mean_squares(table: FloatArray) -> tuple[float, float, float]:
    n, k = table.shape
    middle, by_row, by_column = table.mean(), table.mean(axis=1), table.mean(axis=0)
    rest = table - by_row[:, np.newaxis] - by_column + middle
    rows, columns = k * np.sum((by_row - middle) ** 2), n * np.sum((by_column - middle) ** 2)
    return float(rows / (n - 1)), float(columns / (k - 1)), float(np.sum(rest**2) / ((n - 1) * (k - 1)))


def _mixed_interval(rows: float, error: float, n: int, k: int) -> tuple[float, float]:
    if error <= 1e-12 * rows:
        return 1.0, 1.0
    from scipy.stats import f

    ratio, freedom = rows / error, ((n - 1), (n - 1) * (k - 1))
    low, high = ratio / f.ppf(0.975, *freedom), ratio * f.ppf(0.975, *freedom[::-1])
    return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))


def _random_interval(
    squares: tuple[float, float, float], n: int, k: int, value: float
) -> tuple[float, float]:
    rows, columns, error = squares
    if error <= 1e-12 * (rows + columns):
        return (1.0, 1.0) if columns <= 1e-12 * rows else (np.nan, np.nan)
    from scipy.stats import f

    shift = k * value * columns / error
    rest = n * (1 + (k - 1) * value) - k * value
    below = (n - 1) * shift**2 + rest**2
    if below <= 1e-12 * n**2:
        return np.nan, np.nan
    freedom = (k - 1) * (n - 1) * (shift + rest) ** 2 / below
    if freedom <= 1e-12:
        return np.nan, np.nan
    wide, narrow = f.ppf(0.975, n - 1, freedom), f.ppf(0.975, freedom, n - 1)
    if not (np.isfinite(wide) and np.isfinite(narrow)):
        return np.nan, np.nan
    other = k * columns + (k * n - k - n) * error
    low = n * (rows - wide * error) / (wide * other + n * rows)
    high = n * (narrow * rows - error) / (other + n * narrow * rows)
    return float(low), float(high)


def bootstrapped(
    statistic: Statistic, earlier: ArrayLike, later: ArrayLike, *, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % percentile interval of a statistic, from 2000 resamples of the panellists, in pairs.

    Parameters
    ----------
    statistic : callable
        ((..., n), (..., n)) -> (...); NaN where a resample does not bear it.

    Returns
    -------
    (float, float)
        NaN where fewer than five answered both, or a tenth of the resamples do not bear the statistic.
    """
    was, is_ = both_answered(earlier, later)
    return bootstrapped_rows(statistic, was, is_, seed=seed)


def bootstrapped_rows(
    statistic: Statistic, earlier: FloatArray, later: FloatArray, *, seed: int = 0
) -> tuple[float, float]:
    """Return the same of a statistic of whole rows: one row a panellist, none missing."""
    n = len(earlier)
    if n < FEWEST_RESAMPLED:
        return np.nan, np.nan
    picked = np.random.default_rng(seed).integers(0, n, (N_RESAMPLES, n))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = statistic(earlier[picked], later[picked])
    values = np.where(np.isfinite(values), values, np.nan)
    if np.mean(np.isnan(values)) > 0.1:
        return np.nan, np.nan
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)


def _without_order(was: FloatArray, is_: FloatArray) -> Measure | None:
    if was.size == 0:
        return Measure(np.nan, 0, NOBODY_BOTH)
    if was.size < 2 or np.ptp(was) == 0 or np.ptp(is_) == 0:
        return Measure(np.nan, was.size, ALL_EQUAL)
    return None


def _with_fisher(measure: Measure, variance: float, lost: int) -> Measure:
    """Add the interval of a correlation on Fisher's z."""
    if measure.n <= lost:
        return measure
    if abs(measure.value) > 1 - 1e-12:
        return replace(measure, low=measure.value, high=measure.value)
    half = Z_95 * np.sqrt(variance / (measure.n - lost))
    low, high = np.tanh(np.arctanh(measure.value) + np.array([-half, half]))
    return replace(measure, low=float(low), high=float(high))
