from datetime import UTC, date, datetime, timedelta
from html import unescape

import pypdf
import pytest
from click.testing import CliRunner

from innosi.forecast.answers.importing import import_answers
from innosi.forecast.cli import cli
from innosi.forecast.conducting import (
    close_open_round,
    finish,
    open_next_round,
    postpone,
    settle,
    snapshot,
)
from innosi.forecast.feeding_back import feed_back, feedback_of
from innosi.forecast.handing_out import hand_out
from innosi.forecast.people.person import Person
from innosi.forecast.questionnaires.form import read_form
from innosi.forecast.running import begin, load_running_study
from innosi.forecast.sheet_names import sheet_names
from innosi.forecast.store.panel import record_people, record_withdrawal
from innosi.forecast.store.privacy import erase_panellist
from innosi.models.errors import InnosiError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STUDY = """\
title: Gardens for everybody
panel: {minimum_group_size: 2, groups: {north: North}}
rounds: [{title: Before, deadline: 2027-03-31}, After]
contact: {name: Jo, email: jo@example.org}
questions:
  rating: {text: Does it bring people together?, type: rating, scale: {low: 1, high: 5}}
  chance: {text: How likely is it?, type: probability}
translations:
  nl: {title: Tuinen, questions: {rating: {text: Brengt het mensen samen?}, chance: {text: Hoe kans?}}}
"""
PEOPLE = (
    Person("Anna", "anna@x.nl", "north", (), "nl", "K01"),
    Person("Bram", "bram@x.nl", "north", (), "", "K02"),
    Person("Cees", "cees@x.nl", "", (), "", "K03"),
    Person("Dirk", "dirk@x.nl", "", (), "", "K04"),
)
ROUND_1 = "panellist,rating,rating.reason,chance\nK01,2,Too far away,30%\nK02,4,,65%\nK03,5,,70%\n"


@pytest.fixture
def path(tmp_path):
    return begun(tmp_path, STUDY)


def begun(folder, text, store_url=""):
    """A study with four people on its panel, of whom K04 withdrew; nothing is open yet."""
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    store = begin(load_running_study(path, store_url=store_url).found, at=NOON)
    with store.writing() as transaction:
        record_people(transaction, PEOPLE, at=NOON)
        record_withdrawal(transaction, "K04", at=NOON)
    return path


def opened(path, hours=1):
    open_next_round(load_running_study(path), at=NOON + timedelta(hours=hours))
    return path


def answered(path, table=ROUND_1, hours=2):
    file = path.with_name("answers.csv")
    file.write_text(table, encoding="utf-8")
    import_answers(load_running_study(path).found, file, at=NOON + timedelta(hours=hours))
    return path


def closed(path, hours=3):
    close_open_round(load_running_study(path), at=NOON + timedelta(hours=hours))
    return path


def in_round_2(path):
    feed_back(
        load_running_study(closed(answered(opened(path)))),
        path.parent / "feedback",
        at=NOON + timedelta(hours=4),
    )
    return opened(path, hours=5)


def innosi(*arguments, code=0):
    result = CliRunner().invoke(cli, ["delphi", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_everybody_who_has_not_withdrawn_gets_a_sheet_in_their_language(path, tmp_path):
    result = innosi("questionnaires", opened(path), "--to", tmp_path / "out", "--form", "both")
    assert "questionnaires of round 1 for 3 panellists" in result.output
    assert names(tmp_path / "out") == [f"K0{i}.{end}" for i in (1, 2, 3) for end in ("html", "xlsx")]
    dutch, english = ((tmp_path / "out" / f"K0{i}.html").read_text() for i in (1, 2))
    assert "Brengt het mensen samen?" in dutch
    assert "Does it bring people together?" in english


def test_a_label_says_whose_sheet_it_is_and_of_which_study(path, tmp_path):
    innosi("questionnaires", opened(path), "--to", tmp_path / "out", "--form", "workbook")
    with load_running_study(path).needed_store.reading() as transaction:
        form = read_form(tmp_path / "out" / "K02.xlsx", study_key=transaction.key)
    assert (form.label.pseudonym, form.label.round) == ("K02", 1)


def test_the_sheets_of_the_second_round_show_ones_own_answers_and_nobody_elses(path, tmp_path):
    hand_out(load_running_study(in_round_2(path)), tmp_path / "out")
    own, other = (unescape((tmp_path / "out" / f"K0{i}.html").read_text()) for i in (1, 2))
    assert "Too far away" in own
    assert "30%" in own.replace("\xa0", "")
    assert "Too far away" not in other
    assert "65%" in other


def test_a_question_that_is_settled_is_asked_of_nobody(path, tmp_path):
    feed_back(
        load_running_study(closed(answered(opened(path)))), tmp_path / "f", at=NOON + timedelta(hours=4)
    )
    settle(load_running_study(path), "chance", "dropped", at=NOON + timedelta(hours=5))
    innosi("questionnaires", path, "--to", tmp_path / "out", "--round", "2", "--panellist", "K02")
    assert names(tmp_path / "out") == ["K02.html"]
    page = (tmp_path / "out" / "K02.html").read_text()
    assert "Does it bring people together?" in page
    assert "How likely is it?" not in page


def test_one_file_holds_the_whole_print_job(path, tmp_path):
    innosi("questionnaires", opened(path), "--to", tmp_path, "--pdf", "--one-file")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "questionnaires.pdf").pages)
    assert [f"K0{i}" in text for i in (1, 2, 3, 4)] == [True, True, True, False]


def test_the_deadline_on_a_sheet_is_the_one_that_was_moved(path, tmp_path):
    postpone(load_running_study(opened(path)), date(2027, 4, 7), at=NOON + timedelta(hours=2))
    innosi("questionnaires", path, "--to", tmp_path / "out")
    page = (tmp_path / "out" / "K02.html").read_text()
    assert "7 April 2027" in page
    assert "31 March 2027" not in page


def test_before_a_round_is_open_its_number_is_asked_for(path, tmp_path):
    result = innosi("questionnaires", path, "--to", tmp_path / "out", code=2)
    assert "no round is open" in result.stderr
    assert "say --round 1" in result.stderr
    innosi("questionnaires", path, "--to", tmp_path / "out", "--round", "1")
    refused = innosi("questionnaires", path, "--to", tmp_path / "out", "--round", "2", code=2)
    assert "round 2 is neither open nor the next" in refused.stderr


@pytest.mark.parametrize(
    ("who", "said"),
    [("K04", "'K04' has withdrawn"), ("K1", "'K1' is not on the panel; did you mean 'K01'?")],
)
def test_a_sheet_for_nobody_is_refused(path, tmp_path, who, said):
    result = innosi("questionnaires", opened(path), "--to", tmp_path / "out", "--panellist", who, code=2)
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_panel_that_is_not_listed_cannot_be_addressed(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    opened(path)
    assert "its panel is not listed" in innosi("questionnaires", path, "--to", tmp_path, code=2).stderr


def test_a_study_file_that_was_changed_hands_nothing_out(path, tmp_path):
    opened(path).write_text(STUDY.replace("high: 5", "high: 7"), encoding="utf-8")
    for command in ("questionnaires", "feedback"):
        assert "1 change waits" in innosi(command, path, "--to", tmp_path / "out", code=2).stderr
    assert not (tmp_path / "out").exists()


def test_names_of_files_differ_whatever_the_pseudonyms():
    found = sheet_names(["a/b", "a:b", "A_B", "..", "con", "panel", "Zoë"], taken=["panel"])
    assert found["Zoë"] == "Zoë"
    assert len({each.casefold() for each in found.values()} | {"panel", "con"}) == 9
    assert not set("/:.") & set("".join(found.values()))


def test_feedback_goes_to_everybody_and_is_then_released(path, tmp_path):
    closed(answered(opened(path)))
    result = innosi("feedback", path, "--to", tmp_path / "out", "--by", "Jo")
    assert "feedback released; sheets of round 1 for 3 panellists and the panel" in result.output
    assert names(tmp_path / "out") == ["K01.html", "K02.html", "K03.html", "panel.html"]
    progress = load_running_study(path).progress
    assert (progress.state, progress.last.by) == ("feedback", "Jo")


def test_feedback_that_was_released_is_written_again_without_a_step(path, tmp_path):
    in_round_2(path)
    result = innosi("feedback", path, "--to", tmp_path / "again")
    assert "released" not in result.output
    assert "panel.html" in names(tmp_path / "again")
    closed(path, hours=6)
    feed_back(load_running_study(path), tmp_path / "second", at=NOON + timedelta(hours=7))
    finish(load_running_study(path), at=NOON + timedelta(hours=8))
    assert feed_back(load_running_study(path), tmp_path / "last", at=NOON + timedelta(hours=9)).number == 2


def test_sheets_that_cannot_be_written_leave_the_round_closed(path, tmp_path):
    closed(answered(opened(path)))
    (tmp_path / "out").write_text("a file in the way")
    with pytest.raises(InnosiError, match="cannot be written"):
        feed_back(load_running_study(path), tmp_path / "out" / "sheets", at=NOON + timedelta(hours=4))
    assert load_running_study(path).progress.state == "closed"


def test_nobody_is_named_on_a_feedback_sheet(path, tmp_path):
    closed(answered(opened(path)))
    feed_back(load_running_study(path), tmp_path / "out", at=NOON + timedelta(hours=4))
    for file in (tmp_path / "out").iterdir():
        page = file.read_text()
        assert not [each.name for each in PEOPLE if each.name in page or each.email in page]
        assert not [who for who in ("K01", "K02", "K03") if who in page and who != file.stem]


def test_feedback_is_not_written_anew_without_somebody_who_was_erased_since(path, tmp_path):
    """The sheets written before and after would differ by that person's answers."""
    feed_back(
        load_running_study(closed(answered(opened(path)))), tmp_path / "one", at=NOON + timedelta(hours=4)
    )
    erase_panellist(
        load_running_study(path).needed_store, "K01", because="asked", by="Jo", at=NOON + timedelta(hours=5)
    )
    with pytest.raises(InnosiError, match="somebody was erased since round 1 was fed back"):
        feed_back(load_running_study(path), tmp_path / "two", at=NOON + timedelta(hours=6))
    assert not (tmp_path / "two").exists()


def test_an_erasure_before_the_feedback_does_not_hold_it_up(path, tmp_path):
    closed(answered(opened(path)))
    erase_panellist(
        load_running_study(path).needed_store, "K01", because="asked", by="Jo", at=NOON + timedelta(hours=4)
    )
    done = feed_back(load_running_study(path), tmp_path / "one", at=NOON + timedelta(hours=5))
    assert done.panellists == ("K02", "K03")


def test_before_a_round_was_closed_there_is_no_feedback(path, tmp_path):
    result = innosi("feedback", opened(path), "--to", tmp_path / "out", code=2)
    assert "no round was closed" in result.stderr
    assert "innosi delphi close" in result.stderr


def test_a_round_that_nobody_answered_can_still_be_fed_back(path, tmp_path):
    feed_back(load_running_study(closed(opened(path))), tmp_path / "out", at=NOON + timedelta(hours=4))
    assert load_running_study(path).progress.state == "feedback"


def test_a_real_time_study_feeds_back_its_last_snapshot_at_any_time(tmp_path):
    path = opened(begun(tmp_path, STUDY.replace("rounds:", "mode: real_time\nrounds:", 1)))
    assert "no snapshot was taken" in innosi("feedback", path, "--to", tmp_path / "out", code=2).stderr
    snapshot(load_running_study(answered(path)), at=NOON + timedelta(hours=3))
    answered(path, "panellist,rating\nK01,5\n", hours=4)
    result = innosi("feedback", path, "--to", tmp_path / "out")
    assert "sheets of round 1 for 3 panellists" in result.output
    assert "released" not in result.output
    made = feedback_of(load_running_study(path))
    assert {each.values for each in made.answers.in_round(1) if each.question == "rating"} == {
        (2.0,),
        (4.0,),
        (5.0,),
    }


def test_a_study_in_postgresql_hands_out_the_same_sheets(path, tmp_path, postgresql_database):
    other = tmp_path / "other"
    other.mkdir()
    there = begun(other, STUDY.replace("title:", "name: gardens\ntitle:", 1), postgresql_database)
    running = load_running_study(there, store_url=postgresql_database)
    open_next_round(running, at=NOON + timedelta(hours=1))
    done = hand_out(
        load_running_study(there, store_url=postgresql_database), tmp_path / "out", form="workbook"
    )
    assert done.panellists == ("K01", "K02", "K03")
    assert read_form(tmp_path / "out" / "K01.xlsx").label.pseudonym == "K01"
