"""The search for consistent scenarios, against published ones and against looking at every scenario."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from somewhereland import SCORES, somewhereland, words

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance import consistency
from innosi.scenarios.construction.balance.consistency import consistent_scenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts


def random_impacts(sizes, seed, *, share=1.0, whole=True):
    """Judgements from -3 to 3; of all blocks a share is not 0."""
    draw, n = np.random.default_rng(seed), sum(sizes)
    matrix = draw.integers(-3, 4, (n, n)).astype(float) if whole else draw.uniform(-3, 3, (n, n))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    for i, j in product(range(len(sizes)), repeat=2):
        if i == j or draw.random() > share:
            matrix[starts[i] : starts[i + 1], starts[j] : starts[j + 1]] = 0
    states = {f"d{place}": [f"s{k}" for k in range(size)] for place, size in enumerate(sizes)}
    return CrossImpacts.of(states, matrix)


def every_consistent(impacts, tolerance=0.0):
    """Look at every scenario."""
    scenarios = np.array(list(product(*map(range, impacts.n_states))))
    rows = impacts.rows(scenarios)
    scores = impacts.judgements[rows].sum(axis=1)
    own = np.take_along_axis(scores, rows, axis=1)
    places = zip(impacts.starts, impacts.n_states, strict=True)
    best = np.stack([scores[:, start : start + size].max(axis=1) for start, size in places], axis=1)
    return scenarios[np.all(best - own <= tolerance + 1e-9, axis=1)]


def test_somewhereland_has_its_ten_published_scenarios():
    """ScenarioWizard's manual, version 4.1, page 11 (Weimer-Jehle)."""
    found = consistent_scenarios(somewhereland())
    assert {words(each) for each in found.scenarios} == {*SCORES}
    assert found.is_complete


def test_a_thousand_small_matrices_have_the_scenarios_that_looking_at_all_of_them_finds():
    draw = np.random.default_rng(6)
    for seed in range(1000):
        sizes = draw.integers(1, 5, draw.integers(1, 6)).tolist()
        impacts = random_impacts(sizes, seed, share=draw.choice([0.3, 1]), whole=draw.random() < 0.7)
        tolerance = float(draw.choice([0, 0, 1, 2.5]))
        found = consistent_scenarios(impacts, tolerance=tolerance, workers=1)
        assert np.array_equal(found.scenarios, every_consistent(impacts, tolerance)), (sizes, seed, tolerance)
        assert found.is_complete


SIZES = st.lists(st.integers(2, 4), min_size=2, max_size=5)


@given(SIZES, st.integers(0, 2**32 - 1), st.floats(-5, 5), st.integers(0, 100))
def test_a_constant_on_the_row_of_a_section_changes_nothing(sizes, seed, constant, at):
    impacts = random_impacts(sizes, seed)
    row, target = at % sum(sizes), at % len(sizes)
    if impacts.starts[target] <= row < impacts.starts[target] + sizes[target]:
        target = (target + 1) % len(sizes)
    changed = impacts.judgements.copy()
    changed[row, impacts.starts[target] : impacts.starts[target] + sizes[target]] += constant
    found = consistent_scenarios(CrossImpacts.of(impacts.states, changed), workers=1)
    assert np.array_equal(found.scenarios, consistent_scenarios(impacts, workers=1).scenarios)


@given(SIZES, st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.integers(0, 100))
def test_a_factor_on_what_acts_on_a_descriptor_changes_nothing(sizes, seed, factor, at):
    impacts = random_impacts(sizes, seed)
    target = at % len(sizes)
    changed = impacts.judgements.copy()
    changed[:, impacts.starts[target] : impacts.starts[target] + sizes[target]] *= factor
    found = consistent_scenarios(CrossImpacts.of(impacts.states, changed), workers=1)
    assert np.array_equal(found.scenarios, consistent_scenarios(impacts, workers=1).scenarios)


@pytest.fixture
def cut_often(monkeypatch):
    """A search is cut into parts again after a few steps, as a long one is after many."""
    monkeypatch.setattr(consistency, "_FIRST_STEPS", 3)
    monkeypatch.setattr(consistency, "_STEPS", 5)
    monkeypatch.setattr(consistency, "_AT_ONCE", 4)


@pytest.mark.parametrize("sizes", [[4] * 8, [2] * 12, [5, 4, 3, 2, 5, 4, 3]])
def test_a_search_that_is_cut_into_parts_finds_the_same(sizes, cut_often):
    for seed in range(5):
        impacts, told = random_impacts(sizes, seed), []
        found = consistent_scenarios(impacts, tolerance=2, on_progress=told.append)
        assert np.array_equal(found.scenarios, every_consistent(impacts, tolerance=2))
        shares = [each.share for each in told]
        assert np.all(np.diff(shares) > -1e-12)
        assert len(shares) > 3
        assert shares[-1] == pytest.approx(1)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_number_of_workers_finds_the_same(workers, cut_often):
    impacts = random_impacts([4] * 9, 3)
    assert np.array_equal(
        consistent_scenarios(impacts, workers=workers).scenarios,
        consistent_scenarios(impacts, workers=1).scenarios,
    )


def test_fixed_states_leave_the_consistent_scenarios_that_have_them():
    impacts = somewhereland()
    whole = consistent_scenarios(impacts).scenarios
    found = consistent_scenarios(impacts, fixed={"C": "C2", "F": "F2"}).scenarios
    assert np.array_equal(found, whole[(whole[:, 2] == 1) & (whole[:, 5] == 1)])
    assert len(found) == 4


def nothing_acts(n):
    """Every scenario is consistent."""
    return CrossImpacts.of({f"d{i}": ["a", "b", "c"] for i in range(n)}, np.zeros((3 * n, 3 * n)))


def test_too_many_are_cut_off_and_said_to_be_so():
    found = consistent_scenarios(nothing_acts(9), at_most=100)
    assert (len(found.scenarios), found.is_complete, found.why_not) == (100, False, "there are more than 100")
    assert consistent_scenarios(nothing_acts(5), at_most=3**5).is_complete


def test_a_search_without_time_says_that_it_is_not_complete(monkeypatch):
    monkeypatch.setattr(consistency, "_FIRST_STEPS", 1)
    found = consistent_scenarios(random_impacts([4] * 8, 1), seconds=0)
    assert (found.is_complete, found.why_not) == (False, "its time was up")


def test_what_was_found_before_an_interruption_is_kept_and_marked(cut_often):
    seen = []

    def interrupt(progress):
        seen.append(progress)
        if progress.n_found:
            raise KeyboardInterrupt

    found = consistent_scenarios(nothing_acts(6), workers=1, on_progress=interrupt)
    assert (found.is_complete, found.why_not) == (False, "the search was interrupted")
    assert len(found.scenarios) == seen[-1].n_found > 0
    assert 0 < seen[-1].share < 1


@pytest.mark.parametrize(
    ("states", "matrix", "message"),
    [
        ({}, np.zeros((0, 0)), "there are no descriptors"),
        ({"a": []}, np.zeros((0, 0)), "'a' has no states"),
        ({"a": ["x", "x"]}, np.zeros((2, 2)), "'a' has the state 'x' twice"),
        ({"a": ["x", "y"], "b": ["z"]}, np.zeros((2, 2)), r"the shape \(2, 2\), and there are 3 states"),
        ({"a": ["x"], "b": ["z"]}, [[0, np.nan], [0, 0]], "judgement of a=x on b=z is missing"),
        (
            {"a": ["x", "y"], "b": ["z"]},
            [[0, 0, 0], [2, 0, 0], [0, 0, 0]],
            "a=y acts on a=x, of its own descriptor",
        ),
    ],
)
def test_a_matrix_that_is_none_is_refused(states, matrix, message):
    with pytest.raises(InnosiError, match=message):
        CrossImpacts.of(states, matrix)


def test_what_cannot_be_searched_is_refused():
    with pytest.raises(InnosiError, match="'C9' is no state of 'C'; known: C1, C2, C3"):
        consistent_scenarios(somewhereland(), fixed={"C": "C9"})
    with pytest.raises(InnosiError, match="'Z' is no descriptor"):
        consistent_scenarios(somewhereland(), fixed={"Z": "C9"})
    with pytest.raises(InnosiError, match="tolerance is -1"):
        consistent_scenarios(somewhereland(), tolerance=-1)
    wide = CrossImpacts.of({"a": list("abcdefghijk"), "b": ["x"]}, np.zeros((12, 12)))
    with pytest.raises(InnosiError, match="'a' has 11 states, and the search takes 10 at most"):
        consistent_scenarios(wide)


def test_scenarios_are_told_by_name_and_found_by_name():
    impacts = somewhereland()
    names = {"A": "A2", "B": "B1", "C": "C3", "D": "D1", "E": "E1", "F": "F1"}
    assert impacts.names_of(impacts.scenario_of(names)) == names
    with pytest.raises(InnosiError, match="the scenario lacks a state for 'F'"):
        impacts.scenario_of({name: state for name, state in names.items() if name != "F"})
    with pytest.raises(InnosiError, match="the scenario names an unknown descriptor, 'G'"):
        impacts.scenario_of({**names, "G": "G1"})
    assert impacts.n_combinations == 486
