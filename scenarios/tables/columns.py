"""A table whose columns a file's readers know by name: rows of text that remember their lines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from innosi.models.errors import Fault, InputFaults, TableError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.reading import read_rows
from innosi.scenarios.tables.rows import Cell, FilledRows, cell_text

MAX_BYTES, MAX_ROWS = 10_000_000, 20_000
_NO_TITLE = "the first line of a table has the names of its columns: take a title above it away"
_NUMBER = re.compile(r"[-−+]?\d{1,9}(?:[.,]\d{1,2}|\.\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line on which it begins, and the text of each column; '' where a cell is empty."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading: its file's name, its columns in small letters, and its rows."""

    source: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def fault(self, row: Row, key: str, problem: str) -> Fault:
        """Return a fault at a row's column."""
        return Fault(problem, key=key, line=row.line, source=self.source)


def read_table(path: Path, *, named: str, sheet: str | None = None, sheet_by: str = "") -> Table:
    """Read a table from a CSV or XLSX file.

    Parameters
    ----------
    named : str
        How the file is called in the file that names it.
    sheet, sheet_by : str, optional
        See `read_rows`.

    Raises
    ------
    InnosiError
        If it cannot be read, has no heading or no rows, two columns of one name, or a row that is too long;
        InputFaults where it can be said on which line.
    """
    try:
        filled = read_rows(path, source=named, sheet=sheet, sheet_by=sheet_by, limit=MAX_BYTES)
        filled.refuse_formulas()
    except TableError as error:
        if error.line is None:
            raise
        fault = Fault(f"{error.unlocated}; {error.mend}", line=error.line, source=named)
        raise InputFaults(named, [fault]) from None
    return _with_heading(filled, named)


def number_in(text: str) -> float | None:
    """Return the number that a cell holds, with a decimal point or comma; None where it holds none."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    return float(plain.replace("−", "-").replace(",", "."))


def check_columns(table: Table, needed: Iterable[str], known: Iterable[str], *, mend: str = "") -> None:
    """Refuse a table that lacks a column, or has one that nobody knows.

    Parameters
    ----------
    mend : str, optional
        What can be done about a column that is called otherwise, or not needed.

    Raises
    ------
    InputFaults
        Naming all of them.
    """
    needed, known = list(needed), list(known)
    missing = [f"has no column '{name}'" for name in needed if name not in table.columns]
    odd = [
        f"has a column '{name}' that is not known{nearest(name, known)}{mend}"
        for name in table.columns
        if name not in known
    ]
    if missing or odd:
        raise InputFaults(table.source, [Fault(each, line=1, source=table.source) for each in missing + odd])


def _with_heading(filled: FilledRows, named: str) -> Table:
    (first, cells), *below = filled.rows
    if not below:
        raise TableError("has a heading and no rows below it", mend="add rows", where=named)
    if len(below) >= MAX_ROWS:
        raise TableError(f"has {len(below) + 1:,} rows; at most {MAX_ROWS:,} are read", where=named)
    named_columns = [text for cell in cells if (text := _text(cell))]
    if len(named_columns) == 1 < max(sum(bool(_text(cell)) for cell in texts) for _, texts in below):
        title = named_columns[0]
        raise InputFaults(named, [Fault(f"holds '{title[:60]}' alone; {_NO_TITLE}", "", first, named)])
    heading = [re.sub(r"[\s_]+", "_", _text(cell).casefold()) for cell in cells]
    while not heading[-1]:
        heading.pop()
    rows = [(line, [_text(cell) for cell in cells]) for line, cells in below]
    faults = [
        Fault(f"two columns are called '{name}'; rename one", line=first, source=named)
        for name in sorted({each for each in heading if each and heading.count(each) > 1})
    ]
    faults += [
        Fault("has more cells than the heading; a text with a separator stands in quotes", "", line, named)
        for line, texts in rows
        if any(texts[len(heading) :])
    ]
    if faults:
        raise InputFaults(named, faults)
    columns = tuple(name for name in heading if name)
    empty = dict.fromkeys(columns, "")
    found = (Row(line, {**empty, **_named(heading, texts)}) for line, texts in rows)
    return Table(named, columns, tuple(found))


def _named(heading: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    return {name: text for name, text in zip(heading, texts, strict=False) if name}


def _text(cell: Cell) -> str:
    """A cell as text: days without a time, yes and no for what is ticked."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell.date()) if isinstance(cell, datetime) else cell_text(cell)
