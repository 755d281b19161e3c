"""The file of a structural analysis: variables, which influences which (MICMAC), what leads to what (ISM)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from innosi.models.arrays import FloatArray
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.construction_file import ConstructionFile, State
from innosi.scenarios.construction.structure.interpretive import BoolArray, Hierarchy, hierarchy
from innosi.scenarios.construction.structure.matrices import (
    POTENTIAL,
    Cells,
    Matrix,
    Titles,
    cells_at,
    in_order,
    square_of_levels,
    tell_missing,
)
from innosi.scenarios.construction.structure.micmac import Behaviour, Indirect, Standing, direct, indirect
from innosi.scenarios.construction.structure.panel import (
    Disagreement,
    Influences,
    aggregate,
    as_written,
    disagreements,
)
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Section, validate

STRENGTHS = (0, 1, 2, 3, POTENTIAL)
LETTERS = {"V": (True, False), "A": (False, True), "X": (True, True), "O": (False, False)}
"""What each letter of a self-interaction matrix says: that the row leads to the column, and the other way."""
MAP_WORDS: Mapping[str, str] = {
    "direct": "direct influences (MDI)",
    "indirect": "indirect influences (MII)",
    "potential_direct": "potential direct influences (MPDI)",
    "potential_indirect": "potential indirect influences (MPII)",
}
"""The four maps of a structural analysis, in words."""


class TitledSection(Section):
    """A section that may be written as its title alone, or left empty."""

    @model_validator(mode="before")
    @classmethod
    def _from_title(cls, found: Any) -> Any:
        if found is None:
            return {}
        return {"title": found} if isinstance(found, str) else found


class VariableSection(TitledSection):
    """Something that plays a part in the system."""

    title: str = ""
    """The variable in words; by default its name."""
    description: str = ""
    """What it stands for, how it has moved, and what may change it."""
    kind: Literal["internal", "external"] | None = None
    """Whether it belongs to the system or to what surrounds it."""
    states: dict[Name, State] = Field(default_factory=dict)
    """What may become of it, for the futures table that `--to` writes: name to title, or to a section."""


class StructureFile(ConstructionFile):
    """A structural analysis."""

    method: Literal["structural_analysis"]
    """Which method the file is for."""
    scenario_file: str | None = None
    """The scenario file whose numbers overrides of states change; the futures table gets it too."""
    variables: dict[Name, VariableSection] = Field(min_length=2)
    """What plays a part: name to title, or to a section."""
    influences: Matrix | None = None
    """How strongly each variable influences each other directly: 0 none, 1 weak, 2 medium, 3 strong, P none now but potentially strong. For each variable a list in the order of `variables` (its own cell 0), or a map; or the name of a table (CSV, XLSX) with names or titles in its first row and column."""  # noqa: E501 - it is the schema's text
    participants: dict[Name, Matrix] | None = Field(default=None, min_length=1)
    """In the place of `influences`: each participant's own matrix, written in the same way."""
    aggregation: Literal["median", "mode"] = "median"
    """How one matrix is made of the participants': by the median of each cell, or by its most frequent answer (of equally many, the smallest)."""  # noqa: E501
    power: int | None = Field(default=None, ge=2, le=1000)
    """Which power of the matrix is taken for indirect influences; by default the first at which the ranking has settled."""  # noqa: E501
    relations: Matrix | None = None
    """For the hierarchy (ISM): what leads to what. Either letters, each pair of variables once: V the row leads to the column, A the other way, X both, O neither, as a list of the variables after the row's own; or 1 and 0 for all cells. Or the name of a table."""  # noqa: E501
    relations_from: int | None = Field(default=None, ge=1, le=3)
    """In the place of `relations`: an influence of this strength or more leads somewhere."""


@dataclass(frozen=True, eq=False)
class StructuralAnalysis:
    """A checked structural analysis.

    Attributes
    ----------
    title : str
    variables : mapping of name to section
    influences : Influences, optional
        The group's; None where only relations are given.
    participants : mapping of name to Influences
        Empty where there is one matrix.
    aggregation : str
    power : int, optional
    relations : (n, n) bool, optional
        What leads to what; None where nothing was said of it.
    """

    title: str
    variables: Mapping[str, VariableSection]
    influences: Influences | None
    participants: Mapping[str, Influences] = field(default_factory=dict)
    aggregation: str = "median"
    power: int | None = None
    relations: BoolArray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The variables' names, in the order of the matrices."""
        return tuple(self.variables)

    @property
    def titles(self) -> tuple[str, ...]:
        """The variables in words."""
        return tuple(_titles(self.variables).values())

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        parts = [f"{len(self.variables)} variables"]
        if self.influences is not None:
            parts.append(f"{np.count_nonzero(self.influences.potential)} influences")
        if self.participants:
            parts.append(f"{len(self.participants)} participants")
        if self.relations is not None:
            parts.append(f"{np.count_nonzero(self.relations)} relations")
        return f"a sound structural analysis, {', '.join(parts)}"

    @cached_property
    def indirect(self) -> Indirect | None:
        """Influences through others."""
        return indirect(self.influences.present, power=self.power) if self.influences else None

    @cached_property
    def potential_indirect(self) -> Indirect | None:
        """Influences through others, with those that may come; None where nothing is potential."""
        if self.influences is None or not self.influences.has_potential:
            return None
        return indirect(self.influences.potential, power=self.power)

    @cached_property
    def maps(self) -> Mapping[str, Standing]:
        """How the variables stand, by the names of `MAP_WORDS`; what cannot be ranked is not there."""
        found: dict[str, Standing | None] = {}
        if self.influences is not None:
            found["direct"] = direct(self.influences.present)
        found["indirect"] = self.indirect.standing if self.indirect else None
        if self.potential_indirect is not None and self.influences is not None:
            found["potential_direct"] = direct(self.influences.potential)
            found["potential_indirect"] = self.potential_indirect.standing
        return {name: each for name, each in found.items() if each is not None}

    @property
    def last_map(self) -> Standing | None:
        """By which key variables are chosen: the indirect map where its ranking settles, else the direct."""
        settles = self.indirect is not None and self.indirect.behaviour is Behaviour.SETTLES
        return self.maps.get("indirect" if settles else "direct")

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """On what the participants differ."""
        if self.influences is None or not self.participants:
            return ()
        return disagreements(list(self.participants.values()), self.influences)

    @cached_property
    def hierarchy(self) -> Hierarchy | None:
        """The levels that the relations make (ISM)."""
        return None if self.relations is None else hierarchy(self.relations)


def structural_analysis_from(document: Document) -> StructuralAnalysis:
    """Return what the file of a structural analysis means.

    Raises
    ------
    InputFaults
        If a key or a cell is wrong or missing: every fault with its line.
    """
    section = validate(StructureFile, document)
    faults = _choices(section, document)
    titles = _titles(section.variables)
    faults += same_titles(titles, document)
    matrices = {name: _influences(document, at, titles, faults) for name, at in _places(section).items()}
    relations = _relations(document, titles, faults) if section.relations is not None else None
    if faults:
        raise InputFaults(document.source, in_order(faults))
    group = None
    participants = matrices if section.participants is not None else {}
    if matrices:
        group = aggregate(list(matrices.values()), section.aggregation) if participants else matrices[""]
    if section.relations_from is not None and group is not None:
        relations = group.present >= section.relations_from
    return StructuralAnalysis(
        section.title, section.variables, group, participants, section.aggregation, section.power, relations
    )


def _titles(variables: Mapping[str, VariableSection]) -> dict[str, str]:
    return {name: each.title or name.replace("_", " ") for name, each in variables.items()}


def _places(section: StructureFile) -> dict[str, KeyPath]:
    """Where each matrix of influences stands, by participant; by no name if there is only one."""
    places: dict[str, KeyPath] = {name: ("participants", name) for name in section.participants or {}}
    return places or ({"": ("influences",)} if section.influences is not None else {})


def _choices(section: StructureFile, document: Document) -> list[Fault]:
    """Faults of keys that exclude or need each other."""
    has = {key: getattr(section, key) is not None for key in StructureFile.model_fields}
    faults = []
    if has["influences"] and has["participants"]:
        faults.append((("participants",), "stands beside `influences`; keep one of them"))
    if has["relations"] and has["relations_from"]:
        faults.append((("relations_from",), "stands beside `relations`; keep one of them"))
    has_matrix = has["influences"] or has["participants"]
    if has["relations_from"] and not has_matrix:
        faults.append((("relations_from",), "needs `influences`, or participants' own"))
    if not has_matrix and not has["relations"]:
        faults.append((("influences",), "is missing; give `influences`, `participants` or `relations`"))
    return [located(document, key, problem) for key, problem in faults]


def same_titles(titles: Titles, document: Document, at: str = "variables") -> list[Fault]:
    """Return faults of what has the title of another one, of the sections at a key."""
    known: dict[str, str] = {}
    faults = []
    for name, title in titles.items():
        first = known.setdefault(title.strip().casefold(), name)
        if first != name:
            problem = f"has the title of '{first}', '{title}'; call one of them otherwise"
            faults.append(located(document, (at, name), problem))
    return faults


def _influences(document: Document, at: KeyPath, titles: Titles, faults: list[Fault]) -> Influences:
    cells = cells_at(document, at, titles, titles)
    found = as_written(square_of_levels(document, cells, titles, STRENGTHS))
    faults += cells.faults
    return found


def _relations(document: Document, titles: Titles, faults: list[Fault]) -> BoolArray:
    """What leads to what, from letters or from 1 and 0."""
    at: KeyPath = ("relations",)
    cells = cells_at(document, at, titles, titles)
    if not _has_letters(document, cells):
        levels: FloatArray = square_of_levels(document, cells, titles, (0, 1))
        faults += cells.faults
        return levels > 0
    half = cells_at(document, at, titles, titles, half=True)
    found = _by_letters(document, half, titles)
    faults += half.faults
    return found


def _has_letters(document: Document, cells: Cells) -> bool:
    written: Any = document.data["relations"]
    rows = written.values() if isinstance(written, dict) else [list(cells.values.values())]
    values = [cell for row in rows for cell in (row.values() if isinstance(row, dict) else row or ())]
    return any(isinstance(cell, str) and cell.strip().upper() in LETTERS for cell in values)


def _by_letters(document: Document, cells: Cells, titles: Titles) -> BoolArray:
    """What the letters of a self-interaction matrix say; each pair is said once, either way round."""
    names = list(titles)
    found = np.zeros((len(names), len(names)), dtype=bool)
    for i, row in enumerate(names):
        missing = []
        for j, column in enumerate(names[i + 1 :], start=i + 1):
            said = [pair for pair in ((row, column), (column, row)) if _is_said(cells, pair)]
            if not said:
                missing.append(column)
            for pair in said[1:]:
                problem = f"{row} and {column} stand twice; say each pair once, in the row of the first"
                cells.faults.append(cells.place_of(*pair).fault(document, problem))
            for pair in said[:1]:
                letter = str(cells.values[pair]).strip().upper()
                if letter not in LETTERS:
                    problem = f"{pair[0]} → {pair[1]}: found {cells.values[pair]!r}; write V, A, X or O"
                    cells.faults.append(cells.place_of(*pair).fault(document, problem))
                    continue
                onwards, back = LETTERS[letter] if pair == (row, column) else LETTERS[letter][::-1]
                found[i, j], found[j, i] = onwards, back
        tell_missing(document, cells, row, missing, nothing="O")
    return found


def _is_said(cells: Cells, pair: tuple[str, str]) -> bool:
    return cells.values.get(pair) is not None
