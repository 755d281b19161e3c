"""Measures of consensus on an ordered scale: how far a panel's ratings of one question agree.

Each face takes the counts of one question's levels and gives a Measure. Each kernel takes counts (..., k), of
one question or of many resamples at once, and the value of each level (k,).
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import xlogy

from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.spread import mean_kernel
from innosi.forecast.statistics.tally import answered, checked_counts, shares
from innosi.models.arrays import ArrayLike, FloatArray


def percent_agreement(values: ArrayLike, *, low: float, high: float) -> Measure:
    """Share of the answers that lie from `low` to `high`, both counted in.

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.

    Source
    ------
    Diamond et al. (2014), Journal of Clinical Epidemiology 67(4): the definition of consensus used most.

    Examples
    --------
    >>> percent_agreement([4, 5, 5, 2], low=4, high=5).value
    0.75
    """
    answers = answered(values)
    if answers.size == 0:
        return Measure.nobody()
    return Measure(float(np.mean((answers >= low) & (answers <= high))), answers.size)


def largest_share(counts: ArrayLike) -> Measure:
    """Share of the level (or option) that was chosen most.

    Examples
    --------
    >>> largest_share([1, 3, 0]).value
    0.75
    """
    return _measured(largest_share_kernel, counts)


def qualitative_variation(counts: ArrayLike) -> Measure:
    """Index of qualitative variation of a choice: 0 when all choose one option, 1 when all options alike.

    Q = k / (k − 1) · (1 − Σ p²)

    Source
    ------
    Wilcox (1973), The Western Political Quarterly 26(2).

    Examples
    --------
    >>> qualitative_variation([5, 5]).value
    1.0
    """
    return _measured(qualitative_variation_kernel, counts)


def tastle_wierman(counts: ArrayLike, *, levels: ArrayLike | None = None) -> Measure:
    """Consensus of ratings on an ordered scale: 0 for two extreme camps of one size, 1 when all agree.

    Cns = 1 + Σ p_i log₂(1 − |X_i − mean| / d), d the width of the *scale*, not of the answers found on it.

    Parameters
    ----------
    counts : (n_levels,) float
        How many panellists chose each level; missing answers are not counted.
    levels : (n_levels,) float, optional
        Value of each level; 1, 2, 3, … by default. The whole scale counts, chosen or not.

    Returns
    -------
    Measure
        Dimensionless; NaN, with its reason, where nobody answered.

    Source
    ------
    Tastle & Wierman (2007), International Journal of Approximate Reasoning 45(3).

    Examples
    --------
    >>> float(tastle_wierman([0, 0, 7]).value)
    1.0
    """
    return _measured(tastle_wierman_kernel, counts, levels)


def van_der_eijk(counts: ArrayLike) -> Measure:
    """Agreement A on an ordered scale: −1 for two extreme camps, 0 for a uniform spread, 1 when all agree.

    Counts are cut into layers that each hold the same number on some of the levels; a layer's agreement is
    its unimodality U, reduced by how many levels it covers, and A is their mean weighted by what they hold.
    U is 1 where a layer has no triple of either kind.

    Parameters
    ----------
    counts : (n_levels,) float
        Of three levels or more.

    Source
    ------
    van der Eijk (2001), Quality & Quantity 35(3).

    Examples
    --------
    >>> van_der_eijk([5, 0, 0, 0, 5]).value
    -1.0
    """
    return _measured(van_der_eijk_kernel, counts)


def polarization(counts: ArrayLike) -> Measure:
    """Polarisation (1 − A) / 2 by van der Eijk's agreement: 0 when all agree, 1 for two extreme camps.

    Examples
    --------
    >>> polarization([5, 0, 0, 0, 5]).value
    1.0
    """
    return _measured(polarization_kernel, counts)


def leik(counts: ArrayLike) -> Measure:
    """Leik's ordinal dispersion D: 0 when all agree, 1 for two extreme camps; 1 − D is his consensus.

    D = 2 Σ d_i / (k − 1), d_i the smaller of F_i and 1 − F_i, F_i the shares added up.

    Source
    ------
    Leik (1966), Pacific Sociological Review 9(2).

    Examples
    --------
    >>> leik([5, 0, 0, 0, 5]).value
    1.0
    """
    return _measured(leik_kernel, counts)


def blair_lacy(counts: ArrayLike) -> Measure:
    """Blair & Lacy's concentration l: 0 for two extreme camps, 1 when all agree.

    l = d / d_max, d² = Σ (F_i − ½)² over the first k − 1 levels, d_max² = (k − 1) / 4.

    Source
    ------
    Blair & Lacy (2000), Sociological Methods & Research 28(3).
    """
    return _measured(blair_lacy_kernel, counts)


def blair_lacy_squared(counts: ArrayLike) -> Measure:
    """Blair & Lacy's concentration l², from squared distances; see `blair_lacy`."""
    return _measured(blair_lacy_squared_kernel, counts)


def average_percent_of_majority_opinions(agree: ArrayLike, disagree: ArrayLike, answers: ArrayLike) -> float:
    """Return the cut-off rate APMO of a round: a question is in consensus whose share exceeds it.

    (majority agreements + majority disagreements) / all opinions expressed: a question on which more than
    half of the opinions agree gives its agreements, one on which more than half disagree its disagreements.

    Parameters
    ----------
    agree, disagree, answers : (n_questions,) float
        How many agreed with each statement, disagreed, and answered at all (neutral ones too).

    Returns
    -------
    float
        A share; NaN where nobody answered.

    Source
    ------
    Kapoor (1987), in von der Gracht (2012), Technological Forecasting and Social Change 79(8), table 3.

    Examples
    --------
    >>> average_percent_of_majority_opinions([8, 2, 4], [1, 7, 4], [10, 10, 10])
    0.5
    """
    yes, no, total = (np.asarray(each, dtype=float) for each in (agree, disagree, answers))
    half = total / 2
    majority = np.where(yes > half, yes, 0) + np.where(no > half, no, 0)
    return float(majority.sum() / total.sum()) if total.sum() > 0 else float("nan")


def _measured(
    kernel: Callable[[FloatArray, FloatArray], FloatArray],
    counts: ArrayLike,
    levels: ArrayLike | None = None,
) -> Measure:
    found, values = checked_counts(counts, levels)
    n = found.sum()
    return Measure.nobody() if n == 0 else Measure.of(kernel(found, values), n)


def percent_agreement_kernel(
    counts: FloatArray, levels: FloatArray, *, low: float, high: float
) -> FloatArray:
    """Share of the answers from low to high."""
    return np.sum(shares(counts)[..., (levels >= low) & (levels <= high)], axis=-1)


def largest_share_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:  # noqa: ARG001 - as all kernels
    """Share of the level chosen most."""
    found: FloatArray = np.max(shares(counts), axis=-1)
    return found


def qualitative_variation_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """k / (k − 1) · (1 − Σ p²)."""
    k = levels.size
    return (1 - np.sum(shares(counts) ** 2, axis=-1)) * k / max(k - 1, 1)


def tastle_wierman_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """1 + Σ p log₂(1 − |x − mean| / d); levels that nobody chose give nothing."""
    p = shares(counts)
    distance = np.abs(levels - mean_kernel(counts, levels)[..., np.newaxis]) / np.ptp(levels)
    return 1 + np.sum(xlogy(p, np.where(p > 0, 1 - distance, 1)), axis=-1) / np.log(2)


def van_der_eijk_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Mean agreement of the layers; a layer is what lies between two neighbouring heights of the counts."""
    k = levels.size
    if k < 3:
        return np.full(counts.shape[:-1], np.nan)
    p = shares(counts)
    order = np.argsort(-p, axis=-1)
    heights = np.take_along_axis(p, order, axis=-1)
    thickness = heights - np.append(heights[..., 1:], np.zeros((*heights.shape[:-1], 1)), axis=-1)
    found: FloatArray = np.sum(thickness * np.arange(1, k + 1) * _agreement_of_top(order, k), axis=-1)
    return found


def _agreement_of_top(order: np.ndarray[tuple[int, ...], np.dtype[np.intp]], k: int) -> FloatArray:
    """Agreement of the layers that hold the 1, 2, …, k levels chosen most, (..., k)."""
    if k > _MOST_IN_TABLE:
        held = order[..., np.newaxis, :] == np.arange(k)[:, np.newaxis]
        return _layer_agreement(np.cumsum(np.swapaxes(held, -1, -2), axis=-2) > 0)
    return _layer_table(k)[np.cumsum(1 << order, axis=-1)]


_MOST_IN_TABLE = 12


@lru_cache
def _layer_table(k: int) -> FloatArray:
    """Agreement of every layer of k levels; bit i of its place says whether it holds level i."""
    return _layer_agreement((np.arange(1 << k)[:, np.newaxis] >> np.arange(k)) & 1 > 0)


def _layer_agreement(layers: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> FloatArray:
    """U · (1 − (levels held − 1) / (k − 1)), U from triples in line (110, 011) and out of line (101)."""
    k, held = layers.shape[-1], layers.sum(axis=-1)
    on = layers.astype(float)
    left = np.cumsum(on, axis=-1) - on
    right = held[..., np.newaxis] - left - on
    out_of_line = np.sum((1 - on) * left * right, axis=-1)
    in_line = np.sum((1 - on) * (left * (left - 1) + right * (right - 1)) / 2, axis=-1)
    both = in_line + out_of_line
    unimodality = np.where(
        both > 0, ((k - 2) * in_line - (k - 1) * out_of_line) / ((k - 2) * np.where(both > 0, both, 1)), 1.0
    )
    return unimodality * (1 - (held - 1) / (k - 1))


def polarization_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """(1 − A) / 2."""
    return (1 - van_der_eijk_kernel(counts, levels)) / 2


def leik_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """2 Σ min(F, 1 − F) / (k − 1)."""
    reached = np.cumsum(shares(counts), axis=-1)[..., :-1]
    return 2 * np.sum(np.minimum(reached, 1 - reached), axis=-1) / (levels.size - 1)


def blair_lacy_squared_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """Σ (F − ½)² / ((k − 1) / 4)."""
    reached = np.cumsum(shares(counts), axis=-1)[..., :-1]
    return np.sum((reached - 0.5) ** 2, axis=-1) * 4 / (levels.size - 1)


def blair_lacy_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """√l²."""
    return np.sqrt(blair_lacy_squared_kernel(counts, levels))
