"""Every family against scipy.stats, an independent implementation, or a closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from innosi.models.distributions import (
    Beta,
    Constant,
    Discrete,
    Empirical,
    Gamma,
    Lognormal,
    Metalog,
    Mixture,
    Normal,
    Pert,
    Triangular,
    Truncated,
    Uniform,
    fit_interval,
)
from innosi.models.errors import DistributionError

PEERS = {
    "normal": (Normal(10, 2), stats.norm(10, 2)),
    "lognormal": (Lognormal(1, 0.5), stats.lognorm(0.5, scale=np.e)),
    "triangular": (Triangular(1, 2, 4), stats.triang(1 / 3, 1, 3)),
    "triangular, mode low": (Triangular(1, 1, 4), stats.triang(0, 1, 3)),
    "triangular, mode high": (Triangular(1, 4, 4), stats.triang(1, 1, 3)),
    "uniform": (Uniform(-1, 3), stats.uniform(-1, 4)),
    "beta": (Beta(2, 5), stats.beta(2, 5)),
    "beta on a range": (Beta(2, 5, 10, 30), stats.beta(2, 5, 10, 20)),
    "gamma": (Gamma(2, 3), stats.gamma(2, scale=3)),
    "pert": (Pert(10, 20, 60), stats.beta(1.8, 4.2, 10, 50)),
    "metalog of 2 terms": (Metalog((10, 2)), stats.logistic(10, 2)),
    "metalog of 2 terms above 0": (Metalog((1, 0.2), low=0), stats.fisk(5, scale=np.e)),
    "truncated": (Truncated(Normal(0, 1), -1, 2), stats.truncnorm(-1, 2)),
}


@pytest.fixture(params=PEERS)
def pair(request):
    return PEERS[request.param]


def test_quantile_cumulative_and_density_agree_with_scipy(pair):
    ours, peer = pair
    u = np.concatenate([[1e-9, 1e-4], np.linspace(0.01, 0.99, 99), [1 - 1e-4, 1 - 1e-9]])
    x = peer.ppf(u)
    np.testing.assert_allclose(ours.quantile(u), x, rtol=1e-7)
    np.testing.assert_allclose(ours.cumulative(x), u, rtol=1e-7, atol=1e-12)
    inside = x[1:-1]
    np.testing.assert_allclose(ours.density(inside), peer.pdf(inside), rtol=1e-6)


def test_moments_agree_with_scipy(pair):
    ours, peer = pair
    assert ours.mean == pytest.approx(peer.mean(), rel=1e-6)
    assert ours.standard_deviation == pytest.approx(peer.std(), rel=1e-5)
    assert ours.median == pytest.approx(peer.median(), rel=1e-9)


def test_support_agrees_with_scipy(pair):
    ours, peer = pair
    assert ours.support == pytest.approx(peer.support())


def test_beyond_the_support_there_is_nothing(pair):
    ours, _ = pair
    low, high = ours.support
    if np.isfinite(low):
        assert ours.cumulative(low - 1) == 0.0
        assert ours.density(low - 1) == 0.0
    if np.isfinite(high):
        assert ours.cumulative(high + 1) == 1.0
        assert ours.density(high + 1) == 0.0


def test_density_integrates_to_the_cumulative_distribution(pair):
    ours, _ = pair
    low, high = ours.interval(0.8)
    assert integrate.quad(ours.density, low, high)[0] == pytest.approx(0.8, abs=1e-6)


def test_mean_is_the_integral_of_the_quantile_function(pair):
    ours, _ = pair
    integral = integrate.quad(ours.quantile, 0, 1, limit=200)[0]
    assert ours.mean == pytest.approx(integral, rel=1e-4)


# Lognormals from 90 % intervals: mu = ln √(low × high), sigma = ln(high / low) / (2 × 1.644853626951…),
# mean exp(mu + sigma² / 2), in closed form.
LOGNORMALS = [
    (1, 10, 1.151292546497023, 0.6999361691719632, 4.040012826945727, 3.2121795303920164),
    (0.2, 1, -0.8047189562170501, 0.48923438720106344, 0.5040681441482296, 0.26212681003797333),
    (1000, 20000, 8.405621415759132, 0.9106379511428627, 6769.971490802317, 7694.053088511534),
    (2000, 50000, 9.210340371976184, 0.9784687744021271, 16139.757924286236, 20446.709249226846),
]


@pytest.mark.parametrize(("low", "high", "mu", "sigma", "mean", "standard_deviation"), LOGNORMALS)
def test_a_lognormal_from_its_interval_is_exact(low, high, mu, sigma, mean, standard_deviation):
    fitted = fit_interval(low, high)
    assert (fitted.distribution.mu, fitted.distribution.sigma) == pytest.approx((mu, sigma), rel=1e-12)
    assert (fitted.mean, fitted.standard_deviation) == pytest.approx((mean, standard_deviation), rel=1e-10)


def test_pert_in_closed_form():
    pert = Pert(10, 20, 60)
    assert pert.mean == pytest.approx(25.0)
    assert pert.standard_deviation**2 == pytest.approx(75.0)
    assert Triangular(10, 20, 60).mean == 30.0
    assert Triangular(10, 20, 60).standard_deviation ** 2 == pytest.approx(116.66666666666667)


@pytest.mark.parametrize(
    ("made", "mean", "standard_deviation"),
    [(Lognormal.of_moments, 10.0, 4.0), (Gamma.of_moments, 10.0, 4.0), (Beta.of_moments, 0.3, 0.1)],
)
def test_a_family_made_of_its_moments_has_them(made, mean, standard_deviation):
    distribution = made(mean, standard_deviation)
    assert distribution.mean == pytest.approx(mean)
    assert distribution.standard_deviation == pytest.approx(standard_deviation)


def test_the_metalog_basis_is_keelins():
    # Keelin (2016), equation 6: M(y) = a1 + a2 logit(y) + a3 (y − ½) logit(y) + a4 (y − ½) + a5 (y − ½)²
    # + a6 (y − ½)² logit(y) + a7 (y − ½)³ + …
    a = (3.0, 2.0, 0.5, 1.0, 0.7, 0.2, 0.4)
    y = np.array([0.1, 0.37, 0.8])
    logit, d = np.log(y / (1 - y)), y - 0.5
    expected = (
        a[0] + a[1] * logit + a[2] * d * logit + a[3] * d + a[4] * d**2 + a[5] * d**2 * logit + a[6] * d**3
    )
    np.testing.assert_allclose(Metalog(a).quantile(y), expected, rtol=1e-12)
    np.testing.assert_allclose(Metalog(a, low=1.0).quantile(y), 1 + np.exp(expected), rtol=1e-12)
    np.testing.assert_allclose(Metalog(a, high=1.0).quantile(y), 1 - np.exp(-expected), rtol=1e-12)
    bounded = Metalog(a, low=-2.0, high=7.0).quantile(y)
    np.testing.assert_allclose(bounded, (-2 + 7 * np.exp(expected)) / (1 + np.exp(expected)), rtol=1e-12)


def test_a_metalog_that_would_fall_is_refused():
    with pytest.raises(DistributionError, match="no increasing quantile function"):
        Metalog((0.0, 1.0, 0.0, -10.0))


def test_a_discrete_distribution_jumps_at_its_values():
    discrete = Discrete((3, 1, 2), (0.5, 0.2, 0.3))
    assert discrete.quantile([0, 0.2, 0.2001, 0.5, 0.51, 1]).tolist() == [1, 1, 2, 2, 3, 3]
    assert discrete.cumulative([0, 1, 1.5, 2, 3]).tolist() == pytest.approx([0, 0.2, 0.2, 0.5, 1])
    assert discrete.density([1, 1.5]).tolist() == [0.2, 0]
    assert discrete.mean == pytest.approx(2.3)
    assert discrete.standard_deviation == pytest.approx(np.sqrt(0.2 + 1.2 + 4.5 - 2.3**2))


def test_an_empirical_quantile_is_numpys_type_7():
    sample = (5.0, 1.0, 2.0, 2.0, 9.0)
    u = np.linspace(0, 1, 41)
    np.testing.assert_allclose(Empirical(sample).quantile(u), np.quantile(sample, u), rtol=1e-12)


def test_an_empirical_distribution_of_one_value_is_that_value():
    one = Empirical((4.0,))
    assert one.is_constant
    assert (one.mean, one.standard_deviation) == (4.0, 0.0)
    assert one.quantile([0.1, 0.9]).tolist() == [4.0, 4.0]
    assert one.cumulative([3.9, 4.0]).tolist() == [0.0, 1.0]


def test_a_constant_is_one_number():
    constant = Constant(7.0)
    assert constant.is_constant
    assert (constant.mean, constant.standard_deviation, constant.support) == (7.0, 0.0, (7.0, 7.0))
    assert constant.cumulative([6.9, 7]).tolist() == [0.0, 1.0]
    assert constant.density([6.9, 7]).tolist() == [0.0, 1.0]


MIXTURE = Mixture((Normal(0, 1), Normal(10, 0.5), Uniform(4, 5)), (0.3, 0.5, 0.2))


def test_a_mixture_is_the_weighted_sum_of_its_parts():
    x = np.linspace(-3, 12, 50)
    expected = 0.3 * stats.norm.cdf(x) + 0.5 * stats.norm.cdf(x, 10, 0.5) + 0.2 * stats.uniform.cdf(x, 4, 1)
    np.testing.assert_allclose(MIXTURE.cumulative(x), expected, rtol=1e-12)
    assert MIXTURE.mean == pytest.approx(5.9)
    second = 0.3 * 1 + 0.5 * (100 + 0.25) + 0.2 * (4.5**2 + 1 / 12)
    assert MIXTURE.standard_deviation == pytest.approx(np.sqrt(second - 5.9**2))


def test_a_mixtures_quantile_inverts_its_distribution_function():
    u = np.concatenate([[1e-12, 1e-6], np.linspace(0.001, 0.999, 999), [1 - 1e-6]])
    x = MIXTURE.quantile(u)
    assert np.all(np.diff(x) >= 0)
    np.testing.assert_allclose(MIXTURE.cumulative(x), u, rtol=1e-9, atol=1e-14)


def test_a_mixtures_quantile_does_not_depend_on_its_neighbours():
    u = np.random.default_rng(0).random(1000)
    together = MIXTURE.quantile(u)
    np.testing.assert_array_equal(together[17:60], MIXTURE.quantile(u[17:60]))
    assert float(MIXTURE.quantile(u[5])) == together[5]


def test_a_mixture_of_uniforms_is_inverted_exactly():
    mixture = Mixture((Uniform(0, 1), Uniform(1, 3), Constant(3), Uniform(5, 6)), (0.2, 0.3, 0.4, 0.1))
    u = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 0.95, 1.0])
    expected = [0.0, 0.5, 1.0, 2.0, 3.0, 3.0, 3.0, 5.5, 6.0]
    np.testing.assert_allclose(mixture.quantile(u)[:6], expected[:6], rtol=1e-12)
    np.testing.assert_allclose(mixture.quantile(u)[7:], expected[7:], rtol=1e-12)


def test_a_mixture_with_single_values_jumps():
    mixture = Mixture((Constant(1.0), Uniform(2.0, 3.0)), (0.5, 0.5))
    np.testing.assert_allclose(mixture.quantile([0.1, 0.5, 0.75]), [1.0, 1.0, 2.5], rtol=1e-9)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(1e-6, 1 - 1e-6))
def test_quantiles_never_fall_and_invert_the_cumulative_distribution(first, second):
    u = np.sort([first, second])
    for ours, _ in PEERS.values():
        x = ours.quantile(u)
        assert x[0] <= x[1]
        np.testing.assert_allclose(ours.cumulative(x), u, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_every_function_keeps_the_shape_it_is_given(shape, pair):
    ours, _ = pair
    u = np.full(shape, 0.3)
    for function in (ours.quantile, ours.cumulative, ours.density, ours.sample):
        assert np.shape(function(u)) == shape


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: Normal(0, 0), "must be above 0"),
        (lambda: Normal(np.nan, 1), "finite"),
        (lambda: Triangular(1, 5, 4), "out of order"),
        (lambda: Beta(-1, 2), "alpha is -1"),
        (lambda: Gamma(1, np.inf), "finite"),
        (lambda: Discrete((1, 1), (0.5, 0.5)), "a value stands twice"),
        (lambda: Discrete((1, 2), (1.5, -0.5)), "negative"),
        (lambda: Mixture((), ()), "0 components"),
        (lambda: Empirical(()), "0 values"),
        (lambda: Empirical((1.0, np.nan)), "no finite number"),
        (lambda: Truncated(Normal(0, 1), 3, 2), "low 3 is not below high 2"),
        (lambda: Metalog((1.0,)), "1 coefficients"),
        (lambda: Metalog((1.0, 1.0), low=2, high=1), "low is not below high"),
    ],
)
def test_a_distribution_that_cannot_exist_is_refused(made, message):
    with pytest.raises(DistributionError, match=message):
        made()
