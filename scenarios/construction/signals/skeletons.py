"""What comes after a register and after drivers: the next file of a workshop, for people to go on with."""

from pathlib import Path
from typing import Any

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.construction_file import StateSection
from innosi.scenarios.construction.identifiers import identifier_of, unlike
from innosi.scenarios.construction.made_files import begun, place_of, seen_from
from innosi.scenarios.construction.signals.drivers import Drivers
from innosi.scenarios.construction.signals.register import Register
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import judgements_moved

_LONGEST_NAME = 40


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
        name = unlike(identifier_of(cluster.title, before="driver_", longest=_LONGEST_NAME), drivers)
        title = cluster.title[:1].upper() + cluster.title[1:].replace("_", " ")
        drivers[name] = {"title": title, "description": "", "signals": list(cluster.members)}
    return {
        "method": "drivers",
        "title": f"Drivers: {register.title}",
        "register_file": seen_from(folder, place_of(document)),
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
    found = begun("futures_table", drivers.title, document, folder)
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
