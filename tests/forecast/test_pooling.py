import csv
import math
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.pooling.aggregations import (
    AGGREGATIONS,
    beta_transformed_mean,
    interval_width_weighted_mean,
    mean,
    mean_log_odds,
)
from innosi.forecast.pooling.idea import standardise
from innosi.forecast.pooling.individual import fitted_to, minimum_information
from innosi.forecast.pooling.pools import empirical_pool, level_pool, linear_pool, vincent_average
from innosi.forecast.pooling.questions import METHODS, pool
from innosi.forecast.pooling.three_points import ThreePoints
from innosi.forecast.questions import Question
from innosi.models.distributions import Constant, Normal, Uniform, parse_distribution
from innosi.models.errors import AnswerError

LEVELS = (0.05, 0.5, 0.95)
SHARE = Question("p", "?", "probability", "three_point", confidence=0.8, kind="share", low=0.0, high=1.0)
NAMES = {
    "ArMean": "mean",
    "Median": "median",
    "LOArMean": "mean_log_odds",
    "BetaArMean": "beta_transformed_mean",
    "IntWAgg": "interval_width_weighted_mean",
}


def rows_of(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def expected_scores():
    # data_confidence_scores of the R package aggreCAT (MIT, see examples/replicats/LICENSE-aggreCAT).
    for row in rows_of(Path(__file__).parent / "data" / "aggrecat_confidence_scores.csv"):
        yield pytest.param(
            NAMES[row["method"]], row["paper_id"], float(row["cs"]), id=f"{row['method']}-{row['paper_id']}"
        )


@pytest.fixture(scope="module")
def judgements():
    by_paper = {}
    for row in rows_of(files("innosi.examples") / "replicats" / "answers.csv"):
        if row["round"] == "round_2":
            by_paper.setdefault(row["paper_id"], []).append([float(row[part]) for part in "LBU"])
    return {paper: np.array(values).T for paper, values in by_paper.items()}


@pytest.mark.parametrize(("method", "paper", "expected"), list(expected_scores()))
def test_every_aggregation_equals_the_published_scores(judgements, method, paper, expected):
    found = AGGREGATIONS[method].of(ThreePoints.of(*judgements[paper]))
    assert found[0] == pytest.approx(expected, abs=1e-12)


def test_all_published_scores_are_there():
    assert len(list(expected_scores())) == 125


def test_certainty_does_not_break_log_odds():
    assert 0 < mean_log_odds([0.0, 0.5, 0.5]) < 0.5
    assert mean_log_odds([0.0, 1.0]) == pytest.approx(0.5)


def test_whoever_claims_an_interval_of_no_width_decides_nearly_alone():
    assert interval_width_weighted_mean([0.2, 0.9], [0.5, 0.9], [0.8, 0.9]) == pytest.approx(0.9)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_beta_transformation_moves_away_from_a_half(first, second):
    together = mean([first, second])
    assert abs(beta_transformed_mean([first, second]) - 0.5) >= abs(together - 0.5) - 1e-12


@pytest.mark.parametrize("wrong", [[], [1.2], [-0.1], [math.nan]])
def test_what_is_no_probability_is_not_aggregated(wrong):
    with pytest.raises(AnswerError, match=r"nobody answered|outside 0 to 1"):
        mean(wrong)


def test_an_interval_is_standardised_as_the_idea_protocol_says():
    # Worked by hand from Hemming et al. (2018): L' = B − (B − L) S / C, U' = B + (U − B) S / C.
    assert standardise([[10, 20, 40]], 0.6, target=0.9).values.tolist() == [[5.0, 20.0, 50.0]]


def test_what_is_stretched_beyond_the_bounds_is_cut_off_and_counted():
    stretched = standardise([[0.05, 0.5, 0.95]], 0.5, target=0.9, bounds=(0, 1))
    assert stretched.values.tolist() == [[0.0, 0.5, 1.0]]
    assert stretched.n_truncated == 2


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3).map(sorted), st.floats(0.1, 0.99))
def test_the_stated_confidence_leaves_an_interval_as_it_is(values, confidence):
    assert standardise([values], confidence, target=confidence).values.tolist() == pytest.approx(
        np.array([values])
    )


rising = st.lists(st.floats(0, 1e4), min_size=3, max_size=3).map(sorted)


@given(rising)
def test_minimum_information_meets_quantiles_exactly(values):
    distribution = minimum_information(LEVELS, values)
    below, above = distribution.cumulative(np.nextafter(values, -np.inf)), distribution.cumulative(values)
    assert np.all(below <= np.array(LEVELS) + 1e-9)
    assert np.all(above >= np.array(LEVELS) - 1e-9)


def test_minimum_information_is_uniform_between_quantiles_and_a_tenth_beyond():
    # Masses between quantiles as in Cooke (1991): 5 %, 45 %, 45 %, 5 %, on the intrinsic range 8 … 32.
    distribution = minimum_information(LEVELS, [10, 20, 30])
    assert distribution.support == pytest.approx((8.0, 32.0))
    assert distribution.cumulative([10, 15, 20, 25, 30]) == pytest.approx([0.05, 0.275, 0.5, 0.725, 0.95])


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_a_share_stays_a_share(values):
    for distribution in (minimum_information(LEVELS, values, (0, 1)), fitted_to(LEVELS, values, (0, 1))):
        low, high = distribution.support
        assert low >= 0
        assert high <= 1


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 9), st.floats(0.01, 1)), min_size=1, max_size=5))
def test_the_mean_of_a_linear_pool_is_the_weighted_mean_of_means(parts):
    weights = np.array([weight for _, _, weight in parts])
    pooled = linear_pool([Normal(m, s) for m, s, _ in parts], list(weights))
    assert pooled.mean == pytest.approx(np.average([m for m, _, _ in parts], weights=weights), abs=1e-9)


def test_a_pool_of_one_is_that_one():
    assert linear_pool([Normal(3, 2)]) == Normal(3, 2)
    assert empirical_pool([3]).median == 3
    alone = vincent_average(LEVELS, [[10, 20, 40]])
    assert alone.quantile(LEVELS) == pytest.approx([10, 20, 40])


def test_a_linear_pool_is_the_mean_of_distribution_functions():
    parts = [Normal(0, 1), Uniform(-3, 5)]
    x = np.linspace(-4, 6, 41)
    expected = 0.25 * parts[0].cumulative(x) + 0.75 * parts[1].cumulative(x)
    assert linear_pool(parts, [1, 3]).cumulative(x) == pytest.approx(expected, abs=1e-12)


def test_a_pool_of_mixtures_is_one_mixture():
    halves = [minimum_information(LEVELS, row) for row in ([1, 2, 3], [2, 3, 4])]
    pooled = linear_pool(halves)
    assert all(isinstance(part, Uniform | Constant) for part in pooled.components)
    assert sum(pooled.weights) == pytest.approx(1, abs=1e-12)


def test_the_vincent_average_of_normals_has_their_mean_and_mean_spread():
    # Of location-scale families the mean of quantile functions is again a member (Genest 1992).
    values = [[mean_ + spread * ndtri(p) for p in LEVELS] for mean_, spread in ((0, 1), (4, 3))]
    averaged = vincent_average(LEVELS, values)
    assert averaged.quantile(LEVELS) == pytest.approx([2 + 2 * ndtri(p) for p in LEVELS])


def three_points(*rows):
    names = tuple(f"p{i}" for i in range(len(rows)))
    return QuestionAnswers(SHARE, 1, names, np.array(rows, dtype=float), ("",) * len(rows))


def test_the_vincent_average_is_narrower_than_the_linear_pool():
    answers = three_points([0.1, 0.2, 0.3], [0.6, 0.8, 0.9])
    widths = {method: np.diff(pool(answers, method).distribution.interval())[0] for method in METHODS}
    assert widths["vincent"] < widths["linear_pool"]


points = st.lists(
    st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=3, max_size=3).map(sorted), min_size=1
)


@given(points.filter(lambda rows: len(rows) <= 6), st.randoms())
def test_relabelling_panellists_changes_nothing(rows, random):
    for method in METHODS:
        once = pool(three_points(*rows), method).distribution
        assert once == pool(three_points(*random.sample(rows, len(rows))), method).distribution


@given(points.filter(lambda rows: len(rows) <= 4))
def test_what_is_pooled_reads_back_equal_and_as_a_share(rows):
    for method in METHODS:
        pooled = pool(three_points(*rows), method).distribution
        assert parse_distribution(pooled.to_data(), kind="share") == pooled


def test_points_are_pooled_as_they_stand_and_said_to_be_so():
    question = Question("q", "?", "quantity")
    answers = QuestionAnswers(question, 1, ("a", "b"), np.array([[1.0], [3.0]]), ("", ""))
    pooled = pool(answers, "linear_pool")
    assert pooled.method == "empirical"
    assert "how panellists differ, not how sure each one is" in pooled.assumptions
    assert pooled.distribution.median == 2


def test_levels_between_the_chosen_ones_have_no_probability():
    distribution = level_pool([1, 5, 5, 5])
    assert distribution.density([1, 2, 3, 4, 5]).tolist() == [0.25, 0, 0, 0, 0.75]


def test_assumptions_say_what_was_stretched_and_cut_off():
    pooled = pool(three_points([0.0, 0.5, 1.0]))
    assert "80 % confidence, brought to 90 % (2 ends cut off at the bounds)" in pooled.assumptions
    assert pooled.misfit == 0


def test_nobody_cannot_be_pooled():
    with pytest.raises(AnswerError, match="nobody answered"):
        linear_pool([])
    with pytest.raises(AnswerError, match="nobody answered"):
        empirical_pool([])


@pytest.mark.parametrize("weights", [[1], [-1, 2], [0, 0], [math.nan, 1]])
def test_weights_are_one_for_each_and_not_all_nought(weights):
    with pytest.raises(AnswerError, match="give one for each, 0 or more"):
        linear_pool([Normal(0, 1), Normal(1, 1)], weights)
