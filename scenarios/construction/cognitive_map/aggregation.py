"""Several people's maps as one, and how far they disagree on each link."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, IntArray
from innosi.models.errors import ModelError
from innosi.scenarios.construction.cognitive_map.updating import BoolArray

Method = Literal["mean", "median", "sum_normalised"]
MissingLink = Literal["counts_as_zero", "left_out", "left_out_without_concept"]
METHODS_OF_AGGREGATION: tuple[Method, ...] = get_args(Method)


def counted(drawn: ArrayLike, known: ArrayLike, missing: MissingLink) -> BoolArray:
    """Say of each link whose maps count when it is aggregated, shape (m, n, n).

    Parameters
    ----------
    drawn : (m, n, n) bool
        Who drew which link.
    known : (m, n) bool
        Whose map holds which concept.
    missing : {'counts_as_zero', 'left_out', 'left_out_without_concept'}
        A link that somebody did not draw says "none"; or says nothing; or says "none" only where both
        concepts are in their map.
    """
    has_drawn, has = np.asarray(drawn, dtype=bool), np.asarray(known, dtype=bool)
    if missing == "counts_as_zero":
        return np.ones_like(has_drawn)
    if missing == "left_out":
        return has_drawn
    return has_drawn | (has[:, :, None] & has[:, None, :])


def aggregate(
    weights: ArrayLike, counts: ArrayLike, *, credibility: ArrayLike | None = None, method: Method = "mean"
) -> FloatArray:
    """Return the weights of the map that several maps come to.

    Parameters
    ----------
    weights : (..., m, n, n) float
        Of m people; 0 where they drew no link.
    counts : (m, n, n) bool
        Whose weight of a link counts; where nobody's does, there is no link.
    credibility : (..., m) float, optional
        How much each person counts; alike by default.
    method : {'mean', 'median', 'sum_normalised'}
        The mean and the median, both weighted by credibility; or the sum, divided by the largest absolute sum
        of the map, so that the strongest link is ±1.

    Returns
    -------
    (..., n, n) float

    Source
    ------
    Kosko (1988), Int. J. Approximate Reasoning 2 (weighted sum); Özesmi & Özesmi (2004), Ecological
    Modelling 176.

    Examples
    --------
    >>> maps = [[[0, 0.5], [0, 0]], [[0, -0.1], [0, 0]]]
    >>> float(aggregate(maps, np.ones((2, 2, 2)), credibility=[3, 1])[0, 1])
    0.35
    """
    w = np.asarray(weights, dtype=float)
    each = np.ones(w.shape[-3]) if credibility is None else np.asarray(credibility, dtype=float)
    if each.shape[-1] != w.shape[-3] or np.any(each < 0):
        raise ModelError("credibility does not fit the maps", mend="give each map a number of 0 or more")
    share = each[..., None, None] * np.asarray(counts, dtype=bool)
    if method == "median":
        return _weighted_median(*np.broadcast_arrays(w, share))
    total = np.sum(share * w, axis=-3)
    if method == "sum_normalised":
        largest = np.abs(total).max(axis=(-1, -2), keepdims=True)
        return np.divide(total, largest, out=np.zeros_like(total), where=largest > 0)
    whole = np.broadcast_to(share.sum(axis=-3), total.shape)
    return np.divide(total, whole, out=np.zeros_like(total), where=whole > 0)


def _weighted_median(values: FloatArray, shares: FloatArray) -> FloatArray:
    """The value up to which half the shares lie, along the third axis from the end; of two, their mean."""
    order = np.argsort(values, axis=-3)
    ranked, share = (np.take_along_axis(each, order, axis=-3) for each in (values, shares))
    below = np.cumsum(share, axis=-3)
    half = below[..., -1:, :, :] / 2
    slack = 1e-12 * half
    lower = np.argmax(below >= half - slack, axis=-3)[..., None, :, :]
    upper = np.argmax(below > half + slack, axis=-3)[..., None, :, :]
    found = (np.take_along_axis(ranked, lower, axis=-3) + np.take_along_axis(ranked, upper, axis=-3)) / 2
    return np.where(half > 0, found, 0.0)[..., 0, :, :]


@dataclass(frozen=True)
class Disagreement:
    """How far people disagree on each link.

    Attributes
    ----------
    n_drawn, n_raise, n_lower : (n, n) int
        How many drew the link; with a weight above 0, and below.
    mean, deviation, lowest, highest : (n, n) float
        Of the weights of those who drew it; NaN where nobody did.
    """

    n_drawn: IntArray
    n_raise: IntArray
    n_lower: IntArray
    mean: FloatArray
    deviation: FloatArray
    lowest: FloatArray
    highest: FloatArray

    @property
    def is_conflict(self) -> BoolArray:
        """Whether some say that it raises and some that it lowers, shape (n, n)."""
        return (self.n_raise > 0) & (self.n_lower > 0)


def disagreement(weights: ArrayLike, drawn: ArrayLike) -> Disagreement:
    """Return how far people disagree on each link.

    Parameters
    ----------
    weights : (m, n, n) float
    drawn : (m, n, n) bool
        Who drew which link.
    """
    w, has = np.asarray(weights, dtype=float), np.asarray(drawn, dtype=bool)
    n_drawn = has.sum(axis=0)
    is_drawn = n_drawn > 0

    def of_those(values: FloatArray) -> FloatArray:
        return np.where(is_drawn, values, np.nan)

    divisor = np.maximum(n_drawn, 1)
    mean = np.sum(w * has, axis=0) / divisor
    spread = np.sqrt(np.sum(has * (w - mean) ** 2, axis=0) / divisor)
    return Disagreement(
        n_drawn=n_drawn,
        n_raise=np.sum(has & (w > 0), axis=0),
        n_lower=np.sum(has & (w < 0), axis=0),
        mean=of_those(mean),
        deviation=of_those(spread),
        lowest=of_those(np.where(has, w, np.inf).min(axis=0)),
        highest=of_those(np.where(has, w, -np.inf).max(axis=0)),
    )
