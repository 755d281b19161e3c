"""A distribution of the same shape in other units."""

import math
from dataclasses import replace

from innosi.models.distributions.combined import Discrete, Empirical, Mixture, Truncated
from innosi.models.distributions.continuous import (
    Beta,
    Constant,
    Gamma,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from innosi.models.distributions.distribution import Distribution, refuse
from innosi.models.distributions.metalog import Metalog
from innosi.models.distributions.stated import Fitted


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return the distribution of a number times a factor: every quantile is multiplied by it.

    Parameters
    ----------
    factor : float
        Above 0, such as a rate of exchange.

    Returns
    -------
    Distribution
        Of the same family.

    Raises
    ------
    DistributionError
        If the factor is not above 0.

    Examples
    --------
    >>> print(scaled(Uniform(10, 20), 1.5))
    uniform(15, 30)
    """
    refuse("scaled", not 0 < factor < math.inf, f"a factor of {factor:g}", "give a number above 0")
    by = factor
    match distribution:
        case Constant(value):
            return Constant(value * by)
        case Normal(mean, standard_deviation):
            return Normal(mean * by, standard_deviation * by)
        case Lognormal(mu, sigma):
            return Lognormal(mu + math.log(by), sigma)
        case Gamma(shape, scale):
            return Gamma(shape, scale * by)
    return _scaled_between_bounds(distribution, by)


def _scaled_between_bounds(distribution: Distribution, by: float) -> Distribution:
    match distribution:
        case Uniform(low, high):
            return Uniform(low * by, high * by)
        case Triangular(low, mode, high):
            return Triangular(low * by, mode * by, high * by)
        case Pert(low, mode, high, concentration):
            return Pert(low * by, mode * by, high * by, concentration)
        case Beta(alpha, beta, low, high):
            return Beta(alpha, beta, low * by, high * by)
    return _scaled_of_parts(distribution, by)


def _scaled_of_parts(distribution: Distribution, by: float) -> Distribution:
    match distribution:
        case Metalog():
            return _scaled_metalog(distribution, by)
        case Discrete(values, probabilities):
            return Discrete(tuple(value * by for value in values), probabilities)
        case Empirical():
            return replace(distribution, values=tuple(value * by for value in distribution.values))
        case Mixture(components, weights):
            return Mixture(tuple(scaled(each, by) for each in components), weights)
        case Truncated(inner, low, high):
            return Truncated(scaled(inner, by), low * by, high * by)
        case Fitted(probabilities, values, inner):
            return Fitted(probabilities, tuple(value * by for value in values), scaled(inner, by))
    raise TypeError(f"no scaling of {type(distribution).__name__}")


def _scaled_metalog(metalog: Metalog, by: float) -> Metalog:
    """Unbounded, its coefficients are in the units of the number; bounded on one side, of its logarithm."""
    low, high = (None if bound is None else bound * by for bound in (metalog.low, metalog.high))
    first, *rest = metalog.coefficients
    if low is None and high is None:
        return Metalog(tuple(a * by for a in metalog.coefficients))
    if low is not None and high is not None:
        return Metalog(metalog.coefficients, low, high)
    shift = math.log(by) if low is not None else -math.log(by)
    return Metalog((first + shift, *rest), low, high)
