"""Restoring a backup: into SQLite or PostgreSQL, so that it is the way from one to the other as well."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as with_other
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    Double,
    Float,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    select,
    update,
)

from innosi.forecast.store.backups import Backup, kept_name, kept_questions, opened_backup
from innosi.forecast.store.errors import DamagedStore, StoreError
from innosi.forecast.store.opening import Store, making_store, store_file, upgrade_schema
from innosi.forecast.store.rows import delete_rows, in_batches, new_ids
from innosi.forecast.store.tables import SCHEMA, UTCDateTime, answers, erasures, metadata, studies
from innosi.forecast.study import Study

Rows = Callable[[Table], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored.

    Attributes
    ----------
    where : str
        Into which store.
    key, name : str
        Of the study.
    written_at, restored_at : datetime
        What was kept between the two is not in it.
    schema : str
        Of the backup; the store has this version's.
    n_rows : mapping of table to int
    n_erasures_undone : int
        How many people were erased from the store after the backup was made: they are in it again, and have
        to be erased again.
    put_aside : Path, optional
        Where the damaged file lies now whose place the store took.
    """

    where: str
    key: str
    name: str
    written_at: datetime
    restored_at: datetime
    schema: str
    n_rows: Mapping[str, int]
    n_erasures_undone: int = 0
    put_aside: Path | None = None

    @property
    def is_upgraded(self) -> bool:
        """Whether the backup came from an older version, and was brought to this one."""
        return self.schema != SCHEMA


def restore_backup(path: Path, study: Study, *, at: datetime, replace: bool = False) -> RestoreReport:
    """Put a backup into a study's store, wholly or not at all.

    Parameters
    ----------
    replace : bool
        Whether it takes the place of what the store holds of the study. A file that is damaged is put aside.

    Raises
    ------
    StoreError
        If the backup was damaged or edited, is newer than this version of innosi, or of another study; or the
        store holds the study already.
    """
    with opened_backup(path) as backup:
        _check_study(backup, study)
        with _current_rows(backup) as rows:
            file = store_file(study)
            if file is not None and not file.exists():
                return _restore_file(file, backup, rows, study, at)
            try:
                return _restore_into(study, backup, rows, at=at, replaces=replace)
            except DamagedStore:
                if file is None or not replace:
                    raise
                return _restore_over_damaged(file, backup, rows, study, at)


def _restore_into(study: Study, backup: Backup, rows: Rows, *, at: datetime, replaces: bool) -> RestoreReport:
    with making_store(study) as (connection, store):
        n_undone = _check_place(connection, store, backup, replaces=replaces)
        n_rows = _put_rows(connection, rows, store)
    made = backup.manifest
    return RestoreReport(store.where, made.key, store.name, made.at, at, made.schema, n_rows, n_undone)


def _restore_file(file: Path, backup: Backup, rows: Rows, study: Study, at: datetime) -> RestoreReport:
    """Make the file under another name first, so that there is a whole one or none."""
    made = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    beside = with_other(study, name=study.name or file.stem, store_url=f"sqlite:///{made}")
    try:
        report = _restore_into(beside, backup, rows, at=at, replaces=False)
        if file.exists():
            raise _holds_already(str(file), "")
        made.rename(file)
    finally:
        for end in ("", "-wal", "-shm"):
            made.with_name(made.name + end).unlink(missing_ok=True)
    return with_other(report, where=str(file))


def _restore_over_damaged(
    file: Path, backup: Backup, rows: Rows, study: Study, at: datetime
) -> RestoreReport:
    aside = {
        file.with_name(file.name + end): file.with_name(f"{file.name}.damaged-{at:%Y%m%d-%H%M%S}{end}")
        for end in ("", "-wal", "-shm")
    }
    moved = {old: new for old, new in aside.items() if old.exists()}
    for old, new in moved.items():
        old.rename(new)
    try:
        report = _restore_file(file, backup, rows, study, at)
    except BaseException:
        for old, new in moved.items():
            new.rename(old)
        raise
    return with_other(report, put_aside=aside[file])


def _check_study(backup: Backup, study: Study) -> None:
    """A name in the study file says whose backup it is; where it had none, that of the file."""
    name, questions = backup.manifest.name, kept_questions(backup)
    is_like = not questions or bool(questions & set(study.questions))
    if study.name == name or (name == study.path.stem and is_like and not kept_name(backup)):
        return
    asked = ", ".join(sorted(questions)[:5]) or "nothing"
    raise StoreError(
        f"is the backup of another study: of '{name}', which asks {asked}",
        mend=f"name the backup of {study.name or study.path.name}, or the study file of the backup",
        where=str(backup.path),
    )


def _check_place(connection: Connection, store: Store, backup: Backup, *, replaces: bool) -> int:
    """Refuse what may not be replaced; return how many erasures would be undone."""
    mine, key = _row_of(connection, store, key=backup.manifest.key), backup.manifest.key
    if mine is None:
        return 0
    if mine.key != key:
        raise StoreError(
            f"is the backup of another study: its key is {key}, and that of {store.where} is {mine.key}",
            mend="name the backup of this study, or the study file of the backup",
            where=str(backup.path),
        )
    if not store.is_sqlite and mine.name != store.name:
        raise StoreError(
            f"holds this study already, under the name '{mine.name}'",
            mend=f"write `name: {mine.name}` in the study file",
            where=store.where,
        )
    if not replaces:
        raise _holds_already(store.where, f", with {_count(connection, answers, mine.id):,} answers")
    (before,) = backup.rows(studies.name)
    if mine.anonymised_at is not None and before["anonymised_at"] is None:
        raise StoreError(
            f"was made before the study was anonymised on {mine.anonymised_at:%Y-%m-%d}, which is not undone",
            mend="destroy the backup, and make another one of the store as it is",
            where=str(backup.path),
        )
    return max(0, _count(connection, erasures, mine.id) - backup.manifest.members["erasures"].n_rows)


def _row_of(connection: Connection, store: Store, *, key: str) -> Any:
    """The study's row in its store, by its name or its key; locked."""
    c = studies.c
    query = select(c.id, c.key, c.name, c.anonymised_at).with_for_update()
    if not store.is_sqlite:
        query = query.where((c.name == store.name) | (c.key == key)).order_by(c.name != store.name)
    return connection.execute(query).first()


def _count(connection: Connection, table: Table, study_id: int) -> int:
    return connection.execute(select(func.count()).where(table.c.study_id == study_id)).scalar_one()


def _holds_already(where: str, what: str) -> StoreError:
    return StoreError(
        f"holds this study already{what}",
        mend="make a backup of it, then say --replace, if the backup is to take its place",
        where=where,
    )


def _put_rows(connection: Connection, rows: Rows, store: Store) -> dict[str, int]:
    """Insert everything, each id under a new one where other studies have rows too."""
    ids: dict[str, dict[int, int]] = {studies.name: _put_study(connection, rows, store)}
    n_rows = {studies.name: 1}
    for table in metadata.sorted_tables:
        if table is not studies:
            n_rows[table.name] = sum(
                _put_batch(connection, table, batch, ids) for batch in in_batches(rows(table))
            )
    return n_rows


def _put_study(connection: Connection, rows: Rows, store: Store) -> dict[int, int]:
    (row,) = rows(studies)
    values = {**row, "name": store.name}
    del values["id"]
    known = connection.execute(select(studies.c.id).where(studies.c.key == row["key"])).scalar()
    if known is None:
        made = connection.execute(insert(studies).values(values).returning(studies.c.id))
        return {row["id"]: made.scalar_one()}
    delete_rows(connection, known)
    connection.execute(update(studies).where(studies.c.id == known).values(values))
    return {row["id"]: known}


def _put_batch(
    connection: Connection, table: Table, batch: list[Mapping[str, Any]], ids: dict[str, dict[int, int]]
) -> int:
    """Ids rise as they rose before, since the last answer is the one that counts."""
    references = {
        column.name: next(iter(column.foreign_keys)).column.table.name
        for column in table.c
        if column.foreign_keys
    }
    if "id" in table.c:
        fresh = new_ids(connection, table, len(batch))
        ids.setdefault(table.name, {}).update(zip((row["id"] for row in batch), fresh, strict=True))
    connection.execute(insert(table), [_renumbered(row, table.name, references, ids) for row in batch])
    return len(batch)


def _renumbered(
    row: Mapping[str, Any], table: str, references: Mapping[str, str], ids: Mapping[str, Mapping[int, int]]
) -> dict[str, Any]:
    changed = {name: ids[other][row[name]] for name, other in references.items() if row[name] is not None}
    if "id" in row:
        changed["id"] = ids[table][row["id"]]
    return {**row, **changed}


@contextmanager
def _current_rows(backup: Backup) -> Iterator[Rows]:
    """Give the rows of every table as this version's tables have them."""
    if backup.manifest.schema == SCHEMA:
        yield lambda table: _values(table, backup)
        return
    with _in_memory() as connection:
        upgrade_schema(connection, backup.manifest.schema)
        older = MetaData()
        older.reflect(connection)
        for table in older.sorted_tables:
            for batch in in_batches(_values(table, backup)):
                connection.execute(insert(table), batch)
        upgrade_schema(connection)
        yield lambda table: _rows_in(connection, table)


@contextmanager
def _in_memory() -> Iterator[Connection]:
    """Give a database of which nothing is ever on a disk."""
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _rows_in(connection: Connection, table: Table) -> Iterator[Mapping[str, Any]]:
    for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
        yield dict(row)


def _values(table: Table, backup: Backup) -> Iterator[dict[str, Any]]:
    """Yield a table's rows with the values of its columns' kinds."""
    kinds = {column.name: _reader(column.type) for column in table.c}
    for row in backup.rows(table.name):
        yield {name: None if value is None else kinds[name](value) for name, value in row.items()}


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat
    if isinstance(kind, DateTime):  # an older store's, reflected: kept in UTC, without a zone
        return lambda text: datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat
    return float if isinstance(kind, Double | Float) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
