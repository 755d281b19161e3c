"""What a panel thinks after a round: every question's spread, agreement, and change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.change import Change, change_between
from innosi.forecast.statistics.descriptive import Description, Level, describe, histogram, levels_of
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.measures import Reading, every_measure
from innosi.forecast.statistics.rules import Verdict
from innosi.forecast.statistics.tally import answered
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class QuestionSummary:
    """What a panel thinks about one question after a round.

    Attributes
    ----------
    n : int
        How many answered.
    n_missing : int
        Members without an answer; where members are not listed, panellists who answered something else.
    description : Description
        Of the points, best judgements or medians.
    distribution : tuple of Level
        How many answers each level, or each stretch of the range, got.
    n_never : int
        How many said that the year never comes.
    verdict : Verdict
        Whether there is consensus, by which rule.
    change : Change, optional
        Since the last earlier round in which the question was answered; None in its first.
    measures : tuple of Reading
        Every measure that such answers can have, each with its 95 % interval; empty where not asked for.
    groups : mapping of group to Description
        Of the groups that may be shown.
    hidden_groups : tuple of str
        Groups with answers that may not be shown.
    group_choices : mapping of group to tuple of Level
        Of a choice: how many of each group that may be shown chose each option; empty else.
    """

    question: Question
    round: int
    n: int
    n_missing: int
    description: Description
    distribution: tuple[Level, ...]
    verdict: Verdict
    change: Change | None
    n_never: int = 0
    measures: tuple[Reading, ...] = ()
    groups: Mapping[str, Description] = field(default_factory=dict)
    hidden_groups: tuple[str, ...] = ()
    group_choices: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)


def summarise(
    study: Study, answers: Answers, number: int | None = None, *, n_resamples: int = 0
) -> tuple[QuestionSummary, ...]:
    """Return a summary of every question that was answered in a round; of one in parts, of each part.

    Parameters
    ----------
    number : int, optional
        The round; the last one with answers by default.
    n_resamples : int
        Of the intervals of every measure; 0 spares them, and the measures.

    Raises
    ------
    AnswerError
        If the round has no answers.
    """
    number = last_round(study, answers, number)
    members = set(study.panel.members)
    asked = members - study.panel.withdrawn if members else set(answers.panellists(number))
    return tuple(
        _summary(study, answers, given, asked, n_resamples)
        for question in study.questions.values()
        for given in answers.to(question, number).aspects
        if given.n
    )


def last_round(study: Study, answers: Answers, number: int | None = None) -> int:
    """Return the round asked for, or the last one with answers.

    Raises
    ------
    AnswerError
        If it has no answers.
    """
    return checked_round(study, answers.rounds, number)


def checked_round(study: Study, rounds: Sequence[int], number: int | None = None) -> int:
    """Return the round asked for, or the last of those with answers; see `last_round`."""
    if not rounds:
        raise AnswerError(
            "has no answers yet", mend="import some: innosi delphi import STUDY FILE", where=str(study.path)
        )
    if number is None:
        return rounds[-1]
    if study.check_round(number) not in rounds:
        answered = ", ".join(map(str, rounds))
        raise AnswerError(
            f"round {number} has no answers yet (rounds with answers: {answered})",
            mend=f"import some: innosi delphi import STUDY FILE --round {number}",
            where=str(study.path),
        )
    return number


def _summary(
    study: Study, answers: Answers, given: QuestionAnswers, asked: set[str], n_resamples: int
) -> QuestionSummary:
    members: dict[str, list[str]] = {}
    for panellist in given.panellists:
        members.setdefault(study.panel.group_of(panellist), []).append(panellist)
    groups = {name: given.of(each).central for name, each in members.items()}
    is_nominal = given.question.measurement == "nominal"
    summary = summary_of(
        study,
        given,
        groups,
        n_missing=len(asked - set(given.panellists)),
        verdict=verdict_of(study, answers, given),
        change=change_since(study, answers, given),
    )
    if not n_resamples:
        return summary
    return replace(
        summary, measures=every_measure(given.tally, is_nominal=is_nominal, n_resamples=n_resamples)
    )


def summary_of(
    study: Study,
    given: QuestionAnswers,
    groups: Mapping[str, FloatArray],
    *,
    n_missing: int,
    verdict: Verdict,
    change: Change | None,
) -> QuestionSummary:
    """Return the summary of one question, without its measures.

    Parameters
    ----------
    groups : mapping of group to (n,) float
        The numbers for which the answers of each group stand; '' for panellists in no group. A year that
        never comes is NaN: it is no number, so it makes no group large enough to be shown.
    """
    n_numbers = {name: len(answered(each)) for name, each in groups.items()}
    counts = {name: n_numbers[name] for name in study.panel.groups if name in groups}
    ungrouped = sum(n_numbers[name] for name in groups if name not in study.panel.groups)
    shown = shown_groups(counts, minimum=study.panel.minimum_group_size, ungrouped=ungrouped)
    is_nominal = given.question.measurement == "nominal"
    return QuestionSummary(
        question=given.question,
        round=given.round,
        n=given.n,
        n_missing=n_missing,
        description=describe(() if is_nominal else given.central),
        distribution=_distribution(given),
        verdict=verdict,
        change=change,
        n_never=given.n_never,
        groups={name: describe(groups[name]) for name in shown},
        hidden_groups=tuple(name for name in counts if name not in shown),
        group_choices={name: _chosen(given.question, groups[name]) for name in shown if is_nominal},
    )


def change_since(study: Study, answers: Answers, given: QuestionAnswers) -> Change | None:
    """Return what changed since the last earlier round in which the question was answered."""
    before = answers_before(study, answers, given)
    if before is None:
        return None
    both = sorted(set(before.panellists) & set(given.panellists))
    was, is_ = before.of(both), given.of(both)
    is_nominal = given.question.measurement == "nominal"
    central = ((), ()) if is_nominal else (was.central, is_.central)
    return change_between(was.values, is_.values, since=before.round, central=central)


def answers_before(study: Study, answers: Answers, given: QuestionAnswers) -> QuestionAnswers | None:
    """Return the answers of the last earlier round in which this question (or part) was answered."""
    whole = study.question_of(given.question.name)
    for number in reversed([each for each in answers.rounds if each < given.round]):
        before = answers.to_aspect(whole, given.question.name, number)
        if before.n:
            return before
    return None


def _distribution(given: QuestionAnswers) -> tuple[Level, ...]:
    question = given.question
    if question.measurement == "nominal":
        return _chosen(question, given.values[:, 0])
    if question.scale is not None:
        return levels_of(given.central, question.scale)
    low, high = question.bounds
    bounds = (low, high) if low is not None and high is not None else None
    return histogram(given.central, bounds)


def _chosen(question: Question, codes: FloatArray) -> tuple[Level, ...]:
    """How many chose each option, by the options' places."""
    counts = [int(np.sum(codes == place)) for place in range(len(question.options))]
    return tuple(
        Level(title, place, place, n, n / max(len(codes), 1))
        for place, (title, n) in enumerate(zip(question.options.values(), counts, strict=True))
    )
