"""The tables of the store. A migration in `migrations/` makes each of them; a test holds the two together.

Answers are events: rows are added, and never changed. Who somebody is stands in `identities` alone;
everything else knows a random pseudonym.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

SCHEMA = "0001"
"""The newest migration; a store of another schema is not read before it was upgraded."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC; stored without a zone, so that every database keeps the same."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC, its zone taken off."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


PLACE_OF_AN_ANSWER = ("study_id", "round", "question", "panellist", "is_late", "id")
COUNTED_OF_AN_ANSWER = (*PLACE_OF_AN_ANSWER, "is_retracted", "question_version_id", "parts")
"""All that counting needs, so that SQLite need not look at rows; PostgreSQL limits what an index holds."""


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _study() -> Column[int]:
    return Column("study_id", Integer, ForeignKey("studies.id"), nullable=False)


def _text(name: str, *, length: int | None = None) -> Column[str]:
    return Column(name, String(length) if length else Text, nullable=False, default="")


studies = Table(
    "studies",
    metadata,
    _key(),
    Column("key", String(8), nullable=False, unique=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("anonymised_at", UTCDateTime),
)

study_versions = Table(
    "study_versions",
    metadata,
    _key(),
    _study(),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    _text("content"),
    Column("at", UTCDateTime, nullable=False),
    _text("decisions"),
    UniqueConstraint("study_id", "number"),
)

question_versions = Table(
    "question_versions",
    metadata,
    _key(),
    _study(),
    Column("question", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("lineage", Integer, nullable=False),
    Column("first_round", Integer, nullable=False),
    _text("text"),
    _text("form"),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("study_id", "question", "version"),
)

steps = Table(
    "steps",
    metadata,
    _key(),
    _study(),
    Column("at", UTCDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    _text("question", length=200),
    _text("settled", length=20),
    _text("because"),
    Column("deadline", Date),
    _text("by", length=200),
)

panellists = Table(
    "panellists",
    metadata,
    _key(),
    _study(),
    Column("pseudonym", String(100), nullable=False),
    _text("group_name", length=200),
    _text("expertise"),
    _text("language", length=10),
    Column("listed_at", UTCDateTime, nullable=False),
    Column("withdrawn_at", UTCDateTime),
    UniqueConstraint("study_id", "pseudonym"),
)

identities = Table(
    "identities",
    metadata,
    _key(),
    _study(),
    Column("pseudonym", String(100), nullable=False),
    _text("name"),
    _text("email"),
    UniqueConstraint("study_id", "pseudonym"),
)

consents = Table(
    "consents",
    metadata,
    _key(),
    _study(),
    Column("pseudonym", String(100), nullable=False),
    Column("is_given", Boolean, nullable=False),
    Column("text_sha256", String(64), nullable=False),
    _text("how", length=50),
    Column("at", UTCDateTime, nullable=False),
    Index(None, "study_id", "pseudonym"),
)

imports = Table(
    "imports",
    metadata,
    _key(),
    _study(),
    Column("at", UTCDateTime, nullable=False),
    _text("file_name"),
    Column("sha256", String(64), nullable=False),
    Column("n_added", Integer, nullable=False),
    Column("n_changed", Integer, nullable=False),
    Column("n_rejected", Integer, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    _key(),
    _study(),
    Column("round", Integer, nullable=False),
    Column("question", String(200), nullable=False),
    Column("panellist", String(100), nullable=False),
    Column("question_version_id", Integer, ForeignKey("question_versions.id"), nullable=False),
    Column("is_retracted", Boolean, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("parts", Text, nullable=False),
    _text("reason"),
    Column("at", UTCDateTime, nullable=False),
    _text("source", length=20),
    Column("import_id", Integer, ForeignKey("imports.id")),
)
Index("ix_answers_place", *(answers.c[name] for name in PLACE_OF_AN_ANSWER)).ddl_if(dialect="postgresql")
Index("ix_answers_counted", *(answers.c[name] for name in COUNTED_OF_AN_ANSWER)).ddl_if(dialect="sqlite")

arguments = Table(
    "arguments",
    metadata,
    _key(),
    _study(),
    Column("number", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("question", String(200), nullable=False),
    Column("author", String(100), nullable=False),
    _text("text"),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("study_id", "number"),
    Index(None, "study_id", "question", "author"),
)

argument_votes = Table(
    "argument_votes",
    metadata,
    _key(),
    Column("argument_id", Integer, ForeignKey("arguments.id"), nullable=False),
    Column("voter", String(100), nullable=False),
    Column("vote", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index(None, "argument_id", "voter"),
)

moderations = Table(
    "moderations",
    metadata,
    _key(),
    Column("argument_id", Integer, ForeignKey("arguments.id"), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("action", String(20), nullable=False),
    _text("value"),
    _text("because"),
    _text("by", length=200),
    Index(None, "argument_id"),
)

proposals = Table(
    "proposals",
    metadata,
    _key(),
    _study(),
    Column("number", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("author", String(100), nullable=False),
    _text("text"),
    Column("at", UTCDateTime, nullable=False),
    Column("decided_at", UTCDateTime),
    _text("question", length=200),
    _text("because"),
    UniqueConstraint("study_id", "number"),
)

letters = Table(
    "letters",
    metadata,
    _key(),
    _study(),
    Column("pseudonym", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    Column("how", String(20), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    _text("failure"),
    Index(None, "study_id", "kind", "round"),
)

erasures = Table(
    "erasures",
    metadata,
    _key(),
    _study(),
    Column("at", UTCDateTime, nullable=False),
    Column("n_answers", Integer, nullable=False),
    Column("n_arguments", Integer, nullable=False),
    _text("because"),
    _text("by", length=200),
)
