"""A whole study pooled, every question in several ways."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.pooling.questions import (
    ALL_METHODS,
    Method,
    Pooled,
    panellists_distributions,
    pool,
    quantiles_of,
)
from innosi.forecast.pooling.weights import Weights
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.distributions import Distribution
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class PooledQuestion:
    """One question pooled by one method.

    Attributes
    ----------
    question : Question
        Or a part of one.
    round, n : int
    method : str
    pooled : Pooled or None
        None where this method has no pool, as `reason` says.
    judgements : tuple of Distribution
        The panellists' own, where they stated more than a point.
    reason : str
    """

    question: Question
    round: int
    n: int
    method: str
    pooled: Pooled | None
    judgements: tuple[Distribution, ...] = ()
    reason: str = ""


def pool_by(
    study: Study,
    answers: Answers,
    number: int,
    *,
    methods: Sequence[Method] = ALL_METHODS,
    weights: Weights | None = None,
    name: str | None = None,
) -> tuple[PooledQuestion, ...]:
    """Return every question that has a number, pooled by each method that its answers allow.

    Parameters
    ----------
    number : int
        The last round that counts; each question's answers are those of its last one.
    name : str, optional
        Of one question, or of a part.

    Raises
    ------
    AnswerError
        If no question has answers that can be pooled, or a panellist has no weight.
    """
    found = [
        each
        for given in _last_answers(study, answers, number, name)
        for each in _by_methods(given, methods, weights)
    ]
    if not found:
        raise AnswerError(
            "has no answers that can be pooled", mend="choose a question with numbers", where=str(study.path)
        )
    return tuple(found)


def _last_answers(study: Study, answers: Answers, number: int, name: str | None) -> Iterator[QuestionAnswers]:
    for question in study.questions.values():
        for round_ in reversed([each for each in answers.rounds if each <= number]):
            given = answers.to(question, round_)
            if given.n:
                for part in given.aspects:
                    is_asked = name in (None, question.name, part.question.name)
                    counted = part.with_a_number
                    if is_asked and part.question.measurement != "nominal" and counted.n:
                        yield counted
                break


def _by_methods(
    given: QuestionAnswers, methods: Sequence[Method], weights: Weights | None
) -> Iterator[PooledQuestion]:
    question = given.question
    has_points = question.scale is not None or question.answer == "point"
    own: tuple[Distribution, ...] = ()
    if not has_points:
        own = tuple(panellists_distributions(quantiles_of(given), question))
    asked: Sequence[Method] = ("empirical",) if has_points else methods
    for method in asked:
        try:
            pooled, reason = pool(given, method, weights), ""
        except AnswerError as error:
            if method != "logarithmic":
                raise
            pooled, reason = None, error.message
        yield PooledQuestion(question, given.round, given.n, method, pooled, own, reason)
