"""Reading the rows of a table from a file, whatever kind of file it is."""

from pathlib import Path

from innosi.models.errors import InnosiError, TableError
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.tables.delimited import read_delimited
from innosi.scenarios.tables.rows import FilledRows, nothing_in
from innosi.scenarios.tables.workbook import read_workbook

MAX_BYTES = 50_000_000
ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_rows(
    path: Path, *, source: str = "", sheet: str | None = None, sheet_by: str = "", limit: int = MAX_BYTES
) -> FilledRows:
    """Read the rows of a CSV or XLSX file; what it is, its content says, not its name.

    Parameters
    ----------
    source : str, optional
        What the file is called in messages; its path by default.
    sheet : str, optional
        Which sheet of a workbook; needed where more than one holds anything.
    sheet_by : str, optional
        The option or key by which the user says which sheet; the empty text where there is none.
    limit : int
        How many bytes are read at most.

    Raises
    ------
    TableError
        If it is neither, is broken, or empty.
    InnosiError
        If there is no such file, or it is too large.
    """
    source = source or str(path)
    try:
        raw = read_bytes(path, limit=limit)
    except InnosiError as error:
        raise InnosiError(error.problem, mend=error.mend, where=source) from None
    if not raw.strip():
        raise nothing_in(source)
    if raw.startswith(OLD_EXCEL_MARK):
        raise TableError(
            "is a workbook that is locked with a password, or of Excel before 2007",
            mend="open it, take the password off, and save it as .xlsx or as CSV UTF-8",
            where=source,
        )
    if raw.startswith(ZIP_MARK):
        return read_workbook(raw, source, sheet, sheet_by=sheet_by)
    if path.suffix.casefold() in _WORKBOOKS:
        raise TableError(
            f"is named like a workbook ({path.suffix}), but is none",
            mend="save it as .xlsx, or, if it is text, name it .csv",
            where=source,
        )
    if sheet is not None:
        mend = f"leave {sheet_by} out" if sheet_by else "name no sheet"
        raise TableError("is a text file and has no sheets", mend=mend, where=source)
    return read_delimited(raw, source)
