"""Opening the store of a study: one SQLite file beside it, or a PostgreSQL database by its URL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from innosi.forecast.store.errors import StoreError, told
from innosi.forecast.store.tables import SCHEMA, studies, study_versions
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import parse_document

SUFFIX = ".sqlite"
WAIT_SECONDS = 10.0
"""How long a writer waits for another one."""
KEY_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Transaction:
    """What happens within it happens wholly or not at all; `study_id` is the study that it is about."""

    connection: Connection
    study_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Store:
    """The memory of one study.

    Attributes
    ----------
    engine : Engine
    name : str
        By which the study is known in it.
    where : str
        For messages; without a password.
    """

    engine: Engine
    name: str
    where: str

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of its own."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Give a transaction that sees one moment of the store, and changes nothing."""
        seen = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            told(self.where),
            self.engine.connect().execution_options(**seen) as connection,
            connection.begin(),
        ):
            yield self._transaction(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Give a transaction that is alone in writing this study; if the block raises, nothing was written.

        Raises
        ------
        StoreError
            If another program writes for longer than ten seconds, or the store cannot be written.
        """
        with told(self.where), _writing(self.engine) as connection:
            yield self._transaction(connection, is_locked=True)

    def _transaction(self, connection: Connection, *, is_locked: bool = False) -> Transaction:
        query = select(studies.c.id, studies.c.key)
        query = query if self.is_sqlite else query.where(studies.c.name == self.name)
        row = connection.execute(query.with_for_update() if is_locked else query).one_or_none()
        if row is None:
            raise StoreError(
                f"holds no study '{self.name}'", mend="look at `name` in the study file", where=self.where
            )
        return Transaction(connection, row.id, row.key)


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(innosi_writes=True) as connection, connection.begin():
        yield connection


def store_path(study: Study) -> Path:
    """Return where the SQLite store of a study lies: beside its file."""
    return study.path.with_suffix(SUFFIX)


def store_file(study: Study) -> Path | None:
    """Return the SQLite file that a study's store is, or would be; None for a database server."""
    if not study.store_url:
        return store_path(study)
    engine, _ = _engine_of(study)
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def told_beside(study: Study) -> str:
    """Say which stores and backups lie beside a study that has no store; '' where there are none.

    A study file that was renamed has lost its store, which has the old name still.
    """
    if study.store_url:
        return ""
    folder = study.path.absolute().parent
    of_others = {each.with_suffix(SUFFIX) for end in ("yaml", "yml") for each in folder.glob(f"*.{end}")}
    found = sorted(each.name for each in folder.glob(f"*{SUFFIX}") if each not in of_others)
    backups = sorted(each.name for each in folder.glob("*-backup-*.zip"))
    stores = [f"give {each} the name {store_path(study).name}" for each in found[:1]]
    restored = [f"restore a backup: innosi delphi restore STUDY {each}" for each in backups[-1:]]
    told = ", or ".join([*stores, *restored])
    return f"; if it has begun already, {told}" if told else ""


def has_store(study: Study) -> bool:
    """Whether a study has a memory already; asked before one is made for nothing.

    A file without any table is what is left where a beginning was cut off; it is begun anew.
    """
    file = store_file(study)
    if file is not None:
        return file.exists() and _holds_anything(file)
    engine, where = _engine_of(study)
    with told(where), engine.connect() as connection:
        if not inspect(connection).has_table("studies"):
            return False
        query = select(studies.c.id).where(studies.c.name == _name_of(study))
        return connection.execute(query).first() is not None


def _holds_anything(file: Path) -> bool:
    """Whether a file has tables, or is something else than a database: that is told once it is opened."""
    try:
        with _sqlite(file).connect() as connection:
            return bool(connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar())
    except DBAPIError:
        return True


def open_store(study: Study) -> Store:
    """Return the store of a study that has one.

    Raises
    ------
    StoreError
        If there is none, it cannot be opened, or is of another version of innosi.
    """
    if not study.store_url and not store_path(study).exists():
        raise StoreError(
            "there is no store of this study yet",
            mend="begin with its panel (innosi delphi panel STUDY FILE), import answers, or open its first"
            f" round (innosi delphi open STUDY){told_beside(study)}",
            where=str(store_path(study)),
        )
    engine, where = _engine_of(study)
    with told(where), engine.connect() as connection:
        _check_schema(connection, where)
    return Store(engine, _name_of(study), where)


def create_store(study: Study, *, at: datetime) -> Store:
    """Return the store of a study, made now if there is none.

    Raises
    ------
    StoreError
        If it can neither be opened nor made.
    """
    with making_store(study) as (connection, store):
        found = select(studies.c.id)
        found = found if store.is_sqlite else found.where(studies.c.name == store.name)
        if connection.execute(found).first() is None:
            _refuse_under_another_name(connection, study, store)
            connection.execute(insert(studies).values(key=_new_key(), name=store.name, created_at=at))
    return store


def _refuse_under_another_name(connection: Connection, study: Study, store: Store) -> None:
    """A study whose `name` was changed is kept under the old one: another would begin beside it."""
    v, c = study_versions.c, studies.c
    query = select(c.name, v.content).join(studies, c.id == v.study_id).order_by(c.name, v.number)
    for name, content in connection.execute(query).all():
        kept = parse_document(content, source=name, folder=study.path.parent).data
        if kept.get("title") == study.title and set(kept.get("questions") or ()) == set(study.questions):
            raise StoreError(
                f"keeps this study already, under the name '{name}'",
                mend=f"write `name: {name}` in the study file; or give another study another title",
                where=store.where,
            )


@contextmanager
def making_store(study: Study) -> Iterator[tuple[Connection, Store]]:
    """Give a connection that writes to a study's database, which has its tables, though maybe no study yet.

    Raises
    ------
    StoreError
        If the database can neither be opened nor made; if the block raises, nothing was written.
    """
    engine, where = _engine_of(study)
    store = Store(engine, _name_of(study), where)
    with told(where), _writing(engine) as connection:
        if not store.is_sqlite:  # two who begin at once would both make the tables
            connection.execute(text("SELECT pg_advisory_xact_lock(649189)"))
        if not inspect(connection).has_table("alembic_version"):
            upgrade_schema(connection)
        _check_schema(connection, where)
        yield connection, store


def upgrade_store(study: Study) -> tuple[str, str]:
    """Bring a store to the newest schema, wholly or not at all; return the schema before and after.

    Raises
    ------
    StoreError
        If it is newer than this version of innosi.
    """
    engine, where = _engine_of(study)
    with told(where), _writing(engine) as connection:
        before = schema_of(connection)
        if before not in ("", *known_schemas()):
            raise _too_new(before, where)
        upgrade_schema(connection)
    return before, SCHEMA


def upgrade_schema(connection: Connection, revision: str = "head") -> None:
    """Run the migrations that a database lacks, within the transaction of the connection."""
    from alembic import command

    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def known_schemas() -> tuple[str, ...]:
    """Return the schemas that this version of innosi knows, the newest first."""
    from alembic.script import ScriptDirectory

    return tuple(each.revision for each in ScriptDirectory.from_config(_alembic()).walk_revisions())


def _alembic() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "innosi.forecast.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


def schema_of(connection: Connection) -> str:
    """Return the schema of a database; '' where it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _check_schema(connection: Connection, where: str) -> None:
    found = schema_of(connection)
    if found == SCHEMA:
        return
    if not found:
        raise StoreError("is no store of innosi", mend="look at the file, or at --db", where=where)
    if found not in known_schemas():
        raise _too_new(found, where)
    raise StoreError(
        f"has schema {found}, and this version of innosi needs {SCHEMA}",
        mend="make a copy of it, then: innosi delphi upgrade STUDY",
        where=where,
    )


def _too_new(found: str, where: str) -> StoreError:
    return StoreError(
        f"has schema {found}, which this version of innosi does not know (it knows {SCHEMA})",
        mend="use a newer version: pip install --upgrade innosi",
        where=where,
    )


def _engine_of(study: Study) -> tuple[Engine, str]:
    if not study.store_url:
        path = store_path(study)
        return _sqlite(path), str(path)
    try:
        url = make_url(study.store_url)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        where = url.render_as_string(hide_password=True)
        if url.get_backend_name() == "sqlite" and url.database:
            return _sqlite(Path(url.database)), where
        if url.get_backend_name() != "postgresql":
            raise _no_database(study)
        engine = create_engine(
            url, poolclass=NullPool, connect_args={"options": f"-c lock_timeout={WAIT_SECONDS * 1000:.0f}"}
        )
    except ModuleNotFoundError:
        raise InnosiError(
            "PostgreSQL needs a library that is not installed", mend='pip install "innosi[postgresql]"'
        ) from None
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise _no_database(study) from None
    return engine, where


def _no_database(study: Study) -> InnosiError:
    return InnosiError(
        f"'{study.store_url}' is no database that answers can be kept in",
        mend="give a URL such as postgresql://user:password@host/database, or leave --db out",
    )


def _name_of(study: Study) -> str:
    """The study's name in its database; one that holds several studies needs to be told."""
    if study.store_url and not study.name and not study.store_url.startswith("sqlite"):
        raise InnosiError(
            "lacks a `name`, by which it is known in a database that holds several studies",
            mend="add one, such as `name: garden-2027`",
            where=str(study.path),
        )
    return study.name or study.path.stem


def _new_key() -> str:
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(6))


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # a path may hold any character
        poolclass=NullPool,
        connect_args={"timeout": WAIT_SECONDS},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    """Leave transactions to us; wait for writers; keep every commit; leave nothing of what is erased."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {WAIT_SECONDS * 1000:.0f}",
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once, so that what it reads cannot change before it writes."""
    writes = connection.get_execution_options().get("innosi_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
