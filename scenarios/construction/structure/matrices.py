"""Matrices that people fill in: in the file itself, row by row, or in a table beside it (CSV, XLSX)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator

from innosi.models.arrays import FloatArray
from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.lines import Line, table_lines

Titles = Mapping[str, str]
"""Names of rows or columns, in their order, with the titles by which a table may call them too."""


def _as_matrix(found: Any) -> Any:
    if isinstance(found, dict) or (isinstance(found, str) and found.strip()):
        return found
    raise ValueError(f"found {_shown(found)}; give a row of cells for each name, or the name of a table")


Matrix = Annotated[str | dict[str, Any], BeforeValidator(_as_matrix)]
"""A matrix as it stands in a file: the name of a table, or a list or a map of cells for each row."""
POTENTIAL = "P"
"""What is written for an influence that is not there now and may come."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell was written, for messages."""

    key: KeyPath
    line: int | None = None
    source: str = ""

    def fault(self, document: Document, problem: str) -> Fault:
        """Return a fault at this place."""
        if not self.source:
            return located(document, self.key, problem)
        return Fault(problem, key=" → ".join(map(str, self.key)), line=self.line, source=self.source)


@dataclass(frozen=True, slots=True)
class Cells:
    """A matrix as it was written: no value is checked yet.

    Attributes
    ----------
    values : mapping of (row, column)
        None where a cell is empty; what was left out is not there.
    places : mapping of (row, column), or of (row, "")
    faults : list of Fault
        What is wrong with its labels and the lengths of its rows.
    told : set of (row, column)
        Cells that are not there because of such a fault.
    """

    at: Place
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)

    def place_of(self, row: str, column: str) -> Place:
        """Return where a cell stands, or its row, or else the matrix."""
        return self.places.get((row, column), self.places.get((row, ""), self.at))


def cells_at(document: Document, at: KeyPath, rows: Titles, columns: Titles, *, half: bool = False) -> Cells:
    """Return the cells of a matrix.

    Parameters
    ----------
    at : key path
        Where it stands in the document: a map of rows, or the name of a table.
    half : bool
        Whether the list of a row holds only the columns after its own.
    """
    found: Any = document.data
    for part in at:
        found = found[part]
    if isinstance(found, str):
        return _in_table(document, at, found, rows, columns)
    cells = Cells(Place(at))
    for row, written in found.items():
        if row not in rows:
            cells.faults.append(located(document, (*at, row), f"is no row{nearest(row, rows)}"))
            continue
        cells.places[row, ""] = Place((*at, row))
        expected = [*columns][[*rows].index(row) + 1 :] if half else [*columns]
        _row(cells, document, row, written, listed=expected, columns=columns)
    return cells


def square_of_levels(document: Document, cells: Cells, names: Titles, allowed: Collection[Any]) -> FloatArray:
    """Return who influences whom, how strongly; faults are added to those of the cells.

    Parameters
    ----------
    allowed : collection of int and str
        What a cell may be; `POTENTIAL` becomes −1.

    Returns
    -------
    (n, n), with zeros on its diagonal, and where there is a fault.
    """
    for name in names:
        own = cells.values.get((name, name))
        if own is not None and str(own).strip() not in ("", "0", "0.0", "-", "–", "x", "X"):
            problem = f"{name} on itself is {_shown(own)}; leave that cell at 0, or empty"
            cells.faults.append(cells.place_of(name, name).fault(document, problem))
    return levels(document, cells, names, names, allowed)


def levels(
    document: Document, cells: Cells, rows: Titles, columns: Titles, allowed: Collection[Any]
) -> FloatArray:
    """Return a matrix of whole numbers; see `square_of_levels`. A row is not asked about itself."""
    found = np.zeros((len(rows), len(columns)))
    for i, row in enumerate(rows):
        missing = []
        for j, column in enumerate(columns):
            if row == column and rows is columns:
                continue
            value = cells.values.get((row, column))
            if value is None:
                missing.append(column)
                continue
            level = as_level(value, allowed)
            if level is None:
                place = cells.place_of(row, column)
                named = "" if place.source else f"{row} → {column}: "
                problem = f"{named}found {_shown(value)}; write one of {_said(allowed)}"
                cells.faults.append(place.fault(document, problem))
            else:
                found[i, j] = level
        tell_missing(document, cells, row, missing)
    return found


def as_level(value: Any, allowed: Collection[Any]) -> int | None:
    """Return a cell's whole number, −1 for a potential influence, or None if it may not be written."""
    if isinstance(value, str) and value.strip().upper() == POTENTIAL and POTENTIAL in allowed:
        return -1
    if isinstance(value, bool):
        return None
    try:
        number = float(str(value).strip().replace("−", "-"))
    except ValueError:
        return None
    return int(number) if number in allowed else None


def in_order(faults: Collection[Fault]) -> list[Fault]:
    """Return faults once each, in the order of their files and lines."""
    return sorted(dict.fromkeys(faults), key=lambda each: (each.source, each.line or 0))


def tell_missing(
    document: Document, cells: Cells, row: str, columns: Sequence[str], *, nothing: str = "0"
) -> None:
    """Add one fault for the cells that a row lacks, unless they lack for a reason that is told already."""
    columns = [each for each in columns if (row, each) not in cells.told]
    if not columns:
        return
    if (row, "") not in cells.places:
        problem = f"the row '{row}' is missing; add it, with {nothing} where there is nothing"
        cells.faults.append(cells.at.fault(document, problem))
        return
    what = f"{', '.join(columns[:6])}{' and others' if len(columns) > 6 else ''}"
    problem = f"{row}: no cell for {what}; write {nothing} where there is nothing"
    cells.faults.append(cells.places[row, ""].fault(document, problem))


def _row(
    cells: Cells, document: Document, row: str, written: Any, *, listed: Sequence[str], columns: Titles
) -> None:
    """Take a row of the file: a list of the cells of some columns, or a map."""
    place = cells.places[row, ""]
    if isinstance(written, list) and len(written) == len(listed):
        cells.values.update({(row, each): cell for each, cell in zip(listed, written, strict=True)})
    elif isinstance(written, Mapping):
        for column, cell in written.items():
            if column in columns:
                cells.values[row, column] = cell
                cells.places[row, column] = Place((*place.key, column))
            else:
                problem = f"is no column here{nearest(column, columns)}"
                cells.faults.append(located(document, (*place.key, column), problem))
    else:
        cells.told.update((row, each) for each in listed)
        n = f"{len(written)} cells" if isinstance(written, list) else _shown(written)
        mend = f"list {len(listed)} cells, for {', '.join(listed)}" if listed else "leave this row out"
        problem = f"found {n}; {mend}"
        cells.faults.append(place.fault(document, problem))


def _in_table(document: Document, at: KeyPath, name: str, rows: Titles, columns: Titles) -> Cells:
    """Take the cells of a table: a heading of columns, and a row for each row."""
    try:
        head, *lines = table_lines(document.folder / name, name)
    except InnosiError as error:
        cells = Cells(Place(at))
        cells.faults.append(located(document, at, f"{name}: {error.message}"))
        cells.told.update((row, column) for row in rows for column in columns)
        return cells
    cells = Cells(Place((name,), head.number, name))
    places = _columns(cells, document, head, columns)
    labelled = {number for number, cell in enumerate(head.cells) if number and _text(cell)}
    cells.told.update((row, each) for row in rows for each in columns if each not in places)
    for line in lines:
        label = _text(line.cell(0))
        row = _named(label, rows)
        place = Place((label or "the first cell",), line.number, name)
        for number, cell in enumerate(line.cells[1:], start=1):
            if _text(cell) and number not in labelled:
                cells.faults.append(place.fault(document, f"{_shown(cell)} stands below no heading"))
        if row is None:
            cells.faults.append(place.fault(document, f"is no row{nearest(label, rows)}"))
        elif (row, "") in cells.places:
            cells.faults.append(place.fault(document, "stands twice; keep one"))
        else:
            cells.places[row, ""] = place
            for column, number in places.items():
                cells.values[row, column] = line.cell(number)
                cells.places[row, column] = Place((label, column), line.number, name)
    return cells


def _columns(cells: Cells, document: Document, head: Line, columns: Titles) -> dict[str, int]:
    """The number of the column of each name in a heading; faults for the others."""
    found: dict[str, int] = {}
    for number, cell in enumerate(head.cells):
        label = _text(cell)
        if number == 0 or not label:
            continue
        column = _named(label, columns)
        place = Place((label,), head.number, str(cells.at.source))
        if column is None:
            cells.faults.append(place.fault(document, f"is no column{nearest(label, columns)}"))
        elif column in found:
            cells.faults.append(place.fault(document, "stands twice; keep one"))
        else:
            found[column] = number
    for column in columns:
        if column not in found:
            problem = f"the column '{column}' is missing; add it"
            cells.faults.append(cells.at.fault(document, problem))
    return found


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _named(label: str, titles: Titles) -> str | None:
    """The name that a label of a table stands for: itself, or the one with that title."""
    if label in titles:
        return label
    named = [name for name, title in titles.items() if title.strip().casefold() == label.casefold()]
    return named[0] if len(named) == 1 else None


def _said(allowed: Collection[Any]) -> str:
    if len(allowed) < 7:
        return ", ".join(map(str, allowed))
    return f"the whole numbers {min(allowed)} to {max(allowed)}".replace("-", "−")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
