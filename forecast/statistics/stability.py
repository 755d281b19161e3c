"""Whether a question's answers stand still between two rounds, by a rule that is set before one looks.

That a test finds no difference is not stability: with few panellists it finds none whatever happens. A rule
here therefore asks for a *small change*, measured; a test can only speak against it.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from innosi.forecast.questions import Measurement
from innosi.forecast.statistics.paired_answers import PairedAnswers
from innosi.forecast.statistics.stability_measures import (
    StabilityFinding,
    measures_of_stability,
    stability_findings,
)
from innosi.models.errors import AnswerError

FEWEST = 5
"""With fewer panellists in both rounds nothing is called stable."""
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
)
_SIGNS = MappingProxyType({"<=": "≤", ">=": "≥"})
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class StabilityCriterion:
    """One measure held against one threshold: `net_change < 0.15`. Of a test it is the p that is held."""

    measure: str
    comparison: str
    threshold: float

    def is_met_by(self, finding: StabilityFinding) -> bool | None:
        """Whether a finding meets it; None where it cannot be computed."""
        if np.isnan(finding.judged):
            return None
        rounding = _ROUNDING if "=" in self.comparison else -_ROUNDING
        allowed = self.threshold + (rounding if "<" in self.comparison else -rounding)
        return COMPARISONS[self.comparison](finding.judged, allowed)

    def __str__(self) -> str:
        return f"{self.measure} {self.comparison} {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class StabilityRule:
    """When answers stand still: every criterion is met, among at least `fewest` panellists."""

    criteria: tuple[StabilityCriterion, ...]
    fewest: int = FEWEST

    def __str__(self) -> str:
        return " and ".join(map(str, self.criteria))


DEFAULT_RULES: Mapping[Measurement, StabilityRule] = MappingProxyType(
    {
        "ordinal": StabilityRule(
            (StabilityCriterion("net_change", "<", 0.15), StabilityCriterion("wilcoxon", ">=", 0.05))
        ),
        "nominal": StabilityRule(
            (StabilityCriterion("net_change", "<", 0.15), StabilityCriterion("symmetry", ">=", 0.05))
        ),
        "number": StabilityRule(
            (
                StabilityCriterion("median_shift", "<=", 0.25),
                StabilityCriterion("spread_change", "<=", 0.25),
                StabilityCriterion("wilcoxon", ">=", 0.05),
            )
        ),
    }
)
"""Of ratings and names Scheibe's 15 %, with a test that may speak against it. A histogram of numbers hangs
on its stretches; so their median and spread may each move by a quarter of the earlier interquartile range
(ours)."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one criterion says: the finding it judged, and whether that is enough (None: unknown)."""

    criterion: StabilityCriterion
    finding: StabilityFinding
    is_met: bool | None

    def __str__(self) -> str:
        name = self.criterion.measure
        sign = _SIGNS.get(self.criterion.comparison, self.criterion.comparison)
        if self.is_met is None:
            return f"{name} {self.finding.sentence}"
        return f"{name} {self.finding.shown} ({sign} {self.criterion.threshold:g} asked)"


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether a question's answers stood still between two rounds, by which rule, with every measure.

    Attributes
    ----------
    is_stable : bool or None
        None where it cannot be judged: too few answered both rounds, or a criterion cannot be computed.
    rule : StabilityRule
    held : tuple of Held
        One for each criterion of the rule.
    findings : mapping of name to StabilityFinding
        Every measure that the answers bear.
    """

    pairs: PairedAnswers
    is_stable: bool | None
    rule: StabilityRule
    held: tuple[Held, ...]
    findings: Mapping[str, StabilityFinding]

    @property
    def word(self) -> str:
        """`stable`, `not stable`, or `cannot be judged`."""
        return {True: "stable", False: "not stable", None: "cannot be judged"}[self.is_stable]

    @property
    def reasons(self) -> tuple[str, ...]:
        """What decided: the criteria that are not met, else all of them."""
        if self.pairs.n < self.rule.fewest:
            return (f"only {self.pairs.n} answered both rounds, {self.rule.fewest} are needed",)
        against = [each for each in self.held if each.is_met is self.is_stable]
        return tuple(map(str, against))


def judge_stability(pairs: PairedAnswers, rule: StabilityRule | None = None, *, seed: int = 0) -> Stability:
    """Return whether a question's answers stood still.

    Parameters
    ----------
    pairs : PairedAnswers
    rule : StabilityRule, optional
        The default rule for this kind of answers, else one that holds for all kinds; criteria whose measure
        these answers do not bear are left out.
    seed : int
        Of intervals and tests that are drawn.

    Raises
    ------
    AnswerError
        If the answers bear none of the rule's measures.

    Notes
    -----
    A criterion that fails decides; else one that cannot be computed leaves it open.
    """
    findings = stability_findings(pairs, seed=seed)
    chosen = rule or DEFAULT_RULES[pairs.question.measurement]
    borne = tuple(each for each in chosen.criteria if each.measure in findings)
    if not borne:
        raise AnswerError(
            f"'{chosen}' holds for no answers such as those to '{pairs.question.name}'",
            mend=f"add a criterion on one of {', '.join(findings)}",
        )
    held = tuple(Held(each, findings[each.measure], each.is_met_by(findings[each.measure])) for each in borne)
    is_stable = None if pairs.n < chosen.fewest else _all_met([each.is_met for each in held])
    return Stability(pairs, is_stable, StabilityRule(borne, chosen.fewest), held, findings)


def _all_met(met: list[bool | None]) -> bool | None:
    if False in met:
        return False
    return None if None in met else True


def parse_stability_rule(texts: Iterable[str]) -> StabilityRule | None:
    """Return the rule that texts such as `net_change < 15%` stand for; None for no text.

    Raises
    ------
    AnswerError
        If one is no comparison, or names no measure.

    Examples
    --------
    >>> str(parse_stability_rule(["share_changed <= 15%", "wilcoxon >= 0.05"]))
    'share_changed <= 0.15 and wilcoxon >= 0.05'
    """
    criteria = tuple(_criterion(text) for text in texts)
    return StabilityRule(criteria) if criteria else None


def _criterion(text: str) -> StabilityCriterion:
    found = re.fullmatch(r"\s*(\w+)\s*(<=|>=|<|>)\s*([-+]?[\d.]+(?:e-?\d+)?)\s*(%?)\s*", text)
    known = measures_of_stability()
    if found is None:
        raise AnswerError(f"'{text}' is no criterion", mend="write for example 'net_change < 15%'")
    if found[1] not in known:
        raise AnswerError(f"there is no measure '{found[1]}'", mend=f"name one of {', '.join(known)}")
    try:
        threshold = float(found[3]) / (100 if found[4] else 1)
    except ValueError:
        raise AnswerError(f"'{found[3]}' is no number", mend="write for example 0.15 or 15%") from None
    return StabilityCriterion(found[1], found[2], threshold)
