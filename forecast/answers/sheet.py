"""A table of answers as a survey tool or a spreadsheet gives it: columns, and rows with their lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from innosi.models.errors import AnswerError

Cell = str | int | float | bool | object | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells, as many as there are columns, and the line of the file on which it begins."""

    line: int
    cells: tuple[Cell, ...]
    extra: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a heading row.

    Attributes
    ----------
    source : str
        The file, and the sheet where there are several.
    columns : tuple of str
        The headings, trimmed.
    rows : tuple of Row
        All rows that are not empty.
    delimiter : str
        Of a text file; '' for a workbook.
    """

    source: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ""

    def index_of(self, column: str) -> int | None:
        """Return where a column stands, whatever its capitals, or None.

        Raises
        ------
        AnswerError
            If the heading stands twice.
        """
        found = [i for i, name in enumerate(self.columns) if _plain(name) == _plain(column)]
        if len(found) > 1:
            places = " and ".join(str(i + 1) for i in found)
            raise AnswerError(
                f"two columns are called '{self.columns[found[0]]}' (columns {places})",
                mend="rename one of them",
                where=self.source,
            )
        return found[0] if found else None


def as_sheet(source: str, table: Iterable[tuple[int, tuple[Cell, ...]]], delimiter: str = "") -> Sheet:
    """Return a sheet made of (line, cells), of which the first that is not empty is the heading."""
    filled = [(line, cells) for line, cells in table if any(not is_empty(cell) for cell in cells)]
    if not filled:
        raise AnswerError("is empty", mend="export the answers again", where=source)
    heading = ["" if is_empty(cell) else str(cell).strip() for cell in filled[0][1]]
    while heading and not heading[-1]:
        heading.pop()
    width = len(heading)
    rows = tuple(
        Row(
            line,
            (cells + (None,) * width)[:width],
            tuple(cell for cell in cells[width:] if not is_empty(cell)),
        )
        for line, cells in filled[1:]
    )
    if not rows:
        raise AnswerError("has a heading and no rows below it", mend="export the answers again", where=source)
    return Sheet(source, tuple(heading), rows, delimiter)


def is_empty(cell: Cell) -> bool:
    """Whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
