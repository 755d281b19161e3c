"""A cross-impact matrix: how each state of each descriptor promotes or restricts the states of the others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, IntArray
from innosi.models.errors import InnosiError

ROUNDING = 1e-10
"""Sums of fractions are not exact: scores nearer than this share of the largest that may be are a tie."""


@dataclass(frozen=True, eq=False)
class CrossImpacts:
    """Descriptors, their states, and the judgements of how the states act on each other.

    Attributes
    ----------
    states : mapping of descriptor to tuple of str
        The states of each descriptor, by name.
    judgements : (n_states, n_states) float
        Row: the state that acts; column: the state that is acted on; descriptor by descriptor. Above 0
        promotes, below 0 restricts. A descriptor does not act on itself: its own block is 0.

    Source
    ------
    Weimer-Jehle (2006), Technological Forecasting and Social Change 73(4), pages 334-361.
    """

    states: Mapping[str, tuple[str, ...]]
    judgements: FloatArray

    @classmethod
    def of(cls, states: Mapping[str, Sequence[str]], judgements: ArrayLike) -> "CrossImpacts":
        """Return a cross-impact matrix that was checked.

        Raises
        ------
        InnosiError
            If a descriptor has no states or one twice, or the judgements are not one finite number for each
            pair of states, or a descriptor acts on itself.
        """
        each = {name: tuple(group) for name, group in states.items()}
        matrix = np.array(judgements, dtype=float)
        _check_states(each)
        found = cls(each, matrix)
        found._check()
        matrix.setflags(write=False)
        return found

    @property
    def descriptors(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.states)

    @cached_property
    def n_states(self) -> IntArray:
        """How many states each descriptor has, shape (n_descriptors,)."""
        return np.array([len(each) for each in self.states.values()], dtype=np.int64)

    @cached_property
    def starts(self) -> IntArray:
        """The row of the first state of each descriptor, shape (n_descriptors,)."""
        return np.concatenate([[0], np.cumsum(self.n_states)[:-1]]).astype(np.int64)

    @cached_property
    def rounding(self) -> float:
        """Impact scores that differ by no more than this are a tie."""
        return float(rounding_of(self.judgements[None])[0])

    @property
    def n_combinations(self) -> int:
        """How many scenarios there are, consistent or not."""
        return math.prod(map(len, self.states.values()))

    def rows(self, scenarios: ArrayLike) -> IntArray:
        """Return the rows of the states of scenarios.

        Parameters
        ----------
        scenarios : (n, n_descriptors) int
            The place of each descriptor's state among its states, from 0.
        """
        found: IntArray = np.atleast_2d(np.asarray(scenarios, dtype=np.int64)) + self.starts
        return found

    def names_of(self, scenario: ArrayLike) -> dict[str, str]:
        """Return the state of each descriptor in one scenario, by name."""
        places = zip(self.states.items(), np.asarray(scenario, dtype=np.int64), strict=True)
        return {name: group[place] for (name, group), place in places}

    def scenario_of(self, names: Mapping[str, str]) -> IntArray:
        """Return the places of a scenario's states.

        Raises
        ------
        InnosiError
            If a descriptor is missing or unknown, or lacks the state.
        """
        if names.keys() != self.states.keys():
            odd = sorted(names.keys() ^ self.states.keys())[0]
            what = "lacks a state for" if odd in self.states else "names an unknown descriptor,"
            raise InnosiError(f"the scenario {what} '{odd}'", mend=f"name one state of each: {self._known()}")
        return np.array([self.place_of(each, names[each]) for each in self.states], dtype=np.int64)

    def place_of(self, descriptor: str, state: str) -> int:
        """Return the place of a state among those of its descriptor."""
        group = self.states.get(descriptor)
        if group is None:
            raise InnosiError(f"'{descriptor}' is no descriptor", mend=f"known here: {self._known()}")
        if state not in group:
            raise InnosiError(f"'{state}' is no state of '{descriptor}'", mend=f"known: {', '.join(group)}")
        return group.index(state)

    def _known(self) -> str:
        return ", ".join(self.states)

    def _check(self) -> None:
        n = int(self.n_states.sum())
        if self.judgements.shape != (n, n):
            raise InnosiError(
                f"the matrix has the shape {self.judgements.shape}, and there are {n} states",
                mend="give a row and a column for each state, in the same order",
            )
        if not np.isfinite(self.judgements).all():
            row, column = np.argwhere(~np.isfinite(self.judgements))[0]
            raise InnosiError(
                f"the judgement of {self.label(int(row))} on {self.label(int(column))} is missing",
                mend="write 0 where one has no influence on the other",
            )
        for start, size in zip(self.starts, self.n_states, strict=True):
            own = self.judgements[start : start + size, start : start + size]
            if own.any():
                row, column = np.argwhere(own)[0] + start
                raise InnosiError(
                    f"{self.label(int(row))} acts on {self.label(int(column))}, of its own descriptor",
                    mend="leave a descriptor's own block empty, or write 0",
                )

    def label(self, row: int) -> str:
        """Return the name of the state in a row, as `descriptor=state`."""
        place = int(np.searchsorted(self.starts, row, side="right")) - 1
        name = self.descriptors[place]
        return f"{name}={self.states[name][row - int(self.starts[place])]}"


def rounding_of(matrices: FloatArray) -> FloatArray:
    """Return by how much impact scores of each matrix may differ and be a tie, shape (n_matrices,)."""
    largest = np.abs(matrices).max(axis=2, initial=0.0).sum(axis=1)
    return ROUNDING * np.maximum(largest, 1.0)


def _check_states(states: Mapping[str, tuple[str, ...]]) -> None:
    if not states:
        raise InnosiError("there are no descriptors", mend="give at least two, with two states or more")
    for name, group in states.items():
        twice = [each for each in group if group.count(each) > 1]
        if twice:
            raise InnosiError(f"'{name}' has the state '{twice[0]}' twice", mend="name each state once")
        if not group:
            raise InnosiError(f"'{name}' has no states", mend="give it two or more")
