"""`innosi build structure` and `innosi build actors`, as they are typed."""

import json
from pathlib import Path

import pytest

from innosi.forecast.cli.build import actors, structure
from innosi.scenarios.construction.structure import actors_drawing, structure_drawing
from innosi.scenarios.loading.scenario_file import load_scenarios

FARM = Path(__file__).parents[2] / "examples" / "farming-futures"
CIRCLE = """\
method: structural_analysis
title: Round
variables: {a: , b: , c: }
influences: {a: [0, 2, 0], b: [0, 0, 1], c: [3, 0, 0]}
"""


@pytest.fixture
def file(tmp_path):
    def written(text, name="structure.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return written


def rows(result, title):
    tables = {each["title"]: each for each in json.loads(result.stdout)}
    return next(each for name, each in tables.items() if title in name)


def test_drivers_are_shown_directly_and_through_others(innosi):
    result = innosi("build", "structure", FARM / "structure.yaml", "--format", "json")
    assert result.exit_code == 0, result.output
    direct = rows(result, "direct influences (MDI)")
    land = next(each for each in direct["rows"] if each["variable"] == "land")
    assert (land["influence"], land["dependence"], land["sector"]) == (10, 8, "relay")
    assert land["indirect_rank"] == 2
    assert "the ranking stays" in direct["notes"][0]
    levels = {each["variable"]: each["level"] for each in rows(result, "hierarchy (ISM)")["rows"]}
    assert (levels["food_sold"], levels["labour_market"]) == (1, 3)


def test_matrices_are_shown_on_demand(innosi):
    result = innosi("build", "structure", FARM / "structure.yaml", "--matrices")
    assert result.exit_code == 0, result.output
    for words in ("indirect influences (MII): power 4", "ranks of influence at each power", "1*"):
        assert words in result.output


@pytest.mark.parametrize(
    ("text", "said", "unsaid"),
    [
        (CIRCLE, ["periodic with period 3", "a → b → c → a"], "indirect_rank"),
        (CIRCLE + "power: 4\n", ["periodic with period 3", "shown is power 4, as the file asks"], "settles"),
        (
            CIRCLE.replace("c: [3,", "c: [0,"),
            ["nilpotent", "at power 3 all is zero", "a → b → c"],
            "indirect_rank",
        ),
        (
            CIRCLE.replace("2", "1").replace("3", "1"),
            ["periodic with period 3", "may swing over 3 powers for ever; here the order does not"],
            "is another in between",
        ),
        (CIRCLE.replace("b: [0, 0, 1]", "b: [1, 0, 1]"), ["the ranking stays"], "periodic"),
        (
            CIRCLE.replace(
                "{a: [0, 2, 0], b: [0, 0, 1], c: [3, 0, 0]}", "{a: [0, 0, 1], b: [3, 0, 2], c: [0, 3, 0]}"
            ),
            ["up to power 100 these change places: b, c"],
            "indirect_rank",
        ),
        (
            CIRCLE.replace("c: }", "c: , d: }").replace(
                "{a: [0, 2, 0], b: [0, 0, 1], c: [3, 0, 0]}",
                "{a: [0, 3, 3, 1], b: [3, 0, 1, 0], c: [1, 0, 0, 0], d: [0, 0, 0, 0]}",
            ),
            ["reducible: all but d influence each other"],
            "periodic",
        ),
    ],
)
def test_what_cannot_be_ranked_is_told(text, said, unsaid, innosi, file):
    result = innosi("build", "structure", file(text), "--format", "json")
    assert result.exit_code == 0, result.output
    notes = " ".join(json.loads(result.stdout)[0]["notes"])
    assert all(each in notes for each in said), notes
    assert unsaid not in result.stdout


def test_several_participants_are_shown_where_they_differ(innosi, file):
    text = CIRCLE.replace("influences: {", "participants:\n  anna: {")
    text += "  bo: {a: [0, 0, 0], b: [P, 0, 1], c: [3, 0, 0]}\n"
    result = innosi("build", "structure", file(text), "--format", "json")
    assert result.exit_code == 0, result.output
    found = rows(result, "where participants differ most")
    assert found["rows"] == [
        {"from": "b", "to": "a", "anna": "0", "bo": "P", "median": 0.0},
        {"from": "a", "to": "b", "anna": "2", "bo": "0", "median": 1.0},
    ]


def test_pictures_and_a_futures_table_are_written(innosi, tmp_path):
    result = innosi(
        *("build", "structure", FARM / "structure.yaml", "--plot", tmp_path / "levels.svg"),
        *("--picture", "hierarchy", "--to", tmp_path / "table.yaml"),
    )
    assert result.exit_code == 0, result.output
    assert "name the states of participants" in result.output
    assert "level 3" in (tmp_path / "levels.svg").read_text(encoding="utf-8")
    written = (tmp_path / "table.yaml").read_text(encoding="utf-8")
    assert written.startswith("# Made by `innosi build structure`")
    assert "  volunteers:" in written
    (tmp_path / "table.yaml").write_text("mine\n", encoding="utf-8")
    again = innosi("build", "structure", FARM / "structure.yaml", "--to", tmp_path / "table.yaml")
    assert again.exit_code == 2
    assert "is there already, and was not made by this command" in again.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--picture", "indirect", "--plot", "x.svg"), "indirect influences have no ranking that stays"),
        (("--picture", "hierarchy", "--plot", "x.svg"), "says no `relations`"),
        (("--picture", "potential_direct", "--plot", "x.svg"), "no influence is potential"),
        (("--to", "x.yaml"), "choose at least two with --key"),
        (("--to", "x.yaml", "--key", "d"), "there is no variable 'd'"),
        (("--to", "x.yaml", "--key", "a"), "'a' alone makes no futures table; choose at least two"),
        (("--plot", "x.png"), "ends in .svg"),
        (("--picture", "direct"), "--picture goes with --plot"),
        (("--key", "a", "--key", "b"), "--key goes with --to"),
    ],
)
def test_what_cannot_be_had_is_told_and_nothing_is_written(arguments, said, innosi, file, monkeypatch):
    path = file(CIRCLE.replace("2", "1").replace("3", "1"))
    monkeypatch.chdir(path.parent)
    result = innosi("build", "structure", path, *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert [each.name for each in path.parent.iterdir()] == ["structure.yaml"]


def test_actors_are_shown_with_who_could_go_together(innosi):
    result = innosi("build", "actors", FARM / "actors.yaml", "--format", "json")
    assert result.exit_code == 0, result.output
    power = {each["actor"]: each for each in rows(result, "power")["rows"]}
    assert (power["municipality"]["influence"], power["municipality"]["dependence"]) == (44, 28)
    assert sum(each["force"] for each in power.values()) == pytest.approx(len(power))
    assert len(rows(result, "who stands with whom")["rows"]) == 10
    assert rows(result, "coalitions")["rows"][2]["actors"] == "developer"


def test_all_matrices_of_mactor_are_shown_on_demand(innosi):
    result = innosi("build", "actors", FARM / "actors.yaml", "--matrices", "--format", "json")
    titles = " ".join(each["title"] for each in json.loads(result.stdout))
    for name in ("MDI", "MIDI", "MMIDI", "NS", "1MAO", "2MAO", "3MAO", "3CAA", "3DAA", "EQ", "net distances"):
        assert name in titles
    assert len(rows(result, "who stands with whom")["rows"]) == 28


def test_scenarios_of_prevailing_coalitions_are_written_and_can_be_run(innosi, tmp_path):
    result = innosi(
        *("build", "actors", FARM / "actors.yaml", "--to", tmp_path / "prevailing.yaml"),
        *("--plot", tmp_path / "sides.svg", "--picture", "mobilisation"),
    )
    assert result.exit_code == 0, result.output
    assert "3 scenarios, 6 sets of overrides" in result.output
    found = load_scenarios(tmp_path / "prevailing.yaml")
    assert list(found.scenario_titles) == [
        "neighbours_prevails",
        "municipality_prevails",
        "developer_prevails",
    ]
    assert (tmp_path / "sides.svg").is_file()
    again = innosi("build", "actors", FARM / "actors.yaml", "--to", FARM / "scenario.yaml")
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_the_pictures_that_are_offered_are_those_that_can_be_drawn():
    assert tuple(actors_drawing.PICTURES) == actors.PICTURES
    assert tuple(structure_drawing.PICTURES) == structure.PICTURES
