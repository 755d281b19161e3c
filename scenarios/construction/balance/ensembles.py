"""Several experts' cross-impact matrices: taken together, side by side, and where they differ most."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from innosi.models.arrays import AnyArray, FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.consistency import (
    INTERRUPTED,
    ConsistentScenarios,
    consistent_scenarios,
)
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.many_matrices import are_consistent, inconsistencies

Together = Literal["sum", "mean", "median", "vote"]
WAYS: tuple[Together, ...] = get_args(Together)


@dataclass(frozen=True, slots=True)
class Expert:
    """One expert's judgements.

    Attributes
    ----------
    name : str
    impacts : CrossImpacts
    weight : float
        How much they count; above 0.
    group : str
        To which group the expert belongs; '' for none.
    """

    name: str
    impacts: CrossImpacts
    weight: float = 1.0
    group: str = ""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Experts who judged the same descriptors and states.

    Attributes
    ----------
    experts : tuple of Expert
    """

    experts: tuple[Expert, ...]

    def __post_init__(self) -> None:
        if not self.experts:
            raise InnosiError("an ensemble has no experts", mend="name one matrix or more")
        first = self.experts[0].impacts.states
        for each in self.experts:
            if dict(each.impacts.states) != dict(first):
                raise InnosiError(
                    f"'{each.name}' judged other descriptors or states than '{self.experts[0].name}'",
                    mend="give all experts the same matrix to fill in",
                )
            if not (each.weight > 0 and np.isfinite(each.weight)):
                raise InnosiError(f"the weight of '{each.name}' is {each.weight}", mend="give one above 0")

    @property
    def weights(self) -> FloatArray:
        """Shape (n_experts,), with a sum of 1."""
        found = np.array([each.weight for each in self.experts])
        shares: FloatArray = found / found.sum()
        return shares

    @property
    def matrices(self) -> FloatArray:
        """All judgements, shape (n_experts, n_states, n_states)."""
        return np.stack([each.impacts.judgements for each in self.experts])

    @property
    def states(self) -> Mapping[str, tuple[str, ...]]:
        """The descriptors that all judged, with their states."""
        return self.experts[0].impacts.states

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the experts, in the order in which they come; without those of no group."""
        return tuple(dict.fromkeys(each.group for each in self.experts if each.group))

    def together(self, way: Together = "mean") -> CrossImpacts:
        """Return one matrix for all experts, cell by cell.

        Parameters
        ----------
        way : {'sum', 'mean', 'median', 'vote'}
            *sum*: Σ w C, with weights as given; the sum matrix of Weimer-Jehle. *mean*: the same with weights
            that sum to 1, so that the scale stays; sum and mean have the same consistent scenarios (with a
            tolerance, only where that is scaled too). *median*: the weighted median; the midpoint where half
            the weight lies on either side. *vote*: 1, −1 or 0, whichever sign has more than half of the
            weight; 0 where none has. How strong an influence is does not count in a vote.

        Source
        ------
        Sum: Weimer-Jehle (2023), Cross-Impact Balances (CIB) for Scenario Analysis, Springer. That the mean,
        the weighted median and the vote of signs are defined as here is our own choice.
        """
        matrix = _WAYS[way](self.matrices, np.array([each.weight for each in self.experts]))
        return CrossImpacts.of(self.states, matrix)


@dataclass(frozen=True, eq=False)
class SharedScenarios:
    """In whose matrices scenarios are consistent.

    Attributes
    ----------
    ensemble : Ensemble
    scenarios : (n, n_descriptors) int
        All that are consistent in one expert's matrix or more; those of most weight first.
    is_consistent : (n, n_experts) bool
    inconsistency : (n, n_experts) float
        How inconsistent each is in each matrix: 0 where it is consistent.
    n_of_each : tuple of int
        How many each expert's matrix has.
    unfinished : mapping of expert to str
        Whose search was ended before it was complete, and why.
    """

    ensemble: Ensemble
    scenarios: IntArray
    is_consistent: AnyArray
    inconsistency: FloatArray
    n_of_each: tuple[int, ...]
    unfinished: Mapping[str, str]

    @property
    def share(self) -> FloatArray:
        """The share of the experts' weight in whose matrices each scenario is consistent, shape (n,)."""
        found: FloatArray = self.is_consistent @ self.ensemble.weights
        return found

    @property
    def n_shared_by_all(self) -> int:
        """How many are consistent in every expert's matrix."""
        return int(self.is_consistent.all(axis=1).sum())

    def share_of(self, group: str) -> FloatArray:
        """The same share within a group, shape (n,)."""
        is_member = np.array([each.group == group for each in self.ensemble.experts])
        weights = self.ensemble.weights * is_member
        found: FloatArray = self.is_consistent @ (weights / weights.sum())
        return found


def shared_scenarios(
    ensemble: Ensemble,
    *,
    tolerance: float = 0.0,
    seconds: float | None = None,
    on_expert: Callable[[str], None] = lambda _: None,
) -> SharedScenarios:
    """Return in whose matrices which scenarios are consistent, by a complete search of each.

    Parameters
    ----------
    tolerance : float
        How inconsistent a scenario may be.
    seconds : float, optional
        The search of one matrix ends after them.
    on_expert : callable
        Called with each expert's name before the search. A KeyboardInterrupt ends the searches, and what was
        found is kept.
    """
    found: list[ConsistentScenarios] = []
    for each in ensemble.experts:
        if found and found[-1].why_not == INTERRUPTED:
            found.append(replace(found[-1], scenarios=found[-1].scenarios[:0]))
            continue
        on_expert(each.name)
        found.append(consistent_scenarios(each.impacts, tolerance=tolerance, seconds=seconds))
    scenarios = np.unique(np.concatenate([each.scenarios for each in found]), axis=0)
    matrices = ensemble.matrices
    how_far = inconsistencies(ensemble.experts[0].impacts, matrices, scenarios)
    is_consistent = are_consistent(matrices, how_far, tolerance).T
    order = np.argsort(-(is_consistent @ ensemble.weights), kind="stable")
    unfinished = {
        each.name: part.why_not
        for each, part in zip(ensemble.experts, found, strict=True)
        if not part.is_complete
    }
    n_of_each = tuple(len(each.scenarios) for each in found)
    return SharedScenarios(
        ensemble, scenarios[order], is_consistent[order], how_far.T[order], n_of_each, unfinished
    )


@dataclass(frozen=True, eq=False)
class Disagreement:
    """How far experts differ in each judgement.

    Attributes
    ----------
    ensemble : Ensemble
    spread : (n_states, n_states) float
        Weighted standard deviation of the experts' judgements.
    lowest, highest : (n_states, n_states) float
    has_conflict : (n_states, n_states) bool
        Whether one expert promotes what another restricts.
    """

    ensemble: Ensemble
    spread: FloatArray
    lowest: FloatArray
    highest: FloatArray
    has_conflict: AnyArray

    @property
    def order(self) -> IntArray:
        """Cells in which experts differ, as (row, column): conflicts of sign first, then by spread."""
        cells = np.argwhere(self.spread > 0)
        spread, conflict = self.spread[tuple(cells.T)], self.has_conflict[tuple(cells.T)]
        found: IntArray = cells[np.lexsort((-spread.round(12), ~conflict))]
        return found


def disagreement(ensemble: Ensemble) -> Disagreement:
    """Return how far the experts differ in each judgement."""
    matrices, weights = ensemble.matrices, ensemble.weights[:, None, None]
    mean = (weights * matrices).sum(axis=0)
    spread = np.sqrt((weights * (matrices - mean) ** 2).sum(axis=0))
    lowest, highest = matrices.min(axis=0), matrices.max(axis=0)
    return Disagreement(ensemble, spread, lowest, highest, (lowest < 0) & (highest > 0))


def _sum(matrices: FloatArray, weights: FloatArray) -> FloatArray:
    return np.tensordot(weights, matrices, axes=1)


def _mean(matrices: FloatArray, weights: FloatArray) -> FloatArray:
    return _sum(matrices, weights) / weights.sum()


def _median(matrices: FloatArray, weights: FloatArray) -> FloatArray:
    order = np.argsort(matrices, axis=0, kind="stable")
    ranked = np.take_along_axis(matrices, order, axis=0)
    below = np.cumsum(weights[order], axis=0) / weights.sum()
    lower = np.argmax(below >= 0.5 - _ROUNDING, axis=0)
    upper = np.argmax(below > 0.5 + _ROUNDING, axis=0)
    ends = [np.take_along_axis(ranked, place[None], axis=0)[0] for place in (lower, upper)]
    middle: FloatArray = (ends[0] + ends[1]) / 2
    return middle


def _vote(matrices: FloatArray, weights: FloatArray) -> FloatArray:
    signs = np.sign(matrices)
    shares = [np.tensordot(weights, signs == sign, axes=1) / weights.sum() for sign in (1, -1)]
    wins = [share > 0.5 + _ROUNDING for share in shares]
    return wins[0].astype(float) - wins[1].astype(float)


_ROUNDING = 1e-12
_WAYS: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = MappingProxyType(
    {"sum": _sum, "mean": _mean, "median": _median, "vote": _vote}
)
