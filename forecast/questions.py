"""What a panel is asked, and the form in which it answers."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from innosi.forecast.statistics.rules import Rule
from innosi.models.arrays import FloatArray
from innosi.models.distributions.stated import percent

QuestionType = Literal["rating", "probability", "quantity"]
AnswerForm = Literal["point", "three_point", "quantiles"]
QuestionKind = Literal["number", "share", "money", "years"]
Measurement = Literal["ordinal", "number", "nominal"]
"""Which arithmetic an answer bears: levels in order, numbers, or names without an order (as codes)."""

THREE_POINTS = ("lower", "best", "upper")
STANDARD_COVERAGE = 0.9


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a study, as its file sets it.

    Attributes
    ----------
    name, text : str
    type : {'rating', 'probability', 'quantity'}
    answer : {'point', 'three_point', 'quantiles'}
        One number; lower, best and upper; or quantiles at `probabilities`.
    probabilities : tuple of float
        Of quantile answers, rising; empty for others.
    confidence : float
        With which three-point intervals were asked.
    scale : (int, int), optional
        Lowest and highest level of a rating.
    unit, kind, currency : str
        What the number counts, what it stands for, and the code of its currency where it is money.
    low, high : float
        Where answers must lie; infinite where nothing bounds them.
    rule : Rule, optional
        When its answers are in consensus.
    """

    name: str
    text: str
    type: QuestionType
    answer: AnswerForm = "point"
    probabilities: tuple[float, ...] = ()
    confidence: float = 0.8
    scale: tuple[int, int] | None = None
    unit: str = ""
    kind: QuestionKind = "number"
    currency: str = ""
    low: float = -math.inf
    high: float = math.inf
    rule: Rule | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of an answer's parts: `value`; `lower`, `best`, `upper`; or `5%`, `50%`, `95%`."""
        if self.answer == "three_point":
            return THREE_POINTS
        return tuple(map(percent, self.probabilities)) if self.answer == "quantiles" else ("value",)

    @property
    def measurement(self) -> Measurement:
        """Which arithmetic the answers bear."""
        return "ordinal" if self.scale else "number"

    @property
    def is_share(self) -> bool:
        """Whether answers are shares, so that they may be written as percentages."""
        return self.kind == "share"

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Where answers must lie; None where nothing bounds them."""
        low, high = (bound if math.isfinite(bound) else None for bound in (self.low, self.high))
        return low, high

    @property
    def range_in_words(self) -> str:
        """Where answers must lie, for messages."""
        if self.scale:
            return f"{self.scale[0]} to {self.scale[1]}"
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f"{self.low:g} to {self.high:g}"
        if math.isfinite(self.low):
            return f"{self.low:g} or more"
        return f"{self.high:g} or less" if math.isfinite(self.high) else "any number"

    def central(self, values: FloatArray) -> FloatArray:
        """Return the one number for which each answer stands: the point, the best, or the median.

        Parameters
        ----------
        values : (n, n_parts) float

        Returns
        -------
        (n,) float
            Where 50 % was not asked for, the median is interpolated linearly between its neighbours.
        """
        if self.answer == "point":
            return values[:, 0]
        if self.answer == "three_point":
            return values[:, 1]
        return np.array([np.interp(0.5, self.probabilities, row) for row in values])

    def describe_answer(self) -> str:
        """Say in words how an answer is given."""
        if self.answer == "point":
            return f"a rating from {self.range_in_words}" if self.scale else "one number"
        if self.answer == "three_point":
            return f"lower, best and upper, with {percent(self.confidence).replace('%', ' %')} confidence"
        return f"quantiles at {', '.join(self.parts)}"
