"""Reading text files of separated values: commas, semicolons (as Excel writes in most of Europe) or tabs."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from innosi.forecast.answers.sheet import Cell, Sheet, as_sheet
from innosi.models.errors import AnswerError

DELIMITERS = (",", ";", "\t")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}


def read_delimited(raw: bytes, source: str) -> Sheet:
    """Return the table in a text file.

    Raises
    ------
    AnswerError
        If it is not UTF-8, has one column only, or a quotation mark is not closed.
    """
    text = _decoded(raw, source)
    told = re.match(r"sep=(.)\r?\n", text)
    if told:
        text = text[told.end() :]
    try:
        delimiter = told[1] if told else _delimiter(text)
    except csv.Error as error:
        raise _broken(error, text, ",", source) from None
    if delimiter is None:
        raise AnswerError(
            f"has one column ('{text.strip().splitlines()[0][:40]}')",
            mend="separate the columns by commas, semicolons or tabs",
            where=source,
        )
    try:
        return as_sheet(source, _table(text, delimiter, first=2 if told else 1), delimiter)
    except csv.Error as error:
        raise _broken(error, text, delimiter, source) from None


def _decoded(raw: bytes, source: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise AnswerError("is UTF-16 text (“Unicode Text” in Excel)", mend=_SAVE_AS, where=source)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise AnswerError(
            f"holds a character that is not UTF-8 on line {line}", mend=_SAVE_AS, where=source
        ) from None
    if "\0" in text:
        raise AnswerError("is no text file", mend="give a CSV or XLSX file", where=source)
    return text


_SAVE_AS = "in Excel save it as “CSV UTF-8 (comma delimited)”, or as .xlsx"


def _delimiter(text: str) -> str | None:
    """The separator that cuts the heading into most columns, if any cuts it at all."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    counts = {delimiter: _n_fields(heading, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    return best if counts[best] > 1 else None


def _n_fields(line: str, delimiter: str) -> int:
    return max((len(row) for row in csv.reader([line], delimiter=delimiter)), default=0)


def _table(text: str, delimiter: str, first: int) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    for row in reader:
        yield line, tuple(row)
        line = first + reader.line_num


def _broken(error: csv.Error, text: str, delimiter: str, source: str) -> AnswerError:
    """Say on which line reading stopped; a quotation mark left open is found where its row began."""
    line = 1
    try:
        for line, _ in _table(text, delimiter, first=1):  # noqa: B007 - the last line that could be read
            pass
    except csv.Error:
        pass
    what = "a quotation mark is not closed" if "end of data" in str(error) else str(error)
    separator = _NAMES.get(delimiter, f"'{delimiter}'")
    return AnswerError(
        f"cannot be read after line {line}: {what}",
        mend=f"look at the quotation marks there (the columns are separated by {separator})",
        where=source,
    )
