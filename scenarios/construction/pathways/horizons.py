"""Three horizons: what fades, what is tried in between, and what of the future is here already.

Source: Curry & Hodgson (2008), Journal of Futures Studies 13(1); Sharpe, Hodgson, Leicester, Lyon & Fazey
(2016), Ecology and Society 21(2):47.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.pathways.dates import decimal_year
from innosi.scenarios.construction.settings import Settings

HORIZONS = ("H1", "H2", "H3")
POSITIONS: Mapping[str, str] = {
    "H1": "dominant today, fading",
    "H2": "innovation, not yet told which way it goes",
    "H2+": "innovation that leads to the third horizon",
    "H2-": "innovation that keeps the first horizon going",
    "H3": "of the future, in pockets here already",
}
KINDS: Mapping[str, str] = {
    "supports": "supports",
    "hinders": "hinders",
    "grows_into": "grows into",
    "replaces": "replaces",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """How far a horizon's pattern prevails, as somebody drew it: a judgement, never data.

    Attributes
    ----------
    points : tuple of (year, share)
        Straight lines between them, level beyond them; if empty the curve is logistic.
    rises_by, falls_by : float, optional
        The year by which it has risen half-way, and has fallen half-way.
    takes : float
        Years from a tenth to nine tenths of the way.
    lowest, highest : float
        Shares from 0 to 1 between which it moves.
    """

    points: tuple[tuple[float, float], ...] = ()
    rises_by: float | None = None
    falls_by: float | None = None
    takes: float = 10.0
    lowest: float = 0.0
    highest: float = 1.0

    def at(self, years: ArrayLike) -> FloatArray:
        """Return the share that prevails in each year.

        Parameters
        ----------
        years : (n,) float

        Returns
        -------
        (n,) float
            From `lowest` to `highest`. A curve that rises and falls is the product of both.

        Source
        ------
        The logistic curve as a substitution's: Fisher & Pry (1971), Technological Forecasting and Social
        Change 3; its steepness is 2 ln 9 / takes.

        Examples
        --------
        >>> Curve(rises_by=2030, takes=10).at([2025, 2030, 2035]).round(3).tolist()
        [0.1, 0.5, 0.9]
        """
        years = np.asarray(years, dtype=float)
        if self.points:
            return np.interp(years, *np.array(self.points).T)
        way = np.ones_like(years)
        if self.rises_by is not None:
            way = way * _logistic(years - self.rises_by, self.takes)
        if self.falls_by is not None:
            way = way * _logistic(self.falls_by - years, self.takes)
        return self.lowest + (self.highest - self.lowest) * way

    @property
    def in_words(self) -> str:
        """How it is drawn."""
        if self.points:
            shown = ", ".join(f"{year:g}: {share:.0%}" for year, share in self.points)
            return f"straight lines between {shown}"
        ways = (("half risen", self.rises_by), ("half fallen", self.falls_by))
        said = ", ".join(f"{way} by {year:.0f}" for way, year in ways if year is not None)
        return (
            f"logistic, {said}, a tenth to nine tenths within {self.takes:g} years,"
            f" from {self.lowest:.0%} to {self.highest:.0%}"
        )


def _logistic(years: FloatArray, takes: float) -> FloatArray:
    return 1 / (1 + np.exp(np.clip(-2 * math.log(9) / takes * years, -500, 500)))


def standard_curves(first: float, last: float) -> dict[str, Curve]:
    """Return the usual drawing: the second horizon takes over a third of the way, the third after two."""
    span = last - first
    early, late = first + span / 3, first + 2 * span / 3
    takes = span / 2
    return {
        "H1": Curve(falls_by=early, takes=takes, highest=0.9),
        "H2": Curve(rises_by=early, falls_by=late, takes=takes / 2, highest=0.7),
        "H3": Curve(rises_by=late, takes=takes, highest=0.9),
    }


@dataclass(frozen=True, slots=True)
class Item:
    """A practice, pattern or innovation.

    Attributes
    ----------
    name, title, description : str
    position : str
        `H1`, `H2`, `H2+`, `H2-` or `H3`.
    begins, ends : date, optional
    signals, who : tuple of str
    """

    name: str
    title: str
    position: str
    begins: date | None = None
    ends: date | None = None
    signals: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    description: str = ""

    @property
    def horizon(self) -> str:
        """Its horizon: `H1`, `H2` or `H3`."""
        return self.position[:2]

    @property
    def when(self) -> str:
        """From when to when, in years."""
        ends = (f"{day.year}" if day else "" for day in (self.begins, self.ends))
        return "–".join(ends) if self.begins or self.ends else ""


@dataclass(frozen=True, slots=True)
class Link:
    """What one item does to another; `kind` is one of `KINDS`."""

    source: str
    kind: str
    target: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tension:
    """A dilemma: the question, and the items between which it stands."""

    question: str
    between: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThreeHorizons:
    """Three horizons whose links are checked.

    Attributes
    ----------
    title : str
    first_year, last_year : int
    titles : mapping of horizon to text
    curves : mapping of horizon to Curve
    items : tuple of Item
        By horizon, then by name.
    links : tuple of Link
    tensions : tuple of Tension
    chosen : tuple of ConstructedScenario
    settings : mapping
        What an item sets in the scenario file, by `item-NAME`.
    """

    title: str
    first_year: int
    last_year: int
    titles: Mapping[str, str]
    curves: Mapping[str, Curve]
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    tensions: tuple[Tension, ...]
    chosen: tuple[ConstructedScenario, ...]
    settings: Settings

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        counts = ", ".join(f"{len(self.of(horizon))} of {horizon}" for horizon in HORIZONS)
        return f"sound three horizons, {len(self.items)} items ({counts}), {len(self.links)} links"

    def of(self, horizon: str) -> tuple[Item, ...]:
        """Return the items of a horizon."""
        return tuple(each for each in self.items if each.horizon == horizon)

    @property
    def overtaken_in(self) -> float:
        """The first year, as drawn, in which the third horizon prevails over the first; NaN if in none."""
        years = np.linspace(self.first_year, self.last_year, 12 * (self.last_year - self.first_year) + 1)
        ahead = self.curves["H3"].at(years) > self.curves["H1"].at(years)
        return float(years[np.argmax(ahead)]) if ahead.any() else math.nan

    @property
    def notes(self) -> tuple[str, ...]:
        """What does not hang together, or is not told yet."""
        return (*_gaps(self), *_about_time(self))


def placed_in_order(items: Mapping[str, Item]) -> tuple[Item, ...]:
    """Return items by horizon and name, whichever way they were written down."""
    places = list(POSITIONS)
    return tuple(sorted(items.values(), key=lambda each: (places.index(each.position), each.name)))


def setting(name: str) -> str:
    """Return what an item's overrides are called in a scenario file."""
    return f"item-{name}"


def _gaps(found: ThreeHorizons) -> Iterator[str]:
    led_to = _reached(found.links, {each.name for each in found.items if each.position == "H2+"})
    replaced = {each.target for each in found.links if each.kind == "replaces"}
    replaced |= {each.source for each in found.links if each.kind == "grows_into"}
    linked = {name for each in found.links for name in (each.source, each.target)}
    for each in found.items:
        if each.horizon == "H3" and each.name not in led_to:
            yield f"no H2+ leads to '{each.name}' (H3), by supporting it or growing into it"
        if each.horizon == "H1" and each.name not in replaced:
            yield f"nothing replaces '{each.name}' (H1), and it grows into nothing"
        if each.position == "H2":
            yield f"'{each.name}' is neither H2+ nor H2-: which way will it go?"
        if each.horizon == "H3" and not each.signals:
            yield f"'{each.name}' (H3) has no signals: where is it to be seen already?"
        if each.name not in linked:
            yield f"'{each.name}' ({each.position}) is linked to nothing"


def _reached(links: tuple[Link, ...], start: set[str]) -> set[str]:
    """All that is reached from some items by supporting and growing."""
    reached, fresh = set(start), set(start)
    while fresh:
        fresh = {
            each.target for each in links if each.kind in ("supports", "grows_into") and each.source in fresh
        } - reached
        reached |= fresh
    return reached


def _about_time(found: ThreeHorizons) -> Iterator[str]:
    items = {each.name: each for each in found.items}
    for link in found.links:
        source, target = items[link.source], items[link.target]
        if link.kind == "replaces" and target.ends and source.begins and target.ends < source.begins:
            years = decimal_year(source.begins) - decimal_year(target.ends)
            yield (
                f"'{target.name}' ends {years:.1f} years before '{source.name}', which replaces it, begins"
            )
        if link.kind == "grows_into" and target.begins and source.begins and target.begins < source.begins:
            yield f"'{source.name}' grows into '{target.name}', but begins later"
