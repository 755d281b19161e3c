"""Numbers as the people of a language write them, and nobody else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from innosi.forecast.languages.languages import LANGUAGES
from innosi.models.errors import AnswerError

SPACES = "\u00a0 \u202f\u2009"
"""What a group of digits may be parted with where a language uses a space: also no-break and thin ones."""
_ALSO_SPACES = ("de", "es")
"""Where Unicode's tables have a point and the spelling rules (Duden, Real Academia) prefer a space."""
_REGIONS = {"en": "en_GB"}
_NAMES = {".": "a point", ",": "a comma"}
_SHOWN_LANGUAGES = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """What parts decimals, and what may part thousands; the first of `groups` is the usual one."""

    decimal: str
    groups: str


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it was written, digit by digit.

    Attributes
    ----------
    sign : {'', '-'}
    whole, fraction : str
        The digits before and after the decimal mark.
    is_grouped : bool
        Whether thousands were parted.
    is_percentage : bool
    """

    sign: str
    whole: str
    fraction: str
    is_grouped: bool
    is_percentage: bool

    @property
    def plain(self) -> str:
        """The number with a point before the decimals, and nothing between thousands: `-1234.5`."""
        return f"{self.sign}{self.whole or '0'}{'.' if self.fraction else ''}{self.fraction}"

    @property
    def value(self) -> float:
        """The number itself; of a percentage its share of one."""
        return float(f"{self.plain}e-2" if self.is_percentage else self.plain)

    def with_marks(self, marks: Marks) -> str:
        """Return the same digits as another language writes them."""
        whole = self.whole or "0"
        if self.is_grouped:
            whole = f"{int(whole):,}".replace(",", marks.groups[0])
        decimals = f"{marks.decimal}{self.fraction}" if self.fraction else ""
        return f"{self.sign}{whole}{decimals}{'%' if self.is_percentage else ''}"


def locale_name(code: str) -> str:
    """Return by which name Unicode's tables know a language; English is written as in Europe."""
    return _REGIONS.get(code, code)


def english_name(code: str) -> str:
    """Return how a language is called in English."""
    from babel import Locale

    return Locale.parse(code).english_name or code


@cache
def marks_of(code: str) -> Marks:
    """Return how a language writes numbers."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    group = get_group_symbol(locale_name(code))
    has_spaces = group in SPACES or code in _ALSO_SPACES
    return Marks(get_decimal_symbol(code), f"{group}{SPACES.replace(group, '')}" if has_spaces else group)


def read_written(text: str, code: str) -> WrittenNumber:
    """Return the number that a text is in a language.

    Parameters
    ----------
    text : str
        With or without a sign, parted thousands, decimals, and a per cent sign behind.

    Raises
    ------
    AnswerError
        If it is none there, saying in which languages it would be one and how to write it.
    """
    found = _parse(text, marks_of(code))
    if found is None:
        raise _refusal(text, code)
    return found


def _parse(text: str, marks: Marks) -> WrittenNumber | None:
    match = _grammar(marks).fullmatch(text.strip())
    if match is None or not (match["grouped"] or match["plain"] or match["fraction"]):
        return None
    whole = "".join(filter(str.isdigit, match["grouped"] or match["plain"] or ""))
    sign = "-" if match["sign"] in ("-", "−") else ""
    return WrittenNumber(sign, whole, match["fraction"] or "", bool(match["grouped"]), bool(match["percent"]))


@cache
def _grammar(marks: Marks) -> re.Pattern[str]:
    group, decimal = f"[{re.escape(marks.groups)}]", re.escape(marks.decimal)
    return re.compile(
        rf"(?P<sign>[-−+]?)\s?(?:(?P<grouped>[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+)|(?P<plain>[0-9]*))"
        rf"(?:{decimal}(?P<fraction>[0-9]+))?(?P<percent>\s?%)?"
    )


def _refusal(text: str, code: str) -> AnswerError:
    marks = marks_of(code)
    example = WrittenNumber("", "1234", "5", is_grouped=True, is_percentage=False)
    readings = _readings(text)
    if not readings:
        return AnswerError("not a number", mend=f"write a number such as {example.with_marks(marks)}")
    if len(readings) == 1:
        elsewhere = f"written as in {_listed(next(iter(readings.values())))}"
    else:
        elsewhere = " and ".join(f"{each.plain} in {_listed(codes)}" for each, codes in readings.items())
    group = _NAMES.get(marks.groups[0], "a space")
    parts = f"{group} in {english_name(code)} parts thousands, {_NAMES[marks.decimal]} decimals"
    ways = " or ".join(dict.fromkeys(each.with_marks(marks) for each in readings))
    return AnswerError(
        f"{elsewhere}; {parts}", mend=f"write {ways}, or say which language the answers are in"
    )


def _readings(text: str) -> dict[WrittenNumber, list[str]]:
    """Return what a text is in every language in which it is a number, and in which ones."""
    readings: dict[WrittenNumber, list[str]] = {}
    for code in LANGUAGES:
        found = _parse(text, marks_of(code))
        if found is not None:
            readings.setdefault(found, []).append(code)
    return readings


def _listed(codes: Iterable[str]) -> str:
    names = list(map(english_name, codes))
    if len(names) > _SHOWN_LANGUAGES:
        return f"{', '.join(names[:_SHOWN_LANGUAGES])} …"
    return ", ".join(names)
