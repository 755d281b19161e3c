import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.chance_events import ChanceEvent, happens, share_of_year
from innosi.models.time_series import levels
from innosi.models.value_map import Input, Outcome, Series, ValueMap

YEARS = 4
VALUES = {
    "discount_rate": 0.0,
    "inputs.grant.amount": 100.0,
    "outcomes.home.quantity": 10.0,
    "outcomes.home.financial_proxy": 10.0,
    "outcomes.home.duration": float(YEARS),
}


def _map(**more):
    return ValueMap({"grant": Input("city")}, {"home": Outcome("people")}, n_years=YEARS, **more)


def _by_year(results):
    return [float(results[f"value.year.{year}"]) for year in range(1, YEARS + 1)]


@given(st.floats(1, 10), st.floats(0, 10))
def test_the_shares_of_all_years_add_up_to_the_duration(begins, duration):
    total = sum(float(share_of_year(year, begins, duration)) for year in range(1, 40))
    assert total == pytest.approx(duration, abs=1e-9)


def test_an_event_happens_as_often_as_its_probability_says():
    chance = (np.arange(1000) + 0.5) / 1000
    assert happens(chance, 0.2).mean() == pytest.approx(0.2)
    assert happens(chance, 0.0).sum() == 0
    assert happens(chance, 1.0).sum() == 1000


def test_an_event_takes_its_share_in_the_years_it_lasts():
    value_map = _map(events={"cut": ChanceEvent("Cut", outcomes=("home",), inputs=("grant",))})
    numbers = {
        "events.cut.probability": 0.5,
        "events.cut.year": 2.5,
        "events.cut.duration": 1.0,
        "events.cut.effects.outcomes.home": -0.4,
        "events.cut.effects.inputs.grant": -0.1,
    }
    happened = value_map.evaluate({**VALUES, **numbers, "events.cut.chance": 0.3})
    assert _by_year(happened) == pytest.approx([100, 80, 80, 100])
    assert float(happened["inputs"]) == pytest.approx(90)
    spared = value_map.evaluate({**VALUES, **numbers, "events.cut.chance": 0.7})
    assert _by_year(spared) == pytest.approx([100] * 4)
    assert float(spared["inputs"]) == pytest.approx(100)


def test_an_event_without_an_end_goes_on():
    value_map = _map(events={"cut": ChanceEvent("Cut", outcomes=("home",), lasts=False)})
    numbers = {"probability": 1.0, "chance": 0.5, "year": 3.0, "effects.outcomes.home": -1.0}
    found = value_map.evaluate({**VALUES, **{f"events.cut.{key}": value for key, value in numbers.items()}})
    assert _by_year(found) == pytest.approx([100, 100, 0, 0])


def test_a_trend_grows_and_a_shock_fades():
    found = levels(3, trend=0.1, shocks=np.array([0.2, 0.0, 0.0]), persistence=0.5)
    expected = [np.exp(0.2), 1.1 * np.exp(0.1), 1.21 * np.exp(0.05)]  # by hand
    assert [float(level) for level in found] == pytest.approx(expected)


def test_a_series_moves_the_value_of_its_outcomes_year_by_year():
    value_map = _map(series={"need": Series("Need", ("home",))})
    found = value_map.evaluate({**VALUES, "series.need.trend": 0.1})
    assert _by_year(found) == pytest.approx([100, 110, 121, 133.1])
    assert float(found["present_value"]) == pytest.approx(464.1)


def test_the_waterfall_adds_up_to_the_present_value_under_events_and_series():
    value_map = _map(
        events={"cut": ChanceEvent("Cut", outcomes=("home",), lasts=False)},
        series={"need": Series("Need", ("home",))},
    )
    rng = np.random.default_rng(1)
    numbers = {
        **VALUES,
        "outcomes.home.deadweight": rng.uniform(0, 0.5, 50),
        "outcomes.home.drop_off": rng.uniform(0, 0.5, 50),
        "events.cut.probability": 0.5,
        "events.cut.chance": rng.uniform(size=50),
        "events.cut.year": rng.uniform(1, 4, 50),
        "events.cut.effects.outcomes.home": -0.3,
        "series.need.shock": 0.1,
        **{f"series.need.shocks.{year}": rng.normal(size=50) for year in range(1, YEARS + 1)},
    }
    found = value_map.evaluate(numbers)
    steps = sum(value for name, value in found.items() if name.startswith("waterfall."))
    np.testing.assert_allclose(steps, found["present_value"])
    for name, value in value_map.headline(numbers).items():
        np.testing.assert_array_equal(value, found[name])
