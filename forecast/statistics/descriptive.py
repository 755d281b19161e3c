"""How one question's answers lie: quartiles, mean, spread, and how often each was given."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.statistics.spread import standard_deviation
from innosi.forecast.statistics.tally import answered
from innosi.models.arrays import ArrayLike, FloatArray

MAX_BINS = 12


@dataclass(frozen=True, slots=True)
class Description:
    """Where the answers to one question lie; every figure is NaN where nobody answered."""

    n: int
    median: float
    lower_quartile: float
    upper_quartile: float
    mean: float
    standard_deviation: float

    @property
    def interquartile_range(self) -> float:
        """Third quartile minus first."""
        return self.upper_quartile - self.lower_quartile


def describe(values: ArrayLike) -> Description:
    """Return where answers lie.

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.

    Notes
    -----
    Quartiles are interpolated linearly (type 7), the median of an even number of answers is the midpoint, and
    the standard deviation is a sample's (n − 1): NaN for fewer than two answers.

    Examples
    --------
    >>> describe([1, 2, 3, 10]).median
    2.5
    """
    answers = answered(values)
    if answers.size == 0:
        return Description(0, *[float("nan")] * 5)
    lower, middle, upper = (float(each) for each in np.quantile(answers, [0.25, 0.5, 0.75]))
    spread = standard_deviation(answers).value
    return Description(answers.size, middle, lower, upper, float(np.mean(answers)), spread)


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a rating, or a stretch of a number's range: how many answers lie there, and which share."""

    label: str
    low: float
    high: float
    n: int
    share: float


def levels_of(values: ArrayLike, scale: tuple[int, int]) -> tuple[Level, ...]:
    """Return how many answers each level of a rating got, chosen or not.

    Parameters
    ----------
    values : (n,) float
        Whole numbers on the scale; NaN is no answer.
    scale : (int, int)
        The lowest and the highest level.
    """
    answers, levels = answered(values), np.arange(scale[0], scale[1] + 1)
    counts = np.sum(answers[:, np.newaxis] == levels, axis=0)
    shares = counts / max(answers.size, 1)
    return tuple(
        Level(str(level), float(level), float(level), int(n), float(share))
        for level, n, share in zip(levels, counts, shares, strict=True)
    )


def histogram(values: ArrayLike, bounds: tuple[float, float] | None = None) -> tuple[Level, ...]:
    """Return how many answers lie in each of equally wide stretches.

    Parameters
    ----------
    values : (n,) float
        Numbers; NaN is no answer.
    bounds : (float, float), optional
        Where the first stretch begins and the last ends (ten stretches); else from the smallest answer to the
        largest, in as many stretches as Sturges' rule says, at most 12. The last one holds its upper end.
    """
    answers = answered(values)
    if answers.size == 0:
        return ()
    edges = np.round(np.linspace(*bounds, 11), 12) if bounds else _edges(answers)
    counts, _ = np.histogram(answers, edges)
    return tuple(
        Level(f"{low:.4g} – {high:.4g}", float(low), float(high), int(n), float(n / answers.size))
        for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True)
    )


def _edges(answers: FloatArray) -> FloatArray:
    n_bins = min(int(np.ceil(np.log2(answers.size))) + 1, MAX_BINS)
    return np.histogram_bin_edges(answers, n_bins)
