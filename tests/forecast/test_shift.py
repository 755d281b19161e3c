"""How far answers shifted, of single questions and of rankings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.statistics import shift
from innosi.forecast.statistics.paired_rankings import ranking_change
from innosi.models.errors import AnswerError

PAIRS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=20)


def test_group_stability_as_surveylet_prints_it():
    """Its example: n = 7, sum 16, mean 2.285714286, sd 1.496026483, CV .65451158623."""
    values = [5, 3, 3, 2, 1, 1, 1]
    assert (len(values), sum(values)) == (7, 16)
    assert np.std(values, ddof=1) == pytest.approx(1.496026483)
    assert shift.group_stability(values).value == pytest.approx(1 - 0.65451158623)


def test_net_change_counts_net_movers():
    """Levels 1 to 3 go from 4, 4, 2 to 2, 5, 3: units of change 2 + 1 + 1, two of ten panellists net."""
    was = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
    is_ = [3, 2, 2, 1, 1, 2, 2, 2, 3, 3]
    assert shift.net_change(was, is_).value == pytest.approx(0.2)
    assert shift.share_changed(was, is_).value == pytest.approx(0.4)


@settings(max_examples=40)
@given(PAIRS)
def test_net_change_is_never_more_than_the_share_changed(pairs):
    was, is_ = np.array(pairs, float).T
    net, changed = shift.net_change(was, is_), shift.share_changed(was, is_)
    assert net.value <= changed.value + 1e-12
    assert net.value == pytest.approx(shift.net_change(is_, was).value)
    assert changed.low <= changed.value <= changed.high
    assert shift.net_change(was, was).value == shift.share_changed(was, was).value == 0


def test_wilsons_interval_of_the_textbook():
    """Newcombe (1998), Statistics in Medicine 17: 81 of 263 gives 0.2553 to 0.3662; 0 of 20: 0 to 0.1611."""
    usual, none = shift.share(81, 263, ""), shift.share(0, 20, "")
    assert (usual.low, usual.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert (none.low, none.high) == (0, pytest.approx(0.1611, abs=5e-5))


def test_an_answer_changes_when_any_part_does():
    assert shift.share_changed([[1, 2, 3], [1, 2, 3]], [[1, 2, 3], [1, 2, 4]]).value == 0.5


def test_changes_of_spread():
    was, is_ = [8, 10, 12], [9, 10, 11]
    assert shift.relative_range_change(was, is_).value == pytest.approx(-0.1)
    assert shift.variation_change(was, is_).value == pytest.approx(-0.1)
    assert shift.spread_change(was, is_).value == pytest.approx(-0.5)
    assert shift.median_shift(was, [11, 11, 12]).value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        (shift.spread_change, "the earlier interquartile range is 0"),
        (shift.median_shift, "the earlier interquartile range is 0"),
        (shift.variation_change, "later round: it has a meaning for answers above 0 only"),
        (shift.relative_range_change, "later round: the median is 0"),
    ],
)
def test_what_cannot_be_computed_says_why(measure, reason):
    found = measure([2, 2, 2], [-1, 0, 4])
    if measure is shift.median_shift:
        found = measure([2, 2, 2], [3, 3, 3])
    assert np.isnan(found.value)
    assert found.reason.startswith(reason)
    assert measure([], []).reason == "nobody answered both rounds"


def test_nothing_from_nothing_is_no_change():
    assert shift.spread_change([2, 2, 2], [3, 3, 3]).value == 0


def test_intervals_are_seeded_and_hold_the_value():
    was, is_ = [3, 4, 5, 6, 7, 8, 9, 12], [4, 4, 6, 6, 7, 8, 8, 9]
    for measure in (shift.variation_change, shift.spread_change, shift.median_shift):
        found = measure(was, is_, seed=0)
        assert found.low <= found.value <= found.high
        assert found == measure(was, is_, seed=0)
        assert np.isnan(measure(was[:4], is_[:4]).low), "four panellists bear no bootstrap"
    assert shift.variation_change(was, is_, seed=0) != shift.variation_change(was, is_, seed=1)


def test_numbers_are_laid_in_the_same_stretches():
    was, is_ = shift.binned([0.05, 0.95, 1.0], [0.15, 0.91, 0.1], (0, 1))
    assert (was.tolist(), is_.tolist()) == ([0, 9, 9], [1, 9, 1])


RANKS = [[1, 2, 3, 4], [2, 1, 3, 4], [1, 3, 2, 4]]


def test_concordance_with_ties_is_kendalls():
    """W = 12 S / (m²(n³ − n) − m ΣT); three rankings of which one has a tie of two, by hand."""
    tied = [[1, 2, 3, 4], [2, 1, 3, 4], [1, 2.5, 2.5, 4]]

    def w(rows):
        ranks = np.array(rows)
        m, n = ranks.shape
        total = ranks.sum(axis=0)
        ties = sum(sum(t**3 - t for t in np.unique(row, return_counts=True)[1]) for row in ranks)
        return 12 * np.sum((total - total.mean()) ** 2) / (m**2 * (n**3 - n) - m * ties)

    found = ranking_change(RANKS, tied)
    assert found.concordance.value == pytest.approx(w(tied) - w(RANKS))
    assert w(RANKS) == pytest.approx(0.7778, abs=5e-5)


def test_a_ranking_that_stands_still_and_one_that_turns():
    still, turned = ranking_change(RANKS, RANKS), ranking_change(RANKS, 5 - np.array(RANKS))
    assert (still.mean_ranks.value, still.concordance.value, still.individual.value) == (1, 0, 1)
    assert (turned.mean_ranks.value, turned.individual.value) == (-1, -1)
    assert turned.concordance.value == pytest.approx(0)


def test_rankings_that_cannot_be_compared():
    with pytest.raises(AnswerError, match="one column an item"):
        ranking_change(RANKS, RANKS[:2])
    missing = [[np.nan] * 4] * 3
    assert ranking_change(RANKS, missing).mean_ranks.reason == "nobody answered both rounds"
    assert "tied" in ranking_change(RANKS, [[2.5] * 4] * 3).concordance.reason
    assert ranking_change([[1], [1]], [[1], [1]]).individual.reason == "one item has no order"


def test_intervals_of_rankings_hold_the_value():
    many = RANKS * 3
    later = [[1, 2, 3, 4], [1, 2, 3, 4], [1, 3, 4, 2]] * 3
    found = ranking_change(many, later)
    assert found.concordance.low <= found.concordance.value <= found.concordance.high
    assert found.individual.low <= found.individual.value <= found.individual.high
    assert found.mean_ranks.n == 9
