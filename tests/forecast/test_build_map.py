"""`innosi build map`, as its user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.scenarios.loading.scenario_file import load_scenarios

FARM = Path(__file__).parents[2] / "examples" / "farming-futures"


@pytest.fixture
def farm(tmp_path, monkeypatch):
    """Run a command line in a folder that holds the example's maps."""
    for path in [*FARM.glob("*map*"), FARM / "scenario.yaml"]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["build", "map", *arguments], prog_name="innosi")
        assert result.exit_code == code, result.output
        return result.output

    return run


def tables(output):
    return json.loads(output)


def test_changes_are_shown_with_how_they_came_about(farm):
    text = farm("map.yaml")
    assert "“The city cuts” moves most: Paid coordination falls by 0.32" in text
    assert "must settle in one point from any start" in text
    assert "budget_cuts holds Municipal funding 0, Budgets for day care 0" in text
    assert "3 rules: of 32 changes" in text
    (table,) = tables(farm("map.yaml", "--format", "json"))
    assert table["rows"][0] == {
        "concept": "Municipal funding",
        "by_itself": 0.696,
        "budget_cuts": -0.696,
        "growing_city": 0.304,
        "work_for_all": -0.029,
    }
    assert farm("map.yaml", "--format", "csv").splitlines()[0].startswith("concept,by_itself,budget_cuts")


def test_all_shows_every_view_that_there_is_something_for(farm):
    assert len(tables(farm("map.yaml", "--show", "all", "--format", "json"))) == 9
    titles = [
        each["title"] for each in tables(farm("peoples-maps.yaml", "--show", "all", "--format", "json"))
    ]
    assert len(titles) == 12
    assert "3 people share 11 links; on 2 of them they disagree whether it raises or lowers" in titles


@pytest.mark.parametrize("view", ["changes", "rules", "robustness", "sensitivity", "structure", "steps"])
def test_a_view_is_drawn(farm, view):
    assert "plot: out/picture.svg" in farm(
        "map.yaml",
        "--show",
        view,
        "--plot",
        "out/picture.svg",
        *(("--draws", "20") if view == "robustness" else ()),
    )
    assert "<title>" in Path("out/picture.svg").read_text(encoding="utf-8")


def test_people_are_drawn_and_ends_are_not(farm):
    farm("peoples-maps.yaml", "--show", "people", "--plot", "people.svg")
    assert "this view has no picture" in farm("map.yaml", "--show", "ends", "--plot", "ends.svg", code=2)


def test_the_rules_are_shown_beside_each_other_with_where_they_contradict(farm):
    (table,) = tables(farm("map.yaml", "--show", "rules", "--format", "json"))
    assert set(table["rows"][0]) == {
        "scenario",
        "concept",
        "kosko",
        "modified_kosko",
        "rescaled",
        "direction",
    }
    ways = [row["direction"] for row in table["rows"]]
    assert (ways.count("opposite"), ways.count("held")) == (2, 7)
    for row in table["rows"]:
        values = [row["kosko"], row["modified_kosko"], row["rescaled"]]
        assert (row["direction"] == "opposite") <= (min(values) < 0 < max(values))


def test_draws_and_seed_can_be_asked_for(farm):
    def shown(*arguments):
        return farm("map.yaml", "--show", "robustness", "--draws", "50", *arguments)

    assert shown("--seed", "0") == shown("--seed", "0") != shown("--seed", "2")
    assert "50 maps drawn (seed 0)" in shown("--seed", "0")


def test_scenarios_are_written_with_what_rises_and_falls_set(farm):
    assert "out.yaml: 3 scenarios, 8 sets of overrides; innosi run out.yaml" in farm(
        "map.yaml", "--to", "out.yaml"
    )
    found = load_scenarios(Path("out.yaml"))
    assert list(found.scenario_probabilities.values()) == [3 / 8, 2 / 8, 3 / 8]
    amounts = {
        each.scenario: each.estimates["inputs.subsidy.amount"].distribution.interval()
        for each in found.experiments
    }
    assert amounts["budget_cuts"] == pytest.approx((15_000, 35_000))
    assert amounts["growing_city"] == pytest.approx((90_000, 140_000))
    assert amounts["work_for_all"] == pytest.approx((40_000, 90_000))


def test_a_cycle_is_shown_with_its_states(farm):
    text = "method: cognitive_map\ntitle: Turn\ntransfer: trivalent\nconcepts: {a: {level: 1}, b: B}\n"
    links = "links: [{from: a, to: b, weight: 1}, {from: b, to: a, weight: -1}]\n"
    Path("turn.yaml").write_text(text + links, encoding="utf-8")
    assert "cycle of 4 states" in farm("turn.yaml")
    _, states = tables(farm("turn.yaml", "--show", "steps", "--format", "json"))
    assert [(row["a"], row["b"]) for row in states["rows"]] == [(0, 1), (-1, 0), (0, -1), (1, 0)]
    assert "rescaled" not in farm("turn.yaml", "--show", "structure")


def test_that_levels_are_at_the_end_of_their_scale_is_said(farm):
    assert "near an end of the scale" not in farm("map.yaml")
    text = Path("map.yaml").read_text(encoding="utf-8")
    Path("map.yaml").write_text(text.replace("slope: 2", "slope: 30"), encoding="utf-8")
    assert "9 of 13 levels are near an end of the scale" in farm("map.yaml")


def test_what_did_not_settle_is_said_and_is_not_written(farm):
    text = Path("map.yaml").read_text(encoding="utf-8").replace("slope: 2", "slope: 2\nmax_steps: 2")
    Path("map.yaml").write_text(text, encoding="utf-8")
    shown = farm("map.yaml")
    assert "not settled within 2 steps: no levels are told" in shown
    assert "no change is known" in shown
    farm("map.yaml", "--plot", "changes.svg")
    assert "did not settle" in farm("map.yaml", "--to", "out.yaml", code=2)
    assert not Path("out.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("map.yaml", "--show", "people"), "there is one map only"),
        (("map.yaml", "--show", "steps", "--scenario", "budget_cut"), "did you mean 'budget_cuts'"),
        (("map.yaml", "--show", "sensitivity", "--outcome", "harvst"), "did you mean 'harvest'"),
        (("map.yaml", "--scenario", "budget_cuts"), "--scenario is for --show steps and --show ends"),
        (("map.yaml", "--show", "steps", "--draws", "9"), "--draws is for --show robustness"),
        (("scenario.yaml",), "method"),
        (("nowhere.yaml",), "no such file"),
        (("map.yaml", "--plot", "map.png"), "no SVG file"),
        (("map.yaml", "--to", "scenario.yaml"), "is there already"),
        (("peoples-maps.yaml", "--to", "out.yaml"), "scenario_file"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(farm, arguments, said):
    assert said in farm(*arguments, code=2)


@pytest.mark.parametrize(
    ("left_out", "view", "said"),
    [
        ("scenarios", "changes", "by itself: fixed point"),
        ("scenarios", "rules", "no scenarios"),
        ("scenarios", "robustness", "no scenarios"),
        ("outcome", "sensitivity", "no outcome is named"),
        ("uncertainty", "robustness", "no weight is uncertain"),
    ],
)
def test_a_small_file_shows_what_it_can(farm, left_out, view, said):
    parts = {
        "head": "method: cognitive_map\ntitle: Small\nconcepts: {a: A, b: B}",
        "links": "links: [{from: a, to: b, weight: WEIGHT}]",
        "outcome": "outcome: b",
        "scenarios": "scenarios: {s: {clamp: {a: 1}}}",
    }
    text = "\n".join(part for name, part in parts.items() if name != left_out)
    weight = "0.5" if left_out == "uncertainty" else "high"
    Path("small.yaml").write_text(text.replace("WEIGHT", weight), encoding="utf-8")
    result = CliRunner().invoke(cli, ["build", "map", "small.yaml", "--show", view])
    assert said in result.output
    assert result.exit_code == (0 if view == "changes" else 2)
    if (left_out, view) == ("scenarios", "changes"):
        result = CliRunner().invoke(cli, ["build", "map", "small.yaml", "--plot", "changes.svg"])
        assert "no scenarios to draw" in result.output
