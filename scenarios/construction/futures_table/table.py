"""A futures table: a morphological field with the reasons for what it excludes."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Literal

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.construction_file import (
    DescriptorSection,
    overrides_of_states,
    title_of,
)
from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField
from innosi.scenarios.construction.futures_table.survivors import Survivors
from innosi.scenarios.construction.settings import Settings

Kind = Literal["logical", "empirical", "normative"]
"""They contradict each other; they are hardly to be seen together; or they are not to be wanted."""
KINDS: tuple[Kind, ...] = ("logical", "empirical", "normative")
States = Mapping[str, tuple[str, ...]]
"""The states of each descriptor, by name."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """States that cannot be together, and why.

    Attributes
    ----------
    states : mapping of descriptor to tuple of str
        Excluded is one of each, together.
    kind : Kind
    because : str
        The reason; '' where a matrix gives none.
    key, line, source : str, int, str
        Where it stands; `source` is '' in the table's own file.
    """

    states: States
    kind: Kind
    because: str
    key: str = ""
    line: int = 1
    source: str = ""

    @property
    def words(self) -> str:
        """The states in a line: `funding=cut × land=secured or yearly_lease`."""
        return " × ".join(f"{name}={' or '.join(group)}" for name, group in self.states.items())

    @property
    def place(self) -> str:
        """Where it stands: `line 12`, `line 3 of consistency.csv`."""
        return f"line {self.line}" + (f" of {self.source}" if self.source else "")

    @property
    def told(self) -> str:
        """Where it stands, its kind and its reason, as the end of a sentence."""
        return f"{self.place} ({self.kind}{f': {self.because}' if self.because else ''})"


@dataclass(frozen=True, slots=True)
class NamedCombination:
    """A combination that a workshop gave a name.

    Attributes
    ----------
    name, title, description : str
    places : tuple of int
        The place of each descriptor's state.
    """

    name: str
    title: str
    description: str
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class FuturesTable:
    """A checked file of a futures table.

    Attributes
    ----------
    title, description : str
    descriptors : mapping of name to DescriptorSection
        Their titles, and those of their states, with what these override.
    field : MorphologicalField
    exclusions : tuple of Exclusion
        In the order of the field's boxes.
    weights : (n_descriptors,) float
        How much it counts for diversity that two combinations differ in each.
    named : mapping of name to NamedCombination
    survivors : Survivors
        What is left, as far as it was counted when the file was read.
    source : str
        The file's name, for messages.
    """

    title: str
    description: str
    descriptors: Mapping[str, DescriptorSection]
    field: MorphologicalField
    exclusions: tuple[Exclusion, ...]
    weights: FloatArray = attribute(repr=False)
    named: Mapping[str, NamedCombination]
    survivors: Survivors = attribute(repr=False)
    source: str = ""

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        at_least = "" if self.survivors.is_complete else "at least "
        text = (
            f"a sound futures table, {len(self.descriptors)} descriptors, {self.field.size:,} combinations,"
            f" of which {at_least}{self.survivors.n:,} survive {len(self.exclusions)} exclusions"
        )
        n_dead = sum(not n for counts in self.survivors.n_with_state for n in counts)
        if n_dead and self.survivors.is_complete:
            text += f"; {n_dead} {'state is' if n_dead == 1 else 'states are'} in none of them"
        return text

    @property
    def settings(self) -> Settings:
        """What each state sets, and where that stands in the file."""
        return overrides_of_states(self.descriptors)

    def title_of(self, descriptor: str, state: str | None = None) -> str:
        """Return a descriptor, or one of its states, in words."""
        section = self.descriptors[descriptor]
        return title_of(descriptor, section) if state is None else title_of(state, section.states[state])
