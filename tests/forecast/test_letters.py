import csv
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.languages.language import language_of
from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.people.blocks import Block, blocks_of, html_of, text_of
from innosi.forecast.people.letters import LETTER_KINDS, letter
from innosi.forecast.people.mail_merge import mail_merge_table
from innosi.forecast.people.own_texts import own_text, read_own_text
from innosi.forecast.people.person import Person
from innosi.forecast.study import load_study
from innosi.models.errors import InnosiError, InputFaults

STUDY = """\
title: A house & home
description: |
  What will it change?

  - being <alone>
panel: {minimum_group_size: 4, groups: {residents: Residents}}
rounds: [{title: First look, deadline: 2027-03-31}, {title: Second look, deadline: 2027-05-31}]
contact: {name: Zoë, email: zoe@x.nl, organisation: Acme}
privacy: {controller: Acme, purpose: a decision, retention: one year, consent: I agree to it}
translations:
  nl:
    title: Een huis
    rounds: [Eerste blik, Tweede blik]
    privacy: {consent: Ik ga akkoord}
    questions: {q: {text: V}}
questions: {q: {text: Q, type: text}}
"""
ANN = Person("O'Neill, Ann", "ann@x.nl")
CODE = "K7R-4TM"
LINK = "https://x.nl/?a=1&b=2"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("letters") / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return load_study(path)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("kind", LETTER_KINDS)
@pytest.mark.parametrize("link", ["", LINK])
def test_every_letter_is_whole_in_every_language(study, code, kind, link):
    for number, rounds in ((1, study.rounds), (2, study.rounds), (1, ("Only",))):
        written = letter(
            kind, replace(study, rounds=rounds), ANN, CODE, round=number, language=code, link=link
        )
        for part in (written.subject, written.text, written.html):
            assert part.strip()
            assert not [mark for mark in ("%(", "{", "##", "\n\n\n", "None") if mark in part]
        assert f'lang="{code}"' in written.html
        assert CODE in written.text
        assert "O'Neill, Ann" in written.text
        assert (LINK in written.text) == bool(link)
        assert "\n" not in written.subject


def test_an_invitation_says_what_is_asked_and_promised(study):
    text = letter("invitation", study, ANN, CODE, round=1, link=LINK).text
    for said in (
        "Dear O'Neill, Ann,",
        "“A house & home”",
        "- being <alone>",
        "of 2 rounds",
        f"- Answer here: {LINK}",
        "by 31 March 2027.",
        "pseudonym K7R-4TM",
        "only if at least 4 of them",
        "Who is responsible for the data: Acme",
        "How long names and addresses are kept: one year",
        "agree to this: I agree to it",
        "To withdraw, write to zoe@x.nl",
    ):
        assert said in text


def test_what_is_typed_by_people_cannot_change_the_page(study):
    html = letter("invitation", study, replace(ANN, name="<b>A</b>"), CODE, round=1, link=LINK).html
    assert "<b>A" not in html
    assert "being &lt;alone&gt;" in html
    assert '<a href="https://x.nl/?a=1&amp;b=2">https://x.nl/?a=1&amp;b=2</a>' in html
    assert "<li>Please answer by" in html


def test_without_a_link_a_form_is_sent_back(study):
    assert "send it back to zoe@x.nl" in letter("reminder", study, ANN, CODE, round=1).text
    nobody = replace(study, contact=type(study.contact)())
    assert (
        "Fill in the attached form and send it back.\n" in letter("reminder", nobody, ANN, CODE, round=1).text
    )


def test_a_letter_is_in_the_persons_language_or_else_in_the_studys(study):
    dutch = letter("reminder", study, replace(ANN, language="nl"), CODE, round=2)
    assert (dutch.language, letter("reminder", study, ANN, CODE, round=2).language) == ("nl", "en")
    assert "“Tweede blik”" in dutch.text
    assert "31 mei 2027" in dutch.text
    finnish = letter("reminder", study, ANN, CODE, round=2, language=language_of("fi"))
    assert "”Second look”" in finnish.text
    assert "toukokuuta" in finnish.text


def test_feedback_names_the_deadline_of_the_next_round_and_none_after_the_last(study):
    first, last = (letter("feedback", study, ANN, CODE, round=number).text for number in (1, 2))
    assert "“First look”" in first
    assert "May" in first
    assert "You may change your answers" not in last
    other = letter("feedback", study, ANN, CODE, round=1, deadline=date(2028, 7, 1)).text
    assert "July" in other


def test_in_real_time_no_letter_speaks_of_rounds(study):
    real_time = replace(study, mode="real_time")
    for kind in LETTER_KINDS:
        written = letter(kind, real_time, ANN, CODE, round=1)
        assert "First look" not in written.subject + written.text
        assert "round" not in written.text


def test_somebody_without_a_name_is_still_addressed(study):
    assert letter("thanks", study, Person(email="a@x.nl"), CODE, round=2).text.startswith("Dear panellist,")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "remind"}, "no letter 'remind'; did you mean 'reminder'"),
        ({"link": "javascript:alert(1)"}, "'javascript.*' is no web address; begin it with https://"),
        ({"link": "https://x.nl/a b"}, "is no web address"),
        ({"round": 3}, "there is no round 3"),
        ({"language": "tlh"}, "tlh"),
    ],
)
def test_what_cannot_be_written_is_refused(study, changed, message):
    given_ = {"kind": "reminder", "round": 1, **changed}
    with pytest.raises(InnosiError, match=message):
        letter(given_.pop("kind"), study, ANN, CODE, **given_)


OWN = "Subject: {study}: {round}\n\nHello {name},\n\n- {link}\n- by { deadline } as {pseudonym}\n"


def test_an_own_text_takes_the_place_of_ours(study, tmp_path):
    (tmp_path / "text.txt").write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    own = read_own_text(tmp_path / "text.txt", "reminder")
    written = letter(own, study, replace(ANN, language="nl"), CODE, round=1, link=LINK)
    assert written.kind == "reminder"
    assert written.subject == "Een huis: Eerste blik"
    assert written.text == f"Hello O'Neill, Ann,\n\n- {LINK}\n- by 31 maart 2027 as {CODE}\n"
    assert f'">{LINK.replace("&", "&amp;")}</a></li>' in written.html


def test_an_own_text_without_a_subject_has_ours(study):
    written = letter(own_text("Hello", "thanks"), study, Person("{link}"), CODE, round=2)
    assert (written.subject, written.text) == ("Thank you: A house & home", "Hello\n")


def test_unknown_fields_are_told_with_their_lines_and_the_known_ones():
    with pytest.raises(InputFaults) as raised:
        own_text("Dear {nam},\n\n{name} {0} {name.__class__}", "reminder", source="text.txt")
    told = str(raised.value)
    assert "text.txt: 3 faults" in told
    assert "line 1    '{nam}' is no field; did you mean 'name'?" in told
    assert "'{0}' is no field; known here: deadline, link, name, pseudonym, round, study" in told
    assert told.count("line 3") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Subject: only\n", "is empty; write what the letter says"),
        ("by {deadline}", "says {deadline}, and there is none; give the round a deadline"),
        ("see {link}", "says {link}, and there is none; give a link, or take the field out"),
    ],
)
def test_an_own_text_that_would_have_a_gap_is_refused(study, text, message):
    with pytest.raises(InnosiError, match=message):
        letter(own_text(text, "reminder"), replace(study, deadlines={}), ANN, CODE, round=1)


def test_an_own_text_that_is_no_utf8_is_told_with_its_line(tmp_path):
    (tmp_path / "text.txt").write_bytes("Dear\nZoë".encode("latin-1"))
    with pytest.raises(InnosiError, match="not UTF-8 on line 2; save it as text in UTF-8"):
        read_own_text(tmp_path / "text.txt", "reminder")


def test_values_are_not_filled_in_again(study):
    written = letter(own_text("Hello {name}", "thanks"), study, Person("{pseudonym}"), CODE, round=2)
    assert written.text == "Hello {pseudonym}\n"


def test_blocks_are_parted_by_empty_lines():
    blocks = blocks_of("## One\n\n\n- a\n- b\n \nc\nd\n")
    assert blocks == (Block("heading", ("One",)), Block("list", ("a", "b")), Block("paragraph", ("c", "d")))
    assert text_of(blocks) == "One\n\n- a\n- b\n\nc\nd\n"


@given(st.text())
def test_no_text_brings_a_tag_into_a_page(text):
    plain = html_of(blocks_of("x"), subject="", language="en")
    page = html_of([Block("paragraph", (text,))], subject="", language="en")
    assert page.count("<") == plain.count("<")


def read_table(letters):
    text = mail_merge_table(letters)
    assert text.startswith("\ufeffname,email,pseudonym,subject,text,link\r\n")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_mail_merge_table_has_every_letter_whole(study):
    written = [letter("invitation", study, each, CODE, round=1, link=LINK) for each in (ANN, Person("Ζωή"))]
    rows = read_table(written)
    assert [row["name"] for row in rows] == ["O'Neill, Ann", "Ζωή"]
    assert rows[0]["text"] == written[0].text
    assert (rows[0]["email"], rows[0]["pseudonym"], rows[0]["link"]) == ("ann@x.nl", CODE, LINK)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_no_cell_of_a_mail_merge_table_is_a_formula(study, name):
    written = replace(letter("invitation", study, ANN, CODE, round=1), name=name)
    assert read_table([written])[0]["name"] == f"'{name}"
