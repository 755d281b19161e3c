"""What the files of all methods of construction have in common: a method, a title, states with overrides."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from innosi.models.errors import Fault
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Problem, Section, nearest

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class ConstructionFile(Section):
    """A file of a method that constructs scenarios."""

    method: str
    """Which method the file is for."""
    title: Text
    """What it is about."""
    description: str = ""
    """What a reader must know."""
    scenario_file: str | None = None
    """The scenario file whose numbers the overrides change, seen from this file; needed for `--to`."""


class StateSection(Section):
    """A state that a descriptor may have."""

    title: str = ""
    """The state in words; by default its name."""
    description: str = ""
    """What it stands for."""
    overrides: dict[str, Any] = Field(default_factory=dict)
    """What it sets in the scenario file's base: dotted key to value, such as `inputs.grant.amount: €20k`."""


def _titled(found: Any) -> Any:
    """A bare text stands for a state of that title; nothing, for one without any."""
    if found is None:
        return {}
    return {"title": found} if isinstance(found, str) else found


State = Annotated[StateSection, BeforeValidator(_titled)]
"""A state, or only its title."""


class DescriptorSection(Section):
    """Something that decides how the future will be, and the states that it may have."""

    title: str = ""
    """The descriptor in words; by default its name."""
    description: str = ""
    """What it stands for."""
    states: dict[Name, State] = Field(min_length=2)
    """What may become of it: name to title, or to a section."""


Descriptors = Mapping[str, DescriptorSection]


def title_of(name: str, titled: DescriptorSection | StateSection) -> str:
    """Return a descriptor or a state in words."""
    return titled.title or name.replace("_", " ")


def states_of(descriptors: Descriptors) -> dict[str, tuple[str, ...]]:
    """Return the names of the states of each descriptor."""
    return {name: tuple(each.states) for name, each in descriptors.items()}


def overrides_of_states(descriptors: Descriptors) -> dict[str, tuple[Mapping[str, Any], KeyPath]]:
    """Return what each state sets, and where that stands in the file, by `descriptor-state`."""
    return {
        f"{name}-{state}": (section.overrides, ("descriptors", name, "states", state, "overrides"))
        for name, descriptor in descriptors.items()
        for state, section in descriptor.states.items()
        if section.overrides
    }


def named_places(
    named: Mapping[str, Mapping[str, str]], states: Mapping[str, Sequence[str]], document: Document
) -> tuple[dict[str, tuple[int, ...]], list[Fault]]:
    """Return the places of the states of each named scenario, and what is wrong with those that are unsound.

    Parameters
    ----------
    named : mapping of name to (mapping of descriptor to state)
        As `scenarios:` has them; each must have one state of each descriptor, and no two the same.
    """
    places: dict[str, tuple[int, ...]] = {}
    faults: list[Fault] = []
    seen: dict[tuple[int, ...], str] = {}
    for name, chosen in named.items():
        at: KeyPath = ("scenarios", name, "states")
        wrong = list(_unfit(chosen, states, at))
        faults += [located(document, key, problem) for key, problem in wrong]
        if wrong:
            continue
        found = tuple(group.index(chosen[each]) for each, group in states.items())
        if seen.setdefault(found, name) != name:
            faults.append(located(document, at, f"are those of '{seen[found]}' too; keep one of them"))
        places[name] = found
    return places, faults


def _unfit(chosen: Mapping[str, str], states: Mapping[str, Sequence[str]], at: KeyPath) -> Iterator[Problem]:
    for each in chosen:
        if each not in states:
            yield (*at, each), f"is no descriptor{nearest(each, states)}"
    for descriptor, group in states.items():
        found = chosen.get(descriptor)
        if found is None:
            yield at, f"lacks a state of {descriptor}; name one of: {', '.join(group)}"
        elif found not in group:
            yield (*at, descriptor), f"'{found}' is no state of {descriptor}{nearest(found, group)}"
