"""Whether the kept parts of an answer fit the form in which its question was asked."""

import json
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from innosi.forecast.questions import CONFIDENCE, MOST_PREFERRED

Parts = Mapping[str, float]
Form = Mapping[str, Any]
_ROUNDING = 1e-6


def form_problem(form: str) -> str:
    """Say why a kept form of a question cannot be read; '' where it can."""
    try:
        found = _read(form)
    except ValueError:
        return "its form is no JSON"
    if not isinstance(found, dict) or found.get("type") not in _CHECKS or not found.get("parts"):
        return "its form names no type that innosi knows, or no parts"
    return ""


def parts_problem(form: str, given: Parts) -> str:
    """Say what is wrong with the parts of an answer; '' where they fit the form.

    Examples
    --------
    >>> rating = '{"type": "rating", "parts": ["value"], "scale": [1, 5]}'
    >>> parts_problem(rating, {"value": 7.0})
    'value is 7, and the scale runs from 1 to 5'
    """
    found = _read(form)
    stray = [part for part in given if part not in found["parts"]]
    if stray:
        return f"has the part '{stray[0]}', which its question does not ask for"
    missing = [part for part in found["parts"] if part not in given]
    if missing and (found["type"] != "multi_rating" or not given):
        return f"lacks its part{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    return _CHECKS[found["type"]](found, {part: given[part] for part in found["parts"] if part in given})


@lru_cache(maxsize=1000)
def _read(form: str) -> Any:
    return json.loads(form)


def _outside(given: Parts, low: float, high: float, *, whole: bool = False) -> str:
    for part, value in given.items():
        if not low <= value <= high:
            return f"{part} is {value:g}, and the scale runs from {low:g} to {high:g}"
        if whole and not value.is_integer():
            return f"{part} is {value:g}, and no level of the scale"
    return ""


def _rating(form: Form, given: Parts) -> str:
    low, high = form["scale"]
    return _outside(given, low, high, whole=True)


def _multi_rating(form: Form, given: Parts) -> str:
    found = (_outside({part: value}, *form["scales"][part], whole=True) for part, value in given.items())
    return next(filter(None, found), "")


def _ranking(form: Form, given: Parts) -> str:
    twice = "gives a rank twice" if len(set(given.values())) < len(given) else ""
    return _outside(given, 1, len(form["parts"]), whole=True) or twice


def _choice(form: Form, given: Parts) -> str:
    return _outside(given, 0, len(form["options"]) - 1, whole=True)


def _multiple_choice(_: Form, given: Parts) -> str:
    return _outside(given, 0, 1, whole=True)


def _allocation(form: Form, given: Parts) -> str:
    total = form["points"]
    adds_up = abs(sum(given.values()) - total) <= _ROUNDING * total
    added = "" if adds_up else f"its points add up to {sum(given.values()):g}, not {total:g}"
    return _outside(given, 0, total) or added


def _pairwise(_: Form, given: Parts) -> str:
    return _outside(given, 1 / MOST_PREFERRED - _ROUNDING, MOST_PREFERRED)


def _text(_: Form, given: Parts) -> str:
    return _outside(given, 1, 1)


def _probability(_: Form, given: Parts) -> str:
    return _outside(given, 0, 1) or _numbers({}, given)


def _numbers(_: Form, given: Parts) -> str:
    for part, value in given.items():
        if math.isnan(value):
            return f"{part} is no number"
        if part == CONFIDENCE and not 0 < value < 1:
            return f"{part} is {value:g}, and not between 0 and 1"
    stated = [(part, value) for part, value in given.items() if part != CONFIDENCE]
    for (part, value), (following, next_value) in pairwise(stated):
        if value > next_value:
            return f"{part} ({value:g}) is above {following} ({next_value:g})"
    return ""


def _quantity(form: Form, given: Parts) -> str:
    infinite = [part for part, value in given.items() if math.isinf(value)]
    return f"{infinite[0]} is infinite" if infinite else _numbers(form, given)


def _year(form: Form, given: Parts) -> str:
    """A year that never comes is infinite, and no year is before all."""
    return next(
        (f"{part} is {value:g}" for part, value in given.items() if value == -math.inf), ""
    ) or _numbers(form, given)


_CHECKS: Mapping[str, Callable[[Form, Parts], str]] = MappingProxyType(
    {
        "rating": _rating,
        "multi_rating": _multi_rating,
        "ranking": _ranking,
        "probability": _probability,
        "quantity": _quantity,
        "year": _year,
        "choice": _choice,
        "multiple_choice": _multiple_choice,
        "allocation": _allocation,
        "pairwise": _pairwise,
        "text": _text,
    }
)
