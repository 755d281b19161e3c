"""A file of indicators to follow: what is to be reached by when, written by a backcast and read again.

The format, version 1: UTF-8, either CSV or YAML by the file's ending. The columns, or the keys below
`targets`, are `indicator` (a name), `unit`, `date` (as 2031-06-30), `target` (a number with a decimal point),
`direction` (`at_least` or `at_most`), `milestone` (a name, or `vision`) and `source`, in this order. Within
an indicator dates rise, and unit and direction stay the same. A CSV text that a spreadsheet would take for a
formula stands behind an apostrophe.
"""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import dotted, parse_document, read_bytes
from innosi.scenarios.writing import write_text

VISION = "vision"
"""Stands in the place of a milestone where a target is the vision's own."""
DIRECTIONS = ("at_least", "at_most")
FORMAT = "innosi-indicators-1"
MAX_BYTES = 2_000_000
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class IndicatorTarget:
    """What an indicator is to be by a date.

    Attributes
    ----------
    indicator, unit : str
    date : date
    target : float
    direction : str
        `at_least` or `at_most`.
    milestone : str
        With which milestone it is to be reached; `vision` for the vision itself.
    source : str
        Who says so.
    """

    indicator: str
    unit: str
    date: date
    target: float
    direction: str
    milestone: str
    source: str = ""


COLUMNS = tuple(each.name for each in fields(IndicatorTarget))
_HEADING = ",".join(COLUMNS)


def write_indicators(targets: Iterable[IndicatorTarget], path: Path, *, title: str = "") -> None:
    """Write targets as a CSV or YAML file, by its ending.

    Raises
    ------
    InnosiError
        If the ending is another, or something else is there already.
    """
    kind = _kind_of(path)
    if path.is_file() and not _is_ours(path.read_text("utf-8", errors="replace"), kind):
        raise InnosiError(
            "is there already, and is no file of indicators",
            mend="give another name, or move it away",
            where=str(path),
        )
    ordered = sorted(targets, key=lambda each: (each.indicator, each.date))
    write_text(path, _as_csv(ordered) if kind == "csv" else _as_yaml(ordered, title))


def read_indicators(path: Path) -> tuple[IndicatorTarget, ...]:
    """Read a file of indicators, CSV or YAML by its ending.

    Returns
    -------
    tuple of IndicatorTarget
        By indicator and date.

    Raises
    ------
    InnosiError, InputFaults
        If it is no such file, or anything in it is wrong: every fault with its line.
    """
    source, kind = str(path), _kind_of(path)
    try:
        text = read_bytes(path, limit=MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InnosiError("is not UTF-8 text", mend="save it as UTF-8", where=source) from None
    rows = _csv_rows(text, source) if kind == "csv" else _yaml_rows(text, source, path.parent)
    found: list[IndicatorTarget] = []
    faults: list[Fault] = []
    for line, cells in rows:
        problems = list(_problems(cells, found))
        faults += [Fault(problem, key=key, line=line) for key, problem in problems]
        if not problems:
            day, number = date.fromisoformat(str(cells["date"])), float(cells["target"])
            found.append(IndicatorTarget(**{**cells, "date": day, "target": number}))
    if faults:
        raise InputFaults(source, faults)
    return tuple(found)


def _kind_of(path: Path) -> str:
    kind = path.suffix.casefold().lstrip(".").replace("yml", "yaml")
    if kind not in ("csv", "yaml"):
        raise InnosiError(
            "is no file of indicators by its name",
            mend="give a name that ends in .csv or .yaml",
            where=str(path),
        )
    return kind


def _is_ours(text: str, kind: str) -> bool:
    begins = text.removeprefix("\ufeff").lstrip()
    return not begins or begins.startswith(_HEADING if kind == "csv" else f"format: {FORMAT}")


def _as_csv(targets: Sequence[IndicatorTarget]) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in targets:
        number = repr(each.target)
        texts = [_defused(getattr(each, name)) if name not in ("date", "target") else "" for name in COLUMNS]
        texts[COLUMNS.index("date")], texts[COLUMNS.index("target")] = each.date.isoformat(), number
        writer.writerow(texts)
    return sheet.getvalue()


def _defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula; one that begins with an apostrophe gets another."""
    return f"'{text}" if text.startswith((*_RISKY, "'")) else text


def _as_yaml(targets: Sequence[IndicatorTarget], title: str) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 10_000
    sheet = io.StringIO()
    rows = [
        {name: getattr(each, name) if name != "date" else each.date.isoformat() for name in COLUMNS}
        for each in targets
    ]
    yaml.dump({"format": FORMAT, "title": title, "targets": rows}, sheet)
    return sheet.getvalue()


def _csv_rows(text: str, source: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if line == 1 and tuple(cells) != COLUMNS:
                raise InputFaults(source, [Fault(f"must be the heading {_HEADING}", line=1)])
            if line > 1 and len(cells) != len(COLUMNS):
                raise InputFaults(source, [Fault(f"has {len(cells)} cells, not {len(COLUMNS)}", line=line)])
            if line > 1:
                yield line, {name: _armed(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputFaults(
            source, [Fault(f"cannot be read ({error}); look at the quotes", line=line)]
        ) from None
    if line == 1:
        raise InputFaults(source, [Fault(f"is empty; it begins with {_HEADING}", line=1)])


def _armed(text: str) -> str:
    return text[1:] if text.startswith("'") else text


def _yaml_rows(text: str, source: str, folder: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    document = parse_document(text, source=source, folder=folder)
    if document.data.get("format") != FORMAT:
        problem = f"found {document.data.get('format')!r}; this version reads {FORMAT}"
        raise InputFaults(source, [Fault(problem, key="format", line=document.line_of(("format",)) or 1)])
    targets = document.data.get("targets")
    for number, row in enumerate(targets if isinstance(targets, list) else [None]):
        key = ("targets", number)
        line = document.line_of(key) or 1
        if not isinstance(row, dict) or tuple(row) != COLUMNS:
            raise InputFaults(source, [Fault(f"must hold {_HEADING}, in this order", dotted(key), line)])
        yield line, row


def _problems(cells: Mapping[str, Any], earlier: Sequence[IndicatorTarget]) -> Iterator[tuple[str, str]]:
    """What is wrong with a row, seen beside those before it."""
    for key in ("indicator", "unit", "direction", "milestone", "source"):
        if not isinstance(cells[key], str) or (not cells[key] and key in ("indicator", "milestone")):
            yield key, f"found {cells[key]!r}; write a text"
    if cells["direction"] not in DIRECTIONS:
        yield "direction", f"found {cells['direction']!r}; write at_least or at_most"
    if not _is_number(cells["target"]):
        yield "target", f"found {cells['target']!r}; write a number with a decimal point"
    day = _day_in(cells["date"])
    if day is None:
        yield "date", f"found {cells['date']!r}; write a day, such as 2031-06-30"
    before = [each for each in earlier if each.indicator == cells["indicator"]]
    if before and (before[-1].unit, before[-1].direction) != (cells["unit"], cells["direction"]):
        yield "unit", f"'{cells['indicator']}' has another unit or direction above"
    if before and day is not None and day <= before[-1].date:
        yield "date", f"{day} is not after {before[-1].date}, the date above of '{cells['indicator']}'"


def _is_number(found: Any) -> bool:
    try:
        return not isinstance(found, bool) and math.isfinite(float(found))
    except (TypeError, ValueError, OverflowError):
        return False


def _day_in(found: Any) -> date | None:
    try:
        return date.fromisoformat(str(found)) if len(str(found)) == 10 else None
    except ValueError:
        return None
