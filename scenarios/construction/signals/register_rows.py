"""Signals as rows of tables and as sections of a file, brought to one form, with every fault located."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.construction.signals.register import WITHHELD, FirstSeen, Signal
from innosi.scenarios.construction.signals.register_file import (
    FIRST_SEEN,
    LISTS,
    SIGNAL_KEYS,
    SignalSection,
    TableSection,
)
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.columns import Row, Table, check_columns, read_table

_NAME = re.compile(r"\w[\w.-]{0,59}")
_CALLED_OTHERWISE = (
    "; say what it is called here, such as `columns: {source: bron}`, or name it under `ignore`"
)
EARLIEST, LATEST = 1900, 2100
"""Years in which a signal may have been first seen."""


@dataclass(frozen=True, slots=True)
class Written:
    """A signal as it was written, and where: its file (the empty text for the register's own) and lines."""

    name: str
    section: SignalSection
    source: str
    lines: Mapping[str, int]

    def fault(self, key: str, problem: str) -> Fault:
        """Return a fault at one of its keys."""
        line = self.lines.get(key) or self.lines.get("")
        return Fault(problem, key=f"{self.name}.{key}" if key else self.name, line=line, source=self.source)


def written_in_file(document: Document, signals: Mapping[str, SignalSection]) -> Iterator[Written]:
    """Yield the signals that stand in the register's file."""
    for name, section in signals.items():
        place = ("signals", name)
        lines = {key: line for key in SIGNAL_KEYS if (line := document.line_of((*place, key)))}
        yield Written(name, section, "", lines | {"": document.line_of(place) or 1})


def table_of(
    document: Document, section: TableSection, known: tuple[str, ...], needed: tuple[str, ...]
) -> Table:
    """Return a table that a file names, under our names of its columns.

    Raises
    ------
    InnosiError
        If it cannot be read, or its columns are not those that are known.
    """
    table = read_table(
        document.folder / section.file, named=section.file, sheet=section.sheet, sheet_by="`sheet`"
    )
    plain = {_plain(theirs): ours for ours, theirs in section.columns.items()}
    ignored = {_plain(each) for each in section.ignore}
    absent = [each for each in {*plain, *ignored} if each not in table.columns]
    if absent:
        raise InnosiError(
            f"has no column '{absent[0]}'{nearest(absent[0], table.columns)}", where=section.file
        )
    columns = tuple(plain.get(each, each) for each in table.columns if each not in ignored)
    rows = tuple(
        Row(row.line, {plain.get(key, key): cell for key, cell in row.cells.items() if key not in ignored})
        for row in table.rows
    )
    found = Table(table.source, columns, rows)
    check_columns(found, needed, known, mend=_CALLED_OTHERWISE)
    return found


def _plain(heading: str) -> str:
    return re.sub(r"[\s_]+", "_", heading.strip().casefold())


def written_in_table(table: Table) -> tuple[list[Written], list[Fault]]:
    """Return the signals in the rows of a table, and what is wrong with them."""
    found, faults = [], []
    for row in table.rows:
        name = row.cells["name"]
        if not _NAME.fullmatch(name):
            what = f"found '{name[:60]}'; write letters, digits and . _ - only, 60 at most"
            faults.append(table.fault(row, "name", what if name else "is missing; give the signal a name"))
            continue
        cells = {key: cell for key, cell in row.cells.items() if cell and key != "name"}
        values = {
            key: re.split(LISTS[key], cell.strip(" ;,|")) if key in LISTS else cell
            for key, cell in cells.items()
        }
        try:
            section = SignalSection.model_validate(values)
        except ValidationError as error:
            faults += [
                table.fault(row, f"{name}.{each['loc'][0]}", _said(each["type"], each["msg"]))
                for each in error.errors(include_url=False)
            ]
            continue
        found.append(Written(name, section, table.source, {"": row.line}))
    return found, faults


def _said(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing; fill the cell"
    if kind == "string_pattern_mismatch":
        return "must be an address that begins with https://"
    return message.removeprefix("Value error, ").replace("Input should be", "must be")


def checked(written: list[Written], categories: tuple[str, ...], source: str) -> dict[str, Signal]:
    """Return signals by name.

    Raises
    ------
    InputFaults
        Naming all that is wrong with them.
    """
    faults: list[Fault] = []
    found: dict[str, Signal] = {}
    firsts: dict[str, Written] = {}
    for each in written:
        first = firsts.setdefault(each.name, each)
        if first is not each:
            place = f"{first.source} line {first.lines['']}".strip()
            faults.append(each.fault("", f"stands twice (first on {place}); rename one"))
            continue
        problems = list(_problems(each.section, categories))
        faults += [each.fault(key, problem) for key, problem in problems]
        if not problems:
            found[each.name] = _signal(each.name, each.section, categories)
    if faults:
        raise InputFaults(source, faults)
    return found


def _problems(section: SignalSection, categories: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if _category(section, categories) is None:
        yield (
            "category",
            f"found '{section.category}', which the scheme has not{nearest(section.category, categories)}",
        )
    if section.evidence and section.evidence.casefold() not in set(EvidenceGrade):
        grades = [str(each) for each in EvidenceGrade]
        yield "evidence", f"found '{section.evidence}'{nearest(section.evidence, grades)}"
    if section.first_seen and _first_seen(section.first_seen) is None:
        yield (
            "first_seen",
            f"found '{section.first_seen}'; write a year, month or day of {EARLIEST} to {LATEST} that there"
            " is, such as 2016, 2016-04 or 2016-04-15",
        )
    if section.kind != "story":
        told = {"quotes": section.quotes, "consent": section.consent, "reporter": section.reporter}
        for key in (key for key, value in told.items() if value):
            yield key, "belongs to a story; add `kind: story`, or take it away"
    elif "@" in section.reporter:
        yield "reporter", "looks like an address; give a pseudonym"


def _category(section: SignalSection, categories: tuple[str, ...]) -> str | None:
    known = {each.casefold(): each for each in categories}
    return known.get(section.category.casefold())


def _first_seen(text: str) -> FirstSeen | None:
    match = FIRST_SEEN.fullmatch(text.strip())
    if match is None or not EARLIEST <= int(match["year"]) <= LATEST:
        return None
    year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and not 1 <= day <= monthrange(year or 0, month or 0)[1]:
        return None
    return FirstSeen(year or 0, month, day)


def _signal(name: str, section: SignalSection, categories: tuple[str, ...]) -> Signal:
    category = _category(section, categories) or ""
    seen = _first_seen(section.first_seen) if section.first_seen else None
    evidence = EvidenceGrade(section.evidence.casefold()) if section.evidence else None
    about = {"country": section.country.strip(), "evidence": evidence, "first_seen": seen}
    sorted_into = {"theme": section.theme.strip(), "driver": section.driver.strip(), "kind": section.kind}
    if section.kind == "story" and not section.consent:
        return Signal(name, WITHHELD, category, **about, **sorted_into, is_shown=False)  # type: ignore[arg-type]
    texts = {key: getattr(section, key).strip() for key in ("what", "source", "url", "reporter")}
    lists = {"tags": tuple(dict.fromkeys(section.tags)), "quotes": tuple(section.quotes)}
    return Signal(name, section.title, category, **about, **sorted_into, **texts, **lists)  # type: ignore[arg-type]
