import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.discounting import SCHEDULES, discount_factors, present_value, year_factors
from innosi.models.errors import ModelError

GREEN_BOOK_FACTORS = {  # HM Treasury, The Green Book, table of discount factors (standard schedule)
    0: 1.0,
    1: 0.9661835749,
    2: 0.9335107004,
    5: 0.8419731669,
    10: 0.7089188137,
    20: 0.5025658844,
    30: 0.3562784106,
    31: 0.3459013695,
    50: 0.1972627177,
    75: 0.0942137726,
    76: 0.0919158757,
    100: 0.0508180223,
    125: 0.027410763,
}


def test_green_book_factors_multiply_across_the_steps_of_the_schedule():
    computed = discount_factors(list(GREEN_BOOK_FACTORS), SCHEDULES["green-book-2026"])
    np.testing.assert_allclose(computed, list(GREEN_BOOK_FACTORS.values()), atol=5e-11)


def test_the_last_rate_of_a_schedule_goes_on():
    schedule = SCHEDULES["netherlands-2021"]
    assert schedule.rate_in(50_000) == 0.0225


@pytest.mark.parametrize(
    ("convention", "expected"),
    [("guide", [1 / 1.1, 1 / 1.21]), ("year-zero", [1.0, 1 / 1.1]), ("mid-year", [1.1**-0.5, 1.1**-1.5])],
)
def test_each_convention_places_year_one_where_it_says(convention, expected):
    np.testing.assert_allclose(year_factors(2, 0.1, convention), expected)


def test_half_a_year_of_a_schedule_is_discounted_at_that_years_rate():
    np.testing.assert_allclose(
        discount_factors([30.5], SCHEDULES["green-book-2026"]), 1.035**-30 * 1.03**-0.5
    )


def test_an_uncertain_rate_gives_one_row_of_factors_a_draw():
    assert year_factors(5, np.array([0.0, 0.03, 0.05])).shape == (3, 5)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.sampled_from(["guide", "year-zero"]))
def test_without_discounting_present_value_is_the_sum(values, convention):
    np.testing.assert_allclose(present_value(values, 0.0, convention), np.sum(values), atol=1e-6)


@given(st.floats(0.0, 0.5), st.floats(0.001, 0.3))
def test_a_higher_rate_never_makes_a_benefit_worth_more(rate, rise):
    assert present_value([1.0] * 10, rate + rise) < present_value([1.0] * 10, rate)


def test_an_unknown_convention_is_refused_by_name():
    with pytest.raises(ModelError, match="unknown discounting convention 'guidee'; choose one of guide"):
        year_factors(3, 0.03, "guidee")


def test_a_negative_time_and_a_rate_of_minus_one_are_refused():
    with pytest.raises(ModelError, match="negative"):
        discount_factors([-1.0], 0.03)
    with pytest.raises(ModelError, match="−100 %"):
        discount_factors([1.0], -1.0)
