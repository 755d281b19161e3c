"""Reading a file of a futures table: descriptors, what excludes what, and combinations that have a name."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, FiniteFloat, WithJsonSchema

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.construction_file import (
    ConstructionFile,
    DescriptorSection,
    Text,
    named_places,
    states_of,
)
from innosi.scenarios.construction.futures_table.conflicts import Conflict, smallest_conflict
from innosi.scenarios.construction.futures_table.consistency_matrix import (
    HIGHEST_GRADE,
    exclusions_in_matrix,
)
from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField
from innosi.scenarios.construction.futures_table.survivors import (
    MOST_DESCRIPTORS,
    MOST_STATES,
    survivors,
)
from innosi.scenarios.construction.futures_table.table import (
    Exclusion,
    FuturesTable,
    Kind,
    NamedCombination,
    States,
)
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Section, nearest, validate

MOST_CASES_AT_ONCE = 200_000
"""So far survivors are counted when a file is read; the command counts on."""


MOST_TOLD = 6
"""So many members of a conflict are named beside each."""


def _listed(found: Any) -> Any:
    """One state, or a list of some."""
    if isinstance(found, str):
        return [found]
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"must be a state or a list of states, as in [leased, sold]; found {found!r}"[:120])
    return found


Named = Annotated[
    list[str],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""A state, or some of them."""


class ExclusionSection(Section):
    """States that cannot be together."""

    states: dict[str, Named]
    """Two descriptors or more, each with a state or a list of states: excluded is one of each, together."""
    type: Kind
    """They contradict each other, are hardly to be seen together, or are not to be wanted."""
    because: Text
    """Why, for whoever doubts it later."""


class NamedScenarioSection(Section):
    """A combination that the workshop gave a name."""

    title: str = ""
    """The scenario in words; by default its name."""
    description: str = ""
    """What the workshop tells of it."""
    states: dict[str, str]
    """Descriptor to state, one of each descriptor."""


class FuturesTableFile(ConstructionFile):
    """A futures table: descriptors with their states, and which states exclude each other."""

    method: Literal["futures_table"]
    """Which method the file is for: `futures_table`."""
    descriptors: dict[Name, DescriptorSection] = Field(min_length=2)
    """What decides how the future will be: name to its states."""
    exclusions: list[ExclusionSection] = Field(default_factory=list)
    """Which states exclude each other, and why."""
    matrix: str | None = None
    """A cross-consistency matrix too, CSV or XLSX: labels `descriptor=state`, cells empty or L, E or N."""
    cut_off: Annotated[FiniteFloat, Field(ge=1, lt=HIGHEST_GRADE)] | None = None
    """Where cells of the matrix are grades from 1 (never together) to 5: up to which a pair is excluded."""
    weights: dict[Name, Annotated[FiniteFloat, Field(gt=0)]] = Field(default_factory=dict)
    """How much it counts for diversity that two combinations differ in a descriptor; 1 where left out."""
    scenarios: dict[Name, NamedScenarioSection] = Field(default_factory=dict)
    """Combinations that the workshop gave a name: name to title and states."""


def futures_table_from(document: Document) -> FuturesTable:
    """Return what a file of a futures table means.

    Raises
    ------
    InputFaults
        If anything is wrong: every fault with its line and key. Also if the exclusions leave nothing: the
        smallest set of them that does.
    """
    file = validate(FuturesTableFile, document)
    states = states_of(file.descriptors)
    faults = _size_faults(states, document)
    exclusions = _exclusions(file, document, states, faults)
    faults += [
        located(document, ("weights", name), f"is no descriptor{nearest(name, states)}")
        for name in file.weights
        if name not in states
    ]
    named = _named(file, document, states, faults)
    field = MorphologicalField.of(states, [] if faults else [each.states for each in exclusions])
    faults += [fault for each in named.values() for fault in _if_excluded(each, field, exclusions, document)]
    if faults:
        raise InputFaults(document.source, sorted(faults, key=lambda each: (each.source, each.line or 0)))
    left = survivors(field, most_cases=MOST_CASES_AT_ONCE)
    if left.is_complete and not left.n:
        raise InputFaults(document.source, conflict_faults(exclusions, smallest_conflict(field)))
    weights = np.array([file.weights.get(name, 1.0) for name in states])
    return FuturesTable(
        file.title,
        file.description,
        file.descriptors,
        field,
        tuple(exclusions),
        weights,
        named,
        left,
        document.source,
    )


def conflict_faults(
    exclusions: Sequence[Exclusion],
    conflict: Conflict | None,
    fixed: Mapping[str, Sequence[str]] | None = None,
) -> list[Fault]:
    """Return a fault for each exclusion of a set that leaves nothing, which names the others.

    Parameters
    ----------
    fixed : mapping of descriptor to states, optional
        What was fixed, where that may be part of the conflict.
    """
    if conflict is None:
        return []
    if not conflict.is_minimal:
        problem = (
            f"leave no combination: {len(conflict.exclusions)} of the {len(exclusions)} do so together, and"
            " which of these are not needed was not found out in time; drop those with the weakest reasons"
        )
        return [Fault(problem, key="exclusions", line=exclusions[conflict.exclusions[0]].line)]
    members = [exclusions[number] for number in conflict.exclusions]
    given = [f"{name}={' or '.join((fixed or {})[name])} (fixed)" for name in conflict.fixed]
    shown = (
        "no smaller set does" if conflict.is_smallest else "without any one of them, something would be left"
    )
    mend = "narrow one, drop one, or fix less" if given else "narrow one or drop one"
    faults = []
    for number, each in enumerate(members):
        others = _places([*members[:number], *members[number + 1 :]])
        together = f" together with {', '.join([*others, *given])} ({shown})" if others or given else ""
        problem = f"{each.words}: leaves no combination{together}; {mend}"
        faults.append(Fault(problem, key=each.key, line=each.line, source=each.source))
    return faults


def _places(exclusions: Sequence[Exclusion]) -> list[str]:
    """Where exclusions stand; of many, how many they are."""
    if len(exclusions) > MOST_TOLD:
        return [f"{len(exclusions)} others, which are told here too"]
    return [each.place for each in exclusions]


def _size_faults(states: States, document: Document) -> list[Fault]:
    faults = [
        located(
            document,
            ("descriptors", name, "states"),
            f"has {len(group)} states; at most {MOST_STATES} are taken: join some",
        )
        for name, group in states.items()
        if len(group) > MOST_STATES
    ]
    if len(states) > MOST_DESCRIPTORS:
        problem = f"are {len(states)}; at most {MOST_DESCRIPTORS} are taken: leave out what matters least"
        faults.append(located(document, ("descriptors",), problem))
    return faults


def _exclusions(
    file: FuturesTableFile, document: Document, states: States, faults: list[Fault]
) -> list[Exclusion]:
    """Every exclusion, of the list and of the matrix; what is wrong with them is added to the faults."""
    found: list[Exclusion] = []
    for number, section in enumerate(file.exclusions):
        named = {name: tuple(each) for name, each in section.states.items()}
        at: KeyPath = ("exclusions", number)
        wrong = _exclusion_faults(named, states, document, (*at, "states"))
        faults += wrong
        if not wrong:
            line = document.line_of(at)
            found.append(Exclusion(named, section.type, section.because, f"exclusions.{number}", line or 1))
    if file.matrix is not None:
        try:
            more, told = exclusions_in_matrix(
                document.folder / file.matrix, states, source=file.matrix, cut_off=file.cut_off
            )
        except InnosiError as error:
            more, told = [], [located(document, ("matrix",), f"{file.matrix}: {error.message}")]
        found += more
        faults += told
    elif file.cut_off is not None:
        faults.append(located(document, ("cut_off",), "is for a matrix of grades; name it under `matrix`"))
    faults += _repeated(found)
    return found


def _exclusion_faults(
    named: Mapping[str, Sequence[str]], states: States, document: Document, at: KeyPath
) -> list[Fault]:
    faults = []
    for name, group in named.items():
        key = (*at, name)
        if name not in states:
            faults.append(located(document, key, f"is no descriptor{nearest(name, states)}"))
            continue
        faults += [
            located(document, key, f"'{state}' is no state of {name}{nearest(state, states[name])}")
            for state in group
            if state not in states[name]
        ]
        if len(set(group)) < len(group) or not group:
            faults.append(located(document, key, "names a state twice, or none; name each once"))
        elif set(group) == set(states[name]):
            problem = f"names every state of {name}, which says nothing about it; leave it out"
            faults.append(located(document, key, problem))
    if len(named) < 2:
        problem = (
            "names one descriptor; an exclusion is between two or more (leave out a state that can never be)"
        )
        faults.append(located(document, at, problem))
    return faults


def _repeated(exclusions: Sequence[Exclusion]) -> list[Fault]:
    """A fault for each exclusion that was there before."""
    seen: dict[frozenset[tuple[str, frozenset[str]]], Exclusion] = {}
    faults = []
    for each in exclusions:
        what = frozenset((name, frozenset(group)) for name, group in each.states.items())
        first = seen.setdefault(what, each)
        if first is not each:
            problem = f"{each.words} is excluded by {first.place} already; keep one"
            faults.append(Fault(problem, key=each.key, line=each.line, source=each.source))
    return faults


def _named(
    file: FuturesTableFile, document: Document, states: States, faults: list[Fault]
) -> dict[str, NamedCombination]:
    """The combinations that have a name; what is wrong with them is added to the faults."""
    chosen = {name: section.states for name, section in file.scenarios.items()}
    known, wrong = named_places(chosen, states, document)
    faults += wrong
    named = {}
    for name, places in known.items():
        section = file.scenarios[name]
        title = section.title or name.replace("_", " ")
        named[name] = NamedCombination(name, title, section.description, places)
    return named


def _if_excluded(
    named: NamedCombination,
    field: MorphologicalField,
    exclusions: Sequence[Exclusion],
    document: Document,
) -> list[Fault]:
    """A fault for each exclusion that a named combination falls under."""
    return [
        located(
            document,
            ("scenarios", named.name, "states"),
            f"is excluded by {exclusions[number].told}; change it, or the exclusion",
        )
        for number in field.excluding(named.places)
    ]
