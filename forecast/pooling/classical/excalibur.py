"""Reading the text files of Excalibur: judgements (`.dtt`) and realisations (`.rls`)."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np

from innosi.forecast.pooling.classical.elicitation import (
    Elicitation,
    Scale,
    judgement_problem,
    realisation_problem,
)
from innosi.models.errors import AnswerError, Fault, InputFaults
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest

MAX_BYTES = 20_000_000
_MISSING = (-1000.0, -990.0)
"""Numbers from here to here say that there is none."""

_NUMBER = r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?"
_QUANTILES = re.compile(r"\bNQ\s*=\s*(\d+)\s+QU\s*=\s*(.*)$", re.IGNORECASE)
_NAMES = re.compile(r"^\s*(\d+)\s+(\S.*?)\s+(\d+)\s+(\S.*?)\s*$")
_SCALE = re.compile(rf"\s(UNI|LOG)(?=\s+{_NUMBER}(?:\s|$))", re.IGNORECASE)
_REALISATION = re.compile(rf"^\s*(\d+)\s+(\S.*?)\s+({_NUMBER})\s+(?:UNI|LOG)\b(.*)$", re.IGNORECASE)
_BARE_REALISATION = re.compile(rf"^\s*(\d+)\s+(\S.*?)\s+({_NUMBER})\s*$")
_SURPLUS = re.compile(r"^[-+]?\d[.,]\d+E[-+]\d+$", re.IGNORECASE)
_EXPERT_ENDS, _ITEM_ENDS = 14, 20
"""Columns at which the expert's name and the item's number end, where a line keeps to the columns."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a `.dtt` file."""

    line: int
    expert: tuple[int, str]
    item: tuple[int, str]
    scale: Scale
    values: tuple[float, ...]
    text: str


@dataclass(slots=True)
class _Found:
    """What is read of a file so far, and what is wrong with it."""

    rows: list[_Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, problem: str, key: str = "", line: int | None = None) -> None:
        self.faults.append(Fault(problem, key, line))


def read_excalibur(judgements: Path, realisations: Path | None = None) -> Elicitation:
    """Read judgements from a `.dtt` file, and realisations from the `.rls` file that belongs to it.

    Numbers from −1000 to −990 say that there is no answer, or no realisation. An answer of which a quantile
    is missing counts as none. Items that the `.rls` file leaves out are targets. Whether an item is uni or
    log, the `.dtt` file says.

    Parameters
    ----------
    realisations : Path, optional
        The file beside the `.dtt` file that has its name and ends in `.rls`, by default.

    Raises
    ------
    InputFaults
        Naming every line that cannot be used.
    InnosiError
        If a file cannot be read.

    Source
    ------
    Excalibur (TU Delft; Lighttwist Software): the files it writes.
    """
    probabilities, found = _read_judgements(judgements)
    found.faults += _clashes(found.rows)
    if found.faults:
        raise InputFaults(str(judgements), sorted(found.faults, key=lambda fault: fault.line or 0))
    experts, items = _names([row.expert for row in found.rows]), _names([row.item for row in found.rows])
    scales = {items[row.item]: row.scale for row in found.rows}
    known, texts = _read_realisations(realisations or beside(judgements), items, scales)
    names = tuple(dict.fromkeys(items.values()))
    return Elicitation(
        experts=tuple(dict.fromkeys(experts.values())),
        items=names,
        probabilities=probabilities,
        judgements=_array(found.rows, experts, items, len(probabilities)),
        realisations=np.array([known.get(name, math.nan) for name in names]),
        scales=tuple(scales[name] for name in names),
        texts=tuple(texts.get(name, "") or _text_of(name, found.rows, items) for name in names),
    )


def beside(judgements: Path) -> Path:
    """Return the `.rls` file beside a `.dtt` file, however its ending is written."""
    wanted = judgements.with_suffix(".rls")
    if wanted.exists() or not judgements.parent.is_dir():
        return wanted
    same = (each for each in judgements.parent.iterdir() if each.name.casefold() == wanted.name.casefold())
    return next(same, wanted)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that hold anything, with their numbers."""
    text = _decoded(read_bytes(path, limit=MAX_BYTES)).replace("\x1a", "")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.expandtabs()


def _decoded(raw: bytes) -> str:
    """Return text in whatever encoding an older program on Windows may have written it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _number(text: str) -> float:
    value = float(text.replace(",", "."))
    return math.nan if _MISSING[0] <= value <= _MISSING[1] else value


def _read_judgements(path: Path) -> tuple[tuple[float, ...], _Found]:
    lines = list(_lines(path))
    if not lines:
        raise AnswerError("is empty", mend="give a .dtt file with judgements", where=str(path))
    probabilities = _probabilities(lines[0][1], path)
    found = _Found()
    for line, text in lines[1:]:
        _read_row(found, line, text, len(probabilities))
    if not found.rows and not found.faults:
        found.fault("there are no judgements below the first line; add a line for each expert and item")
    return probabilities, found


def _probabilities(head: str, path: Path) -> tuple[float, ...]:
    match = _QUANTILES.search(head)
    try:
        levels = [float(each.replace(",", ".")) / 100 for each in match[2].split()] if match else []
    except ValueError:
        levels = []
    where = f"{path}, line 1"
    if match is None or not levels:
        raise AnswerError(
            "does not begin as a .dtt file does",
            mend="its first line ends in such as NQ=   3   QU=   5  50  95",
            where=where,
        )
    if int(match[1]) != len(levels):
        raise AnswerError(
            f"says NQ={match[1]}, but lists {len(levels)} quantiles", mend="make them agree", where=where
        )
    if any(low >= high for low, high in pairwise((0.0, *levels, 1.0))):
        raise AnswerError(
            f"lists the quantiles {match[2].strip()}", mend="let them rise, between 0 and 100", where=where
        )
    return tuple(levels)


def _read_row(found: _Found, line: int, text: str, n_quantiles: int) -> None:
    at_scale = _scale_in(text, n_quantiles)
    names = _row_names(text[: at_scale.start()]) if at_scale else None
    if at_scale is None or names is None:
        found.fault(
            "is no judgement; it must be: number and name of the expert, number and name of the item,"
            " UNI or LOG, and the quantiles",
            text.strip()[:30],
            line,
        )
        return
    expert, item = names
    key = f"expert '{expert[1]}', item '{item[1]}'"
    cells = text[at_scale.end() :].split()
    n_numbers = _n_numbers(cells, n_quantiles)
    if n_numbers != n_quantiles:
        found.fault(f"{n_numbers} quantiles; the first line says {n_quantiles}", key, line)
        return
    scale = cast("Scale", at_scale[1].lower())
    values = tuple(_number(cell) for cell in cells[:n_quantiles])
    problem = judgement_problem(values, scale)
    if problem:
        found.fault(problem, key, line)
    found.rows.append(_Row(line, expert, item, scale, values, " ".join(cells[n_quantiles:])))


def _scale_in(text: str, n_quantiles: int) -> re.Match[str] | None:
    """Find UNI or LOG before the quantiles; an item's name may hold such a word and a number too."""
    found = list(_SCALE.finditer(text))
    fitting = (each for each in found if _n_numbers(text[each.end() :].split(), n_quantiles) == n_quantiles)
    return next(fitting, found[0] if found else None)


def _row_names(text: str) -> tuple[tuple[int, str], tuple[int, str]] | None:
    """Return number and name of the expert and of the item; by columns where a line keeps to them."""
    number, expert = text[:5].strip(), text[5:_EXPERT_ENDS].strip()
    place, item = text[_EXPERT_ENDS:_ITEM_ENDS].strip(), text[_ITEM_ENDS:].strip()
    if number.isdecimal() and place.isdecimal() and expert and item:
        return (int(number), expert), (int(place), item)
    match = _NAMES.match(text)
    return ((int(match[1]), match[2]), (int(match[3]), match[4])) if match else None


def _n_numbers(cells: list[str], wanted: int) -> int:
    """How many quantiles a line holds; beyond those wanted only what is written as one counts."""
    numbers = 0
    for cell in cells:
        pattern = _NUMBER if numbers < wanted else _SURPLUS
        if not re.fullmatch(pattern, cell):
            break
        numbers += 1
    return numbers


def _clashes(rows: list[_Row]) -> Iterator[Fault]:
    """Yield what does not fit between lines: the same place twice, or an item uni here and log there."""
    lines: dict[tuple[tuple[int, str], tuple[int, str]], int] = {}
    scales: dict[tuple[int, str], _Row] = {}
    items = _names([row.item for row in rows])
    for row in rows:
        key = f"expert '{row.expert[1]}', item '{row.item[1]}'"
        place = (row.expert, (0, items[row.item]))
        first = lines.setdefault(place, row.line)
        if first != row.line:
            yield Fault(f"stands on line {first} already; keep one", key, row.line)
        other = scales.setdefault((0, items[row.item]), row)
        if other.scale != row.scale:
            yield Fault(f"{row.scale} here, but {other.scale} on line {other.line}", key, row.line)


def _names(numbered: list[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Return the name of everything numbered: its own, and with its number where two have the same.

    A name is shared only if every number that it has is one of several names' own: experts may list the same
    items in another order.
    """
    by_number: dict[int, set[str]] = {}
    by_name: dict[str, set[int]] = {}
    for number, name in numbered:
        by_number.setdefault(number, set()).add(name)
        by_name.setdefault(name, set()).add(number)
    return {
        (number, name): f"{name} ({number})" if _is_shared(name, by_name, by_number) else name
        for number, name in numbered
    }


def _is_shared(name: str, by_name: Mapping[str, set[int]], by_number: Mapping[int, set[str]]) -> bool:
    numbers = by_name[name]
    return len(numbers) > 1 and all(by_number[number] == {name} for number in numbers)


def _array(
    rows: list[_Row],
    experts: Mapping[tuple[int, str], str],
    items: Mapping[tuple[int, str], str],
    n_quantiles: int,
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    at_expert = {name: i for i, name in enumerate(dict.fromkeys(experts.values()))}
    at_item = {name: i for i, name in enumerate(dict.fromkeys(items.values()))}
    values = np.full((len(at_expert), len(at_item), n_quantiles), np.nan)
    for row in rows:
        values[at_expert[experts[row.expert]], at_item[items[row.item]]] = row.values
    return values


def _text_of(name: str, rows: list[_Row], items: Mapping[tuple[int, str], str]) -> str:
    return next((row.text for row in rows if row.text and items[row.item] == name), "")


def _read_realisations(
    path: Path, items: Mapping[tuple[int, str], str], scales: Mapping[str, Scale]
) -> tuple[dict[str, float], dict[str, str]]:
    known: dict[str, float] = {}
    texts: dict[str, str] = {}
    found = _Found()
    for line, text in _lines(path):
        match = _REALISATION.match(text) or _BARE_REALISATION.match(text)
        if match is None:
            found.fault(
                "is no realisation; it must be: number and name of the item, its realisation, and UNI or LOG",
                text.strip()[:30],
                line,
            )
            continue
        name = items.get((int(match[1]), match[2]), match[2])
        if name not in scales:
            found.fault(f"is no item of the .dtt file{nearest(name, scales)}", name, line)
            continue
        value = _number(match[3])
        problem = "stands twice; keep one" if name in known else realisation_problem(value, scales[name])
        if problem:
            found.fault(problem, name, line)
        known[name] = value
        texts[name] = match[4].strip() if match.re is _REALISATION else ""
    if found.faults:
        raise InputFaults(str(path), found.faults)
    return known, texts
