"""A study's answers as an elicitation: its resolved quantities are the seeds."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.pooling.classical.elicitation import Elicitation, Scale, judgement_problem
from innosi.forecast.pooling.idea import standardise
from innosi.forecast.questions import Question
from innosi.forecast.statistics.summary import last_round
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.distributions.stated import percent
from innosi.models.errors import AnswerError

Levels = tuple[float, ...]


def elicitation_of(
    study: Study,
    answers: Answers,
    outcomes: Mapping[str, float],
    *,
    number: int | None = None,
    log: Collection[str] = (),
) -> Elicitation:
    """Return the quantities of one round, of which those with an outcome are the seeds.

    Quantities count that were asked as quantiles, or as lower, best and upper; these stand for the quantiles
    that their confidence makes them: 10 %, 50 % and 90 % with 80 %. Where questions were asked at several
    levels, three-point answers are brought to those of the others. An answer whose quantiles are not all
    different leaves no room between them: it is left out, which the notes say.

    Parameters
    ----------
    outcomes : mapping of question to float
        What happened.
    number : int, optional
        The round; the last one with answers by default.
    log : collection of str
        Questions whose background is uniform on logarithms.

    Raises
    ------
    AnswerError
        If no such question has answers, they were asked at levels that do not fit, or a question named does
        not exist.
    """
    number = last_round(study, answers, number)
    given = [answers.to(question, number) for question in study.questions.values() if _counts(question)]
    given = [each for each in given if each.n]
    if not given:
        raise AnswerError(
            f"no quantity was answered with quantiles, or with lower, best and upper, in round {number}",
            mend="ask quantities with answer: quantiles or three_point",
            where=str(study.path),
        )
    for name in log:
        study.question(name)
    scales: list[Scale] = ["log" if each.question.name in log else "uni" for each in given]
    levels = _common_levels(given)
    experts = tuple(sorted({who for each in given for who in each.panellists}))
    judgements, tied = _judgements(given, experts, levels, scales)
    return Elicitation(
        experts=experts,
        items=tuple(each.question.name for each in given),
        probabilities=levels,
        judgements=judgements,
        realisations=np.array([outcomes.get(each.question.name, math.nan) for each in given]),
        scales=tuple(scales),
        texts=tuple(each.question.text for each in given),
        notes=tuple(_notes(given, levels, number, tied)),
    )


def _counts(question: Question) -> bool:
    is_number = question.measurement == "number" and question.type != "probability"
    return is_number and question.answer in ("quantiles", "three_point")


def _own_levels(question: Question) -> Levels:
    if question.answer == "quantiles":
        return question.probabilities
    tail = (1 - question.confidence) / 2
    return round(tail, 12), 0.5, round(1 - tail, 12)


def _common_levels(given: Iterable[QuestionAnswers]) -> Levels:
    """Return the levels of all questions: their own, or those of the quantile questions among them."""
    questions = [each.question for each in given]
    asked = {_own_levels(each) for each in questions if each.answer == "quantiles"}
    if not asked:
        # the widest, so that intervals are stretched and none is narrowed
        asked = {min(_own_levels(each) for each in questions)}
    levels = next(iter(asked))
    is_mixed = any(_own_levels(each) != levels for each in questions)
    is_symmetric = len(levels) == 3 and levels[1] == 0.5 and math.isclose(levels[0], 1 - levels[2])
    if len(asked) > 1 or (is_mixed and not is_symmetric):
        shown = "; ".join(_in_words(each) for each in sorted({_own_levels(each) for each in questions}))
        raise AnswerError(
            f"questions were asked at different quantiles ({shown})",
            mend="calibration needs the same for all; put the others in a study of their own",
        )
    return levels


def _judgements(
    given: list[QuestionAnswers], experts: tuple[str, ...], levels: Levels, scales: list[Scale]
) -> tuple[FloatArray, list[str]]:
    """Return all judgements, and which of them were left out because quantiles are the same."""
    values = np.full((len(experts), len(given), len(levels)), np.nan)
    tied = []
    for place, (each, scale) in enumerate(zip(given, scales, strict=True)):
        brought = _at_levels(each, levels)
        for who, row in zip(each.panellists, brought, strict=True):
            if len(set(row)) < len(row):
                tied.append(f"{who}, {each.question.name}")
                continue
            _check(row, scale, f"panellist '{who}', question '{each.question.name}'")
            values[experts.index(who), place] = row
    return values, tied


def _at_levels(given: QuestionAnswers, levels: Levels) -> list[list[float]]:
    question = given.question
    if _own_levels(question) == levels:
        return given.values.tolist()
    bounds = (question.low, question.high)
    target = levels[2] - levels[0]
    return standardise(given.values, question.confidence, target=target, bounds=bounds).values.tolist()


def _check(row: list[float], scale: Scale, where: str) -> None:
    problem = judgement_problem(row, scale)
    if problem:
        raise AnswerError(problem, where=where)


def _notes(given: list[QuestionAnswers], levels: Levels, number: int, tied: list[str]) -> Iterator[str]:
    yield f"answers of round {number}, as quantiles at {_in_words(levels)}"
    brought = [each.question.name for each in given if _own_levels(each.question) != levels]
    if brought:
        yield f"lower and upper brought to those quantiles: {', '.join(brought)}"
    if tied:
        yield (
            f"{len(tied)} answer{'s' if len(tied) > 1 else ''} left out, of which two quantiles are the same:"
            f" {'; '.join(tied)}"
        )


def _in_words(levels: Levels) -> str:
    return ", ".join(map(percent, levels))
