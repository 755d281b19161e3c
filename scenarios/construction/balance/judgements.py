"""Judgements as they are written, in YAML or in a matrix: every cell found, read and checked in one place."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.loading.document import Document, KeyPath, dotted
from innosi.scenarios.loading.validation import nearest

States = Mapping[str, Sequence[str]]
"""The states of each descriptor, by name."""
Pair = tuple[str, str]
"""A descriptor and one of its states."""
NUMBER = (int, float)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written, or should be."""

    key: str
    line: int | None = None
    source: str = ""

    def fault(self, problem: str) -> Fault:
        """Return what is wrong here."""
        return Fault(problem, key=self.key, line=self.line, source=self.source)


@dataclass(frozen=True, slots=True)
class Written:
    """The cells of a matrix as somebody wrote them.

    Attributes
    ----------
    cells : mapping of (acting pair, pair acted on) to anything
        What stands there; a cell that is empty or left out is not among them.
    place_of : callable
        Where such a cell stands or should stand; None where that was told to be wrong as a whole.
    section_of : callable
        The same for the section of two descriptors.
    faults : list of Fault
        What is wrong with how the cells are laid out.
    """

    cells: Mapping[tuple[Pair, Pair], Any]
    place_of: Callable[[Pair, Pair], Place | None]
    section_of: Callable[[str, str], Place]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads one judgement: every judgement of a file comes by here.

    Attributes
    ----------
    lowest, highest : float
        The ends of the scale.
    """

    lowest: float
    highest: float

    def read(self, found: Any) -> float:
        """Return a cell as a number.

        Raises
        ------
        InnosiError
            If it is none, or beyond the scale.
        """
        value = _number(found)
        if value is None:
            raise InnosiError(f"found {_shown(found)}, which is no number", mend=self._mend)
        if not self.lowest <= value <= self.highest:
            raise InnosiError(f"{value:g} is beyond the scale", mend=self._mend)
        return value

    @property
    def _mend(self) -> str:
        return f"give a number from {self.lowest:g} to {self.highest:g}, or widen `scale`"


def matrix_of(
    states: States, written: Written, reader: CellReader, *, has_gaps: bool
) -> tuple[FloatArray, list[Fault]]:
    """Return the matrix of judgements, and all that is wrong with them.

    Parameters
    ----------
    has_gaps : bool
        Whether a section that is left out as a whole means that there is no influence.

    Returns
    -------
    (n_states, n_states) float, list of Fault
        NaN where a fault is told.
    """
    pairs = [(name, state) for name, group in states.items() for state in group]
    row_of = {pair: row for row, pair in enumerate(pairs)}
    matrix, faults = np.zeros((len(pairs), len(pairs))), list(written.faults)
    for actor in states:
        for target in states:
            for (acting, acted_on), value in _section(states, written, reader, (actor, target), has_gaps):
                if isinstance(value, Fault):
                    faults.append(value)
                    value = math.nan  # noqa: PLW2901 - a fault takes the place of a number
                matrix[row_of[acting], row_of[acted_on]] = value
    return matrix, faults


def _section(
    states: States, written: Written, reader: CellReader, between: tuple[str, str], has_gaps: bool
) -> Iterator[tuple[tuple[Pair, Pair], float | Fault]]:
    """Each cell of a section with its number, or what is wrong with it."""
    actor, target = between
    cells = [((actor, left), (target, right)) for left in states[actor] for right in states[target]]
    is_left_out = not any(cell in written.cells for cell in cells)
    if is_left_out and (has_gaps or actor == target):
        return
    if is_left_out:
        if any(written.place_of(*cell) for cell in cells):
            problem = (
                f"how {actor} acts on {target} is left out; add it, or write"
                " `sections_left_out: no_influence` if what is left out has none"
            )
            yield cells[0], written.section_of(actor, target).fault(problem)
        return
    for cell in cells:
        place = written.place_of(*cell)
        if place is None:
            continue
        if cell not in written.cells:
            if actor != target:
                yield cell, place.fault("is missing; write 0 where one has no influence on the other")
            continue
        yield cell, _read(written.cells[cell], place, reader, is_own=actor == target)


def _read(found: Any, place: Place, reader: CellReader, *, is_own: bool) -> float | Fault:
    try:
        value = reader.read(found)
    except InnosiError as error:
        return place.fault(error.message)
    if is_own and value != 0:
        return place.fault("a descriptor does not act on itself; leave its own block empty, or write 0")
    return value


def written_in_yaml(document: Document, states: States) -> Written:
    """Return the judgements under `judgements:`.

    They stand as acting descriptor, descriptor acted on, acting state; then a mapping of state to number, or
    a list of numbers in the order of the states.
    """
    reading = _YamlReading(document, states)
    reading.read()
    return Written(reading.cells, reading.place_of, reading.section_of, reading.faults)


class _YamlReading:
    """Walks through the judgements of a document, and notes the cells that it finds."""

    def __init__(self, document: Document, states: States) -> None:
        self.document = document
        self.states = states
        self.cells: dict[tuple[Pair, Pair], Any] = {}
        self.keys: dict[tuple[Pair, Pair], KeyPath] = {}
        self.faults: list[Fault] = []

    def read(self) -> None:
        for actor, below in self._entries(self.document.data["judgements"], ("judgements",), self.states):
            at: KeyPath = ("judgements", actor)
            for target, section in self._entries(below, at, self.states):
                rows = self._entries(section, (*at, target), self.states[actor])
                for acting, row in rows:
                    self._read_row(row, (*at, target, acting))

    def _read_row(self, row: Any, at: KeyPath) -> None:
        _, actor, target, acting = (str(part) for part in at)
        names = self.states[target]
        if isinstance(row, list):
            if len(row) != len(names):
                of = f"the {len(names)} states of {target} ({', '.join(names)})"
                self._fault(at, f"has {len(row)} numbers; give one for each of {of}")
                self.keys |= {((actor, acting), (target, name)): () for name in names}
                return
            found = [
                (name, cell, (*at, place)) for place, (name, cell) in enumerate(zip(names, row, strict=True))
            ]
        else:
            found = [(name, cell, (*at, name)) for name, cell in self._entries(row, at, names)]
        for name, cell, key in found:
            if cell is not None:
                self.cells[(actor, acting), (target, name)] = cell
            self.keys[(actor, acting), (target, name)] = key

    def _entries(self, found: Any, at: KeyPath, known: "States | Sequence[str]") -> Iterator[tuple[str, Any]]:
        """The entries of a mapping whose keys are known; a fault for each that is not."""
        if found is None:
            return
        if not isinstance(found, Mapping):
            self._fault(at, f"must hold `key: value` lines for: {', '.join(known)}")
            return
        for name, value in found.items():
            if name in known:
                yield name, value
            else:
                what = "descriptor" if len(at) < 3 else f"state of {at[1] if len(at) == 3 else at[2]}"
                self._fault((*at, name), f"is no {what}{nearest(name, known)}")

    def place_of(self, acting: Pair, acted_on: Pair) -> Place | None:
        key = self.keys.get((acting, acted_on))
        if key == ():
            return None
        return self._place(key or ("judgements", acting[0], acted_on[0], acting[1], acted_on[1]))

    def section_of(self, actor: str, target: str) -> Place:
        return self._place(("judgements", actor, target))

    def _place(self, key: KeyPath) -> Place:
        return Place(dotted(key), self.document.line_of(key), self.document.source_of(key))

    def _fault(self, key: KeyPath, problem: str) -> None:
        self.faults.append(self._place(key).fault(problem))


def _number(found: Any) -> float | None:
    """A number, or a text that is one, as spreadsheets write it: with a comma, a plus, or a real minus."""
    if isinstance(found, NUMBER) and not isinstance(found, bool):
        try:
            value = float(found)
        except OverflowError:
            return math.inf if found > 0 else -math.inf
        return None if math.isnan(value) else value
    if not isinstance(found, str):
        return None
    text = found.strip().replace("−", "-")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) or "_" in text else value


def _shown(found: Any) -> str:
    text = repr(found)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
