"""Reading a file of drivers: signals behind each, the panel's ratings, and pairs that may span scenarios."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.methods import constructed_beside
from innosi.scenarios.construction.signals.drivers import Driver, Drivers, Ratings
from innosi.scenarios.construction.signals.drivers_file import DriversFile
from innosi.scenarios.construction.signals.grid import (
    Grid,
    Quadrant,
    impact_uncertainty_grid,
    rating_correlations,
    suggested_axes,
)
from innosi.scenarios.construction.signals.ratings import ratings_of
from innosi.scenarios.construction.signals.register import Register
from innosi.scenarios.loading.document import Document, KeyPath, dotted
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import nearest, validate


def drivers_from(document: Document) -> Drivers:
    """Return the drivers that a file of method `drivers` stands for.

    Raises
    ------
    InputFaults
        If anything in it, in its register or in its table of ratings is wrong: every fault with its place.
    """
    section = validate(DriversFile, document)
    register = constructed_beside(document, "register_file", "signals") if section.register_file else None
    faults = [*_unknown_signals(document, section, register), *_unknown_drivers(document, section)]
    if faults:
        raise InputFaults(document.source, faults)
    drivers = {name: _driver(name, section, register) for name in section.drivers}
    scales = {
        "impact": (section.scales.impact.low, section.scales.impact.high),
        "uncertainty": (section.scales.uncertainty.low, section.scales.uncertainty.high),
    }
    told = Drivers(
        section.title, drivers, scales, section.cut, chosen=tuple(section.chosen) or tuple(drivers),
        register=register, strangers=_strangers(section, register),
    )  # fmt: skip
    ratings = ratings_of(document, section)
    return _rated(told, section, ratings) if ratings else told


def _unknown_signals(document: Document, section: DriversFile, register: Register | None) -> Iterator[Fault]:
    for name, driver in section.drivers.items():
        for number, signal in enumerate(driver.signals):
            key: KeyPath = ("drivers", name, "signals", number)
            if register is None:
                problem = "stands here without a register; name it with `register_file`"
                yield located(document, key, problem)
                break
            if signal not in register.signals:
                problem = f"found '{signal}', which the register has not{nearest(signal, register.signals)}"
                yield located(document, key, problem)


def _unknown_drivers(document: Document, section: DriversFile) -> Iterator[Fault]:
    named: list[tuple[KeyPath, str]] = [(("chosen", i), name) for i, name in enumerate(section.chosen)]
    seen: set[frozenset[str]] = set()
    for number, each in enumerate(section.correlations):
        key: KeyPath = ("correlations", number, "drivers")
        named += [((*key, i), name) for i, name in enumerate(each.drivers)]
        pair = frozenset(each.drivers)
        if len(pair) == 1:
            yield located(document, key, f"'{each.drivers[0]}' stands beside itself; name two drivers")
        elif pair in seen:
            yield located(document, key, f"{' and '.join(each.drivers)} were judged before; keep one")
        seen.add(pair)
    for key, name in named:
        if name not in section.drivers:
            problem = f"'{name}' is no driver of this file{nearest(name, section.drivers)}"
            yield Fault(problem, dotted(key), document.line_of(key))


def _driver(name: str, section: DriversFile, register: Register | None) -> Driver:
    each = section.drivers[name]
    speaking = (
        [signal.name for signal in register.signals.values() if signal.driver == name] if register else []
    )
    signals = tuple(dict.fromkeys([*each.signals, *speaking]))
    title = each.title or name.replace("_", " ")
    return Driver(name, title, each.description, signals, each.states)


def _strangers(section: DriversFile, register: Register | None) -> tuple[str, ...]:
    named = {each.driver for each in register.signals.values() if each.driver} if register else set()
    return tuple(sorted(named - set(section.drivers)))


def _rated(told: Drivers, section: DriversFile, ratings: Ratings) -> Drivers:
    ends = [told.scales["impact"], told.scales["uncertainty"]]
    grid = impact_uncertainty_grid(ratings.values, scales=ends, cut=section.cut, seed=section.seed)
    correlations, judged = _correlations(told.drivers, section, ratings)
    pairs = suggested_axes(grid.scores, correlations)
    rated = replace(told, ratings=ratings, grid=grid, pairs=pairs, judged=judged)
    return replace(rated, chosen=_chosen(rated, section, grid))


def _correlations(
    drivers: Mapping[str, Driver], section: DriversFile, ratings: Ratings
) -> tuple[FloatArray, frozenset[tuple[int, int]]]:
    found, names = rating_correlations(ratings.values), list(drivers)
    judged = set()
    for each in section.correlations:
        i, j = sorted(names.index(name) for name in each.drivers)
        found[i, j] = found[j, i] = each.value
        judged.add((i, j))
    return np.asarray(found), frozenset(judged)


def _chosen(rated: Drivers, section: DriversFile, grid: Grid) -> tuple[str, ...]:
    """The drivers that the file chooses, else the critical uncertainties, in the file's order."""
    if section.chosen:
        return tuple(section.chosen)
    is_critical = zip(rated.drivers, grid.quadrants, strict=True)
    return tuple(name for name, quadrant in is_critical if quadrant is Quadrant.CRITICAL)
