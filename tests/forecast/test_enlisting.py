"""Who a list of people is: known again, new, or changed; and how the panel comes out."""

import random
import shutil
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from innosi.forecast import conducting
from innosi.forecast.cli import cli
from innosi.forecast.enlisting import design_of, enlist
from innosi.forecast.running import running_study
from innosi.forecast.store.panel import read_panel, read_people, record_consent
from innosi.forecast.study import load_study

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
STUDY = """\
title: A garden
panel: {minimum_group_size: 2, groups: {north: North, south: South}, quotas: {north: 2}}
rounds: 2
questions:
  pond: {text: How good is a pond?, type: rating, scale: {low: 1, high: 5}}
"""
FIRST = "name,email,group\nAnn Lee,,north\nBob Ray,bob@old.example,north\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture
def put(path):
    """Put the people of a list on the panel; return what that did."""

    def listed(text):
        people = path.with_name("people.csv")
        people.write_text(text, encoding="utf-8")
        return enlist(running_study(load_study(path)), people, at=AT, randomness=random.Random(1))

    return listed


def people_of(path):
    with running_study(load_study(path)).needed_store.reading() as transaction:
        return sorted((each.name, each.email, each.group) for each in read_people(transaction).values())


def test_an_address_that_is_new_or_another_one_makes_nobody_new(path, put):
    put(FIRST)
    done = put("name,email,group\nAnn Lee,ann@new.example,north\nBob Ray,bob@new.example,north\n")
    assert (done.n_added, done.n_changed, done.n_same) == (0, 2, 0)
    assert done.changes == (
        "Ann Lee: email – → ann@new.example",
        "Bob Ray: email bob@old.example → bob@new.example",
    )
    assert people_of(path) == [
        ("Ann Lee", "ann@new.example", "north"),
        ("Bob Ray", "bob@new.example", "north"),
    ]


def test_two_of_one_name_on_a_list_are_two_people(path, put):
    put(FIRST)
    done = put(
        "name,email,group\nBob Ray,bob@old.example,north\nBob Ray,bob@other.example,south\n"
        "Ann Lee,ann@one.example,north\nAnn Lee,ann@two.example,north\n"
    )
    assert (done.n_added, done.n_changed, done.n_same) == (3, 0, 1)


def test_who_moves_to_another_group_is_told_by_name(put):
    put(FIRST)
    assert put(FIRST.replace("Lee,,north", "Lee,,south")).changes == ("Ann Lee: group north → south",)


def test_before_any_round_nobody_is_reminded_and_without_a_consent_text_nobody_is_won(path, put):
    put(FIRST)
    running = running_study(load_study(path))
    with running.needed_store.writing() as transaction:
        given = dict.fromkeys(read_panel(transaction), False)
        record_consent(transaction, given, text_sha256="0" * 64, how="file", at=AT)
    assert design_of(running).missing == ()
    conducting.open_next_round(running, at=AT)
    (missing,) = design_of(running_study(load_study(path))).missing
    assert missing == "North: 2 wanted, 0 answered: remind those who have not"


def test_names_are_shown_with_their_pseudonyms_where_they_are_asked_for(path, put):
    put(FIRST)
    plain, named = (
        CliRunner().invoke(cli, ["delphi", "panel", str(path), each]).output for each in ("--list", "--names")
    )
    assert "Ann Lee" not in plain
    assert "Ann Lee" in named
    assert "bob@old.example" in named


def test_commands_that_are_suggested_can_be_given_as_they_stand(path):
    said = CliRunner().invoke(cli, ["delphi", "open", str(path)]).output
    assert said.strip().endswith(f"; next: innosi delphi questionnaires {path} --to round-1")


def test_a_study_file_that_was_renamed_is_led_to_its_store(path, put, tmp_path):
    put(FIRST)
    shutil.move(path, tmp_path / "garden.yaml")
    said = CliRunner().invoke(cli, ["delphi", "status", str(tmp_path / "garden.yaml")]).output
    assert "if it has begun already, give study.sqlite the name garden.sqlite" in " ".join(said.split())


def test_a_pseudonym_that_no_database_keeps_is_a_fault_of_the_study_file(path):
    path.write_text(STUDY.replace("quotas", f"members: [{'p' * 101}], quotas"), encoding="utf-8")
    said = CliRunner().invoke(cli, ["check", str(path)])
    assert "is longer than the 100 characters of a pseudonym" in said.output
