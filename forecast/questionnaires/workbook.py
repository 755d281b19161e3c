"""A questionnaire as an Excel workbook: filled in on a computer without the web, and sent back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, cast

from innosi.forecast.answers.values import Answer
from innosi.forecast.languages.language import Language
from innosi.forecast.languages.round_titles import round_title
from innosi.forecast.questionnaires.form import (
    ANSWER_COLUMN,
    ANSWERS,
    HIDDEN,
    KEYS,
    TITLE_COLUMN,
    Form,
    read_form,
)
from innosi.forecast.questionnaires.form_cells import (
    FORMATS,
    LINE,
    WIDTHS,
    edge,
    lettering,
    n_lines,
    protect,
    put_text,
    set_up_paper,
    validation,
)
from innosi.forecast.questionnaires.form_rows import Choices, Entry, FormRow, question_rows, yes_or_no
from innosi.forecast.questionnaires.label import SheetLabel
from innosi.forecast.questionnaires.wording import asked_in_language, contact_line, earlier_answers, promises
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["Form", "questionnaire_workbook", "read_form"]


def questionnaire_workbook(
    study: Study,
    label: SheetLabel,
    *,
    questions: Mapping[str, Question],
    language: Language,
    own: Sequence[Answer] | None = None,
) -> bytes:
    """Return one panellist's questionnaire as an XLSX workbook; `read_form` reads it when it came back.

    Parameters
    ----------
    questions : mapping of name to Question
        What is asked now, in its order.
    own : sequence of Answer, optional
        What this panellist answered before, shown beside the cells.

    Raises
    ------
    InnosiError
        If the study has no such round, or nothing is asked.
    """
    from openpyxl import Workbook

    if not questions:
        raise InnosiError("no question is asked, so there is nothing to fill in", mend="name one")
    number, told = study.check_round(label.round), study.in_language(language.code)
    asked = asked_in_language(study, questions, language)
    earlier = earlier_answers(own, label.pseudonym, asked, language)
    writing = _Writing(Workbook(), label, language, shows_earlier=bool(earlier))
    title = f"{told.title} – {round_title(told.rounds, number, language)}"
    writing.head(title, list(_introduction(told, number, label, language)))
    if told.privacy.consent:
        writing.row(_consent(told.privacy.consent, language))
    for place, (name, question) in enumerate(asked.items(), start=1):
        for row in question_rows(place, question, earlier.get(name), language):
            writing.row(row)
    for row in _proposal(language):
        writing.row(row)
    return writing.finished()


def _introduction(study: Study, number: int, label: SheetLabel, language: Language) -> Iterator[str]:
    """Yield the paragraphs above the questions."""
    yield language.text(
        "Fill in the framed cells, leave empty what you do not know, and send this file back as an Excel"
        " workbook (.xlsx)."
    )
    if study.description:
        yield study.description.strip()
    if number in study.deadlines:
        yield language.text("Please send it back by %(date)s.", date=language.date(study.deadlines[number]))
    contact = contact_line(study.contact)
    if contact:
        yield language.text("Questions? Ask %(contact)s.", contact=contact)
    yield language.text("Your answers are kept under the pseudonym %(pseudonym)s.", pseudonym=label.pseudonym)
    for title, text in promises(study.privacy, language):
        yield f"{title}: {text}"


def _consent(text: str, language: Language) -> FormRow:
    how = language.text("choose “%(yes)s” if you agree", yes=language.text("yes"))
    return FormRow("consent", text, entry=Entry("list", choices=yes_or_no(language)), how=how)


def _proposal(language: Language) -> Iterator[FormRow]:
    missing, how = language.text("Which question is missing?"), language.text("in your own words")
    yield FormRow("proposal", missing, entry=Entry("text"), how=how)
    put = language.text("A question that you propose here may be put to everybody in the next round.")
    yield FormRow("note", put)


@dataclass
class _Writing:
    """A workbook under way: rows are put below each other, and what each cell means is noted."""

    book: "Workbook"
    label: SheetLabel
    language: Language
    shows_earlier: bool
    line: int = 0
    hidden_line: int = 1
    lists: dict[Choices, tuple[int, str]] = field(default_factory=dict)
    first_line: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sheet: Worksheet = self.book.worksheets[0]
        self.sheet.title = ANSWERS
        self.hidden: Worksheet = self.book.create_sheet(HIDDEN)
        for place, key in enumerate(KEYS, start=1):
            put_text(self._at(self.hidden, 1, place), key)
        self._note(role="label", shown=str(self.label))

    @property
    def columns(self) -> str:
        return "ABCDE" if self.shows_earlier else "ABCD"

    def head(self, title: str, paragraphs: Sequence[str]) -> None:
        """Put the heading row, and paragraphs over the whole width below it."""
        texts = {"B": title, "C": self.language.text("Your answer"), "D": self.language.text("How to answer")}
        if self.shows_earlier:
            texts["E"] = self.language.text("Your earlier answer")
        self._put(texts)
        for column in self.columns:
            cell = self._cell(column)
            cell.font = lettering(bold=True, size=13 if column == "B" else 11)
            cell.border = edge("bottom", "medium")
        for text in paragraphs:
            self._paragraph(text)

    def row(self, row: FormRow) -> None:
        """Put a row, with the cell that may be filled in and what it means."""
        texts = {"B": row.title, "D": row.how} | ({"E": row.earlier} if self.shows_earlier else {})
        self._put(texts, least=2 if row.entry and row.entry.kind == "text" else 1)
        self._dress(row)
        if row.role == "answer":
            self.first_line.setdefault(row.question, self.line)
        if row.role == "total":
            self._total(row)
        elif row.entry is not None:
            self._fillable(row, row.entry)

    def finished(self) -> bytes:
        """Return the workbook as a file."""
        protect(self.book, self.sheet, self.hidden)
        set_up_paper(self.sheet, self.label, f"A1:{self.columns[-1]}{self.line}")
        self.book.properties.creator = "innosi"
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()

    def _put(self, texts: Mapping[str, str], least: int = 1) -> None:
        """Begin a new row that is high enough for its texts."""
        self.line += 1
        for column, text in texts.items():
            put_text(self._cell(column), text)
        most = max(least, *(n_lines(text, WIDTHS[column]) for column, text in texts.items()))
        self.sheet.row_dimensions[self.line].height = LINE * most + 5

    def _paragraph(self, text: str) -> None:
        self.line += 1
        put_text(self._cell("B"), text)
        self.sheet.merge_cells(f"B{self.line}:{self.columns[-1]}{self.line}")
        lines = n_lines(text, sum(WIDTHS[each] for each in self.columns[1:]))
        self.sheet.row_dimensions[self.line].height = LINE * lines + 3

    def _dress(self, row: FormRow) -> None:
        """Make the row look like what it is: a question begins in bold below a line, its parts are set in."""
        from openpyxl.styles import Alignment

        title = self._cell(TITLE_COLUMN)
        if row.number is None and row.role not in ("consent", "proposal"):
            title.alignment = Alignment(horizontal="left", wrap_text=True, vertical="center", indent=3)
            title.font = lettering(italic=row.role in ("reason", "note"), bold=row.role == "total")
            return
        for column in self.columns:
            self._cell(column).border = edge("top", "thin")
        number = self._cell("A")
        number.value, number.alignment = row.number, Alignment(vertical="center", horizontal="right")
        title.font = number.font = lettering(bold=True)

    def _fillable(self, row: FormRow, entry: Entry) -> None:
        """Open the row's cell, say what it accepts, and note on the hidden sheet what it answers."""
        from openpyxl.styles import Alignment, PatternFill, Protection

        cell, address = self._cell(ANSWER_COLUMN), f"{ANSWER_COLUMN}{self.line}"
        cell.protection = Protection(locked=False)
        cell.number_format = FORMATS.get(entry.kind, "@")
        cell.border, cell.fill = edge("all", "thin"), PatternFill("solid", fgColor="FFFBE6")
        side: Literal["left", "right"] = "left" if entry.kind in ("text", "list") else "right"
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=side, indent=1)
        cell.font = lettering()
        number, source = self._list(entry.choices) if entry.choices else (0, "")
        if entry.kind == "rank":
            source = self._cells_of(row.question, int(entry.high))
        check = validation(address, entry, source, row.how)
        if check is not None:
            self.sheet.add_data_validation(check)
        about = {"question": row.question, "part": row.part, "list": str(number or "")}
        self._note(role=row.role, cell=address, shown=row.title, **about)

    def _total(self, row: FormRow) -> None:
        from openpyxl.styles import Alignment

        cell = self._cell(ANSWER_COLUMN)
        cell.value = f"=SUM({self._cells_of(row.question, self.line - self.first_line[row.question])})"
        cell.font, cell.alignment = (
            lettering(bold=True),
            Alignment(horizontal="right", vertical="center", indent=1),
        )

    def _cells_of(self, question: str, n: int) -> str:
        first = self.first_line[question]
        return f"${ANSWER_COLUMN}${first}:${ANSWER_COLUMN}${first + n - 1}"

    def _list(self, choices: Choices) -> tuple[int, str]:
        """Return the number of a list on the hidden sheet, and its range; it is written once."""
        if choices not in self.lists:
            number, first = len(self.lists) + 1, self.hidden_line + 1
            for shown, means in choices:
                self._note(role="choice", list=str(number), shown=shown, means=means)
            column = "ABCDEFG"[KEYS.index("shown")]
            self.lists[choices] = number, f"{HIDDEN}!${column}${first}:${column}${self.hidden_line}"
        return self.lists[choices]

    def _note(self, **values: str) -> None:
        """Write a row of the hidden sheet."""
        self.hidden_line += 1
        for place, key in enumerate(KEYS, start=1):
            put_text(self._at(self.hidden, self.hidden_line, place), values.get(key, ""))

    def _cell(self, column: str) -> "Cell":
        return self._at(self.sheet, self.line, "ABCDE".index(column) + 1)

    @staticmethod
    def _at(sheet: "Worksheet", line: int, place: int) -> "Cell":
        cell: Any = sheet.cell(line, place)
        return cast("Cell", cell)
