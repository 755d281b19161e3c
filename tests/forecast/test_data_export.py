import csv
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from kept_study import PEOPLE, START

from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.answers.values import Answer
from innosi.forecast.data_export import CODE_LETTERS, study_data
from innosi.forecast.data_files import FORMATS, write_data
from innosi.forecast.examples import copy_example
from innosi.forecast.people.person import Person
from innosi.forecast.running import begin, running_study
from innosi.forecast.store.answers import record_answers
from innosi.forecast.store.arguments import Moderation, record_arguments, record_moderation
from innosi.forecast.store.panel import record_people
from innosi.forecast.store.versions import current_versions
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.tables.sheet import read_sheet

pytestmark = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])
AT = START + timedelta(days=40)


def data_of(study, seed=1):
    return study_data(running_study(study), at=AT, randomness=random.Random(seed))


def records(data, name):
    (table,) = (each for each in data.tables if each.name == name)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def add(store, study, *given):
    with store.writing() as transaction:
        versions = current_versions(transaction)
        record_answers(transaction, given, versions, study.questions, at=START, source="form")
        record_arguments(transaction, study, given, at=START)


def test_nothing_in_an_export_leads_to_a_person(garden, garden_store, tmp_path):
    add(garden_store, garden, Answer(1, "K03", "chance", (0.4,), "As Bram de Vries (K04) said, and Dora"))
    with garden_store.writing() as transaction:
        act = Moderation(3, START, "categorise", "x", "Anna told me", "Facilitator")
        record_moderation(transaction, act)
    data = data_of(garden)
    write_data(data, tmp_path / "data")
    texts = [path.read_text(encoding="utf-8-sig") for path in (tmp_path / "data").iterdir()]
    told = {each for person in PEOPLE for each in (person.name, person.email, person.pseudonym) if each}
    for name in told | {"Anna", "Dora", "Bram", "Facilitator"}:
        assert not any(name in text for text in texts), name
    reasons = {each["reason"] for each in records(data, "answers")}
    assert "As […] ([…]) said, and […]" in reasons
    assert data.n_blotted == 2
    assert records(data, "moderation")[-1]["because"] == "[…] told me"


def test_codes_are_drawn_anew_for_every_export(garden, garden_store):
    codes = [{each["code"] for each in records(data_of(garden, seed), "answers")} for seed in (1, 2)]
    assert len(codes[0]) == len(codes[1]) == 4
    assert not codes[0] & codes[1]
    assert all(set(each) <= set(CODE_LETTERS) for each in codes[0])
    assert records(data_of(garden, 1), "answers") == records(data_of(garden, 1), "answers")


def test_answers_are_those_that_count_each_with_its_form(garden, garden_store):
    rows = records(data_of(garden), "answers")
    who = next(each["code"] for each in rows if each["question"] == "importance" and each["value"] == 5)
    mine = [each for each in rows if each["code"] == who]
    values = {(each["question"], each["part"]): (each["value"], each["text"]) for each in mine}
    assert values["places", "best"] == (12.5, "")
    assert values["which", "value"] == (None, "hut")
    assert values["opens", "value"] == (None, "never")
    assert values["why", "value"] == (None, "A bench, and a café")
    assert ("trees", "fruit") not in values
    assert sum(each["question"] == "why" for each in rows) == 3, "K04 took theirs back"


def test_reasons_and_arguments_are_as_moderated_and_hidden_ones_nowhere(garden, garden_store):
    data = data_of(garden)
    assert {each["reason"] for each in records(data, "answers")} == {"", "It is near"}
    (argument,) = records(data, "arguments")
    assert (argument["text"], argument["votes_for"], argument["votes_against"]) == ("It is near", 1, 1)
    acts = records(data, "moderation")
    assert [each["action"] for each in acts] == ["edit", "hide"]
    assert acts[0]["argument"] == argument["argument"]
    assert "author" not in argument


def test_the_numbers_of_arguments_do_not_follow_the_order_of_their_authors(garden, garden_store):
    add(garden_store, garden, *(Answer(1, "K03", "chance", (i / 20,), f"reason {i:02}") for i in range(12)))
    texts = [each["text"] for each in records(data_of(garden), "arguments")]
    assert len(texts) == 13
    assert texts != sorted(texts)


NORTH, SOUTH = (tuple(f"{each}{i}" for i in range(4)) for each in "ns")


@pytest.mark.parametrize(
    ("again", "told"),
    [
        ((*NORTH, *SOUTH), {"north", "south"}),
        (SOUTH, {"north", "south"}),
        ((*SOUTH, NORTH[0]), {""}),
        ((*NORTH, *SOUTH, "somebody"), {"", "north"}),
    ],
    ids=["all answer", "one group does not", "one of a group", "one of no group"],
)
def test_a_group_is_told_where_enough_of_it_answered_whatever_any_of_it_did(garden, again, told):
    """A code leads from a question that one of a group answered to all the others."""
    store = begin(garden, at=START)
    with store.writing() as transaction:
        groups = {"n": "north", "s": "south"}
        people = [Person("", "", groups[each[0]], (), "", each) for each in (*NORTH, *SOUTH)]
        record_people(transaction, people, at=START)
    add(store, garden, *(Answer(1, each, "importance", (3.0,)) for each in (*NORTH, *SOUTH)))
    add(store, garden, *(Answer(1, each, "chance", (0.3,)) for each in again))
    add(store, garden, Answer(1, NORTH[0], "why", (1.0,), "a text is no number"))
    running = running_study(garden)
    panel = replace(running.study.panel, minimum_group_size=4)
    running = replace(running, study=replace(running.study, panel=panel))
    data = study_data(running, at=AT, randomness=random.Random(1))
    assert {each["group"] for each in records(data, "answers")} == told
    assert any("not told: north, south" in note for note in data.notes) == (told == {""})


def test_statistics_of_too_few_are_withheld(garden, garden_store):
    rows = {(each["question"], each["group"]): each for each in records(data_of(garden), "statistics")}
    assert rows["importance", ""]["median"] == 4.0
    assert rows["opens", ""]["n_never"] == 4
    assert rows["opens", ""]["median"] is None
    study = replace(garden, panel=replace(garden.panel, minimum_group_size=5))
    few = {each["question"]: each for each in records(data_of(study), "statistics")}
    assert few["importance"]["n"] == 4
    assert {few["importance"][key] for key in ("median", "lower_quartile", "interquartile_range")} == {None}
    assert few["importance"]["consensus"] == ""


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_holds_the_same_rows(garden, garden_store, tmp_path, format_):
    add(garden_store, garden, Answer(1, "K03", "chance", (0.4,), "=1+1"))
    data = data_of(garden)
    paths = write_data(data, tmp_path / "data", format_=format_)
    assert [each.name for each in paths] == ["README.txt"] + [
        f"{name}.{format_}" for name in ("answers", "arguments", "moderation", "statistics")
    ]
    wanted = records(data, "answers")
    if format_ == "parquet":
        import pyarrow.parquet as pq

        assert pq.read_table(paths[1]).to_pylist() == wanted
        return
    sheet = read_sheet(paths[1])
    assert len(sheet.rows) == len(wanted)
    at = sheet.index_of("value")
    values = [float(row.cells[at]) for row in sheet.rows if row.cells[at] not in (None, "")]
    numbers = [each["value"] for each in wanted if each["value"] is not None]
    assert values == pytest.approx(numbers, rel=1e-14), "a workbook keeps 15 digits"


def test_no_text_is_a_formula(garden, garden_store, tmp_path):
    add(garden_store, garden, Answer(1, "K03", "chance", (0.4,), "=HYPERLINK(1)"))
    data = data_of(garden)
    write_data(data, tmp_path / "csv")
    with (tmp_path / "csv" / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "'=HYPERLINK(1)" in {each["reason"] for each in csv.DictReader(file)}
    write_data(data, tmp_path / "xlsx", format_="xlsx")
    import openpyxl

    sheet = openpyxl.load_workbook(tmp_path / "xlsx" / "answers.xlsx").worksheets[0]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")}
    assert kinds == {"s"}


def test_the_readme_says_where_the_data_come_from(garden, garden_store, tmp_path):
    data = data_of(garden)
    write_data(data, tmp_path / "data")
    text = (tmp_path / "data" / "README.txt").read_text(encoding="utf-8")
    with garden_store.reading() as transaction:
        assert transaction.key in text
    for told in (garden.title, garden.sha256, "2027-04-10 09:30 UTC", "people", "answers.csv"):
        assert told in text
    for table in data.tables:
        assert all(f"  {name}" in text for name in table.columns)


def test_a_folder_that_holds_anything_is_left_as_it_is(garden, garden_store, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    write_data(data_of(garden), folder)
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    with pytest.raises(InnosiError, match="is not empty; name a new folder"):
        write_data(data_of(garden, 2), folder)
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_all_files_are_written_or_none(garden, garden_store, tmp_path):
    data = data_of(garden)
    broken = replace(data.tables[-1], name="no/such/folder")
    with pytest.raises(InnosiError, match="cannot be written"):
        write_data(replace(data, tables=(*data.tables, broken)), tmp_path / "out" / "data")
    assert not [*(tmp_path / "out").iterdir()]


def test_a_study_without_answers_has_no_data(garden, store_url):
    begin(garden, at=START)
    with pytest.raises(AnswerError, match="has no answers yet"):
        data_of(garden)


def test_the_data_of_a_simulated_panel_say_so(tmp_path, store_url):
    copy_example("welfare-futures", tmp_path)
    study = load_study(tmp_path / "study.yaml")
    import_answers(study, tmp_path / "answers.csv", ImportOptions(), at=START)
    data = data_of(study)
    assert data.provenance["panel"].startswith("SIMULATED")
    assert {each["group"] for each in records(data, "answers")} == {"research", "practice", "users"}
