"""What a sheet may show beside those released before: nobody's answer may fall out of two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.study import Study

Erased = Mapping[int, int]
"""For each round, how many people were erased since its sheets were released; 0 where it is left out."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What a sheet shows of a question.

    Attributes
    ----------
    given : QuestionAnswers
        The answers that it shows.
    own : QuestionAnswers
        Those that each panellist reads as their own; in real time they may be newer.
    before : QuestionAnswers, optional
        Those that the sheets before it showed.
    is_before_kept : bool
        Whether those are as they were shown: nobody was erased since.
    bases : tuple of QuestionAnswers
        In real time, where answers stay until they are changed: all that was or may have been shown before.
    is_carried : bool
        Whether it shows what an earlier snapshot showed, as too few answered anew.
    is_withheld : bool
        Whether nothing can be shown, as what was shown before is no longer kept.
    """

    given: QuestionAnswers
    own: QuestionAnswers
    before: QuestionAnswers | None = None
    is_before_kept: bool = True
    bases: tuple[QuestionAnswers, ...] = ()
    is_carried: bool = False
    is_withheld: bool = False


def showing(study: Study, answers: Answers, question: Question, number: int, *, erased: Erased) -> Showing:
    """Return what the sheets of a round may show of a question, given those of the rounds before.

    In rounds everybody answers anew, so that each round is shown. In real time an answer stays until it is
    changed, so that two snapshots differ by whoever answered in between: a snapshot is shown only if nobody
    did, or at least `study.panel.minimum_group_size` people, and else what was shown last.
    """
    given = answers.to(question, number)
    earlier = [answers.to(question, each) for each in answers.rounds if each < number]
    if study.mode == "real_time":
        return _in_real_time([*earlier, given], erased, study.panel.minimum_group_size)
    before = next((each for each in reversed(earlier) if each.n), None)
    return Showing(given, given, before, before is None or not erased.get(before.round, 0))


def _in_real_time(states: Sequence[QuestionAnswers], erased: Erased, minimum: int) -> Showing:
    bases: list[QuestionAnswers] = []
    shown: list[tuple[QuestionAnswers, int]] = []
    for state in states:
        may_be_shown = state.n >= minimum and all(
            _is_apart(base, state, erased.get(base.round, 0), minimum) for base in bases
        )
        if may_be_shown:
            shown.append((state, len(bases)))
        # What was decided before an erasure cannot be worked out after it: any state may have been shown.
        if may_be_shown or (state.n and erased.get(state.round, 0)):
            bases.append(state)
    newest = states[-1]
    kept = [each for each in shown if not erased.get(each[0].round, 0)]
    if not bases or newest.n < minimum:
        return Showing(newest, newest)
    if not kept:
        return Showing(newest, newest, is_withheld=True)
    given, n_bases = kept[-1]
    before = bases[n_bases - 1] if n_bases else None
    return Showing(
        given,
        newest,
        before,
        before is None or not erased.get(before.round, 0),
        tuple(bases[:n_bases]),
        is_carried=given is not newest,
    )


def _is_apart(before: QuestionAnswers, now: QuestionAnswers, n_erased: int, minimum: int) -> bool:
    """Whether two snapshots tell of nobody's answers, or of enough people's."""
    numbers = [n for n in _n_changed(before, now) if n]
    return min(numbers) >= minimum if numbers else not n_erased


def _n_changed(before: QuestionAnswers, now: QuestionAnswers) -> list[int]:
    """Return how many people came, left or changed their answer; of a multi-rating, of each scale."""
    if now.question.type != "multi_rating":
        return [len(changed_between(before, now))]
    pairs = zip(before.aspects, now.aspects, strict=True)
    return [len(changed_between(*pair)) for pair in pairs]


def changed_between(before: QuestionAnswers, now: QuestionAnswers) -> set[str]:
    """Return who came, left, or says something else than before."""
    said = [
        {
            (who, row.tobytes(), reason if each.question.type == "text" else "")
            for who, row, reason in zip(each.panellists, each.values, each.reasons, strict=True)
        }
        for each in (before, now)
    ]
    return {who for who, *_ in said[0] ^ said[1]}


def may_be_compared(before: QuestionAnswers, given: QuestionAnswers, *, is_kept: bool, minimum: int) -> bool:
    """Whether it may be told what changed among those who answered both.

    Set beside what was shown of all who answered, it tells of those who answered only one of the two: nobody,
    or enough people on either side.
    """
    was, is_ = set(before.panellists), set(given.panellists)
    left, came = len(was - is_), len(is_ - was)
    is_told_of_enough = left >= minimum or (not left and is_kept)
    return len(was & is_) >= minimum and is_told_of_enough and (not came or came >= minimum)


def groups_may_be_shown(study: Study, now: QuestionAnswers, bases: Sequence[QuestionAnswers]) -> bool:
    """Whether no group's figures, set beside those of an earlier snapshot, tell of few people."""
    minimum = study.panel.minimum_group_size
    for base in bases:
        changed = [study.panel.group_of(who) for who in changed_between(base, now)]
        if any(changed.count(group) < minimum for group in set(changed)):
            return False
    return True
