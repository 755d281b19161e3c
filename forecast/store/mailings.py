"""Whom letters of a round reached, and who has answered all that it asks: counted in the store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from innosi.forecast.store.answers import answers_of, current_answers
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import letters
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class Mailed:
    """What became of the letters of one kind to one panellist.

    Attributes
    ----------
    sent_at : datetime, optional
        When the last one that went out did so; None where none did.
    failure : str
        Why the last one that was tried failed; '' where it did not.
    """

    sent_at: datetime | None = None
    failure: str = ""


def read_mailed(transaction: Transaction, kind: str, number: int | None) -> Mapping[str, Mailed]:
    """Return what became of letters of a kind by pseudonym, in one round or (None) in all of them."""
    c = letters.c
    query = select(c.pseudonym, c.at, c.failure).where(c.study_id == transaction.study_id, c.kind == kind)
    query = query if number is None else query.where(c.round == number)
    found: dict[str, Mailed] = {}
    for who, at, failure in transaction.connection.execute(query.order_by(c.id)):
        before = found.get(who, Mailed())
        found[who] = replace(before, failure=failure) if failure else Mailed(at)
    return found


def finished_panellists(
    transaction: Transaction, study: Study, questions: Collection[str], number: int
) -> frozenset[str]:
    """Return who has answered every one of some questions in a round, or in real time at any moment."""
    c = answers_of(transaction, study, number).c
    query = select(c.panellist).where(c.question.in_(questions)).group_by(c.panellist)
    query = query.having(func.count(c.question.distinct()) >= len(questions))
    return frozenset(transaction.connection.execute(query).scalars())


def answering_panellists(transaction: Transaction, number: int | None) -> frozenset[str]:
    """Return who has answered anything in a round, or (None) in any."""
    current = current_answers(transaction, number=number)
    return frozenset(transaction.connection.execute(select(current.c.panellist).distinct()).scalars())
