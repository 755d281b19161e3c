"""`innosi build cross-impact` and `trend-impact` as users type them, with files sound and broken."""

import json
from pathlib import Path
from shutil import copy

import pytest

from innosi.scenarios.loading.scenario_file import load_scenarios

CASE = Path(__file__).parents[2] / "examples" / "farming-futures"
ODD = """\
method: cross_impact
title: Odd
events:
  cut: {probability: 40%}
  land: {probability: 20%}
pairs_left_out: no_direct_effect
conditional:
  cut: {land: 60%}
"""
MATRIX = """\
method: cross_impact
title: In a table
events:
  a: {probability: 30%}
  b: {probability: 40%}
matrix: {file: m.csv, holds: KIND}
"""
LAND = """\
method: cross_impact
title: Land
events: {cut: {probability: 30%}}
descriptors:
  land:
    title: Land
    states: {built: {probability: 30%}, lease: {probability: 50%}, secured: {probability: 20%}}
ratios: {cut: {land=secured: 0.5, land=built: 1.5}}
"""
NAMED = """\
imports: [scenario.yaml]
overrides: {secured: {outcomes.day_structure.quantity: 25 .. 45}}
scenarios: {as_now: [], austerity: {title: Lean}, rooted: [secured]}
"""


@pytest.fixture
def farm(tmp_path):
    """A copy of the example's files."""
    for name in ("scenario.yaml", "cross_impact.yaml", "trend.yaml"):
        copy(CASE / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def changed(farm):
    """Change a file's text and give its path."""

    def change(name, old, new):
        text = (farm / name).read_text(encoding="utf-8")
        assert old in text
        (farm / "x.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return farm / "x.yaml"

    return change


def rows(result, table=0):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)[table]["rows"]


def test_simulated_events_are_shown_beside_the_exact_ones(farm, innosi):
    command = ("build", "cross-impact", "simulate", farm / "cross_impact.yaml", "--format", "json")
    found = {row["event"]: row for row in rows(innosi(*command, "--draws", "20000"))}
    for row in found.values():
        assert abs(row["simulated"] - row["exact"]) < 5 * row["standard_error"] + 1e-9
        assert row["shift"] == pytest.approx(row["exact"] - row["judged"], abs=1e-9)
    assert found["volunteers_fall_away"]["exact"] > 0.33
    assert found["dry_summers"]["shift"] == 0
    again = rows(innosi(*command, "--draws", "20000", "--workers", "3"))
    assert again == list(found.values())


def test_an_event_that_is_made_to_happen(farm, innosi):
    command = ("build", "cross-impact", "simulate", farm / "cross_impact.yaml", "--format", "json")
    found = rows(innosi(*command, "--happens", "funding_cut", "--otherwise", "dry_summers", "--draws", "500"))
    assert [row["simulated"] for row in found if row["event"] in ("funding_cut", "dry_summers")] == [1, 0]
    assert "there is no event or descriptor 'cut'" in innosi(*command, "--happens", "cut").output


def test_the_likeliest_combinations_become_scenarios(farm, innosi):
    to, plot = farm / "out" / "futures.yaml", farm / "c.svg"
    result = innosi(
        *("build", "cross-impact", "joint", farm / "cross_impact.yaml", "--share", "20%"),
        *("--to", to, "--plot", plot),
    )
    assert result.exit_code == 0, result.output
    found = load_scenarios(to)
    assert found.scenario_titles["combination_1"] == "None of the events"
    assert sum(found.scenario_probabilities.values()) == pytest.approx(1)
    assert f"innosi run {to}" in result.output
    assert "of the probability" in result.output
    assert plot.read_text(encoding="utf-8").count("The likeliest of 64 combinations") > 0


def test_smic_shows_net_probabilities_ranges_and_elasticities(farm, innosi):
    result = innosi(
        *("build", "cross-impact", "smic", farm / "cross_impact.yaml", "--scenarios", "3"),
        *("--format", "json", "--plot", farm / "s.svg"),
    )
    assert [len(rows(result, table)) for table in range(3)] == [15, 3, 7]
    for row in rows(result, 1):
        assert row["least"] <= row["probability"] <= row["most"]


def test_probabilities_that_cannot_go_together_are_shown_and_refused(tmp_path, innosi):
    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    command = ("build", "cross-impact", "joint", tmp_path / "odd.yaml")
    refused = innosi(*command)
    assert refused.exit_code == 2
    assert "P(land | cut)" in refused.stdout
    assert "lies between 0 % and 50 %" in refused.stdout
    assert "these probabilities cannot go together: 1 judgement must move" in refused.stderr
    assert innosi(*command, "--tolerance", "10%").exit_code == 0
    nearest = innosi(*command, "--nearest", "--format", "json")
    assert rows(nearest, 0)[0]["judged"] == 0.6
    for options in (("--distance", "sizes"), ("--move", "all")):
        assert innosi(*command, "--nearest", *options).exit_code == 0


@pytest.mark.parametrize("command", ["simulate", "smic"])
def test_descriptors_are_for_the_joint_distribution(command, tmp_path, innosi):
    (tmp_path / "land.yaml").write_text(LAND, encoding="utf-8")
    result = innosi("build", "cross-impact", command, tmp_path / "land.yaml")
    assert result.exit_code == 2
    assert "'land' is no event" in result.output


def test_descriptors_have_a_joint_distribution(tmp_path, innosi):
    """P(cut, land=secured) = 0.5 · 30 % · 20 % = 3 %; what is open in the block is spread by the margins."""
    (tmp_path / "land.yaml").write_text(LAND, encoding="utf-8")
    result = innosi(
        *("build", "cross-impact", "joint", tmp_path / "land.yaml"),
        *("--format", "json", "--plot", tmp_path / "l.svg"),
    )
    found = {row["combination"]: row["probability"] for row in rows(result)}
    assert found == pytest.approx(
        {
            "Land: lease": 0.365,
            "Land: secured": 0.17,
            "Land: built": 0.165,
            "cut; Land: built": 0.135,
            "cut; Land: lease": 0.135,
            "cut; Land: secured": 0.03,
        }
    )


def test_scenarios_of_a_file_are_weighted(farm, innosi):
    (farm / "named.yaml").write_text(NAMED, encoding="utf-8")
    command = ("build", "cross-impact", "weigh", farm / "cross_impact.yaml")
    result = innosi(*command, farm / "named.yaml", "--to", farm / "weighted.yaml", "--format", "json")
    found = {row["scenario"]: row["probability"] for row in rows(result)}
    assert found == pytest.approx({"as_now": 0.4025, "austerity": 0.2975, "rooted": 0.3})
    weighted = load_scenarios(farm / "weighted.yaml")
    assert weighted.scenario_probabilities == pytest.approx(found)
    assert weighted.scenario_titles["austerity"] == "Lean"
    others = innosi(*command, farm / "scenario.yaml")
    assert others.exit_code == 2
    assert "line 43" in others.output
    assert "has no scenario 'as_now'" in others.output
    own = innosi(*command, farm / "named.yaml", "--to", farm / "named.yaml")
    assert "is there already, and was not made by this command" in own.output


def test_a_panels_judgement_is_taken_by_its_mean_and_its_spread_is_told(changed, innosi):
    path = changed(
        "cross_impact.yaml", "probability: 35%", "probability: {judgement: cut, from: judgements.json}"
    )
    judgement = {
        "kind": "share",
        "distribution": {"family": "beta", "alpha": 7, "beta": 13},
        "n": 12,
        "round": 2,
    }
    study = {
        "format": "innosi-judgements/1",
        "study": {"title": "Farms", "simulated": True},
        "round": 2,
        "judgements": {"cut": judgement},
    }
    (path.parent / "judgements.json").write_text(json.dumps(study), encoding="utf-8")
    result = innosi("build", "cross-impact", "joint", path)
    assert result.exit_code == 0, result.output
    assert "P(funding_cut): the mean 0.35 of 0.188" in result.output
    assert "simulated panel of 12, round 2 of “Farms”" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("probability: 35%", "probability: 120%", 10, "more than the whole"),
        ("probability: 35%", "probability: 0", 10, "what is impossible needs no analysis"),
        ("probability: 35%", "probability:", 10, "found null"),
        ("    land_secured: 15%", "    land_secure: 15%", 35, "did you mean 'land_secured'?"),
        ("    land_secured: 15%", "    funding_cut: 15%", 35, "'funding_cut' acts on itself"),
        ("    land_secured: 15%", "    land_secured:", 35, "found null"),
        ("pairs_left_out: no_direct_effect\n", "", 32, "22 effects are missing: funding_cut on"),
        ("combinations:", "ratios: {}\ncombinations:", 42, "stands beside conditional; keep one"),
        ("rooted: {land_secured: happens}", "rooted: {land_secured: maybe}", 45, "has no state 'maybe'"),
    ],
)
def test_what_is_wrong_in_a_cross_impact_file_is_told_where_it_stands(changed, innosi, old, new, line, said):
    result = innosi("check", changed("cross_impact.yaml", old, new))
    assert result.exit_code == 2
    assert f"line {line}" in result.output
    assert said in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\nmethod: cross_impact\n", "needs two events or descriptors"),
        (LAND.replace("20%", "21%"), "add up to 101 %"),
        (LAND.replace("cut:", "land:"), "'land' is an event too"),
        (LAND.replace("land=built", "land"), "no event or descriptor=state 'land'"),
        (LAND.replace("ratios", "odds_multipliers"), "odds multipliers are for events"),
        (LAND.replace("0.5", "4"), "it is 3.33 at most"),
        (ODD.replace("probability: 40%", "probability: nan"), "cannot read 'nan'"),
    ],
)
def test_other_files_that_are_none_are_refused(text, said, tmp_path, innosi):
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    result = innosi("check", tmp_path / "x.yaml")
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("kind", ["conditional", "odds_multipliers", "ratios"])
def test_a_matrix_in_a_spreadsheets_csv_says_the_same(kind, tmp_path, innosi):
    """All three say P(b | a) = ½ of P(a) = 0.3, P(b) = 0.4: odds 1.5 times as high, a ratio of 1.25."""
    cells = {"conditional": ("50%", "0.375"), "odds_multipliers": ("1.5", "1.4"), "ratios": ("1.25", "")}[
        kind
    ]
    (tmp_path / "m.csv").write_bytes(f"\ufeff;a;b\r\na;-;{cells[0]}\r\nb;{cells[1]};\r\n".encode())
    (tmp_path / "x.yaml").write_text(MATRIX.replace("KIND", kind), encoding="utf-8")
    found = rows(innosi("build", "cross-impact", "joint", tmp_path / "x.yaml", "--format", "json"))
    assert {row["combination"]: row["probability"] for row in found} == pytest.approx(
        {"None of the events": 0.45, "b": 0.25, "a; b": 0.15, "a": 0.15}, abs=1e-6
    )


def test_a_ratio_acts_as_it_is_written_and_that_is_told(tmp_path, innosi):
    text = ODD.replace("conditional", "ratios").replace("land: 60%", "land: 2")
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    result = innosi("build", "cross-impact", "simulate", tmp_path / "x.yaml", "--draws", "500")
    assert "a ratio acts as it is written: the first on the second" in result.output


@pytest.mark.parametrize(
    ("raw", "kind", "said"),
    [
        (b"", "conditional", "m.csv: is empty"),
        (b",a,b\na,,50%\n", "conditional", "1 effect is missing: b on a"),
        (b",a,c\na,,50%\nb,30%,\n", "conditional", "m.csv line 2"),
        (b",a,b\na,,50%\na,,50%\n", "conditional", "the row 'a' stands twice"),
        (b",a,b\na,1,50%\nb,30%,\n", "conditional", "'a' acts on itself"),
        (b",a,b\na,,lots\nb,30%,\n", "conditional", "cannot read 'lots'"),
        (b",a,b\na,,50%,7\nb,30%,\n", "conditional", "'7' stands beyond the last column"),
        (b",a,b\na,,-1\nb,2,\n", "odds_multipliers", "by a number above 0"),
        (b",a,b\na,,1e300\nb,2,\n", "odds_multipliers", "a million at most"),
        (b",a,b\na,,1.5\nb,1.2,\n", "ratios", "the other way round 1.5"),
    ],
)
def test_a_broken_matrix_is_told_where_it_stands(raw, kind, said, tmp_path, innosi):
    (tmp_path / "m.csv").write_bytes(raw)
    (tmp_path / "x.yaml").write_text(MATRIX.replace("KIND", kind), encoding="utf-8")
    result = innosi("check", tmp_path / "x.yaml")
    assert result.exit_code == 2
    assert said in result.output


def test_a_trend_is_shown_drawn_and_written(farm, innosi):
    to = farm / "people.yaml"
    result = innosi(
        *("build", "trend-impact", farm / "trend.yaml", "--year", "2030", "--draws", "2000"),
        *("--to", to, "--plot", farm / "fan.svg", "--format", "json"),
    )
    fan = rows(result)
    assert [fan[0]["year"], fan[-1]["year"]] == ["2024", "2035"]
    assert fan[-1]["p05"] < fan[-1]["mean"] < fan[-1]["p95"]
    assert [row["happened_by_then"] for row in rows(result, 1)].count(0.25) == 1
    found = load_scenarios(to)
    numbers = {
        each.scenario: each.estimates["outcomes.day_structure.quantity"].distribution
        for each in found.experiments
    }
    assert numbers["surprise_free"].is_constant
    assert numbers["with_events"].interval()[0] < numbers["surprise_free"].mean
    assert "if nothing happens" in (farm / "fan.svg").read_text(encoding="utf-8")
    notes = json.loads(result.stdout)[0]["notes"]
    assert "in 2030 (90 %), if its form and its ceiling are right; that is not in the fan" in notes[1]


def test_the_spread_of_a_judged_probability_is_told(changed, innosi):
    path = changed("trend.yaml", "2035: 35%", "2035: 30% .. 40%")
    result = innosi("build", "trend-impact", path, "--draws", "500", "--format", "json")
    assert "P(funding_cut by 2035): the mean 0.349 of 0.3 .. 0.4" in json.loads(result.stdout)[1]["notes"][1]


def test_a_quantity_at_its_bound_is_told_to_be_the_same_whatever_happens(changed, farm, innosi):
    path = changed("trend.yaml", "at_least: 0", "at_least: 99")
    innosi("build", "trend-impact", path, "--draws", "500", "--plot", farm / "bound.svg")
    assert "99 participants in 2035, whatever happens" in (farm / "bound.svg").read_text(encoding="utf-8")


def test_where_nothing_is_uncertain_the_exact_mean_stands_beside(tmp_path, innosi):
    text = """\
method: trend_impact
title: Visits
unit: visits
horizon: 2030
trend: {start: 2025, value: 100, growth: 2%}
impacts_in: units
events:
  flood: {happened_by: {2025: 0%, 2030: 50%}, time_to_maximum: 0, maximum: -10}
"""
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    result = innosi("build", "trend-impact", tmp_path / "t.yaml", "--format", "json")
    last = rows(result)[-1]
    assert last["exact_mean"] == pytest.approx(100 * 1.02**5 - 5)
    assert last["mean"] == pytest.approx(last["exact_mean"], abs=0.2)
    refused = innosi("build", "trend-impact", tmp_path / "t.yaml", "--to", tmp_path / "s.yaml")
    assert refused.exit_code == 2
    assert "sets  is missing" in refused.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("horizon: 2035", "horizon: 2020", "the trend begins in 2024"),
        ("form: logistic", "form: cubic", "choose one of: linear, exponential, logistic"),
        ("  form: logistic\n", "", "is missing; `history` needs it"),
        ("ceiling: 36", "ceiling: 20", "reaches 25, and its ceiling is 20"),
        ("form: logistic", "form: linear", "is for a logistic curve"),
        ("2018: 14", "2018: many", "line 10"),
        ("2018: 14", "2018: 1e99", "write it in a larger unit"),
        ("2018: 14", "2031: 14", "has years out of order"),
        ("2018: 14", "18: 14", "'18' is no year"),
        ("impacts_in: share", "impacts_in: units", "write it without %"),
        ("{2025: 0%, 2030: 25%", "{2025: 5%, 2030: 25%", "is above 0 %; begin with the last year"),
        ("2030: 25%", "2030: 55%", "falls; what has happened"),
        ("{2025: 0%, 2030: 25%", "{2020: 0%, 2030: 25%", "before the trend's first year, 2024"),
        ("    steady_state: -40% .. -10%\n", "", "lacks `steady_state`"),
        ("time_to_first_impact: 1", "time_to_first_impact: 9", "has its times out of order"),
        ("maximum: -60% .. -20%", "maximum: -150%", "can take away more than 100 %"),
        ("at_least: 0", "at_least: 10\nat_most: 5", "is 5, and `at_least` is 10"),
        ("2025: 0%, 2030: 25%, 2035: 35%", "", "is empty; give values by year"),
        ("2025: 0%, 2030: 25%, 2035: 35%", "2025: 0%, 2030: 0%", "stays at 0 %; give a year"),
        ("2018: 14", "2018.0: 14", "'2018.0' is no year"),
        ("maximum: 15% .. 50%", "maximum: 1e300", "reaches 1e+300; write it in a larger unit"),
        ("time_to_maximum: 3 .. 6", "time_to_maximum: 1e300", "reaches 1e+300; write it in fewer years"),
        ("  ceiling: 36", "  ceiling: 36\n  start: 2024", "has history and start; keep one"),
        ("form: logistic\n  ceiling: 36", "values: {2024: 25, 2030: 30}", "has history and values"),
    ],
)
def test_what_is_wrong_in_a_trend_file_is_told_where_it_stands(changed, innosi, old, new, said):
    result = innosi("check", changed("trend.yaml", old, new))
    assert result.exit_code == 2
    assert said in result.output


def test_a_curve_that_leads_beyond_all_bounds_is_refused(changed, farm, innosi):
    text = (farm / "trend.yaml").read_text(encoding="utf-8")
    history = text[text.index("  history") : text.index("impacts_in")]
    path = changed(
        "trend.yaml", history, "  history: {2017: 1e12, 2020: 1e13, 2024: 1e14}\n  form: exponential\n"
    )
    assert "leads beyond 1e+15 participants by 2035" in innosi("check", path).output


def test_a_trend_of_given_values_reaches_the_horizon(changed, farm, innosi):
    text = (farm / "trend.yaml").read_text(encoding="utf-8")
    history = text[text.index("  history") : text.index("impacts_in")]
    short = changed("trend.yaml", history, "  values: {2024: 25, 2030: 30}\n")
    assert "must reach from the first year to the horizon, 2035" in innosi("check", short).output
    whole = changed("trend.yaml", history, "  values: {2024: 25, 2035: 20 .. 40}\n")
    found = rows(innosi("build", "trend-impact", whole, "--draws", "500", "--format", "json"))
    assert found[0]["p05"] == found[0]["p95"] == 25
    growing = changed("trend.yaml", history, "  start: 2024\n  value: 20 .. 30\n  growth: 1% .. 3%\n")
    assert innosi("build", "trend-impact", growing, "--draws", "500").exit_code == 0
