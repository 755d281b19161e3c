import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from innosi.models.distributions import (
    Beta,
    Gamma,
    Lognormal,
    Metalog,
    Normal,
    Pert,
    Triangular,
    Uniform,
    fit_interval,
    fit_quantiles,
    fit_samples,
)
from innosi.models.errors import DistributionError


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_an_interval_keeps_its_ends(low, width, coverage):
    fitted = fit_interval(low, low + width, coverage=coverage)
    assert fitted.interval(coverage) == pytest.approx((low, low + width), rel=1e-6, abs=1e-6 * width)


@given(st.floats(0.001, 0.95), st.floats(0.02, 0.99))
def test_an_interval_of_a_share_becomes_a_beta_with_its_ends(low, high):
    assume(low < high - 0.01)
    fitted = fit_interval(low, high, is_share=True)
    assert isinstance(fitted.distribution, Beta)
    assert fitted.interval() == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("low", "high", "family"), [(1, 10, Lognormal), (-1, 10, Normal), (0, 10, Normal), (-10, -1, Normal)]
)
def test_the_family_taken_for_an_interval_follows_the_rule(low, high, family):
    assert isinstance(fit_interval(low, high).distribution, family)


FAMILIES = {
    "normal": Normal(10, 2),
    "lognormal": Lognormal(2, 0.3),
    "gamma": Gamma(3, 2),
    "beta": Beta(2, 5),
    "uniform": Uniform(1, 4),
    "triangular": Triangular(1, 2, 5),
    "pert": Pert(1, 2, 5),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_quantiles_of_a_family_give_that_family_back(family):
    p = [0.05, 0.25, 0.5, 0.75, 0.95]
    truth = FAMILIES[family]
    fitted = fit_quantiles(p, truth.quantile(p), family=family)
    assert fitted.misfit < 1e-6
    np.testing.assert_allclose(fitted.quantile([0.1, 0.9]), truth.quantile([0.1, 0.9]), rtol=1e-4)


@given(st.floats(0.1, 100), st.floats(1.05, 3), st.floats(1.05, 3))
def test_three_quantiles_are_met_or_the_misfit_is_told(low, rise, further):
    p, x = [0.05, 0.5, 0.95], [low, low * rise, low * rise * further]
    fitted = fit_quantiles(p, x)
    reached = float(np.sqrt(np.mean((fitted.quantile(p) - x) ** 2))) / (x[-1] - x[0])
    assert fitted.misfit == pytest.approx(reached, abs=1e-12)
    assert fitted.misfit < 0.2
    assert fitted.support[0] >= 0


def test_a_share_stays_between_0_and_1():
    fitted = fit_quantiles([0.05, 0.5, 0.95], [0.6, 0.9, 0.97], is_share=True)
    assert fitted.support == pytest.approx((0, 1))
    assert fitted.misfit < 1e-9


def test_uneven_quantiles_without_a_metalog_are_fitted_as_well_as_can_be():
    p, x = [0.05, 0.25, 0.5, 0.75, 0.95], [0, 10, 10.1, 10.2, 30]
    with pytest.raises(DistributionError, match="no increasing quantile function"):
        fit_quantiles(p, x, family="metalog")
    fitted = fit_quantiles(p, x)
    assert 0 < fitted.misfit < 0.2
    assert "misfit" in fitted.describe()


def test_the_metalog_of_three_terms_through_symmetric_quantiles_in_closed_form():
    # Keelin & Howard (2021), symmetric-percentile triplets: a1 = x50; a2 = (x95 − x5) / (2 ln 19)
    fitted = fit_quantiles([0.05, 0.5, 0.95], [2, 5, 9], family="metalog")
    a = fitted.distribution.coefficients
    assert a[0] == pytest.approx(5)
    assert a[1] == pytest.approx((9 - 2) / (2 * np.log(19)))
    assert a[2] == pytest.approx((1 - 2 * (5 - 2) / (9 - 2)) * (9 - 2) / (0.9 * np.log(19)))
    assert isinstance(fitted.distribution, Metalog)


def test_equal_quantiles_are_a_constant():
    assert fit_quantiles([0.05, 0.5, 0.95], [3, 3, 3]).is_constant


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.05, 0.95], [1]), "not one value for each"),
        (([0.05, 0.05], [1, 2]), "5% stands twice"),
        (([0.0, 0.5], [1, 2]), "a probability of 0"),
        (([0.05, 0.95], [2, 1]), "out of order"),
        (([0.05, 0.95], [1, np.nan]), "finite"),
    ],
)
def test_quantiles_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(DistributionError, match=message):
        fit_quantiles(*arguments)


@pytest.mark.parametrize(
    ("family", "low", "high", "message"),
    [
        ("lognormal", -1, 2, "say `normal`"),
        ("gamma", 0, 2, "above 0"),
        (
            "beta",
            0.2,
            1.0,
            "leaves no room beyond its ends between 0 and 1; move the end inwards, such as 0.2 .. 0.999",
        ),
        ("cauchy", 1, 2, "no fit of quantiles to 'cauchy'"),
    ],
)
def test_a_family_that_cannot_lie_there_is_refused(family, low, high, message):
    with pytest.raises(DistributionError, match=message):
        fit_interval(low, high, family=family)


def test_a_sample_is_kept_or_fitted_by_its_moments():
    sample = stats.gamma(4, scale=2).rvs(20_000, random_state=1)
    assert fit_samples(sample).median == pytest.approx(np.median(sample))
    for family in ("normal", "gamma"):
        fitted = fit_samples(sample, family=family)
        assert (fitted.mean, fitted.standard_deviation) == pytest.approx((sample.mean(), sample.std(ddof=1)))
    logs = fit_samples(sample, family="lognormal")
    assert (logs.mu, logs.sigma) == pytest.approx((np.log(sample).mean(), np.log(sample).std(ddof=1)))
    with pytest.raises(DistributionError, match="no fit to the family 'cauchy'"):
        fit_samples(sample, family="cauchy")
    with pytest.raises(DistributionError, match="a sample of one value"):
        fit_samples([2.0, 2.0], family="normal")
    with pytest.raises(DistributionError, match="0 or less"):
        fit_samples([-1.0, 2.0], family="lognormal")


def test_what_was_taken_is_said():
    assert fit_interval(10, 20).describe() == "lognormal with 90 % between 10 and 20"
    assert fit_interval(1.2e6, 3e6).describe() == "lognormal with 90 % between 1,200,000 and 3,000,000"
    assert (
        fit_quantiles([0.05, 0.5, 0.95], [1, 2, 5]).describe()
        == "metalog through 5%: 1, 50%: 2, 95%: 5, exactly"
    )
