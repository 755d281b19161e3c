import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.importing import ImportOptions, RejectedAnswers, import_answers
from innosi.forecast.questions import Question
from innosi.forecast.store.answers import load_answers
from innosi.forecast.store.opening import has_store, store_path
from innosi.models.errors import AnswerError, InnosiError, TableError

FIRST = ImportOptions(number=1)


def values_of(study):
    return {(who, name): answer.values for (_, who, name), answer in load_answers(study).by_place.items()}


def imported(study, path, **options):
    import_answers(study, path, ImportOptions(**{"number": 1, **options}))
    return values_of(study)


LAYOUTS = {
    "one row an answer": "panellist,question,value,lower,best,upper\n"
    "p01,chance,0.65,,,\np01,places,,10,20,30\n",
    "one row a part": "panellist,question,part,value\np01,places,best,20\np01,places,upper,30\n"
    "p01,chance,value,0.65\np01,places,lower,10\n",
    "one row a panellist": "panellist,chance,places.lower,places.best,places.upper\np01,0.65,10,20,30\n",
    "semicolons and decimal commas": "panellist;chance;places.lower;places.best;places.upper\n"
    "p01;0,65;10;20,0;30\n",
    "tabs": "panellist\tchance\tplaces.lower\tplaces.best\tplaces.upper\np01\t65%\t10\t20\t30\n",
    "capitals, spaces and empty rows": "Panellist ,Question,value,LOWER,best,upper\n"
    "\np01 , chance,65 %,,,\n,,,,,\np01,places,,10,2e1,30\n",
    "what Excel tells itself": "sep=;\r\npanellist;chance;places.lower;places.best;places.upper\r\n"
    "p01;0,65;10;20;30\r\n",
    "a byte order mark": "\ufeffpanellist,chance,places.lower,places.best,places.upper\np01,.65,10,20,30\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_gives_the_same_answers(study, write, text):
    assert imported(study, write(text)) == {
        ("p01", "chance"): (0.65,),
        ("p01", "places"): (10.0, 20.0, 30.0),
    }


def test_amounts_of_money_are_read_as_people_write_them(study, write):
    text = "panellist,question,5%,50%,95%\np01,cost,1.2k,€2k,EUR 3M\n"
    assert imported(study, write(text)) == {("p01", "cost"): (1200.0, 2000.0, 3e6)}


def test_columns_may_be_called_otherwise(study, write):
    path = write("who,q,v\np01,chance,0.5\n")
    mapping = {"panellist": "who", "question": "q", "value": "v"}
    assert imported(study, path, mapping=mapping) == {("p01", "chance"): (0.5,)}


def test_a_question_of_a_wide_table_may_be_called_otherwise(study, write):
    path = write("panellist,Q1\np01,4\n")
    assert imported(study, path, mapping={"importance": "Q1"}) == {("p01", "importance"): (4.0,)}


def test_percentages_must_be_told_and_are_never_guessed(study, write):
    path = write("panellist,chance\np01,65\np02,0.5\n")
    with pytest.raises(RejectedAnswers, match=r"above 1; write 65% or 0\.65, or say .* --percent"):
        import_answers(study, path, FIRST)
    assert imported(study, path, are_percentages=True) == {
        ("p01", "chance"): (0.65,),
        ("p02", "chance"): (0.005,),
    }


def test_no_other_column_is_kept(study, write):
    report = import_answers(study, write("panellist,chance,e-mail\np01,0.5,jan@example.org\n"), FIRST)
    assert "columns not read: e-mail" in report.notes
    assert b"jan@example.org" not in store_path(study).read_bytes()


def test_reasons_are_kept_whole(study, write):
    import_answers(
        study, write('panellist,question,value,reason\np01,chance,0.5,"two\nlines, ""so"""\n'), FIRST
    )
    (answer,) = load_answers(study).by_place.values()
    assert answer.reason == 'two\nlines, "so"'


UNREADABLE = {
    "empty": (b"", "is empty"),
    "a heading only": (b"panellist,question,value\n", "a heading and no rows"),
    "one column": (b"panellist\np01\n", "has one column"),
    "Latin-1": (
        "panellist,question,value\np01,chance,é\n".encode("latin-1"),
        "not UTF-8 on line 2; .*CSV UTF-8",
    ),
    "a column twice": (b"panellist,chance,chance\np01,1,1\n", "two columns are called 'chance'"),
    "no panellists": (b"name,chance\np01,1\n", "no column 'panellist'; its columns are: name, chance"),
    "no questions": (b"panellist,x\np01,1\n", "neither a column 'question' nor one named after"),
    "no answers": (b"panellist,question\np01,chance\n", "no column of answers"),
    "a torn workbook": (b"PK\x03\x04" + b"x" * 100, "cannot be read as an Excel workbook"),
}


@pytest.mark.parametrize(("raw", "message"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(study, folder, raw, message):
    path = folder / "answers.csv"
    path.write_bytes(raw)
    with pytest.raises((AnswerError, TableError), match=message):
        import_answers(study, path, FIRST)
    assert not has_store(study)


def test_a_file_that_is_not_there_is_named(study, folder):
    with pytest.raises(InnosiError, match=r"nowhere\.csv: no such file"):
        import_answers(study, folder / "nowhere.csv", FIRST)


def workbook(folder, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "answers.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_like_a_text_file(study, folder):
    path = workbook(
        folder, ("panellist", "importance", "chance"), ("p01", 4, 0.65), (None, None), ("p02", 5.0, "40%")
    )
    assert imported(study, path) == {
        ("p01", "chance"): (0.65,),
        ("p01", "importance"): (4.0,),
        ("p02", "chance"): (0.4,),
        ("p02", "importance"): (5.0,),
    }


def test_cells_that_a_spreadsheet_made_of_something_else_are_rejected(study, folder):
    rows = [
        ("panellist", "chance"),
        ("p01", datetime.datetime(2024, 2, 1)),  # noqa: DTZ001 - as openpyxl gives it
        ("p02", True),
        ("p03", "=1/4"),
        ("p04", "#N/A"),
    ]
    with pytest.raises(RejectedAnswers, match="4 rows are rejected") as raised:
        import_answers(study, workbook(folder, *rows), FIRST)
    reasons = [each.reason for each in raised.value.rejections]
    assert "made it a date" in reasons[0]
    assert "not a number" in reasons[1]
    assert "formula without a stored value" in reasons[2]
    assert "not a number" in reasons[3]


NUMBER = Question("q", "?", "quantity")


@pytest.mark.parametrize("text", ["1.000", "12.500", "-3.000.000"])
def test_what_may_be_a_thousand_is_refused_between_semicolons(text):
    with pytest.raises(AnswerError, match="may be a thousand or a fraction"):
        CellReader(has_semicolons=True).number(text, NUMBER)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1,500", "write 1500 or 1.500, or say in which language it is written: --language en, or nl"),
        ("1,234.5", "--language en"),
        ("0,5", "--language nl"),
    ],
)
def test_no_advice_turns_a_thousand_into_a_fraction_unsaid(text, advice):
    with pytest.raises(AnswerError) as raised:
        CellReader().number(text, NUMBER)
    assert raised.value.mend.endswith(advice)
    with pytest.raises(AnswerError) as raised:
        CellReader(kind="export").number(text, NUMBER)
    assert "--language" not in raised.value.mend


def test_a_table_between_semicolons_may_say_its_language():
    with pytest.raises(AnswerError, match="or say in which language it is written: --language nl"):
        CellReader.of_table(["0,5"], ";", are_percentages=False).number("1.234,5", NUMBER)


def test_a_number_that_no_computer_holds_is_refused():
    with pytest.raises(AnswerError, match="out of range"):
        CellReader().number(10**400, NUMBER)


def test_a_point_is_refused_where_decimals_have_commas():
    reader = CellReader.of_table(["0,5", "1.5"], ";", are_percentages=False)
    assert reader.number("0,5", NUMBER) == 0.5
    with pytest.raises(AnswerError, match="a point in a table that writes decimals with a comma"):
        reader.number("1.5", NUMBER)


@pytest.mark.parametrize(
    "text", ["", "x", "1,5", "1 2", "nan", "inf", "1e999", "5%", "€5", "--3", "3x", "1/2"]
)
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(AnswerError):
        CellReader().number(text, NUMBER)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_number_written_out_reads_back_equal(value):
    assert CellReader().number(repr(value), NUMBER) == value
    assert CellReader().number(value, NUMBER) == value
