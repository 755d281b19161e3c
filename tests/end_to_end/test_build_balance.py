"""`innosi build balance`: from a workshop's file to consistent scenarios, their reasons, their simulation."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from somewhereland import BASINS, SCORES, somewhereland

from innosi.forecast.cli.build.balance import doubting
from innosi.scenarios.construction.balance import consistency
from innosi.scenarios.loading.scenario_file import load_scenarios

FARM = Path(__file__).parents[2] / "examples" / "farming-futures"
NAMED = {"city_garden", "as_we_know_it", "thrifty_years", "built_over"}


@pytest.fixture
def farm(tmp_path):
    """The example, in a folder of its own."""
    for name in ("balance.yaml", "futures_table.yaml", "scenario.yaml"):
        shutil.copy(FARM / name, tmp_path)
    return tmp_path / "balance.yaml"


@pytest.fixture
def land(tmp_path):
    """Somewhereland as a file with a matrix beside it."""
    impacts = somewhereland()
    labels = [impacts.label(row) for row in range(len(impacts.judgements))]
    rows = [";".join(["", *labels])]
    rows += [
        ";".join([label, *(f"{cell:g}" for cell in row)])
        for label, row in zip(labels, impacts.judgements, strict=True)
    ]
    (tmp_path / "matrix.csv").write_text("\ufeff" + "\r\n".join(rows), encoding="utf-8")
    states = "".join(
        f"  {name}: {{states: {{{', '.join(f'{each}: ' for each in group)}}}}}\n"
        for name, group in impacts.states.items()
    )
    path = tmp_path / "land.yaml"
    path.write_text(
        f"method: cross_impact_balance\ntitle: Somewhereland\nmatrix: matrix.csv\ndescriptors:\n{states}"
        "sections_left_out: no_influence\n"
    )
    return path


def shown(result):
    """The tables of a command that printed JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_published_scenarios_scores_and_basins_of_somewhereland(land, innosi):
    table, *_ = shown(innosi("build", "balance", "scenarios", land, "--format", "json"))
    found = {" ".join(row[name] for name in "ABCDEF"): row for row in table["rows"]}
    assert {name: row["score"] for name, row in found.items()} == SCORES
    assert {name: round(row["basin"] * 486) for name, row in found.items()} == BASINS
    assert {row["inconsistency"] for row in found.values()} == {0}
    assert table["title"] == "Somewhereland: 10 of 486 scenarios are consistent"


def test_the_example_has_a_few_consistent_scenarios_and_tells_what_is_wrong_with_a_named_one(farm, innosi):
    table, named = shown(innosi("build", "balance", "scenarios", farm, "--format", "json"))
    names = {row["scenario"] for row in table["rows"]}
    assert names > NAMED
    assert 3 <= len(names) <= 8
    assert {(row["scenario"], row["descriptor"], row["rival"]) for row in named["rows"]} == {
        ("self_help", "municipal_funding", "raised"),
        ("self_help", "volunteers", "steady"),
    }


def test_a_tolerance_lets_more_scenarios_pass_and_a_filter_fewer(farm, innosi):
    exact, *_ = shown(innosi("build", "balance", "scenarios", farm, "--format", "json"))
    within = shown(innosi("build", "balance", "scenarios", farm, "--tolerance", 1, "--format", "json"))
    states = {tuple(row.values())[2:8] for row in exact["rows"]}
    more = {tuple(row.values())[2:8] for row in within[0]["rows"]}
    assert states < more
    assert len(within) == 1  # self_help is inconsistent by 1
    assert max(row["inconsistency"] for row in within[0]["rows"]) == 1
    options = ("--with", "labour_market=tight", "--with", "land=secured")
    some, *_ = shown(innosi("build", "balance", "scenarios", farm, *options, "--format", "json"))
    assert [row["scenario"] for row in some["rows"]] == ["city_garden"]


def test_holding_a_state_shows_what_comes_and_goes(farm, innosi):
    options = ("--fix", "municipal_funding=raised", "--format", "json")
    table, change, *_ = shown(innosi("build", "balance", "scenarios", farm, *options))
    verdicts = {row["scenario"]: row["it"] for row in change["rows"]}
    assert verdicts == {
        "city_garden": "stays",
        "scenario_333221": "comes",
        "scenario_121312": "goes",
        "built_over": "goes",
        "as_we_know_it": "goes",
        "thrifty_years": "goes",
    }
    assert {row["municipal_funding"] for row in table["rows"]} == {"raised"}
    assert sum(row["basin"] for row in table["rows"]) == pytest.approx(1)


def test_scenarios_are_simulated_with_their_overrides_and_weights(farm, innosi):
    to = farm.parent / "out" / "scenarios.yaml"
    result = innosi("build", "balance", "scenarios", farm, "--to", to, "--weight", "basin")
    assert result.exit_code == 0, result.output
    assert f"{to}: 5 scenarios, 12 sets of overrides; innosi run {to}" in result.output
    found = load_scenarios(to)
    table, *_ = shown(innosi("build", "balance", "scenarios", farm, "--format", "json"))
    basins = {row["scenario"]: row["basin"] for row in table["rows"]}
    total = sum(basins.values())
    assert found.scenario_probabilities == pytest.approx(
        {name: each / total for name, each in basins.items()}
    )
    assert found.scenario_titles["city_garden"] == "The garden of the city"
    subsidy = found.experiment("city_garden", None).estimates["inputs.subsidy.amount"].distribution
    assert tuple(map(float, subsidy.interval(0.9))) == pytest.approx((90_000, 140_000))
    ran = innosi("run", to, "--draws", 100, "--to", farm.parent / "run")
    assert ran.exit_code == 0, ran.output
    assert all(name in ran.output for name in basins)


def test_given_weights_are_those_of_the_file_and_one_that_is_missing_is_told(farm, innosi):
    to = farm.parent / "scenarios.yaml"
    result = innosi("build", "balance", "scenarios", farm, "--to", to, "--weight", "given")
    assert result.exit_code == 2
    assert "'scenario_121312' has no weight; name it under `scenarios:`" in result.output
    assert "care_budgets: paid_by_results" in result.output
    assert not to.exists()
    states = re.search(r"states: \{[^}]+\}", result.output)[0]
    farm.write_text(
        farm.read_text(encoding="utf-8") + f"  patchwork: {{{states}, weight: 10}}\n", encoding="utf-8"
    )
    assert innosi("build", "balance", "scenarios", farm, "--to", to, "--weight", "given").exit_code == 0
    weights = {"city_garden": 2, "as_we_know_it": 4, "thrifty_years": 3, "built_over": 1, "patchwork": 10}
    assert load_scenarios(to).scenario_probabilities == pytest.approx({k: v / 20 for k, v in weights.items()})


def test_a_name_by_numbers_means_the_same_whatever_else_is_found(farm, innosi):
    """Neither an intervention nor a tolerance changes it, and every command knows it."""
    told = {}
    for options in ((), ("--tolerance", 2), ("--fix", "land=secured"), ("--with", "volunteers=few")):
        table, *_ = shown(innosi("build", "balance", "scenarios", farm, *options, "--format", "json"))
        for row in table["rows"]:
            states = tuple(list(row.values())[2:8])
            assert told.setdefault(row["scenario"], states) == states
    assert told["scenario_121312"][1:4] == ("yearly_lease", "few", "paid_by_results")
    settled, *_ = shown(innosi("build", "balance", "attractors", farm, "--format", "json"))
    assert "scenario_121312" in {row["settles_in"] for row in settled["rows"]}
    inconsistent = shown(innosi("build", "balance", "why", farm, "scenario_111111", "--format", "json"))
    assert inconsistent[0]["title"].startswith("Houses on the fields (built_over)")


def test_a_scenario_is_followed_and_explained_with_what_is_held(farm, innosi):
    options = ("--fix", "land=secured", "--format", "json")
    _, steps = shown(innosi("build", "balance", "attractors", farm, "--from", "self_help", *options))
    assert {row["land"] for row in steps["rows"]} == {"secured"}
    reasons, margins = shown(innosi("build", "balance", "why", farm, "self_help", *options))
    assert "land" not in {row["descriptor"] for row in (*reasons["rows"], *margins["rows"])}
    assert reasons["notes"][-1].endswith("It is held.")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "scw"])
def test_a_matrix_alone_or_a_project_has_the_scenarios_of_the_balance_it_came_from(
    suffix, farm, tmp_path, innosi
):
    matrix = tmp_path / f"matrix.{suffix}"
    assert innosi("build", "balance", "convert", farm, "--to", matrix).exit_code == 0
    (found, *_) = shown(innosi("build", "balance", "scenarios", matrix, "--format", "json"))
    (known, *_) = shown(innosi("build", "balance", "scenarios", farm, "--format", "json"))
    scores = [sorted(row["score"] for row in table["rows"]) for table in (found, known)]
    assert scores[0] == scores[1]
    assert len(scores[0]) == 5
    missing = innosi("build", "balance", "scenarios", tmp_path / f"none.{suffix}")
    assert missing.exit_code == 2
    assert "no such file" in missing.output


def test_a_search_that_is_cut_off_says_so_everywhere_and_is_not_handed_on(farm, innosi, monkeypatch):
    to = farm.parent / "scenarios.yaml"
    result = innosi("build", "balance", "scenarios", farm, "--at-most", 2, "--to", to)
    assert result.exit_code == 2
    assert "INCOMPLETE: there are more than 2" in result.stderr
    assert "INCOMPLETE: Urban farming in Utrecht, 2035: 2 found so far among 324 scenarios" in result.stdout
    assert "these are not all consistent scenarios" in result.stderr
    assert not to.exists()
    table, *_ = shown(innosi("build", "balance", "scenarios", farm, "--at-most", 2, "--format", "json"))
    assert table["title"].startswith("INCOMPLETE")
    assert table["notes"][0].startswith("INCOMPLETE")
    for options in ((), ("--fix", "land=secured")):
        lines = innosi(
            "build", "balance", "scenarios", farm, "--at-most", 1, *options, "--format", "csv"
        ).stdout.splitlines()
        assert lines[0].endswith(",search")
        assert lines[1].endswith(",INCOMPLETE")
    monkeypatch.setattr(consistency, "consistent_scenarios", interrupted(consistency.consistent_scenarios))
    result = innosi("build", "balance", "scenarios", farm)
    assert result.exit_code == 0
    assert "INCOMPLETE: the search was interrupted" in result.output
    for command in ("shocks", "landscape", "errors"):
        few = ("--trials", 10) if command != "landscape" else ()
        table, *_ = shown(innosi("build", "balance", command, farm, *few, "--format", "json"))
        assert table["title"].startswith("INCOMPLETE"), command
        assert {row["search"] for row in table["rows"]} == {"INCOMPLETE"}


def test_more_scenarios_than_can_be_followed_are_told(farm, innosi, monkeypatch):
    monkeypatch.setattr(doubting, "MOST_FOLLOWED", 2)
    found = shown(innosi("build", "balance", "errors", farm, "--trials", 10, "--format", "json"))
    assert len(found) == 1  # scenarios that are not followed are no newcomers
    assert len(found[0]["rows"]) == 2
    assert found[0]["notes"][0].startswith("INCOMPLETE: these are the first 2 of 5 scenarios")


def interrupted(search):
    """A search during which somebody presses Ctrl-C once something was found."""

    def stop(progress):
        raise KeyboardInterrupt

    return lambda *args, **kwargs: search(*args, **{**kwargs, "on_progress": stop})


def test_why_tells_pros_and_cons_in_words_and_what_would_break_it(farm, innosi):
    result = innosi("build", "balance", "why", farm, "self_help")
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "We do it ourselves (self_help) is not consistent, by municipal_funding, volunteers" in words
    assert "But “Raised” is promoted more, by 1: this does not hold." in words
    assert "The labour market: Slack. Nothing acts on it in this scenario: any state would do." in words
    reasons, margins = shown(innosi("build", "balance", "why", farm, "city_garden", "--format", "json"))
    own = next(row for row in reasons["rows"] if row["descriptor"] == "land" and row["own"])
    assert (own["state"], own["score"]) == ("secured", 6)
    assert (
        own["promoted_by"]
        == "municipal_funding=raised +3, local_demand=local_taste +2, care_budgets=paid_by_results +1"
    )
    assert [row["margin"] for row in margins["rows"]] == sorted(row["margin"] for row in margins["rows"])


def test_a_scenario_may_be_told_by_its_states_or_its_number(farm, innosi):
    states = (
        "municipal_funding=cut,land=yearly_lease,volunteers=few,care_budgets=paid_by_results,"
        "local_demand=cheap_food,labour_market=tight"
    )
    by_states = shown(innosi("build", "balance", "why", farm, states, "--format", "json"))
    by_number = shown(innosi("build", "balance", "why", farm, "scenario_121312", "--format", "json"))
    assert by_states[0]["rows"] == by_number[0]["rows"]


def test_attractors_are_scenarios_and_cycles_and_a_path_leads_to_one(farm, innosi):
    found, steps = shown(
        innosi("build", "balance", "attractors", farm, "--from", "self_help", "--format", "json")
    )
    assert {row["settles_in"] for row in found["rows"]} >= NAMED
    assert sum(row["basin"] for row in found["rows"]) == pytest.approx(1)
    assert found["title"].endswith("global succession settles in 5 scenarios and 3 cycles")
    assert steps["rows"][-1]["inconsistency"] == 0
    assert steps["notes"] == ["it stays there"]
    slow = ("--succession", "adiabatic", "--slow", "land,labour_market", "--slow", "care_budgets")
    assert innosi("build", "balance", "attractors", farm, *slow).exit_code == 0
    sampled, *_ = shown(innosi("build", "balance", "attractors", farm, "--starts", 500, "--format", "json"))
    assert all(row["error"] > 0 for row in sampled["rows"])
    assert "from a random 500 scenarios, standard error at most" in sampled["notes"][0]


def test_shocks_tell_what_holds_and_what_comes_back(farm, innosi):
    command = ("build", "balance", "shocks", farm, "--trials", 200, "--format", "json")
    (table,) = shown(innosi(*command))
    holds = [row["holds"] for row in table["rows"]]
    assert holds == sorted(holds, reverse=True)
    assert shown(innosi(*command))[0] == table  # a seed is a seed
    assert shown(innosi(*command, "--seed", 1))[0] != table
    assert {row["holds"] for row in shown(innosi(*command, "--strength", 0))[0]["rows"]} == {1}
    one, pushes = shown(innosi(*command, "--scenario", "city_garden"))
    assert len(pushes["rows"]) == 2 + 2 + 2 + 2 + 1 + 1
    assert one["rows"][0]["comes_back"] == pytest.approx(sum(r["comes_back"] for r in pushes["rows"]) / 10)


def test_the_tableau_and_the_map_are_drawn_with_their_findings(farm, innosi):
    tableau, landscape = farm.parent / "tableau.svg", farm.parent / "landscape.svg"
    assert innosi("build", "balance", "scenarios", farm, "--plot", tableau).exit_code == 0
    text = tableau.read_text(encoding="utf-8")
    assert "5 futures hang together, in 3 families; “Thrifty years” attracts the most (31 %)" in text
    assert "city_garden (family 1, basin 20 %): municipal_funding raised" in text
    table, *_ = shown(innosi("build", "balance", "landscape", farm, "--plot", landscape, "--format", "json"))
    nearest = {row["scenario"]: (row["nearest"], row["n_apart"]) for row in table["rows"]}
    assert nearest["thrifty_years"] == ("as_we_know_it", 2)
    assert (
        "5 futures hang together, in 3 families; the two nearest differ in 2 drivers"
        in landscape.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    ("options", "finding"),
    [
        (("attractors",), "“Thrifty years” attracts the most (31 %); 30 % go round in 3 cycles"),
        (
            ("attractors", "--fix", "land=built_over"),
            "“kept, built over, few, steady, cheap food, slack” attracts",
        ),
        (("attractors", "--starts", 50), "go round in"),
        (("shocks", "--strength", 0, "--trials", 3), "5 of 5 scenarios hold in half of the trials or more"),
        (("shocks", "--scenario", "city_garden", "--trials", 3), "1 of 1 scenario holds"),
        (("why", "city_garden"), "least firmly by “Volunteers”: ahead of “As many as now” by 1"),
        (
            ("why", "self_help"),
            "“We do it ourselves” does not hold together: “Funding by the municipality” would",
        ),
        (("why", "self_help", "--tolerance", 1), "is promoted more, by 1, which the tolerance allows"),
        (("errors", "--trials", 10), "When judgements err,"),
    ],
)
def test_a_picture_states_its_finding_in_words_of_the_workshop(options, finding, farm, innosi):
    path = farm.parent / "drawn.svg"
    command, *others = options
    result = innosi("build", "balance", command, farm, *others, "--plot", path)
    assert result.exit_code == 0, result.output
    title = ElementTree.parse(path).findtext("{http://www.w3.org/2000/svg}title")
    assert finding in title
    drawn = path.read_text("utf-8")
    assert "city_garden" not in drawn.partition("</desc>")[2]


def test_nothing_consistent_is_said_and_drawn_too(innosi, tmp_path):
    """Each follows the other's opposite: nothing holds, and all go round."""
    path = tmp_path / "round.yaml"
    path.write_text(
        "method: cross_impact_balance\ntitle: Round\ndescriptors:\n  a: {states: {x: , y: }}\n"
        "  b: {states: {p: , q: }}\njudgements:\n  a: {b: {x: [1, -1], y: [-1, 1]}}\n"
        "  b: {a: {p: [-1, 1], q: [1, -1]}}\n"
    )
    plot = tmp_path / "tableau.svg"
    result = innosi("build", "balance", "scenarios", path, "--plot", plot)
    assert result.exit_code == 0, result.output
    assert "0 of 4 scenarios are consistent" in result.output
    assert "no scenario is consistent" in plot.read_text(encoding="utf-8")
    assert "settles in 0 scenarios and 1 cycle" in innosi("build", "balance", "attractors", path).output
    for command in ("shocks", "landscape"):
        result = innosi("build", "balance", command, path)
        assert "no scenario is consistent; allow for a --tolerance" in result.output
    result = innosi("build", "balance", "scenarios", path, "--to", tmp_path / "s.yaml")
    assert (result.exit_code, "no scenario is consistent" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("scenarios", "--with", "land"), "'land' is no DESCRIPTOR=STATE"),
        (
            ("scenarios", "--with", "land=secured", "--with", "land=built_over"),
            "cannot be secured and built_over",
        ),
        (("scenarios", "--with", "land=secured", "--fix", "land=built_over"), "--fix holds land=built_over"),
        (("scenarios", "--with", "lant=secured"), "'lant' is no descriptor"),
        (("scenarios", "--fix", "land=secure"), "'secure' is no state of 'land'"),
        (("scenarios", "--tolerance", "-1"), "-1"),
        (("scenarios", "--tolerance", "nan"), "nan"),
        (("scenarios", "--strength", "2"), "No such option"),
        (("attractors", "--succession", "adiabatic"), "which descriptors are slow"),
        (("attractors", "--slow", "land"), "knows no slow descriptors"),
        (("attractors", "--from", "nobody"), "no scenario is called 'nobody'"),
        (("attractors", "--from", "land=secured"), "the scenario lacks a state for"),
        (
            ("shocks", "--scenario", "self_help"),
            "'self_help' is not among the consistent scenarios; see",
        ),
        (("why", "scenario_921312"), "no scenario is called 'scenario_921312'"),
        (("why", "land=secured,land=leased"), "land cannot be secured and leased at once"),
        (("attractors", "--from", "self_help", "--fix", "land=lost"), "'lost' is no state of 'land'"),
        (("scenarios", "--plot", "tableau.png"), "is no SVG file"),
        (("scenarios", "--weight", "equal"), "--weight weighs the scenarios that --to writes; give both"),
    ],
)
def test_what_cannot_be_done_is_told_without_a_traceback(arguments, message, farm, innosi):
    command, *options = arguments
    result = innosi("build", "balance", command, farm, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_what_the_futures_table_excludes_stands_beside_a_scenario_and_may_be_left_out(farm, innosi):
    whole, *_ = shown(innosi("build", "balance", "scenarios", farm, "--format", "json"))
    excluded = {row["scenario"]: row["excluded_by"] for row in whole["rows"] if row["excluded_by"]}
    assert excluded == {"scenario_121312": "line 59 (empirical), line 65 (normative), line 68 (normative)"}
    left, *_ = shown(innosi("build", "balance", "scenarios", farm, "--possible", "--format", "json"))
    assert {row["scenario"] for row in left["rows"]} == {row["scenario"] for row in whole["rows"]} - set(
        excluded
    )
    assert "4 of 324 scenarios are consistent and possible" in left["title"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("none.yaml", "futures_table +none.yaml: no such file"),
        ("balance.yaml", "balance.yaml is no futures table"),
        ("renamed.yaml", "renamed.yaml excludes 'land=taken' on line 44"),
    ],
)
def test_a_futures_table_that_does_not_fit_is_told(table, said, farm, innosi):
    text = (farm.parent / "futures_table.yaml").read_text(encoding="utf-8")
    renamed = text.replace("built_over", "taken")
    (farm.parent / "renamed.yaml").write_text(renamed, encoding="utf-8")
    balance = farm.read_text(encoding="utf-8").replace(
        "futures_table: futures_table.yaml", f"futures_table: {table}"
    )
    farm.write_text(balance, encoding="utf-8")
    result = innosi("build", "balance", "scenarios", farm)
    assert result.exit_code == 2
    assert re.search(said, result.output), result.output
    alone = balance.replace(f"futures_table: {table}\n", "")
    farm.write_text(alone, encoding="utf-8")
    result = innosi("build", "balance", "scenarios", farm, "--possible")
    assert result.exit_code == 2
    assert "names no futures table" in result.output


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_empty_matrix_is_made_before_there_are_judgements_and_counts_as_empty(suffix, farm, innosi):
    text = farm.read_text(encoding="utf-8")
    head = text[: text.index("judgements:")].replace("sections_left_out: no_influence\n", "")
    farm.write_text(f"{head}matrix: mine.{suffix}\n", encoding="utf-8")
    result = innosi("build", "balance", "convert", farm, "--empty", "--to", farm.parent / f"mine.{suffix}")
    assert "16 states, no judgements" in result.output
    missing = innosi("build", "balance", "scenarios", farm)
    assert missing.exit_code == 2
    assert "municipal_funding, land" in missing.output
    again = innosi("build", "balance", "convert", farm, "--empty", "--to", farm.parent / f"mine.{suffix}")
    assert again.exit_code == 2
    assert "is there already" in again.output
