import csv
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from click.testing import CliRunner

from innosi.forecast.answers.importing import ImportOptions, RejectedAnswers, import_incoming, table_of
from innosi.forecast.answers.incoming import import_files, is_form
from innosi.forecast.cli import cli
from innosi.forecast.conducting import close_open_round, give_feedback, open_next_round, settle, snapshot
from innosi.forecast.handing_out import hand_out
from innosi.forecast.people.person import Person
from innosi.forecast.questionnaires.form import ANSWERS, HIDDEN, read_form
from innosi.forecast.questionnaires.label import SheetLabel
from innosi.forecast.running import begin, load_running_study
from innosi.forecast.store.answers import load_answers, read_answers
from innosi.forecast.store.arguments import read_proposals
from innosi.forecast.store.panel import read_consents, record_people, record_withdrawal
from innosi.forecast.store.tables import answers as answer_rows
from innosi.models.errors import AnswerError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STUDY = """\
title: Gardens for everybody
panel: {minimum_group_size: 2}
rounds: [Before, After]
questions:
  rating: {text: Does it bring people together?, type: rating, scale: {low: 1, high: 5}}
  chance: {text: How likely is it?, type: probability}
  hours: {text: How many hours?, type: quantity, answer: interval, unit: hours}
"""
CONSENT = "privacy: {consent: I take part of my own free will}\n"
PEOPLE = (
    Person("Anna", "Anna@x.nl", "", (), "nl", "K01"),
    Person("Bram", "bram@x.nl", "", (), "", "K02"),
    Person("Cees", "cees@x.nl", "", (), "", "K03"),
    Person("Dirk", "dirk@x.nl", "", (), "", "K04"),
)
FULL = {"rating": 4, "chance": 0.65, "hours.lower": 1, "hours.upper": 2.5}
MAPPING = """\
panellist: Email
match_people: email
answers: {rating: Q1, chance: Q2}
percentages: true
proposal: What did we miss?
"""


def begun(folder, text=STUDY):
    """A study with four people on its panel, of whom K04 withdrew, and round 1 open."""
    folder.mkdir(exist_ok=True)
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    store = begin(load_running_study(path).found, at=NOON)
    with store.writing() as transaction:
        record_people(transaction, PEOPLE, at=NOON)
    open_next_round(load_running_study(path), at=NOON)
    return path


@pytest.fixture
def path(tmp_path):
    return begun(tmp_path)


def innosi(*arguments, code=0):
    result = CliRunner().invoke(cli, ["delphi", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


def forms(path, folder="returned"):
    """The forms of everybody, as they are handed out; the folder that they lie in."""
    hand_out(load_running_study(path), path.parent / folder, form="workbook")
    return path.parent / folder


def fill_in(file, filled):
    """Fill a form in, as somebody does in a spreadsheet."""
    places, book = read_form(file).places, openpyxl.load_workbook(file)
    for column, said in filled.items():
        cell = book[ANSWERS][places[column].partition("!")[2]]
        cell.value = said
    book.save(file)
    return file


def form_of(path, who, filled, folder="returned"):
    return fill_in(forms(path, folder) / f"{who}.xlsx", filled)


def kept(path):
    found = load_answers(load_running_study(path).study)
    return {place: answer.values for place, answer in found.by_place.items()}


def table(path, text, name="answers.csv"):
    file = path.with_name(name)
    file.write_text(text, encoding="utf-8")
    return file


def relabelled(file, label):
    book = openpyxl.load_workbook(file)
    for row in book[HIDDEN].iter_rows():
        if row[0].value == "label":
            row[5].value = label
    book.save(file)
    return file


def test_a_form_that_comes_back_is_known_for_what_it_is(path):
    file = form_of(path, "K02", {**FULL, "rating.reason": "It does", "proposal": "And the bees?"})
    result = innosi("import", path, file)
    assert "1 proposed questions" in result.output
    assert kept(path) == {
        (1, "K02", "rating"): (4.0,),
        (1, "K02", "chance"): (0.65,),
        (1, "K02", "hours"): (1.0, 2.5),
    }
    with load_running_study(path).store.reading() as transaction:
        (proposal,) = read_proposals(transaction)
        sources = set(transaction.connection.execute(answer_rows.select()).mappings().all()[0].items())
    assert (proposal.author, proposal.text, proposal.round) == ("K02", "And the bees?", 1)
    assert ("source", "form") in sources
    assert "nothing changed" in innosi("import", path, file).output


def test_nothing_of_a_row_with_a_cell_too_many_is_taken_not_even_a_consent(tmp_path):
    path = begun(tmp_path, STUDY + CONSENT)
    rows = "K01,4,I like it, yes, no\nK02,4,,yes\n"
    file = table(path, f"panellist,rating,rating.reason,consent\n{rows}")
    innosi("import", path, file, "--skip-rejected")
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {"K02": True}


def test_of_who_says_both_yes_and_no_neither_is_kept(tmp_path):
    path = begun(tmp_path, STUDY + CONSENT)
    file = table(path, "panellist,consent,rating,chance\nK03,yes,4,\nK03,no,,\nK02,yes,3,\n")
    refused = innosi("import", path, file, code=2).stderr
    assert "said otherwise on line 3" in refused
    assert "said otherwise on line 2" in refused
    innosi("import", path, file, "--skip-rejected")
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {"K02": True}
    assert set(kept(path)) == {(1, "K02", "rating")}


def test_a_refusal_is_not_undone_by_an_older_file(tmp_path):
    path = begun(tmp_path, STUDY + CONSENT)
    file = table(path, "panellist,consent,rating\nK01,yes,4\n")
    innosi("import", path, file)
    innosi("consent", path, "K01", "--refused")
    refused = innosi("import", path, file, code=2).stderr
    assert "says that K01 agrees to take part, and what is kept is that they did not" in refused
    innosi("import", path, file, "--replace")
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {"K01": True}


def test_nobody_agrees_to_a_study_that_asks_for_no_consent(path):
    told = innosi("import", path, table(path, "panellist,consent,rating\nK01,yes,4\n")).output
    assert "consent is not read: the study file has no text to agree to" in told
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {}


def test_what_changed_between_check_and_writing_is_held_against_the_rows_again(path):
    stale, file = load_running_study(path), table(path, "panellist,rating\nK01,4\n")
    with stale.store.writing() as transaction:
        record_withdrawal(transaction, "K01", at=NOON)
    options = ImportOptions()
    with pytest.raises(RejectedAnswers, match="has withdrawn from the study"):
        import_incoming(stale, table_of(file, options), options, files=(file,), path=file, at=NOON)
    assert kept(path) == {}


def test_rejects_are_for_their_owner_alone_and_only_of_an_import_that_was(path):
    innosi("import", path, table(path, "panellist,rating\nK01,4\n"))
    file = table(path, "panellist,rating\nK01,5\nK02,9\n")
    assert "--replace" in innosi("import", path, file, "--skip-rejected", code=2).stderr
    rejects = path.with_name("answers.csv.rejects.csv")
    assert not rejects.exists()
    innosi("import", path, file, "--skip-rejected", "--replace")
    assert rejects.stat().st_mode & 0o777 == 0o600


def test_a_table_takes_back_what_it_does_not_hold_and_says_so(path):
    innosi("import", path, table(path, "panellist,rating\nK01,4\nK02,3\nK03,2\n"))
    file = table(path, "panellist,rating\nK01,4\nK02,99\n")
    told = innosi("import", path, file, "--replace", "--skip-rejected").output
    assert "taken back 1 kept answer that is not in the file" in told
    assert set(kept(path)) == {(1, "K01", "rating"), (1, "K02", "rating")}


def test_a_pseudonym_that_was_drawn_is_known_in_any_capitals_and_by_its_own_heading(path):
    with load_running_study(path).store.writing() as transaction:
        record_people(transaction, [replace(PEOPLE[0], pseudonym="K7R-4TM", email="")], at=NOON)
    innosi("import", path, table(path, "Pseudonym,rating\nk7r-4tm,4\n"))
    assert kept(path) == {(1, "K7R-4TM", "rating"): (4.0,)}


def test_an_old_file_does_not_change_a_real_time_study_back(tmp_path):
    path = begun(tmp_path, STUDY.replace("rounds:", "mode: real_time\nrounds:"))
    old = table(path, "panellist,rating\nK01,1\nK02,2\n", "old.csv")
    innosi("import", path, old)
    innosi("import", path, table(path, "panellist,rating\nK01,5\nK02,2\n"), "--replace")
    snapshot(load_running_study(path), at=NOON + timedelta(hours=1))
    assert "K01, rating was 5 and is now 1" in innosi("import", path, old, code=2).stderr
    innosi("import", path, table(path, "panellist,rating\nK02,2\n"))
    innosi("import", path, table(path, "panellist,rating\nK01,4\nK02,2\n"))
    assert kept(path)[2, "K01", "rating"] == (4.0,)


def test_what_was_typed_over_from_paper_is_told_apart(path):
    innosi("import", path, table(path, "panellist,rating\nK01,4\n"), "--paper")
    with load_running_study(path).store.reading() as transaction:
        assert [each.source for each in transaction.connection.execute(answer_rows.select())] == ["paper"]


def test_a_folder_of_forms_is_one_import(path):
    folder = forms(path)
    for who, level in (("K01", 2), ("K02", 3), ("K03", 5)):
        fill_in(folder / f"{who}.xlsx", {"rating": level})
    (folder / "~$K01.xlsx").write_bytes(b"a lock of Excel")
    result = innosi("import", path, folder, "--format", "json")
    assert '"new": 3' in result.stdout
    assert sorted(values for values in kept(path).values()) == [(2.0,), (3.0,), (5.0,)]


def test_one_bad_form_of_several_keeps_all_of_them_out(path):
    folder = forms(path)
    fill_in(folder / "K01.xlsx", {"rating": 2})
    fill_in(folder / "K02.xlsx", {"rating": 9, "chance": 0.5})
    (folder / "K03.xlsx").write_bytes(b"no workbook at all")
    refused = innosi("import", path, folder, code=2)
    assert "2 rows are rejected" in refused.stderr
    assert "K02.xlsx, line" in refused.stderr
    assert "off the scale (1 to 5) (Answers!C" in refused.stderr
    assert "K03.xlsx" in refused.stderr
    assert kept(path) == {}
    skipped = innosi("import", path, folder, "--skip-rejected")
    assert "2 rows were left out" in skipped.output
    assert kept(path) == {(1, "K01", "rating"): (2.0,), (1, "K02", "chance"): (0.5,)}
    told = list(csv.DictReader((path.parent / "returned.rejects.csv").read_text().splitlines()))
    assert {each["file"].rpartition("/")[2]: each["found"] for each in told} == {
        "K02.xlsx": "9",
        "K03.xlsx": "",
    }


def test_a_form_of_another_study_is_refused(path, tmp_path):
    other = form_of(begun(tmp_path / "other"), "K02", FULL)
    assert "is a form of the study" in innosi("import", path, other, code=2).stderr
    assert kept(path) == {}


def test_an_edited_pseudonym_in_a_form_is_found(path):
    file = form_of(path, "K02", FULL)
    label = str(read_form(file).label)
    edited = relabelled(file, label.replace("K02", "K01"))
    assert "was mistyped or changed" in innosi("import", path, edited, code=2).stderr


def test_a_form_of_somebody_unknown_is_refused_once(path):
    file = form_of(path, "K02", FULL)
    label = read_form(file).label
    stranger = relabelled(file, str(SheetLabel(label.study_key, 1, "K99")))
    refused = innosi("import", path, stranger, code=2).stderr
    assert "1 row is rejected" in refused
    assert "unknown panellist" in refused


def test_a_form_of_a_closed_round_is_refused_once_and_kept_apart_when_late(path):
    file = form_of(path, "K02", FULL)
    close_open_round(load_running_study(path), at=NOON + timedelta(hours=1))
    refused = innosi("import", path, file, code=2).stderr
    assert "1 row is rejected" in refused
    assert "round 1 is closed since 2026-03-01 13:00 UTC; to keep late answers apart, say --late" in refused
    innosi("import", path, file, "--late")
    assert kept(path) == {}
    running = load_running_study(path)
    with running.store.reading() as transaction:
        assert len(read_answers(transaction, running.study, is_late=True).by_place) == 3


def test_a_form_of_somebody_who_withdrew_is_refused(path):
    file = form_of(path, "K04", FULL)
    with load_running_study(path).store.writing() as transaction:
        record_withdrawal(transaction, "K04", at=NOON)
    assert "has withdrawn from the study" in innosi("import", path, file, code=2).stderr


@pytest.mark.parametrize(("said", "why"), [({}, "has not agreed yet"), ({"consent": "no"}, "did not agree")])
def test_without_consent_no_answer_is_taken(tmp_path, said, why):
    path = begun(tmp_path, STUDY + CONSENT)
    file = form_of(path, "K02", {**FULL, **said})
    refused = innosi("import", path, file, code=2).stderr
    assert "1 row is rejected" in refused
    assert f"{why} to take part" in refused
    assert "(Answers!C" in refused
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {}
    innosi("import", path, file, "--skip-rejected", code=0 if said else 2)
    assert kept(path) == {}
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == ({"K02": False} if said else {})


def test_with_consent_answers_are_taken_and_the_consent_is_kept(tmp_path):
    path = begun(tmp_path, STUDY + CONSENT)
    innosi("import", path, form_of(path, "K02", {**FULL, "consent": "yes"}))
    refuser = form_of(path, "K03", {"consent": "no"}, "again")
    assert "1 said whether they take part" in innosi("import", path, refuser).output
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {"K02": True, "K03": False}
    assert len(kept(path)) == 3


def test_a_consent_in_words_that_nobody_knows_is_refused(tmp_path):
    path = begun(tmp_path, STUDY + CONSENT)
    file = table(path, "panellist,consent,rating\nK01,yes,4\nK02,perhaps,4\n")
    refused = innosi("import", path, file, code=2).stderr
    assert "line 3     K02, consent" in refused
    assert "neither yes nor no" in refused


def test_consent_and_proposals_stand_in_any_table(tmp_path):
    path = begun(tmp_path, STUDY + CONSENT)
    file = table(path, "panellist,Consent,proposal,shoe size,rating\nK01,ja,And the bees?,44,4\n")
    result = innosi("import", path, file)
    assert "columns not read: shoe size" in result.output
    with load_running_study(path).store.reading() as transaction:
        assert read_consents(transaction) == {"K01": True}
        assert [each.text for each in read_proposals(transaction)] == ["And the bees?"]
    assert "nothing changed" in innosi("import", path, file).output


def test_a_proposal_of_somebody_unknown_is_refused(path):
    file = table(path, "panellist,proposal,rating\nK99,And the bees?,\nK01,,4\n")
    told = innosi("import", path, file, code=2).stderr
    assert re.search("line 2 +K99 +'K99': unknown panellist", told)


def test_two_forms_of_one_panellist_that_differ_are_both_left_out(path):
    first = form_of(path, "K01", {"rating": 2})
    second = form_of(path, "K01", {"rating": 3}, "again")
    other = fill_in(second.with_name("K02.xlsx"), {"rating": 4})
    refused = innosi("import", path, first, second, other, code=2).stderr
    assert refused.count("is here twice, and the two differ") == 2
    innosi("import", path, first, first, other)
    assert len(kept(path)) == 2


def test_a_form_that_is_corrected_replaces_nobody_elses_answers(path):
    innosi("import", path, form_of(path, "K01", {"rating": 2, "chance": 0.1}))
    innosi("import", path, form_of(path, "K02", {"rating": 2}, "second"))
    corrected = form_of(path, "K01", {"rating": 3}, "third")
    assert "--replace" in innosi("import", path, corrected, code=2).stderr
    report = json.loads(innosi("import", path, corrected, "--replace", "--format", "json").stdout)[0]["rows"][
        0
    ]
    assert (report["replaced"], report["taken_back"], report["kept_but_not_in_file"]) == (1, 0, 1)
    assert kept(path) == {
        (1, "K01", "rating"): (3.0,),
        (1, "K01", "chance"): (0.1,),
        (1, "K02", "rating"): (2.0,),
    }


def test_the_study_files_own_names_of_columns_are_for_tables_and_not_for_forms(tmp_path):
    path = begun(tmp_path, STUDY + "import: {columns: {panellist: ID}, percentages: true}\n")
    innosi("import", path, form_of(path, "K02", {"chance": 0.65}))
    innosi("import", path, table(path, "ID,chance\nK01,65\n"))
    assert kept(path) == {(1, "K01", "chance"): (0.65,), (1, "K02", "chance"): (0.65,)}


def test_a_real_time_study_counts_a_form_whenever_it_comes(tmp_path):
    path = begun(tmp_path, STUDY.replace("rounds:", "mode: real_time\nrounds:"))
    file = form_of(path, "K02", {"rating": 4})
    innosi("import", path, table(path, "panellist,rating\nK01,2\n"))
    snapshot(load_running_study(path), at=NOON + timedelta(hours=1))
    innosi("import", path, file)
    assert (2, "K02", "rating") in kept(path)


def test_a_question_that_was_dropped_is_not_answered(path):
    innosi("import", path, table(path, "panellist,rating,chance\nK01,4,0.5\n"))
    close_open_round(load_running_study(path), at=NOON + timedelta(hours=1))
    give_feedback(load_running_study(path), at=NOON + timedelta(hours=2))
    settle(load_running_study(path), "chance", "dropped", at=NOON + timedelta(hours=3))
    open_next_round(load_running_study(path), at=NOON + timedelta(hours=4))
    file = table(path, "panellist,rating,chance\nK01,4,0.5\nK02,3,\n")
    refused = innosi("import", path, file, code=2).stderr
    assert "1 row is rejected" in refused
    assert "line 2     K01, chance                  was dropped after round 1" in refused
    result = innosi("import", path, file, "--skip-rejected")
    assert "no column for: hours.lower, hours.upper" in result.output
    assert {place for place in kept(path) if place[0] == 2} == {(2, "K01", "rating"), (2, "K02", "rating")}


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ("K99,4,0.5\n", (), "'K99': unknown panellist; known here: K01"),
        ("K01,6,0.5\n", (), "'6': off the scale (1 to 5)"),
        ("K01,4,0.5\n", ("--language", "nl"), "'0.5'"),
        ('K01,4,"0,5"\n', (), "'0,5': a comma within a number"),
    ],
)
def test_bad_rows_are_located_and_the_rest_is_imported_on_request(path, rows, options, said):
    file = table(path, f"panellist,rating,chance\n{rows}K02,3,\n")
    refused = innosi("import", path, file, *options, "--all-or-nothing", code=2).stderr
    assert "line 2 " in refused
    assert said in refused
    assert kept(path) == {}
    innosi("import", path, file, *options, "--skip-rejected")
    assert kept(path)[1, "K02", "rating"] == (3.0,)
    assert path.with_name("answers.csv.rejects.csv").exists()


def test_numbers_are_read_in_the_language_that_is_said(path):
    innosi("import", path, table(path, 'panellist,chance\nK01,"0,5"\n'), "--language", "nl")
    assert kept(path) == {(1, "K01", "chance"): (0.5,)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--all-or-nothing", "--skip-rejected"), "contradict each other"),
        (("--mapping", "m.yaml", "--language", "nl"), "--language stands beside --mapping"),
        (("--mapping", "m.yaml", "--map", "rating=Q1"), "--map stands beside --mapping"),
        (("--mapping", "m.yaml", "--paper"), "--paper stands beside --mapping"),
    ],
)
def test_options_that_contradict_each_other_are_refused(path, options, said):
    assert said in innosi("import", path, path, *options, code=2).stderr


def test_options_for_tables_are_not_for_forms_and_no_form_advises_them(path):
    file = form_of(path, "K02", {"chance": 60})
    assert "--percent is for tables" in innosi("import", path, file, "--percent", code=2).stderr
    refused = innosi("import", path, file, code=2).stderr
    assert "above 1; write 65% or 0.65 (Answers!C" in refused


def test_a_form_is_read_in_the_language_in_which_it_was_sent(path):
    dutch = form_of(path, "K01", {"hours.lower": "1.500", "hours.upper": "1.234,5"})
    assert "out of order" in innosi("import", path, dutch, code=2).stderr
    fill_in(dutch, {"hours.upper": "10.000,5"})
    innosi("import", path, dutch)
    assert kept(path) == {(1, "K01", "hours"): (1500, 10000.5)}
    english = fill_in(dutch.with_name("K02.xlsx"), {"hours.lower": "1,500", "hours.upper": "10.000"})
    assert "may be a thousand or a fraction" in innosi("import", path, english, code=2).stderr
    innosi("import", path, fill_in(english, {"hours.upper": "10,000.5"}))
    assert kept(path)[1, "K02", "hours"] == (1500, 10000.5)


def test_an_import_of_forms_says_whose_they_are_which_are_blank_and_which_changed_their_names(path):
    folder = forms(path)
    fill_in(folder / "K01.xlsx", {"rating": 4, "chance": 0.5})
    fill_in(folder / "K03.xlsx", {"rating": 2}).rename(folder / "K04.xlsx")
    told = innosi("import", path, folder).output
    assert "answers of K01 (2), K03 (1)" in told
    assert "K04.xlsx is the form of K03" in told
    assert "nothing is filled in on the form of K02" in told
    assert "K02.xlsx: nothing is filled in" in innosi("import", path, folder / "K02.xlsx", code=2).stderr


def test_a_workbook_whose_list_of_sheets_is_huge_is_not_unpacked(tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b'<sheet name="innosi"/>' + b" " * 3_000_000)
    assert not is_form(bomb)


def test_several_tables_are_not_one_import(path):
    one, other = (table(path, "panellist,rating\nK01,4\n", f"{name}.csv") for name in "ab")
    with pytest.raises(RejectedAnswers, match="is no Excel workbook"):
        import_files(load_running_study(path).found, [one, other])


def test_a_folder_without_forms_says_so(path):
    (path.parent / "empty").mkdir()
    with pytest.raises(AnswerError, match="holds no form that came back"):
        import_files(load_running_study(path).found, [path.parent / "empty"], ImportOptions())


def test_a_survey_tools_export_is_read_by_its_mapping(path):
    mapping = table(path, MAPPING, "mapping.yaml")
    export = table(path, "Email,Q1,Q2,What did we miss?,Age\nANNA@x.nl ,4,65,The bees,44\n", "export.csv")
    result = innosi("import", path, export, "--mapping", mapping)
    assert "columns not read: Age" in result.output
    assert kept(path) == {(1, "K01", "rating"): (4.0,), (1, "K01", "chance"): (0.65,)}
    with load_running_study(path).store.reading() as transaction:
        (proposal,) = read_proposals(transaction)
        (row, _) = transaction.connection.execute(answer_rows.select())
    assert (proposal.author, proposal.text, row.source) == ("K01", "The bees", "survey tool")


def test_an_address_of_nobody_is_located_and_not_shown(path):
    mapping = table(path, MAPPING, "mapping.yaml")
    export = table(path, "Email,Q1,Q2,What did we miss?\nwho@x.nl,4,65,\nbram@x.nl,3,50,\n", "export.csv")
    refused = innosi("import", path, export, "--mapping", mapping, code=2).stderr
    assert "line 2 " in refused
    assert "nobody of the panel has the address" in refused
    assert "who@x.nl" not in refused
    innosi("import", path, export, "--mapping", mapping, "--skip-rejected")
    assert {who for _, who, _ in kept(path)} == {"K02"}


def test_a_mapping_is_proposed_and_one_that_was_mended_stays(path, tmp_path):
    export = table(path, "panellist,rating,chance\nK01,4,0.5\n", "export.csv")
    to = tmp_path / "mapping.yaml"
    innosi("map", path, export, "--to", to)
    assert "is there already" in innosi("map", path, export, "--to", to, code=2).stderr
    innosi("map", path, export, "--to", to, "--replace")
    innosi("import", path, export, "--mapping", to)
    assert kept(path)[1, "K01", "chance"] == (0.5,)
