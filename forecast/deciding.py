"""Deciding on what a changed study file says otherwise: each change by itself, and all of them or none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from innosi.forecast.people.person import Person
from innosi.forecast.progress import NEXT, Step
from innosi.forecast.running import (
    TAKEN_OUT,
    RunningStudy,
    content_of,
    list_members,
    read_decided,
    running_within,
)
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import change_person, read_panel, read_people, record_withdrawal
from innosi.forecast.store.steps import record_step
from innosi.forecast.store.versions import current_versions, record_question, record_study_version
from innosi.forecast.study import Study
from innosi.forecast.study_changes import CHOICES, Change, Choice
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest

OF_QUESTIONS: tuple[Choice, ...] = ("reword", "replace", "ask", "drop")
"""Decisions that change what panellists are asked: never while a round is open."""


def decide_changes(
    running: RunningStudy, decisions: Mapping[str, str], *, at: datetime, by: str = ""
) -> tuple[Change, ...]:
    """Decide on every change of a study file, keep the file as the new version, and return the changes.

    Parameters
    ----------
    decisions : mapping of key to choice
        One for each change, such as `{"questions.housing": "reword"}`.

    Raises
    ------
    InnosiError
        If a change has no decision or one that is not possible, or a key is no change; nothing is decided
        then.
    """
    store = running.needed_store
    with store.writing() as transaction:
        now = running_within(transaction, running.found, store)
        changes = now.pending
        if not changes:
            raise InnosiError(
                "has no changes that wait for a decision",
                mend="a study that has not begun is taken as its file says it",
                where=str(now.found.path),
            )
        _check(now, changes, decisions)
        for change in changes:
            step = _apply(transaction, now, change, decisions[change.key], at)
            if step is not None:
                record_step(transaction, replace(step, by=by))
        told = "; ".join(f"{each.key}: {decisions[each.key]}" for each in changes)
        record_study_version(transaction, now.found, content_of(now.found), at=at, decisions=told)
    return changes


def _check(now: RunningStudy, changes: tuple[Change, ...], decisions: Mapping[str, str]) -> None:
    known = {each.key: each for each in changes}
    where = str(now.found.path)
    for key in decisions:
        if key not in known:
            raise InnosiError(f"'{key}' is no change of it{nearest(key, known)}", where=where)
    missing = [key for key in known if key not in decisions]
    if missing:
        raise InnosiError(
            f"{len(missing)} of {len(known)} changes have no decision: {', '.join(missing)}",
            mend=f"decide on each: --decide {missing[0]}={known[missing[0]].choices[0]}",
            where=where,
        )
    for change in changes:
        _check_choice(now, change, decisions[change.key], where)


def _check_choice(now: RunningStudy, change: Change, choice: str, where: str) -> None:
    problem = _why_impossible(now, change)
    if problem:
        raise InnosiError(f"{change.key}: {problem}", mend="change the file back", where=where)
    if choice not in change.choices:
        possible = "; ".join(f"{each} ({CHOICES[each]})" for each in change.choices)
        raise InnosiError(f"{change.key}: '{choice}' is no decision on it", mend=possible, where=where)
    if choice in OF_QUESTIONS and now.progress.state == "finished":
        raise InnosiError(f"{change.key}: the study is finished", mend=NEXT["finished"], where=where)
    if choice in OF_QUESTIONS and now.progress.state == "open" and now.study.mode == "rounds":
        raise InnosiError(
            f"{change.key}: round {now.progress.round} is open, and panellists are answering",
            mend="close the round first (innosi delphi close STUDY), or change the file back",
            where=where,
        )


def _why_impossible(now: RunningStudy, change: Change) -> str:
    """Say why a running study cannot be changed so; '' where it can."""
    if change.key == "mode":
        return "a study that has begun stays as it is, by rounds or in real time"
    if change.key == "rounds" and len(now.found.rounds) < now.progress.round:
        return f"round {now.progress.round} was opened already; the file has {len(now.found.rounds)}"
    if change.key == "panel.minimum_group_size":
        fewer = now.found.panel.minimum_group_size < now.study.panel.minimum_group_size
        return "panellists were promised a larger group" if fewer else ""
    return ""


def _apply(
    transaction: Transaction, now: RunningStudy, change: Change, choice: str, at: datetime
) -> Step | None:
    """Do what was decided; return the step that it means for a question that is dropped, or asked again."""
    is_settled = change.question in now.progress.settled
    if choice in ("reword", "replace", "ask"):
        _record_question(transaction, now, change.question, choice, at)
        if is_settled and choice != "reword":
            return Step("reinstate", at, now.progress.round, change.question, because=choice)
    elif choice == "drop" and not is_settled:
        return Step("settle", at, now.progress.round, change.question, "dropped", TAKEN_OUT)
    elif change.key == "panel.members":
        _change_members(transaction, now.found, at)
    return None


def _record_question(
    transaction: Transaction, now: RunningStudy, name: str, choice: str, at: datetime
) -> None:
    """A question that comes back in other words, or in another form, is another one."""
    question, known = now.found.questions[name], current_versions(transaction).get(name)
    is_same = known is not None and (known.text, known.form) == (question.text, question.form)
    if choice == "ask" and is_same:
        return
    next_round = now.progress.round + (now.progress.state != "open")
    is_another = choice != "reword"
    record_question(transaction, question, at=at, first_round=next_round, is_another=is_another)


def _change_members(transaction: Transaction, found: Study, at: datetime) -> None:
    """Members who are new are on the panel; who is not listed any more has withdrawn, until listed again.

    Nobody is concerned whom the file never listed: they are on the panel by a list of people.
    """
    known, people = read_panel(transaction), read_people(transaction)
    listed, decided = found.panel.members, read_decided(transaction, found)
    before = decided.panel.members if decided else {}
    list_members(transaction, found, at=at)
    for pseudonym, each in known.items():
        group = listed.get(pseudonym)
        if group is None:
            if pseudonym in before and each.withdrawn_at is None:
                record_withdrawal(transaction, pseudonym, at=at)
            continue
        if pseudonym not in before and each.withdrawn_at is not None:
            record_withdrawal(transaction, pseudonym, at=None)
        if group != each.group:
            known_as = people.get(pseudonym, Person("", "", "", each.expertise, each.language, pseudonym))
            change_person(transaction, replace(known_as, group=group))
