"""The rows of a questionnaire in a workbook: what each says, and what may be filled in."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from innosi.forecast.languages.language import Language
from innosi.forecast.questionnaires.wording import (
    Earlier,
    number_in_words,
    part_title,
    preference_in_words,
    range_of,
    sure_of,
    unit_of,
)
from innosi.forecast.questions import CONFIDENCE, MOST_PREFERRED, Question

Role = Literal["heading", "note", "answer", "reason", "total", "consent", "proposal"]
EntryKind = Literal["whole", "rank", "number", "share", "year", "list", "text"]
Choices = tuple[tuple[str, str], ...]
"""What can be picked from a list: as it is shown, and what it means in a table of answers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be filled into a cell.

    Attributes
    ----------
    low, high : float
        Bounds of a number; infinite where there is none.
    choices : tuple of (shown, means)
        Of a list; of a year, the word that stands for never.
    """

    kind: EntryKind
    low: float = -math.inf
    high: float = math.inf
    choices: Choices = ()


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the sheet.

    Attributes
    ----------
    title : str
    number : int, optional
        Of the question, where it begins here.
    question, part : str
        What the cell answers.
    entry : Entry, optional
        None where nothing is filled in.
    how, earlier : str
        Beside the cell: how it is filled in, and what was answered before.
    """

    role: Role
    title: str
    number: int | None = None
    question: str = ""
    part: str = ""
    entry: Entry | None = None
    how: str = ""
    earlier: str = ""


def question_rows(
    number: int, question: Question, earlier: Earlier | None, language: Language
) -> Iterator[FormRow]:
    """Yield the rows of one question: its text, its parts, and why."""
    before = earlier.parts if earlier else {}
    if question.parts == ("value",):
        yield _single(number, question, earlier, language)
        yield from _note(question)
    else:
        how = _how(question, language)
        yield FormRow("heading", question.text, number, question.name, how=how)
        yield from _note(question)
        for part in question.parts:
            yield FormRow(
                "answer",
                part_title(question, part, language),
                question=question.name,
                part=part,
                entry=_entry(question, part, language),
                how=_how_part(question, part, language),
                earlier=before.get(part, ""),
            )
    if question.type == "allocation":
        total = language.text("must be %(total)s", total=language.number(question.total))
        yield FormRow("total", language.text("Total"), question=question.name, how=total)
    if question.type != "text":
        reason = earlier.reason if earlier else ""
        yield FormRow(
            "reason",
            language.text("Why?"),
            question=question.name,
            part="reason",
            entry=Entry("text"),
            how=language.text("in your own words"),
            earlier=reason,
        )


def _note(question: Question) -> Iterator[FormRow]:
    if question.explanation:
        yield FormRow("note", question.explanation, question=question.name)


def _single(number: int, question: Question, earlier: Earlier | None, language: Language) -> FormRow:
    words = ""
    if earlier:
        words = earlier.reason if question.type == "text" else earlier.parts.get("value", "")
    return FormRow(
        "answer",
        question.text,
        number,
        question.name,
        "value",
        _entry(question, "value", language),
        _how_part(question, "value", language),
        words,
    )


def yes_or_no(language: Language) -> Choices:
    """Return the list of yes and no, in a language and as tables of answers have them."""
    return (language.text("yes"), "yes"), (language.text("no"), "no")


def _entry(question: Question, part: str, language: Language) -> Entry:
    if question.type == "text":
        return Entry("text")
    choices = _choices(question, part, language)
    if choices:
        return Entry("list", choices=choices)
    if question.type == "ranking":
        return Entry("rank", 1, len(question.options))
    return _number_entry(question.asked_in(part), part, language)


def _number_entry(asked: Question, part: str, language: Language) -> Entry:
    if asked.scale is not None:
        return Entry("whole", *asked.scale)
    if part == CONFIDENCE:
        return Entry("share", 0.001, 0.999)
    if asked.is_share:
        return Entry("share", asked.low, asked.high)
    if asked.type == "year":
        never = ((language.text("never"), "never"),) if asked.allows_never else ()
        return Entry("year", asked.low, asked.high, never)
    return Entry("number", asked.low, asked.high)


def _choices(question: Question, part: str, language: Language) -> Choices:
    if question.type == "choice":
        return distinct_titles(question.options)
    if question.type == "multiple_choice":
        return yes_or_no(language)
    if question.type == "pairwise":
        return tuple(
            (preference_in_words(value, part, question, language), written)
            for value, written in _comparisons()
        )
    return ()


def distinct_titles(options: Mapping[str, str]) -> Choices:
    """Return the titles of options, with the name behind where two are alike, and each option's name."""
    count = Counter(" ".join(title.split()).casefold() for title in options.values())
    return tuple(
        (title if count[" ".join(title.split()).casefold()] == 1 else f"{title} ({name})", name)
        for name, title in options.items()
    )


def _comparisons() -> Iterator[tuple[float, str]]:
    """Yield Saaty's scale from the first option to the second, with how tables of answers write it."""
    most = int(MOST_PREFERRED)
    for times in range(most, 0, -1):
        yield float(times), str(times)
    for times in range(2, most + 1):
        yield 1 / times, f"1/{times}"


def _how(question: Question, language: Language) -> str:
    """Return how a question with several parts is answered."""
    if question.type == "ranking":
        return language.text(
            "1 for what comes first, up to %(last)s for what comes last; each number once",
            last=len(question.options),
        )
    if question.type == "multiple_choice":
        return language.text("yes for all that you agree with; what stays empty counts as no")
    if question.type == "allocation":
        return language.text("Share out exactly %(total)s points.", total=language.number(question.total))
    if question.type == "pairwise":
        return language.text("Which of the two counts more, and how much more?")
    return sure_of(question, language)


def _how_part(question: Question, part: str, language: Language) -> str:
    """Return what may be filled into the cell of one part."""
    if question.type == "text":
        return language.text("in your own words")
    if question.type in ("choice", "multiple_choice", "pairwise"):
        return language.text("choose from the list")
    if question.type in ("ranking", "allocation"):
        return ""
    asked = question.asked_in(part)
    if asked.scale is not None:
        return _how_rating(question, part, language)
    if asked.type == "year":
        return _how_year(asked, language)
    if part == CONFIDENCE:
        return language.text("a percentage")
    within = range_of(asked, language)
    if asked.is_share:
        return language.text("a percentage, %(range)s", range=within)
    return ", ".join(filter(None, (unit_of(asked, language) or language.text("a number"), within)))


def _how_rating(question: Question, part: str, language: Language) -> str:
    asked = question.asked_in(part)
    low, high = (number_in_words(each, asked, language) for each in (asked.low, asked.high))
    ends = question.ends.get("value" if question.type == "rating" else part, ("", ""))
    low, high = (f"{level} ({end})" if end else level for level, end in zip((low, high), ends, strict=True))
    return language.text("a whole number from %(low)s to %(high)s", low=low, high=high)


def _how_year(question: Question, language: Language) -> str:
    words = ", ".join(filter(None, (language.text("a year"), range_of(question, language))))
    if not question.allows_never:
        return words
    never = language.text("never")
    return language.text("%(year)s, or the word “%(never)s”", year=words, never=never)
