"""Judgements in experts' matrices, in a project, or in a panel's file, and what is wrong with them."""

import json
import re

import numpy as np
import pytest

from innosi.models.distributions import Discrete, Normal
from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.balance.asked_judgements import (
    centre_of,
    question_names,
    scale_name,
)
from innosi.scenarios.construction.balance.balance_file import balance_from
from innosi.scenarios.construction.balance.converting import read_convertible, write_convertible
from innosi.scenarios.loading.document import parse_document, read_document

HEAD = """\
method: cross_impact_balance
title: Two farms
descriptors:
  funding: {title: Money of the city, states: {cut: Cut back, raised: Raised}}
  land: {states: {lost: Lost, kept: Kept}}
"""
TABLE = """\
,funding=cut,funding=raised,land=lost,land=kept
funding=cut,,,2,-2
funding=raised,,,-1,1
land=lost,1,-1,,
land=kept,0,0,,
"""
MATRIX = [[0, 0, 2, -2], [0, 0, -1, 1], [1, -1, 0, 0], [0, 0, 0, 0]]


@pytest.fixture
def balance(tmp_path):
    """What a file of these lines means, beside the files that it names."""
    (tmp_path / "anne.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "bob.csv").write_text(TABLE.replace("2,-2", "-1,1"), encoding="utf-8")

    def read(lines, head=HEAD):
        return balance_from(parse_document(head + lines, source="b.yaml", folder=tmp_path))

    return read


def faults_of(read, *given):
    with pytest.raises(InputFaults) as raised:
        read(*given)
    return raised.value.faults


def test_experts_stand_alone_and_are_taken_together(balance):
    found = balance("experts: {anne: anne.csv, bob: {file: bob.csv, weight: 3, group: city}}\n")
    assert [(each.name, each.weight, each.group) for each in found.judged.experts] == [
        ("anne", 1, ""),
        ("bob", 3, "city"),
    ]
    assert found.impacts.judgements[0].tolist() == [0, 0, -0.25, 0.25]
    assert balance("experts: {anne: anne.csv}\nexperts_together: vote\n").impacts.judgements[0, 2] == 1


def test_experts_beside_judgements_do_not_change_them(balance):
    found = balance("matrix: anne.csv\nexperts: {bob: bob.csv}\n")
    assert found.impacts.judgements.tolist() == MATRIX
    assert found.judged.experts[0].impacts.judgements[0, 2] == -1


def test_a_project_is_known_by_names_titles_and_short_names(balance, tmp_path):
    write_convertible(tmp_path / "p.scw", read_convertible(tmp_path / "anne.csv"))
    assert balance("matrix: p.scw\n").impacts.judgements.tolist() == MATRIX
    text = (tmp_path / "p.scw").read_text(encoding="cp1252")
    text = text.replace("&funding", "&MONEY OF THE CITY", 1).replace("&funding", "&", 1)
    (tmp_path / "p.scw").write_text(text, encoding="cp1252")
    assert balance("matrix: p.scw\n").impacts.judgements.tolist() == MATRIX


@pytest.mark.parametrize(
    ("lines", "where", "problem"),
    [
        ("", (None, "judgements"), "is missing; write `judgements:`, or .*`experts:`, or `panel:`"),
        ("matrix: anne.csv\npanel: {from: j.json}\n", (7, "panel"), "stands beside `matrix`"),
        ("experts: {anne: none.csv}\n", (6, "experts.anne"), "none.csv: no such file"),
        ("experts: {anne: {file: anne.csv, weight: 0}}\n", (6, "experts.anne.weight"), "greater than 0"),
        ("experts: {anne: {weight: 1}}\n", (6, "experts.anne.file"), "is missing"),
        ("matrix: broken.scw\n", (1, ""), "says '. ScenarioWizard 5.0'"),
        ("experts: {anne: other.scw}\n", (None, ""), "'sea' is no descriptor of the file"),
        ("panel: {from: j.json}\n", (6, "panel.from"), "there is no judgements file 'j.json'"),
        ("panel: {}\n", (6, "panel.from"), "is missing"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(balance, tmp_path, lines, where, problem):
    (tmp_path / "broken.scw").write_text("$ ScenarioWizard 5.0\n", encoding="utf-8")
    other = TABLE.replace("land", "sea")
    (tmp_path / "other.csv").write_text(other, encoding="utf-8")
    write_convertible(tmp_path / "other.scw", read_convertible(tmp_path / "other.csv"))
    fault = faults_of(balance, lines)[0]
    assert re.search(problem, fault.problem), fault
    assert (fault.line, fault.key) == where


def judgements_file(folder, **changes):
    """What a panel exported: each answer of MATRIX, but the first three ratings at 1, 2, 2, 3."""
    states = {"funding": ("cut", "raised"), "land": ("lost", "kept")}
    rows = {("funding", "cut"): 0, ("funding", "raised"): 1, ("land", "lost"): 2, ("land", "kept"): 3}
    found = {}
    for (acting, target), name in question_names(states).items():
        for state in states[target]:
            value = float(MATRIX[rows[acting]][rows[target, state]])
            found[f"{name}.{state}"] = {
                "distribution": {"family": "discrete", "values": [value], "probabilities": [1.0]}
            }
    found["funding-cut-on-land.lost"]["distribution"] = {
        "family": "discrete",
        "values": [1.0, 2.0, 3.0],
        "probabilities": [0.25, 0.5, 0.25],
    }
    data = {
        "format": "innosi-judgements/1",
        "study": {"title": "What acts on what", "simulated": True, "panellists": 4},
        "round": 2,
        "judgements": {name: each for name, each in found.items() if name not in changes.get("without", ())},
        "left_out": changes.get("left_out", []),
    }
    (folder / "j.json").write_text(json.dumps(data), encoding="utf-8")


def test_a_panels_median_becomes_the_judgement_and_its_answers_the_doubt(balance, tmp_path):
    judgements_file(tmp_path)
    found = balance("panel: {from: j.json}\n")
    assert found.impacts.judgements.tolist() == MATRIX
    assert found.judged.panel[0, 2] == Discrete((1.0, 2.0, 3.0), (0.25, 0.5, 0.25))
    assert len(found.judged.panel) == 8
    assert found.judged.notes == ("judged by a simulated panel of 4, “What acts on what”, round 2",)


def test_a_judgement_that_the_panel_left_out_is_told_by_its_question(balance, tmp_path):
    judgements_file(tmp_path, without=["land-kept-on-funding.cut"])
    (fault,) = faults_of(balance, "panel: {from: j.json}\n")
    assert (fault.source, fault.key) == ("j.json", "land-kept-on-funding.cut")
    assert "is missing" in fault.problem


def test_a_judgement_that_too_few_gave_is_told(balance, tmp_path):
    judgements_file(tmp_path, left_out=["land-kept-on-funding.cut"])
    (fault,) = faults_of(balance, "panel: {from: j.json}\n")
    assert "was answered by too few" in fault.problem


ANSWERS = "round,code,group,question,part,value,text,reason\n"


def answers(code, values, number=1):
    questions = [
        "funding-cut-on-land",
        "funding-raised-on-land",
        "land-lost-on-funding",
        "land-kept-on-funding",
    ]
    parts = [
        (q, part) for q in questions for part in (("lost", "kept") if "on-land" in q else ("cut", "raised"))
    ]
    pairs = zip(parts, values, strict=False)
    return "".join(f"{number},{code},city,{q},{part},{value},,\n" for (q, part), value in pairs)


def test_panellists_who_answered_all_become_experts_with_their_last_answers(balance, tmp_path):
    judgements_file(tmp_path)
    text = ANSWERS + answers("abc", [0] * 8) + answers("abc", [2, -2, -1, 1, 1, -1, 0, 0], 2)
    text += answers("xyz", [1, 1, 1])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8-sig")
    found = balance("panel: {from: j.json, answers: a.csv}\n").judged
    assert [(each.name, each.group) for each in found.experts] == [("abc", "city")]
    assert found.experts[0].impacts.judgements.tolist() == MATRIX
    assert found.notes[1] == "1 of 2 panellists left judgements out: they are no experts"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n", "has no column 'round'"),
        (ANSWERS + "1,abc,,funding-cut-on-land,lost,much,,\n", "line 2: value is 'much'"),
        (ANSWERS + answers("abc", [9] * 8), "9 is beyond the scale"),
    ],
)
def test_answers_that_are_none_are_refused(balance, tmp_path, text, problem):
    judgements_file(tmp_path)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults, match=problem):
        balance("panel: {from: j.json, answers: a.csv}\n")


def test_names_of_questions_never_clash():
    states = {"a-b": ("c", "d"), "a": ("b-c", "b-d"), "x": ("reason", "y")}
    names = question_names(states)
    assert len({name.casefold() for name in names.values()}) == len(names) == 12
    assert names[("a-b", "c"), "x"] == "a-b-c-on-x"
    assert names[("a", "b-c"), "x"] == "a-b-c-on-x-2"
    assert scale_name("reason") == "reason_"


@pytest.mark.parametrize(
    ("distribution", "median"),
    [
        (Discrete((-1.0, 2.0), (0.5, 0.5)), 0.5),
        (Discrete((-1.0, 2.0), (0.4, 0.6)), 2.0),
        (Discrete((-3.0, 0.0, 3.0), (0.25, 0.25, 0.5)), 1.5),
        (Normal(1.0, 2.0), 1.0),
    ],
)
def test_the_median_of_an_even_number_is_the_midpoint(distribution, median):
    assert centre_of(distribution, "median") == pytest.approx(median)
    assert centre_of(distribution, "mean") == pytest.approx(distribution.mean)


FORMS = (".csv", ".xlsx", ".scw", ".yaml")


@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
def test_every_form_becomes_every_other(first, second, balance, tmp_path):
    (tmp_path / "b.yaml").write_text(HEAD + "matrix: anne.csv\n", encoding="utf-8")
    write_convertible(tmp_path / f"one{first}", read_convertible(tmp_path / "b.yaml"))
    write_convertible(tmp_path / f"two{second}", read_convertible(tmp_path / f"one{first}"))
    found = read_convertible(tmp_path / f"two{second}")
    assert found.impacts.judgements.tolist() == MATRIX
    assert dict(found.impacts.states) == {"funding": ("cut", "raised"), "land": ("lost", "kept")}
    if {first, second} <= {".scw", ".yaml"}:
        assert found.descriptors["funding"].title == "Money of the city"
        assert found.descriptors["funding"].states["cut"].title == "Cut back"
        assert found.title == "Two farms"
    if second == ".yaml":
        assert "a sound" in balance_from(read_document(tmp_path / "two.yaml")).summary


def test_reasons_of_a_project_stand_as_comments(tmp_path):
    (tmp_path / "m.csv").write_text(TABLE, encoding="utf-8")
    write_convertible(tmp_path / "p.scw", read_convertible(tmp_path / "m.csv"))
    text = (tmp_path / "p.scw").read_text(encoding="cp1252")
    text = text.replace('# funding -> land\n""', '# funding -> land\n"Money buys land"')
    (tmp_path / "p.scw").write_text(text, encoding="cp1252")
    lost = write_convertible(tmp_path / "b.yaml", read_convertible(tmp_path / "p.scw"))
    assert "    # Money buys land\n    land:" in (tmp_path / "b.yaml").read_text(encoding="utf-8")
    assert lost == ("the reasons of judgements stand as comments",)


@pytest.mark.parametrize(
    ("name", "text", "to", "problem"),
    [
        ("m.txt", TABLE, "p.scw", "'m.txt' is of no form that is known here"),
        ("m.csv", TABLE, "p.doc", "'p.doc' is of no form that is known here"),
        ("m.csv", TABLE, "m.csv", "is there already"),
        ("m.csv", TABLE.replace("2,-2", "1.5,-2"), "p.scw", "funding=cut on land=lost is 1.5, one of 1 that"),
        ("m.csv", TABLE.replace("2,-2", ",-2"), "p.scw", "is missing"),
        ("m.csv", TABLE.replace("land=kept,0", "land=kpt,0"), "p.scw", "did you mean 'land=kept'"),
        ("m.csv", "a;b\n1;2\n", "p.scw", "column 2 is called 'b'; write descriptor=state"),
        ("m.csv", ",a=x,a=y\na=x,,\na=y,,\n", "p.scw", "there is one descriptor"),
        ("m.csv", "", "p.scw", "is empty"),
    ],
)
def test_what_cannot_be_converted_is_refused_and_nothing_is_written(name, text, to, problem, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InnosiError, match=problem):
        write_convertible(tmp_path / to, read_convertible(tmp_path / name))
    assert sorted(tmp_path.iterdir()) == before


def test_names_that_are_none_here_become_titles(tmp_path):
    text = TABLE.replace("funding", "Öffentliches Geld").replace("cut", "2 % weniger")
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    found = read_convertible(tmp_path / "m.csv")
    assert list(found.descriptors) == ["offentliches_geld", "land"]
    assert found.descriptors["offentliches_geld"].title == "Öffentliches Geld"
    assert dict(found.impacts.states)["offentliches_geld"] == ("x2_weniger", "raised")
    np.testing.assert_array_equal(found.impacts.judgements, MATRIX)
