"""Weights of experts from the form of their judgements: how wide, how asymmetric, how varied, how moved.

Names of the methods in brackets are those of the R package aggreCAT. A weight is about an expert and a claim;
an aggregate is the mean of the best judgements with the weights of its claim.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType

import numpy as np

from innosi.forecast.pooling.three_points import ThreePoints
from innosi.models.arrays import FloatArray


def weighted_mean(given: ThreePoints, weights: FloatArray) -> FloatArray:
    """Return the weighted mean of the best judgements of each claim.

    Parameters
    ----------
    given : ThreePoints
    weights : (n_experts, n_claims) float
        0 or more; NaN counts as 0. Where all weights of a claim are 0, they count as equal.

    Returns
    -------
    (n_claims,) float
    """
    known = ~np.isnan(given.best)
    heavy = np.where(known & ~np.isnan(weights), weights, 0.0)
    heavy = np.where(known & (heavy.sum(axis=0) == 0), 1.0, heavy)
    found: FloatArray = np.sum(heavy * np.where(known, given.best, 0), axis=0) / heavy.sum(axis=0)
    return found


def limit(given: ThreePoints) -> FloatArray:
    """Weight max(best, 1 − best): those who are surer count for more."""
    return np.maximum(given.best, 1 - given.best)


def outlier(given: ThreePoints) -> FloatArray:
    """Weight 1 − d / max d, d = (median of the best − best)²: those far off count less (OutWAgg)."""
    away = (np.nanmedian(given.best, axis=0) - given.best) ** 2
    furthest = np.nanmax(away, axis=0)
    return 1 - away / np.where(furthest > 0, furthest, 1)


def interval_width(given: ThreePoints) -> FloatArray:
    """Weight 1 / (upper − lower): those who are surer count for more (IntWAgg)."""
    found: FloatArray = 1 / given.width
    return found


def individual_interval(given: ThreePoints) -> FloatArray:
    """Weight the expert's widest interval over all claims / this one's width (IndIntWAgg)."""
    found: FloatArray = np.nanmax(given.width, axis=1, keepdims=True, initial=0.0) / given.width
    return found


def asymmetry(given: ThreePoints) -> FloatArray:
    """Weight by how far the best lies from the end on its side of the interval's middle (AsymWAgg).

    max(0, 1 − 2 (upper − best) / width) where the best lies on the middle or above, else
    max(0, 1 − 2 (best − lower) / width).
    """
    middle = (given.lower + given.upper) / 2
    near = np.where(given.best >= middle, given.upper - given.best, given.best - given.lower)
    return np.maximum(0, np.round(1 - 2 * near / given.width, 12))  # 0.4 − 0.3 is not quite 0.3 − 0.2


def variability(given: ThreePoints) -> FloatArray:
    """Weight the variance (n − 1) of the expert's widths over claims (VarIndIntWAgg)."""
    width = given.upper - given.lower
    known = ~np.isnan(width)
    n = known.sum(axis=1, keepdims=True)
    away = np.where(known, width - np.nansum(width, axis=1, keepdims=True) / np.maximum(n, 1), 0)
    variance = np.sum(away**2, axis=1, keepdims=True) / np.maximum(n - 1, 1)
    return np.broadcast_to(variance, width.shape)


def shift(given: ThreePoints) -> FloatArray:
    """Weight |Δ best| + (|Δ lower| + |Δ upper|) / 2 since the round before (ShiftWAgg)."""
    before = _before(given)
    ends = np.abs(given.lower - before.lower) + np.abs(given.upper - before.upper)
    return np.abs(given.best - before.best) + ends / 2


def narrowing(given: ThreePoints) -> FloatArray:
    """Weight 1 / (width − width before + 1): those whose interval became narrower count for more."""
    before = _before(given)
    change = (given.upper - given.lower) - (before.upper - before.lower)
    found: FloatArray = 1 / (change + 1)
    return found


def sharpening(given: ThreePoints) -> FloatArray:
    """Weight 1 − (min(best, 1 − best) − the same before): those who moved away from ½ count for more."""
    before = _before(given)
    return 1 - (np.minimum(given.best, 1 - given.best) - np.minimum(before.best, 1 - before.best))


def _before(given: ThreePoints) -> ThreePoints:
    return given if given.earlier is None else given.earlier


@dataclass(frozen=True, slots=True)
class Weight:
    """A way to weigh experts: its words, its parts (multiplied), and what it needs."""

    words: str
    parts: tuple[Callable[[ThreePoints], FloatArray], ...]
    needs_interval: bool = True
    needs_earlier: bool = False

    def of(self, given: ThreePoints) -> FloatArray:
        """Return the weights, shape (n_experts, n_claims)."""
        return reduce(np.multiply, (part(given) for part in self.parts))


WEIGHTS: Mapping[str, Weight] = MappingProxyType(
    {
        "interval_width": Weight("narrowness of the interval", (interval_width,)),
        "individual_interval": Weight("narrowness beside one's own intervals", (individual_interval,)),
        "asymmetry": Weight("asymmetry of the interval", (asymmetry,)),
        "individual_interval_asymmetry": Weight(
            "narrowness beside one's own intervals × asymmetry", (individual_interval, asymmetry)
        ),
        "variability": Weight("variance of one's own intervals", (variability,)),
        "individual_interval_asymmetry_variability": Weight(
            "narrowness × asymmetry × variance", (individual_interval, asymmetry, variability)
        ),
        "limit": Weight("certainty", (limit,), needs_interval=False),
        "outlier": Weight("nearness to the median", (outlier,), needs_interval=False),
        "shift": Weight("change since the round before", (shift,), needs_earlier=True),
        "narrowing": Weight("narrowing since the round before", (narrowing,), needs_earlier=True),
        "sharpening": Weight(
            "sharpening since the round before", (sharpening,), needs_interval=False, needs_earlier=True
        ),
    }
)
"""Every way to weigh experts by the form of their judgements, by name."""
