"""Key variables, and the futures table that begins with them."""

import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.joining import MADE_BY
from innosi.scenarios.construction.structure.micmac import Sector
from innosi.scenarios.construction.structure.structure_file import StructuralAnalysis
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import judgements_moved
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.writing import write_text

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
    if len(found) < LEAST_STATES:
        raise InnosiError(
            f"{len(found)} of the variables move the system more than they do on average",
            mend="choose at least two with --key",
        )
    return tuple(name for name in analysis.names if name in found)


def write_futures_table(path: Path, names: Sequence[str], document: Document) -> tuple[str, ...]:
    """Write variables as the descriptors of a futures table.

    Their states are those of the file; where it has fewer than two, some that are still to be named.

    Parameters
    ----------
    path : Path
        Where to write. A file that is there already is only written over if it was made so.

    Returns
    -------
    tuple of str
        The variables whose states are still to be named.

    Raises
    ------
    InnosiError
        If the place is taken.
    """
    from ruamel.yaml import YAML

    if path.is_file() and not path.read_text("utf-8", errors="replace").startswith(MADE_BY):
        problem, mend = (
            "is there already, and was not made by this command",
            "give another name, or move it away",
        )
        raise InnosiError(problem, mend=mend, where=str(path))
    here = _seen_from(path.parent, document.folder)
    descriptors = {name: _descriptor(document.data["variables"][name], here) for name in names}
    data: dict[str, Any] = {"method": "futures_table", "title": str(document.data["title"])}
    if document.data.get("scenario_file"):
        data["scenario_file"] = _seen_from(path.parent, document.folder / str(document.data["scenario_file"]))
    sheet = StringIO()
    yaml = YAML()
    yaml.width = 10_000
    yaml.dump({**data, "descriptors": descriptors}, sheet)
    origin = _seen_from(path.parent, document.folder / Path(document.source).name)
    head = f"{MADE_BY} structure` from {origin}; made anew, it is written over."
    write_text(path, f"{head} Take this line away once you edit it.\n{sheet.getvalue()}")
    return tuple(name for name, each in descriptors.items() if UNNAMED in each["states"].values())


def _descriptor(written: Any, folder: str) -> dict[str, Any]:
    """A variable as a descriptor: its title, its description and its states, as they were written."""
    section = written if isinstance(written, dict) else {"title": written} if written else {}
    found = {key: section[key] for key in ("title", "description") if section.get(key)}
    states = judgements_moved(dict(section.get("states") or {}), "" if folder == "." else folder)
    for number in range(1, LEAST_STATES + 1):
        if len(states) < LEAST_STATES:
            states[f"state_{number}"] = UNNAMED
    return {**found, "states": states}


def _seen_from(folder: Path, place: Path) -> str:
    return Path(os.path.relpath(place.resolve(), folder.resolve())).as_posix()
