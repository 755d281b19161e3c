"""The label of a sheet: whose answers it holds, of which study and round, safe against mistyping."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from innosi.models.errors import AnswerError

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What a check is written in: nothing that is mistaken for another sign, such as 0 and O."""
_MODULUS, _FACTOR = 1021, 7
"""The largest prime below 32², so that no two letters of the alphabets in use count the same."""
_FORM = re.compile(r"innosi:(?P<key>[^/\s]+)/(?P<round>[1-9]\d{0,2})/(?P<who>.+)/(?P<check>[^/]{2})")
_AS_PRINTED = "type it as it is printed, with its last two signs: innosi:STUDY/ROUND/PSEUDONYM/XX"


@dataclass(frozen=True, slots=True)
class SheetLabel:
    """Whose sheet it is; its text is what the QR code says.

    Attributes
    ----------
    study_key : str
        By which the study's sheets are told from those of other studies.
    round : int
    pseudonym : str

    Examples
    --------
    >>> str(SheetLabel("garden", 1, "p07"))
    'innosi:garden/1/p07/JY'
    """

    study_key: str
    round: int
    pseudonym: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^/\s]+", self.study_key):
            raise AnswerError(f"'{self.study_key}' is no study key", mend="give one word without a slash")
        if not 1 <= self.round <= 999:
            raise AnswerError(f"{self.round} is no round", mend="give 1 to 999")
        if not self.pseudonym.strip() or self.pseudonym != self.pseudonym.strip():
            raise AnswerError(
                f"'{self.pseudonym}' is no pseudonym", mend="give a text without spaces around it"
            )
        if not self.pseudonym.isprintable():
            raise AnswerError(
                f"the pseudonym {self.pseudonym!r} holds signs that cannot be printed", mend="leave them out"
            )

    def __str__(self) -> str:
        return f"{self._unchecked}/{check_of(self._unchecked)}"

    @property
    def _unchecked(self) -> str:
        return f"innosi:{self.study_key}/{self.round}/{self.pseudonym}"


def check_of(text: str) -> str:
    """Return two signs that change with every sign of a text, and when two of them change places."""
    total = 0
    for sign in normalize("NFC", text):
        total = (total * _FACTOR + ord(sign)) % _MODULUS
    return _SIGNS[total // len(_SIGNS)] + _SIGNS[total % len(_SIGNS)]


def parse_label(text: str) -> SheetLabel:
    """Return the label that a QR code, or somebody who typed it, says.

    Raises
    ------
    AnswerError
        If it is no label of ours, or one that was mistyped or changed.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise AnswerError(f"'{text.strip()[:80]}' is no label of a sheet", mend=_AS_PRINTED)
    label = SheetLabel(found["key"], int(found["round"]), found["who"])
    if not str(label).endswith(f"/{found['check'].upper()}"):
        raise AnswerError(
            f"the label '{text.strip()[:80]}' was mistyped or changed: its last two signs do not fit",
            mend=_AS_PRINTED,
        )
    return label
