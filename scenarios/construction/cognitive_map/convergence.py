"""Whether a map must settle in one point wherever it starts, and where it settles from many starts."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, IntArray
from innosi.scenarios.construction.cognitive_map.settling import MAX_STEPS, TOLERANCE, settle
from innosi.scenarios.construction.cognitive_map.updating import (
    BoolArray,
    Dynamics,
    without_causes,
)
from innosi.scenarios.sampling.streams import uniforms

_APART = 100.0
"""So many tolerances apart, two ends are two."""


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Whether a map must settle in one point, from any start.

    Attributes
    ----------
    factor : float
        By how much a step brings any two states nearer to each other at the least; below 1 the map settles in
        the same point wherever it starts. Infinite where levels are discrete.
    frobenius : float
        The same by the Frobenius norm of the weights, as Boutalis et al. have it: never smaller.
    safe_slope : float
        Below which slope of the transfer the factor is below 1.
    """

    factor: float
    frobenius: float
    safe_slope: float

    @property
    def is_given(self) -> bool:
        """Whether the map must settle in one point."""
        return self.factor < 1

    @property
    def sentence(self) -> str:
        """What follows, for a reader."""
        if np.isinf(self.factor):
            return "levels are discrete: every start ends in a fixed point or a cycle, not always the same"
        if self.is_given:
            return f"must settle in one point from any start (contraction factor {self.factor:.3g} < 1)"
        safe = f"a slope below {self.safe_slope:.3g} would guarantee it" if self.safe_slope > 0 else ""
        hint = f"; {safe}" if safe else ""
        return f"one point from any start is not guaranteed (contraction factor {self.factor:.3g} ≥ 1{hint})"


def guarantee(weights: ArrayLike, dynamics: Dynamics, *, clamped: ArrayLike | None = None) -> Guarantee:
    """Return whether one map must settle in one point from any start, by a sufficient condition.

    A step stretches no difference between two states by more than L · min(‖M‖₂, ρ(|M|)), in the Euclidean
    norm and in a weighted maximum norm; L is the steepest slope of the transfer (λ/4 of a sigmoid, λ of tanh,
    twice as much where levels are rescaled), M the weights (plus the identity where a concept's own level
    counts) among the concepts that are free. Below 1, Banach's theorem applies. A map without feedback has
    ρ(|M|) = 0 under the rule of Kosko. Where the condition fails the map may settle all the same.

    Parameters
    ----------
    weights : (n, n) float
    clamped : (n,) float, optional
        Levels that concepts are held at; NaN where free.

    Source
    ------
    Boutalis, Kottas & Christodoulou (2009), IEEE Trans. Fuzzy Systems 17 (Frobenius norm); Knight, Lloyd &
    Penn (2014), Applied Soft Computing 15; Harmati & Kóczy (2020), IPMU (spectral radius); Harmati,
    Hatwágner & Kóczy (2021), Neural Computing and Applications (global stability).
    """
    w = np.asarray(weights, dtype=float)
    acting = _acting(w, dynamics, _free(w, dynamics, clamped))
    if not acting.size:
        return Guarantee(0.0, 0.0, np.inf)
    size = min(float(np.linalg.norm(acting, 2)), float(np.abs(np.linalg.eigvals(np.abs(acting))).max()))
    if dynamics.is_discrete:
        return Guarantee(np.inf, np.inf, 0.0)
    per_slope = dynamics.steepness / dynamics.slope
    safe = 1 / (per_slope * size) if size > 0 else np.inf
    return Guarantee(dynamics.steepness * size, dynamics.steepness * float(np.linalg.norm(acting)), safe)


def local_factor(
    weights: ArrayLike, levels: ArrayLike, dynamics: Dynamics, *, clamped: ArrayLike | None = None
) -> float:
    """Return by how much a small push away from a fixed point grows a step, in the long run.

    The spectral radius of the Jacobian among the free concepts: below 1 the map comes back to it, above 1
    the point is unstable: the least push leads elsewhere. NaN where levels are discrete.

    Parameters
    ----------
    weights : (n, n) float
    levels : (n,) float
        The fixed point.
    clamped : (n,) float, optional
        Levels that concepts are held at; NaN where free.
    """
    w, a = np.asarray(weights, dtype=float), np.asarray(levels, dtype=float)
    if dynamics.is_discrete or np.isnan(a).any():
        return float("nan")
    free = _free(w, dynamics, clamped)
    slopes = dynamics.slope * (a * (1 - a) if dynamics.transfer == "sigmoid" else 1 - a**2)
    jacobian = _acting(w, dynamics, free) * slopes[free] * (2 if dynamics.rule == "rescaled" else 1)
    return float(np.abs(np.linalg.eigvals(jacobian)).max(initial=0.0))


def _free(weights: FloatArray, dynamics: Dynamics, clamped: ArrayLike | None) -> BoolArray:
    """Which concepts are neither clamped nor held."""
    held = np.full(len(weights), np.nan) if clamped is None else np.asarray(clamped, dtype=float)
    free: BoolArray = np.isnan(held)
    return free & ~without_causes(weights) if dynamics.is_held_without_causes else free


def _acting(weights: FloatArray, dynamics: Dynamics, free: BoolArray) -> FloatArray:
    """The weights among free concepts, their own level included where it counts."""
    among = weights[np.ix_(free, free)]
    return among + np.eye(len(among)) if dynamics.has_memory else among


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a map settles from many starts.

    Attributes
    ----------
    levels : (n_ends, n) float
        The different ends, the one that is reached most first; of a cycle its mean.
    periods : (n_ends,) int
    n_reached : (n_ends,) int
        From how many starts each was reached.
    n_starts, n_unsettled : int
    """

    levels: FloatArray
    periods: tuple[int, ...]
    n_reached: tuple[int, ...]
    n_starts: int
    n_unsettled: int


def ends_of(
    weights: ArrayLike,
    initial: ArrayLike,
    dynamics: Dynamics,
    *,
    clamped: ArrayLike | None = None,
    n_starts: int = 200,
    seed: int = 1,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
) -> Ends:
    """Return where a map settles from starts spread at random over all levels.

    Ends that few starts lead to may be missed: what is found is a lower bound of how many there are.

    Parameters
    ----------
    weights : (n, n) float
    initial : (n,) float
        The levels of concepts that keep theirs because nothing acts on them; the others are drawn.
    """
    w = np.asarray(weights, dtype=float)
    drawn = uniforms(seed, "starts of a cognitive map", 0, n_starts * len(w)).reshape(n_starts, len(w))
    starts = dynamics.lowest + (1 - dynamics.lowest) * drawn
    if dynamics.is_discrete:
        starts = np.floor(drawn * (2 - dynamics.lowest)) + dynamics.lowest
    if dynamics.is_held_without_causes:
        starts = np.where(without_causes(w), np.asarray(initial, dtype=float), starts)
    found = settle(w, starts, dynamics, clamped=clamped, tolerance=tolerance, max_steps=max_steps)
    return _distinct(found.levels, found.periods, n_starts, _APART * tolerance)


def _distinct(levels: FloatArray, periods: IntArray, n_starts: int, apart: float) -> Ends:
    left = list(np.flatnonzero(periods > 0))
    n_unsettled = n_starts - len(left)
    groups: list[tuple[int, int]] = []
    while left:
        first = left[0]
        alike = {
            each
            for each in left
            if periods[each] == periods[first] and np.abs(levels[each] - levels[first]).max() <= apart
        }
        groups.append((len(alike), int(first)))
        left = [each for each in left if each not in alike]
    groups.sort(key=lambda group: (-group[0], group[1]))
    rows = [first for _, first in groups]
    return Ends(
        levels[rows],
        tuple(int(periods[row]) for row in rows),
        tuple(size for size, _ in groups),
        n_starts,
        n_unsettled,
    )
