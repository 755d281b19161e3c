import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from innosi.scenarios.summaries.histogram import MAX_BINS, Histogram
from innosi.scenarios.summaries.moments import Moments
from innosi.scenarios.summaries.summary import BLOCK, Figure, Summary, merged

FLOATS = st.floats(-1e12, 1e12)


def _same(one, two):
    assert one.moments == two.moments
    assert one.histogram.dropped == two.histogram.dropped
    np.testing.assert_array_equal(one.histogram.bins, two.histogram.bins)
    np.testing.assert_array_equal(one.histogram.counts, two.histogram.counts)
    assert one.replicates == two.replicates


def _kinds():
    rng = np.random.default_rng(0)
    n = 40 * BLOCK
    return {
        "lognormal": rng.lognormal(0, 1, n),
        "across nought": rng.normal(size=n),
        "narrow": 1e6 + rng.normal(size=n),
        "ties": rng.integers(0, 50, n) / 7,
        "huge range": np.exp(rng.normal(0, 30, n)),
        "constant": np.full(n, 2.5),
    }


KINDS = _kinds()


@pytest.mark.parametrize("kind", KINDS)
def test_parts_in_any_order_come_to_the_same_to_the_last_digit(kind):
    draws = KINDS[kind]
    whole = Summary.of(draws, is_replicated=True)
    rng = np.random.default_rng(1)
    cuts = BLOCK * np.sort(rng.choice(np.arange(1, 40), 6, replace=False))
    parts, dropped = [], 0
    for part in np.split(draws, cuts):
        parts.append(Summary.of(part, dropped=dropped, is_replicated=True))
        dropped = parts[-1].histogram.dropped
    _same(merged([parts[i] for i in rng.permutation(len(parts))]), whole)


@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_those_of_the_draws(kind):
    draws = KINDS[kind]
    figure = Figure.of(draws)
    spread = np.ptp(np.quantile(draws, [0.05, 0.95])) or 1.0
    assert figure.mean == pytest.approx(draws.mean())
    assert figure.standard_deviation == pytest.approx(draws.std(ddof=1), rel=1e-9, abs=1e-12)
    for found, share in ((figure.low, 0.05), (figure.median, 0.5), (figure.high, 0.95)):
        is_near = abs(found - np.quantile(draws, share)) <= 2e-4 * spread
        assert is_near or abs(np.mean(draws <= found) - share) <= 1e-4


@settings(max_examples=200)
@given(arrays(float, st.integers(1, 60), elements=FLOATS), st.floats(0, 1))
def test_few_numbers_are_kept_exactly(numbers, share):
    summary = Summary.of(numbers)
    expected = np.quantile(numbers, share)
    assert summary.quantile(share) == pytest.approx(expected, rel=1e-12, abs=1e-9)
    assert summary.share_above(0.0) == pytest.approx(np.mean(numbers > 0))


@settings(max_examples=100)
@given(arrays(float, st.integers(2, 60), elements=FLOATS))
def test_mean_and_spread_do_not_depend_on_the_grouping(numbers):
    one = Moments.of([numbers])
    assert one.mean == pytest.approx(np.mean(numbers), rel=1e-12, abs=1e-9)
    many = Moments.of([numbers[i : i + 1] for i in range(len(numbers))])
    assert many.standard_deviation == pytest.approx(
        np.std(numbers, ddof=1), rel=1e-9, abs=1e-9 * np.max(np.abs(numbers)) + 1e-12
    )
    backwards = Moments.of([numbers[i : i + 1] for i in reversed(range(len(numbers)))])
    assert backwards == many


def test_a_histogram_grows_no_larger_than_its_bins():
    draws = KINDS["across nought"]
    assert len(Histogram.of(draws).bins) <= MAX_BINS
    assert Histogram.of(draws).n == len(draws)


def test_a_spread_far_smaller_than_the_mean_is_not_lost():
    draws = 1e9 + np.random.default_rng(0).normal(size=100_000)
    assert Figure.of(draws).standard_deviation == pytest.approx(draws.std(ddof=1), rel=1e-6)
    assert Figure.of(draws).high - 1e9 == pytest.approx(1.645, abs=0.02)


def test_infinite_numbers_have_their_place():
    figure = Figure.of(np.array([10.0, np.inf, np.inf]))
    assert (figure.low, figure.median, figure.mean) == (10.0, np.inf, np.inf)
    below = Summary.of(np.array([-np.inf, 1.0, 2.0, np.inf]))
    assert np.isnan(below.mean)
    assert below.quantile(0.1) == -np.inf
    assert below.share_above(1.5) == 0.5


def test_the_error_of_a_quantile_is_how_much_it_varies():
    rng = np.random.default_rng(0)
    medians = [np.median(rng.normal(size=1000)) for _ in range(400)]
    stated = Summary.of(rng.normal(size=1000)).quantile_error(0.5)
    assert stated == pytest.approx(np.std(medians), rel=0.35)


def test_replicates_tell_the_error_of_a_design_that_beats_chance():
    even = np.tile((np.arange(256) + 0.5) / 256, 16)
    assert Summary.of(even, is_replicated=True).standard_error == pytest.approx(0, abs=1e-12)
    assert Summary.of(even).standard_error > 0.004


def test_numbers_whose_squares_no_float_can_hold_have_a_spread():
    numbers = np.array([1e200, -1e200, 0.0])
    assert Moments.of([numbers]).standard_deviation == pytest.approx(1e200)
