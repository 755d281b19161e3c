"""Names of ScenarioWizard's projects and ours: ours are identifiers, theirs are free texts."""

import re
from collections.abc import Iterable, Sequence

from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.balance.judgements import Pair, Place, States, Written
from innosi.scenarios.construction.balance.scenario_wizard import ProjectDescriptor, ScenarioWizardProject
from innosi.scenarios.construction.construction_file import Descriptors, title_of
from innosi.scenarios.construction.identifiers import identifier_of, unlike
from innosi.scenarios.loading.validation import nearest

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def identifiers(titles: Iterable[str], *, shorts: Sequence[str] = ()) -> tuple[str, ...]:
    """Return a name of ours for each title, all different.

    Parameters
    ----------
    shorts : sequence of str, optional
        Short names; where all of them are identifiers, and different, they are the names.

    Examples
    --------
    >>> identifiers(["Municipal funding", "2nd thoughts", "Municipal  funding!"])
    ('municipal_funding', 'x2nd_thoughts', 'municipal_funding_2')
    """
    if shorts and all(map(_IDENTIFIER.fullmatch, shorts)) and len(set(shorts)) == len(shorts):
        return tuple(shorts)
    names: list[str] = []
    for title in titles:
        name = title if _IDENTIFIER.fullmatch(title) else identifier_of(title, before="x")
        names.append(unlike(name, names))
    return tuple(names)


def written_in_project(project: ScenarioWizardProject, descriptors: Descriptors, *, source: str) -> Written:
    """Return the judgements of a project whose descriptors and states are those of a file.

    They are known by name, short name, or the name that `identifiers` makes; they may stand in any order.

    Raises
    ------
    InputFaults
        If the project lacks a descriptor or a state, or has another.
    """
    theirs, faults = _matched(project, descriptors)
    if faults:
        raise InputFaults(source, [Fault(each, source=source) for each in faults])
    rows = {pair: row for row, pair in enumerate(theirs)}
    cells = {
        (acting, acted_on): int(project.judgements[row, column])
        for acting, row in rows.items()
        for acted_on, column in rows.items()
    }

    def place_of(acting: Pair, acted_on: Pair) -> Place:
        key = f"{'='.join(acting)}, {'='.join(acted_on)}"
        return Place(key, project.lines.get(rows[acting]), source)

    def section_of(actor: str, target: str) -> Place:
        first = min(row for (name, _), row in rows.items() if name == actor)
        return Place(f"{actor}, {target}", project.lines.get(first), source)

    return Written(cells, place_of, section_of, [])


def _matched(project: ScenarioWizardProject, descriptors: Descriptors) -> tuple[list[Pair], list[str]]:
    """Our name of each row of the project's matrix, and what cannot be matched."""
    faults: list[str] = []
    pairs: list[Pair] = []
    ours = {name: _words(name, title_of(name, each)) for name, each in descriptors.items()}
    for theirs, name in _known(project.descriptors, ours, "descriptor", faults):
        if name is None:
            continue
        states = descriptors[name].states
        known = {state: _words(state, title_of(state, each)) for state, each in states.items()}
        what = f"state of {name}"
        pairs += [(name, state) for _, state in _known(_states(theirs), known, what, faults) if state]
    return pairs, faults


def _words(name: str, title: str) -> set[str]:
    return {name.casefold(), title.casefold()}


def _states(descriptor: ProjectDescriptor) -> list[ProjectDescriptor]:
    """The states of a descriptor, with their names and short names."""
    shorts = descriptor.short_states
    return [ProjectDescriptor(name, (), short) for name, short in zip(descriptor.states, shorts, strict=True)]


def _known(
    theirs: Sequence[ProjectDescriptor], ours: dict[str, set[str]], what: str, faults: list[str]
) -> list[tuple[ProjectDescriptor, str | None]]:
    """Each of theirs with our name for it, once; a fault for each that has none, on either side."""
    made = identifiers([each.name for each in theirs])
    found: list[tuple[ProjectDescriptor, str | None]] = []
    taken: set[str] = set()
    for each, identifier in zip(theirs, made, strict=True):
        called = {word.casefold() for word in (each.name, each.short, identifier) if word}
        match = next((name for name, words in ours.items() if words & called and name not in taken), None)
        if match is None:
            faults.append(f"'{each.name}' is no {what} of the file{nearest(identifier, ours)}")
        else:
            taken.add(match)
        found.append((each, match))
    faults += [f"the {what} '{name}' is missing in the project" for name in ours if name not in taken]
    return found


def states_of_project(project: ScenarioWizardProject) -> States:
    """Return our names of a project's descriptors and states."""
    names = identifiers(
        [each.name for each in project.descriptors], shorts=[each.short for each in project.descriptors]
    )
    return {
        name: identifiers(each.states, shorts=each.short_states)
        for name, each in zip(names, project.descriptors, strict=True)
    }
