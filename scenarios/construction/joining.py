"""The join: scenarios that a workshop constructed, as a scenario file that `innosi run` simulates."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from innosi.models.distributions import Kind, parse_distribution
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.made_files import (
    as_yaml,
    place_of,
    refuse_to_lose,
    seen_from,
    write_made_file,
)
from innosi.scenarios.loading.document import Document, KeyPath, dotted, parse_document, read_document
from innosi.scenarios.loading.imports import judgements_moved, with_imports
from innosi.scenarios.loading.judgements import Judgement, read_judgements
from innosi.scenarios.loading.scenario_file import scenarios_from
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


Settings = Mapping[str, tuple[Mapping[str, Any], KeyPath]]
"""What may be set, by name: the overrides, and where they stand in the method's file."""


def weighed_by_panel(scenarios: Sequence[ConstructedScenario], panel: Path) -> list[ConstructedScenario]:
    """Return scenarios, each weighted by what a panel judged under its name: the mean of the judgement.

    Parameters
    ----------
    panel : Path
        A file that `innosi delphi export` wrote, with a judgement named like each scenario.

    Raises
    ------
    InnosiError
        If a scenario has no judgement, or one that is no weight, or all weights are 0.
    """
    judged = read_judgements(panel)
    weights = [_weight(judged.find(each.name), panel) for each in scenarios]
    if weights and not any(weights):
        raise InnosiError("gives every scenario a weight of 0", mend="ask again", where=str(panel))
    return [replace(each, weight=weight) for each, weight in zip(scenarios, weights, strict=True)]


def _weight(judgement: Judgement, panel: Path) -> float:
    kind: Kind = "share" if judgement.kind == "share" else "number"
    found = float(parse_distribution(judgement.distribution, kind=kind).mean)
    if judgement.kind not in ("share", "number") or not 0 <= found < math.inf:
        problem = f"'{judgement.name}' is a judgement of {judgement.kind} with the mean {found:g}"
        mend = "ask for the probability of the scenario, or for its weight as a number from 0 on"
        raise InnosiError(problem, mend=mend, where=str(panel))
    return found


def write_scenarios(
    path: Path,
    scenarios: Sequence[ConstructedScenario],
    settings: Settings,
    *,
    document: Document,
    command: str,
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

    Returns
    -------
    ScenarioSet
        What was written.

    Raises
    ------
    InnosiError, InputFaults
        If the method's file names no scenario file, an override does not fit it, or the place is taken.
    """
    base = _base_of(document)
    refuse_to_lose(path, place_of(base), place_of(document))
    used = {name: settings[name] for each in scenarios for name in each.settings if name in settings}
    _refuse_clashes(used, base, document)
    text = as_yaml(_data(scenarios, used, document.folder, base=base, document=document))
    written = parse_document(text, source=str(path), folder=document.folder)
    try:
        found = scenarios_from(written)
    except InputFaults as error:
        faults = [_at_its_origin(each, used, document, written) for each in error.faults]
        raise InputFaults(document.source, list(dict.fromkeys(faults))) from None
    data = _data(scenarios, used, path.parent, base=base, document=document)
    write_made_file(path, data, command=command, origin=place_of(document), kept=[place_of(base)])
    return found


def _base_of(document: Document) -> Document:
    """The scenario file that a method's file names, with what it imports."""
    name = document.data.get("scenario_file")
    if not name:
        problem = "is missing; name the scenario file whose numbers the overrides change"
        raise InputFaults(document.source, [Fault(problem, key="scenario_file", line=1)])
    try:
        found = with_imports(read_document(document.folder / str(name)))
        scenarios_from(found)
    except InputFaults:
        raise
    except InnosiError as error:
        fault = Fault(f"{name}: {error.message}", "scenario_file", document.line_of(("scenario_file",)))
        raise InputFaults(document.source, [fault]) from None
    return found


def _refuse_clashes(used: Settings, base: Document, document: Document) -> None:
    taken = [name for name in used if name in (base.data.get("overrides") or {})]
    if taken:
        key = used[taken[0]][1]
        problem = f"{base.source} has an override '{taken[0]}' of its own; rename one of them"
        raise InputFaults(document.source, [Fault(problem, key=dotted(key), line=document.line_of(key))])


def _data(
    scenarios: Sequence[ConstructedScenario],
    used: Settings,
    folder: Path,
    *,
    base: Document,
    document: Document,
) -> dict[str, Any]:
    """A scenario file that lies in a folder, which need not be there yet."""
    here = seen_from(folder, document.folder)
    data: dict[str, Any] = {
        "title": str(document.data["title"]),
        "imports": [seen_from(folder, place_of(base))],
        "replace": ["scenarios"],
        "overrides": {name: judgements_moved(dict(each), here) for name, (each, _) in used.items()},
        "scenarios": {each.name: _selection(each, used) for each in scenarios},
    }
    if not data["overrides"]:
        del data["overrides"]
    return data


def _selection(scenario: ConstructedScenario, used: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {"title": scenario.title}
    if scenario.description:
        found["description"] = scenario.description
    if scenario.weight is not None:
        found["weight"] = float(scenario.weight)
    found["overrides"] = [name for name in scenario.settings if name in used]
    return found


def _at_its_origin(fault: Fault, used: Settings, document: Document, written: Document) -> Fault:
    """A fault of what was to be written, at the line of the method's file that it comes from."""
    if fault.source:  # it is the imported file's own
        return fault
    for place, line in written.lines.items():
        if line == fault.line and place[:1] == ("overrides",) and len(place) > 2:
            key = (*used[str(place[1])][1], *place[2:])
            return Fault(fault.problem, key=dotted(key), line=document.line_of(key))
    return Fault(fault.problem, key=fault.key, line=document.line_of(("scenario_file",)))
