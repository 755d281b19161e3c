from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.discounting import SCHEDULES
from innosi.models.errors import ModelError
from innosi.models.impact import impact_by_year, payback_months, payback_months_first_year
from innosi.models.value_map import Input, Outcome, Perspective, SocialFunction, ValueMap

# A value map with a negative outcome, a late start and drop-off. No published case has all three, so the
# expected figures below were computed in exact rational arithmetic from the formulas of the Guide to Social
# Return on Investment (2012), stages 4 and 5; `exact_present_value` does so again, independently.
OUTCOMES = {
    "stable_housing": ("residents", 1, 28, 9200, "0.25", "0.05", "0.30", "0.10", 5),
    "fewer_crisis_admissions": ("municipality", 1, 17, "6150.50", "0.10", "0", "0.40", "0.25", 3),
    "regular_work": ("residents", 2, 6, 14800, "0.47", "0.15", "0.20", "0.35", 4),
    "noise_for_neighbours": ("neighbours", 1, 40, -75, "0", "0", "0", "0.5", 2),
}
FIELDS = ("quantity", "financial_proxy", "deadweight", "displacement", "attribution", "drop_off", "duration")
N_YEARS = 6


def value_map(**settings):
    return ValueMap(
        inputs={
            "municipality": Input("municipality"),
            "foundation": Input("foundation"),
            "volunteers": Input("volunteers", is_time=True),
        },
        outcomes={
            name: Outcome(
                stakeholder,
                start=start,
                perspective=Perspective.FISCAL if stakeholder == "municipality" else Perspective.SOCIAL,
                social_function=SocialFunction.BUFFER if name == "stable_housing" else None,
            )
            for name, (stakeholder, start, *_) in OUTCOMES.items()
        },
        n_years=N_YEARS,
        **settings,
    )


def numbers(rate=0.035, **changes):
    values = {
        f"outcomes.{name}.{field}": float(number)
        for name, (_, _, *row) in OUTCOMES.items()
        for field, number in zip(FIELDS, row, strict=True)
    }
    values |= {
        "inputs.municipality.amount": 120_000.0,
        "inputs.foundation.amount": 45_000.0,
        "inputs.volunteers.hours": 12 * 46 * 3.0,
        "inputs.volunteers.hourly_rate": 14.5,
        "discount_rate": rate,
    }
    return values | changes


def exact_present_value(name, rate, first_power):
    _, start, quantity, proxy, *rest = OUTCOMES[name]
    deadweight, displacement, attribution, drop_off = (Fraction(share) for share in rest[:4])
    first = Fraction(quantity) * Fraction(proxy) * (1 - deadweight) * (1 - displacement) * (1 - attribution)
    return sum(
        first * (1 - drop_off) ** k / (1 + Fraction(rate)) ** (start - 1 + k + first_power)
        for k in range(rest[4])
    )


EXPECTED = [
    ("guide", 0.035, 664782.130912, 475770.130912, 3.517142461, 2.517142461),
    ("year-zero", 0.035, 688049.505493, 499037.505493, 3.640242448, 2.640242448),
    ("guide", 0.0, 727313.946555, 538301.946555, 3.847977623, 2.847977623),
]


@pytest.mark.parametrize(("convention", "rate", "worth", "net", "ratio", "net_ratio"), EXPECTED)
def test_the_exact_value_map_to_the_last_digit(convention, rate, worth, net, ratio, net_ratio):
    results = value_map(discounting=convention).evaluate(numbers(rate))
    assert results["inputs"] == 189_012.0
    assert results["present_value"] == pytest.approx(worth, abs=5e-7)
    assert results["net_present_value"] == pytest.approx(net, abs=5e-7)
    assert results["social_return_ratio"] == pytest.approx(ratio, abs=5e-10)
    assert results["net_ratio"] == pytest.approx(net_ratio, abs=5e-10)
    assert results["payback_months_first_year"] == pytest.approx(12.466468, abs=5e-7)


def test_value_by_year_of_the_exact_value_map():
    results = value_map().evaluate(numbers())
    by_year = [float(results[f"value.year.{year}"]) for year in range(1, N_YEARS + 1)]
    expected = [181939.59, 188479.9125, 156629.112375, 107181.9492, 93083.38248, 0.0]
    np.testing.assert_allclose(by_year, expected, rtol=1e-13)


@pytest.mark.parametrize(("convention", "first_power"), [("guide", 1), ("year-zero", 0)])
@pytest.mark.parametrize("name", OUTCOMES)
def test_each_outcome_agrees_with_rational_arithmetic(name, convention, first_power):
    results = value_map(discounting=convention).evaluate(numbers())
    expected = float(exact_present_value(name, "0.035", first_power))
    assert results[f"present_value.outcome.{name}"] == pytest.approx(expected, rel=1e-13)


def test_every_breakdown_adds_up_to_the_present_value():
    results = value_map().evaluate(numbers())
    for group in ("outcome", "stakeholder", "perspective", "year"):
        parts = [value for name, value in results.items() if name.startswith(f"present_value.{group}.")]
        assert sum(parts) == pytest.approx(results["present_value"], rel=1e-12), group


def test_the_waterfall_goes_from_gross_to_the_present_value():
    results = value_map().evaluate(numbers(rate=0.0))
    steps = [value for name, value in results.items() if name.startswith("waterfall.")]
    assert sum(steps) == pytest.approx(results["present_value"], rel=1e-12)
    assert results["waterfall.gross"] == pytest.approx(28 * 9200 * 5 + 17 * 6150.5 * 3 + 6 * 14800 * 4 - 6000)
    assert results["gross_ratio"] == pytest.approx(results["waterfall.gross"] / 189_012)


def test_draws_are_computed_as_they_would_be_one_by_one():
    many = {
        "outcomes.stable_housing.deadweight": np.array([0.0, 0.25, 1.0]),
        "discount_rate": np.array([0, 0.035, 0.1]),
    }
    together = value_map().evaluate(numbers() | many)
    for index in range(3):
        alone = value_map().evaluate(numbers() | {key: value[index] for key, value in many.items()})
        for name, value in together.items():
            assert value[index] == pytest.approx(float(alone[name]), rel=1e-12), name


def test_a_published_schedule_takes_the_place_of_the_rate():
    values = numbers()
    del values["discount_rate"]
    scheduled = value_map(discount_schedule=SCHEDULES["green-book-2026"]).evaluate(values)
    assert scheduled["present_value"] == pytest.approx(664782.130912, abs=5e-7)


def test_an_outcome_that_is_not_monetised_adds_nothing():
    model = ValueMap(
        inputs={"grant": Input("state")},
        outcomes={"trust": Outcome("residents", is_monetised=False), "work": Outcome("residents")},
        n_years=1,
    )
    values = {
        "inputs.grant.amount": 10.0,
        "discount_rate": 0.0,
        "outcomes.trust.quantity": 5,
        "outcomes.trust.duration": 1,
    }
    values |= {
        "outcomes.work.quantity": 1,
        "outcomes.work.financial_proxy": 20.0,
        "outcomes.work.duration": 1,
    }
    assert model.evaluate(values)["social_return_ratio"] == 2.0


def test_a_control_group_that_did_better_gives_a_negative_effect():
    model = ValueMap(
        inputs={"grant": Input("state")}, outcomes={"work": Outcome("p", has_counterfactual=True)}, n_years=1
    )
    values = {"inputs.grant.amount": 100.0, "discount_rate": 0.0, "outcomes.work.duration": 1}
    values |= {
        "outcomes.work.quantity": 81,
        "outcomes.work.counterfactual_quantity": 98,
        "outcomes.work.financial_proxy": 10.0,
    }
    results = model.evaluate(values)
    assert results["present_value"] == -170.0
    assert results["waterfall.gross"] == 810.0
    assert results["waterfall.deadweight"] == -980.0


def test_a_missing_number_is_named():
    values = numbers()
    del values["outcomes.regular_work.quantity"]
    with pytest.raises(ModelError, match=r"'outcomes.regular_work.quantity' has no number"):
        value_map().evaluate(values)


def test_an_outcome_beyond_the_years_looked_at_is_refused_and_not_cut():
    with pytest.raises(ModelError, match=r"duration' reaches 7 years, beyond the 6 looked at; bound it"):
        value_map().evaluate(numbers(**{"outcomes.stable_housing.duration": np.array([5.0, 7.0])}))


def test_no_inputs_means_no_ratio():
    values = numbers() | {
        "inputs.municipality.amount": 0.0,
        "inputs.foundation.amount": 0.0,
        "inputs.volunteers.hours": 0.0,
    }
    with pytest.raises(ModelError, match="no ratio"):
        value_map().evaluate(values)


def test_an_outcome_starts_in_year_one_or_two():
    with pytest.raises(ModelError, match="starts in year 3"):
        impact_by_year(1.0, start=3, n_years=5)


def test_part_of_a_year_counts_as_part():
    assert impact_by_year(100.0, duration=2.5, n_years=4).tolist() == [100.0, 100.0, 50.0, 0.0]


@pytest.mark.parametrize(
    ("values", "inputs", "months"),
    [
        ([120.0, 0.0], 60.0, 6.0),
        ([60.0, 120.0], 120.0, 18.0),
        ([10.0, 10.0], 100.0, np.inf),
        ([-10.0, 130.0], 100.0, 12 + 12 * 110 / 130),
    ],
)
def test_payback_is_when_cumulated_value_reaches_the_inputs(values, inputs, months):
    assert payback_months(values, inputs) == pytest.approx(months)


def test_a_first_year_without_value_never_pays_back():
    assert payback_months_first_year([0.0, -5.0, 12.0], 10.0).tolist() == [np.inf, np.inf, 10.0]


shares = st.floats(0.0, 1.0)


@given(shares, shares, shares, st.floats(0, 1e6), st.floats(-1e5, 1e5))
def test_full_deadweight_leaves_nothing(displacement, attribution, drop_off, quantity, proxy):
    results = value_map().evaluate(
        numbers(
            **{
                "outcomes.stable_housing.deadweight": 1.0,
                "outcomes.stable_housing.displacement": displacement,
                "outcomes.stable_housing.attribution": attribution,
                "outcomes.stable_housing.drop_off": drop_off,
                "outcomes.stable_housing.quantity": quantity,
                "outcomes.stable_housing.financial_proxy": proxy,
            }
        )
    )
    assert results["present_value.outcome.stable_housing"] == 0.0


@given(st.floats(0.01, 100.0))
def test_value_is_linear_in_the_proxies_and_the_ratio_knows_no_currency(factor):
    def scaled(keys):
        return {key: value * factor for key, value in numbers().items() if key.rpartition(".")[2] in keys}

    plain = value_map().evaluate(numbers())
    worth = value_map().evaluate(numbers() | scaled({"financial_proxy"}))
    assert worth["present_value"] == pytest.approx(factor * plain["present_value"], rel=1e-9)
    money = value_map().evaluate(numbers() | scaled({"financial_proxy", "amount", "hourly_rate"}))
    assert money["social_return_ratio"] == pytest.approx(plain["social_return_ratio"], rel=1e-9)


@given(shares, shares)
def test_more_attribution_to_others_never_raises_a_good_outcome(less, more):
    less, more = sorted((less, more))

    def worth(share):
        return value_map().evaluate(numbers(**{"outcomes.stable_housing.attribution": share}))[
            "present_value"
        ]

    assert worth(more) <= worth(less) + 1e-6


@given(
    drawn=st.sets(st.sampled_from(sorted(set(numbers()) - {"discount_rate"}))),
    n=st.sampled_from([1, 255, 256, 257, 700]),
    has_counterfactual=st.booleans(),
    seed=st.integers(0, 99),
)
def test_numbers_in_the_rows_of_one_array_give_the_same_to_the_last_digit(drawn, n, has_counterfactual, seed):
    outcomes = {name: Outcome("residents", start=row[1]) for name, row in OUTCOMES.items()}
    outcomes["regular_work"] = Outcome("residents", start=2, has_counterfactual=has_counterfactual)
    outcomes["told_only"] = Outcome("residents", is_monetised=False)
    told = ValueMap(inputs=value_map().inputs, outcomes=outcomes, n_years=N_YEARS)
    given_numbers = numbers(**{"outcomes.regular_work.counterfactual_quantity": 2.0})
    drawn = sorted(each for each in drawn if not each.endswith("duration"))
    array = np.random.default_rng(seed).uniform(0.1, 0.9, (len(drawn) + 1, n + 8))
    rows = {key: row for row, key in enumerate(drawn)}
    fixed = {key: number for key, number in given_numbers.items() if key not in rows}
    found = told.on_rows(rows, fixed).headline(array, n)
    wanted = told.headline(fixed | {key: array[row, :n] for key, row in rows.items()})
    assert found.keys() == wanted.keys()
    for name, values in found.items():
        assert values.shape == (n,)
        np.testing.assert_array_equal(values, np.broadcast_to(wanted[name], (n,)), err_msg=name)


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        ({"discount_rate": 0}, {}),
        ({"outcomes.regular_work.duration": 0}, {}),
        ({}, {"outcomes.regular_work.duration": 6.0}),
        ({}, {"outcomes.regular_work.quantity": None}),
    ],
)
def test_rows_are_not_looked_at_where_years_do_not_count_alike_or_numbers_are_missing(rows, changes):
    given_numbers = {key: each for key, each in numbers(**changes).items() if each is not None}
    assert value_map().on_rows(rows, {key: v for key, v in given_numbers.items() if key not in rows}) is None
