"""How far combinations are apart: the weights of the descriptors in which they differ."""

import numpy as np

from innosi.models.arrays import FloatArray, IntArray

DECIMALS = 9


def distances_between(left: IntArray, right: IntArray, weights: FloatArray) -> FloatArray:
    """Return how far each combination of one array is from each of another.

    Parameters
    ----------
    left, right : (n, n_descriptors) int
        Places of states.
    weights : (n_descriptors,) float

    Returns
    -------
    (n_left, n_right) float
        Rounded to nine decimals, so that sums of the same weights are equal.
    """
    found = np.zeros((len(left), len(right)))
    for mine, theirs, weight in zip(left.T, right.T, weights, strict=True):
        found += weight * (mine[:, None] != theirs[None, :])
    return np.round(found, DECIMALS)


def pairs_of(distances: FloatArray) -> FloatArray:
    """Return each pair's distance once, from a square of them."""
    return distances[np.triu_indices(len(distances), 1)]


def pairs_among(combinations: IntArray, weights: FloatArray) -> FloatArray:
    """Return the distance of each pair of some combinations."""
    return pairs_of(distances_between(combinations, combinations, weights))
