"""How often scenarios are consistent when judgements err."""

import numpy as np
import pytest
from somewhereland import BASINS, scenario, somewhereland

from innosi.models.distributions import Discrete
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance import uncertain_judgements
from innosi.scenarios.construction.balance.consistency import consistent_scenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.ensembles import Ensemble, Expert
from innosi.scenarios.construction.balance.judgement_errors import ByExperts, ByPanel, OneStep, Spread
from innosi.scenarios.construction.balance.many_matrices import every_scenario, inconsistencies
from innosi.scenarios.construction.balance.uncertain_judgements import Trials, steadfastness

STATES = {"funding": ("cut", "raised"), "land": ("lost", "kept")}
BOTH = np.array([[0, 0]])


def matrix(*cells):
    found = np.zeros((4, 4))
    found[:2, 2:], found[2:, :2] = np.reshape(cells[:4], (2, 2)), np.reshape(cells[4:], (2, 2))
    return CrossImpacts.of(STATES, found)


FIRM = matrix(3, -3, -3, 3, 3, -3, -3, 3)
EVEN = matrix(0, 0, 0, 0, 1, -1, -1, 1)


def random_matrix(n, width, seed):
    states = {f"d{place}": tuple(f"s{each}" for each in range(width)) for place in range(n)}
    judgements = np.random.default_rng(seed).integers(-3, 4, (n * width, n * width)).astype(float)
    judgements[np.kron(np.eye(n), np.ones((width, width))).astype(bool)] = 0
    return CrossImpacts.of(states, judgements)


def test_without_error_consistent_scenarios_are_always_so():
    found = steadfastness(FIRM, OneStep(0.0), consistent_scenarios(FIRM).scenarios, Trials(50))
    assert found.shares.tolist() == [1.0, 1.0]
    assert len(found.newcomers) == 0
    assert found.n_consistent.tolist() == [2] * 50


def test_a_firm_scenario_stands_small_errors():
    found = steadfastness(FIRM, OneStep(1.0), BOTH, Trials(500))
    assert found.shares.tolist() == [1.0]


def test_the_share_is_that_of_the_binomial():
    """Lost against kept is a tie at 0 : 0; each judgement errs by one step with p, half of it either way.

    Consistent unless 'kept' ends above 'lost': with d the difference of two such errors,
    P(d > 0) = p/2 (1 − p/2) + (1 − p) p/2 for p/2 = 0.2: 0.2 × 0.8 + 0.6 × 0.2 = 0.28.
    """
    found = steadfastness(EVEN, OneStep(0.4, only_judged=False), BOTH, Trials(20_000, seed=3))
    tie = 0.72
    # that of funding holds: 1 against −1 stays ahead or level whatever one step does
    assert found.shares[0] == pytest.approx(tie, abs=4 * np.sqrt(tie * (1 - tie) / 20_000))


def test_sections_without_influence_err_only_where_it_is_asked_for():
    silent = OneStep(1.0).matrices(EVEN, 1, 0, 20)
    assert not silent[:, :2, 2:].any()
    assert OneStep(1.0, only_judged=False).matrices(EVEN, 1, 0, 20)[:, :2, 2:].all()


@pytest.mark.parametrize("shape", ["normal", "uniform"])
def test_errors_have_the_deviation_that_was_asked_for(shape):
    found = Spread(0.8, shape, is_rounded=False).matrices(FIRM, 5, 0, 4000) - FIRM.judgements
    errors = found[:, :2, 2:].ravel()
    assert errors.std() == pytest.approx(0.8, rel=0.03)
    assert abs(errors.mean()) < 0.03
    assert abs(np.corrcoef(found[:, 0, 2], found[:, 1, 3])[0, 1]) < 0.06


def test_errors_stay_within_the_scale_and_whole_where_asked():
    found = Spread(2.0, scale=(-3, 3)).matrices(FIRM, 1, 0, 300)
    assert (found.min(), found.max()) == (-3, 3)
    assert np.array_equal(found, np.rint(found))
    assert not found[:, :2, :2].any()


@pytest.mark.parametrize("seeks", [True, False])
def test_the_result_is_the_same_whoever_computes_it(seeks, monkeypatch):
    monkeypatch.setattr(uncertain_judgements, "TRIALS_AT_ONCE", 30)
    impacts = random_matrix(4, 3, 2)
    scenarios = consistent_scenarios(impacts).scenarios
    found = [
        steadfastness(impacts, Spread(1.0), scenarios, Trials(130, 0, seeks), workers=workers)
        for workers in (1, 3)
    ]
    for name in ("counts", "newcomers", "newcomer_counts", "n_consistent"):
        assert np.array_equal(getattr(found[0], name), getattr(found[1], name))
    assert found[0].n_trials == 130
    assert bool(found[0].n_consistent.size) is seeks


def test_draws_do_not_hang_on_how_they_are_cut():
    whole = OneStep(0.5).matrices(FIRM, 7, 0, 60)
    assert np.array_equal(whole[25:60], OneStep(0.5).matrices(FIRM, 7, 25, 60))
    assert not np.array_equal(whole, OneStep(0.5).matrices(FIRM, 8, 0, 60))


def test_listing_and_searching_find_the_same(monkeypatch):
    impacts = random_matrix(5, 3, 11)
    scenarios = consistent_scenarios(impacts).scenarios
    listed = steadfastness(impacts, OneStep(0.5), scenarios, Trials(60))
    monkeypatch.setattr(uncertain_judgements, "LISTED_UP_TO", 1)
    searched = steadfastness(impacts, OneStep(0.5), scenarios, Trials(60))
    assert listed.newcomers.tolist() == searched.newcomers.tolist()
    assert listed.newcomer_counts.tolist() == searched.newcomer_counts.tolist()
    assert listed.n_consistent.tolist() == searched.n_consistent.tolist()


def test_inconsistencies_are_those_of_the_definition():
    """Against plain loops over the definition (Weimer-Jehle 2006)."""
    impacts = random_matrix(4, 3, 5)
    field = every_scenario(impacts)
    found = inconsistencies(impacts, impacts.judgements[None], field)[0]
    for places, value in zip(field[::7], found[::7], strict=True):
        rows = impacts.rows(places)[0]
        scores = impacts.judgements[rows].sum(axis=0).reshape(4, 3)
        assert value == max(scores[i].max() - scores[i, places[i]] for i in range(4))


def test_inconsistencies_are_those_that_were_published():
    """By the balances in the manual of ScenarioWizard 4.1: A2 B1 C3 D1 E1 F1 has -7 against 7 for D1."""
    impacts = somewhereland()
    published = [scenario(text) for text in ("A2 B1 C3 D1 E1 F1", *BASINS)]
    found = inconsistencies(impacts, impacts.judgements[None], np.array(published))
    assert found.tolist() == [[14, *[0] * 10]]


def test_sections_of_experts_stay_whole():
    other = matrix(*[-cell for cell in (3, -3, -3, 3, 3, -3, -3, 3)])
    errors = ByExperts(Ensemble((Expert("a", FIRM, 3.0), Expert("b", other, 1.0))))
    found = errors.matrices(FIRM, 1, 0, 4000)
    signs = np.sign(found[:, :2, 2:] * FIRM.judgements[:2, 2:])
    assert (signs == signs[:, :1, :1]).all()
    assert (signs[:, 0, 0] > 0).mean() == pytest.approx(0.75, abs=0.03)
    both = (found[:, 0, 2] == 3) & (found[:, 2, 0] == 3)
    assert both.mean() == pytest.approx(0.75**2, abs=0.03)


def test_a_panel_gives_each_judgement_its_distribution():
    errors = ByPanel({(0, 2): Discrete((-1.0, 2.0), (0.25, 0.75))})
    found = errors.matrices(FIRM, 1, 0, 4000)
    assert set(np.unique(found[:, 0, 2])) == {-1.0, 2.0}
    assert (found[:, 0, 2] == 2).mean() == pytest.approx(0.75, abs=0.03)
    assert (found[:, 0, 3] == -3).all()


def test_a_field_too_large_to_be_searched_in_every_trial_says_so(monkeypatch):
    monkeypatch.setattr(uncertain_judgements, "SEARCHED_UP_TO", 3)
    found = steadfastness(FIRM, OneStep(0.5), BOTH, Trials(20))
    assert "new scenarios were not sought" in found.notes[0]
    assert steadfastness(FIRM, OneStep(0.5), BOTH, Trials(20, newcomers=False)).notes == ()


def test_what_was_interrupted_says_so():
    def stop(done):
        raise KeyboardInterrupt

    found = steadfastness(FIRM, OneStep(0.5), BOTH, Trials(1000), workers=1, on_progress=stop)
    assert found.n_trials == 100
    assert found.why_not == "interrupted after 100 of 1,000 trials"


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (lambda: OneStep(1.5), "the probability 1.5 is none"),
        (lambda: Spread(-1), "standard deviation is -1"),
        (lambda: Spread(np.nan), "standard deviation is nan"),
        (lambda: Spread(1, "cauchy"), "'cauchy' is no shape"),
        (lambda: Trials(0), "0 trials are none"),
    ],
)
def test_what_cannot_be_assumed_is_refused(made, problem):
    with pytest.raises(InnosiError, match=problem):
        made()
