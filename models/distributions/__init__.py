"""The one distribution language: what is believed about an uncertain number, written, fitted, computed."""

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
from innosi.models.distributions.families import FAMILIES
from innosi.models.distributions.metalog import Metalog
from innosi.models.distributions.reading import Kind, parse_distribution
from innosi.models.distributions.stated import Fitted, fit_interval, fit_quantiles, fit_samples

__all__ = [
    "FAMILIES",
    "Beta",
    "Constant",
    "Discrete",
    "Distribution",
    "Empirical",
    "Fitted",
    "Gamma",
    "Kind",
    "Lognormal",
    "Metalog",
    "Mixture",
    "Normal",
    "Pert",
    "Triangular",
    "Truncated",
    "Uniform",
    "fit_interval",
    "fit_quantiles",
    "fit_samples",
    "parse_distribution",
]
