import io
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.checking import check_rows
from innosi.forecast.answers.layout import find_layout
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.arguments import Argument
from innosi.forecast.cli.explaining import glossary
from innosi.forecast.documents.word import report_docx
from innosi.forecast.history import QuestionHistory, RoundHistory, StudyHistory
from innosi.forecast.study import load_study, study_from
from innosi.forecast.study_report.contents import report_of
from innosi.forecast.study_report.flow_chart import SIZE, flow_chart, wrapped
from innosi.forecast.study_report.flow_drawing import chart_png, chart_svg
from innosi.forecast.study_report.items import DECLARATIONS, ITEM_BY_KEY, ITEMS, unknown_report_keys
from innosi.forecast.study_report.page import report_html
from innosi.forecast.study_report.values import Missing
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.tables.sheet import read_sheet

STUDY = """\
title: Homes for all
description: What homes will people need?
panel:
  minimum_group_size: 3
  groups: {north: Northerners, south: Southerners, west: Westerners}
  members: {otter: north, heron: north, badger: north, marten: north, lynx: south, stoat: south,
            bison: south, crane: west}
rounds: [Opening, Closing]
contact: {name: The housing team, organisation: An institute}
consensus: iqr
questions:
  good: {text: How good are small homes?, type: rating, scale: {low: 1, high: 9}}
  late: {text: When will all have one?, type: year, low: 2026, high: 2100, never: true, consensus: none}
  rare: {text: How bad are big homes?, type: rating, scale: {low: 1, high: 5}}
"""
PEOPLE = ("otter", "heron", "badger", "marten", "lynx", "stoat", "bison", "crane")
AT = datetime(2030, 7, 1, 12, tzinfo=UTC)


def study_with(**report):
    study = study_from(parse_document(STUDY, source="study.yaml", folder=Path()))
    return replace(study, report=report)


def moment(month, day):
    return datetime(2030, month, day, 9, tzinfo=UTC)


HISTORY = StudyHistory(
    key="homes",
    state="finished",
    finished=moment(6, 1),
    n_listed=9,
    n_withdrawn=1,
    n_consented=8,
    by_group={"north": 4, "south": 3, "west": 1},
    rounds=(
        RoundHistory(
            *(1, "Opening", moment(1, 7), moment(1, 28), moment(2, 1)),
            deadline=date(2030, 1, 21),
            n_invited=9,
            n_answered=8,
            n_complete=6,
            n_late_answers=2,
            n_withdrawn=1,
            n_answered_by_group={"north": 4, "south": 3, "west": 1},
            questions=("good", "late"),
        ),
        RoundHistory(
            *(2, "Closing", moment(3, 1), moment(3, 20), moment(4, 1)),
            n_invited=8,
            n_answered=7,
            n_complete=7,
            n_answered_by_group={"north": 4, "south": 3},
            questions=("good", "rare"),
        ),
    ),
    questions=(
        QuestionHistory("good", "How good are small homes?", 1, reworded=(2,)),
        QuestionHistory(
            *("late", "When will all have one?", 1),
            settled="dropped",
            settled_after=1,
            settled_because="nobody could know",
        ),
        QuestionHistory("rare", "How bad are big homes?", 2, from_proposal=True),
    ),
    n_proposals=3,
    n_proposals_taken_up=1,
    n_study_versions=2,
)


def answered(question, number, *values):
    return [
        Answer(number, who, question, (float(value),)) for who, value in zip(PEOPLE, values, strict=False)
    ]


ANSWERS = Answers.of(
    [
        *answered("good", 1, 1, 2, 3, 3, 5, 7, 9, 9),
        *answered("good", 2, 3, 3, 3, 3, 4, 4, 5),
        *answered("late", 1, 2030, 2040, 2050, float("inf"), 2060),
        *answered("rare", 2, 1, 5),
    ]
)


def argued(text, **about):
    return Argument(1, 1, "good", "otter", text, moment(1, 9), **about)


def report_on(study=None, history=HISTORY, answers=ANSWERS, arguments=()):
    return report_of(study or study_with(), history, answers, arguments=arguments, at=AT)


@pytest.fixture(scope="module")
def report():
    arguments = (argued("Small is cosy", n_for=2), argued("SECRET", is_hidden=True))
    return report_on(
        study_with(funding="A <b>fund</b> & friends", missing_perspectives=""), arguments=arguments
    )


@pytest.fixture(scope="module")
def page(report):
    return report_html(report)


def words(html):
    """Return what a page says to those who do not see its pictures; refuses one that is not well-formed."""
    body = ElementTree.fromstring(html.removeprefix("<!DOCTYPE html>").strip()).find("body")
    return " ".join("".join(body.itertext()).split())


def said_of(report, key):
    """Return the paragraphs that are said of an item."""
    item = next(each for each in (*report.items, *report.declarations) if each.item.key == key)
    return " ".join(block.text for block in item.blocks if hasattr(block, "text"))


def table_of(report, key, caption):
    item = next(each for each in report.items if each.item.key == key)
    return next(block for block in item.blocks if getattr(block, "caption", "") == caption)


def test_the_items_are_those_of_delphistar_in_number_and_order():
    assert [item.number for item in ITEMS] == list(range(1, 39))
    sections = Counter(item.section for item in ITEMS)
    assert list(sections.values()) == [3, 7, 20, 4, 4]


def test_every_item_has_a_key_of_its_own_that_a_study_file_can_hold():
    assert len(ITEM_BY_KEY) == len(ITEMS) + len(DECLARATIONS)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in ITEM_BY_KEY)
    study_from(
        parse_document(
            STUDY + f"report: {{{', '.join(f'{key}: x' for key in ITEM_BY_KEY)}}}", source="", folder=Path()
        )
    )


def test_a_key_that_is_no_item_is_told_with_the_nearest_one():
    assert unknown_report_keys(study_with(fundin="x", aim="y")) == (
        "report.fundin: is no item of the report; did you mean 'funding'?",
    )


def test_the_command_line_lists_every_item_with_its_key():
    listed = glossary()["DELPHISTAR"]
    assert [key for key in ITEM_BY_KEY if f" {key} " not in listed] == []


def test_the_chart_holds_the_numbers_of_the_history():
    alternative = flow_chart(HISTORY).alternative
    assert "On the panel’s list: 9 people, At the start: 2 questions" in alternative
    assert (
        "On the panel: 9, Answered: 8 (89%), In full: 6 (67%), Did not answer: 1, Withdrew: 1" in alternative
    )
    assert "Asked: 2 questions, Dropped: 1; Round 2: Closing" in alternative
    assert "Asked: 2 questions, New: 1 (1 from the panel), In a new wording: 1" in alternative
    assert "End of the study, Answered the last round: 7, Of all listed: 78%" in alternative
    assert alternative.endswith("Dropped: 1, Not settled: 2.")


def test_a_chart_shows_in_its_boxes_what_its_alternative_says():
    chart = flow_chart(HISTORY, is_simulated=True)
    shown = " ".join(line for box in chart.boxes for line in box.lines)
    assert [part for part in re.split("[,;.] ?", chart.alternative) if part and part not in shown] == []


def test_no_text_of_the_chart_leaves_its_box_and_no_box_the_chart():
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    long_title = "In which Donaudampfschifffahrtsgesellschaftskapitäne MMMMMMMM " * 3
    rounds = tuple(replace(each, title=long_title) for each in HISTORY.rounds)
    chart = flow_chart(replace(HISTORY, rounds=rounds, n_listed=123456), is_simulated=True)
    for box in chart.boxes:
        for place, line in enumerate(box.lines):
            weight = "bold" if place < box.n_bold else "normal"
            path = TextPath((0, 0), line, size=SIZE, prop=FontProperties(family="DejaVu Sans", weight=weight))
            assert path.get_extents().width <= box.width - 12, line
        assert 0 <= box.x <= box.x + box.width <= chart.width
        assert 0 <= box.y <= box.y + box.height <= chart.height


def test_boxes_do_not_overlap():
    boxes = flow_chart(HISTORY, is_simulated=True).boxes
    pairs = [(one, other) for at, one in enumerate(boxes) for other in boxes[at + 1 :]]
    assert [
        (one.lines, other.lines)
        for one, other in pairs
        if one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    ] == []


@given(st.text("abMW %", max_size=80), st.floats(30, 200))
def test_wrapping_loses_no_letter(text, width):
    assert "".join(wrapped(text, width)).replace(" ", "") == text.replace(" ", "")


def test_the_chart_is_a_picture_with_a_title_and_a_text_in_both_forms():
    chart = flow_chart(HISTORY)
    svg = ElementTree.fromstring(chart_svg(chart))
    assert svg.get("role") == "img"
    texts = {each.get("id"): each.text for each in svg if each.get("id")}
    assert [texts[name] for name in svg.get("aria-labelledby").split()] == [chart.title, chart.alternative]
    assert chart_png(chart).startswith(b"\x89PNG")


def test_response_is_told_by_round_and_by_the_groups_that_may_be_shown(report):
    rows = table_of(report, "response", "Response by round").rows
    assert rows[0] == ("Opening", "9", "8 (89%)", "6 (67%)", "1", "2")
    # west has one answer, which south would give away with the total: south is hidden too
    assert table_of(report, "response", "Answers by group").rows == (
        ("Northerners", "4", "4"),
        ("Southerners", "–", "3"),
    )


def test_the_size_of_a_group_below_the_smallest_is_not_told(report):
    rows = dict(table_of(report, "expertise", "Groups of the panel").rows)
    assert rows == {"Northerners": "4", "Southerners": "not shown", "Westerners": "not shown"}


def test_results_are_those_worked_out_by_hand(report):
    # round 1: 1 2 3 3 5 7 9 9: median 4, quartiles at places 1.75 and 5.25 from 0: 2.75 and 7.5
    result = next(each for each in report.items[33].blocks if each.kind == "result")
    first, second = result.rows
    assert (first.n, first.centre, first.middle_half) == ("8", "4", "2.75 to 7.5 (4.75)")
    assert first.consensus == "not reached (4.75)"
    # round 2: 3 3 3 3 4 4 5: median 3, quartiles 3 and 4
    assert (second.n, second.centre, second.middle_half) == ("7", "3", "3 to 4 (1)")
    assert second.consensus == "reached (1)"
    # of the seven who answered both, 1 2 3 3 5 7 9 had the median 3; two kept their answer
    assert second.change == "as before (71% changed)"
    assert result.notes[-1] == "Worded anew from round 2 on."


def test_a_year_that_never_comes_is_counted_and_not_averaged(report):
    result = [each for each in report.items[33].blocks if each.kind == "result"][1]
    assert result.rows[0].centre == "2045 (1 said never)"


def test_a_question_with_too_few_answers_shows_nothing_but_that(report, page):
    result = [each for each in report.items[33].blocks if each.kind == "result"][2]
    assert result.title == "How bad are big homes?"
    row = result.rows[0]
    assert (row.n, row.centre, row.middle_half, row.consensus) == ("fewer than 3", "–", "–", "–")
    glance = next(each for each in report.items[33].blocks if each.kind == "table")
    assert [row[0] for row in glance.rows] == ["How good are small homes?", "When will all have one?"]


def test_a_change_among_too_few_is_not_shown():
    moved = Answers.of(
        [
            *answered("good", 1, 1, 2, 3),
            *(Answer(2, who, "good", (4.0,)) for who in ("badger", "lynx", "bison")),
        ]
    )
    result = next(each for each in report_on(answers=moved).items[33].blocks if each.kind == "result")
    assert [row.change for row in result.rows] == ["first round", "–"]


def test_what_became_of_questions_is_told_with_day_and_reason(report):
    assert table_of(report, "flow_chart", "What became of the questions").rows == (
        ("How good are small homes?", "worded anew", "round 2, 1 March 2030", "–"),
        ("When will all have one?", "dropped", "after round 1", "nobody could know"),
        ("How bad are big homes?", "added", "round 2, 1 March 2030", "proposed by the panel"),
    )


def test_rules_of_consensus_are_told_with_their_source(report):
    rows = table_of(report, "consensus", "Rules of consensus").rows
    source = "von der Gracht (2012): rule “iqr”"
    assert rows[0] == ("interquartile range at most 2", "How good are small homes?", source)
    assert any(each.startswith("von der Gracht (2012)") for each in report.sources)
    assert not any(each.startswith("Kapoor") for each in report.sources)


def test_what_went_otherwise_is_told_as_far_as_it_is_on_record(report):
    assert said_of(report, "deviations").startswith(
        "The study file was changed in its course: 2 versions. Closed later than announced: round 1. "
        "Panellists proposed 3 questions, of which 1 was asked."
    )


def test_what_is_not_known_is_asked_for_by_its_key(report, page):
    assert "validity" in {item.key for item in report.missing}
    assert "Not stated: write report: {validity: …} in the study file." in words(page)
    asked = {block.key for item in report.items for block in item.blocks if isinstance(block, Missing)}
    assert asked == {item.key for item in report.missing}
    assert report.n_answered == 38 - len(asked)
    assert report.completeness.startswith(f"{report.n_answered} of 38 items are answered; missing: ")


def test_an_empty_text_is_no_answer(report):
    assert "missing_perspectives" in {item.key for item in report.missing}


def test_a_report_with_every_text_is_complete():
    told = report_on(study_with(**dict.fromkeys(ITEM_BY_KEY, "A Delphi study.\n\nMore of it.")))
    assert told.completeness == "38 of 38 items are answered."
    assert [block.text for block in told.items[4].blocks][:2] == ["A Delphi study.", "More of it."]


def test_answers_in_words_leave_their_analysis_to_be_told():
    with_words = report_on(arguments=[argued("Small is cosy")])
    assert "analysis" in {item.key for item in with_words.missing}
    assert "analysis" not in {item.key for item in report_on().missing}


def test_nobody_is_called_invited_of_whom_that_is_not_known(report):
    assert "round 1 was answered by 8 (89%) of 9 on the panel" in said_of(report, "abstract").casefold()
    table = table_of(report, "response", "Response by round")
    assert table.columns[1] == "On the panel"
    assert "invited" not in f"{table.columns} {table.notes}".casefold()


@pytest.mark.parametrize("n_for", [0, 2])
def test_votes_are_told_of_only_where_there_were_some(n_for):
    found = report_on(arguments=(argued("Small is cosy", n_for=n_for),))
    item = next(each for each in found.items if each.item.key == "feedback_content")
    assert ("without names, with votes for and against" in str(item.blocks)) is bool(n_for)


def test_a_rankings_rule_is_told_of_all_options_together_and_of_no_single_one():
    rule = "{measure: kendall_w, at_least: 0.7}"
    ranking = (
        f"  first: {{text: What first?, type: ranking, options: {{a: Air, b: Bread}}, consensus: {rule}}}"
    )
    study = study_from(parse_document(STUDY + ranking, source="study.yaml", folder=Path()))
    answers = Answers.of(Answer(1, who, "first", (1.0, 2.0)) for who in PEOPLE)
    item = next(each for each in report_on(study, answers=answers).items if each.item.key == "results")
    rows = {
        row[0]: row for block in item.blocks for row in getattr(block, "rows", ()) if isinstance(row, tuple)
    }
    assert [rows[title][4] for title in ("Air", "Bread")] == ["–", "–"]
    assert rows["All options together"][4].startswith("reached")


def test_feedback_that_is_not_on_record_is_asked_for():
    rounds = tuple(replace(each, fed_back=None) for each in HISTORY.rounds)
    silent = report_on(history=replace(HISTORY, rounds=rounds))
    assert {"feedback_content", "feedback_form", "feedback_groups"} <= {item.key for item in silent.missing}


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Homes for all", "Homes for all: a Delphi study"), ("A Delphi on homes", "A Delphi on homes")],
)
def test_the_title_says_delphi(title, shown):
    assert report_on(replace(study_with(), title=title)).title == shown


def test_a_simulated_panel_is_said_loudly():
    study = study_with()
    simulated = replace(study, panel=replace(study.panel, is_simulated=True))
    html = report_html(report_on(simulated))
    assert html.index("Simulated panel: no people answered") < html.index("<nav")
    assert "The panel is simulated: no people answered." in said_of(report_on(simulated), "abstract")
    assert "no people answered" not in report_html(report_on())


def test_a_study_that_has_not_begun_has_a_report_too():
    draft = report_on(history=StudyHistory("homes", "draft"), answers=Answers())
    assert {"recruitment", "response", "results"} <= {item.key for item in draft.missing}
    assert words(report_html(draft))
    assert report_docx(draft)


def test_no_pseudonym_and_no_hidden_argument_stands_in_a_report(page):
    assert "Small is cosy (2 votes for, 0 against)" in words(page)
    assert [name for name in (*PEOPLE, "SECRET") if name in page] == []


def test_own_words_are_shown_as_they_are(page):
    assert "A <b>fund</b> & friends" in words(page)


def test_a_page_is_well_formed_and_needs_no_network(page):
    root = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>").strip())
    addresses = [each.get(name) for each in root.iter() for name in ("href", "src") if each.get(name)]
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert all(address[0] == "#" and address[1:] in ids for address in addresses)
    assert not re.search(r"url\(|@import|<script|<link|<img", page)
    named = [name for each in root.iter() for name in each.get("aria-labelledby", "").split()]
    assert set(named) <= set(ids)


def test_headings_of_a_page_leave_no_level_out(page):
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def opened(content):
    from docx import Document

    return Document(io.BytesIO(content))


def test_a_document_opens_again_with_its_headings_in_order(report):
    document = opened(report_docx(report))
    headings = [
        (each.style.name, each.text)
        for each in document.paragraphs
        if each.style.name.startswith(("Head", "Title"))
    ]
    assert headings[0] == ("Title", "Homes for all: a Delphi study")
    items = [text for style, text in headings if style == "Heading 2"]
    assert items[:38] == [f"{item.number} {item.title}" for item in ITEMS]
    sections = [text for style, text in headings if style == "Heading 1"]
    assert sections == [*dict.fromkeys(i.section for i in ITEMS), "Declarations", "Sources", "Completeness"]
    assert next(text for style, text in headings if style == "Heading 3") == "How good are small homes?"


def test_a_document_can_be_read_by_those_who_do_not_see_it(report):
    document = opened(report_docx(report))
    pictures = [each._inline.docPr for each in document.inline_shapes]
    assert [each.get("descr") for each in pictures] == [flow_chart(HISTORY).alternative]
    xml = document.element.xml
    assert xml.count("<w:tblHeader") == len(document.tables) > 5
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.title == report.title
    assert 'w:lang w:val="en-GB"' in document.styles.element.xml
    assert " PAGE " in document.sections[0].footer._element.xml


def test_a_document_says_the_same_numbers_as_the_page(report):
    document = opened(report_docx(report))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Opening", "9", "8 (89%)", "6 (67%)", "1", "2"] in rows
    text = "\n".join(each.text for each in document.paragraphs) + str(rows)
    assert "Small is cosy (2 votes for, 0 against)" in text
    assert [name for name in (*PEOPLE, "SECRET") if name in text] == []


def test_a_document_without_its_library_says_what_to_install(report, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(InnosiError, match="python-docx") as refused:
        report_docx(report)
    assert refused.value.mend == 'pip install "innosi[documents]"'


def test_the_example_of_every_type_of_question_has_a_report():
    example = files("innosi.examples") / "welfare-futures"
    study = load_study(Path(str(example / "study.yaml")))
    table = read_sheet(Path(str(example / "answers.csv")))
    reader = CellReader.of_table((), table.delimiter, are_percentages=False)
    checked = check_rows(find_layout(table, study, {}), study, reader)
    names = tuple(study.questions)
    rounds = tuple(
        RoundHistory(number, title, n_invited=20, n_answered=n, questions=names)
        for number, (title, n) in enumerate(zip(study.rounds, (20, 18, 17), strict=True), start=1)
    )
    history = StudyHistory("welfare", "finished", n_listed=20, rounds=rounds)
    told = report_of(study, history, Answers.of(checked.answers), arguments=(), at=AT)
    results = [block for block in told.items[33].blocks if block.kind == "result"]
    assert [each.name for each in results] == list(names)
    by_name = {each.name: each for each in results}
    assert by_name["who_pays"].rows[-1].centre == "A social investment fund, 64.7%"
    assert by_name["first"].parts[-1][0] == "All options together"
    assert by_name["older_people"].parts[0][0] == "probability"
    page = words(report_html(told))
    assert [each.text for each in study.questions.values() if each.text not in page] == []
    assert not [who for who in study.panel.members if re.search(rf"\b{who}\b", page)]
