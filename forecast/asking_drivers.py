"""A Delphi study that asks for the impact and the uncertainty of drivers."""

import json
from typing import Any

from innosi.forecast.study import study_from
from innosi.scenarios.construction.signals.drivers import Driver, Drivers
from innosi.scenarios.loading.document import Document, parse_document

ASKING = "add the panel and say what it is promised; then `innosi delphi open`, and `data` when it is done"
_SCALES = {
    "impact": ("How strongly it will shape the future", "hardly", "very strongly"),
    "uncertainty": ("How uncertain it is which way it will go", "certain", "wholly uncertain"),
}
"""What each scale asks, and the words at its ends."""


def study_of_drivers(drivers: Drivers, document: Document) -> dict[str, Any]:
    """Return a study of two rounds that asks for two ratings of each driver, for people to go on with.

    Its questions are called as the drivers are, so that its data are read back as their ratings.

    Parameters
    ----------
    document : Document
        The file of drivers.

    Raises
    ------
    InputFaults
        If no study can be made of it: a driver's name is none of a question, or a scale is too long.
    """
    data = {
        "title": drivers.title,
        "description": "Which of these drivers will matter, and of which is it open which way they go?",
        "rounds": 2,
        "questions": {name: _question(each, drivers) for name, each in drivers.drivers.items()},
    }
    study_from(parse_document(json.dumps(data), source="the study", folder=document.folder))
    return data


def _question(driver: Driver, drivers: Drivers) -> dict[str, Any]:
    found: dict[str, Any] = {"text": driver.title}
    if driver.description:
        found["explanation"] = driver.description
    found["type"] = "multi_rating"
    found["scales"] = {name: _scale(name, drivers) for name in _SCALES}
    return found


def _scale(name: str, drivers: Drivers) -> dict[str, Any]:
    title, low, high = _SCALES[name]
    ends = dict(zip(("low", "high"), drivers.scales[name], strict=True))
    return {"title": title, **ends, "low_label": low, "high_label": high}
