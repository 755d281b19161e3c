"""Measures of agreement: each a pure function on one question's answers, known by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from innosi.forecast.statistics.measured import Measure
from innosi.models.arrays import ArrayLike, FloatArray


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
    answers = answered(values)
    if answers.size == 0:
        return Measure.nobody()
    return Measure(_interquartile_range(answers), answers.size)


def relative_interquartile_range(values: ArrayLike) -> Measure:
    """Interquartile range as a share of the size of the median; for quantities of any unit.

    NaN where nobody answered, and where the median is 0.

    Examples
    --------
    >>> relative_interquartile_range([8, 10, 12]).value
    0.2
    """
    answers = answered(values)
    if answers.size == 0:
        return Measure.nobody()
    middle = float(np.median(answers))
    if middle == 0:
        return Measure(np.nan, answers.size, "the median is 0, and nothing can be a share of it")
    return Measure(_interquartile_range(answers) / abs(middle), answers.size)


def standard_deviation(values: ArrayLike) -> Measure:
    """Standard deviation of the answers as of a sample (n − 1); NaN for fewer than two."""
    answers = answered(values)
    if answers.size < 2:
        return Measure.nobody() if answers.size == 0 else Measure(np.nan, 1, "one answer has no spread")
    return Measure(float(np.std(answers, ddof=1)), answers.size)


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
    spread, answers = standard_deviation(values), answered(values)
    if spread.reason:
        return spread
    if np.any(answers < 0) or not np.any(answers):
        return Measure(np.nan, answers.size, "it has a meaning for answers above 0 only")
    return Measure(spread.value / float(np.mean(answers)), answers.size)


def percent_agreement(values: ArrayLike, *, low: float, high: float) -> Measure:
    """Share of the answers that lie from `low` to `high`, both counted in.

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


def answered(values: ArrayLike) -> FloatArray:
    """Return the answers that were given: missing ones (NaN) are left out of every measure."""
    flat = np.ravel(np.asarray(values, dtype=float))
    given: FloatArray = flat[~np.isnan(flat)]
    return given


def _interquartile_range(answers: FloatArray) -> float:
    lower, upper = np.quantile(answers, [0.25, 0.75])
    return float(upper - lower)


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """A measure as a rule names it: its words, what computes it, and which parameters it needs.

    Attributes
    ----------
    name : str
        As in a study file.
    words : str
        For sentences; parameters stand in braces.
    compute : callable
        (values, **parameters) -> Measure
    parameters : tuple of str
        What has to be given beside the threshold.
    is_share : bool
        Whether its value is read as a percentage.
    """

    name: str
    words: str
    compute: Callable[..., Measure]
    parameters: tuple[str, ...] = ()
    is_share: bool = False


MEASURES: Mapping[str, MeasureKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            MeasureKind("interquartile_range", "interquartile range", interquartile_range),
            MeasureKind(
                "relative_interquartile_range",
                "interquartile range / median",
                relative_interquartile_range,
                is_share=True,
            ),
            MeasureKind(
                "percent_agreement",
                "share of answers from {low:g} to {high:g}",
                percent_agreement,
                ("low", "high"),
                is_share=True,
            ),
            MeasureKind("standard_deviation", "standard deviation", standard_deviation),
            MeasureKind("coefficient_of_variation", "coefficient of variation", coefficient_of_variation),
        )
    }
)
"""Every measure that a consensus rule may name. A new one is a function above and a line here."""
