"""Dates as people plan with them: a year, a month or a day; and how long something takes."""

import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from innosi.scenarios.construction.pathways.entries import EntryError

FIRST_YEAR, LAST_YEAR = 1900, 2200
DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12
_UNITS = {"day": 1.0, "week": 7.0, "month": DAYS_A_MONTH, "year": DAYS_A_YEAR}
_MEND = "write a year, a month or a day: 2031, 2031-06 or 2031-06-15"


def as_last_day(found: Any) -> date:
    """Return the day until which something is due: the last one of a year or a month.

    Examples
    --------
    >>> as_last_day("2031-06")
    datetime.date(2031, 6, 30)

    Raises
    ------
    EntryError
        If it is no date, or not within 1900 to 2200.
    """
    year, month, day = _parts(found)
    if day:
        return _day(found, year, month, day)
    following = date(year + month // 12, month % 12 + 1, 1) if month else date(year + 1, 1, 1)
    return following - timedelta(days=1)


def as_first_day(found: Any) -> date:
    """Return the day on which something begins: the first one of a year or a month; see `as_last_day`."""
    year, month, day = _parts(found)
    return _day(found, year, month or 1, day or 1)


def as_days(found: Any) -> float:
    """Return how long something takes, in days; a month counts 30.4 days, a year 365.25.

    Examples
    --------
    >>> as_days("2 weeks")
    14.0

    Raises
    ------
    EntryError
        If no number with a unit is found, or more than a hundred years.
    """
    text = str(found).strip()
    match = re.fullmatch(r"(\d{1,6}(?:\.\d+)?) *(day|week|month|year)s?", text, re.ASCII)
    days = float(match[1]) * _UNITS[match[2]] if match else -1.0
    if not 0 <= days <= 100 * DAYS_A_YEAR:
        mend = "write a number with its unit, such as 18 months, 2 years, 6 weeks; at most 100 years"
        raise EntryError(f"found {found!r}, which is no length of time", mend=mend)
    return days


def after(day: date, days: float) -> date:
    """Return the day that lies so many days later, or earlier where they are negative."""
    return day + timedelta(days=round(days))


def decimal_year(day: date) -> float:
    """Return a day as a year with its fraction, for an axis: the first of July 2031 is about 2031.5."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days


def in_words(days: float) -> str:
    """Return a length of time as people say it: `18 months`, from three years on in years, below one in days.

    Examples
    --------
    >>> in_words(548)
    '18 months'
    """
    size = abs(days)
    if size >= 36 * DAYS_A_MONTH:
        return f"{size / DAYS_A_YEAR:.1f}".removesuffix(".0") + " years"
    number, unit = (round(size / DAYS_A_MONTH), "month") if size >= DAYS_A_MONTH else (round(size), "day")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _parts(found: Any) -> tuple[int, int, int]:
    """Year, month and day; 0 for what is not said."""
    text = str(found).strip()
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, re.ASCII)
    year, month, day = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    said_month = bool(match and match[2])
    if (
        isinstance(found, bool)
        or not FIRST_YEAR <= year <= LAST_YEAR
        or (said_month and not 1 <= month <= 12)
    ):
        raise EntryError(f"found {found!r}, which is no date from {FIRST_YEAR} to {LAST_YEAR}", mend=_MEND)
    if match and match[3] and day == 0:
        raise EntryError(f"found {found!r}, and no month has such a day", mend=_MEND)
    return year, month, day


def _day(found: Any, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise EntryError(f"found {found!r}, and that month has no such day", mend=_MEND) from None


_Written = str | int
LastDay = Annotated[date, BeforeValidator(as_last_day, json_schema_input_type=_Written)]
FirstDay = Annotated[date, BeforeValidator(as_first_day, json_schema_input_type=_Written)]
Days = Annotated[float, BeforeValidator(as_days, json_schema_input_type=str)]
