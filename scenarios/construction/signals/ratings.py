"""A panel's ratings of drivers: from the file itself, a table of ratings, or the data of a Delphi study."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.signals.drivers import Ratings
from innosi.scenarios.construction.signals.drivers_file import DriversFile
from innosi.scenarios.construction.signals.register_file import TableSection
from innosi.scenarios.construction.signals.register_rows import table_of
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import at_key, located
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.columns import Row, Table, number_in

RATING_COLUMNS = ("panellist", "driver", "impact", "uncertainty")
STUDY_COLUMNS = ("round", "code", "group", "question", "part", "value", "text", "reason")
"""Of `answers.csv`, as the data of a Delphi study are written for others."""
PARTS = ("impact", "uncertainty")
_NO_ANSWER = frozenset({"", "na", "n/a", "–", "-", "don't know", "don’t know"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A rating as it was written: whose, of which driver, on which scale (0 impact, 1 uncertainty)."""

    panellist: str
    driver: str
    scale: int
    value: float
    fault: Fault
    """What is said where it is off its scale."""


def ratings_of(document: Document, section: DriversFile) -> Ratings | None:
    """Return the ratings that a file of drivers holds or names; None where nobody has rated.

    Raises
    ------
    InputFaults
        Naming every rating that cannot be used.
    """
    if section.ratings and section.rating_table:
        problem = "stands beside `ratings`; keep one of them"
        raise InputFaults(document.source, [located(document, ("rating_table",), problem)])
    if section.rating_round is not None and section.rating_table is None:
        problem = "is for a `rating_table` of a Delphi study; take it away"
        raise InputFaults(document.source, [located(document, ("rating_round",), problem)])
    if section.rating_table:
        cells, origin = _from_table(document, section, section.rating_table), section.rating_table.file
    elif section.ratings:
        cells, origin = _from_file(document, section), document.source
    else:
        return None
    return _as_ratings(document, section, cells, origin)


def _from_file(document: Document, section: DriversFile) -> list[Cell]:
    faults, found = [], []
    for panellist, rated in section.ratings.items():
        for driver, pair in rated.items():
            key = ("ratings", panellist, driver)
            if driver not in section.drivers:
                problem = f"'{driver}' is no driver of this file{nearest(driver, section.drivers)}"
                faults.append(located(document, key, problem))
            for scale, value in enumerate(pair):
                if value is not None:
                    fault = located(document, (*key, scale), _off_scale(section, scale, value))
                    found.append(Cell(panellist, driver, scale, value, fault))
    if faults:
        raise InputFaults(document.source, faults)
    return found


def _from_table(document: Document, section: DriversFile, named: TableSection) -> list[Cell]:
    if named.file.casefold().endswith(".json"):
        problem = (
            f"{named.file} holds answers apart from who gave them; name the answers.csv that"
            " `innosi delphi data` writes"
        )
        raise InputFaults(document.source, [located(document, ("rating_table",), problem)])
    known = tuple(dict.fromkeys((*RATING_COLUMNS, *STUDY_COLUMNS)))
    table = at_key(document, ("rating_table",), table_of, document, named, known, ())
    is_study = {"code", "question", "part", "value"} <= set(table.columns)
    missing = [] if is_study else [each for each in RATING_COLUMNS if each not in table.columns]
    if missing:
        problem = (
            f"{named.file} has no column '{missing[0]}'; it needs {', '.join(RATING_COLUMNS)}, or be the"
            " answers.csv of `innosi delphi data`"
        )
        raise InputFaults(document.source, [located(document, ("rating_table",), problem)])
    if section.rating_round is not None and not is_study:
        problem = "is for the answers.csv of `innosi delphi data`; take it away"
        raise InputFaults(document.source, [located(document, ("rating_round",), problem)])
    reading = _Reading(table, section)
    cells = list(reading.of_study() if is_study else reading.of_rows())
    if reading.faults:
        raise InputFaults(document.source, reading.faults)
    return cells


@dataclass
class _Reading:
    """Reads the ratings in a table, and gathers what is wrong."""

    table: Table
    section: DriversFile
    faults: list[Fault] = field(default_factory=list)

    def of_rows(self) -> Iterator[Cell]:
        """Yield the ratings of a table with a row for each panellist and driver."""
        lines: dict[tuple[str, str], int] = {}
        drivers = self.section.drivers
        for row in self.table.rows:
            panellist, driver = row.cells["panellist"], row.cells["driver"]
            if not panellist:
                self._refuse(row, "panellist", "is missing; say who rated, by a pseudonym")
            elif driver not in drivers:
                what = f"found '{driver}', which is no driver of the file{nearest(driver, drivers)}"
                self._refuse(row, "driver", what)
            elif (first := lines.setdefault((panellist, driver), row.line)) != row.line:
                self._refuse(row, "driver", f"{panellist} has rated it on line {first} already; keep one")
            else:
                for scale, part in enumerate(PARTS):
                    yield from self._cell(row, part, (panellist, driver, scale))

    def of_study(self) -> Iterator[Cell]:
        """Yield the ratings in a study's answers; its other questions are left out."""
        drivers, wanted = self.section.drivers, self.section.rating_round
        rows = [
            row for row in self.table.rows if row.cells["question"] in drivers and row.cells["part"] in PARTS
        ]
        rounds = sorted({_round_of(row) for row in rows})
        if wanted is not None and wanted not in rounds:
            there = ", ".join(f"{each:g}" for each in rounds) or "none"
            what = f"has no ratings of round {wanted}; it has those of round {there}"
            self.faults.append(Fault(what, "round", 1, self.table.source))
            return
        last: dict[tuple[str, str, int], Row] = {}
        for row in sorted(rows, key=_round_of):
            if wanted in (None, _round_of(row)):
                place = (row.cells["code"], row.cells["question"], PARTS.index(row.cells["part"]))
                last[place] = row
        for place, row in last.items():
            yield from self._cell(row, "value", place)

    def _cell(self, row: Row, column: str, place: tuple[str, str, int]) -> Iterator[Cell]:
        text = row.cells[column]
        if text.casefold() in _NO_ANSWER:
            return
        value = number_in(text)
        if value is None:
            self._refuse(row, column, f"found '{text[:40]}'; write a number, or nothing")
        else:
            fault = self.table.fault(row, column, _off_scale(self.section, place[2], value))
            yield Cell(*place, value, fault)

    def _refuse(self, row: Row, column: str, problem: str) -> None:
        self.faults.append(self.table.fault(row, column, problem))


def _round_of(row: Row) -> float:
    return number_in(row.cells.get("round", "")) or 1.0


def _off_scale(section: DriversFile, scale: int, value: float) -> str:
    low, high = _ends(section)[PARTS[scale]]
    return f"found {value:g}; {PARTS[scale]} goes from {low} to {high}"


def _ends(section: DriversFile) -> Mapping[str, tuple[int, int]]:
    each = {"impact": section.scales.impact, "uncertainty": section.scales.uncertainty}
    return {name: (scale.low, scale.high) for name, scale in each.items()}


def _as_ratings(document: Document, section: DriversFile, cells: Iterable[Cell], origin: str) -> Ratings:
    cells, ends = list(cells), _ends(section)
    off = [each.fault for each in cells if not _lies_within(each.value, ends[PARTS[each.scale]])]
    rated = {(each.driver, each.scale) for each in cells}
    bare = [name for name in section.drivers if not {(name, 0), (name, 1)} <= rated]
    off += [
        located(document, ("drivers", name), f"was not rated by anybody in {origin}; let the panel rate it")
        for name in bare
    ]
    if off:
        raise InputFaults(document.source, off)
    who = tuple(dict.fromkeys(each.panellist for each in cells))
    names = list(section.drivers)
    values = np.full((len(who), len(names), 2), np.nan)
    places = {name: i for i, name in enumerate(who)}
    for each in cells:
        values[places[each.panellist], names.index(each.driver), each.scale] = each.value
    return Ratings(who, values, origin)


def _lies_within(value: float, ends: tuple[int, int]) -> bool:
    return ends[0] <= value <= ends[1]
