"""How a study file writes its questions."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from innosi.forecast.consensus_rules import RuleSection
from innosi.forecast.percentages import Bound, Fraction
from innosi.forecast.questions import AnswerForm, QuestionKind, QuestionType
from innosi.scenarios.loading.validation import Section

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class ScaleSection(Section):
    """The scale of a rating: whole numbers from `low` to `high`."""

    low: int
    """The lowest level."""
    high: int
    """The highest level."""
    low_label: str = ""
    """What the lowest level means, in words."""
    high_label: str = ""
    """What the highest level means, in words."""


class RatedScaleSection(ScaleSection):
    """One scale of a multi-rating."""

    title: str = ""
    """How panellists read its name."""
    consensus: RuleSection | None = None
    """When the ratings on this scale are in consensus, where it is not as the question says."""


class AnswerFormSection(Section):
    """In which form questions are answered, and when the answers are in consensus."""

    type: QuestionType | None = None
    """What is asked for, such as a `rating` on a scale, a `probability`, a `quantity` or a `ranking`."""
    answer: AnswerForm | None = None
    """One number (`point`, the default), `interval`, `three_point` (lower, best, upper) or `quantiles`."""
    quantiles: list[Fraction] | None = None
    """At which probabilities quantiles are asked; 5 %, 50 % and 95 % by default."""
    confidence: Literal["asked"] | Fraction | None = None
    """How sure panellists are asked to be of their intervals; `asked` where each says so; 80 % by default."""
    scale: ScaleSection | None = None
    """The scale of a rating."""
    scales: dict[Name, RatedScaleSection] | None = None
    """Of a multi-rating: what is rated, such as probability and desirability, each on its scale."""
    options: dict[Name, str] | list[Name] | None = None
    """What is ranked, chosen, compared or given points: names and titles, or names alone."""
    points: float | None = Field(default=None, gt=0)
    """How many points an allocation gives in all; 100 by default."""
    never: bool | None = None
    """Whether a year may be answered with `never`."""
    unit: str | None = None
    """What a quantity counts, such as people."""
    kind: QuestionKind | None = None
    """What a quantity stands for: a `number` (the default), a `share`, `money` or `years`."""
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    """Three-letter code of the currency, where the kind is money."""
    low: Bound | None = None
    """The lowest possible answer."""
    high: Bound | None = None
    """The highest possible answer."""
    consensus: RuleSection | None = None
    """When the answers are in consensus."""

    @field_validator("quantiles")
    @classmethod
    def _in_order(cls, found: list[float] | None) -> list[float] | None:
        if found is not None and (len(found) < 2 or any(p >= q for p, q in pairwise(found))):
            raise ValueError("give two or more, rising, such as [5%, 50%, 95%]")
        if found is not None and not found[0] <= 0.5 <= found[-1]:
            raise ValueError("one must be at 50 % or below it, and one at 50 % or above")
        return found


class QuestionSection(AnswerFormSection):
    """What is asked."""

    text: str
    """The question, as panellists read it."""
    explanation: str = ""
    """What stands below it: terms, sources, what is meant and what is not."""
