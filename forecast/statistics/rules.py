"""Rules of consensus: what one, set before the round, says about the answers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.tally import Tally


@dataclass(frozen=True, slots=True)
class Criterion:
    """One measure held against one threshold.

    Attributes
    ----------
    measure : str
        A name in `MEASURES`.
    at_most, at_least, below, above : float, optional
        The threshold, itself counted in or (`below`, `above`) not.
    is_above_cut_off : bool
        Whether the threshold is the round's own cut-off, the average per cent of majority opinions.
    parameters : tuple of (name, value)
        What the measure needs beside the answers.
    """

    measure: str
    at_most: float | None = None
    at_least: float | None = None
    parameters: tuple[tuple[str, float], ...] = ()
    below: float | None = None
    above: float | None = None
    is_above_cut_off: bool = False

    def apply(self, tally: Tally) -> "Finding":
        """Return what this criterion says about one question's answers."""
        measured = MEASURES[self.measure].compute(tally, **dict(self.parameters))
        told = self if not self.is_above_cut_off else replace(self, above=tally.cut_off)
        if np.isnan(measured.value):
            return Finding(told, measured, None)
        if told.above is not None and np.isnan(told.above):
            return Finding(told, replace(measured, reason="the round has no cut-off"), None)
        return Finding(told, measured, told._is_met(measured.value))

    def _is_met(self, value: float) -> bool:
        return (
            (self.at_most is None or value <= self.at_most + _ROUNDING)
            and (self.at_least is None or value >= self.at_least - _ROUNDING)
            and (self.below is None or value < self.below - _ROUNDING)
            and (self.above is None or value > self.above + _ROUNDING)
        )

    @property
    def words(self) -> str:
        """The measure in words, with its parameters."""
        return MEASURES[self.measure].named(dict(self.parameters))

    @property
    def threshold(self) -> str:
        """The threshold in words."""
        if self.is_above_cut_off and self.above is None:
            return "above the round's average per cent of majority opinions"
        bounds = (
            ("at least", self.at_least),
            ("at most", self.at_most),
            ("below", self.below),
            ("above", self.above),
        )
        return " and ".join(f"{word} {self.shown(bound)}" for word, bound in bounds if bound is not None)

    def shown(self, value: float) -> str:
        """Return a value of the measure as people read it."""
        return f"{value * 100:.3g} %" if MEASURES[self.measure].is_share else f"{value:.3g}"

    def __str__(self) -> str:
        return f"{self.words} {self.threshold}"


_ROUNDING = 1e-12
"""A share of 0.7 computed as 0.7 − 1e-16 still reaches 70 %."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Reached where every one of its rules is."""

    rules: tuple["Rule", ...]

    def __str__(self) -> str:
        return " and ".join(_bracketed(rule) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Reached where at least one of its rules is."""

    rules: tuple["Rule", ...]

    def __str__(self) -> str:
        return " or ".join(_bracketed(rule) for rule in self.rules)


Rule = Criterion | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Finding:
    """What one criterion says: its measure's value, and whether that is enough (None: unknown)."""

    criterion: Criterion
    measure: Measure
    is_met: bool | None

    def __str__(self) -> str:
        if self.is_met is None:
            return f"{self.criterion.words} cannot be told: {self.measure.reason}"
        shown = self.criterion.shown(self.measure.value)
        return f"{self.criterion.words} {shown} ({self.criterion.threshold} asked)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a question's answers are in consensus, by which rule, and on what findings.

    Attributes
    ----------
    is_reached : bool or None
        None where the rule cannot be judged, or none was set.
    rule : Rule or None
    findings : tuple of Finding
        One for each criterion of the rule, in its order.
    """

    is_reached: bool | None
    rule: Rule | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def word(self) -> str:
        """`yes`, `no`, `cannot be judged`, or `no rule` where none was set."""
        if self.rule is None:
            return "no rule"
        return {True: "yes", False: "no", None: "cannot be judged"}[self.is_reached]

    def __str__(self) -> str:
        return f"{self.word}: {'; '.join(map(str, self.findings))}" if self.findings else self.word


def judge(rule: Rule | None, tally: Tally) -> Verdict:
    """Return the verdict of a rule on one question's answers.

    Parameters
    ----------
    rule : Rule, optional
        None where consensus is not asked for.
    tally : Tally
        How often each answer was given.

    Notes
    -----
    A criterion that cannot be computed is unknown, and the rule with it, unless the others decide: with `all`
    one that fails, with `any` one that is met.
    """
    if rule is None:
        return Verdict(None)
    findings = tuple(criterion.apply(tally) for criterion in criteria_of(rule))
    return Verdict(_reached(rule, iter(findings)), rule, findings)


def criteria_of(rule: Rule) -> Iterator[Criterion]:
    """Yield the criteria of a rule, in its order."""
    if isinstance(rule, Criterion):
        yield rule
    else:
        for part in rule.rules:
            yield from criteria_of(part)


def _reached(rule: Rule, findings: Iterator[Finding]) -> bool | None:
    if isinstance(rule, Criterion):
        return next(findings).is_met
    parts = [_reached(part, findings) for part in rule.rules]
    decisive = isinstance(rule, AnyOf)
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _bracketed(rule: Rule) -> str:
    return str(rule) if isinstance(rule, Criterion) else f"({rule})"
