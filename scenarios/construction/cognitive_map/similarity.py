"""How alike people's maps are: distances, groups, and how many concepts each further map adds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import squareform
from scipy.special import gammaln

from innosi.models.arrays import ArrayLike, FloatArray, IntArray

LEAST_SILHOUETTE = 0.25
"""Below this mean silhouette no structure is seen (Kaufman & Rousseeuw 1990)."""
LEAST_MAPS = 4
"""With fewer maps groups are not looked for."""


def distance_ratios(weights: ArrayLike, known: ArrayLike) -> FloatArray:
    """Return how far each two maps are apart: 0 for the same links, 1 for the largest difference possible.

    Of two concepts that both maps hold, the difference of the weights counts, at most 2 (from −1 to 1); of
    two that only one map holds together, a link that it draws counts 1. The sum is divided by the most that
    it could be. Links of a concept to itself are left out.

    Parameters
    ----------
    weights : (m, n, n) float
        Within −1 … 1; 0 for no link.
    known : (m, n) bool
        Whose map holds which concept.

    Returns
    -------
    (m, m) float
        NaN where two maps have no two concepts to compare.

    Source
    ------
    Langfield-Smith & Wirth (1992), J. Operational Research Society 43, formula 12, as Markóczy & Goldberg
    (1995), J. Management 21, generalise it (α = β = γ = 1, δ = 0, ε = 2).
    """
    w, has = np.asarray(weights, dtype=float), np.asarray(known, dtype=bool)
    m, n = has.shape
    pairs = has[:, :, None] & has[:, None, :] & ~np.eye(n, dtype=bool)
    found = np.zeros((m, m))
    for one in range(m):
        for other in range(one + 1, m):
            in_both, in_one_only = pairs[one] & pairs[other], pairs[one] ^ pairs[other]
            apart = np.abs(w[one] - w[other])[in_both].sum()
            apart += np.count_nonzero(np.where(pairs[one], w[one], w[other])[in_one_only])
            most = 2 * in_both.sum() + in_one_only.sum()
            found[one, other] = found[other, one] = apart / most if most else np.nan
    return found


@dataclass(frozen=True)
class Groups:
    """People whose maps are alike.

    Attributes
    ----------
    labels : (m,) int
        Whose group is which, from 1 in the order of the maps; all 1 where no groups are seen.
    silhouette : float
        Mean silhouette of the best grouping; NaN where none was looked for.
    reason : str
        Why there are no groups; empty where there are.
    """

    labels: IntArray
    silhouette: float
    reason: str = ""


def groups_of(distances: ArrayLike) -> Groups:
    """Return groups of maps: average linkage, cut where the mean silhouette is largest.

    Parameters
    ----------
    distances : (m, m) float

    Source
    ------
    Kaufman & Rousseeuw (1990), Finding Groups in Data (silhouette, and 0.25 as the least).
    """
    d = np.asarray(distances, dtype=float)
    m = len(d)
    alone = np.ones(m, dtype=np.int64)
    if m < LEAST_MAPS:
        return Groups(alone, float("nan"), f"groups are looked for among {LEAST_MAPS} maps or more")
    if np.isnan(d).any():
        return Groups(alone, float("nan"), "some maps have no two concepts to compare")
    tree = average(squareform(d, checks=False))
    cuts = [fcluster(tree, k, criterion="maxclust") for k in range(2, m)]
    scores = [_silhouette(d, labels) for labels in cuts]
    best = int(np.argmax(scores))
    if scores[best] < LEAST_SILHOUETTE:
        reason = f"no groups stand apart: mean silhouette {scores[best]:.2f}, below {LEAST_SILHOUETTE}"
        return Groups(alone, scores[best], reason)
    return Groups(_in_order(cuts[best]), scores[best])


def _silhouette(distances: FloatArray, labels: npt.NDArray[np.int32]) -> float:
    """The mean over all of (b − a) / max(a, b); 0 of one who is alone in a group."""
    scores = []
    for place, label in enumerate(labels):
        own = labels == label
        if own.sum() == 1 or own.all():
            scores.append(0.0)
            continue
        a = distances[place, own].sum() / (own.sum() - 1)
        b = min(distances[place, labels == other].mean() for other in set(labels.tolist()) - {label})
        scores.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(scores))


def _in_order(labels: npt.NDArray[np.int32]) -> IntArray:
    order = {label: number for number, label in enumerate(dict.fromkeys(labels.tolist()), start=1)}
    return np.array([order[label] for label in labels.tolist()], dtype=np.int64)


def accumulation(known: ArrayLike) -> FloatArray:
    """Return how many different concepts 1, 2, … m maps hold, on average over all orders of the maps.

    Exact, without drawing orders: a concept that is in k of m maps is missed by t of them with probability
    C(m − k, t) / C(m, t).

    Parameters
    ----------
    known : (m, n) bool
        Whose map holds which concept.

    Returns
    -------
    (m,) float

    Source
    ------
    Özesmi & Özesmi (2004), Ecological Modelling 176 (accumulation curves); Colwell, Mao & Chang (2004),
    Ecology 85 (the mean over all orders).

    Examples
    --------
    >>> accumulation([[True, True, False], [True, False, True]]).tolist()
    [2.0, 3.0]
    """
    has = np.asarray(known, dtype=bool)
    m = len(has)
    holders = has.sum(axis=0)[has.any(axis=0)][:, None]
    taken = np.arange(1, m + 1)[None, :]
    free = m - holders - taken
    logarithm = (
        gammaln(m - holders + 1) + gammaln(m - taken + 1) - gammaln(np.maximum(free, 0) + 1) - gammaln(m + 1)
    )
    missed = np.where(free >= 0, np.exp(logarithm), 0.0)
    return np.round(np.sum(1 - missed, axis=0), 9)
