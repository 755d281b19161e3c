"""The order of precedence: base, then the scenario's overrides, then the option's; the last word wins.

A scenario is how the world turns out; an option is what is decided, and has the last word.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from innosi.models.errors import Fault
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import nearest


@dataclass(frozen=True)
class Override:
    """A named set of changes to the base: dotted key to new value."""

    name: str
    changes: Mapping[str, Any]
    places: Mapping[str, KeyPath]
    """Where each change stands in the file."""


@dataclass(frozen=True)
class Resolved:
    """A base with overrides laid over it.

    `document` holds the merged data at its root; its lines point to where each value was written.
    `origins` names the override that each changed key comes from.
    """

    document: Document
    origins: Mapping[str, str]


def resolve(document: Document, overrides: Iterable[Override]) -> tuple[Resolved, list[Fault]]:
    """Lay overrides over the base of a scenario file, the later over the earlier.

    Returns
    -------
    Resolved
    list of Fault
        An override of a key that the base lacks, and the like.
    """
    base: dict[str, Any] = deepcopy(document.data["base"])
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == ("base",)}
    sources = {path[1:]: name for path, name in document.sources.items() if path[:1] == ("base",)}
    origins: dict[str, str] = {}
    faults: list[Fault] = []
    for override in overrides:
        for key, value in override.changes.items():
            place = override.places[key]
            problem = _put(base, key, value)
            if problem:
                faults.append(located(document, place, problem))
                continue
            path = tuple(key.split("."))
            lines = {known: line for known, line in lines.items() if known[: len(path)] != path}
            sources = {known: name for known, name in sources.items() if known[: len(path)] != path}
            lines |= {(*path, *rest): line for rest, line in _below(document.lines, place)}
            sources |= {(*path, *rest): name for rest, name in _below(document.sources, place)}
            origins = {
                known: name for known, name in origins.items() if not f"{known}.".startswith(f"{key}.")
            }
            origins[key] = override.name
    merged = Document(document.source, document.folder, base, lines, document.sha256, sources)
    return Resolved(merged, origins), faults


def _put(base: dict[str, Any], key: str, value: Any) -> str:
    """Replace the value of a dotted key; return what is wrong, or nothing."""
    *parents, last = key.split(".")
    place: Any = base
    for depth, part in enumerate([*parents, last]):
        if not isinstance(place, dict):
            above = ".".join([*parents, last][:depth])
            return f"the base gives {above} as one bare value; override {above} as a whole"
        if part not in place:
            return (
                f"the base has no '{part}'{nearest(part, place)}"
                " (an override changes what stands in the base; write the key there first)"
            )
        if depth < len(parents):
            place = place[part]
    place[last] = deepcopy(value)
    return ""


def _below(known: Mapping[KeyPath, Any], place: KeyPath) -> list[tuple[KeyPath, Any]]:
    n = len(place)
    return [(path[n:], value) for path, value in known.items() if path[:n] == place]
