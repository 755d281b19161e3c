"""Measures of agreement for many panels at once: arrays in which NaN is a panellist who has left."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from innosi.forecast.statistics.rules import AllOf, Criterion, Rule
from innosi.models.arrays import AnyArray, FloatArray
from innosi.models.errors import ModelError

PANELLISTS = -2
"""The axis of panellists: arrays have the shape (…, n_panellists, n_questions)."""
_ROUNDING = 1e-12


class Ranked:
    """Answers of many panels in rank order, so that several quantiles cost one sorting.

    Parameters
    ----------
    answers : (..., n_panellists, n_questions) float
        NaN is no answer.
    """

    def __init__(self, answers: FloatArray) -> None:
        self.ordered = np.sort(answers, axis=PANELLISTS)  # NaN comes last
        self.n = np.sum(~np.isnan(answers), axis=PANELLISTS)

    def quantile(self, probability: float) -> FloatArray:
        """Return one quantile of every question (type 7), shape (..., n_questions); NaN for nobody."""
        place = np.maximum(self.n - 1, 0) * probability
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, np.maximum(self.n - 1, 0))
        lower, upper = (
            np.take_along_axis(self.ordered, np.expand_dims(at, PANELLISTS), PANELLISTS).squeeze(PANELLISTS)
            for at in (below, above)
        )
        between: FloatArray = lower + (upper - lower) * (place - below)
        return between

    @property
    def median(self) -> FloatArray:
        """The median of every question."""
        return self.quantile(0.5)

    @property
    def interquartile_range(self) -> FloatArray:
        """Third quartile minus first of every question."""
        return self.quantile(0.75) - self.quantile(0.25)


def _relative_interquartile_range(answers: FloatArray) -> FloatArray:
    ranked = Ranked(answers)
    return _divided(ranked.interquartile_range, np.abs(ranked.median))


def standard_deviations(answers: FloatArray) -> FloatArray:
    """Return the standard deviation (n − 1) of every question; NaN for fewer than two answers."""
    n = np.sum(~np.isnan(answers), axis=PANELLISTS)
    centred = answers - np.expand_dims(means(answers), PANELLISTS)
    return np.sqrt(_divided(np.nansum(centred**2, axis=PANELLISTS), np.where(n > 1, n - 1, 0)))


def means(answers: FloatArray) -> FloatArray:
    """Return the mean of every question; NaN where nobody answered."""
    return _divided(np.nansum(answers, axis=PANELLISTS), np.sum(~np.isnan(answers), axis=PANELLISTS))


def _coefficient_of_variation(answers: FloatArray) -> FloatArray:
    is_above_0 = ~np.any(answers < 0, axis=PANELLISTS)
    return np.where(is_above_0, _divided(standard_deviations(answers), means(answers)), np.nan)


def _percent_agreement(answers: FloatArray, low: float, high: float) -> FloatArray:
    agree = np.sum((answers >= low) & (answers <= high), axis=PANELLISTS)
    return _divided(agree, np.sum(~np.isnan(answers), axis=PANELLISTS))


def _divided(above: AnyArray, below: AnyArray) -> FloatArray:
    ratio = np.full(np.shape(above), np.nan)
    return np.divide(above, below, out=ratio, where=np.asarray(below) > 0)


MEASURES: Mapping[str, Callable[..., FloatArray]] = MappingProxyType(
    {
        "interquartile_range": lambda answers: Ranked(answers).interquartile_range,
        "relative_interquartile_range": _relative_interquartile_range,
        "percent_agreement": _percent_agreement,
        "standard_deviation": standard_deviations,
        "coefficient_of_variation": _coefficient_of_variation,
    }
)
"""What a rule may name here; each gives what the measure of the same name gives for one question."""


def is_consensus(rule: Rule, answers: FloatArray) -> AnyArray:
    """Return whether each question of each panel is in consensus; what cannot be judged is not.

    Parameters
    ----------
    rule : Rule
    answers : (..., n_panellists, n_questions) float
        NaN is no answer.

    Returns
    -------
    (..., n_questions) bool

    Raises
    ------
    ModelError
        If the rule names a measure that is not in `MEASURES`.
    """
    if isinstance(rule, Criterion):
        return _is_met(rule, answers)
    parts = [is_consensus(part, answers) for part in rule.rules]
    return np.all(parts, axis=0) if isinstance(rule, AllOf) else np.any(parts, axis=0)


def _is_met(criterion: Criterion, answers: FloatArray) -> AnyArray:
    if criterion.measure not in MEASURES:
        raise ModelError(
            f"simulated panels are not measured by {criterion.measure}",
            mend=f"choose one of: {', '.join(MEASURES)}",
        )
    found = MEASURES[criterion.measure](answers, **dict(criterion.parameters))
    high = np.inf if criterion.at_most is None else criterion.at_most + _ROUNDING
    low = -np.inf if criterion.at_least is None else criterion.at_least - _ROUNDING
    return (found >= low) & (found <= high)
