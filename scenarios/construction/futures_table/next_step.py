"""What comes after a futures table: its combinations as scenarios, and a cross-impact balance to fill in."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from innosi.models.arrays import IntArray
from innosi.scenarios.construction.construction_file import DescriptorSection
from innosi.scenarios.construction.futures_table.table import FuturesTable
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.made_files import begun, place_of, seen_from
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import judgements_moved

NAMELESS = "future"


def scenarios_of(table: FuturesTable, combinations: IntArray) -> tuple[ConstructedScenario, ...]:
    """Return combinations as scenarios: with the name that the workshop gave them, else `future_1` and on.

    Parameters
    ----------
    combinations : (n, n_descriptors) int
        The places of their states.
    """
    names = names_of(table, combinations)
    return tuple(_scenario(table, name, row) for name, row in zip(names, combinations.tolist(), strict=True))


def names_of(table: FuturesTable, combinations: IntArray) -> tuple[str, ...]:
    """Return a name for each combination: the workshop's own, or its number among those shown."""
    own = {each.places: each.name for each in table.named.values()}
    width = len(str(len(combinations)))
    found = []
    for number, row in enumerate(combinations.tolist(), start=1):
        name = f"{NAMELESS}_{number:0{width}}"
        while name in table.named:
            name += "_"
        found.append(own.get(tuple(row), name))
    return tuple(found)


def _scenario(table: FuturesTable, name: str, places: Sequence[int]) -> ConstructedScenario:
    chosen = [
        (descriptor, group[place])
        for (descriptor, group), place in zip(table.field.states.items(), places, strict=True)
    ]
    told = "; ".join(
        f"{table.title_of(descriptor)}: {table.title_of(descriptor, state)}" for descriptor, state in chosen
    )
    settings = tuple(f"{descriptor}-{state}" for descriptor, state in chosen)
    own = table.named.get(name)
    if own is None:
        return ConstructedScenario(name, name.replace("_", " "), settings, told)
    return ConstructedScenario(name, own.title, settings, own.description or told)


def balance_skeleton(table: FuturesTable, document: Document, folder: Path) -> dict[str, Any]:
    """Return a cross-impact balance of the same descriptors, whose judgements are still to be given.

    Beside each row stands what the futures table excludes: a hint that something is hampered there.

    Parameters
    ----------
    document : Document
        The table's file.
    folder : Path
        Where the balance will lie.
    """
    found = begun("cross_impact_balance", table.title, document, folder)
    if table.exclusions:
        found["futures_table"] = seen_from(folder, place_of(document))
    here = seen_from(folder, document.folder)
    moved = "" if here == "." else here
    found["descriptors"] = {name: _descriptor(each, moved) for name, each in table.descriptors.items()}
    found["judgements"] = _judgements(table)
    if table.named:
        found["scenarios"] = {
            each.name: _named(table, each.title, each.description, each.places)
            for each in table.named.values()
        }
    return found


def _descriptor(section: DescriptorSection, here: str) -> dict[str, Any]:
    found: dict[str, Any] = judgements_moved(section.model_dump(exclude_defaults=True), here)
    states = {
        name: (each.get("title") if set(each) <= {"title"} else each)
        for name, each in found["states"].items()
    }
    return {**found, "states": states}


def _named(table: FuturesTable, title: str, description: str, places: Iterable[int]) -> dict[str, Any]:
    states = {
        name: group[place] for (name, group), place in zip(table.field.states.items(), places, strict=True)
    }
    return {"title": title, **({"description": description} if description else {}), "states": states}


def _judgements(table: FuturesTable) -> Any:
    """Every cell of every section, empty: a row for each acting state, across the states acted on."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    found = CommentedMap()
    for actor, acting in table.field.states.items():
        found[actor] = CommentedMap()
        for target, acted_on in table.field.states.items():
            if target == actor:
                continue
            section = found[actor][target] = CommentedMap()
            for state in acting:
                section[state] = CommentedSeq([None] * len(acted_on))
                section[state].fa.set_flow_style()
                hints = _excluded_with(table, actor, state, target)
                if hints:
                    section.yaml_add_eol_comment(f"excluded: {', '.join(hints)}", state)
    return found


def _excluded_with(table: FuturesTable, actor: str, state: str, target: str) -> list[str]:
    """The states of a descriptor that a state is excluded with, whatever the others are."""
    pairs = [each for each in table.exclusions if set(each.states) == {actor, target}]
    return [
        f"{other} ({each.kind})"
        for each in pairs
        if state in each.states[actor]
        for other in each.states[target]
    ]
