import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.feedback.panel import panel_feedback
from innosi.forecast.feedback.released import changed_between, showing
from innosi.forecast.feedback.sheets import panel_sheet, panellist_sheet
from innosi.forecast.languages.language import language_of
from innosi.forecast.study import study_from
from innosi.scenarios.loading.document import parse_document

STUDY = """\
title: Homes
mode: {mode}
panel:
  minimum_group_size: 3
  groups: {{a: Those in a, b: Those in b}}
  members: {{p0: a, p1: a, p2: a, p3: b, p4: b, p5: b, p6: a, p7: a, p8: b, p9: b}}
rounds: 4
questions:
  q: {question}
"""
RATING = "{text: How good?, type: rating, scale: {low: 1, high: 9}}"
CHOICE = "{text: Who?, type: choice, options: {a: The state, b: The city}}"
CHANGED, KEPT_BACK = "who answered both", "could be worked out from it"
CARRIED = "Fewer than 3 people have answered anew since, so this is what was shown then: Snapshot 1."


def study_with(mode="rounds", question=RATING):
    text = STUDY.format(mode=mode, question=question)
    return study_from(parse_document(text, source="study.yaml", folder=Path()))


def said(number, **values):
    return [Answer(number, who, "q", (float(value),)) for who, value in values.items()]


def feedback_on(rounds, *, mode="rounds", question=RATING, erased=None):
    """Return the feedback of the last of some rounds, each given as a mapping of panellist to answer."""
    answers = Answers.of(each for number, given in enumerate(rounds, 1) for each in said(number, **given))
    return panel_feedback(
        study_with(mode, question),
        answers,
        len(rounds),
        arguments=(),
        language=language_of("en"),
        erased=erased or {},
    )


def words(html):
    return " ".join(re.sub(r"<svg.*?</svg>|<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def sheet_after(*rounds, **about):
    return words(panel_sheet(feedback_on(rounds, **about)))


def people(*numbers, value=5):
    return {f"p{number}": value for number in numbers}


@pytest.mark.parametrize(
    ("second", "is_told"),
    [
        (people(0, 1, 2, 3, 4, 5), True),  # the same people
        (people(0, 1, 2, 3, 4), False),  # one left
        (people(0, 1, 2, 3, 4, 5, 6), False),  # one came
        (people(0, 1, 2), True),  # three left
        (people(0, 1, 2, 3, 4, 5, 6, 7, 8), True),  # three came
        (people(0, 1, 2, 3, 4, 7, 8, 9), False),  # three came, and one left
    ],
)
def test_change_is_told_only_where_nobody_or_enough_answered_one_of_the_rounds(second, is_told):
    sheet = sheet_after(people(0, 1, 2, 3, 4, 5), second)
    assert (f"none of the {min(len(second), 6)} {CHANGED}" in sheet) is is_told
    assert (KEPT_BACK in sheet) is not is_told


def test_what_was_shown_before_is_said_again_where_change_is_kept_back():
    first = {"p0": 2, "p1": 3, "p2": 3, "p3": 4, "p4": 9}
    sheet = sheet_after(first, people(0, 1, 2, 3))
    assert "In round 1 the median was 3 (3 to 4), with the middle half in brackets (n = 5)." in sheet


@pytest.mark.parametrize("question", [RATING, CHOICE])
def test_nothing_is_said_again_that_would_lack_somebody_who_was_erased(question):
    first, second = people(0, 1, 2, 3, value=1), people(0, 1, 2, 3, value=0 if question == CHOICE else 5)
    assert "Since round 1: " in sheet_after(first, second, question=CHOICE)
    sheet = sheet_after(first, second, question=question, erased={1: 1})
    assert "In round 1 the median" not in sheet
    assert CHANGED not in sheet.replace(f"How those changed {CHANGED}", "")
    assert KEPT_BACK in sheet
    options = feedback_on([first, second], question=CHOICE, erased={1: 1}).questions[0].options
    assert all(not each.before_words for each in options)


def test_a_snapshot_with_one_newcomer_shows_what_was_shown_before():
    ten = {f"p{number}": number % 5 + 1 for number in range(9)}
    before, after = (
        feedback_on(snapshots, mode="real_time") for snapshots in ([ten], [ten, {**ten, "p9": 9}])
    )
    was, is_ = (each.questions[0].aspects[0] for each in (before, after))
    assert (was.n, was.distribution, was.description) == (is_.n, is_.distribution, is_.description)
    assert CARRIED in words(panel_sheet(after))
    assert "Your answer 9" in words(panellist_sheet(after, "p9"))


def test_two_who_change_their_minds_do_not_change_a_snapshot_and_three_do():
    first = people(0, 1, 2, 3, 4, 5)
    assert CARRIED in sheet_after(first, {**first, **people(0, 1, value=9)}, mode="real_time")
    three = sheet_after(first, {**first, **people(0, 1, 2, value=9)}, mode="real_time")
    assert CARRIED not in three
    assert f"among the 6 {CHANGED}" in three


def test_groups_are_not_shown_where_few_of_one_answered_anew():
    first = people(0, 1, 2, 3, 4, 5)
    assert "Those in a (n = 3)" in sheet_after(first, mode="real_time")
    mixed = sheet_after(first, {**first, **people(0, 1, 3, value=9)}, mode="real_time")
    assert CARRIED not in mixed
    assert "Those in a (n" not in mixed
    alone = sheet_after(first, {**first, **people(0, 1, 2, value=9)}, mode="real_time")
    assert "Those in a (n = 3)" in alone


def test_a_scale_on_which_few_answered_anew_keeps_a_snapshot_back():
    question = "{text: Q, type: multi_rating, scales: {x: {low: 1, high: 9}, y: {low: 1, high: 9}}}"
    study = study_with("real_time", question)
    first = [Answer(1, f"p{n}", "q", (5.0, 5.0)) for n in range(5)]
    second = [Answer(2, f"p{n}", "q", (9.0, 9.0 if n == 0 else 5.0)) for n in range(5)]
    found = showing(study, Answers.of([*first, *second]), study.questions["q"], 2, erased={})
    assert found.is_carried


def test_after_an_erasure_a_snapshot_waits_until_enough_answered_anew():
    first = people(0, 1, 2, 3, 4, 5)
    kept_back = sheet_after(first, first, mode="real_time", erased={1: 1})
    assert "Answers were deleted at somebody’s request" in kept_back
    assert "Median" not in kept_back
    anew = sheet_after(first, {**first, **people(0, 1, 2, value=9)}, mode="real_time", erased={1: 1})
    assert "Median" in anew


@st.composite
def snapshots(draw):
    """Draw what each of ten people says at four moments; nobody takes an answer back."""
    states = [draw(st.dictionaries(st.integers(0, 9), st.integers(1, 3), min_size=0))]
    for _ in range(3):
        states.append(states[-1] | draw(st.dictionaries(st.integers(0, 9), st.integers(1, 3), max_size=6)))
    return [{f"p{who}": value for who, value in state.items()} for state in states]


@given(snapshots())
def test_any_two_snapshots_that_are_shown_tell_of_nobody_or_of_enough(states):
    study = study_with("real_time")
    answers = Answers.of(each for number, given in enumerate(states, 1) for each in said(number, **given))
    found = [showing(study, answers, study.questions["q"], number, erased={}) for number in range(1, 5)]
    shown = [each.given for each in found if each.given.n >= 3]
    for one in shown:
        for other in shown:
            assert len(changed_between(one, other)) in (0, *range(3, 11))
    assert [each.own.n for each in found] == [len(state) for state in states]
    assert all(np.isfinite(each.given.values).all() for each in found)
