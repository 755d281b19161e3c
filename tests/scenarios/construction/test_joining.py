"""The join: what a workshop constructed becomes a scenario file, or nothing is written."""

import json

import pytest

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.joining import ConstructedScenario, notes_on, write_scenarios
from innosi.scenarios.construction.settings import check_settings
from innosi.scenarios.construction.weighing import weighed_by_panel
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.loading.scenario_file import load_scenarios

GARDEN = """\
title: A garden
model: value_map
currency: EUR
draws: 100
base:
  discount_rate: 3%
  stakeholders: {neighbours: People nearby}
  inputs: {grant: {stakeholder: neighbours, amount: 100}}
  outcomes:
    company: {title: Company, stakeholder: neighbours,
      quantity: 10, financial_proxy: 30, duration: 1, perspective: social}
overrides:
  own: {inputs.grant.amount: 200}
scenarios:
  before: [own]
options:
  as_is: []
  bigger: [own]
"""
WORKSHOP = """\
method: futures_table
title: Gardens in 2035
scenario_file: garden.yaml
descriptors:
  funding:
    states:
      cut:
        overrides:
          inputs.grant.amount: {value: 20, evidence: claim}
      kept: Kept as it is
"""
CUT = ("descriptors", "funding", "states", "cut", "overrides")
FUTURES = (
    ConstructedScenario("future_1", "Funding is cut", ("funding-cut",), weight=3),
    ConstructedScenario("future_2", "Kept", ("funding-kept",), "As now", weight=1),
)


@pytest.fixture
def workshop(tmp_path):
    """A workshop's file beside a scenario file."""

    def made(text=WORKSHOP, garden=GARDEN):
        (tmp_path / "garden.yaml").write_text(garden, encoding="utf-8")
        return parse_document(text, source="workshop.yaml", folder=tmp_path)

    return made


def written(document, tmp_path, futures=FUTURES, name="out/scenarios.yaml"):
    place = document.data["descriptors"]["funding"]["states"]["cut"]["overrides"]
    settings = {"funding-cut": (place, CUT)}
    return write_scenarios(
        tmp_path / name, futures, settings, document=document, command="futures-table FILE"
    )


def test_constructed_scenarios_are_simulated_with_the_base_and_options_of_the_file(workshop, tmp_path):
    written(workshop(), tmp_path)
    found = load_scenarios(tmp_path / "out" / "scenarios.yaml")
    assert found.scenario_titles == {"future_1": "Funding is cut", "future_2": "Kept"}
    assert found.scenario_probabilities == {"future_1": 0.75, "future_2": 0.25}
    assert list(found.option_titles) == ["as_is", "bigger"]
    amounts = {
        (each.scenario, each.option): each.estimates["inputs.grant.amount"].distribution.mean
        for each in found.experiments
    }
    assert amounts == {
        ("future_1", "as_is"): 20,
        ("future_1", "bigger"): 200,
        ("future_2", "as_is"): 100,
        ("future_2", "bigger"): 200,
    }


def test_it_is_written_again_but_nothing_else_is_written_over(workshop, tmp_path):
    document = workshop()
    written(document, tmp_path)
    written(document, tmp_path)
    for name in ("garden.yaml", "notes.yaml"):
        (tmp_path / "notes.yaml").write_text("mine: 1\n", encoding="utf-8")
        before = (tmp_path / name).read_text(encoding="utf-8")
        with pytest.raises(InnosiError, match="is there already, and was not made by this command"):
            written(document, tmp_path, name=name)
        assert (tmp_path / name).read_text(encoding="utf-8") == before


def test_scenarios_that_somebody_edited_are_not_written_over(workshop, tmp_path):
    document = workshop()
    written(document, tmp_path)
    path = tmp_path / "out" / "scenarios.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Kept", "Kept on"), encoding="utf-8")
    with pytest.raises(InnosiError, match="was changed since it was made"):
        written(document, tmp_path)
    assert "Kept on" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "line", "key", "problem"),
    [
        (("inputs.grant.amount", "inputs.gift.amount"), 9, "inputs.gift.amount", "the base has no 'gift'"),
        (("value: 20", "value: lots"), 9, "inputs.grant.amount", "lots"),
        (("evidence: claim", "evidence: rumour"), 9, "inputs.grant.amount", "rumour"),
        (("scenario_file: garden.yaml\n", ""), 1, "scenario_file", "is missing"),
        (("garden.yaml", "gardens.yaml"), 3, "scenario_file", "no such file"),
    ],
)
def test_what_does_not_fit_is_told_at_its_line_and_nothing_is_written(
    workshop, tmp_path, change, line, key, problem
):
    with pytest.raises(InputFaults) as raised:
        written(workshop(WORKSHOP.replace(*change)), tmp_path)
    (fault,) = raised.value.faults
    assert (fault.line, fault.key.rpartition("overrides.")[2]) == (line, key)
    assert problem in fault.problem
    assert not (tmp_path / "out").exists()


def test_overrides_of_one_name_are_told(workshop, tmp_path):
    with pytest.raises(InputFaults, match="has an override 'funding-cut' of its own"):
        written(workshop(garden=GARDEN.replace("own", "funding-cut")), tmp_path)


def test_faults_of_the_scenario_file_are_told_as_its_own(workshop, tmp_path):
    with pytest.raises(InputFaults, match="discount_rat"):
        written(workshop(garden=GARDEN.replace("discount_rate", "discount_rat")), tmp_path)


def test_files_of_judgements_are_named_as_seen_from_the_new_file(workshop, tmp_path):
    text = WORKSHOP.replace("{value: 20, evidence: claim}", "{judgement: grant, from: judgements.json}")
    with pytest.raises(InputFaults, match=r"line 9 .*judgements\.json"):
        written(workshop(text), tmp_path)


def judged(tmp_path, **judgements):
    data = {
        "format": "innosi-judgements/1",
        "study": {"title": "Which future?"},
        "round": 2,
        "judgements": judgements,
    }
    (tmp_path / "judgements.json").write_text(json.dumps(data), encoding="utf-8")
    return tmp_path / "judgements.json"


def test_scenarios_are_weighted_by_what_a_panel_judged_under_their_names(tmp_path):
    panel = judged(
        tmp_path,
        future_1={"distribution": {"family": "uniform", "low": 0.1, "high": 0.5}, "kind": "share"},
        future_2={"distribution": 0.1, "kind": "share"},
    )
    found, words = weighed_by_panel(FUTURES, panel)
    assert words == (
        "panel of 0, round 2 of “Which future?”; probabilities that add up to 40 %, brought to 100 %"
    )
    assert [(each.name, each.weight) for each in found] == [
        ("future_1", pytest.approx(0.3)),
        ("future_2", 0.1),
    ]


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ({}, "has no judgement 'future_2'"),
        ({"future_2": {"distribution": -2.0}}, "a judgement of number with the mean -2"),
        ({"future_2": {"distribution": 2030.0, "kind": "years"}}, "a judgement of years"),
        ({"future_2": {"distribution": 0.0}}, "gives every scenario a weight of 0"),
    ],
)
def test_what_a_panel_judged_must_be_weights(tmp_path, second, problem):
    panel = judged(tmp_path, future_1={"distribution": 0.0}, **second)
    with pytest.raises(InnosiError, match=problem):
        weighed_by_panel(FUTURES, panel)


def test_where_one_setting_overrules_another_and_what_sets_nothing_is_said():
    settings = {
        "sold": ({"outcomes.company.quantity": 5, "inputs.grant.amount": 1}, CUT),
        "few": ({"outcomes.company.quantity": 9}, CUT),
        "same": ({"inputs.grant.amount": 1}, CUT),
        "whole": ({"inputs.grant": {"amount": 2}}, CUT),
    }
    scenarios = [
        ConstructedScenario("a", "", ("sold", "few")),
        ConstructedScenario("b", "", ("sold", "few", "same")),
        ConstructedScenario("c", "", ("same", "whole", "unknown")),
        ConstructedScenario("d", "", ("whole", "same")),
        ConstructedScenario("e", "", ("unknown",)),
        ConstructedScenario("f", "", ("sold", "few", "same")),
    ]
    assert notes_on(scenarios, settings) == [
        "outcomes.company.quantity: few has the last word over sold in a, b, f",
        "inputs.grant.amount: whole has the last word over same in c",
        "inputs.grant: same has the last word over whole in d",
        "b, f: set the same, and give the same",
        "e: no overrides, so as the base",
    ]


@pytest.mark.parametrize("change", [("grant.amount", "gift.amount"), ("value: 20", "value: lots")])
def test_overrides_are_checked_before_anything_is_written(workshop, change):
    document = workshop(WORKSHOP.replace(*change))
    place = document.data["descriptors"]["funding"]["states"]["cut"]["overrides"]
    with pytest.raises(InputFaults) as raised:
        check_settings({"funding-cut": (place, CUT)}, document)
    assert raised.value.faults[0].line == 9
    check_settings({}, workshop(WORKSHOP.replace("scenario_file: garden.yaml\n", "")))


def test_where_weights_come_from_stands_in_the_file(workshop, tmp_path):
    document = workshop()
    place = document.data["descriptors"]["funding"]["states"]["cut"]["overrides"]
    write_scenarios(
        tmp_path / "scenarios.yaml",
        FUTURES,
        {"funding-cut": (place, CUT)},
        document=document,
        command="futures-table FILE",
        weighting="basins",
    )
    assert load_scenarios(tmp_path / "scenarios.yaml").weighting == "weights (basins)"
