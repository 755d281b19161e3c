"""How a table of answers is laid out: one row an answer (long) or one row a panellist (wide)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from innosi.forecast.questions import THREE_POINTS, Question
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import Cell, cell_text, is_empty
from innosi.scenarios.tables.sheet import Row, Sheet

ASIDES = ("consent", "proposal")
"""What a row may say beside its answers: whether somebody takes part, and which question they miss."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says to one question, not yet checked.

    Attributes
    ----------
    line : int
    round, panellist, question : str
        As they stand in the table; '' where it does not say.
    parts : mapping
        Part to its cell; only parts for which there is a column.
    reason : str
    """

    line: int
    round: str
    panellist: str
    question: str
    parts: Mapping[str, Cell]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a table stand.

    Attributes
    ----------
    at : mapping
        Our name of a column to its place: `panellist`, `round`, `question`, `part`, `value`, `lower`, … for a
        long table; `panellist`, `round`, and `housing`, `housing.lower`, `housing.reason` for a wide one.
    is_long : bool
    asides : mapping
        Where what is no answer stands, by its name among `ASIDES`.
    has_unasked_consent : bool
        Whether it says who agrees to take part, though the study has no text to which anybody could.
    """

    sheet: Sheet
    at: Mapping[str, int]
    is_long: bool
    questions: Mapping[str, Question] = field(default_factory=dict)
    asides: Mapping[str, int] = field(default_factory=dict)
    has_unasked_consent: bool = False

    @property
    def has_round(self) -> bool:
        """Whether there is a column that says which round it is."""
        return "round" in self.at

    @property
    def unread(self) -> tuple[str, ...]:
        """Columns of the table that are not read."""
        used = {*self.at.values(), *self.asides.values()}
        return tuple(name for i, name in enumerate(self.sheet.columns) if i not in used and name)

    def value_cells(self) -> Iterator[Cell]:
        """Yield every cell that may hold a number."""
        about = {"panellist", "round", "question", "part", "reason"}
        places = [
            place for name, place in self.at.items() if name not in about and not name.endswith(".reason")
        ]
        for row in self.sheet.rows:
            for place in places:
                yield row.cells[place]

    def entries(self) -> Iterator[Entry]:
        """Yield what each row says to each question; a long table with a part on each row is gathered."""
        if not self.is_long:
            places = self._wide_places()
            for row in self.sheet.rows:
                yield from self._wide(row, places)
        elif "part" in self.at:
            yield from self._by_part()
        else:
            for row in self.sheet.rows:
                yield self._long(row)

    def aside_entries(self, name: str) -> Iterator[Entry]:
        """Yield what each row says beside its answers, under the name of the column; none is no error."""
        if name in self.asides:
            for row in self.sheet.rows:
                yield self._entry(row, name, {"value": row.cells[self.asides[name]]}, "")

    def _text(self, row: Row, name: str) -> str:
        return cell_text(row.cells[self.at[name]]) if name in self.at else ""

    def _long(self, row: Row) -> Entry:
        about = ("panellist", "round", "question", "part", "reason")
        parts = {name: row.cells[place] for name, place in self.at.items() if name not in about}
        return self._entry(row, self._text(row, "question"), parts, self._text(row, "reason"))

    def _wide_places(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Where the parts of each question stand."""
        places = {
            name: [
                (part, self.at[column])
                for part in cell_parts(question)
                if (column := column_of(name, part)) in self.at
            ]
            for name, question in self.questions.items()
        }
        return [(name, parts) for name, parts in places.items() if parts]

    def _wide(self, row: Row, places: list[tuple[str, list[tuple[str, int]]]]) -> Iterator[Entry]:
        round_, panellist = self._text(row, "round"), self._text(row, "panellist")
        for name, parts in places:
            cells = {part: row.cells[place] for part, place in parts}
            yield Entry(row.line, round_, panellist, name, cells, self._text(row, f"{name}.reason"))

    def _by_part(self) -> Iterator[Entry]:
        """Rows that hold one part each become one entry; a part that stands twice makes another entry."""
        gathered: list[Entry] = []
        open_: dict[tuple[str, str, str], int] = {}
        for row in self.sheet.rows:
            part, value = self._text(row, "part"), row.cells[self.at["value"]]
            entry = self._entry(row, self._text(row, "question"), {part: value}, self._text(row, "reason"))
            place = (entry.round, entry.panellist, entry.question)
            known = gathered[open_[place]] if place in open_ else None
            if known is None or part in known.parts:
                open_[place] = len(gathered)
                gathered.append(entry)
            else:
                gathered[open_[place]] = Entry(
                    known.line, *place, {**known.parts, part: value}, known.reason or entry.reason
                )
        yield from gathered

    def _entry(self, row: Row, question: str, parts: Mapping[str, Cell], reason: str) -> Entry:
        return Entry(
            row.line, self._text(row, "round"), self._text(row, "panellist"), question, parts, reason
        )


def column_of(question: str, part: str) -> str:
    """Return our name of a part's column in a wide table: `housing.lower`, or `housing` for one value."""
    return question if part == "value" else f"{question}.{part}"


def cell_parts(question: Question) -> tuple[str, ...]:
    """Return for which parts of an answer there may be a cell; `value` for a list of options in one."""
    return (*question.parts, "value") if question.accepts_list else question.parts


def find_layout(sheet: Sheet, study: Study, mapping: Mapping[str, str]) -> Layout:
    """Return how a table is laid out.

    Parameters
    ----------
    mapping : mapping
        Our name of a column to the table's, where they differ.

    Raises
    ------
    AnswerError
        If a column that must be there is not, or the mapping names one that is not there.
    """
    is_long = "question" in mapping or sheet.index_of("question") is not None
    names = _long_names(study) if is_long else _wide_names(study)
    at = {}
    for name in names:
        place = sheet.index_of(mapping.get(name, name))
        if place is None and name == "panellist" and name not in mapping:
            place = sheet.index_of("pseudonym")
        if place is not None:
            at[name] = place
        elif name in mapping:
            _refuse_missing(sheet, mapping[name], name)
    _refuse_incomplete(sheet, at, is_long=is_long)
    _refuse_shared(sheet, at)
    asides = _asides(sheet, at, mapping)
    is_unasked = not study.privacy.consent and asides.pop("consent", None) is not None
    return Layout(sheet, at, is_long, study.questions, asides, has_unasked_consent=is_unasked)


def _asides(sheet: Sheet, at: Mapping[str, int], mapping: Mapping[str, str]) -> dict[str, int]:
    """Where the columns of what is no answer stand; one with the name of a question is that question's."""
    found = {}
    for name in ASIDES:
        place = sheet.index_of(mapping.get(name, name))
        if place is None and name in mapping and name not in at:
            _refuse_missing(sheet, mapping[name], name)
        if place is not None and place not in at.values():
            found[name] = place
    return found


def _long_names(study: Study) -> tuple[str, ...]:
    parts = [part for question in study.questions.values() for part in question.parts]
    about = ("panellist", "round", "question", "part", "value", "reason")
    return tuple(dict.fromkeys((*about, *THREE_POINTS, *parts)))


def _wide_names(study: Study) -> tuple[str, ...]:
    questions = [
        column_of(name, part) for name, question in study.questions.items() for part in cell_parts(question)
    ]
    return ("panellist", "round", *questions, *(f"{name}.reason" for name in study.questions))


def _refuse_missing(sheet: Sheet, column: str, name: str) -> None:
    raise AnswerError(
        f"has no column '{column}' (said to be {name}){nearest(column, sheet.columns)}",
        mend="mend the mapping in the study file under import: columns:, or --map",
        where=sheet.source,
    )


def _refuse_incomplete(sheet: Sheet, at: Mapping[str, int], *, is_long: bool) -> None:
    found = ", ".join(filter(None, sheet.columns[:12]))
    if "panellist" not in at:
        raise AnswerError(
            f"has no column 'panellist'; its columns are: {found}",
            mend="say which one holds the pseudonyms: --map panellist=COLUMN",
            where=sheet.source,
        )
    about = {"panellist", "round", "question", "part", "reason"}
    values = [name for name in at if name not in about and not name.endswith(".reason")]
    if not values and is_long:
        raise AnswerError(
            f"has no column of answers; its columns are: {found}",
            mend="say which: --map value=COLUMN, or lower=, best= and upper=",
            where=sheet.source,
        )
    if not values:
        raise AnswerError(
            f"has neither a column 'question' nor one named after a question; its columns are: {found}",
            mend="say which: --map question=COLUMN (one row an answer), or --map QUESTION=COLUMN",
            where=sheet.source,
        )
    if "part" in at and "value" not in at:
        raise AnswerError(
            "has a column of parts and no column 'value'", mend="--map value=COLUMN", where=sheet.source
        )


def _refuse_shared(sheet: Sheet, at: Mapping[str, int]) -> None:
    places: dict[int, str] = {}
    for name, place in at.items():
        if place in places:
            raise AnswerError(
                f"its column '{sheet.columns[place]}' is said to be both {places[place]} and {name}",
                mend="mend the mapping",
                where=sheet.source,
            )
        places[place] = name


def notes_on(layout: Layout, *, not_asked: Collection[str] = ()) -> Iterator[str]:
    """Yield what a reader must know of columns that were not read, and of questions asked that have none."""
    if layout.unread:
        yield f"columns not read: {', '.join(layout.unread)}"
    if layout.has_unasked_consent:
        yield "consent is not read: the study file has no text to agree to (privacy: {consent: …})"
    if not layout.is_long:
        without = _without_columns(layout, not_asked)
        if without:
            yield f"no column for: {', '.join(without)}"


def _without_columns(layout: Layout, not_asked: Collection[str]) -> Sequence[str]:
    return [
        column_of(name, part)
        for name, question in layout.questions.items()
        if name not in not_asked
        for part in question.parts
        if column_of(name, part) not in layout.at and not (question.accepts_list and name in layout.at)
    ]


def stray_cells(entry: Entry, allowed: Sequence[str]) -> Iterator[str]:
    """Yield the names of cells that say something a question does not ask for."""
    for part, cell in entry.parts.items():
        if part not in allowed and not is_empty(cell):
            yield part
