"""A backup of a study's store: one file from which any database can be restored, here or elsewhere."""

import hashlib
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import Table, select

from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.opening import Transaction, known_schemas, open_store
from innosi.forecast.store.rows import BATCH, of_study
from innosi.forecast.store.tables import SCHEMA, metadata
from innosi.forecast.study import Study
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.writing import FOR_ITS_OWNER, replacing

FORMAT = "innosi backup 1"
_MANIFEST, _MANIFEST_HASH = "manifest.json", "manifest.sha256"
_END = ".jsonl"
_MEND = "take another copy of the backup, or an earlier backup"
_LONGEST_LINE, _LONGEST_MANIFEST = 2**26, 2**22
"""How many bytes a row, and what a backup says of itself, may have: a small file can unpack to gigabytes."""


@dataclass(frozen=True, slots=True)
class Member:
    """One table of a backup: how many rows it has, and the hash of its bytes."""

    n_rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    schema : str
        Of the store that it was made of.
    key, name : str
        Of the study.
    at : datetime
        When it was made (UTC).
    innosi : str
        Which version made it.
    members : mapping of table to Member
    """

    schema: str
    key: str
    name: str
    at: datetime
    innosi: str
    members: Mapping[str, Member]


def write_backup(study: Study, path: Path, *, at: datetime) -> Manifest:
    """Write everything that is kept of a study into one file, whole or not at all; return what it holds.

    The backup shows one moment of the store, also while others write to it. It holds names and addresses, if
    the store does, and is readable by its owner only.

    Raises
    ------
    StoreError
        If there is no store, or it cannot be read.
    InnosiError
        If the file cannot be written.
    """
    store = open_store(study)
    with (
        store.reading() as transaction,
        replacing(path, mode=FOR_ITS_OWNER) as temporary,
        ZipFile(temporary, "w", ZIP_DEFLATED) as archive,
    ):
        members = {table.name: _write_table(archive, table, transaction) for table in metadata.sorted_tables}
        manifest = Manifest(SCHEMA, transaction.key, store.name, at, version("innosi"), members)
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, default=_plain, indent=1)
        archive.writestr(_MANIFEST, text)
        archive.writestr(_MANIFEST_HASH, hashlib.sha256(text.encode()).hexdigest())
    return manifest


def _write_table(archive: ZipFile, table: Table, transaction: Transaction) -> Member:
    query = select(table).where(of_study(table, transaction.study_id)).order_by(*table.primary_key)
    n_rows, sha256 = 0, hashlib.sha256()
    with archive.open(table.name + _END, "w") as member:
        result = transaction.connection.execute(query, execution_options={"yield_per": BATCH})
        for row in result.mappings():
            text = json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)
            line = f"{text}\n".encode("utf-8", "surrogatepass")
            member.write(line)
            sha256.update(line)
            n_rows += 1
    return Member(n_rows, sha256.hexdigest())


def _plain(value: Any) -> Any:
    """A value as JSON has it: moments and days as ISO 8601, what is infinite in words."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup whose every byte was found to be as it was written.

    Attributes
    ----------
    path : Path
    manifest : Manifest
    archive : ZipFile
    """

    path: Path
    manifest: Manifest
    archive: ZipFile

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table, as JSON has them; none where the backup is older than the table."""
        if table in self.manifest.members:
            with self.archive.open(table + _END) as member:
                for line in member:
                    yield json.loads(line.decode("utf-8", "surrogatepass"))


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """Give a backup whose every byte was checked.

    Raises
    ------
    StoreError
        If it is none, was cut off or edited, or is newer than this version of innosi.
    """
    try:
        with ZipFile(path) as archive:
            manifest = _read_manifest(archive, path)
            for table, member in manifest.members.items():
                _check_member(archive, table + _END, member, path)
            yield Backup(path, manifest, archive)
    except BadZipFile:
        raise StoreError("is no backup, or was cut off", mend=_MEND, where=str(path)) from None
    except FileNotFoundError:
        raise StoreError("there is no such file", mend="look at its name", where=str(path)) from None


def _read_manifest(archive: ZipFile, path: Path) -> Manifest:
    if _MANIFEST not in archive.namelist():
        raise StoreError(
            "is no backup of a study", mend="give a file that innosi delphi backup wrote", where=str(path)
        )
    text = _bytes_of(archive, _MANIFEST, path)
    if hashlib.sha256(text).hexdigest().encode() != _bytes_of(archive, _MANIFEST_HASH, path).strip():
        raise _edited(_MANIFEST, path)
    found = json.loads(text)
    if found.pop("format", "") != FORMAT or found.get("schema") not in known_schemas():
        raise StoreError(
            f"was made by innosi {found.get('innosi', '')}, and innosi {version('innosi')} does not know how",
            mend="use a newer version: pip install --upgrade innosi",
            where=str(path),
        )
    members = {table: Member(**member) for table, member in found.pop("members").items()}
    return Manifest(**{**found, "at": datetime.fromisoformat(found["at"])}, members=members)


def _check_member(archive: ZipFile, name: str, member: Member, path: Path) -> None:
    """Look at every byte of a table, one row at a time: however large it is, it takes the memory of a row."""
    n_rows, sha256 = 0, hashlib.sha256()
    with _reading(archive, name, path) as lines:
        while line := lines.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise StoreError(f"its member {name} has a row without an end", mend=_MEND, where=str(path))
            sha256.update(line)
            n_rows += 1
    if n_rows != member.n_rows:
        raise StoreError(
            f"its member {name} has {n_rows:,} rows, and was written with {member.n_rows:,}",
            mend=_MEND,
            where=str(path),
        )
    if sha256.hexdigest() != member.sha256:
        raise _edited(name, path)


def _bytes_of(archive: ZipFile, name: str, path: Path) -> bytes:
    with _reading(archive, name, path) as member:
        content = member.read(_LONGEST_MANIFEST)
    if len(content) == _LONGEST_MANIFEST:
        raise StoreError("is no backup of innosi's", mend=_MEND, where=str(path))
    return content


@contextmanager
def _reading(archive: ZipFile, name: str, path: Path) -> Iterator[IO[bytes]]:
    """Give a member to read, and tell what is wrong with it."""
    try:
        with archive.open(name) as member:
            yield member
    except KeyError:
        raise StoreError(f"lacks its member {name}", mend=_MEND, where=str(path)) from None
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise StoreError(f"its member {name} is damaged", mend=_MEND, where=str(path)) from None


def _edited(name: str, path: Path) -> StoreError:
    return StoreError(
        f"its member {name} is not as it was written: the file is damaged, or was edited",
        mend=_MEND,
        where=str(path),
    )


def kept_questions(backup: Backup) -> set[str]:
    """Return the names of the questions that a backup holds."""
    return {row["question"] for row in backup.rows("question_versions")}


def kept_name(backup: Backup) -> str:
    """Return the name that the study's own file gave it; '' where it gave none."""
    kept = [row["content"] for row in backup.rows("study_versions")]
    if not kept:
        return ""
    document = parse_document(kept[-1], source=str(backup.path), folder=backup.path.parent)
    return str(document.data.get("name") or "")
