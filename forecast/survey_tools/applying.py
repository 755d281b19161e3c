"""An export read by its mapping: a table in our own wide layout, and everything in it that is not ours."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from innosi.forecast.answers.cells import CellReader, has_no_answer
from innosi.forecast.answers.values import Rejection
from innosi.forecast.study import Study
from innosi.forecast.survey_tools.headings import cleaned, headings_of
from innosi.forecast.survey_tools.mapping_file import ColumnMapping, LateRowsSection, MarkedRowsSection
from innosi.forecast.survey_tools.respondents import is_address
from innosi.forecast.survey_tools.targets import PROPOSAL, asked_in
from innosi.forecast.survey_tools.value_reading import AnswerColumn, Untranslated, answer_columns
from innosi.models.errors import AnswerError, Fault, InputFaults
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import Cell, cell_text
from innosi.scenarios.tables.sheet import Row, Sheet

PseudonymOf = Callable[[str], str | None]
_DONE = ("unfinished", "tests", "late")
_WORDS: Mapping[str, str] = {"unfinished": "an unfinished row", "tests": "a test", "late": "too late"}


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """An export in our layout, for `find_layout` (without a mapping of names) and `check_rows`.

    Attributes
    ----------
    sheet : Sheet
        Its columns are called as ours; its rows keep the lines of the export.
    rejections : tuple of Rejection
        Rows that do not count, and values without a translation; none shows an e-mail address.
    unread : tuple of str
        Columns of the export that the mapping does not name.
    reader : CellReader
        Reads its numbers as the mapping says that they are written.
    n_kept : mapping of reason to int
        How many unfinished, test and late rows were kept because the mapping says so.
    """

    sheet: Sheet
    rejections: tuple[Rejection, ...]
    unread: tuple[str, ...]
    reader: CellReader
    n_kept: Mapping[str, int] = field(default_factory=dict)


class _RowRefused(Exception):
    """A row that does not count as a whole: what was found, and why not."""

    def __init__(self, found: str, reason: str) -> None:
        super().__init__(reason)
        self.found, self.reason = found, reason


def apply_mapping(
    sheet: Sheet, mapping: ColumnMapping, study: Study, pseudonym_of: PseudonymOf | None = None
) -> MappedSheet:
    """Return an export in our own layout.

    Parameters
    ----------
    pseudonym_of : callable, optional
        The pseudonym of whoever has an e-mail address, or None; needed where the mapping matches people.

    Raises
    ------
    InputFaults
        If the mapping names columns that the export does not have: all of them.
    AnswerError
        If people are to be matched and nothing is given to match them with.
    """
    if mapping.match_people and pseudonym_of is None:
        raise AnswerError(
            "is read by a mapping that matches people by e-mail address, and there is no list of people",
            mend="add the panel's people to the study's store, or export with pseudonyms",
            where=sheet.source,
        )
    places = _places(sheet, mapping)
    columns = answer_columns(mapping, places, asked_in(study))
    reading = _Reading(mapping, places, columns, pseudonym_of)
    rows = tuple(
        read for row in sheet.rows[mapping.header_rows - 1 :] if (read := reading.row(row)) is not None
    )
    ours = ("panellist", *(("round",) if mapping.round else ()), *(each.key for each in columns))
    ours += (PROPOSAL,) if mapping.proposal else ()
    commas = mapping.decimal == "comma"
    mapped = Sheet(sheet.source, ours, rows, ";" if commas else ",")
    reader = CellReader(commas, are_percentages=mapping.percentages, kind="export")
    rejections = tuple(sorted(reading.rejections, key=lambda each: each.line))
    return MappedSheet(mapped, rejections, _unread(sheet, mapping, places), reader, reading.n_kept)


def _named(sheet: Sheet, mapping: ColumnMapping) -> Mapping[str, int]:
    return {each.name: each.place for each in headings_of(sheet, mapping.header_rows)}


def _uses(mapping: ColumnMapping) -> Iterator[tuple[str, str]]:
    yield from mapping.other_columns
    for key, columns in mapping.columns.items():
        for column in columns:
            yield f"answers.{key}", column


def _places(sheet: Sheet, mapping: ColumnMapping) -> Mapping[str, int]:
    """Return where each column of a mapping stands, by its name in the mapping."""
    named = _named(sheet, mapping)
    faults = [
        Fault(f"has no column '{column}'{nearest(cleaned(column), named)}; mend the mapping", key=key)
        for key, column in _uses(mapping)
        if cleaned(column) not in named
    ]
    if faults:
        raise InputFaults(sheet.source, faults)
    return {column: named[cleaned(column)] for _, column in _uses(mapping)}


def _unread(sheet: Sheet, mapping: ColumnMapping, places: Mapping[str, int]) -> tuple[str, ...]:
    read = set(places.values())
    return tuple(name for name, place in _named(sheet, mapping).items() if place not in read)


@dataclass
class _Reading:
    """Reads one row after the other, and gathers what is not ours."""

    mapping: ColumnMapping
    places: Mapping[str, int]
    columns: tuple[AnswerColumn, ...]
    pseudonym_of: PseudonymOf | None
    rejections: list[Rejection] = field(default_factory=list)
    n_kept: dict[str, int] = field(default_factory=dict)

    def row(self, row: Row) -> Row | None:
        """Return a row in our layout; None where it does not count."""
        who = number = ""
        try:
            who = self._panellist_if_known(row)
            number = self._round(row)
            self._check_counts(row)
            self._panellist(row)
        except _RowRefused as refused:
            told = Rejection(row.line, number, who, "", refused.found[:80], refused.reason)
            self.rejections.append(told)
            return None
        cells: tuple[Cell, ...] = (who, *((number,) if self.mapping.round else ()))
        cells += self._answers(row, number, who)
        if self.mapping.proposal:
            cells += (self._cell(row, self.mapping.proposal),)
        return replace(row, cells=cells)

    def _cell(self, row: Row, column: str) -> Cell:
        return row.cells[self.places[column]]

    def _panellist_if_known(self, row: Row) -> str:
        try:
            return self._panellist(row)
        except _RowRefused:  # told after what is wrong with the row itself
            return ""

    def _panellist(self, row: Row) -> str:
        """Return the row's pseudonym; an address never goes into what is told."""
        column = self.mapping.panellist
        found = cell_text(self._cell(row, column))
        if not found:
            raise _RowRefused("", f"no panellist in the column '{cleaned(column)}'")
        if not self.mapping.match_people or self.pseudonym_of is None:
            if is_address(found):
                mend = "write `match_people: email` into the mapping, so that the pseudonym is looked up"
                raise _RowRefused("", f"an e-mail address in the place of a pseudonym; {mend}")
            return found
        known = self.pseudonym_of(found)
        if known is None:
            raise _RowRefused(
                "", f"nobody of the panel has the address in the column '{cleaned(column)}'; see this line"
            )
        return known

    def _round(self, row: Row) -> str:
        section = self.mapping.round
        if section is None:
            return ""
        found = cell_text(self._cell(row, section.column))
        if not section.values:
            return found
        numbers = {cleaned(text): number for text, number in section.values.items()}
        if cleaned(found) not in numbers:
            raise _RowRefused(found, f"no round of the mapping, in the column '{cleaned(section.column)}'")
        return str(numbers[cleaned(found)])

    def _check_counts(self, row: Row) -> None:
        """Refuse unfinished rows, tests and late rows, or count them where they are kept."""
        for key in _DONE:
            section = getattr(self.mapping, key)
            if section is None:
                continue
            cell = self._cell(row, section.column)
            reason = _late(cell, section) if key == "late" else _marked(cell, section, _WORDS[key])
            if reason and section.rows == "reject":
                raise _RowRefused(cell_text(cell), f"{reason}, by the column '{cleaned(section.column)}'")
            if reason:
                self.n_kept[key] = self.n_kept.get(key, 0) + 1

    def _answers(self, row: Row, number: str, who: str) -> tuple[Cell, ...]:
        """Return the row's cells in our words; a question with a value that is not ours is left empty."""
        cells: list[Cell] = []
        refused: set[str] = set()
        for column in self.columns:
            try:
                cells.append(column.read(row))
            except Untranslated as untranslated:
                cells.append(None)
                refused.add(column.question.name)
                told = Rejection(
                    row.line, number, who, column.key, untranslated.found[:80], untranslated.reason
                )
                self.rejections.append(told)
        return tuple(
            None if column.question.name in refused else cell
            for column, cell in zip(self.columns, cells, strict=True)
        )


def _marked(cell: Cell, section: MarkedRowsSection, word: str) -> str:
    values = {cleaned(value).casefold() for value in section.values}
    return word if cleaned(cell_text(cell)).casefold() in values else ""


def _late(cell: Cell, section: LateRowsSection) -> str:
    """Say that a row came too late, or that nobody can tell; '' where it is in time."""
    if has_no_answer(cell):
        return ""
    day = _day(cell)
    if day is None:
        return "a day that is not written as 2027-03-31, so that nobody can tell whether it is too late"
    return f"{_WORDS['late']} (the last day was {section.after})" if day > section.after else ""


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(cell_text(cell)[:10])
    except ValueError:
        return None
