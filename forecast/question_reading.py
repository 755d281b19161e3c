"""From the sections of a study file to its questions, with everything that is wrong with them."""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from innosi.forecast.consensus_rules import (
    ANY_SCALE,
    NINE_LEVELS_ONLY,
    Measured,
    RuleSection,
    rule_from,
    rule_problems,
)
from innosi.forecast.question_file import AnswerFormSection, QuestionSection, RatedScaleSection, ScaleSection
from innosi.forecast.questions import (
    TYPES,
    WITH_OPTIONS,
    AnswerForm,
    Question,
    QuestionKind,
    QuestionType,
)
from innosi.forecast.statistics.levels import Scale
from innosi.forecast.statistics.pairwise import MOST_OPTIONS
from innosi.forecast.statistics.rules import Rule
from innosi.scenarios.loading.document import KeyPath

DEFAULT_QUANTILES = (0.05, 0.5, 0.95)
DEFAULT_CONFIDENCE = 0.8
DEFAULT_POINTS = 100.0
MAX_LEVELS = 101
MAX_OPTIONS = 100
NUMBERS = ("probability", "quantity", "year")
"""Types whose answer is a number, given in any form."""
_ONLY_FOR: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        "scales": (("multi_rating",), "is for a multi_rating"),
        "options": (WITH_OPTIONS, f"is for {', '.join(WITH_OPTIONS)}"),
        "points": (("allocation",), "is for an allocation"),
        "never": (("year",), "is for a year"),
        "quantiles": (NUMBERS, "is for numbers answered with quantiles"),
    }
)
_MEASURED: Mapping[str, Measured] = MappingProxyType(
    {
        "rating": "rating",
        "multi_rating": "rating",
        "choice": "nominal",
        "multiple_choice": "nominal",
        "ranking": "ranking",
        "text": "text",
    }
)

Problem = tuple[KeyPath, str]


def questions_from(
    sections: Mapping[str, QuestionSection], defaults: AnswerFormSection, study_rule: RuleSection | None
) -> tuple[dict[str, Question], list[Problem]]:
    """Return the questions of a study, and what is wrong with them, each problem with its key.

    A question's own word goes before `question_defaults`, and that before the study's `consensus`. A rule
    that questions share holds for those that it can measure.
    """
    problems: dict[Problem, None] = {}
    for key, shared in (
        (("consensus",), study_rule),
        (("question_defaults", "consensus"), defaults.consensus),
    ):
        if shared is not None:
            found = [((*key, *inner), problem) for inner, problem in rule_problems(shared, ANY_SCALE, "any")]
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
        self.answer: AnswerForm = (self.said("answer") or "point") if self.type in NUMBERS else "point"
        self.scale: ScaleSection | None = self.said("scale") if self.type == "rating" else None
        self.scales: dict[str, RatedScaleSection] = self._if(self.type == "multi_rating", "scales") or {}
        self.options = _titled(self._if(self.type in WITH_OPTIONS, "options"))
        self.kind: QuestionKind = self._kind()
        self.currency = str(self.said("currency") or "")
        self.measured: Measured = _MEASURED.get(str(self.type), "number")

    def _if(self, wanted: bool, field: str) -> Any:
        return self.said(field) if wanted else None

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
            yield ("questions", self.name, "type"), f"is missing; choose one of: {', '.join(TYPES)}"
            return
        yield from self._scale_problems()
        yield from self._scales_problems()
        yield from self._option_problems()
        yield from self._form_problems()
        yield from self._kind_problems()
        low, high = self._bounds()
        if low >= high and self.type in NUMBERS:
            yield self.key("low"), f"leaves nothing between {low:g} and {high:g}; write a low below the high"
        yield from self._rule_problems()

    def _scale_problems(self) -> Iterator[Problem]:
        if self.type != "rating":
            if self.section.scale is not None:
                instead = "`scales`" if self.type == "multi_rating" else "`low` and `high`"
                has = f"; a {self.type} has {instead}" if self.type in (*NUMBERS, "multi_rating") else ""
                yield self.key("scale"), f"is for ratings{has}"
            return
        if self.scale is None:
            yield self.key("scale"), "is missing; a rating needs one, such as {low: 1, high: 5}"
        elif not _is_scale(self.scale):
            yield self.key("scale"), _no_scale(self.scale)

    def _scales_problems(self) -> Iterator[Problem]:
        if self.type == "multi_rating" and len(self.scales) < 2:
            example = "{probability: {low: 1, high: 5}, desirability: {low: 1, high: 5}}"
            yield self.key("scales"), f"a multi_rating needs two scales or more, such as {example}"
        for name, scale in self.scales.items():
            if not _is_scale(scale):
                yield (*self.key("scales"), name), _no_scale(scale)

    def _option_problems(self) -> Iterator[Problem]:
        n, most = len(self.options), MOST_OPTIONS if self.type == "pairwise" else MAX_OPTIONS
        if self.type in WITH_OPTIONS and not 2 <= n <= most:
            yield self.key("options"), f"a {self.type} needs 2 to {most} options, such as [garden, cafe]"
        given = self._if(self.type in WITH_OPTIONS, "options")
        if isinstance(given, list) and len(set(given)) < len(given):
            yield self.key("options"), "names an option twice; keep one"

    def _form_problems(self) -> Iterator[Problem]:
        for field, (types, words) in _ONLY_FOR.items():
            if getattr(self.section, field) is not None and self.type not in types:
                yield self.key(field), f"{words}; leave it out of a {self.type}"
        if self.section.answer not in (None, "point") and self.type not in NUMBERS:
            what = (
                "a rating is one level" if self.type == "rating" else f"a {self.type} has a form of its own"
            )
            yield self.key("answer"), f"{what}, not {self.section.answer}; write `answer: point`"
        if self.said("never") and self.type == "year" and self.answer != "point":
            yield self.key("never"), f"is for years answered with one number, not with {self.answer}"

    def _kind_problems(self) -> Iterator[Problem]:
        if self.type != "quantity" and self.section.kind not in (None, "share"):
            yield self.key("kind"), f"is for quantities; leave it out of a {self.type}"
        if self.kind == "money" and not self.currency:
            yield self.key("currency"), "is missing; an amount of money needs one, such as EUR"
        if self.kind != "money" and self.section.currency:
            yield self.key("currency"), "is for money; write `kind: money`, or leave it out"

    def _rule_problems(self) -> Iterator[Problem]:
        own = self.section.consensus
        if own is not None:
            for scale in self._rated_scales():
                for key, problem in rule_problems(own, scale, self.measured):
                    yield ("questions", self.name, "consensus", *key), problem
        for name, section in self.scales.items():
            if section.consensus is not None and _is_scale(section):
                for key, problem in rule_problems(section.consensus, _scale(section), "rating"):
                    yield ("questions", self.name, "scales", name, "consensus", *key), problem
        shared = self._shared_rule()
        if own is None and shared is not None and shared.preset in NINE_LEVELS_ONLY:
            for scale in self._shared_scales():
                for _, problem in rule_problems(shared, scale, "rating"):
                    yield self._shared_key(), f"{problem}, as '{self.name}' has; give it a rule of its own"

    def _shared_scales(self) -> list[Scale]:
        """Return the scales of ratings that have no rule of their own."""
        if self.scale is not None:
            return [_scale(self.scale)] if _is_scale(self.scale) else []
        sections = self.scales.values()
        return [_scale(each) for each in sections if each.consensus is None and _is_scale(each)]

    def _rated_scales(self) -> list[Scale | None]:
        """Return the scales on which the question is rated; [None] where it is no rating."""
        if self.measured != "rating":
            return [None]
        sections = [self.scale] if self.scale else list(self.scales.values())
        return [_scale(section) for section in sections if _is_scale(section)]

    def _shared_rule(self) -> RuleSection | None:
        return self.defaults.consensus or self.study_rule

    def _shared_key(self) -> KeyPath:
        return ("consensus",) if self.defaults.consensus is None else ("question_defaults", "consensus")

    def _rule(self, scale: Scale | None, own: RuleSection | None = None) -> Rule | None:
        """Return a scale's own rule, else the question's, else the shared one where that can measure it."""
        section = own or self.section.consensus
        if section is None:
            section = self._shared_rule()
            if section is None or list(rule_problems(section, scale, self.measured)):
                return None
        return rule_from(section, scale)

    def _bounds(self) -> tuple[float, float]:
        natural = {"share": (0.0, 1.0), "years": (0.0, math.inf)}.get(self.kind, (-math.inf, math.inf))
        if self.scale:
            return float(self.scale.low), float(self.scale.high)
        if self.type not in NUMBERS:
            return (0.0, math.inf) if self.type == "pairwise" else natural
        low, high = self.said("low"), self.said("high")
        return (
            natural[0] if low is None else max(low, natural[0]),
            natural[1] if high is None else min(high, natural[1]),
        )

    def question(self) -> Question:
        scale = _scale(self.scale) if self.scale else None
        low, high = self._bounds()
        confidence = self.said("confidence")
        is_asked = confidence == "asked" and self.answer in ("interval", "three_point")
        return Question(
            name=self.name,
            text=self.section.text.strip(),
            type=self.type or "quantity",
            answer=self.answer,
            probabilities=tuple(self.said("quantiles") or DEFAULT_QUANTILES)
            if self.answer == "quantiles"
            else (),
            confidence=confidence if isinstance(confidence, float) else DEFAULT_CONFIDENCE,
            asks_confidence=is_asked,
            scale=scale,
            scales={name: _scale(section) for name, section in self.scales.items()},
            scale_rules={
                name: self._rule(_scale(section), section.consensus) for name, section in self.scales.items()
            },
            options=self.options,
            total=self.said("points") or DEFAULT_POINTS,
            allows_never=bool(self.said("never")) and self.type == "year",
            unit=self._unit(),
            kind=self.kind,
            currency=self.currency if self.kind == "money" else "",
            low=low,
            high=high,
            rule=None if self.type == "multi_rating" else self._rule(scale),
            explanation=self.section.explanation.strip(),
            scale_titles={name: section.title or name for name, section in self.scales.items()},
            ends=self._ends(),
        )

    def _ends(self) -> dict[str, tuple[str, str]]:
        """What the ends of each scale mean, where the file says so."""
        scales = {"value": self.scale} if self.scale else dict(self.scales)
        said = {name: (section.low_label, section.high_label) for name, section in scales.items()}
        return {name: ends for name, ends in said.items() if any(ends)}

    def _unit(self) -> str:
        if self.type == "year":
            return "year"
        return self.currency if self.kind == "money" else str(self.said("unit") or "")


def _titled(options: dict[str, str] | list[str] | None) -> dict[str, str]:
    return {name: name for name in options} if isinstance(options, list) else dict(options or {})


def _scale(section: ScaleSection) -> Scale:
    return section.low, section.high


def _is_scale(section: ScaleSection) -> bool:
    return 1 <= section.high - section.low <= MAX_LEVELS - 1


def _no_scale(section: ScaleSection) -> str:
    span = f"{section.low} to {section.high}"
    return f"{span} is no scale; give 2 to {MAX_LEVELS} levels, the lowest as `low`"
