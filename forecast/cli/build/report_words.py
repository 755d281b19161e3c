"""Titles in the place of names, in tables for people who have not seen the files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from innosi.forecast.cli.output import Table

Titles = Mapping[str, str]


def in_words(table: Table, data: Mapping[str, Any]) -> Table:
    """Return a table with the titles that a file's data give: of descriptors, of their states, of scenarios.

    A column that is named like a descriptor holds its states; one of scenarios is the first.
    """
    descriptors = _sections(data.get("descriptors"))
    states = {name: _titles(each.get("states")) for name, each in descriptors.items()}
    if not states.keys() & set(table.columns):
        return table
    named = _titles(data.get("scenarios"))
    worded = [named if place == 0 else states.get(column, {}) for place, column in enumerate(table.columns)]
    rows = [
        tuple(titles.get(str(cell), cell) for titles, cell in zip(worded, row, strict=True))
        for row in table.rows
    ]
    headings = _titles(data.get("descriptors"))
    return replace(table, columns=tuple(headings.get(each, each) for each in table.columns), rows=rows)


def _sections(found: Any) -> dict[str, Mapping[str, Any]]:
    """Return the sections of a mapping by name; what is written in short has none."""
    named = found.items() if isinstance(found, Mapping) else ()
    return {str(name): each for name, each in named if isinstance(each, Mapping)}


def _titles(found: Any) -> dict[str, str]:
    """Return the titles that a mapping gives to its names, in a section or as a bare text."""
    titles = {name: str(each.get("title") or "") for name, each in _sections(found).items()}
    named = found.items() if isinstance(found, Mapping) else ()
    titles |= {str(name): each for name, each in named if isinstance(each, str)}
    return {name: title for name, title in titles.items() if title}
