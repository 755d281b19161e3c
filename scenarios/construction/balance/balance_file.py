"""Reading a file of a cross-impact balance: descriptors, judgements, and scenarios that have a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from pydantic import Field, FiniteFloat

from innosi.models.arrays import ArrayLike, IntArray
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.ensembles import Ensemble, Together
from innosi.scenarios.construction.balance.expert_judgements import (
    Judged,
    NamedExpert,
    PanelSection,
    Reading,
)
from innosi.scenarios.construction.balance.impact_balances import impact_balances
from innosi.scenarios.construction.balance.judgements import CellReader, States, written_in_yaml
from innosi.scenarios.construction.balance.possible import exclusions_beside
from innosi.scenarios.construction.balance.unnamed import name_by_numbers, places_by_numbers
from innosi.scenarios.construction.construction_file import (
    ConstructionFile,
    DescriptorSection,
    named_places,
    overrides_of_states,
    states_of,
    title_of,
)
from innosi.scenarios.construction.futures_table.table import Exclusion
from innosi.scenarios.construction.settings import Settings
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Section, validate
from innosi.scenarios.loading.variants import Weight

LARGEST = 1e6
"""A judgement beyond would drown those of one step in the rounding of its sums."""


class ScaleSection(Section):
    """The ends of the scale of judgements."""

    lowest: FiniteFloat = Field(default=-3.0, ge=-LARGEST)
    """The strongest restriction."""
    highest: FiniteFloat = Field(default=3.0, le=LARGEST)
    """The strongest promotion."""


class NamedScenarioSection(Section):
    """A scenario that the workshop gave a name."""

    title: str = ""
    """The scenario in words; by default its name."""
    description: str = ""
    """What the workshop tells of it."""
    states: dict[str, str]
    """Descriptor to state, one of each descriptor."""
    weight: Weight | None = None
    """How much it counts beside the others, for `--weight given`."""


class BalanceFile(ConstructionFile):
    """A cross-impact balance: which states of descriptors promote and restrict each other."""

    method: Literal["cross_impact_balance"]
    """Which method the file is for: `cross_impact_balance`."""
    descriptors: dict[Name, DescriptorSection] = Field(min_length=2)
    """What decides how the future will be: name to its states."""
    judgements: dict[str, Any] | None = None
    """Acting descriptor, descriptor acted on, acting state; then state to number, or a list of numbers."""
    matrix: str | None = None
    """In the place of `judgements`: a CSV or XLSX file with a row and column for each `descriptor=state`, or
    a project of ScenarioWizard (`.scw`)."""
    panel: PanelSection | None = None
    """In the place of `judgements`: what a Delphi panel judged."""
    experts: dict[Name, NamedExpert] = Field(default_factory=dict)
    """Several experts' matrices: name to file, or to a section. They may stand alone or beside the others."""
    experts_together: Together = "mean"
    """How the experts' matrices become one, where the file has no other judgements."""
    sections_left_out: Literal["fault", "no_influence"] = "fault"
    """What it means that nothing is written about how one descriptor acts on another."""
    scale: ScaleSection = ScaleSection()
    """From where to where judgements go: above 0 promotes, below 0 restricts."""
    tolerance: FiniteFloat = Field(default=0.0, ge=0)
    """How much more than its own state another state of a descriptor may be promoted."""
    futures_table: str | None = None
    """A futures table of the same descriptors, seen from this file: beside each scenario stands which of its
    exclusions it falls under."""
    scenarios: dict[Name, NamedScenarioSection] = Field(default_factory=dict)
    """Scenarios that the workshop gave a name: name to title and states."""


@dataclass(frozen=True, slots=True)
class NamedScenario:
    """A scenario that the workshop gave a name.

    Attributes
    ----------
    name, title, description : str
    places : (n_descriptors,) int
        The place of each descriptor's state.
    weight : float, optional
    """

    name: str
    title: str
    description: str
    places: IntArray
    weight: float | None = None


@dataclass(frozen=True, eq=False)
class CrossImpactBalance:
    """A checked file of a cross-impact balance.

    Attributes
    ----------
    title, description : str
    impacts : CrossImpacts
        Descriptors, states, and the judgements.
    descriptors : mapping of name to DescriptorSection
        Their titles, and those of their states, with what these override.
    scale : (float, float)
        The lowest and the highest judgement that may be given.
    tolerance : float
        How inconsistent a scenario may be.
    named : mapping of name to NamedScenario
        Those that the workshop gave a name.
    document : Document
        What it was read from.
    judged : Judged
        Several experts' matrices, and a panel's distributions, where there are such.
    exclusions : tuple of Exclusion
        Those of the futures table that it names.
    """

    title: str
    description: str
    impacts: CrossImpacts
    descriptors: Mapping[str, DescriptorSection]
    scale: tuple[float, float]
    tolerance: float
    named: Mapping[str, NamedScenario]
    document: Document
    judged: Judged = field(default_factory=Judged)
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        n = len(self.descriptors)
        text = (
            f"a sound cross-impact balance, {n} descriptors, {self.impacts.n_combinations:,} combinations,"
            f" {self.n_sections} of {n * (n - 1)} sections with an influence"
        )
        if not self.named:
            return text
        found = impact_balances(self.impacts, np.array([each.places for each in self.named.values()]))
        n_wrong = int((~found.are_consistent(self.tolerance)).sum())
        text += f", {len(self.named)} named scenario{'s' if len(self.named) != 1 else ''}"
        return text + (f" ({n_wrong} of them not consistent)" if n_wrong else "")

    @property
    def n_sections(self) -> int:
        """In how many sections any judgement is other than 0."""
        ends = self.impacts.starts + self.impacts.n_states
        return sum(
            bool(self.impacts.judgements[above:below, left:right].any())
            for above, below in zip(self.impacts.starts, ends, strict=True)
            for left, right in zip(self.impacts.starts, ends, strict=True)
        )

    @property
    def settings(self) -> Settings:
        """What the states set in the scenario file, by `descriptor-state`, and where that stands."""
        return overrides_of_states(self.descriptors)

    @cached_property
    def _names(self) -> dict[tuple[int, ...], str]:
        return {tuple(each.places.tolist()): name for name, each in self.named.items()}

    def name_of(self, scenario: ArrayLike) -> str:
        """Return the name that the workshop gave a scenario, else one of the numbers of its states."""
        places = tuple(np.asarray(scenario).tolist())
        return self._names.get(places) or name_by_numbers(places, self.impacts.n_states.tolist())

    def scenario_called(self, name: str) -> IntArray | None:
        """Return the places of a scenario's states by its name, of either kind; None where there is none."""
        if name in self.named:
            return self.named[name].places
        return places_by_numbers(name, self.impacts.n_states.tolist())

    def title_of(self, descriptor: str, state: str | None = None) -> str:
        """Return a descriptor, or one of its states, in words."""
        section = self.descriptors[descriptor]
        return title_of(descriptor, section) if state is None else title_of(state, section.states[state])


def balance_from(document: Document) -> CrossImpactBalance:
    """Return what a file of a cross-impact balance means.

    Raises
    ------
    InputFaults
        If anything is wrong: every fault with its line and key, or with the line and labels of its matrix.
    """
    file = validate(BalanceFile, document)
    states = states_of(file.descriptors)
    if file.scale.lowest >= file.scale.highest:
        problem = located(document, ("scale",), "lowest must be below highest")
        raise InputFaults(document.source, [problem])  # or every judgement would be beyond it
    named, faults = _named(file, document, states)
    reader = CellReader(file.scale.lowest, file.scale.highest)
    has_gaps = file.sections_left_out == "no_influence"
    impacts, judged = _judged(file, Reading(document, file.descriptors, reader, has_gaps), faults)
    if faults or impacts is None:
        raise InputFaults(document.source, sorted(faults, key=lambda each: (each.source, each.line or 0)))
    return CrossImpactBalance(
        file.title,
        file.description,
        impacts,
        file.descriptors,
        (file.scale.lowest, file.scale.highest),
        file.tolerance,
        named,
        document,
        judged,
        exclusions_beside(file.futures_table, document, states) if file.futures_table else (),
    )


def _judged(file: BalanceFile, reading: Reading, faults: list[Fault]) -> tuple[CrossImpacts | None, Judged]:
    """The judgements, wherever they are written; None with its faults where anything is wrong."""
    document = reading.document
    experts = reading.experts(file.experts, faults)
    said = [key for key in ("judgements", "matrix", "panel") if getattr(file, key) is not None]
    if len(said) > 1:
        faults.append(located(document, (said[1],), f"stands beside `{said[0]}`; keep one of them"))
    elif not said and not file.experts:
        problem = "is missing; write `judgements:`, or `matrix: FILE.csv`, or `experts:`, or `panel:`"
        faults.append(located(document, ("judgements",), problem))
    if len(said) > 1 or (faults and not said):
        return None, Judged()
    if not said:
        return Ensemble(experts).together(file.experts_together), Judged(experts)
    judged = Judged()
    if file.panel is not None:
        written, judged = reading.panel(file.panel, faults)
    elif file.matrix is not None:
        written = reading.read(file.matrix, ("matrix",), faults)
    else:
        written = written_in_yaml(document, states_of(file.descriptors))
    impacts = None if written is None else reading.impacts(written, faults)
    return impacts, replace(judged, experts=(*experts, *judged.experts))


def _named(
    file: BalanceFile, document: Document, states: States
) -> tuple[dict[str, NamedScenario], list[Fault]]:
    """The named scenarios, and what is wrong with them."""
    named: dict[str, NamedScenario] = {}
    chosen = {name: section.states for name, section in file.scenarios.items()}
    known, faults = named_places(chosen, states, document)
    for name, places in known.items():
        section = file.scenarios[name]
        meant = places_by_numbers(name, [len(group) for group in states.values()])
        if meant is not None and tuple(meant.tolist()) != places:
            problem = f"'{name}' is what other states are called by their numbers; take another name"
            faults.append(located(document, ("scenarios", name), problem))
        title = section.title or name.replace("_", " ")
        named[name] = NamedScenario(
            name, title, section.description, np.array(places, dtype=np.int64), section.weight
        )
    return named, faults
