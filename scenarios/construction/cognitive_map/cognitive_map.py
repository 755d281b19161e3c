"""A checked cognitive map: its concepts, whose links it is made of, its scenarios, and its weights."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.cognitive_map.aggregation import aggregate, counted
from innosi.scenarios.construction.cognitive_map.comparing import (
    Compared,
    Comparing,
    compare,
    maps_at_once,
)
from innosi.scenarios.construction.cognitive_map.map_file import CognitiveMapFile, ConceptSection
from innosi.scenarios.construction.cognitive_map.updating import BoolArray
from innosi.scenarios.construction.cognitive_map.weights import Weight
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.sampling.streams import uniforms

Link = tuple[str, str]
"""The concept that acts, and the one that it acts on."""


@dataclass(frozen=True)
class Person:
    """Whose map it is.

    Attributes
    ----------
    name, title : str
    links : mapping of Link to Weight
    concepts : frozenset of str
        Those that stand in this map, linked or not.
    credibility : float
    """

    name: str
    title: str
    links: Mapping[Link, Weight]
    concepts: frozenset[str]
    credibility: float = 1.0


@dataclass(frozen=True)
class Clamping:
    """A scenario: which concepts are held, and at which level."""

    name: str
    title: str
    description: str
    levels: Mapping[str, float]
    weight: float | None = None


@dataclass(frozen=True, eq=False)
class CognitiveMap:
    """A checked file of a cognitive map.

    Attributes
    ----------
    concepts : mapping of name to ConceptSection
    people : tuple of Person
        One where the file gives links or a matrix.
    reasons : mapping of Link to str
        Why links are as they are.
    scenarios : tuple of Clamping
    how : Comparing
        The rule, the transfer, and when a map has settled.
    file : CognitiveMapFile
    document : Document
        What it was read from.
    """

    concepts: Mapping[str, ConceptSection]
    people: tuple[Person, ...]
    reasons: Mapping[Link, str]
    scenarios: tuple[Clamping, ...]
    how: Comparing
    file: CognitiveMapFile
    document: Document = field(repr=False)

    @property
    def title(self) -> str:
        """What the map is about."""
        return self.file.title

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        whose = f" of {len(self.people)} people" if self.file.maps else ""
        return (
            f"a sound cognitive map{whose}, {len(self.concepts)} concepts, {len(self.links)} links,"
            f" {len(self.scenarios)} {'scenario' if len(self.scenarios) == 1 else 'scenarios'}"
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The concepts' names, in the order of all arrays."""
        return tuple(self.concepts)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The number of each concept in all arrays."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The concepts in words."""
        return tuple(each.title or name.replace("_", " ") for name, each in self.concepts.items())

    @cached_property
    def initial(self) -> FloatArray:
        """The level at which each concept starts, shape (n,)."""
        neutral = self.how.dynamics.neutral
        return np.array([neutral if each.level is None else each.level for each in self.concepts.values()])

    @cached_property
    def clamped(self) -> FloatArray:
        """At which level each scenario holds each concept, shape (n_scenarios, n); NaN where it is free."""
        rows = [[each.levels.get(name, np.nan) for name in self.names] for each in self.scenarios]
        return np.array(rows, dtype=float).reshape(len(self.scenarios), len(self.names))

    @cached_property
    def known(self) -> BoolArray:
        """Whose map holds which concept, shape (m, n)."""
        return np.array([[name in each.concepts for name in self.names] for each in self.people])

    @cached_property
    def drawn(self) -> BoolArray:
        """Who drew which link, shape (m, n, n)."""
        return self._by_link(lambda _: 1.0).astype(bool)

    @cached_property
    def personal_weights(self) -> FloatArray:
        """The weight of each link in each person's map, shape (m, n, n); 0 where it is not drawn."""
        return self._by_link(lambda weight: weight.value)

    @cached_property
    def credibility(self) -> FloatArray:
        """How much each person's map counts, shape (m,)."""
        return np.array([each.credibility for each in self.people])

    @cached_property
    def counts(self) -> BoolArray:
        """Whose weight of which link counts, shape (m, n, n)."""
        return counted(self.drawn, self.known, self.file.missing_link)

    @cached_property
    def weights(self) -> FloatArray:
        """The weights of the map, or of the one that all maps come to, shape (n, n); rows act on columns."""
        if not self.file.maps:
            return self.personal_weights[0]
        return self._aggregated(self.personal_weights, self.credibility)

    @cached_property
    def links(self) -> tuple[tuple[int, int], ...]:
        """The links there are, from and to."""
        return tuple((int(i), int(j)) for i, j in np.argwhere(self.weights != 0))

    @property
    def is_uncertain(self) -> bool:
        """Whether there is more than one map to draw: uncertain weights, or several people."""
        weights = (weight for each in self.people for weight in each.links.values())
        return len(self.people) > 1 or any(self._loose(weight).is_uncertain for weight in weights)

    def drawn_weights(self, n_draws: int, seed: int) -> Iterator[FloatArray]:
        """Yield maps drawn at random, block by block of shape (n_in_block, n, n), `n_draws` in all.

        Every uncertain weight is drawn from its distribution, each by itself; of several people's maps as
        many are drawn with replacement, and aggregated: the bootstrap, for what other people might say.
        """
        m, n = len(self.people), len(self.names)
        size = maps_at_once(m * n * n)
        for start in range(0, n_draws, size):
            yield self._block(seed, start, min(start + size, n_draws))

    def _block(self, seed: int, start: int, stop: int) -> FloatArray:
        drawn = np.repeat(self.personal_weights[None], stop - start, axis=0)
        for number, person in enumerate(self.people):
            for (source, target), stated in person.links.items():
                weight = self._loose(stated)
                if weight.is_uncertain:
                    u = uniforms(seed, f"{person.name}: {source} -> {target}", start, stop)
                    drawn[:, number, self.place[source], self.place[target]] = weight.quantile(u)
        if not self.file.maps:
            return drawn[:, 0]
        m = len(self.people)
        chosen = np.array([uniforms(seed, f"person {number}", start, stop) for number in range(m)])
        times = np.array([np.bincount(each, minlength=m) for each in (chosen.T * m).astype(int)])
        return self._aggregated(drawn, times * self.credibility)

    def _aggregated(self, weights: FloatArray, credibility: FloatArray) -> FloatArray:
        return aggregate(weights, self.counts, credibility=credibility, method=self.file.aggregation)

    def _loose(self, weight: Weight) -> Weight:
        return weight.loosened(self.file.weight_error) if self.file.weight_error else weight

    def _by_link(self, of: Callable[[Weight], float]) -> FloatArray:
        n = len(self.names)
        found = np.zeros((len(self.people), n, n))
        for number, person in enumerate(self.people):
            for (source, target), weight in person.links.items():
                found[number, self.place[source], self.place[target]] = of(weight)
        return found

    def compared(self) -> Compared:
        """Return where the map settles by itself, and in every scenario."""
        return compare(self.weights, self.initial, self.clamped, self.how)

    @property
    def settings(self) -> dict[str, tuple[Mapping[str, Any], KeyPath]]:
        """Return what each concept's rise and fall sets, and where that stands in the file."""
        return {
            f"{name}-{way}": (section.overrides, ("concepts", name, way, "overrides"))
            for name, concept in self.concepts.items()
            for way, section in (("rises", concept.rises), ("falls", concept.falls))
            if section is not None
        }

    def constructed(self, compared: Compared) -> tuple[ConstructedScenario, ...]:
        """Return the scenarios with what their rises and falls set.

        Raises
        ------
        InnosiError
            If there are none, or one did not settle: of that no change is known.
        """
        if not self.scenarios:
            raise InnosiError("there are no scenarios to write", mend="add some under `scenarios:`")
        found = []
        for place, scenario in enumerate(self.scenarios):
            changes = compared.changes[place]
            if np.isnan(changes).any():
                raise InnosiError(
                    f"scenario '{scenario.name}' has no changes: it, or the map by itself, did not settle",
                    mend="take a lower slope, or allow more steps",
                )
            settings = tuple(self._crossed(changes))
            found.append(
                ConstructedScenario(
                    scenario.name, scenario.title, settings, scenario.description, scenario.weight
                )
            )
        return tuple(found)

    def _crossed(self, changes: Sequence[float] | FloatArray) -> Iterator[str]:
        for (name, concept), change in zip(self.concepts.items(), changes, strict=True):
            if concept.rises is not None and change >= concept.rises.at_least:
                yield f"{name}-rises"
            if concept.falls is not None and change <= concept.falls.at_most:
                yield f"{name}-falls"
