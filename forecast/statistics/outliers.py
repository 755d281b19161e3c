"""Who answers far from the others, by pseudonym, with the arguments given."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.statistics.descriptive import describe

FENCE = 1.5
FAR_LEVELS = 2
FAR_DEVIATIONS = 3.5
_NORMAL_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Outlier:
    """A panellist whose answer lies far from the others'.

    Attributes
    ----------
    panellist : str
    answer : float
        The one number for which it stands.
    median, lower_quartile, upper_quartile : float
        Of the panel.
    robust_z : float
        (answer − median) / (1.4826 · median absolute deviation); NaN where that is 0.
    reason : str
        The argument given; empty where none was.
    """

    panellist: str
    answer: float
    median: float
    lower_quartile: float
    upper_quartile: float
    robust_z: float
    reason: str


def outliers_of(given: QuestionAnswers) -> tuple[Outlier, ...]:
    """Return the outliers of one question, the furthest from the median first.

    A number is an outlier beyond Tukey's fences (1.5 interquartile ranges outside the quartiles), or with a
    robust z above 3.5. A rating is one where it lies outside the quartiles and two levels or more from the
    median, as fences of whole levels mean little. Names without an order, and fewer than four answers, have
    none.

    Source
    ------
    Tukey (1977), Exploratory Data Analysis; Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers, for
    the robust z.
    """
    values = given.central
    if given.question.measurement == "nominal" or given.n < 4:
        return ()
    at = describe(values)
    away = np.abs(values - at.median)
    deviation = _NORMAL_MAD * float(np.median(away))
    z = (values - at.median) / deviation if deviation > 0 else np.full(values.shape, np.nan)
    if given.question.measurement == "ordinal":
        outside = (values < at.lower_quartile) | (values > at.upper_quartile)
        is_far = outside & (away >= FAR_LEVELS)
    else:
        reach = FENCE * at.interquartile_range
        is_far = (values < at.lower_quartile - reach) | (values > at.upper_quartile + reach)
        is_far |= np.abs(np.nan_to_num(z)) > FAR_DEVIATIONS
    found = [
        Outlier(
            given.panellists[i],
            float(values[i]),
            at.median,
            at.lower_quartile,
            at.upper_quartile,
            float(z[i]),
            given.reasons[i],
        )
        for i in np.flatnonzero(is_far)
    ]
    return tuple(sorted(found, key=lambda each: (-abs(each.answer - each.median), each.panellist)))


@dataclass(frozen=True, slots=True)
class Arguments:
    """What those say who answer below the quartiles, within them, and above."""

    below: tuple[str, ...]
    within: tuple[str, ...]
    above: tuple[str, ...]


def arguments_of(given: QuestionAnswers) -> Arguments:
    """Return the arguments of one question by where their answers lie; without the names of their authors."""
    values, at = given.central, describe(given.central)
    sides: dict[str, list[str]] = {"below": [], "within": [], "above": []}
    for value, reason in zip(values, given.reasons, strict=True):
        if reason:
            side = (
                "below" if value < at.lower_quartile else "above" if value > at.upper_quartile else "within"
            )
            sides[side].append(reason)
    return Arguments(*(tuple(sorted(sides[side])) for side in ("below", "within", "above")))
