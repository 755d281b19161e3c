"""Impact balances of scenarios: how strongly each state is pushed, and whether another is pushed more."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innosi.models.arrays import AnyArray, ArrayLike, FloatArray, IntArray
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts


@dataclass(frozen=True, eq=False)
class ImpactBalances:
    """The impact balances of scenarios.

    Attributes
    ----------
    impacts : CrossImpacts
    scenarios : (n, n_descriptors) int
        The place of each descriptor's state, from 0.
    scores : (n, n_states) float
        The impact score of each state: what the scenario's states of the other descriptors give it, added up.

    Everything that differs from 0 by rounding alone is 0.

    Source
    ------
    Weimer-Jehle (2006), Technological Forecasting and Social Change 73(4), section 3.
    """

    impacts: CrossImpacts
    scenarios: IntArray
    scores: FloatArray

    @cached_property
    def own(self) -> FloatArray:
        """The impact score of each descriptor's own state, shape (n, n_descriptors)."""
        return np.take_along_axis(self.scores, self.impacts.rows(self.scenarios), axis=1)

    @cached_property
    def inconsistencies(self) -> FloatArray:
        """How much more the best state of each descriptor gets than its own, shape (n, n_descriptors)."""
        best = np.maximum.reduceat(self.scores, self.impacts.starts, axis=1)
        return without_rounding(best - self.own, self.impacts)

    @cached_property
    def inconsistency(self) -> FloatArray:
        """Of each scenario: that of its most inconsistent descriptor, shape (n,)."""
        return self.inconsistencies.max(axis=1)

    def are_consistent(self, tolerance: float = 0.0) -> AnyArray:
        """Return of each scenario whether its inconsistency is within a tolerance, shape (n,)."""
        within: AnyArray = self.inconsistency <= tolerance + self.impacts.rounding
        return within

    @cached_property
    def total_score(self) -> FloatArray:
        """Of each scenario: the impact scores of its own states, added up, shape (n,)."""
        return without_rounding(self.own.sum(axis=1), self.impacts)

    @cached_property
    def margins(self) -> FloatArray:
        """How much more the own state of each descriptor gets than its best rival, shape (n, n_descriptors).

        Below 0 where it is inconsistent; infinite where there is no rival.
        """
        return without_rounding(self.own - self._rivals.max(axis=2), self.impacts)

    @cached_property
    def nearest_rivals(self) -> IntArray:
        """The place of the best rival of each descriptor's own state, the first of several."""
        return np.argmax(self._rivals, axis=2)

    @cached_property
    def _rivals(self) -> FloatArray:
        """Scores of the rivals, shape (n, n_descriptors, width); −inf for the own state and for none."""
        n, width = self.scenarios.shape, int(self.impacts.n_states.max())
        found = np.full((*n, width), -np.inf)
        for i, (start, size) in enumerate(zip(self.impacts.starts, self.impacts.n_states, strict=True)):
            found[:, i, :size] = self.scores[:, start : start + size]
        np.put_along_axis(found, self.scenarios[:, :, None], -np.inf, axis=2)
        return found


def impact_balances(impacts: CrossImpacts, scenarios: ArrayLike) -> ImpactBalances:
    """Return the impact balances of scenarios: θ_jl = Σ over i ≠ j of C[i z_i → j l].

    Parameters
    ----------
    scenarios : (n, n_descriptors) or (n_descriptors,) int
        The place of each descriptor's state, from 0.
    """
    places = np.atleast_2d(np.asarray(scenarios, dtype=np.int64))
    scores = np.zeros((len(places), len(impacts.judgements)))
    for rows in impacts.rows(places).T:
        scores += impacts.judgements[rows]
    return ImpactBalances(impacts, places, without_rounding(scores, impacts))


def without_rounding(values: FloatArray, impacts: CrossImpacts) -> FloatArray:
    """Return sums of judgements, with 0 for those that differ from it by rounding alone."""
    return np.where(np.abs(values) <= impacts.rounding, 0.0, values)


def acted_on(impacts: CrossImpacts) -> AnyArray:
    """Return of each descriptor whether any other acts on it; one on which none acts is free to choose."""
    return np.logical_or.reduceat(impacts.judgements.any(axis=0), impacts.starts)


def intervened(impacts: CrossImpacts, held: Mapping[str, str]) -> CrossImpacts:
    """Return the matrix as it is when somebody holds states, whatever pushes against them.

    What acts on a held descriptor is taken away; it acts on the others as before.

    Raises
    ------
    InnosiError
        If a descriptor or a state is unknown.
    """
    matrix = impacts.judgements.copy()
    for name, state in held.items():
        impacts.place_of(name, state)
        i = impacts.descriptors.index(name)
        matrix[:, impacts.starts[i] : impacts.starts[i] + impacts.n_states[i]] = 0
    return CrossImpacts.of(impacts.states, matrix)
