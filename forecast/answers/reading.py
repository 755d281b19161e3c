"""Reading a table from a file, whatever kind of file it is."""

from pathlib import Path

from innosi.forecast.answers.delimited import read_delimited
from innosi.forecast.answers.sheet import Sheet
from innosi.forecast.answers.workbook import read_workbook
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.document import read_bytes

MAX_BYTES = 50_000_000
ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"


def read_sheet(path: Path, *, sheet: str | None = None) -> Sheet:
    """Read a table from a CSV or XLSX file; what it is, its content says, not its name.

    Parameters
    ----------
    sheet : str, optional
        Which sheet of a workbook; needed where more than one holds anything.

    Raises
    ------
    AnswerError
        If it is neither, is broken, empty, or has no rows under its heading.
    """
    raw = read_bytes(path, limit=MAX_BYTES)
    source = str(path)
    if not raw.strip():
        raise AnswerError("is empty", mend="export the answers again", where=source)
    if raw.startswith(OLD_EXCEL_MARK):
        raise AnswerError(
            "is a workbook that is locked with a password, or of Excel before 2007",
            mend="open it, take the password off, and save it as .xlsx or as CSV UTF-8",
            where=source,
        )
    if raw.startswith(ZIP_MARK):
        return read_workbook(raw, source, sheet)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise AnswerError(
            "is named like an Excel workbook, but is none",
            mend="save it as .xlsx again, or, if it is text, name it .csv",
            where=source,
        )
    if sheet is not None:
        raise AnswerError("is a text file and has no sheets", mend="leave --sheet out", where=source)
    return read_delimited(raw, source)
