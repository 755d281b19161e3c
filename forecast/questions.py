"""What a panel is asked, and the form in which it answers."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal, get_args

import numpy as np

from innosi.forecast.statistics.levels import Scale
from innosi.forecast.statistics.rules import Rule
from innosi.models.arrays import FloatArray
from innosi.models.distributions.stated import percent

QuestionType = Literal[
    "rating",
    "multi_rating",
    "ranking",
    "probability",
    "quantity",
    "year",
    "choice",
    "multiple_choice",
    "allocation",
    "pairwise",
    "text",
]
TYPES: tuple[QuestionType, ...] = get_args(QuestionType)
AnswerForm = Literal["point", "interval", "three_point", "quantiles"]
QuestionKind = Literal["number", "share", "money", "years"]
Measurement = Literal["ordinal", "number", "nominal", "text"]
"""Which arithmetic an answer bears: levels in order, numbers, names without an order (as codes), or none."""

INTERVAL = ("lower", "upper")
THREE_POINTS = ("lower", "best", "upper")
CONFIDENCE = "confidence"
STANDARD_COVERAGE = 0.9
WITH_OPTIONS = ("ranking", "choice", "multiple_choice", "allocation", "pairwise")
"""Types whose answers are about named options."""
AS_A_LIST = ("ranking", "multiple_choice")
"""Types whose answer may stand in one cell, as a list of options."""
NO_OR_YES = {"no": "no", "yes": "yes"}
MOST_PREFERRED = 9.0
"""How many times more one of two options can count than the other, on Saaty's scale."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a study, as its file sets it.

    Attributes
    ----------
    name, text : str
    type : str
        One of `TYPES`.
    answer : {'point', 'interval', 'three_point', 'quantiles'}
        One number; lower and upper; lower, best and upper; or quantiles at `probabilities`.
    probabilities : tuple of float
        Of quantile answers, rising; empty for others.
    confidence : float
        With which intervals were asked.
    asks_confidence : bool
        Whether each panellist states the confidence of his own interval, as a part of the answer.
    scale : (int, int), optional
        Lowest and highest level of a rating.
    scales : mapping of name to (int, int)
        Of a multi-rating: what is rated, each on its scale.
    scale_rules : mapping of name to Rule
        Of a multi-rating: consensus on one of its scales, where it has a rule of its own.
    options : mapping of name to title
        What is ranked, chosen, compared, or given points.
    total : float
        How many points an allocation gives in all.
    allows_never : bool
        Whether a year may be `never`; kept as infinity.
    unit, kind, currency : str
        What the number counts, what it stands for, and the code of its currency where it is money.
    low, high : float
        Where answers must lie; infinite where nothing bounds them.
    rule : Rule, optional
        When its answers are in consensus.
    explanation : str
        What panellists read below the question.
    scale_titles : mapping of name to title
        Of a multi-rating.
    ends : mapping of name to (low, high)
        What the lowest and the highest level mean, by the scale's name; of a rating by `value`.
    """

    name: str
    text: str
    type: QuestionType
    answer: AnswerForm = "point"
    probabilities: tuple[float, ...] = ()
    confidence: float = 0.8
    asks_confidence: bool = False
    scale: Scale | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    scale_rules: Mapping[str, Rule | None] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    total: float = 100.0
    allows_never: bool = False
    unit: str = ""
    kind: QuestionKind = "number"
    currency: str = ""
    low: float = -math.inf
    high: float = math.inf
    rule: Rule | None = None
    explanation: str = ""
    scale_titles: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of an answer's parts: `value`; `lower`, `best`, `upper`; `5%`, …; scales, or options."""
        if self.type == "multi_rating":
            return tuple(self.scales)
        if self.type == "pairwise":
            return tuple(f"{one}/{other}" for one, other in combinations(self.options, 2))
        if self.type in WITH_OPTIONS and self.type != "choice":
            return tuple(self.options)
        if self.answer == "quantiles":
            return tuple(map(percent, self.probabilities))
        points = {"interval": INTERVAL, "three_point": THREE_POINTS}.get(self.answer, ("value",))
        return (*points, CONFIDENCE) if self.asks_confidence else points

    @property
    def form(self) -> str:
        """In which form it is answered, as JSON: what an answer needs to be understood, and no more."""
        return json.dumps(
            {
                "type": self.type,
                "parts": self.parts,
                "options": list(self.options),
                "scale": self.scale,
                "scales": dict(self.scales),
                "points": self.total if self.type == "allocation" else None,
                "kind": self.kind if self.type == "quantity" else None,
                "currency": self.currency or None,
            }
        )

    @property
    def accepts_list(self) -> bool:
        """Whether an answer may stand in one cell, as a list of options."""
        return self.type in AS_A_LIST

    @property
    def allows_gaps(self) -> bool:
        """Whether some parts of an answer may be missing, as NaN."""
        return self.type == "multi_rating"

    @property
    def measurement(self) -> Measurement:
        """Which arithmetic the answers bear, where they have one number."""
        if self.type in ("choice", "text"):
            return "nominal" if self.type == "choice" else "text"
        return "ordinal" if self.scale else "number"

    @property
    def is_share(self) -> bool:
        """Whether answers are shares, so that they may be written as percentages."""
        return self.kind == "share"

    @property
    def is_single(self) -> bool:
        """Whether an answer stands for one number (or one option), however it is given."""
        return self.type in ("rating", "probability", "quantity", "year", "choice")

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

    @property
    def aspects(self) -> tuple["Question", ...]:
        """The questions with one number each of which this one consists; itself where it is one.

        A multi-rating consists of ratings, a ranking of the ranks of its options, a multiple choice of
        choices between no and yes, an allocation of points for each option, pairwise comparisons of the
        options' priorities; open text of nothing that has a number.
        """
        if self.is_single:
            return (self,)
        return tuple(self._aspect(name) for name in (self.scales or self.options))

    def asked_in(self, part: str) -> "Question":
        """Return the question that one part of an answer answers."""
        if part == CONFIDENCE:
            return replace(self, type="probability", kind="share", scale=None, low=0.0, high=1.0)
        return self._aspect(part) if self.type in ("multi_rating", "allocation") else self

    def title_of(self, name: str) -> str:
        """Return how panellists read the name of an option or of a scale."""
        return self.options.get(name) or self.scale_titles.get(name) or name

    def _aspect(self, name: str) -> "Question":
        plain = replace(
            self, name=f"{self.name}.{name}", rule=None, options={}, scales={}, scale_rules={}, answer="point"
        )
        titled = replace(plain, text=f"{self.text} – {self.title_of(name)}")
        if self.type == "multi_rating":
            low, high = self.scales[name]
            rule = self.scale_rules.get(name, self.rule)
            ends = {"value": self.ends[name]} if name in self.ends else {}
            return replace(titled, type="rating", scale=(low, high), low=low, high=high, rule=rule, ends=ends)
        if self.type == "ranking":
            last = len(self.options)
            return replace(titled, type="rating", scale=(1, last), low=1, high=last)
        if self.type == "multiple_choice":
            return replace(titled, type="choice", options=NO_OR_YES, rule=self.rule)
        if self.type == "allocation":
            return replace(titled, type="quantity", low=0.0, high=self.total, unit="points", rule=self.rule)
        return replace(titled, type="quantity", kind="share", low=0.0, high=1.0, rule=self.rule)

    def central(self, values: FloatArray) -> FloatArray:
        """Return the one number for which each answer stands: the point, the best, the median, the middle.

        Parameters
        ----------
        values : (n, n_parts) float

        Returns
        -------
        (n,) float
            Where 50 % was not asked for, the median is interpolated linearly between its neighbours. NaN for
            `never`.
        """
        if self.answer == "three_point":
            return values[:, 1]
        if self.answer == "interval":
            middle: FloatArray = (values[:, 0] + values[:, 1]) / 2
            return middle
        if self.answer == "quantiles":
            return np.array([np.interp(0.5, self.probabilities, row) for row in values])
        return np.where(np.isinf(values[:, 0]), np.nan, values[:, 0])

    def describe_answer(self) -> str:
        """Say in words how an answer is given."""
        if self.type in WITH_OPTIONS:
            return f"{_WORDS[self.type]} {', '.join(self.options)}"
        if self.type == "multi_rating":
            return ", ".join(f"{name} from {low} to {high}" for name, (low, high) in self.scales.items())
        if self.type == "text":
            return "in words"
        if self.answer == "quantiles":
            return f"quantiles at {', '.join(self.parts)}"
        if self.answer == "point":
            word = "a year" if self.type == "year" else "one number"
            never = ", or never" if self.allows_never else ""
            return f"a rating from {self.range_in_words}" if self.scale else word + never
        sure = "their own" if self.asks_confidence else percent(self.confidence).replace("%", " %")
        ends = "lower and upper" if self.answer == "interval" else "lower, best and upper"
        return f"{ends}, with {sure} confidence"


_WORDS: Mapping[str, str] = {
    "ranking": "a ranking of",
    "choice": "one of",
    "multiple_choice": "any of",
    "allocation": "points for",
    "pairwise": "comparisons in pairs of",
}
