"""What one panellist may ask of a study: to see all that is kept of them, and to have it deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, delete, func, insert, select, update

from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.store.absence import Proof, prove_absent
from innosi.forecast.store.listed_members import take_out_members
from innosi.forecast.store.names import SHORTEST, Spotter
from innosi.forecast.store.opening import Store, Transaction
from innosi.forecast.store.rows import of_study
from innosi.forecast.store.tables import (
    answers,
    argument_votes,
    arguments,
    consents,
    erasures,
    identities,
    imports,
    letters,
    moderations,
    panellists,
    proposals,
    question_versions,
)
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest

OF_A_PERSON = (
    (panellists, "pseudonym"),
    (identities, "pseudonym"),
    (consents, "pseudonym"),
    (letters, "pseudonym"),
    (answers, "panellist"),
    (arguments, "author"),
    (argument_votes, "voter"),
    (proposals, "author"),
)
"""Every table that has rows of a person, with the column that says whose they are."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was deleted of a person.

    Attributes
    ----------
    n_answers : int
        Answers, with those that were replaced, taken back, or came late.
    n_arguments : int
    proof : Proof
        That nothing is left.
    """

    n_answers: int
    n_arguments: int
    proof: Proof


def erase_panellist(store: Store, pseudonym: str, *, because: str, by: str, at: datetime) -> Erasure:
    """Delete everything of a panellist, for good, and look whether anything of it is left.

    What stays is that somebody was erased, when, why, by whom, and how many answers and arguments that took.

    Raises
    ------
    InnosiError
        If the store does not know the panellist, or `because` tells who it is.
    """
    with store.writing() as transaction:
        pseudonym = _known(transaction, pseudonym, store.where)
        needles = _needles(transaction, pseudonym)
        _refuse_telling(because, needles)
        counts = _delete(transaction, pseudonym)
        take_out_members(transaction, [pseudonym])
        transaction.connection.execute(
            insert(erasures).values(
                study_id=transaction.study_id,
                at=at,
                n_answers=counts["answers"],
                n_arguments=counts["arguments"],
                because=because,
                by=by,
            )
        )
    return Erasure(counts["answers"], counts["arguments"], prove_absent(store, needles))


def pseudonyms_within(transaction: Transaction) -> set[str]:
    """Return every pseudonym that the store knows, from wherever."""
    found: set[str] = set()
    for table, name in OF_A_PERSON:
        query = select(table.c[name]).where(of_study(table, transaction.study_id)).distinct()
        found |= set(transaction.connection.execute(query).scalars())
    return found


def _known(transaction: Transaction, pseudonym: str, where: str) -> str:
    known = pseudonyms_within(transaction)
    for written in (pseudonym, as_written(pseudonym)):
        if written in known:
            return written
    raise InnosiError(
        f"knows no panellist '{pseudonym}'{nearest(as_written(pseudonym), known)}",
        mend="give the pseudonym as the panel's list has it",
        where=where,
    )


def _needles(transaction: Transaction, pseudonym: str) -> tuple[str, ...]:
    query = select(identities.c.name, identities.c.email).where(*_theirs(transaction, identities, pseudonym))
    found = transaction.connection.execute(query).all()
    return tuple(filter(None, (pseudonym, *(text for row in found for text in row))))


def _refuse_telling(because: str, needles: Iterable[str]) -> None:
    spotter = Spotter.of(each for each in needles if len(each) >= SHORTEST)
    if any(spotter.spans(because)):
        raise InnosiError(
            "the reason for the erasure tells who is erased, and it is kept",
            mend="give it without name, address and pseudonym",
        )


def _theirs(transaction: Transaction, table: Table, pseudonym: str) -> tuple[ColumnElement[bool], ...]:
    name = next(column for each, column in OF_A_PERSON if each is table)
    return of_study(table, transaction.study_id), table.c[name] == pseudonym


def _delete(transaction: Transaction, pseudonym: str) -> dict[str, int]:
    """Delete what is a part of their rows first, then the rows; return how many of each table."""
    their_arguments = select(arguments.c.id).where(*_theirs(transaction, arguments, pseudonym))
    connection = transaction.connection
    connection.execute(delete(moderations).where(moderations.c.argument_id.in_(their_arguments)))
    connection.execute(delete(argument_votes).where(argument_votes.c.argument_id.in_(their_arguments)))
    query = select(answers.c.import_id).where(*_theirs(transaction, answers, pseudonym)).distinct()
    their_files = [each for each in connection.execute(query).scalars() if each is not None]
    counts = {
        table.name: connection.execute(delete(table).where(*_theirs(transaction, table, pseudonym))).rowcount
        for table, _ in OF_A_PERSON
    }
    _forget_files(transaction, their_files)
    return counts


def _forget_files(transaction: Transaction, numbers: list[int]) -> None:
    """A file that held nobody else's answers is often called after its sender, who may still have it."""
    others = select(answers.c.import_id).where(answers.c.import_id.is_not(None))
    c = imports.c
    query = update(imports).where(
        of_study(imports, transaction.study_id), c.id.in_(numbers), c.id.not_in(others)
    )
    transaction.connection.execute(query.values(file_name="", sha256=""))


def personal_data(store: Store, pseudonym: str) -> dict[str, Any]:
    """Return everything that is kept of a panellist, as it is kept; see `access.data_of_person`.

    Raises
    ------
    InnosiError
        If the store does not know the panellist.
    """
    with store.reading() as transaction:
        pseudonym = _known(transaction, pseudonym, store.where)
        kept = {
            table.name: _rows(transaction, table, pseudonym)
            for table, _ in OF_A_PERSON
            if table not in (answers, arguments, argument_votes)
        }
        return {
            "study": store.name,
            "pseudonym": pseudonym,
            **kept,
            "answers": _answers(transaction, pseudonym),
            "arguments": _arguments(transaction, pseudonym),
            "argument_votes": _votes(transaction, pseudonym),
        }


def _rows(transaction: Transaction, table: Table, pseudonym: str) -> list[dict[str, Any]]:
    hidden = {"id", "study_id", "import_id", "question_version_id"}
    query = select(*(column for column in table.c if column.name not in hidden))
    query = query.where(*_theirs(transaction, table, pseudonym)).order_by(table.c.id)
    return [_plain(row) for row in transaction.connection.execute(query).mappings()]


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _answers(transaction: Transaction, pseudonym: str) -> list[dict[str, Any]]:
    """Every answer, also those that were replaced, taken back or late, with the question as it was asked."""
    c, asked = answers.c, question_versions.c
    columns = (c.round, c.question, asked.text, asked.form, c.parts, c.reason, c.at, c.source)
    query = (
        select(*columns, c.is_retracted, c.is_late)
        .join(question_versions, asked.id == c.question_version_id)
        .where(*_theirs(transaction, answers, pseudonym))
        .order_by(c.id)
    )
    return [_plain(row) for row in transaction.connection.execute(query).mappings()]


def _arguments(transaction: Transaction, pseudonym: str) -> list[dict[str, Any]]:
    """Every argument as it was given, with what moderation did to it and how others voted."""
    return [
        {
            **{name: value for name, value in _plain(row).items() if name not in ("id", "study_id")},
            "moderation": _parts_of_argument(transaction, moderations, row["id"]),
            "votes_by_others": _n_votes(transaction, row["id"]),
        }
        for row in transaction.connection.execute(
            select(arguments).where(*_theirs(transaction, arguments, pseudonym)).order_by(arguments.c.id)
        ).mappings()
    ]


def _parts_of_argument(transaction: Transaction, table: Table, argument: int) -> list[dict[str, Any]]:
    shown = [column for column in table.c if column.name not in ("id", "argument_id", "by")]
    query = select(*shown).where(table.c.argument_id == argument).order_by(table.c.id)
    return [_plain(row) for row in transaction.connection.execute(query).mappings()]


def _n_votes(transaction: Transaction, argument: int) -> int:
    query = select(func.count()).where(argument_votes.c.argument_id == argument)
    return transaction.connection.execute(query).scalar_one()


def _votes(transaction: Transaction, pseudonym: str) -> list[dict[str, Any]]:
    v = argument_votes.c
    query = (
        select(arguments.c.number.label("argument"), v.vote, v.at)
        .join(arguments, arguments.c.id == v.argument_id)
        .where(*_theirs(transaction, argument_votes, pseudonym))
        .order_by(v.id)
    )
    return [_plain(row) for row in transaction.connection.execute(query).mappings()]
