"""Inputs that rise and fall together: a Gaussian copula, or Iman and Conover's rearrangement."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import ndtr, ndtri

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.sampling.streams import uniforms

METHODS = ("gaussian_copula", "iman_conover")
MAX_REARRANGED = 5_000_000
"""Draws that a rearrangement can hold: it needs all of them at once."""

_ALMOST = 1e-10
_NEAREST_STEPS = 1000


@dataclass(frozen=True)
class Correlations:
    """Rank correlations (Spearman) between named streams; any pair that is not named is uncorrelated.

    Attributes
    ----------
    pairs : mapping of (name, name) to float
        Each between −1 and 1, and each pair once.
    method : {'gaussian_copula', 'iman_conover'}
    """

    pairs: Mapping[tuple[str, str], float]
    method: str = "gaussian_copula"

    @property
    def names(self) -> tuple[str, ...]:
        """The streams that are correlated with any other, in the order in which they are named."""
        return tuple(dict.fromkeys(name for pair in self.pairs for name in pair))

    @property
    def matrix(self) -> FloatArray:
        """The correlations of the normal scores that give these rank correlations: 2 sin(π r / 6)."""
        names = self.names
        matrix = np.eye(len(names))
        for (first, second), rank in self.pairs.items():
            i, j = names.index(first), names.index(second)
            matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rank / 6)
        return matrix

    def checked(self) -> "Correlations":
        """Return itself, or say which pair makes it impossible.

        Raises
        ------
        InnosiError
            If no numbers can be correlated so: the matrix is not positive definite.
        """
        if np.linalg.eigvalsh(self.matrix)[0] > _ALMOST:
            return self
        (first, second), given, possible = self._worst()
        raise InnosiError(
            f"no numbers can be correlated so; the worst pair is {first} and {second}: {given:g}, where the"
            f" others leave room for {possible:.2f} or so",
            mend="change it, or write `repair: true` to have the nearest matrix that is possible taken",
        )

    def repaired(self) -> "Correlations":
        """Return the nearest correlations that are possible; itself where it is.

        Source
        ------
        Higham (2002), Computing the nearest correlation matrix. IMA J. Numer. Anal. 22(3).
        """
        if np.linalg.eigvalsh(self.matrix)[0] > _ALMOST:
            return self
        ranks = _ranks(nearest_correlation(self.matrix))
        pairs = {
            (first, second): float(ranks[i, j])
            for (i, first), (j, second) in combinations(enumerate(self.names), 2)
        }
        return Correlations(pairs, self.method)

    def _worst(self) -> tuple[tuple[str, str], float, float]:
        """The pair that the nearest possible matrix moves most, as it is given and as it would be."""
        names, ranks = self.names, _ranks(nearest_correlation(self.matrix))
        moved = {
            pair: abs(ranks[names.index(pair[0]), names.index(pair[1])] - rank)
            for pair, rank in self.pairs.items()
        }
        worst = max(moved, key=moved.__getitem__)
        return worst, self.pairs[worst], float(ranks[names.index(worst[0]), names.index(worst[1])])


def nearest_correlation(matrix: FloatArray) -> FloatArray:
    """Return the nearest correlation matrix, kept a little inside of what is possible.

    Alternating projections with Dykstra's correction, see Higham (2002), algorithm 3.3.
    """
    nearest, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(_NEAREST_STEPS):
        before = nearest
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 1e-6)) @ vectors.T
        correction = positive - shifted
        nearest = positive.copy()
        np.fill_diagonal(nearest, 1.0)
        if np.max(np.abs(nearest - before)) < 1e-9:
            break
    scale = 1 / np.sqrt(np.diag(positive))
    return positive * scale * scale[:, np.newaxis]


def _ranks(scores: FloatArray) -> FloatArray:
    """Rank correlations that go with correlations of normal scores."""
    return 6 / np.pi * np.arcsin(scores / 2)


def copula(correlations: Correlations, numbers: FloatArray) -> FloatArray:
    """Return uniform numbers with a Gaussian copula, draw by draw; shape (n_names, n), as `numbers`.

    The first name keeps its numbers.

    Source
    ------
    Cario & Nelson (1997), Modeling and generating random vectors with arbitrary marginal distributions.
    """
    scores = ndtri(numbers)
    factor = np.linalg.cholesky(correlations.matrix)
    mixed = np.zeros_like(scores)
    for row in range(len(factor)):
        for column in range(row + 1):  # term by term: the same to the last digit, however many draws
            mixed[row] += factor[row, column] * scores[column]
    inside: FloatArray = np.clip(ndtr(mixed), 2.0**-53, 1 - 2.0**-53)
    inside[0] = numbers[0]
    return inside


def rearranged(correlations: Correlations, seed: int, numbers: FloatArray) -> FloatArray:
    """Return whole samples rearranged, so that their ranks are correlated; shape (n_names, n).

    Every sample keeps its own numbers, so that a Latin hypercube stays one.

    Source
    ------
    Iman & Conover (1982), A distribution-free approach to inducing rank correlation among input variables.
    Communications in Statistics 11(3).
    """
    n = numbers.shape[1]
    plain = ndtri(np.arange(1, n + 1) / (n + 1))
    scores = np.stack([plain[_order(seed, name, n)] for name in correlations.names])
    found = np.linalg.cholesky(np.corrcoef(scores))
    wanted = np.linalg.cholesky(correlations.matrix)
    scores = wanted @ np.linalg.solve(found, scores)
    result = np.empty_like(numbers)
    for row, target in enumerate(scores):
        result[row, np.argsort(target, kind="stable")] = np.sort(numbers[row])
    return result


def _order(seed: int, name: str, n: int) -> IntArray:
    return np.argsort(uniforms(seed, f"{name}\nscores", 0, n), kind="stable")


def refuse_too_many(correlations: Correlations | None, n_draws: int) -> None:
    """Refuse a rearrangement of more draws than can be held."""
    if correlations and correlations.method == "iman_conover" and n_draws > MAX_REARRANGED:
        raise InnosiError(
            f"iman_conover rearranges all draws at once, at most {MAX_REARRANGED:,}; asked for {n_draws:,}",
            mend="write `method: gaussian_copula`, which needs no more memory for more draws",
        )
