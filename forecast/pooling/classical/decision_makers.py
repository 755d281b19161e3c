"""The decision maker: the experts' distributions mixed by weights, and scored as an expert is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from innosi.forecast.pooling.classical.elicitation import Elicitation
from innosi.forecast.pooling.classical.mixing import Mixed, mix
from innosi.forecast.pooling.classical.scores import (
    PanelScores,
    Score,
    Settings,
    bin_counts,
    bin_masses,
    calibration,
    calibration_statistic,
    information,
    mean_answered,
    score_panel,
    scores_of,
)
from innosi.forecast.pooling.questions import Pooled
from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution, Mixture, Truncated, Uniform
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest

Weighting = Literal["equal", "global", "item", "user"]
WEIGHTINGS: tuple[Weighting, ...] = ("equal", "global", "item", "user")
N_STEPS = 500
"""Into how many steps of equal ratio the distribution of a log item is cut, at the least."""

_SAME = 1e-12
"""Scores nearer than this share are taken for the same."""


@dataclass(frozen=True, slots=True, eq=False)
class DecisionMaker:
    """What the experts together say of every item, and how that did as a virtual expert.

    Attributes
    ----------
    weighting : {'equal', 'global', 'item', 'user'}
    cut_off : float
        Experts whose calibration is below it have no weight; 0 for equal and user weights.
    is_optimised : bool
        Whether the cut-off is the one of which the decision maker scores best.
    weights : (n_experts, n_items) float
        Of each item they add up to 1 over those who answered; NaN where nobody with a weight did.
    quantiles : (n_items, n_quantiles) float
        In each item's unit.
    score : Score
    """

    elicitation: Elicitation
    weighting: Weighting
    cut_off: float
    is_optimised: bool
    weights: FloatArray
    quantiles: FloatArray
    score: Score
    mixed: Mixed

    @property
    def expert_weights(self) -> dict[str, float]:
        """Every expert's weight: the mean over the items that have a decision maker."""
        means = mean_answered(self.weights)
        return dict(zip(self.elicitation.experts, map(float, means), strict=True))

    def pooled(self, item: str, bounds: tuple[float, float] = (-math.inf, math.inf)) -> Pooled:
        """Return the whole distribution of one item, with what was assumed.

        Parameters
        ----------
        bounds : (float, float)
            Where the number must lie; what the intrinsic range adds beyond them is cut off.

        Raises
        ------
        AnswerError
            If there is no such item, or nobody who answered it has a weight.
        """
        place = self.elicitation.place(item)
        if np.isnan(self.quantiles[place]).any():
            raise AnswerError(
                f"nobody who answered '{item}' has a weight",
                mend="lower the cut-off, or weight experts equally",
            )
        is_log = self.elicitation.scales[place] == "log"
        whole = _distribution(*self.mixed.curve(place), is_log=is_log)
        low, high = whole.support
        is_cut = low < bounds[0] or high > bounds[1]
        found = Truncated(whole, *bounds) if is_cut else whole
        return Pooled(found, "linear_pool", _assumptions(self, is_log=is_log, is_cut=is_cut), 0.0)


def decision_maker(
    elicitation: Elicitation,
    weighting: Weighting = "global",
    settings: Settings = Settings(),  # noqa: B008 - frozen
    *,
    cut_off: float | None = None,
    user_weights: Mapping[str, float] | None = None,
) -> DecisionMaker:
    """Return the experts' mixture under weights, scored as a virtual expert.

    Parameters
    ----------
    weighting : {'equal', 'global', 'item', 'user'}
        `global`: calibration times mean information over the seeds; `item`: calibration times the information
        of that item; experts below the cut-off have none.
    cut_off : float, optional
        The least calibration with which an expert counts; by default the one of which the decision maker
        scores best (calibration times information over the seeds). For `global` and `item` only.
    user_weights : mapping of expert to float, optional
        For `user`: 0 or more, brought to a sum of 1; who is not named has 0.

    Raises
    ------
    AnswerError
        If there are no seeds for weights that need them, a cut-off leaves nobody, or weights are no weights.
    """
    panel = score_panel(elicitation, settings)
    return decision_maker_of(panel, weighting, cut_off=cut_off, user_weights=user_weights)


def decision_maker_of(
    panel: PanelScores,
    weighting: Weighting,
    *,
    cut_off: float | None = None,
    user_weights: Mapping[str, float] | None = None,
) -> DecisionMaker:
    """Return the decision maker of a panel that is scored already; see `decision_maker`."""
    base = _base_weights(panel, weighting, user_weights)
    if weighting in ("equal", "user"):
        return _made(panel, weighting, base, 0.0, is_optimised=False)
    if not panel.n_effective:
        raise AnswerError(
            "there are no seeds: nobody answered an item that has a realisation",
            mend="give realisations of ten items or so, or weight experts equally",
        )
    if cut_off is None:
        return _made(panel, weighting, base, best_cut_off(panel, base), is_optimised=True)
    return _made(panel, weighting, base, _checked(cut_off, panel), is_optimised=False)


def best_cut_off(panel: PanelScores, base: FloatArray) -> float:
    """Return the calibration, of some expert, below which cutting off gives the best decision maker.

    Best is what has the highest product of calibration and mean information over the seeds, as a virtual
    expert. Of several that are as good it is the lowest, which keeps most experts.

    Parameters
    ----------
    base : (n_experts, n_items) float
        Weights before the cut-off.
    """
    candidates = np.unique(panel.calibration[np.isfinite(panel.calibration)])
    kept = candidates[:, np.newaxis] <= np.nan_to_num(panel.calibration, nan=-1.0)
    is_seed = panel.elicitation.is_seed
    mixed = mix(panel, base[:, is_seed] * kept[..., np.newaxis], is_seed)
    _, calibrations, informations = _scored(panel, mixed.quantiles, is_seed)
    worth = np.nan_to_num(calibrations * mean_answered(informations), nan=-1.0)
    return float(candidates[np.flatnonzero(worth >= worth.max() * (1 - _SAME))[0]])


def _base_weights(
    panel: PanelScores, weighting: Weighting, user_weights: Mapping[str, float] | None
) -> FloatArray:
    """Weights before the cut-off, shape (n_experts, n_items), not normalised."""
    n_experts, n_items = panel.information.shape
    if weighting == "equal":
        return np.ones((n_experts, n_items))
    if weighting == "user":
        stated = _user_weights(panel.elicitation.experts, user_weights or {})
        return np.repeat(stated[:, np.newaxis], n_items, axis=1)
    scores = np.nan_to_num(panel.calibration)[:, np.newaxis]
    if weighting == "item":
        return scores * np.nan_to_num(panel.information)
    return np.repeat(scores * np.nan_to_num(panel.information_seeds)[:, np.newaxis], n_items, axis=1)


def _user_weights(experts: tuple[str, ...], stated: Mapping[str, float]) -> FloatArray:
    for name, weight in stated.items():
        if name not in experts:
            raise AnswerError(f"there is no expert '{name}'{nearest(name, experts)}", mend="name one of them")
        if not 0 <= weight < math.inf:
            raise AnswerError(f"the weight of expert '{name}' is {weight:g}", mend="give 0 or more")
    if not any(stated.values()):
        raise AnswerError("no expert has a weight", mend="give some expert a weight above 0")
    return np.array([stated.get(expert, 0.0) for expert in experts], dtype=float)


def _checked(cut_off: float, panel: PanelScores) -> float:
    highest = float(np.nanmax(panel.calibration))
    if not 0 <= cut_off <= highest:
        raise AnswerError(
            f"the cut-off {cut_off:g} leaves no expert: the best calibration is {highest:.4g}",
            mend=f"give a number from 0 to {highest:.4g}",
        )
    return float(cut_off)


def _made(
    panel: PanelScores, weighting: Weighting, base: FloatArray, cut_off: float, *, is_optimised: bool
) -> DecisionMaker:
    is_scored = weighting in ("global", "item")
    kept = (np.nan_to_num(panel.calibration, nan=-1.0) >= cut_off) | (not is_scored)
    mixed = mix(panel, (base * kept[:, np.newaxis])[np.newaxis])
    arrays = _scored(panel, mixed.quantiles)
    quantiles = np.moveaxis(panel.elicitation.from_background(np.moveaxis(mixed.quantiles[0], 0, -1)), -1, 0)
    return DecisionMaker(
        elicitation=panel.elicitation,
        weighting=weighting,
        cut_off=cut_off,
        is_optimised=is_optimised,
        weights=mixed.weights[0],
        quantiles=quantiles,
        score=scores_of(panel, (f"decision maker, {weighting} weights",), *arrays)[0],
        mixed=mixed,
    )


def _scored(
    panel: PanelScores, quantiles: FloatArray, items: FloatArray | slice = slice(None)
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Statistic, calibration and information of virtual experts, who are scored as the experts are."""
    masses = bin_masses(panel.elicitation.probabilities)
    counts = bin_counts(quantiles, panel.realisations[items])
    n, power = panel.n_effective, panel.settings.power
    said = information(quantiles, panel.low[items], panel.high[items], masses)
    statistic = 2 * power * n * calibration_statistic(counts, masses)
    return statistic, calibration(counts, masses, n=n, power=power), said


def _distribution(knots: FloatArray, cumulative: FloatArray, *, is_log: bool) -> Distribution:
    """Return what is uniform between knots (on logarithms, for a log item) as a mixture of uniforms."""
    if is_log:
        fine = np.union1d(knots, np.linspace(knots[0], knots[-1], N_STEPS + 1))
        knots, cumulative = np.exp(fine), np.interp(fine, knots, cumulative)
    masses = np.diff(cumulative)
    parts = [
        (Uniform(float(left), float(right)), float(mass))
        for left, right, mass in zip(knots, knots[1:], masses, strict=False)
        if mass > 0 and left < right
    ]
    total = math.fsum(mass for _, mass in parts)
    return Mixture(tuple(part for part, _ in parts), tuple(mass / total for _, mass in parts))


_BY: dict[Weighting, str] = {
    "equal": "equal weights",
    "global": "weights by calibration and mean information on the seeds",
    "item": "weights by calibration on the seeds and information on the item",
    "user": "weights that were given",
}


def _assumptions(made: DecisionMaker, *, is_log: bool, is_cut: bool) -> str:
    cut_off = f", calibration of {made.cut_off:.3g} or more" if made.weighting in ("global", "item") else ""
    between = (
        f"uniform on logarithms between them, in {N_STEPS} steps or more"
        if is_log
        else "uniform between them"
    )
    ends = "; cut off at the bounds" if is_cut else ""
    return (
        f"Cooke's classical model: quantiles of each expert, met exactly, {between} and up to the intrinsic"
        f" range of all experts; pooled as their mixture with {_BY[made.weighting]}{cut_off}{ends}"
    )
