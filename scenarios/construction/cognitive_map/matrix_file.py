"""A map in a table of its own, CSV or XLSX, as MentalModeler exports it: concepts head rows and columns."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.construction.cognitive_map.weights import Weight, parse_weight
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.lines import Line, table_lines

_DECIMAL_COMMA = re.compile(r"[+\-−–]?\d*,\d+")
_MEND = (
    "the first row and the first column hold the concepts, each cell how strongly the row acts on the column"
)


@dataclass(frozen=True)
class MatrixFile:
    """What a table of weights holds, faults included.

    Attributes
    ----------
    titles : mapping of concept to its name in the table
    links : mapping of (from, to) to Weight
        Empty cells and zeros are no links.
    lines : mapping of concept to the number of its row
    faults : list of Fault
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[tuple[str, str], Weight] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


def read_matrix(path: Path, *, source: str, known: Mapping[str, str] | None) -> MatrixFile:
    """Return the map in a table, with every fault of it.

    Parameters
    ----------
    source : str
        What the file is called in messages.
    known : mapping of concept to title, optional
        The concepts that there are; a table names them by name or by title, whatever the case. None where the
        table itself says which there are: then names are made of its heads.

    Raises
    ------
    InnosiError
        If it cannot be read as a table.
    """
    try:
        head, *rows = table_lines(path, source)
    except InnosiError as error:
        if error.problem == "is empty":
            raise InnosiError(error.problem, mend=_MEND, where=source) from None
        raise
    heads = list(head.cells[1:])
    while heads and heads[-1] is None:
        heads.pop()
    if path.suffix.casefold() == ".xlsx":  # a workbook leaves out the empty cells at a row's end
        rows = [replace(row, cells=[*row.cells, *[None] * (1 + len(heads) - len(row.cells))]) for row in rows]
    return _Reading(source, known, head.number).matrix(heads, rows)


class _Reading:
    """Reads one table; faults are gathered."""

    def __init__(self, source: str, known: Mapping[str, str] | None, first: int) -> None:
        self.source, self.known, self.first = source, known, first
        self.names: dict[str, str] = {}
        for concept, title in (known or {}).items():
            self.names |= {_alike(concept): concept}
            self.names.setdefault(_alike(title), concept)
        self.titles: dict[str, str] = {}
        self.faults: list[Fault] = []

    def matrix(self, heads: Sequence[Any], rows: Sequence[Line]) -> MatrixFile:
        columns = self._columns(heads)
        lines: dict[str, int] = {}
        links: dict[tuple[str, str], Weight] = {}
        for row in rows:
            concept = self._row(row, columns, lines)
            if concept is not None:
                lines[concept] = row.number
                links |= self._cells(concept, row, columns, len(heads))
        missing = [self.titles[each] for each in columns if each not in lines]
        self.faults += [
            self._fault(f"the row '{title}' is missing; every column needs a row", title, self.first)
            for title in missing
        ]
        return MatrixFile(dict(self.titles), links, lines, self.faults)

    def _columns(self, heads: Sequence[Any]) -> dict[str, int]:
        """The place of each concept's column."""
        columns: dict[str, int] = {}
        for place, head in enumerate(heads, start=1):
            name = "" if head is None else str(head).strip()
            if not name:
                problem = f"column {place + 1} has no name; {_MEND}"
                self.faults.append(self._fault(problem, "", self.first))
                continue
            concept = self._concept(name, self.first, may_be_new=True)
            if concept is not None and concept in columns:
                problem = f"the column '{name}' stands twice; keep one"
                self.faults.append(self._fault(problem, name, self.first))
            elif concept is not None:
                columns[concept] = place
        if not heads:
            self.faults.append(self._fault(f"has no columns; {_MEND}", "", self.first))
        return columns

    def _row(self, row: Line, columns: Mapping[str, int], lines: Mapping[str, int]) -> str | None:
        """The concept of a row, if it is one."""
        name = "" if row.cell(0) is None else str(row.cell(0)).strip()
        if not name:
            self.faults.append(self._fault(f"the row has no name; {_MEND}", "", row.number))
            return None
        concept = self._concept(name, row.number, may_be_new=False)
        problem = ""
        if concept in lines:
            problem = f"the row '{name}' stands twice; keep one"
        elif concept is not None and concept not in columns:
            problem = f"the column '{name}' is missing; every row needs a column"
        if problem:
            self.faults.append(self._fault(problem, name, row.number))
        return None if problem else concept

    def _concept(self, name: str, line: int, *, may_be_new: bool) -> str | None:
        alike = _alike(name)
        if alike not in self.names and self.known is None and may_be_new:
            self.names[alike] = _name_of(name, set(self.names.values()))
        concept = self.names.get(alike)
        if concept is None:
            among = self.titles.values() if self.known is None else self.known
            whole = "" if self.known is None else " (`concepts` lists all of the tables, or is left out)"
            problem = f"'{name}' is no concept{nearest(name, among)}{whole}"
            self.faults.append(self._fault(problem, name, line))
            return None
        self.titles.setdefault(concept, name)
        return concept

    def _cells(
        self, concept: str, row: Line, columns: Mapping[str, int], n_columns: int
    ) -> dict[tuple[str, str], Weight]:
        if len(row.cells) <= n_columns:
            problem = f"has {len(row.cells) - 1} cells, of {n_columns}; leave a cell empty for no link"
            self.faults.append(self._fault(problem, self.titles[concept], row.number))
            return {}
        found: dict[tuple[str, str], Weight] = {}
        if any(cell is not None for cell in row.cells[n_columns + 1 :]):
            problem = "has a cell beyond the last column with a name"
            self.faults.append(self._fault(problem, self.titles[concept], row.number))
        for target, place in columns.items():
            cell = row.cells[place]
            if isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell):  # it does not part the columns here
                cell = cell.replace(",", ".")
            if cell is None:
                continue
            try:
                weight = parse_weight(cell)
            except InnosiError as error:
                key = f"{self.titles[concept]}, {self.titles[target]}"
                self.faults.append(self._fault(error.message.splitlines()[0], key, row.number))
                continue
            if weight.is_uncertain or weight.value:
                found[concept, target] = weight
        return found

    def _fault(self, problem: str, key: str, line: int | None = None) -> Fault:
        return Fault(problem, key=key, line=line, source=self.source)


def _alike(name: str) -> str:
    """A name as it is compared: case, spaces, hyphens and underscores make no difference."""
    return " ".join(re.sub(r"[\s_\-]+", " ", name).split()).casefold()


def _name_of(title: str, taken: set[str]) -> str:
    """A name made of a title: letters and digits of ASCII, and unlike any other."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()
    if not re.match(r"[a-z]", name):
        name = f"concept_{name}".rstrip("_")
    number, unlike = 2, name
    while unlike in taken:
        unlike, number = f"{name}_{number}", number + 1
    return unlike
