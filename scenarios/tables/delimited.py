"""Reading text files of separated values: commas, semicolons (as Excel writes in most of Europe) or tabs."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from innosi.models.errors import TableError
from innosi.scenarios.tables.rows import FilledRows, Numbered, filled_rows, nothing_in

DELIMITERS = (",", ";", "\t")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SAVE_AS = "in Excel save it as “CSV UTF-8 (comma delimited)”, or as .xlsx"


def read_delimited(raw: bytes, source: str) -> FilledRows:
    """Return the rows in a text file.

    Raises
    ------
    TableError
        If it is empty or not UTF-8, has one column only, or a quotation mark is not closed.
    """
    text = _decoded(raw, source)
    told = re.match(r"sep=(.)\r?\n", text)
    if told:
        text = text[told.end() :]
    first = 2 if told else 1
    delimiter = told[1] if told else _delimiter(text, source)
    return filled_rows(source, _rows(text, delimiter, first, source), delimiter)


def _decoded(raw: bytes, source: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError("is UTF-16 text (“Unicode Text” in Excel)", mend=_SAVE_AS, where=source)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise TableError(
            "holds a character that is not UTF-8", line=line, mend=_SAVE_AS, where=source
        ) from None
    if "\0" in text:
        raise TableError("is no text file", mend="give a CSV or XLSX file", where=source)
    return text


def _delimiter(text: str, source: str) -> str:
    """The separator that cuts the heading into most columns.

    Raises
    ------
    TableError
        If none cuts it at all.
    """
    lines = enumerate(text.splitlines(), start=1)
    line, heading = next(((number, each) for number, each in lines if each.strip()), (1, ""))
    if not heading:
        raise nothing_in(source)
    try:
        counts = {delimiter: _n_fields(heading, delimiter) for delimiter in DELIMITERS}
    except csv.Error as error:
        raise _broken(error, ",", line, source) from None
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    if counts[best] < 2:
        raise TableError(
            f"has one column ('{heading.strip()[:40]}')",
            mend="separate the columns by commas, semicolons or tabs",
            where=source,
        )
    return best


def _n_fields(line: str, delimiter: str) -> int:
    return max((len(row) for row in csv.reader([line], delimiter=delimiter)), default=0)


def _rows(text: str, delimiter: str, first: int, source: str) -> Iterator[Numbered]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    try:
        for row in reader:
            yield line, tuple(row)
            line = first + reader.line_num
    except csv.Error as error:
        raise _broken(error, delimiter, line, source) from None


def _broken(error: csv.Error, delimiter: str, line: int, source: str) -> TableError:
    """Say on which line the row begins that cannot be read."""
    is_open = "end of data" in str(error)
    separator = _NAMES.get(delimiter, f"'{delimiter}'")
    return TableError(
        "a quotation mark is not closed" if is_open else f"cannot be read ({error})",
        line=line,
        mend=f"look at the quotation marks there (the columns are separated by {separator})",
        where=source,
    )
