"""Whatever happens while a store is written, it is as before or as after, and who wrote is told the truth.

A command runs in a forked process, and is killed there, kept out, or starved of room.
"""

import functools
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import warnings
from collections import Counter
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from kept_study import rows_of
from sqlalchemy import Engine, event, text
from sqlalchemy.engine.default import DefaultDialect

from innosi.forecast import conducting
from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.cli import cli
from innosi.forecast.running import UndecidedChanges, running_study
from innosi.forecast.store import opening
from innosi.forecast.store.answers import load_answers
from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.opening import open_store, store_path
from innosi.forecast.store.tables import metadata
from innosi.forecast.store.upkeep import verify_store
from innosi.forecast.study import load_study
from innosi.models.errors import InnosiError, InputFaults

START = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
LATER = START + timedelta(days=1)
NOBODY = 65534
PEOPLE = [f"p{number:02}" for number in range(1, 31)]
STUDY = f"""\
title: A garden for everybody
name: garden
panel:
  minimum_group_size: 2
  members: [{", ".join(PEOPLE)}]
rounds: 3
questions:
  pond: {{text: How good is a pond?, type: rating, scale: {{low: 1, high: 5}}}}
  trees: {{text: How many?, type: quantity, answer: three_point, low: 0, unit: trees}}
  why: {{text: What else?, type: text}}
"""
HEAD = "panellist,pond,trees.lower,trees.best,trees.upper,why,pond.reason\n"
ON_BOTH = pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


@pytest.fixture
def store_url(request):
    """A SQLite file beside the study, or where a test says so an empty PostgreSQL database."""
    is_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    return "" if is_sqlite else request.getfixturevalue("postgresql_database")


@pytest.fixture(autouse=True)
def _statements_are_compiled_once(monkeypatch):
    """What a command opens several times has one engine; whoever runs one command does not notice."""
    monkeypatch.setattr(opening, "_sqlite", functools.cache(opening._sqlite))


@pytest.fixture
def draft(tmp_path, store_url):
    """A study of which nothing is kept yet."""
    return study_in(tmp_path, store_url)


@pytest.fixture
def study(draft):
    """A study whose first round is open, with the answers of a few."""
    conducting.open_next_round(running_study(draft), at=START)
    take_in(draft, answers_of(draft, PEOPLE[:5], name="first.csv"))
    return draft


def study_in(folder, store_url=""):
    path = folder / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return replace(load_study(path), store_url=store_url)


def answers_of(study, people, *, name="answers.csv", pond=4):
    """A file with what some say to all questions, in so many words that the store needs pages for them."""
    lines = [f"{who},{pond},1,5,9,{'more trees ' * 20}{who},{'near ' * 40}{who}" for who in people]
    path = study.path.with_name(name)
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def take_in(study, path):
    return import_answers(study, path, ImportOptions(number=1), at=LATER)


def close(study):
    conducting.close_open_round(running_study(study), at=LATER)


def rows(study):
    return rows_of(open_store(study))


# --- processes -------------------------------------------------------------------------------------------


class Child:
    """A process that runs something, and says how it ended: 'done', or what it was told."""

    def __init__(self, act, *, first=lambda: None):
        reads, writes = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the child uses none of them
            self.pid = os.fork()
        if not self.pid:
            os.close(reads)
            _run_and_end(act, first, writes)
        os.close(writes)
        self.reads = reads

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def end(self):
        """Wait for it; return what it said, '' where it was killed before it could."""
        with os.fdopen(self.reads, "rb") as pipe:
            said = pipe.read().decode()
        os.waitpid(self.pid, 0)
        return said


def _run_and_end(act, first, writes):
    said = "done"
    try:
        first()
        act()
    except InnosiError as error:
        said = f"{type(error).__name__}: {error}"
    except BaseException as error:
        said = f"bug: {error!r}"
    finally:
        os.write(writes, said.encode())
        os._exit(0)


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


def at_statement(number):
    """What a child does first to die just before its statement of that number."""

    def first():
        left = iter(range(number, 0, -1))
        event.listen(Engine, "before_cursor_execute", lambda *_: next(left, None) or _die())

    return first


def at_writing(table):
    """What a child does first to die just before it writes to a table."""

    def first():
        event.listen(Engine, "before_cursor_execute", lambda *given: writes_to(table, given[2]) and _die())

    return first


def writes_to(table, statement):
    return statement.replace('"', "").startswith(f"INSERT INTO {table} ")


def at_commit(number, *, after):
    """What a child does first to die just before or after its commit of that number."""

    def first():
        commit, left = DefaultDialect.do_commit, iter(range(number, 0, -1))

        def and_die(self, connection):
            is_last = next(left, None) is None
            if not is_last or after:
                commit(self, connection)
            if is_last:
                _die()

        DefaultDialect.do_commit = and_die

    return first


def counted(act):
    """How many statements and commits something takes, and how long, in a child of its own."""
    found, commit = Counter(), DefaultDialect.do_commit

    def count_statement(*_):
        found["statement"] += 1

    def count_commit(self, connection):
        found["commit"] += 1
        commit(self, connection)

    event.listen(Engine, "before_cursor_execute", count_statement)
    DefaultDialect.do_commit = count_commit
    began = time.perf_counter()
    try:
        act()
    finally:
        DefaultDialect.do_commit = commit
        event.remove(Engine, "before_cursor_execute", count_statement)
    return found["statement"], found["commit"], time.perf_counter() - began


def deaths(act, n):
    """So many ways to die within something that is done here once to be measured, as functions of a child.

    Around each commit, before statements that are spread over all, and the rest after a time.
    """
    n_statements, n_commits, seconds = counted(act)
    around = [at_commit(each, after=after) for each in range(n_commits) for after in (False, True)]
    n_between = (n - len(around)) // 2
    between = [at_statement(round(each * (n_statements - 1) / (n_between - 1))) for each in range(n_between)]
    for first in (*around, *between):
        yield lambda run, first=first: run(first=first)
    n_timed = n - len(around) - len(between)
    for each in range(n_timed):
        yield lambda run, after=each / n_timed * seconds: _killed_after(run(), after)


def _killed_after(child, seconds):
    time.sleep(seconds)
    child.kill()
    return child


# --- killed ----------------------------------------------------------------------------------------------


class Kept:
    """A copy of a SQLite store as it is, to go back to."""

    def __init__(self, study):
        self.path = store_path(study)
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.content = self.path.read_bytes()

    def bring_back(self):
        for end in ("-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        self.path.write_bytes(self.content)


def every_row(study):
    """Every row of every table of a SQLite store, ids and all, from a file that SQLite finds sound."""
    with closing(sqlite3.connect(store_path(study))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()
            for name in sorted({*metadata.tables, "alembic_version"})
        }


def said_of(act):
    """What somebody is told who does something: '' where it is done."""
    try:
        act()
    except InnosiError as error:
        return str(error)
    return ""


def ends_after_deaths(study, act, n, *, again=""):
    """Kill something so many times, each time from the same store; count how it ended, and repeat it.

    `again` is what somebody is told who does again what was done already.
    """
    kept, before = Kept(study), every_row(study)
    ways = list(deaths(act, n))
    after, ends = every_row(study), Counter()
    assert after != before
    for die in ways:
        kept.bring_back()
        die(lambda first=lambda: None: Child(act, first=first)).end()
        found = every_row(study)
        assert found in (before, after), "between before and after"
        end = "before" if found == before else "after"
        assert ends[end] or verify_store(study) == (), "looked at once, as the rows are the same"
        ends[end] += 1
        assert said_of(act) == ("" if found == before else again)
        assert every_row(study) == after
    return ends


def test_an_import_that_is_killed_is_as_before_or_as_after_and_can_be_repeated(study):
    path = answers_of(study, PEOPLE)
    ends = ends_after_deaths(study, lambda: take_in(study, path), 50)
    assert ends["before"] >= 10
    assert ends["after"] >= 1
    assert ends.total() == 50


def test_a_step_that_is_killed_is_as_before_or_as_after_and_can_be_repeated(study):
    told = "no round is open: round 1 is closed; give the panel its feedback first: innosi delphi feedback"
    ends = ends_after_deaths(study, lambda: close(study), 50, again=f"{told} STUDY --to feedback")
    assert ends["before"] >= 10
    assert ends["after"] >= 1
    assert ends.total() == 50


def test_where_the_beginning_of_a_store_is_killed_the_next_command_begins_it(tmp_path):
    whole = draft_in(tmp_path / "whole")
    ways = list(deaths(lambda: take_in(whole, answers_of(whole, PEOPLE[:3])), 16))
    expected = without_key(every_row(whole))
    for number, die in enumerate(ways):
        study = draft_in(tmp_path / str(number))
        path = answers_of(study, PEOPLE[:3])
        die(lambda first=lambda: None: Child(lambda: take_in(study, path), first=first)).end()  # noqa: B023
        assert running_study(study).progress.state == "draft"
        take_in(study, path)
        found = without_key(every_row(study))
        assert found == expected
    assert verify_store(study) == ()


def draft_in(folder):
    folder.mkdir()
    return study_in(folder)


def without_key(found):
    """All rows but the key, which is drawn."""
    ((number, _, *others),) = found["studies"]
    return {**found, "studies": [(number, *others)]}


@ON_POSTGRESQL
def test_on_postgresql_too_what_is_killed_is_as_before_or_as_after(study):
    path = answers_of(study, PEOPLE)
    before = rows(study)
    for name in ("imports", "answers", "arguments"):
        said = Child(lambda: take_in(study, path), first=at_writing(name)).end()
        assert said == "", "it was killed"
        assert rows(study) == before
    take_in(study, path)
    assert verify_store(study) == ()
    assert len({who for _, who, _ in load_answers(study).by_place}) == len(PEOPLE)


# --- broken off ------------------------------------------------------------------------------------------


@ON_POSTGRESQL
@pytest.mark.parametrize("table", ["imports", "answers", "arguments"])
def test_a_connection_that_is_broken_off_leaves_all_as_it_was(study, table):
    path, before = answers_of(study, PEOPLE), rows(study)

    def end_it(connection, cursor, statement, *_):
        if writes_to(table, statement):
            pid = connection.connection.driver_connection.info.backend_pid
            with opening._engine_of(study)[0].connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    event.listen(Engine, "before_cursor_execute", end_it)
    try:
        with pytest.raises(StoreError, match=r"broke the connection off \(.*\); say the command again"):
            take_in(study, path)
    finally:
        event.remove(Engine, "before_cursor_execute", end_it)
    assert rows(study) == before
    take_in(study, path)
    assert verify_store(study) == ()


# --- no room ---------------------------------------------------------------------------------------------


@contextmanager
def on_connecting(statement):
    """Let every connection begin with a statement."""

    def connected(connection, _):
        connection.execute(statement)

    event.listen(Engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(Engine, "connect", connected)


def innosi(*arguments, code=0):
    result = CliRunner().invoke(cli, ["delphi", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_a_full_disk_is_told_and_nothing_is_lost(study):
    path, before = answers_of(study, PEOPLE), rows(study)
    with on_connecting("PRAGMA max_page_count = 1"):
        said = innosi("import", study.path, path, code=2)
    assert "study.sqlite: has no room: the disk is full, so nothing was written (" in said
    assert "make room, and say the command again" in said
    assert rows(study) == before
    innosi("import", study.path, path)


@pytest.mark.parametrize("spare", [0, 4_000, 20_000])
def test_a_file_that_may_not_grow_is_told_and_nothing_is_lost(study, spare):
    Kept(study)  # leaves no log beside the file
    path, before = answers_of(study, PEOPLE), rows(study)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (spare, resource.RLIM_INFINITY))

    said = Child(lambda: take_in(study, path), first=limit).end()
    assert said.startswith("StoreError: ")
    assert "could not be read or written on its disk (disk I/O error); look whether the disk is full" in said
    assert rows(study) == before
    assert verify_store(study) == ()
    take_in(study, path)


@pytest.fixture
def small_disk(tmp_path):
    """A disk with little room; skips where none may be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_disk_that_fills_up_nothing_is_lost(small_disk):
    study = study_in(small_disk)
    conducting.open_next_round(running_study(study), at=START)
    take_in(study, answers_of(study, PEOPLE[:5], name="first.csv"))
    path, before = answers_of(study, PEOPLE), rows(study)
    filling = small_disk / "filling"
    with suppress(OSError), filling.open("wb", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    with pytest.raises(StoreError, match=r"the disk is full|could not be read or written on its disk"):
        take_in(study, path)
    filling.unlink()
    assert rows(study) == before
    take_in(study, path)
    assert verify_store(study) == ()


# --- no access -------------------------------------------------------------------------------------------


@pytest.fixture
def open_folder():
    """A folder whose ways are open to everybody."""
    folder = Path(tempfile.mkdtemp(prefix="innosi-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def as_nobody():
    """Root may write everywhere; nobody may not."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def begun_in(folder):
    """A study with a round and answers, whose store is one file."""
    study = study_in(folder)
    conducting.open_next_round(running_study(study), at=START)
    take_in(study, answers_of(study, PEOPLE[:5], name="first.csv"))
    Kept(study)
    for end in ("-wal", "-shm"):
        store_path(study).with_name(store_path(study).name + end).unlink(missing_ok=True)
    return study


@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_what_is_read_only_is_told_and_stays_as_it_is(open_folder, folder_mode):
    study = begun_in(open_folder)
    path, before = answers_of(study, PEOPLE), store_path(study).read_bytes()
    store_path(study).chmod(0o444)
    open_folder.chmod(folder_mode)
    for act in (lambda: take_in(study, path), lambda: close(study)):
        said = Child(act, first=as_nobody).end()
        assert said.startswith("StoreError: ")
        assert "is read-only, so nothing was written (" in said
        assert "make the file and its folder writable, or work on a copy" in said
    assert store_path(study).read_bytes() == before


def test_a_folder_in_which_no_store_can_be_made_is_told(open_folder):
    draft = study_in(open_folder)
    path = answers_of(draft, PEOPLE)
    open_folder.chmod(0o555)
    said = Child(lambda: take_in(draft, path), first=as_nobody).end()
    assert said.startswith("StoreError: ")
    assert "cannot be opened (unable to open database file); look whether its folder exists and" in said
    assert not store_path(draft).exists()


# --- two at once -----------------------------------------------------------------------------------------


@ON_BOTH
def test_who_finds_the_store_in_use_is_told_and_can_come_again(study, monkeypatch):
    monkeypatch.setattr(opening, "WAIT_SECONDS", 0.2)
    path, before = answers_of(study, PEOPLE), rows(study)
    about = ("--db", study.store_url) if study.store_url else ()
    with open_store(study).writing():
        for arguments in (("import", study.path, path), ("close", study.path)):
            said = innosi(*arguments, *about, code=2)
            assert "is being written by another program, so nothing was written (" in said
            assert "wait until it is done, and say the command again" in said
    assert rows(study) == before
    innosi("import", study.path, path, *about)
    innosi("close", study.path, *about)


def at_once(*acts):
    """Run several at once, each in a process of its own; return what each said."""
    waits, go = os.pipe()

    def first():
        os.close(go)
        os.read(waits, 1)  # until the other end is closed

    children = [Child(act, first=first) for act in acts]
    os.close(waits)
    os.close(go)
    return [child.end() for child in children]


@ON_BOTH
def test_those_who_import_at_once_both_find_their_answers_kept(study):
    halves = [
        answers_of(study, PEOPLE[5:15], name="one.csv"),
        answers_of(study, PEOPLE[15:], name="other.csv"),
    ]
    said = at_once(*(lambda path=path: take_in(study, path) for path in halves))
    assert said == ["done", "done"]
    assert {who for _, who, _ in load_answers(study).by_place} == set(PEOPLE)
    assert len(load_answers(study).by_place) == 3 * len(PEOPLE)
    assert verify_store(study) == ()


@ON_BOTH
def test_of_those_who_say_otherwise_at_once_one_is_refused(study):
    files = [answers_of(study, PEOPLE[5:], name=f"{pond}.csv", pond=pond) for pond in (1, 5)]
    said = at_once(*(lambda path=path: take_in(study, path) for path in files))
    assert sorted(each.partition(":")[0] for each in said) == ["AnswerError", "done"]
    (refused,) = (each for each in said if each != "done")
    assert "gives 25 answers otherwise than kept for round 1: p06, pond was" in refused
    kept = {each.values for each in load_answers(study).by_place.values() if each.question == "pond"}
    assert kept == {(4.0,), (1.0,) if said[0] == "done" else (5.0,)}


@ON_BOTH
def test_of_those_who_close_a_round_at_once_one_does_and_the_others_are_told(study):
    said = at_once(*[lambda: close(study)] * 4)
    assert sorted(each.partition(":")[0] for each in said) == ["RoundError"] * 3 + ["done"]
    assert {each for each in said if each != "done"} == {
        "RoundError: no round is open: round 1 is closed;"
        " give the panel its feedback first: innosi delphi feedback STUDY --to feedback"
    }
    assert [each["kind"] for each in rows(study)["steps"]] == ["open", "close"]


@ON_BOTH
def test_answers_that_come_as_the_round_is_closed_are_kept_or_refused(study):
    path = answers_of(study, PEOPLE)
    imported, closed = at_once(lambda: take_in(study, path), lambda: close(study))
    assert closed == "done"
    n = len({who for _, who, _ in load_answers(study).by_place})
    assert n == (30 if imported == "done" else 5)
    assert imported == "done" or "round 1 is closed since" in imported


@ON_BOTH
def test_those_who_begin_a_study_at_once_begin_one(draft):
    files = [answers_of(draft, PEOPLE[:9], name="one.csv"), answers_of(draft, PEOPLE[9:], name="other.csv")]
    said = at_once(*(lambda path=path: take_in(draft, path) for path in files))
    assert said == ["done", "done"]
    assert len(rows(draft)["studies"]) == 1
    assert {who for _, who, _ in load_answers(draft).by_place} == set(PEOPLE)
    assert verify_store(draft) == ()


# --- another store ---------------------------------------------------------------------------------------


def test_a_store_of_an_older_version_says_how_it_is_brought_up_to_date(study, monkeypatch):
    before = store_path(study).read_bytes()
    monkeypatch.setattr(opening, "SCHEMA", "0002")
    for act in (lambda: take_in(study, answers_of(study, PEOPLE)), lambda: close(study)):
        with pytest.raises(StoreError, match="has schema 0001, and this version of innosi needs 0002; make"):
            act()
    assert store_path(study).read_bytes() == before


OTHER = STUDY.replace("A garden", "A school").replace("garden", "school").replace("pond", "desk")


def test_a_running_study_beside_another_studys_file_waits_for_a_decision(study):
    study.path.write_text(OTHER, encoding="utf-8")
    found, before = load_study(study.path), rows(study)
    for act in (lambda: close(found), lambda: take_in(found, answers_of(found, PEOPLE))):
        with pytest.raises(UndecidedChanges, match="title: A garden for everybody → A school for everybody"):
            act()
    assert rows(study) == before


def test_a_draft_with_answers_beside_another_studys_file_is_not_added_to(draft):
    take_in(draft, answers_of(draft, PEOPLE))
    draft.path.write_text(OTHER, encoding="utf-8")
    found, before = load_study(draft.path), rows(draft)
    path = answers_of(found, PEOPLE)
    path.write_text(path.read_text(encoding="utf-8").replace("pond", "desk"), encoding="utf-8")
    for act in (
        lambda: take_in(found, path),
        lambda: conducting.open_next_round(running_study(found), at=LATER),
    ):
        with pytest.raises(InputFaults, match=r"questions.pond  is no question any more, and has answers"):
            act()
    assert rows(draft) == before
