"""Comparisons in pairs: priorities of options, and how consistent the comparisons are (AHP)."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random comparisons, by the number of options (Saaty 1980, table 2.2)."""
MOST_OPTIONS = len(RANDOM_INDEX) - 1
ACCEPTABLE_RATIO = 0.1
"""Comparisons with a consistency ratio above it should be looked at again (Saaty)."""


@dataclass(frozen=True, slots=True, eq=False)
class Priorities:
    """What comparisons in pairs say of the options.

    Attributes
    ----------
    weights : (n_options,) float
        Sum to 1.
    consistency_ratio : float
        0 for comparisons without contradiction; NaN for fewer than three options, which cannot contradict.
    """

    weights: FloatArray
    consistency_ratio: float


def priorities(comparisons: ArrayLike) -> FloatArray:
    """Return each panellist's priorities: the principal eigenvector of his comparisons.

    Parameters
    ----------
    comparisons : (n, n_pairs) float
        How many times more the first of each pair counts than the second; pairs in the order (1, 2), (1, 3),
        …, (2, 3), ….

    Returns
    -------
    (n, n_options) float
        Rows sum to 1.

    Source
    ------
    Saaty (1980), The Analytic Hierarchy Process, chapter 2.

    Examples
    --------
    >>> priorities([[2.0, 4.0, 2.0]]).round(4).tolist()
    [[0.5714, 0.2857, 0.1429]]
    """
    return _principal(_matrices(comparisons))[0]


def consistency_ratios(comparisons: ArrayLike) -> FloatArray:
    """Return how far each panellist's comparisons contradict each other: (λ − k) / (k − 1) / random index.

    Returns
    -------
    (n,) float
        Above 0.1 they should be looked at again; NaN for fewer than three options.

    Source
    ------
    Saaty (1980), chapter 3.
    """
    matrices = _matrices(comparisons)
    k = matrices.shape[-1]
    if k < 3:
        return np.full(len(matrices), np.nan)
    largest = _principal(matrices)[1]
    return np.maximum(largest - k, 0) / (k - 1) / RANDOM_INDEX[k]


def group_priorities(comparisons: ArrayLike) -> Priorities:
    """Return the panel's priorities, from the geometric means of its comparisons.

    Source
    ------
    Aczél & Saaty (1983), Journal of Mathematical Psychology 27(1): the only mean that keeps reciprocals.
    """
    each = np.asarray(comparisons, dtype=float)
    if each.size == 0:
        return Priorities(np.zeros(0), float("nan"))
    together = np.exp(np.mean(np.log(each), axis=0, keepdims=True))
    return Priorities(priorities(together)[0], float(consistency_ratios(together)[0]))


def _matrices(comparisons: ArrayLike) -> FloatArray:
    each = np.atleast_2d(np.asarray(comparisons, dtype=float))
    k = round((1 + np.sqrt(1 + 8 * each.shape[1])) / 2)
    if k * (k - 1) // 2 != each.shape[1] or not 2 <= k <= MOST_OPTIONS or not np.all(each > 0):
        raise AnswerError(
            f"{each.shape[1]} comparisons are not those of all pairs, or one is not above 0",
            mend=f"compare every pair of 2 to {MOST_OPTIONS} options once",
        )
    matrices = np.ones((len(each), k, k))
    first, second = np.triu_indices(k, 1)
    matrices[:, first, second], matrices[:, second, first] = each, 1 / each
    return matrices


def _principal(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weights and the largest eigenvalue of positive matrices (n, k, k); both are positive.

    Equal matrices give equal bits, whatever stands beside them: who repeats an answer has not changed it.
    """
    values, vectors = np.linalg.eig(matrices)
    each, largest = np.arange(len(matrices)), np.argmax(values.real, axis=1)
    weights = np.abs(vectors[each, :, largest])
    return weights / weights.sum(axis=1, keepdims=True), values[each, largest].real
