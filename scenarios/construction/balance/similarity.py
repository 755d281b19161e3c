"""Which scenarios are alike: families, an order in which neighbours are alike, and places on a map."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray, IntArray

MOST_ORDERED = 1_000
"""So many scenarios are put in an order by likeness; more stay in theirs."""
_KIN = 0.5


@dataclass(frozen=True, eq=False)
class Families:
    """Scenarios in an order in which neighbours are alike.

    Attributes
    ----------
    order : (n,) int
        Their places, as they are to be shown.
    family : (n,) int
        The family of each scenario, in that of the scenarios, numbered from 1 as they are shown.
    is_ordered : bool
        False where there are too many, or too few to have families.
    """

    order: IntArray
    family: IntArray
    is_ordered: bool


def distances(left: IntArray, right: IntArray) -> FloatArray:
    """Return in which share of the descriptors scenarios differ, shape (n_left, n_right)."""
    return np.mean(left[:, None, :] != right[None, :, :], axis=2)


def families_of(scenarios: IntArray) -> Families:
    """Return families of scenarios, which on average share more than half of their states.

    Hierarchical clustering of the shares of descriptors that differ, by average linkage, cut at one half; the
    leaves are put in the order of the least total distance between neighbours.

    Source
    ------
    Average linkage: Sokal & Michener (1958); order of the leaves: Bar-Joseph, Gifford & Jaakkola (2001).
    """
    n = len(scenarios)
    if not 2 <= n <= MOST_ORDERED:
        return Families(np.arange(n), np.ones(n, dtype=np.int64), is_ordered=False)
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    apart = squareform(distances(scenarios, scenarios), checks=False)
    tree = linkage(apart, "average", optimal_ordering=True)
    order = leaves_list(tree).astype(np.int64)
    found = fcluster(tree, _KIN, "distance")
    first_seen = {label: number for number, label in enumerate(dict.fromkeys(found[order].tolist()), start=1)}
    return Families(order, np.array([first_seen[label] for label in found.tolist()]), is_ordered=True)


@dataclass(frozen=True, eq=False)
class Map:
    """Scenarios on a plane, so that those that are alike lie near each other.

    Attributes
    ----------
    landmarks : (n, 2) float
        The scenarios that span the map.
    others : (m, 2) float
        Further ones, laid into it.
    shown : float
        Which share of how the landmarks differ the plane shows.
    """

    landmarks: FloatArray
    others: FloatArray
    shown: float


def map_of(landmarks: IntArray, others: IntArray) -> Map:
    """Return a map of scenarios: classical scaling of the landmarks, into which the others are laid.

    The distance of two scenarios is the square root of the share of descriptors that differ, which is that of
    points in a space; its square is what is added up over descriptors.

    Source
    ------
    Classical scaling: Torgerson (1952); further points: Gower (1968), Biometrika 55(3).
    """
    squared = distances(landmarks, landmarks)
    centre = squared.mean(axis=0)
    inner = -(squared - centre[:, None] - centre[None, :] + squared.mean()) / 2
    values, vectors = np.linalg.eigh(inner)
    first = np.argsort(-values, kind="stable")[:2]
    kept = np.maximum(values[first], 0.0)
    axes = vectors[:, first] * np.where(vectors[:, first].sum(axis=0) < 0, -1.0, 1.0)
    total = float(np.maximum(values, 0.0).sum())
    places = axes * np.sqrt(kept)
    scale = np.divide(1.0, np.sqrt(kept), out=np.zeros_like(kept), where=kept > 1e-12)
    laid = -0.5 * (distances(others, landmarks) - centre) @ axes * scale
    return Map(_plane(places), _plane(laid), float(kept.sum()) / total if total > 0 else 1.0)


def _plane(points: FloatArray) -> FloatArray:
    """The points with two coordinates, also where there is one landmark only."""
    points = points.round(12) + 0.0  # so that 0 is not shown as −2e−16
    missing = 2 - points.shape[1]
    return np.pad(points, ((0, 0), (0, missing))) if missing > 0 else points
