"""What the columns of an export are called: free of tags, odd spaces and repetitions."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from innosi.scenarios.tables.rows import cell_text
from innosi.scenarios.tables.sheet import Row, Sheet

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_IMPORT_ID = re.compile(r"^\{\s*['\"]ImportId['\"]")
_CHOICE = re.compile(r"\(choice\s*=\s*(.*)\)\s*$", re.IGNORECASE)
_SELECTED = re.compile(r"\s-\s*selected choice\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:q\s*)?\d{1,3}\s*[.):]\s+", re.IGNORECASE)
_ENDS_IN_PART = (
    re.compile(r"^(?P<stem>.+?)\s*\[(?P<part>[^\[\]]+)\]$"),
    re.compile(r"^(?P<stem>.+?)___(?P<part>.+)$"),
    re.compile(r"^(?P<stem>.+)\s*\(choice\s*=\s*(?P<part>.+)\)$", re.IGNORECASE),
    re.compile(r"^(?P<stem>.+) - (?P<part>.+)$"),
    re.compile(r"^(?P<stem>.+)[_.](?P<part>[^_.\s]+)$"),
)
"""How tools write a part of a question: `a[b]`, `a___b`, `a (choice=b)`, `a - b`, `a_b`."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of an export.

    Attributes
    ----------
    place : int
        Where it stands, from 0.
    name : str
        By which a mapping file names it: cleaned; a repetition is followed by its number, as in `Why? (2)`.
    texts : tuple of str
        What the heading rows below the first say of it, such as the question's text.
    """

    place: int
    name: str
    texts: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """Its name, its texts, and these without what tools add to them."""
        plain = (self.name, *self.texts)
        shorter = [_CHOICE.sub(r" \1", _SELECTED.sub("", _NUMBERED.sub("", each))).strip() for each in plain]
        return tuple(dict.fromkeys(filter(None, (*plain, *shorter))))

    @property
    def parted(self) -> Iterator[tuple[str, str]]:
        """Every way in which it may be a question (first) and a part of it (second)."""
        for wording in self.wordings:
            for pattern in _ENDS_IN_PART:
                found = pattern.match(wording)
                if found:
                    yield found["stem"], found["part"]


def cleaned(text: str) -> str:
    """Return a text without HTML tags, invisible characters and repeated spaces.

    Examples
    --------
    >>> cleaned("<b>How</b>&nbsp;many?  ")
    'How many?'
    """
    plain = html.unescape(_TAG.sub(" ", text))
    return " ".join(_INVISIBLE.sub("", plain).split())


def squeezed(text: str) -> str:
    """Return what is left of a text when only its letters and digits count, in small letters.

    Examples
    --------
    >>> squeezed("garden[Probability]") == squeezed("garden_probability")
    True
    """
    plain = unicodedata.normalize("NFKC", cleaned(text)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def n_header_rows(sheet: Sheet) -> int:
    """Return how many rows at the top are headings: Qualtrics writes three, or two in a workbook."""
    for index, row in enumerate(sheet.rows[:3]):
        if any(isinstance(cell, str) and _IMPORT_ID.match(cell.strip()) for cell in row.cells):
            return index + 2
    return 2 if sheet.rows and _repeats_headings(sheet, sheet.rows[0]) else 1


def _repeats_headings(sheet: Sheet, row: Row) -> bool:
    """Whether a row says `Start Date` and `Response ID` below the columns of these names."""
    alike = [
        squeezed(name) in ("startdate", "responseid") and squeezed(cell_text(cell)) == squeezed(name)
        for name, cell in zip(sheet.columns, row.cells, strict=True)
    ]
    return any(alike)


def headings_of(sheet: Sheet, header_rows: int) -> tuple[Heading, ...]:
    """Return the columns of an export that have a name."""
    below = sheet.rows[: header_rows - 1]
    seen: set[str] = set()
    found = []
    for place, column in enumerate(sheet.columns):
        name = _only_one(cleaned(column), seen)
        if name:
            texts = (cell_text(row.cells[place]) for row in below)
            told = tuple(cleaned(text) for text in texts if not _IMPORT_ID.match(text))
            found.append(Heading(place, name, tuple(filter(None, told))))
    return tuple(found)


def _only_one(name: str, seen: set[str]) -> str:
    number, unique = 1, name
    while unique and unique in seen:
        number += 1
        unique = f"{name} ({number})"
    seen.add(unique)
    return unique
