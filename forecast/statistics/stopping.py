"""Question by question: whether the panel has stood still, where it stands, and what to do next."""

from dataclasses import dataclass, field

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.between_groups import groups_differ, holm
from innosi.forecast.statistics.bipolarity import bipolarity
from innosi.forecast.statistics.group_differences import by_group
from innosi.forecast.statistics.hierarchy import AnswerRange, Bipolarity, Standing, standing
from innosi.forecast.statistics.measured import HypothesisTest
from innosi.forecast.statistics.paired_answers import pair_answers
from innosi.forecast.statistics.paired_rankings import RankingChange, ranking_change
from innosi.forecast.statistics.parts import parts_of_round
from innosi.forecast.statistics.recommendations import Facts, Recommendation, Thresholds, recommend
from innosi.forecast.statistics.rules import Verdict
from innosi.forecast.statistics.stability import Stability, StabilityRule, judge_stability
from innosi.forecast.statistics.summary import answers_before, last_round
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class Choices:
    """What a study may choose for itself.

    Attributes
    ----------
    rule : StabilityRule, optional
        When answers stand still; by default the rule for their kind.
    thresholds : Thresholds
        Of the recommendations.
    bipolarity : bool or callable, optional
        What tells two camps; by default the test of `bipolarity`, with 30 % or more in the smaller one.
    seed : int
        Of intervals and tests that are drawn.
    """

    rule: StabilityRule | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    bipolarity: Bipolarity = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """Where a question stands after a round, and what to do with it.

    Attributes
    ----------
    n : int
        How many answered it in this round.
    median : float
        NaN for names without an order.
    share_missing : float
        Of those who answered the round, the share without an answer to it.
    stability : Stability or None
        None where it was not asked in an earlier round.
    consensus : Verdict
        By the study's own rule.
    group_test : HypothesisTest
        Whether the groups that may be shown differ, before correction.
    group_p : float
        Its p after Holm's correction over the questions.
    """

    question: Question
    round: int
    n: int
    median: float
    share_missing: float
    stability: Stability | None
    consensus: Verdict
    standing: Standing
    group_test: HypothesisTest
    group_p: float
    recommendation: Recommendation

    @property
    def stability_word(self) -> str:
        """`stable`, `not stable`, `cannot be judged`, or `first round`."""
        return self.stability.word if self.stability else "first round"


def assess(
    study: Study,
    answers: Answers,
    number: int | None = None,
    *,
    since: int | None = None,
    choices: Choices | None = None,
) -> tuple[Assessment, ...]:
    """Return where every question stands that was answered in a round, and what to do with it.

    Parameters
    ----------
    number : int, optional
        The round; the last one with answers by default.
    since : int, optional
        The earlier round to compare with; by default each question's last one with answers.

    Raises
    ------
    AnswerError
        If a round has no answers, or `since` is not before `number`.
    """
    number = last_round(study, answers, number)
    if since is not None and last_round(study, answers, since) >= number:
        raise AnswerError(
            f"round {since} is not before round {number}",
            mend="compare with an earlier round",
            where=str(study.path),
        )
    given = list(parts_of_round(study, answers, number))
    tests = [groups_differ(by_group(study, each)[0], each.question.measurement) for each in given]
    corrected = holm(np.array([each.p_value for each in tests]))
    n_round = len(answers.panellists(number))
    chosen = choices or Choices()
    stabilities = [_stability(study, answers, each, since, chosen) for each in given]
    parts = zip(given, stabilities, tests, corrected, strict=True)
    return tuple(
        _assessment(
            (each, verdict_of(study, answers, each)),
            (_n_answered(study, answers, each), n_round),
            stability,
            (test, float(p)),
            chosen,
        )
        for each, stability, test, p in parts
    )


def _stability(
    study: Study, answers: Answers, given: QuestionAnswers, since: int | None, choices: Choices
) -> Stability | None:
    before = earlier_answers(study, answers, given, since)
    if before is None:
        return None
    return judge_stability(pair_answers(before, given), choices.rule, seed=choices.seed)


def _n_answered(study: Study, answers: Answers, given: QuestionAnswers) -> int:
    """How many answered at all, those too who say that a year never comes."""
    whole = study.question_of(given.question.name)
    return answers.to_aspect(whole, given.question.name, given.round).n


def earlier_answers(
    study: Study, answers: Answers, given: QuestionAnswers, since: int | None
) -> QuestionAnswers | None:
    """Return the answers to the same question (or part) in that round, or in the last with any."""
    if since is None:
        before = answers_before(study, answers, given)
    else:
        name = given.question.name
        before = answers.to_aspect(study.question_of(name), name, since)
    counted = before.with_a_number if before is not None else None
    return counted if counted is not None and counted.n else None


def ranking_changes(
    study: Study, answers: Answers, number: int, since: int | None = None
) -> dict[str, RankingChange]:
    """Return how each ranking as a whole changed since an earlier round; nothing in its first."""
    found = {}
    for question in study.questions.values():
        given = answers.to(question, number)
        if question.type != "ranking" or not given.n:
            continue
        earlier = [round_ for round_ in answers.rounds if round_ < number and since in (None, round_)]
        befores = [each for each in (answers.to(question, round_) for round_ in earlier) if each.n]
        if befores:
            both = sorted(set(befores[-1].panellists) & set(given.panellists))
            found[question.name] = ranking_change(befores[-1].of(both).values, given.of(both).values)
    return found


def _assessment(
    judged: tuple[QuestionAnswers, Verdict],
    counts: tuple[int, int],
    stability: Stability | None,
    between: tuple[HypothesisTest, float],
    choices: Choices,
) -> Assessment:
    given, consensus = judged
    n_answered, n_round = counts
    low, high = given.question.scale or given.question.bounds
    question = given.question
    where = standing(
        given.central,
        AnswerRange(question.measurement, low, high, tuple(question.options.values())),
        is_stable=stability.is_stable if stability else None,
        has_consensus=consensus.is_reached,
        bipolarity=choices.bipolarity or _tested_camps(question, choices.seed),
    )
    median = np.nan if question.measurement == "nominal" else float(np.median(given.central))
    missing = 1 - n_answered / n_round
    word = stability.word if stability else "first round"
    is_rating = question.measurement == "ordinal"
    reasons = stability.reasons if stability else ()
    facts = Facts(where, word, median, missing, between[1], consensus.is_reached, is_rating, reasons)
    return Assessment(
        *(question, given.round, given.n, median, missing, stability, consensus, where, *between),
        recommendation=recommend(facts, choices.thresholds),
    )


NEARLY_EQUAL = 0.3
"""The smaller of two camps holds this share at least where the verdict is bipolarity."""


def _tested_camps(question: Question, seed: int) -> Bipolarity:
    """Return what tells two camps of nearly equal size: by a test, except of names, which have no order."""
    if question.measurement == "nominal":
        return None

    def has_camps(values: FloatArray) -> bool:
        camps = bipolarity(values, question.scale, seed=seed).camps
        return camps is not None and camps.smaller >= NEARLY_EQUAL

    return has_camps
