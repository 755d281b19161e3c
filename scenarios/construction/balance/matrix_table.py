"""A matrix of judgements in a table of its own: CSV with commas, semicolons or tabs, or a workbook."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.construction.balance.judgements import Pair, Place, States, Written
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest

MAX_BYTES = 20_000_000
_DELIMITERS = (",", ";", "\t")
_SAVE_AS = "in Excel save it as “CSV UTF-8 (comma delimited)”, or as .xlsx"
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError, RuntimeError)
"""What openpyxl and zipfile raise on a workbook that is damaged or locked."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table that is not empty: its number, and its cells, None where one is empty."""

    number: int
    cells: Sequence[Any]

    def cell(self, place: int) -> Any:
        """Return a cell; None beyond the last."""
        return self.cells[place] if place < len(self.cells) else None


def written_in_table(path: Path, states: States, *, source: str) -> Written:
    """Return the judgements in a table: a heading of labels `descriptor=state`, and a row for each label.

    Rows and columns may stand in any order. An own block is empty or 0.

    Parameters
    ----------
    source : str
        What the file is called in messages.

    Raises
    ------
    InnosiError
        If it cannot be read as a table.
    """
    head, *rows = table_lines(path, source)
    known = {f"{name}={state}": (name, state) for name, group in states.items() for state in group}
    labels = [(head.number, place, cell) for place, cell in enumerate(head.cells) if place]
    columns, faults = _labelled(labels, known, "column", head.number)
    labels = [(row.number, place, row.cell(0)) for place, row in enumerate(rows)]
    lines, more = _labelled(labels, known, "row", rows[-1].number if rows else head.number)
    found = {
        (acting, acted_on): rows[line].cell(column)
        for acting, line in lines.items()
        for acted_on, column in columns.items()
    }

    def place_of(acting: Pair, acted_on: Pair) -> Place | None:
        if (acting, acted_on) not in found:  # its row or column is missing, which is told once
            return None
        return Place(f"{'='.join(acting)}, {'='.join(acted_on)}", rows[lines[acting]].number, source)

    def section_of(actor: str, target: str) -> Place:
        first = min(lines[pair] for pair in lines if pair[0] == actor)
        return Place(f"{actor}, {target}", rows[first].number, source)

    cells = {pairs: cell for pairs, cell in found.items() if cell is not None}
    told = [Fault(each.problem, each.key, each.line, source) for each in [*faults, *more]]
    return Written(cells, place_of, section_of, told)


def _labelled(
    labels: Iterable[tuple[int, int, Any]], known: Mapping[str, Pair], what: str, last: int
) -> tuple[dict[Pair, int], list[Fault]]:
    """The place of each label, and faults for those that are unknown, stand twice, or are missing."""
    places: dict[Pair, int] = {}
    faults: list[Fault] = []
    for line, place, cell in labels:
        label = "" if cell is None else str(cell).strip()
        if label in known and known[label] not in places:
            places[known[label]] = place
        elif label in known:
            faults.append(Fault(f"the {what} '{label}' stands twice; keep one", label, line))
        elif label or what == "row":
            problem = f"the {what} '{label}' is no descriptor=state{nearest(label, known)}"
            faults.append(Fault(problem, label, line))
    missing = [label for label, pair in known.items() if pair not in places]
    faults += [Fault(f"the {what} '{label}' is missing; add it", label, last) for label in missing]
    return places, faults


def table_lines(path: Path, source: str) -> list[Line]:
    """Return the lines of a table that are not empty, the heading first.

    Raises
    ------
    InnosiError
        If it cannot be read, or is empty.
    """
    raw = read_bytes(path, limit=MAX_BYTES)
    is_workbook = path.suffix.casefold() == ".xlsx" or raw.startswith(b"PK\x03\x04")
    rows = _workbook_rows(raw, source) if is_workbook else _text_rows(raw, source)
    lines = [Line(number, [_stripped(cell) for cell in cells]) for number, cells in rows]
    filled = [line for line in lines if any(cell is not None for cell in line.cells)]
    if not filled:
        raise InnosiError(
            "is empty", mend="give a heading of labels descriptor=state, and rows", where=source
        )
    return filled


def _stripped(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


def _text_rows(raw: bytes, source: str) -> list[tuple[int, Sequence[Any]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = f"holds a character that is not UTF-8 on line {line}"
        raise InnosiError(problem, mend=_SAVE_AS, where=source) from None
    if "\0" in text:
        raise InnosiError("is no text file", mend="give a CSV or XLSX file", where=source)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, Sequence[Any]]] = []
    begins = 1
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        problem = f"cannot be read from line {begins} on: {error}"
        raise InnosiError(problem, mend="look at the quotation marks there", where=source) from None
    return rows


def _workbook_rows(raw: bytes, source: str) -> list[tuple[int, Sequence[Any]]]:
    """The rows of the first sheet that holds anything; formulas give the values stored with them."""
    import openpyxl

    try:
        with warnings.catch_warnings(action="ignore"):  # openpyxl's, about styles
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                rows = list(enumerate(sheet.iter_rows(values_only=True), start=1))
                if any(cell is not None for _, cells in rows for cell in cells):
                    return [(number, cells) for number, cells in rows]
    except _BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:80]
        mend = "open it in Excel or LibreOffice and save it as .xlsx again, or as CSV UTF-8"
        raise InnosiError(f"cannot be read as a workbook ({reason})", mend=mend, where=source) from None
    return []
