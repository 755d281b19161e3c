"""Reading the cells of one column of ours from an export: each in our words, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from innosi.forecast.answers.cells import has_no_answer
from innosi.forecast.answers.layout import column_of
from innosi.forecast.questions import Question
from innosi.forecast.survey_tools.headings import cleaned, squeezed
from innosi.forecast.survey_tools.mapping_file import ColumnMapping
from innosi.forecast.survey_tools.mapping_problems import find_target
from innosi.forecast.survey_tools.targets import REASON, Asked
from innosi.forecast.survey_tools.translations import (
    UNDERSTOOD_TICKS,
    is_number,
    option_names,
    plain_cell,
    scale_of,
    split_list,
)
from innosi.scenarios.tables.rows import Cell, cell_text
from innosi.scenarios.tables.sheet import Row

BETWEEN_OPTIONS = "; "
"""What stands between the options of a list in our own tables."""


class Untranslated(Exception):
    """A value that stands for nothing of ours: what was found, and why not."""

    def __init__(self, found: str, reason: str) -> None:
        super().__init__(reason)
        self.found, self.reason = found, reason


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column of ours, and how it is read.

    Attributes
    ----------
    places : tuple of int
        Of the columns of the export; several hold the options on each rank.
    names : tuple of str
        Their headings.
    values : mapping
        Translations, by what the export writes (see `plain_cell`).
    options : mapping
        Names of options by how they may be written, squeezed.
    no_answer : frozenset of str
        What means that there is no answer.
    """

    question: Question
    part: str
    places: tuple[int, ...]
    names: tuple[str, ...]
    values: Mapping[str, str]
    options: Mapping[str, str]
    separator: str = ""
    no_answer: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Our name of the column."""
        return column_of(self.question.name, self.part)

    def read(self, row: Row) -> Cell:
        """Return a row's cell in our words.

        Raises
        ------
        Untranslated
            If it holds a value that stands for nothing of ours.
        """
        if len(self.places) > 1:
            return self._ranked(row)
        cell = row.cells[self.places[0]]
        if self._says_nothing(cell):
            return None
        if self.part == REASON or self.question.type == "text":
            return cell
        if self.part == "value" and self.question.accepts_list:
            return self._listed(cell)
        return self._one(cell, self.names[0])

    def _says_nothing(self, cell: Cell) -> bool:
        return has_no_answer(cell) or plain_cell(cell_text(cell)) in self.no_answer

    def _ranked(self, row: Row) -> Cell:
        found = [
            str(self._one(row.cells[place], name))
            for place, name in zip(self.places, self.names, strict=True)
            if not self._says_nothing(row.cells[place])
        ]
        return BETWEEN_OPTIONS.join(found) or None

    def _listed(self, cell: Cell) -> Cell:
        known = {**self.options, **{squeezed(text): ours for text, ours in self.values.items()}}
        options = split_list(cell_text(cell), self.separator, known)
        return BETWEEN_OPTIONS.join(str(self._one(option, self.names[0])) for option in options) or None

    def _one(self, cell: Cell, name: str) -> Cell:
        """Return one value in our words; a number counts as it is unless the mapping translates numbers."""
        text = cleaned(cell_text(cell))
        if text.casefold() in self.values:
            return self.values[text.casefold()]
        has_options = self.question.type == "choice" or (self.part == "value" and self.question.accepts_list)
        if has_options and squeezed(text) in self.options:
            return self.options[squeezed(text)]
        if has_options or self._must_be_translated(text):
            mend = "say under `values` of the mapping what it stands for"
            raise Untranslated(text, f"no translation for this value of the column '{name}'; {mend}")
        return cell

    def _must_be_translated(self, text: str) -> bool:
        if is_number(text) and any(is_number(each) for each in self.values):
            return True
        if scale_of(self.question, self.part) is not None:
            return not is_number(text)
        is_tick = self.question.type == "multiple_choice"
        return is_tick and text.casefold() not in UNDERSTOOD_TICKS


def answer_columns(
    mapping: ColumnMapping, places: Mapping[str, int], asked: Mapping[str, Asked]
) -> tuple[AnswerColumn, ...]:
    """Return the columns of ours that a mapping fills, in its order; the mapping was checked before."""
    no_answer = frozenset(map(plain_cell, mapping.no_answer))
    found = []
    for key, section in mapping.answers.items():
        target = find_target(key, {name: each.question for name, each in asked.items()})
        if isinstance(target, str):
            continue
        question, part = target
        found.append(
            AnswerColumn(
                question,
                part,
                tuple(places[column] for column in section.columns),
                tuple(map(cleaned, section.columns)),
                {plain_cell(text): ours for text, ours in section.values.items()},
                option_names(asked[question.name]),
                section.separator,
                no_answer,
            )
        )
    return tuple(found)
