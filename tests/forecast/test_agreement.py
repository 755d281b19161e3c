"""Coefficients of agreement over items, against published values and by what must never change."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.statistics.agreement import (
    METRICS,
    Interval,
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
)
from innosi.forecast.statistics.agreement_weights import agreement_weights
from innosi.forecast.statistics.conger import conger_kappa
from innosi.forecast.statistics.kendall import kendall_w
from innosi.forecast.statistics.ratings import Ratings
from innosi.models.errors import AnswerError

NONE = math.nan
BARE = Interval(n_resamples=0)

KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
)
"""Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C; the same ratings are Gwet's."""

RAW_4_RATERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, NONE],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
)
"""The ratings as irrCAC has them: the same counts, one of them by another rater."""

PUBLISHED_ALPHA = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}

PUBLISHED_AC2 = {
    "identity": (0.775, 0.143),
    "linear": (0.859, 0.117),
    "quadratic": (0.914, 0.104),
    "ordinal": (0.899, 0.107),
    "radical": (0.820, 0.128),
    "ratio": (0.857, 0.122),
    "circular": (0.830, 0.133),
    "bipolar": (0.900, 0.106),
}
"""R package irrCAC on its data set cac.raw4raters: coefficient and standard error."""

matrices = st.integers(2, 6).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, 5.0, NONE]), min_size=5, max_size=5), min_size=n, max_size=n
    )
)


@pytest.mark.parametrize("metric", METRICS)
def test_alpha_is_krippendorffs(metric):
    assert krippendorff_alpha(KRIPPENDORFF, metric=metric).value == pytest.approx(
        PUBLISHED_ALPHA[metric], abs=5e-4
    )


def test_ac1_is_irrcacs():
    """irrCAC: pa 0.818, pe 0.190, AC1 0.775, SE 0.143, interval 0.461 to 1, p 0.00021."""
    found = gwet_ac(KRIPPENDORFF)
    assert (found.observed, found.expected) == pytest.approx((0.818, 0.190), abs=5e-4)
    assert found.analytic_interval == pytest.approx((0.461, 1), abs=5e-4)
    assert found.p_value == pytest.approx(0.00021, abs=5e-6)


@pytest.mark.parametrize("weights", PUBLISHED_AC2)
def test_ac2_is_irrcacs_under_every_weighting(weights):
    found = gwet_ac(KRIPPENDORFF, weights=weights)
    assert (found.value, found.standard_error) == pytest.approx(PUBLISHED_AC2[weights], abs=5e-4)


def test_fleiss_conger_and_brennan_prediger_are_irrcacs():
    """irrCAC on cac.raw4raters: Fleiss 0.76117 (SE 0.15302), Conger 0.76282, Brennan–Prediger 0.77273."""
    fleiss, equal = fleiss_kappa(KRIPPENDORFF), brennan_prediger(KRIPPENDORFF)
    assert (fleiss.value, fleiss.standard_error) == pytest.approx((0.76117, 0.15302), abs=5e-6)
    assert conger_kappa(RAW_4_RATERS).value == pytest.approx(0.76282, abs=5e-6)
    assert (equal.value, equal.standard_error) == pytest.approx((0.77273, 0.14472), abs=5e-6)


def test_fleiss_kappa_of_his_own_kind_of_table():
    """The worked example of Wikipedia's 'Fleiss' kappa' (10 subjects, 14 raters, 5 categories): 0.210."""
    table = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    ratings = np.array([np.repeat(np.arange(1, 6), row) for row in table]).T
    assert fleiss_kappa(ratings, interval=BARE).value == pytest.approx(0.210, abs=5e-4)


def test_conger_of_two_is_cohens_kappa():
    """Cohen's κ by its own formula: p_o = 35 / 50, p_e = 0.5 (Wikipedia, 'Cohen's kappa')."""
    yes_yes, yes_no, no_yes, no_no = 20, 5, 10, 15
    one = [1] * (yes_yes + yes_no) + [0] * (no_yes + no_no)
    other = [1] * yes_yes + [0] * yes_no + [1] * no_yes + [0] * no_no
    assert conger_kappa([one, other]).value == pytest.approx(0.4)


def naive_alpha(ratings, metric):
    """α straight from its definition: mean distance of pairs within items, over that of all pairs."""
    columns = [column[~np.isnan(column)] for column in np.asarray(ratings).T]
    columns = [column for column in columns if column.size > 1]
    values = np.concatenate(columns) if columns else np.zeros(0)
    if values.size == 0:
        return NONE
    sizes = {each: np.sum(values == each) for each in np.unique(values)}

    def apart(a, b):
        if metric == "ordinal":
            low, high = min(a, b), max(a, b)
            between = sum(n for each, n in sizes.items() if low <= each <= high)
            return (between - (sizes[a] + sizes[b]) / 2) ** 2 if a != b else 0
        return {"nominal": a != b, "interval": (a - b) ** 2, "ratio": ((a - b) / (a + b)) ** 2}[metric]

    within = sum(apart(a, b) / (column.size - 1) for column in columns for a in column for b in column)
    overall = sum(apart(a, b) for a in values for b in values) / (values.size - 1)
    return 1 - within / overall if overall else NONE


@pytest.mark.parametrize("metric", METRICS)
@given(ratings=matrices)
@settings(max_examples=60)
def test_alpha_is_what_its_definition_says(metric, ratings):
    found = krippendorff_alpha(ratings, metric=metric, interval=BARE)
    assert found.value == pytest.approx(naive_alpha(ratings, metric), nan_ok=True, abs=1e-9)
    assert math.isnan(found.value) or found.value <= 1 + 1e-12


@given(matrices, st.randoms())
@settings(max_examples=40)
def test_the_order_of_panellists_and_of_items_does_not_matter(ratings, random):
    shuffled = [list(row) for row in zip(*random.sample(list(zip(*ratings, strict=True)), 5), strict=True)]
    random.shuffle(shuffled)
    for coefficient in (krippendorff_alpha, gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger):
        one, other = (coefficient(each, interval=BARE).value for each in (ratings, shuffled))
        assert one == pytest.approx(other, nan_ok=True, abs=1e-9)


def test_complete_agreement_is_1_and_no_variation_is_no_agreement():
    together = np.tile([1.0, 2.0, 3.0], (4, 1))
    for coefficient in (krippendorff_alpha, gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger):
        assert coefficient(together).value == pytest.approx(1)
    alike = krippendorff_alpha(np.full((4, 3), 2.0))
    assert math.isnan(alike.value)
    assert "chance would agree as well" in alike.reason
    for coefficient in (krippendorff_alpha, gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger):
        for ratings in ([[NONE, NONE], [NONE, NONE]], np.zeros((0, 2)), np.zeros((2, 0))):
            assert coefficient(ratings).reason == "no item was rated by two panellists or more"
    nobody = gwet_ac([[1, NONE], [NONE, 2]])
    assert nobody.reason == "no item was rated by two panellists or more"


def test_a_panellist_drawn_twice_does_not_agree_with_himself():
    """Answers by chance: resamples must lie around 0, though a third of their pairs are copies."""
    ratings = np.random.default_rng(5).integers(1, 6, (8, 60)).astype(float)
    found = krippendorff_alpha(ratings, metric="nominal")
    assert found.low < found.value < found.high
    assert abs(found.value) < 0.03
    assert found.high < 0.08  # with the copies compared it would be 0.16


def test_items_can_be_drawn_instead_and_seeds_repeat():
    by_items = krippendorff_alpha(KRIPPENDORFF, interval=Interval("items"))
    assert by_items.resampled == "items"
    assert by_items.low < by_items.value < by_items.high
    assert gwet_ac(KRIPPENDORFF) == gwet_ac(KRIPPENDORFF)
    assert gwet_ac(KRIPPENDORFF, interval=Interval(seed=1)).low != gwet_ac(KRIPPENDORFF).low


def test_blocks_of_a_large_panel_draw_as_many_as_there_are(monkeypatch):
    monkeypatch.setattr("innosi.forecast.statistics.ratings.BLOCK", 7)
    ratings = np.random.default_rng(1).integers(1, 4, (30, 4)).astype(float)
    drawn = next(Ratings.of(ratings).panels_drawn(20, seed=0))
    assert np.all(drawn.counts.sum(axis=-1) == 30)
    found = krippendorff_alpha(ratings, metric="nominal")
    assert found.low < found.high


def test_weights_are_symmetric_with_1_on_the_diagonal():
    for kind in PUBLISHED_AC2:
        weights = agreement_weights(kind, [1, 2, 3, 5])
        assert np.allclose(weights, weights.T)
        assert np.allclose(np.diag(weights), 1)
        assert weights.min() >= 0


def test_unknown_words_and_shapes_are_refused():
    with pytest.raises(AnswerError, match="no metric 'ordnal'"):
        krippendorff_alpha(KRIPPENDORFF, metric="ordnal")
    with pytest.raises(AnswerError, match="no weights 'squared'"):
        gwet_ac(KRIPPENDORFF, weights="squared")
    with pytest.raises(AnswerError, match="a row for each panellist"):
        krippendorff_alpha([1, 2, 3])
    with pytest.raises(AnswerError, match="7 is none of the values"):
        gwet_ac([[1, 7], [1, 2]], values=[1, 2, 3])


W_TIES = [[1.5, 1.5, 3, 4, 5], [1, 2.5, 2.5, 4, 5], [2, 1, 3, 4.5, 4.5]]


def test_kendalls_w_with_ties_by_rational_arithmetic():
    """Rank sums 4.5 5 8.5 12.5 14.5 have S = 79; ties ΣT = 18; W = 12 · 79 / (9 · 120 − 3 · 18)."""
    found = kendall_w(W_TIES)
    assert found.value == pytest.approx(12 * 79 / (9 * 120 - 3 * 18))
    assert found.uncorrected == pytest.approx(12 * 79 / (9 * 120))
    assert found.chi_square == pytest.approx(3 * 4 * found.value)
    assert found.f_degrees_of_freedom == pytest.approx((4 - 2 / 3, 2 * (4 - 2 / 3)))
    assert found.permutation_p_value < 0.01


def test_kendalls_w_of_a_published_example():
    """Siegel & Castellan (1988), table 9.8: three interviewers rank six applicants; W = 0.16."""
    found = kendall_w([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]])
    assert found.value == pytest.approx(0.162, abs=5e-4)


def test_w_ranks_within_the_panellist_and_tells_who_is_left_out():
    ratings = [[10, 20, 30], [1, 2, 3], [5, 6, 7], [1, NONE, 2]]
    found = kendall_w(ratings)
    assert found.value == pytest.approx(1)
    assert (found.n, found.n_left_out) == (3, 1)
    assert math.isnan(kendall_w([[1, 1], [2, 2]]).value)
    assert kendall_w([[1, 2]]).reason == "it needs two panellists or more who ranked every item"


@given(st.lists(st.permutations([1, 2, 3, 4]), min_size=2, max_size=8))
@settings(max_examples=50)
def test_w_lies_from_0_to_1_and_is_the_mean_rank_correlation(rankings):
    """W = ((m − 1) mean Spearman + 1) / m without ties (Kendall & Gibbons 1990)."""
    found = kendall_w(rankings, n_resamples=0)
    m = len(rankings)
    correlations = np.corrcoef(rankings)
    mean = (correlations.sum() - m) / (m * (m - 1))
    assert -1e-12 <= found.value <= 1 + 1e-12
    assert found.value == pytest.approx(((m - 1) * mean + 1) / m)
