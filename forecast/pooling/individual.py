"""Stated quantiles as a distribution."""

import math
from collections.abc import Sequence
from itertools import pairwise

from innosi.models.distributions import Constant, Distribution, Fitted, Mixture, Uniform, fit_quantiles
from innosi.models.errors import DistributionError

OVERSHOOT = 0.1
"""How far the range goes beyond the outermost quantiles, as a share of their distance."""

_COINCIDING = 1e-12
"""Values nearer than this share of the spread are taken for one."""

Bounds = tuple[float, float]
"""Where a number must lie; infinite where nothing bounds it."""


def minimum_information(
    probabilities: Sequence[float], values: Sequence[float], bounds: Bounds = (-math.inf, math.inf)
) -> Distribution:
    """Return the distribution that meets quantiles exactly and says no more: uniform between them.

    It goes beyond the outermost quantiles by a tenth of their distance, and never beyond the bounds.
    Quantiles that coincide become a single value with their probability.

    Parameters
    ----------
    probabilities : (k,) float, rising, within (0, 1)
    values : (k,) float, never falling, within the bounds

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12: minimum information, intrinsic range of 10 %.
    """
    stated = tuple(map(float, values))
    spread = stated[-1] - stated[0]
    if spread <= _COINCIDING * max(abs(stated[0]), abs(stated[-1])):
        return Constant(stated[0])
    reach = OVERSHOOT * spread
    edges = (max(bounds[0], stated[0] - reach), *stated, min(bounds[1], stated[-1] + reach))
    levels = (0.0, *map(float, probabilities), 1.0)
    pieces: dict[Distribution, float] = {}
    for (left, right), (below, above) in zip(pairwise(edges), pairwise(levels), strict=True):
        piece = Uniform(left, right) if right - left > _COINCIDING * spread else Constant(left)
        pieces[piece] = round(pieces.get(piece, 0.0) + above - below, 12)
    return Mixture(tuple(pieces), tuple(pieces.values()))


def fitted_to(
    probabilities: Sequence[float], values: Sequence[float], bounds: Bounds = (-math.inf, math.inf)
) -> Fitted:
    """Return a smooth distribution through quantiles, within the bounds.

    The metalog through all of them where there is one, on the bounds given (or above 0, where all are
    positive and nothing bounds them). Else, and where a quantile lies on a bound or two of them coincide, the
    one of minimum information.

    Parameters
    ----------
    probabilities, values, bounds
        As for `minimum_information`.

    Source
    ------
    Keelin (2016), Decision Analysis 13(4).
    """
    p, x = tuple(map(float, probabilities)), tuple(map(float, values))
    low, high = (bound if math.isfinite(bound) else None for bound in bounds)
    if low is None and high is None and x[0] > 0:
        low = 0.0
    try:
        return fit_quantiles(p, x, family="metalog", low=low, high=high)
    except DistributionError:
        return Fitted(p, x, minimum_information(p, x, bounds))
