"""Tables of quantile functions, against scipy.stats (another implementation of each) at 10⁵ points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from innosi.models.distributions import Beta, Gamma, Lognormal, parse_distribution
from innosi.models.distributions.tables import LIMIT, quantile_table

POINTS = np.unique(
    np.concatenate(
        [
            np.linspace(1e-6, 1 - 1e-6, 60_001),
            np.logspace(-6, np.log10(0.5), 20_000),
            1 - np.logspace(-6, np.log10(0.5), 20_001),
        ]
    )
)

PUBLISHED = {
    "normal(3, 2)": stats.norm(3, 2),
    "lognormal(mu=1, sigma=0.4)": stats.lognorm(0.4, scale=np.e),
    "lognormal(mu=0, sigma=2)": stats.lognorm(2.0),
    "uniform(-2, 5)": stats.uniform(-2, 7),
    "beta(2, 6)": stats.beta(2, 6),
    "beta(0.3, 0.4)": stats.beta(0.3, 0.4),
    "beta(200, 3000)": stats.beta(200, 3000),
    "pert(1, 2, 9)": stats.beta(1.5, 4.5, 1, 8),
    "pert(0, 0, 1)": stats.beta(1, 5),
    "gamma(0.5, 2)": stats.gamma(0.5, scale=2),
    "gamma(9, 1)": stats.gamma(9),
    "truncated(normal(0, 1), low=-1, high=2)": stats.truncnorm(-1, 2),
}


def _spread(distribution):
    low, high = distribution.interval(0.9)
    return high - low


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_table_is_as_scipy_within_a_millionth_of_the_spread(text):
    distribution = parse_distribution(text)
    error = np.abs(quantile_table(distribution).quantile(POINTS) - PUBLISHED[text].ppf(POINTS))
    assert np.max(error) <= 1e-6 * _spread(distribution)
    assert len(POINTS) > 1e5 - 10


@pytest.mark.parametrize(
    "source",
    [
        "metalog([1, 2, 0.3])",
        "metalog([1, 0.5, 0.1, 0.2], low=0)",
        "10 .. 20",
        {"5%": 1, "50%": 3, "95%": 9},
        "truncated(lognormal(mu=1, sigma=1), high=30)",
    ],
)
def test_what_scipy_lacks_is_as_its_own_exact_quantiles(source):
    distribution = parse_distribution(source)
    error = np.abs(quantile_table(distribution).quantile(POINTS) - distribution.quantile(POINTS))
    assert np.max(error) <= 1e-6 * _spread(distribution)


@settings(max_examples=25)
@given(
    st.one_of(
        st.builds(Beta, st.floats(0.2, 500), st.floats(0.2, 500)),
        st.builds(Gamma, st.floats(0.2, 500), st.floats(0.01, 1e6)),
        st.builds(Lognormal, st.floats(-20, 20), st.floats(0.01, 2)),
    )
)
def test_any_table_is_exact_enough_or_there_is_none(distribution):
    table = quantile_table(distribution)
    if table is not None:
        u = POINTS[::50]
        error = np.abs(table.quantile(u) - distribution.quantile(u))
        assert np.max(error) <= 1e-6 * _spread(distribution)


def test_the_moments_of_a_table_are_those_of_the_distribution():
    u = (np.arange(1_000_000) + 0.5) / 1_000_000
    u = u[(u >= LIMIT) & (u <= 1 - LIMIT)]
    drawn = quantile_table(Lognormal(0.0, 1.0)).quantile(u)
    assert np.mean(drawn) == pytest.approx(np.exp(0.5), rel=2e-4)
    assert np.std(drawn) == pytest.approx(np.exp(0.5) * np.sqrt(np.e - 1), rel=5e-3)


@pytest.mark.parametrize("text", ["7", "discrete([1, 2], [0.5, 0.5])"])
def test_what_has_steps_has_no_table(text):
    assert quantile_table(parse_distribution(text)) is None
