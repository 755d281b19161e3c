"""Tables beside a file: separated values or a workbook, as rows of text that remember their lines."""

import csv
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest

MAX_BYTES, MAX_UNPACKED, MAX_ROWS = 10_000_000, 100_000_000, 20_000
_DELIMITERS = (",", ";", "\t")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    SyntaxError,  # of which an XML ParseError is one
    RuntimeError,  # a zip with a password
    NotImplementedError,
)
"""What openpyxl and zipfile raise on a workbook that is damaged; they have no error of their own."""
_NUMBER = re.compile(r"[-−+]?\d{1,9}(?:[.,]\d{1,2}|\.\d+)?")

Numbered = tuple[int, Sequence[str]]
"""A line, and the texts of its cells."""


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


def read_table(path: Path, *, named: str, sheet: str | None = None) -> Table:
    """Read a table from a CSV file (commas, semicolons or tabs) or an XLSX workbook.

    Parameters
    ----------
    named : str
        How the file is called in the file that names it.
    sheet : str, optional
        Which sheet of a workbook; needed where more than one holds anything.

    Raises
    ------
    InnosiError
        If it cannot be read, has no heading or no rows, two columns of one name, or a row that is too long.
    """
    try:
        raw = read_bytes(path, limit=MAX_BYTES)
    except InnosiError as error:
        raise InnosiError(error.problem, mend=error.mend, where=named) from None
    is_workbook = raw.startswith(b"PK\x03\x04")
    if not is_workbook and path.suffix.casefold() in (".xlsx", ".xlsm", ".xls", ".ods"):
        raise InnosiError("is no .xlsx workbook", mend="save it as .xlsx or as CSV UTF-8", where=named)
    if not is_workbook and sheet is not None:
        raise InnosiError("is a text file and has no sheets", mend="leave `sheet` out", where=named)
    rows = _workbook(raw, named, sheet) if is_workbook else _delimited(raw, named)
    return _with_heading(rows, named)


def number_in(text: str) -> float | None:
    """Return the number that a cell holds, with a decimal point or comma; None where it holds none."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    return float(plain.replace("−", "-").replace(",", "."))


def check_columns(table: Table, needed: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a table that lacks a column, or has one that nobody knows.

    Raises
    ------
    InputFaults
        Naming all of them.
    """
    ignoring = " (one that is not needed is named under `ignore`)"
    needed, known = list(needed), list(known)
    missing = [f"has no column '{name}'" for name in needed if name not in table.columns]
    odd = [
        f"has a column '{name}' that is not known{nearest(name, known)}{ignoring}"
        for name in table.columns
        if name not in known
    ]
    if missing or odd:
        raise InputFaults(table.source, [Fault(each, line=1, source=table.source) for each in missing + odd])


def _with_heading(rows: Iterable[Numbered], named: str) -> Table:
    filled = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    if len(filled) < 2:
        what = "has a heading and no rows below it" if filled else "is empty"
        raise InnosiError(what, mend="give a table with a heading, and rows below it", where=named)
    if len(filled) > MAX_ROWS:
        raise InnosiError(f"has {len(filled):,} rows; at most {MAX_ROWS:,} are read", where=named)
    heading = [re.sub(r"[\s_]+", "_", cell.strip().casefold()) for cell in filled[0][1]]
    while not heading[-1]:
        heading.pop()
    faults = [
        Fault(f"two columns are called '{name}'; rename one", line=filled[0][0], source=named)
        for name in sorted({each for each in heading if each and heading.count(each) > 1})
    ]
    faults += [
        Fault("has more cells than the heading; a text with a separator stands in quotes", "", line, named)
        for line, cells in filled[1:]
        if any(cell.strip() for cell in cells[len(heading) :])
    ]
    if faults:
        raise InputFaults(named, faults)
    columns = tuple(name for name in heading if name)
    found = (
        Row(line, {**dict.fromkeys(columns, ""), **_named(heading, cells)}) for line, cells in filled[1:]
    )
    return Table(named, columns, tuple(found))


def _named(heading: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(heading, cells, strict=False) if name}


def _delimited(raw: bytes, named: str) -> Iterator[Numbered]:
    save = "in Excel save it as “CSV UTF-8”, or as .xlsx"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InnosiError(f"is not UTF-8 on line {line}", mend=save, where=named) from None
    if "\0" in text:
        raise InnosiError("is no UTF-8 text", mend=save, where=named)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        is_open = "end of data" in str(error)
        what = "a quotation mark is not closed" if is_open else str(error)
        fault = Fault(f"{what}; look at the quotation marks here", line=line, source=named)
        raise InputFaults(named, [fault]) from None


def _workbook(raw: bytes, named: str, sheet: str | None) -> list[Numbered]:
    try:
        with warnings.catch_warnings(action="ignore"):  # openpyxl's, about styles and lists of choices
            sheets = _sheets(raw, named)
    except _BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:80]
        raise InnosiError(
            f"cannot be read as a workbook ({reason})", mend="save it as .xlsx again", where=named
        ) from None
    if sheet is not None and sheet not in sheets:
        raise InnosiError(f"has no sheet '{sheet}'{nearest(sheet, sheets)}", where=named)
    filled = [name for name, rows in sheets.items() if rows]
    if sheet is None and len(filled) > 1:
        mend = "say which one with `sheet`"
        raise InnosiError(f"has several sheets: {', '.join(filled)}", mend=mend, where=named)
    chosen = sheet if sheet is not None else next(iter(filled), "")
    return sheets.get(chosen, [])


def _sheets(raw: bytes, named: str) -> dict[str, list[Numbered]]:
    """The filled rows of each sheet; formulas give the values stored with them."""
    import openpyxl

    with zipfile.ZipFile(BytesIO(raw)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise InnosiError("unpacks to too much", mend="keep only the sheet that is needed", where=named)
    book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=True)
    try:
        found: dict[str, list[Numbered]] = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write them wrongly
            rows = enumerate(sheet.iter_rows(values_only=True), start=1)
            found[sheet.title] = [(line, texts) for line, cells in rows if any(texts := _texts(cells))]
        return found
    finally:
        book.close()


def _texts(cells: Sequence[object]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    """A cell as text: whole numbers without a point, days without a time, yes and no for what is ticked."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell.date()) if isinstance(cell, datetime) else str(cell).strip()
