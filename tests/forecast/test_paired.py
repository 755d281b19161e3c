"""Tests and coefficients on paired answers, held against published and independently computed numbers."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from innosi.forecast.statistics import paired
from innosi.forecast.statistics.association import (
    intraclass_correlation,
    kappa_of,
    kendall_tau_b,
    spearman,
    weighted_kappa,
)
from innosi.forecast.statistics.crossed import crossed

RATINGS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=8)


def columns(pairs):
    return np.array(pairs, float).T


def test_wilcoxon_of_hollander_and_wolfe():
    """Depression scores, Hollander & Wolfe (1973), p. 29: V = 40 of 45, one-sided p = 0.01953."""
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    found = paired.wilcoxon_signed_rank(first, second)
    assert found.statistic == 45 - 40
    assert found.p_value == pytest.approx(2 * 0.01953, abs=1e-5)


def pratt_by_hand(differences):
    """Every way to swap the rounds of each panellist, zeros ranked and then left out (Pratt 1959)."""
    ranks = rankdata(np.abs(differences)) * (differences != 0)
    middle = ranks.sum() / 2
    seen = abs(ranks[differences > 0].sum() - middle)
    flips = np.array(list(product((0, 1), repeat=len(ranks))))
    return np.mean(np.abs(flips @ ranks - middle) >= seen - 1e-9)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=8))
def test_wilcoxon_is_exact_with_ties_and_zeros(pairs):
    was, is_ = columns(pairs)
    found = paired.wilcoxon_signed_rank(was, is_)
    assert found.p_value == pytest.approx(pratt_by_hand(is_ - was))


def test_wilcoxon_of_a_large_panel_meets_the_normal_approximation():
    from scipy.stats import wilcoxon

    differences = np.tile([-1, 0, 0, 1, 2], 10).astype(float)
    small = paired.wilcoxon_signed_rank(0 * differences, differences)
    large = paired.wilcoxon_signed_rank(np.zeros(55), np.tile([-1, 0, 0, 1, 2], 11))
    approximate = wilcoxon(differences, zero_method="pratt", correction=False).pvalue
    assert small.p_value == pytest.approx(approximate, abs=0.005)
    assert 0 < large.p_value < small.p_value


def test_equal_steps_tie_though_written_in_binary():
    found = paired.wilcoxon_signed_rank([0.6, 0.5, 0.1], [0.7, 0.6, 0.2])
    assert (found.statistic, found.p_value) == (0, 0.25)


def test_mcnemar_of_the_approval_ratings():
    """Agresti, Categorical Data Analysis, table 10.1: z = (86 − 150)/√(86 + 150) = −4.17."""
    found = paired.symmetry_of([[794, 150], [86, 570]])
    assert found.statistic == pytest.approx(4.17**2, abs=0.05)
    assert found.statistic == pytest.approx(64**2 / 236)
    assert (found.degrees_of_freedom, found.n) == (1, 1600)
    assert found.p_value == pytest.approx(3.1e-5, rel=0.02)


def test_bowker_of_unaided_distance_vision():
    """Stuart (1953), Biometrika 40: the eyes of 7477 women; χ² = 19.11, 6 degrees of freedom."""
    vision = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
    found = paired.symmetry_of(vision)
    assert found.statistic == pytest.approx(19.107, abs=5e-4)
    assert (found.degrees_of_freedom, found.n) == (6, 7477)
    assert found.p_value == pytest.approx(0.004, abs=1e-4)


def test_few_changes_are_tested_exactly():
    assert paired.symmetry_of([[5, 6], [0, 3]]).p_value == pytest.approx(2 * 0.5**6)
    drawn = paired.symmetry_of([[1, 4, 0], [0, 1, 3], [0, 0, 1]], seed=0).p_value
    forth = np.array(list(product(range(5), range(4))))
    chance = np.array([comb(4, a) * comb(3, b) for a, b in forth]) / 2**7
    as_far = (2 * forth[:, 0] - 4) ** 2 / 4 + (2 * forth[:, 1] - 3) ** 2 / 3 >= 7 - 1e-9
    assert drawn == pytest.approx(chance[as_far].sum(), abs=0.005)


def test_the_round_chi_square_is_the_textbook_sum():
    was, is_ = [1] * 30 + [2] * 10, [1] * 20 + [2] * 20
    expected = 2 * (5**2 / 25) + 2 * (5**2 / 15)
    found = paired.round_chi_square(was, is_)
    assert (found.statistic, found.degrees_of_freedom) == (pytest.approx(expected), 1)


def test_swapping_sides_is_dependence_too():
    was = np.array([1, 2] * 10)
    swapped, kept = (paired.individual_chi_square(was, each) for each in (3 - was, was))
    assert swapped.p_value == kept.p_value < 0.001


def test_few_expected_answers_are_said():
    assert "approximate" in paired.round_chi_square([1, 2, 3], [2, 2, 3]).name


def test_pitman_morgan_is_the_t_of_both_variances_and_their_correlation():
    """t = (F − 1)√(n − 2) / (2√(F(1 − r²))) (Snedecor & Cochran, Statistical Methods, section 10.8)."""
    was, is_ = np.array([3, 5, 8, 1, 9, 4, 7.0]), np.array([4, 5, 7, 3, 7, 5, 5.0])
    ratio, r, n = np.var(is_) / np.var(was), np.corrcoef(was, is_)[0, 1], 7
    t = (ratio - 1) * np.sqrt(n - 2) / (2 * np.sqrt(ratio * (1 - r**2)))
    found = paired.pitman_morgan(was, is_)
    assert found.statistic == pytest.approx(t / np.sqrt(n - 2 + t**2))
    from scipy.stats import t as student

    assert found.p_value == pytest.approx(2 * student.sf(abs(t), n - 2))


def test_the_f_ratio_doubles_the_smaller_tail():
    from scipy.stats import f

    found = paired.variance_ratio([1, 2, 3, 4, 5], [2.5, 2.5, 3, 3.5, 3.5])
    assert found.statistic == pytest.approx(0.1)
    assert found.p_value == pytest.approx(2 * f.cdf(0.1, 4, 4))


# Hout, Duncan & Sobel (1987), data set SexualFun of R's package vcd; kappas and errors as its `Kappa` prints.
COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]


@pytest.mark.parametrize(
    ("weights", "value", "error"), [("none", 0.1293, 0.0686), ("linear", 0.2374, 0.0783)]
)
def test_kappa_of_hout_duncan_and_sobel(weights, value, error):
    found = kappa_of(COUPLES, weights=weights)
    assert found.value == pytest.approx(value, abs=5e-5)
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(error, abs=1e-4)


def naive_kappa(was, is_, power):
    """Disagreement seen over disagreement among all pairs of one earlier and one later answer."""
    seen = np.mean(np.abs(was - is_) ** power)
    by_chance = np.mean([abs(a - b) ** power for a in was for b in is_])
    return 1 - seen / by_chance


@settings(max_examples=40)
@given(RATINGS)
def test_weighted_kappa_is_disagreement_against_chance(pairs):
    was, is_ = columns(pairs)
    for weights, power in (("linear", 1), ("quadratic", 2)):
        found = weighted_kappa(was, is_, levels=[1, 2, 3, 4, 5], weights=weights)
        if len({*was, *is_}) == 1:
            assert np.isnan(found.value)
            assert found.reason
        else:
            assert found.value == pytest.approx(naive_kappa(was, is_, power))
            assert found.low <= found.value <= found.high


def test_intraclass_correlations_of_shrout_and_fleiss():
    """Shrout & Fleiss (1979), table 2: ICC(2,1) = .29, ICC(3,1) = .71; intervals as R's psych prints them."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    random, mixed = (intraclass_correlation(ratings, model=model) for model in ("random", "mixed"))
    assert (random.value, mixed.value) == (pytest.approx(0.29, abs=5e-3), pytest.approx(0.71, abs=6e-3))
    assert (random.low, random.high) == (pytest.approx(0.019, abs=1e-3), pytest.approx(0.761, abs=1e-3))
    assert (mixed.low, mixed.high) == (pytest.approx(0.342, abs=1e-3), pytest.approx(0.946, abs=1e-3))


def test_correlations_count_pairs_by_hand():
    was, is_ = [1, 2, 2, 3, 4, 4], [1, 3, 2, 2, 4, 5]
    a, b = rankdata(was), rankdata(is_)
    rho = spearman(was, is_)
    assert rho.value == pytest.approx(np.corrcoef(a, b)[0, 1])
    half = 1.959964 * np.sqrt((1 + rho.value**2 / 2) / 3)
    assert np.arctanh(rho.high) - np.arctanh(rho.low) == pytest.approx(2 * half)
    signs = [np.sign(np.subtract.outer(each, each)).ravel() for each in (was, is_)]
    expected = signs[0] @ signs[1] / np.sqrt(np.sum(signs[0] ** 2) * np.sum(signs[1] ** 2))
    assert kendall_tau_b(was, is_).value == pytest.approx(expected)


@pytest.mark.parametrize("measure", [spearman, kendall_tau_b])
def test_an_order_that_nobody_has_is_no_zero(measure):
    found = measure([3, 3, 3], [1, 2, 3])
    assert np.isnan(found.value)
    assert found.reason == "all answers of a round are equal"
    assert measure([], []).reason == "nobody answered both rounds"


def test_missing_answers_are_left_out_in_pairs():
    was, is_ = [1, np.nan, 3, 4], [2, 2, np.nan, 5]
    assert crossed(was, is_).tolist() == crossed([1, 4], [2, 5]).tolist()
    assert paired.wilcoxon_signed_rank(was, is_).n == 2
    assert spearman(was, is_).n == 2


TESTS = (paired.wilcoxon_signed_rank, paired.symmetry, paired.pitman_morgan, paired.individual_chi_square)
MEASURES = (spearman, kendall_tau_b, weighted_kappa)


@settings(max_examples=25)
@given(RATINGS, st.randoms())
def test_panellists_may_be_called_what_one_likes(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    for test in TESTS:
        assert test(*columns(shuffled)).p_value == pytest.approx(test(*columns(pairs)).p_value, nan_ok=True)
    for measure in MEASURES:
        found, other = measure(*columns(shuffled)), measure(*columns(pairs))
        assert found.value == pytest.approx(other.value, nan_ok=True, abs=1e-9)


@settings(max_examples=25)
@given(RATINGS)
def test_swapping_the_rounds_changes_no_symmetric_measure(pairs):
    was, is_ = columns(pairs)
    for test in TESTS:
        there, back = test(was, is_).p_value, test(is_, was).p_value
        assert there == pytest.approx(back, nan_ok=True, abs=0.02)
    for measure in MEASURES:
        assert measure(was, is_).value == pytest.approx(measure(is_, was).value, nan_ok=True, abs=1e-9)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=12))
def test_identical_rounds_are_perfectly_stable(ratings):
    assert paired.wilcoxon_signed_rank(ratings, ratings).p_value == 1
    assert paired.symmetry(ratings, ratings).p_value == 1
    if len(set(ratings)) > 1:
        for measure in MEASURES:
            assert measure(ratings, ratings).value == pytest.approx(1)
