"""From the cells of one answer to its numbers, in whatever form the question is answered."""

import math
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

from innosi.forecast.answers.cells import CellReader, has_no_answer
from innosi.forecast.answers.layout import Entry, stray_cells
from innosi.forecast.questions import CONFIDENCE, MOST_PREFERRED, Question
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import Cell, cell_text

Values = tuple[float, ...]
NEVER = "never"
_SEPARATORS = re.compile(r"\s*[;>|\n]\s*")
_FRACTION = re.compile(r"^1\s*[/:]\s*(\d{1,9})$")
_YES = frozenset({"1", "yes", "y", "true", "x", "ja", "oui", "✓"})
_NO = frozenset({"", "0", "no", "n", "false", "nee", "non", "-"})
_ROUNDING = 1e-6
_MOST_KNOWN = 100_000
"""How many different answers are remembered: most are given many times."""


class Refused(Exception):
    """What is not taken: what was found, why not, and what that is said of where it is not the answer alone.

    `about` is '' for all that the row says, and `consent` for who did not agree to take part.
    """

    def __init__(self, found: str, reason: str, *, about: str | None = None) -> None:
        super().__init__(reason)
        self.found, self.reason, self.about = found, reason, about


def values_of(entry: Entry, question: Question, reader: CellReader) -> Values:
    """Return the numbers of an answer, every part checked, in the order of the question's parts.

    Raises
    ------
    Refused
        Saying what is wrong with it.
    """
    parts = entry.parts
    key = (question.name, *parts.items(), *map(type, parts.values()))
    known = reader.known.get(key)
    if known is None:
        known = _values_of(entry, question, reader)
        if len(reader.known) < _MOST_KNOWN:
            reader.known[key] = known
    return known


def _values_of(entry: Entry, question: Question, reader: CellReader) -> Values:
    allowed = (*question.parts, "value") if question.accepts_list else question.parts
    stray = next(stray_cells(entry, allowed), None)
    if stray is not None:
        what = f"'{stray}' is no part of this answer ({', '.join(question.parts)})"
        raise Refused(cell_text(entry.parts[stray]), what)
    return _FORMS.get(question.type, _numbers)(entry, question, reader)


def _numbers(entry: Entry, question: Question, reader: CellReader) -> Values:
    _refuse_missing(entry, question)
    values = tuple(_number(entry, part, question, reader) for part in question.parts)
    if question.answer != "point":
        _check_order(values, question)
    return values


def _ratings(entry: Entry, question: Question, reader: CellReader) -> Values:
    """What is rated on some of the scales counts there; the other scales have no answer (NaN)."""
    return tuple(
        math.nan if has_no_answer(entry.parts.get(part)) else _number(entry, part, question, reader)
        for part in question.parts
    )


def _refuse_missing(entry: Entry, question: Question) -> None:
    missing = [part for part in question.parts if has_no_answer(entry.parts.get(part))]
    if missing:
        raise Refused("", f"without {' and '.join(missing)}")


def _number(entry: Entry, part: str, question: Question, reader: CellReader) -> float:
    cell = entry.parts[part]
    if question.allows_never and cell_text(cell).casefold() == NEVER:
        return float("inf")
    try:
        value = reader.number(cell, question.asked_in(part))
    except AnswerError as error:
        name = "" if part == "value" else f"{part}: "
        raise Refused(cell_text(cell), f"{name}{error.message}") from None
    if part == CONFIDENCE and not 0 < value < 1:
        raise Refused(cell_text(cell), f"{part}: not between 0 and 1; write 80% or 0.8")
    return value


def _check_order(values: Values, question: Question) -> None:
    stated = [(part, value) for part, value in zip(question.parts, values, strict=True) if part != CONFIDENCE]
    for (part, value), (next_part, following) in pairwise(stated):
        if value > following:
            raise Refused(f"{value:g} > {following:g}", f"out of order: {part} is above {next_part}")


def _choice(entry: Entry, question: Question, _: CellReader) -> Values:
    _refuse_missing(entry, question)
    return (float(_option(entry.parts["value"], question)),)


def _option(cell: Cell, question: Question) -> int:
    """Return the place of an option that is named, or given by its title."""
    text = cell_text(cell)
    for place, (name, title) in enumerate(question.options.items()):
        if text.casefold() in (name.casefold(), title.casefold()):
            return place
    near = nearest(text, [*question.options, *question.options.values()])
    meant = near if near.startswith("; did you mean") else ""
    raise Refused(text, f"no option{meant}; the options are {', '.join(question.options)}")


def _listed(entry: Entry, question: Question) -> list[int] | None:
    """Return the options of a list in one cell, or None where each option has a cell of its own."""
    if has_no_answer(entry.parts.get("value")):
        return None
    text = cell_text(entry.parts["value"])
    if any(not has_no_answer(entry.parts.get(part)) for part in question.parts):
        raise Refused(text, "stands beside cells of single options; keep one of the two")
    places = [_option(each, question) for each in _SEPARATORS.split(text.strip()) if each]
    twice = {place for place in places if places.count(place) > 1}
    if twice:
        raise Refused(text, f"names {[*question.options][min(twice)]} twice")
    return places


def _ranking(entry: Entry, question: Question, reader: CellReader) -> Values:
    listed = _listed(entry, question)
    if listed is not None:
        missing = [name for place, name in enumerate(question.options) if place not in listed]
        if missing:
            raise Refused(cell_text(entry.parts["value"]), f"does not rank {' and '.join(missing)}")
        return tuple(float(listed.index(place) + 1) for place in range(len(listed)))
    _refuse_missing(entry, question)
    ranks = tuple(_number(entry, part, _rank_of(question), reader) for part in question.parts)
    for rank in ranks:
        if ranks.count(rank) > 1:
            alike = [part for part, each in zip(question.parts, ranks, strict=True) if each == rank]
            raise Refused(
                f"{rank:g}", f"rank {rank:g} is given to {' and to '.join(alike)}; give each rank once"
            )
    return ranks


def _rank_of(question: Question) -> Question:
    return question.aspects[0]


def _multiple_choice(entry: Entry, question: Question, _: CellReader) -> Values:
    listed = _listed(entry, question)
    if listed is not None:
        return tuple(float(place in listed) for place in range(len(question.options)))
    return tuple(_ticked(part, entry.parts.get(part)) for part in question.parts)


def is_yes(cell: Cell) -> bool | None:
    """Whether a cell says yes, or no; None where it says neither. An empty one says no."""
    text = "" if has_no_answer(cell) else cell_text(cell).casefold()
    return text in _YES if text in _YES or text in _NO else None


def _ticked(part: str, cell: Cell) -> float:
    ticked = is_yes(cell)
    if ticked is not None:
        return float(ticked)
    raise Refused(cell_text(cell), f"{part}: neither yes nor no; write yes, no, 1, 0, or leave it empty")


def _allocation(entry: Entry, question: Question, reader: CellReader) -> Values:
    values = tuple(
        0.0 if has_no_answer(entry.parts.get(part)) else _number(entry, part, question, reader)
        for part in question.parts
    )
    if abs(sum(values) - question.total) > _ROUNDING * question.total:
        raise Refused(f"{sum(values):g}", f"the points add up to {sum(values):g}, not {question.total:g}")
    return values


def _pairwise(entry: Entry, question: Question, reader: CellReader) -> Values:
    _refuse_missing(entry, question)
    return tuple(_preference(entry, part, question, reader) for part in question.parts)


def _preference(entry: Entry, part: str, question: Question, reader: CellReader) -> float:
    text = cell_text(entry.parts[part])
    fraction = _FRACTION.match(text)
    value = 1 / int(fraction[1]) if fraction and int(fraction[1]) else _number(entry, part, question, reader)
    if not 1 / MOST_PREFERRED - _ROUNDING <= value <= MOST_PREFERRED:
        raise Refused(text, f"{part}: off Saaty's scale, which runs from 1/9 to 9")
    return value


def _text(entry: Entry, question: Question, _: CellReader) -> Values:
    _refuse_missing(entry, question)
    return (1.0,)


_FORMS: Mapping[str, Callable[[Entry, Question, CellReader], Values]] = MappingProxyType(
    {
        "multi_rating": _ratings,
        "choice": _choice,
        "ranking": _ranking,
        "multiple_choice": _multiple_choice,
        "allocation": _allocation,
        "pairwise": _pairwise,
        "text": _text,
    }
)
