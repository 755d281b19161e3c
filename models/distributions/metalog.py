"""The metalog: a distribution through any quantiles, bounded or not (Keelin 2016)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions.distribution import (
    Distribution,
    as_data,
    as_text,
    finite,
    number_text,
    refuse,
)

MAX_TERMS = 12
_CHECKED = np.concatenate(
    [np.logspace(-12, -2, 41), np.linspace(0.011, 0.989, 979), 1 - np.logspace(-2, -12, 41)]
)


@dataclass(frozen=True, slots=True)
class Metalog(Distribution):
    """Metalog with 2 to 12 coefficients; bounded below, above or on both sides where bounds are given.

    Source
    ------
    Keelin (2016), The metalog distributions. Decision Analysis 13(4), equations 6, 9, 11 and 14.
    """

    family: ClassVar[str] = "metalog"
    coefficients: tuple[float, ...]
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        n = len(self.coefficients)
        refuse(self.family, not 2 <= n <= MAX_TERMS, f"{n} coefficients", f"give 2 to {MAX_TERMS} of them")
        finite(self.family, **{f"coefficient {i}": a for i, a in enumerate(self.coefficients, start=1)})
        if self.low is not None and self.high is not None:
            refuse(
                self.family, self.low >= self.high, "low is not below high", "write the smaller bound as low"
            )
        slope = self._inner_slope(_CHECKED)
        refuse(
            self.family,
            not np.all(slope > 0),
            "these coefficients give no increasing quantile function",
            "use fewer terms, or quantiles that are less uneven",
        )

    def quantile(self, u: ArrayLike) -> FloatArray:
        share = np.asarray(u, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inner = basis(np.clip(share, 0.0, 1.0), len(self.coefficients)) @ np.array(self.coefficients)
            inner = np.where(share <= 0, -np.inf, np.where(share >= 1, np.inf, inner))
            return self._outwards(inner)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        target = self._inwards(np.asarray(x, dtype=float))
        low, high = np.full(target.shape, -745.0), np.full(target.shape, 745.0)
        for _ in range(80):  # bisection on the log odds of u
            middle = (low + high) / 2
            below = self._inner(expit(middle)) < target
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(target == -np.inf, 0.0, np.where(target == np.inf, 1.0, expit((low + high) / 2)))

    def density(self, x: ArrayLike) -> FloatArray:
        values = np.asarray(x, dtype=float)
        u = self.cumulative(values)
        within = (u > 0) & (u < 1)
        height = self._inwards_slope(values) / self._inner_slope(np.where(within, u, 0.5))
        return np.where(within, height, 0.0)

    def _inner(self, u: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            value: FloatArray = basis(u, len(self.coefficients)) @ np.array(self.coefficients)
        return np.where(u <= 0, -np.inf, np.where(u >= 1, np.inf, value))

    def _inner_slope(self, u: FloatArray) -> FloatArray:
        slope: FloatArray = basis_slope(u, len(self.coefficients)) @ np.array(self.coefficients)
        return slope

    def _outwards(self, inner: FloatArray) -> FloatArray:
        """From the unbounded scale to the scale of the values."""
        if self.low is not None and self.high is not None:
            return self.low + (self.high - self.low) * np.asarray(expit(inner), dtype=float)
        if self.low is not None:
            return self.low + np.exp(inner)
        return self.high - np.exp(-inner) if self.high is not None else inner

    def _inwards(self, x: FloatArray) -> FloatArray:
        return to_unbounded(x, self.low, self.high)

    def _inwards_slope(self, x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.zeros_like(x)
            if self.low is not None:
                slope = slope + 1 / (x - self.low)
            if self.high is not None:
                slope = slope + 1 / (self.high - x)
        return slope if self.low is not None or self.high is not None else np.ones_like(x)

    def to_data(self) -> dict[str, object]:
        """Return coefficients, and the bounds that there are."""
        bounds = {"low": self.low, "high": self.high}
        kept = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"family": self.family, "coefficients": as_data(self.coefficients), **kept}

    def __str__(self) -> str:
        bounds = {"low": self.low, "high": self.high}
        kept = "".join(
            f", {name}={number_text(bound)}" for name, bound in bounds.items() if bound is not None
        )
        return f"metalog({as_text(self.coefficients)}{kept})"


def to_unbounded(x: ArrayLike, low: float | None, high: float | None) -> FloatArray:
    """Return values on the unbounded scale: as they are, their logarithm from a bound, or their logit."""
    values = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore"):
        inner = values if low is None and high is None else np.zeros_like(values)
        if low is not None:
            inner = inner + np.log(np.maximum(values - low, 0.0))
        if high is not None:
            inner = inner - np.log(np.maximum(high - values, 0.0))
    return inner


def basis(u: FloatArray, n_terms: int) -> FloatArray:
    """Return the terms of the metalog quantile function, shape (..., n_terms)."""
    odds, middle = np.log(u / (1 - u)), u - 0.5
    terms = [np.ones_like(u), odds, middle * odds, middle]
    for index in range(5, n_terms + 1):
        power = middle ** ((index - 1) // 2)
        terms.append(power if index % 2 else power * odds)
    return np.stack(terms[:n_terms], axis=-1)


def basis_slope(u: FloatArray, n_terms: int) -> FloatArray:
    """Return the derivatives of the terms by u, shape (..., n_terms)."""
    odds, middle, steep = np.log(u / (1 - u)), u - 0.5, 1 / (u * (1 - u))
    slopes = [np.zeros_like(u), steep, odds + middle * steep, np.ones_like(u)]
    for index in range(5, n_terms + 1):
        power = (index - 1) // 2
        plain = power * middle ** (power - 1)
        slopes.append(plain if index % 2 else plain * odds + middle**power * steep)
    return np.stack(slopes[:n_terms], axis=-1)


def metalog_through(
    probabilities: Sequence[float],
    values: Sequence[float],
    *,
    n_terms: int | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Metalog:
    """Return the metalog through quantiles: exactly with as many terms as quantiles, else by least squares.

    Raises
    ------
    DistributionError
        If it is no increasing quantile function.
    """
    n = min(n_terms or len(values), MAX_TERMS)
    inner = to_unbounded(np.asarray(values, dtype=float), low, high)
    coefficients = np.linalg.lstsq(basis(np.asarray(probabilities, dtype=float), n), inner, rcond=None)[0]
    return Metalog(tuple(float(a) for a in coefficients), low, high)
