"""Keeping answers that were found sound: what is new is added, what is the same changes nothing."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from innosi.forecast.answers.checking import Proposed
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.running import RunningStudy, keep_draft, running_within
from innosi.forecast.store.answers import Source, answers_in, record_answers, retract_answers
from innosi.forecast.store.arguments import read_proposals, record_arguments, record_proposals
from innosi.forecast.store.imports import record_import
from innosi.forecast.store.opening import Store, Transaction
from innosi.forecast.store.panel import is_anonymised, read_consents, record_consent
from innosi.forecast.store.versions import QuestionVersion, record_question
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class RoundImport:
    """What an import did to one round.

    Attributes
    ----------
    n_added, n_same, n_changed : int
        Answers that are new, that were kept already, and that count now in the place of others.
    n_absent : int
        Kept answers that are not in the table: they stay, unless the round is replaced.
    """

    number: int
    n_added: int
    n_same: int
    n_changed: int
    n_absent: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept of one file.

    Attributes
    ----------
    answers : Answers
    consents : mapping of pseudonym to bool
    proposals : tuple of (round, pseudonym, text)
    source : str
        How the answers came.
    is_late : bool
        Whether they are kept apart.
    is_replaced : bool
        Whether they may take the place of others, and what the file does not hold counts no longer.
    panellists : frozenset of str, optional
        Whose answers the file holds, where it is not a whole round: of the others nothing is replaced.
    file_name, sha256 : str
    n_rejected : int
    """

    answers: Answers
    consents: Mapping[str, bool] = field(default_factory=dict)
    proposals: tuple[Proposed, ...] = ()
    source: Source = "file"
    is_late: bool = False
    is_replaced: bool = False
    panellists: frozenset[str] | None = None
    file_name: str = ""
    sha256: str = ""
    n_rejected: int = 0

    @property
    def rounds(self) -> tuple[int, ...]:
        """The rounds that it says anything of."""
        return tuple(sorted({*self.answers.rounds, *(number for number, _, _ in self.proposals)}))


@dataclass(frozen=True, slots=True)
class Changes:
    """What was kept of a file: what it did to each round, and what it said anew beside the answers."""

    rounds: tuple[RoundImport, ...]
    n_consents: int = 0
    n_proposals: int = 0


def keep_answers(store: Store, found: Study, kept: Kept, *, at: datetime, where: str) -> Changes:
    """Keep a file's answers in one transaction; return what that changed.

    Raises
    ------
    AnswerError
        If they contradict answers that are kept and `is_replaced` is not said, or a round was closed
        meanwhile.
    """
    with store.writing() as transaction:
        running = running_within(transaction, found, store)
        running.check_decided()
        if is_anonymised(transaction):
            raise AnswerError("the study was made anonymous, and nobody answers it any more", where=where)
        _check_still_open(running, kept, where)
        versions = _versions(transaction, running, kept, at)
        before = _before(transaction, running.study, kept)
        kept = _without_known(transaction, running.study, kept)
        compared = tuple(_compare(before, kept.answers, number) for number in kept.answers.rounds)
        _refuse_contradiction(compared, before, kept, where)
        if not _changes_nothing(compared, kept):
            _write(transaction, running.study, kept, (before, versions), at)
    return Changes(compared, len(kept.consents), len(kept.proposals))


def _before(transaction: Transaction, study: Study, kept: Kept) -> Answers:
    """The answers with which the file's are compared."""
    before = answers_in(transaction, study, kept.answers.rounds, is_late=kept.is_late)
    if kept.panellists is None:
        return before
    return Answers.of(each for each in before.by_place.values() if each.panellist in kept.panellists)


def _without_known(transaction: Transaction, study: Study, kept: Kept) -> Kept:
    """What is said beside the answers, without what the same panellists said before."""
    said = read_consents(transaction, text_sha256=_consent_hash(study))
    proposed = {(each.author, each.text) for each in read_proposals(transaction)}
    return replace(
        kept,
        consents={who: agrees for who, agrees in kept.consents.items() if said.get(who) != agrees},
        proposals=tuple(each for each in kept.proposals if each[1:] not in proposed),
    )


def _consent_hash(study: Study) -> str:
    return hashlib.sha256(study.privacy.consent.encode()).hexdigest()


def _changes_nothing(compared: tuple[RoundImport, ...], kept: Kept) -> bool:
    is_same = not any(each.n_added or each.n_changed for each in compared)
    removes = kept.is_replaced and any(each.n_absent for each in compared)
    return is_same and not removes and not kept.consents and not kept.proposals


def _check_still_open(running: RunningStudy, kept: Kept, where: str) -> None:
    """Somebody else may have closed the round, or ended the study, since the file was checked."""
    for number in kept.rounds:
        reason = running.progress.why_not_admitted(number, is_late=kept.is_late)
        if reason:
            raise AnswerError(reason, mend=running.progress.mend_of(number), where=where)


def _versions(
    transaction: Transaction, running: RunningStudy, kept: Kept, at: datetime
) -> dict[str, QuestionVersion]:
    """The version of each question; `--replace` lets a draft's question take another form."""
    versions = keep_draft(transaction, running.found, at=at)
    if kept.is_replaced and not running.progress.is_running:
        for name, question in running.study.questions.items():
            if versions[name].form != question.form:
                versions[name] = record_question(transaction, question, at=at, first_round=1, is_another=True)
    return versions


def _compare(before: Answers, new: Answers, number: int) -> RoundImport:
    mine = {answer.place: answer for answer in before.in_round(number)}
    theirs = {answer.place: answer for answer in new.in_round(number)}
    n_same = sum(mine.get(place) == answer for place, answer in theirs.items())
    n_known = sum(place in mine for place in theirs)
    return RoundImport(
        number,
        n_added=len(theirs) - n_known,
        n_same=n_same,
        n_changed=n_known - n_same,
        n_absent=len(mine) - n_known,
    )


def _refuse_contradiction(compared: tuple[RoundImport, ...], before: Answers, kept: Kept, where: str) -> None:
    changed = [each for each in compared if each.n_changed]
    if changed and not kept.is_replaced:
        raise AnswerError(
            _contradiction(changed, before, kept.answers),
            mend="import it with --replace if it is right (what it replaces stays in the store's history)",
            where=where,
        )


def _contradiction(changed: list[RoundImport], before: Answers, new: Answers) -> str:
    number = changed[0].number
    for answer in new.in_round(number):
        was = before.by_place.get(answer.place)
        if was is not None and was != answer:
            n = sum(each.n_changed for each in changed)
            what = "another reason" if was.values == answer.values else _shown(answer)
            return (
                f"gives {n} {'answer' if n == 1 else 'answers'} otherwise than kept for round {number}:"
                f" {answer.panellist}, {answer.question} was {_shown(was)} and is now {what}"
            )
    return "contradicts the answers that are kept"


def _shown(answer: Answer) -> str:
    return " / ".join(f"{value:g}" for value in answer.values)


def _write(
    transaction: Transaction,
    study: Study,
    kept: Kept,
    known: tuple[Answers, dict[str, QuestionVersion]],
    at: datetime,
) -> None:
    before, versions = known
    fresh = list(_fresh(before, kept))
    import_id = record_import(
        transaction,
        file_name=kept.file_name,
        sha256=kept.sha256,
        counts=(len(fresh), sum(each.place in before.by_place for each in fresh), kept.n_rejected),
        at=at,
    )
    about: dict[str, Any] = {"at": at, "source": kept.source, "import_id": import_id}
    record_answers(transaction, fresh, versions, study.questions, is_late=kept.is_late, **about)
    if kept.is_replaced and not kept.is_late:
        absent = [
            place
            for place in before.by_place
            if place[0] in kept.answers.rounds and place not in kept.answers.by_place
        ]
        retract_answers(transaction, absent, versions, **about)
    if not kept.is_late:
        record_arguments(transaction, study, fresh, at=at)
    for number in kept.rounds:
        proposed = [(who, text) for round_, who, text in kept.proposals if round_ == number]
        record_proposals(transaction, proposed, number=number, at=at)
    record_consent(transaction, kept.consents, text_sha256=_consent_hash(study), how=kept.source, at=at)


def _fresh(before: Answers, kept: Kept) -> Iterator[Answer]:
    for place, answer in kept.answers.by_place.items():
        if before.by_place.get(place) != answer:
            yield answer
