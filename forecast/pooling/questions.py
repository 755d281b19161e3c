"""Pooling the answers to one question, in whatever form they were asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.pooling.idea import standardise
from innosi.forecast.pooling.individual import minimum_information
from innosi.forecast.pooling.pools import empirical_pool, level_pool, linear_pool, vincent_average
from innosi.forecast.questions import STANDARD_COVERAGE, Question
from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution

Method = Literal["linear_pool", "vincent", "empirical"]
METHODS: tuple[Method, ...] = ("linear_pool", "vincent", "empirical")

_POOLED: Mapping[Method, str] = MappingProxyType(
    {
        "linear_pool": "pooled as their mixture with equal weights",
        "vincent": "pooled as the mean of their quantiles, which is narrower than their mixture",
        "empirical": "the points as they were given: how panellists differ, not how sure each one is",
    }
)


@dataclass(frozen=True, slots=True)
class Pooled:
    """What the panel as a whole believes about one question.

    Attributes
    ----------
    distribution : Distribution
    method : {'linear_pool', 'vincent', 'empirical'}
        What was done; point answers are always `empirical`.
    assumptions : str
        A plain sentence.
    misfit : float or None
        Root mean square distance of the fitted from the stated quantiles, as a share of their spread: 0 where
        each panellist's are met exactly, None where nothing was fitted.
    """

    distribution: Distribution
    method: Method
    assumptions: str
    misfit: float | None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Every panellist's quantiles at the same levels, and what was done to have them.

    Attributes
    ----------
    probabilities : (k,) float
    values : (n, k) float
        In rising order of the rows, so that who said what cannot be read from their place.
    note : str
        What was assumed.
    """

    probabilities: tuple[float, ...]
    values: FloatArray
    note: str


def pool(answers: QuestionAnswers, method: Method = "linear_pool") -> Pooled:
    """Return what the panel as a whole believes about a question.

    Raises
    ------
    AnswerError
        If nobody answered.
    """
    question = answers.question
    if question.scale is not None:
        return Pooled(level_pool(answers.central), "empirical", _sentence("levels", "empirical"), None)
    if method == "empirical" or question.answer == "point":
        what = "point judgements" if question.answer == "point" else "best judgements or medians"
        return Pooled(empirical_pool(answers.central), "empirical", _sentence(what, "empirical"), None)
    stated = quantiles_of(answers)
    bounds = (question.low, question.high)
    if method == "vincent":
        average = vincent_average(stated.probabilities, stated.values, bounds=bounds)
        return Pooled(average, method, _sentence(stated.note, method), average.misfit)
    judgements = panellists_distributions(stated, question)
    return Pooled(linear_pool(judgements), method, _sentence(f"{stated.note}{_MET}", method), 0.0)


def quantiles_of(answers: QuestionAnswers) -> Quantiles:
    """Return the panellists' quantiles; three-point judgements are brought to 5 %, 50 % and 95 % first."""
    question = answers.question
    if question.answer == "quantiles":
        note = f"quantiles at {', '.join(question.parts)} of each panellist"
        return Quantiles(question.probabilities, _in_order(answers.values), note)
    stated = answers.values[:, -1] if question.asks_confidence else question.confidence
    brought = standardise(_three_points(answers), stated, bounds=(question.low, question.high))
    tail = (1 - STANDARD_COVERAGE) / 2
    sure = "his own" if question.asks_confidence else f"{question.confidence * 100:.3g} %"
    is_as_stated = not question.asks_confidence and question.confidence == STANDARD_COVERAGE
    if question.answer == "interval":
        note = (
            f"lower and upper of each panellist, stated with {sure} confidence,"
            f" {_brought(is_as_stated, brought.n_truncated)} 5 % and 95 % quantiles"
        )
        return Quantiles((tail, 1 - tail), _in_order(brought.values[:, ::2]), note)
    note = (
        f"lower, best and upper of each panellist, stated with {sure} confidence,"
        f" {_brought(is_as_stated, brought.n_truncated)} 5 %, 50 % and 95 % quantiles"
    )
    return Quantiles((tail, 0.5, 1 - tail), _in_order(brought.values), note)


def _three_points(answers: QuestionAnswers) -> FloatArray:
    """Return lower, best and upper; of an interval its middle, from which it is stretched to both sides."""
    values = answers.values
    if answers.question.answer == "interval":
        return np.column_stack([values[:, 0], answers.central, values[:, 1]])
    return values[:, :3]


def panellists_distributions(stated: Quantiles, question: Question) -> list[Distribution]:
    """Return a distribution for each panellist's quantiles, which meets them exactly."""
    bounds = (question.low, question.high)
    return [minimum_information(stated.probabilities, row, bounds) for row in stated.values.tolist()]


_MET = ", met exactly and uniform between and a tenth beyond them"


def _brought(is_as_stated: bool, n_truncated: int) -> str:
    if is_as_stated:
        return "taken as"
    cut = f" ({n_truncated} ends cut off at the bounds)" if n_truncated else ""
    return f"brought to 90 %{cut} and taken as"


def _in_order(values: FloatArray) -> FloatArray:
    return values[np.lexsort(values.T[::-1])]


def _sentence(what: str, method: Method) -> str:
    return f"{what}; {_POOLED[method]}"
