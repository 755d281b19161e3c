"""Probabilistic cross-impact, against published numbers, answers by hand, and enumeration of everything."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.probabilities.coherence import most_even, nearest_by_size
from innosi.scenarios.construction.probabilities.factors import Beliefs, Effect, Factor
from innosi.scenarios.construction.probabilities.joint import contradictions, joint_distribution
from innosi.scenarios.construction.probabilities.odds_simulation import (
    exact_outcomes,
    final_probabilities,
    fixed_events,
    odds_model,
    policy_tests,
    simulate,
)
from innosi.scenarios.construction.probabilities.scenarios import constructed_scenarios, weights_of
from innosi.scenarios.construction.probabilities.smic import elasticities, smic

GORDON = (
    [0.25, 0.40, 0.75, 0.50],
    [[0, 0.50, 0.85, 0.40], [0.60, 0, 0.60, 0.55], [0.15, 0.50, 0, 0.60], [0.25, 0.70, 0.55, 0]],
)
"""Gordon (1994), Cross-impact method, Millennium Project: P(j | i) of four events, row i on column j."""
GORDON_ODDS = [[1, 1.5, 1.9, 0.67], [4.5, 1, 0.50, 1.2], [0.53, 1.5, 1, 1.5], [1.0, 3.5, 0.41, 1]]


def events(probabilities, conditional, otherwise=None, names="abcdefghij"):
    """Beliefs about events; NaN and the diagonal say nothing."""
    factors = tuple(Factor.event(name, p) for name, p in zip(names, probabilities, strict=False))
    effects = [
        Effect((i, is_not), (j, 0), float(matrix[i][j]))
        for is_not, matrix in enumerate((conditional, otherwise))
        if matrix is not None
        for i, j in permutations(range(len(factors)), 2)
        if not np.isnan(matrix[i][j])
    ]
    return Beliefs(factors, tuple(effects))


def from_a_distribution(shares):
    """Beliefs about three events that all follow from one distribution of their eight combinations."""
    shares = np.asarray(shares) / np.sum(shares)
    happens = np.indices((2, 2, 2)).reshape(3, -1) == 0
    own = happens @ shares
    conditional = [[(happens[i] & happens[j]) @ shares / own[i] for j in range(3)] for i in range(3)]
    otherwise = [[(~happens[i] & happens[j]) @ shares / (1 - own[i]) for j in range(3)] for i in range(3)]
    return own, conditional, otherwise, shares


def by_every_order(model):
    """Each event's probability from every order of events and every outcome, one by one."""
    n, final = len(model.names), np.zeros(len(model.names))
    orders = list(permutations(range(n)))
    for order, outcome in product(orders, product([0, 1], repeat=n)):
        log_odds, share = model.log_odds.copy(), 1 / len(orders)
        for event in order:
            chance = 1 / (1 + np.exp(-log_odds[event]))
            share *= chance if outcome[event] else 1 - chance
            log_odds = log_odds + (model.if_it_happens if outcome[event] else model.if_not)[event]
        final += share * np.array(outcome)
    return final


def test_gordons_conditional_probabilities_come_to_his_odds_ratios():
    model = odds_model(events(*GORDON))
    np.testing.assert_allclose(model.multipliers, GORDON_ODDS, rtol=0.02)


def test_the_exact_probabilities_are_those_of_every_order_and_outcome():
    otherwise = [[np.nan] * 4, [0.1, 0, 0.8, np.nan], [np.nan] * 4, [0.3, np.nan, 0.9, 0]]
    for model in (odds_model(events(*GORDON)), odds_model(events(*GORDON, otherwise))):
        exact = exact_outcomes(model)
        assert exact.probabilities.sum() == pytest.approx(1)
        np.testing.assert_allclose(final_probabilities(exact), by_every_order(model), rtol=1e-12)


def test_two_events_by_hand():
    """P(b) = ½ · 40 % (b first) + ½ · (30 % · 60 % + 70 % · 40 %) (a first)."""
    model = odds_model(events([0.3, 0.4], [[0, 0.6], [0.3, 0]]))
    np.testing.assert_allclose(final_probabilities(exact_outcomes(model)), [0.3, 0.43])


def test_the_simulation_tends_to_the_exact_probabilities():
    model = odds_model(events(*GORDON))
    found = simulate(model, draws=50_000, seed=3)
    exact = final_probabilities(exact_outcomes(model))
    assert np.all(np.abs(found.final - exact) < 4 * found.standard_error)
    assert found.outcomes.probabilities.sum() == pytest.approx(1)
    np.testing.assert_allclose([each[0] for each in found.outcomes.marginals()], found.final)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_number_of_workers_draws_the_same(workers):
    model = odds_model(events(*GORDON))
    again = simulate(model, draws=25_001, seed=0, workers=workers)
    assert np.array_equal(again.final, simulate(model, draws=25_001, seed=0).final)
    assert not np.array_equal(again.final, simulate(model, draws=25_001, seed=1).final)


def test_multipliers_of_one_change_nothing():
    own = [0.2, 0.5, 0.9]
    found = odds_model(events(own, [[0, 0.5, 0.9], [0.2, 0, 0.9], [0.2, 0.5, 0]]))
    np.testing.assert_allclose(final_probabilities(exact_outcomes(found)), own, rtol=1e-12)
    assert np.allclose(policy_tests(found)[0] - policy_tests(found)[1], np.diag([1, 1, 1]))


def test_what_is_not_said_of_an_event_that_does_not_happen_may_be_implied():
    """Of two events whose judgements obey Bayes' rule the probabilities then stay as they were."""
    model = odds_model(events([0.3, 0.4], [[0, 0.6], [0.45, 0]]), if_not="implied")
    np.testing.assert_allclose(final_probabilities(exact_outcomes(model)), [0.3, 0.4])


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_other_order_of_events_other_order_of_results(order):
    own, conditional = (np.array(each) for each in GORDON)
    names = np.array(list("abcd"))
    changed = events(own[order], conditional[np.ix_(order, order)], names=names[order])
    drawn = [simulate(odds_model(each), draws=2000).final for each in (events(*GORDON), changed)]
    assert np.array_equal(drawn[0][order], drawn[1])
    moves = [
        {each.words: each.coherent for each in joint_distribution(beliefs).moves}
        for beliefs in (events(*GORDON), changed)
    ]
    assert moves[0] == pytest.approx(moves[1], abs=1e-6)


def test_a_fixed_event_is_decided_before_all_others():
    beliefs = events(*GORDON)
    model, fixed = odds_model(beliefs), fixed_events(beliefs, ("a",), ("c",))
    found = simulate(model, draws=2000, fixed=fixed)
    assert found.final[[0, 2]].tolist() == [1, 0]
    exact = final_probabilities(exact_outcomes(model, fixed))
    assert np.all(np.abs(found.final - exact)[[1, 3]] < 4 * found.standard_error[[1, 3]])
    with pytest.raises(InnosiError, match="'a' is to happen and not to happen"):
        fixed_events(beliefs, ("a",), ("a",))
    with pytest.raises(InnosiError, match="no event or descriptor 'z'"):
        fixed_events(beliefs, ("z",), ())


@given(st.lists(st.floats(0.02, 1), min_size=8, max_size=8))
@settings(max_examples=40, deadline=None)
def test_judgements_that_follow_from_a_distribution_are_met(shares):
    own, conditional, otherwise, _ = from_a_distribution(shares)
    found = joint_distribution(events(own, conditional, otherwise))
    assert found.is_coherent
    assert found.is_most_even
    assert max(abs(each.change) for each in found.moves) < 1e-6
    assert contradictions(found.beliefs) == ()


def test_nothing_is_linked_that_nobody_linked():
    """Two judged probabilities without an effect: independent, the most even distribution there is."""
    found = joint_distribution(events([0.3, 0.6], np.full((2, 2), np.nan)))
    np.testing.assert_allclose(found.outcomes.probabilities, [0.18, 0.12, 0.42, 0.28])


def test_a_chain_is_linked_through_its_middle_only():
    """a acts on b and b on c: P(c | a, b) is P(c | b), as in the most even distribution (a Markov chain)."""
    conditional = np.full((3, 3), np.nan)
    conditional[0, 1], conditional[1, 2] = 0.7, 0.8
    found = joint_distribution(events([0.4, 0.5, 0.6], conditional)).outcomes
    of_three = found.probability_of({0: 0, 1: 0, 2: 0}) / found.probability_of({0: 0, 1: 0})
    assert of_three == pytest.approx(0.8)


def test_certain_effects_leave_no_probability_to_what_they_forbid():
    conditional = np.full((2, 2), np.nan)
    conditional[0, 1] = 1.0
    found = joint_distribution(events([0.3, 0.5], conditional))
    assert found.is_coherent
    np.testing.assert_allclose(found.outcomes.probabilities, [0.3, 0, 0.2, 0.5], atol=1e-8)


def test_the_nearest_judgement_is_the_bound_that_was_passed():
    """P(b | a) is 50 % at most where P(a) is 40 % and P(b) 20 % (Fréchet)."""
    conditional = np.full((2, 2), np.nan)
    conditional[0, 1] = 0.6
    beliefs = events([0.4, 0.2], conditional)
    for distance in ("squares", "sizes"):
        found = joint_distribution(beliefs, distance=distance)
        assert not found.is_coherent
        assert [(each.words, round(each.coherent, 4)) for each in found.moved] == [("P(b | a)", 0.5)]
    assert contradictions(beliefs) == (
        "P(b | a) is 60 %; with P(a) 40 % and P(b) 20 % it lies between 0 % and 50 %",
    )


def test_three_that_cannot_go_together_though_every_two_can():
    """P(at least one) ≤ 1 makes the three P(both) add up to ½ at least: 1/6 each, so P(j | i) is 1/3."""
    conditional = np.full((3, 3), np.nan)
    conditional[0, 1] = conditional[1, 2] = conditional[0, 2] = 0.05
    beliefs = events([0.5] * 3, conditional)
    assert contradictions(beliefs) == ("a, b, c: every two of them go together, but not the three",)
    found = joint_distribution(beliefs)
    np.testing.assert_allclose([each.coherent for each in found.moved], [1 / 3] * 3, atol=1e-5)


def test_what_both_ways_and_both_sides_contradict_is_said():
    both_ways = contradictions(events([0.25, 0.4], [[0, 0.5], [0.6, 0]]))
    assert both_ways == ("P(b | a) makes P(both) 12.5 %, and P(a | b) makes it 24 %",)
    one_way, otherwise = np.array([[0, 0.5], [np.nan, 0]]), np.array([[0, 0.5], [np.nan, 0]])
    assert contradictions(events([0.25, 0.4], one_way, otherwise)) == (
        "P(b | a) and P(b | not a) make P(b) 50 %, and it is 40 %",
    )


NUCLEAR = [0.5, 0.3, 0.2]
RENEWABLES = [0.3, 0.2, 0.3, 0.2]
STORAGE = [0.5, 0.4, 0.1]
RATIOS = {
    (0, 1): [[0.25, 1, 1.25, 1.75], [1.5, 1.5, 2 / 3, 0.25], [1.5, 1.5, 1, 0.1]],
    (0, 2): [[0.75, 1.25, 1.25], [1.5, 0.75, 0.1], [1.75, 0.25, 0.1]],
    (1, 2): [[1.75, 0.25, 0.1], [1.25, 1, 0.25], [0.75, 1.5, 0.5], [0.1, 1, 4]],
}
"""Roponen & Salo (2024), section 3: nuclear power, renewables, energy storage; marginals and C_ij."""


def roponen_salo(pairs):
    shares = (NUCLEAR, RENEWABLES, STORAGE)
    factors = tuple(
        Factor.descriptor(name, {f"s{k}": p for k, p in enumerate(each)})
        for name, each in zip(("nuclear", "renewables", "storage"), shares, strict=True)
    )
    effects = tuple(
        Effect((i, k), (j, m), min(ratio * shares[j][m], 1))
        for (i, j) in pairs
        for k, row in enumerate(RATIOS[i, j])
        for m, ratio in enumerate(row)
    )
    return Beliefs(factors, effects)


@pytest.mark.parametrize("pairs", [[(0, 1)], list(RATIOS)])
def test_roponen_and_salos_energy_example_by_another_solver(pairs):
    """Their least squares with the marginals held, solved by SLSQP in the place of active sets."""
    beliefs = roponen_salo(pairs)
    found = joint_distribution(beliefs)
    rows = np.array([beliefs.holds(each.given, each.target) for each in beliefs.effects])
    wanted = np.array([each.probability * beliefs.probability(each.given) for each in beliefs.effects])
    own = [(i, k) for i, factor in enumerate(beliefs.factors) for k in range(len(factor.states) - 1)]
    sides = np.array([*(beliefs.holds(place) for place in own), beliefs.holds()])
    held = np.array([*(beliefs.probability(place) for place in own), 1])
    other = minimize(
        lambda x: 1e3 * np.sum((rows @ x - wanted) ** 2),
        np.full(beliefs.n_combinations, 1 / beliefs.n_combinations),
        jac=lambda x: 2e3 * rows.T @ (rows @ x - wanted),
        bounds=[(0, 1)] * beliefs.n_combinations,
        constraints={"type": "eq", "fun": lambda x: sides @ x - held, "jac": lambda _: sides},
        method="SLSQP",
        options={"ftol": 1e-11, "maxiter": 300},
    )
    np.testing.assert_allclose(rows @ found.outcomes.probabilities, rows @ other.x, atol=2e-5)
    np.testing.assert_allclose(sides @ found.outcomes.probabilities, held, atol=1e-5)


def test_the_least_sizes_are_no_greater_than_the_sizes_of_the_least_squares():
    beliefs = events(*GORDON)
    by = {distance: joint_distribution(beliefs, distance=distance) for distance in ("squares", "sizes")}
    rows, target = (
        by["sizes"].rows,
        [each.probability * beliefs.probability(each.given) for each in beliefs.effects],
    )
    missed = {distance: (rows @ found.outcomes.probabilities)[4:] - target for distance, found in by.items()}
    assert np.abs(missed["sizes"]).sum() <= np.abs(missed["squares"]).sum() + 1e-6
    assert np.sum(missed["squares"] ** 2) <= np.sum(missed["sizes"] ** 2) + 1e-6
    assert len(by["sizes"].moved) <= len(by["squares"].moved)


def test_what_is_held_must_go_together():
    rows, targets = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.7, 0.7])
    with pytest.raises(InnosiError, match="held do not go together"):
        nearest_by_size(rows, targets, np.array([True, True]))
    assert most_even(rows, targets) is None


def test_smic_of_two_events_by_hand():
    """P(a b) is judged .30 and .28, P(not a, b) .20, P(a, not b) .22: nothing binds, so means are least."""
    beliefs = events([0.5, 0.4], [[0, 0.6], [0.7, 0]], [[0, 0.4], [0.22 / 0.6, 0]])
    found = smic(beliefs)
    np.testing.assert_allclose(found.joint.outcomes.probabilities, [0.29, 0.22, 0.20, 0.29], atol=1e-9)
    np.testing.assert_allclose(found.ranges[:, 0], found.ranges[:, 1], atol=1e-6)
    np.testing.assert_allclose(found.elasticities[0, 1], (0.29 / 0.51 - 0.20 / 0.49) * 0.51 / 0.49)


def test_smic_corrects_as_another_solver_does_and_tells_the_whole_range():
    otherwise = [[0, 0.3, 0.7, 0.5], [0.1, 0, 0.8, 0.4], [0.5, 0.3, 0, 0.3], [0.2, 0.2, 0.9, 0]]
    beliefs = events(*GORDON, otherwise)
    found = smic(beliefs)
    rows = np.array([beliefs.holds(each.given, each.target) for each in beliefs.effects])
    wanted = np.array([each.probability * beliefs.probability(each.given) for each in beliefs.effects])
    other = minimize(
        lambda x: 1e3 * np.sum((rows @ x - wanted) ** 2),
        np.full(16, 1 / 16),
        jac=lambda x: 2e3 * rows.T @ (rows @ x - wanted),
        bounds=[(0, 1)] * 16,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    met = rows @ found.joint.outcomes.probabilities
    np.testing.assert_allclose(met, rows @ other.x, atol=1e-5)
    for place, (low, high) in zip(found.places, found.ranges, strict=True):
        ends = [
            linprog(
                sign * np.eye(16)[place],
                A_ub=np.vstack([rows, -rows]),
                b_ub=np.concatenate([met + 1e-7, -met + 1e-7]),
                A_eq=np.ones((1, 16)),
                b_eq=[1],
            ).fun
            * sign
            for sign in (1, -1)
        ]
        assert (low, high) == pytest.approx(tuple(ends), abs=1e-4)
        assert low - 1e-6 <= found.joint.outcomes.probabilities[place] <= high + 1e-6


def test_elasticities_of_independent_events_are_nought():
    found = joint_distribution(events([0.3, 0.6, 0.5], np.full((3, 3), np.nan)))
    np.testing.assert_allclose(elasticities(found.outcomes), 0, atol=1e-9)


def test_leading_combinations_are_the_likeliest_and_become_weighted_scenarios():
    found = joint_distribution(events([0.3, 0.6], np.full((2, 2), np.nan))).outcomes
    assert found.leading(n=2).tolist() == [2, 3]
    assert len(found.leading(share=0.7)) == 2
    assert len(found.leading(share=1.0)) == 4
    first, second = constructed_scenarios(found, found.leading(n=2))
    assert (first.title, first.settings, first.weight) == ("b", ("a-otherwise", "b-happens"), 0.42)
    assert second.title == "None of the events"
    assert weights_of(found, {"x": {0: 0}, "y": {0: 1, 1: 0}}) == pytest.approx({"x": 0.3, "y": 0.42})


@pytest.mark.parametrize(
    ("beliefs", "message"),
    [
        (events([0.3, 0.4], [[0, 1.0], [0.3, 0]]), r"P\(b \| a\) is 1, which has no odds"),
        (roponen_salo([(0, 1)]), "'nuclear' is no event: the simulation"),
        (events([0.9, 0.4], [[0, 0.9], [0.3, 0]]), "leaves -4.1 for"),
    ],
)
def test_what_cannot_be_simulated_is_refused(beliefs, message):
    with pytest.raises(InnosiError, match=message):
        odds_model(beliefs, if_not="implied")


def test_too_many_factors_are_refused():
    many = Beliefs(tuple(Factor.event(f"e{i}", 0.5) for i in range(16)))
    with pytest.raises(InnosiError, match="16 factors have 65,536 combinations"):
        joint_distribution(many)
    far_more = Beliefs(tuple(Factor.event(f"e{i}", 0.5) for i in range(60)), (Effect((0, 0), (1, 0), 0.7),))
    with pytest.raises(InnosiError, match="60 factors have 1,152,"):
        joint_distribution(far_more)
    with pytest.raises(InnosiError, match="SMIC is for 10 at most"):
        smic(many)
    with pytest.raises(InnosiError, match="'nuclear' is no event: SMIC"):
        smic(roponen_salo([(0, 1)]))
    with pytest.raises(InnosiError, match="at most 10 can be computed exactly"):
        exact_outcomes(odds_model(many))


def test_progress_is_told_to_the_last_draw_and_to_the_last_event():
    model, told = odds_model(Beliefs(tuple(Factor.event(f"e{i}", 0.5) for i in range(11)))), []
    simulate(model, draws=25_000, on_progress=lambda *each: told.append(each))
    assert told == [(10_000, 25_000), (20_000, 25_000), (25_000, 25_000)]
    told.clear()
    found = policy_tests(model, draws=500, on_progress=lambda *each: told.append(each))
    assert told == [(i, 11) for i in range(1, 12)]
    assert found[:, 0, 0].tolist() == [1, 0]
