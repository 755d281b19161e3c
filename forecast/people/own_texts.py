"""A study's own text of a letter, with fields for what differs from person to person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest

LetterKind = Literal["invitation", "reminder", "feedback", "thanks"]
LETTER_KINDS: tuple[LetterKind, ...] = get_args(LetterKind)
FIELDS = ("name", "pseudonym", "deadline", "link", "study", "round")
MAX_BYTES = 200_000
_FIELD = re.compile(r"\{([^{}\n]*)\}")
_SUBJECT = re.compile(r"\s*subject:[^\S\n]*(.*)(?:\n|$)", re.IGNORECASE)
_MENDS = {
    "deadline": "give the round a deadline in the study file, or take the field out",
    "link": "give a link, or take the field out",
}


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text in the place of ours.

    Attributes
    ----------
    kind : {'invitation', 'reminder', 'feedback', 'thanks'}
    subject : str
        '' for ours.
    body : str
        Both with fields such as `{name}`, all of them known.
    source : str
        Where it was read, for messages.
    """

    kind: LetterKind
    subject: str
    body: str
    source: str = ""

    def filled(self, text: str, values: Mapping[str, str]) -> str:
        """Return the subject or the body with the values of one person in its fields.

        Raises
        ------
        InnosiError
            If it has a field that has no value for this person.
        """
        for name in _FIELD.findall(text):
            if not values[name.strip()]:
                raise InnosiError(
                    f"says {{{name}}}, and there is none",
                    mend=_MENDS.get(name.strip(), ""),
                    where=self.source,
                )
        return _FIELD.sub(lambda found: values[found[1].strip()], text)


def read_own_text(path: Path, kind: LetterKind) -> OwnText:
    """Return a study's own text of a letter, read from a text file.

    Its first line may be `Subject: …`. Empty lines part paragraphs, `## ` begins a heading, and `- ` an item
    of a list. Fields are {name}, {pseudonym}, {deadline}, {link}, {study} and {round}.

    Raises
    ------
    InnosiError
        If the file cannot be read, is empty, or is no UTF-8 text.
    InputFaults
        If it has fields that are not known: every one with its line.
    """
    raw = read_bytes(path, limit=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InnosiError(
            f"holds a character that is not UTF-8 on line {line}",
            mend="save it as text in UTF-8",
            where=str(path),
        ) from None
    return own_text(text, kind, source=str(path))


def own_text(text: str, kind: LetterKind, *, source: str = "the text of the letter") -> OwnText:
    """Return a study's own text of a letter; see `read_own_text`."""
    faults = [
        Fault(f"'{{{field}}}' is no field{nearest(field.strip(), FIELDS)}", line=number)
        for number, line in enumerate(text.splitlines(), start=1)
        for field in _FIELD.findall(line)
        if field.strip() not in FIELDS
    ]
    if faults:
        raise InputFaults(source, faults)
    found = _SUBJECT.match(text)
    body = text[found.end() :] if found else text
    if not body.strip():
        raise InnosiError("is empty", mend="write what the letter says", where=source)
    return OwnText(kind, found[1].strip() if found else "", body, source)
