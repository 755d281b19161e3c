import math
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.answers.cells import CellReader
from innosi.forecast.answers.checking import check_rows
from innosi.forecast.answers.layout import find_layout
from innosi.forecast.answers.values import Answer
from innosi.forecast.languages.language import language_of
from innosi.forecast.questionnaires.form import ANSWERS, HIDDEN
from innosi.forecast.questionnaires.form_rows import distinct_titles
from innosi.forecast.questionnaires.label import SheetLabel
from innosi.forecast.questionnaires.workbook import questionnaire_workbook, read_form
from innosi.forecast.study import study_from
from innosi.models.errors import AnswerError, InnosiError, TableError
from innosi.scenarios.loading.document import parse_document

STUDY = """\
title: Gardens for everybody
description: "=Asked of those who dig"
rounds: [{title: Before, deadline: 2027-03-31}, After]
contact: {name: Jo}
privacy: {consent: I agree to take part}
questions:
  belonging: {text: "=1+1 does it bring people together?", explanation: "@garden", type: rating,
              scale: {low: 1, high: 9, low_label: not at all}}
  older: {text: Older people work, type: multi_rating, scales: {
          probability: {low: 1, high: 9}, wish: {low: 1, high: 5, high_label: yes please}}}
  first: {text: What first?, type: ranking, options: {care: Care at home, train: Training, room: Rooms}}
  pays: {text: Who pays?, type: choice, options: {state: The state, city: "=cmd|x", fund: "A, B; C"}}
  barriers: {text: What hinders?, type: multiple_choice, options: [law, money, time]}
  budget: {text: Share it out, type: allocation, points: 10, options: [day, night]}
  criteria: {text: What counts?, type: pairwise, options: {reach: Reach, trust: Trust, joy: Joy}}
  by_when: {text: By which year?, type: year, low: 2026, high: 2060, never: true}
  three_years: {text: By when again?, type: year, answer: three_point, low: 2026}
  chance: {text: How likely?, type: probability}
  chances: {text: How likely is what?, type: probability, answer: quantiles}
  hours: {text: How many hours?, type: quantity, answer: interval, confidence: asked, unit: hours, high: 60}
  cost: {text: What does it cost?, type: quantity, answer: three_point, kind: money, currency: EUR}
  any: {text: Any number?, type: quantity}
  why: {text: What did we forget?, type: text}
"""
EN = language_of("en")
LABEL = SheetLabel("garden", 1, "p07")
FILLED = {
    "belonging": 7, "belonging.reason": "=they meet", "older.wish": 4,
    "first.care": 2, "first.train": 3, "first.room": 1, "pays": "=cmd|x",
    "barriers.law": "yes", "barriers.time": "no", "budget.day": 2.5, "budget.night": 7.5,
    "criteria.reach/trust": "Reach counts 3 times as much", "criteria.reach/joy": "both count the same",
    "criteria.trust/joy": "Joy counts 9 times as much", "by_when": "Never", "three_years.lower": 2030,
    "three_years.best": 2035, "three_years.upper": 2041, "chance": 0.655, "chances.5%": 0.1,
    "chances.50%": 0.2, "chances.95%": 0.9, "hours.lower": 1, "hours.upper": 12.5, "hours.confidence": 0.7,
    "hours.reason": "+ and -", "cost.lower": 1000, "cost.best": 2e6, "cost.upper": 3e6, "any": -4.5,
    "why": "@bees",
}  # fmt: skip
ANSWERED = {
    "belonging": (7,), "older": (math.nan, 4), "first": (2, 3, 1), "pays": (1,), "barriers": (1, 0, 0),
    "budget": (2.5, 7.5), "criteria": (3, 1, 1 / 9), "by_when": (math.inf,),
    "three_years": (2030, 2035, 2041),
    "chance": (0.655,), "chances": (0.1, 0.2, 0.9), "hours": (1, 12.5, 0.7), "cost": (1000, 2e6, 3e6),
    "any": (-4.5,), "why": (1,),
}  # fmt: skip


def study_of(text):
    return study_from(parse_document(text, source="study.yaml", folder=Path()))


STUDIED = study_of(STUDY)


def made(study=STUDIED, label=LABEL, language=EN, **more):
    return questionnaire_workbook(study, label, questions=study.questions, language=language, **more)


EMPTY = made()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("forms") / "form.xlsx"


def opened(raw, file):
    file.write_bytes(raw)
    return openpyxl.load_workbook(BytesIO(raw)), read_form(file)


def put(cell, said):
    cell.value = said
    if isinstance(said, str):
        cell.data_type = "s"


def filled_in(raw, file, filled):
    """Return the form as it comes back once somebody filled it in."""
    book, form = opened(raw, file)
    for column, said in filled.items():
        put(book[ANSWERS][form.places[column].partition("!")[2]], said)
    book.save(file)
    return read_form(file)


def checked(form, study=STUDIED):
    return check_rows(find_layout(form.entries, study, {}), study, CellReader())


def test_every_question_type_comes_back_as_it_was_filled_in(file):
    form = filled_in(EMPTY, file, {**FILLED, "proposal": "-What of bees?", "consent": "yes"})
    found = checked(form)
    assert found.rejections == ()
    answers = {answer.question: answer for answer in found.answers}
    assert {name: answer.values for name, answer in answers.items()} == {
        name: pytest.approx(values, nan_ok=True) for name, values in ANSWERED.items()
    }
    assert {(answer.panellist, answer.round) for answer in found.answers} == {("p07", 1)}
    assert answers["belonging"].reason == "=they meet"
    assert answers["hours"].reason == "+ and -"
    assert answers["why"].reason == "@bees"
    assert (form.proposal, form.consent) == ("-What of bees?", True)
    assert form.label == LABEL


def test_an_empty_form_is_no_answer_and_no_fault(file):
    form = opened(EMPTY, file)[1]
    found = checked(form)
    assert (found.answers, found.rejections) == ((), ())
    assert found.n_empty == len(STUDIED.questions)
    assert (form.proposal, form.consent) == ("", None)


def test_the_wide_table_has_every_column_that_the_import_knows(file):
    form = opened(EMPTY, file)[1]
    layout = find_layout(form.entries, STUDIED, {})
    assert layout.unread == ()
    assert [*layout.asides] == ["consent", "proposal"]
    assert not layout.is_long
    assert form.entries.columns[:2] == ("panellist", "round")


def test_what_is_wrong_is_told_with_its_cell(file):
    form = filled_in(
        EMPTY, file, {"belonging": 12, "hours.lower": 9, "hours.upper": 2, "hours.confidence": 0.5}
    )
    told = form.located(checked(form).rejections)
    cells = [form.places[name].partition("!")[2] for name in ("belonging", "hours.lower", "hours.confidence")]
    assert [each.line for each in told] == [int(cells[0][1:]), int(cells[1][1:])]
    assert told[0].reason == f"off the scale (1 to 9) (Answers!{cells[0]})"
    assert told[1].reason.endswith(f"(Answers!{cells[1]}:{cells[2]})")


def test_one_wrong_part_is_told_with_its_own_cell(file):
    form = filled_in(EMPTY, file, {"older.probability": 3, "older.wish": 8})
    (told,) = form.located(checked(form).rejections)
    assert told.reason.endswith(f"({form.places['older.wish']})")


def test_every_text_and_option_can_be_seen_and_picked():
    book = openpyxl.load_workbook(BytesIO(EMPTY))
    seen = [str(cell.value) for row in book[ANSWERS].iter_rows() for cell in row if cell.value is not None]
    hidden = [str(cell.value) for row in book[HIDDEN].iter_rows() for cell in row if cell.value is not None]
    for question in STUDIED.questions.values():
        assert question.text in seen
        assert not question.explanation or question.explanation in seen
        for title in question.options.values():
            assert any(title in each for each in seen) or title in hidden
    assert any("(yes please)" in each for each in seen)
    assert "must be 10" in seen
    for said in ("I agree to take part", "Which question is missing?", "Questions? Ask Jo."):
        assert said in seen
    assert "Please send it back by 31 March 2027." in seen


def test_no_text_is_a_formula_and_only_the_total_is():
    book = openpyxl.load_workbook(BytesIO(EMPTY))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert len(formulas) == 1
    assert formulas[0].startswith("=SUM($C$")
    texts = [cell for cell in cells if cell.data_type == "s" and cell.value.startswith(("=", "+", "-", "@"))]
    assert len(texts) >= 4
    assert all(cell.quotePrefix for cell in texts)


def test_only_cells_that_are_filled_in_are_open_and_no_password_is_needed(file):
    book, form = opened(EMPTY, file)
    sheet = book[ANSWERS]
    open_ = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert open_ == {place.partition("!")[2] for place in form.places.values()}
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert book[HIDDEN].sheet_state == "hidden"
    assert sheet.freeze_panes == "A2"
    assert str(LABEL) in sheet.oddFooter.left.text


@pytest.fixture(scope="module")
def rules(file):
    """What each cell accepts, by column, with the cell's address; and the workbook."""
    book, form = opened(EMPTY, file)
    by_cell = {str(each.sqref): each for each in book[ANSWERS].data_validations.dataValidation}
    cells = {column: place.partition("!")[2] for column, place in form.places.items()}
    return {column: (by_cell.get(cell), cell) for column, cell in cells.items()}, book


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("belonging", ("whole", "between", "1", "9")),
        ("chance", ("decimal", "between", "0", "1")),
        ("hours.upper", ("decimal", "lessThanOrEqual", "60", None)),
        ("three_years.best", ("whole", "greaterThanOrEqual", "2026", None)),
        ("budget.day", ("decimal", "between", "0", "10")),
    ],
)
def test_cells_accept_numbers_within_bounds(rules, column, expected):
    rule, _ = rules[0][column]
    assert (rule.type, rule.operator, rule.formula1, rule.formula2) == expected
    assert rule.errorStyle == "stop"


def test_cells_accept_a_year_or_never_each_rank_once_and_any_number_where_nothing_bounds_it(rules):
    rule, cell = rules[0]["by_when"]
    is_year = f"AND({cell}=INT({cell}),{cell}>=2026,{cell}<=2060)"
    assert rule.formula1 == f'IF(ISNUMBER({cell}),{is_year},{cell}="never")'
    rule, cell = rules[0]["any"]
    assert rule.formula1 == f"ISNUMBER({cell})"
    rule, cell = rules[0]["first.train"]
    first, last = (rules[0][f"first.{each}"][1].replace("C", "$C$") for each in ("care", "room"))
    assert f"COUNTIF({first}:{last},{cell})=1" in rule.formula1
    assert rules[0]["why"][0] is None


def test_options_are_picked_by_their_titles(rules):
    rule, _ = rules[0]["pays"]
    first, last = rule.formula1.replace("$", "").removeprefix(f"{HIDDEN}!").split(":")
    assert [row[0].value for row in rules[1][HIDDEN][first:last]] == ["The state", "=cmd|x", "A, B; C"]
    assert rule.type == "list"


def test_options_that_are_called_alike_are_told_apart():
    options = {"a": "Fund", "b": "fund ", "c": "State"}
    assert distinct_titles(options) == (("Fund (a)", "a"), ("fund  (b)", "b"), ("State", "c"))


def test_own_earlier_answers_stand_beside_the_cells(file):
    own = [
        Answer(1, "p07", "belonging", (7.0,), "=They meet"),
        Answer(1, "p07", "first", (3.0, 1.0, 2.0)),
        Answer(1, "p08", "chance", (0.123,), "A secret"),
    ]
    book, form = opened(made(own=own), file)
    sheet = book[ANSWERS]

    def beside(column):
        return sheet[form.places[column].partition("!")[2].replace("C", "E")].value

    assert [beside(each) for each in ("belonging", "belonging.reason", "first.care")] == [
        "7",
        "=They meet",
        "3",
    ]
    assert beside("chance") is None
    assert "secret" not in str([cell.value for row in sheet.iter_rows() for cell in row])


def test_a_form_in_another_language_comes_back_in_our_words(file, monkeypatch):
    words = {"yes": "ναι", "no": "όχι", "never": "ποτέ", "both count the same": "ίσα"}
    greek = language_of("el")

    def told(_, message, **values):
        return words.get(message, message) % values

    monkeypatch.setattr(type(greek), "text", told)
    text = """\
title: Gardens
questions:
  pays: {text: Who pays?, type: choice, options: {state: The state, city: The city}}
  many: {text: Which?, type: multiple_choice, options: {a: One, b: Two}}
  pair: {text: What counts?, type: pairwise, options: {a: One, b: Two}}
  year: {text: When?, type: year, never: true}
translations:
  el:
    title: Κήποι
    questions:
      pays: {text: Ποιος;, options: {state: Το κράτος, city: Ο δήμος}}
      many: {text: Ποια;, options: {a: Ένα, b: Δύο}}
      pair: {text: Τι;, options: {a: Ένα, b: Δύο}}
      year: {text: Πότε;}
"""
    study = study_of(text)
    filled = {"pays": "Ο δήμος", "many.a": "ναι", "many.b": "όχι", "pair.a/b": "ίσα", "year": "Ποτέ"}
    form = filled_in(made(study, language=greek), file, filled)
    answers = {answer.question: answer.values for answer in checked(form, study).answers}
    assert answers == {"pays": (1.0,), "many": (1.0, 0.0), "pair": (1.0,), "year": (math.inf,)}


def broken(change):
    def raw(empty):
        book = openpyxl.load_workbook(BytesIO(empty))
        change(book)
        file = BytesIO()
        book.save(file)
        return file.getvalue()

    return raw


def another_pseudonym(book):
    put(book[HIDDEN]["F2"], str(LABEL).replace("p07", "p08"))


def no_label(book):
    book[HIDDEN]["A2"] = "note"


def moved_rows(book):
    book[ANSWERS].insert_rows(8)


def other_headings(book):
    book[HIDDEN]["B1"] = "place"


def other_cells(book):
    book[HIDDEN]["B5"] = "somewhere"


def delete(name):
    def deleted(book):
        del book[name]
        book.worksheets[0].sheet_state = "visible"

    return deleted


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (another_pseudonym, "was mistyped or changed"),
        (no_label, "does not say whose answers it holds"),
        (moved_rows, "no longer says “.*”: rows were moved"),
        (other_headings, "hidden sheet was changed"),
        (other_cells, "hidden sheet was changed"),
        (delete(HIDDEN), "its sheet 'innosi' is lost; ask for the questionnaire again"),
        (delete(ANSWERS), "its sheet 'Answers' is lost; ask for the questionnaire again"),
    ],
)
def test_a_form_that_was_changed_is_refused_with_its_mend(file, change, problem):
    file.write_bytes(broken(change)(EMPTY))
    with pytest.raises(AnswerError, match=problem):
        read_form(file)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [(b"panellist,belonging\np07,3\n", "no Excel workbook"),
     (b"PK\x03\x04 torn", "cannot be read as an Excel workbook"),
     (b"\xd0\xcf\x11\xe0", "one with a password")],
)  # fmt: skip
def test_what_is_no_workbook_is_told(file, raw, problem):
    file.write_bytes(raw)
    with pytest.raises((AnswerError, TableError), match=problem):
        read_form(file)


def test_a_form_of_another_study_is_refused(file):
    file.write_bytes(EMPTY)
    assert read_form(file, study_key="garden").label == LABEL
    with pytest.raises(AnswerError, match="a form of the study 'garden', not of 'roof'"):
        read_form(file, study_key="roof")


def test_nothing_to_ask_is_told():
    with pytest.raises(InnosiError, match="no question is asked"):
        questionnaire_workbook(STUDIED, LABEL, questions={}, language=EN)
    with pytest.raises(InnosiError, match="there is no round 3"):
        made(label=SheetLabel("garden", 3, "p07"))


def test_a_form_without_consent_asked_has_no_place_for_it(file):
    study = study_of(
        "title: T\nquestions: {consent: {text: Do we?, type: rating, scale: {low: 1, high: 5}}}\n"
    )
    form = filled_in(made(study), file, {"consent": 4, "proposal": "More"})
    assert form.entries.columns.count("consent") == 1
    assert form.consent is None
    assert checked(form, study).answers[0].values == (4.0,)


TEXT = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip)
TITLES = ["The state", "=cmd|x", "A, B; C"]
FORMS = st.fixed_dictionaries(
    {
        "belonging": st.integers(1, 9),
        "belonging.reason": TEXT,
        "chance": st.integers(0, 1000).map(lambda each: each / 1000),
        "any": st.floats(-1e12, 1e12),
        "pays": st.sampled_from(TITLES),
        "why": TEXT,
    }
)


SMALL = {name: STUDIED.questions[name] for name in ("belonging", "first", "pays", "chance", "any", "why")}
SMALL_FORM = questionnaire_workbook(STUDIED, LABEL, questions=SMALL, language=EN)


@settings(max_examples=8, deadline=None)
@given(FORMS, st.permutations([1, 2, 3]))
def test_whatever_is_filled_in_is_what_is_read(file, filled, order):
    ranks = dict(zip(("first.care", "first.train", "first.room"), order, strict=True))
    form = filled_in(SMALL_FORM, file, filled | ranks)
    said = dict(zip(form.entries.columns, form.entries.rows[0].cells, strict=True))
    assert said["why"] == filled["why"]
    assert said["belonging.reason"] == filled["belonging.reason"]
    found = {answer.question: answer.values for answer in checked(form).answers}
    for name in ("belonging", "chance", "any"):
        assert found[name] == pytest.approx((filled[name],), rel=1e-14)
    assert found["first"] == tuple(order)
    assert found["pays"] == (TITLES.index(filled["pays"]),)


@settings(max_examples=8, deadline=None)
@given(title=TEXT, option=TEXT, unit=TEXT, who=TEXT.map(str.strip))
def test_no_text_of_a_study_or_pseudonym_breaks_its_form(file, title, option, unit, who):
    study = study_of(
        "title: T\nquestions: {q: {text: Q, type: quantity}, c: {text: C, type: choice, options: [a, b]}}"
    )
    asked = {
        "q": replace(study.questions["q"], text=title, unit=unit),
        "c": replace(study.questions["c"], options={"a": option, "b": "another"}),
    }
    raw = questionnaire_workbook(study, SheetLabel("k", 1, who), questions=asked, language=EN)
    form = opened(raw, file)[1]
    assert form.label.pseudonym == who
    assert form.entries.columns == ("panellist", "round", "q", "q.reason", "c", "c.reason", "proposal")
