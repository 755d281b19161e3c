"""A proof that something is not in a store any more: not in its tables, nor in the bytes of its files."""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import MetaData, String, Table, select, text
from sqlalchemy.exc import DBAPIError

from innosi.forecast.store.names import SHORTEST, Spotter
from innosi.forecast.store.opening import Store, Transaction
from innosi.forecast.store.rows import of_study
from innosi.forecast.store.tables import metadata

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
"""In which Unicode can write an accented letter: as one, or as a letter and its accent."""
_OF_A_SERVER = (
    "the server's own backups, replicas, log files and write-ahead log are beyond our reach;"
    " ask whoever runs the database how long they are kept"
)
_OF_A_FILE = "copies of the file that were made earlier, backups among them, are beyond our reach"
_NOT_CLEANED = (
    "another program has the store open, so that freed space in it was not given back ({said});"
    " close that program, and look again"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is still there, and where."""

    needle: str
    where: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked for in a store, and what was found of it.

    Attributes
    ----------
    n_needles : int
        How many texts were looked for.
    found : tuple of Found
        Empty where the proof holds.
    skipped : tuple of str
        Too short to be looked for.
    beyond : tuple of str
        What the proof does not reach, in words.
    """

    n_needles: int
    found: tuple[Found, ...]
    skipped: tuple[str, ...]
    beyond: tuple[str, ...]

    @property
    def is_absent(self) -> bool:
        """Whether nothing was found."""
        return not self.found


def prove_absent(store: Store, needles: Iterable[str]) -> Proof:
    """Clean a store's freed space, look for texts in all of it, and return what is left of them.

    Every text column is searched for whole words, in any capitals, with or without accents; other forms of a
    name are not found. Of SQLite, the bytes of the file and of what SQLite keeps beside it are searched as
    well, as UTF-8 and UTF-16; they may hold a text no more often than a database that was made of the rows
    alone, so that a word or a number that holds it by chance proves nothing. Of PostgreSQL, the study's own
    rows are searched, as other studies may know the same people.
    """
    sought = sorted({each.strip() for each in needles} - {""})
    skipped = tuple(each for each in sought if len(each) < SHORTEST)
    sought = [each for each in sought if each not in skipped]
    said = compact_store(store)
    found = [*_found_in_texts(store, sought)]
    if store.is_sqlite:
        found += _found_in_bytes(Path(store.engine.url.database or ""), sought)
    beyond = (_OF_A_FILE if store.is_sqlite else _OF_A_SERVER, _NOT_CLEANED.format(said=said) if said else "")
    return Proof(len(sought), tuple(found), skipped, tuple(filter(None, beyond)))


def compact_store(store: Store) -> str:
    """Give freed space back, so that nothing is left in it; return why that could not be, '' where it was."""
    try:
        if store.is_sqlite:
            return _compact_file(store)
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in metadata.sorted_tables:
                connection.execute(text(f"VACUUM FULL {table.name}"))
    except (DBAPIError, sqlite3.Error) as error:
        return str(error.__cause__ or error).splitlines()[0]
    return ""


def _compact_file(store: Store) -> str:
    with closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute("VACUUM")
        ((is_busy, *_),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.close()
    return "its log is in use" if is_busy else ""


def _found_in_texts(store: Store, needles: Iterable[str]) -> Iterator[Found]:
    spotter, told = Spotter.of(needles), set()
    with store.reading() as transaction:
        for where, value in _all_texts(transaction, store):
            for start, end in spotter.spans(value):
                found = Found(value[start:end], where)
                if found not in told:
                    told.add(found)
                    yield found


def _all_texts(transaction: Transaction, store: Store) -> Iterator[tuple[str, str]]:
    """Yield every text with its table and column; a file's in all its tables, whoever made them."""
    tables = metadata if not store.is_sqlite else MetaData()
    if store.is_sqlite:
        tables.reflect(transaction.connection)
    for table in tables.sorted_tables:
        for column in table.c:
            if isinstance(column.type, String):
                yield from (
                    (f"{table.name}.{column.name}", each) for each in _values(transaction, table, column.name)
                )


def _values(transaction: Transaction, table: Table, column: str) -> Iterator[str]:
    query = select(table.c[column]).distinct()
    if table.metadata is metadata:
        query = query.where(of_study(table, transaction.study_id))
    for value in transaction.connection.execute(query).scalars():
        if value:
            yield str(value)


def _found_in_bytes(path: Path, needles: Iterable[str]) -> Iterator[Found]:
    of_rows = _made_of_rows_alone(path)
    kept = {path.name: path.read_bytes()}
    for end in ("-wal", "-shm", "-journal"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            kept[beside.name] = beside.read_bytes()
    for needle in needles:
        forms = {needle, *(unicodedata.normalize(form, needle) for form in _FORMS)}
        sought = [each.encode(encoding) for each in forms for encoding in _ENCODINGS]
        for name, content in kept.items():
            allowed = of_rows if name == path.name else b""
            if any(content.count(each) > allowed.count(each) for each in sought):
                yield Found(needle, f"the bytes of {name}")


def _made_of_rows_alone(path: Path) -> bytes:
    """The bytes of a database, in memory, that was made anew of a file's rows."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as made:
        source.backup(made)
        made.execute("VACUUM")
        return made.serialize()
