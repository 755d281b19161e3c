"""What participants think of a consequence: how likely it is, and how desirable."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

GROUP = "group"
"""Whose a score is that stands alone."""


@dataclass(frozen=True, slots=True)
class ScoringScale:
    """The numbers on which consequences are scored; 0 is neither desirable nor undesirable.

    Attributes
    ----------
    likelihood, desirability : (float, float)
        The lowest and the highest score.
    likely_from, unlikely_to, desirable_from, undesirable_to : float
        From where a consequence counts as likely, unlikely, very desirable, undesirable: our own convention.
    """

    likelihood: tuple[float, float]
    desirability: tuple[float, float]
    likely_from: float
    unlikely_to: float
    desirable_from: float
    undesirable_to: float


SCALES: Mapping[str, ScoringScale] = MappingProxyType(
    {
        "implications_wheel": ScoringScale((1, 9), (-5, 5), 7, 3, 4, -3),
        "percent": ScoringScale((0, 100), (-5, 5), 70, 30, 4, -3),
        "five_point": ScoringScale((1, 5), (-2, 2), 4, 2, 2, -1),
    }
)
"""By name: 1 to 9 and −5 to +5 (Bengston 2016); per cent and −5 to +5; 1 to 5 and −2 to +2."""


@dataclass(frozen=True, slots=True)
class Score:
    """What several participants gave one consequence.

    Attributes
    ----------
    by : mapping of participant to number
    """

    by: Mapping[str, float]

    @property
    def n(self) -> int:
        """How many gave one."""
        return len(self.by)

    @property
    def median(self) -> float:
        """The middle score; NaN where nobody gave one."""
        return float(np.median(list(self.by.values()))) if self.by else math.nan

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest score; NaN where nobody gave one."""
        return (min(self.by.values()), max(self.by.values())) if self.by else (math.nan, math.nan)

    @property
    def is_divided(self) -> bool:
        """Whether some score it above 0, and others below."""
        low, high = self.ends
        return low < 0 < high


def standing_of(likelihood: float, desirability: float, scale: ScoringScale) -> str:
    """Say why a consequence must be watched; nothing where it need not, or was not scored.

    Parameters
    ----------
    likelihood, desirability : float
        Medians, or NaN.
    """
    if likelihood >= scale.likely_from and desirability <= scale.undesirable_to:
        return "likely and undesirable"
    if likelihood <= scale.unlikely_to and desirability >= scale.desirable_from:
        return "unlikely and very desirable"
    if likelihood >= scale.likely_from and desirability >= scale.desirable_from:
        return "likely and very desirable"
    return ""


WHAT_TO_DO: Mapping[str, str] = MappingProxyType(
    {
        "likely and undesirable": "avert it, or prepare for it",
        "unlikely and very desirable": "find what would make it likelier",
        "likely and very desirable": "do not stand in its way",
    }
)


def scores_in(found: Any, ends: tuple[float, float]) -> tuple[dict[str, float], list[str]]:
    """Return the scores that stand under a key by participant, and what is wrong with them.

    Parameters
    ----------
    found : number, list of numbers, or mapping of participant to number
    ends : (float, float)
        The lowest and the highest score of the scale.
    """
    if found is None:
        return {}, []
    by: Mapping[str, Any] = (
        found
        if isinstance(found, Mapping)
        else {str(place): each for place, each in enumerate(found, start=1)}
        if isinstance(found, list)
        else {GROUP: found}
    )
    problems = [problem for name, each in by.items() if (problem := score_problem(each, ends, name))]
    return ({} if problems else {name: float(each) for name, each in by.items()}), problems


def score_problem(found: Any, ends: tuple[float, float], whose: str = GROUP) -> str:
    """Say what is wrong with a score; nothing where it is a number of the scale."""
    of = "" if whose == GROUP else f" (of {whose})"
    if isinstance(found, bool) or not isinstance(found, int | float) or math.isnan(found):
        return f"found {found!r}{of}, which is no number; write one from {ends[0]:g} to {ends[1]:g}"
    if not ends[0] <= found <= ends[1]:
        return f"found {found:g}{of}, which is off the scale from {ends[0]:g} to {ends[1]:g}"
    return ""
