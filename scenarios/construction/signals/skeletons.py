"""Skeletons of the next file of a workshop: written for people to go on with, never over what they wrote."""

import hashlib
import os
import re
import unicodedata
from io import StringIO
from pathlib import Path
from typing import Any

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.construction_file import StateSection
from innosi.scenarios.construction.joining import MADE_BY
from innosi.scenarios.construction.signals.drivers import Drivers
from innosi.scenarios.construction.signals.register import Register
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import judgements_moved
from innosi.scenarios.writing import write_text

_HEAD = re.compile(rf"{re.escape(MADE_BY)} .*\(([0-9a-f]{{12}})\)$")
_LONGEST_NAME = 40


def write_skeleton(path: Path, data: dict[str, Any], *, command: str, about: str = "") -> None:
    """Write a file for people to go on with.

    Its first line holds a hash of the rest: a file that somebody has gone on with is not written over.

    Parameters
    ----------
    data : dict
        What it holds, as YAML.
    command : str
        What made it, after `innosi build`.
    about : str, optional
        What is to be done with it, for its second line.

    Raises
    ------
    InnosiError
        If the place is taken by a file that was not made so, or that was changed since.
    """
    _refuse_to_lose(path)
    body = f"# {about}\n" if about else ""
    body += _as_yaml(data)
    digest = hashlib.sha256(body.encode()).hexdigest()[:12]
    write_text(path, f"{MADE_BY} {command}` ({digest})\n{body}")


def _refuse_to_lose(path: Path) -> None:
    if not path.is_file():
        return
    head, _, body = path.read_text("utf-8", errors="replace").partition("\n")
    match = _HEAD.fullmatch(head.rstrip("\r"))
    if match is None:
        problem = "is there already, and was not made by this command"
        raise InnosiError(problem, mend="give another name, or move it away", where=str(path))
    if hashlib.sha256(body.encode()).hexdigest()[:12] != match[1]:
        problem = "was changed since it was made, and your changes would be lost"
        raise InnosiError(problem, mend="give another name, or move it away", where=str(path))


def _as_yaml(data: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    sheet = StringIO()
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(data, sheet)
    return sheet.getvalue()


def drivers_skeleton(register: Register, document: Document, folder: Path) -> dict[str, Any]:
    """Return a file of drivers with a driver for each cluster of a register, for people to go on with.

    Parameters
    ----------
    document : Document
        The register's file.
    folder : Path
        Where the file of drivers will lie.
    """
    drivers: dict[str, Any] = {}
    for cluster in register.clusters:
        name = _apart(_as_name(cluster.title), drivers)
        title = cluster.title[:1].upper() + cluster.title[1:].replace("_", " ")
        drivers[name] = {"title": title, "description": "", "signals": list(cluster.members)}
    return {
        "method": "drivers",
        "title": f"Drivers: {register.title}",
        "register_file": seen_from(folder, document.folder / Path(document.source).name),
        "drivers": drivers,
    }


def futures_table_skeleton(drivers: Drivers, document: Document, folder: Path) -> dict[str, Any]:
    """Return a futures table with a descriptor for each chosen driver and the states that it has so far.

    Raises
    ------
    InnosiError
        If no driver is chosen.
    """
    if not drivers.chosen:
        mend = "name those that go on with `chosen`"
        raise InnosiError("no driver is a critical uncertainty", mend=mend, where=document.source)
    found: dict[str, Any] = {"method": "futures_table", "title": drivers.title}
    if document.data.get("scenario_file"):
        found["scenario_file"] = seen_from(folder, document.folder / str(document.data["scenario_file"]))
    found["descriptors"] = {}
    here = seen_from(folder, document.folder)
    for name in drivers.chosen:
        driver = drivers.drivers[name]
        states = {state: _state(each, here) for state, each in (driver.states or {}).items()}
        about = {"title": driver.title, "description": driver.description}
        found["descriptors"][name] = {key: text for key, text in about.items() if text} | {"states": states}
    return found


def _state(section: StateSection, here: str) -> Any:
    """A state as it is written in a file from which that of the drivers lies in the folder `here`."""
    found = judgements_moved(section.model_dump(exclude_defaults=True), "" if here == "." else here)
    return found.get("title") if set(found) <= {"title"} else found


def seen_from(folder: Path, file: Path) -> str:
    """Return a file's name as it is written in a file that lies in a folder."""
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()


def _as_name(title: str) -> str:
    """A name made of a title: letters and digits of ASCII, parted by _."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_NAME].rstrip("_")
    return name if name[:1].isalpha() else f"driver_{name}".rstrip("_")


def _apart(name: str, taken: dict[str, Any]) -> str:
    number = 1
    apart = name
    while apart in taken:
        number += 1
        apart = f"{name}_{number}"
    return apart
