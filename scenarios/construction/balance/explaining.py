"""Why a scenario hangs together, or does not: what promotes and restricts each state and its rivals."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import IntArray
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.impact_balances import impact_balances, without_rounding


@dataclass(frozen=True, slots=True)
class Influence:
    """What a state of the scenario gives to another state: above 0 it promotes, below 0 it restricts."""

    descriptor: str
    state: str
    judgement: float


@dataclass(frozen=True, slots=True)
class StateReasons:
    """What speaks for and against a state.

    Attributes
    ----------
    state : str
    is_own : bool
        Whether it is the scenario's own state of its descriptor.
    score : float
        Its impact score: all influences added up.
    pros, cons : tuple of Influence
        The strongest first.
    """

    state: str
    is_own: bool
    score: float
    pros: tuple[Influence, ...]
    cons: tuple[Influence, ...]


@dataclass(frozen=True, slots=True)
class DescriptorReasons:
    """Why a descriptor is in its state.

    Attributes
    ----------
    descriptor : str
    states : tuple of StateReasons
        All of its states, in their order.
    margin : float
        How much more its own state gets than its best rival; below 0 where the rival gets more.
    is_consistent : bool
        Whether no rival gets more than the tolerance allows.
    rival : str
        The best rival; '' where it has no other state.
    breakers : tuple of Breaker
        The single judgements whose change within the scale would make it inconsistent.
    """

    descriptor: str
    states: tuple[StateReasons, ...]
    margin: float
    is_consistent: bool
    rival: str
    breakers: tuple["Breaker", ...]

    @property
    def own(self) -> StateReasons:
        """The scenario's own state."""
        return next(each for each in self.states if each.is_own)


@dataclass(frozen=True, slots=True)
class Breaker:
    """A judgement which, changed alone, makes a descriptor inconsistent.

    Attributes
    ----------
    descriptor, state : str
        Whose influence it is.
    acted_on : str
        On which state of the descriptor.
    judgement : float
        As it is.
    limit : float
        Beyond this it breaks the scenario.
    """

    descriptor: str
    state: str
    acted_on: str
    judgement: float
    limit: float


def why(
    impacts: CrossImpacts,
    scenario: IntArray,
    *,
    tolerance: float = 0.0,
    scale: tuple[float, float] = (-np.inf, np.inf),
) -> tuple[DescriptorReasons, ...]:
    """Return why each descriptor of a scenario is in its state, or would rather be in another.

    Parameters
    ----------
    scenario : (n_descriptors,) int
        The place of each descriptor's state.
    tolerance : float
        So much more a rival may get.
    scale : (float, float)
        Between which a judgement may be changed.
    """
    balances = impact_balances(impacts, scenario)
    rows = impacts.rows(scenario)[0]
    found = []
    for i, (name, states) in enumerate(impacts.states.items()):
        start, own = int(impacts.starts[i]), int(scenario[i])
        reasons = tuple(
            _reasons(impacts, rows, start + k, state, is_own=k == own) for k, state in enumerate(states)
        )
        margin = float(balances.margins[0, i])
        rival = states[int(balances.nearest_rivals[0, i])] if len(states) > 1 else ""
        breakers = _breakers(impacts, scenario, i, tolerance, scale)
        holds = margin >= -(tolerance + impacts.rounding)
        found.append(DescriptorReasons(name, reasons, margin, holds, rival, breakers))
    return tuple(found)


def _reasons(impacts: CrossImpacts, rows: IntArray, column: int, state: str, *, is_own: bool) -> StateReasons:
    given = impacts.judgements[rows, column]
    influences = [
        Influence(*_names(impacts, int(row)), float(value))
        for row, value in zip(rows, given, strict=True)
        if value
    ]
    pros = sorted((each for each in influences if each.judgement > 0), key=lambda each: -each.judgement)
    cons = sorted((each for each in influences if each.judgement < 0), key=lambda each: each.judgement)
    score = float(without_rounding(given.sum(), impacts))
    return StateReasons(state, is_own, score, tuple(pros), tuple(cons))


def _breakers(
    impacts: CrossImpacts, scenario: IntArray, target: int, tolerance: float, scale: tuple[float, float]
) -> tuple[Breaker, ...]:
    """Judgements that suffice alone: on the own state one that falls, on a rival one that rises, too far."""
    start, size = int(impacts.starts[target]), int(impacts.n_states[target])
    own = start + int(scenario[target])
    rows = np.delete(impacts.rows(scenario)[0], target)
    scores = impacts.judgements[rows].sum(axis=0)
    slacks = scores[own] - np.delete(scores[start : start + size], own - start) + tolerance
    if not len(slacks) or slacks.min() < -impacts.rounding:
        return ()
    found = []
    for row in rows:
        for column in range(start, start + size):
            value = float(impacts.judgements[row, column])
            slack = float(slacks.min()) if column == own else float(scores[own] - scores[column] + tolerance)
            limit = value - slack if column == own else value + slack
            room = limit - scale[0] if column == own else scale[1] - limit
            if room > impacts.rounding:
                found.append(Breaker(*_names(impacts, int(row)), _names(impacts, column)[1], value, limit))
    return tuple(sorted(found, key=lambda each: abs(each.limit - each.judgement)))


def _names(impacts: CrossImpacts, row: int) -> tuple[str, str]:
    """The descriptor and the state of a row."""
    descriptor, _, state = impacts.label(row).partition("=")
    return descriptor, state
