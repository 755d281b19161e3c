"""Reading Excel workbooks (.xlsx)."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from innosi.models.errors import TableError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import Cell, FilledRows, FormulaWithoutValue, Numbered, is_empty, nothing_in

MAX_UNPACKED = 200_000_000
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


def read_workbook(raw: bytes, source: str, sheet: str | None = None, *, sheet_by: str = "") -> FilledRows:
    """Return the rows on one sheet of a workbook; formulas give the values stored with them.

    Parameters
    ----------
    sheet : str, optional
        Its name; needed where more than one sheet holds anything.
    sheet_by : str, optional
        The option or key that names it.

    Raises
    ------
    TableError
        If it is no workbook, or the sheet is not there, not said, or empty.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # openpyxl's, about styles and lists of choices
            size = _unpacked_size(raw)
            tables = dict(_tables(raw, sheet)) if size <= MAX_UNPACKED else {}
            names = _sheet_names(raw) if size <= MAX_UNPACKED else []
    except _BROKEN as error:
        raise TableError(
            f"cannot be read as an Excel workbook ({_reason(error)})",
            mend="open it in Excel or LibreOffice and save it as .xlsx again, or as CSV UTF-8",
            where=source,
        ) from None
    if size > MAX_UNPACKED:
        raise TableError(
            f"unpacks to {size / 1e6:,.0f} MB; at most {MAX_UNPACKED / 1e6:g} MB is read",
            mend="keep only the sheet that is needed",
            where=source,
        )
    if sheet is not None and sheet not in names:
        raise TableError(
            f"has no sheet '{sheet}'{nearest(sheet, names)}", mend="name one of its sheets", where=source
        )
    chosen = _only(tables, source, sheet_by)
    return FilledRows(source if len(names) == 1 else f"{source}, sheet '{chosen}'", tables[chosen])


def _unpacked_size(raw: bytes) -> int:
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _sheet_names(raw: bytes) -> list[str]:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(raw), read_only=True)
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def _tables(raw: bytes, wanted: str | None) -> Iterator[tuple[str, tuple[Numbered, ...]]]:
    """Yield the name and the filled rows of each sheet that holds anything."""
    import openpyxl

    values = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=False)
    try:
        for shown, written in zip(values.worksheets, formulas.worksheets, strict=True):
            if wanted is None or shown.title == wanted:
                rows = tuple(_rows(shown, written))
                if rows:
                    yield shown.title, rows
    finally:
        values.close()
        formulas.close()


def _rows(shown: Any, written: Any) -> Iterator[Numbered]:
    for sheet in (shown, written):
        sheet.reset_dimensions()  # some programs write them wrongly, and rows would be lost
    pairs = zip(shown.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=False)
    for line, (values, formulas) in enumerate(pairs, start=1):
        cells = tuple(_cell(value, formula) for value, formula in zip(values, formulas, strict=False))
        if any(not is_empty(cell) for cell in cells):
            yield line, cells


def _cell(value: Any, formula: Any) -> Cell:
    if value is None and isinstance(formula, str) and formula.startswith("="):
        return FormulaWithoutValue(formula)
    return value


def _only(tables: Mapping[str, Any], source: str, sheet_by: str) -> str:
    """The sheet that holds anything."""
    if not tables:
        raise nothing_in(source)
    if len(tables) > 1:
        mend = f"say which one with {sheet_by}" if sheet_by else "keep the one that is meant"
        raise TableError(
            f"has {len(tables)} sheets with something on them: {', '.join(tables)}", mend=mend, where=source
        )
    return next(iter(tables))


def _reason(error: BaseException) -> str:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "it is locked with a password"
    if isinstance(error, KeyError):
        return f"it has no part {str(error).strip(chr(39))}"[:80]
    return (str(error).splitlines() or [type(error).__name__])[0][:80]
