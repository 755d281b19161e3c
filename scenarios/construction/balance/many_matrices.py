"""Many matrices of the same descriptors at once: how inconsistent scenarios are in each of them."""

import numpy as np

from innosi.models.arrays import AnyArray, ArrayLike, FloatArray, IntArray
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts, rounding_of

_AT_ONCE = 2_000_000
"""So many impact scores are held at once."""


def inconsistencies(of: CrossImpacts, matrices: FloatArray, scenarios: ArrayLike) -> FloatArray:
    """Return how inconsistent each scenario is in each matrix: 0 where it is consistent.

    Parameters
    ----------
    of : CrossImpacts
        Whose descriptors and states these are; its judgements do not count.
    matrices : (n_matrices, n_states, n_states) float
        Judgements, with own blocks of 0.
    scenarios : (n, n_descriptors) int

    Returns
    -------
    (n_matrices, n) float
        The largest advance that a state has before the scenario's own, over all descriptors.

    Source
    ------
    Weimer-Jehle (2006), section 3.
    """
    rows = of.rows(scenarios)
    chosen = np.zeros((len(rows), matrices.shape[1]))
    np.put_along_axis(chosen, rows, 1.0, axis=1)
    found = np.empty((len(matrices), len(rows)))
    step = max(1, _AT_ONCE // max(chosen.size, 1))
    for start in range(0, len(matrices), step):
        part = slice(start, start + step)
        found[part] = _inconsistencies(of, chosen @ matrices[part], rows)
    return found


def are_consistent(matrices: FloatArray, found: FloatArray, tolerance: float = 0.0) -> AnyArray:
    """Return which inconsistencies, of (n_matrices, n) as from `inconsistencies`, are within a tolerance."""
    within: AnyArray = found <= tolerance + rounding_of(matrices)[:, None]
    return within


def _inconsistencies(of: CrossImpacts, scores: FloatArray, rows: IntArray) -> FloatArray:
    """From impact scores (n_matrices, n, n_states) to the largest advance of another state."""
    best = np.maximum.reduceat(scores, of.starts, axis=2)
    own = np.take_along_axis(scores, rows[None], axis=2)
    found: FloatArray = (best - own).max(axis=2)
    return found


def every_scenario(of: CrossImpacts) -> IntArray:
    """Return all combinations of states, consistent or not, shape (n_combinations, n_descriptors)."""
    shape = tuple(int(n) for n in of.n_states)
    return np.stack(np.unravel_index(np.arange(of.n_combinations), shape), axis=1).astype(np.int64)
