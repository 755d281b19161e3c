"""Who is due for a letter, and why the others are not: nobody twice, nobody who has finished or withdrew."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from innosi.forecast.handing_out import active_panellists
from innosi.forecast.people.mailing import due_for_reminder
from innosi.forecast.people.own_texts import LetterKind
from innosi.forecast.people.person import Person
from innosi.forecast.progress import Progress
from innosi.forecast.running import RunningStudy
from innosi.forecast.store.mailings import (
    Mailed,
    answering_panellists,
    finished_panellists,
    read_mailed,
)
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import read_consents, read_people
from innosi.models.errors import InnosiError

REST = timedelta(hours=12)
"""How long nobody is written to again who just was, so that a run that was interrupted goes on."""
UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are wanted.

    Attributes
    ----------
    kind : {'invitation', 'reminder', 'feedback', 'thanks'}
    needs_address : bool
        Whether they go by e-mail.
    again : bool
        Whether those are written to as well who had this letter, though not within the last hours.
    panellists : tuple of str
        To whom only; () for everybody.
    """

    kind: LetterKind
    needs_address: bool = True
    again: bool = False
    panellists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Who is written to.

    Attributes
    ----------
    number : int
        The round that it is about.
    people : tuple of Person
    left_out : mapping of reason to int
        How many are not, and why.
    """

    number: int
    people: tuple[Person, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def due_letters(running: RunningStudy, wanted: Wanted, *, at: datetime) -> Due:
    """Return who is due for a letter at a moment.

    Raises
    ------
    InnosiError
        If there is nothing to write about now, or one who is named is not on the panel or has withdrawn.
    """
    number = letter_round(running.progress, wanted.kind, at=at)
    who = active_panellists(running.study, wanted.panellists)
    with running.needed_store.reading() as transaction:
        people = read_people(transaction)
        why_not = _reasons(transaction, running, wanted, number, at)
    reasons = {each: _why_not(people.get(each), wanted) or why_not(each) for each in who}
    left_out = Counter(reason for reason in reasons.values() if reason)
    return Due(number, tuple(people[each] for each in who if not reasons[each]), left_out)


def letter_round(progress: Progress, kind: LetterKind, *, at: datetime) -> int:
    """Return the round that a letter is about now.

    Raises
    ------
    InnosiError
        If there is none, or its deadline has passed.
    """
    if kind in ("invitation", "reminder"):
        return _open_round(progress, at)
    if kind == "feedback":
        given = progress.fed_back or (progress.closed if progress.mode == "real_time" else {})
        if not given or (progress.mode == "rounds" and progress.state == "closed"):
            raise InnosiError("no feedback is released that could be sent", mend=progress.next_in_words)
        return max(given)
    if progress.state in ("draft", "open"):
        raise InnosiError(f"there is nothing to thank for: {progress.in_words}", mend=progress.next_in_words)
    return progress.round


def _open_round(progress: Progress, at: datetime) -> int:
    if progress.state != "open":
        raise InnosiError(f"no round is open: {progress.in_words}", mend=progress.next_in_words)
    deadline = progress.deadlines.get(progress.round)
    if deadline is not None and deadline < at.date():
        raise InnosiError(
            f"the deadline of round {progress.round} passed on {deadline}",
            mend="move it (innosi delphi deadline STUDY DAY), or close the round (innosi delphi close STUDY)",
        )
    return progress.round


def _why_not(person: Person | None, wanted: Wanted) -> str:
    if person is None:
        return "neither name nor address is known"
    return "no e-mail address is known" if wanted.needs_address and not person.email else ""


def _reasons(
    transaction: Transaction, running: RunningStudy, wanted: Wanted, number: int, at: datetime
) -> Callable[[str], str]:
    """Return what says why somebody on the panel is not due; '' for who is."""
    study, kind = running.study, wanted.kind
    in_real_time = study.mode == "real_time"
    of_round = None if in_real_time else number
    asked = [each for each in study.questions if running.progress.is_asked(each)]
    finished = finished_panellists(transaction, study, asked, number)
    invited = {
        who
        for who, each in read_mailed(transaction, "invitation", of_round).items()
        if each.sent_at is not None
    }
    remindable = due_for_reminder(study.panel.members, finished, study.panel.withdrawn, invited)
    ended = running.progress.state == "finished"
    answering = answering_panellists(transaction, None if in_real_time or ended else number)
    mailed = read_mailed(transaction, kind, None if in_real_time and kind == "invitation" else number)
    refusers = {who for who, agrees in read_consents(transaction).items() if not agrees}

    def why_not(who: str) -> str:
        if who in refusers:
            return "did not agree to take part"
        if kind in ("invitation", "reminder") and who in finished:
            return "answered everything"
        if kind == "reminder" and who not in remindable:
            return "not invited"
        if kind == "thanks" and who not in answering:
            return "answered nothing"
        return _had(mailed.get(who, Mailed()), wanted, at)

    return why_not


def _had(mailed: Mailed, wanted: Wanted, at: datetime) -> str:
    """Say that somebody had the letter, or may have had it."""
    if mailed.sent_at is not None:
        if not wanted.again:
            return "had it already"
        is_just_sent = at - mailed.sent_at < REST and not wanted.panellists
        return f"had it within the last {REST.seconds // 3600} hours" if is_just_sent else ""
    is_unclear = mailed.failure.startswith(UNCERTAIN) and not wanted.again
    return "may have had it: the connection broke before it was confirmed" if is_unclear else ""
