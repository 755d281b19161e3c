"""Whether each question of a round is in consensus, by the rule that the study set for it."""

import math
from dataclasses import replace

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.statistics.consensus import average_percent_of_majority_opinions
from innosi.forecast.statistics.levels import halves_of
from innosi.forecast.statistics.rules import Verdict, criteria_of, judge
from innosi.forecast.study import Study


def verdict_of(study: Study, answers: Answers, given: QuestionAnswers) -> Verdict:
    """Return the verdict on one question's answers, with the round's cut-off where the rule needs it."""
    rule, tally = given.question.rule, given.tally
    if rule is not None and any(each.is_above_cut_off for each in criteria_of(rule)):
        key = (study.sha256, given.round)
        if key not in answers.memory:
            answers.memory[key] = cut_off_of(study, answers, given.round)
        tally = replace(tally, cut_off=answers.memory[key])
    return judge(rule, tally)


def ranking_verdicts(study: Study, answers: Answers, number: int) -> dict[str, Verdict]:
    """Return the verdict on each ranking of a round that has a rule: it is about all options together."""
    given = (answers.to(question, number) for question in study.questions.values())
    return {
        each.question.name: verdict_of(study, answers, each)
        for each in given
        if each.question.type == "ranking" and each.question.rule is not None and each.n
    }


def cut_off_of(study: Study, answers: Answers, number: int) -> float:
    """Return a round's average per cent of majority opinions, over all its ratings.

    Levels above the middle of a scale agree, those below it disagree, and the middle one is an opinion too.

    Returns
    -------
    float
        A share; NaN where the round has no ratings.
    """
    counts = []
    for question in study.questions.values():
        for given in answers.to(question, number).aspects:
            scale = given.question.scale
            if scale is not None and question.type in ("rating", "multi_rating") and given.n:
                values = given.central
                (top, _), (_, bottom) = halves_of(scale)
                counts.append((np.sum(values >= top), np.sum(values <= bottom), given.n))
    if not counts:
        return math.nan
    agree, disagree, n = np.transpose(np.array(counts, dtype=float))
    return average_percent_of_majority_opinions(agree, disagree, n)
