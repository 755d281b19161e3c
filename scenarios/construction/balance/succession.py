"""Succession: where scenarios go when every descriptor gives way to what pushes it, and where they settle."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.engines.threads import Threads
from innosi.scenarios.loading.validation import nearest

MOST_COMBINATIONS = 5_000_000
"""Up to so many scenarios every one is followed; with more, a sample."""
N_STARTS = 5_000
_CHUNK, _FEW, _MOST_STEPS = 262_144, 100, 100_000


class Rule(StrEnum):
    """Which descriptors move in a step, and how far. On a tie a state is kept, else the first best taken."""

    GLOBAL = "global"
    """All at once, each to the state that is pushed most."""
    LOCAL = "local"
    """Only the most inconsistent one, the first of several."""
    INCREMENTAL = "incremental"
    """All at once, each by one state in the direction of the one that is pushed most."""
    ADIABATIC = "adiabatic"
    """Slow ones wait until the faster ones have settled; those of one speed move at once."""


@dataclass(frozen=True, slots=True)
class Succession:
    """How scenarios move.

    Attributes
    ----------
    rule : Rule
    slow : tuple of groups of str
        For adiabatic succession: descriptors that are slow, and in further groups slower ones.
    held : tuple of str
        Descriptors that do not move, whatever pushes them.

    Source
    ------
    Weimer-Jehle (2006), Technological Forecasting and Social Change 73(4); the reading of adiabatic,
    after its meaning in physics, is ours.
    """

    rule: Rule = Rule.GLOBAL
    slow: tuple[tuple[str, ...], ...] = ()
    held: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rule == Rule.ADIABATIC and not self.slow:
            raise InnosiError(
                "adiabatic succession needs to know which descriptors are slow",
                mend="name them, such as --slow land",
            )
        if self.slow and self.rule != Rule.ADIABATIC:
            raise InnosiError(
                f"{self.rule} succession knows no slow descriptors", mend="take adiabatic succession"
            )

    @property
    def code(self) -> int:
        """The rule as the kernel knows it."""
        return list(Rule).index(self.rule)

    def system(self, impacts: CrossImpacts) -> tuple[Any, ...]:
        """Return what the kernel needs to know of a matrix.

        Raises
        ------
        InnosiError
            If a slow or a held descriptor is unknown, or one is named twice.
        """
        n = len(impacts.states)
        speeds, is_held = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
        seen: set[str] = set()
        for speed, group in enumerate(self.slow, start=1):
            for name in group:
                if name in seen:
                    raise InnosiError(f"'{name}' is named twice among the slow ones", mend="name it once")
                seen.add(name)
                speeds[_index_of(impacts, name)] = speed
        for name in self.held:
            is_held[_index_of(impacts, name)] = True
        judgements = np.ascontiguousarray(impacts.judgements)
        return judgements, impacts.starts, impacts.n_states, speeds, is_held, impacts.rounding


@dataclass(frozen=True, eq=False)
class Attractors:
    """Where succession settles: at scenarios, or in cycles of them.

    Attributes
    ----------
    succession : Succession
    scenarios : (n, n_descriptors) int
        Of each attractor the scenario, or the first of its cycle; the largest basin first.
    lengths : (n,) int
        How many scenarios it goes through: 1 for a scenario that stays.
    basins : (n,) float
        Which share of all scenarios leads to it.
    errors : (n,) float
        The standard errors of these shares; 0 where every scenario was followed.
    n_starts : int
        How many scenarios were followed.
    is_exhaustive : bool
        Whether these are all scenarios.
    unsettled : float
        Which share of them had not settled after many steps.
    why_not : str
        Why fewer were followed than was asked for; '' where it is not so.
    """

    succession: Succession
    scenarios: IntArray
    lengths: IntArray
    basins: FloatArray
    errors: FloatArray
    n_starts: int
    is_exhaustive: bool
    unsettled: float = 0.0
    why_not: str = ""

    def basins_of(self, scenarios: IntArray) -> FloatArray:
        """Return which share of all scenarios leads to each of some; 0 for one that is no fixed point."""
        is_fixed = self.lengths == 1
        known = dict(zip(_keys(self.scenarios[is_fixed]), self.basins[is_fixed].tolist(), strict=True))
        return np.array([known.get(each, 0.0) for each in _keys(scenarios)], dtype=float)


def attractors(
    impacts: CrossImpacts,
    succession: Succession | None = None,
    *,
    fixed: Mapping[str, str] | None = None,
    n_starts: int | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> Attractors:
    """Return where succession settles, and from how many scenarios.

    Parameters
    ----------
    succession : Succession, optional
        Global by default.
    fixed : mapping of descriptor to state, optional
        Only scenarios with these states are followed, and they are held.
    n_starts : int, optional
        Follow a random sample of so many scenarios; by default all of them up to five million, else 5,000.
    seed : int
        Of the sample.
    on_progress : callable
        Called now and then with how many scenarios were followed, and how many will be. A KeyboardInterrupt
        ends the following of a sample, and keeps the part of it that was followed.
    """
    moves = succession or Succession()
    places = {
        _index_of(impacts, name): impacts.place_of(name, state) for name, state in (fixed or {}).items()
    }
    if places:
        impacts = _narrowed(impacts, places)
    if n_starts is None and impacts.n_combinations <= MOST_COMBINATIONS:
        found = _all_attractors(impacts, moves, on_progress)
    else:
        found = _sampled_attractors(impacts, moves, n_starts or N_STARTS, seed, on_progress)
    for i, place in places.items():
        found.scenarios[:, i] = place
    return found


def _narrowed(impacts: CrossImpacts, places: Mapping[int, int]) -> CrossImpacts:
    """The matrix in which some descriptors have one state only."""
    kept = [
        int(start) + state
        for i, (start, size) in enumerate(zip(impacts.starts, impacts.n_states, strict=True))
        for state in ([places[i]] if i in places else range(size))
    ]
    states = {
        name: (group[places[i]],) if i in places else group
        for i, (name, group) in enumerate(impacts.states.items())
    }
    return CrossImpacts.of(states, impacts.judgements[np.ix_(kept, kept)])


def settled(
    impacts: CrossImpacts, scenarios: IntArray, succession: Succession | None = None
) -> tuple[IntArray, IntArray]:
    """Return where succession leads from scenarios.

    Returns
    -------
    (n, n_descriptors) int, (n,) int
        The scenario where each settles, or the first of its cycle; and how many scenarios that goes through,
        0 where it had not settled after 100,000 steps.
    """
    from innosi.scenarios.construction.balance import succession_kernel as kernel

    moves = succession or Succession()
    ends = np.array(scenarios, dtype=np.int64, ndmin=2)
    lengths = np.zeros(len(ends), dtype=np.int64)
    kernel.settle(moves.code, moves.system(impacts), ends, lengths, _MOST_STEPS)
    return ends, lengths


def path(impacts: CrossImpacts, scenario: IntArray, succession: Succession | None = None) -> IntArray:
    """Return the scenarios that succession goes through from one on; the last is the first to come again."""
    from innosi.scenarios.construction.balance import succession_kernel as kernel

    moves = succession or Succession()
    system = moves.system(impacts)
    here = np.asarray(scenario, dtype=np.int64)
    steps, seen = [here], {tuple(here.tolist())}
    while len(steps) < _MOST_STEPS:
        here = here.copy()
        kernel.advance(moves.code, system, here)
        steps.append(here)
        if tuple(here.tolist()) in seen:
            break
        seen.add(tuple(here.tolist()))
    return np.array(steps)


def held_by(names: Collection[str], succession: Succession) -> Succession:
    """Return a succession in which these descriptors do not move."""
    return Succession(succession.rule, succession.slow, tuple({*succession.held, *names}))


def _all_attractors(
    impacts: CrossImpacts, moves: Succession, on_progress: Callable[[int, int], None]
) -> Attractors:
    from innosi.scenarios.construction.balance import succession_kernel as kernel

    n = impacts.n_combinations
    following, system = np.empty(n, dtype=np.int32), moves.system(impacts)
    for begin in range(0, n, _CHUNK):
        kernel.successors(moves.code, system, begin, following[begin : begin + _CHUNK])
        on_progress(min(begin + _CHUNK, n), n)
    labels = np.full(n, -1, dtype=np.int32)
    firsts, lengths = kernel.label_attractors(following, labels)
    shares = np.bincount(labels, minlength=len(firsts)) / n
    order = np.lexsort([firsts, -shares])
    scenarios = firsts[order, None] // _strides(impacts) % impacts.n_states
    return Attractors(moves, scenarios, lengths[order], shares[order], np.zeros(len(firsts)), n, True)


def _sampled_attractors(
    impacts: CrossImpacts,
    moves: Succession,
    n_starts: int,
    seed: int,
    on_progress: Callable[[int, int], None],
) -> Attractors:
    from innosi.scenarios.construction.balance import succession_kernel as kernel

    draw = np.random.default_rng(seed)
    ends = draw.integers(0, impacts.n_states, (n_starts, len(impacts.states)))
    lengths, system = np.zeros(n_starts, dtype=np.int64), moves.system(impacts)

    def settle(begin: int) -> None:
        part = slice(begin, begin + _FEW)
        kernel.settle(moves.code, system, ends[part], lengths[part], _MOST_STEPS)

    is_followed, n_followed = np.zeros(n_starts, dtype=bool), 0
    try:
        for begin, _ in Threads().map(settle, range(0, n_starts, _FEW)):
            is_followed[begin : begin + _FEW] = True
            n_followed = min(n_followed + _FEW, n_starts)
            on_progress(n_followed, n_starts)
    except KeyboardInterrupt:
        if not n_followed:
            raise
    ends, lengths = ends[is_followed], lengths[is_followed]
    why_not = "" if len(ends) == n_starts else f"interrupted after {len(ends):,} of {n_starts:,} starts"
    return _counted(moves, ends, lengths, why_not)


def _counted(moves: Succession, ends: IntArray, lengths: IntArray, why_not: str) -> Attractors:
    """The attractors of a sample, from where each of it ended."""
    n_starts, is_settled = len(ends), lengths > 0
    scenarios, first, counts = np.unique(ends[is_settled], axis=0, return_index=True, return_counts=True)
    shares = counts / n_starts
    order = np.argsort(-shares, kind="stable")
    errors = np.sqrt(shares * (1 - shares) / n_starts)
    return Attractors(
        moves,
        scenarios[order],
        lengths[is_settled][first[order]],
        shares[order],
        errors[order],
        n_starts,
        is_exhaustive=False,
        unsettled=float(1 - is_settled.mean()),
        why_not=why_not,
    )


def _keys(scenarios: IntArray) -> list[Any]:
    """Each scenario as something to look it up by, quickly also for millions of them."""
    rows = np.ascontiguousarray(scenarios, dtype=np.int32)
    found: list[Any] = rows.view(f"V{rows.itemsize * rows.shape[1]}").ravel().tolist()
    return found


def _strides(impacts: CrossImpacts) -> IntArray:
    """What a step of each descriptor's state is worth in a scenario's number."""
    sizes = impacts.n_states
    return np.concatenate([np.cumprod(sizes[:0:-1])[::-1], [1]]).astype(np.int64)


def _index_of(impacts: CrossImpacts, name: str) -> int:
    if name not in impacts.states:
        raise InnosiError(f"'{name}' is no descriptor{nearest(name, impacts.states)}")
    return impacts.descriptors.index(name)
