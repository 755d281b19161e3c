"""Mixing the experts' distributions: each uniform between its quantiles, on the background's scale."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.pooling.classical.scores import PanelScores
from innosi.models.arrays import FloatArray

_SAME_LEVEL = 1e-12
"""Cumulative probabilities nearer than this are the same: a quantile that is met is met exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Mixtures of the experts, one for each set of weights.

    Attributes
    ----------
    knots : (n_items, n_knots) float
        Every quantile that anybody gave, and the intrinsic range, rising; some may stand more than once.
    cumulative : (n_sets, n_items, n_knots) float
        Of each mixture at the knots; straight between them. NaN where no weight is left.
    weights : (n_sets, n_experts, n_items) float
        Adding up to 1 over the experts who answered; NaN where no weight is left.
    quantiles : (n_sets, n_items, n_quantiles) float
        All on the background's scale.
    """

    knots: FloatArray
    cumulative: FloatArray
    weights: FloatArray
    quantiles: FloatArray

    def curve(self, item: int) -> tuple[FloatArray, FloatArray]:
        """Return knots and cumulative probabilities of the first mixture, each knot once."""
        knots, first = np.unique(self.knots[item], return_index=True)
        return knots, self.cumulative[0, item, first]


def mix(panel: PanelScores, weights: FloatArray, items: FloatArray | slice = slice(None)) -> Mixed:
    """Return the mixture of the experts' distributions under each set of weights.

    Parameters
    ----------
    weights : (n_sets, n_experts, n_items) float
        0 or more; those who did not answer an item get none, and the others theirs in proportion.
    items : (n_items,) bool, optional
        Which of the panel's items the weights are for; all by default.

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12.
    """
    judgements, low, high = panel.judgements[:, items], panel.low[items], panel.high[items]
    levels = np.array(panel.elicitation.probabilities)
    knots = _knots(judgements, low, high)
    shares = _shares(weights, np.isfinite(judgements[..., 0]))
    each = np.nan_to_num(_cumulative(knots, judgements, low, high, levels))
    total = np.moveaxis(np.moveaxis(shares, -1, 0) @ np.moveaxis(each, 1, 0), 0, 1)
    return Mixed(knots, total, shares, _inverted(knots, total, levels))


def _knots(judgements: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return all quantiles of each item and its range, in order; the range's upper end stands for missing."""
    values = np.moveaxis(judgements, 1, 0).reshape(low.size, -1)
    filled = np.where(np.isnan(values), high[:, np.newaxis], values)
    return np.sort(np.column_stack([low, filled, high]), axis=1)


def _shares(weights: FloatArray, is_answered: FloatArray) -> FloatArray:
    given = weights * is_answered
    total = np.sum(given, axis=1, keepdims=True)
    return np.divide(given, total, out=np.full(given.shape, np.nan), where=total > 0)


def _cumulative(
    knots: FloatArray, judgements: FloatArray, low: FloatArray, high: FloatArray, levels: FloatArray
) -> FloatArray:
    """Return each expert's cumulative probabilities at the knots, shape (n_experts, n_items, n_knots)."""
    edges = _with_ends(judgements, low, high)
    heights = np.concatenate([[0.0], levels, [1.0]])
    below = np.sum(knots[np.newaxis, ..., np.newaxis] >= judgements[:, :, np.newaxis], axis=-1)
    left, right = (np.take_along_axis(edges, below + step, axis=-1) for step in (0, 1))
    part = (knots - left) / (right - left)
    rising: FloatArray = heights[below] + part * (heights[below + 1] - heights[below])
    return rising


def _with_ends(judgements: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    shape = (*judgements.shape[:-1], 1)
    below, above = (np.broadcast_to(end[:, np.newaxis], shape) for end in (low, high))
    return np.concatenate([below, judgements, above], axis=-1)


def _inverted(knots: FloatArray, cumulative: FloatArray, levels: FloatArray) -> FloatArray:
    """Return the quantiles of mixtures at the levels, shape (n_sets, n_items, n_quantiles)."""
    last = knots.shape[-1] - 1
    reached = cumulative[..., np.newaxis, :] < (levels - _SAME_LEVEL)[:, np.newaxis]
    at = np.clip(np.sum(reached, axis=-1), 1, last)
    before, after = (np.take_along_axis(cumulative, at - step, axis=-1) for step in (1, 0))
    of_item = np.broadcast_to(knots, cumulative.shape)
    left, right = (np.take_along_axis(of_item, at - step, axis=-1) for step in (1, 0))
    rise = after - before
    part = np.divide(levels - before, rise, out=np.ones_like(rise), where=rise > 0)
    part = np.where(np.abs(after - levels) <= _SAME_LEVEL, 1.0, np.clip(part, 0.0, 1.0))
    value: FloatArray = left * (1 - part) + right * part
    return np.where(np.isnan(after), np.nan, value)
