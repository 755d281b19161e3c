"""Distributions made of values or of other distributions."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions.continuous import Constant, Uniform
from innosi.models.distributions.distribution import Distribution, as_text, finite, number_text, refuse


@dataclass(frozen=True, slots=True)
class Discrete(Distribution):
    """Single values with their probabilities."""

    family: ClassVar[str] = "discrete"
    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        n = len(self.values)
        refuse(
            self.family,
            n == 0 or n != len(self.probabilities),
            f"{n} values, {len(self.probabilities)} probabilities",
            "give one probability for each value",
        )
        finite(self.family, **{f"value {i}": value for i, value in enumerate(self.values, start=1)})
        check_weights(self.family, self.probabilities, "probabilities")
        refuse(self.family, len(set(self.values)) < n, "a value stands twice", "add its probabilities up")
        order = np.argsort(self.values)
        object.__setattr__(self, "values", tuple(self.values[i] for i in order))
        object.__setattr__(self, "probabilities", tuple(self.probabilities[i] for i in order))

    def quantile(self, u: ArrayLike) -> FloatArray:
        at = np.searchsorted(np.cumsum(self.probabilities) + 1e-15, np.asarray(u, dtype=float), side="left")
        return np.array(self.values)[np.minimum(at, len(self.values) - 1)]

    def cumulative(self, x: ArrayLike) -> FloatArray:
        reached = np.searchsorted(self.values, np.asarray(x, dtype=float), side="right")
        return np.concatenate([[0.0], np.minimum(np.cumsum(self.probabilities), 1.0)])[reached]

    def density(self, x: ArrayLike) -> FloatArray:
        same = np.asarray(x, dtype=float)[..., np.newaxis] == np.array(self.values)
        return np.sum(np.where(same, self.probabilities, 0.0), axis=-1)

    @property
    def mean(self) -> float:
        """The sum of values times probabilities."""
        return float(np.dot(self.values, self.probabilities))

    @property
    def standard_deviation(self) -> float:
        """Over the values with their probabilities."""
        return float(np.sqrt(np.dot((np.array(self.values) - self.mean) ** 2, self.probabilities)))


@dataclass(frozen=True, slots=True)
class Empirical(Distribution):
    """A sample: quantiles are interpolated linearly between its sorted values (type 7).

    The cumulative distribution function is the inverse of that, and the density its slope: uniform between
    neighbouring values.
    """

    family: ClassVar[str] = "empirical"
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        refuse(
            self.family,
            not 1 <= len(self.values) <= 1_000_000,
            f"{len(self.values)} values",
            "give 1 to 1,000,000",
        )
        refuse(
            self.family, not np.all(np.isfinite(self.values)), "a value is no finite number", "leave it out"
        )
        object.__setattr__(self, "values", tuple(sorted(self.values)))

    def quantile(self, u: ArrayLike) -> FloatArray:
        return np.interp(np.asarray(u, dtype=float), self._levels(), self.values)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        points, last = np.array(self.values), len(self.values) - 1
        at = np.asarray(x, dtype=float)
        right = np.searchsorted(points, at, side="right")
        left = np.clip(right - 1, 0, max(last - 1, 0))
        width = points[np.minimum(left + 1, last)] - points[left]
        part = np.divide(at - points[left], width, out=np.zeros(at.shape), where=width > 0)
        level = np.clip((left + np.clip(part, 0, 1)) / max(last, 1), 0.0, 1.0)
        return np.where(right == 0, 0.0, np.where(at >= points[-1], 1.0, level))

    def density(self, x: ArrayLike) -> FloatArray:
        points, at = np.array(self.values), np.asarray(x, dtype=float)
        left = np.clip(np.searchsorted(points, at, side="right") - 1, 0, max(len(points) - 2, 0))
        width = points[np.minimum(left + 1, len(points) - 1)] - points[left]
        within = (at >= points[0]) & (at <= points[-1]) & (width > 0)
        return np.divide(1.0, width * max(len(points) - 1, 1), out=np.zeros(at.shape), where=within)

    @property
    def mean(self) -> float:
        """The mean of the interpolated distribution (for a long sample that of its values)."""
        middles, shares = self._pieces()
        return float(np.dot(middles, shares))

    @property
    def standard_deviation(self) -> float:
        """That of the interpolated distribution."""
        middles, shares = self._pieces()
        widths = np.diff(self.values) if len(self.values) > 1 else np.zeros(1)
        return float(np.sqrt(np.dot(shares, (middles - self.mean) ** 2 + widths**2 / 12)))

    @property
    def is_constant(self) -> bool:
        """Whether all values are the same."""
        return self.values[0] == self.values[-1]

    def _levels(self) -> FloatArray:
        return np.linspace(0.0, 1.0, len(self.values)) if len(self.values) > 1 else np.array([0.5])

    def _pieces(self) -> tuple[FloatArray, FloatArray]:
        points = np.array(self.values)
        if len(points) == 1:
            return points, np.ones(1)
        middles = (points[1:] + points[:-1]) / 2
        return middles, np.full(len(middles), 1 / len(middles))


@dataclass(frozen=True, slots=True)
class Mixture(Distribution):
    """One of several distributions, each with its weight: the linear pool of several judgements."""

    family: ClassVar[str] = "mixture"
    components: tuple[Distribution, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        n = len(self.components)
        refuse(
            self.family,
            n == 0 or n != len(self.weights),
            f"{n} components, {len(self.weights)} weights",
            "give one weight for each",
        )
        check_weights(self.family, self.weights, "weights")

    def quantile(self, u: ArrayLike) -> FloatArray:
        share = np.asarray(u, dtype=float)
        if (corners := _corners(self)) is not None:
            return _along(share, *corners)
        flat = np.ravel(share)
        levels, values = _knots(self)
        at = np.searchsorted(levels, flat)
        low = np.concatenate([values[:1], values])[at]
        high = np.concatenate([values, values[-1:]])[at]
        beyond = (at == 0) | (at == len(levels))
        low[beyond], high[beyond] = _outermost(self, flat[beyond])
        return _inverted(self, flat, low, high).reshape(share.shape)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return _weighted(self.weights, [part.cumulative(x) for part in self.components])

    def density(self, x: ArrayLike) -> FloatArray:
        return _weighted(self.weights, [part.density(x) for part in self.components])

    @property
    def mean(self) -> float:
        """The weighted mean of the components' means."""
        return float(np.dot(self.weights, [part.mean for part in self.components]))

    @property
    def standard_deviation(self) -> float:
        """Within the components and between their means."""
        means = np.array([part.mean for part in self.components])
        variances = np.array([part.standard_deviation for part in self.components]) ** 2
        return float(np.sqrt(np.dot(self.weights, variances + (means - self.mean) ** 2)))

    @property
    def is_constant(self) -> bool:
        """Whether all components are the same number."""
        return (
            all(part.is_constant for part in self.components) and len({p.mean for p in self.components}) == 1
        )

    def describe(self) -> str:
        """Say in a line what it is."""
        low, high = self.interval()
        return f"mixture of {len(self.components)} distributions, 90 % between {low:.4g} and {high:.4g}"


_LEVELS = np.concatenate(
    [np.logspace(-9, -3, 25), np.linspace(0.002, 0.998, 499), 1 - np.logspace(-3, -9, 25)]
)


@lru_cache(maxsize=4096)
def _corners(mixture: Mixture) -> tuple[FloatArray, FloatArray] | None:
    """The corners of the distribution function, as levels and values, if it is straight between them.

    So it is for a mixture of uniforms and single numbers; None for any other.
    """
    if not all(isinstance(part, Uniform | Constant) for part in mixture.components):
        return None
    values = np.unique([end for part in mixture.components for end in part.support])
    before = np.nextafter(values, -np.inf)
    places = np.ravel(np.column_stack([before, values]))
    return mixture.cumulative(places), np.repeat(values, 2)


def _along(u: FloatArray, levels: FloatArray, values: FloatArray) -> FloatArray:
    """The first value at which a distribution function with these corners reaches each level."""
    at = np.clip(np.searchsorted(levels, u, side="left"), 1, len(levels) - 1)
    rise = levels[at] - levels[at - 1]
    part = np.divide(u - levels[at - 1], rise, out=np.zeros(np.shape(u)), where=rise > 0)
    return values[at - 1] + np.clip(part, 0.0, 1.0) * (values[at] - values[at - 1])


@lru_cache(maxsize=512)
def _knots(mixture: Mixture) -> tuple[FloatArray, FloatArray]:
    """Quantiles of a mixture at fixed levels, between which any other is looked for."""
    return _LEVELS, _inverted(mixture, _LEVELS, *_outermost(mixture, _LEVELS))


def _outermost(mixture: Mixture, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The components' lowest and highest quantiles, between which the mixture's lies."""
    each = [part.quantile(u) for part in mixture.components]
    return np.min(each, axis=0), np.max(each, axis=0)


def _inverted(mixture: Mixture, u: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Invert a distribution function between brackets: Newton's steps, halving where they leave the bracket.

    Every element stops by itself, so that its value does not depend on its neighbours.
    """
    result = high.copy()
    open_ = np.flatnonzero(low < high)
    low, high = low.copy(), high.copy()
    x = low + (high - low) / 2
    for _ in range(200):
        if open_.size == 0:
            break
        at, target = x[open_], u[open_]
        excess = mixture.cumulative(at) - target
        low[open_] = np.where(excess < 0, at, low[open_])
        high[open_] = np.where(excess < 0, high[open_], at)
        slope = mixture.density(at)
        step = np.divide(excess, slope, out=np.full_like(at, np.inf), where=slope > 0)
        tried = at - step
        halfway = low[open_] + (high[open_] - low[open_]) / 2
        x[open_] = np.where((tried > low[open_]) & (tried < high[open_]), tried, halfway)
        size = 1e-14 * np.abs(at) + 1e-300
        settled = (np.abs(step) <= size) | (high[open_] - low[open_] <= size) | (halfway <= low[open_])
        result[open_] = np.where(np.abs(step) <= size, at, high[open_])
        open_ = open_[~settled]
    return result


@dataclass(frozen=True, slots=True)
class Truncated(Distribution):
    """A distribution kept within bounds: what lies beyond them is left out, the rest made whole again."""

    family: ClassVar[str] = "truncated"
    distribution: Distribution
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        refuse(
            self.family,
            math.isnan(self.low) or math.isnan(self.high) or self.low >= self.high,
            f"low {self.low:g} is not below high {self.high:g}",
            "write the smaller bound as low",
        )
        below, above = _truncation(self)
        refuse(
            self.family,
            above - below < 1e-9,
            f"{self.distribution} has nothing between {self.low:g} and {self.high:g}",
            "move the bounds",
        )

    def quantile(self, u: ArrayLike) -> FloatArray:
        below, above = _truncation(self)
        inner = self.distribution.quantile(below + np.asarray(u, dtype=float) * (above - below))
        return np.clip(inner, self.low, self.high)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        below, above = _truncation(self)
        values = np.asarray(x, dtype=float)
        share = np.clip((self.distribution.cumulative(values) - below) / (above - below), 0.0, 1.0)
        return np.where(values < self.low, 0.0, np.where(values >= self.high, 1.0, share))

    def density(self, x: ArrayLike) -> FloatArray:
        below, above = _truncation(self)
        values = np.asarray(x, dtype=float)
        within = (values >= self.low) & (values <= self.high)
        return np.where(within, self.distribution.density(values) / (above - below), 0.0)

    @property
    def is_constant(self) -> bool:
        """Whether what is truncated is one number."""
        return self.distribution.is_constant

    def to_data(self) -> dict[str, object]:
        """Return the distribution and the bounds that there are."""
        return {"family": self.family, "distribution": self.distribution.to_data(), **self._bounds()}

    def _bounds(self) -> dict[str, float]:
        return {
            name: bound for name, bound in (("low", self.low), ("high", self.high)) if math.isfinite(bound)
        }

    def __str__(self) -> str:
        bounds = "".join(f", {name}={number_text(bound)}" for name, bound in self._bounds().items())
        return f"truncated({as_text(self.distribution)}{bounds})"


@lru_cache(maxsize=4096)
def _truncation(truncated: Truncated) -> tuple[float, float]:
    """Probability below the lower bound, and up to the upper."""
    inner = truncated.distribution
    at_low = (
        float(inner.cumulative(np.nextafter(truncated.low, -math.inf)))
        if math.isfinite(truncated.low)
        else 0.0
    )
    at_high = float(inner.cumulative(truncated.high)) if math.isfinite(truncated.high) else 1.0
    return at_low, at_high


def check_weights(family: str, weights: tuple[float, ...], name: str) -> None:
    """Refuse weights that are negative or do not add up to 1."""
    total = math.fsum(weights)
    refuse(
        family,
        not all(weight >= 0 for weight in weights),
        f"a number among the {name} is negative",
        "give 0 or more",
    )
    refuse(family, not abs(total - 1) <= 1e-9, f"the {name} add up to {total:g}", "make them add up to 1")


def _weighted(weights: tuple[float, ...], parts: list[FloatArray]) -> FloatArray:
    total: FloatArray = np.tensordot(np.array(weights), np.stack(parts), axes=1)
    return total
