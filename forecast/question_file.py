"""How a study file writes its questions, and the questions they stand for."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from innosi.forecast.consensus_rules import ANY_SCALE, RuleSection, rule_from, rule_problems
from innosi.forecast.percentages import Bound, Fraction
from innosi.forecast.questions import AnswerForm, Question, QuestionKind, QuestionType
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.validation import Section

DEFAULT_QUANTILES = (0.05, 0.5, 0.95)
DEFAULT_CONFIDENCE = 0.8
MAX_LEVELS = 101

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Problem = tuple[KeyPath, str]


class ScaleSection(Section):
    """The scale of a rating: whole numbers from `low` to `high`."""

    low: int
    """The lowest level."""
    high: int
    """The highest level."""


class AnswerFormSection(Section):
    """In which form questions are answered, and when the answers are in consensus."""

    type: QuestionType | None = None
    """A `rating` on a scale, a `probability`, or a `quantity`."""
    answer: AnswerForm | None = None
    """One number (`point`, the default), `three_point` (lower, best, upper) or `quantiles`."""
    quantiles: list[Fraction] | None = None
    """At which probabilities quantiles are asked; 5 %, 50 % and 95 % by default."""
    confidence: Fraction | None = None
    """How sure panellists are asked to be of their three-point intervals; 80 % by default."""
    scale: ScaleSection | None = None
    """The scale of a rating."""
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


def questions_from(
    sections: Mapping[str, QuestionSection], defaults: AnswerFormSection, study_rule: RuleSection | None
) -> tuple[dict[str, Question], list[Problem]]:
    """Return the questions of a study, and what is wrong with them, each problem with its key.

    A question's own word goes before `question_defaults`, and that before the study's `consensus`.
    """
    problems: dict[Problem, None] = {}
    for key, shared in (
        (("consensus",), study_rule),
        (("question_defaults", "consensus"), defaults.consensus),
    ):
        if shared is not None:
            found = [((*key, *inner), problem) for inner, problem in rule_problems(shared, ANY_SCALE)]
            problems.update(dict.fromkeys(found))
    questions = {}
    for name, section in sections.items():
        reading = _Reading(name, section, defaults, study_rule)
        found = list(reading.problems())
        problems.update(dict.fromkeys(found))
        if not problems:
            questions[name] = reading.question()
    return questions, list(problems)


class _Reading:
    """One question with its defaults; knows at which key each of its fields was said."""

    def __init__(
        self,
        name: str,
        section: QuestionSection,
        defaults: AnswerFormSection,
        study_rule: RuleSection | None,
    ) -> None:
        self.name, self.section, self.defaults, self.study_rule = name, section, defaults, study_rule
        self.type: QuestionType | None = self.said("type")
        self.answer: AnswerForm = self.said("answer") or "point"
        self.scale: ScaleSection | None = self.said("scale") if self.type == "rating" else None
        self.kind: QuestionKind = self._kind()
        self.currency = str(self.said("currency") or "")

    def _kind(self) -> QuestionKind:
        if self.type != "quantity":
            return "share" if self.type == "probability" else "number"
        kind: QuestionKind | None = self.said("kind")
        return kind or "number"

    def said(self, field: str) -> Any:
        own = getattr(self.section, field)
        return getattr(self.defaults, field) if own is None else own

    def key(self, field: str) -> KeyPath:
        is_default = getattr(self.section, field) is None and getattr(self.defaults, field) is not None
        return ("question_defaults", field) if is_default else ("questions", self.name, field)

    def problems(self) -> Iterator[Problem]:
        if self.type is None:
            missing = "is missing; choose one of: rating, probability, quantity"
            yield ("questions", self.name, "type"), missing
            return
        yield from self._scale_problems()
        yield from self._kind_problems()
        low, high = self._bounds()
        if low >= high and self.type != "rating":
            yield self.key("low"), f"leaves nothing between {low:g} and {high:g}; write a low below the high"
        if self.section.consensus is not None:
            scale = (self.scale.low, self.scale.high) if self.scale else None
            for key, problem in rule_problems(self.section.consensus, scale):
                yield ("questions", self.name, "consensus", *key), problem

    def _scale_problems(self) -> Iterator[Problem]:
        if self.type != "rating":
            if self.section.scale is not None:
                yield self.key("scale"), f"is for ratings; a {self.type} has `low` and `high`"
            return
        if self.scale is None:
            yield self.key("scale"), "is missing; a rating needs one, such as {low: 1, high: 5}"
        elif not 1 <= self.scale.high - self.scale.low <= MAX_LEVELS - 1:
            span = f"{self.scale.low} to {self.scale.high}"
            yield self.key("scale"), f"{span} is no scale; give 2 to {MAX_LEVELS} levels, the lowest as `low`"
        if self.answer != "point":
            yield self.key("answer"), f"a rating is one level, not {self.answer}; write `answer: point`"

    def _kind_problems(self) -> Iterator[Problem]:
        if self.type != "quantity" and self.section.kind not in (None, "share"):
            yield self.key("kind"), f"is for quantities; leave it out of a {self.type}"
        if self.kind == "money" and not self.currency:
            yield self.key("currency"), "is missing; an amount of money needs one, such as EUR"
        if self.kind != "money" and self.section.currency:
            yield self.key("currency"), "is for money; write `kind: money`, or leave it out"

    def _rule(self) -> RuleSection | None:
        """The question's rule; a preset that it shares with others is for ratings only."""
        if self.section.consensus is not None:
            return self.section.consensus
        shared = self.defaults.consensus or self.study_rule
        return None if shared is None or (shared.preset and self.scale is None) else shared

    def _bounds(self) -> tuple[float, float]:
        natural = {"share": (0.0, 1.0), "years": (0.0, math.inf)}.get(self.kind, (-math.inf, math.inf))
        if self.scale:
            return float(self.scale.low), float(self.scale.high)
        low, high = self.said("low"), self.said("high")
        return (
            natural[0] if low is None else max(low, natural[0]),
            natural[1] if high is None else min(high, natural[1]),
        )

    def question(self) -> Question:
        scale = (self.scale.low, self.scale.high) if self.scale else None
        low, high = self._bounds()
        return Question(
            name=self.name,
            text=self.section.text.strip(),
            type=self.type or "quantity",
            answer=self.answer,
            probabilities=tuple(self.said("quantiles") or DEFAULT_QUANTILES)
            if self.answer == "quantiles"
            else (),
            confidence=self.said("confidence") or DEFAULT_CONFIDENCE,
            scale=scale,
            unit=self.currency if self.kind == "money" else str(self.said("unit") or ""),
            kind=self.kind
            if self.type == "quantity"
            else ("share" if self.type == "probability" else "number"),
            currency=self.currency if self.kind == "money" else "",
            low=low,
            high=high,
            rule=rule_from(self._rule(), scale),
        )
