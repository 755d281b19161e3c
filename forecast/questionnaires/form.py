"""Reading a questionnaire that came back as a workbook: whose it is, and what was filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from innosi.forecast.answers.layout import column_of
from innosi.forecast.answers.values import Rejection
from innosi.forecast.questionnaires.label import SheetLabel, parse_label
from innosi.models.errors import AnswerError, TableError
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.tables.reading import MAX_BYTES, ZIP_MARK
from innosi.scenarios.tables.rows import Cell, cell_text, is_empty
from innosi.scenarios.tables.sheet import Row, Sheet, as_sheet
from innosi.scenarios.tables.workbook import read_workbook

ANSWERS, HIDDEN = "Answers", "innosi"
"""The sheet that is filled in, and the hidden one that says whose it is and what each cell answers."""
KEYS = ("role", "cell", "question", "part", "list", "shown", "means")
"""The columns of the hidden sheet."""
ANSWER_COLUMN, TITLE_COLUMN = "C", "B"
_ANSWER, _TITLE = 2, 1
_ASK_AGAIN = "ask for the questionnaire again, and send back the workbook itself, not a copy of its cells"


@dataclass(frozen=True, slots=True)
class Form:
    """What one panellist filled in.

    Attributes
    ----------
    label : SheetLabel
    entries : Sheet
        One row in our wide layout: `panellist`, `round`, `QUESTION` or `QUESTION.part`, `QUESTION.reason`,
        and `consent` and `proposal` where no question has that name.
    places : mapping of column to cell
        Such as `hours.lower` to `Answers!C12`.
    proposal : str
        The question that is missing, in the panellist's words.
    consent : bool, optional
        None where nothing was chosen, or consent is not asked for.
    asides : mapping of `consent` and `proposal` to cell
        What was filled in beside the answers, as it stands there.
    """

    label: SheetLabel
    entries: Sheet
    places: Mapping[str, str] = field(default_factory=dict)
    proposal: str = ""
    consent: bool | None = None
    asides: Mapping[str, Cell] = field(default_factory=dict)

    def place_of(self, question: str, found: str = "") -> str:
        """Return which cells answer a question, or the one of them that says what was found."""
        said = dict(zip(self.entries.columns, self.entries.rows[0].cells, strict=True))
        own = [name for name in self.places if name == question or name.startswith(f"{question}.")]
        cells = [name for name in own if not name.endswith(".reason")]
        alike = [name for name in cells if found and cell_text(said[name]) == found]
        places = [self.places[name] for name in (alike if len(alike) == 1 else cells)]
        if len(places) > 1:
            return f"{places[0]}:{places[-1].rpartition('!')[2]}"
        return places[0] if places else ""

    def located(self, rejections: Iterable[Rejection]) -> tuple[Rejection, ...]:
        """Return what a check refused, each with its row on the sheet and its cell."""
        return tuple(map(self._located, rejections))

    def _located(self, rejection: Rejection) -> Rejection:
        place = self.place_of(rejection.question, rejection.found)
        if not place:
            return rejection
        line = int("".join(filter(str.isdigit, place.partition(":")[0].rpartition("!")[2])))
        return replace(rejection, line=line, reason=f"{rejection.reason} ({place})")


def read_form(path: Path, *, study_key: str | None = None) -> Form:
    """Read a questionnaire that came back as a workbook.

    Parameters
    ----------
    study_key : str, optional
        Of the study whose answers are wanted; a form of another one is then refused.

    Raises
    ------
    AnswerError, TableError
        If it is none of our workbooks, is damaged, of another study, or was changed where nothing is to be
        filled in.
    """
    raw, source = read_bytes(path, limit=MAX_BYTES), str(path)
    if not raw.startswith(ZIP_MARK):
        raise AnswerError(
            "is no Excel workbook (.xlsx), or one with a password",
            mend="open it, take a password off, and save it as .xlsx again",
            where=source,
        )
    map_ = _map_of(raw, source)
    label = _label_of(map_, source)
    if study_key is not None and label.study_key != study_key:
        raise AnswerError(
            f"is a form of the study '{label.study_key}', not of '{study_key}'",
            mend="read it into the study to which it belongs",
            where=source,
        )
    filled = {row.line: row.cells for row in _sheet(raw, source, ANSWERS).rows}
    return _form(label, _filled(map_, filled, source), source)


@dataclass(frozen=True, slots=True)
class _Filled:
    """One cell that may be filled in, and what stands there."""

    role: str
    place: str
    column: str
    said: Cell


def _sheet(raw: bytes, source: str, name: str) -> Sheet:
    try:
        return as_sheet(read_workbook(raw, source, name))
    except TableError as error:
        if error.problem.startswith(("has no sheet", "is empty", "has a heading")):
            raise AnswerError(
                f"is no questionnaire, or its sheet '{name}' is lost", mend=_ASK_AGAIN, where=source
            ) from None
        raise


def _map_of(raw: bytes, source: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of the hidden sheet."""
    hidden = _sheet(raw, source, HIDDEN)
    if hidden.columns[: len(KEYS)] != KEYS:
        raise AnswerError("its hidden sheet was changed", mend=_ASK_AGAIN, where=source)
    return tuple(dict(zip(KEYS, map(cell_text, row.cells[: len(KEYS)]), strict=True)) for row in hidden.rows)


def _label_of(map_: tuple[Mapping[str, str], ...], source: str) -> SheetLabel:
    said = [row["shown"] for row in map_ if row["role"] == "label"]
    if len(said) != 1:
        raise AnswerError("does not say whose answers it holds", mend=_ASK_AGAIN, where=source)
    try:
        return parse_label(said[0])
    except AnswerError as error:
        raise AnswerError(error.problem, mend=_ASK_AGAIN, where=source) from None


def _filled(
    map_: tuple[Mapping[str, str], ...], cells: Mapping[int, tuple[Cell, ...]], source: str
) -> list[_Filled]:
    """Return what stands in each cell that may be filled in, in words that tables of answers have."""
    lists: dict[str, dict[str, str]] = {}
    for row in map_:
        if row["role"] == "choice":
            lists.setdefault(row["list"], {})[_plain(row["shown"])] = row["means"]
    found = []
    for row in map_:
        if row["role"] in ("answer", "reason", "consent", "proposal"):
            said = _said(row, cells, source)
            meant = lists.get(row["list"], {}).get(_plain(cell_text(said)), said)
            column = column_of(row["question"], row["part"]) if row["question"] else row["role"]
            found.append(_Filled(row["role"], f"{ANSWERS}!{row['cell']}", column, meant))
    return found


def _said(row: Mapping[str, str], cells: Mapping[int, tuple[Cell, ...]], source: str) -> Cell:
    number = row["cell"].removeprefix(ANSWER_COLUMN)
    if not number.isdecimal():
        raise AnswerError("its hidden sheet was changed", mend=_ASK_AGAIN, where=source)
    line = cells.get(int(number), ())
    title, said = (line[i] if i < len(line) else None for i in (_TITLE, _ANSWER))
    if _plain(cell_text(title)) != _plain(row["shown"]):
        raise AnswerError(
            f"{ANSWERS}!{TITLE_COLUMN}{number} no longer says “{row['shown'][:50]}”: rows were moved",
            mend="fill the answers into the workbook as it was sent",
            where=source,
        )
    return said


def _form(label: SheetLabel, filled: list[_Filled], source: str) -> Form:
    by_role = {each.role: each.said for each in filled if each.role in ("consent", "proposal")}
    answers = [each for each in filled if each.role in ("answer", "reason")]
    taken = {"panellist", "round", *(_plain(each.column) for each in answers)}
    more = [each for each in filled if each.column in by_role and each.column not in taken]
    columns = ("panellist", "round", *(each.column for each in (*answers, *more)))
    cells = (label.pseudonym, str(label.round), *(each.said for each in (*answers, *more)))
    consent = by_role.get("consent")
    return Form(
        label,
        Sheet(f"{source}, sheet '{ANSWERS}'", columns, (Row(1, cells),)),
        {each.column: each.place for each in (*answers, *more)},
        proposal=cell_text(by_role.get("proposal")),
        consent=None if is_empty(consent) else cell_text(consent).casefold() == "yes",
        asides=by_role,
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
