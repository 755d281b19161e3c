"""A table as lines of cells, for matrices: what stands in a heading and before a row, its reader knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innosi.scenarios.tables.reading import read_rows
from innosi.scenarios.tables.rows import Cell, is_empty

MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table that is not empty: its number, and its cells, None where one is empty."""

    number: int
    cells: Sequence[Any]

    def cell(self, place: int) -> Any:
        """Return a cell; None beyond the last."""
        return self.cells[place] if place < len(self.cells) else None


def table_lines(path: Path, source: str) -> list[Line]:
    """Return the lines of a table that are not empty, the heading first.

    A workbook leaves out the empty cells at the end of a row: there, each line is as long as the heading.

    Parameters
    ----------
    source : str
        What the file is called in messages.

    Raises
    ------
    InnosiError
        If it cannot be read, or is empty.
    """
    filled = read_rows(path, source=source, limit=MAX_BYTES)
    filled.refuse_formulas()
    width = 0 if filled.delimiter else len(filled.rows[0][1])
    return [
        Line(number, [*map(_stripped, cells), *[None] * (width - len(cells))])
        for number, cells in filled.rows
    ]


def _stripped(cell: Cell) -> Any:
    if is_empty(cell):
        return None
    return cell.strip() if isinstance(cell, str) else cell
