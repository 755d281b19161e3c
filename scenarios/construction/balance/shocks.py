"""Shocks: whether scenarios stay consistent when judgements are shaken, and come back when one is changed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.impact_balances import impact_balances
from innosi.scenarios.construction.balance.succession import Succession, held_by, settled


@dataclass(frozen=True, eq=False)
class StructuralShocks:
    """How often scenarios stay consistent when the judgements are shaken.

    Attributes
    ----------
    shares : (n,) float
        Of each scenario: the share of trials in which it is consistent.
    errors : (n,) float
        The standard errors of these shares.
    strength : float
    n_trials : int
    why_not : str
        Why there were fewer trials than were asked for; '' where it is not so.
    """

    shares: FloatArray
    errors: FloatArray
    strength: float
    n_trials: int
    why_not: str = ""


def structural_shocks(
    impacts: CrossImpacts,
    scenarios: IntArray,
    *,
    strength: float = 1.0,
    n_trials: int = 1000,
    tolerance: float = 0.0,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> StructuralShocks:
    """Return how often scenarios stay consistent when every judgement may be wrong.

    In each trial every judgement of each section with an influence is changed by a number that is drawn
    evenly from −strength to +strength, all independently. Sections without any influence stay so.

    Parameters
    ----------
    scenarios : (n, n_descriptors) int
    strength : float
        On the scale of the judgements.
    on_progress : callable
        Called with how many trials are done, and how many will be. A KeyboardInterrupt ends them and keeps
        what was done.

    Raises
    ------
    InnosiError
        If the strength is negative or there is no trial.
    """
    if not (strength >= 0 and np.isfinite(strength)) or n_trials < 1:
        raise InnosiError(
            f"{n_trials} shocks of strength {strength:g} cannot be drawn",
            mend="give a strength of 0 or more, and one trial or more",
        )
    draw = np.random.default_rng(seed)
    scores, is_active = impact_balances(impacts, scenarios).scores, _has_influence(impacts)
    rows, chosen = impacts.rows(scenarios), np.zeros((len(scenarios), len(impacts.judgements)))
    np.put_along_axis(chosen, rows, 1.0, axis=1)
    counts, done = np.zeros(len(scenarios)), 0
    try:
        while done < n_trials:
            change = draw.uniform(-strength, strength, is_active.shape) * is_active
            shaken = scores + chosen @ change
            best = np.maximum.reduceat(shaken, impacts.starts, axis=1)
            gaps = best - np.take_along_axis(shaken, rows, axis=1)
            holds = gaps.max(axis=1) <= tolerance + impacts.rounding
            counts, done = counts + holds, done + 1
            on_progress(done, n_trials)
    except KeyboardInterrupt:
        if not done:
            raise
    why_not = "" if done == n_trials else f"interrupted after {done:,} of {n_trials:,} trials"
    shares = counts / done
    return StructuralShocks(shares, np.sqrt(shares * (1 - shares) / done), strength, done, why_not)


@dataclass(frozen=True, slots=True)
class DynamicShock:
    """A descriptor of a scenario that is put into another state.

    Attributes
    ----------
    scenario : int
        Its place among the scenarios that were given.
    descriptor, state : str
        What is changed, and to what.
    after : (n_descriptors,) int
        Where succession leads when the state is changed once and then left alone; the first of a cycle.
    length : int
        How many scenarios that goes through: 1 where it stays.
    held : (n_descriptors,) int
        Where it leads when the state is held for good.
    held_length : int
    comes_back : bool
        Whether, left alone, it comes back to the scenario.
    """

    scenario: int
    descriptor: str
    state: str
    after: IntArray
    length: int
    held: IntArray
    held_length: int
    comes_back: bool


def dynamic_shocks(
    impacts: CrossImpacts, scenarios: IntArray, succession: Succession | None = None
) -> list[DynamicShock]:
    """Return what every change of one state of each scenario leads to.

    Source
    ------
    The idea of disturbing a scenario and following its succession: Weimer-Jehle (2006).
    """
    moves = succession or Succession()
    found = []
    for i, (name, states) in enumerate(impacts.states.items()):
        for k, state in enumerate(states):
            places = np.flatnonzero(scenarios[:, i] != k)
            if not len(places):
                continue
            changed = scenarios[places].copy()
            changed[:, i] = k
            after, lengths = settled(impacts, changed, moves)
            held, held_lengths = settled(impacts, changed, held_by([name], moves))
            backs = np.all(after == scenarios[places], axis=1) & (lengths == 1)
            rows = zip(places, after, lengths, held, held_lengths, backs, strict=True)
            found += [
                DynamicShock(int(at), name, state, end, int(n), there, int(m), bool(back))
                for at, end, n, there, m, back in rows
            ]
    return sorted(found, key=lambda each: each.scenario)


def _has_influence(impacts: CrossImpacts) -> FloatArray:
    """1 for every judgement of a section with an influence, else 0."""
    found = np.zeros_like(impacts.judgements)
    ends = impacts.starts + impacts.n_states
    for above, below in zip(impacts.starts, ends, strict=True):
        for left, right in zip(impacts.starts, ends, strict=True):
            found[above:below, left:right] = impacts.judgements[above:below, left:right].any()
    return found
