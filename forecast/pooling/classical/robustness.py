"""How far the decision maker hangs on single seeds or experts: each left out in turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Literal

import numpy as np

from innosi.forecast.pooling.classical.decision_makers import DecisionMaker, Weighting, decision_maker
from innosi.forecast.pooling.classical.elicitation import Elicitation
from innosi.forecast.pooling.classical.scores import Settings
from innosi.models.errors import AnswerError

LeftOut = Literal["items", "experts"]
MAX_SETS = 20_000


@dataclass(frozen=True, slots=True)
class Perturbation:
    """The decision maker without some of the seeds or experts.

    Attributes
    ----------
    left_out : tuple of str
        Their names; empty for the decision maker of all.
    calibration, information_seeds, information_all : float
        Of the decision maker; NaN where there is none.
    cut_off : float
    n_effective : int
        Seeds in the calibration test.
    largest_shift : float
        By how much the farthest moved of the decision maker's quantiles moved, over the items that are still
        there, as a share of the item's intrinsic range with all experts (on logarithms for log items).
    reason : str
        Why there is no decision maker; empty otherwise.
    """

    left_out: tuple[str, ...]
    calibration: float
    information_seeds: float
    information_all: float
    cut_off: float
    n_effective: int
    largest_shift: float
    reason: str = ""

    @property
    def weight(self) -> float:
        """Calibration times information over the seeds."""
        return self.calibration * self.information_seeds


def robustness(
    elicitation: Elicitation,
    left_out: LeftOut,
    weighting: Weighting = "global",
    settings: Settings = Settings(),  # noqa: B008 - frozen
    *,
    size: int = 1,
    cut_off: float | None = None,
    user_weights: Mapping[str, float] | None = None,
) -> tuple[Perturbation, ...]:
    """Return the decision maker of all, then those without each set of seeds or experts.

    Everything is done anew without them: intrinsic ranges, scores, the cut-off and the mixture.

    Parameters
    ----------
    left_out : {'items', 'experts'}
        Seed items, or experts.
    size : int
        How many are left out at a time.

    Raises
    ------
    AnswerError
        If none would be left, or there are more than 20,000 sets.

    Source
    ------
    Cooke & Goossens (2008), Reliability Engineering and System Safety 93(5).
    """
    names = elicitation.seeds if left_out == "items" else elicitation.experts
    _check(len(names), size, left_out)
    whole = decision_maker(elicitation, weighting, settings, cut_off=cut_off, user_weights=user_weights)
    found = [_perturbation((), whole, whole)]
    for gone in combinations(names, size):
        less = elicitation.without_items(gone) if left_out == "items" else elicitation.without_experts(gone)
        weights = {name: weight for name, weight in (user_weights or {}).items() if name in less.experts}
        try:
            made = decision_maker(less, weighting, settings, cut_off=cut_off, user_weights=weights)
        except AnswerError as error:
            found.append(_impossible(gone, error.problem))
        else:
            found.append(_perturbation(gone, made, whole))
    return tuple(found)


def _check(n: int, size: int, left_out: LeftOut) -> None:
    what = "seeds" if left_out == "items" else "experts"
    if not 1 <= size < n:
        raise AnswerError(
            f"{size} of {n} {what} cannot be left out at a time", mend="leave one out at least, and keep one"
        )
    if comb(n, size) > MAX_SETS:
        raise AnswerError(
            f"{comb(n, size):,} ways to leave {size} of {n} {what} out; {MAX_SETS:,} are tried at most",
            mend="leave fewer out at a time",
        )


def _impossible(gone: tuple[str, ...], reason: str) -> Perturbation:
    return Perturbation(gone, np.nan, np.nan, np.nan, np.nan, 0, np.nan, reason)


def _perturbation(gone: tuple[str, ...], made: DecisionMaker, whole: DecisionMaker) -> Perturbation:
    score = made.score
    return Perturbation(
        gone,
        score.calibration.p_value,
        score.information_seeds.value,
        score.information_all.value,
        made.cut_off,
        score.calibration.n,
        max(_shifts(made, whole), default=np.nan),
        score.calibration.reason,
    )


def _shifts(made: DecisionMaker, whole: DecisionMaker) -> Iterator[float]:
    """Yield by how far the quantiles of each item moved at the most, as a share of its range."""
    at = {item: place for place, item in enumerate(whole.elicitation.items)}
    for place, item in enumerate(made.elicitation.items):
        was = whole.mixed.quantiles[0, at[item]]
        reach = whole.mixed.knots[at[item], -1] - whole.mixed.knots[at[item], 0]
        shift = np.max(np.abs(made.mixed.quantiles[0, place] - was)) / reach
        if np.isfinite(shift):
            yield float(shift)
