"""Kendall's W: how far a panel's rankings of several items agree."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, fdtrc

from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.resampling import FEWEST, N_RESAMPLES, TOO_FEW, bca_interval
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

N_PERMUTATIONS = 9999
FEW_ITEMS = 7
"""Up to so many items the χ² of W is a poor approximation, and its p-value comes from permutations."""


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W with its tests.

    Attributes
    ----------
    value : float
        W, corrected for ties: 0 no agreement, 1 complete; NaN where it cannot be computed.
    n, n_items : int
        Panellists who ranked every item, and the items.
    n_left_out : int
        Panellists left out because they did not.
    reason : str
        Why W, or its interval, is NaN.
    low, high : float
        95 % interval over panellists (BCa).
    uncorrected : float
        W as if there were no ties.
    chi_square, degrees_of_freedom, p_value : float
        χ² = m (n − 1) W with n − 1 degrees of freedom.
    f_statistic, f_p_value : float
        F = (m − 1) W / (1 − W), which is more accurate where raters are few.
    f_degrees_of_freedom : (float, float)
    permutation_p_value : float
        Where items are few; else NaN.
    """

    value: float
    n: int
    n_items: int
    n_left_out: int = 0
    reason: str = ""
    low: float = np.nan
    high: float = np.nan
    uncorrected: float = np.nan
    chi_square: float = np.nan
    degrees_of_freedom: float = np.nan
    p_value: float = np.nan
    f_statistic: float = np.nan
    f_degrees_of_freedom: tuple[float, float] = (np.nan, np.nan)
    f_p_value: float = np.nan
    permutation_p_value: float = np.nan

    @property
    def measure(self) -> Measure:
        """W with its interval."""
        return Measure(self.value, self.n, self.reason, self.low, self.high)


def kendall_w(ratings: ArrayLike, *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> Concordance:
    """Return how far panellists rank items alike.

    Parameters
    ----------
    ratings : (n_panellists, n_items) float
        Row by row a panellist's ratings or ranks; they are ranked within the row, ties at their mean rank.
        A row with a missing answer (NaN) is left out, and counted.
    n_resamples : int
        Of the interval; 0 for none.

    Notes
    -----
    W = 12 S / (m² (n³ − n) − m Σ T_j), S the sum of squared distances of the items' rank sums from their
    mean, T_j = Σ (t³ − t) over the ties of panellist j. In the interval's resamples a panellist drawn twice
    is not compared with himself, which would pass for agreement.

    Source
    ------
    Kendall & Gibbons (1990), Rank Correlation Methods, chapter 6; Legendre (2005), Journal of Agricultural,
    Biological, and Environmental Statistics 10(2), for F and permutations.
    """
    given = np.asarray(ratings, dtype=float)
    if given.ndim != 2:
        raise AnswerError(
            f"ratings have {given.ndim} dimensions", mend="give a row for each panellist, a column an item"
        )
    whole = given[~np.isnan(given).any(axis=1)]
    m, n = whole.shape
    n_left_out = len(given) - m
    reason = _why_not(m, n, n_left_out)
    ranks = _ranked(whole) if not reason else whole
    away = ranks - (n + 1) / 2
    spread = np.sum(away**2, axis=1)
    if not reason and not spread.any():
        reason = "every panellist ties all items"
    if reason:
        return Concordance(np.nan, m, n, n_left_out, reason)
    value = float(_w(np.ones((1, m)), away, spread)[0])
    low, high = _interval(away, spread, value, n_resamples, seed) if m >= FEWEST else (np.nan, np.nan)
    return Concordance(
        value,
        m,
        n,
        n_left_out,
        TOO_FEW if m < FEWEST else "",
        low,
        high,
        float(12 * np.sum(away.sum(axis=0) ** 2) / (m**2 * (n**3 - n))),
        **_tests(value, m, n),
        permutation_p_value=_permuted(away, seed) if n <= FEW_ITEMS else np.nan,
    )


def _ranked(whole: FloatArray) -> FloatArray:
    from scipy.stats import rankdata

    return rankdata(whole, axis=1)


def _why_not(m: int, n: int, n_left_out: int) -> str:
    left_out = f" ({n_left_out} left an item out)" if n_left_out else ""
    if m < 2:
        return f"it needs two panellists or more who ranked every item{left_out}"
    return "" if n >= 2 else "it needs two items or more"


def _w(weights: FloatArray, away: FloatArray, spread: FloatArray) -> FloatArray:
    """W of panels (b, m) given by how often each panellist is in them, from ranks' distances off their mean.

    (Σ own spread + Σ products of different panellists) / (m Σ own spread); products of a panellist with a
    copy of himself are left out, and the others stand for them.
    """
    m = weights.shape[1]
    own, copies = weights @ spread, weights**2
    products = np.sum((weights @ away) ** 2, axis=1) - copies @ spread
    n_pairs = m**2 - copies.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = (own + products * (m**2 - m) / n_pairs) / (m * own)
    return found


def _interval(
    away: FloatArray, spread: FloatArray, value: float, n_resamples: int, seed: int
) -> tuple[float, float]:
    m = len(away)
    if not n_resamples:
        return np.nan, np.nan
    generator = np.random.Generator(np.random.Philox(seed))
    weights = generator.multinomial(m, np.full(m, 1 / m), size=n_resamples).astype(float)
    left_out = np.array([_w(np.ones((1, m - 1)), *_without(away, spread, i))[0] for i in range(min(m, 200))])
    low, high = bca_interval(_w(weights, away, spread), value, left_out)
    return max(low, 0.0), min(high, 1.0)


def _without(away: FloatArray, spread: FloatArray, i: int) -> tuple[FloatArray, FloatArray]:
    return np.delete(away, i, axis=0), np.delete(spread, i)


def _tests(value: float, m: int, n: int) -> dict[str, Any]:
    chi_square = m * (n - 1) * value
    first = n - 1 - 2 / m
    second = (m - 1) * first
    f = (m - 1) * value / (1 - value) if value < 1 else np.inf
    f_p = float(fdtrc(first, second, f)) if first > 0 else np.nan
    return {
        "chi_square": chi_square,
        "degrees_of_freedom": n - 1,
        "p_value": float(chdtrc(n - 1, chi_square)),
        "f_statistic": float(f),
        "f_degrees_of_freedom": (first, second),
        "f_p_value": f_p,
    }


def _permuted(away: FloatArray, seed: int) -> float:
    """Share of panels with each panellist's ranks shuffled whose rank sums lie as far apart or further."""
    generator = np.random.Generator(np.random.Philox(seed))
    sums = np.zeros((N_PERMUTATIONS, away.shape[1]))
    for row in away:
        sums += generator.permuted(np.broadcast_to(row, sums.shape), axis=1)
    observed = np.sum(away.sum(axis=0) ** 2)
    as_far = np.count_nonzero(np.sum(sums**2, axis=1) >= observed - 1e-9)
    return float((1 + as_far) / (1 + N_PERMUTATIONS))
