"""The file of an analysis of actors (MACTOR): who can act on whom, and who wants what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from pydantic import Field

from innosi.models.errors import InputFaults
from innosi.scenarios.construction.construction_file import ConstructionFile, State, StateSection
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.structure.coalitions import LOST, WON, Coalition, coalitions
from innosi.scenarios.construction.structure.mactor import Mactor
from innosi.scenarios.construction.structure.matrices import (
    Matrix,
    cells_at,
    in_order,
    levels,
    square_of_levels,
)
from innosi.scenarios.construction.structure.structure_file import TitledSection, same_titles
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.validation import Name, validate

STRENGTHS = tuple(range(5))
POSITIONS = tuple(range(-4, 5))


class ActorSection(TitledSection):
    """Someone who can move something here: a group, an office, a firm."""

    title: str = ""
    """The actor in words; by default its name."""
    description: str = ""
    """Its aims, its means, and what binds it."""


class ObjectiveSection(TitledSection):
    """Something that some actors want, and others perhaps do not."""

    title: str = ""
    """The objective in words; by default its name."""
    description: str = ""
    """What would be the case if it were reached."""
    won: State = Field(default_factory=StateSection)
    """What it means for the numbers if those who want it prevail: a title, or a section with `overrides`."""
    lost: State = Field(default_factory=StateSection)
    """What it means for the numbers if those who reject it prevail."""


class ActorsFile(ConstructionFile):
    """An analysis of actors."""

    method: Literal["actors"]
    """Which method the file is for."""
    actors: dict[Name, ActorSection] = Field(min_length=2)
    """Who plays a part: name to title, or to a section."""
    objectives: dict[Name, ObjectiveSection] = Field(min_length=1)
    """What is at stake: name to title, or to a section."""
    influences: Matrix
    """How far each actor can act on each other directly (MDI): 0 not at all, 1 on its ways of working, 2 on its projects, 3 on its mission, 4 on its existence. For each actor a list in the order of `actors` (its own cell 0), or a map; or the name of a table (CSV, XLSX) with names or titles in its first row and column."""  # noqa: E501 - it is the schema's text
    positions: Matrix
    """What each actor wants (2MAO): 0 indifferent, 1 to 4 for an objective, −1 to −4 against it, by what it is to the actor (1 ways of working, 2 projects, 3 mission, 4 existence). For each actor a list in the order of `objectives`, or a map; or the name of a table."""  # noqa: E501


@dataclass(frozen=True, eq=False)
class ActorsAnalysis:
    """A checked analysis of actors.

    Attributes
    ----------
    title : str
    actors, objectives : mapping of name to section
    mactor : Mactor
    """

    title: str
    actors: Mapping[str, ActorSection]
    objectives: Mapping[str, ObjectiveSection]
    mactor: Mactor

    @property
    def actor_titles(self) -> tuple[str, ...]:
        """The actors in words."""
        return tuple(_titles(self.actors).values())

    @property
    def objective_titles(self) -> tuple[str, ...]:
        """The objectives in words."""
        return tuple(_titles(self.objectives).values())

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        n = int(np.count_nonzero(self.mactor.positions))
        parts = f"{len(self.actors)} actors, {len(self.objectives)} objectives, {n} positions"
        return f"a sound analysis of actors, {parts}"

    @cached_property
    def coalitions(self) -> tuple[Coalition, ...]:
        """Who could go together."""
        return coalitions(self.mactor)

    @property
    def scenarios(self) -> tuple[ConstructedScenario, ...]:
        """For each coalition that wants anything, the future in which it prevails.

        Each objective that its members want, weighted by their force, is won, each that they reject is lost,
        and where they cancel out the base stays. No weights: how forceful a coalition is says nothing of how
        probable it is.
        """
        return tuple(self._prevailing(each) for each in self.coalitions if any(each.outcomes))

    @property
    def settings(self) -> dict[str, tuple[Mapping[str, Any], KeyPath]]:
        """What each outcome of an objective sets, and where that stands, by `objective-won` and `-lost`."""
        return {
            f"{name}-{outcome}": (section.overrides, ("objectives", name, outcome, "overrides"))
            for name, each in self.objectives.items()
            for outcome, section in ((WON, each.won), (LOST, each.lost))
            if section.overrides
        }

    def members(self, coalition: Coalition) -> str:
        """Return the titles of a coalition's actors, the most forceful first."""
        return ", ".join(self.actor_titles[each] for each in coalition.members)

    def outcomes(self, coalition: Coalition, outcome: str) -> tuple[str, ...]:
        """Return the names of the objectives that are won, or lost, if a coalition prevails."""
        return tuple(
            name for name, each in zip(self.objectives, coalition.outcomes, strict=True) if each == outcome
        )

    def _prevailing(self, coalition: Coalition) -> ConstructedScenario:
        leader = list(self.actors)[coalition.members[0]]
        verb = "prevails" if len(coalition.members) == 1 else "prevail"
        told = [
            f"{outcome}: {', '.join(self._said(name, outcome) for name in names)}"
            for outcome in (WON, LOST)
            if (names := self.outcomes(coalition, outcome))
        ]
        settings = [
            f"{name}-{outcome}" for outcome in (WON, LOST) for name in self.outcomes(coalition, outcome)
        ]
        title = f"{self.members(coalition)} {verb}"
        return ConstructedScenario(f"{leader}_prevails", title, tuple(settings), "; ".join(told))

    def _said(self, name: str, outcome: str) -> str:
        section = self.objectives[name]
        return (section.won if outcome == WON else section.lost).title or _titles(self.objectives)[name]


def actors_from(document: Document) -> ActorsAnalysis:
    """Return what the file of an analysis of actors means.

    Raises
    ------
    InputFaults
        If a key or a cell is wrong or missing: every fault with its line.
    """
    section = validate(ActorsFile, document)
    actors, objectives = _titles(section.actors), _titles(section.objectives)
    faults = same_titles(actors, document, "actors") + same_titles(objectives, document, "objectives")
    cells = cells_at(document, ("influences",), actors, actors)
    direct = square_of_levels(document, cells, actors, STRENGTHS)
    faults += cells.faults
    cells = cells_at(document, ("positions",), actors, objectives)
    positions = levels(document, cells, actors, objectives, POSITIONS)
    faults += cells.faults
    if faults:
        raise InputFaults(document.source, in_order(faults))
    return ActorsAnalysis(section.title, section.actors, section.objectives, Mactor(direct, positions))


def _titles(sections: Mapping[str, ActorSection] | Mapping[str, ObjectiveSection]) -> dict[str, str]:
    return {name: each.title or name.replace("_", " ") for name, each in sections.items()}
