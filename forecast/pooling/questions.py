"""Pooling the answers to one question, in whatever form they were asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.pooling.idea import standardise
from innosi.forecast.pooling.individual import minimum_information
from innosi.forecast.pooling.pools import (
    empirical_pool,
    level_pool,
    linear_pool,
    logarithmic_pool,
    vincent_average,
)
from innosi.forecast.pooling.weights import Weights
from innosi.forecast.questions import STANDARD_COVERAGE, Question
from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution
from innosi.models.errors import AnswerError

Method = Literal["linear_pool", "vincent", "logarithmic", "empirical"]
METHODS: tuple[Method, ...] = ("linear_pool", "vincent", "empirical")
"""Methods that always give a distribution."""
ALL_METHODS: tuple[Method, ...] = ("linear_pool", "vincent", "logarithmic", "empirical")
"""The logarithmic pool, too, which has none where panellists rule each other out."""

_POOLED: Mapping[Method, str] = MappingProxyType(
    {
        "linear_pool": "pooled as their mixture with {weights}",
        "vincent": "pooled as the mean of their quantiles with {weights}, narrower than their mixture",
        "logarithmic": "pooled as the product of their densities with {weights}: narrower than their mixture,"
        " and what one rules out nobody can bring in",
        "empirical": "the points as they were given: how panellists differ, not how sure each one is",
    }
)


@dataclass(frozen=True, slots=True)
class Pooled:
    """What the panel as a whole believes about one question.

    Attributes
    ----------
    distribution : Distribution
    method : {'linear_pool', 'vincent', 'logarithmic', 'empirical'}
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
    order : (n,) int
        Which panellist each row is of.
    """

    probabilities: tuple[float, ...]
    values: FloatArray
    note: str
    order: tuple[int, ...]


def pool(answers: QuestionAnswers, method: Method = "linear_pool", weights: Weights | None = None) -> Pooled:
    """Return what the panel as a whole believes about a question.

    Parameters
    ----------
    weights : Weights, optional
        Of the panellists; equal by default.

    Raises
    ------
    AnswerError
        If nobody answered, all weights are 0, or the logarithmic pool is vetoed.
    """
    question = answers.question
    shares = None if weights is None else weights.of(answers.panellists)
    words = "equal weights" if weights is None else weights.words
    if question.scale is not None:
        levels = level_pool(answers.central, shares)
        return Pooled(levels, "empirical", _sentence("levels", "empirical", weights), None)
    if method == "empirical" or question.answer == "point":
        what = "point judgements" if question.answer == "point" else "best judgements or medians"
        points = empirical_pool(answers.central, shares)
        return Pooled(points, "empirical", _sentence(what, "empirical", weights), None)
    stated = quantiles_of(answers)
    ordered = None if shares is None else [shares[place] for place in stated.order]
    bounds = (question.low, question.high)
    if method == "vincent":
        average = vincent_average(stated.probabilities, stated.values, ordered, bounds=bounds)
        return Pooled(average, method, _told(stated.note, method, words), average.misfit)
    judgements = panellists_distributions(stated, question)
    made = logarithmic_pool if method == "logarithmic" else linear_pool
    try:
        pooled = made(judgements, ordered)
    except AnswerError as error:
        raise AnswerError(error.problem, mend=error.mend, where=question.name) from None
    return Pooled(pooled, method, _told(f"{stated.note}{_MET}", method, words), 0.0)


def _told(what: str, method: Method, weights: str) -> str:
    return f"{what}; {_POOLED[method].format(weights=weights)}"


def quantiles_of(answers: QuestionAnswers) -> Quantiles:
    """Return the panellists' quantiles; three-point judgements are brought to 5 %, 50 % and 95 % first."""
    question = answers.question
    if question.answer == "quantiles":
        note = f"quantiles at {', '.join(question.parts)} of each panellist"
        return Quantiles(question.probabilities, *_in_order(answers.values, note))
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
        return Quantiles((tail, 1 - tail), *_in_order(brought.values[:, ::2], note))
    note = (
        f"lower, best and upper of each panellist, stated with {sure} confidence,"
        f" {_brought(is_as_stated, brought.n_truncated)} 5 %, 50 % and 95 % quantiles"
    )
    return Quantiles((tail, 0.5, 1 - tail), *_in_order(brought.values, note))


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


def _in_order(values: FloatArray, note: str) -> tuple[FloatArray, str, tuple[int, ...]]:
    order = np.lexsort(values.T[::-1])
    return values[order], note, tuple(map(int, order))


def _sentence(what: str, method: Method, weights: Weights | None) -> str:
    said = f"{what}; {_POOLED[method]}"
    return said if weights is None else f"{said}; with {weights.words}"
