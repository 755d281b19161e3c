"""From the panellists' distributions to the panel's."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from innosi.forecast.pooling.individual import fitted_to
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions import Discrete, Distribution, Empirical, Fitted, Mixture
from innosi.models.errors import AnswerError


def linear_pool(judgements: Sequence[Distribution], weights: Sequence[float] | None = None) -> Distribution:
    """Return the mixture of the panellists' distributions: as wide as the panel is divided.

    Parameters
    ----------
    judgements : n distributions
    weights : (n,) float, optional
        0 or more, brought to a sum of 1; equal by default.

    Source
    ------
    Stone (1961), Annals of Mathematical Statistics 32(4); Clemen & Winkler (1999), Risk Analysis 19(2).
    """
    shares = _shares(len(judgements), weights)
    if len(judgements) == 1:
        return judgements[0]
    parts: dict[Distribution, float] = {}
    for judgement, share in zip(judgements, shares, strict=True):
        for part, weight in _parts(judgement):
            parts[part] = parts.get(part, 0.0) + float(share) * weight
    if len(parts) == 1:
        return next(iter(parts))
    total = math.fsum(parts.values())
    return Mixture(tuple(parts), tuple(weight / total for weight in parts.values()))


def _parts(judgement: Distribution) -> Iterable[tuple[Distribution, float]]:
    """Return a mixture's own components, so that a pool of mixtures is one mixture, and no deeper."""
    if isinstance(judgement, Mixture):
        return zip(judgement.components, judgement.weights, strict=True)
    return [(judgement, 1.0)]


def vincent_average(
    probabilities: Sequence[float],
    values: ArrayLike,
    weights: Sequence[float] | None = None,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Fitted:
    """Return the distribution through the means of the panellists' quantiles, level by level.

    It is narrower than the linear pool: disagreement between panellists does not widen it.

    Parameters
    ----------
    probabilities : (k,) float
        At which the quantiles were stated, rising.
    values : (n, k) float
        Row by row a panellist's quantiles.

    Source
    ------
    Vincent (1912); Lichtendahl, Grushka-Cockayne & Winkler (2013), Management Science 59(7).
    """
    stated = np.asarray(values, dtype=float)
    shares = _shares(len(stated), weights)
    averages = np.maximum.accumulate(np.average(stated, axis=0, weights=shares))
    return fitted_to(probabilities, [float(each) for each in averages], bounds)


def empirical_pool(points: ArrayLike) -> Empirical:
    """Return the distribution of the panellists' points: how people differ, not how sure each one is.

    Parameters
    ----------
    points : (n,) float
    """
    values = _answered(points)
    return Empirical(tuple(float(each) for each in values))


def level_pool(levels: ArrayLike) -> Discrete:
    """Return how likely each level of a rating is that somebody chose; the others have no probability.

    Parameters
    ----------
    levels : (n,) float
        Whole numbers on a scale, one a panellist.
    """
    chosen, counts = np.unique(_answered(levels), return_counts=True)
    shares = counts / counts.sum()
    return Discrete(tuple(map(float, chosen)), tuple(map(float, shares)))


def _answered(values: ArrayLike) -> FloatArray:
    answers = np.ravel(np.asarray(values, dtype=float))
    if answers.size == 0:
        raise AnswerError("nobody answered, so there is nothing to pool", mend="leave the question out")
    return answers


def _shares(n: int, weights: Sequence[float] | None) -> FloatArray:
    given = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    if n == 0:
        raise AnswerError("nobody answered, so there is nothing to pool", mend="leave the question out")
    if len(given) != n or not np.all(given >= 0) or not 0 < given.sum() < math.inf:
        raise AnswerError(
            f"{len(given)} weights for {n} judgements, or weights that are negative or all 0",
            mend="give one for each, 0 or more",
        )
    shares: FloatArray = given / given.sum()
    return shares
