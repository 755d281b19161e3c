"""From the panellists' distributions to the panel's."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from innosi.forecast.pooling.individual import fitted_to
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions import Discrete, Distribution, Empirical, Fitted, Mixture, Uniform
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


def logarithmic_pool(
    judgements: Sequence[Distribution], weights: Sequence[float] | None = None
) -> Distribution:
    """Return the distribution whose density is the product of the panellists', to the power of their weights.

    It is narrower than the linear pool, and has one hump where that may have several. Whoever holds something
    for impossible decides for all: where no value is possible for everybody there is no pool.

    Parameters
    ----------
    judgements : n distributions
        Densities that are uniform in pieces (mixtures of uniforms) are multiplied exactly; others are
        cut into pieces of equal probability first.
    weights : (n,) float, optional
        0 or more, brought to a sum of 1; equal by default. Of weight 0 nothing is taken, not even a veto.

    Raises
    ------
    AnswerError
        If no value is possible for everybody, or a panellist allows one value only.

    Source
    ------
    Genest & Zidek (1986), Statistical Science 1(1).
    """
    shares = _shares(len(judgements), weights)
    counted = [(each, float(share)) for each, share in zip(judgements, shares, strict=True) if share > 0]
    if len(counted) == 1:
        return counted[0][0]
    edges = np.unique(np.concatenate([_edges(each) for each, _ in counted]))
    if edges.size < 2:
        raise _no_pool("somebody allows one value only")
    middle, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    with np.errstate(divide="ignore"):
        logs = sum(share * np.log(each.density(middle)) for each, share in counted)
    if not np.isfinite(np.max(logs)):
        raise _no_pool("no value is possible for everybody")
    mass = np.exp(logs - np.max(logs)) * width
    mass = mass / mass.sum()
    kept = np.flatnonzero(mass > 0)
    pieces = tuple(Uniform(float(edges[i]), float(edges[i + 1])) for i in kept)
    return pieces[0] if len(pieces) == 1 else Mixture(pieces, _summing_to_1(mass[kept]))


def _no_pool(why: str) -> AnswerError:
    return AnswerError(
        f"has no logarithmic pool: {why}, and a panellist's zero is a veto",
        mend="take the linear pool, or talk to the panellists who rule out what others believe",
    )


def _summing_to_1(mass: FloatArray) -> tuple[float, ...]:
    shares = [float(each) for each in mass]
    return tuple(share / math.fsum(shares) for share in shares)


_PIECES = 200


def _edges(judgement: Distribution) -> FloatArray:
    """Return where a density changes: the ends of uniform pieces, else quantiles."""
    parts = [part for part, _ in _parts(judgement)]
    if all(isinstance(part, Uniform) for part in parts):
        return np.array(
            [end for part in parts for end in (part.quantile(0.0), part.quantile(1.0))], dtype=float
        )
    ends = judgement.quantile(np.linspace(0.0, 1.0, _PIECES + 1))
    inner = judgement.quantile(np.linspace(0.5 / _PIECES, 1 - 0.5 / _PIECES, _PIECES))
    found = np.where(np.isfinite(ends), ends, np.nan)
    return np.unique(np.concatenate([found[~np.isnan(found)], inner]))


def empirical_pool(points: ArrayLike, weights: Sequence[float] | None = None) -> Empirical | Discrete:
    """Return the distribution of the panellists' points: how people differ, not how sure each one is.

    Parameters
    ----------
    points : (n,) float
    weights : (n,) float, optional
        With weights it holds the points alone, else what lies between them too.
    """
    values = _answered(points)
    if weights is not None:
        return level_pool(values, weights)
    return Empirical(tuple(float(each) for each in values))


def level_pool(levels: ArrayLike, weights: Sequence[float] | None = None) -> Discrete:
    """Return how likely each level of a rating is that somebody chose; the others have no probability.

    Parameters
    ----------
    levels : (n,) float
        Whole numbers on a scale, one a panellist.
    weights : (n,) float, optional
        0 or more, brought to a sum of 1; equal by default.
    """
    answers = _answered(levels)
    chosen, places = np.unique(answers, return_inverse=True)
    shares = np.zeros(chosen.size)
    np.add.at(shares, np.ravel(places), _shares(answers.size, weights))
    held = shares > 0
    return Discrete(tuple(map(float, chosen[held])), _summing_to_1(shares[held]))


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
