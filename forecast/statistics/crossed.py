"""The table in which paired answers meet: how many panellists went from each answer to each answer."""

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, IntArray


def crossed(earlier: ArrayLike, later: ArrayLike, levels: ArrayLike | None = None) -> IntArray:
    """Return how many panellists went from each level (row) to each level (column).

    Parameters
    ----------
    earlier, later : (n,) float
        The same panellists' answers in two rounds; a pair with a missing answer (NaN) is left out.
    levels : (n_levels,) float, optional
        In their order; by default the answers that were given in either round.

    Returns
    -------
    (n_levels, n_levels) int

    Examples
    --------
    >>> crossed([1, 1, 2], [1, 2, 2]).tolist()
    [[1, 1], [0, 1]]
    """
    was, is_ = both_answered(earlier, later)
    ordered = np.unique(np.concatenate([was, is_])) if levels is None else np.asarray(levels, float)
    table: IntArray = np.einsum(
        "ni,nj->ij", was[:, np.newaxis] == ordered, is_[:, np.newaxis] == ordered, dtype=np.int64
    )
    return table


def both_answered(earlier: ArrayLike, later: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the pairs in which neither answer is missing."""
    was, is_ = np.ravel(np.asarray(earlier, float)), np.ravel(np.asarray(later, float))
    kept = ~(np.isnan(was) | np.isnan(is_))
    return was[kept], is_[kept]
