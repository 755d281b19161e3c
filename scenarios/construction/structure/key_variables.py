"""Key variables, and the futures table that begins with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.made_files import begun, seen_from
from innosi.scenarios.construction.structure.micmac import Sector
from innosi.scenarios.construction.structure.structure_file import StructuralAnalysis
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import judgements_moved
from innosi.scenarios.loading.validation import nearest

LEAST_STATES = 2
UNNAMED = "to be named"
"""The title of a state that stands in for one that the variable does not have yet."""


def key_variables(analysis: StructuralAnalysis, chosen: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the variables that move the system: determinant and relay ones, in the file's order.

    Parameters
    ----------
    chosen : sequence of str
        Names to take in their place.

    Raises
    ------
    InnosiError
        If a name is unknown, or fewer than two variables stand out.
    """
    for name in chosen:
        if name not in analysis.variables:
            raise InnosiError(f"there is no variable '{name}'{nearest(name, analysis.variables)}")
    standing = analysis.last_map
    sectors = standing.sectors if standing else ()
    found = chosen or [
        name
        for name, sector in zip(analysis.names, sectors, strict=False)
        if sector in (Sector.DETERMINANT, Sector.RELAY)
    ]
    if chosen and len(set(found)) < LEAST_STATES:
        raise InnosiError(f"'{found[0]}' alone makes no futures table", mend="choose at least two with --key")
    if len(found) < LEAST_STATES:
        raise InnosiError(
            f"{len(found)} of the variables move the system more than they do on average",
            mend="choose at least two with --key",
        )
    return tuple(name for name in analysis.names if name in found)


def futures_table_skeleton(names: Sequence[str], document: Document, folder: Path) -> dict[str, Any]:
    """Return a futures table with variables as its descriptors, for people to go on with.

    Their states are those of the file; where it has fewer than two, some that are still to be named.

    Parameters
    ----------
    document : Document
        The file of the structural analysis.
    folder : Path
        Where the table will lie.
    """
    here = seen_from(folder, document.folder)
    found = begun("futures_table", str(document.data["title"]), document, folder)
    found["descriptors"] = {name: _descriptor(document.data["variables"][name], here) for name in names}
    return found


def unnamed_in(table: dict[str, Any]) -> tuple[str, ...]:
    """Return the descriptors of a skeleton whose states are still to be named."""
    return tuple(name for name, each in table["descriptors"].items() if UNNAMED in each["states"].values())


def _descriptor(written: Any, folder: str) -> dict[str, Any]:
    """A variable as a descriptor: its title, its description and its states, as they were written."""
    section = written if isinstance(written, dict) else {"title": written} if written else {}
    found = {key: section[key] for key in ("title", "description") if section.get(key)}
    states = judgements_moved(dict(section.get("states") or {}), "" if folder == "." else folder)
    for number in range(1, LEAST_STATES + 1):
        if len(states) < LEAST_STATES:
            states[f"state_{number}"] = UNNAMED
    return {**found, "states": states}
