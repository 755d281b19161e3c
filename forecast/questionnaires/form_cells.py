"""Cells of a questionnaire in a workbook: how they are written, what they accept, how they print."""

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from innosi.forecast.questionnaires.form_rows import Entry
from innosi.forecast.questionnaires.label import SheetLabel

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles import Border, Font
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

WIDTHS: Mapping[str, float] = {"A": 5, "B": 58, "C": 34, "D": 36, "E": 30}
"""Width of each column, in letters."""
FORMATS: Mapping[str, str] = {"whole": "0", "rank": "0", "year": "0", "share": "0.0%", "number": "General"}
"""How a cell shows what is filled in; every other kind is text, so that a sign of equality stays one."""
LINE = 15.0
"""Height of a line of text, in points."""
_LONGEST = 32_000
_LONGEST_MESSAGE = 250
_AS_FORMULA = ("=", "+", "-", "@")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def written(text: str) -> str:
    """Return a text as a cell can hold it."""
    return _UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")[:_LONGEST]


def put_text(cell: "Cell", text: str) -> None:
    """Write a text into a cell as a text, whatever it begins with; nothing where it is empty."""
    from openpyxl.styles import Alignment

    text = written(text)
    if not text:
        return
    cell.value = text
    cell.data_type = "s"
    cell.alignment = Alignment(horizontal="left", wrap_text=True, vertical="center", indent=1)
    cell.font = lettering()
    if text.startswith(_AS_FORMULA):
        cell.quotePrefix = True


def lettering(*, bold: bool = False, italic: bool = False, size: float = 11) -> "Font":
    """Return the letters of a cell; the same everywhere, whatever a program takes where none is named."""
    from openpyxl.styles import Font

    return Font(name="Calibri", size=size, bold=bold, italic=italic)


def n_lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column, about."""
    return sum(max(1, math.ceil(1.1 * len(line) / width)) for line in text.split("\n"))


def edge(where: Literal["top", "bottom", "all"], style: Literal["thin", "medium"]) -> "Border":
    """Return a border above, below, or around a cell."""
    from openpyxl.styles import Border, Side

    side = Side(style=style, color="000000")
    if where == "all":
        return Border(left=side, right=side, top=side, bottom=side)
    return Border(top=side) if where == "top" else Border(bottom=side)


def validation(address: str, entry: Entry, source: str, message: str) -> "DataValidation | None":
    """Return what a cell accepts; None where anything may be written.

    Parameters
    ----------
    address : str
        Such as C12.
    source : str
        Of a list, the range that holds it; of a ranking, the cells in which each rank stands once.
    message : str
        Told to whoever writes something else.
    """
    from openpyxl.worksheet.datavalidation import DataValidation

    if entry.kind == "text":
        return None
    checks = DataValidation(**_rule(address, entry, source), allow_blank=True)
    checks.errorStyle, checks.showErrorMessage = "stop", True
    if message:
        checks.error = written(message)[:_LONGEST_MESSAGE]
    checks.add(address)
    return checks


def _rule(address: str, entry: Entry, source: str) -> dict[str, Any]:
    if entry.kind == "list":
        return {"type": "list", "formula1": source}
    within = _within(address, entry)
    if entry.kind == "rank":
        once = f"COUNTIF({source},{address})=1"
        return {"type": "custom", "formula1": f"IF(ISNUMBER({address}),AND({within},{once}),FALSE)"}
    if entry.choices:
        word = entry.choices[0][0].replace('"', '""')
        formula = f'IF(ISNUMBER({address}),AND({within}),{address}="{word}")'
        return {"type": "custom", "formula1": formula}
    return _bounds(address, entry)


def _bounds(address: str, entry: Entry) -> dict[str, Any]:
    kind = "whole" if entry.kind in ("whole", "year") else "decimal"
    low, high = f"{entry.low:.15g}", f"{entry.high:.15g}"
    if math.isfinite(entry.low) and math.isfinite(entry.high):
        return {"type": kind, "operator": "between", "formula1": low, "formula2": high}
    if math.isfinite(entry.low):
        return {"type": kind, "operator": "greaterThanOrEqual", "formula1": low}
    if math.isfinite(entry.high):
        return {"type": kind, "operator": "lessThanOrEqual", "formula1": high}
    return {"type": "custom", "formula1": f"ISNUMBER({address})"}


def _within(address: str, entry: Entry) -> str:
    """Return the conditions on a whole number between bounds, as a spreadsheet writes them."""
    bounds = ((">=", entry.low), ("<=", entry.high))
    told = [f"{address}{sign}{bound:.15g}" for sign, bound in bounds if math.isfinite(bound)]
    return ",".join([f"{address}=INT({address})", *told])


def protect(book: "Workbook", sheet: "Worksheet", hidden: "Worksheet") -> None:
    """Lock what is not to be filled in, without a password; widths and heights stay free."""
    from openpyxl.workbook.protection import WorkbookProtection

    hidden.sheet_state = "hidden"
    for each in (sheet, hidden):
        each.protection.sheet = True
        each.protection.formatColumns = each.protection.formatRows = False
    book.security = WorkbookProtection(lockStructure=True)


def set_up_paper(sheet: "Worksheet", label: SheetLabel, area: str) -> None:
    """Make a sheet readable on a screen and on A4 paper, with its label at the foot of every page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows, sheet.print_area = "1:1", area
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = 0.5
    footer: Any = sheet.oddFooter
    footer.left.text, footer.right.text = str(label).replace("&", "&&"), "&P / &N"
