"""The filled rows of a table and the lines on which they begin: what every kind of table is made from."""

from collections.abc import Iterable
from dataclasses import dataclass

from innosi.models.errors import TableError

Cell = str | int | float | bool | object | None
Numbered = tuple[int, tuple[Cell, ...]]
"""The line on which a row begins, and its cells."""


class FormulaWithoutValue:
    """A cell with a formula whose value was not stored in the file."""

    def __init__(self, formula: str) -> None:
        self.formula = formula

    def __str__(self) -> str:
        return self.formula


@dataclass(frozen=True, slots=True)
class FilledRows:
    """The rows of a file that are not empty; there is at least one.

    Attributes
    ----------
    source : str
        The file, and the sheet where there are several.
    rows : tuple of (line, cells)
        As they stand there: a row may be shorter or longer than the others.
    delimiter : str
        Of a text file; '' for a workbook.
    """

    source: str
    rows: tuple[Numbered, ...]
    delimiter: str = ""

    def refuse_formulas(self) -> None:
        """Refuse a table with a formula whose value is not known.

        Raises
        ------
        TableError
            Naming the line of the first.
        """
        for line, cells in self.rows:
            if any(isinstance(cell, FormulaWithoutValue) for cell in cells):
                raise TableError(
                    "holds a formula without a stored value",
                    line=line,
                    mend="open the workbook and save it again",
                    where=self.source,
                )


def filled_rows(source: str, rows: Iterable[Numbered], delimiter: str = "") -> FilledRows:
    """Return the rows that are not empty.

    Raises
    ------
    TableError
        If there is none.
    """
    filled = tuple((line, cells) for line, cells in rows if any(not is_empty(cell) for cell in cells))
    if not filled:
        raise nothing_in(source)
    return FilledRows(source, filled, delimiter)


def nothing_in(source: str) -> TableError:
    """Return the error that a file is empty."""
    return TableError("is empty", mend="give a table with a heading, and rows below it", where=source)


def is_empty(cell: Cell) -> bool:
    """Whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def cell_text(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, dates as dates."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()
