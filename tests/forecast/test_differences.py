from dataclasses import replace

import pytest

from innosi.forecast.answers.differences import Known, Said, difference_of, taken_back
from innosi.forecast.answers.values import Answer, Answers, Rejection


def given(**answers):
    """Answers to the question `chance` in round 1."""
    return Answers.of(Answer(1, who, "chance", (value,)) for who, value in answers.items())


def refused(who, question="chance"):
    return Rejection(2, "", who, question, "", "why")


KEPT = given(p01=0.1, p02=0.2, p03=0.3)
ABSENT = [(1, "p02", "chance"), (1, "p03", "chance")]


def test_what_came_in_is_new_the_same_or_otherwise_and_what_did_not_is_absent():
    found = difference_of(Said(given(p01=0.1, p02=0.9, p04=0.4)), Known(KEPT))
    assert [each.panellist for each in found.added] == ["p04"]
    assert [(was.values, now.values) for was, now in found.changed] == [((0.2,), (0.9,))]
    assert found.absent == ((1, "p03", "chance"),)
    (told,) = found.rounds(taken_back=found.absent)
    assert (told.n_added, told.n_same, told.n_changed, told.n_taken_back, told.n_absent) == (1, 1, 1, 1, 0)


def test_of_forms_nobody_elses_answers_are_absent():
    assert difference_of(Said(given(p01=0.1), is_of_forms=True), Known(KEPT)).absent == ()


def test_a_consent_to_the_text_as_it_is_now_is_new_and_another_word_than_before_is_otherwise():
    said = Said(Answers(), {"p01": True, "p02": True, "p03": False})
    found = difference_of(said, Known(Answers(), {"p01": True, "p02": True, "p03": True}, {"p01": True}))
    assert found.consents == {"p02": True, "p03": False}
    assert found.changed_consents == ("p03",)


def test_a_table_takes_back_what_it_does_not_hold_and_a_form_nothing(study):
    said = Said(given(p01=0.1))
    assert taken_back(ABSENT, said, study) == tuple(ABSENT)
    assert taken_back(ABSENT, replace(said, is_of_forms=True), study) == ()


@pytest.mark.parametrize(
    ("rejection", "back"),
    [
        (refused("p02"), {"p03"}),
        (refused("p02", "chance.lower"), {"p03"}),
        (refused("p02", ""), {"p03"}),
        (refused("p02", "chanse"), {"p03"}),
        (refused("p02", "cost"), {"p02", "p03"}),
        (refused("p22"), set()),
        (refused(""), set()),
        (refused("p22", "cost"), {"p02", "p03"}),
    ],
)
def test_no_answer_is_taken_back_that_a_rejected_row_may_have_held(study, rejection, back):
    said = Said(given(p01=0.1), rejections=(rejection,))
    assert {who for _, who, _ in taken_back(ABSENT, said, study)} == back


def test_what_somebody_said_who_withdrew_is_not_taken_back(study):
    left = replace(study, panel=replace(study.panel, withdrawn=frozenset({"p02"})))
    assert taken_back(ABSENT, Said(given(p01=0.1)), left) == ((1, "p03", "chance"),)
