"""Several experts' matrices: together, side by side, and where they differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance import consistency, ensembles
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.ensembles import (
    WAYS,
    Ensemble,
    Expert,
    disagreement,
    shared_scenarios,
)

STATES = {"funding": ("cut", "raised"), "land": ("lost", "kept")}


def matrix(*cells):
    """Cells of the two sections of two descriptors with two states, row by row."""
    found = np.zeros((4, 4))
    found[:2, 2:], found[2:, :2] = np.reshape(cells[:4], (2, 2)), np.reshape(cells[4:], (2, 2))
    return CrossImpacts.of(STATES, found)


ANNE = matrix(2, -2, -2, 2, 1, -1, -1, 1)
BOB = matrix(1, -1, 0, 0, 3, -3, 0, 0)
CLEO = matrix(-1, 1, -3, 3, 0, 0, 2, -2)


def ensemble(weights=(1, 1, 1), groups=("", "", "")):
    names = zip(("anne", "bob", "cleo"), (ANNE, BOB, CLEO), weights, groups, strict=True)
    return Ensemble(tuple(Expert(*each) for each in names))


@pytest.mark.parametrize(
    ("way", "weights", "expected"),
    [
        ("sum", (1, 1, 1), (2, -2, -5, 5, 4, -4, 1, -1)),
        ("sum", (2, 1, 1), (4, -4, -7, 7, 5, -5, 0, 0)),
        ("mean", (2, 1, 1), (1, -1, -1.75, 1.75, 1.25, -1.25, 0, 0)),
        ("median", (1, 1, 1), (1, -1, -2, 2, 1, -1, 0, 0)),
        ("median", (2, 1, 1), (1.5, -1.5, -2, 2, 1, -1, -0.5, 0.5)),
        ("vote", (1, 1, 1), (1, -1, -1, 1, 1, -1, 0, 0)),
        ("vote", (1, 1, 3), (-1, 1, -1, 1, 0, 0, 1, -1)),
    ],
)
def test_matrices_are_taken_together_cell_by_cell(way, weights, expected):
    """Worked out by hand."""
    found = ensemble(weights).together(way).judgements
    np.testing.assert_allclose(found, matrix(*expected).judgements)


def test_half_of_the_weight_is_no_majority():
    pair = Ensemble((Expert("anne", ANNE), Expert("cleo", CLEO)))
    assert pair.together("vote").judgements[0, 2] == 0


def test_it_is_told_in_whose_matrices_a_scenario_is_consistent():
    """By hand: cut with lost, or raised with kept, for Anne and (ties count) Bob; cut with kept for Cleo."""
    found = shared_scenarios(ensemble((2, 1, 1), ("x", "x", "y")))
    rows = dict(zip(map(tuple, found.scenarios.tolist()), found.is_consistent.tolist(), strict=True))
    assert rows == {
        (0, 0): [True, True, False],
        (1, 1): [True, True, False],
        (0, 1): [False, False, True],
    }
    assert found.share.tolist() == [0.75, 0.75, 0.25]
    assert found.share_of("x").tolist() == [1, 1, 0]
    assert found.share_of("y").tolist() == [0, 0, 1]
    assert found.n_of_each == (2, 2, 1)
    assert found.n_shared_by_all == 0
    assert found.inconsistency[:, 2].tolist() == [2, 4, 0]


def test_searches_that_are_interrupted_end_and_say_whose_they_were(monkeypatch):
    def stopped(impacts, **_):
        return consistency.ConsistentScenarios(np.array([[0, 0]]), False, consistency.INTERRUPTED)

    monkeypatch.setattr(ensembles, "consistent_scenarios", stopped)
    asked = []
    found = shared_scenarios(ensemble(), on_expert=asked.append)
    assert asked == [found.ensemble.experts[0].name]
    assert found.n_of_each == (1, 0, 0)
    assert set(found.unfinished) == {each.name for each in found.ensemble.experts}


def test_conflicts_of_sign_come_before_mere_spread():
    found = disagreement(ensemble())
    assert found.order[:2].tolist() == [[0, 2], [0, 3]]
    assert found.has_conflict[0, 2]
    assert not found.has_conflict[2, 0]
    assert found.spread[0, 2] == pytest.approx(np.std([2, 1, -1]))
    assert (found.lowest[0, 2], found.highest[0, 2]) == (-1, 2)


@pytest.mark.parametrize(
    ("experts", "problem"),
    [
        ((), "has no experts"),
        ((Expert("anne", ANNE, 0.0),), "the weight of 'anne' is 0"),
        ((Expert("anne", ANNE, np.nan),), "the weight of 'anne' is nan"),
        (
            (Expert("anne", ANNE), Expert("bob", CrossImpacts.of({"a": "xy"}, np.zeros((2, 2))))),
            "'bob' judged other descriptors",
        ),
    ],
)
def test_what_is_no_ensemble_is_refused(experts, problem):
    with pytest.raises(InnosiError, match=problem):
        Ensemble(experts)


CELLS = st.lists(st.integers(-3, 3), min_size=8, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=4), st.sampled_from(WAYS))
def test_experts_of_one_mind_are_as_one(cells, way):
    """One matrix said often keeps its consistent scenarios in every way; a vote keeps its signs."""
    one = matrix(*cells[0])
    many = Ensemble(tuple(Expert(str(place), one) for place in range(len(cells))))
    together = many.together(way).judgements
    if way == "vote":
        np.testing.assert_array_equal(together, np.sign(one.judgements))
    else:
        np.testing.assert_allclose(together, one.judgements * (len(cells) if way == "sum" else 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=4))
def test_sum_and_mean_agree_on_what_is_consistent(cells):
    given_ = Ensemble(tuple(Expert(str(i), matrix(*each)) for i, each in enumerate(cells)))
    found = [
        shared_scenarios(Ensemble((Expert("all", given_.together(way)),))).scenarios.tolist()
        for way in ("sum", "mean")
    ]
    assert found[0] == found[1]
