"""Measures of agreement for many panels at once: arrays in which NaN is a panellist who has left."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from innosi.forecast.statistics.levels import Scale, halves_of
from innosi.forecast.statistics.measures import MEASURES as KINDS
from innosi.forecast.statistics.rules import AllOf, Criterion, Rule
from innosi.forecast.statistics.tally import Tally
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
"""What has a quicker way here; each gives what the measure of the same name gives for one question."""


def is_consensus(rule: Rule, answers: FloatArray, scale: Scale | None = None) -> AnyArray:
    """Return whether each question of each panel is in consensus; what cannot be judged is not.

    Parameters
    ----------
    rule : Rule
    answers : (..., n_panellists, n_questions) float
        NaN is no answer.
    scale : (int, int), optional
        Lowest and highest level of ratings: then a rule may name every measure of a rating.

    Returns
    -------
    (..., n_questions) bool

    Raises
    ------
    ModelError
        If the rule names a measure that such answers do not have.
    """
    if isinstance(rule, Criterion):
        return _is_met(rule, answers, scale)
    parts = [is_consensus(part, answers, scale) for part in rule.rules]
    return np.all(parts, axis=0) if isinstance(rule, AllOf) else np.any(parts, axis=0)


def measured_by(scale: Scale | None) -> tuple[str, ...]:
    """Return the measures that a rule may name for simulated answers."""
    if scale is None:
        return tuple(MEASURES)
    levels = np.arange(scale[0], scale[1] + 1, dtype=float)
    tally = Tally(levels, np.ones(levels.size), scale)
    return tuple(name for name, kind in KINDS.items() if name in MEASURES or not kind.lacks(tally))


def _is_met(criterion: Criterion, answers: FloatArray, scale: Scale | None) -> AnyArray:
    if criterion.measure not in measured_by(scale):
        raise ModelError(
            f"simulated panels are not measured by {criterion.measure}",
            mend=f"choose one of: {', '.join(measured_by(scale))}",
        )
    found = _measured(criterion, answers, scale)
    n = np.sum(~np.isnan(answers), axis=PANELLISTS)
    found = np.where(n >= KINDS[criterion.measure].fewest, found, np.nan)
    above = _cut_off(answers, scale) if criterion.is_above_cut_off else criterion.above
    low, high = _limit(criterion.at_least, -np.inf), _limit(criterion.at_most, np.inf)
    below, above = _limit(criterion.below, np.inf), _limit(above, -np.inf)
    within = (found >= low - _ROUNDING) & (found <= high + _ROUNDING)
    return within & (found < below - _ROUNDING) & (found > above + _ROUNDING)


def _limit(bound: FloatArray | float | None, otherwise: float) -> FloatArray:
    return np.asarray(otherwise if bound is None else bound, dtype=float)


def _measured(criterion: Criterion, answers: FloatArray, scale: Scale | None) -> FloatArray:
    if criterion.measure in MEASURES:
        return MEASURES[criterion.measure](answers, **dict(criterion.parameters))
    low, high = scale or (0, 0)
    levels = np.arange(low, high + 1, dtype=float)
    counts = np.stack([np.sum(answers == level, axis=PANELLISTS) for level in levels], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return KINDS[criterion.measure].kernel(counts.astype(float), levels, **dict(criterion.parameters))


def _cut_off(answers: FloatArray, scale: Scale | None) -> FloatArray:
    """Average per cent of majority opinions of each round of each study, (..., 1)."""
    (top, _), (_, bottom) = halves_of(scale or (0, 1))
    n = np.sum(~np.isnan(answers), axis=PANELLISTS)
    sides = [np.sum(side, axis=PANELLISTS) for side in (answers >= top, answers <= bottom)]
    majority = sum(np.where(each > n / 2, each, 0) for each in sides)
    return _divided(np.sum(majority, axis=-1, keepdims=True), np.sum(n, axis=-1, keepdims=True))
