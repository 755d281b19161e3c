"""What all draws of one output come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isinf, nan, sqrt

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.summaries.histogram import Histogram
from innosi.scenarios.summaries.moments import Moments

BLOCK = 4096
"""Draws that are added up at once; parts begin at a multiple of it."""
REPLICATES = 16
"""Replicates that take turns within each block of a design that has them, `BLOCK / REPLICATES` draws each."""
INTERVAL = (0.05, 0.95)
"""The central 90 % interval that every figure is shown with."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One result in numbers: its mean, median, central 90 % interval, and the simulation's own errors.

    The errors are standard errors: by how much the figure would typically differ with other random numbers.
    """

    mean: float
    median: float
    low: float
    high: float
    standard_deviation: float
    standard_error: float
    """Of the mean."""
    n: int
    median_error: float = nan
    low_error: float = nan
    high_error: float = nan

    @classmethod
    def of(cls, draws: FloatArray) -> "Figure":
        """Summarise independent draws, shape (n,)."""
        return Summary.of(np.asarray(draws, dtype=float)).figure


@dataclass(frozen=True, eq=False)
class Summary:
    """Numbers summarised part by part; parts that are merged in any order come to the same.

    Attributes
    ----------
    moments, histogram
        Of the finite numbers.
    n_above, n_beneath : int
        How many are +∞ and −∞.
    replicates : tuple of Moments
        Of each replicate, over whole blocks; empty where the draws are independent.
    """

    moments: Moments = field(default_factory=Moments)
    histogram: Histogram = field(default_factory=lambda: Histogram.of(np.zeros(0)))
    n_above: int = 0
    n_beneath: int = 0
    replicates: tuple[Moments, ...] = ()

    @classmethod
    def of(cls, draws: FloatArray, *, dropped: int = 0, is_replicated: bool = False) -> "Summary":
        """Summarise draws, shape (n,), of which the first is a multiple of `BLOCK`.

        Parameters
        ----------
        dropped : int
            See `Histogram.of`.
        is_replicated : bool
            Whether every block holds equal parts of `REPLICATES` replicates, one after another.
        """
        blocks = [draws[start : start + BLOCK] for start in range(0, len(draws), BLOCK)]
        with np.errstate(invalid="ignore", over="ignore"):
            total = np.sum(draws)
        if np.isfinite(total):
            replicates = _replicates(draws) if is_replicated else ()
            return cls(Moments.of(blocks), Histogram.of(draws, dropped), replicates=replicates)
        finite = np.isfinite(draws)
        return cls(
            Moments.of(block[np.isfinite(block)] for block in blocks),
            Histogram.of(draws[finite], dropped),
            n_above=int(np.sum(draws == inf)),
            n_beneath=int(np.sum(draws == -inf)),
        )

    def merged(self, other: "Summary") -> "Summary":
        """Return the summary of both."""
        pairs = zip(self.replicates, other.replicates, strict=False)
        replicates = tuple(one.merged(two) for one, two in pairs)
        return Summary(
            self.moments.merged(other.moments),
            self.histogram.merged(other.histogram),
            self.n_above + other.n_above,
            self.n_beneath + other.n_beneath,
            replicates or self.replicates or other.replicates,
        )

    @property
    def n(self) -> int:
        """How many numbers there are."""
        return self.moments.n + self.n_above + self.n_beneath

    @property
    def mean(self) -> float:
        """The mean, which is infinite where a number is."""
        if self.n_above or self.n_beneath:
            return nan if self.n_above and self.n_beneath else (inf if self.n_above else -inf)
        return self.moments.mean

    @property
    def standard_deviation(self) -> float:
        """The standard deviation (n − 1); NaN where a number is infinite."""
        return nan if self.n_above or self.n_beneath else self.moments.standard_deviation

    @property
    def standard_error(self) -> float:
        """The standard error of the mean: from replicates where there are some, else of independent draws."""
        if self.replicates and self.replicates[0].n and not (self.n_above or self.n_beneath):
            return float(np.std([each.mean for each in self.replicates], ddof=1)) / sqrt(len(self.replicates))
        return self.standard_deviation / sqrt(self.n)

    def quantile(self, share: float) -> float:
        """Return the number below which lies a share of all; between two, in proportion."""
        if self.n_above or self.n_beneath:
            return self._ranked(max(int(np.ceil(share * self.n)) - 1, 0))
        place = share * (self.n - 1)
        low, high = self.histogram.ranked(np.array([np.floor(place), np.ceil(place)]))
        part = place - np.floor(place)
        between = high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part  # as numpy's
        return float(between)

    def quantile_error(self, share: float) -> float:
        """Return the standard error of a quantile, from the ranks between which it lies.

        As of independent draws; those of a Latin hypercube or a Sobol sequence err less.
        """
        away = sqrt(share * (1 - share) / self.n)
        low, high = (self.quantile(min(max(share + sign * away, 0.0), 1.0)) for sign in (-1, 1))
        return nan if isinf(low) or isinf(high) else (high - low) / 2

    def share_above(self, limit: float) -> float:
        """Return the share of numbers above a limit."""
        return (self.n - self.n_beneath - self.histogram.n_below(limit)) / self.n

    def _ranked(self, rank: int) -> float:
        if rank < self.n_beneath:
            return -inf
        if rank >= self.n - self.n_above:
            return inf
        return float(self.histogram.ranked(np.array([rank - self.n_beneath]))[0])

    @property
    def figure(self) -> Figure:
        """The summary in the numbers that are shown."""
        return Figure(
            mean=self.mean,
            median=self.quantile(0.5),
            low=self.quantile(INTERVAL[0]),
            high=self.quantile(INTERVAL[1]),
            standard_deviation=self.standard_deviation,
            standard_error=self.standard_error,
            n=self.n,
            median_error=self.quantile_error(0.5),
            low_error=self.quantile_error(INTERVAL[0]),
            high_error=self.quantile_error(INTERVAL[1]),
        )


def mixture_quantile(parts: Sequence[tuple[Summary, float]], share: float) -> float:
    """Return the number below which lies a share of several summaries, each with its probability.

    By bisection, to the last digits of a float; infinite where as much of it is.
    """
    ends = [part.quantile(each) for part, chance in parts for each in (0.0, share, 1.0) if chance > 0]
    finite = [end for end in ends if not isinf(end)]
    if not finite:
        return ends[0]
    low, high = min(finite), max(finite)

    def above(limit: float) -> float:
        return sum(chance * part.share_above(limit) for part, chance in parts)

    if above(high) > 1 - share:
        return inf
    for _ in range(100):
        middle = low + (high - low) / 2
        low, high = (middle, high) if above(middle) > 1 - share else (low, middle)
    return high


def merged(parts: Sequence[Summary]) -> Summary:
    """Return the summary of all parts."""
    whole = Summary()
    for part in parts:
        whole = whole.merged(part)
    return whole


def _replicates(draws: FloatArray) -> tuple[Moments, ...]:
    whole = draws[: len(draws) // BLOCK * BLOCK].reshape(-1, REPLICATES, BLOCK // REPLICATES)
    return tuple(Moments.of(whole[:, replicate]) for replicate in range(REPLICATES))
