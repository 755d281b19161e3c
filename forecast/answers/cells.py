"""Numbers in the cells of a table, as people and survey tools write them."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from innosi.forecast.languages.language import language_of
from innosi.forecast.languages.numbers import marks_of
from innosi.forecast.questions import Question
from innosi.models.distributions.numbers import NumberReader
from innosi.models.errors import AnswerError, DistributionError
from innosi.scenarios.tables.rows import Cell, FormulaWithoutValue, is_empty

NO_ANSWER = frozenset(
    {"", "na", "n/a", "no answer", "no opinion", "don't know", "don’t know", "dont know", "do not know", "dk"}
    | {"weet niet", "geen mening", "weiss nicht", "keine angabe", "ne sait pas", "sans opinion"}
    | {"no sabe", "não sabe", "non so"}
)
"""What a cell may say in the place of an answer, in small letters."""
_THOUSANDS = re.compile(r"^[1-9]\d{0,2}(\.\d{3})+$")
_DECIMAL_COMMA = re.compile(r"^\s*[-−+]?\d*,\d+\s*%?\s*$")
_TOO_LONG = 10
_MOST = 10**100
_GROUPED = re.compile(r"^[1-9]\d{0,2},\d{3}$")
_SURELY_GROUPED = re.compile(r"^[1-9]\d{0,2}((,\d{3}){2,}(\.\d+)?|,\d{3}\.\d+)$")
_DIGITS = re.compile(r"[.,]?[0-9](?:[0-9.,\s]*[0-9])?[.,]*")
"""Digits and what may stand between them; a currency or a per cent sign stands outside."""


def has_no_answer(cell: Cell) -> bool:
    """Whether a cell says that there is no answer: it is empty, or says `NA` or "don't know"."""
    return is_empty(cell) or (isinstance(cell, str) and cell.strip().casefold() in NO_ANSWER)


def whole_number(text: str) -> int | None:
    """Return the number that a text of digits is; None where it is none, or too long for any count."""
    return int(text) if text.isdecimal() and len(text) < _TOO_LONG else None


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads the numbers of one table.

    Attributes
    ----------
    has_decimal_commas : bool
        Whether the table writes 3,5: then a point in a number is not clear, and is refused.
    has_semicolons : bool
        Whether semicolons separate its columns: then 1.000 may be a thousand, and is refused.
    kind : {'table', 'form', 'export'}
        Of the file, for what its reader can do about a number that is refused. In a form nobody said how
        numbers are written, and where decimals have a point in its language, 1.000 may still be a thousand.
    are_percentages : bool
        Whether plain numbers for probabilities and shares run from 0 to 100.
    language : str
        The code of the language in which numbers are typed; '' where nobody says. It goes before what the
        table's separators and its other cells tell.
    """

    has_decimal_commas: bool = False
    has_semicolons: bool = False
    are_percentages: bool = False
    language: str = ""
    kind: Literal["table", "form", "export"] = "table"
    known: dict[object, tuple[float, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of_table(
        cls, cells: Iterable[Cell], delimiter: str, *, are_percentages: bool, language: str = ""
    ) -> "CellReader":
        """Return the reader for a table's cells.

        Where the language of its numbers is not said, decimal commas are possible between semicolons only.

        Raises
        ------
        InnosiError
            If there is no such language.
        """
        if language:
            return cls(are_percentages=are_percentages, language=language_of(language).code)
        commas = delimiter == ";" and any(
            isinstance(cell, str) and _DECIMAL_COMMA.match(cell) is not None for cell in cells
        )
        return cls(commas, delimiter == ";", are_percentages)

    def number(self, cell: Cell, question: Question) -> float:
        """Return the number in a cell, as an answer to a question.

        Raises
        ------
        AnswerError
            Saying why it is no number, or none that the question allows.
        """
        value = self._value(cell, question)
        if not math.isfinite(value):
            raise AnswerError("not a finite number")
        self._check(value, question)
        return value

    def _value(self, cell: Cell, question: Question) -> float:
        if isinstance(cell, FormulaWithoutValue):
            raise AnswerError("a formula without a stored value", mend="open the workbook and save it again")
        if isinstance(cell, datetime | date | time):
            raise AnswerError(
                "the spreadsheet made it a date or time", mend="format the column as text or number"
            )
        if isinstance(cell, bool) or not isinstance(cell, int | float | str):
            raise AnswerError("not a number", mend="write the number, or leave the cell empty")
        if isinstance(cell, int) and abs(cell) > _MOST:
            raise AnswerError("out of range", mend="write a number that somebody can have meant")
        if isinstance(cell, int | float):
            return self._scaled(float(cell), question)
        return self._from_text(cell.replace("\u00a0", " ").strip(), question)

    def _from_text(self, text: str, question: Question) -> float:
        digits = _DIGITS.search(text) if self._doubts_points and not question.is_share else None
        if digits and _THOUSANDS.match(digits[0]):
            mend = (
                f"write 1000, or {'1,5 with a comma' if self.has_semicolons else '1.50'}{self._say_language}"
            )
            raise AnswerError("may be a thousand or a fraction", mend=mend)
        if self.language:
            return self._from_plain(_in_plain_digits(text, self.language), question)
        if self.has_decimal_commas:
            if "." in text:
                raise AnswerError(
                    "a point in a table that writes decimals with a comma",
                    mend=f"write 1000 for a thousand, and 3,5 with a comma{self._say_language}",
                )
            text = text.replace(",", ".") if _DECIMAL_COMMA.match(text) else text
        return self._from_plain(text, question)

    def _from_plain(self, text: str, question: Question) -> float:
        reader = NumberReader(text, question.kind, question.currency or None)
        try:
            number = reader.read(0)
        except DistributionError as error:
            if "comma" in error.problem:
                raise self._comma_refused(text, error.mend) from None
            if reader.starts(0):
                raise AnswerError(error.problem.partition(": ")[2], mend=error.mend) from None
            raise AnswerError("not a number", mend="write the number, or leave the cell empty") from None
        if number.end != len(text):
            raise AnswerError("not a number", mend="write one number, and nothing after it")
        return number.value if number.unit == "%" else self._scaled(number.value, question)

    @property
    def _doubts_points(self) -> bool:
        if self.kind == "form":
            return bool(self.language) and marks_of(self.language).decimal == "."
        return self.has_semicolons and not self.language

    @property
    def _say_language(self) -> str:
        return ", or say in which language it is written: --language nl" if self.kind == "table" else ""

    def _comma_refused(self, text: str, mend: str) -> AnswerError:
        digits = found[0] if (found := _DIGITS.search(text)) else ""
        if _GROUPED.match(digits):
            ways = f"write {digits.replace(',', '')} or {digits.replace(',', '.')}"
            says = {
                "table": ", or say in which language it is written: --language en, or nl",
                "export": "; `decimal: comma` in the mapping reads it as the fraction",
            }
            return AnswerError(
                "may be a thousand (in English) or a fraction (in Dutch)",
                mend=f"{ways}{says.get(self.kind, '')}",
            )
        code = "en" if _SURELY_GROUPED.match(digits) else "nl"
        says = {
            "table": f", or say in which language it is written: --language {code}",
            "export": ", or `decimal: comma` into the mapping" if code == "nl" else "",
        }
        return AnswerError("a comma within a number", mend=f"{mend}{says.get(self.kind, '')}")

    def _scaled(self, value: float, question: Question) -> float:
        return value / 100 if self.are_percentages and question.is_share else value

    def _check(self, value: float, question: Question) -> None:
        if not question.low <= value <= question.high:
            if question.is_share and 1 < value <= 100 and question.high == 1:
                share = language_of(self.language).number(0.65) if self.language else "0.65"
                says = {
                    "table": ", or say that the table holds percentages: --percent",
                    "export": ", or `percentages: true` into the mapping",
                }
                raise AnswerError("above 1", mend=f"write 65% or {share}{says.get(self.kind, '')}")
            off = "off the scale" if question.scale else "out of range"
            raise AnswerError(f"{off} ({question.range_in_words})")
        if question.type == "year" and value != int(value):
            raise AnswerError("not a year", mend="write a whole year, such as 2035")
        if question.scale and value != int(value):
            raise AnswerError(f"not a level of the scale ({question.range_in_words}, whole numbers)")


def _in_plain_digits(text: str, language: str) -> str:
    """Return a text with the number in it as code writes it; its sign, currency and unit stay as they are.

    Raises
    ------
    AnswerError
        If the number is written in another language's way.
    """
    match = _DIGITS.search(text)
    if match is None:
        return text
    plain = language_of(language).written_number(match[0]).plain
    return f"{text[: match.start()]}{plain}{text[match.end() :]}"
