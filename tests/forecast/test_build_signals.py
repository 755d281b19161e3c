"""`innosi build signals`, `drivers` and `axes`: from the notes of a workshop to what is simulated."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.scenarios.loading.document import read_document
from innosi.scenarios.loading.scenario_file import load_scenarios

EXAMPLE = Path(__file__).parents[2] / "examples" / "farming-futures"
FILES = (
    "scenario.yaml",
    "signals.yaml",
    "signals.csv",
    "votes.csv",
    "drivers.yaml",
    "ratings.csv",
    "axes.yaml",
)


@pytest.fixture
def innosi(tmp_path, monkeypatch):
    """Run `innosi` in a folder that holds the example; return the result, whose exit code is checked."""
    for name in FILES:
        (tmp_path / name).write_bytes((EXAMPLE / name).read_bytes())
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="innosi")
        assert result.exit_code == code, result.output
        return result

    return run


def tables(result):
    return {table["title"]: table["rows"] for table in json.loads(result.stdout)}


def test_a_register_is_counted_clustered_and_ranked(innosi):
    found = tables(innosi("build", "signals", "signals.yaml", "--format", "json"))
    assert sum(row["signals"] for row in found["clusters"]) == 30
    assert sum(row["votes"] for row in found["clusters"]) == 59
    assert [row["rank"] for row in found["votes"]][:4] == ["1", "2", "3=", "3="]
    assert found["votes"][0]["signal"] == "lease_by_year"


def test_a_story_without_consent_is_nowhere_to_be_read(innosi):
    result = innosi("build", "signals", "signals.yaml", "--all", "--plot", "signals.svg")
    shown = result.output + Path("signals.svg").read_text(encoding="utf-8")
    assert "On Sundays I miss the soup." in result.output
    for secret in ("on the letter from", "It came on a Friday", "keep it to herself"):
        assert secret not in shown


def test_clusters_become_a_file_of_drivers_that_is_sound(innosi):
    innosi("build", "signals", "signals.yaml", "--to", "next/my.yaml")
    assert "a sound file of drivers, 5 drivers, not rated yet" in innosi("check", "next/my.yaml").output
    found = read_document(Path("next/my.yaml")).data
    assert found["register_file"] == "../signals.yaml"
    assert sum(len(each["signals"]) for each in found["drivers"].values()) == 30
    refused = innosi("build", "signals", "signals.yaml", "--to", "signals.yaml", code=2)
    assert "was not made by this command" in refused.stderr


def test_drivers_are_shown_where_they_lie(innosi):
    found = tables(innosi("build", "drivers", "drivers.yaml", "--format", "json", "--plot", "grid.svg"))
    rows = {
        row["driver"]: row
        for row in found["What drives two urban farms in Utrecht until 2035: 9 drivers, rated by 12"]
    }
    assert rows["land"]["quadrant"] == "critical uncertainty"
    assert rows["loneliness"]["quadrant"] == "given"
    first = found["axes that suggest themselves"][0]
    assert {first["driver"], first["and"], first["from"]} == {"municipal_funding", "land", "judged"}
    assert Path("grid.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_the_panel_is_asked_by_a_study_and_its_answers_come_back(innosi):
    innosi("build", "drivers", "drivers.yaml", "--ask", "study.yaml")
    assert "a sound study, 9 questions, 2 rounds" in innosi("check", "study.yaml").output
    ratings = list(csv.DictReader(io.StringIO(Path("ratings.csv").read_text(encoding="utf-8"))))
    answers = [
        (row["panellist"], row["driver"], part, row[part])
        for row in ratings
        for part in ("impact", "uncertainty")
    ]
    first = [(who, driver, part, 5) for who, driver, part, _ in answers]
    for number, given in ((1, first), (2, answers)):
        rows = "".join(f"{','.join(map(str, each))}\n" for each in given)
        Path("answers.csv").write_text(f"panellist,question,part,value\n{rows}", encoding="utf-8")
        innosi("delphi", "import", "study.yaml", "answers.csv", "--round", number)
    innosi("delphi", "data", "study.yaml", "--to", "data")
    text = Path("drivers.yaml").read_text(encoding="utf-8")
    asked = text.replace("rating_table: ratings.csv", "rating_table: data/answers.csv")
    Path("asked.yaml").write_text(asked, encoding="utf-8")
    in_file, from_study = (
        innosi("build", "drivers", name, "--format", "csv").stdout for name in ("drivers.yaml", "asked.yaml")
    )
    assert from_study == in_file
    before = asked.replace("answers.csv\n", "answers.csv\nrating_round: 1\n")
    Path("asked.yaml").write_text(before, encoding="utf-8")
    assert "critical uncertainty" not in innosi("build", "drivers", "asked.yaml").output
    innosi("delphi", "export", "study.yaml")
    pooled = text.replace("ratings.csv", "judgements.json")
    Path("asked.yaml").write_text(pooled, encoding="utf-8")
    assert "holds answers apart from who gave them" in innosi("check", "asked.yaml", code=2).stderr


def test_chosen_drivers_become_descriptors_with_the_states_they_have(innosi):
    innosi("build", "drivers", "drivers.yaml", "--to", "next/table.yaml")
    found = read_document(Path("next/table.yaml")).data
    assert found["method"] == "futures_table"
    assert found["scenario_file"] == "../scenario.yaml"
    assert list(found["descriptors"]) == [
        "municipal_funding",
        "land",
        "volunteers",
        "care_budgets",
        "local_demand",
        "labour_market",
    ]
    funding = found["descriptors"]["municipal_funding"]["states"]
    assert funding["kept"] == "Kept as it is"
    assert funding["cut"]["overrides"] == {"inputs.subsidy.amount": "€15k .. €35k"}


def test_four_scenarios_are_written_for_a_run(innosi):
    result = innosi("build", "axes", "axes.yaml", "--plot", "axes.svg", "--to", "four.yaml")
    assert "four.yaml: 4 scenarios, 4 sets of overrides" in result.output
    found = load_scenarios(Path("four.yaml"))
    assert found.scenario_probabilities == pytest.approx(
        {"commons": 0.3, "flagship": 0.2, "gardens_on_wheels": 0.2, "last_harvest": 0.3}
    )


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        ("signals", "", "must hold `key: value` lines"),
        ("signals", "method: signals\n", "title"),
        ("signals", "method: signals\ntitle: x\n", "holds no signals"),
        ("signals", "method: signals\ntitle: x\nsignals: [a]\n", "signals"),
        ("signals", "method: drivers\ntitle: x\n", "is a file of drivers, which another command reads"),
        ("drivers", "method: drivers\ntitle: x\ndrivers: {}\n", "drivers"),
        ("drivers", "method: drivers\ntitle: x\ndrivers: {a b: {}}\n", "a b"),
        ("axes", "method: scenario_axes\ntitle: x\naxes: {}\nscenarios: {}\n", "axes"),
        ("axes", "method: scenario_axes\ntitle: x\naxes: 3\nscenarios: nan\n", "2 faults"),
    ],
)
def test_a_broken_file_is_told_without_a_traceback(innosi, command, text, said):
    Path("broken.yaml").write_text(text, encoding="utf-8")
    result = innosi("build", command, "broken.yaml", code=2)
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["signals", "drivers", "axes"])
def test_a_large_or_bare_file_is_drawn_too(innosi, command):
    many = {
        "signals": "method: signals\ntitle: x\nsignals:\n"
        + "".join(
            f"  s{i}: {{title: T, category: social, first_seen: {1990 + i % 30}, theme: t{i % 4}}}\n"
            for i in range(80)
        ),
        "drivers": "method: drivers\ntitle: x\ndrivers:\n"
        + "".join(f"  d{i}: {{title: A driver with a rather long title {i}}}\n" for i in range(25))
        + "ratings:\n  p:\n"
        + "".join(f"    d{i}: [{1 + i % 9}, {1 + i // 3}]\n" for i in range(25)),
        "axes": "method: scenario_axes\ntitle: x\naxes: {a: {poles: {b: , c: }}, d: {poles: {e: , f: }}}\n"
        "scenarios:\n"
        + "".join(f"  {p}{q}: {{title: {p}{q}, poles: {{a: {p}, d: {q}}}}}\n" for p in "bc" for q in "ef"),
    }
    Path("file.yaml").write_text(many[command], encoding="utf-8")
    innosi("build", command, "file.yaml", "--plot", "plot.svg")
    assert "<title>" in Path("plot.svg").read_text(encoding="utf-8")


def test_of_many_drivers_the_most_critical_ones_are_named_on_the_grid(innosi):
    rated = "".join(f"    d{i}: [{1 + i % 9}, {1 + i // 5}]\n" for i in range(40))
    named = "".join(f"  d{i}: {{title: Driver {i}}}\n" for i in range(40))
    Path("many.yaml").write_text(
        f"method: drivers\ntitle: x\ndrivers:\n{named}ratings:\n  p:\n{rated}", encoding="utf-8"
    )
    innosi("build", "drivers", "many.yaml", "--plot", "plot.svg")
    _, _, drawn = Path("plot.svg").read_text(encoding="utf-8").partition("</desc>")
    assert len(set(re.findall(r">Driver (\d+)<", drawn))) == 12
    assert "middle half, of the most critical" in drawn


def test_no_axes_are_suggested_of_drivers_that_are_certain_or_weak(innosi):
    Path("weak.yaml").write_text(
        "method: drivers\ntitle: x\ndrivers: {a: A, b: B, c: C}\n"
        "ratings: {p: {a: [9, 9], b: [1, 9], c: [5, 5]}}\n",
        encoding="utf-8",
    )
    found = tables(innosi("build", "drivers", "weak.yaml", "--format", "json"))
    assert [(row["driver"], row["and"]) for row in found["axes that suggest themselves"]] == [("a", "c")]
    innosi("build", "drivers", "weak.yaml", "--plot", "plot.svg")
    assert "1 of 3 drivers is a critical uncertainty, “A”" in Path("plot.svg").read_text(encoding="utf-8")


def test_a_third_axis_is_refused_in_words(innosi):
    poles = "{poles: {x: , y: }}"
    Path("three.yaml").write_text(
        f"method: scenario_axes\ntitle: x\naxes: {{a: {poles}, b: {poles}, c: {poles}}}\nscenarios: {{}}\n",
        encoding="utf-8",
    )
    assert "axes       must name 2 at most" in innosi("build", "axes", "three.yaml", code=2).stderr
