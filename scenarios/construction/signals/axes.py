"""Scenario axes: two uncertain drivers, and the four scenarios between their poles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import isnan
from typing import Any

from innosi.models.errors import InputFaults
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.methods import constructed_beside
from innosi.scenarios.construction.settings import Settings
from innosi.scenarios.construction.signals.axes_file import AxesFile, AxisSection
from innosi.scenarios.construction.signals.drivers import Drivers
from innosi.scenarios.construction.signals.grid import NOT_INDEPENDENT
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Problem, nearest, validate


@dataclass(frozen=True, slots=True)
class Pole:
    """One end of an axis."""

    name: str
    title: str
    overrides: Mapping[str, Any]
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """A driver with its two poles, the low or left one first."""

    name: str
    title: str
    poles: tuple[Pole, Pole]


@dataclass(frozen=True, slots=True)
class Corner:
    """A scenario: the place of its pole on each axis (0 or 1), its story, and how much it counts."""

    name: str
    title: str
    story: str
    places: tuple[int, int]
    weight: float | None = None


@dataclass(frozen=True, eq=False)
class ScenarioAxes:
    """Four scenarios between two axes.

    Attributes
    ----------
    title : str
    axes : (Axis, Axis)
        From left to right, and upwards.
    scenarios : tuple of Corner
        In the file's order.
    weighted_by : {'scenario', 'pole', ''}
        What the weights were given for; the empty text without any.
    correlation : float, optional
        Of the two axes; None where nobody judged it.
    correlation_from : str
        Who says so, in words.
    is_dependent : bool
        Whether the axes are not independent.
    settings : mapping
        What each pole sets in the scenario file, by `axis-pole`.
    """

    title: str
    axes: tuple[Axis, Axis]
    scenarios: tuple[Corner, ...]
    weighted_by: str = ""
    correlation: float | None = None
    correlation_from: str = ""
    is_dependent: bool = False
    settings: Settings | None = None

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        names = " × ".join(axis.name for axis in self.axes)
        weighted = f", weighted by {self.weighted_by}" if self.weighted_by else ""
        return f"a sound pair of scenario axes, {names}, 4 scenarios{weighted}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        first, second = (axis.title for axis in self.axes)
        if self.correlation is None:
            return (f"nobody judged whether {first} and {second} are independent",)
        said = f"{first} and {second} correlate at {self.correlation:+.2f}, {self.correlation_from}"
        if not self.is_dependent:
            return (said,)
        warned = (
            f"WARNING: the axes are not independent: {said}; some corners are unlikely, take another pair"
        )
        by_pole = (
            "the weights of the poles are multiplied as if they were independent: give each scenario its own"
        )
        return (warned, by_pole) if self.weighted_by == "pole" else (warned,)

    def poles_of(self, corner: Corner) -> tuple[Pole, Pole]:
        """The poles that meet in a scenario."""
        first, second = (axis.poles[at] for axis, at in zip(self.axes, corner.places, strict=True))
        return first, second

    def constructed(self) -> list[ConstructedScenario]:
        """Return the scenarios as they are written into a scenario file."""
        return [
            ConstructedScenario(
                each.name,
                each.title,
                tuple(
                    f"{axis.name}-{pole.name}"
                    for axis, pole in zip(self.axes, self.poles_of(each), strict=True)
                ),
                each.story,
                each.weight,
            )
            for each in self.scenarios
        ]


def axes_from(document: Document) -> ScenarioAxes:
    """Return the scenarios that a file of method `scenario_axes` stands for.

    Raises
    ------
    InputFaults
        If anything in it, or in its file of drivers, is wrong: every fault with its line and key.
    """
    section = validate(AxesFile, document)
    drivers: Drivers | None = (
        constructed_beside(document, "drivers_file", "drivers") if section.drivers_file else None
    )
    problems = [*_axis_problems(section, drivers), *_corner_problems(section), *_weight_problems(section)]
    if problems:
        faults = [located(document, key, problem) for key, problem in problems]
        raise InputFaults(document.source, sorted(faults, key=lambda fault: (fault.line or 0, fault.key)))
    first, second = (_axis(name, each, drivers) for name, each in section.axes.items())
    correlation, said, is_dependent = _correlation(section, drivers)
    is_by_pole = any(pole.weight for axis in section.axes.values() for pole in axis.poles.values())
    is_weighted = any(each.weight for each in section.scenarios.values())
    return ScenarioAxes(
        section.title,
        (first, second),
        tuple(_corners(section, (first, second))),
        "pole" if is_by_pole else "scenario" if is_weighted else "",
        correlation,
        said,
        is_dependent,
        _settings(section),
    )


def _axis_problems(section: AxesFile, drivers: Drivers | None) -> Iterator[Problem]:
    for name in section.axes:
        if drivers is not None and name not in drivers.drivers:
            yield ("axes", name), f"is no driver of {section.drivers_file}{nearest(name, drivers.drivers)}"
        elif drivers is not None and (states := drivers.drivers[name].states):
            for pole in section.axes[name].poles:
                if pole not in states:
                    problem = f"is no state of {name} in {section.drivers_file}{nearest(pole, states)}"
                    yield ("axes", name, "poles", pole), problem


def _corner_problems(section: AxesFile) -> Iterator[Problem]:
    taken: dict[tuple[str, ...], str] = {}
    n_wrong = 0
    for name, corner in section.scenarios.items():
        key: KeyPath = ("scenarios", name, "poles")
        wrong = list(_pole_problems(section, corner.poles, key))
        yield from wrong
        if wrong:
            n_wrong += 1
            continue
        place = tuple(corner.poles[axis] for axis in section.axes)
        first = taken.setdefault(place, name)
        if first != name:
            yield key, f"{' and '.join(place)} meet in '{first}' already; each pair of poles has one scenario"
    wanted = product(*(axis.poles for axis in section.axes.values()))
    missing = [" and ".join(each) for each in wanted if each not in taken]
    if missing and not n_wrong:
        yield ("scenarios",), f"have none where {'; '.join(missing)} meet"


def _pole_problems(section: AxesFile, poles: Mapping[str, str], key: KeyPath) -> Iterator[Problem]:
    for axis, pole in poles.items():
        if axis not in section.axes:
            yield (*key, axis), f"'{axis}' is no axis{nearest(axis, section.axes)}"
        elif pole not in section.axes[axis].poles:
            yield (*key, axis), f"'{pole}' is no pole of {axis}{nearest(pole, section.axes[axis].poles)}"


def _weight_problems(section: AxesFile) -> Iterator[Problem]:
    corners = {("scenarios", name): each.weight for name, each in section.scenarios.items()}
    poles = {
        ("axes", axis, "poles", pole): each.weight
        for axis, of in section.axes.items()
        for pole, each in of.poles.items()
    }
    for weights in (corners, poles):
        without = [key for key, weight in weights.items() if weight is None]
        if without and len(without) < len(weights):
            yield without[0], "has no weight, and others have; give all of them one, or none"
    if any(corners.values()) and any(poles.values()):
        key = next(key for key, weight in poles.items() if weight)
        yield (*key, "weight"), "stands beside weights of the scenarios; keep one kind"


def _axis(name: str, section: AxisSection, drivers: Drivers | None) -> Axis:
    driver = drivers.drivers[name].title if drivers else name.replace("_", " ")
    low, high = (
        Pole(pole, each.title or pole.replace("_", " "), each.overrides, each.weight)
        for pole, each in section.poles.items()
    )
    return Axis(name, section.title or driver, (low, high))


def _corners(section: AxesFile, axes: tuple[Axis, Axis]) -> Iterator[Corner]:
    for name, each in section.scenarios.items():
        names = [[pole.name for pole in axis.poles] for axis in axes]
        first, second = (of.index(each.poles[axis.name]) for axis, of in zip(axes, names, strict=True))
        weight = each.weight
        shares = [_share(axis, at) for axis, at in zip(axes, (first, second), strict=True)]
        if weight is None and shares[0] is not None and shares[1] is not None:
            weight = shares[0] * shares[1]
        yield Corner(name, each.title, each.story, (first, second), weight)


def _share(axis: Axis, at: int) -> float | None:
    low, high = (pole.weight for pole in axis.poles)
    if low is None or high is None:
        return None
    return (low, high)[at] / (low + high)


def _correlation(section: AxesFile, drivers: Drivers | None) -> tuple[float | None, str, bool]:
    if section.correlation is not None:
        return section.correlation, "as the workshop judges", abs(section.correlation) >= NOT_INDEPENDENT
    pair = drivers.correlation_of(*section.axes) if drivers else None
    if drivers is None or pair is None or isnan(pair.correlation):
        return None, "", False
    judged = (
        "as the workshop judges" if pair.drivers in drivers.judged else "in how critical the panel rates them"
    )
    return pair.correlation, judged, drivers.says_dependent(pair)


def _settings(section: AxesFile) -> Settings:
    return {
        f"{axis}-{pole}": (each.overrides, ("axes", axis, "poles", pole, "overrides"))
        for axis, of in section.axes.items()
        for pole, each in of.poles.items()
        if each.overrides
    }
