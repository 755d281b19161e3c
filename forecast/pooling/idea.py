"""Bringing three-point judgements that were stated with some confidence to another one."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray


@dataclass(frozen=True, slots=True)
class Standardised:
    """Three-point judgements at one confidence.

    Attributes
    ----------
    values : (n, 3) float
        Lower, best, upper.
    n_truncated : int
        How many ends would lie beyond the bounds, and were put on them.
    """

    values: FloatArray
    n_truncated: int


def standardise(
    values: ArrayLike,
    stated: ArrayLike,
    *,
    target: float = 0.9,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Standardised:
    """Return three-point judgements as if they had been stated with the `target` confidence.

    L′ = B − (B − L) · S / C and U′ = B + (U − B) · S / C, with S wanted and C stated, cut off at the bounds.

    Parameters
    ----------
    values : (n, 3) float
        Lower, best, upper of each panellist.
    stated : float or (n,) float
        Confidence within (0, 1), of all or of each.
    target : float
        The confidence wanted.
    bounds : (float, float)
        Where the number must lie.

    Source
    ------
    Hemming et al. (2018), Methods in Ecology and Evolution 9(1), IDEA protocol, step 4.

    Examples
    --------
    >>> standardise([[4, 10, 22]], 0.6, target=0.9).values.tolist()
    [[1.0, 10.0, 28.0]]
    """
    points = np.asarray(values, dtype=float).reshape(-1, 3)
    stretched = _stretched(points, target / np.reshape(np.asarray(stated, dtype=float), (-1, 1)))
    within = np.clip(stretched, *bounds)
    return Standardised(within, int(np.sum(within != stretched)))


def _stretched(points: FloatArray, factor: FloatArray) -> FloatArray:
    best = points[:, 1:2]
    return best + (points - best) * factor
