"""The families that are known by a formula."""

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

import numpy as np
from scipy.special import (
    betainc,
    betaincinv,
    betaln,
    gammainc,
    gammaincinv,
    gammaln,
    ndtr,
    ndtri,
    xlog1py,
    xlogy,
)

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions.distribution import Distribution, finite, number_text, refuse


@dataclass(frozen=True, slots=True)
class Constant(Distribution):
    """One fixed number."""

    family: ClassVar[str] = "constant"
    value: float

    def __post_init__(self) -> None:
        finite(self.family, value=self.value)

    def quantile(self, u: ArrayLike) -> FloatArray:
        return np.full(np.shape(u), self.value, dtype=float)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return np.where(np.asarray(x, dtype=float) >= self.value, 1.0, 0.0)

    def density(self, x: ArrayLike) -> FloatArray:
        return np.where(np.asarray(x, dtype=float) == self.value, 1.0, 0.0)

    @property
    def mean(self) -> float:
        """The number itself."""
        return self.value

    @property
    def standard_deviation(self) -> float:
        """Nought."""
        return 0.0

    @property
    def is_constant(self) -> bool:
        """Always."""
        return True

    def to_data(self) -> float:
        """Return the number."""
        return self.value

    def __str__(self) -> str:
        return number_text(self.value)


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """Normal, from mean and standard deviation."""

    family: ClassVar[str] = "normal"
    mean: float = field()
    standard_deviation: float = field()

    def __post_init__(self) -> None:
        finite(self.family, mean=self.mean, standard_deviation=self.standard_deviation)
        _positive(self.family, standard_deviation=self.standard_deviation)

    def quantile(self, u: ArrayLike) -> FloatArray:
        return self.mean + self.standard_deviation * ndtri(np.asarray(u, dtype=float))

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return np.asarray(ndtr(self._score(x)), dtype=float)

    def density(self, x: ArrayLike) -> FloatArray:
        return np.exp(-0.5 * self._score(x) ** 2) / (self.standard_deviation * math.sqrt(2 * math.pi))

    def _score(self, x: ArrayLike) -> FloatArray:
        return (np.asarray(x, dtype=float) - self.mean) / self.standard_deviation


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """Lognormal, from the mean `mu` and standard deviation `sigma` of the logarithm."""

    family: ClassVar[str] = "lognormal"
    mu: float
    sigma: float

    def __post_init__(self) -> None:
        finite(self.family, mu=self.mu, sigma=self.sigma)
        _positive(self.family, sigma=self.sigma)

    @classmethod
    def of_moments(cls, mean: float, standard_deviation: float) -> "Lognormal":
        """Return the lognormal with this mean and standard deviation."""
        _positive(cls.family, mean=mean, standard_deviation=standard_deviation)
        variance = math.log1p((standard_deviation / mean) ** 2)
        return cls(math.log(mean) - variance / 2, math.sqrt(variance))

    def quantile(self, u: ArrayLike) -> FloatArray:
        return np.exp(self.mu + self.sigma * ndtri(np.asarray(u, dtype=float)))

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return np.asarray(ndtr(self._score(x)), dtype=float)

    def density(self, x: ArrayLike) -> FloatArray:
        values = np.asarray(x, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            height = np.exp(-0.5 * self._score(values) ** 2) / (values * self.sigma * math.sqrt(2 * math.pi))
        return np.where(values > 0, height, 0.0)

    @property
    def mean(self) -> float:
        """exp(mu + sigma² / 2)."""
        return math.exp(self.mu + self.sigma**2 / 2)

    @property
    def standard_deviation(self) -> float:
        """mean × √(exp(sigma²) − 1)."""
        return self.mean * math.sqrt(math.expm1(self.sigma**2))

    def _score(self, x: ArrayLike) -> FloatArray:
        values = np.asarray(x, dtype=float)
        with np.errstate(divide="ignore"):
            return (np.log(np.maximum(values, 0.0)) - self.mu) / self.sigma

    def __str__(self) -> str:
        return f"lognormal(mu={number_text(self.mu)}, sigma={number_text(self.sigma)})"


@dataclass(frozen=True, slots=True)
class Triangular(Distribution):
    """Triangular between low and high, most likely at mode."""

    family: ClassVar[str] = "triangular"
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _ordered(self.family, self.low, self.mode, self.high)

    def quantile(self, u: ArrayLike) -> FloatArray:
        share = np.asarray(u, dtype=float)
        width = self.high - self.low
        rising = self.low + np.sqrt(share * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - share) * width * (self.high - self.mode))
        return np.where(share <= (self.mode - self.low) / width, rising, falling)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        values = np.clip(np.asarray(x, dtype=float), self.low, self.high)
        width = self.high - self.low
        rising = (values - self.low) ** 2 / (width * max(self.mode - self.low, 1e-300))
        falling = 1 - (self.high - values) ** 2 / (width * max(self.high - self.mode, 1e-300))
        return np.where(values < self.mode, rising, falling) if self.mode < self.high else rising

    def density(self, x: ArrayLike) -> FloatArray:
        corners = [self.low, self.mode, self.high]
        heights = [0.0, 2 / (self.high - self.low), 0.0]
        if self.mode == self.low:
            corners, heights = corners[1:], heights[1:]
        elif self.mode == self.high:
            corners, heights = corners[:2], heights[:2]
        return np.interp(np.asarray(x, dtype=float), corners, heights, left=0.0, right=0.0)

    @property
    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3

    @property
    def standard_deviation(self) -> float:
        """√((low² + mode² + high² − low·mode − low·high − mode·high) / 18), written without cancelling."""
        left, right = self.mode - self.low, self.high - self.mode
        return math.sqrt((left**2 + left * right + right**2) / 18)


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Any value between low and high is as likely as any other."""

    family: ClassVar[str] = "uniform"
    low: float
    high: float

    def __post_init__(self) -> None:
        _ordered(self.family, self.low, self.high)

    def quantile(self, u: ArrayLike) -> FloatArray:
        return self.low + np.asarray(u, dtype=float) * (self.high - self.low)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return np.clip((np.asarray(x, dtype=float) - self.low) / (self.high - self.low), 0.0, 1.0)

    def density(self, x: ArrayLike) -> FloatArray:
        values = np.asarray(x, dtype=float)
        return np.where((values >= self.low) & (values <= self.high), 1 / (self.high - self.low), 0.0)

    @property
    def mean(self) -> float:
        """Halfway between low and high."""
        return (self.low + self.high) / 2

    @property
    def standard_deviation(self) -> float:
        """(high − low) / √12."""
        return (self.high - self.low) / math.sqrt(12)


@dataclass(frozen=True, slots=True)
class Beta(Distribution):
    """Beta on [low, high], by default [0, 1]."""

    family: ClassVar[str] = "beta"
    alpha: float
    beta: float
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        finite(self.family, alpha=self.alpha, beta=self.beta)
        _positive(self.family, alpha=self.alpha, beta=self.beta)
        _ordered(self.family, self.low, self.high)

    @classmethod
    def of_moments(
        cls, mean: float, standard_deviation: float, low: float = 0.0, high: float = 1.0
    ) -> "Beta":
        """Return the beta with this mean and standard deviation."""
        _ordered(cls.family, low, high)
        _positive(cls.family, standard_deviation=standard_deviation)
        share, spread = (mean - low) / (high - low), standard_deviation / (high - low)
        size = share * (1 - share) / spread**2 - 1
        refuse(
            cls.family,
            not 0 < share < 1 or size <= 0,
            f"no beta has mean {mean:g} and standard deviation {standard_deviation:g}",
            f"keep the mean within {low:g} .. {high:g} and make the standard deviation smaller",
        )
        return cls(share * size, (1 - share) * size, low, high)

    def quantile(self, u: ArrayLike) -> FloatArray:
        return self.low + (self.high - self.low) * betaincinv(
            self.alpha, self.beta, np.asarray(u, dtype=float)
        )

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return betainc(self.alpha, self.beta, np.clip(self._share(x), 0.0, 1.0))

    def density(self, x: ArrayLike) -> FloatArray:
        share = self._share(x)
        within = (share >= 0) & (share <= 1)
        inside = np.where(within, share, 0.5)
        log_height = (
            xlogy(self.alpha - 1, inside) + xlog1py(self.beta - 1, -inside) - betaln(self.alpha, self.beta)
        )
        return np.where(within, np.exp(log_height) / (self.high - self.low), 0.0)

    @property
    def mean(self) -> float:
        """low + (high − low) × alpha / (alpha + beta)."""
        return self.low + (self.high - self.low) * self.alpha / (self.alpha + self.beta)

    @property
    def standard_deviation(self) -> float:
        """(high − low) × √(alpha·beta / (alpha + beta + 1)) / (alpha + beta)."""
        size = self.alpha + self.beta
        return (self.high - self.low) * math.sqrt(self.alpha / size * self.beta / size / (size + 1))

    def _share(self, x: ArrayLike) -> FloatArray:
        return (np.asarray(x, dtype=float) - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Pert(Distribution):
    """PERT: a beta between low and high, most likely at mode; the concentration weighs the mode."""

    family: ClassVar[str] = "pert"
    low: float
    mode: float
    high: float
    concentration: float = 4.0

    def __post_init__(self) -> None:
        _ordered(self.family, self.low, self.mode, self.high)
        _positive(self.family, concentration=self.concentration)

    @property
    def as_beta(self) -> Beta:
        """The beta that it is."""
        rise = self.concentration / (self.high - self.low)
        alpha, beta = 1 + rise * (self.mode - self.low), 1 + rise * (self.high - self.mode)
        return Beta(alpha, beta, self.low, self.high)

    def quantile(self, u: ArrayLike) -> FloatArray:
        return self.as_beta.quantile(u)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return self.as_beta.cumulative(x)

    def density(self, x: ArrayLike) -> FloatArray:
        return self.as_beta.density(x)

    @property
    def mean(self) -> float:
        """(low + concentration × mode + high) / (concentration + 2)."""
        return self.as_beta.mean

    @property
    def standard_deviation(self) -> float:
        """That of the beta."""
        return self.as_beta.standard_deviation

    def __str__(self) -> str:
        last = "" if self.concentration == 4 else f", {number_text(self.concentration)}"
        return f"pert({number_text(self.low)}, {number_text(self.mode)}, {number_text(self.high)}{last})"


@dataclass(frozen=True, slots=True)
class Gamma(Distribution):
    """Gamma, from shape and scale."""

    family: ClassVar[str] = "gamma"
    shape: float
    scale: float

    def __post_init__(self) -> None:
        finite(self.family, shape=self.shape, scale=self.scale)
        _positive(self.family, shape=self.shape, scale=self.scale)

    @classmethod
    def of_moments(cls, mean: float, standard_deviation: float) -> "Gamma":
        """Return the gamma with this mean and standard deviation."""
        _positive(cls.family, mean=mean, standard_deviation=standard_deviation)
        return cls((mean / standard_deviation) ** 2, standard_deviation**2 / mean)

    def quantile(self, u: ArrayLike) -> FloatArray:
        return np.asarray(self.scale * gammaincinv(self.shape, np.asarray(u, dtype=float)), dtype=float)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return gammainc(self.shape, np.maximum(np.asarray(x, dtype=float), 0.0) / self.scale)

    def density(self, x: ArrayLike) -> FloatArray:
        ratio = np.asarray(x, dtype=float) / self.scale
        inside = np.maximum(ratio, 0.0)
        with np.errstate(divide="ignore"):
            log_height = xlogy(self.shape - 1, inside) - inside - gammaln(self.shape)
        return np.where(ratio >= 0, np.exp(log_height) / self.scale, 0.0)

    @property
    def mean(self) -> float:
        """shape × scale."""
        return self.shape * self.scale

    @property
    def standard_deviation(self) -> float:
        """scale × √shape."""
        return self.scale * math.sqrt(self.shape)


def _positive(family: str, **parameters: float) -> None:
    for name, value in parameters.items():
        refuse(family, not value > 0, f"{name.replace('_', ' ')} is {value:g}", "it must be above 0")


def _ordered(family: str, *points: float) -> None:
    finite(family, **{f"number {index}": point for index, point in enumerate(points, start=1)})
    in_order = all(first <= second for first, second in pairwise(points))
    written = ", ".join(f"{point:g}" for point in points)
    refuse(
        family,
        not in_order or points[0] == points[-1],
        f"{written} is out of order",
        "write the smallest first, and a wider range than a point",
    )
