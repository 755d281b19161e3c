"""`innosi build futures-table`: what it shows, draws and writes, and what it refuses without a traceback."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from innosi.scenarios.loading.scenario_file import load_scenarios

EXAMPLE = Path(__file__).parents[2] / "examples" / "farming-futures"


@pytest.fixture
def farm(tmp_path):
    return copytree(EXAMPLE, tmp_path / "farm")


@pytest.fixture
def build(innosi, farm):
    """Run the command on the example; it must end well."""

    def build(*options):
        result = innosi("build", "futures-table", farm / "futures_table.yaml", *options)
        assert result.exit_code == 0, result.output
        return result.output

    return build


def rows(output, number=0):
    return json.loads(output)[number]["rows"]


def test_sizes_exclusions_and_states_are_shown(build):
    sizes, exclusions, states = json.loads(build("--format", "json"))
    assert sizes["title"] == "Urban farming in Utrecht, 2035: 115 of 324 combinations survive (35.5 %)"
    left = {row["exclusions"]: row["combinations"] for row in sizes["rows"]}
    assert left["none"] == 324
    assert left["logical + empirical + normative"] == 115
    assert len(exclusions["rows"]) == 10
    assert all(row["removes"] >= row["only_it"] > 0 for row in exclusions["rows"])
    assert sum(row["combinations"] for row in states["rows"]) == 6 * 115


def test_what_is_fixed_leaves_what_it_leaves(build):
    output = build("--fix", "land=secured", "--format", "json")
    states = {(row["descriptor"], row["state"]): row for row in rows(output, 1)}
    assert (
        states["municipal_funding", "cut"]["what_it_means"]
        == "in none: line 50 (empirical), with land=secured"
    )
    assert states["land", "secured"]["what_it_means"] == "fixed"
    assert ("land", "built_over") not in states


def test_all_survivors_are_listed_or_an_even_spread(build):
    assert len(rows(build("--list", "--format", "json"))) == 115
    assert len(build("--list", "--format", "csv").splitlines()) == 116
    assert "an even spread of them" in build("--list", "--at-most", "9")


def test_six_that_differ_become_scenarios(build, farm):
    output = build("--diverse", 6, "--to", farm / "six.yaml")
    assert "any two are 4 apart or more, 4.4 on average" in output
    assert "by Plotkin's bound its nearest cannot be farther apart" in output
    assert list(load_scenarios(farm / "six.yaml").scenario_titles) == [f"future_{n}" for n in range(1, 7)]


def test_without_a_choice_the_named_ones_are_written(build, farm):
    build("--to", farm / "named.yaml")
    found = load_scenarios(farm / "named.yaml").scenario_titles
    assert found["city_garden"] == "The garden of the city"
    assert list(found) == [row["name"] for row in rows(build("--named", "--format", "json"))]


def test_nothing_of_somebody_elses_is_written_over(farm, innosi):
    for option in ("--to", "--to-balance"):
        before = (farm / "balance.yaml").read_text(encoding="utf-8")
        result = innosi("build", "futures-table", farm / "futures_table.yaml", option, farm / "balance.yaml")
        assert result.exit_code == 2
        assert "was not made by this command" in result.output
        assert (farm / "balance.yaml").read_text(encoding="utf-8") == before


def test_the_next_step_is_a_balance_that_says_what_it_lacks_and_is_sound_once_it_is_filled(
    build, farm, innosi
):
    path = farm / "next" / "balance.yaml"
    build("--to-balance", path)
    text = path.read_text(encoding="utf-8")
    assert "cut: [null, null, null]  # excluded: secured (empirical)" in text
    lacking = innosi("check", path)
    assert lacking.exit_code == 2
    assert "30 faults" in lacking.output
    path.write_text(text.replace("null", "0"), encoding="utf-8")
    assert "a sound cross-impact balance" in innosi("check", path).output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Share of the survivors with each state"),
        (("--fix", "land=secured"), "“Secured for decades” (The land) leaves 30 of 324 combinations"),
        (("--diverse", "3"), "Any two of 3 futures differ in 5 of 6 descriptors or more"),
        (("--named",), "4 futures that the workshop named, among 115 of 324 combinations that survive"),
        (("--list",), "115 of 324 combinations survive the exclusions"),
    ],
)
def test_pictures_say_what_they_show(build, farm, options, said):
    build(*options, "--plot", farm / "table.svg")
    assert said in (farm / "table.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fix", "land"), "is no DESCRIPTOR=STATE"),
        (("--fix", "lands=secured"), "did you mean 'land'?"),
        (("--fix", "land=secure"), "did you mean 'secured'?"),
        (("--fix", "land=secured", "--fix", "municipal_funding=cut"), "line 50  exclusions.3"),
        (("--diverse", "1"), "Invalid value for '--diverse'"),
        (("--diverse", "116"), "ask for 115 at most"),
        (("--list", "--named"), "give one of them"),
        (("--plot", "table.png"), "ends in .svg"),
        (
            (
                "--fix",
                "land=secured",
                "--fix",
                "volunteers=steady",
                "--fix",
                "care_budgets=shrinking",
                "--named",
            ),
            "no named combination is left",
        ),
    ],
)
def test_what_cannot_be_done_is_told(innosi, farm, options, said):
    result = innosi("build", "futures-table", farm / "futures_table.yaml", *options)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split()) or said in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "content", ["", "[]", "title: x", "\0", "method: futures_table\ntitle: Ä\ndescriptors: 3\n"]
)
def test_broken_files_are_told_without_a_traceback(innosi, tmp_path, content):
    (tmp_path / "broken.yaml").write_text(content, encoding="utf-8")
    result = innosi("build", "futures-table", tmp_path / "broken.yaml")
    assert result.exit_code == 2
    assert "broken.yaml: 1 fault" in result.output


def test_an_ended_search_is_marked(innosi, tmp_path, monkeypatch):
    """Colours of a grid of 8 × 8, of which 40,724,629,633,188 survive."""
    monkeypatch.setattr("innosi.scenarios.construction.futures_table.table_file.MOST_CASES_AT_ONCE", 10)
    cells = [f"  c{r}_{c}: {{states: {{r: R, g: G, b: B}}}}" for r in range(8) for c in range(8)]
    ties = [f"{{c{r}_{c}: K, c{r}_{c + 1}: K}}" for r in range(8) for c in range(7)]
    ties += [f"{{c{r}_{c}: K, c{r + 1}_{c}: K}}" for r in range(7) for c in range(8)]
    exclusions = [
        f"- {{states: {each.replace('K', colour)}, type: logical, because: Alike.}}"
        for each in ties
        for colour in "rgb"
    ]
    head = ["method: futures_table", "title: Grid", "descriptors:"]
    text = "\n".join([*head, *cells, "exclusions:", *exclusions])
    (tmp_path / "grid.yaml").write_text(text, encoding="utf-8")
    assert "of which at least" in innosi("check", tmp_path / "grid.yaml").output
    command = ("build", "futures-table", tmp_path / "grid.yaml", "--list", "--at-most", "3")
    ended = innosi(*command, "--seconds", "0").output
    assert "not complete: its time was up; there may be more than the" in ended
    assert (
        "40,724,629,633,188 of 3,433,683,820,292,512,484,657,849,089,281 combinations"
        in innosi(*command).output
    )
