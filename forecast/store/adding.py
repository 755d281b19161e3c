"""Adding many rows at once, past what an insert of single rows costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table

BATCH = 20_000
MANY = 50
_PLACEHOLDERS = {"qmark": "?"}


def add_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    same: Mapping[str, Any],
) -> None:
    """Add rows to a table.

    Parameters
    ----------
    columns : sequence of str
        What each row holds: texts and numbers, in this order.
    same : mapping of column to value
        What is the same in every row.
    """
    names = (*columns, *same)
    shared = tuple(_stored(connection, table, name, value) for name, value in same.items())
    place = _PLACEHOLDERS.get(connection.dialect.paramstyle, "%s")
    quoted = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join([place] * len(names))})'
    waiting = (row + shared for row in rows)
    n = 0
    while batch := list(islice(waiting, BATCH)):
        connection.exec_driver_sql(statement, batch)
        n += len(batch)
    if n >= MANY and connection.dialect.name == "postgresql":
        # Until its daemon has looked at the rows, it plans as if there was one: joins of all with all.
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')


def _stored(connection: Connection, table: Table, column: str, value: Any) -> Any:
    """A value as the database's driver takes it."""
    kind = table.c[column].type.dialect_impl(connection.dialect)
    as_stored: Callable[[Any], Any] | None = kind.bind_processor(connection.dialect)
    return as_stored(value) if as_stored else value
