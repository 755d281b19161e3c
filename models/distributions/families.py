"""Every family by its name, and what makes it from the parameters that people give."""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

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
from innosi.models.distributions.distribution import Distribution
from innosi.models.distributions.metalog import Metalog
from innosi.models.errors import DistributionError

MAX_DEPTH = 20


def _lognormal(
    *,
    mu: float | None = None,
    sigma: float | None = None,
    mean: float | None = None,
    standard_deviation: float | None = None,
) -> Distribution:
    if mu is not None and sigma is not None and mean is None and standard_deviation is None:
        return Lognormal(mu, sigma)
    if mean is not None and standard_deviation is not None and mu is None and sigma is None:
        return Lognormal.of_moments(mean, standard_deviation)
    raise DistributionError(
        "a lognormal needs mu and sigma of the logarithm, or its mean and standard_deviation",
        mend="write lognormal(mean=…, standard_deviation=…) or lognormal(mu=…, sigma=…)",
    )


def _beta(
    alpha: float | None = None,
    beta: float | None = None,
    low: float = 0.0,
    high: float = 1.0,
    *,
    mean: float | None = None,
    standard_deviation: float | None = None,
) -> Distribution:
    if mean is not None and standard_deviation is not None and alpha is None and beta is None:
        return Beta.of_moments(mean, standard_deviation, low, high)
    if alpha is None or beta is None or mean is not None or standard_deviation is not None:
        raise DistributionError(
            "a beta needs alpha and beta, or mean and standard_deviation", mend="give one pair"
        )
    return Beta(alpha, beta, low, high)


def _gamma(
    shape: float | None = None,
    scale: float | None = None,
    *,
    mean: float | None = None,
    standard_deviation: float | None = None,
) -> Distribution:
    if mean is not None and standard_deviation is not None and shape is None and scale is None:
        return Gamma.of_moments(mean, standard_deviation)
    if shape is None or scale is None or mean is not None or standard_deviation is not None:
        raise DistributionError(
            "a gamma needs shape and scale, or mean and standard_deviation", mend="give one pair"
        )
    return Gamma(shape, scale)


def _mixture(components: Sequence[Distribution], weights: Sequence[float] | None = None) -> Distribution:
    n = len(components)
    return Mixture(tuple(components), tuple(weights) if weights is not None else (1 / n,) * n if n else ())


def _truncated(distribution: Distribution, low: float = -math.inf, high: float = math.inf) -> Distribution:
    return Truncated(distribution, low, high)


FAMILIES: Mapping[str, Callable[..., Distribution]] = MappingProxyType(
    {
        "constant": Constant,
        "normal": Normal,
        "lognormal": _lognormal,
        "triangular": Triangular,
        "pert": Pert,
        "uniform": Uniform,
        "beta": _beta,
        "gamma": _gamma,
        "metalog": Metalog,
        "discrete": Discrete,
        "empirical": Empirical,
        "mixture": _mixture,
        "truncated": _truncated,
    }
)
"""Every family by name, and what makes it."""


def make(family: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Distribution:
    """Return a distribution of a family by name.

    Raises
    ------
    DistributionError
        If there is no such family, or it does not take these arguments.
    """
    if family not in FAMILIES:
        raise DistributionError(f"there is no distribution '{family}'{nearest_of(family, FAMILIES)}")
    made = FAMILIES[family]
    signature = inspect.signature(made)
    for name in keywords:
        if name not in signature.parameters:
            raise DistributionError(f"{family} has no '{name}'{nearest_of(name, signature.parameters)}")
    try:
        signature.bind(*arguments, **keywords)
    except TypeError:
        if family == "lognormal":
            return _lognormal()
        needed = ", ".join(signature.parameters)
        raise DistributionError(f"{family} takes {needed}; {len(arguments) + len(keywords)} given") from None
    return made(*arguments, **keywords)


def nearest_of(name: str, known: Mapping[str, Any]) -> str:
    """Return `; did you mean 'x'?` for the nearest known name, else all that are known."""
    match = get_close_matches(name, known, n=1)
    return f"; did you mean '{match[0]}'?" if match else f"; known: {', '.join(known)}"
