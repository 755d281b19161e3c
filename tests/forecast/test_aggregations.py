"""Every aggregation of three-point judgements, by its formula in loops, and by what must not change."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.pooling.aggregations import (
    AGGREGATIONS,
    extremised_log_odds,
    extremising_factor,
    geometric_mean,
    mean,
    mean_log_odds,
    mean_probit,
    trimmed_mean,
)
from innosi.forecast.pooling.performance import contribution_weights, contributions_of, surprisingly_popular
from innosi.forecast.pooling.three_points import ThreePoints
from innosi.models.errors import AnswerError

RNG = np.random.default_rng(11)
N_EXPERTS, N_CLAIMS = 5, 4


def judged(earlier=None):
    points = np.sort(RNG.uniform(0.02, 0.98, (3, N_EXPERTS, N_CLAIMS)), axis=0)
    return ThreePoints.of(*points, earlier)


FIRST = judged()
NOW = judged(FIRST)


def weight_in_words(name, i, j):
    """The weight of expert i on claim j, as the formula says it."""
    low, best, high = (each[i, j] for each in (NOW.lower, NOW.best, NOW.upper))
    low_1, best_1, high_1 = (each[i, j] for each in (FIRST.lower, FIRST.best, FIRST.upper))
    own = [NOW.upper[i, k] - NOW.lower[i, k] for k in range(N_CLAIMS)]
    far = [(np.median(NOW.best[:, j]) - each) ** 2 for each in NOW.best[:, j]]
    asymmetry = 1 - 2 * ((high - best) if best >= (low + high) / 2 else (best - low)) / (high - low)
    weights = {
        "limit": max(best, 1 - best),
        "outlier": 1 - far[i] / max(far),
        "interval_width": 1 / (high - low),
        "individual_interval": max(own) / (high - low),
        "asymmetry": max(0, asymmetry),
        "variability": sum((each - sum(own) / N_CLAIMS) ** 2 for each in own) / (N_CLAIMS - 1),
        "shift": abs(best - best_1) + (abs(low - low_1) + abs(high - high_1)) / 2,
        "narrowing": 1 / ((high - low) - (high_1 - low_1) + 1),
        "sharpening": 1 - (min(best, 1 - best) - min(best_1, 1 - best_1)),
    }
    weights["individual_interval_asymmetry"] = weights["individual_interval"] * weights["asymmetry"]
    weights["individual_interval_asymmetry_variability"] = (
        weights["individual_interval_asymmetry"] * weights["variability"]
    )
    return weights[name]


WEIGHTED = [name.removesuffix("_weighted_mean") for name in AGGREGATIONS if name.endswith("_weighted_mean")]


@pytest.mark.parametrize("name", WEIGHTED)
def test_weighted_means_follow_their_formulas(name):
    found = AGGREGATIONS[f"{name}_weighted_mean"].of(NOW)
    for j in range(N_CLAIMS):
        weights = [weight_in_words(name, i, j) for i in range(N_EXPERTS)]
        assert found[j] == pytest.approx(np.average(NOW.best[:, j], weights=weights), rel=1e-9)


def test_weights_that_are_all_0_count_as_equal():
    middle = ThreePoints.of([0.2, 0.4], [0.3, 0.5], [0.4, 0.6])  # symmetric: no asymmetry
    assert AGGREGATIONS["asymmetry_weighted_mean"].of(middle)[0] == pytest.approx(0.4)
    alike = ThreePoints.of([0.2, 0.2], [0.3, 0.3], [0.4, 0.4])
    assert AGGREGATIONS["outlier_weighted_mean"].of(alike)[0] == pytest.approx(0.3)


def test_means_on_other_scales_by_hand():
    assert geometric_mean([0.1, 0.4]) == pytest.approx(0.2)
    assert mean_probit([0.8413447460685429, 0.5]) == pytest.approx(0.6914624612740131)  # Φ(½)
    assert trimmed_mean([0.1, *[0.4] * 18, 0.9]) == pytest.approx(0.4)
    assert trimmed_mean([0.1, 0.4]) == pytest.approx(0.25)


def test_extremising_works_on_log_odds_by_neyman_and_roughgardens_factor():
    """n = 3: d = 3 (√19 − 2) / 5; the factor nears √3."""
    assert extremising_factor(3) == pytest.approx(3 * (math.sqrt(19) - 2) / 5)
    assert extremising_factor(10**6) == pytest.approx(math.sqrt(3), abs=1e-4)
    odds = math.log(0.7 / 0.3) * extremising_factor(3)
    assert extremised_log_odds([0.7] * 3) == pytest.approx(1 / (1 + math.exp(-odds)))
    assert extremised_log_odds([0.5, 0.5]) == 0.5
    assert extremised_log_odds([0.6, 0.8], 2.5) > mean_log_odds([0.6, 0.8])


def test_the_mixture_of_distributions_has_its_median_where_its_functions_cross():
    """One expert: the median is the best. Two mirrored ones: ½."""
    one = AGGREGATIONS["distribution_mean"]
    assert one.of(ThreePoints.of([0.2], [0.35], [0.6]))[0] == pytest.approx(0.35, abs=1e-4)
    assert one.of(ThreePoints.of([0.1, 0.7], [0.2, 0.8], [0.3, 0.9]))[0] == pytest.approx(0.5, abs=1e-4)
    triangle = AGGREGATIONS["triangular_mean"].of(ThreePoints.of([0.0], [0.5], [1.0]))[0]
    assert triangle == pytest.approx(0.5, abs=1e-4)
    skewed = AGGREGATIONS["triangular_mean"].of(ThreePoints.of([0.0], [0.0], [1.0]))[0]
    assert skewed == pytest.approx(1 - math.sqrt(0.5), abs=1e-4)


probabilities = st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8)


@given(probabilities)
def test_a_pool_of_one_or_of_the_same_is_that_one(values):
    alike = [values[0]] * len(values)
    for name, aggregation in AGGREGATIONS.items():
        if aggregation.needs_earlier or name in ("extremised_log_odds", "beta_transformed_mean"):
            continue
        found = aggregation.of(ThreePoints.of(alike, alike, alike))[0]
        assert found == pytest.approx(values[0], abs=2e-4), name


@given(probabilities, st.randoms())
def test_who_said_it_does_not_matter(values, random):
    order = random.sample(range(len(values)), len(values))
    one = ThreePoints.of(*np.array([[v * 0.9, v, v + (1 - v) * 0.1] for v in values]).T)
    other = ThreePoints.of(*(each[order] for each in (one.lower, one.best, one.upper)))
    for name, aggregation in AGGREGATIONS.items():
        if not aggregation.needs_earlier:
            assert aggregation.of(one) == pytest.approx(aggregation.of(other), abs=1e-9), name


@given(probabilities)
def test_means_turn_round_with_the_question(values):
    turned = [1 - each for each in values]
    for compute in (mean, mean_log_odds, mean_probit, extremised_log_odds, trimmed_mean):
        assert compute(values) == pytest.approx(1 - compute(turned), abs=1e-9)


def test_experts_who_did_not_judge_a_claim_are_left_out():
    best = np.array([[0.2, 0.5], [np.nan, 0.7]])
    assert AGGREGATIONS["mean"].of(ThreePoints.of(best, best, best)).tolist() == pytest.approx([0.2, 0.6])
    found = AGGREGATIONS["interval_width_weighted_mean"].of(ThreePoints.of(best - 0.1, best, best + 0.1))
    assert found.tolist() == pytest.approx([0.2, 0.6])


def test_what_cannot_be_aggregated_is_refused():
    with pytest.raises(AnswerError, match="needs the round before"):
        AGGREGATIONS["shift_weighted_mean"].of(FIRST)
    with pytest.raises(AnswerError, match="outside 0 to 1"):
        ThreePoints.of([0.1], [1.2], [0.3])
    with pytest.raises(AnswerError, match="nobody answered"):
        ThreePoints.of([[0.1, np.nan]], [[0.1, np.nan]], [[0.1, np.nan]])
    with pytest.raises(AnswerError, match="differ in shape"):
        ThreePoints.of([0.1], [0.1, 0.2], [0.3])


def test_contributions_are_what_the_mean_loses_without_a_panellist():
    """Budescu & Chen (2015), equation 2, in loops."""
    best, happened = RNG.uniform(size=(4, 6)), RNG.integers(0, 2, 6)
    expected = []
    for i in range(4):
        others = np.delete(best, i, axis=0).mean(axis=0)
        expected.append(np.mean((others - happened) ** 2 - (best.mean(axis=0) - happened) ** 2))
    assert contributions_of(best, happened) == pytest.approx(expected)
    weights = contribution_weights(best, happened)
    assert weights.sum() == pytest.approx(1)
    assert np.all((weights > 0) == (np.array(expected) > 0))
    assert contribution_weights([[0.5], [0.5]], [1]).tolist() == [0.5, 0.5]


def test_the_surprisingly_popular_answer_beats_the_majority():
    """Prelec et al. (2017): is Philadelphia the capital? 65 % say yes, and expect 75 % to say so."""
    yes, no = surprisingly_popular([0.65, 0.35], [[0.75, 0.25]])
    assert no > 0 > yes
