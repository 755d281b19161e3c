"""What the states of a method's file set in a scenario file, and whether it fits there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.made_files import as_yaml, place_of, seen_from
from innosi.scenarios.loading.document import Document, KeyPath, dotted, parse_document, read_document
from innosi.scenarios.loading.imports import judgements_moved, with_imports
from innosi.scenarios.loading.scenario_file import scenarios_from
from innosi.scenarios.scenario_set import ScenarioSet

Settings = Mapping[str, tuple[Mapping[str, Any], KeyPath]]
"""What may be set, by name: the overrides, and where they stand in the method's file."""


def check_settings(settings: Settings, document: Document) -> None:
    """Refuse settings that do not fit the scenario file which a method's file names, if it names one.

    Raises
    ------
    InnosiError, InputFaults
        Every fault at its line of the method's file, or of the scenario file.
    """
    if not document.data.get("scenario_file"):
        return
    base = base_of(document)
    each_alone = {f"setting_{number}": {"overrides": [name]} for number, name in enumerate(settings)}
    data = scenario_data(settings, each_alone, document.folder, base=base, document=document)
    checked(data, settings, document)


def checked(data: dict[str, Any], settings: Settings, document: Document) -> ScenarioSet:
    """Return what a scenario file beside the method's file means; faults are told at the settings' lines."""
    written = parse_document(as_yaml(data), source=document.source, folder=document.folder)
    try:
        return scenarios_from(written)
    except InputFaults as error:
        faults = [_at_its_origin(each, settings, document, written) for each in error.faults]
        raise InputFaults(document.source, list(dict.fromkeys(faults))) from None


def base_of(document: Document) -> Document:
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


def scenario_data(
    settings: Settings,
    scenarios: Mapping[str, Mapping[str, Any]],
    folder: Path,
    *,
    base: Document,
    document: Document,
    weighting: str = "",
) -> dict[str, Any]:
    """Return the data of a scenario file that lies in a folder, which need not be there yet.

    Raises
    ------
    InputFaults
        If the scenario file has an override of a setting's name.
    """
    _refuse_clashes(settings, base, document)
    here = seen_from(folder, document.folder)
    data: dict[str, Any] = {
        "title": str(document.data["title"]),
        "imports": [seen_from(folder, place_of(base))],
        "replace": ["scenarios"],
        "overrides": {name: judgements_moved(dict(each), here) for name, (each, _) in settings.items()},
        "weighting": weighting,
        "scenarios": dict(scenarios),
    }
    return {key: value for key, value in data.items() if value or key == "scenarios"}


def _refuse_clashes(used: Settings, base: Document, document: Document) -> None:
    taken = [name for name in used if name in (base.data.get("overrides") or {})]
    if taken:
        key = used[taken[0]][1]
        problem = f"{base.source} has an override '{taken[0]}' of its own; rename one of them"
        raise InputFaults(document.source, [Fault(problem, key=dotted(key), line=document.line_of(key))])


def _at_its_origin(fault: Fault, used: Settings, document: Document, written: Document) -> Fault:
    """A fault of what was to be written, at the line of the method's file that it comes from."""
    if fault.source:  # it is the imported file's own
        return fault
    for place, line in written.lines.items():
        if line == fault.line and place[:1] == ("overrides",) and len(place) > 2:
            key = (*used[str(place[1])][1], *place[2:])
            return Fault(fault.problem, key=dotted(key), line=document.line_of(key))
    return Fault(fault.problem, key=fault.key, line=document.line_of(("scenario_file",)))
