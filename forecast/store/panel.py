"""The panel in the store: pseudonyms with their groups here, names and addresses in a table of their own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from innosi.forecast.people.person import Person
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import consents, identities, letters, panellists, studies

_SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Panellist:
    """Somebody who may answer, as the answers know them.

    Attributes
    ----------
    pseudonym, group, language : str
    expertise : tuple of str
    listed_at : datetime
    withdrawn_at : datetime, optional
    """

    pseudonym: str
    group: str
    expertise: tuple[str, ...]
    language: str
    listed_at: datetime
    withdrawn_at: datetime | None = None


def read_panel(transaction: Transaction) -> dict[str, Panellist]:
    """Return everybody on the panel by pseudonym, in the order of the pseudonyms; who withdrew as well."""
    c = panellists.c
    columns = (c.pseudonym, c.group_name, c.expertise, c.language, c.listed_at, c.withdrawn_at)
    query = select(*columns).where(c.study_id == transaction.study_id).order_by(c.pseudonym)
    return {
        row.pseudonym: Panellist(
            row.pseudonym,
            row.group_name,
            tuple(filter(None, row.expertise.split(_SEPARATOR))),
            row.language,
            row.listed_at,
            row.withdrawn_at,
        )
        for row in transaction.connection.execute(query)
    }


def is_anonymised(transaction: Transaction) -> bool:
    """Whether the link between the panel and its people was destroyed: then nobody can answer any more."""
    query = select(studies.c.anonymised_at).where(studies.c.id == transaction.study_id)
    return transaction.connection.execute(query).scalar() is not None


def read_people(transaction: Transaction) -> dict[str, Person]:
    """Return who everybody is, by pseudonym; empty once the study was made anonymous."""
    c = identities.c
    query = select(c.pseudonym, c.name, c.email).where(c.study_id == transaction.study_id)
    panel = read_panel(transaction)
    found = {}
    for pseudonym, name, email in transaction.connection.execute(query.order_by(c.pseudonym)):
        about = panel[pseudonym]
        found[pseudonym] = Person(name, email, about.group, about.expertise, about.language, pseudonym)
    return found


def record_people(transaction: Transaction, people: Iterable[Person], *, at: datetime) -> None:
    """Add people to the panel, each under their pseudonym."""
    people = tuple(people)
    listed = [
        {
            "study_id": transaction.study_id,
            "pseudonym": each.pseudonym,
            "group_name": each.group,
            "expertise": _SEPARATOR.join(each.expertise),
            "language": each.language,
            "listed_at": at,
        }
        for each in people
    ]
    known = [
        {
            "study_id": transaction.study_id,
            "pseudonym": each.pseudonym,
            "name": each.name,
            "email": each.email,
        }
        for each in people
        if each.name or each.email
    ]
    if listed:
        transaction.connection.execute(insert(panellists), listed)
    if known:
        transaction.connection.execute(insert(identities), known)


def change_person(transaction: Transaction, person: Person) -> None:
    """Keep what the list says now of somebody who is on the panel."""
    p, i = panellists.c, identities.c
    of_panel = (p.study_id == transaction.study_id, p.pseudonym == person.pseudonym)
    about = {
        "group_name": person.group,
        "expertise": _SEPARATOR.join(person.expertise),
        "language": person.language,
    }
    transaction.connection.execute(update(panellists).where(*of_panel).values(**about))
    of_person = (i.study_id == transaction.study_id, i.pseudonym == person.pseudonym)
    transaction.connection.execute(delete(identities).where(*of_person))
    if person.name or person.email:
        values = {"pseudonym": person.pseudonym, "name": person.name, "email": person.email}
        transaction.connection.execute(insert(identities).values(study_id=transaction.study_id, **values))


def record_withdrawal(transaction: Transaction, pseudonym: str, *, at: datetime | None) -> None:
    """Keep that a panellist withdrew, or with None came back; their answers stay until they ask otherwise."""
    p = panellists.c
    query = update(panellists).where(p.study_id == transaction.study_id, p.pseudonym == pseudonym)
    transaction.connection.execute(query.values(withdrawn_at=at))


def record_consent(
    transaction: Transaction,
    given: Mapping[str, bool],
    *,
    text_sha256: str,
    how: str,
    at: datetime,
) -> None:
    """Keep who agreed to take part, or did not, to which text, and how they said so."""
    rows = [
        {
            "study_id": transaction.study_id,
            "pseudonym": pseudonym,
            "is_given": is_given,
            "text_sha256": text_sha256,
            "how": how,
            "at": at,
        }
        for pseudonym, is_given in given.items()
    ]
    if rows:
        transaction.connection.execute(insert(consents), rows)


def read_consents(transaction: Transaction, *, text_sha256: str | None = None) -> dict[str, bool]:
    """Return what each panellist said last about taking part; on request, of those asked with one text."""
    c = consents.c
    query = select(c.pseudonym, c.is_given).where(c.study_id == transaction.study_id).order_by(c.id)
    query = query if text_sha256 is None else query.where(c.text_sha256 == text_sha256)
    return {row.pseudonym: row.is_given for row in transaction.connection.execute(query)}


def record_letters(
    transaction: Transaction,
    pseudonyms: Iterable[str],
    *,
    kind: str,
    number: int,
    how: str,
    at: datetime,
    failure: str = "",
) -> None:
    """Keep that letters of a kind (`invitation`, `reminder`, `feedback`, `thanks`) went out, or failed to."""
    rows = [
        {
            "study_id": transaction.study_id,
            "pseudonym": pseudonym,
            "kind": kind,
            "round": number,
            "how": how,
            "at": at,
            "failure": failure,
        }
        for pseudonym in pseudonyms
    ]
    if rows:
        transaction.connection.execute(insert(letters), rows)


def read_letters(transaction: Transaction, kind: str, number: int) -> Iterator[str]:
    """Yield whom a kind of letter reached in a round."""
    c = letters.c
    query = select(c.pseudonym).where(
        c.study_id == transaction.study_id, c.kind == kind, c.round == number, c.failure == ""
    )
    yield from transaction.connection.execute(query.distinct()).scalars()
