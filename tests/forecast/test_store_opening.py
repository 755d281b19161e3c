import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from kept_study import START, STUDY, rows_of
from sqlalchemy import select, text, update

from innosi.forecast.progress import Step
from innosi.forecast.running import begin
from innosi.forecast.store import opening
from innosi.forecast.store.errors import DamagedStore, StoreError
from innosi.forecast.store.opening import (
    create_store,
    has_store,
    known_schemas,
    open_store,
    store_file,
    store_path,
    upgrade_store,
)
from innosi.forecast.store.steps import read_progress, record_step
from innosi.forecast.store.tables import SCHEMA, metadata, panellists, studies
from innosi.forecast.study import load_study
from innosi.models.errors import InputFaults
from innosi.scenarios.loading.document import parse_document

ON_SQLITE = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
ON_POSTGRESQL = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


def test_the_migrations_make_the_tables_that_the_code_knows(garden):
    store = create_store(garden, at=START)
    with store.reading() as transaction:
        of_the_other = "ix_answers_place" if store.is_sqlite else "ix_answers_counted"
        opts = {
            "compare_type": True,
            "include_object": lambda _, name, __, is_kept, ___: is_kept or name != of_the_other,
        }
        context = MigrationContext.configure(transaction.connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_schema():
    assert known_schemas()[0] == SCHEMA


def test_a_store_is_there_once_it_was_begun(garden):
    assert not has_store(garden)
    store = begin(garden, at=START)
    assert has_store(garden)
    assert rows_of(store)["studies"][0]["created_at"] == START
    assert rows_of(begin(garden, at=START + timedelta(days=1))) == rows_of(store), "it is begun once"


def test_nothing_of_a_block_that_fails_is_written(garden):
    store = begin(garden, at=START)

    def fail():
        with store.writing() as transaction:
            record_step(transaction, Step("open", START, 1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert rows_of(store)["steps"] == []


def test_who_writes_beside_another_waits_and_is_told(garden, monkeypatch):
    monkeypatch.setattr(opening, "WAIT_SECONDS", 0.1)
    store, other = begin(garden, at=START), open_store(garden)
    with store.writing(), pytest.raises(StoreError, match="is being written by another program") as refusal:  # noqa: SIM117
        with other.writing():
            pass
    assert "so nothing was written" in str(refusal.value)


def test_those_who_begin_at_once_begin_one_study(garden):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: create_store(garden, at=START), range(6)))
    assert len({str(rows_of(store)["studies"]) for store in stores}) == 1
    assert len(rows_of(stores[0])["studies"]) == 1


@ON_POSTGRESQL
def test_who_only_reads_cannot_write(garden):
    store = begin(garden, at=START)
    with pytest.raises(StoreError, match="read-only"), store.reading() as transaction:
        record_step(transaction, Step("open", START, 1))


@ON_POSTGRESQL
def test_a_database_holds_several_studies_by_their_names(garden, tmp_path):
    stores = {}
    for name in ("garden", "meadow"):
        path = tmp_path / f"{name}.yaml"
        words = STUDY.replace("name: garden", f"name: {name}").replace("A garden", f"A {name}")
        path.write_text(words, encoding="utf-8")
        stores[name] = begin(replace(load_study(path), store_url=garden.store_url), at=START)
    with stores["meadow"].writing() as transaction:
        record_step(transaction, Step("open", START, 1))
    assert len(rows_of(stores["meadow"])["steps"]) == 1
    assert rows_of(stores["garden"])["steps"] == []
    with pytest.raises(StoreError, match="holds no study 'orchard'; look at `name`"):  # noqa: SIM117
        with replace(stores["garden"], name="orchard").reading():
            pass


@ON_POSTGRESQL
def test_a_study_whose_name_was_changed_does_not_begin_again(garden):
    begin(garden, at=START)
    with pytest.raises(
        StoreError, match="keeps this study already, under the name 'garden'; write `name: ga"
    ):
        begin(replace(garden, name="meadow"), at=START)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("postgresql://me@nowhere.invalid/x", "cannot be reached"),
        ("postgresql://me@localhost:99999/x", "cannot be reached"),
        ("postgresql://me@localhost/x?foo=abc", "cannot be opened so"),
        ("postgresql://me@localhost/x?connect_timeout=abc", "cannot be opened so"),
    ],
)
@ON_SQLITE
def test_a_url_that_leads_nowhere_is_told(garden, url, problem):
    with pytest.raises(StoreError, match=f"{problem} \\(.*\\); look at "):
        has_store(replace(garden, store_url=url))


@ON_SQLITE
def test_a_text_with_half_a_character_is_refused(garden):
    store = begin(garden, at=START)
    with (
        pytest.raises(StoreError, match=r"cannot keep a text with '\\udcff' in it"),
        store.writing() as transaction,
    ):
        record_step(transaction, Step("open", START, 1, by="A\udcff"))
    with pytest.raises(InputFaults, match="holds half a character"):
        parse_document('title: "Q\\uD800"', source="study.yaml", folder=garden.path.parent)


@ON_SQLITE
def test_an_error_of_the_database_that_nobody_foresaw_is_told(garden):
    store = begin(garden, at=START)
    refused = pytest.raises(StoreError, match=r"could not do what was asked \(no such table: gardens\)")
    with refused, store.reading() as transaction:
        transaction.connection.execute(text("SELECT * FROM gardens"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")
@ON_SQLITE
def test_a_disk_that_is_full_is_told_of_what_is_shown(garden):
    command = "from innosi.forecast.cli import main; main()"
    given = [sys.executable, "-c", command, "delphi", "status", str(garden.path)]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(given, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "No space left on device" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_a_store_of_a_newer_version_is_refused(garden):
    store = begin(garden, at=START)
    with store.writing() as transaction:
        transaction.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (open_store, upgrade_store):
        with pytest.raises(StoreError, match="has schema 9999, which this version of innosi does not know"):
            refused(garden)


def test_a_store_of_the_newest_schema_is_upgraded_to_the_same(garden):
    before = rows_of(begin(garden, at=START))
    assert upgrade_store(garden) == (SCHEMA, SCHEMA)
    assert rows_of(open_store(garden)) == before


@ON_SQLITE
def test_a_path_may_hold_any_character(garden, tmp_path):
    path = tmp_path / "50% of ü? #1.yaml"
    path.write_text(STUDY, encoding="utf-8")
    study = load_study(path)
    begin(study, at=START)
    assert store_path(study).read_bytes().startswith(b"SQLite format 3")
    assert store_file(study) == tmp_path / "50% of ü? #1.sqlite"


@ON_SQLITE
def test_what_is_no_store_is_refused(garden):
    with pytest.raises(StoreError, match="there is no store of this study yet; begin with its panel"):
        open_store(garden)
    store_path(garden).write_bytes(b"no database, whatever it was" * 200)
    with pytest.raises(DamagedStore, match="is damaged, or no store of innosi"):
        open_store(garden)
    store_path(garden).unlink()
    sqlite3.connect(store_path(garden)).close()
    with pytest.raises(StoreError, match="is no store of innosi; look at the file"):
        open_store(garden)


@ON_SQLITE
def test_what_is_deleted_is_overwritten_at_once(garden):
    with begin(garden, at=START).reading() as transaction:
        assert transaction.connection.execute(text("PRAGMA secure_delete")).scalar() == 1
        assert transaction.connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_moment_comes_back_in_utc(garden):
    store = begin(garden, at=START)
    with store.writing() as transaction:
        transaction.connection.execute(update(studies).values(anonymised_at=START.astimezone(None)))
    assert rows_of(store)["studies"][0]["anonymised_at"] == START


def test_a_reader_sees_one_moment(garden, garden_store):
    with garden_store.reading() as transaction:
        before = transaction.connection.execute(select(panellists.c.group_name)).scalars().all()
        with open_store(garden).writing() as other:
            other.connection.execute(update(panellists).values(group_name="south"))
        assert transaction.connection.execute(select(panellists.c.group_name)).scalars().all() == before


def test_a_snapshot_leaves_a_real_time_study_open(garden):
    study = replace(garden, mode="real_time")
    store = begin(study, at=START)
    with store.writing() as transaction:
        for hours, kind in enumerate(("open", "snapshot")):
            record_step(transaction, Step(kind, START + timedelta(hours=hours), 1))
    with store.reading() as transaction:
        progress = read_progress(transaction, study)
    assert (progress.state, progress.round) == ("open", 2)
    assert progress.why_not_admitted(2) == ""
    assert "round 1 is closed" in progress.why_not_admitted(1)
