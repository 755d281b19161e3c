"""A question as it stands on paper: rows that are filled in with a pen."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from innosi.forecast.languages.language import N_, Language
from innosi.forecast.questionnaires.wording import (
    Earlier,
    pair_of,
    part_title,
    range_of,
    sure_of,
    unit_of,
)
from innosi.forecast.questions import MOST_PREFERRED, Question
from innosi.forecast.statistics.levels import Scale

Layout = Literal["levels", "numbers", "ranks", "points", "circles", "squares", "pairs", "lines"]
MOST_BOXES = 11
"""Levels beyond this have no box of their own: the level is then written in figures."""
SAATY = (*range(int(MOST_PREFERRED), 1, -1), *range(1, int(MOST_PREFERRED) + 1))
_LAYOUTS: Mapping[str, Layout] = {
    "rating": "levels",
    "multi_rating": "levels",
    "ranking": "ranks",
    "choice": "circles",
    "multiple_choice": "squares",
    "allocation": "points",
    "pairwise": "pairs",
    "text": "lines",
}
_HOW: Mapping[str, str] = {
    "rating": N_("Cross one box."),
    "multi_rating": N_("Cross one box in each row."),
    "ranking": N_(
        "Write 1 beside what comes first, 2 beside what comes next, up to %(last)s for what comes last;"
        " use each number once."
    ),
    "choice": N_("Cross one circle."),
    "multiple_choice": N_("Cross every box that you agree with."),
    "allocation": N_("Share out exactly %(total)s points."),
    "pairwise": N_(
        "In each row, cross one box on the side of what counts more: 1 for both the same, 3 for somewhat"
        " more, 5 for clearly more, 7 for much more, 9 for far more; the even numbers lie between."
    ),
    "text": "",
}
_HOW_MANY: Mapping[str, str] = {
    "probability": N_("Write a percentage."),
    "quantity": N_("Write a number."),
    "year": N_("Write a year."),
}


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row to be filled in.

    Attributes
    ----------
    title, other : str
        What the row is about; of a pair of options also the second one.
    ends : (str, str)
        Words at the low and the high end of a scale.
    levels : tuple of int
        One box each; () where a number is written.
    range, unit : str
        Beside a number to be written.
    earlier : str
        What was answered before; '' for nothing.
    """

    title: str
    other: str = ""
    ends: tuple[str, str] = ("", "")
    levels: tuple[int, ...] = ()
    range: str = ""
    unit: str = ""
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question with its rows, ready for the template.

    Attributes
    ----------
    number : int
        On this sheet, from 1.
    layout : str
    how : str
        How it is answered.
    total : str
        Of an allocation.
    earlier : Earlier, optional
    """

    number: int
    question: Question
    layout: Layout
    rows: tuple[PrintedRow, ...]
    how: str = ""
    total: str = ""
    earlier: Earlier | None = None

    @property
    def has_earlier_rows(self) -> bool:
        """Whether rows show what was answered before."""
        return any(row.earlier for row in self.rows)


def printed_questions(
    questions: Mapping[str, Question], earlier: Mapping[str, Earlier], language: Language
) -> tuple[PrintedQuestion, ...]:
    """Return questions as they stand on paper, numbered from 1."""
    return tuple(
        _printed(number, question, earlier.get(name), language)
        for number, (name, question) in enumerate(questions.items(), start=1)
    )


def _printed(number: int, question: Question, earlier: Earlier | None, language: Language) -> PrintedQuestion:
    before = earlier.parts if earlier else {}
    return PrintedQuestion(
        number,
        question,
        _LAYOUTS.get(question.type, "numbers"),
        tuple(_rows(question, before, language)),
        how=_how(question, language),
        total=language.number(question.total) if question.type == "allocation" else "",
        earlier=earlier,
    )


def _how(question: Question, language: Language) -> str:
    """Return the line that says how a question is answered with a pen; '' where it goes without saying."""
    numbers = {"last": len(question.options), "total": language.number(question.total)}
    if question.type == "rating" and not _has_boxes(question.scale):
        return language.text("Write a whole number.")
    message = _HOW.get(question.type)
    if message is not None:
        return language.text(message, **numbers)
    several = language.text("Fill in every row.") if question.answer != "point" else ""
    return sure_of(question, language) or several or language.text(_HOW_MANY[question.type])


def _rows(question: Question, before: Mapping[str, str], language: Language) -> Iterator[PrintedRow]:
    if question.type == "text":
        return
    if question.type == "choice":
        for title in question.options.values():
            yield PrintedRow(title)
        return
    for part in question.parts:
        yield _row(question, part, before.get(part, ""), language)


def _row(question: Question, part: str, earlier: str, language: Language) -> PrintedRow:
    if question.type == "pairwise":
        one, other = pair_of(question, part)
        return PrintedRow(one, other, levels=SAATY, earlier=earlier)
    title, asked = part_title(question, part, language), question.asked_in(part)
    if asked.scale is not None:
        ends = question.ends.get("value" if question.type == "rating" else part, ("", ""))
        return _scale_row(PrintedRow(title, ends=ends, earlier=earlier), asked.scale, language)
    if question.type in ("ranking", "multiple_choice", "allocation"):
        return PrintedRow(title, earlier=earlier)
    unit = unit_of(asked, language)
    return PrintedRow(title, range=_told_range(asked, language), unit=unit, earlier=earlier)


def _scale_row(row: PrintedRow, scale: Scale, language: Language) -> PrintedRow:
    """Return a row with a box for each level, or, where they are many, with the range of what is written."""
    low, high = scale
    if _has_boxes(scale):
        return replace(row, levels=tuple(range(low, high + 1)))
    ends = tuple(f"{level}: {end}" if end else "" for level, end in zip(scale, row.ends, strict=True))
    between = language.text("from %(low)s to %(high)s", low=low, high=high)
    return replace(row, ends=(ends[0], ends[1]), range=between)


def _has_boxes(scale: Scale | None) -> bool:
    return scale is not None and scale[1] - scale[0] < MOST_BOXES


def _told_range(question: Question, language: Language) -> str:
    """Return the range, unless it goes without saying: 0 to 100 %, and nothing below 0."""
    natural = (0.0, 1.0) if question.is_share else (0.0, math.inf)
    return "" if (question.low, question.high) == natural else range_of(question, language)
