"""A morphological field: all combinations of states of descriptors, and boxes of them that are excluded."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest

Box = tuple[tuple[int, int], ...]
"""What an exclusion excludes: places of descriptors, in order, each with the set of its states as bits."""


@dataclass(frozen=True)
class MorphologicalField:
    """A morphological field.

    Attributes
    ----------
    states : mapping of descriptor to tuple of str
        The states of each descriptor, by name.
    boxes : tuple of Box
        Each exclusion: the combinations that have, in every descriptor it names, a state it names there.

    Source
    ------
    Zwicky (1969), Discovery, Invention, Research; Ritchey (2006), Journal of the Operational Research
    Society 57, pages 792-801. Theirs exclude pairs; a box may name more descriptors, and more states of each.
    """

    states: Mapping[str, tuple[str, ...]]
    boxes: tuple[Box, ...] = ()

    @classmethod
    def of(
        cls,
        states: Mapping[str, Sequence[str]],
        exclusions: Sequence[Mapping[str, str | Sequence[str]]] = (),
    ) -> "MorphologicalField":
        """Return a field that was checked.

        Parameters
        ----------
        exclusions : sequence of mappings of descriptor to a state, or to several
            Together excluded: one of each descriptor named.

        Raises
        ------
        InnosiError
            If a descriptor has no states or one twice, or an exclusion names what is not there.
        """
        each = {name: tuple(group) for name, group in states.items()}
        for name, group in each.items():
            if not group or len(set(group)) < len(group):
                raise InnosiError(f"'{name}' has no states, or one twice", mend="give it states, each once")
        field = cls(each)
        return replace(field, boxes=tuple(field.box_of(exclusion) for exclusion in exclusions))

    @property
    def descriptors(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.states)

    @cached_property
    def n_states(self) -> tuple[int, ...]:
        """How many states each descriptor has."""
        return tuple(len(group) for group in self.states.values())

    @property
    def size(self) -> int:
        """How many combinations there are before anything is excluded."""
        return math.prod(self.n_states)

    @property
    def n_pairs(self) -> int:
        """How many pairs of states of different descriptors there are to judge: the cells of the matrix."""
        return (sum(self.n_states) ** 2 - sum(n * n for n in self.n_states)) // 2

    @property
    def whole(self) -> tuple[int, ...]:
        """All states of each descriptor, as bits."""
        return tuple((1 << n) - 1 for n in self.n_states)

    def box_of(self, exclusion: Mapping[str, str | Sequence[str]]) -> Box:
        """Return the box of states by name.

        Raises
        ------
        InnosiError
            If it names a descriptor or a state that is not there, or none.
        """
        if not exclusion:
            raise InnosiError("an exclusion names no state", mend="name the states that exclude each other")
        return tuple(
            sorted((self.place_of(name), self.bits_of(name, named)) for name, named in exclusion.items())
        )

    def place_of(self, descriptor: str) -> int:
        """Return which descriptor it is, from 0; an error if there is none of that name."""
        if descriptor not in self.states:
            raise InnosiError(f"'{descriptor}' is no descriptor{nearest(descriptor, self.states)}")
        return self.descriptors.index(descriptor)

    def bits_of(self, descriptor: str, named: str | Sequence[str]) -> int:
        """Return states of a descriptor as bits; an error for what is none."""
        group, bits = list(self.states.values())[self.place_of(descriptor)], 0
        for state in [named] if isinstance(named, str) else named:
            if state not in group:
                raise InnosiError(f"'{state}' is no state of {descriptor}{nearest(state, group)}")
            bits |= 1 << group.index(state)
        if not bits:
            raise InnosiError(f"no state of {descriptor} is named", mend=f"name some of {', '.join(group)}")
        return bits

    def allowed_by(self, fixed: Mapping[str, str | Sequence[str]]) -> tuple[int, ...]:
        """Return the states that are left of each descriptor, as bits, where some are fixed by name."""
        allowed = list(self.whole)
        for name, named in fixed.items():
            allowed[self.place_of(name)] = self.bits_of(name, named)
        return tuple(allowed)

    def only(self, places: Sequence[int]) -> "MorphologicalField":
        """Return the field with some of its exclusions only."""
        return replace(self, boxes=tuple(self.boxes[place] for place in places))

    def size_of(self, box: Box) -> int:
        """Return how many combinations a box holds."""
        named = dict(box)
        return math.prod(
            named[place].bit_count() if place in named else n for place, n in enumerate(self.n_states)
        )

    def excluding(self, combination: Sequence[int]) -> list[int]:
        """Return which exclusions a combination falls under; it is given by the places of its states."""
        return [
            number
            for number, box in enumerate(self.boxes)
            if all(bits >> combination[place] & 1 for place, bits in box)
        ]
