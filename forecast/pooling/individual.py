"""One panellist's quantiles as a distribution."""

import math
from collections.abc import Sequence
from itertools import pairwise

from innosi.models.distributions import Constant, Distribution, Fitted, Mixture, Uniform, fit_quantiles
from innosi.models.errors import DistributionError

OVERSHOOT = 0.1
"""How far the range goes beyond the outermost quantiles, as a share of their distance."""


def fitted_to(probabilities: Sequence[float], values: Sequence[float], bounds: tuple[float, float]) -> Fitted:
    """Return a smooth distribution taken for quantiles, which lies within the bounds.

    The metalog through all of them where there is one, on the question's own bounds (or above 0, where all
    are positive and nothing bounds them). Else, and where a quantile lies on a bound or two of them coincide,
    the piecewise uniform one through all of them: exact too, with corners.

    Parameters
    ----------
    probabilities : (k,) float, rising, within (0, 1)
    values : (k,) float, never falling, within the bounds
    bounds : (float, float)
        Infinite where nothing bounds the number.

    Source
    ------
    Keelin (2016), Decision Analysis 13(4); Cooke (1991), Experts in Uncertainty: minimum information.
    """
    p, x = tuple(map(float, probabilities)), tuple(map(float, values))
    if x[0] == x[-1]:
        return Fitted(p, x, Constant(x[0]))
    low, high = (bound if math.isfinite(bound) else None for bound in bounds)
    if low is None and high is None and x[0] > 0:
        low = 0.0
    try:
        return fit_quantiles(p, x, family="metalog", low=low, high=high)
    except DistributionError:
        return Fitted(p, x, piecewise_uniform(p, x, bounds))


def piecewise_uniform(
    probabilities: Sequence[float], values: Sequence[float], bounds: tuple[float, float]
) -> Distribution:
    """Return the distribution that meets quantiles exactly and is uniform between them.

    It goes beyond the outermost quantiles by a tenth of their distance, and never beyond the bounds.
    Quantiles that coincide become a single value with their probability.

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12: minimum information, intrinsic range of 10 %.
    """
    reach = OVERSHOOT * (values[-1] - values[0])
    edges = (max(bounds[0], values[0] - reach), *values, min(bounds[1], values[-1] + reach))
    levels = (0.0, *probabilities, 1.0)
    pieces: dict[Distribution, float] = {}
    for (left, right), (below, above) in zip(pairwise(edges), pairwise(levels), strict=True):
        piece = Uniform(left, right) if left < right else Constant(left)
        pieces[piece] = pieces.get(piece, 0.0) + above - below
    return Mixture(tuple(pieces), tuple(pieces.values()))
