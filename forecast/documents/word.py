"""The report of a study as a Word document, with real styles, so that it can be edited and navigated."""

import io
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from innosi.forecast.study_report.flow_drawing import chart_png
from innosi.forecast.study_report.values import (
    RESULT_COLUMNS,
    Block,
    Chart,
    ItemReport,
    Listing,
    Missing,
    Paragraph,
    QuestionResult,
    StudyReport,
    Table,
)
from innosi.forecast.study_report.wording import day
from innosi.models.errors import InnosiError

if TYPE_CHECKING:
    from docx.document import Document

_MARGIN_CM, _WIDTH_CM, _MOST_TALL_CM = 2.2, 16.6, 22.0
"""Margins and width of the text on A4, and the most that a picture may be tall."""
_ACCENT, _WARNING = "00466E", "8A3D00"


def report_docx(report: StudyReport) -> bytes:
    """Return a report as a Word document.

    Raises
    ------
    InnosiError
        If the library python-docx is missing.
    """
    document = _empty_document(report)
    _front(document, report)
    for title, items in report.sections:
        document.add_heading(title, 1)
        for item in items:
            _item(document, item)
    document.add_heading("Sources", 1)
    _list(document, report.sources)
    _completeness(document, report)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _empty_document(report: StudyReport) -> "Document":
    try:
        docx = import_module("docx")
    except ImportError:
        raise InnosiError(
            "Word documents need the library python-docx", mend='pip install "innosi[documents]"'
        ) from None
    document: Document = docx.Document()
    _set_page(document)
    _set_styles(document)
    _set_language(document, f"{report.language}-GB")
    about = document.core_properties
    about.title = report.title
    about.author = report.authors or "innosi"
    about.subject = "Report of a Delphi study, structured by DELPHISTAR"
    about.keywords = "Delphi study, DELPHISTAR"
    about.language = f"{report.language}-GB"
    about.comments = f"Made with innosi {report.version}"
    about.created = about.modified = report.at.replace(tzinfo=None)
    return document


def _set_page(document: "Document") -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(footer, "PAGE")
    footer.add_run(" / ")
    _add_field(footer, "NUMPAGES")


def _add_field(paragraph: Any, code: str) -> None:
    """Add a field that Word computes, such as the page's number, with what stands there until it does."""
    begin, end = _field_runs(code)
    for run in begin:
        paragraph._p.append(run)
    paragraph.add_run("1")
    paragraph._p.append(end)


def _field_runs(code: str) -> tuple[list[Any], Any]:
    """Return the runs that begin a field, and the one that ends it; what it shows stands between them."""
    begin = [
        _element("w:fldChar", {"w:fldCharType": "begin"}),
        _element("w:instrText", text=f" {code} "),
        _element("w:fldChar", {"w:fldCharType": "separate"}),
    ]
    return [_run_of(each) for each in begin], _run_of(_element("w:fldChar", {"w:fldCharType": "end"}))


def _run_of(child: Any) -> Any:
    run = _element("w:r")
    run.append(child)
    return run


def _element(tag: str, attributes: dict[str, str] | None = None, text: str = "") -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(name), value)
    if text:
        element.text = text
    return element


_HEADINGS = {
    "Title": (24, 0, 6),
    "Heading 1": (16, 20, 6),
    "Heading 2": (12, 14, 3),
    "Heading 3": (11, 12, 3),
}
"""Of each style: size, and space before and after, in points."""


def _set_styles(document: "Document") -> None:
    from docx.shared import Pt, RGBColor

    styles: Any = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    for name, (size, before, after) in _HEADINGS.items():
        style = styles[name]
        style.font.size, style.font.bold = Pt(size), True
        style.font.color.rgb = RGBColor.from_string(_ACCENT if name != "Heading 3" else "222222")
        _use_face(style, "Calibri")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    caption = styles["Caption"]
    caption.font.size, caption.font.bold, caption.font.italic = Pt(9), False, True
    caption.font.color.rgb = RGBColor.from_string("5C5C5C")
    _use_face(caption, "Calibri")
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(4), Pt(4)
    _leave_no_rule_under(styles["Title"])


def _use_face(style: Any, face: str) -> None:
    """Give a style a typeface in the place of its theme's, which would win."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    style.font.name = face


def _leave_no_rule_under(style: Any) -> None:
    from docx.oxml.ns import qn

    about = style.element.get_or_add_pPr()
    for border in about.findall(qn("w:pBdr")):
        about.remove(border)


def _set_language(document: "Document", code: str) -> None:
    from docx.oxml.ns import qn

    styles: Any = document.styles.element
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:val"), code)


def _front(document: "Document", report: StudyReport) -> None:
    document.add_heading(report.title, 0)
    document.add_paragraph(" · ".join(filter(None, (report.authors, f"as of {day(report.at.date())}"))))
    if report.is_simulated:
        _coloured(
            document, "Simulated panel: no people answered. Nothing in this report says what people think."
        )
    _contents(document, report)


def _contents(document: "Document", report: StudyReport) -> None:
    """Add a table of contents: the headings as they are, of which Word makes links with page numbers."""
    document.add_paragraph("Contents (in Word: right-click, Update field)", style="Caption")
    entries = [
        line
        for title, items in report.sections
        for line in (title, *(f"    {_numbered(each)}" for each in items))
    ]
    lines = [document.add_paragraph(entry) for entry in (*entries, "Sources", "Completeness")]
    for line in lines:
        line.paragraph_format.space_after = 0
    begin, end = _field_runs(r'TOC \o "1-2" \h \z \u')
    first = lines[0].runs[0]._r
    for run in begin:
        first.addprevious(run)
    lines[-1]._p.append(end)


def _numbered(item: ItemReport) -> str:
    return f"{item.item.number} {item.item.title}" if item.item.number else item.item.title


def _coloured(document: "Document", text: str, lead: str = "") -> None:
    from docx.shared import RGBColor

    paragraph = document.add_paragraph()
    if lead:
        paragraph.add_run(lead).bold = True
    paragraph.add_run(text).bold = not lead
    for run in paragraph.runs:
        run.font.color.rgb = RGBColor.from_string(_WARNING)


def _item(document: "Document", item: ItemReport) -> None:
    document.add_heading(_numbered(item), 2)
    for block in item.blocks:
        _block(document, block)


def _block(document: "Document", block: Block) -> None:
    match block:
        case Paragraph():
            paragraph = document.add_paragraph()
            if block.heading:
                paragraph.add_run(f"{block.heading}. ").bold = True
            paragraph.add_run(block.text)
        case Missing():
            _coloured(document, block.text.removeprefix("Not stated:"), "Not stated:")
        case Listing():
            _list(document, block.entries)
        case Table():
            _captioned(document, block)
        case Chart():
            _picture(document, block)
        case QuestionResult():
            _result(document, block)


def _list(document: "Document", entries: Iterable[str]) -> None:
    from docx.shared import Pt

    listed = [document.add_paragraph(entry, style="List Bullet") for entry in entries]
    for each in listed[:-1]:
        each.paragraph_format.space_after = Pt(2)


def _captioned(document: "Document", table: Table) -> None:
    caption = document.add_paragraph(table.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    _table(document, table.columns, table.rows, table.numeric)
    _after_table(document, table.notes)


def _after_table(document: "Document", notes: str = "") -> None:
    """Add what stands below a table; two tables without a paragraph between them would grow into one."""
    document.add_paragraph(notes, style="Caption")


def _table(
    document: "Document",
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Iterable[int] = (),
    *,
    widths: Sequence[float] = (),
) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    _fill(table.rows[0], columns, numeric, is_bold=True)
    _repeat_on_every_page(table.rows[0])
    for row in rows:
        added = table.add_row()
        is_heading = len(row) == 1 < len(columns)
        if is_heading:
            added.cells[0].merge(added.cells[-1])
        _fill(added, row, numeric, is_bold=is_heading)
    _dress(table, widths or _widths(columns, rows))


_LONG = 45
"""Letters from which on a cell's text is broken into lines."""
_LETTER_CM, _PADDING_CM = 0.2, 0.5


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return how wide each column is, in centimetres: wide enough for its words, and for long texts wider."""
    words, texts = [], []
    for place, column in enumerate(columns):
        found = [row[place] for row in rows if len(row) == len(columns)]
        words.append(max(map(len, " ".join((column, *found)).split()), default=1))
        texts.append(min(max(map(len, found), default=1), _LONG))
    least = [n * _LETTER_CM + _PADDING_CM for n in words]
    more = [max(text - word, 1) for text, word in zip(texts, words, strict=True)]
    left = max(_WIDTH_CM - sum(least), 0)
    return [low + left * each / sum(more) for low, each in zip(least, more, strict=True)]


def _fill(row: Any, cells: Sequence[str], numeric: Iterable[int], *, is_bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for place, text in enumerate(cells):
        paragraph = row.cells[place].paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(8.5), is_bold
        if place in numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _repeat_on_every_page(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", {"w:val": "true"}))


def _dress(table: Any, widths: Sequence[float]) -> None:
    """Leave a table's rules between its rows only, and give its columns their widths."""
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row._tr.tc_lst, widths, strict=False):
            if cell.grid_span == 1:
                cell.width = Cm(width)
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        kind = "single" if side in ("top", "bottom", "insideH") else "nil"
        borders.append(
            _element(f"w:{side}", {"w:val": kind, "w:sz": "4", "w:space": "0", "w:color": "B0B0B0"})
        )
    table._tbl.tblPr.append(borders)


def _picture(document: "Document", chart: Chart) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm

    drawn = chart.chart
    width = min(_WIDTH_CM * 0.8, _MOST_TALL_CM * drawn.width / drawn.height)
    picture = document.add_picture(io.BytesIO(chart_png(drawn)), width=Cm(width))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    for about in picture._inline.iter(qn("wp:docPr")):
        about.set("title", drawn.title)
        about.set("descr", drawn.alternative)
    document.add_paragraph(chart.caption, style="Caption")


_RESULT_WIDTHS = (2.7, 1.4, 3.2, 3.2, 2.6, 3.5)
"""Of the columns of results, in centimetres: the same for every question, so that one can look down them."""


def _result(document: "Document", result: QuestionResult) -> None:
    document.add_heading(result.title, 3)
    notes = document.add_paragraph(" ".join(result.notes))
    notes.paragraph_format.keep_with_next = True
    rows: list[tuple[str, ...]] = []
    for part, every in result.parts:
        rows += [(part,)] if part else []
        rows += [(row.round, row.n, row.centre, row.middle_half, row.consensus, row.change) for row in every]
    _table(document, RESULT_COLUMNS, rows, (1,), widths=_RESULT_WIDTHS)
    _keep_parts_together(document.tables[-1], rows)
    _after_table(document)
    if result.arguments:
        document.add_paragraph("What panellists said:").paragraph_format.keep_with_next = True
        _list(document, result.arguments)
        if result.n_more_arguments:
            document.add_paragraph(f"and {result.n_more_arguments} more.")


def _keep_parts_together(table: Any, rows: Sequence[Sequence[str]]) -> None:
    """Keep the rounds of a part on one page, and the table's header with the first."""
    following = [*rows[1:], ("",)]
    ends = [False, *(len(after) == 1 for after in following)]
    for row, is_last in zip(table.rows, ends, strict=True):
        for paragraph in row.cells[0].paragraphs:
            paragraph.paragraph_format.keep_with_next = not is_last


def _completeness(document: "Document", report: StudyReport) -> None:
    document.add_heading("Completeness", 1)
    document.add_paragraph(report.completeness)
    rows = tuple(
        (str(each.item.number), each.item.title, each.item.asks, "yes" if each.is_answered else "no")
        for each in report.items
    )
    columns = ("No.", "Item", "What it asks", "Answered")
    _captioned(document, Table("Items of DELPHISTAR, in our own words", columns, rows, frozenset({0})))
