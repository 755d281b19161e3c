"""Quantile functions as tables: as good as exact, and as quick for a beta as for a straight line."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.distributions.combined import Discrete, Empirical
from innosi.models.distributions.distribution import Distribution
from innosi.models.distributions.stated import Fitted

OCTAVES = 20
"""A table reaches from 2^-20 to 1 − 2^-20; the two millionths of draws beyond are computed exactly."""
LIMIT = 2.0**-OCTAVES
TOLERANCE = 2e-7
"""The largest error, as a share of the 5–95 % spread; measured while a table is made."""
MANTISSA_BITS = 52

_FINENESS = range(5, 10)
_LARGEST = 1e200  # the slopes of a spline through larger numbers are no numbers


@dataclass(frozen=True, slots=True, eq=False)
class QuantileTable:
    """Cubic pieces of a quantile function, looked up by the leading bits of the distance from the nearer end.

    Let t be u or 1 − u, whichever is less. Each octave of t (½ to ¼, ¼ to ⅛, …) is cut into 2^fineness equal
    pieces, so that a piece is found by shifting the binary digits of t, and the tails are as well resolved
    as the middle.

    Attributes
    ----------
    coefficients : (2 × n_pieces + 2, 4) float
        Of 1, d, d², d³, where d is the distance of t from its piece's beginning. The lower half of the
        distribution first, from its tail to its median; then the upper half, likewise.
    fineness : int
        Binary digits of t, after the first, that tell the piece.
    """

    coefficients: FloatArray
    fineness: int

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the quantiles of u, which must lie within [2^-20, 1 − 2^-20]; shape as u."""
        t = np.minimum(u, 1.0 - u)
        piece, beginning = pieces(t, self.fineness)
        c = self.coefficients[piece + np.where(u > 0.5, len(self.coefficients) // 2, 0)]
        d = t - beginning
        return c[..., 0] + d * (c[..., 1] + d * (c[..., 2] + d * c[..., 3]))


def pieces(t: FloatArray, fineness: int) -> tuple[IntArray, FloatArray]:
    """Return the number of the piece that each t lies in, and where that piece begins."""
    shift = MANTISSA_BITS - fineness
    digits = np.ascontiguousarray(t, dtype=float).view(np.int64) >> shift
    return digits - first_digits(fineness), (digits << shift).view(np.float64)


def first_digits(fineness: int) -> int:
    """Return the leading digits of 2^-20, from which the pieces are counted."""
    return int(np.float64(LIMIT).view(np.int64)) >> (MANTISSA_BITS - fineness)


@lru_cache(maxsize=256)
def quantile_table(distribution: Distribution) -> QuantileTable | None:
    """Return a distribution's quantile function as a table; None where no table is exact enough.

    Cubic splines through exact quantiles, with more and more pieces, until the spline through every second
    quantile meets those between to `TOLERANCE` of the 5–95 % spread; the table is the spline through all.
    Single values and samples have no table: their quantile function is quick, and has steps.
    """
    inner = distribution.distribution if isinstance(distribution, Fitted) else distribution
    if inner.is_constant or isinstance(inner, Discrete | Empirical):
        return None
    low, high = inner.interval(0.9)
    if not high > low:
        return None
    with np.errstate(over="ignore"):
        for fineness in _FINENESS:
            t = _nodes(fineness)
            halves = [inner.quantile(t), inner.quantile(1.0 - t)]
            if np.max(np.abs(halves)) > _LARGEST:
                return None
            if max(_misfit(t, half) for half in halves) <= TOLERANCE * (high - low):
                return QuantileTable(np.concatenate([_coefficients(t, half) for half in halves]), fineness)
    return None


def _nodes(fineness: int) -> FloatArray:
    """Where the pieces begin, and ½, where the last one ends."""
    octaves = 2.0 ** np.arange(-OCTAVES, -1)
    within = 1.0 + np.arange(2**fineness) / 2**fineness
    return np.append(np.ravel(octaves[:, np.newaxis] * within), 0.5)


def _misfit(t: FloatArray, values: FloatArray) -> float:
    from scipy.interpolate import CubicSpline

    return float(np.max(np.abs(CubicSpline(t[::2], values[::2])(t[1::2]) - values[1::2])))


def _coefficients(t: FloatArray, values: FloatArray) -> FloatArray:
    """Coefficients by piece, and of one more that begins at ½ and holds nothing but the median."""
    from scipy.interpolate import CubicSpline

    by_power = CubicSpline(t, values).c[::-1].T
    return np.vstack([by_power, [values[-1], 0.0, 0.0, 0.0]])
