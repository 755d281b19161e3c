import math
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_study import START, keep_everything, rows_of
from sqlalchemy import insert, update

from innosi.forecast.answers.values import Answer
from innosi.forecast.running import begin
from innosi.forecast.store import opening, restoring
from innosi.forecast.store.answers import load_answers, record_answers
from innosi.forecast.store.backups import opened_backup, write_backup
from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.opening import open_store, store_path
from innosi.forecast.store.restoring import restore_backup
from innosi.forecast.store.tables import erasures, panellists, studies
from innosi.forecast.store.versions import current_versions
from innosi.forecast.study import load_study
from innosi.models.errors import InnosiError

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def backup(garden, garden_store, tmp_path):
    path = tmp_path / "garden.zip"
    write_backup(garden, path, at=NOW)
    return path


@pytest.fixture
def elsewhere(garden, tmp_path, request):
    """The same study on the other database, where nothing is kept of it."""
    path = tmp_path / "elsewhere" / "garden.yaml"
    path.parent.mkdir()
    path.write_bytes(garden.path.read_bytes())
    url = "" if garden.store_url else request.getfixturevalue("postgresql_database")
    return replace(garden, path=path, store_url=url)


def rewritten(path, change):
    """Write a backup anew, its members as `change(name, bytes)` returns them; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)


def test_every_row_is_the_same_after_a_way_to_the_other_database(backup, garden_store, elsewhere):
    before = rows_of(garden_store)
    assert all(before.values()), "the study has rows in every table"
    report = restore_backup(backup, elsewhere, at=NOW)
    assert rows_of(open_store(elsewhere)) == before
    assert report.n_rows == {table: len(rows) for table, rows in before.items()}
    with opened_backup(backup) as opened:
        assert report.key == opened.manifest.key
    assert (report.written_at, report.is_upgraded) == (NOW, False)


def test_the_answers_that_count_are_the_same(backup, garden, elsewhere):
    restore_backup(backup, elsewhere, at=NOW)
    assert repr(load_answers(elsewhere).by_place) == repr(load_answers(garden).by_place)


SAID = st.tuples(
    st.floats(allow_nan=False, width=64).filter(lambda value: value != -math.inf),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(SAID, min_size=20, max_size=50))
def test_numbers_and_texts_come_back_exactly(garden, elsewhere, tmp_path, said):
    store, path = begin(garden, at=START), tmp_path / "b.zip"
    given = [Answer(1, f"K{n}", "importance", (value,), text) for n, (value, text) in enumerate(said)]
    with store.writing() as transaction:
        versions = current_versions(transaction)
        record_answers(transaction, given, versions, garden.questions, at=START, source="file")
    write_backup(garden, path, at=NOW)
    restore_backup(path, elsewhere, at=NOW, replace=True)
    assert rows_of(open_store(elsewhere)) == rows_of(store)


def test_other_studies_in_the_database_stay_as_they_are(backup, garden, postgresql_database, tmp_path):
    others = []
    for name in ("meadow", "orchard"):
        path = tmp_path / f"{name}.yaml"
        text = garden.path.read_text(encoding="utf-8").replace("name: garden", f"name: {name}")
        text = text.replace("title: A garden", f"title: A {name}")  # else it is taken for this study, renamed
        path.write_text(text, encoding="utf-8")
        study = replace(load_study(path), store_url=postgresql_database)
        others.append(keep_everything(study))
    before = [rows_of(store) for store in others]
    here = replace(garden, store_url=postgresql_database)
    restore_backup(backup, here, at=NOW, replace=True)
    restore_backup(backup, here, at=NOW, replace=True)
    assert [rows_of(store) for store in others] == before
    assert len(rows_of(open_store(here))["answers"]) == len(before[0]["answers"])


def test_a_store_is_replaced_only_when_that_is_said(backup, garden, garden_store):
    before = rows_of(garden_store)
    with garden_store.writing() as transaction:
        transaction.connection.execute(update(panellists).values(group_name="south"))
    with pytest.raises(
        StoreError, match=r"holds this study already, with .* answers; make a backup .*--replace"
    ):
        restore_backup(backup, garden, at=NOW)
    restore_backup(backup, garden, at=NOW, replace=True)
    assert rows_of(garden_store) == before


def test_nothing_is_lost_if_replacing_fails(backup, garden, garden_store, monkeypatch):
    before = rows_of(garden_store)

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_renumbered", fail)
    with pytest.raises(KeyboardInterrupt):
        restore_backup(backup, garden, at=NOW, replace=True)
    assert rows_of(garden_store) == before


def test_a_store_that_could_not_be_made_is_not_there(backup, elsewhere, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_renumbered", fail)
    with pytest.raises(KeyboardInterrupt):
        restore_backup(backup, elsewhere, at=NOW)
    assert not opening.has_store(elsewhere)
    assert [each.name for each in elsewhere.path.parent.iterdir()] == ["garden.yaml"]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_store_that_somebody_began_meanwhile_is_not_overwritten(backup, elsewhere, monkeypatch):
    restore_into, begun = restoring._restore_into, []

    def slowly(*given, **said):
        report = restore_into(*given, **said)
        begun.append(rows_of(begin(elsewhere, at=START)))
        return report

    monkeypatch.setattr(restoring, "_restore_into", slowly)
    with pytest.raises(StoreError, match="holds this study already"):
        restore_backup(backup, elsewhere, at=NOW)
    assert [rows_of(open_store(elsewhere))] == begun


def test_a_backup_that_cannot_be_written_leaves_the_one_before(garden, backup, monkeypatch):
    before = backup.read_bytes()
    monkeypatch.setattr(
        zipfile.ZipFile, "writestr", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(InnosiError, match="cannot be written"):
        write_backup(garden, backup, at=NOW)
    assert backup.read_bytes() == before
    assert not [each for each in backup.parent.iterdir() if each.name.startswith(".garden-")]


def test_a_backup_is_for_its_owners_eyes(backup):
    assert backup.stat().st_mode & 0o077 == 0


EDITED = {
    "an answer changed": (
        lambda name, content: content.replace(b"0.3333", b"0.4333") if name == "answers.jsonl" else content,
        "its member answers.jsonl is not as it was written",
    ),
    "an answer left out": (
        lambda name, content: content[content.index(b"\n") + 1 :] if name == "answers.jsonl" else content,
        r"its member answers.jsonl has \d+ rows, and was written with",
    ),
    "a table left out": (
        lambda name, content: None if name == "letters.jsonl" else content,
        "lacks its member letters.jsonl",
    ),
    "the manifest edited": (
        lambda name, content: content.replace(b"garden", b"meadow") if name == "manifest.json" else content,
        "its member manifest.json is not as it was written",
    ),
    "no manifest": (
        lambda name, content: None if name == "manifest.json" else content,
        "is no backup of a study",
    ),
}


@pytest.mark.parametrize(("change", "message"), EDITED.values(), ids=EDITED)
@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_what_was_edited_is_refused_by_name(backup, garden, garden_store, change, message):
    before = rows_of(garden_store)
    rewritten(backup, change)
    with pytest.raises(StoreError, match=message):
        restore_backup(backup, garden, at=NOW, replace=True)
    assert rows_of(garden_store) == before


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_row_that_never_ends_is_not_unpacked(backup, garden, monkeypatch):
    """A file of a megabyte can unpack to gigabytes."""
    monkeypatch.setattr("innosi.forecast.store.backups._LONGEST_LINE", 2**16)
    rewritten(backup, lambda name, content: b"x" * 2**18 if name == "answers.jsonl" else content)
    with pytest.raises(StoreError, match=r"answers.jsonl has a row without an end"):
        restore_backup(backup, garden, at=NOW, replace=True)


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_what_was_cut_off_or_is_something_else_is_refused(backup, garden):
    backup.write_bytes(backup.read_bytes()[:-100])
    with pytest.raises(StoreError, match="is no backup, or was cut off; take another copy"):
        restore_backup(backup, garden, at=NOW)
    with pytest.raises(StoreError, match="there is no such file"):
        restore_backup(backup.with_name("other.zip"), garden, at=NOW)


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_flipped_bit_is_found(backup, garden):
    content = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as archive:
        at = archive.getinfo("answers.jsonl").header_offset + 60
    content[at] ^= 1
    backup.write_bytes(content)
    with pytest.raises(StoreError, match=r"its member answers\.jsonl is"):
        restore_backup(backup, garden, at=NOW, replace=True)


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_backup_of_a_newer_version_is_refused(backup, garden, elsewhere, monkeypatch):
    monkeypatch.setattr("innosi.forecast.store.backups.known_schemas", lambda: ("0000",))
    with pytest.raises(StoreError, match=r"was made by innosi .* does not know how; use a newer version"):
        restore_backup(backup, elsewhere, at=NOW)


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_backup_of_another_study_is_refused(backup, garden, elsewhere):
    with pytest.raises(StoreError, match="is the backup of another study: of 'garden', which asks"):
        restore_backup(backup, replace(elsewhere, name="meadow"), at=NOW)
    begin(elsewhere, at=START)
    with pytest.raises(StoreError, match="is the backup of another study: its key is"):
        restore_backup(backup, elsewhere, at=NOW, replace=True)


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_study_that_got_its_name_for_the_way_to_a_server_is_the_same_one(garden, elsewhere, tmp_path):
    garden.path.write_text(
        garden.path.read_text(encoding="utf-8").replace("name: garden\n", ""), encoding="utf-8"
    )
    nameless = load_study(garden.path)
    keep_everything(nameless)
    write_backup(nameless, tmp_path / "b.zip", at=NOW)
    report = restore_backup(tmp_path / "b.zip", replace(elsewhere, name="garden-2027"), at=NOW)
    assert report.name == "garden-2027"
    other = replace(elsewhere, name="meadow-2027", questions={"else": garden.questions["why"]})
    with pytest.raises(StoreError, match="another study"):
        restore_backup(tmp_path / "b.zip", other, at=NOW)


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_study_is_once_in_a_database(backup, elsewhere):
    restore_backup(backup, elsewhere, at=NOW)
    with opening.making_store(elsewhere) as (connection, _):
        connection.execute(update(studies).values(name="meadow"))
    with pytest.raises(
        StoreError, match="holds this study already, under the name 'meadow'; write `name: meadow`"
    ):
        restore_backup(backup, elsewhere, at=NOW)


def test_what_was_made_anonymous_stays_so(backup, garden, garden_store):
    with garden_store.writing() as transaction:
        transaction.connection.execute(update(studies).values(anonymised_at=NOW))
    with pytest.raises(
        StoreError, match="made before the study was anonymised on 2027-04-01, which is not undone"
    ):
        restore_backup(backup, garden, at=NOW, replace=True)


def test_erasures_that_a_backup_undoes_are_counted(backup, garden, garden_store):
    with garden_store.writing() as transaction:
        about = {"n_answers": 1, "n_arguments": 0, "because": "", "by": ""}
        values = {"study_id": transaction.study_id, "at": NOW, **about}
        transaction.connection.execute(insert(erasures).values(values))
    assert restore_backup(backup, garden, at=NOW, replace=True).n_erasures_undone == 1


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_damaged_file_is_put_aside_when_that_is_said(backup, garden, garden_store):
    before, path = rows_of(garden_store), store_path(garden)
    path.write_bytes(b"no database at all, whatever it was" * 200)
    with pytest.raises(StoreError, match="is damaged"):
        restore_backup(backup, garden, at=NOW)
    report = restore_backup(backup, garden, at=NOW, replace=True)
    assert rows_of(garden_store) == before
    assert report.put_aside.read_bytes().startswith(b"no database")


NEXT = """\
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("UPDATE panellists SET language = 'en' WHERE language = ''")
"""


@pytest.fixture
def next_version(monkeypatch, tmp_path):
    """Let innosi be a version later: one migration more, by which nobody's language is empty."""

    def later():
        from alembic.config import Config

        folder = tmp_path / "migrations"
        shutil.copytree(Path(opening.__file__).parent / "migrations", folder)
        (folder / "versions" / "v0002_languages.py").write_text(NEXT, encoding="utf-8")
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.set_main_option("path_separator", "os")
        monkeypatch.setattr(opening, "_alembic", lambda: config)
        for module in (opening, restoring):
            monkeypatch.setattr(module, "SCHEMA", "0002")

    return later


def test_a_backup_of_an_older_version_is_restored_and_upgraded(backup, garden_store, elsewhere, next_version):
    before = rows_of(garden_store)
    next_version()
    report = restore_backup(backup, elsewhere, at=NOW)
    after = rows_of(open_store(elsewhere))
    assert (report.schema, report.is_upgraded) == ("0001", True)
    assert [row["language"] for row in after["panellists"]] == ["nl", "en", "de", "el", "en"]
    assert {**after, "panellists": 0} == {**before, "panellists": 0}


@pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
def test_a_text_that_postgresql_cannot_keep_is_told(garden, elsewhere, tmp_path):
    store = keep_everything(garden)
    with store.writing() as transaction:
        transaction.connection.execute(update(panellists).values(group_name="a\0b"))
    write_backup(garden, tmp_path / "b.zip", at=NOW)
    with pytest.raises(StoreError, match="holds the character NUL, which PostgreSQL does not know"):
        restore_backup(tmp_path / "b.zip", elsewhere, at=NOW)
