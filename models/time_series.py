"""Levels that grow by a trend and are moved by shocks that fade."""

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray


def levels(
    n_years: int, *, trend: ArrayLike = 0.0, shocks: ArrayLike = 0.0, persistence: ArrayLike = 0.0
) -> list[FloatArray]:
    """Return the level of each year, relative to a level of 1 in year 1 without shocks.

    (1 + trend)^(t − 1) × exp(e_t), with e_t = persistence × e_{t−1} + shock_t. Half of the draws lie above
    the trend and half below, where shocks do.

    Parameters
    ----------
    trend : (...,) float
        Growth in a year, as a fraction.
    shocks : (n_years, ...) float, or 0
        What moves the logarithm of the level in each year: 0.05 is 5 % up.
    persistence : (...,) float
        Share of a shock that is left in the year after, between 0 and 1.

    Returns
    -------
    list of n_years arrays, each (...,)

    Source
    ------
    A first-order autoregression about a trend: Box & Jenkins (1970), Time Series Analysis, chapter 3.

    Examples
    --------
    >>> [round(float(level), 4) for level in levels(3, trend=0.1)]
    [1.0, 1.1, 1.21]
    """
    growth, kept = 1.0 + np.asarray(trend, dtype=float), np.asarray(persistence, dtype=float)
    moves = np.asarray(shocks, dtype=float)
    trended, moved, found = np.ones_like(growth), np.zeros(()), []
    for year in range(n_years):
        moved = kept * moved + (moves[year] if moves.ndim else moves)
        found.append(trended * np.exp(moved))
        trended = trended * growth
    return found
