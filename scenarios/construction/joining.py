"""The join: scenarios that a workshop constructed, as a scenario file that `innosi run` simulates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product
from pathlib import Path
from typing import Any

from innosi.scenarios.construction.made_files import place_of, refuse_to_lose, write_made_file
from innosi.scenarios.construction.settings import Settings, base_of, checked, scenario_data
from innosi.scenarios.loading.document import Document
from innosi.scenarios.scenario_set import ScenarioSet


@dataclass(frozen=True, slots=True)
class ConstructedScenario:
    """A scenario that a method found.

    Attributes
    ----------
    name, title, description : str
    settings : tuple of str
        The names of what it sets, in order; the last has the last word.
    weight : float, optional
        How much it counts beside the others; all have one, or none has.
    """

    name: str
    title: str
    settings: tuple[str, ...]
    description: str = ""
    weight: float | None = None


def write_scenarios(
    path: Path,
    scenarios: Sequence[ConstructedScenario],
    settings: Settings,
    *,
    document: Document,
    command: str,
    weighting: str = "",
) -> ScenarioSet:
    """Write constructed scenarios as a scenario file that imports the one which `document` names.

    Scenarios of that file are left out; its base, options and sweeps are kept.

    Parameters
    ----------
    path : Path
        Where to write. A file that is there already is only written over if it was made so, and not changed.
    settings : mapping
        What the scenarios' settings mean; one without overrides may be left out.
    document : Document
        The method's file: it names `scenario_file`, and faults are told at its lines.
    command : str
        What made it, after `innosi build`, for the file's first line.
    weighting : str, optional
        Where the scenarios' weights come from, in words.

    Returns
    -------
    ScenarioSet
        What was written.

    Raises
    ------
    InnosiError, InputFaults
        If the method's file names no scenario file, an override does not fit it, or the place is taken.
    """
    base = base_of(document)
    refuse_to_lose(path, place_of(base), place_of(document))
    used = {name: settings[name] for each in scenarios for name in each.settings if name in settings}
    selections = {each.name: _selection(each, used) for each in scenarios}
    seen = partial(scenario_data, used, selections, base=base, document=document, weighting=weighting)
    found = checked(seen(document.folder), used, document)
    data = seen(path.parent)
    write_made_file(path, data, command=command, origin=place_of(document), kept=[place_of(base)])
    return found


def notes_on(scenarios: Sequence[ConstructedScenario], settings: Settings) -> list[str]:
    """Say where one setting has the last word over another, and which scenarios set nothing, or the same."""
    used = {each.name: [name for name in each.settings if name in settings] for each in scenarios}
    return [*_overruled(used, settings), *_alike(used)]


def _overruled(used: Mapping[str, Sequence[str]], settings: Settings) -> list[str]:
    """Which setting overrules which on which key, and in which scenarios."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for scenario, names in used.items():
        for earlier, later in combinations(names, 2):
            before, after = settings[earlier][0], settings[later][0]
            for key, over in product(before, after):
                if _overlap(key, over) and before[key] != after[over]:
                    found.setdefault((key, later, earlier), []).append(scenario)
    return [
        f"{key}: {later} has the last word over {earlier} in {_some(names)}"
        for (key, later, earlier), names in found.items()
    ]


def _alike(used: Mapping[str, Sequence[str]]) -> list[str]:
    """Which scenarios set nothing, or the same as others: they give the same results."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for scenario, names in used.items():
        groups.setdefault(tuple(names), []).append(scenario)
    return [
        f"{_some(names)}: {'set the same, and give the same' if settings else 'no overrides, so as the base'}"
        for settings, names in groups.items()
        if len(names) > 1 or not settings
    ]


def _overlap(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _selection(scenario: ConstructedScenario, used: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {"title": scenario.title}
    if scenario.description:
        found["description"] = scenario.description
    if scenario.weight is not None:
        found["weight"] = float(scenario.weight)
    found["overrides"] = [name for name in scenario.settings if name in used]
    return found
