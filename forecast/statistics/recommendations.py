"""What to do with a question in the next round, by fixed rules, with the reasons that led there."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from innosi.forecast.statistics.hierarchy import Standing

Action = Literal["accept", "ask again", "ask again by group", "rephrase", "drop"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the rules of recommendation draw their lines.

    Attributes
    ----------
    missing : float
        Above this share of missing answers, among those who answered the round, a question is rephrased.
    significance : float
        Below this p, after Holm's correction over the questions, groups differ.
    low_relevance : float, optional
        At or below this median a stable agreement means that the question matters little and is dropped; None
        where the scale does not ask for relevance.
    """

    missing: float = 0.2
    significance: float = 0.05
    low_relevance: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a recommendation rests on.

    Attributes
    ----------
    standing : Standing
        From Dajani's hierarchy.
    stability : str
        `stable`, `not stable`, `cannot be judged`, or `first round`.
    median : float
    share_missing : float
        Of those who answered the round, the share without an answer to this question.
    group_p : float
        Of the test whether groups differ, after Holm; NaN where none was made.
    has_consensus : bool or None
        What the study's rule says of this round.
    stability_reasons : tuple of str
        What decided on stability.
    is_rating : bool
        Whether `Thresholds.low_relevance` may apply.
    """

    standing: Standing
    stability: str
    median: float
    share_missing: float
    group_p: float = np.nan
    has_consensus: bool | None = None
    is_rating: bool = True
    stability_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do with a question, and why."""

    action: Action
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.action}: {'; '.join(self.reasons)}"


def recommend(facts: Facts, thresholds: Thresholds | None = None) -> Recommendation:
    """Return what to do with a question in the next round. The first rule that applies decides.

    ==  ==========================================================  ==================
    1   more than 20 % of those who answered the round left it out  rephrase
    2   stable agreement on low relevance, where a line is given    drop
    3   stable consensus                                            accept
    4   groups differ (p < 0.05 after Holm)                         ask again by group
    5   stable without consensus                                    accept
    6   not stable, not known to be, or asked for the first time    ask again
    ==  ==========================================================  ==================

    Accepting a stable question without consensus means to report majority, camps or disagreement as they are:
    asking again will not change them (von der Gracht 2012).
    """
    limits = thresholds or Thresholds()
    word = facts.standing.word
    is_stable = word != "continue"
    if facts.share_missing > limits.missing + 1e-12:
        return Recommendation("rephrase", (f"{facts.share_missing * 100:.3g} % did not answer it",))
    if is_stable and _is_of_low_relevance(facts, limits):
        why = f"the median {facts.median:g} is at or below {limits.low_relevance:g}"
        return Recommendation("drop", (f"stable {word}", why))
    if word == "consensus":
        return Recommendation("accept", _state(facts))
    if facts.group_p < limits.significance:
        return Recommendation(
            "ask again by group", (f"groups differ (p = {facts.group_p:.2g} after Holm)", *_state(facts))
        )
    if is_stable:
        return Recommendation("accept", (*_state(facts), "asking again will not move it"))
    return Recommendation("ask again", _state(facts))


def _is_of_low_relevance(facts: Facts, limits: Thresholds) -> bool:
    if limits.low_relevance is None or not facts.is_rating:
        return False
    agrees = facts.standing.word in ("consensus", "majority")
    return agrees and facts.median <= limits.low_relevance


def _state(facts: Facts) -> tuple[str, ...]:
    """Say how far the question has come, and what shows it."""
    if facts.standing.word != "continue":
        return (f"stable {facts.standing.word}: {'; '.join(facts.standing.reasons[1:])}",)
    said = {
        "first round": "asked for the first time: whether it stands still is not known",
        "not stable": "the answers still move",
    }.get(facts.stability, "whether the answers stand still cannot be told")
    shown = f"{said}: {'; '.join(facts.stability_reasons)}" if facts.stability_reasons else said
    if facts.has_consensus:
        return shown, "consensus that still moves is no result yet"
    return (shown,)
