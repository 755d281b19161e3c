"""`innosi build wheel`, `horizons` and `backcast`, as a facilitator calls them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.scenarios.construction.pathways.indicators import read_indicators
from innosi.scenarios.loading.scenario_file import load_scenarios

EXAMPLES = Path(__file__).parents[2] / "examples" / "farming-futures"
FILES = {"wheel": "wheel.yaml", "horizons": "horizons.yaml", "backcast": "backcast.yaml"}


@pytest.fixture
def innosi(tmp_path, monkeypatch):
    """Run `innosi build` in a folder with the example's files."""
    for name in ("scenario.yaml", "wheel-scores.csv", *FILES.values()):
        shutil.copy(EXAMPLES / name, tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(cli, ["build", *map(str, arguments)], prog_name="innosi")

    return run


def changed(name, old, new):
    text = Path(name).read_text(encoding="utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "scenarios"),
    [
        ("wheel", ["counted_to_death", "grown_on_results"]),
        ("horizons", ["slow_farewell", "day_care_chain", "neighbourhood_farm"]),
        ("backcast", ["reached", "late", "missed"]),
    ],
)
def test_a_file_becomes_tables_a_picture_and_scenarios(innosi, command, scenarios):
    result = innosi(command, FILES[command], "--plot", "x.svg", "--to", "s.yaml")
    assert result.exit_code == 0, result.output
    assert "plot: x.svg" in result.output
    assert f"s.yaml: {len(scenarios)} scenarios" in result.output
    assert Path("x.svg").read_text(encoding="utf-8").count("<title>") == 1
    assert list(load_scenarios(Path("s.yaml")).scenario_titles) == scenarios


def test_every_branch_of_a_wheel_becomes_a_scenario(innosi):
    result = innosi("wheel", "wheel.yaml", "--branches", "--to", "s.yaml")
    assert result.exit_code == 0, result.output
    assert "in no branch, as they need several: easier_cases" in result.output
    assert list(load_scenarios(Path("s.yaml")).scenario_titles) == [
        "income_follows_success",
        "new_providers",
        "results_measured",
    ]
    refused = innosi("wheel", "wheel.yaml", "--branches")
    assert (refused.exit_code, "give --to FILE.yaml too" in refused.output) == (2, True)


def test_the_wheels_tables_say_what_to_watch(innosi):
    consequences, watched, ground = json.loads(innosi("wheel", "wheel.yaml", "--format", "json").stdout)
    assert [row["order"] for row in consequences["rows"]] == [1] * 3 + [2] * 7 + [3] * 4
    assert consequences["rows"][5]["follows_from"] == "income_follows_success, results_measured"
    assert [row["name"] for row in watched["rows"]][:2] == ["hardest_left_out", "easier_cases"]
    assert watched["rows"][0]["why"] == "likely and undesirable"
    assert ground["rows"][0]["affected"] == "farms"


def test_horizons_say_where_the_story_has_gaps(innosi):
    items, links, curves = json.loads(innosi("horizons", "horizons.yaml", "--format", "json").stdout)
    assert "nothing replaces 'yearly_subsidy' (H1), and it grows into nothing" in items["notes"]
    assert links["rows"][-1]["does"] == "tension"
    assert curves["notes"] == ["drawings of a judgement, not data"]


def test_a_roadmap_goes_backwards_and_forwards_and_says_what_begins_now(innosi):
    back, _, begins, indicators = json.loads(innosi("backcast", "backcast.yaml", "--format", "json").stdout)
    forth = json.loads(
        innosi("backcast", "backcast.yaml", "--forwards", "--within", "2 years", "--format", "json").stdout
    )
    names = [row["name"] for row in back["rows"]]
    assert names[0] == "vision"
    assert [row["name"] for row in forth[0]["rows"]] == names[::-1]
    assert [row["name"] for row in begins["rows"]] == ["results_known"]
    assert [row["name"] for row in forth[2]["rows"]] == [
        "results_known",
        "farms_associated",
        "pilot_contract",
        "zoning_changed",
    ]
    assert indicators["rows"][-1]["2035"] == 40
    refused = innosi("backcast", "backcast.yaml", "--within", "soon")
    assert (refused.exit_code, "write a number with its unit" in refused.output) == (2, True)


@pytest.mark.parametrize("name", ["i.csv", "i.yaml"])
def test_indicators_are_written_to_be_followed(innosi, name):
    result = innosi("backcast", "backcast.yaml", "--indicators", name)
    assert f"{name}: 10 targets of 4 indicators" in result.output
    rows = read_indicators(Path(name))
    assert [(each.indicator, each.milestone, each.target) for each in rows[-2:]] == [
        ("participants", "greenhouse", 34),
        ("participants", "vision", 40),
    ]
    refused = innosi("backcast", "backcast.yaml", "--indicators", "i.txt")
    assert (refused.exit_code, "ends in .csv or .yaml" in refused.output) == (2, True)


def test_the_year_of_the_vision_is_always_among_the_indicators_years(innosi):
    changed("backcast.yaml", "at: 2035", "at: 2049")
    tables = json.loads(innosi("backcast", "backcast.yaml", "--format", "json").output)
    years = [key for key in tables[-1]["rows"][0] if key.isdigit()]
    assert (years[0], years[-2:]) == ("2026", ["2047", "2049"])


@pytest.mark.parametrize("command", FILES)
def test_scenarios_need_to_be_named_and_nothing_is_written_over(innosi, command):
    name = FILES[command]
    refused = innosi(command, name, "--to", "scenario.yaml")
    assert (refused.exit_code, "was not made by this command" in refused.output) == (2, True)
    changed(name, "scenarios:", "scenarios: {}\nrest:")
    assert "rest" in innosi(command, name).output
    text = Path(name).read_text(encoding="utf-8").partition("scenarios:")[0]
    Path(name).write_text(text, encoding="utf-8")
    refused = innosi(command, name, "--to", "s.yaml")
    assert refused.exit_code == 2
    assert "name the scenarios that are to be written" in refused.output
    assert not Path("s.yaml").exists()


@pytest.mark.parametrize(
    ("command", "change", "said"),
    [
        ("wheel", ("inputs.volunteers.hours", "inputs.volunteer.hours"), "did you mean 'volunteers'"),
        ("horizons", ("€15k .. €35k", "lots"), "lots"),
        ("backcast", ("{value: 5 .. 15", "{value: 15 .. 5"), "scenarios.missed.overrides"),
    ],
)
def test_an_override_that_does_not_fit_is_told_at_its_line(innosi, command, change, said):
    changed(FILES[command], *change)
    refused = innosi(command, FILES[command], "--to", "s.yaml")
    assert refused.exit_code == 2
    assert said in refused.output
    assert not Path("s.yaml").exists()


@pytest.mark.parametrize("command", FILES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "title: x\n",
        "method: [1]\n",
        "method: backcast\n",
        "- a\n",
        "consequences: 3\nmilestones: [1]\nitems: x\n",
    ],
)
def test_a_broken_file_is_refused_without_a_traceback(innosi, command, text):
    head = {"wheel": "futures_wheel", "horizons": "three_horizons", "backcast": "backcast"}[command]
    Path("x.yaml").write_text(
        f"method: {head}\n{text}" if text.startswith("cons") else text, encoding="utf-8"
    )
    refused = innosi(command, "x.yaml")
    assert refused.exit_code == 2, refused.output
    assert "x.yaml" in refused.output
    assert isinstance(refused.exception, SystemExit)
