"""Impact balances, succession, shocks, likeness and reasons, against published and independent answers."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from somewhereland import BALANCES, BASINS, SCORES, scenario, somewhereland, words

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance import succession as successions
from innosi.scenarios.construction.balance.consistency import consistent_scenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.explaining import why
from innosi.scenarios.construction.balance.impact_balances import acted_on, impact_balances, intervened
from innosi.scenarios.construction.balance.shocks import dynamic_shocks, structural_shocks
from innosi.scenarios.construction.balance.similarity import distances, families_of, map_of
from innosi.scenarios.construction.balance.succession import Rule, Succession, attractors, path, settled

QUICK = settings(max_examples=25, deadline=None)
RULES = [Succession(rule) for rule in (Rule.GLOBAL, Rule.LOCAL, Rule.INCREMENTAL)]
SYSTEMS = st.tuples(st.lists(st.integers(2, 4), min_size=2, max_size=5), st.integers(0, 2**32 - 1))


def random_impacts(system):
    sizes, seed = system
    draw, n = np.random.default_rng(seed), sum(sizes)
    matrix = draw.integers(-3, 4, (n, n)).astype(float)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    for above, below in pairwise(starts):
        matrix[above:below, above:below] = 0
    return CrossImpacts.of({f"d{i}": [f"s{k}" for k in range(size)] for i, size in enumerate(sizes)}, matrix)


def every_scenario(impacts):
    return np.array(list(product(*map(range, impacts.n_states))))


def test_the_published_impact_balances_of_a_scenario():
    found = impact_balances(somewhereland(), scenario("A2 B1 C3 D1 E1 F1"))
    assert found.scores[0].tolist() == BALANCES
    assert found.inconsistencies[0].tolist() == [0, 0, 0, 14, 0, 0]
    assert found.inconsistency.tolist() == [14]
    assert found.total_score.tolist() == [3 + 2 + 10 - 7 + 4 + 2]
    assert found.margins[0].tolist() == [3, 1, 11, -14, 5, 3]


def test_the_total_impact_scores_of_the_consistent_scenarios():
    places = consistent_scenarios(somewhereland()).scenarios
    found = impact_balances(somewhereland(), places)
    assert dict(zip(map(words, places), found.total_score, strict=True)) == SCORES
    assert np.all(found.inconsistency == 0)


def test_the_basins_of_global_succession():
    found = attractors(somewhereland())
    counts = {
        words(each): round(share * 486) for each, share in zip(found.scenarios, found.basins, strict=True)
    }
    assert counts == BASINS
    assert found.is_exhaustive
    assert found.errors.max() == 0
    assert np.all(found.lengths == 1)


@pytest.mark.parametrize(
    "moves", [*RULES, Succession(Rule.ADIABATIC, (("A", "F"), ("B",)))], ids=lambda m: m.rule
)
def test_a_sample_is_followed_to_the_same_attractors_within_its_standard_errors(moves):
    whole, sample = (
        attractors(somewhereland(), moves),
        attractors(somewhereland(), moves, n_starts=3000, seed=1),
    )
    assert not sample.is_exhaustive
    assert sample.unsettled == 0
    known = {words(each): share for each, share in zip(whole.scenarios, whole.basins, strict=True)}
    for each, share, error in zip(sample.scenarios, sample.basins, sample.errors, strict=True):
        assert abs(share - known[words(each)]) < 4 * error + 1e-9
        assert error == pytest.approx(np.sqrt(share * (1 - share) / 3000))


@QUICK
@given(SYSTEMS)
def test_what_succession_leaves_as_it_is_is_what_is_consistent(system):
    impacts = random_impacts(system)
    consistent = consistent_scenarios(impacts, workers=1).scenarios.tolist()
    for moves in (*RULES, Succession(Rule.ADIABATIC, (("d0",),))):
        found = attractors(impacts, moves)
        fixed = found.scenarios[found.lengths == 1]
        assert sorted(fixed.tolist()) == consistent
        assert found.basins.sum() == pytest.approx(1)


@QUICK
@given(SYSTEMS, st.sampled_from(RULES))
def test_every_scenario_settles_where_following_it_step_by_step_ends(system, moves):
    impacts = random_impacts(system)
    scenarios = every_scenario(impacts)
    ends, lengths = settled(impacts, scenarios, moves)
    for start, end, length in list(zip(scenarios, ends, lengths, strict=True))[:40]:
        steps = path(impacts, start, moves).tolist()
        again = steps.index(steps[-1])
        assert len(steps) - 1 - again == length
        assert end.tolist() == min(steps[again:-1])
    counted = attractors(impacts, moves)
    rows, counts = np.unique(ends, axis=0, return_counts=True)
    shares = dict(zip(map(tuple, rows.tolist()), counts / len(scenarios), strict=True))
    assert dict(zip(map(tuple, counted.scenarios.tolist()), counted.basins, strict=True)) == pytest.approx(
        shares
    )


@QUICK
@given(SYSTEMS, st.integers(0, 100), st.floats(-4, 4), st.floats(0.1, 9))
def test_a_constant_on_a_row_and_a_factor_on_a_target_change_nothing(system, at, constant, factor):
    """METHODS: what is added to the row of a section, and what scales all that acts on a descriptor."""
    impacts = random_impacts(system)
    sizes = impacts.n_states
    target = at % len(sizes)
    columns = slice(impacts.starts[target], impacts.starts[target] + sizes[target])
    actor = (target + 1) % len(sizes)
    row = impacts.starts[actor] + at % sizes[actor]
    matrix = impacts.judgements.copy()
    matrix[row, columns] += constant
    matrix[:, columns] *= factor
    changed = CrossImpacts.of(impacts.states, matrix)
    scenarios = every_scenario(impacts)
    before, after = impact_balances(impacts, scenarios), impact_balances(changed, scenarios)
    scale = np.where(np.arange(len(sizes)) == target, factor, 1.0)
    assert after.inconsistencies == pytest.approx(before.inconsistencies * scale, abs=1e-6)
    for moves in (
        Succession(),
        Succession(Rule.INCREMENTAL),
    ):  # the most inconsistent one may change by a factor
        assert np.array_equal(attractors(changed, moves).basins, attractors(impacts, moves).basins)


def test_a_tie_keeps_the_state_and_else_takes_the_first():
    impacts = CrossImpacts.of(
        {"a": ["x", "y"], "b": ["p", "q", "r"]},
        [[0, 0, 0, 2, 2], [0, 0, 2, 0, 2], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
    )
    assert path(impacts, np.array([0, 0])).tolist() == [[0, 0], [0, 1], [0, 1]]
    assert path(impacts, np.array([0, 2])).tolist() == [[0, 2], [0, 2]]
    step = path(impacts, np.array([1, 1]), Succession(Rule.INCREMENTAL))
    assert step.tolist() == [[1, 1], [1, 0], [1, 0]]


def test_incremental_succession_goes_by_one_state_and_local_by_one_descriptor():
    start = scenario("A2 B1 C3 D1 E1 F1")
    by_one = path(somewhereland(), scenario("A1 B1 C1 D1 E3 F3"), Succession(Rule.INCREMENTAL))
    assert np.abs(np.diff(by_one, axis=0)).max() == 1
    local = path(somewhereland(), start, Succession(Rule.LOCAL))
    assert np.all(np.count_nonzero(np.diff(local[:-1], axis=0), axis=1) == 1)
    assert words(local[1]) == "A2 B1 C3 D2 E1 F1"  # D is inconsistent by 14


def test_slow_descriptors_wait_for_the_fast_ones():
    """Where D is slow, it moves only from a scenario in which nothing else would."""
    impacts = somewhereland()
    for start in every_scenario(impacts)[::7]:
        steps = path(impacts, start, Succession(Rule.ADIABATIC, (("D",),)))
        gaps = impact_balances(impacts, steps).inconsistencies
        for before, after, gap in zip(steps, steps[1:], gaps, strict=False):
            if before[3] != after[3]:
                assert np.delete(gap, 3).max() == 0
                assert np.array_equal(np.delete(before, 3), np.delete(after, 3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Succession(Rule.ADIABATIC), "which descriptors are slow"),
        (lambda: Succession(Rule.LOCAL, (("A",),)), "local succession knows no slow descriptors"),
        (lambda: attractors(somewhereland(), Succession(Rule.ADIABATIC, (("G",),))), "'G' is no descriptor"),
        (lambda: attractors(somewhereland(), Succession(Rule.ADIABATIC, (("A",), ("A",)))), "named twice"),
        (lambda: attractors(somewhereland(), fixed={"A": "A9"}), "'A9' is no state of 'A'"),
        (lambda: structural_shocks(somewhereland(), np.zeros((1, 6), int), strength=-1), "strength -1"),
        (lambda: structural_shocks(somewhereland(), np.zeros((1, 6), int), n_trials=0), "0 shocks"),
    ],
)
def test_what_cannot_be_followed_is_refused(make, message):
    with pytest.raises(InnosiError, match=message):
        make()


def test_fixed_states_are_held_while_the_others_move():
    """Against brute force: the succession of an intervened matrix keeps what nothing acts on."""
    held = {"C": "C1", "F": "F2"}
    found = attractors(somewhereland(), fixed=held)
    matrix = intervened(somewhereland(), held)
    every = every_scenario(matrix)
    ends, _ = settled(matrix, every[(every[:, 2] == 0) & (every[:, 5] == 1)])
    rows, counts = np.unique(ends, axis=0, return_counts=True)
    shares = dict(zip(map(tuple, rows.tolist()), counts / len(ends), strict=True))
    assert dict(zip(map(tuple, found.scenarios.tolist()), found.basins, strict=True)) == pytest.approx(shares)
    assert found.n_starts == 486 // 9


def test_an_intervention_takes_away_what_acts_on_a_held_descriptor_only():
    held = intervened(somewhereland(), {"A": "A2"})
    assert not held.judgements[:, :3].any()
    assert np.array_equal(held.judgements[:, 3:], somewhereland().judgements[:, 3:])
    assert acted_on(held).tolist() == [False, True, True, True, True, True]
    scenarios = every_scenario(held)
    gaps = impact_balances(somewhereland(), scenarios).inconsistencies
    n_more = 0
    for i, (name, states) in enumerate(somewhereland().states.items()):
        for k, state in enumerate(states):
            fixed = {name: state}
            found = consistent_scenarios(intervened(somewhereland(), fixed), fixed=fixed, workers=1).scenarios
            others_agree = np.delete(gaps, i, axis=1).max(axis=1) == 0
            assert np.array_equal(found, scenarios[(scenarios[:, i] == k) & others_agree])
            n_more += len(found) - len([each for each in SCORES if state in each])
    assert n_more > 0  # some futures hang together only because somebody holds a state


def test_a_sample_that_is_interrupted_keeps_what_was_followed(monkeypatch):
    def stop(done, total):
        if done >= 300:
            raise KeyboardInterrupt

    found = attractors(somewhereland(), n_starts=2000, on_progress=stop)
    assert found.n_starts == 300
    assert found.why_not == "interrupted after 300 of 2,000 starts"
    assert found.basins.sum() == pytest.approx(1)


def test_more_combinations_than_can_be_followed_are_sampled(monkeypatch):
    monkeypatch.setattr(successions, "MOST_COMBINATIONS", 485)
    assert attractors(somewhereland()).n_starts == successions.N_STARTS


def test_basins_of_scenarios_that_are_not_settled_in_are_nought():
    found = attractors(somewhereland())
    places = np.array([scenario("A1 B3 C2 D1 E1 F3"), scenario("A2 B1 C3 D1 E1 F1")])
    assert found.basins_of(places).tolist() == [178 / 486, 0]


def test_why_adds_up_to_the_impact_balances():
    reasons = why(somewhereland(), scenario("A2 B1 C3 D1 E1 F1"))
    scores = [state.score for each in reasons for state in each.states]
    assert scores == BALANCES
    for state in (state for each in reasons for state in each.states):
        assert sum(each.judgement for each in (*state.pros, *state.cons)) == state.score
    d = reasons[3]
    assert (d.own.state, d.rival, d.margin, d.breakers) == ("D1", "D2", -14, ())
    assert [(each.state, each.judgement) for each in d.own.cons] == [("F1", -3), ("A2", -2), ("C3", -2)]


def test_sums_of_fractions_that_are_equal_are_a_tie_everywhere():
    """3 × 0.1 is as much as 0.3 once, though not among floating-point numbers."""
    tenth = [[0, 0, 0, 0.1, 0], [0, 0, 0, 0.1, 0], [0, 0, 0, 0.1, 0.3], [0] * 5, [0] * 5]
    impacts = CrossImpacts.of({"a": ["x"], "b": ["y"], "c": ["z"], "d": ["p", "q"]}, tenth)
    scenarios = every_scenario(impacts)
    found = impact_balances(impacts, scenarios)
    assert found.inconsistency.tolist() == [0, 0]
    assert found.are_consistent().all()
    assert found.margins[:, 3].tolist() == [0, 0]
    assert len(consistent_scenarios(impacts, workers=1).scenarios) == 2
    assert attractors(impacts).lengths.tolist() == [1, 1]
    assert structural_shocks(impacts, scenarios, strength=0, n_trials=1).shares.tolist() == [1, 1]
    for places in scenarios:
        assert all(each.is_consistent for each in why(impacts, places))
        assert why(impacts, places, scale=(-3, 3))[3].margin == 0
    at_the_end = why(impacts, scenarios[0], scale=(0, 0.3))[3].breakers
    assert ("c", "q") not in {(each.descriptor, each.acted_on) for each in at_the_end}


@QUICK
@given(SYSTEMS, st.integers(0, 10**6))
def test_a_breaker_breaks_beyond_its_limit_and_not_before(system, at):
    impacts = random_impacts(system)
    found = consistent_scenarios(impacts, workers=1).scenarios
    if not len(found):
        return
    places = found[at % len(found)]
    reasons = why(impacts, places, scale=(-3, 3))
    for each in reasons:
        for one in each.breakers[:3]:
            row = impacts.starts[impacts.descriptors.index(one.descriptor)] + impacts.place_of(
                one.descriptor, one.state
            )
            column = impacts.starts[impacts.descriptors.index(each.descriptor)] + impacts.place_of(
                each.descriptor, one.acted_on
            )
            assert impacts.judgements[row, column] == one.judgement
            for beyond in (0, 0.5):
                matrix = impacts.judgements.copy()
                towards = -1 if one.acted_on == each.own.state else 1
                matrix[row, column] = one.limit + towards * beyond
                gap = impact_balances(CrossImpacts.of(impacts.states, matrix), places).inconsistency[0]
                assert (gap > 0) == (beyond > 0)
            assert -3 <= one.limit <= 3


def test_without_shaking_all_consistent_scenarios_hold_and_stronger_shocks_break_more():
    places = consistent_scenarios(somewhereland()).scenarios
    shares = [
        structural_shocks(somewhereland(), places, strength=strength, n_trials=300).shares
        for strength in (0, 0.5, 1, 2)
    ]
    assert np.all(shares[0] == 1)
    means = [share.mean() for share in shares]
    assert means == sorted(means, reverse=True)
    assert means[-1] < 0.8


def test_shocks_that_are_interrupted_keep_the_trials_that_were_done():
    def stop(done, total):
        if done == 40:
            raise KeyboardInterrupt

    places = consistent_scenarios(somewhereland()).scenarios
    found = structural_shocks(somewhereland(), places, n_trials=90, on_progress=stop)
    assert (found.n_trials, found.why_not) == (40, "interrupted after 40 of 90 trials")
    assert np.array_equal(found.shares, structural_shocks(somewhereland(), places, n_trials=40).shares)


def test_a_shock_breaks_as_often_as_theory_says():
    """One judgement decides, 0.5 above its rival: P(u1 − u2 < −0.5), u even on ±1, is (1.5)²/8."""
    impacts = CrossImpacts.of({"a": ["x"], "b": ["p", "q"]}, [[0, 0.5, 0], [0, 0, 0], [0, 0, 0]])
    found = structural_shocks(impacts, np.array([[0, 0]]), n_trials=20_000)
    assert found.shares[0] == pytest.approx(1 - 1.5**2 / 8, abs=4 * found.errors[0])
    assert found.errors[0] == pytest.approx(np.sqrt(found.shares[0] * (1 - found.shares[0]) / 20_000))


def test_every_change_of_one_state_is_followed_left_alone_and_held():
    places = consistent_scenarios(somewhereland()).scenarios[:2]
    found = dynamic_shocks(somewhereland(), places)
    assert len(found) == 2 * (3 - 1 + 3 - 1 + 3 - 1 + 2 - 1 + 3 - 1 + 3 - 1)
    for each in found:
        changed = places[each.scenario].copy()
        i = somewhereland().descriptors.index(each.descriptor)
        changed[i] = somewhereland().place_of(each.descriptor, each.state)
        end = path(somewhereland(), changed)[-1]
        assert np.array_equal(end, each.after)
        assert each.comes_back == np.array_equal(end, places[each.scenario])
        assert each.held[i] == changed[i]


def test_families_share_more_than_half_of_their_states_and_stand_together():
    places = consistent_scenarios(somewhereland()).scenarios
    found = families_of(places)
    shown = found.family[found.order].tolist()
    assert shown == sorted(shown)
    assert sorted(found.order.tolist()) == list(range(10))
    groups = [{words(each) for each in places[found.family == number]} for number in (1, 2, 3)]
    assert {frozenset(group) for group in groups} == {
        frozenset(each for each in SCORES if "C3 D2" in each),
        frozenset(each for each in SCORES if "C2 D1" in each),
        frozenset({"A1 B3 C1 D2 E3 F3"}),
    }


def test_a_map_keeps_distances_where_two_dimensions_suffice_and_lays_others_where_they_belong():
    """Three scenarios span a plane: the squares of their distances are the shares of what differs."""
    places = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 1, 0]])
    found = map_of(places, places)
    apart = np.square(found.landmarks[:, None] - found.landmarks[None, :]).sum(axis=2)
    assert apart == pytest.approx(distances(places, places))
    assert found.others == pytest.approx(found.landmarks)
    assert found.shown == pytest.approx(1)
    alone = map_of(places[:1], places)
    assert alone.landmarks.tolist() == [[0, 0]]
    assert np.isfinite(alone.others).all()
