import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.values import Answer
from innosi.forecast.documents import pdf
from innosi.forecast.documents.pdf import only_data, pdf_of, write_pdf
from innosi.forecast.languages.language import language_of
from innosi.forecast.questionnaires.label import SheetLabel, parse_label
from innosi.forecast.questionnaires.sheet import (
    SheetOf,
    css_text,
    printed_questionnaire,
    printed_questionnaires,
    qr_code,
)
from innosi.forecast.questionnaires.wording import part_title
from innosi.forecast.questions import TYPES
from innosi.forecast.study import study_from
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.loading.document import parse_document

STUDY = """\
title: Gardens for everybody
name: garden
description: Asked of those who dig
panel: {minimum_group_size: 4, groups: {n: Neighbours}}
rounds: [{title: Before the workshop, deadline: 2027-03-31}, After it]
contact: {name: Jo & Partners, email: jo@example.org}
privacy: {controller: City of X, retention: Until May, consent: I agree to take part}
questions:
  belonging: {text: Does it bring people together?, explanation: A garden of 100 m² or more, type: rating,
              scale: {low: 1, high: 9, low_label: not at all, high_label: very much}}
  percent: {text: A scale of many levels, type: rating, scale: {low: 0, high: 100, high_label: everything}}
  older: {text: Older people work, type: multi_rating, scales: {
          probability: {low: 1, high: 9, title: How probable, low_label: unlikely}, wish: {low: 1, high: 5}}}
  first: {text: What first?, type: ranking, options: {care: Care at home, train: Training, room: Rooms}}
  pays: {text: Who pays?, type: choice, options: {state: The state, city: The city <b>}}
  barriers: {text: What hinders?, type: multiple_choice, options: [law, money]}
  budget: {text: Share it out, type: allocation, points: 10, options: [day, night]}
  criteria: {text: What counts?, type: pairwise, options: {reach: Whom it reaches, trust: Trust it builds}}
  by_when: {text: By which year?, type: year, low: 2026, high: 2060, never: true}
  chance: {text: How likely?, type: probability, answer: quantiles}
  hours: {text: How many hours?, type: quantity, answer: interval, confidence: asked, unit: hours, high: 60}
  cost: {text: What does it cost?, type: quantity, answer: three_point, kind: money, currency: EUR}
  why: {text: What did we forget?, type: text}
"""
IN_TWO_LANGUAGES = """\
title: Gardens
questions: {chance: {text: How likely?, type: probability}, why: {text: What else?, type: text}}
translations:
  el: {title: Κήποι, questions: {chance: {text: Πόσο πιθανό;}, why: {text: Τι ξεχάσαμε;}}}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="9">{}</text></svg>'
EN = language_of("en")
LABEL = SheetLabel("garden", 1, "p07")


@pytest.fixture(scope="module")
def study():
    return study_of(STUDY)


def study_of(text):
    return study_from(parse_document(text, source="study.yaml", folder=Path()))


def printed(study, label=LABEL, **more):
    return printed_questionnaire(study, label, questions=study.questions, language=EN, **more)


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]).split())


def pages_of(html):
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf_of(html))).pages]


def section_of(html, number):
    found = re.search(
        rf'<section class="question">\s*<h2><span class="number">{number}</span>.*?</section>', html, re.S
    )
    return found[0]


@given(
    st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True),
    st.integers(1, 50),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20),
)
def test_a_label_says_whose_sheet_it_is(key, number, who):
    label = SheetLabel(key, number, who)
    assert parse_label(f" {label}\n") == label


@given(st.data())
def test_one_mistyped_sign_or_two_that_changed_places_are_always_told(data):
    signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ąęńαβγ"
    who = data.draw(st.text(signs, min_size=2, max_size=12))
    place = data.draw(st.integers(0, len(who) - 2))
    if data.draw(st.booleans()):
        wrong = who[:place] + data.draw(st.sampled_from(signs)) + who[place + 1 :]
    else:
        wrong = who[:place] + who[place + 1] + who[place] + who[place + 2 :]
    if wrong == who:
        return
    text = str(SheetLabel("garden", 1, who)).replace(f"/{who}/", f"/{wrong}/")
    with pytest.raises(AnswerError, match="was mistyped or changed"):
        parse_label(text)


@pytest.mark.parametrize(
    "text", ["", "p07", "innosi:garden/1/p07", "innosi:garden/0/p07/AA", "http://x/1/p/AA"]
)
def test_what_is_no_label_is_told_with_its_form(text):
    with pytest.raises(AnswerError, match="innosi:STUDY/ROUND/PSEUDONYM/XX"):
        parse_label(text)


@pytest.mark.parametrize(
    ("about", "problem"),
    [(("a/b", 1, "p"), "no study key"), (("a", 0, "p"), "no round"), (("a", 1, " "), "no pseudonym"),
     (("a", 1, "p\n1"), "cannot be printed")],
)  # fmt: skip
def test_a_label_that_could_not_be_read_again_is_never_made(about, problem):
    with pytest.raises(AnswerError, match=problem):
        SheetLabel(*about)


def test_the_qr_code_holds_the_label_and_nothing_else(study):
    drawn = BytesIO()
    segno.make(str(LABEL), error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=2
    )
    html = printed(study)
    assert html.count("<svg") == 1
    assert drawn.getvalue().decode() in html
    assert qr_code(LABEL) != qr_code(SheetLabel("garden", 1, "p08"))


def test_every_question_type_has_its_text_parts_and_options_on_paper(study):
    assert {question.type for question in study.questions.values()} == set(TYPES)
    html = printed(study)
    for number, question in enumerate(study.questions.values(), start=1):
        section = text_of(f"<body>{section_of(html, number)}")
        assert question.text in section
        assert question.explanation in section
        for title in question.options.values():
            assert title.replace("<b>", "&lt;b&gt;") in section
        for part in question.parts if question.type != "pairwise" else ():
            assert part_title(question, part, EN) in section
        for ends in question.ends.values():
            assert all(end in section for end in ends)
    assert "Which question is missing?" in html


def test_each_level_has_a_box_of_its_own_unless_there_are_many(study):
    html = printed(study)
    assert re.findall(r'class="box ">(\d*)<', section_of(html, 1))[1:] == list("123456789")
    many = section_of(html, 2)
    assert 'class="box wide"' in many
    assert "from 0 to 100" in many
    assert "Write a whole number." in many
    assert re.findall(r'class="box small[^>]*>(\d)<', section_of(html, 8)) == [*"98765432", *"123456789"]


def test_numbers_are_asked_with_their_unit_bounds_and_confidence(study):
    html = printed(study)
    assert "(from 2026 to 2060)" in section_of(html, 9)
    assert "never" in section_of(html, 9)
    assert "(0 or" not in section_of(html, 10)
    hours = section_of(html, 11)
    assert hours.count("hours (") + hours.count('hours <span class="range">(60 or less)') == 2
    assert "How sure are you" in hours
    cost = section_of(html, 12)
    assert cost.count("EUR") == 3
    assert "you are 80% sure" in cost
    assert "Share out exactly 10 points." in section_of(html, 7)
    assert "= 10" in section_of(html, 7)


def test_the_head_says_what_is_asked_by_when_and_what_is_promised(study):
    text = text_of(printed(study))
    for part in (
        "Gardens for everybody", "Before the workshop", "Asked of those who dig", "31 March 2027",
        "Jo &amp; Partners, jo@example.org", "Who is responsible for the data: City of X", "Until May",
        "I agree to take part", "under the pseudonym p07", "at least 4 of them",
    ):  # fmt: skip
        assert part in text
    assert "1 May 2027" in text_of(printed(study, deadline=date(2027, 5, 1)))


def test_nothing_is_promised_that_the_study_does_not_promise(study):
    bare = replace(study, privacy=type(study.privacy)(), contact=type(study.contact)())
    text = text_of(printed(bare, SheetLabel("garden", 2, "p07")))
    assert "responsible" not in text
    assert "Questions?" not in text
    assert "give this sheet back by" not in text
    assert "I agree" not in text


def test_the_own_earlier_answer_stands_beside_the_question_and_nobody_elses(study):
    own = [
        Answer(1, "p07", "belonging", (7.0,), "Because they meet"),
        Answer(1, "p07", "older", (float("nan"), 4.0)),
        Answer(1, "p07", "pays", (0.0,)),
        Answer(1, "p07", "by_when", (float("inf"),)),
        Answer(1, "p07", "criteria", (1 / 3,)),
        Answer(1, "p07", "hours", (2.0, 1234.5, 0.655)),
        Answer(1, "p07", "budget", (1.0, 2.0, 7.0)),
        Answer(1, "p07", "why", (1.0,), "Ask about bees"),
        Answer(1, "p08", "chance", (0.11, 0.22, 0.33), "A secret"),
    ]
    html = printed(study, SheetLabel("garden", 2, "p07"), own=own)
    assert "A secret" not in html
    assert "22%" not in html
    cell = r'<td class="before"><span.*?</span>([^<]*)'
    shown = {n: re.findall(cell, section_of(html, n)) for n in (1, 3, 7, 8, 9, 10, 11)}
    assert shown == {1: ["7"], 3: ["–", "4"], 7: [], 8: ["Trust it builds counts 3 times as much"],
                     9: ["never"], 10: [], 11: ["2", "1,234.5", "65.5%"]}  # fmt: skip
    assert "Your reason in round 1: Because they meet" in html
    assert "Your answer in round 1: The state" in html
    assert "Your answer in round 1: Ask about bees" in html


def test_only_questions_that_are_asked_now_are_printed_and_rewordings_as_they_are(study):
    both = study_of(IN_TWO_LANGUAGES)
    reworded = {**both.questions, "why": replace(both.questions["why"], text="And what else?")}
    html = printed_questionnaire(both, LABEL, questions=reworded, language=language_of("el"))
    assert "Κήποι" in html
    assert "Πόσο πιθανό;" in html
    assert "And what else?" in html
    assert "Τι ξεχάσαμε" not in html
    assert 'lang="el"' in html


def test_nothing_remote_and_no_script_is_in_a_page(study):
    html = printed(study)
    assert not re.findall(r"(?:src|href|url|@import|<script|<link|<iframe)", html)
    assert "//" not in html


def test_the_pseudonym_label_and_place_stand_on_each_page_and_pages_count_by_panellist(study):
    long = replace(study, questions={f"q{i}": study.questions["first"] for i in range(3)})
    who = ["p07", 'żółw"\\</style>', "Ωmega"]
    sheets = [SheetOf(SheetLabel("garden", 1, name), EN) for name in who]
    pages = pages_of(printed_questionnaires(long, sheets, questions=long.questions))
    assert len(pages) % 3 == 0
    each = len(pages) // 3
    assert each > 1
    for place, page in enumerate(pages):
        foot = page.splitlines()[-1]
        name = who[place // each]
        assert str(SheetLabel("garden", 1, name)) in foot
        assert foot.startswith(name)
        assert foot.endswith(f"page {place % each + 1} of {each}")


def test_greek_and_polish_survive_in_the_pdf():
    text = "title: Μέλλον της πρόνοιας\nrounds: 1\nquestions: {w: {text: Zażółć gęślą jaźń, type: text}}\n"
    study = study_of(text)
    page = pages_of(printed(study))[0]
    assert "Μέλλον της πρόνοιας" in page
    assert "Zażółć gęślą jaźń" in page


def test_a_question_that_fits_on_a_page_is_never_split(study):
    many = {f"q{i}": replace(study.questions["first"], text=f"Question begins {i}") for i in range(5)}
    html = printed_questionnaire(replace(study, questions=many), LABEL, questions=many, language=EN)
    pages = pages_of(html)
    assert sum("Question begins" in page for page in pages) > 1
    for page in pages:
        assert page.count("Question begins") == page.count("Rooms")


def test_nothing_to_ask_or_nobody_to_be_asked_is_told(study):
    with pytest.raises(InnosiError, match="no question is asked"):
        printed_questionnaire(study, LABEL, questions={}, language=EN)
    with pytest.raises(InnosiError, match="no panellist is named"):
        printed_questionnaires(study, [], questions=study.questions)
    with pytest.raises(InnosiError, match="there is no round 3"):
        printed(study, SheetLabel("garden", 3, "p07"))


@given(st.text(max_size=20))
def test_no_text_breaks_out_of_a_style_sheet(text):
    css = css_text(text)
    assert re.fullmatch(r'"(?:[^\W_]|\\[0-9a-f]+ )*"', css)
    assert re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), css[1:-1]) == text


def test_a_page_fetches_nothing_but_data(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text(SVG.format("secret"))
    drawn = "data:image/svg+xml;base64," + b64encode(SVG.format("open").encode()).decode()
    page = pages_of(f'<img src="{secret.as_uri()}"><img src="{drawn}"><p>Hello</p>')[0]
    assert "secret" not in page
    assert "open" in page
    assert only_data("data:,a%20b") == {"string": b"a b", "mime_type": "text/plain"}
    assert only_data("data:image/png;base64,QUI=") == {"string": b"AB", "mime_type": "image/png"}
    for address in ("http://example.org/a.png", "file:///etc/passwd", "HTTPS://x"):
        with pytest.raises(ValueError, match="without a network"):
            only_data(address)


def test_the_fetcher_is_ours_where_weasyprint_has_none_of_its_own():
    assert pdf._fetcher(SimpleNamespace(urls=SimpleNamespace())) is only_data


@pytest.mark.parametrize(
    ("error", "words"),
    [(ImportError("x"), "library WeasyPrint"), (OSError("cannot load libpango\nmore"), "libpango-1.0-0")],
)
def test_a_missing_library_is_told_with_what_installs_it(monkeypatch, tmp_path, error, words):
    def missing(name):
        raise error

    monkeypatch.setattr(pdf, "import_module", missing)
    with pytest.raises(InnosiError, match=r'pip install "innosi\[documents\]"') as told:
        write_pdf("<p>", tmp_path / "a.pdf")
    assert words in str(told.value)
    assert not (tmp_path / "a.pdf").exists()


def test_a_pdf_is_written_whole(tmp_path):
    write_pdf("<p>Hello</p>", tmp_path / "new" / "a.pdf")
    assert (tmp_path / "new" / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_a_text_that_stays_in_the_studys_language_says_so(study):
    """So that a Finnish reading voice reads English words as English."""
    html = printed_questionnaire(study, LABEL, questions=study.questions, language=language_of("fi"))
    assert '<article class="sheet sheet-1" lang="fi">' in html
    assert '<h1 lang="en">Gardens for everybody</h1>' in html
    assert html.count("<main>") == 1
    assert not re.search(r'<\w+ [^>]*lang="en"', printed(study).partition("<article")[2].partition(">")[2])


def test_a_round_that_has_only_a_number_is_called_so_in_the_language_of_the_sheet():
    study = study_of(
        STUDY.replace("rounds: [{title: Before the workshop, deadline: 2027-03-31}, After it]", "rounds: 2")
    )
    html = printed_questionnaire(study, LABEL, questions=study.questions, language=language_of("nl"))
    assert '<p class="round">Ronde 1</p>' in html


def test_a_rounds_number_stays_beside_its_word(study):
    own = [Answer(1, "p07", "belonging", (7.0,))]
    assert "Your answer in round\u00a01" in printed(study, SheetLabel("garden", 2, "p07"), own=own)
