import numpy as np
import pytest

from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.analysis.evidence import evidence_shares
from innosi.scenarios.analysis.over_claim import over_claim, standing_among_published
from innosi.scenarios.analysis.tornado import break_even, tornado
from innosi.scenarios.simulation import first_draws

SIMPLE = """
title: one outcome
model: value_map
currency: EUR
base:
  discount_rate: 0%
  stakeholders: {a: A}
  inputs: {grant: {stakeholder: a, amount: {value: 1000, evidence: record}}}
  outcomes:
    work:
      title: Work
      stakeholder: a
      quantity: {value: "uniform(5, 15)", evidence: before_after}
      financial_proxy: {value: "uniform(150, 250)", evidence: claim}
      duration: 1
      perspective: social
"""


@pytest.fixture
def experiment(load):
    return load(SIMPLE).experiment()


def test_the_tornado_holds_the_swing_of_each_input_the_widest_first(experiment):
    swings = tornado(experiment, "social_return_ratio")
    assert [swing.name for swing in swings] == ["outcomes.work.quantity", "outcomes.work.financial_proxy"]
    quantity, proxy = swings
    assert (quantity.low, quantity.high) == pytest.approx((5.5, 14.5))
    assert (quantity.result_at_low, quantity.result_at_high) == pytest.approx((1.1, 2.9))
    assert proxy.width == pytest.approx(10 * (245 - 155) / 1000)


def test_break_even_is_where_the_ratio_reaches_one(experiment):
    found = {each.name: each for each in break_even(experiment, "social_return_ratio")}
    assert found["outcomes.work.quantity"].value == pytest.approx(5.0)
    assert found["outcomes.work.financial_proxy"].value == pytest.approx(100.0)
    assert found["outcomes.work.quantity"].median == pytest.approx(10.0)


def test_break_even_says_when_no_value_would_do(load):
    hopeless = load(SIMPLE.replace("amount: {value: 1000", "amount: {value: 1_000_000")).experiment()
    assert all(each.value is None for each in break_even(hopeless, "social_return_ratio"))


def test_every_uncertain_number_swings_the_widest_first(garden):
    experiment = garden.experiment()
    swings = tornado(experiment, "social_return_ratio")
    assert {key for swing in swings for key in swing.keys} == set(experiment.uncertain)
    assert swings == sorted(swings, key=lambda swing: -swing.width)


def test_a_shared_number_is_one_unknown(load):
    text = SIMPLE.replace('"uniform(5, 15)", evidence: before_after', '"uniform(5, 15)", shared: people')
    outcome = text[text.index("    work:") :]
    experiment = load(text + outcome.replace("    work:", "    rest:")).experiment()
    quantity = next(each for each in tornado(experiment, "social_return_ratio") if each.name == "people")
    assert quantity.keys == ("outcomes.work.quantity", "outcomes.rest.quantity")
    draws = first_draws(experiment, 0, 100).inputs
    np.testing.assert_array_equal(draws["outcomes.work.quantity"], draws["outcomes.rest.quantity"])
    assert not np.array_equal(draws["outcomes.work.financial_proxy"], draws["outcomes.rest.financial_proxy"])


def test_missing_corrections_are_put_in_at_their_published_median(experiment):
    draws = first_draws(experiment, 0, 2000)
    check = over_claim(experiment, draws)
    assert dict(check.missing) == {
        "deadweight": ("work",),
        "displacement": ("work",),
        "attribution": ("work",),
    }
    kept = (1 - 0.20) * (1 - 0.175) * (1 - 0.255)
    assert check.corrected.median == pytest.approx(kept * check.stated.median, rel=1e-9)
    assert not check.is_complete


def test_drop_off_is_asked_only_of_what_lasts(load):
    longer = load(SIMPLE.replace("duration: 1", "duration: 3")).experiment()
    check = over_claim(longer, first_draws(longer, 0, 100))
    assert "drop_off" in check.missing


def test_a_correction_at_nought_counts_as_missing_and_a_counterfactual_as_deadweight(load):
    text = SIMPLE.replace(
        "duration: 1", "duration: 1\n      displacement: 0\n      counterfactual_quantity: 3"
    )
    experiment = load(text).experiment()
    check = over_claim(experiment, first_draws(experiment, 0, 100))
    assert dict(check.missing) == {"displacement": ("work",), "attribution": ("work",)}


def test_a_counterfactual_of_nought_is_no_deadweight(load):
    experiment = load(
        SIMPLE.replace("duration: 1", "duration: 1\n      counterfactual_quantity: 0")
    ).experiment()
    check = over_claim(experiment, first_draws(experiment, 0, 100))
    assert "deadweight" in check.missing
    assert check.corrected.median == pytest.approx(0.8 * 0.825 * 0.745 * check.stated.median)


@pytest.mark.parametrize(("evidence", "is_missing"), [("matched_control", False), ("claim", True)])
def test_a_nought_counts_as_made_where_evidence_stands_behind_it(load, evidence, is_missing):
    text = SIMPLE.replace(
        "duration: 1", f"duration: 1\n      displacement: {{value: 0, evidence: {evidence}}}"
    )
    experiment = load(text).experiment()
    check = over_claim(experiment, first_draws(experiment, 0, 100))
    assert ("displacement" in check.missing) is is_missing


def test_no_correction_is_asked_of_a_negative_outcome(load):
    text = SIMPLE.replace("uniform(150, 250)", "uniform(-250, -150)")
    experiment = load(text).experiment()
    assert over_claim(experiment, first_draws(experiment, 0, 100)).is_complete


@pytest.mark.parametrize(("ratio", "share"), [(1.31, 0.1), (3.56, 0.5), (10.22, 0.9)])
def test_the_published_quantiles_stand_where_they_were_published(ratio, share):
    assert standing_among_published(ratio) == pytest.approx(share, abs=1e-12)


def test_standing_rises_with_the_ratio_and_stays_a_share():
    standings = [
        standing_among_published(ratio) for ratio in (-1, 0, 0.01, 0.5, 1.31, 2, 3.56, 5, 10.22, 500)
    ]
    assert standings == sorted(standings)
    assert standings[0] == 0.0
    assert standings[-1] <= 1.0


def test_value_rests_on_the_grade_of_each_ingredient_and_on_the_weakest(experiment):
    shares = evidence_shares(experiment, first_draws(experiment, 0, 100))
    assert shares.by_ingredient["quantity"] == {EvidenceGrade.BEFORE_AFTER: 1.0}
    assert shares.by_ingredient["deadweight"] == {EvidenceGrade.ASSUMPTION: 1.0}
    assert shares.weakest == {EvidenceGrade.ASSUMPTION: 1.0}
    assert shares.inputs == {EvidenceGrade.RECORD: 1.0}


def test_shares_of_evidence_add_up_to_one(garden):
    experiment = garden.experiment()
    shares = evidence_shares(experiment, first_draws(experiment, 0, 200))
    for each in (*shares.by_ingredient.values(), shares.weakest, shares.inputs):
        assert sum(each.values()) == pytest.approx(1.0)
    draws = first_draws(experiment, 0, 200).outputs
    sizes = {
        name: np.abs(draws[f"present_value.outcome.{name}"]).mean() for name in ("less_loneliness", "savings")
    }
    claimed = sizes["less_loneliness"] / sum(sizes.values())
    assert shares.by_ingredient["financial_proxy"][EvidenceGrade.CLAIM] == pytest.approx(claimed)
