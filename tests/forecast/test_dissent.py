"""Dissent: camps, outliers, groups, desirability and clusters, on published values and planted structure."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression, linprog

from innosi.forecast.answers.importing import ImportOptions, import_answers
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.cli import cli
from innosi.forecast.questions import Question
from innosi.forecast.statistics.bipolarity import (
    _rising,
    bipolarity,
    dip_statistic,
    dip_test,
    unimodality_test,
)
from innosi.forecast.statistics.clusters import cluster_panel, silhouette
from innosi.forecast.statistics.dissent import (
    desirability_bias,
    desirability_pairs,
    dissent_of_round,
    standard_deviation_change,
)
from innosi.forecast.statistics.group_differences import group_differences
from innosi.forecast.statistics.outliers import arguments_of, outliers_of
from innosi.forecast.store.answers import load_answers
from innosi.forecast.study import load_study
from innosi.models.errors import AnswerError

RNG = np.random.default_rng(4)


def dip_by_linear_programming(values):
    """The definition itself: the least d with a unimodal G within d of the distribution function."""
    x = np.unique(values)
    n = len(values)
    above = np.searchsorted(np.sort(values), x, side="right") / n
    below = np.searchsorted(np.sort(values), x, side="left") / n
    best = math.inf
    for mode in range(x.size):
        k = x.size
        rows, bounds = [], []
        for i in range(k):
            unit = np.zeros(k + 1)
            unit[i] = 1
            upper, lower = unit.copy(), -unit
            upper[-1] = lower[-1] = -1
            rows += [upper, lower]  # G may jump at the mode, and there only
            bounds += [above[i], -above[i]] if i == mode else [below[i], -above[i]]
        if mode:
            before_jump = np.zeros(k + 1)  # where the convex side leads just before the mode
            before_jump[mode - 1], before_jump[-1] = 1, -1
            if mode > 1:
                further = (x[mode] - x[mode - 1]) / (x[mode - 1] - x[mode - 2])
                before_jump[mode - 1] += further
                before_jump[mode - 2] -= further
            rows.append(before_jump)
            bounds.append(below[mode])
        for i in range(1, k - 1):
            slopes = np.zeros(k + 1)
            slopes[i - 1] = 1 / (x[i] - x[i - 1])
            slopes[i + 1] = 1 / (x[i + 1] - x[i])
            slopes[i] = -slopes[i - 1] - slopes[i + 1]
            if i < mode:
                rows.append(-slopes)
            elif i > mode:
                rows.append(slopes)
            else:
                continue
            bounds.append(0)
        found = linprog(
            [*[0] * k, 1], np.array(rows), bounds, bounds=[(None, None)] * k + [(0, None)], method="highs"
        )
        best = min(best, found.fun)
    return best


def test_the_dip_of_equal_halves_and_of_a_line():
    """Hartigan & Hartigan (1985): at least 1 / (2n), at most ¼."""
    assert dip_statistic([0] * 5 + [1] * 5) == 0.25
    assert dip_statistic(np.arange(8)) == pytest.approx(1 / 16)
    assert dip_statistic([3, 3, 3]) == pytest.approx(1 / 6)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=20, unique=True), st.floats(0.1, 5), st.floats(-3, 3))
def test_the_dip_knows_no_unit_and_stays_in_its_range(values, scale, shift):
    dip = dip_statistic(values)
    assert 1 / (2 * len(values)) - 1e-12 <= dip <= 0.25
    moved = np.round(np.array(values) * 1000) / 1000
    if np.unique(moved).size == len(values):
        assert dip_statistic(moved * scale + shift) == pytest.approx(dip_statistic(moved), abs=1e-6)


def test_isotonic_regression_is_scipys():
    for _ in range(30):
        counts = RNG.integers(0, 9, (1, 7)).astype(float)
        assert _rising(counts)[0] == pytest.approx(isotonic_regression(counts[0]).x)


def test_two_camps_are_found_and_one_is_not():
    camps = bipolarity([1] * 5 + [2] + [5] * 5 + [4], (1, 5))
    assert camps.test.p_value < 0.05
    assert (camps.camps.n_lower, camps.camps.n_upper, camps.camps.smaller) == (6, 6, 0.5)
    assert camps.words == "two camps: 6 around 1, 6 around 5"
    assert bipolarity([2, 3, 3, 3, 4, 4, 3, 2], (1, 5)).words == "one camp, as far as the answers tell"
    apart = bipolarity(np.concatenate([RNG.normal(0, 1, 15), RNG.normal(8, 1, 15)]))
    assert apart.test.name == "Hartigan's dip"
    assert (apart.camps.n_lower, apart.camps.n_upper) == (15, 15)


def test_a_panel_with_one_mode_is_seldom_split():
    ratings = [RNG.multinomial(30, [0.05, 0.2, 0.35, 0.25, 0.15]) for _ in range(100)]
    assert np.mean([unimodality_test(each, n_draws=199).p_value < 0.05 for each in ratings]) <= 0.08
    numbers = [RNG.normal(size=25) for _ in range(60)]
    assert np.mean([dip_test(each).p_value < 0.05 for each in numbers]) <= 0.08


def test_numbers_that_tie_are_tested_in_stretches():
    found = bipolarity([10, 10, 10, 20, 20, 20, 30, 30, 15, 15])
    assert "stretches" in found.test.name
    assert found.camps is None


def test_few_alike_or_no_answers_cannot_be_told():
    assert bipolarity([1, 5], (1, 5)).words == "cannot be told: it needs 4 answers or more"
    assert bipolarity([3] * 6, (1, 5)).test.reason == "all answers are alike"
    assert dip_test([]).reason == "nobody answered"


def answers_to(question, values, reasons=None, number=1):
    said = reasons or [""] * len(values)
    answers = Answers.of(
        Answer(number, f"p{i:02d}", question.name, (float(value),), why)
        for i, (value, why) in enumerate(zip(values, said, strict=True))
    )
    return answers.to(question, number)


RATING = Question("q", "?", "rating", scale=(1, 9), low=1, high=9)
NUMBER = Question("x", "?", "quantity")


def test_outliers_are_named_with_their_arguments():
    given_ = answers_to(RATING, [7, 7, 8, 8, 7, 2, 8], ["a", "", "", "", "", "too dear", "now"])
    found = outliers_of(given_)
    assert [(each.panellist, each.answer, each.reason) for each in found] == [("p05", 2, "too dear")]
    numbers = outliers_of(answers_to(NUMBER, [10, 11, 12, 10, 11, 40, 9]))
    assert [(each.panellist, each.answer) for each in numbers] == [("p05", 40)]
    assert numbers[0].robust_z == pytest.approx((40 - 11) / 1.4826)
    assert outliers_of(answers_to(NUMBER, [1, 2, 90])) == ()


def test_arguments_of_both_sides_have_no_names():
    said = arguments_of(answers_to(RATING, [2, 5, 5, 5, 8], ["no", "well", "", "", "yes"]))
    assert (said.below, said.within, said.above) == (("no",), ("well",), ("yes",))


def test_convergence_is_the_change_of_the_deviation():
    change = standard_deviation_change([1, 5, 9, 3, 7], [4, 5, 6, 4, 6])
    assert change.value == pytest.approx(1 - math.sqrt(10))
    assert change.high < 0
    assert math.isnan(standard_deviation_change([1], [2]).value)


STUDY = """\
title: A split panel
panel:
  minimum_group_size: 5
  groups: {town: Town, country: Country, elsewhere: Elsewhere}
  members: {MEMBERS}
questions:
  garden:
    text: A garden on every roof
    type: multi_rating
    scales: {probability: {low: 1, high: 9}, desirability: {low: 1, high: 9}}
  cost: {text: What does it cost?, type: quantity}
  way: {text: How?, type: choice, options: [tax, grant]}
"""


@pytest.fixture
def split(tmp_path):
    groups = ["town"] * 8 + ["country"] * 8 + ["elsewhere"] * 5
    members = ", ".join(f"p{i:02d}: {group}" for i, group in enumerate(groups))
    (tmp_path / "study.yaml").write_text(STUDY.replace("MEMBERS", members), encoding="utf-8")
    study = load_study(tmp_path / "study.yaml")
    rows = ["panellist,garden.probability,garden.desirability,garden.reason,cost,way"]
    for i, group in enumerate(groups):
        level = {"town": 8, "country": 2, "elsewhere": 5}[group]
        reason = "roofs are free" if group == "town" else "fields are better"
        rows.append(
            f"p{i:02d},{level},{min(9, level + 1)},{reason},{100 + 10 * i},{'tax' if i % 3 else 'grant'}"
        )
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    import_answers(study, path, ImportOptions(number=1))
    return study, load_answers(study)


def test_groups_are_compared_question_by_question_and_pair_by_pair(split):
    found = {each.question: each for each in group_differences(*split, 1)}
    garden = found["garden.probability"]
    assert garden.test.name == "Kruskal–Wallis"
    assert garden.p_corrected >= garden.test.p_value
    assert dict(garden.medians) == {"town": 8, "country": 2, "elsewhere": 5}
    assert garden.effect > 0.8
    first = garden.pairs[0]
    assert (first.one, first.other, first.effect) == ("town", "country", 1.0)
    assert found["way"].effect_name == "Cramér's V"


def test_wishful_thinking_is_a_rank_correlation(split):
    study, answers = split
    pairs = desirability_pairs(study)
    assert pairs == {"garden.probability": "garden.desirability"}
    found = desirability_bias(study, answers, 1, pairs)[0]
    assert found.correlation.value > 0.95
    assert found.p_value < 0.001
    with pytest.raises(AnswerError, match="name a part"):
        desirability_bias(study, answers, 1, {"garden": "cost"})


def test_clusters_are_those_that_were_planted(split):
    study, answers = split
    found = cluster_panel(study, answers, 1, questions=("garden",))
    assert [len(each.panellists) for each in found.clusters] == [8, 8, 5]
    assert "3 clusters have the highest mean silhouette" in found.words
    words = {each.words for each in found.clusters}
    assert "higher on garden.probability, higher on garden.desirability" in words
    town = next(each for each in found.clusters if "p00" in each.panellists)
    assert town.arguments == ("roofs are free",)
    assert dict(town.centre)["garden.probability"] == 8


def test_small_clusters_are_not_shown(split):
    study, answers = split
    found = cluster_panel(study, answers, 1, questions=("cost",), n_clusters=5)
    small = [each for each in found.clusters if len(each.panellists) < 5]
    assert small
    assert all(not each.centre and not each.arguments for each in small)
    with pytest.raises(AnswerError, match="none of these questions has numbers"):
        cluster_panel(study, answers, 1, questions=("way",))


def test_the_silhouette_by_its_definition():
    points, labels = RNG.normal(size=(9, 2)), np.array([1, 1, 1, 2, 2, 2, 2, 3, 3])
    scores = []
    for i in range(9):
        apart = np.sqrt(np.sum((points - points[i]) ** 2, axis=1))
        own = apart[(labels == labels[i]) & (np.arange(9) != i)].mean()
        other = min(apart[labels == each].mean() for each in {1, 2, 3} - {labels[i]})
        scores.append((other - own) / max(own, other))
    assert silhouette(points, labels) == pytest.approx(np.mean(scores))


@settings(max_examples=20)
@given(st.lists(st.integers(1, 9), min_size=5, max_size=20), st.randoms())
def test_who_said_it_does_not_matter(values, random):
    shuffled = random.sample(values, len(values))
    one, other = (bipolarity(each, (1, 9)) for each in (values, shuffled))
    assert (repr(one.test), one.camps) == (repr(other.test), other.camps)
    far, again = (
        sorted(each.answer for each in outliers_of(answers_to(RATING, v))) for v in (values, shuffled)
    )
    assert far == again


def run(study, *arguments, code=0):
    result = CliRunner().invoke(cli, ["delphi", "dissent", str(study.path), *arguments])
    assert result.exit_code == code, result.output
    return result


def test_the_command_shows_and_draws_dissent(split, tmp_path):
    study, answers = split
    plot = tmp_path / "dissent.svg"
    arguments = ("--groups", "--clusters", "--questions", "garden", "--plot", str(plot), "--format", "json")
    tables = {each["title"]: each for each in json.loads(run(study, *arguments).stdout)}
    camps = tables["A split panel: dissent in the panel, Round 1"]["rows"]
    assert [row["question"] for row in camps] == ["garden.probability", "garden.desirability", "cost", "way"]
    assert tables["wishful thinking"]["rows"][0]["n"] == 21
    assert tables["clusters"]["rows"][0]["n"] == 8
    assert "Kruskal–Wallis" in {row["test"] for row in tables["groups"]["rows"]}
    assert "Country" in plot.read_text(encoding="utf-8")
    one = run(study, "--question", "garden.probability").stdout
    assert "roofs are free" in one
    assert "p00" not in one
    assert "did you mean 'garden'" in run(study, "--question", "gaden", code=2).stderr
    assert len(dissent_of_round(study, answers)) == 4


def test_a_group_that_is_too_small_is_not_compared(split):
    study, answers = split
    kept = Answers.of(each for each in answers.by_place.values() if each.panellist < "p20")
    found = {each.question: each for each in group_differences(study, kept, 1)}
    assert found["cost"].hidden == ("country", "elsewhere") or found["cost"].hidden == ("town", "elsewhere")
    assert found["cost"].test.reason == "fewer than two groups may be shown"


def test_the_dip_is_the_least_distance_to_one_mode():
    for _ in range(25):
        values = RNG.random(int(RNG.integers(4, 9)))
        assert dip_statistic(values) == pytest.approx(dip_by_linear_programming(values), abs=1e-5)
