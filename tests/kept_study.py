"""A study whose store has rows in every table, in SQLite and in PostgreSQL, and what those rows are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from sqlalchemy import select

from innosi.forecast.answers.values import Answer
from innosi.forecast.people.person import Person
from innosi.forecast.progress import Step
from innosi.forecast.running import begin
from innosi.forecast.store.answers import record_answers, retract_answers
from innosi.forecast.store.arguments import (
    Moderation,
    decide_proposal,
    record_arguments,
    record_moderation,
    record_proposals,
    record_votes,
)
from innosi.forecast.store.imports import record_import
from innosi.forecast.store.panel import record_consent, record_letters, record_people, record_withdrawal
from innosi.forecast.store.rows import of_study
from innosi.forecast.store.steps import record_step
from innosi.forecast.store.tables import erasures, metadata
from innosi.forecast.store.versions import current_versions
from innosi.forecast.study import load_study

START = datetime(2027, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
STUDY = """\
title: A garden for everybody
name: garden
panel:
  minimum_group_size: 2
  groups: {north: North, south: South}
rounds: 3
questions:
  importance: {text: How important is it?, type: rating, scale: {low: 1, high: 5}}
  trees: {text: How good?, type: multi_rating, scales: {shade: {low: 1, high: 7}, fruit: {low: 1, high: 7}}}
  first: {text: What comes first?, type: ranking, options: {pond: A pond, hut: A hut, hedge: A hedge}}
  which: {text: Which one?, type: choice, options: {pond: A pond, hut: A hut}}
  any: {text: Which of these?, type: multiple_choice, options: {pond: A pond, hut: A hut}}
  money: {text: How much for each?, type: allocation, options: {pond: A pond, hut: A hut}}
  pairs: {text: Which rather?, type: pairwise, options: {pond: A pond, hut: A hut}}
  chance: {text: How likely is it?, type: probability}
  places: {text: How many?, type: quantity, answer: three_point, confidence: asked, unit: places, low: 0}
  opens: {text: When does it open?, type: year, never: true}
  why: {text: What else?, type: text}
"""
PEOPLE = (
    Person("Anna Jansen", "anna@garden.example", "north", ("soil", "water"), "nl", "K01"),
    Person("Bram de Vries", "bram@garden.example", "north", (), "", "K02"),
    Person("Çelik Öztürk", "celik@garden.example", "south", ("soil",), "de", "K03"),
    Person("Dora Papadaki", "dora@garden.example", "south", (), "el", "K04"),
    Person("Emil Noll", "", "", (), "", "K05"),
)
VALUES = {
    "importance": (4.0,),
    "trees": (7.0, nan),
    "first": (2.0, 1.0, 3.0),
    "which": (1.0,),
    "any": (1.0, 0.0),
    "money": (0.1 + 0.2, 100 - (0.1 + 0.2)),
    "pairs": (1 / 7,),
    "chance": (1 / 3,),
    "places": (10.0, 12.5, 40.0, 0.8),
    "opens": (inf,),
    "why": (1.0,),
}


def given_by(panellist, number=1, **reasons):
    """What a panellist says to every question of the study."""
    return [
        Answer(number, panellist, question, values, reasons.get(question, ""))
        for question, values in VALUES.items()
    ]


def keep_everything(study):
    """Begin a study's store, and put rows into every table of it."""
    store = begin(study, at=START)
    with store.writing() as transaction:
        _keep_people(transaction)
        _keep_answers(transaction, study)
        _keep_words(transaction)
        for kind, hours in (("open", 2), ("close", 30), ("feedback", 31)):
            record_step(transaction, Step(kind, START + timedelta(hours=hours), 1, by="Facilitator"))
        about = {"n_answers": 3, "n_arguments": 1, "because": "asked for it", "by": "Facilitator"}
        values = {"study_id": transaction.study_id, "at": START, **about}
        transaction.connection.execute(erasures.insert().values(values))
    return store


def _keep_people(transaction):
    record_people(transaction, PEOPLE, at=START)
    agreed = {each.pseudonym: each.pseudonym != "K05" for each in PEOPLE}
    record_consent(transaction, agreed, text_sha256="0" * 64, how="form", at=START + timedelta(hours=1))
    record_withdrawal(transaction, "K05", at=START + timedelta(hours=20))
    record_letters(transaction, agreed, kind="invitation", number=1, how="e-mail", at=START)
    failure = "anna@garden.example: mailbox full"
    record_letters(transaction, ["K01"], kind="reminder", number=1, how="e-mail", at=START, failure=failure)


def _keep_answers(transaction, study):
    versions, asked = current_versions(transaction), study.questions
    number = record_import(transaction, file_name="anna.xlsx", sha256="f" * 64, counts=(11, 0, 0), at=START)
    about = {"source": "form", "at": START + timedelta(hours=3)}
    first = given_by("K01", importance="It is near, says Anna", why="A bench, and a café")
    record_answers(transaction, first, versions, asked, import_id=number, **about)
    others = [answer for name in ("K02", "K03", "K04") for answer in given_by(name)]
    others[0] = replace(others[0], reason="It is far")
    record_answers(transaction, others, versions, asked, **about)
    record_answers(
        transaction,
        [Answer(1, "K01", "importance", (5.0,), "It is near, says Anna")],
        versions,
        asked,
        **about,
    )
    retract_answers(transaction, [(1, "K04", "why")], versions, **about)
    record_answers(transaction, given_by("K02")[:2], versions, asked, is_late=True, **about)
    for given in (first, others):  # one import after the other, so that the first argument is K01's
        record_arguments(transaction, study, given, at=START + timedelta(hours=3))


def _keep_words(transaction):
    at = START + timedelta(hours=32)
    act = Moderation(1, at, "edit", "It is near", "names somebody", "Facilitator")
    record_moderation(transaction, act)
    record_moderation(transaction, replace(act, argument=2, action="hide", value=""))
    record_votes(transaction, [(1, "K02", 1), (1, "K03", -1), (2, "K01", 1), (2, "K01", 0)], at=at)
    record_proposals(transaction, [("K03", "And the dogs?"), ("K01", "And the cats?")], number=1, at=at)
    decide_proposal(transaction, 1, question="", because="asked already", at=at)


def rows_of(store):
    """Every row that a study has, by table; ids as places in their order, so that stores can be compared."""
    with store.reading() as transaction:
        found = {
            table.name: transaction.connection.execute(
                select(table).where(of_study(table, transaction.study_id)).order_by(*table.primary_key)
            )
            .mappings()
            .all()
            for table in metadata.sorted_tables
        }
    places = {name: {row["id"]: place for place, row in enumerate(rows)} for name, rows in found.items()}
    return {
        table.name: [_placed(row, table, places) for row in found[table.name]]
        for table in metadata.sorted_tables
    }


def _placed(row, table, places):
    of = {
        column.name: next(iter(column.foreign_keys)).column.table.name
        for column in table.c
        if column.foreign_keys
    }
    of |= {"id": table.name}
    return {
        name: places[of[name]][value] if name in of and value is not None else value
        for name, value in row.items()
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request):
    """Where a store is kept: '' for the SQLite file beside the study, or an empty PostgreSQL database."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgresql_database")


@pytest.fixture
def garden(tmp_path, store_url):
    """The study, of which nothing is kept yet."""
    path = tmp_path / "garden.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return replace(load_study(path), store_url=store_url)


@pytest.fixture
def garden_store(garden):
    """Its store, with rows in every table."""
    return keep_everything(garden)
