"""A matrix to be filled in: every state of a balance as a row and a column, and nothing in between."""

import csv
import io
from pathlib import Path

from pydantic import Field

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.judgements import States
from innosi.scenarios.construction.construction_file import DescriptorSection, states_of
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.validation import Name, Section, validate
from innosi.scenarios.writing import replacing, write_text

OWN = "D9D9D9"
"""The grey of a descriptor's own block, which stays empty."""


class _Described(Section, extra="ignore"):
    descriptors: dict[Name, DescriptorSection] = Field(min_length=2)


def write_empty_matrix(path: Path, document: Document) -> int:
    """Write an empty matrix of a file's descriptors as CSV or XLSX, and return how many states it has.

    The file need not have any judgements yet.

    Raises
    ------
    InnosiError, InputFaults
        If the place is taken, its name promises no table, or the descriptors are faulty.
    """
    states = states_of(validate(_Described, document).descriptors)
    labels = [f"{name}={state}" for name, group in states.items() for state in group]
    kind = path.suffix.casefold()
    if kind not in (".csv", ".xlsx"):
        raise InnosiError(f"'{path.name}' is no table", mend="give a name that ends in .csv or .xlsx")
    if path.exists():
        raise InnosiError("is there already", mend="give another name, or move it away", where=str(path))
    if kind == ".csv":
        sheet = io.StringIO()
        rows = [["", *labels], *([label, *[""] * len(labels)] for label in labels)]
        csv.writer(sheet, lineterminator="\n").writerows(rows)
        write_text(path, sheet.getvalue())
    else:
        _write_workbook(path, states, labels)
    return len(labels)


def _write_workbook(path: Path, states: States, labels: list[str]) -> None:
    """A workbook whose labels stay in sight, and whose own blocks are grey."""
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "cross-impact matrix"
    sheet.append(["", *labels])
    for label in labels:
        sheet.append([label])
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = max(map(len, labels)) + 2
    for cell in sheet[1]:
        cell.alignment = Alignment(text_rotation=90)
    for cell in (*sheet[1], *sheet["A"]):
        cell.font = Font(bold=True)
    grey, first = PatternFill("solid", fgColor=OWN), 2
    for group in states.values():
        for row in sheet.iter_rows(first, first + len(group) - 1, first, first + len(group) - 1):
            for cell in row:
                cell.fill = grey
        first += len(group)
    with replacing(path) as temporary:
        book.save(temporary)
