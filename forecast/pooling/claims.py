"""The probabilities of several claims, aggregated in every way that their judgements allow."""

from collections.abc import Sequence

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.pooling.aggregations import AGGREGATIONS
from innosi.forecast.pooling.three_points import ThreePoints
from innosi.models.arrays import FloatArray

STANDARD = (
    *("mean", "median", "mean_log_odds", "beta_transformed_mean", "extremised_log_odds"),
    *("interval_width_weighted_mean", "distribution_mean"),
)
"""Aggregations that are shown unasked."""


def panellists_of(given: Sequence[QuestionAnswers]) -> tuple[str, ...]:
    """Return everybody who judged any of the claims, in alphabetical order."""
    return tuple(sorted({name for each in given for name in each.panellists}))


def three_points_of(given: Sequence[QuestionAnswers], before: Sequence[QuestionAnswers] = ()) -> ThreePoints:
    """Return the judgements of probabilities as one table of experts × claims.

    Parameters
    ----------
    given : sequence of QuestionAnswers
        A claim each; of points, lower and upper are the point itself.
    before : sequence of QuestionAnswers
        The same claims in the round before, where there is one.
    """
    names = panellists_of([*given, *before])
    claims = [each.question.name for each in given]
    earlier = {each.question.name: each for each in before}
    if not all(claim in earlier for claim in claims):
        low, best, high = _table(given, panellists_of(given))
        return ThreePoints.of(low, best, high)
    before_low, before_best, before_high = _table([earlier[claim] for claim in claims], names)
    low, best, high = _table(given, names)
    return ThreePoints.of(low, best, high, ThreePoints(before_low, before_best, before_high))


def _table(given: Sequence[QuestionAnswers], names: tuple[str, ...]) -> tuple[FloatArray, ...]:
    places = {name: place for place, name in enumerate(names)}
    points = np.full((3, len(names), len(given)), np.nan)
    for column, each in enumerate(given):
        rows = [places[name] for name in each.panellists]
        parts = each.question.parts
        last = parts.index("upper") if "upper" in parts else len(parts) - 1
        for layer, values in enumerate((each.values[:, 0], each.central, each.values[:, last])):
            points[layer, rows, column] = values
    return tuple(points)


def aggregates(judged: ThreePoints, names: Sequence[str] = STANDARD) -> dict[str, FloatArray]:
    """Return every aggregation that the judgements allow: name to the probability of each claim.

    Those that need intervals are left out where there are none, and those that need the round before in the
    first round.
    """
    has_intervals = bool(np.nansum(judged.upper - judged.lower) > 0)
    return {
        name: AGGREGATIONS[name].of(judged)
        for name in names
        if (has_intervals or not AGGREGATIONS[name].needs_interval)
        and (judged.earlier is not None or not AGGREGATIONS[name].needs_earlier)
    }
