import math
import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.checking import check_rows
from innosi.forecast.answers.layout import find_layout
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.arguments import Argument
from innosi.forecast.feedback.charting import round_bounds
from innosi.forecast.feedback.panel import panel_feedback
from innosi.forecast.feedback.sheets import panel_sheet, panellist_sheet, sheets
from innosi.forecast.languages.language import language_of
from innosi.forecast.study import load_study, study_from
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.tables.sheet import read_sheet

PEOPLE = ("otter", "heron", "badger", "marten", "lynx", "stoat", "bison", "crane")
STUDY = """\
title: Homes
panel:
  minimum_group_size: 3
  groups: {{north: Northerners, south: Southerners, west: Westerners}}
  members: {{otter: north, heron: north, badger: north, marten: north, lynx: south, stoat: south,
            bison: south, crane: west}}
rounds: 2
argument_categories: {{money: About money}}
questions:
  q: {question}
"""
RATING = "{text: How good?, type: rating, scale: {low: 1, high: 9}, consensus: iqr}"
YEAR = "{text: When?, type: year, low: 2026, high: 2100, never: true}"
MEDIAN = "Median, with the middle half in brackets"
REQUEST = "What do you know that others may not?"
WITHHELD = "Fewer than 3 people answered, so nothing of it is shown."


def study_with(question=RATING):
    return study_from(parse_document(STUDY.format(question=question), source="study.yaml", folder=Path()))


def answered(*values, number=1, reasons=()):
    """Return the first panellists' answers to q, one number or one row each."""
    rows = [value if isinstance(value, tuple) else (float(value),) for value in values]
    told = [*reasons, *[""] * (len(rows) - len(reasons))]
    return [
        Answer(number, who, "q", tuple(map(float, row)), why)
        for who, row, why in zip(PEOPLE, rows, told, strict=False)
    ]


def feedback_on(answers, question=RATING, number=1, arguments=(), code="en"):
    return panel_feedback(
        study_with(question), Answers.of(answers), number, arguments=arguments, language=language_of(code)
    )


def argued(text, author, number=1, **about):
    return Argument(number, 1, "q", author, text, datetime(2030, 1, 1, tzinfo=UTC), **about)


def parsed(html):
    """Return a sheet's elements; refuses one that is not well-formed."""
    return ElementTree.fromstring(html.removeprefix("<!DOCTYPE html>"))


def words(html):
    """Return what a sheet says beside its pictures."""
    plain = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    return " ".join(" ".join(parsed(plain).find("body").itertext()).split())


def has_picture(html):
    return 'role="img"' in html


@pytest.fixture(scope="module")
def welfare():
    example = files("innosi.examples") / "welfare-futures"
    study = load_study(Path(str(example / "study.yaml")))
    table = read_sheet(Path(str(example / "answers.csv")))
    reader = CellReader.of_table((), table.delimiter, are_percentages=False)
    checked = check_rows(find_layout(table, study, {}), study, reader)
    assert not checked.rejections
    return panel_feedback(study, Answers.of(checked.answers), 3, arguments=(), language=language_of("en"))


def test_median_and_quartiles_are_those_worked_out_by_hand():
    # 2 3 3 4 5 9: median (3 + 4) / 2; quartiles at places 1.25 and 3.75 from 0: 3, and 4 + 0.75
    feedback = feedback_on(answered(9, 2, 3, 3, 4, 5))
    found = feedback.questions[0].aspects[0].description
    assert (found.median, found.lower_quartile, found.upper_quartile) == (3.5, 3, 4.75)
    assert "Whole panel (n = 6) 3.5 (3 to 4.75)" in words(panel_sheet(feedback))
    assert [level.n for level in feedback.questions[0].aspects[0].distribution] == [0, 1, 2, 1, 1, 0, 0, 0, 1]


def test_numbers_are_written_as_the_language_writes_them():
    assert "3,5 (" in words(panel_sheet(feedback_on(answered(9, 2, 3, 3, 4, 5), code="nl")))


def test_the_own_answer_stands_above_its_level_and_on_no_other_sheet():
    feedback = feedback_on(answered(9, 2, 3, 3, 4, 5))
    svg = parsed(panellist_sheet(feedback, "lynx")).find(".//div[@class='chart']/svg")
    at = {text.text: float(text.get("x")) for text in svg.iter("text") if float(text.get("y")) > 130}
    mark = next(text for text in svg.iter("text") if text.text == "you")
    assert float(mark.get("x")) == pytest.approx(at["4"], abs=0.1)
    assert svg.find("title").text == "How the answers of the panel are distributed; yours is 4."
    assert ">you<" not in panel_sheet(feedback)


def test_who_did_not_answer_gets_the_panel_without_a_mark():
    sheet = panellist_sheet(feedback_on(answered(9, 2, 3, 3)), "crane")
    assert "You did not answer this question in this round." in words(sheet)
    assert has_picture(sheet)
    assert ">you<" not in sheet
    assert "Your answer" not in words(sheet)


@pytest.mark.parametrize(
    ("who", "asked"), [("otter", "above"), ("heron", "below"), ("badger", ""), ("stoat", "")]
)
def test_reasons_are_asked_outside_the_middle_half_and_not_inside(who, asked):
    # 1 2 3 4 5 9 as answered below; quartiles 2.25 and 4.75, so 3 and 4 lie inside
    sheet = words(panellist_sheet(feedback_on(answered(9, 1, 3, 5, 2, 4)), who))
    assert (REQUEST in sheet) is bool(asked)
    assert (f"Your answer lies {asked} what the middle half of the panel answered." in sheet) is bool(asked)
    assert ("Inside the middle half of the panel (2.25 to 4.75)." in sheet) is not asked


def test_the_ends_of_the_middle_half_lie_inside_it():
    sheet = words(panellist_sheet(feedback_on(answered(1, 3, 5, 7, 9)), "heron"))
    assert "Inside the middle half of the panel (3 to 7)." in sheet
    assert REQUEST not in sheet


def test_nobody_is_asked_to_account_for_their_own_expertise():
    question = (
        "{text: Roofs, type: multi_rating, scales: {good: {low: 1, high: 9}, expertise: {low: 1, high: 5}}}"
    )
    rows = [(5, 5), (5, 1), (5, 1), (6, 1), (4, 1)]
    assert REQUEST not in words(panellist_sheet(feedback_on(answered(*rows), question), "otter"))
    rows[0] = (9, 1)
    asked = words(panellist_sheet(feedback_on(answered(*rows), question), "otter"))
    assert "good: your answer lies above what the middle half" in asked


def test_no_colon_follows_a_question_mark():
    scales = "{good: {title: How good?, low: 1, high: 9}, x: {low: 1, high: 9}}"
    question = f"{{text: Roofs, type: multi_rating, scales: {scales}}}"
    sheet = words(panellist_sheet(feedback_on(answered((9, 1), (1, 1), (1, 1), (2, 1)), question), "otter"))
    assert "How good: your answer lies above" in sheet


def test_a_question_that_too_few_answered_shows_nothing_of_it():
    feedback = feedback_on(answered(9, 2, reasons=("no", "yes")), arguments=[argued("Two would do", "heron")])
    for sheet in (
        panel_sheet(feedback),
        panellist_sheet(feedback, "otter"),
        panellist_sheet(feedback, "crane"),
    ):
        assert WITHHELD in words(sheet)
        assert MEDIAN not in words(sheet)
        assert "Two would do" not in sheet
        assert not has_picture(sheet)
    assert "Your answer 9" in words(panellist_sheet(feedback, "otter"))


def test_texts_that_too_few_wrote_are_not_shown():
    question = "{text: Why?, type: text}"
    few = feedback_on(answered(1, 1, reasons=("Light", "Air")), question)
    assert "Air" not in panel_sheet(few)
    own = panellist_sheet(few, "otter")
    assert "Light" in own
    assert "Air" not in own


def test_texts_of_others_stand_in_an_order_of_their_own_and_the_own_one_apart():
    question = "{text: Why?, type: text}"
    texts = ("Light", "Air", "Trees", "Water")
    shown = feedback_on(answered(1, 1, 1, 1, reasons=texts), question).questions[0]
    turned = feedback_on(answered(1, 1, 1, 1, reasons=texts[::-1]), question).questions[0]
    assert [each.text for each in shown.texts] == [each.text for each in turned.texts]
    assert {each.text for each in shown.texts_of_others("otter")} == {"Air", "Trees", "Water"}


def test_a_group_of_one_is_never_shown_nor_the_one_by_which_it_could_be_found():
    # four in the north, three in the south, one in the west: without the south, the west stays hidden
    sheet = words(panel_sheet(feedback_on(answered(1, 2, 3, 4, 5, 6, 7, 9))))
    assert "Northerners (n = 4)" in sheet
    assert "Southerners" not in sheet
    assert "Westerners" not in sheet
    without_the_west = words(panel_sheet(feedback_on(answered(1, 2, 3, 4, 5, 6, 7))))
    assert "Southerners (n = 3)" in without_the_west


def test_who_says_never_does_not_make_a_group_large_enough():
    never = math.inf
    years = (2030, 2031, 2032, 2033, 2040, 2050, never)
    feedback = feedback_on(answered(*years), YEAR)
    titles = [group.title for group in feedback.questions[0].aspects[0].groups]
    assert titles == ["Whole panel"]
    sheet = words(panellist_sheet(feedback, "bison"))
    assert "1 person answered never" in sheet
    assert "You answered never; more than three in four of the panel named a year." in sheet
    assert REQUEST in sheet


def test_few_years_among_many_who_say_never_are_not_shown():
    never = math.inf
    feedback = feedback_on(answered(2030, 2077, never, never, never), YEAR)
    sheet = panellist_sheet(feedback, "otter")
    assert "Too few gave a number for a median to be shown." in words(sheet)
    assert "2077" not in sheet
    assert MEDIAN not in words(sheet)
    assert "3 people answered never" in words(sheet)


def test_change_is_told_where_enough_answered_both_rounds():
    first = answered(2, 4, 6, 8)
    second = feedback_on([*first, *answered(3, 4, 6, 6, number=2)], number=2)
    # medians 5 and 5; quartiles 3.5 and 6.5, then 3.75 and 6
    assert (
        "Since round 1, among the 4 who answered both: median unchanged, "
        "width of the middle half −0.75; 50% gave another answer." in words(panel_sheet(second))
    )
    few = feedback_on([*first[:2], *answered(3, 4, 6, 6, number=2)], number=2)
    assert few.questions[0].aspects[0].change is None
    assert "Since round" not in words(panel_sheet(few))


def test_consensus_is_told_in_words_with_what_was_measured():
    assert (
        "Consensus, by the rule that was set beforehand: the middle half is 1 wide (at most 2 was asked for)."
        in words(panel_sheet(feedback_on(answered(3, 4, 4, 5, 5))))
    )
    assert "No consensus, by the rule" in words(panel_sheet(feedback_on(answered(1, 2, 5, 8, 9))))


def sides_of(feedback):
    found = feedback.questions[0].sides
    return {side.side: {each.text for each in side.arguments} for side in found}


def test_arguments_stand_on_the_side_of_the_median_on_which_their_authors_answered():
    arguments = [
        argued("High", "otter", category="money", n_for=3, n_against=1),
        argued("Low", "lynx"),
        argued("Outside", "crane"),
    ]
    feedback = feedback_on(answered(9, 8, 7, 3, 2, 1), arguments=arguments)
    assert sides_of(feedback) == {"above": {"High"}, "below": {"Low"}, "other": {"Outside"}}
    assert "High About money votes: 3 for, 1 against" in words(panel_sheet(feedback))


@pytest.mark.parametrize("values", [(9, 5, 5, 5, 1, 1, 1), (9, 9, 9, 5, 1, 1, 1), (9, 8, 6, 4)])
def test_arguments_stand_in_one_list_where_a_side_would_give_its_authors_answers_away(values):
    arguments = [argued("As the only doctor", "otter"), argued("Low", "bison")]
    feedback = feedback_on(answered(*values), arguments=arguments)
    assert sides_of(feedback) == {"other": {"As the only doctor", "Low"}}
    assert "What panellists say" in words(panel_sheet(feedback))


def test_what_several_say_in_the_same_words_stands_once():
    arguments = [argued(text, who, n) for n, (text, who) in enumerate(zip(
        ("Rents fall", "Rents fall", "Rents fall", "Alone"), ("otter", "heron", "bison", "lynx"), strict=True
    ))]  # fmt: skip
    feedback = feedback_on(answered(9, 8, 7, 3, 2, 1), arguments=arguments)
    assert sides_of(feedback) == {"below": {"Alone"}, "other": {"Rents fall"}}
    sheet = words(panellist_sheet(feedback, "bison"))
    assert "Rents fall yours said by 3 people" in sheet
    two = words(panel_sheet(feedback_on(answered(9, 8, 7, 3, 2, 1), arguments=arguments[:2])))
    assert two.casefold().count("rents fall") == 1
    assert "said by" not in two


def test_the_strip_of_an_allocation_is_as_wide_as_all_points_and_not_as_the_largest_answer():
    question = "{text: How?, type: allocation, points: 100, options: {a: Air, b: Bread}}"
    one, other = (
        feedback_on(answered(*rows), question).questions[0].options[0].chart.drawn()
        for rows in ([(50, 50), (50, 50), (50, 50)], [(99, 1), (50, 50), (1, 99)])
    )
    bar = re.compile(r'<rect[^>]*width="([\d.]+)"')
    assert bar.search(one).group(1) == bar.search(other).group(1)


def test_hidden_arguments_and_those_of_later_rounds_are_never_shown():
    later = Argument(2, 2, "q", "otter", "From the future", datetime(2030, 1, 1, tzinfo=UTC))
    arguments = [argued("Rude", "otter", is_hidden=True), later, argued("Kind", "heron")]
    feedback = feedback_on(answered(9, 1, 5, 5), arguments=arguments)
    for sheet in (panel_sheet(feedback), panellist_sheet(feedback, "otter")):
        assert "Kind" in sheet
        assert "Rude" not in sheet
        assert "From the future" not in sheet


def test_own_arguments_are_marked_and_no_author_is_named():
    feedback = feedback_on(answered(9, 1, 5, 5), arguments=[argued("Rents fall", "heron")])
    assert "Rents fall yours" in words(panellist_sheet(feedback, "heron"))
    others = panellist_sheet(feedback, "otter")
    assert "Rents fall" in others
    assert "yours</strong>" not in others
    assert "heron" not in others


def test_the_order_of_arguments_does_not_follow_who_wrote_them_or_when():
    texts = ["one", "two", "three", "four", "five"]
    there = [argued(text, who, n) for n, (text, who) in enumerate(zip(texts, PEOPLE, strict=False))]
    back = [argued(text, who, n) for n, (text, who) in enumerate(zip(texts[::-1], PEOPLE, strict=False))]
    of_both = (feedback_on(answered(5, 5, 5, 5, 5), arguments=each) for each in (there, back))
    one, other = ([each.text for each in found.questions[0].sides[0].arguments] for found in of_both)
    assert one == other


def test_texts_of_people_are_shown_as_texts():
    sheet = panellist_sheet(
        feedback_on(answered(9, 1, 5, 5), arguments=[argued("<script>alert(1)</script> & co", "heron")]),
        "otter",
    )
    assert "<script" not in sheet
    assert "<script>alert(1)</script> & co" in words(sheet)


def test_a_choice_marks_the_own_option_with_a_word():
    question = "{text: Who?, type: choice, options: {a: The state, b: The city}}"
    feedback = feedback_on(answered(0, 1, 1, 1), question)
    sheet = words(panellist_sheet(feedback, "otter"))
    assert "The city 75% (3 of 4) The state 25% (1 of 4) ✓ yours" in sheet
    assert sheet.count("✓ yours") == 1


def test_a_ranking_stands_in_the_order_of_its_mean_ranks():
    question = "{text: What first?, type: ranking, options: {a: Air, b: Bread, c: Cars}}"
    feedback = feedback_on(answered((3, 1, 2), (2, 1, 3), (2, 1, 3), (2, 1, 3)), question)
    options = feedback.questions[0].options
    assert [(option.title, option.value) for option in options] == [
        ("Bread", 1),
        ("Air", 2.25),
        ("Cars", 2.75),
    ]
    sheet = words(panellist_sheet(feedback, "otter"))
    assert "Air 2.2 2 to 2.25 3 ranked lower" in sheet
    assert "Air: you rank it lower than the middle half of the panel." in sheet
    assert "Cars: you rank it higher than the middle half of the panel." in sheet


def test_every_type_of_question_is_on_a_sheet_of_the_example(welfare):
    assert {question.question.type for question in welfare.questions} == {
        "multi_rating", "ranking", "choice", "multiple_choice", "allocation", "pairwise", "year",
        "quantity", "probability", "text",
    }  # fmt: skip
    sheet = words(panellist_sheet(welfare, "r1"))
    for question in welfare.questions:
        assert question.question.text in sheet
    assert "This panel is simulated: no people answered." in sheet
    assert "35.9 to 45.1 hours, sure to 80%" in sheet


def test_sheets_are_well_formed_and_need_no_network(welfare):
    for sheet in (panel_sheet(welfare), *(html for _, html in sheets(welfare, ["r1", "u6", "nobody"]))):
        body = parsed(sheet)
        assert not re.search(r"https?:|url\(|@import|\b(src|href|on\w+)=", sheet)
        pictures = [svg for svg in body.iter("svg") if svg.get("aria-hidden") is None]
        assert pictures
        assert all(svg.get("role") == "img" and svg.find("title").text for svg in pictures)


def test_no_sheet_of_the_example_names_another_panellist(welfare):
    for who, sheet in sheets(welfare, ["r1", "p4", "u6"]):
        others = [each for each in welfare.study.panel.members if each != who]
        assert not re.search(rf"\b({'|'.join(others)})\b", sheet)


def test_stretches_of_a_histogram_begin_at_round_numbers_and_hold_every_answer():
    assert round_bounds(np.array([3.0, 41.0])) == (0, 50)
    assert round_bounds(np.array([2031.0, 2033.0]), is_whole=True) == (2031, 2041)
    assert round_bounds(np.array([7.0, 7.0])) == (7, 17)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.booleans())
def test_bounds_hold_every_answer(values, is_whole):
    numbers = np.round(values) if is_whole else np.array(values)
    low, high = round_bounds(numbers, is_whole=is_whole)
    assert low <= numbers.min()
    assert high >= numbers.max()


@settings(max_examples=25)
@given(
    ratings=st.lists(st.integers(1, 9), min_size=1, max_size=len(PEOPLE)),
    authors=st.lists(st.sampled_from(PEOPLE), max_size=4),
    hidden=st.booleans(),
)
def test_no_sheet_names_others_and_too_few_answers_show_nothing(ratings, authors, hidden):
    arguments = [
        argued(f"Argument {n}", who, n, is_hidden=hidden and n == 0) for n, who in enumerate(authors)
    ]
    feedback = feedback_on(answered(*ratings), arguments=arguments)
    for who, sheet in (*sheets(feedback, PEOPLE), ("", panel_sheet(feedback))):
        assert not re.search("|".join(each for each in PEOPLE if each != who), sheet)
        assert has_picture(sheet) is (len(ratings) >= 3)
        assert (MEDIAN in sheet) is (len(ratings) >= 3)
        shown = set(re.findall(r"Argument \d", sheet))
        expected = {each.text for each in arguments if not each.is_hidden} if len(ratings) >= 3 else set()
        assert shown == expected
