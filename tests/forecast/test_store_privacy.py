import json
import random
import re
import sqlite3
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from kept_study import PEOPLE, START, given_by, keep_everything, rows_of
from sqlalchemy import select, update

from innosi.forecast.access import data_of_person
from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.answers.values import Answer
from innosi.forecast.people.person import Person
from innosi.forecast.people.pseudonyms import is_wellformed
from innosi.forecast.progress import Step
from innosi.forecast.running import begin, running_study
from innosi.forecast.store.absence import prove_absent
from innosi.forecast.store.anonymising import anonymise
from innosi.forecast.store.answers import load_answers, read_answers, record_answers
from innosi.forecast.store.arguments import (
    Moderation,
    read_arguments,
    record_arguments,
    record_moderation,
    record_proposals,
)
from innosi.forecast.store.imports import record_import
from innosi.forecast.store.listed_members import without_members
from innosi.forecast.store.names import Spotter, forms_of_names, names_in_texts
from innosi.forecast.store.opening import store_path
from innosi.forecast.store.panel import (
    is_anonymised,
    read_consents,
    read_panel,
    read_people,
    record_consent,
    record_people,
)
from innosi.forecast.store.privacy import erase_panellist, personal_data
from innosi.forecast.store.steps import record_step
from innosi.forecast.store.tables import answers, arguments, imports, panellists, studies
from innosi.forecast.store.upkeep import verify_store
from innosi.forecast.store.versions import current_versions, read_study_version
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.loading.document import parse_document

NOW = datetime(2027, 4, 1, 12, 34, 56, tzinfo=UTC)
ON_SQLITE = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
NAMED = {text for each in PEOPLE for text in (each.name, each.email) if text}
OLD = {each.pseudonym for each in PEOPLE}


def erase(store, pseudonym, because="they asked for it"):
    return erase_panellist(store, pseudonym, because=because, by="Facilitator", at=NOW)


def made_anonymous(store, study, **options):
    return anonymise(store, study, at=NOW, randomness=random.Random(7), **({"blots_names": True} | options))


# ── What is kept ──


def test_every_promise_names_a_test_that_there_is():
    here = Path(__file__).parent
    named = re.findall(
        r"`((?:\.\./\w+/)?test_\w+\.py)::(test_\w+)`",
        (here.parents[1] / "docs" / "privacy.md").read_text("utf-8"),
    )
    assert len(named) > 15
    assert not [each for each in named if f"def {each[1]}(" not in (here / each[0]).read_text("utf-8")]


def test_no_name_stands_beside_an_answer(garden_store):
    """An address may stand in the reason why a letter failed, and people may name each other."""
    rows = rows_of(garden_store)
    own_words = {"reason", "text", "value", "file_name", "because"}
    for table in rows.keys() - {"identities", "letters"}:
        kept = repr([{key: each for key, each in row.items() if key not in own_words} for row in rows[table]])
        assert not [name for name in NAMED if name in kept], table
    assert {row["pseudonym"] for row in rows["identities"]} == OLD


def test_what_somebody_said_last_about_taking_part_counts(garden_store):
    with garden_store.writing() as transaction:
        for is_given in (True, False):
            record_consent(transaction, {"K01": is_given}, text_sha256="1" * 64, how="form", at=NOW)
        assert read_consents(transaction) == {**dict.fromkeys(OLD, True), "K05": False, "K01": False}
    theirs = [row for row in rows_of(garden_store)["consents"] if row["pseudonym"] == "K01"]
    assert [(row["is_given"], row["text_sha256"][0]) for row in theirs] == [
        (True, "0"),
        (True, "1"),
        (False, "1"),
    ]


# ── Erasure ──


def test_nothing_of_an_erased_panellist_is_left(garden, garden_store):
    before = rows_of(garden_store)
    done = erase(garden_store, "K01")
    after = rows_of(garden_store)
    assert (done.n_answers, done.n_arguments) == (12, 1)
    assert done.proof.is_absent
    assert done.proof.n_needles == 3
    assert "K01" not in repr(after)
    assert "Anna" not in repr(after)
    assert "anna" not in repr(after)
    assert len(after["moderations"]) == 1, "what moderation did to another's argument stays"
    assert [row["voter"] for row in after["argument_votes"]] == []
    assert len(before["answers"]) - len(after["answers"]) == 12
    assert not verify_store(garden)


def test_the_others_stay_as_they_are(garden_store):
    def of_others():
        return {
            name: [{**row, "id": 0} for row in rows if "K01" not in row.values()]
            for name, rows in rows_of(garden_store).items()
            if name in ("panellists", "identities", "consents", "letters", "proposals")
        }

    before = of_others()
    with garden_store.reading() as transaction:
        said = [each for each in read_arguments(transaction) if each.author != "K01"]
    erase(garden_store, "K01")
    assert of_others() == before
    with garden_store.reading() as transaction:
        assert [each.text for each in read_arguments(transaction)] == [each.text for each in said]


def test_an_erasure_is_recorded_without_saying_whose(garden_store):
    erase(garden_store, "K01")
    kept = rows_of(garden_store)["erasures"][-1]
    assert {key: kept[key] for key in ("at", "n_answers", "n_arguments", "because", "by")} == {
        "at": NOW,
        "n_answers": 12,
        "n_arguments": 1,
        "because": "they asked for it",
        "by": "Facilitator",
    }


def test_the_name_of_a_file_that_only_they_sent_is_forgotten(garden_store):
    erase(garden_store, "K01")
    assert [(row["file_name"], row["sha256"]) for row in rows_of(garden_store)["imports"]] == [("", "")]


def test_a_file_with_others_answers_keeps_its_name(garden_store):
    with garden_store.writing() as transaction:
        number = transaction.connection.execute(select(imports.c.id)).scalar_one()
        transaction.connection.execute(update(answers).values(import_id=number))
    erase(garden_store, "K01")
    assert [row["file_name"] for row in rows_of(garden_store)["imports"]] == ["anna.xlsx"]


def test_who_is_erased_is_taken_off_the_list_in_the_kept_study_file(garden):
    words = garden.path.read_text(encoding="utf-8")
    words = words.replace("rounds: 3", "  members: {p01: north, p02: south}\nrounds: 3")
    garden.path.write_text(words, encoding="utf-8")
    study = replace(load_study(garden.path), store_url=garden.store_url)
    store = begin(study, at=START)
    with store.writing() as transaction:
        versions = current_versions(transaction)
        record_answers(transaction, given_by("p01"), versions, study.questions, at=START, source="file")
    assert erase(store, "p01").proof.is_absent
    with store.reading() as transaction:
        kept = parse_document(read_study_version(transaction).content, source="", folder=None)
    assert kept.data["panel"]["members"] == {"p02": "south"}


def test_a_pseudonym_may_be_typed_as_people_type_it(garden, garden_store):
    with garden_store.writing() as transaction:
        record_people(transaction, [Person("Fay Ode", pseudonym="K7R-4TM")], at=START)
    assert erase(garden_store, "k7r 4tm").n_answers == 0


def test_an_unknown_pseudonym_is_refused_with_the_nearest(garden_store):
    before = rows_of(garden_store)
    with pytest.raises(InnosiError, match="knows no panellist 'K011'; did you mean 'K01'"):
        erase(garden_store, "K011")
    assert rows_of(garden_store) == before


@pytest.mark.parametrize("because", ["anna jansen asked", "K01 asked", "mail of anna@garden.example"])
def test_a_reason_that_tells_who_is_refused(garden_store, because):
    before = rows_of(garden_store)
    with pytest.raises(InnosiError, match="tells who is erased"):
        erase(garden_store, "K01", because)
    assert rows_of(garden_store) == before


def test_what_others_wrote_of_them_is_told(garden_store):
    with garden_store.writing() as transaction:
        words = {"text": "As Anna  Jansen says, it is far"}
        transaction.connection.execute(update(arguments).where(arguments.c.number == 2).values(words))
    proof = erase(garden_store, "K01").proof
    assert not proof.is_absent
    assert {(each.needle, each.where) for each in proof.found} == {("Anna  Jansen", "arguments.text")}


LISTED = """\
panel:
  # Anna is p01
  members:
    p01: north  # Anna
    'p 02': south
    p03:
  groups: {north: N, south: S}
"""


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (LISTED, {"p 02": "south", "p03": None}),
        ("panel: {members: [p01, p02], members_file: x.csv}\ntitle: 'T: 1'", ["p02"]),
        ("panel: {members: {p01: null, 7: south}}", {"7": "south"}),
        ("title: p01", None),
    ],
)
def test_a_member_is_taken_off_the_list_in_a_kept_study_file(content, kept):
    def data(of):
        return parse_document(of, source="", folder=None).data

    before, after = data(content), data(without_members(content, ["p01"]))
    assert after.get("panel", {}).get("members") == kept
    for each in (before, after):
        each.get("panel", {}).pop("members", None)
    assert after == before
    assert not data(without_members(content)).get("panel", {}).get("members")
    assert not data(without_members(content)).get("panel", {}).get("members_file")


# ── The proof ──


@ON_SQLITE
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_what_lies_in_a_files_bytes_is_found(garden, garden_store, encoding, end, monkeypatch):
    monkeypatch.setattr("innosi.forecast.store.absence.compact_store", lambda _: "")
    path = store_path(garden)
    beside = path.with_name(path.name + end)
    with garden_store.reading():  # SQLite keeps its files while somebody reads
        with beside.open("ab") as file:
            file.write("Zoë Remnant".encode(encoding))
        found = prove_absent(garden_store, ["Zoë Remnant"]).found
    assert [each.where for each in found] == [f"the bytes of {beside.name}"]


@ON_SQLITE
def test_freed_space_is_given_back(garden, garden_store):
    """Without secure deletion, what was deleted stays in the file until it is cleaned."""
    path = store_path(garden)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA secure_delete = OFF")
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute("DELETE FROM identities")
        file.commit()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.close()
    assert b"Anna Jansen" in path.read_bytes()
    assert prove_absent(garden_store, ["Anna Jansen"]).is_absent
    assert b"Anna Jansen" not in path.read_bytes()


def test_what_is_in_any_text_is_found(garden_store):
    found = prove_absent(garden_store, ["anna jansen", "K03", "Nobody At All"]).found
    assert ("Anna Jansen", "identities.name") in {(each.needle, each.where) for each in found}
    places = {each.where for each in found if each.needle == "K03"}
    assert places >= {"answers.panellist", "panellists.pseudonym", "argument_votes.voter", "proposals.author"}
    assert "Nobody At All" not in {each.needle for each in found}


def test_a_word_that_holds_a_name_is_no_trace_of_it(garden_store):
    assert prove_absent(garden_store, ["mport"]).is_absent, "the question 'importance' holds it"


def test_names_too_short_to_be_looked_for_are_told(garden_store):
    assert prove_absent(garden_store, ["An", "Nobody At All"]).skipped == ("An",)


def test_what_a_proof_does_not_reach_is_said(garden, garden_store):
    (beyond,) = prove_absent(garden_store, ["Nobody At All"]).beyond
    assert ("server's own backups" in beyond) == bool(garden.store_url)
    assert ("copies of the file" in beyond) != bool(garden.store_url)


@ON_SQLITE
def test_a_store_that_another_program_holds_is_told(garden_store, monkeypatch):
    monkeypatch.setattr("innosi.forecast.store.opening.WAIT_SECONDS", 0.05)
    with garden_store.reading() as transaction:
        transaction.connection.execute(select(panellists)).first()
        proof = erase(garden_store, "K01").proof
    assert "another program has the store open" in proof.beyond[-1]
    assert not proof.is_absent, "the log still holds what was erased, and that is found"
    assert prove_absent(garden_store, ["Anna Jansen"]).is_absent


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_another_study_may_know_the_same_people(garden, tmp_path, postgresql_database):
    store = keep_everything(garden)
    path = tmp_path / "meadow.yaml"
    words = garden.path.read_text(encoding="utf-8").replace("name: garden", "name: meadow")
    path.write_text(words.replace("A garden for", "A meadow for"), encoding="utf-8")
    other = keep_everything(replace(load_study(path), store_url=postgresql_database))
    before = rows_of(other)
    assert erase(store, "K01").proof.is_absent
    assert made_anonymous(store, garden).proof.is_absent
    assert rows_of(other) == before


# ── Names in texts ──


def test_names_in_texts_are_told_with_the_argument(garden, garden_store):
    found = {(each.where, each.named) for each in names_in_texts(garden_store)}
    assert not found, "the argument that named somebody was edited"
    with garden_store.writing() as transaction:
        act = Moderation(1, NOW, "edit", "It is near, says Jansen", "Bram de Vries asked", "Facilitator")
        record_moderation(transaction, act)
        about = {"at": NOW, "source": "form"}
        versions = current_versions(transaction)
        given = [Answer(1, "K02", "why", (1.0,), "ask K03, or celik@garden.example")]
        record_answers(transaction, given, versions, garden.questions, **about)
        record_step(transaction, Step("settle", NOW, 1, "why", "dropped", "ÇELIK  öztürk wants it"))
    found = [(each.where.split(",")[0], each.named) for each in names_in_texts(garden_store)]
    assert found == [
        ("argument 1", "Jansen"),
        ("answer of K02 to 'why' in round 1", "K03"),
        ("answer of K02 to 'why' in round 1", "celik@garden.example"),
        ("note in steps", "ÇELIK  öztürk"),
        ("note in moderations", "Bram de Vries"),
    ]


@pytest.mark.parametrize(
    ("text", "blotted"),
    [
        ("Ann agrees; Annual, mann and ANN do too", "[…] agrees; Annual, mann and […] do too"),
        ("as rose rises, Rose says", "as rose rises, […] says"),
        ("mail ann@x.org, not joann@x.org", "mail […], not joann@x.org"),
        ("Ann\n Lee-Rose", "[…]-[…]"),
        ("the ROSE said", "the […] said"),
        ("AnnLee, ann_lee and Ann\u00adLee", "[…], […]_lee and […]"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_names_are_whole_words(text, blotted):
    assert Spotter.of(["Ann", "ann lee", "ann@x.org"], ["Rose"]).blotted(text) == blotted


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
@pytest.mark.parametrize("written", ["José Núñez", "JOSE NUNEZ", "Jose Nuñez", "JoséNúñez"])
@pytest.mark.parametrize("listed", ["José Núñez", unicodedata.normalize("NFD", "José Núñez")])
def test_a_name_is_found_however_its_accents_are_written(form, written, listed):
    text = f"as {unicodedata.normalize(form, written)} says, ﬁne"
    assert Spotter.of([listed]).blotted(text) == "as […] says, ﬁne"


def test_words_that_may_be_forms_of_a_name_are_listed_and_not_blotted(garden_store):
    text = "Anny asked Jansens, with Papadakis; Annual jam, and annie"
    with garden_store.writing() as transaction:
        record_moderation(transaction, Moderation(2, NOW, "edit", text, "", ""))
    found = forms_of_names(garden_store)
    assert [each.named for each in found] == ["Annual", "Anny", "Jansens", "Papadakis"]
    assert {each.where for each in found} == {"argument 2"}
    assert not names_in_texts(garden_store)


# ── Anonymity ──


def test_nothing_leads_from_an_anonymous_study_to_its_people(garden, garden_store):
    done = made_anonymous(garden_store, garden)
    after = rows_of(garden_store)
    assert done.proof.is_absent, done.proof.found
    assert done.proof.n_needles == len(NAMED | OLD)
    assert not [each for each in (*NAMED, *OLD) if each in repr(after)]
    assert after["identities"] == after["letters"] == []
    assert not verify_store(garden)
    with garden_store.reading() as transaction:
        assert is_anonymised(transaction)
        assert not read_people(transaction)


@ON_SQLITE
def test_the_files_bytes_hold_no_name_and_no_old_pseudonym(garden, garden_store):
    assert made_anonymous(garden_store, garden).proof.is_absent
    content = b"".join(each.read_bytes() for each in garden.path.parent.glob("garden.sqlite*"))
    assert content
    for needle in (*NAMED, *OLD):
        assert needle.encode() not in content
        assert needle.encode("utf-16-le") not in content


def test_the_results_are_the_same(garden, garden_store):
    def said(study):
        return Counter(
            (each.round, each.question, str(each.values)) for each in load_answers(study).by_place.values()
        )

    def heard(store):
        with store.reading() as transaction:
            return sorted(
                (each.round, each.question, each.text, each.n_for, each.n_against, each.is_hidden)
                for each in read_arguments(transaction)
            )

    before, arguments_before = said(garden), heard(garden_store)
    late = late_answers(garden_store, garden)
    made_anonymous(garden_store, garden)
    assert said(garden) == before
    assert heard(garden_store) == arguments_before
    assert late_answers(garden_store, garden) == late
    assert len(load_answers(garden).panellists(1)) == 4


def late_answers(store, study):
    with store.reading() as transaction:
        found = read_answers(transaction, study, is_late=True).by_place.values()
        return sorted((each.question, str(each.values)) for each in found)


def test_everybody_has_one_new_pseudonym_everywhere(garden, garden_store):
    made_anonymous(garden_store, garden)
    after = rows_of(garden_store)
    panel = {row["pseudonym"] for row in after["panellists"]}
    assert len(panel) == len(PEOPLE)
    assert all(map(is_wellformed, panel))
    for table, column in (
        ("answers", "panellist"),
        ("arguments", "author"),
        ("argument_votes", "voter"),
        ("consents", "pseudonym"),
        ("proposals", "author"),
    ):
        assert {row[column] for row in after[table]} <= panel


MANY = [f"K{number:03}" for number in range(100, 140)]


@pytest.fixture
def crowd(garden):
    """Forty people on the list, each of whom says his place on it."""
    store = begin(garden, at=START)
    groups = {"K100": "north", **dict.fromkeys(MANY[1:], "south")}
    with store.writing() as transaction:
        people = [Person(f"Person Number{name}", "", groups[name], pseudonym=name) for name in MANY]
        record_people(transaction, people, at=START)
        given = [Answer(1, name, "importance", (float(n),), f"reason {n}") for n, name in enumerate(MANY)]
        versions = current_versions(transaction)
        record_answers(transaction, given, versions, garden.questions, at=START, source="form")
        record_arguments(transaction, garden, given, at=START)
        record_proposals(
            transaction, [(name, f"proposal {n}") for n, name in enumerate(MANY)], number=1, at=START
        )
    return store


@pytest.mark.parametrize(
    ("table", "column"),
    [("answers", "reason"), ("answers", "parts"), ("arguments", "text"), ("proposals", "text")],
)
def test_the_order_of_rows_does_not_follow_the_list(garden, crowd, table, column):
    def order():
        return [row[column] for row in rows_of(crowd)[table]]

    before = order()
    made_anonymous(crowd, garden)
    after = order()
    assert sorted(after) == sorted(before)
    in_place = sum(one == other for one, other in zip(before, after, strict=True))
    assert in_place < 10
    rises = sum(before.index(one) < before.index(other) for one, other in pairwise(after))
    assert 8 < rises < 32


def test_the_order_of_the_panel_and_its_pseudonyms_does_not_follow_the_list(garden, crowd):
    made_anonymous(crowd, garden)
    after = rows_of(crowd)
    place = {row["panellist"]: int(row["reason"].split()[1]) for row in after["answers"]}
    for order in ([row["pseudonym"] for row in after["panellists"]], sorted(place)):
        rises = sum(place[one] < place[other] for one, other in pairwise(order))
        assert 8 < rises < 32


def test_a_group_that_is_too_small_is_emptied_and_one_more_with_it(garden, crowd):
    done = made_anonymous(crowd, garden)
    assert done.emptied_groups == ("north", "south"), "south alone would tell who is north"
    assert {row["group_name"] for row in rows_of(crowd)["panellists"]} == {""}


def test_groups_that_are_large_enough_stay(garden, garden_store):
    with garden_store.writing() as transaction:
        people = [Person("F G", "", "", pseudonym="K06")]
        record_people(transaction, people, at=START)
    done = made_anonymous(garden_store, garden)
    assert done.emptied_groups == ()
    with garden_store.reading() as transaction:
        panel = read_panel(transaction).values()
        assert Counter(each.group for each in panel) == {"north": 2, "south": 2, "": 2}
        assert {(each.expertise, each.language) for each in panel} == {((), "")}


def test_a_group_of_which_too_few_answered_is_emptied_however_many_are_listed(garden, garden_store):
    with garden_store.writing() as transaction:
        record_people(transaction, [Person("", "", "north", pseudonym=f"X{i}") for i in range(5)], at=START)
    study = replace(garden, panel=replace(garden.panel, minimum_group_size=3))
    assert made_anonymous(garden_store, study).emptied_groups == ("north", "south")


def test_of_when_somebody_acted_only_the_closing_of_the_round_is_told(garden, garden_store):
    made_anonymous(garden_store, garden)
    after = rows_of(garden_store)
    closed = next(row["at"] for row in after["steps"] if row["kind"] == "close")
    for table in ("answers", "arguments", "consents"):
        assert {row["at"].date() for row in after[table]} == {closed.date()}, table
    assert {row["at"].date() for row in after["argument_votes"]} == {NOW.date()}, "after the last round"
    assert {row["withdrawn_at"] for row in after["panellists"]} == {None, closed}
    assert {row["how"] for row in after["consents"]} == {""}


def test_of_imports_only_the_sums_stay(garden, garden_store):
    with garden_store.writing() as transaction:
        for n in (3, 4):
            counts = (n, 1, 0)
            record_import(transaction, file_name=f"{n}.csv", sha256="e" * 64, counts=counts, at=START)
    made_anonymous(garden_store, garden)
    (row,) = rows_of(garden_store)["imports"]
    assert (row["n_added"], row["n_changed"], row["n_rejected"]) == (18, 2, 0)


def test_moments_become_days_and_files_have_no_names(garden, garden_store):
    made_anonymous(garden_store, garden)
    after = rows_of(garden_store)
    for table in ("answers", "arguments", "argument_votes", "consents", "proposals", "imports"):
        assert {row["at"].time().isoformat() for row in after[table]} == {"00:00:00"}, table
    assert {row["listed_at"].time().isoformat() for row in after["panellists"]} == {"00:00:00"}
    assert [(row["file_name"], row["sha256"]) for row in after["imports"]] == [("", "")]
    assert {(row["source"], row["import_id"]) for row in after["answers"]} == {("", None)}


def test_of_an_edited_argument_only_the_edited_text_stays(garden, garden_store):
    made_anonymous(garden_store, garden, blots_names=False)
    after = rows_of(garden_store)
    assert {row["text"] for row in after["arguments"]} == {"It is near", "It is far"}
    assert {row["reason"] for row in after["answers"]} == {
        "It is near",
        "It is far",
        "A bench, and a café",
        "",
    }


def test_names_in_texts_have_to_be_dealt_with_first(garden, garden_store):
    with garden_store.writing() as transaction:
        record_moderation(transaction, Moderation(2, NOW, "edit", "Ask Dora", "", ""))
    before = rows_of(garden_store)
    with pytest.raises(InnosiError, match="panellists are named in texts, at 1 place; edit") as refusal:
        made_anonymous(garden_store, garden, blots_names=False)
    assert "argument 2: Dora" in str(refusal.value)
    assert rows_of(garden_store) == before
    done = made_anonymous(garden_store, garden, blots_names=False, despite_names=True)
    assert [each.named for each in done.mentions] == ["Dora"]


def test_names_are_blotted_out_where_that_is_asked(garden, garden_store):
    with garden_store.writing() as transaction:
        record_moderation(transaction, Moderation(2, NOW, "edit", "Ask Dora Papadaki", "Bram says so", ""))
        record_step(transaction, Step("settle", NOW, 1, "why", "dropped", "Emil wants it"))
    assert made_anonymous(garden_store, garden).proof.is_absent
    after = rows_of(garden_store)
    assert "Ask […]" in {row["text"] for row in after["arguments"]}
    assert "[…] says so" in {row["because"] for row in after["moderations"]}
    assert "[…] wants it" in {row["because"] for row in after["steps"]}


def test_an_open_round_is_not_made_anonymous(garden, garden_store):
    with garden_store.writing() as transaction:
        record_step(transaction, Step("open", NOW, 2))
    before = rows_of(garden_store)
    with pytest.raises(
        InnosiError, match="round 2 is open, and nobody could answer it any more; close it first"
    ):
        made_anonymous(garden_store, garden)
    assert rows_of(garden_store) == before


def test_it_is_done_once(garden, garden_store):
    made_anonymous(garden_store, garden)
    before = rows_of(garden_store)
    with pytest.raises(InnosiError, match="anonymous already"):
        made_anonymous(garden_store, garden)
    assert rows_of(garden_store) == before


def test_if_it_fails_nothing_was_done(garden, garden_store, monkeypatch):
    before = rows_of(garden_store)

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("innosi.forecast.store.anonymising._forget", fail)
    with pytest.raises(KeyboardInterrupt):
        made_anonymous(garden_store, garden)
    assert rows_of(garden_store) == before


def test_members_of_the_study_file_keep_their_groups_under_new_pseudonyms(garden):
    listed = garden.path.read_text(encoding="utf-8").replace(
        "groups: {north: North, south: South}",
        "groups: {north: North, south: South}\n  members: {p01: north, p02: north, p03: south, p04: south}",
    )
    garden.path.write_text(listed, encoding="utf-8")
    study = replace(load_study(garden.path), store_url=garden.store_url)
    store = begin(study, at=START)
    with store.writing() as transaction:
        versions = current_versions(transaction)
        given = [each for name in ("p01", "p02", "p03", "p04") for each in given_by(name)]
        record_answers(transaction, given, versions, study.questions, at=START, source="file")
    assert made_anonymous(store, study).proof.is_absent
    running = running_study(study)
    assert sorted(running.study.panel.members.values()) == ["north", "north", "south", "south"]
    assert set(load_answers(study).panellists(1)) <= set(running.study.panel.members)
    with store.reading() as transaction:
        assert "p01" not in read_study_version(transaction).content


# ── Access ──


def test_everything_that_is_kept_of_a_panellist_is_shown(garden, garden_store):
    found = json.loads(json.dumps(data_of_person(running_study(garden), "K01")))
    assert found["identities"] == [
        {"pseudonym": "K01", "name": "Anna Jansen", "email": "anna@garden.example"}
    ]
    assert found["panellists"][0]["group_name"] == "north"
    assert found["panellists"][0]["listed_at"] == START.isoformat()
    assert [each["is_given"] for each in found["consents"]] == [True]
    assert [each["kind"] for each in found["letters"]] == ["invitation", "reminder"]
    assert len(found["answers"]) == 12
    first = found["answers"][0]
    assert (first["text"], first["answer"], first["reason"]) == (
        "How important is it?",
        "4",
        "It is near, says Anna",
    )
    assert [each["text"] for each in found["arguments"]] == ["It is near, says Anna"]
    assert found["arguments"][0]["votes_by_others"] == 2
    assert [each["value"] for each in found["arguments"][0]["moderation"]] == ["It is near"]
    assert [each["vote"] for each in found["argument_votes"]] == ["for", "taken back"]
    assert [each["text"] for each in found["proposals"]] == ["And the cats?"]


def test_what_somebody_gets_is_in_words(garden, garden_store):
    given = {
        each["question"]: each["answer"] for each in data_of_person(running_study(garden), "K02")["answers"]
    }
    assert given["which"] == "A hut"
    assert given["any"] == {"A pond": "yes", "A hut": "no"}
    assert given["first"] == {"A pond": "2", "A hut": "1", "A hedge": "3"}
    assert given["pairs"] == {"A pond or A hut": "A hut counts 7 times as much"}
    assert given["chance"] == "33.33%"
    assert given["places"]["Best estimate"] == "12.5 places"
    assert given["opens"] == "never"
    taken_back = data_of_person(running_study(garden), "K04")["answers"][-1]
    assert (taken_back["question"], taken_back["answer"]) == ("why", None)
    mine = data_of_person(running_study(garden), "K01")["answers"]
    assert {each["answer"]: each["reason"] for each in mine if each["question"] == "why"} == {
        "A bench, and a café": ""
    }


def test_what_somebody_gets_is_in_their_language_as_it_was_asked(tmp_path, garden):
    text = garden.path.read_text(encoding="utf-8").partition("  trees:")[0] + (
        "  which: {text: Which one?, type: choice, options: {pond: A pond, hut: A hut}}\n"
        "privacy: {purpose: A plan}\n"
        "translations:\n  nl:\n    title: Een tuin\n    privacy: {purpose: Een plan}\n    questions:\n"
        "      importance: {text: Hoe belangrijk is het?}\n"
        "      which: {text: Welke?, options: {pond: Een vijver, hut: Een hut}}\n"
    )
    garden.path.write_text(text, encoding="utf-8")
    study = replace(load_study(garden.path), store_url=garden.store_url)
    store = begin(study, at=START)
    with store.writing() as transaction:
        record_people(transaction, [PEOPLE[0]], at=START)
        given = [Answer(1, "K01", "which", (1.0,)), Answer(1, "K01", "importance", (4.0,))]
        versions = current_versions(transaction)
        record_answers(transaction, given, versions, study.questions, at=START, source="form")
    found = data_of_person(running_study(study), "K01")
    assert found["promised"] == {"purpose": "Een plan"}
    assert [(each["text"], each["answer"]) for each in found["answers"]] == [
        ("Welke?", "Een hut"),
        ("Hoe belangrijk is het?", "4"),
    ]


def test_nothing_of_others_is_shown(garden, garden_store):
    shown = json.dumps(data_of_person(running_study(garden), "K01"))
    for other in PEOPLE[1:]:
        assert other.pseudonym not in shown
        assert not other.name or other.name not in shown


def test_an_answer_that_was_taken_back_or_late_is_shown_too(garden_store):
    assert sum(each["is_retracted"] for each in personal_data(garden_store, "K04")["answers"]) == 1
    assert sum(each["is_late"] for each in personal_data(garden_store, "K02")["answers"]) == 2


def test_nobody_answers_an_anonymous_study_any_more(garden, garden_store, tmp_path):
    with garden_store.writing() as transaction:
        transaction.connection.execute(update(studies).values(anonymised_at=START))
    path = tmp_path / "answers.csv"
    path.write_text("panellist,importance\nK01,3\n", encoding="utf-8")
    with pytest.raises(AnswerError, match="made anonymous, and nobody answers it any more"):
        import_answers(garden, path, ImportOptions(number=1, is_late=True))
