"""A table as a survey tool or a spreadsheet gives it: its columns as they are called, and rows of cells."""

from dataclasses import dataclass
from pathlib import Path

from innosi.models.errors import TableError
from innosi.scenarios.tables.reading import read_rows
from innosi.scenarios.tables.rows import Cell, FilledRows, is_empty


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
        TableError
            If the heading stands twice.
        """
        found = [i for i, name in enumerate(self.columns) if _plain(name) == _plain(column)]
        if len(found) > 1:
            places = " and ".join(str(i + 1) for i in found)
            raise TableError(
                f"two columns are called '{self.columns[found[0]]}' (columns {places})",
                mend="rename one of them",
                where=self.source,
            )
        return found[0] if found else None


def read_sheet(path: Path, *, sheet: str | None = None, sheet_by: str = "") -> Sheet:
    """Read a table from a CSV or XLSX file.

    Parameters
    ----------
    sheet, sheet_by : str, optional
        See `read_rows`.

    Raises
    ------
    TableError
        If it is neither, is broken, empty, or has no rows under its heading.
    """
    return as_sheet(read_rows(path, sheet=sheet, sheet_by=sheet_by))


def as_sheet(filled: FilledRows) -> Sheet:
    """Return a sheet made of rows, of which the first is the heading.

    Raises
    ------
    TableError
        If there is no row below it.
    """
    heading = ["" if is_empty(cell) else str(cell).strip() for cell in filled.rows[0][1]]
    while not heading[-1]:
        heading.pop()
    width = len(heading)
    rows = tuple(
        Row(
            line,
            (cells + (None,) * width)[:width],
            tuple(cell for cell in cells[width:] if not is_empty(cell)),
        )
        for line, cells in filled.rows[1:]
    )
    if not rows:
        raise TableError(
            "has a heading and no rows below it", mend="add rows, or export it again", where=filled.source
        )
    return Sheet(filled.source, tuple(heading), rows, filled.delimiter)


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
