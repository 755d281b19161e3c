"""Cognitive maps against published equilibria, and against what can be computed otherwise."""

from itertools import permutations, product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from innosi.models.errors import ModelError
from innosi.scenarios.construction.cognitive_map.aggregation import aggregate, counted, disagreement
from innosi.scenarios.construction.cognitive_map.comparing import Comparing, compare
from innosi.scenarios.construction.cognitive_map.convergence import ends_of, guarantee, local_factor
from innosi.scenarios.construction.cognitive_map.feedback_loops import feedback_loops
from innosi.scenarios.construction.cognitive_map.robustness import robustness, sensitivity
from innosi.scenarios.construction.cognitive_map.settling import Ending, settle, trajectory
from innosi.scenarios.construction.cognitive_map.similarity import accumulation, distance_ratios, groups_of
from innosi.scenarios.construction.cognitive_map.structure import Role, structure
from innosi.scenarios.construction.cognitive_map.updating import RULES, TRANSFERS, Dynamics, step

EIGHT = np.array(
    [
        [0, 0, 0.6, 0.9, 0, 0, 0, 0.8],
        [0.1, 0, 0, 0, 0, 0, 0.2, 0.5],
        [0, 0.7, 0, 0, 0.9, 0, 0.4, 0.1],
        [0.4, 0, 0, 0, 0, 0.9, 0, 0],
        [0, 0, 0, 0, 0, -0.9, 0, 0.3],
        [-0.3, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0.8, 0.4, 0.9],
        [0.1, 0, 0, 0, 0, 0.1, 0.6, 0],
    ]
)
FIRST = np.array([1.0, 1, 0, 0, 0, 0, 0, 0])
"""The map of Dikopoulou & Papageorgiou's R package fcm, as FCMpy's tests hold it."""
SIGMOID = Dynamics()
random = np.random.default_rng(7)


def maps(n, high=1.0):
    weights = st.floats(-high, high, allow_nan=False).map(lambda w: round(w, 3))
    return st.lists(weights, min_size=n * n, max_size=n * n).map(lambda w: np.array(w).reshape(n, n))


@pytest.mark.parametrize(
    ("rule", "published"),
    [
        ("kosko", [0.5481291, 0.6004012, 0.5814756, 0.620872, 0.6279569, 0.6653852, 0.7617789, 0.8416584]),
        (
            "modified_kosko",
            [0.7258851, 0.7907061, 0.7694508, 0.8124733, 0.8192938, 0.8399006, 0.9099403, 0.9557739],
        ),
        (
            "rescaled",
            [0.4998427, 0.4985174, 0.4989474, 0.4984212, 0.4980938, 0.4885541, 0.4855651, 0.4853266],
        ),
    ],
)
def test_a_published_map_settles_where_the_r_package_says(rule, published):
    """R package fcm (Dikopoulou & Papageorgiou), λ = 1, stopped where no level moves by 0.001."""
    found = settle(EIGHT, FIRST, Dynamics(rule), tolerance=1e-3)
    assert found.endings[()] is Ending.FIXED_POINT
    np.testing.assert_allclose(found.levels, published, atol=1e-7)


def test_the_steps_of_a_published_map_are_as_fcmpy_prints_them():
    """FCMpy's page on interventions (Mkhitaryan et al.): rule mKosko, λ = 1."""
    printed = [
        [0.750260, 0.731059, 0.645656, 0.710950, 0.500000, 0.500000, 0.549834, 0.785835],
        [0.738141, 0.765490, 0.749475, 0.799982, 0.746700, 0.769999, 0.838315, 0.921361],
        [0.730236, 0.784168, 0.767163, 0.812191, 0.805531, 0.829309, 0.898379, 0.950172],
        [0.727059, 0.789378, 0.769467, 0.812967, 0.816974, 0.838759, 0.908173, 0.954927],
    ]
    found = trajectory(EIGHT, FIRST, Dynamics("modified_kosko"), 4)
    np.testing.assert_allclose(found, [FIRST, *printed], atol=6e-7)


@pytest.mark.parametrize(
    ("acts_on", "printed"),
    [
        ({0: -0.3, 1: 0.5}, [0.644651, 0.870060, 0.758786, 0.798947, 0.817735, 0.838350, 0.911004, 0.954652]),
        ({0: -0.5}, [0.578740, 0.788168, 0.749938, 0.787481, 0.816426, 0.836656, 0.908943, 0.950094]),
        ({0: -1.0}, [0.409944, 0.784709, 0.725609, 0.754931, 0.812506, 0.832208, 0.907524, 0.942513]),
    ],
)
def test_held_interventions_settle_where_fcmpy_prints_them(acts_on, printed):
    """FCMpy's three interventions: a concept held at 1, from the baseline on; stopped at 0.001."""
    weights = np.pad(EIGHT, ((0, 1), (0, 1)))
    for target, weight in acts_on.items():
        weights[8, target] = weight
    dynamics = Dynamics("modified_kosko")
    baseline = settle(EIGHT, FIRST, dynamics, tolerance=1e-3).levels
    held = np.array([*[np.nan] * 8, 1.0])
    found = settle(weights, [*baseline, 1.0], dynamics, clamped=held, tolerance=1e-3)
    np.testing.assert_allclose(found.levels, [*printed, 1.0], atol=6e-7)


def test_a_loose_tolerance_stops_short_of_where_the_map_goes():
    loose = settle(EIGHT, FIRST, Dynamics("rescaled"), tolerance=1e-3).levels
    np.testing.assert_allclose(settle(EIGHT, FIRST, Dynamics("rescaled")).levels, 0.5, atol=1e-4)
    assert np.abs(loose - 0.5).max() > 0.014


@pytest.mark.parametrize("weight", [-1.0, -0.4, 0.5, 1.0])
@pytest.mark.parametrize("slope", [0.5, 1.0, 3.0])
def test_one_concept_settles_at_the_root_of_its_equation(weight, slope):
    root = brentq(lambda x: 1 / (1 + np.exp(-slope * weight * x)) - x, 0, 1)
    found = settle([[weight]], [0.3], Dynamics(slope=slope))
    assert found.levels[0] == pytest.approx(root, abs=1e-5)


@pytest.mark.parametrize("transfer", ["bivalent", "trivalent"])
@pytest.mark.parametrize("rule", ["kosko", "modified_kosko"])
def test_discrete_maps_end_where_a_walk_through_their_states_ends(rule, transfer):
    dynamics = Dynamics(rule, transfer, threshold=0.3)
    for _ in range(60):
        weights = random.integers(-2, 3, (4, 4)) / 2
        start = random.integers(0, 2, 4).astype(float)
        seen, now = [], tuple(start)
        while now not in seen:
            seen.append(now)
            now = tuple(step(np.array(now), weights, dynamics))
        cycle = seen[seen.index(now) :]
        found = settle(weights, start, dynamics)
        assert int(found.periods) == len(cycle)
        np.testing.assert_allclose(found.levels, np.mean(cycle, axis=0))
        if len(cycle) > 1:
            assert {tuple(state) for state in found.cycles[()]} == set(cycle)
            np.testing.assert_allclose(found.lowest, np.min(cycle, axis=0))


def test_a_quarter_turn_goes_round_in_four_states():
    found = settle([[0, 1], [-1, 0]], [1, 0], Dynamics(transfer="trivalent"))
    assert (found.endings[()], int(found.periods)) == (Ending.CYCLE, 4)
    assert found.cycles[()].shape == (4, 2)
    assert "cycle of 4 states" in found.in_words()


def test_what_does_not_settle_has_no_levels():
    found = settle(EIGHT, FIRST, SIGMOID, max_steps=3)
    assert found.endings[()] is Ending.UNSETTLED
    assert np.isnan(found.levels).all()
    assert np.all(found.lowest < found.highest)
    assert found.in_words() == "not settled within 3 steps: no levels are told"


def test_a_swing_that_dies_out_slowly_is_no_cycle_and_one_that_does_not_is():
    """x ← σ(−λx) turns from a fixed point into a cycle of two where λx(1 − x) passes 1."""

    def at_root(slope):
        root = brentq(lambda x: 1 / (1 + np.exp(slope * x)) - x, 0, 1)
        return slope * root * (1 - root) - 1

    turning = brentq(at_root, 1, 100)
    assert settle([[-1.0]], [0.9], Dynamics(slope=0.99 * turning)).endings[()] is not Ending.CYCLE
    beyond = settle([[-1.0]], [0.9], Dynamics(slope=1.2 * turning))
    assert int(beyond.periods) == 2
    low, high = beyond.cycles[()].min(), beyond.cycles[()].max()
    assert high == pytest.approx(1 / (1 + np.exp(1.2 * turning * low)), abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.lists(maps(3), min_size=2, max_size=4), st.sampled_from(RULES))
def test_many_maps_and_scenarios_at_once_end_as_each_alone(several, rule):
    weights = np.stack(several)
    held = np.array([[np.nan] * 3, [1.0, np.nan, np.nan], [np.nan, 0.0, 1.0]])
    start = np.array([0.2, 0.5, 0.9])
    dynamics = Dynamics(rule, slope=2)
    together = settle(weights[:, None], start, dynamics, clamped=held)
    assert together.levels.shape == (len(several), 3, 3)
    for (i, j), period in np.ndenumerate(together.periods):
        alone = settle(weights[i], start, dynamics, clamped=held[j])
        assert (int(alone.periods), int(alone.steps)) == (period, together.steps[i, j])
        np.testing.assert_allclose(alone.levels, together.levels[i, j])


@settings(max_examples=60, deadline=None)
@given(maps(4), st.lists(st.floats(0, 1), min_size=4, max_size=4), st.floats(0.1, 5))
def test_rescaled_levels_mirrored_about_a_half_stay_mirrored(weights, levels, slope):
    dynamics = Dynamics("rescaled", slope=slope)
    now = np.array(levels)
    np.testing.assert_allclose(step(1 - now, weights, dynamics), 1 - step(now, weights, dynamics), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(maps(4), st.sampled_from(RULES), st.sampled_from(["sigmoid", "tanh"]), st.floats(0.05, 1.5))
def test_where_one_end_is_guaranteed_every_start_comes_to_it(weights, rule, transfer, slope):
    if rule == "rescaled" and transfer == "tanh":
        return
    dynamics = Dynamics(rule, transfer, slope)
    found = guarantee(weights, dynamics)
    assert found.factor <= found.frobenius + 1e-9
    if found.factor > 0:
        assert guarantee(weights, Dynamics(rule, transfer, found.safe_slope)).factor == pytest.approx(1)
    if found.factor < 0.98:
        ends = ends_of(weights, np.zeros(4), dynamics, n_starts=20)
        assert (len(ends.periods), ends.n_unsettled) == (1, 0)
        assert local_factor(weights, ends.levels[0], dynamics) < 1


def test_a_map_without_feedback_is_guaranteed_at_any_slope():
    assert guarantee(np.triu(np.ones((5, 5)), 1), Dynamics(slope=50)).factor == pytest.approx(0, abs=1e-6)


def test_clamping_every_concept_of_a_loop_guarantees_the_end():
    loop = np.array([[0, 1.0], [1.0, 0]])
    assert not guarantee(loop, Dynamics(slope=5)).is_given
    assert guarantee(loop, Dynamics(slope=5), clamped=[1.0, np.nan]).is_given


def test_two_ends_and_the_unstable_one_between_them_are_found():
    """Two concepts that push each other down: one wins; the point where they are equal is unstable."""
    weights, dynamics = np.array([[0, -1.0], [-1.0, 0]]), Dynamics("rescaled", slope=3)
    ends = ends_of(weights, [0.5, 0.5], dynamics)
    assert len(ends.periods) == 2
    np.testing.assert_allclose(ends.levels[0], 1 - ends.levels[1], atol=1e-4)
    assert local_factor(weights, [0.5, 0.5], dynamics) > 1
    assert local_factor(weights, ends.levels[0], dynamics) < 1


@pytest.mark.parametrize("transfer", ["bivalent", "trivalent"])
def test_discrete_levels_have_no_contraction(transfer):
    found = guarantee(EIGHT, Dynamics(transfer=transfer))
    assert not found.is_given
    assert "discrete" in found.sentence


def test_a_concept_without_causes_is_held_only_if_it_is_said():
    weights, start = [[0, 0.5], [0, 0]], [0.9, 0.5]
    assert settle(weights, start, SIGMOID).levels[0] == 0.5
    assert settle(weights, start, Dynamics(is_held_without_causes=True)).levels[0] == 0.9


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Dynamics(slope=0), "a slope of 0"),
        (lambda: Dynamics(threshold=-1), "a threshold of -1"),
        (lambda: Dynamics("rescaled", "tanh"), "levels of 0 to 1"),
        (lambda: settle(np.ones((2, 3)), [0, 0], SIGMOID), "weights of shape"),
        (lambda: settle(np.ones((2, 2)), [0, 0, 0], SIGMOID), "levels"),
        (lambda: settle([[np.nan]], [0], SIGMOID), "not finite"),
        (lambda: structure(np.ones((2, 3))), "square"),
        (lambda: aggregate(np.zeros((2, 2, 2)), np.ones((2, 2, 2)), credibility=[1, -1]), "credibility"),
    ],
)
def test_what_cannot_be_computed_is_refused(make, said):
    with pytest.raises(ModelError, match=said):
        make()


def test_changes_are_told_against_the_map_by_itself():
    """Kosko's rule without feedback: b = σ(w·a), by hand."""
    found = compare([[0, 0.8], [0, 0]], [0.5, 0.5], [[1.0, np.nan], [0.0, np.nan]], Comparing(SIGMOID))

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    by_itself = sigmoid(0.8 * 0.5)
    np.testing.assert_allclose(
        found.changes, [[0.5, sigmoid(0.8) - by_itself], [-0.5, 0.5 - by_itself]], atol=1e-6
    )


def test_a_scenario_starts_from_the_baseline_or_from_the_first_levels():
    """A latch: once up it stays up, and the scenario that holds nothing of it changes nothing."""
    weights = np.array([[1.0, 0], [0, 0]])
    latch = Dynamics("rescaled", slope=3)
    held = [[np.nan, 1.0]]
    up = compare(weights, [0.9, 0.5], held, Comparing(latch))
    assert up.changes[0, 0] == pytest.approx(0, abs=1e-4)
    assert up.baseline.levels[0] > 0.9


def test_a_strict_order_has_hierarchy_one_and_a_ring_none():
    """MacDonald (1983): the out-degrees of a transitive order are n − 1, …, 1, 0."""
    for n in (2, 5, 9):
        assert structure(np.triu(np.ones((n, n)), 1)).hierarchy == pytest.approx(1)
        assert structure(np.roll(np.eye(n), 1, axis=1)).hierarchy == pytest.approx(0)


def test_structure_of_the_map_of_eight_by_hand():
    found = structure(EIGHT)
    np.testing.assert_allclose(found.out_degree, [2.3, 0.8, 2.1, 1.3, 1.2, 0.3, 2.1, 0.8])
    np.testing.assert_allclose(found.in_degree, [0.9, 0.7, 0.6, 0.9, 0.9, 2.7, 1.6, 2.6])
    assert (found.n_links, found.n_positive, found.n_negative, found.n_self) == (21, 19, 2, 1)
    assert found.density == 21 / 64
    squares = sum((each - 10.9 / 8) ** 2 for each in (2.3, 0.8, 2.1, 1.3, 1.2, 0.3, 2.1, 0.8))
    assert found.hierarchy == pytest.approx(12 * squares / (7 * 8 * 9))
    assert np.isnan(found.complexity)


def test_roles_and_complexity():
    found = structure([[0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0.5, 0], [0, 0, 0, 0]])
    assert found.roles == (Role.TRANSMITTER, Role.ORDINARY, Role.RECEIVER, Role.ALONE)
    assert found.complexity == 1


def all_loops(weights):
    n = len(weights)
    for length in range(1, n + 1):
        for way in permutations(range(n), length):
            if way[0] == min(way):
                gains = [weights[i][j] for i, j in zip(way, (*way[1:], way[0]), strict=True)]
                if all(gains):
                    yield way, prod(gains)


def test_loops_are_those_that_trying_every_way_finds():
    for _ in range(30):
        weights = random.choice([-0.5, 0, 0, 0.7], (5, 5))
        found = feedback_loops(weights)
        assert found.is_complete
        assert [len(loop.concepts) for loop in found.loops] == sorted(
            len(loop.concepts) for loop in found.loops
        )
        expected = dict(all_loops(weights))
        assert {loop.concepts for loop in found.loops} == set(expected)
        assert all(loop.gain == pytest.approx(expected[loop.concepts]) for loop in found.loops)


def test_the_loops_of_a_full_map_are_counted_right_and_cut_where_there_are_too_many():
    n = 6
    full = np.ones((n, n)) - np.eye(n)
    expected = sum(comb(n, k) * factorial(k - 1) for k in range(2, n + 1))
    assert len(feedback_loops(full, max_loops=1000).loops) == expected
    cut = feedback_loops(full, max_loops=40)
    assert (len(cut.loops), cut.complete_to, cut.is_complete) == (40, 2, False)
    assert "there are more; none of up to 2 concepts is missing" in cut.sentence
    tired = feedback_loops(np.ones((30, 30)), max_loops=10**6, max_visits=5000)
    assert not tired.is_complete


def test_a_loop_reinforces_if_its_minuses_are_even():
    even, odd = (feedback_loops([[0, -0.5], [sign * 0.8, 0]]).loops[0] for sign in (-1, 1))
    assert even.is_reinforcing
    assert not odd.is_reinforcing
    assert odd.strength == pytest.approx(np.sqrt(0.4))


@pytest.mark.parametrize(
    ("said", "missing", "method", "together"),
    [
        ([1, 0.25, 0.75, 0.5], "counts_as_zero", "mean", 0.625),
        ([1, 0, 0, 0.5], "left_out", "mean", 0.75),
        ([1, 0.6, 0, 0.5], "left_out", "median", 0.6),
        ([1, 0.6, 0, 0.5], "counts_as_zero", "median", 0.55),
    ],
)
def test_aggregates_are_as_fcmconfr_tests_them(said, missing, method, together):
    """The tests of R package fcmconfr, aggregate_fcms: means and medians with and without zeros."""
    weights = np.zeros((4, 2, 2))
    weights[:, 0, 1] = said
    counts = counted(weights != 0, np.ones((4, 2)), missing)
    assert aggregate(weights, counts, method=method)[0, 1] == pytest.approx(together)


def test_a_link_says_none_only_where_both_concepts_are_in_the_map():
    weights = np.zeros((3, 2, 2))
    weights[0, 0, 1] = 0.9
    known = [[True, True], [True, True], [True, False]]
    counts = counted(weights != 0, known, "left_out_without_concept")
    assert aggregate(weights, counts)[0, 1] == pytest.approx(0.45)


@settings(max_examples=50, deadline=None)
@given(st.lists(maps(2), min_size=1, max_size=5), st.data())
def test_credibility_counts_like_saying_it_more_often(several, data):
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(several), max_size=len(several)))
    if not sum(times):
        return
    weights = np.stack(several)
    repeated = np.repeat(weights, times, axis=0)
    for method in ("mean", "median", "sum_normalised"):
        once = aggregate(weights, np.ones_like(weights), credibility=times, method=method)
        often = aggregate(repeated, np.ones_like(repeated), method=method)
        np.testing.assert_allclose(once, often, atol=1e-12)
    np.testing.assert_allclose(
        aggregate(repeated, np.ones_like(repeated), method="median"), np.median(repeated, axis=0), atol=1e-12
    )


def test_the_sum_is_normalised_by_its_largest_link():
    weights = np.zeros((2, 2, 2))
    weights[:, 0, 1], weights[0, 1, 0] = (-0.8, -0.4), 0.3
    found = aggregate(weights, np.ones_like(weights), method="sum_normalised")
    np.testing.assert_allclose(found, [[0, -1], [0.25, 0]])


def test_opposite_signs_are_a_conflict():
    weights = np.zeros((3, 2, 2))
    weights[:, 0, 1] = (0.5, -0.3, 0)
    found = disagreement(weights, weights != 0)
    assert found.is_conflict.tolist() == [[False, True], [False, False]]
    assert (found.n_drawn[0, 1], found.lowest[0, 1], found.highest[0, 1]) == (2, -0.3, 0.5)
    assert found.deviation[0, 1] == pytest.approx(0.4)
    assert np.isnan(found.mean[1, 0])


def test_distances_go_from_the_same_map_to_the_opposite_one():
    full = np.ones((3, 3)) - np.eye(3)
    known = np.ones((3, 3), dtype=bool)
    found = distance_ratios(np.stack([full, full, -full]), known)
    np.testing.assert_allclose(found, [[0, 0, 1], [0, 0, 1], [1, 1, 0]])


def test_distance_of_maps_with_concepts_of_their_own_by_hand():
    """Common pair (0, 1): |0.5 − 0.1| + |0 − 0.2| of at most 4. Own pairs: 2 links of 4 + 4 that could be."""
    one, other = np.zeros((2, 4, 4))
    one[0, 1], one[2, 0] = 0.5, 0.3
    other[0, 1], other[1, 0], other[1, 3] = 0.1, -0.2, -1
    known = [[True, True, True, False], [True, True, False, True]]
    assert distance_ratios([one, other], known)[0, 1] == pytest.approx((0.6 + 2) / (2 * 2 + 8))


def test_groups_are_seen_only_where_they_stand_apart():
    two = np.zeros((6, 2, 2))
    two[:, 0, 1] = (0.9, 0.8, 0.85, -0.9, -0.8, -0.85)
    known = np.ones((6, 2), dtype=bool)
    found = groups_of(distance_ratios(two, known))
    assert found.labels.tolist() == [1, 1, 1, 2, 2, 2]
    assert found.silhouette > 0.8
    assert groups_of(np.zeros((3, 3))).reason.startswith("groups are looked for among 4")
    assert "no groups stand apart" in groups_of(1.0 - np.eye(5)).reason


def test_the_accumulation_curve_is_the_mean_over_all_orders():
    known = random.random((5, 7)) < 0.4
    orders = [
        [known[list(order[:k])].any(axis=0).sum() for k in range(1, 6)] for order in permutations(range(5))
    ]
    np.testing.assert_allclose(accumulation(known), np.mean(orders, axis=0))


def test_an_uncertain_link_gives_the_changes_at_the_quantiles_of_its_weight():
    """b's change σ(w) − σ(w/2) rises with w, so its quantiles are those of w."""
    drawn = np.zeros((4000, 2, 2))
    drawn[:, 0, 1] = np.linspace(-0.2, 0.8, 4000)
    found = robustness(
        [drawn[:1000], drawn[1000:]], [0.5, 0.5], [[1.0, np.nan]], Comparing(SIGMOID), smallest=1e-9
    )

    def change(w):
        return 1 / (1 + np.exp(-w)) - 1 / (1 + np.exp(-w / 2))

    bounds = [found.low[0, 1], found.median[0, 1], found.high[0, 1]]
    np.testing.assert_allclose(bounds, change(np.array([-0.15, 0.3, 0.75])), atol=1e-4)
    assert found.rises[0, 1] == pytest.approx(0.8, abs=1e-3)
    assert found.same_direction([[0.5, 0.1]], 1e-9)[0, 1] == pytest.approx(0.8, abs=1e-3)
    assert found.same_direction([[0.5, -0.1]], 1e-9)[0, 1] == pytest.approx(0.2, abs=1e-3)


def test_draws_that_do_not_settle_are_counted_and_left_out():
    drawn = np.array([[[-1.0]], [[0.2]], [[0.2]], [[0.2]]])
    how = Comparing(Dynamics(slope=4), max_steps=12)
    found = robustness([drawn], [0.9], [[np.nan]], how, smallest=0.01)
    assert found.settled[0] == 0.75
    assert not np.isnan(found.median).any()
    none = robustness([drawn[:1]], [0.9], [[np.nan]], how, smallest=0.01)
    assert np.isnan(none.median).all()
    assert np.isnan(none.rises).all()


def test_sensitivity_is_what_changing_each_link_by_hand_gives():
    how, held = Comparing(Dynamics(slope=2)), np.array([[1.0, *[np.nan] * 7], [np.nan, 0.0, *[np.nan] * 6]])
    found = sensitivity(EIGHT, FIRST, held, how, outcome=5)
    assert len(found.links) == 21
    assert np.all(np.diff(found.swings) <= 1e-12)
    for place in (0, 7, 20):
        i, j = found.links[place]
        for values, factor in ((found.absent, None), (found.weaker, -0.1), (found.stronger, 0.1)):
            changed = EIGHT.copy()
            sign = np.sign(changed[i, j])
            changed[i, j] = 0 if factor is None else sign * np.clip(abs(changed[i, j]) + factor, 0, 1)
            expected = compare(changed, FIRST, held, how).changes[:, 5]
            np.testing.assert_allclose(values[place], expected, atol=1e-12)


def test_every_pair_of_rule_and_transfer_that_may_be_is_computed():
    for rule, transfer in product(RULES, TRANSFERS):
        if rule == "rescaled" and transfer in ("tanh", "trivalent"):
            continue
        dynamics = Dynamics(rule, transfer)
        levels = trajectory(EIGHT, FIRST, dynamics, 5)
        assert dynamics.is_level(levels[1:]), (rule, transfer)
