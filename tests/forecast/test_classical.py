"""Cooke's classical model against numbers from outside, a plain second computation, and its own rules."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from innosi.forecast.pooling.classical.calibrating import calibrate, load_weights
from innosi.forecast.pooling.classical.decision_makers import decision_maker
from innosi.forecast.pooling.classical.elicitation import Elicitation
from innosi.forecast.pooling.classical.robustness import robustness
from innosi.forecast.pooling.classical.scores import (
    Settings,
    bin_counts,
    calibration,
    calibration_statistic,
    information,
    intrinsic_range,
    score_panel,
)
from innosi.models.errors import AnswerError

NAN = math.nan
LEVELS = (0.05, 0.5, 0.95)
MASSES = (0.05, 0.45, 0.45, 0.05)


def elicitation(judgements, realisations, **more):
    values = np.array(judgements, dtype=float)
    experts = tuple(f"e{i}" for i in range(values.shape[0]))
    items = tuple(f"i{i}" for i in range(values.shape[1]))
    return Elicitation(experts, items, LEVELS, values, np.array(realisations, dtype=float), **more)


@pytest.fixture
def small():
    # three experts, four seeds (the last on a log scale) and a target; the second expert skipped a seed
    return elicitation(
        [
            [[1, 4, 9], [10, 20, 40], [0, 5, 7], [1, 10, 100], [2, 3, 4]],
            [[3, 5, 6], [NAN, NAN, NAN], [2, 3, 9], [5, 8, 20], [1, 5, 9]],
            [[0, 1, 2], [30, 31, 33], [6, 7, 8], [50, 60, 90], [6, 7, 8]],
        ],
        [4, 25, 6, 30, NAN],
        scales=("uni", "uni", "uni", "log", "uni"),
    )


# A second computation, item by item in plain Python, with none of the package's functions.
def plain_range(given, item):
    is_log = given.scales[item] == "log"
    values = [v for row in given.judgements[:, item] for v in row if not math.isnan(v)]
    values += [v for v in [given.realisations[item]] if not math.isnan(v)]
    values = [math.log(v) if is_log else v for v in values]
    reach = 0.1 * (max(values) - min(values))
    return min(values) - reach, max(values) + reach


def plain_information(given, quantiles, item):
    low, high = plain_range(given, item)
    inner = [math.log(v) if given.scales[item] == "log" else v for v in quantiles]
    edges = [low, *inner, high]
    total = math.log(high - low)
    for p, left, right in zip(MASSES, edges, edges[1:], strict=False):
        total += p * math.log(p / (right - left))
    return total


def plain_calibration(given, rows, n):
    counts = [0, 0, 0, 0]
    for quantiles, truth in zip(rows, given.realisations, strict=True):
        if not math.isnan(truth) and not math.isnan(quantiles[0]):
            counts[sum(q < truth for q in quantiles)] += 1
    shares = [count / sum(counts) for count in counts]
    distance = sum(s * math.log(s / p) for s, p in zip(shares, MASSES, strict=True) if s)
    return chi2.sf(2 * n * distance, 3)


def plain_mixture(given, weights, item):
    low, high = plain_range(given, item)
    grid = np.linspace(low, high, 400_001)
    total = np.zeros_like(grid)
    for weight, quantiles in zip(weights, given.judgements[:, item], strict=True):
        if weight:
            inner = np.log(quantiles) if given.scales[item] == "log" else quantiles
            total += weight * np.interp(grid, [low, *inner, high], [0, *LEVELS, 1])
    found = np.interp(LEVELS, total, grid)
    return np.exp(found) if given.scales[item] == "log" else found


def test_the_teaching_example_of_delft():
    # TU Delft OpenCourseWare, Decision Making Under Uncertainty, 2.3.4: prints I = 0.2370678, 4.741356, 0.19.
    shares = [0.1, 0.2, 0.5, 0.2]
    assert float(calibration_statistic(shares, MASSES)) == pytest.approx(0.2370678, abs=5e-8)
    assert 20 * float(calibration_statistic(shares, MASSES)) == pytest.approx(4.741356, abs=5e-7)
    assert float(calibration(shares, MASSES, n=10)) == pytest.approx(0.1917460, abs=5e-8)


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ([1, 3, 2, 1, 0, 3], 0.036982),
        ([1, 0, 3, 3, 1, 2], 0.171575),
        ([0, 2, 0, 4, 0, 4], 0.001053),
        ([1, 0, 5, 2, 0, 2], 0.023658),
        ([2, 1, 1, 3, 2, 1], 0.439946),
        ([0, 1, 1, 4, 1, 3], 0.077960),
        ([0, 2, 3, 1, 3, 1], 0.687587),
    ],
)
def test_the_published_calibration_of_the_tobacco_panel(counts, published):
    # Seven experts, ten seeds, five quantiles, of the TU Delft expert data base: how many realisations fell
    # in each bin. Calibration as printed in the example notebook of Anduryl (github.com/grongen/anduryl).
    masses = [0.05, 0.2, 0.25, 0.25, 0.2, 0.05]
    assert float(calibration(counts, masses)) == pytest.approx(published, abs=6e-7)


def test_power_shrinks_the_number_of_seeds():
    counts = [1, 4, 2, 3]
    assert float(calibration(counts, MASSES, power=0.5)) == float(calibration(counts, MASSES, n=5))
    assert float(calibration(counts, MASSES, power=0.5)) > float(calibration(counts, MASSES))


def test_perfect_shares_are_calibrated_and_nothing_counted_is_nan():
    assert float(calibration([1, 9, 9, 1], MASSES)) == pytest.approx(1.0, abs=1e-12)
    assert math.isnan(float(calibration([0, 0, 0, 0], MASSES)))


def test_a_realisation_on_a_quantile_falls_in_the_bin_below():
    quantiles = np.array([[1.0, 2.0, 3.0]] * 4)
    assert bin_counts(quantiles, [1.0, 2.0, 3.0, 3.0000001]).tolist() == [1, 1, 1, 1]


def test_the_range_of_a_log_item_takes_logarithms_before_the_overshoot():
    given = elicitation([[[1, 10, 100]]], [1000.0], scales=("log",))
    low, high = intrinsic_range(given, 0.1)
    assert np.exp([low[0], high[0]]) == pytest.approx([10**-0.3, 10**3.3])
    # by hand: the range is 3.6 decades, the bins 0.3, 1, 1 and 1.3 of them
    expected = (
        math.log(3.6) + 0.05 * math.log(0.05 / 0.3) + 0.9 * math.log(0.45) + 0.05 * math.log(0.05 / 1.3)
    )
    stated = np.log(given.judgements[:, 0])[:, np.newaxis]
    assert information(stated, low, high, MASSES)[0, 0] == pytest.approx(expected, abs=1e-12)


def test_scores_agree_with_a_plain_second_computation(small):
    panel = score_panel(small)
    assert panel.n_effective == 3  # the second expert answered three seeds
    for e, score in enumerate(panel.experts):
        rows = small.judgements[e]
        assert score.calibration.p_value == pytest.approx(plain_calibration(small, rows, 3), rel=1e-12)
        told = [plain_information(small, rows[i], i) for i in range(5) if not math.isnan(rows[i, 0])]
        assert score.information_all.value == pytest.approx(np.mean(told), rel=1e-12)
        assert score.information_seeds.value == pytest.approx(np.mean(told[:-1]), rel=1e-12)
        assert (score.n_seeds, score.information_all.n) == (len(told) - 1, len(told))
        assert score.weight == pytest.approx(score.calibration.p_value * np.mean(told[:-1]), rel=1e-12)


def expected_weights(given, kind, item):
    scores = score_panel(given).experts
    raw = []
    for e, score in enumerate(scores):
        answered = not math.isnan(given.judgements[e, item, 0])
        by_item = plain_information(given, given.judgements[e, item], item) if answered else 0
        factor = {"equal": 1, "global": score.weight, "item": score.calibration.p_value * by_item}[kind]
        raw.append(factor * answered)
    return np.array(raw) / sum(raw)


@pytest.mark.parametrize("kind", ["equal", "global", "item"])
def test_decision_makers_agree_with_a_plain_second_computation(small, kind):
    made = decision_maker(small, kind, cut_off=0.0)
    for item in range(5):
        weights = expected_weights(small, kind, item)
        assert made.weights[:, item] == pytest.approx(weights, rel=1e-9)
        assert made.quantiles[item] == pytest.approx(plain_mixture(small, weights, item), rel=2e-4)
    told = [plain_information(small, made.quantiles[i], i) for i in range(5)]
    assert made.score.information_all.value == pytest.approx(np.mean(told), rel=1e-9)
    expected = plain_calibration(small, made.quantiles, 3)
    assert made.score.calibration.p_value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("kind", ["global", "item"])
def test_the_optimised_cut_off_is_the_best_of_all(small, kind):
    best = decision_maker(small, kind)
    tried = [
        decision_maker(small, kind, cut_off=float(each)) for each in np.unique(score_panel(small).calibration)
    ]
    assert best.is_optimised
    assert best.score.weight == max(each.score.weight for each in tried)


def test_user_weights_are_brought_to_a_sum_of_one(small):
    made = decision_maker(small, "user", user_weights={"e0": 3, "e2": 1})
    assert made.weights[:, 0] == pytest.approx([0.75, 0, 0.25])
    assert made.cut_off == 0


@pytest.mark.parametrize("kind", ["equal", "global", "item", "user"])
def test_an_expert_alone_is_the_decision_maker(small, kind):
    alone = small.without_experts(["e1", "e2"])
    made = decision_maker(alone, kind, user_weights={"e0": 0.2})
    (expert,) = score_panel(alone).experts
    assert made.quantiles == pytest.approx(alone.judgements[0], rel=1e-12)
    assert made.score.calibration.p_value == expert.calibration.p_value
    assert made.score.information_all.value == pytest.approx(expert.information_all.value, rel=1e-12)


def test_a_realisation_on_a_shared_quantile_is_binned_as_the_experts_bin_it():
    same = [[[1, 3, 7], [2, 5, 11], [1, 2, 6]]] * 3
    given = elicitation(same, [3, 5, 6])
    expert = score_panel(given).experts[0]
    assert decision_maker(given, "equal").score.calibration.p_value == expert.calibration.p_value


def test_the_whole_distribution_has_the_decision_makers_quantiles(small):
    made = decision_maker(small, "global", cut_off=0.0)
    for place, item in enumerate(small.items):
        pooled = made.pooled(item)
        assert pooled.distribution.quantile(LEVELS) == pytest.approx(made.quantiles[place], rel=2e-3)
        assert "Cooke's classical model" in pooled.assumptions
    low, high = plain_range(small, 0)
    assert made.pooled("i0").distribution.support == pytest.approx((low, high))
    assert "logarithms" in made.pooled("i3").assumptions


def test_a_distribution_is_cut_off_at_the_bounds_and_says_so(small):
    made = decision_maker(small, "equal")
    pooled = made.pooled("i0", (0.5, math.inf))
    assert pooled.distribution.support[0] == pytest.approx(0.5)
    assert "cut off at the bounds" in pooled.assumptions


def test_an_expert_without_seeds_has_no_score_and_no_say_in_the_number_of_seeds():
    given = elicitation(
        [[[1, 2, 3], [1, 2, 3], [1, 2, 3]], [[NAN] * 3, [NAN] * 3, [2, 3, 4]]], [2.5, 1.5, NAN]
    )
    panel = score_panel(given)
    assert panel.n_effective == 2
    assert math.isnan(panel.experts[1].calibration.p_value)
    assert panel.experts[1].calibration.reason == "answered no seed item"
    assert decision_maker(given, "global").weights[:, 2].tolist() == [1.0, 0.0]
    assert decision_maker(given, "equal").weights[:, 2].tolist() == [0.5, 0.5]


def test_an_item_that_nobody_with_a_weight_answered_has_no_decision_maker():
    given = elicitation([[[1, 2, 3], [NAN] * 3], [[8, 9, 10], [1, 2, 3]]], [2.5, NAN])
    made = decision_maker(given, "global")
    assert np.isnan(made.quantiles[1]).all()
    assert made.score.information_all.n == 1
    with pytest.raises(AnswerError, match="nobody who answered 'i1' has a weight"):
        made.pooled("i1")


def test_an_answer_that_is_not_whole_counts_as_none():
    given = elicitation([[[1, NAN, 3], [1, 2, 3]]], [2, 2])
    assert given.is_answered.tolist() == [[False, True]]


@pytest.mark.parametrize(
    ("judgements", "realisations", "more", "problem"),
    [
        ([[[1, 3, 2]]], [2], {}, "expert 'e0', item 'i0': quantiles 1, 3, 2 are out of order"),
        ([[[1, 2, 2]]], [2], {}, "two are the same"),
        ([[[0, 1, 2]]], [2], {"scales": ("log",)}, "must be above 0"),
        ([[[1, 2, 3]]], [0], {"scales": ("log",)}, "item 'i0': realisation 0 of a log item"),
        ([[[1, 2, math.inf]]], [2], {}, "not finite"),
        ([[[1, 2, 3]]], [2, 3], {}, "there are 1 items"),
        ([[[1, 2]]], [2], {}, "shape"),
        ([[[1, 2, 3]]], [2], {"scales": ("lin",)}, "neither uni nor log"),
    ],
)
def test_what_is_no_elicitation_is_refused(judgements, realisations, more, problem):
    with pytest.raises(AnswerError, match=problem):
        elicitation(judgements, realisations, **more)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"weighting": "global", "cut_off": 1.5}, "leaves no expert"),
        ({"weighting": "user"}, "no expert has a weight"),
        ({"weighting": "user", "user_weights": {"e9": 1}}, "there is no expert 'e9'"),
        ({"weighting": "user", "user_weights": {"e0": -1}}, "is -1; give 0 or more"),
    ],
)
def test_weights_that_cannot_be_are_refused(small, arguments, problem):
    with pytest.raises(AnswerError, match=problem):
        decision_maker(small, **arguments)


@pytest.mark.parametrize(("overshoot", "power"), [(0, 1), (-0.1, 1), (0.1, 0), (0.1, 1.5), (NAN, 1)])
def test_settings_out_of_range_are_refused(overshoot, power):
    with pytest.raises(AnswerError, match=r"overshoot|power"):
        Settings(overshoot, power)


def test_without_seeds_there_is_nothing_to_calibrate(small):
    blind = small.without_items(small.seeds)
    with pytest.raises(AnswerError, match="there are no seeds"):
        calibrate(blind)
    with pytest.raises(AnswerError, match="there are no seeds"):
        decision_maker(blind)
    assert decision_maker(blind, "equal").quantiles.shape == (1, 3)


@pytest.mark.parametrize("kind", ["items", "experts"])
def test_each_is_left_out_once_and_everything_done_anew(small, kind):
    found = robustness(small, kind)
    names = small.seeds if kind == "items" else small.experts
    assert [each.left_out for each in found] == [(), *((name,) for name in names)]
    assert found[0].largest_shift == 0
    for each in found[1:]:
        less = getattr(small, f"without_{kind}")(each.left_out)
        made = decision_maker(less)
        assert each.calibration == made.score.calibration.p_value
        assert each.information_all == made.score.information_all.value
    assert len(robustness(small, kind, size=2)) == 1 + math.comb(len(names), 2)


def test_as_many_as_there_are_cannot_be_left_out(small):
    with pytest.raises(AnswerError, match="3 of 3 experts cannot be left out"):
        robustness(small, "experts", size=3)


def test_leaving_out_the_only_expert_with_seeds_leaves_a_reason():
    given = elicitation([[[1, 2, 3], [1, 2, 3]], [[NAN] * 3, [2, 3, 4]]], [2.5, NAN])
    without_first = robustness(given, "experts")[1]
    assert math.isnan(without_first.calibration)
    assert "there are no seeds" in without_first.reason


def test_sixty_experts_and_thirty_items_take_seconds():
    random = np.random.default_rng(1)
    centres = random.normal(size=(60, 30, 1))
    given = elicitation(centres + np.array([-1.6, 0, 1.6]), random.normal(size=30))
    assert len(robustness(given, "items")) == 31


def test_weights_are_read_from_a_table(tmp_path):
    path = tmp_path / "weights.csv"
    path.write_text("expert,weight\ne0,0.25\ne2,0.75\n", encoding="utf-8")
    assert load_weights(path) == {"e0": 0.25, "e2": 0.75}
    path.write_text("expert,weight\ne0,0.25\ne0,much\n", encoding="utf-8")
    with pytest.raises(AnswerError, match=r"line 3: expert 'e0' stands twice"):
        load_weights(path)
    path.write_text("expert,weight\ne0,much\n", encoding="utf-8")
    with pytest.raises(AnswerError, match="'much' is no weight"):
        load_weights(path)
    path.write_text("who,weight\ne0,1\n", encoding="utf-8")
    with pytest.raises(AnswerError, match="no columns 'expert' and 'weight'"):
        load_weights(path)


@st.composite
def elicitations(draw):
    n_experts, n_seeds, n_targets = draw(st.integers(1, 4)), draw(st.integers(1, 5)), draw(st.integers(0, 2))
    n_items = n_seeds + n_targets
    steps = st.integers(1, 20)
    rows = [
        [np.cumsum([draw(st.integers(0, 30)) + 1, draw(steps), draw(steps)]) for _ in range(n_items)]
        for _ in range(n_experts)
    ]
    values = np.array(rows, dtype=float)
    for e in range(1, n_experts):
        for i in range(n_items):
            if draw(st.integers(0, 5)) == 0:
                values[e, i] = NAN
    known = [float(draw(st.integers(1, 60))) for _ in range(n_seeds)] + [NAN] * n_targets
    scales = tuple(draw(st.sampled_from(["uni", "log"])) for _ in range(n_items))
    return elicitation(values, known, scales=scales)


KINDS = st.sampled_from(["equal", "global", "item"])


@settings(max_examples=60)
@given(elicitations(), KINDS)
def test_weights_of_an_item_add_up_to_one_and_scores_are_in_range(given_, kind):
    made = decision_maker(given_, kind)
    sums = made.weights.sum(axis=0)
    assert np.allclose(sums[~np.isnan(sums)], 1)
    assert not np.any(made.weights[~given_.is_answered & ~np.isnan(made.weights)])
    assert 0 <= made.score.calibration.p_value <= 1
    assert made.score.information_seeds.value >= -1e-12
    told = score_panel(given_).information
    assert np.nanmin(told) >= -1e-12


@settings(max_examples=60)
@given(elicitations(), KINDS, st.randoms(use_true_random=False))
def test_the_order_of_experts_and_items_changes_nothing(given_, kind, random):
    experts, items = list(range(len(given_.experts))), list(range(len(given_.items)))
    random.shuffle(experts)
    random.shuffle(items)
    other = Elicitation(
        tuple(given_.experts[e] for e in experts),
        tuple(given_.items[i] for i in items),
        LEVELS,
        given_.judgements[experts][:, items],
        given_.realisations[items],
        tuple(given_.scales[i] for i in items),
    )
    first, second = decision_maker(given_, kind), decision_maker(other, kind)
    assert second.score.weight == pytest.approx(first.score.weight, rel=1e-9)
    assert second.score.information_seeds.value == pytest.approx(
        first.score.information_seeds.value, abs=1e-9
    )


@settings(max_examples=60)
@given(elicitations(), st.floats(0.01, 100), st.sampled_from(["equal", "global", "item"]))
def test_the_unit_changes_nothing_but_itself(given_, factor, kind):
    # on purpose a power of two, so that realisations stay on the quantiles that they are on
    factor = 2.0 ** round(math.log2(factor))
    other = elicitation(given_.judgements * factor, given_.realisations * factor, scales=given_.scales)
    first, second = decision_maker(given_, kind, cut_off=0.0), decision_maker(other, kind, cut_off=0.0)
    assert second.score.information_all.value == pytest.approx(first.score.information_all.value, abs=1e-9)
    assert np.allclose(second.quantiles, first.quantiles * factor, rtol=1e-9, equal_nan=True)
