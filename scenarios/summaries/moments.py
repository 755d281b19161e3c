"""Means and variances that come out the same whatever the order in which the parts are added."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import frexp, isfinite, isqrt, sqrt

import numpy as np

from innosi.models.arrays import FloatArray

_POINT = 1200  # binary places kept: enough for any float, and for the square of any of use here
_DIGITS = 53


@dataclass(frozen=True, slots=True)
class Moments:
    """The number, mean and spread of numbers, from exact sums of what blocks of them come to.

    A block's mean is rounded once; what is added up over blocks is kept as whole numbers of any length, so
    that no order and no grouping of them can change the result.

    Source
    ------
    Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance. American Statistician 37(3).
    """

    n: int = 0
    total: int = 0
    """Σ n_b × mean_b."""
    squares: int = 0
    """Σ n_b × mean_b²."""
    within: int = 0
    """Σ of squared distances from the block's mean."""

    @classmethod
    def of(cls, blocks: Iterable[FloatArray]) -> "Moments":
        """Return the moments of blocks of finite numbers, each (n,)."""
        return sum_of(cls._of_block(block) for block in blocks if len(block))

    @classmethod
    def _of_block(cls, block: FloatArray) -> "Moments":
        mean = float(np.mean(block))
        with np.errstate(over="ignore"):
            away = block - mean
            within = float(np.dot(away, away))
        fixed = _fixed(mean)
        n = len(block)
        squares = _fixed(within) if isfinite(within) else sum(_fixed(each) ** 2 >> _POINT for each in away)
        return cls(n, n * fixed, n * fixed * fixed, squares)

    def merged(self, other: "Moments") -> "Moments":
        """Return the moments of both."""
        return Moments(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.within + other.within,
        )

    @property
    def mean(self) -> float:
        """The mean; NaN of nothing."""
        return float(Fraction(self.total, self.n << _POINT)) if self.n else float("nan")

    @property
    def standard_deviation(self) -> float:
        """The standard deviation (n − 1); 0 of one number."""
        if self.n < 2:
            return 0.0
        between = Fraction(self.squares * self.n - self.total * self.total, self.n << (2 * _POINT))
        within = Fraction(self.within, 1 << _POINT)
        variance = (within + between) / (self.n - 1)
        try:
            return sqrt(variance)
        except OverflowError:
            return float(isqrt(variance.numerator // variance.denominator))


def sum_of(parts: Iterable[Moments]) -> Moments:
    """Return the moments of all parts together."""
    whole = Moments()
    for part in parts:
        whole = whole.merged(part)
    return whole


def _fixed(number: float) -> int:
    """A float as a whole number of units of 2^-1200, without loss."""
    mantissa, exponent = frexp(number)
    return int(mantissa * (1 << _DIGITS)) << (_POINT - _DIGITS + exponent)
