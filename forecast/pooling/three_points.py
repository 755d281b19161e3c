"""The three-point judgements of a panel on several claims, in one round and the round before."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

EPSILON = float(np.finfo(float).eps)
"""By how much 0 and 1 are moved inwards, and what a width of nought counts as."""


@dataclass(frozen=True, slots=True, eq=False)
class ThreePoints:
    """Lower, best and upper probability of every expert for every claim.

    Attributes
    ----------
    lower, best, upper : (n_experts, n_claims) float
        Probabilities; NaN where an expert did not judge a claim.
    earlier : ThreePoints, optional
        The same experts' judgements of the same claims in the round before.
    """

    lower: FloatArray
    best: FloatArray
    upper: FloatArray
    earlier: "ThreePoints | None" = None

    @classmethod
    def of(
        cls,
        lower: ArrayLike,
        best: ArrayLike,
        upper: ArrayLike,
        earlier: "ThreePoints | None" = None,
    ) -> "ThreePoints":
        """Check judgements; those of one claim may be given as (n_experts,).

        Raises
        ------
        AnswerError
            If shapes differ, a probability lies outside 0 to 1, or a claim was judged by nobody.
        """
        low, middle, high = (_columns(each) for each in (lower, best, upper))
        if not low.shape == middle.shape == high.shape:
            raise AnswerError("lower, best and upper differ in shape", mend="give each expert's three points")
        if earlier is not None and earlier.best.shape != middle.shape:
            raise AnswerError("the round before differs in shape", mend="give the same experts and claims")
        for each in (low, middle, high):
            if not np.all(np.isnan(each) | ((each >= 0) & (each <= 1))):
                raise AnswerError("a probability lies outside 0 to 1", mend="give fractions of 1")
        if middle.size == 0 or np.isnan(middle).all(axis=0).any():
            raise AnswerError(
                "nobody answered, so there is nothing to aggregate", mend="leave the question out"
            )
        return cls(low, middle, high, earlier)

    @property
    def width(self) -> FloatArray:
        """Upper − lower; a width of nought counts as machine epsilon."""
        width = self.upper - self.lower
        return np.where(width == 0, EPSILON, width)


def _columns(values: ArrayLike) -> FloatArray:
    found = np.asarray(values, dtype=float)
    return found[:, np.newaxis] if found.ndim == 1 else found
