"""The RAND/UCLA appropriateness method: disagreement on a scale from 1 to 9, and what it finds fit."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.spread import middle_kernel, quantile_kernel
from innosi.forecast.statistics.tally import checked_counts
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

NINE_LEVELS = "RAND/UCLA's formula is made for scales from 1 to 9"
_UNTIL_SYMMETRIC, _PER_ASYMMETRY, _MIDDLE = 2.35, 1.5, 5


@dataclass(frozen=True, slots=True)
class RandUcla:
    """What RAND/UCLA says of one question; every figure is NaN where nobody answered.

    Attributes
    ----------
    n : int
    median : float
    interpercentile_range : float
        IPR = p70 − p30 (type 7).
    central_point : float
        IPRCP = (p30 + p70) / 2.
    asymmetry_index : float
        AI = |5 − IPRCP|.
    adjusted_range : float
        IPRAS = 2.35 + 1.5 · AI: how wide IPR may be.
    disagreement_index : float
        IPR / IPRAS; above 1 there is disagreement.
    appropriateness : str
        `appropriate`, `inappropriate`, `uncertain`, or '' where nobody answered.
    """

    n: int
    median: float
    interpercentile_range: float
    central_point: float
    asymmetry_index: float
    adjusted_range: float
    disagreement_index: float
    appropriateness: str


def rand_ucla(counts: ArrayLike) -> RandUcla:
    """Return every figure of the RAND/UCLA appropriateness method for one question.

    Parameters
    ----------
    counts : (9,) float
        How many panellists chose each level from 1 to 9.

    Raises
    ------
    AnswerError
        If there are not nine levels.

    Source
    ------
    Fitch et al. (2001), The RAND/UCLA Appropriateness Method User's Manual, chapter 8.

    Examples
    --------
    >>> rand_ucla([0, 0, 0, 0, 0, 0, 6, 4, 0]).adjusted_range
    6.1
    """
    found, levels = checked_counts(counts)
    if not is_nine_levels(levels):
        raise AnswerError(f"found {levels.size} levels; {NINE_LEVELS}", mend="give the counts of 1 to 9")
    low, high = (float(quantile_kernel(found, levels, p)) for p in (0.3, 0.7))
    centre = (low + high) / 2
    return RandUcla(
        int(found.sum()),
        float(middle_kernel(found, levels)),
        high - low,
        centre,
        abs(_MIDDLE - centre),
        _UNTIL_SYMMETRIC + _PER_ASYMMETRY * abs(_MIDDLE - centre),
        float(disagreement_index_kernel(found, levels)),
        appropriateness(found),
    )


def disagreement_index(counts: ArrayLike, *, levels: ArrayLike | None = None) -> Measure:
    """RAND/UCLA disagreement index IPR / IPRAS on a scale from 1 to 9: above 1 there is disagreement.

    IPR = p70 − p30 (type 7), IPRCP = (p30 + p70) / 2, IPRAS = 2.35 + 1.5 · |5 − IPRCP|.

    Parameters
    ----------
    counts : (9,) float

    Source
    ------
    Fitch et al. (2001), The RAND/UCLA Appropriateness Method User's Manual, chapter 8.
    """
    found, values = checked_counts(counts, levels)
    if not is_nine_levels(values):
        return Measure.of(np.nan, found.sum(), NINE_LEVELS)
    n = found.sum()
    if n == 0:
        return Measure.nobody()
    return Measure.of(disagreement_index_kernel(found, values), n)


def is_nine_levels(levels: FloatArray) -> bool:
    """Whether a scale runs from 1 to 9."""
    return levels.size == 9 and bool(np.all(levels == np.arange(1, 10)))


def appropriateness(counts: ArrayLike) -> str:
    """Return RAND/UCLA's class: `appropriate`, `inappropriate`, `uncertain`, or '' where nobody answered.

    Appropriate is a median of 7–9 without disagreement, inappropriate one of 1–3 without; all else is
    uncertain, medians of 3½ and 6½ too.

    Parameters
    ----------
    counts : (9,) float

    Examples
    --------
    >>> appropriateness([0, 0, 0, 0, 0, 1, 2, 4, 2])
    'appropriate'
    """
    found, levels = checked_counts(counts)
    index = disagreement_index(found)
    if np.isnan(index.value):
        return ""
    middle = float(middle_kernel(found, levels))
    if index.value > 1 or 3 < middle < 7:
        return "uncertain"
    return "appropriate" if middle >= 7 else "inappropriate"


def disagreement_index_kernel(counts: FloatArray, levels: FloatArray) -> FloatArray:
    """(p70 − p30) / (2.35 + 1.5 |5 − (p30 + p70) / 2|)."""
    low, high = quantile_kernel(counts, levels, 0.3), quantile_kernel(counts, levels, 0.7)
    return (high - low) / (_UNTIL_SYMMETRIC + _PER_ASYMMETRY * np.abs(_MIDDLE - (low + high) / 2))
