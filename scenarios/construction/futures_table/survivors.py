"""All combinations that no exclusion removes: counted exactly, however many they are, and listed."""

import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from typing import Any

import numpy as np

from innosi.models.arrays import AnyArray, FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField
from innosi.scenarios.construction.futures_table.ordering import order_of_search
from innosi.scenarios.construction.futures_table.residues import Residues

MOST_CASES = 1_000_000
"""So many cases a search tells apart before it gives up; they take some hundred megabytes."""
MOST_DESCRIPTORS, MOST_STATES = 200, 64
INTERRUPTED = "the search was interrupted"
_LOOK_EVERY = 4_096
_EXACT = 1 << 62


class TooManyCases(InnosiError):
    """Whether anything survives was not found out."""


@dataclass(frozen=True, eq=False)
class Survivors:
    """The combinations of a field that survive its exclusions, as a diagram of decisions.

    Attributes
    ----------
    field : MorphologicalField
    order : tuple of int
        Which descriptor each layer of the diagram decides.
    is_complete : bool
        Whether these are all; if not, those in the diagram do survive, but there may be others.
    why_not : str
        Why the search was ended; '' where it is complete.
    layers : tuple of (n_cases, n_states) int
        For each case and state, the case of the next layer that it leads to; -1 where nothing survives.
    """

    field: MorphologicalField
    order: tuple[int, ...]
    is_complete: bool
    why_not: str
    layers: tuple[IntArray, ...] = attribute(repr=False)

    @cached_property
    def n(self) -> int:
        """How many survive; at least so many, where the search is not complete."""
        return int(self._below[0].sum())

    @cached_property
    def n_with_state(self) -> tuple[tuple[int, ...], ...]:
        """How many survivors have each state of each descriptor."""
        above: AnyArray = np.ones(len(self.layers[0]), dtype=self._below[0].dtype)
        found: dict[int, tuple[int, ...]] = {}
        for place, children, below in zip(self.order, self.layers, self._below[1:], strict=True):
            passing = np.zeros(len(below), dtype=above.dtype)
            counts = []
            for column in children.T:
                is_open = column >= 0
                np.add.at(passing, column[is_open], above[is_open])
                counts.append(int((above[is_open] * below[column[is_open]]).sum()))
            found[place] = tuple(counts)
            above = passing
        return tuple(found[place] for place in range(len(self.order)))

    def listed(self, at_most: int | None = None) -> IntArray:
        """Return survivors as the places of their states, in the order of the table.

        Parameters
        ----------
        at_most : int, optional
            So many; of more, an even spread is given, the same each time.

        Returns
        -------
        (n, n_descriptors) int
        """
        wanted = self.n if at_most is None else min(at_most, self.n)
        cases = np.zeros(min(wanted, 1), dtype=np.int64)
        stretches = np.array([[0.0, float(wanted)]])[: len(cases)]
        chosen = np.empty((len(cases), len(self.order)), dtype=np.int64)
        for place, children, below in zip(self.order, self.layers, self._below[1:], strict=True):
            reached = children[cases]
            is_open = reached >= 0
            if wanted < self.n:
                bounds = _shared_out(np.where(is_open, below[reached], 0), stretches)
                is_open &= np.diff(np.floor(bounds - 0.5), axis=1) > 0
            rows, states = np.nonzero(is_open)
            if wanted < self.n:
                stretches = np.stack([bounds[rows, states], bounds[rows, states + 1]], axis=1)
            chosen, cases = chosen[rows], reached[rows, states]
            chosen[:, place] = states
        return chosen[np.lexsort(chosen.T[::-1])]

    @cached_property
    def _below(self) -> list[AnyArray]:
        """How many survivors lie below each case of each layer: whole numbers of any size."""
        kind: Any = np.int64 if self.field.size < _EXACT else object
        below: list[AnyArray] = [np.ones(1, dtype=kind)]
        for children in reversed(self.layers):
            counts = np.append(below[-1], np.zeros(1, dtype=kind))  # its last, which -1 means, is nothing
            below.append(counts[children].sum(axis=1))
        return below[::-1]


def _shared_out(counts: AnyArray, stretches: FloatArray) -> FloatArray:
    """Share the stretch of each row out among its columns by their counts: n + 1 bounds, the ends exact."""
    sums, totals = np.cumsum(counts, axis=1), counts.sum(axis=1)[:, None]
    low, high = stretches[:, :1], stretches[:, 1:]
    ends = np.where(sums == totals, high, low + (sums / totals).astype(np.float64) * (high - low))
    return np.concatenate([low, ends], axis=1)


def survivors(
    field: MorphologicalField,
    *,
    allowed: Sequence[int] | None = None,
    order: Sequence[int] | None = None,
    most_cases: int = MOST_CASES,
    seconds: float | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Survivors:
    """Return every combination of a field that no exclusion removes.

    A depth-first search over the descriptors that remembers what it has seen: two beginnings that leave the
    same exclusions to heed are searched once. Exclusions that tie neighbours only keep these cases few, and a
    field of 10^12 combinations is counted at once; where everything excludes everything, they may be many.

    Parameters
    ----------
    allowed : sequence of int, optional
        The states of each descriptor that may be taken, as bits; all by default.
    order : sequence of int, optional
        In which order descriptors are decided, where a good one is known; the survivors are the same.
    most_cases : int
        The search ends when it tells more cases apart.
    seconds : float, optional
        The search ends after them.
    on_progress : callable
        Called now and then with the number of cases. A KeyboardInterrupt ends the search and keeps what was
        found.

    Raises
    ------
    InnosiError
        If there are more than 200 descriptors, or more than 64 states of one.

    Source
    ------
    The diagram is a multi-valued decision diagram (Kam et al. 1998, Multiple-Valued Logic 4), built top-down
    as by Hadzic et al. (2008), with counts by dynamic programming.
    """
    if len(field.n_states) > MOST_DESCRIPTORS or max(field.n_states, default=0) > MOST_STATES:
        raise InnosiError(
            f"a field may have {MOST_DESCRIPTORS} descriptors of {MOST_STATES} states",
            mend="leave out what matters least",
        )
    ends = np.inf if seconds is None else time.monotonic() + seconds
    search = _Search(field, tuple(allowed or field.whole), order)
    try:
        search.run(most_cases, ends, on_progress)
    except KeyboardInterrupt:
        search.why_not = INTERRUPTED
    return search.found()


def survivor(
    field: MorphologicalField, *, allowed: Sequence[int] | None = None, order: Sequence[int] | None = None
) -> tuple[int, ...] | None:
    """Return the first combination that a search finds to survive; None if there is none.

    Raises
    ------
    TooManyCases
        If a million cases do not tell.
    """
    search = _Search(field, tuple(allowed or field.whole), order, is_for_one=True)
    search.run(MOST_CASES, np.inf, lambda _: None)
    if not search.is_found and search.why_not:
        raise TooManyCases(
            "whether any combination is left cannot be told", mend="take fewer descriptors at once"
        )
    found = search.found().listed(1)
    return tuple(found[0].tolist()) if len(found) else None


@dataclass(slots=True)
class _Case:
    """A case that is being searched, and where its states have led so far."""

    layer: int
    residue: int
    children: list[int] = attribute(default_factory=list)


class _Search:
    """A search under way. What it has found so far is sound whenever it is ended."""

    def __init__(
        self,
        field: MorphologicalField,
        allowed: tuple[int, ...],
        order: Sequence[int] | None,
        *,
        is_for_one: bool = False,
    ) -> None:
        self.field, self.is_for_one = field, is_for_one
        self.order = order_of_search(field) if order is None else tuple(order)
        self.n_states = [field.n_states[place] for place in self.order]
        self.residues = Residues.of(field, self.order, allowed)
        self.seen: list[dict[int, int]] = [{} for _ in range(len(self.order) + 1)]
        self.children = [array("q") for _ in self.order]
        self.open: list[_Case] = []
        self.n_cases, self.is_found, self.why_not = 0, False, ""

    def run(self, most_cases: int, ends: float, on_progress: Callable[[int], None]) -> None:
        if self.residues.first is None:
            return
        self.seen[-1][0] = 0
        self.open = [_Case(0, self.residues.first)]
        while self.open:
            self._step()
            if self.is_found and self.is_for_one:
                self.why_not = "one is enough"
            elif self.n_cases >= most_cases:
                self.why_not = f"more than {most_cases:,} cases must be told apart"
            elif self.n_cases % _LOOK_EVERY == 0:
                on_progress(self.n_cases)
                self.why_not = "its time was up" if time.monotonic() >= ends else ""
            if self.why_not:
                break

    def _step(self) -> None:
        """Try the next state of the case on top, or close it when all were tried."""
        case = self.open[-1]
        if len(case.children) == self.n_states[case.layer]:
            self._close()
            return
        residue = self.residues.after(case.residue, case.layer, len(case.children))
        if residue is None:
            case.children.append(-1)
            return
        known = self.seen[case.layer + 1].get(residue)
        if known is None:
            self.n_cases += 1
            self.open.append(_Case(case.layer + 1, residue))
        else:
            case.children.append(known)
            self.is_found |= case.layer + 1 == len(self.order)

    def _close(self) -> None:
        """Give the case on top its number, and tell it to the case below."""
        case = self.open.pop()
        rows = self.children[case.layer]
        number = -1
        if any(child >= 0 for child in case.children):
            number = len(rows) // self.n_states[case.layer]
            rows.extend(case.children)
        self.seen[case.layer][case.residue] = number
        if self.open:
            self.open[-1].children.append(number)

    def found(self) -> Survivors:
        """What was found, with the cases that are open taken for as far as they were searched."""
        while self.open:
            case = self.open[-1]
            missing = self.n_states[case.layer] - len(case.children)
            case.children.extend([-1] * missing)
            self._close()
        layers = tuple(
            np.array(rows, dtype=np.int64).reshape(-1, n)
            for rows, n in zip(self.children, self.n_states, strict=True)
        )
        return Survivors(self.field, self.order, not self.why_not, self.why_not, layers)
