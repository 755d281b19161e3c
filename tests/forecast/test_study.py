import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from innosi.forecast.statistics.rules import AnyOf, Criterion
from innosi.forecast.study import load_study, study_from
from innosi.forecast.study_file import study_schema
from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.loading.document import parse_document


def read(text, folder=Path()):
    return study_from(parse_document(text, source="study.yaml", folder=folder))


def question(about, extra=""):
    return read(f"title: t\n{extra}questions:\n  q: {{text: What?, {about}}}\n").questions["q"]


def test_a_study_file_is_read_into_a_study(study):
    assert study.rounds == ("Round 1", "Round 2")
    assert list(study.questions) == ["importance", "chance", "places", "cost"]
    assert study.panel.group_of("p04") == "south"
    assert study.questions["cost"].parts == ("5%", "50%", "95%")
    assert study.questions["places"].parts == ("lower", "best", "upper")
    assert study.questions["chance"].parts == ("value",)


@pytest.mark.parametrize(
    ("about", "low", "high"),
    [
        ("type: probability", 0, 1),
        ("type: quantity, kind: share", 0, 1),
        ("type: quantity, kind: share, high: 40%", 0, 0.4),
        ("type: quantity, kind: years", 0, float("inf")),
        ("type: quantity, low: -3", -3, float("inf")),
        ("type: rating, scale: {low: 1, high: 9}", 1, 9),
    ],
)
def test_answers_must_lie_within_what_the_kind_and_the_question_allow(about, low, high):
    found = question(about)
    assert (found.low, found.high) == (low, high)


def test_a_questions_own_word_goes_before_the_defaults_and_those_before_the_study():
    text = """
title: t
consensus: {measure: standard_deviation, at_most: 1}
question_defaults: {type: quantity, unit: places, consensus: {measure: standard_deviation, at_most: 2}}
questions:
  own: {text: a, unit: people, consensus: {measure: standard_deviation, at_most: 3}}
  other: {text: b}
  none: {text: c, consensus: none}
"""
    questions = read(text).questions
    assert (questions["own"].unit, questions["other"].unit) == ("people", "places")
    assert (questions["own"].rule.at_most, questions["other"].rule.at_most) == (3, 2)
    assert questions["none"].rule is None


def test_the_unit_of_money_is_its_currency():
    assert question("type: quantity, kind: money, currency: SEK").unit == "SEK"


@pytest.mark.parametrize(("high", "at_most"), [(5, 1), (6, 1), (7, 2), (9, 2)])
def test_the_preset_iqr_asks_for_the_usual_range_of_its_scale(high, at_most):
    found = question(f"type: rating, scale: {{low: 1, high: {high}}}, consensus: iqr")
    assert found.rule == Criterion("interquartile_range", at_most=at_most)


def test_the_preset_percent_agreement_asks_for_either_end_of_the_scale():
    found = question("type: rating, scale: {low: 1, high: 9}, consensus: percent-agreement")
    assert isinstance(found.rule, AnyOf)
    assert "from 7 to 9 at least 75 %" in str(found.rule)
    assert "from 1 to 3 at least 75 %" in str(found.rule)


def test_a_preset_of_the_study_holds_for_its_ratings_only(study):
    assert study.questions["importance"].rule is not None
    assert study.questions["cost"].rule is None


PROBABILITY = "\nquestions:\n  q: {text: a, type: probability}"
MEMBERS_FILE = """
title: t
panel: {groups: {a: A}, members_file: panel.csv}
questions: {q: {text: x, type: probability}}
"""

BROKEN = {
    "no type": (
        "questions:\n  q: {text: a}",
        r"line 2 +questions\.q\.type +is missing; choose one of: rating",
    ),
    "an unknown type": ("questions:\n  q: {text: a, type: ratting}", "choose one of: rating, multi_rating"),
    "an unknown key": ("questions:\n  q: {text: a, typ: rating}", "unknown key; did you mean 'type'"),
    "no scale": ("questions:\n  q: {text: a, type: rating}", "a rating needs one, such as"),
    "a scale upside down": (
        "questions:\n  q: {text: a, type: rating, scale: {low: 5, high: 1}}",
        "5 to 1 is no scale",
    ),
    "a scale for a quantity": (
        "questions:\n  q: {text: a, type: quantity, scale: {low: 1, high: 5}}",
        "is for ratings; a quantity has",
    ),
    "quantiles of a rating": (
        "questions:\n  q: {text: a, type: rating, scale: {low: 1, high: 5}, answer: quantiles}",
        "a rating is one level",
    ),
    "money without a currency": (
        "questions:\n  q: {text: a, type: quantity, kind: money}",
        r"currency +is missing",
    ),
    "a currency without money": (
        "questions:\n  q: {text: a, type: quantity, currency: EUR}",
        "write `kind: money`",
    ),
    "a kind for a probability": (
        "questions:\n  q: {text: a, type: probability, kind: years}",
        "is for quantities",
    ),
    "bounds upside down": (
        "questions:\n  q: {text: a, type: quantity, low: 3, high: 2}",
        "leaves nothing between 3 and 2",
    ),
    "quantiles out of order": (
        "question_defaults: {quantiles: [50%, 5%]}" + PROBABILITY,
        "give two or more, rising",
    ),
    "quantiles on one side": (
        "question_defaults: {quantiles: [60%, 90%]}" + PROBABILITY,
        "one must be at 50 % or below",
    ),
    "a confidence of 80": (
        "questions:\n  q: {text: a, type: probability, confidence: 80}",
        "not between 0 and 1; write 80%",
    ),
    "no rounds": ("rounds: 0" + PROBABILITY, "give 1 to 50 rounds"),
    "a round twice": ("rounds: [A, A]" + PROBABILITY, "'A' stands twice"),
    "an unknown group": (
        "panel: {groups: {north: N}, members: {p: nord}}" + PROBABILITY,
        r"panel\.members\.p .*did you mean 'north'",
    ),
    "a group of one": (
        "panel: {minimum_group_size: 1}" + PROBABILITY,
        "greater than or equal to 2",
    ),
    "members twice": (
        "panel: {members: [p], members_file: m.csv}" + PROBABILITY,
        "stands beside members",
    ),
    "an unknown measure": (
        "consensus: {measure: interquartile, at_most: 1}" + PROBABILITY,
        "did you mean 'interquartile_range'",
    ),
    "an unknown preset": (
        "consensus: iqrr" + PROBABILITY,
        "there is no preset 'iqrr'; did you mean 'iqr'",
    ),
    "a preset for a quantity": (
        "questions:\n  q: {text: a, type: quantity, consensus: iqr}",
        "'iqr' is for ratings",
    ),
    "no threshold": (
        "consensus: {measure: standard_deviation}" + PROBABILITY,
        "add `at_most` or `at_least`",
    ),
    "agreement on nothing": (
        "consensus: {measure: percent_agreement, at_least: 70%}" + PROBABILITY,
        "percent_agreement needs `from`",
    ),
    "a parameter too many": (
        "consensus: {measure: standard_deviation, at_most: 1, to: 3}" + PROBABILITY,
        "standard_deviation has no `to`",
    ),
    "agreement upside down": (
        "consensus: {measure: percent_agreement, from: 5, to: 4, at_least: 70%}" + PROBABILITY,
        "5 is above to",
    ),
    "two rules in one": (
        "consensus: {measure: standard_deviation, at_most: 1, all: []}" + PROBABILITY,
        "has measure and all; keep one",
    ),
    "an empty rule": (
        "consensus: {any: []}" + PROBABILITY,
        "has no rules below it",
    ),
    "an unknown column": (
        "import: {columns: {panelist: x}}" + PROBABILITY,
        "did you mean 'panellist'",
    ),
    "an unknown round": (
        "import: {rounds: {last: 9}}" + PROBABILITY,
        "there is no round 9",
    ),
    "no questions": ("questions: {}", "must name 1 or more"),
    "a question with a point in its name": ("questions:\n  a.b: {text: a, type: probability}", "pattern"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_study_file_is_refused_with_its_mend(text, message):
    with pytest.raises(InputFaults, match=message):
        read(f"{text}\ntitle: t\n")


def test_all_faults_are_told_at_once():
    with pytest.raises(InputFaults, match="2 faults") as raised:
        read("title: t\nquestions:\n  a: {text: a}\n  b: {text: b, type: rating}\n")
    assert [fault.line for fault in raised.value.faults] == [3, 4]


def test_members_may_stand_in_a_file_of_their_own(tmp_path):
    (tmp_path / "panel.csv").write_text("panellist,group,name\np1,a,Jan\np2,,Piet\n", encoding="utf-8")
    assert read(MEMBERS_FILE, tmp_path).panel.members == {"p1": "a", "p2": ""}


def test_a_member_who_stands_twice_in_a_file_is_refused(tmp_path):
    (tmp_path / "panel.csv").write_text("panellist,group\np1,a\np1,a\n", encoding="utf-8")
    with pytest.raises(InnosiError, match="'p1' stands on line 2 and on line 3"):
        read(MEMBERS_FILE, tmp_path)


def test_the_schema_takes_what_the_reader_takes(study_text):
    schema = study_schema()
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(json.loads(json.dumps(schema)))
    assert not list(checker.iter_errors(YAML(typ="safe", pure=True).load(study_text)))
    assert list(checker.iter_errors({"title": "t", "questions": {}, "rouns": 2}))
    assert not list(checker.iter_errors({"title": "t", "rounds": ["A"], "questions": {"q": {"text": "x"}}}))


def test_every_key_of_the_schema_is_described():
    schema = study_schema()
    for section in (schema, *schema["$defs"].values()):
        for name, key in section.get("properties", {}).items():
            assert key.get("description") or "$ref" in key, name


def test_a_question_that_is_not_there_names_the_nearest(study):
    with pytest.raises(InnosiError, match="did you mean 'importance'"):
        study.question("importanc")


def test_the_study_that_was_read_knows_its_file(folder, study):
    assert study.path == folder / "study.yaml"
    assert load_study(study.path).sha256 == study.sha256 != ""
