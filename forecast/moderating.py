"""Moderating what panellists say: arguments are hidden, edited or sorted, and proposals decided on."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from innosi.forecast.arguments import Argument
from innosi.forecast.running import RunningStudy, keep_draft, running_within
from innosi.forecast.store.arguments import (
    Action,
    Moderation,
    Proposal,
    decide_proposal,
    read_arguments,
    read_proposals,
    record_moderation,
)
from innosi.forecast.store.opening import Transaction
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest

ACTIONS: tuple[Action, ...] = get_args(Action)


def arguments_of(
    running: RunningStudy, *, number: int | None = None, question: str = "", only_hidden: bool = False
) -> tuple[Argument, ...]:
    """Return a study's arguments as moderated, oldest first.

    Parameters
    ----------
    number : int, optional
        Those that were given in this round.
    question : str, optional
        Those about this question.
    """
    if question:
        running.study.question(question)
    if number is not None:
        running.study.check_round(number)
    with running.needed_store.reading() as transaction:
        found = read_arguments(transaction)
    return tuple(
        each
        for each in found
        if number in (None, each.round)
        and question in ("", each.question)
        and (each.is_hidden or not only_hidden)
    )


def moderate(
    running: RunningStudy,
    number: int,
    action: Action,
    value: str = "",
    *,
    because: str,
    at: datetime,
    by: str = "",
) -> Argument:
    """Moderate an argument, and return it as it is now; the argument as it was given stays in the store.

    Parameters
    ----------
    action : {'hide', 'show', 'edit', 'categorise'}
    value : str
        The text as edited, or the name of a category of the study.

    Raises
    ------
    InnosiError
        If there is no such argument or category, a value is missing or not called for, no reason is given,
        or the argument is so already.
    """
    store, value = running.needed_store, value.strip()
    if not because.strip():
        raise InnosiError("moderation needs a reason, which its log keeps", mend='say --because "…"')
    _check_value(running.study, action, value)
    with store.writing() as transaction:
        before = _argument(transaction, number, store.where)
        record_moderation(transaction, Moderation(number, at, action, value, because.strip(), by))
        after = _argument(transaction, number, store.where)
        if after == before:
            raise InnosiError(
                f"argument {number} is so already", mend="nothing is left to be done", where=store.where
            )
    return after


def _check_value(study: Study, action: Action, value: str) -> None:
    where = str(study.path)
    if action in ("hide", "show"):
        if value:
            raise InnosiError(f"'{action}' takes no text ('{value[:40]}')", mend="leave it out")
    elif action == "edit":
        if not value:
            raise InnosiError("edit needs the text as it shall be read", mend="give it, in quotation marks")
    elif not study.argument_categories:
        raise InnosiError(
            "has no categories of arguments", mend="add some under `argument_categories`", where=where
        )
    elif value not in study.argument_categories:
        raise InnosiError(
            f"there is no category '{value}'{nearest(value, study.argument_categories)}",
            mend="name one of `argument_categories`",
            where=where,
        )


def _argument(transaction: Transaction, number: int, where: str) -> Argument:
    found = {each.number: each for each in read_arguments(transaction)}
    if number not in found:
        raise InnosiError(f"there is no argument {number}{_numbers(found)}", mend=_SEE, where=where)
    return found[number]


_SEE = "see their numbers: innosi delphi arguments STUDY"


def _numbers(known: dict[int, Argument]) -> str:
    return f"; they run from 1 to {max(known)}" if known else "; nobody has given any yet"


def proposals_of(running: RunningStudy) -> tuple[Proposal, ...]:
    """Return the questions that panellists miss, oldest first."""
    with running.needed_store.reading() as transaction:
        return read_proposals(transaction)


def accept_proposal(
    running: RunningStudy, number: int, question: str, *, because: str = "", at: datetime
) -> Proposal:
    """Keep that a proposal became a question of the study, and return it.

    Raises
    ------
    InnosiError
        If there is no such proposal, the study does not ask the question yet, or the proposal was accepted.
    """
    store = running.needed_store
    with store.writing() as transaction:
        now = running_within(transaction, running.found, store)
        _check_question(transaction, now, question, at)
        _check_undecided(transaction, number, store.where)
        decide_proposal(transaction, number, question=question, because=because, at=at)
        return _proposal(transaction, number, store.where)


def decline_proposal(running: RunningStudy, number: int, *, because: str, at: datetime) -> Proposal:
    """Keep that a proposal is not asked, and why; return it.

    Raises
    ------
    InnosiError
        If there is no such proposal, no reason is given, or the proposal was accepted.
    """
    if not because.strip():
        raise InnosiError("declining a proposal needs a reason, which is kept", mend='say --because "…"')
    store = running.needed_store
    with store.writing() as transaction:
        _check_undecided(transaction, number, store.where)
        decide_proposal(transaction, number, question="", because=because.strip(), at=at)
        return _proposal(transaction, number, store.where)


def _check_question(transaction: Transaction, now: RunningStudy, question: str, at: datetime) -> None:
    where = str(now.found.path)
    if question not in now.found.questions:
        raise InnosiError(
            f"there is no question '{question}' in the study file{nearest(question, now.found.questions)}",
            mend="write it into the study file, then: innosi delphi changes STUDY",
            where=where,
        )
    if question not in keep_draft(transaction, now.found, at=at):
        raise InnosiError(
            f"the question '{question}' waits for a decision",
            mend="decide on it first: innosi delphi changes STUDY",
            where=where,
        )


def _check_undecided(transaction: Transaction, number: int, where: str) -> None:
    """What was declined may be taken up after all; what was asked stays asked."""
    question = _proposal(transaction, number, where).question
    if question:
        raise InnosiError(
            f"proposal {number} became the question '{question}'",
            mend="a question is dropped by: innosi delphi question STUDY NAME",
            where=where,
        )


def _proposal(transaction: Transaction, number: int, where: str) -> Proposal:
    found: Sequence[Proposal] = read_proposals(transaction)
    for each in found:
        if each.number == number:
            return each
    many = f"; they run from 1 to {max(each.number for each in found)}" if found else "; there are none yet"
    raise InnosiError(
        f"there is no proposal {number}{many}",
        mend="see their numbers: innosi delphi proposals STUDY",
        where=where,
    )
