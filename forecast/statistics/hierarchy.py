"""Where a question stands once it is stable: the hierarchy of Dajani, Sincoff & Talley."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from innosi.forecast.questions import Measurement
from innosi.forecast.statistics.tally import answered
from innosi.models.arrays import ArrayLike, FloatArray

StandingWord = Literal["continue", "consensus", "majority", "bipolarity", "plurality", "disagreement"]
Bipolarity = bool | Callable[[FloatArray], bool] | None
LEAD = 0.1
CAMP = 0.4


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a question stands, in one word, and why."""

    word: StandingWord
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.word}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class AnswerRange:
    """What answers may be: which arithmetic they bear, and from where to where they run.

    Attributes
    ----------
    measurement : {'ordinal', 'number', 'nominal'}
    low, high : float or None
        Ends of the scale or range; None where nothing bounds the answers.
    names : tuple of str
        Of a choice, what its codes 0, 1, 2, … stand for.
    """

    measurement: Measurement
    low: float | None = None
    high: float | None = None
    names: tuple[str, ...] = ()

    def at(self, level: float) -> str:
        """Return where an answer lies, in words: at a level, or for an option."""
        return f"for {self.names[int(level)]}" if self.names else f"at {level:g}"

    @property
    def is_bounded(self) -> bool:
        """Whether the answers have two sides, below and above the middle of their range."""
        return self.measurement != "nominal" and self.low is not None and self.high is not None


def standing(
    values: ArrayLike,
    range_: AnswerRange,
    *,
    is_stable: bool | None,
    has_consensus: bool | None = None,
    bipolarity: Bipolarity = None,
) -> Standing:
    """Return where a question stands after a round.

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.
    range_ : AnswerRange
    is_stable : bool or None
        Whether they stood still since an earlier round; None where that cannot be told.
    has_consensus : bool, optional
        What the study's own rule says; None where it sets none: then only unanimity is consensus.
    bipolarity : bool or callable, optional
        Whether there are two camps, or what tells so from the answers; by default `has_two_camps`.

    Notes
    -----
    In this order: not stable, or not known to be: *continue*. Consensus by the rule: *consensus*. More than
    half in one answer, or on one side of the middle of the scale: *majority*. Two camps: *bipolarity*. One
    answer, or side, at least 10 points of share ahead of the next: *plurality*. Else *disagreement*.

    Numbers without bounds have no sides: only equal numbers make a majority or a plurality.

    Source
    ------
    Dajani, Sincoff & Talley (1979), Technological Forecasting and Social Change 13(1). The lead of 10 points
    is ours: they ask for the largest share, which any sample has.
    """
    answers = answered(values)
    unstable = _continue(answers, is_stable)
    if unstable is not None:
        return unstable
    if has_consensus or (has_consensus is None and np.ptp(answers) == 0):
        why = "the study's rule of consensus is met" if has_consensus else "all gave the same answer"
        return Standing("consensus", ("the answers stood still", why))
    is_bipolar = _is_bipolar(answers, range_, bipolarity)
    word, why = _camps(answers, range_, is_bipolar)
    missed = () if has_consensus is None else ("the study's rule of consensus is not met",)
    return Standing(word, ("the answers stood still", *missed, why))


def _continue(answers: FloatArray, is_stable: bool | None) -> Standing | None:
    if answers.size == 0:
        return Standing("continue", ("nobody answered",))
    if is_stable is None:
        return Standing("continue", ("whether the answers stand still cannot be told",))
    return None if is_stable else Standing("continue", ("the answers still move",))


def _camps(answers: FloatArray, range_: AnswerRange, is_bipolar: bool) -> tuple[StandingWord, str]:
    shares = sorted(_shares(answers, range_), reverse=True)
    (largest, name), second = shares[0], shares[1][0] if len(shares) > 1 else 0.0
    if largest > 0.5:
        beside = ", with a second camp against it" if is_bipolar else ""
        return "majority", f"{largest * 100:.3g} % {name}{beside}"
    if is_bipolar:
        return "bipolarity", "the answers lie in two camps"
    if largest - second >= LEAD - 1e-12 and largest * answers.size > 1:
        return (
            "plurality",
            f"the largest share, {largest * 100:.3g} %, {name}; the next has {second * 100:.3g} %",
        )
    return (
        "disagreement",
        f"no answer is {LEAD * 100:g} points of share ahead (largest {largest * 100:.3g} %)",
    )


def _shares(answers: FloatArray, range_: AnswerRange) -> list[tuple[float, str]]:
    """Return the shares of the sides, with the middle apart; of single answers without sides, or over ½."""
    levels, counts = np.unique(answers, return_counts=True)
    single = [
        (float(n / answers.size), range_.at(float(level))) for level, n in zip(levels, counts, strict=True)
    ]
    if not range_.is_bounded or range_.low is None or range_.high is None:
        return single
    middle = (range_.low + range_.high) / 2
    sides = [
        (float(np.mean(answers < middle)), f"below the middle ({middle:g})"),
        (float(np.mean(answers == middle)), f"at the middle ({middle:g})"),
        (float(np.mean(answers > middle)), f"above the middle ({middle:g})"),
    ]
    return single if max(single)[0] > 0.5 else sides


def _is_bipolar(answers: FloatArray, range_: AnswerRange, bipolarity: Bipolarity) -> bool:
    if bipolarity is None:
        return has_two_camps(answers, range_)
    return bipolarity(answers) if callable(bipolarity) else bipolarity


def has_two_camps(values: ArrayLike, range_: AnswerRange) -> bool:
    """Whether answers lie in two camps of nearly equal size: at least 40 % in each.

    On a scale, or between bounds, a camp is an outer third of the range; of names, the two given most; of
    numbers without bounds there is no saying.

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.

    Notes
    -----
    A simple count, not a test; a test of bipolarity may be given to `standing` in its place.

    Examples
    --------
    >>> has_two_camps([1, 1, 2, 5, 5, 4], AnswerRange("ordinal", 1, 5))
    True
    """
    answers = answered(values)
    if answers.size < 2:
        return False
    if range_.measurement == "nominal":
        counts = np.sort(np.unique(answers, return_counts=True)[1])[::-1]
        return len(counts) > 1 and bool(counts[1] >= CAMP * answers.size - 1e-9)
    if range_.low is None or range_.high is None:
        return False
    third = (range_.high - range_.low) / 3
    low = np.mean(answers <= range_.low + third + 1e-9)
    high = np.mean(answers >= range_.high - third - 1e-9)
    return bool(min(low, high) >= CAMP - 1e-12)
