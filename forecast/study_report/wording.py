"""Numbers, dates and counts as the report writes them: in English as in Europe."""

import math
from datetime import date

from innosi.forecast.languages.language import language_of
from innosi.forecast.questions import Question

_ENGLISH = language_of("en")


def number(value: float, digits: int = 2) -> str:
    """Return a number with at most so many decimals; a dash for NaN.

    Examples
    --------
    >>> number(1234.5), number(0.125), number(-2.0)
    ('1,234.5', '0.13', '−2')
    """
    if not math.isfinite(value):
        return _ENGLISH.number(value)
    scale = 10**digits
    rounded = math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value)
    return _ENGLISH.number(rounded).replace("-", "−")


def percent(share: float) -> str:
    """Return a share in per cent, with one decimal where it has one; a dash for NaN.

    Examples
    --------
    >>> percent(0.9), percent(2 / 3)
    ('90%', '66.7%')
    """
    return "–" if math.isnan(share) else f"{number(share * 100, 1)}%"


def of_all(n: int, every: int) -> str:
    """Return a count with its share of all in whole per cent: `18 (90%)`; the count alone of none.

    Examples
    --------
    >>> of_all(18, 23), of_all(0, 0)
    ('18 (78%)', '0')
    """
    return f"{number(n)} ({number(n / every * 100, 0)}%)" if every else number(n)


def count(n: int, one: str, many: str = "") -> str:
    """Return a count with its noun: `1 question`, `3 questions`.

    Examples
    --------
    >>> count(1, "person", "people"), count(2, "round")
    ('1 person', '2 rounds')
    """
    return f"{number(n)} {one if n == 1 else many or f'{one}s'}"


def sentence_of(text: str) -> str:
    """Return a text as a sentence: its first letter large, a full stop at its end where none is.

    Examples
    --------
    >>> sentence_of("a ranking of The state"), sentence_of("What else?")
    ('A ranking of The state.', 'What else?')
    """
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def tight(text: str) -> str:
    """Return a text with per cent signs as English has them: `70%`."""
    return text.replace(" %", "%")


def day(at: date) -> str:
    """Return a day in its long form: `1 March 2027`."""
    return _ENGLISH.date(at)


def joined(words: list[str]) -> str:
    """Return words as one list: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def shown(question: Question, value: float) -> str:
    """Return a value of an answer as people read it: shares in per cent, years without a comma."""
    if question.is_share or question.type == "probability":
        return percent(value)
    if question.type == "year" and math.isfinite(value):
        return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
    return number(value)
