"""What panellists say in their own words: arguments, with votes and moderation, and proposed questions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Table, func, insert, select, update

from innosi.forecast.answers.values import Answer
from innosi.forecast.arguments import Argument
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import argument_votes, arguments, moderations, proposals
from innosi.forecast.study import Study

Action = Literal["hide", "show", "categorise", "edit"]


@dataclass(frozen=True, slots=True)
class Moderation:
    """One act of moderation, as its log keeps it.

    Attributes
    ----------
    argument : int
        Its number.
    action : str
        `hide`, `show`, `categorise` or `edit`.
    value : str
        The category, or the text as edited.
    """

    argument: int
    at: datetime
    action: str
    value: str
    because: str
    by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a panellist misses.

    Attributes
    ----------
    number, round : int
    author : str
        Pseudonym; never shown to panellists.
    text : str
    at : datetime
    decided_at : datetime, optional
    question : str
        The question that it became; '' where it was declined, or is not decided.
    because : str
    """

    number: int
    round: int
    author: str
    text: str
    at: datetime
    decided_at: datetime | None = None
    question: str = ""
    because: str = ""


def record_arguments(
    transaction: Transaction, study: Study, given: Iterable[Answer], *, at: datetime
) -> None:
    """Keep the reasons that came with answers as arguments; what somebody said before is not repeated.

    Numbers follow the hash of the texts: the order of the pseudonyms would tell who wrote what.
    """
    known = _said(transaction)
    number = _last_number(transaction, arguments)
    rows = []
    for answer in sorted(given, key=lambda each: (sha256(each.reason.encode()).digest(), each.place)):
        text = answer.reason.strip()
        is_reason = study.questions[answer.question].type != "text" and bool(text)
        said = (answer.question, answer.panellist, text)
        if is_reason and said not in known:
            known.add(said)
            number += 1
            rows.append(
                {
                    "study_id": transaction.study_id,
                    "number": number,
                    "round": answer.round,
                    "question": answer.question,
                    "author": answer.panellist,
                    "text": text,
                    "at": at,
                }
            )
    if rows:
        transaction.connection.execute(insert(arguments), rows)


def _said(transaction: Transaction) -> set[tuple[str, str, str]]:
    c = arguments.c
    query = select(c.question, c.author, c.text).where(c.study_id == transaction.study_id)
    return {(row.question, row.author, row.text) for row in transaction.connection.execute(query)}


def _last_number(transaction: Transaction, table: Table) -> int:
    query = select(func.max(table.c.number)).where(table.c.study_id == transaction.study_id)
    return transaction.connection.execute(query).scalar() or 0


def read_arguments(transaction: Transaction) -> tuple[Argument, ...]:
    """Return all arguments, oldest first, as moderated, with their votes."""
    found = _as_given(transaction)
    for act in read_moderations(transaction):
        found[act.argument] = _moderated(found[act.argument], act)
    return tuple(found.values())


def arguments_by_text(transaction: Transaction) -> dict[tuple[str, str, str], Argument]:
    """Return arguments as moderated, by question, author and the text as it was given: that of the answer."""
    given = _as_given(transaction).values()
    places = [(each.question, each.author, each.text) for each in given]
    return dict(zip(places, read_arguments(transaction), strict=True))


def _as_given(transaction: Transaction) -> dict[int, Argument]:
    c = arguments.c
    query = (
        select(c.id, c.number, c.round, c.question, c.author, c.text, c.at)
        .where(c.study_id == transaction.study_id)
        .order_by(c.number)
    )
    votes = _votes(transaction)
    found: dict[int, Argument] = {}
    for row in transaction.connection.execute(query):
        n_for, n_against = votes.get(row.id, (0, 0))
        found[row.number] = Argument(
            row.number,
            row.round,
            row.question,
            row.author,
            row.text,
            row.at,
            n_for=n_for,
            n_against=n_against,
        )
    return found


def _moderated(argument: Argument, act: Moderation) -> Argument:
    if act.action == "categorise":
        return replace(argument, category=act.value)
    if act.action == "edit":
        return replace(argument, text=act.value)
    return replace(argument, is_hidden=act.action == "hide")


def _votes(transaction: Transaction) -> Mapping[int, tuple[int, int]]:
    """How many voted for and against each argument; of each voter the last vote counts."""
    v = argument_votes.c
    last = (
        select(func.max(v.id).label("id"))
        .join(arguments, arguments.c.id == v.argument_id)
        .where(arguments.c.study_id == transaction.study_id)
        .group_by(v.argument_id, v.voter)
        .subquery()
    )
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in transaction.connection.execute(
        select(v.argument_id, v.vote).join(last, last.c.id == v.id).where(v.vote != 0)
    ):
        counts[row.argument_id][0 if row.vote > 0 else 1] += 1
    return {number: (n_for, n_against) for number, (n_for, n_against) in counts.items()}


def read_votes(transaction: Transaction) -> dict[tuple[int, str], int]:
    """Return what each voter said last of each argument, by its number and the voter's pseudonym."""
    v, c = argument_votes.c, arguments.c
    query = (
        select(c.number, v.voter, v.vote)
        .join(arguments, c.id == v.argument_id)
        .where(c.study_id == transaction.study_id)
        .order_by(v.id)
    )
    return {(row.number, row.voter): row.vote for row in transaction.connection.execute(query)}


def read_moderations(transaction: Transaction) -> tuple[Moderation, ...]:
    """Return every act of moderation, oldest first."""
    m = moderations.c
    query = (
        select(arguments.c.number, m.at, m.action, m.value, m.because, m.by)
        .join(arguments, arguments.c.id == m.argument_id)
        .where(arguments.c.study_id == transaction.study_id)
        .order_by(m.id)
    )
    return tuple(Moderation(*row) for row in transaction.connection.execute(query))


def record_moderation(transaction: Transaction, act: Moderation) -> None:
    """Keep an act of moderation; the argument as it was given stays in the store."""
    transaction.connection.execute(
        insert(moderations).values(
            argument_id=_id_of(transaction, act.argument),
            at=act.at,
            action=act.action,
            value=act.value,
            because=act.because,
            by=act.by,
        )
    )


def record_votes(transaction: Transaction, votes: Iterable[tuple[int, str, int]], *, at: datetime) -> None:
    """Keep votes: number of the argument, voter's pseudonym, and 1 (for), −1 (against) or 0 (taken back)."""
    ids = dict(_numbers(transaction))
    rows = [
        {"argument_id": ids[number], "voter": voter, "vote": vote, "at": at} for number, voter, vote in votes
    ]
    if rows:
        transaction.connection.execute(insert(argument_votes), rows)


def _numbers(transaction: Transaction) -> list[tuple[int, int]]:
    c = arguments.c
    query = select(c.number, c.id).where(c.study_id == transaction.study_id)
    return [(row.number, row.id) for row in transaction.connection.execute(query)]


def _id_of(transaction: Transaction, number: int) -> int:
    c = arguments.c
    query = select(c.id).where(c.study_id == transaction.study_id, c.number == number)
    return transaction.connection.execute(query).scalar_one()


def record_proposals(
    transaction: Transaction, given: Iterable[tuple[str, str]], *, number: int, at: datetime
) -> None:
    """Keep questions that panellists miss: (pseudonym, text); what somebody proposed before stands once."""
    known = {(each.author, each.text) for each in read_proposals(transaction)}
    last = _last_number(transaction, proposals)
    rows = []
    for author, text in given:
        if text.strip() and (author, text.strip()) not in known:
            last += 1
            rows.append(
                {
                    "study_id": transaction.study_id,
                    "number": last,
                    "round": number,
                    "author": author,
                    "text": text.strip(),
                    "at": at,
                }
            )
    if rows:
        transaction.connection.execute(insert(proposals), rows)


def read_proposals(transaction: Transaction) -> tuple[Proposal, ...]:
    """Return all proposed questions, oldest first."""
    c = proposals.c
    columns = (c.number, c.round, c.author, c.text, c.at, c.decided_at, c.question, c.because)
    query = select(*columns).where(c.study_id == transaction.study_id).order_by(c.number)
    return tuple(Proposal(*row) for row in transaction.connection.execute(query))


def decide_proposal(
    transaction: Transaction, number: int, *, question: str, because: str, at: datetime
) -> None:
    """Keep which question a proposal became; '' where it was declined."""
    c = proposals.c
    query = update(proposals).where(c.study_id == transaction.study_id, c.number == number)
    transaction.connection.execute(query.values(decided_at=at, question=question, because=because))
