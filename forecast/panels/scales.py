"""The scales on which simulated panellists answer, and the latent values that lie behind them."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, logit

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import ModelError

ScaleType = Literal["rating", "probability", "quantity", "number"]

_TINY, _EPSILON = float(np.finfo(float).tiny), float(np.finfo(float).epsneg)
_LARGEST = 700.0  # e to this is a number still: nobody's answer is nought, certain or endless
_ROUNDING = 1e-9
_SMALLEST_CHANGE = {"rating": 0.5, "probability": 0.025, "quantity": 0.05, "number": 0.05}


@dataclass(frozen=True, slots=True)
class AnswerScale:
    """How a latent judgement becomes an answer: one level, a probability, a quantity, or any number.

    Attributes
    ----------
    type : {'rating', 'probability', 'quantity', 'number'}
        A rating is a latent value rounded to a level and held within the scale; a probability has a latent
        value in log odds, a quantity one in natural logarithms; a number is its own latent value.
    low, high : float
        The ends of a rating's scale; for others, between what true answers lie.
    """

    type: ScaleType = "rating"
    low: float = 1
    high: float = 9

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ModelError(f"{self.low:g} to {self.high:g} is no scale", mend="give a low below the high")
        if self.type == "rating" and not (float(self.low).is_integer() and float(self.high).is_integer()):
            raise ModelError("the ends of a rating's scale are whole numbers", mend="such as 1 to 9")
        if self.type == "probability" and not 0 < self.low < self.high < 1:
            raise ModelError("true probabilities lie between 0 and 1", mend="give 0 < low < high < 1")
        if self.type == "quantity" and self.low <= 0:
            raise ModelError("quantities have a logarithm above 0 only", mend="give a low above 0")

    @classmethod
    def usual(cls, type_: ScaleType) -> "AnswerScale":
        """Return the scale of a type of answer where nothing else is said."""
        ends = {"rating": (1, 9), "probability": (0.05, 0.95), "quantity": (10, 1000), "number": (0, 10)}
        return cls(type_, *ends[type_])

    @property
    def levels(self) -> tuple[int, int] | None:
        """Lowest and highest level of a rating; None for others."""
        return (int(self.low), int(self.high)) if self.type == "rating" else None

    @property
    def latent_range(self) -> tuple[float, float]:
        """The ends as latent values."""
        if self.type == "probability":
            return float(logit(self.low)), float(logit(self.high))
        if self.type == "quantity":
            return math.log(self.low), math.log(self.high)
        return float(self.low), float(self.high)

    @property
    def latent_unit(self) -> str:
        """In what latent values, such as noise and bias, are counted."""
        units = {"rating": "levels", "probability": "log odds", "quantity": "natural logarithms"}
        return units.get(self.type, "units")

    @property
    def error_unit(self) -> str:
        """In what the error of a median is counted."""
        units = {"rating": "levels", "probability": "as a probability", "quantity": "as a share of the truth"}
        return units.get(self.type, "units")

    def in_words(self, error: float) -> str:
        """Say how large an error is: `1 level`, `10 points`, `25%`."""
        if self.type == "quantity":
            return f"{error:.0%}"
        size, unit = (100 * error, "point") if self.type == "probability" else (error, "unit")
        unit = "level" if self.type == "rating" else unit
        return f"{size:.3g} {unit}{'' if size == 1 else 's'}"

    def answers(self, latent: ArrayLike) -> FloatArray:
        """Return latent values as answers; NaN stays NaN, and halves are rounded up."""
        values = np.asarray(latent, dtype=float)
        if self.type == "rating":
            return np.clip(np.floor(values + 0.5), self.low, self.high)
        return self.unrounded(values)

    def unrounded(self, latent: ArrayLike) -> FloatArray:
        """Return latent values in the unit of answers, neither rounded nor held within a rating's scale."""
        values = np.asarray(latent, dtype=float)
        if self.type == "probability":
            return np.clip(expit(values), _TINY, 1.0 - _EPSILON)
        return (
            np.clip(np.exp(np.minimum(values, _LARGEST)), _TINY, None) if self.type == "quantity" else values
        )

    def latent(self, answers: ArrayLike) -> FloatArray:
        """Return the latent values that answers stand for; the inverse of `unrounded`."""
        values = np.asarray(answers, dtype=float)
        if self.type == "probability":
            return np.asarray(logit(values))
        return np.log(values) if self.type == "quantity" else values

    def errors(self, answers: ArrayLike, truth: ArrayLike) -> FloatArray:
        """Return how far answers lie from the truth, both in the unit of answers: never below 0.

        Of quantities as a share of the truth.
        """
        apart = np.abs(np.asarray(answers, dtype=float) - truth)
        return apart / np.abs(truth) if self.type == "quantity" else apart

    def is_changed(self, earlier: ArrayLike, later: ArrayLike) -> np.ndarray:
        """Return whether an answer is another one than before.

        A rating is, by one level; a probability by 2.5 points, a quantity by 5 % and a number by 0.05, since
        nobody gives the same fraction twice. NaN is no change.
        """
        apart = self.errors(later, earlier)
        changed: np.ndarray = apart >= _SMALLEST_CHANGE[self.type] - _ROUNDING
        return changed
