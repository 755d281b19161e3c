import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.checking import check_rows
from innosi.forecast.answers.layout import find_layout
from innosi.forecast.languages.language import language_of
from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.questions import Question
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.tables.sheet import read_sheet

CODES = st.sampled_from(sorted(LANGUAGES))
FINITE = st.floats(-1e15, 1e15)
NUMBER = Question("q", "?", "quantity")
MONEY = Question("q", "?", "quantity", kind="money", currency="EUR")
SHARE = Question("q", "?", "probability", kind="share", low=0, high=1)


@given(CODES, FINITE, st.integers(0, 6))
def test_a_number_written_reads_back_up_to_its_digits(code, value, digits):
    language = language_of(code)
    assert language.read_number(language.number(value, digits)) == float(f"{value:.{digits}f}")


@given(CODES, st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_of_any_size_reads_back_to_three_decimals_or_figures(code, value):
    language = language_of(code)
    assert language.read_number(language.number(value)) == pytest.approx(value, rel=5.1e-3, abs=5.1e-4)


@given(CODES, st.integers(0, 1000))
def test_a_percentage_written_reads_back_as_its_share(code, thousandths):
    language = language_of(code)
    assert language.read_number(language.percent(thousandths / 1000, 1)) == thousandths / 1000


@given(CODES, st.integers(-(10**12), 10**12), st.integers(0, 9999))
def test_digits_without_parted_thousands_read_in_every_language(code, whole, decimals):
    mark = "." if code == "en" else ","
    assert language_of(code).read_number(f"{whole}{mark}{decimals:04}") == float(f"{whole}.{decimals:04}")


@given(CODES, CODES, FINITE)
def test_what_another_language_writes_reads_alike_or_is_refused_or_is_said_in_this_one(code, other, value):
    text = language_of(other).number(value, 2)
    try:
        said = language_of(code).read_number(text)
    except AnswerError as error:
        said = error.problem
    assert said == float(f"{value:.2f}") or (isinstance(said, str) and "not a number" not in said)


READ = {
    "en": {"1,234.5": 1234.5, "1234.5": 1234.5, "1.234": 1.234, ".5": 0.5, "+3": 3, "65%": 0.65},
    "nl": {"1.234,5": 1234.5, "1234,5": 1234.5, "1.234": 1234, "-1.234.567": -1234567, ",5": 0.5},
    "de": {"1.234,5": 1234.5, "1 234,5": 1234.5, "12,5 %": 0.125, "−3": -3},
    "fi": {"1 234,5": 1234.5, "1\u00a0234,5": 1234.5, "1\u202f234,5": 1234.5, "−1234,5": -1234.5},
    "sv": {"1 234 567": 1234567, "- 5": -5, "0,5": 0.5, "65\u00a0%": 0.65},
    "pl": {"1 234,5": 1234.5, "1\u00a0234": 1234},
    "hu": {"1 234,5": 1234.5, "12,5%": 0.125},
    "es": {"1.234,5": 1234.5, "12 500": 12500},
    "it": {"1.234,5": 1234.5},
    "el": {"1.234,5": 1234.5},
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_are_read_as_people_of_the_language_type_them(code):
    assert {text: language_of(code).read_number(text) for text in READ[code]} == READ[code]


REFUSED = [
    ("en", "1.234,5", r"written as in Dutch, German, Spanish …; a comma in English parts thousands"),
    ("en", "1.234,5", r"write 1,234\.5, or say which language the answers are in"),
    ("en", "1,5", r"write 1\.5, or say"),
    ("en", "1 234", r"written as in Finnish, Swedish, German …; .*write 1,234, or"),
    ("nl", "1234.5", r"as in English; a point in Dutch parts thousands, a comma decimals; write 1234,5, or"),
    ("nl", "1.23", r"write 1,23, or say"),
    ("nl", "0.500", r"write 0,500, or say"),
    ("nl", "1,234.5", r"write 1\.234,5, or say"),
    ("nl", "-1,234.5%", r"write -1\.234,5%, or say"),
    ("fi", "1.5", r"as in English; a space in Finnish parts thousands, a comma decimals; write 1,5, or"),
    ("fi", "1.234", r"1\.234 in English and 1234 in Dutch, .*; write 1,234 or 1\u00a0234, or say which"),
    *(("nl", text, r"not a number; write a number such as 1\.234,5$") for text in ("", "%", "-", "1,2,3")),
    *(
        ("en", text, r"not a number; write a number such as 1,234\.5$")
        for text in ("x", "1e5", "1.2.3", "--1")
    ),
    ("pl", "٣", "not a number"),
    ("en", "9" * 400, "too large a number"),
]


@pytest.mark.parametrize(("code", "text", "message"), REFUSED)
def test_what_is_written_in_another_way_is_refused_with_how_to_write_it(code, text, message):
    with pytest.raises(AnswerError, match=message):
        language_of(code).read_number(text)


def test_numbers_are_written_with_the_marks_of_the_language():
    value = -12345.6784
    assert language_of("en").number(value) == "−12,345.678"
    assert language_of("nl").number(value) == "−12.345,678"
    assert language_of("fi").number(value) == "−12\u00a0345,678"
    assert language_of("nl").number(1.5, 2) == "1,50"


def test_a_small_number_keeps_three_figures_and_nought_has_no_sign():
    english = language_of("en")
    assert [english.number(each) for each in (0.00012345, 0.5, 100.0)] == ["0.000123", "0.5", "100"]
    assert english.number(-0.001, 0) == english.number(-0.0) == "0"


def test_what_is_no_finite_number_is_written_as_a_sign():
    assert [language_of("sv").number(each) for each in (math.nan, math.inf, -math.inf)] == ["–", "∞", "−∞"]


def test_percentages_and_dates_are_written_as_the_language_does():
    day = datetime.date(2035, 3, 1)
    assert (language_of("nl").percent(0.654), language_of("de").percent(0.654, 1)) == ("65%", "65,4\u00a0%")
    assert (language_of("en").date(day), language_of("nl").date(day)) == ("1 March 2035", "1 maart 2035")


def test_a_comma_typed_by_a_dutch_panellist_in_a_table_with_commas_is_read(study, write):
    path = write(
        'panellist,places.lower,places.best,places.upper,chance\np01,"0,5","1.234,5",2.000,"12,5%"\n'
    )
    sheet = read_sheet(path)
    layout = find_layout(sheet, study, {})
    reader = CellReader.of_table(layout.value_cells(), ",", are_percentages=False, language="nl")
    checked = check_rows(layout, study, reader, number=1)
    assert not checked.rejections
    assert {each.question: each.values for each in checked.answers} == {
        "places": (0.5, 1234.5, 2000.0),
        "chance": (0.125,),
    }


def test_a_table_without_a_language_still_refuses_a_comma_between_commas():
    with pytest.raises(AnswerError, match="a comma within a number"):
        CellReader.of_table(["1,5"], ",", are_percentages=False).number("1,5", NUMBER)


@pytest.mark.parametrize(
    ("text", "value"),
    [("€ 1.234,50", 1234.5), ("1,5M", 1.5e6), ("-€3", -3), ("EUR\u00a01.000", 1000), ("1.000 €", 1000)],
)
def test_currencies_and_sizes_stand_around_a_number_of_the_language(text, value):
    assert CellReader(language="nl").number(text, MONEY) == value


def test_bounds_and_percentages_are_checked_in_a_language_too():
    reader = CellReader(language="nl")
    with pytest.raises(AnswerError, match=r"above 1; write 65% or 0,65, or say"):
        reader.number("65", SHARE)
    with pytest.raises(AnswerError, match="a percentage where a plain number is needed"):
        reader.number("65%", NUMBER)
    assert CellReader(are_percentages=True, language="nl").number("12,5", SHARE) == 0.125


@pytest.mark.parametrize("text", ["1234.5", "1.5", "5-10", "1,5 of 2", "x", "3x"])
def test_what_is_no_number_of_the_language_is_refused_in_a_table(text):
    with pytest.raises(AnswerError):
        CellReader(language="nl").number(text, NUMBER)


def test_a_number_that_a_workbook_stores_as_one_is_taken_as_it_is():
    assert CellReader(language="nl").number(1.5, NUMBER) == 1.5


def test_a_table_in_an_unknown_language_is_refused():
    with pytest.raises(InnosiError, match="there is no language 'xx'"):
        CellReader.of_table([], ",", are_percentages=False, language="xx")
