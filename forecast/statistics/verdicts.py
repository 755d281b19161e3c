"""Whether each question of a round is in consensus, by the rule that the study set for it."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.consensus import average_percent_of_majority_opinions
from innosi.forecast.statistics.levels import halves_of
from innosi.forecast.statistics.rules import Verdict, criteria_of, judge
from innosi.forecast.study import Study


class GivenAnswers(Protocol):
    """All that a verdict needs of a round's answers: each question's, and a place to remember the cut-off."""

    @property
    def memory(self) -> dict[object, float]:
        """What was computed of all answers together."""

    def to(self, question: Question, number: int, /) -> QuestionAnswers:
        """Return all answers to one question in one round."""


def verdict_of(study: Study, answers: GivenAnswers, given: QuestionAnswers) -> Verdict:
    """Return the verdict on one question's answers, with the round's cut-off where the rule needs it."""
    key = (study.sha256, given.round)
    if needs_cut_off(given.question) and key not in answers.memory:
        asked = (answers.to(question, given.round) for question in study.questions.values())
        answers.memory[key] = cut_off_of(asked)
    return verdict_with(given, answers.memory.get(key, math.nan))


def verdict_with(given: QuestionAnswers, cut_off: float) -> Verdict:
    """Return the verdict on one question's answers, where the round's cut-off is known."""
    tally = replace(given.tally, cut_off=cut_off) if needs_cut_off(given.question) else given.tally
    return judge(given.question.rule, tally)


def needs_cut_off(question: Question) -> bool:
    """Whether a question's rule holds its answers against the other questions of the round."""
    rule = question.rule
    return rule is not None and any(each.is_above_cut_off for each in criteria_of(rule))


def ranking_verdicts(study: Study, answers: GivenAnswers, number: int) -> dict[str, Verdict]:
    """Return the verdict on each ranking of a round that has a rule: it is about all options together."""
    given = (answers.to(question, number) for question in study.questions.values())
    return {
        each.question.name: verdict_of(study, answers, each)
        for each in given
        if each.question.type == "ranking" and each.question.rule is not None and each.n
    }


def cut_off_of(asked: Iterable[QuestionAnswers]) -> float:
    """Return a round's average per cent of majority opinions, over all its ratings.

    Levels above the middle of a scale agree, those below it disagree, and the middle one is an opinion too.

    Returns
    -------
    float
        A share; NaN where the round has no ratings.
    """
    counts = []
    for whole in asked:
        for given in whole.aspects:
            scale = given.question.scale
            if scale is not None and whole.question.type in ("rating", "multi_rating") and given.n:
                values = given.central
                (top, _), (_, bottom) = halves_of(scale)
                counts.append((np.sum(values >= top), np.sum(values <= bottom), given.n))
    if not counts:
        return math.nan
    agree, disagree, n = np.transpose(np.array(counts, dtype=float))
    return average_percent_of_majority_opinions(agree, disagree, n)
