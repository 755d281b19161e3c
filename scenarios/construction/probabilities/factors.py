"""What may happen, and what is judged of it: factors with probabilities, and effects of one upon another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.validation import nearest

HAPPENS, OTHERWISE = "happens", "otherwise"
"""The two states of an event, in this order."""
MAX_COMBINATIONS = 2**15

Place = tuple[int, int]
"""A state: the number of its factor, and its own within it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """Something uncertain: an event that happens or not, or a descriptor with several states.

    Attributes
    ----------
    states, state_titles : tuple of str
        Of an event `happens` and `otherwise`.
    probabilities : tuple of float
        Of each state, as judged; they add up to 1.
    """

    name: str
    title: str
    states: tuple[str, ...]
    state_titles: tuple[str, ...]
    probabilities: tuple[float, ...]
    is_event: bool

    @classmethod
    def event(cls, name: str, probability: float, title: str = "") -> "Factor":
        """Return an event."""
        words = title or name.replace("_", " ")
        return cls(
            name, words, (HAPPENS, OTHERWISE), (words, f"not: {words}"), (probability, 1 - probability), True
        )

    @classmethod
    def descriptor(cls, name: str, probabilities: Mapping[str, float], title: str = "") -> "Factor":
        """Return a descriptor with its states' probabilities."""
        states = tuple(probabilities)
        words = tuple(each.replace("_", " ") for each in states)
        shares = tuple(probabilities.values())
        return cls(name, title or name.replace("_", " "), states, words, shares, False)

    def label(self, state: int) -> str:
        """What a state is called in judgements: `funding_cut`, `not funding_cut`, `land=secured`."""
        if self.is_event:
            return f"not {self.name}" if state else self.name
        return f"{self.name}={self.states[state]}"


@dataclass(frozen=True, slots=True)
class Effect:
    """A judgement of how likely one state is where another holds.

    Attributes
    ----------
    given, target : (factor, state)
    probability : float
        P(target | given).
    key : key path
        Where it stands in the file.
    """

    given: Place
    target: Place
    probability: float
    key: KeyPath = ()


@dataclass(frozen=True)
class Beliefs:
    """Factors with their probabilities, and the effects that are judged between them.

    Attributes
    ----------
    factors : tuple of Factor
    effects : tuple of Effect
    """

    factors: tuple[Factor, ...]
    effects: tuple[Effect, ...] = ()

    @property
    def n_combinations(self) -> int:
        """How many combinations of states there are."""
        return prod(len(each.states) for each in self.factors)

    @cached_property
    def combinations(self) -> IntArray:
        """Every combination of states, shape (n_combinations, n_factors); the last factor runs fastest.

        Raises
        ------
        InnosiError
            If they are too many to be reckoned with one by one.
        """
        if self.n_combinations > MAX_COMBINATIONS:
            raise InnosiError(
                f"{len(self.factors)} factors have {self.n_combinations:,} combinations,"
                f" and at most {MAX_COMBINATIONS:,} can be reckoned with",
                mend="leave out the factors that matter least",
            )
        sizes = [len(each.states) for each in self.factors]
        return np.indices(sizes).reshape(len(sizes), -1).T.astype(np.int64)

    def holds(self, *places: Place) -> FloatArray:
        """Return for every combination whether it has all of some states: 1 or 0."""
        combinations = self.combinations
        held = np.ones(len(combinations), dtype=bool)
        for factor, state in places:
            held &= combinations[:, factor] == state
        return held.astype(float)

    def probability(self, place: Place) -> float:
        """Return the probability of a state as judged."""
        return self.factors[place[0]].probabilities[place[1]]

    def label(self, place: Place) -> str:
        """What a state is called in judgements."""
        return self.factors[place[0]].label(place[1])

    def words(self, effect: Effect) -> str:
        """Return a judgement as people write it: `P(land=secured | funding_cut)`."""
        return f"P({self.label(effect.target)} | {self.label(effect.given)})"

    def place_of(self, name: str, state: str) -> Place:
        """Return a state by its factor's name and its own.

        Raises
        ------
        InnosiError
            If there is none of that name.
        """
        names = [each.name for each in self.factors]
        if name not in names:
            raise InnosiError(f"there is no event or descriptor '{name}'{nearest(name, names)}")
        factor = self.factors[names.index(name)]
        if state not in factor.states:
            raise InnosiError(f"'{name}' has no state '{state}'{nearest(state, factor.states)}")
        return names.index(name), factor.states.index(state)


@dataclass(frozen=True)
class Outcomes:
    """Combinations of states, each with its probability.

    Attributes
    ----------
    factors : tuple of Factor
    states : (n, n_factors) int
    probabilities : (n,) float
    """

    factors: tuple[Factor, ...]
    states: IntArray
    probabilities: FloatArray

    @cached_property
    def ranked(self) -> IntArray:
        """The places of the combinations from the most to the least probable; ties in their own order."""
        return np.argsort(-np.round(self.probabilities, 12), kind="stable")

    def leading(self, *, n: int | None = None, share: float | None = None) -> IntArray:
        """Return the places of the most probable combinations: `n` of them, or as many as have a share."""
        ranked = self.ranked[self.probabilities[self.ranked] > 0]
        if share is not None:
            cumulated = np.cumsum(self.probabilities[ranked])
            ranked = ranked[: int(np.searchsorted(cumulated, min(share, cumulated[-1]) - 1e-12)) + 1]
        return ranked[:n]

    def probability_of(self, states: Mapping[int, int]) -> float:
        """Return the probability that the factors of some numbers have the states of some numbers."""
        held = np.ones(len(self.probabilities), dtype=bool)
        for factor, state in states.items():
            held &= self.states[:, factor] == state
        return float(self.probabilities[held].sum())

    def marginals(self) -> list[FloatArray]:
        """Return the probability of each state of each factor."""
        return [
            np.bincount(self.states[:, place], self.probabilities, len(factor.states)).astype(float)
            for place, factor in enumerate(self.factors)
        ]

    def title_of(self, states: Sequence[int]) -> str:
        """Return a combination in words: the events that happen, and the descriptors' states."""
        pairs = list(zip(self.factors, states, strict=True))
        said = [
            factor.title if factor.is_event else f"{factor.title}: {factor.state_titles[state]}"
            for factor, state in pairs
            if not (factor.is_event and state)
        ]
        return "; ".join(said) or "None of the events"
