"""What is left to heed of the exclusions once some descriptors are decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from innosi.scenarios.construction.futures_table.morphological_field import Box, MorphologicalField


@dataclass(frozen=True, slots=True)
class Residues:
    """The exclusions of a field, made ready for deciding its descriptors one after the other.

    A *residue* is one whole number. Its low bits are the states, of descriptors not decided yet, that may not
    be taken any more; its high bits are the remainders of exclusions that still name two such descriptors or
    more. Combinations that begin differently and leave the same residue go on alike: they are one case.

    Attributes
    ----------
    first : int or None
        The residue before anything is decided; None if nothing survives.
    stays : tuple of int
        For each layer, what is kept of a residue whatever is chosen there.
    forbidden, begins : tuple of tuple of int
        For each layer and state, the bit that forbids it, and what the exclusions that begin there leave.
    moves : tuple of tuple of tuple of (int, int)
        For each layer and state, the remainders that go on if it is taken, with what then takes their place.
    later : tuple of tuple of int
        For each layer, the states of descriptors that it may forbid; where it forbids all, nothing survives.
    """

    first: int | None
    stays: tuple[int, ...]
    forbidden: tuple[tuple[int, ...], ...]
    begins: tuple[tuple[int, ...], ...]
    moves: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    later: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, field: MorphologicalField, order: Sequence[int], allowed: Sequence[int]) -> "Residues":
        """Return the exclusions of a field as seen along an order, where only some states are allowed."""
        return _Bits(field, order).residues(allowed)

    def after(self, residue: int, layer: int, state: int) -> int | None:
        """Return the residue once a state is taken; None if nothing survives it."""
        if residue & self.forbidden[layer][state]:
            return None
        left = residue & self.stays[layer] | self.begins[layer][state]
        for bit, gain in self.moves[layer][state]:
            if residue & bit:
                left |= gain
        for states in self.later[layer]:
            if left & states == states:
                return None
        return left


class _Bits:
    """Gives every state, and every remainder of an exclusion, its bit."""

    def __init__(self, field: MorphologicalField, order: Sequence[int]) -> None:
        layer_of = {place: layer for layer, place in enumerate(order)}
        self.order = order
        self.n_states = [field.n_states[place] for place in order]
        self.starts = [sum(self.n_states[:layer]) for layer in range(len(order))]
        self.states = [((1 << n) - 1) << at for n, at in zip(self.n_states, self.starts, strict=True)]
        self.boxes = [tuple(sorted((layer_of[place], bits) for place, bits in box)) for box in field.boxes]
        remainders = dict.fromkeys(box[at:] for box in self.boxes for at in range(1, len(box) - 1))
        n_bits = sum(self.n_states)
        self.bit_of = {box: 1 << (n_bits + number) for number, box in enumerate(remainders)}

    def residues(self, allowed: Sequence[int]) -> Residues:
        layers = range(len(self.order))
        begins = [[0] * n for n in self.n_states]
        moves: list[list[list[tuple[int, int]]]] = [[[] for _ in range(n)] for n in self.n_states]
        for layer, state, box in self._steps(self.boxes):
            begins[layer][state] |= self._left(box)
        for whole, bit in self.bit_of.items():
            for layer, state, box in self._steps([whole]):
                moves[layer][state].append((bit, self._left(box)))
        everything = (1 << (sum(self.n_states) + len(self.bit_of))) - 1
        return Residues(
            self._first(allowed),
            tuple(everything & ~self._decided_by(layer) for layer in layers),
            tuple(
                tuple(1 << (self.starts[layer] + state) for state in range(self.n_states[layer]))
                for layer in layers
            ),
            tuple(map(tuple, begins)),
            tuple(tuple(map(tuple, each)) for each in moves),
            tuple(self._may_forbid(layer) for layer in layers),
        )

    def _steps(self, boxes: Sequence[Box]) -> Iterator[tuple[int, int, Box]]:
        """The layer and the states where each exclusion of two or more goes on, and what it leaves there."""
        for box in boxes:
            (layer, states), *rest = box
            if rest:
                for state in range(self.n_states[layer]):
                    if states >> state & 1:
                        yield layer, state, tuple(rest)

    def _left(self, box: Box) -> int:
        """What an exclusion leaves: states that are forbidden, or a remainder."""
        if len(box) > 1:
            return self.bit_of[box]
        layer, states = box[0]
        return states << self.starts[layer]

    def _first(self, allowed: Sequence[int]) -> int | None:
        first = 0
        for layer, place in enumerate(self.order):
            first |= self.states[layer] & ~(allowed[place] << self.starts[layer])
        for box in self.boxes:
            first |= self._left(box) if len(box) == 1 else 0
        return None if any(first & states == states for states in self.states) else first

    def _decided_by(self, layer: int) -> int:
        """The bits that mean nothing any more once a layer is decided."""
        found = self.states[layer]
        for box, bit in self.bit_of.items():
            found |= bit if box[0][0] == layer else 0
        return found

    def _may_forbid(self, layer: int) -> tuple[int, ...]:
        boxes = [*self.boxes, *self.bit_of]
        last = {box[1][0] for box in boxes if len(box) == 2 and box[0][0] == layer}
        return tuple(self.states[each] for each in sorted(last))
