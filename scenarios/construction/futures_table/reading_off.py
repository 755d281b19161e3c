"""What a futures table says: what is left, what each exclusion removes, what a fixed state forces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from functools import cached_property
from typing import Literal

import numpy as np

from innosi.models.arrays import IntArray
from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.futures_table.conflicts import Conflict, smallest_conflict
from innosi.scenarios.construction.futures_table.diversity import DiverseSet, diverse
from innosi.scenarios.construction.futures_table.next_step import names_of
from innosi.scenarios.construction.futures_table.removals import Removal, left_by_kind, removals
from innosi.scenarios.construction.futures_table.survivors import (
    INTERRUPTED,
    MOST_CASES,
    Survivors,
    survivors,
)
from innosi.scenarios.construction.futures_table.table import KINDS, FuturesTable
from innosi.scenarios.construction.futures_table.table_file import conflict_faults

Fixed = Mapping[str, Sequence[str]]
"""The states that each descriptor may have, where some are fixed."""
Told = Callable[[int, int], None]
Choice = Literal["listed", "diverse", "named"]
MOST_CANDIDATES, LEAST_CANDIDATES = 600_000, 2_000
"""Divided by how many are chosen: among so many combinations they are; of more, among an even spread."""
MOST_WRITTEN = 200
"""So many scenarios are written unless they were chosen: somebody has to look at each."""
MOST_EXPLAINED, SECONDS_TO_EXPLAIN = 40, 8.0
"""For so many states that no combination has, the reason is looked for; for all of them, so long twice."""
_CASES_IN_ALL, _LEAST_CASES = 2_000_000, 5_000
_CASES_BY_KIND = 200_000


@dataclass(frozen=True, eq=False)
class Reading:
    """A futures table as read with some states fixed, or none.

    Attributes
    ----------
    table : FuturesTable
    fixed : mapping of descriptor to states
    survivors : Survivors
        What is left with these.
    on_progress : callable
        Is told how much is done, and how much there is to do.
    """

    table: FuturesTable
    fixed: Fixed
    survivors: Survivors = attribute(repr=False)
    on_progress: Told = attribute(default=lambda _, __: None, repr=False)

    @cached_property
    def removals(self) -> tuple[Removal, ...]:
        """What each exclusion removes, whatever is fixed."""
        return removals(self.table.field, most_cases=self._cases_each, on_progress=self.on_progress)

    @cached_property
    def left_by_kind(self) -> Mapping[tuple[str, ...], int | None]:
        """How many combinations are left by the exclusions of some kinds, whatever is fixed."""
        kinds = [each.kind for each in self.table.exclusions]
        order = sorted(range(len(kinds)), key=lambda number: KINDS.index(kinds[number]))
        field = self.table.field.only(order)
        return left_by_kind(field, [kinds[number] for number in order], most_cases=_CASES_BY_KIND)

    @cached_property
    def forced(self) -> Mapping[str, str]:
        """The state of each descriptor that has but one left, and was not fixed to it; none if unknown."""
        found = {}
        for (name, group), counts in self._counts():
            open_states = [state for state, n in zip(group, counts, strict=True) if n]
            if len(open_states) == 1 and len(self.fixed.get(name, group)) > 1:
                found[name] = open_states[0]
        return found if self.survivors.is_complete else {}

    @cached_property
    def closed(self) -> Mapping[tuple[str, str], Conflict | None]:
        """The states that may be taken but no survivor has, each with what closes it; none if unknown."""
        if not self.survivors.is_complete:
            return {}
        closed = [
            (name, state)
            for (name, group), counts in self._counts()
            for state, n in zip(group, counts, strict=True)
            if not n and state in self.fixed.get(name, group)
        ]
        seconds = min(1.0, SECONDS_TO_EXPLAIN / max(len(closed), 1))
        return {
            each: self._why_closed(*each, seconds) if number < MOST_EXPLAINED else None
            for number, each in enumerate(closed)
        }

    def _counts(self) -> list[tuple[tuple[str, tuple[str, ...]], tuple[int, ...]]]:
        return list(zip(self.table.field.states.items(), self.survivors.n_with_state, strict=True))

    def _why_closed(self, name: str, state: str, seconds: float) -> Conflict | None:
        others = {each: states for each, states in self.fixed.items() if each != name}
        return smallest_conflict(self.table.field, others, given={name: (state,)}, seconds=seconds)

    @property
    def _cases_each(self) -> int:
        return max(_LEAST_CASES, _CASES_IN_ALL // max(len(self.table.exclusions), 1))


def read_off(
    table: FuturesTable,
    fixed: Fixed | None = None,
    *,
    seconds: float | None = None,
    on_progress: Told = lambda _, __: None,
) -> Reading:
    """Return what is left of a futures table.

    Parameters
    ----------
    fixed : mapping of descriptor to states, optional
        Only combinations that have, in each of these descriptors, one of these states.
    seconds : float, optional
        The search ends after them.
    on_progress : callable
        Is told how much is done, and how much there is to do at most.

    Raises
    ------
    InnosiError, InputFaults
        If a fixed state is unknown, or nothing is left: with the smallest set of exclusions and of what is
        fixed that leaves nothing.
    """
    fixed = fixed or {}
    allowed = table.field.allowed_by(fixed)
    found = table.survivors
    if fixed or found.why_not not in ("", INTERRUPTED):
        found = survivors(
            table.field, allowed=allowed, seconds=seconds, on_progress=lambda n: on_progress(n, MOST_CASES)
        )
    if found.is_complete and not found.n:
        conflict = smallest_conflict(table.field, fixed)
        raise InputFaults(table.source, conflict_faults(table.exclusions, conflict, fixed))
    return Reading(table, fixed, found, on_progress)


@dataclass(frozen=True, eq=False)
class Shown:
    """Combinations that are shown, written or drawn one by one.

    Attributes
    ----------
    choice : 'listed', 'diverse' or 'named'
    combinations : (n, n_descriptors) int
        The places of their states.
    names : tuple of str
    n_of : int
        Among how many they were chosen.
    diversity : DiverseSet, optional
        How much they differ, where they were chosen for it.
    """

    choice: Choice
    combinations: IntArray = attribute(repr=False)
    names: tuple[str, ...]
    n_of: int
    diversity: DiverseSet | None = None


def listed(reading: Reading, at_most: int | None = None) -> Shown:
    """Return the survivors; of more than `at_most`, an even spread of them."""
    found = reading.survivors.listed(at_most)
    return _shown(reading, "listed", found, reading.survivors.n)


def named(reading: Reading) -> Shown:
    """Return the combinations that the workshop named and that have the fixed states.

    Raises
    ------
    InnosiError
        If there are none.
    """
    allowed = reading.table.field.allowed_by(reading.fixed)
    found = [
        each.places
        for each in reading.table.named.values()
        if all(bits >> place & 1 for place, bits in zip(each.places, allowed, strict=True))
    ]
    if not found:
        raise InnosiError(
            "no named combination is left",
            mend="name some under `scenarios`, or fix less",
            where=reading.table.source,
        )
    return _shown(reading, "named", np.array(found), len(reading.table.named))


def diverse_ones(reading: Reading, k: int) -> Shown:
    """Return k survivors that differ most; see `diverse`."""
    candidates = reading.survivors.listed(max(MOST_CANDIDATES // k, LEAST_CANDIDATES, k))
    found = diverse(candidates, k, weights=reading.table.weights, on_progress=reading.on_progress)
    shown = _shown(reading, "diverse", candidates[found.chosen], len(candidates))
    return replace(shown, diversity=found)


def written(reading: Reading, shown: Shown | None) -> Shown:
    """Return what goes into a scenario file: what is shown; else what is named; else all, if not too many.

    Raises
    ------
    InnosiError
        If they are too many to look at.
    """
    if shown is not None:
        return shown
    if reading.table.named:
        return named(reading)
    if reading.survivors.n > MOST_WRITTEN:
        raise InnosiError(
            f"{reading.survivors.n:,} combinations survive, which are too many scenarios",
            mend="choose some by --diverse 6, or --list with --at-most",
            where=reading.table.source,
        )
    return listed(reading)


def _shown(reading: Reading, choice: Choice, combinations: IntArray, n_of: int) -> Shown:
    return Shown(choice, combinations, names_of(reading.table, combinations), n_of)
