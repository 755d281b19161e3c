"""Scores of probabilities and distributions against what happened."""

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions import Distribution

CLIPPED = 0.001
"""Log scores take 0 for this, and 1 for 1 minus this: a wrong certainty would cost infinitely much."""


def brier_score(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean squared distance of probabilities from what happened (0 or 1): 0 is perfect, always ½ gives 0.25.

    Parameters
    ----------
    probabilities, outcomes : (n,) float

    Source
    ------
    Brier (1950), Monthly Weather Review 78(1), in its form for yes or no.

    Examples
    --------
    >>> brier_score([0.5, 1.0], [1, 1])
    0.125
    """
    stated, happened = _both(probabilities, outcomes)
    return float(np.mean((stated - happened) ** 2))


def log_score(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean of −ln(probability given to what happened), clipped to 0.001 … 0.999; always ½ gives 0.693.

    Source
    ------
    Good (1952), Journal of the Royal Statistical Society B 14(1).
    """
    stated, happened = _both(probabilities, outcomes)
    clipped = np.clip(stated, CLIPPED, 1 - CLIPPED)
    return float(np.mean(-np.log(np.where(happened == 1, clipped, 1 - clipped))))


def right_side(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Share of probabilities that lie on the right side of ½; ½ itself counts as half.

    Examples
    --------
    >>> right_side([0.9, 0.5, 0.2, 0.8], [1, 1, 0, 0])
    0.625
    """
    stated, happened = _both(probabilities, outcomes)
    side = np.where(happened == 1, 1, -1) * np.sign(stated - 0.5)
    return float(np.mean((side + 1) / 2))


def crps(distribution: Distribution, outcome: float) -> float:
    """Continuous ranked probability score of a distribution, in its own unit; lower is better.

    Of a fixed number it is the distance from the outcome. Computed as the pinball loss over all quantiles,
    2 ∫ (1[y < q(u)] − u)(q(u) − y) du, split where the quantile function passes the outcome.

    Source
    ------
    Gneiting & Raftery (2007), JASA 102(477), section 4.2; Laio & Tamea (2007), Hydrology and Earth System
    Sciences 11(4), for the form by quantiles.
    """
    at = float(np.clip(distribution.cumulative(outcome), 0.0, 1.0))
    return 2 * (_loss(distribution, outcome, 0.0, at) + _loss(distribution, outcome, at, 1.0))


def _loss(distribution: Distribution, outcome: float, start: float, end: float) -> float:
    """Pinball loss between two levels, by tanh-sinh quadrature, which endures infinite ends."""
    if end - start <= 0:
        return 0.0
    u = start + (end - start) * _NODES
    inner = (u > 0) & (u < 1)
    value = distribution.quantile(u[inner])
    level = np.where(value > outcome, 1 - u[inner], u[inner])
    return float((end - start) * np.sum(_WEIGHTS[inner] * level * np.abs(value - outcome)))


def _tanh_sinh(n: int = 400) -> tuple[FloatArray, FloatArray]:
    steps = np.linspace(-3.2, 3.2, 2 * n + 1)
    inner = 0.5 * np.pi * np.sinh(steps)
    weights = 0.5 * np.pi * np.cosh(steps) / (2 * np.cosh(inner) ** 2)
    return 1 / (1 + np.exp(-2 * inner)), weights / weights.sum()


_NODES, _WEIGHTS = _tanh_sinh()


def _both(probabilities: ArrayLike, outcomes: ArrayLike) -> tuple[FloatArray, FloatArray]:
    return np.asarray(probabilities, dtype=float), np.asarray(outcomes, dtype=float)
