"""Project files of ScenarioWizard 4 (`.scw`), read and written.

The format, as far as published project files show it: a line `$ ScenarioWizard 4.0`, a line with the
project's name, and sections that end with a line `#`:

1. `&descriptor` and, below each, ` -state`: names in full;
2. the same without hyphens: short names, often blank;
3. nothing that we have seen;
4. a colour for each state, such as `FFFFFF`;
5. nothing that we have seen;
6. the matrix: a row for each state, of whole numbers between commas;
7. texts: of the project, of each descriptor, of each pair of descriptors, each a heading that begins with `#`
   and a text in quotes below it.

What the third, fourth, fifth and last sections hold is kept as it stands and given no meaning.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innosi.models.arrays import IntArray
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.loading.document import read_bytes

VERSION = "$ ScenarioWizard 4.0"
ENDING = ".scw"
MAX_BYTES = 20_000_000
LARGEST = 32_767
"""No judgement is larger in size; what ScenarioWizard itself can hold is not published."""
COLOUR = "FFFFFF"
"""Of a state that has none: white."""
END = "#"
_WHOLE = re.compile(r"[+-]?[0-9]+")
NOTHING_KEPT: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
NOTHING_KEPT = ((), (), (), (END, END))
"""How the third to fifth and the last section stand in a project without colours."""


@dataclass(frozen=True, slots=True)
class ProjectDescriptor:
    """A descriptor of a project, with its states.

    Attributes
    ----------
    name, short : str
        In full, and short; a short name may be blank.
    states, short_states : tuple of str
    text : str
        What is written about it.
    """

    name: str
    states: tuple[str, ...]
    short: str = ""
    short_states: tuple[str, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        if not self.short_states:
            object.__setattr__(self, "short_states", ("",) * len(self.states))


@dataclass(frozen=True, eq=False)
class ScenarioWizardProject:
    """A project of ScenarioWizard: descriptors, judgements in whole numbers, and texts.

    Attributes
    ----------
    title : str
        Often the name of its file.
    descriptors : tuple of ProjectDescriptor
    judgements : (n_states, n_states) int
        Row: the state that acts; column: the state that is acted on.
    text : str
        What is written about the project as a whole.
    reasons : mapping of (acting descriptor, descriptor acted on), by place, to str
        What is written about how one acts on another.
    kept : tuple of tuple of str
        The lines of the third, fourth, fifth and last section.
    lines : mapping of row of the matrix to line of the file
    """

    title: str
    descriptors: tuple[ProjectDescriptor, ...]
    judgements: IntArray
    text: str = ""
    reasons: Mapping[tuple[int, int], str] = field(default_factory=dict)
    kept: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]] = NOTHING_KEPT
    lines: Mapping[int, int] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        """Whether the other holds the same, wherever it stood in its file."""
        return (
            isinstance(other, ScenarioWizardProject)
            and (self.title, self.descriptors, self.text) == (other.title, other.descriptors, other.text)
            and (dict(self.reasons), self.kept) == (dict(other.reasons), other.kept)
            and np.array_equal(self.judgements, other.judgements)
        )

    __hash__ = None  # type: ignore[assignment] # it holds an array

    @property
    def unread(self) -> tuple[int, ...]:
        """The sections that hold something of unknown meaning: 3, 5, or 8 for what follows the texts."""
        return tuple(
            number
            for number, lines in zip((3, 5, 8), (self.kept[0], *self.kept[2:]), strict=True)
            if any(line.strip() not in ("", END) for line in lines)
        )


def read_project(path: Path, *, source: str = "") -> ScenarioWizardProject:
    """Read a project file: UTF-8 (with or without its mark) or Windows' own encoding, any ends of lines.

    Raises
    ------
    InnosiError, InputFaults
        If it cannot be read, is of another version, or is broken: with the line.
    """
    name = source or str(path)
    return parse_project(decoded(read_bytes(path, limit=MAX_BYTES), name), source=name)


def parse_project(text: str, *, source: str) -> ScenarioWizardProject:
    """Return the project in a text; see `read_project`."""
    return _Parser(text, source).project()


class _Parser:
    """Walks through the lines of a project file; every fault names the line."""

    def __init__(self, text: str, source: str) -> None:
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.source, self.at = source, 0
        while self.lines and not self.lines[-1]:
            self.lines.pop()

    def project(self) -> ScenarioWizardProject:
        self._version()
        title = self._next("the project's name")
        names = self._structure()
        shorts = self._short_names(names)
        kept = [self._section("third"), self._section("fourth"), self._section("fifth")]
        judgements, lines = self._matrix(names)
        texts = self._texts(len(names))
        rest = tuple(self.lines[self.at :])
        n = len(names)
        return ScenarioWizardProject(
            title,
            tuple(
                ProjectDescriptor(name, states, short, short_states, text)
                for (name, states), (short, short_states), text in zip(
                    names, shorts, texts[1 : n + 1] or [""] * n, strict=True
                )
            ),
            judgements,
            texts[0] if texts else "",
            {divmod(place, n): text for place, text in enumerate(texts[n + 1 :]) if text},
            (kept[0], kept[1], kept[2], rest),
            lines,
        )

    def _version(self) -> None:
        first = self.lines[0].strip() if self.lines else ""
        self.at = 1
        if first == VERSION:
            return
        if first.startswith("$"):
            problem = f"says {first!r}, and only files of {VERSION[2:]} are known; save it as one"
        else:
            problem = f"is no project file of ScenarioWizard: its first line is not {VERSION!r}"
        raise self._wrong(problem, 1)

    def _structure(self) -> list[tuple[str, tuple[str, ...]]]:
        found: list[tuple[str, list[str]]] = []
        for number, line in self._until_end("first"):
            stripped = line.strip()
            if stripped.startswith("&"):
                found.append((stripped[1:].strip(), []))
            elif stripped.startswith("-") and found:
                found[-1][1].append(stripped[1:].strip())
            else:
                what = "`&descriptor`" if not found else "`&descriptor`, ` -state` or `#`"
                raise self._wrong(f"found {shown(line)} where {what} is expected", number)
        self._check_structure(found)
        return [(name, tuple(states)) for name, states in found]

    def _check_structure(self, found: list[tuple[str, list[str]]]) -> None:
        if not found:
            raise self._wrong("holds no descriptor before its first `#`", self.at)
        for name, states in found:
            if len(states) < 2:
                raise self._wrong(f"the descriptor {shown(name)} has fewer than two states", self.at)

    def _short_names(self, names: Sequence[tuple[str, tuple[str, ...]]]) -> list[tuple[str, tuple[str, ...]]]:
        """The short names, which are as many as the names, or none at all."""
        first = self.at
        lines = list(self._until_end("second"))
        if not any(line.strip() for _, line in lines):
            return [("", ("",) * len(states)) for _, states in names]
        groups: list[list[str]] = []
        for number, line in lines:
            if line.startswith("&"):
                groups.append([line[1:].strip()])
            elif groups:
                groups[-1].append(line.strip())
            else:
                raise self._wrong(f"found {shown(line)} where `&short name` is expected", number)
        if [len(each) - 1 for each in groups] != [len(states) for _, states in names]:
            problem = "the short names are not as many as the names above them, descriptor by descriptor"
            raise self._wrong(problem, first + 1)
        return [(short, tuple(states)) for short, *states in groups]

    def _section(self, which: str) -> tuple[str, ...]:
        return tuple(line for _, line in self._until_end(which))

    def _matrix(self, names: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[IntArray, dict[int, int]]:
        labels = [f"{name}, {state}" for name, states in names for state in states]
        owner = [place for place, (_, states) in enumerate(names) for _ in states]
        rows = [(number, line) for number, line in self._until_end("sixth") if line.strip()]
        if len(rows) != len(labels):
            problem = f"the matrix has {len(rows)} rows, and there are {len(labels)} states"
            raise self._wrong(problem, rows[-1][0] if rows else self.at)
        faults: list[Fault] = []
        matrix = np.zeros((len(labels), len(labels)), dtype=np.int64)
        for row, (number, line) in enumerate(rows):
            problems = self._row(matrix[row], line, owner, row)
            faults += [Fault(f"in the row of {labels[row]}: {each}", line=number) for each in problems]
        if faults:
            raise InputFaults(self.source, faults)
        return matrix, {row: number for row, (number, _) in enumerate(rows)}

    def _row(self, into: IntArray, line: str, owner: Sequence[int], row: int) -> Iterator[str]:
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(into):
            yield f"{len(cells)} numbers, and there are {len(into)} states"
            return
        for column, cell in enumerate(cells):
            if not _WHOLE.fullmatch(cell) or abs(int(cell)) > LARGEST:
                yield f"{shown(cell)} in column {column + 1} is no whole number from -{LARGEST} to {LARGEST}"
            elif owner[row] == owner[column] and int(cell):
                yield f"{cell} in column {column + 1}: a descriptor does not act on itself, so it must be 0"
            else:
                into[column] = int(cell)

    def _texts(self, n: int) -> list[str]:
        """The texts after the matrix: one, one of each descriptor, one of each pair; or none at all."""
        first = self.at
        texts: list[str] = []
        while self.at + 1 < len(self.lines) and self.lines[self.at + 1].startswith('"'):
            if not self.lines[self.at].startswith(END):
                raise self._wrong(f"found {shown(self.lines[self.at])} where a heading `# …` is expected")
            begins = self.at + 2
            self.at += 1
            block = []
            while self.at < len(self.lines) and not self.lines[self.at].startswith(END):
                block.append(self.lines[self.at])
                self.at += 1
            text = "\n".join(block)
            if len(text) < 2 or not text.endswith('"'):
                raise self._wrong("the text that begins here does not end with a quotation mark", begins)
            texts.append(text[1:-1])
        if len(texts) not in (0, 1 + n + n * n):
            problem = (
                f"{len(texts)} texts follow the matrix, and {1 + n + n * n} are expected: of the project, of"
                " each descriptor and of each pair; what they belong to is not guessed"
            )
            raise self._wrong(problem, first + 1)
        return texts

    def _until_end(self, which: str) -> Iterator[tuple[int, str]]:
        """Each line of a section, with its number, up to the `#` that ends it."""
        begins = self.at + 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if line.strip() == END:
                return
            yield self.at, line
        raise self._wrong(f"the {which} section, which begins here, is not ended by a line `#`", begins)

    def _next(self, what: str) -> str:
        if self.at >= len(self.lines):
            raise self._wrong(f"ends where {what} is expected", self.at)
        self.at += 1
        return self.lines[self.at - 1].strip()

    def _wrong(self, problem: str, line: int | None = None) -> InputFaults:
        return InputFaults(self.source, [Fault(problem, line=line or self.at + 1)])


def decoded(raw: bytes, source: str) -> str:
    """The text of a file: UTF-8 where it is that, else Windows' encoding."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = "holds a byte that is neither UTF-8 nor Windows' encoding (cp1252); save it as UTF-8"
        raise InputFaults(source, [Fault(problem, line=line)]) from None


def shown(text: str) -> str:
    """Return a text in quotes, for a message; the beginning of a long one."""
    quoted = repr(text)
    return quoted if len(quoted) <= 50 else f"{quoted[:49]}…"
