"""What clamping changes: where a map settles with some concepts held, against where it settles by itself."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.scenarios.construction.cognitive_map.settling import (
    MAX_STEPS,
    TOLERANCE,
    Settled,
    settle,
)
from innosi.scenarios.construction.cognitive_map.updating import RULES, Dynamics, Rule

Start = Literal["baseline", "initial"]
_NUMBERS_AT_ONCE = 1_000_000
_MAPS_AT_ONCE = 500


def maps_at_once(numbers_each: int) -> int:
    """Return how many maps of so many numbers are simulated together, so that memory stays small."""
    return max(1, min(_MAPS_AT_ONCE, _NUMBERS_AT_ONCE // max(numbers_each, 1)))


@dataclass(frozen=True, slots=True)
class Comparing:
    """How scenarios are compared with the map that is left to itself.

    Attributes
    ----------
    dynamics : Dynamics
    start : {'baseline', 'initial'}
        From where a scenario starts: from where the map settles by itself, as an intervention in the present
        does (from the initial levels where it does not settle), or from the initial levels.
    tolerance : float
    max_steps : int
    """

    dynamics: Dynamics
    start: Start = "baseline"
    tolerance: float = TOLERANCE
    max_steps: int = MAX_STEPS

    def under(self, rule: Rule) -> "Comparing":
        """Return the same under another rule."""
        return replace(self, dynamics=replace(self.dynamics, rule=rule))

    @property
    def possible_rules(self) -> tuple[Rule, ...]:
        """The rules that go with the transfer."""
        is_signed = self.dynamics.lowest < 0
        return tuple(rule for rule in RULES if not (is_signed and rule == "rescaled"))


@dataclass(frozen=True)
class Compared:
    """Scenarios against the map that is left to itself.

    Attributes
    ----------
    baseline : Settled
        Where the map settles by itself, shape (...).
    scenarios : Settled
        Where it settles with concepts clamped, shape (..., n_scenarios).
    """

    baseline: Settled
    scenarios: Settled

    @property
    def changes(self) -> FloatArray:
        """Level of each concept in each scenario less its level without, shape (..., n_scenarios, n).

        NaN where either did not settle.
        """
        return self.scenarios.levels - self.baseline.levels[..., None, :]


def compare(weights: ArrayLike, initial: ArrayLike, clamped: ArrayLike, how: Comparing) -> Compared:
    """Return where maps settle by themselves, and with concepts clamped.

    Parameters
    ----------
    weights : (..., n, n) float
        One map, or many.
    initial : (n,) float
    clamped : (n_scenarios, n) float
        Levels that concepts are held at in each scenario; NaN where a concept is free.
    """
    w, first = np.asarray(weights, dtype=float), np.asarray(initial, dtype=float)
    held = np.asarray(clamped, dtype=float).reshape(-1, first.shape[-1])
    baseline = settle(w, first, how.dynamics, tolerance=how.tolerance, max_steps=how.max_steps)
    start = np.broadcast_to(first, baseline.levels.shape)
    if how.start == "baseline":
        start = np.where(np.isnan(baseline.levels), start, baseline.levels)
    scenarios = settle(
        w[..., None, :, :],
        start[..., None, :],
        how.dynamics,
        clamped=held,
        tolerance=how.tolerance,
        max_steps=how.max_steps,
    )
    return Compared(baseline, scenarios)
