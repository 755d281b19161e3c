"""Rows of any table of the store: which of them are a study's, and new ids for more."""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, text

from innosi.forecast.store.tables import metadata, studies

Item = TypeVar("Item")
BATCH = 5_000
"""How many rows are held at a time."""


def of_study(table: Table, study_id: int) -> ColumnElement[bool]:
    """Return the condition that a row is a study's: by itself, or by what it is a part of."""
    if table is studies:
        return table.c.id == study_id
    if "study_id" in table.c:
        return table.c.study_id == study_id
    column = next(column for column in table.c if column.foreign_keys)
    whole = next(iter(column.foreign_keys)).column.table
    return column.in_(select(whole.c.id).where(whole.c.study_id == study_id))


def delete_rows(connection: Connection, study_id: int) -> None:
    """Delete everything of a study but the row that names it."""
    for table in reversed(metadata.sorted_tables):
        if table is not studies:
            connection.execute(delete(table).where(of_study(table, study_id)))


def new_ids(connection: Connection, table: Table, n: int) -> Iterable[int]:
    """Return ids that no row has; on PostgreSQL from its sequence, since other studies write beside us."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
        return list(connection.execute(query, {"name": table.name, "n": n}).scalars())
    last = connection.execute(select(func.max(table.c.id))).scalar() or 0
    return islice(count(last + 1), n)


def in_batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield items a batch at a time."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
