"""Keeping answers that were found sound: what is new is added, what is the same changes nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from innosi.forecast.answers.differences import Difference, Known, Said, difference_of, taken_back
from innosi.forecast.answers.values import Answer, Answers, Place
from innosi.forecast.running import RunningStudy, keep_draft
from innosi.forecast.store.answers import (
    Source,
    answers_in,
    answers_to,
    given_before,
    record_answers,
    retract_answers,
)
from innosi.forecast.store.arguments import read_proposals, record_arguments, record_proposals
from innosi.forecast.store.imports import record_import
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import is_anonymised, read_consents, record_consent
from innosi.forecast.store.versions import QuestionVersion, record_question
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept of a file, and how.

    Attributes
    ----------
    said : Said
    source : str
        How the answers came.
    file_name, sha256 : str
    is_late : bool
        Whether they are kept apart.
    is_replaced : bool
        Whether they may take the place of others, and a round's table takes back what it does not hold.
    """

    said: Said
    source: Source = "file"
    file_name: str = ""
    sha256: str = ""
    is_late: bool = False
    is_replaced: bool = False


def keep(
    transaction: Transaction, running: RunningStudy, kept: Kept, *, at: datetime, where: str
) -> tuple[Difference, tuple[Place, ...]]:
    """Keep what a file says; return how it differed from what was kept, and which answers it took back.

    Raises
    ------
    AnswerError
        If it contradicts what is kept and `is_replaced` is not said, or the study was made anonymous.
    """
    if is_anonymised(transaction):
        raise AnswerError("the study was made anonymous, and nobody answers it any more", where=where)
    study, said = running.study, kept.said
    versions = _versions(transaction, running, kept, at)
    given = answers_in(transaction, study, said.answers.rounds, is_late=kept.is_late)
    found = difference_of(said, _known(transaction, study, given))
    if not kept.is_replaced:
        is_live = study.mode == "real_time" and not kept.is_late
        changed = [*found.changed, *(_changed_back(transaction, study, found.added) if is_live else ())]
        _refuse_contradiction(found, changed, where)
    back: tuple[Place, ...] = ()
    if kept.is_replaced and not kept.is_late:
        back = taken_back(found.absent, said, study)
    if back or not found.is_nothing:
        _write(transaction, study, kept, (found, back, versions), at)
    return found, back


def _known(transaction: Transaction, study: Study, given: Answers) -> Known:
    return Known(
        given,
        read_consents(transaction),
        read_consents(transaction, text_sha256=_consent_hash(study)),
        frozenset((each.author, each.text) for each in read_proposals(transaction)),
    )


def _consent_hash(study: Study) -> str:
    return hashlib.sha256(study.privacy.consent.encode()).hexdigest()


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


def _changed_back(
    transaction: Transaction, study: Study, added: Sequence[Answer]
) -> list[tuple[Answer, Answer]]:
    """Return what somebody said before, changed before the last snapshot, and now says again: an old file?"""
    old = given_before(transaction, study, added)
    counting = {
        answer.place: answer
        for number, name in {(each.round, each.question) for each in added if each.place in old}
        for answer in answers_to(transaction, study, study.questions[name], number).by_place.values()
    }
    return [
        (counting[now.place], now)
        for now in added
        if now.place in old and counting.get(now.place, now) != now
    ]


def _refuse_contradiction(found: Difference, changed: list[tuple[Answer, Answer]], where: str) -> None:
    if changed:
        raise AnswerError(
            _contradiction(changed),
            mend="import it with --replace if it is right (what it replaces stays in the store's history)",
            where=where,
        )
    if found.changed_consents:
        who = found.changed_consents[0]
        now, was = ("agrees", "did not") if found.consents[who] else ("does not agree", "did")
        others = len(found.changed_consents) - 1
        raise AnswerError(
            f"says that {who} {now} to take part, and what is kept is that they {was}"
            f"{f'; likewise of {others} more' if others else ''}",
            mend="if that is what they said last, import it with --replace, or say so: innosi delphi consent",
            where=where,
        )


def _contradiction(changed: list[tuple[Answer, Answer]]) -> str:
    was, now = min(changed, key=lambda each: each[1].place)
    n = len(changed)
    what = "another reason" if was.values == now.values else _shown(now)
    return (
        f"gives {n} {'answer' if n == 1 else 'answers'} otherwise than kept for round {now.round}:"
        f" {now.panellist}, {now.question} was {_shown(was)} and is now {what}"
    )


def _shown(answer: Answer) -> str:
    return " / ".join(f"{value:g}" for value in answer.values)


def _write(
    transaction: Transaction,
    study: Study,
    kept: Kept,
    what: tuple[Difference, tuple[Place, ...], dict[str, QuestionVersion]],
    at: datetime,
) -> None:
    (found, back, versions), fresh = what, what[0].fresh
    import_id = record_import(
        transaction,
        file_name=kept.file_name.encode(errors="replace").decode(),  # a name may hold what no text can
        sha256=kept.sha256,
        counts=(len(fresh), len(found.changed), len(kept.said.rejections)),
        at=at,
    )
    about: dict[str, Any] = {"at": at, "source": kept.source, "import_id": import_id}
    record_answers(transaction, fresh, versions, study.questions, is_late=kept.is_late, **about)
    retract_answers(transaction, back, versions, **about)
    if not kept.is_late:
        record_arguments(transaction, study, fresh, at=at)
    for number in sorted({each[0] for each in found.proposals}):
        proposed = [(who, text) for round_, who, text in found.proposals if round_ == number]
        record_proposals(transaction, proposed, number=number, at=at)
    record_consent(transaction, found.consents, text_sha256=_consent_hash(study), how=kept.source, at=at)
