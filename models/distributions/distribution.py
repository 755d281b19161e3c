"""What every distribution can do, whatever its family."""

import math
from abc import ABC, abstractmethod
from dataclasses import fields
from functools import lru_cache
from typing import Any, ClassVar, cast

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import DistributionError


class Distribution(ABC):
    """What is believed about one number; a frozen value, equal to another of the same parameters.

    Every family gives its quantile function, cumulative distribution function and density on arrays of any
    shape, its moments, and itself as text (`str`) and plain data (`to_data`), both of which read back equal.
    """

    __slots__ = ()
    family: ClassVar[str]

    @abstractmethod
    def quantile(self, u: ArrayLike) -> FloatArray:
        """Return the value below which lies a share `u` of the probability, for u within [0, 1]."""

    @abstractmethod
    def cumulative(self, x: ArrayLike) -> FloatArray:
        """Return the probability of a value of `x` or less."""

    @abstractmethod
    def density(self, x: ArrayLike) -> FloatArray:
        """Return the probability density at `x`; of single values (discrete), their probability."""

    @property
    def mean(self) -> float:
        """The expected value."""
        return _moments(self)[0]

    @property
    def standard_deviation(self) -> float:
        """The square root of the variance."""
        return _moments(self)[1]

    @property
    def median(self) -> float:
        """The value that is as likely exceeded as not."""
        return float(self.quantile(0.5))

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest possible value; they may be infinite."""
        low, high = self.quantile([0.0, 1.0])
        return float(low), float(high)

    @property
    def is_constant(self) -> bool:
        """Whether only one value is possible."""
        return False

    def sample(self, uniforms: ArrayLike) -> FloatArray:
        """Return draws from given uniform numbers: their quantiles, so never falling as they rise."""
        return self.quantile(uniforms)

    def interval(self, coverage: float = 0.9) -> tuple[float, float]:
        """Return the central interval that holds the value with probability `coverage`."""
        low, high = self.quantile([(1 - coverage) / 2, (1 + coverage) / 2])
        return float(low), float(high)

    def to_data(self) -> Any:
        """Return plain data that JSON and YAML can hold, and `parse_distribution` reads back."""
        return {"family": self.family, **{name: as_data(value) for name, value in self._parameters().items()}}

    def _parameters(self) -> dict[str, Any]:
        """The fields of the family's dataclass, in their order."""
        return {each.name: getattr(self, each.name) for each in fields(cast("Any", self))}

    def describe(self) -> str:
        """Say in a line what it is."""
        return str(self)

    def __str__(self) -> str:
        return f"{self.family}({', '.join(map(as_text, self._parameters().values()))})"


@lru_cache(maxsize=4096)
def _moments(distribution: Distribution) -> tuple[float, float]:
    """Mean and standard deviation by tanh-sinh quadrature of the quantile function over (0, 1)."""
    steps = np.linspace(-4.0, 4.0, 2001)
    inner = 0.5 * np.pi * np.sinh(steps)
    u = 1.0 / (1.0 + np.exp(-2.0 * inner))
    weights = 0.5 * np.pi * np.cosh(steps) / (2.0 * np.cosh(inner) ** 2) * (steps[1] - steps[0])
    usable = (u > 1e-300) & (u < 1 - 1e-16) & (weights > 0)
    values, weights = distribution.quantile(u[usable]), weights[usable] / weights[usable].sum()
    mean = float(np.sum(weights * values))
    return mean, float(np.sqrt(np.sum(weights * (values - mean) ** 2)))


def finite(family: str, **parameters: float) -> None:
    """Refuse parameters that are no finite numbers."""
    for name, value in parameters.items():
        if not math.isfinite(value):
            raise DistributionError(f"{family}: {name} is {value}", mend="give a finite number")


def refuse(family: str, condition: bool, problem: str, mend: str) -> None:
    """Raise a DistributionError if the condition holds."""
    if condition:
        raise DistributionError(f"{family}: {problem}", mend=mend)


def as_data(value: Any) -> Any:
    """Return a parameter as plain data."""
    if isinstance(value, Distribution):
        return value.to_data()
    if isinstance(value, tuple):
        return [as_data(each) for each in value]
    return value


def as_text(value: Any) -> str:
    """Return a parameter as text that reads back to the same number."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_text, value))}]"
    if isinstance(value, float):
        return number_text(value)
    return str(value)


def number_text(value: float) -> str:
    """Return the shortest text of a number that reads back equal."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
