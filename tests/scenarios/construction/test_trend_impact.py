"""Trend-impact analysis, against what follows by hand and by the closed form."""

import numpy as np
import pytest

from innosi.models.distributions import parse_distribution
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.probabilities.trend import Growth, Points, fitted_trend
from innosi.scenarios.construction.probabilities.trend_impact import (
    ImpactProfile,
    TrendEvent,
    TrendModel,
    expected_values,
    impact,
    simulate_trend,
)
from innosi.scenarios.construction.probabilities.trend_scenarios import as_distribution

FLAT = Points((2025, 2035), (parse_distribution(100), parse_distribution(100)))
HALF = np.full((2, 1), 0.5)


def profile(*numbers):
    return ImpactProfile(*map(parse_distribution, numbers))


def model(*events, trend=FLAT, is_share=True, **bounds):
    return TrendModel(np.arange(2025.0, 2036), trend, events, is_share, **bounds)


CUT = TrendEvent("cut", "Cut", (2025, 2026, 2035), (0.0, 0.6, 0.9), profile(1, 3, -0.2, 5, -0.1))
BOON = TrendEvent("boon", "Boon", (2026, 2034), (0.0, 0.5), profile(0, 0, 0.3, 0, 0.3))
SURE = TrendEvent("sure", "Sure", (2025, 2026), (0.0, 1.0), profile(1, 3, -0.2, 5, -0.1))


def test_an_impact_by_hand():
    """First answer after a year, −20 % after three, −10 % from five years on; straight lines between."""
    elapsed = np.array([-np.inf, -1, 0, 1, 2, 3, 4, 5, 9])
    sizes = tuple(map(np.asarray, (1.0, 3.0, -0.2, 5.0, -0.1)))
    np.testing.assert_allclose(impact(elapsed, sizes), [0, 0, 0, 0, -0.1, -0.2, -0.15, -0.1, -0.1])


def test_an_impact_may_come_at_once_and_stay():
    sizes = tuple(map(np.asarray, (0.0, 0.0, 0.3, 0.0, 0.3)))
    np.testing.assert_allclose(impact(np.array([-1.0, 0, 1, 7]), sizes), [0, 0.3, 0.3, 0.3])


def test_times_out_of_order_are_put_off():
    sizes = tuple(map(np.asarray, (2.0, 1.0, 10.0, 0.0, 4.0)))
    np.testing.assert_allclose(impact(np.array([1.0, 1.9, 2, 3]), sizes), [0, 0, 4, 4])


def test_a_sure_event_bends_the_trend_as_its_profile_says():
    found = simulate_trend(model(SURE), draws=100)
    bent = [100, 100, 100, 90, 80, 85, 90, 90, 90, 90, 90]
    np.testing.assert_allclose(found.quantiles, np.tile(bent, (5, 1)))
    np.testing.assert_allclose(expected_values(model(SURE)), bent)
    np.testing.assert_allclose(found.surprise_free, 100)


def test_the_mean_of_an_event_with_a_chance_by_year_by_hand():
    """60 % happen in 2026, and are at −10 % in 2028; those of 2027 are still at 0."""
    np.testing.assert_allclose(expected_values(model(CUT))[:4], [100, 100, 100, 100 - 0.6 * 10])


@pytest.mark.parametrize("is_share", [True, False])
def test_the_simulated_mean_tends_to_the_closed_form(is_share):
    trend = Points((2025, 2035), (parse_distribution(50), parse_distribution(150)))
    wanted = model(CUT, BOON, trend=trend, is_share=is_share)
    found = simulate_trend(wanted, draws=40_000, seed=2)
    exact = expected_values(wanted)
    assert np.all(np.abs(found.mean - exact) <= 4 * found.standard_error + 1e-9)
    assert exact[-1] != pytest.approx(150)


def test_chances_are_those_of_the_file():
    found = simulate_trend(model(BOON), draws=40_000)
    share = np.mean(found.values > 100)
    assert share == pytest.approx(0.5, abs=0.01)
    only = simulate_trend(model(BOON), draws=40_000, year=2030)
    assert np.mean(only.values > 100) == pytest.approx(0.25, abs=0.01)


def test_effects_add_up_and_the_greatest_comes_first():
    found = simulate_trend(model(CUT, BOON), draws=20_000)
    assert [each.name for each in found.effects] == ["boon", "cut"]
    assert sum(each.expected for each in found.effects) == pytest.approx(found.mean[-1] - 100)
    assert sum(each.share_of_variance for each in found.effects) == pytest.approx(1)
    assert found.effects[0].if_it_happens == pytest.approx(30, rel=0.03)


def test_other_order_of_events_same_draws():
    there, back = (simulate_trend(model(*order), draws=3000) for order in ((CUT, BOON), (BOON, CUT)))
    np.testing.assert_allclose(there.values, back.values, rtol=1e-12)
    assert there.effects[0].expected == pytest.approx(back.effects[0].expected)
    assert not np.array_equal(there.values, simulate_trend(model(CUT, BOON), draws=3000, seed=1).values)


def test_more_draws_begin_with_the_same():
    few, many = (simulate_trend(model(CUT, BOON), draws=n) for n in (500, 10_500))
    assert np.array_equal(few.values, many.values[:500])


def test_the_quantity_ends_at_its_bounds():
    ruin = TrendEvent("ruin", "Ruin", (2025, 2026), (0.0, 1.0), profile(0, 0, -150, 0, -150))
    found = simulate_trend(model(ruin, is_share=False, low=0.0), draws=100)
    assert found.values.tolist() == [0.0] * 100
    assert expected_values(model(ruin, is_share=False, low=0.0)) is None


def test_uncertain_numbers_widen_the_fan():
    uncertain = TrendEvent("u", "U", (2025, 2026), (0.0, 1.0), profile(0, "1 .. 3", "-0.3 .. -0.1", 9, 0))
    found = simulate_trend(model(uncertain), draws=5000, year=2030)
    low, *_, high = found.quantiles[:, found.at]
    assert low < 80 < high < 100
    assert expected_values(model(uncertain)) is None


def test_a_trend_on_straight_lines_or_growing():
    points = Points((2020, 2030, 2040), tuple(map(parse_distribution, (10, 20, 0))))
    np.testing.assert_allclose(
        points.at(np.array([2020.0, 2025, 2030, 2035, 2040]), HALF), [[10, 15, 20, 10, 0]]
    )
    growth = Growth(2020, parse_distribution(100), parse_distribution(0.1))
    np.testing.assert_allclose(growth.at(np.array([2020.0, 2022]), HALF), [[100, 121]])


@pytest.mark.parametrize(
    ("form", "curve", "ceiling"),
    [
        ("linear", lambda t: 5 + 2 * t, None),
        ("exponential", lambda t: 5 * 1.1**t, None),
        ("logistic", lambda t: 80 / (1 + np.exp(-0.4 * (t - 9))), None),
        ("logistic", lambda t: 80 / (1 + np.exp(-0.4 * (t - 9))), 80),
    ],
)
def test_a_curve_is_found_again_from_its_own_values(form, curve, ceiling):
    t = np.array([0.0, 1, 2, 4, 5, 8, 10])
    found = fitted_trend(2010 + t, curve(t), form, ceiling=ceiling)
    later = np.array([0.0, 15, 20])
    np.testing.assert_allclose(found.at(2010 + later, HALF)[0], curve(later), rtol=1e-4)
    assert found.explained == pytest.approx(1)


def test_a_line_is_that_of_least_squares():
    """Anscombe's first data: y = 3.000 + 0.500 x, R² 0.67 (Anscombe 1973, American Statistician 27)."""
    x = np.array([10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5])
    y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])
    order = np.argsort(x)
    found = fitted_trend(x[order], y[order], "linear")
    assert found.parameters == pytest.approx((3.0 + 4 * 0.5, 0.5), abs=2e-3)
    assert found.explained == pytest.approx(0.667, abs=1e-3)
    for year in (9, 29):  # x is 9 on average; Anscombe's standard error of the slope is 0.118
        half = 1.833 * np.sqrt(13.75 / 9 / 11 + 0.118**2 * (year - 9) ** 2)
        assert found.interval(year) == pytest.approx((3 + 0.5 * year - half, 3 + 0.5 * year + half), rel=2e-3)


@pytest.mark.parametrize(
    ("form", "curve", "ceiling"),
    [
        ("exponential", lambda t: 20 * np.exp(0.08 * t), None),
        ("logistic", lambda t: 80 / (1 + np.exp(-0.4 * (t - 7))), None),
        ("logistic", lambda t: 80 / (1 + np.exp(-0.4 * (t - 7))), 80),
    ],
)
def test_nine_in_ten_intervals_hold_the_curve_that_the_history_came_from(form, curve, ceiling):
    t, random = np.arange(15.0), np.random.default_rng(5)
    histories = curve(t) + random.normal(0, 1.5, (300, 15))
    intervals = [fitted_trend(2010 + t, each, form, ceiling=ceiling).interval(2027) for each in histories]
    held = np.mean([low <= curve(17.0) <= high for low, high in intervals])
    assert held == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    ("years", "values", "form", "ceiling", "message"),
    [
        ([2020, 2021], [1, 2], "linear", None, "has 2 years, and the linear trend needs 3"),
        ([2020, 2021, 2022], [1, 2, 3], "logistic", None, "the logistic trend needs 4"),
        (
            [2020, 2021, 2022],
            [1, 0, 3],
            "exponential",
            None,
            "holds 0, and the exponential trend lies above 0",
        ),
        ([2020, 2021, 2022], [1, 2, 9], "logistic", 9, "reaches 9, and its ceiling is 9"),
        ([2020, 2021, 2022, 2023, 2024], [1, 2, 4, 8, 16], "logistic", None, "levels off|follows no"),
        ([2020, 2021, 2022, 2023], [1, 1, 1, 1], "logistic", None, "does not tell which logistic curve"),
    ],
)
def test_a_history_that_shows_no_such_curve_is_refused(years, values, form, ceiling, message):
    with pytest.raises(InnosiError, match=message):
        fitted_trend(years, values, form, ceiling=ceiling)


def test_progress_is_told_and_more_draws_begin_with_the_same_ones():
    told = []
    many = simulate_trend(model(CUT), draws=25_000, on_progress=lambda *each: told.append(each))
    assert told == [(10_000, 25_000), (20_000, 25_000), (25_000, 25_000)]
    few = simulate_trend(model(CUT), draws=12_000)
    assert np.array_equal(few.values, many.values[:12_000])
    assert np.array_equal(few.free_values, many.free_values[:12_000])


def test_a_year_out_of_range_is_refused():
    with pytest.raises(InnosiError, match="2050 is not among the years; give one from 2025 to 2035"):
        simulate_trend(model(CUT), draws=100, year=2050)


def test_draws_become_a_number_quantiles_or_a_sample():
    assert as_distribution(np.full(10, 3.0)) == 3.0
    bell = parse_distribution("normal 80 .. 120").quantile((np.arange(999) + 0.5) / 999)
    assert list(as_distribution(bell)) == ["5%", "50%", "95%"]
    two_hills = as_distribution(np.concatenate([np.full(600, 100.0), np.linspace(60, 70, 400)]))
    assert np.mean(two_hills["samples"]) == pytest.approx(86, abs=0.5)
    assert parse_distribution(two_hills).median == pytest.approx(100)
