"""Why nothing is left: the smallest set of exclusions that already empties a field."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField
from innosi.scenarios.construction.futures_table.ordering import order_of_search
from innosi.scenarios.construction.futures_table.survivors import TooManyCases, survivor

SECONDS = 5.0
"""So long members are left out, and then so long a smaller conflict is looked for."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Exclusions, and states that were fixed, which leave nothing together.

    Attributes
    ----------
    exclusions : tuple of int
        Their numbers.
    fixed : tuple of str
        The descriptors whose states were fixed.
    is_smallest : bool
        Whether it was shown that no set with fewer members does it.
    is_minimal : bool
        Whether it was shown that something would be left without any one member. If not, there was no time to
        try all of them: some may not be needed.
    """

    exclusions: tuple[int, ...]
    fixed: tuple[str, ...]
    is_smallest: bool
    is_minimal: bool

    @property
    def size(self) -> int:
        """How many members it has."""
        return len(self.exclusions) + len(self.fixed)


def smallest_conflict(
    field: MorphologicalField,
    fixed: Mapping[str, Sequence[str]] | None = None,
    *,
    given: Mapping[str, Sequence[str]] | None = None,
    seconds: float = SECONDS,
) -> Conflict | None:
    """Return the smallest set of exclusions, and of fixed states, that leaves no combination.

    Parameters
    ----------
    fixed : mapping of descriptor to states, optional
        States that were fixed, and may be part of the conflict.
    given : mapping of descriptor to states, optional
        States that are taken for granted: no part of the conflict.
    seconds : float
        So long members are left out until all are needed, and so long a smaller set is then looked for.

    Returns
    -------
    Conflict or None
        None where something is left.

    Source
    ------
    Minimal by leaving out half of the members, a quarter and so on, down to one after the other (Chinneck &
    Dravnieks 1991, ORSA Journal on Computing 3: the deletion filter); smallest by hitting sets: Ignatiev et
    al. (2015), Smallest MUS extraction with minimal hitting set dualization. The hitting sets are found by
    integer programming (HiGHS).
    """
    members = _Members(field, dict(fixed or {}), dict(given or {}))
    everything = frozenset(range(members.n))
    if members.satisfied_by(everything) is not None:
        return None
    smallest, is_minimal = _minimal(members, time.monotonic() + seconds)
    is_smallest = False
    if is_minimal:
        smallest, is_smallest = _smallest(members, smallest, time.monotonic() + seconds)
    n = len(field.boxes)
    names = list(members.fixed)
    return Conflict(
        tuple(sorted(each for each in smallest if each < n)),
        tuple(names[each - n] for each in sorted(smallest) if each >= n),
        is_smallest,
        is_minimal,
    )


class _Members:
    """Everything that may be part of a conflict: the exclusions, then what was fixed."""

    def __init__(
        self,
        field: MorphologicalField,
        fixed: Mapping[str, Sequence[str]],
        given: Mapping[str, Sequence[str]],
    ) -> None:
        self.field, self.fixed, self.given = field, fixed, given
        self.n = len(field.boxes) + len(fixed)
        self.order = order_of_search(field)

    def satisfied_by(self, members: frozenset[int]) -> frozenset[int] | None:
        """Return all that some combination satisfies which satisfies these members; None if there is none."""
        n = len(self.field.boxes)
        allowed = list(self.field.allowed_by(self.given))
        for number, (name, states) in enumerate(self.fixed.items(), start=n):
            if number in members:
                allowed[self.field.place_of(name)] &= self.field.bits_of(name, states)
        part = self.field.only(sorted(each for each in members if each < n))
        found = survivor(part, allowed=allowed, order=self.order)
        return None if found is None else self._satisfied(found)

    def _satisfied(self, combination: tuple[int, ...]) -> frozenset[int]:
        """All members that a combination satisfies."""
        broken = set(self.field.excluding(combination))
        for number, (name, states) in enumerate(self.fixed.items(), start=len(self.field.boxes)):
            bits = self.field.bits_of(name, states)
            if not bits >> combination[self.field.place_of(name)] & 1:
                broken.add(number)
        return frozenset(range(self.n)) - broken


def _minimal(members: _Members, ends: float) -> tuple[frozenset[int], bool]:
    """Leave out members, many at once and then ever fewer, for as long as nothing survives."""
    left, size, is_told = list(range(members.n)), members.n, True
    while size > 1:
        size, at, is_told = (size + 1) // 2, 0, True
        while at < len(left):
            if time.monotonic() >= ends:
                return frozenset(left), False
            fewer = left[:at] + left[at + size :]
            try:
                is_needless = members.satisfied_by(frozenset(fewer)) is None
            except TooManyCases:
                is_needless, is_told = False, False
            left, at = (fewer, at) if is_needless else (left, at + size)
    return frozenset(left), is_told


def _smallest(members: _Members, minimal: frozenset[int], ends: float) -> tuple[frozenset[int], bool]:
    """Look for a smaller conflict: every conflict has a member of each set that must be given up."""
    given_up: list[frozenset[int]] = []
    with suppress(TooManyCases):
        while time.monotonic() < ends:
            hitting = _smallest_hitting_set(given_up, members.n)
            if len(hitting) >= len(minimal):
                return minimal, True
            satisfied = members.satisfied_by(hitting)
            if satisfied is None:
                return hitting, True
            given_up.append(frozenset(range(members.n)) - _grown(members, satisfied))
    return minimal, False


def _grown(members: _Members, satisfied: frozenset[int]) -> frozenset[int]:
    """Add members for as long as something survives: nothing more can then be satisfied at once."""
    for each in range(members.n):
        if each not in satisfied:
            found = members.satisfied_by(satisfied | {each})
            satisfied = satisfied if found is None else found
    return satisfied


def _smallest_hitting_set(sets: Sequence[frozenset[int]], n: int) -> frozenset[int]:
    """Return the smallest set that has a member of each, by integer programming."""
    if not sets:
        return frozenset()
    from scipy.optimize import Bounds, LinearConstraint, milp

    hits = np.zeros((len(sets), n))
    for row, each in enumerate(sets):
        hits[row, sorted(each)] = 1
    found = milp(
        np.ones(n),
        integrality=np.ones(n, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(hits, lb=1),
    )
    chosen: FloatArray = np.asarray(found.x)
    return frozenset(np.flatnonzero(chosen > 0.5).tolist())
