import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from innosi.forecast.consensus_rules import PRESETS
from innosi.forecast.panels.model import PanelModel
from innosi.forecast.panels.scales import AnswerScale
from innosi.forecast.panels.simulated import draw_characters, play, simulate_panel
from innosi.forecast.panels.spread import MEASURES as MANY
from innosi.forecast.panels.spread import Ranked, is_consensus
from innosi.forecast.statistics.consensus import average_percent_of_majority_opinions
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.rules import AllOf, AnyOf, Criterion, judge
from innosi.forecast.statistics.tally import Tally
from innosi.models.errors import ModelError

NUMBER = AnswerScale.usual("number")
PLAIN = PanelModel(n_panellists=25, scale=NUMBER, noise=1, conformity=0, learning=0)
"""Independent normal errors with standard deviation 1, which nobody revises."""


def errors(panels):
    """Signed errors of the median, (n_studies, n_rounds, n_questions)."""
    return Ranked(panels.answers).median - panels.truth[:, np.newaxis]


def spreads(panels):
    return np.std(panels.answers, axis=2)


@pytest.mark.parametrize(("n", "variance"), [(3, 0.4487), (5, 0.2868), (7, 0.2104)])
def test_the_median_of_few_has_the_variance_of_the_published_tables(n, variance):
    # Of n standard normals: Sarhan & Greenberg, eds. (1962), Contributions to Order Statistics.
    found = errors(simulate_panel(replace(PLAIN, n_panellists=n, n_rounds=1), n_studies=5000))
    assert np.var(found) == pytest.approx(variance, rel=0.02)
    assert np.mean(found) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("n", [51, 201])
def test_the_error_of_the_median_of_many_falls_with_the_root_of_the_panel(n):
    # Asymptotically sqrt(π/2) σ/√n, so that the mean absolute error is σ/√n.
    panels = simulate_panel(replace(PLAIN, n_panellists=n, n_rounds=1), n_studies=1000)
    assert np.std(errors(panels)) == pytest.approx(math.sqrt(math.pi / 2 / n), rel=0.02)
    assert np.mean(panels.errors_of_median()) == pytest.approx(1 / math.sqrt(n), rel=0.02)


def test_an_error_that_all_share_is_left_whatever_the_size_of_the_panel():
    # Clemen & Winkler (1985): the variance of the mean tends to the shared part, here 1 + 1/n.
    model = replace(PLAIN, n_panellists=50, n_rounds=1, shared_error=1)
    panels = simulate_panel(model, n_studies=2000)
    means = np.mean(panels.answers[:, 0], axis=1) - panels.truth
    assert np.var(means) == pytest.approx(1 + 1 / 50, rel=0.03)


def test_bias_shifts_every_judgement_and_leaning_all_of_one_panellist():
    biased, plain = (simulate_panel(replace(PLAIN, n_rounds=1, bias=bias), n_studies=3) for bias in (0.7, 0))
    assert biased.answers - plain.answers == pytest.approx(0.7)
    leaning = simulate_panel(replace(PLAIN, n_rounds=1, noise=0, leaning=2), n_studies=200)
    own = leaning.answers[:, 0] - leaning.truth[:, np.newaxis]
    assert np.ptp(own, axis=-1) == pytest.approx(0, abs=1e-9)
    assert np.std(own[..., 0]) == pytest.approx(2, rel=0.05)


def test_full_conformity_ends_all_spread_at_once_and_leaves_the_error():
    panels = simulate_panel(replace(PLAIN, conformity=1, anchoring=0.5), n_studies=20)
    assert np.max(spreads(panels)[:, 1:]) < 1e-12
    assert errors(panels)[:, 1] == pytest.approx(errors(panels)[:, 0])


def test_a_bandwagon_converges_without_coming_nearer():
    # All move the same share towards the median, so that the order of panellists, and so the median, stays.
    panels = simulate_panel(replace(PLAIN, conformity=0.6), n_studies=20)
    shrunk = spreads(panels) / spreads(panels)[:, :1]
    for round_, share in enumerate((1, 0.4, 0.16)):
        assert shrunk[:, round_] == pytest.approx(share)
    assert errors(panels)[:, 2] == pytest.approx(errors(panels)[:, 0])


def test_learning_lowers_every_error_by_its_share():
    panels = simulate_panel(replace(PLAIN, learning=0.25, n_rounds=4), n_studies=20)
    for round_ in range(4):
        assert errors(panels)[:, round_] == pytest.approx(0.75**round_ * errors(panels)[:, 0])


def test_anchored_panellists_stop_where_friedkin_and_johnsen_say():
    # Friedkin & Johnsen (1990): x(∞) − m = a(1 − c) / (1 − (1 − c)(1 − a)) · (x(1) − m); the mean m stays.
    model = replace(PLAIN, conformity=0.4, anchoring=0.3, feedback="mean", n_rounds=50)
    answers = simulate_panel(model, n_studies=3).answers
    mean = np.mean(answers[:, :1], axis=2, keepdims=True)
    assert np.mean(answers, axis=2, keepdims=True) == pytest.approx(np.broadcast_to(mean, (3, 50, 1, 20)))
    left = 0.3 * 0.6 / (1 - 0.6 * 0.7)
    assert answers[:, -1] - mean[:, 0] == pytest.approx(left * (answers[:, 0] - mean[:, 0]))


def test_twice_the_expertise_halves_the_error_and_squares_the_conformity():
    model = replace(PLAIN, expertise=0.5, conformity=0.5)
    panels = simulate_panel(model, n_studies=2000, seed=3)
    first, second = panels.answers[:, 0], panels.answers[:, 1]
    by_expertise = (first - panels.truth[:, np.newaxis]) * panels.expertise[..., np.newaxis]
    assert np.std(by_expertise) == pytest.approx(1, rel=0.01)
    assert np.std(np.log(panels.expertise)) == pytest.approx(0.5, rel=0.02)
    median = np.median(first, axis=1, keepdims=True)
    gone = second - first - 0.5 ** panels.expertise[..., np.newaxis] * (median - first)
    assert np.max(np.abs(gone)) < 1e-9


def test_only_those_outside_the_quartiles_revise_where_only_they_are_asked():
    panels = simulate_panel(replace(PLAIN, conformity=0.5, asked="outside_quartiles"), n_studies=5)
    first, second = panels.answers[:, 0], panels.answers[:, 1]
    lower, upper = np.quantile(first, [0.25, 0.75], axis=1, keepdims=True)
    outside = (first < lower) | (first > upper)
    assert np.array_equal(first != second, outside)
    assert np.mean(outside) == pytest.approx(12 / 25)  # 7th and 19th of 25 are the quartiles


@pytest.mark.parametrize("dissenters", [0, 0.5, 1])
def test_the_stated_share_drops_out_whoever_leaves(dissenters):
    model = replace(PLAIN, drop_out=0.2, dissenters_leave=dissenters, leaning=1, n_questions=5)
    left = np.mean(simulate_panel(model, n_studies=4000).n_left, axis=0) / 25
    assert left == pytest.approx([1, 0.8, 0.64], abs=0.01)


def test_dissenters_leave_first_on_request():
    model = replace(PLAIN, drop_out=0.2, dissenters_leave=1, leaning=2, noise=0.1, n_rounds=2)
    panels = simulate_panel(model, n_studies=500)
    apart = np.abs(panels.answers[:, 0] - np.median(panels.answers[:, 0], axis=1, keepdims=True))
    has_left = np.isnan(panels.answers[:, 1])
    assert np.mean(apart[has_left]) > 1.5 * np.mean(apart[~has_left])
    even = simulate_panel(replace(model, dissenters_leave=0), n_studies=500)
    has_left = np.isnan(even.answers[:, 1])
    assert np.mean(apart[has_left]) == pytest.approx(np.mean(apart[~has_left]), rel=0.05)


def test_who_has_left_does_not_come_back():
    gone = np.isnan(simulate_panel(replace(PLAIN, drop_out=0.5, n_rounds=6), n_studies=20).answers)
    assert np.all(gone[:, 1:] >= gone[:, :-1])
    assert np.array_equal(np.all(gone, axis=-1), np.any(gone, axis=-1))


def test_a_panel_that_everybody_leaves_has_no_answers_and_no_median():
    panels = simulate_panel(replace(PLAIN, drop_out=1))
    assert panels.n_left.tolist() == [[25, 0, 0]]
    assert np.all(np.isnan(panels.errors_of_median()[:, 1:]))


def test_two_camps_lie_their_distance_apart():
    model = replace(PLAIN, noise=0, second_camp=0.4, camp_distance=3, n_rounds=1)
    panels = simulate_panel(model, n_studies=1000)
    apart = panels.answers[:, 0] - panels.truth[:, np.newaxis]
    assert set(np.unique(np.round(np.abs(apart), 9))) == {0, 3}
    assert np.mean(np.abs(apart) > 1) == pytest.approx(0.4, abs=0.01)
    assert np.array_equal(np.any(apart > 0, axis=1), (panels.truth < 5) & np.any(apart != 0, axis=1))


def test_wavering_adds_its_variance():
    answers = simulate_panel(replace(PLAIN, wavering=0.5, n_rounds=2), n_studies=500).answers
    assert np.std(answers[:, 1] - answers[:, 0]) == pytest.approx(0.5, rel=0.01)


models = st.builds(
    PanelModel,
    n_panellists=st.integers(1, 9),
    n_rounds=st.integers(1, 4),
    n_questions=st.integers(1, 4),
    scale=st.sampled_from([AnswerScale.usual(each) for each in ("rating", "probability", "quantity")]),
    expertise=st.floats(0, 1),
    wavering=st.sampled_from([0.0, 0.5]),
    anchoring=st.floats(0, 1),
    drop_out=st.floats(0, 0.6),
    dissenters_leave=st.floats(0, 1),
    second_camp=st.floats(0, 1),
    camp_distance=st.floats(0, 4),
    asked=st.sampled_from(["all", "outside_quartiles"]),
)


@settings(max_examples=40)
@given(models, st.integers(0, 2**31), st.integers(1, 7))
def test_the_same_seed_gives_the_same_however_studies_are_chunked(model, seed, chunk):
    whole = simulate_panel(model, n_studies=7, seed=seed)
    parts = simulate_panel(model, n_studies=7, seed=seed, chunk=chunk)
    later = simulate_panel(model, n_studies=3, seed=seed, first=4)
    assert np.array_equal(whole.answers, parts.answers, equal_nan=True)
    assert np.array_equal(whole.answers[4:], later.answers, equal_nan=True)
    assert np.array_equal(whole.truth, parts.truth)


@settings(max_examples=40)
@given(models, st.randoms())
def test_the_names_of_panellists_change_nothing(model, random):
    order = np.array(random.sample(range(model.n_panellists), model.n_panellists))
    characters = draw_characters(model, 1, 0, 3)
    for there, here in zip(
        play(model, characters.of_panellists(order)), play(model, characters), strict=True
    ):
        np.testing.assert_allclose(there, here[:, order])


@settings(max_examples=40)
@given(models)
def test_answers_lie_on_the_scale(model):
    answers = simulate_panel(model, n_studies=2).answers
    given = answers[~np.isnan(answers)]
    if model.scale.type == "rating":
        assert set(given) <= set(range(1, 10))
    else:
        assert np.all(given > 0)
        assert model.scale.type == "quantity" or np.all(given < 1)


def test_0_is_a_seed_and_another_one_gives_something_else():
    answers = [simulate_panel(PLAIN, seed=seed).answers for seed in (0, 0, 1, -1)]
    assert np.array_equal(answers[0], answers[1])
    assert not np.any(answers[0] == answers[2])
    assert not np.any(answers[0] == answers[3])


def test_first_judgements_are_normal():
    panels = simulate_panel(replace(PLAIN, n_rounds=1), n_studies=20)
    apart = np.ravel(panels.answers[:, 0] - panels.truth[:, np.newaxis])
    assert stats.kstest(apart, "norm").pvalue > 0.001


ONE_TO_NINE = arrays.arrays(
    float,
    st.tuples(st.integers(1, 8), st.integers(1, 3)),
    elements=st.integers(1, 9).map(float) | st.just(math.nan),
)


def counted(column):
    tally = Tally.of(column, (1, 9))
    return tally.counts, tally.levels


@given(ONE_TO_NINE)
def test_measures_of_many_panels_are_those_of_each(answers):
    for name, measure in MANY.items():
        parameters = {"low": 7, "high": 9} if name == "percent_agreement" else {}
        each = [MEASURES[name].kernel(*counted(column), **parameters) for column in answers.T]
        np.testing.assert_allclose(measure(answers, **parameters), each, atol=1e-12)
        assert measure(np.stack([answers, answers]), **parameters).shape == (2, answers.shape[1])


NARROW = Criterion("interquartile_range", at_most=2)
HIGH = Criterion("percent_agreement", at_least=0.75, parameters=(("low", 7), ("high", 9)))


ORDINAL = Criterion("tastle_wierman", above=0.7)
COMET, RAND, APMO = (PRESETS[name]((1, 9)) for name in ("comet-70-15", "rand-ucla", "apmo"))
RULES = [NARROW, HIGH, AllOf((NARROW, HIGH)), AnyOf((NARROW, HIGH)), ORDINAL, COMET, RAND, APMO]


@given(ONE_TO_NINE, st.sampled_from(RULES))
def test_consensus_of_many_panels_is_that_of_each(answers, rule):
    with np.errstate(invalid="ignore"):
        sides = [np.sum(answers >= 6, axis=0), np.sum(answers <= 4, axis=0)]
    cut_off = average_percent_of_majority_opinions(*sides, np.sum(~np.isnan(answers), axis=0))
    tallies = [replace(Tally.of(column, (1, 9)), cut_off=cut_off) for column in answers.T]
    each = [judge(rule, tally).is_reached is True for tally in tallies]
    assert is_consensus(rule, answers, (1, 9)).tolist() == each


def test_a_measure_that_is_not_simulated_is_refused():
    with pytest.raises(ModelError, match="choose one of: interquartile_range"):
        is_consensus(Criterion("kendall"), np.ones((3, 2)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conformity": 1.2}, "conformity is 1.2; give 0 to 1"),
        ({"noise": -1}, "noise is -1"),
        ({"bias": math.nan}, "bias is nan"),
        ({"n_panellists": 0}, "n_panellists is 0; give 1 to 2000"),
        ({"n_panellists": 2000, "n_questions": 1000, "n_rounds": 50}, "too many to simulate"),
        ({"feedback": "mode"}, "choose median or mean"),
        ({"asked": "nobody"}, "choose all or outside_quartiles"),
    ],
)
def test_assumptions_that_cannot_be_are_refused(change, message):
    with pytest.raises(ModelError, match=message):
        PanelModel(**change)


@pytest.mark.parametrize(
    "ends", [("rating", 5, 1), ("rating", 1, 5.5), ("probability", 0, 1), ("quantity", 0, 10)]
)
def test_scales_that_cannot_be_are_refused(ends):
    with pytest.raises(ModelError, match=r"scale|between 0 and 1|logarithm"):
        AnswerScale(*ends)


def test_ratings_are_rounded_and_held_within_their_scale():
    found = AnswerScale("rating", 1, 5).answers([-2, 1.49, 1.5, 2.5, 4.6, 9, math.nan])
    np.testing.assert_array_equal(found, [1, 1, 2, 3, 5, 5, math.nan])


@pytest.mark.parametrize(
    ("type_", "answers"), [("probability", [0.01, 0.5, 0.9]), ("quantity", [1, 10, 5000])]
)
def test_latent_values_are_the_inverse_of_answers(type_, answers):
    scale = AnswerScale.usual(type_)
    assert scale.answers(scale.latent(answers)) == pytest.approx(answers)


def test_no_studies_are_refused():
    with pytest.raises(ModelError, match="give 1 or more"):
        simulate_panel(PLAIN, n_studies=0)


@pytest.mark.parametrize("type_", ["probability", "quantity"])
@pytest.mark.filterwarnings("error")
def test_no_judgement_is_so_extreme_that_its_latent_value_is_lost(type_):
    scale = AnswerScale(type_, 0.05, 0.95)
    latent = scale.latent(scale.answers([-1e6, -50.0, 0.0, 50.0, 1e6, np.nan]))
    assert np.all(np.isfinite(latent[:5]))
    assert np.all(np.diff(latent[:5]) >= 0)
    assert np.isnan(latent[5])
