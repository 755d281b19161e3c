import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from innosi.models.errors import InnosiError
from innosi.scenarios.sampling.correlation import Correlations, copula, nearest_correlation, rearranged
from innosi.scenarios.sampling.streams import uniforms

PAIRS = {("a", "b"): 0.7, ("a", "c"): -0.4}


def _numbers(n, names="abc"):
    return np.stack([uniforms(1, name, 0, n) for name in names])


def test_a_copula_gives_the_rank_correlations_that_are_asked_for():
    mixed = copula(Correlations(PAIRS), _numbers(100_000))
    found = spearmanr(mixed.T).statistic
    assert found[0, 1] == pytest.approx(0.7, abs=0.01)
    assert found[0, 2] == pytest.approx(-0.4, abs=0.01)
    assert np.all((mixed > 0) & (mixed < 1))
    assert mixed.mean(axis=1) == pytest.approx(0.5, abs=0.01)


def test_the_copula_of_a_part_is_a_part_of_the_copula():
    numbers = _numbers(1000)
    whole = copula(Correlations(PAIRS), numbers)
    np.testing.assert_array_equal(copula(Correlations(PAIRS), numbers[:, 300:307]), whole[:, 300:307])


def test_a_rearrangement_keeps_every_number_and_correlates_the_ranks():
    numbers = _numbers(20_000)
    found = rearranged(Correlations(PAIRS, "iman_conover"), 1, numbers)
    np.testing.assert_array_equal(np.sort(found), np.sort(numbers))
    ranks = spearmanr(found.T).statistic
    assert ranks[0, 1] == pytest.approx(0.7, abs=0.01)
    assert ranks[0, 2] == pytest.approx(-0.4, abs=0.01)


def test_what_cannot_be_is_told_by_its_worst_pair():
    impossible = Correlations({("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9})
    with pytest.raises(InnosiError, match=r"the worst pair is \w and \w: .*repair: true"):
        impossible.checked()


def test_perfect_correlation_is_at_the_edge_of_what_is_possible():
    with pytest.raises(InnosiError, match="worst pair is a and b"):
        Correlations({("a", "b"): 1.0}).checked()


def test_a_repair_changes_what_cannot_be_and_nothing_else():
    possible = Correlations(PAIRS)
    assert possible.repaired() is possible
    impossible = Correlations({("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9})
    assert impossible.repaired().checked().pairs[("a", "b")] < 0.9


def test_the_nearest_correlation_is_highams():
    # Higham (2002), IMA J. Numer. Anal. 22(3), section 4: the nearest to this matrix, to four figures
    matrix = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    expected = np.array([[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]])
    np.testing.assert_allclose(nearest_correlation(matrix), expected, atol=2e-4)


@settings(max_examples=50)
@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_the_nearest_correlation_is_one(entries):
    matrix = np.eye(4)
    matrix[np.triu_indices(4, 1)] = entries
    matrix = np.maximum(matrix, matrix.T) + np.minimum(matrix, matrix.T) - np.diag(np.diag(matrix))
    found = nearest_correlation(matrix)
    assert np.linalg.eigvalsh(found)[0] > 0
    np.testing.assert_allclose(np.diag(found), 1.0)
