"""Clusters of texts: as many as set them apart best, each named by the words that tell it from the others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.signals.similarity import Weighted

FEWEST, MOST_CLUSTERS = 4, 12
"""So few texts are not parted; more clusters than that are not tried, as nobody can work with them."""
STRUCTURE = 0.25
"""Below this mean silhouette there is no structure to speak of (Kaufman & Rousseeuw 1990, p. 88)."""
ALIKE = 0.8
"""From this cosine on two texts are told as near-identical."""


@dataclass(frozen=True, eq=False)
class Parted:
    """Texts in clusters.

    Attributes
    ----------
    labels : (n_texts,) int
        0 for the largest cluster, then downwards, ties by the first text; −1 for a text without any term.
    silhouettes : mapping of int to float
        Mean silhouette of each number of clusters that was tried.
    is_given : bool
        Whether the number of clusters was given.
    """

    labels: IntArray
    silhouettes: Mapping[int, float]
    is_given: bool

    @property
    def n_clusters(self) -> int:
        """How many there are."""
        return int(self.labels.max(initial=-1)) + 1

    @property
    def words(self) -> str:
        """How their number came about, and how well they are apart."""
        reached = self.silhouettes.get(self.n_clusters)
        if reached is None:
            return "too few texts to be parted"
        weak = "" if reached >= STRUCTURE else "; below 0.25 clusters run into each other: sort them by hand"
        how = "as many as was asked for" if self.is_given else "the number with the highest mean silhouette"
        return f"{how} ({reached:.2f}{weak})"


def part(weighted: Weighted, *, n_clusters: int | None = None) -> Parted:
    """Return texts in clusters by the terms that they share.

    Ward's method on the weights, which have length 1: the squared distance of two texts is 2 (1 − cosine).
    Texts of the same distance are joined in their order, so the same texts give the same clusters.

    Parameters
    ----------
    n_clusters : int, optional
        By default the number, from 2 to a third of the texts and at most 12, with the highest mean
        silhouette; the smaller of equal ones.

    Raises
    ------
    InnosiError
        If there are fewer different texts than clusters are asked for.

    Source
    ------
    Ward (1963), JASA 58(301); Rousseeuw (1987), Journal of Computational and Applied Mathematics 20.
    """
    has_terms = weighted.has_terms
    n, labels = int(has_terms.sum()), np.full(has_terms.size, -1)
    cosines = weighted.cosines()[np.ix_(has_terms, has_terms)]
    distances = _distances(cosines)
    n_different = len(np.unique(np.round(weighted.weights[has_terms], 12), axis=0)) if n else 0
    if n_clusters is not None and n_clusters > n_different:
        raise InnosiError(
            f"{n_clusters} clusters are asked for, and {n_different} texts differ", mend="ask for fewer"
        )
    if n < FEWEST or n_different < 2:
        labels[has_terms] = 0
        return Parted(labels, {}, n_clusters is not None)
    tree = linkage(squareform(distances, checks=False), method="ward")
    most = min(max(n // 3, 2), MOST_CLUSTERS, n_different)
    tried = [n_clusters] if n_clusters is not None else range(2, most + 1)
    found = {k: np.asarray(fcluster(tree, k, criterion="maxclust"), dtype=np.int64) for k in tried}
    scores = {k: mean_silhouette(1 - cosines, each) for k, each in found.items()}
    best = max(scores, key=lambda k: (scores[k], -k))
    labels[has_terms] = _by_size(found[best])
    return Parted(labels, scores, n_clusters is not None)


def _distances(cosines: FloatArray) -> FloatArray:
    distances = np.sqrt(np.clip(2 * (1 - np.round(cosines, 12)), 0, None))
    np.fill_diagonal(distances, 0.0)
    return distances


def _by_size(labels: IntArray) -> IntArray:
    """Number clusters from 0, the largest first, and of equal ones that with the earliest text."""
    names, first, counts = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    place = {int(names[i]): rank for rank, i in enumerate(order)}
    return np.array([place[int(each)] for each in labels])


def mean_silhouette(distances: FloatArray, labels: IntArray) -> float:
    """Return how well points lie in their clusters: −1 badly, 0 between two, 1 well apart.

    Parameters
    ----------
    distances : (n, n) float
    labels : (n,) int
        Two clusters or more; one point alone in its cluster counts as 0.

    Source
    ------
    Rousseeuw (1987), Journal of Computational and Applied Mathematics 20.
    """
    members = labels[:, None] == np.unique(labels)[None, :]
    sizes = members.sum(axis=0)
    sums = distances @ members
    own = members.argmax(axis=1)
    rows = np.arange(len(labels))
    n_others = sizes[own] - 1
    within = np.divide(sums[rows, own], n_others, out=np.zeros(len(labels)), where=n_others > 0)
    means = sums / sizes
    means[rows, own] = np.inf
    nearest = means.min(axis=1)
    widest = np.maximum(within, nearest)
    gaps = np.where(n_others > 0, nearest - within, 0.0)
    return float(np.mean(np.divide(gaps, widest, out=np.zeros(len(labels)), where=widest > 0)))


def distinguishing_terms(weighted: Weighted, labels: IntArray, *, n: int = 3) -> tuple[tuple[str, ...], ...]:
    """Return, for each cluster, the terms that weigh more in it than elsewhere, the clearest first.

    The difference of the mean weight within and outside; ties in alphabetical order.
    """
    found = []
    for label in range(int(labels.max(initial=-1)) + 1):
        within, outside = weighted.weights[labels == label], weighted.weights[labels != label]
        gap = within.mean(axis=0) - (outside.mean(axis=0) if len(outside) else 0.0)
        order = np.argsort(-np.round(gap, 12), kind="stable")[:n]
        found.append(tuple(weighted.terms[i] for i in order if gap[i] > 0))
    return tuple(found)


def near_identical(weighted: Weighted, *, at_least: float = ALIKE) -> tuple[tuple[int, int, float], ...]:
    """Return the pairs of texts whose cosine reaches a threshold: their places and the cosine, nearest first.

    Parameters
    ----------
    at_least : float
        From 0 to 1.
    """
    cosines = np.triu(weighted.cosines(), k=1)
    pairs = [(int(i), int(j), float(cosines[i, j])) for i, j in np.argwhere(cosines >= at_least - 1e-9)]
    return tuple(sorted(pairs, key=lambda pair: (-round(pair[2], 9), pair[:2])))
