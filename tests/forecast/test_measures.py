"""Measures of one question's answers, against published values and by what must never change."""

import math
from inspect import signature

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.statistics.consensus import (
    average_percent_of_majority_opinions,
    blair_lacy,
    blair_lacy_squared,
    largest_share,
    leik,
    polarization,
    qualitative_variation,
    tastle_wierman,
    van_der_eijk,
)
from innosi.forecast.statistics.measures import MEASURES, every_measure
from innosi.forecast.statistics.rand_ucla import appropriateness, disagreement_index, rand_ucla
from innosi.forecast.statistics.resampling import Resamples, bca_interval, wilson_interval
from innosi.forecast.statistics.shift import group_stability
from innosi.forecast.statistics.spread import quantile_kernel, standard_deviation
from innosi.forecast.statistics.tally import Tally
from innosi.models.errors import AnswerError

AGRMT = [30, 40, 210, 130, 530, 50, 10]
"""The frequency vector of the manual pages of the R package agrmt."""

counts_of_5 = st.lists(st.integers(0, 40), min_size=5, max_size=5).filter(any)
ORDINAL = (tastle_wierman, van_der_eijk, polarization, leik, blair_lacy, blair_lacy_squared)


def test_published_values_of_agrmt():
    """R package agrmt, manual pages of consensus, agreement and polarization."""
    assert tastle_wierman(AGRMT).value == pytest.approx(0.7256876, abs=5e-8)
    assert van_der_eijk(AGRMT).value == pytest.approx(0.6113333, abs=5e-8)
    assert polarization(AGRMT).value == pytest.approx(0.1943333, abs=5e-8)
    percentages = [2.4, 2.8, 3.2, 6.2, 13.5, 30.4, 41.6]  # van der Eijk (2001), by agrmt's use.html
    assert van_der_eijk(percentages).value == pytest.approx(0.61, abs=0.005)


def test_leik_and_blair_lacy_by_hand():
    """F = .1 .3 .6 1: d = .1 .3 .4, D = 2 · .8 / 3; Σ (F − ½)² = .16 + .04 + .01, over 3 / 4."""
    assert leik([1, 2, 3, 4]).value == pytest.approx(1.6 / 3)
    assert blair_lacy_squared([1, 2, 3, 4]).value == pytest.approx(0.21 / 0.75)
    assert blair_lacy([1, 2, 3, 4]).value == pytest.approx(math.sqrt(0.28))


def test_the_disagreement_index_of_a_published_panel():
    """BMJ Open 2012;2:e001431, table 1: p30 = 7, p70 = 8, so IPR = 1 and IPRAS = 2.35 + 1.5 · 2.5 = 6.1."""
    assert disagreement_index([0, 0, 0, 0, 0, 0, 6, 4, 0]).value == pytest.approx(1 / 6.1)


def test_every_figure_of_rand_ucla():
    found = rand_ucla([0, 0, 0, 0, 0, 0, 6, 4, 0])
    assert (found.n, found.median, found.interpercentile_range, found.central_point) == (10, 7, 1, 7.5)
    assert (found.asymmetry_index, found.adjusted_range) == pytest.approx((2.5, 6.1))
    assert found.appropriateness == "appropriate"
    with pytest.raises(AnswerError, match="found 5 levels"):
        rand_ucla([1, 2, 3, 4, 5])


def test_rand_ucla_classes():
    assert appropriateness([0, 0, 0, 0, 0, 1, 3, 3, 2]) == "appropriate"
    assert appropriateness([4, 3, 2, 0, 0, 0, 0, 0, 0]) == "inappropriate"
    assert appropriateness([0, 0, 0, 3, 3, 3, 0, 0, 0]) == "uncertain"
    assert appropriateness([4, 0, 0, 0, 0, 0, 0, 0, 5]) == "uncertain"  # the median is 9, with disagreement
    assert appropriateness([0] * 9) == ""


def test_group_stability_of_surveylets_example():
    """Calibrum, Surveylet: n = 7, sum 16, mean 2.285714286, SD 1.496026483, CV .65451158623."""
    answers = [1, 1, 1, 2, 2, 4, 5]
    assert standard_deviation(answers).value == pytest.approx(1.603567, abs=1e-6)
    published = [1, 1, 1, 2, 3, 3, 5]
    assert sum(published) == 16
    assert standard_deviation(published).value == pytest.approx(1.496026483, abs=1e-9)
    assert group_stability(published).value == pytest.approx(1 - 0.65451158623, abs=1e-9)


def test_apmo_counts_majorities_only():
    """Two of ten questions without a majority add to the opinions and not to the majorities."""
    assert average_percent_of_majority_opinions([8, 5], [1, 5], [10, 10]) == 0.4
    assert math.isnan(average_percent_of_majority_opinions([], [], []))


def test_variation_over_options():
    assert qualitative_variation([4, 4, 4]).value == pytest.approx(1)
    assert qualitative_variation([9, 0, 0]).value == 0


@pytest.mark.parametrize("measure", ORDINAL)
def test_all_alike_and_two_camps_are_the_ends(measure):
    alike, camps = measure([0, 0, 9, 0, 0]).value, measure([6, 0, 0, 0, 6]).value
    is_dispersion = measure in (leik, polarization)
    low = -1 if measure is van_der_eijk else 0
    assert (alike, camps) == pytest.approx((0, 1) if is_dispersion else (1, low), abs=1e-12)


@pytest.mark.parametrize("measure", ORDINAL)
@given(counts=counts_of_5)
def test_ordinal_measures_stay_in_their_range_and_do_not_know_direction(measure, counts):
    value = measure(counts).value
    assert (-1 if measure is van_der_eijk else 0) - 1e-9 <= value <= 1 + 1e-9
    assert measure(counts[::-1]).value == pytest.approx(value, abs=1e-9)
    assert measure([3 * each for each in counts]).value == pytest.approx(value, abs=1e-9)


@given(counts=counts_of_5)
def test_van_der_eijk_by_its_layers_one_by_one(counts):
    """An independent computation: peel layer after layer, and count triples one by one."""
    assert van_der_eijk(counts).value == pytest.approx(peeled(counts), abs=1e-9)


@given(counts=st.lists(st.integers(0, 3), min_size=14, max_size=14).filter(any))
def test_a_long_scale_is_measured_alike(counts):
    assert van_der_eijk(counts).value == pytest.approx(peeled(counts), abs=1e-9)


def peeled(counts):
    left, total, k = list(counts), sum(counts), len(counts)
    agreement = 0.0
    while any(left):
        pattern = [each > 0 for each in left]
        height = min(each for each in left if each)
        held = sum(pattern)
        agreement += height * held / total * layer(pattern, held, k)
        left = [each - height * on for each, on in zip(left, pattern, strict=True)]
    return agreement


def layer(pattern, held, k):
    in_line = out_of_line = 0
    for i in range(k):
        for j in range(i + 1, k):
            for m in range(j + 1, k):
                triple = (pattern[i], pattern[j], pattern[m])
                in_line += triple in ((True, True, False), (False, True, True))
                out_of_line += triple == (True, False, True)
    both = in_line + out_of_line
    unimodality = ((k - 2) * in_line - (k - 1) * out_of_line) / ((k - 2) * both) if both else 1
    return unimodality * (1 - (held - 1) / (k - 1))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_quantiles_from_counts_are_numpys(answers, p):
    tally = Tally.of(answers, (1, 9))
    assert quantile_kernel(tally.counts, tally.levels, p) == pytest.approx(np.quantile(answers, p))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.randoms())
def test_who_said_it_does_not_matter(answers, random):
    shuffled = list(answers)
    random.shuffle(shuffled)
    one, other = (every_measure(Tally.of(each, (1, 9)), n_resamples=50) for each in (answers, shuffled))
    assert repr([each.measure for each in one]) == repr([each.measure for each in other])


def test_nobody_one_and_all_alike_have_their_reasons():
    for kind in MEASURES.values():
        if not kind.parameters and kind.needs != "ranks":
            assert kind.compute(Tally.of([], (1, 9))).reason == "nobody answered"
    one = {each.kind.name: each.measure for each in every_measure(Tally.of([4], (1, 9)))}
    for name in ("standard_deviation", "interquartile_range", "tastle_wierman"):
        assert one[name].reason == "one answer has no spread, and agrees with nobody"
    assert one["median"].value == 4
    assert one["median"].reason == "an interval needs 3 answers or more"
    alike = {each.kind.name: each.measure for each in every_measure(Tally.of([4] * 8, (1, 9)))}
    assert alike["tastle_wierman"].value == 1
    assert "say nothing about the spread of others" in alike["tastle_wierman"].reason
    assert not math.isnan(alike["largest_share"].low)


def test_off_the_scale_is_refused():
    with pytest.raises(AnswerError, match="6 is no level of the scale from 1 to 5"):
        Tally.of([1, 6], (1, 5))
    with pytest.raises(AnswerError, match="a count is negative"):
        tastle_wierman([1, -1])
    with pytest.raises(AnswerError, match="for 3 levels"):
        tastle_wierman([1, 1], levels=[1, 2, 3])


def test_measures_for_other_scales_say_so():
    assert "scales from 1 to 9" in disagreement_index([1, 2, 3]).reason
    assert MEASURES["tastle_wierman"].compute(Tally.of([1.5, 2])).reason == "it is for ratings on a scale"
    assert (
        MEASURES["van_der_eijk"].compute(Tally.of([0, 1], (0, 1))).reason == "it needs three levels or more"
    )
    assert math.isnan(van_der_eijk([1, 1]).value)


def test_a_sentence_says_what_how_surely_and_from_how_many():
    readings = {each.words: each for each in every_measure(Tally.of([4, 5, 5, 2, 4], (1, 5)))}
    assert readings["share of answers from 4 to 5"].sentence == (
        "80 % answer from 4 to 5 (95 % interval 37.6 % to 96.4 %, n = 5)"
    )
    assert readings["interquartile range"].sentence.startswith(
        "the middle half of the answers is 1 wide (95 %"
    )


def test_wilson_of_a_published_example():
    """Newcombe (1998), Statistics in Medicine 17(8), table I, method 3: 81 of 263 and 0 of 20."""
    assert wilson_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)


def test_the_bca_interval_is_scipys():
    """The same statistic by scipy.stats.bootstrap, which draws people and not counts."""
    from scipy.stats import bootstrap

    seed = "rng" if "rng" in signature(bootstrap).parameters else "random_state"  # as older versions call it
    answers = np.random.default_rng(3).gamma(2.0, size=40).round(2)
    tally = Tally.of(answers)
    resamples = Resamples.of(tally, n_resamples=20000)
    ours = MEASURES["standard_deviation"].with_interval(resamples)
    theirs = bootstrap(
        (answers,), lambda x, axis: np.std(x, ddof=1, axis=axis), n_resamples=20000, **{seed: 1}
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), rel=0.02)


def test_the_interval_covers_what_it_should():
    """400 panels of 30 from a known population: the share that covers its SD lies near 95 %."""
    generator = np.random.default_rng(8)
    levels, chances = np.arange(1, 8), np.array([1, 2, 4, 6, 4, 2, 1]) / 20
    truth = math.sqrt(np.sum(chances * (levels - 4) ** 2))
    covered = 0
    for _ in range(400):
        tally = Tally.of(generator.choice(levels, p=chances, size=30), (1, 7))
        found = MEASURES["standard_deviation"].with_interval(Resamples.of(tally, n_resamples=500))
        covered += found.low <= truth <= found.high
    assert 0.90 <= covered / 400 <= 0.98


def test_the_same_seed_gives_the_same_interval_and_0_is_a_seed():
    tally = Tally.of([1, 2, 4, 4, 5, 3], (1, 5))
    one, same, other = (every_measure(tally, seed=seed, n_resamples=200) for seed in (0, 0, 1))
    assert repr(one) == repr(same)
    assert repr(one) != repr(other)


def test_no_interval_where_every_resample_is_alike():
    assert all(math.isnan(each) for each in bca_interval(np.ones(5), 1.0, np.ones(3)))


def test_the_largest_share_counts_every_option():
    assert largest_share([2, 6, 2]).value == 0.6
