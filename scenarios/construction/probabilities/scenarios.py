"""Combinations as scenarios: the likeliest ones for a scenario file, or weights for scenarios with names."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from innosi.models.arrays import IntArray
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.made_files import (
    as_yaml,
    place_of,
    refuse_to_lose,
    seen_from,
    write_made_file,
)
from innosi.scenarios.construction.probabilities.factors import Outcomes
from innosi.scenarios.loading.document import Document, parse_document
from innosi.scenarios.loading.imports import with_imports
from innosi.scenarios.loading.scenario_file import scenarios_from
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.scenario_set import ScenarioSet

Combinations = Mapping[str, Mapping[int, int]]
"""By name of a scenario, the states of some factors, both by number."""


def constructed_scenarios(outcomes: Outcomes, places: IntArray) -> tuple[ConstructedScenario, ...]:
    """Return some combinations as scenarios, each weighted by its probability."""
    found = []
    for number, place in enumerate(places, start=1):
        states, weight = outcomes.states[place], round(float(outcomes.probabilities[place]), 9)
        settings = tuple(
            f"{factor.name}-{factor.states[state]}"
            for factor, state in zip(outcomes.factors, states, strict=True)
        )
        title = outcomes.title_of(states)
        found.append(ConstructedScenario(f"combination_{number}", title, settings, weight=weight))
    return tuple(found)


def weights_of(outcomes: Outcomes, combinations: Combinations) -> dict[str, float]:
    """Return the probability of each named combination; factors that it does not name may have any state."""
    return {name: outcomes.probability_of(states) for name, states in combinations.items()}


def weighted_scenarios(
    outcomes: Outcomes, combinations: Combinations, scenarios: Document, *, origin: Document
) -> dict[str, float]:
    """Return the probability of each scenario of a scenario file, by the combination that is named for it.

    Parameters
    ----------
    origin : Document
        The cross-impact file, whose `combinations` they are.

    Raises
    ------
    InputFaults
        If a scenario has no combination, or a combination no scenario.
    """
    whole = with_imports(scenarios)
    named = scenarios_from(whole).scenario_titles
    _refuse_others(named, combinations, origin, whole.source)
    found = weights_of(outcomes, combinations)
    return {name: found[name] for name in named}


def write_weighted(
    path: Path, scenarios: Document, weights: Mapping[str, float], *, origin: Document, command: str
) -> ScenarioSet:
    """Write a scenario file that imports another and weights its scenarios.

    Parameters
    ----------
    path : Path
        Where to write. A file that is there already is only written over if it was made so, and not changed.
    scenarios : Document
        The scenario file.
    weights : mapping of scenario to float
        One for each of its scenarios; see `weighted_scenarios`.
    origin : Document
        The cross-impact file.
    command : str
        What made it, after `innosi build`.

    Returns
    -------
    ScenarioSet
        What was written.

    Raises
    ------
    InnosiError, InputFaults
        If the place is taken, or what would be written is no sound scenario file.
    """
    whole = with_imports(scenarios)
    kept = place_of(scenarios)
    refuse_to_lose(path, kept, place_of(origin))
    data = _weighted(whole, weights, path.parent)
    found = scenarios_from(parse_document(as_yaml(data), source=str(path), folder=path.parent))
    write_made_file(path, data, command=command, origin=place_of(origin), kept=[kept])
    return found


def _refuse_others(
    named: Mapping[str, Any], combinations: Mapping[str, Any], origin: Document, source: str
) -> None:
    faults = [
        Fault(
            f"'{name}' of {source} has no combination; say which states it stands for",
            "combinations",
            origin.line_of(("combinations",)),
        )
        for name in named
        if name not in combinations
    ]
    faults += [
        Fault(
            f"{source} has no scenario '{name}'{nearest(name, named)}",
            f"combinations.{name}",
            origin.line_of(("combinations", name)),
        )
        for name in combinations
        if name not in named
    ]
    if faults:
        raise InputFaults(origin.source, faults)


def _weighted(whole: Document, weights: Mapping[str, float], folder: Path) -> dict[str, Any]:
    """A scenario file that lies in a folder, which need not be there yet."""
    selections = {}
    for name, raw in whole.data["scenarios"].items():
        selection = dict(deepcopy(raw)) if isinstance(raw, Mapping) else {"overrides": list(raw or ())}
        selection.pop("probability", None)
        selections[name] = {**selection, "weight": round(weights[name], 6)}
    return {
        "title": str(whole.data["title"]),
        "imports": [seen_from(folder, place_of(whole))],
        "replace": ["scenarios"],
        "scenarios": selections,
    }
