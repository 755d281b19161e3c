"""The file of three horizons: items, links between them, tensions, curves, and scenarios of what prevails."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from innosi.models.errors import InputFaults
from innosi.scenarios.construction.construction_file import ConstructionFile, Text
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.pathways.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    FirstDay,
    LastDay,
    decimal_year,
)
from innosi.scenarios.construction.pathways.entries import (
    Overrides,
    ScenarioOfEntries,
    Share,
    Texts,
    weight_problems,
)
from innosi.scenarios.construction.pathways.horizons import (
    HORIZONS,
    Curve,
    Item,
    Link,
    Tension,
    ThreeHorizons,
    placed_in_order,
    setting,
    standard_curves,
)
from innosi.scenarios.construction.pathways.links import set_twice
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Problem, Section, nearest, validate

TITLES = {"H1": "first horizon", "H2": "second horizon", "H3": "third horizon"}


class CurveSection(Section):
    """How far a horizon prevails over the years: points, or a logistic curve. A judgement, not data."""

    points: dict[str, Share] = Field(default_factory=dict)
    """Year to share, such as `{2025: 80%, 2035: 30%}`; straight lines between them."""
    rises_by: FirstDay | None = None
    """The year or month by which it has risen half-way."""
    falls_by: FirstDay | None = None
    """The year or month by which it has fallen half-way; with `rises_by` it rises and falls."""
    takes: float = Field(default=10, gt=0, le=200)
    """Years from a tenth to nine tenths of the way."""
    lowest: Share = 0.0
    """Where it begins to rise from, or falls to."""
    highest: Share = 1.0
    """Where it rises to, or falls from."""


class HorizonSection(Section):
    """One of the three horizons."""

    title: Text | None = None
    """What it is about, in a few words."""
    curve: CurveSection | None = None
    """How far it prevails over the years; by default the usual drawing."""


class HorizonsSection(Section):
    """The three horizons, each with a title and a curve."""

    H1: HorizonSection = Field(default_factory=HorizonSection)
    """What is dominant today, and fades."""
    H2: HorizonSection = Field(default_factory=HorizonSection)
    """What is tried in between."""
    H3: HorizonSection = Field(default_factory=HorizonSection)
    """What is to come, and here in pockets already."""


class ItemSection(Section):
    """A practice, a pattern or an innovation, on one of the horizons."""

    title: Text
    """The item in a few words, as it stands in the picture."""
    horizon: Literal["H1", "H2", "H2+", "H2-", "H3"]
    """`H1` fades, `H3` is of the future; `H2+` leads there, `H2-` keeps H1 going, `H2` is undecided."""
    description: str = ""
    """What exactly is meant."""
    signals: Texts = ()
    """What shows it today: names of signals, or a few words."""
    begins: FirstDay | None = Field(default=None, alias="from")
    """The year, month or day from which it plays a part."""
    ends: LastDay | None = Field(default=None, alias="to")
    """The year, month or day until which it does."""
    who: Texts = ()
    """Who carries it."""
    overrides: Overrides = Field(default_factory=dict)
    """What it sets in the scenario file's base: dotted key to value, such as `inputs.grant.amount: €20k`."""


class LinkSection(Section):
    """What one item does to another."""

    source: Text = Field(alias="from")
    """The item that acts."""
    kind: Literal["supports", "hinders", "grows_into", "replaces"]
    """What it does."""
    target: Text = Field(alias="to")
    """The item that it acts on."""
    note: str = ""
    """Why, or how."""


class TensionSection(Section):
    """A tension or dilemma."""

    question: Text
    """What must be decided, or lived with."""
    between: Texts = Field(min_length=2)
    """The items between which it stands."""


class HorizonScenarioSection(ScenarioOfEntries):
    """A scenario: what prevails in the end."""

    course: Literal["managed_decline", "capture", "transition"]
    """What becomes of the first horizon: it fades with nothing of the third in its place, the second keeps it
    going, or the third prevails."""
    items: Texts = Field(min_length=1)
    """The items that prevail."""


class HorizonsFile(ConstructionFile):
    """Three horizons."""

    method: Literal["three_horizons"]
    """Which method the file is for."""
    first_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    """The year at which the picture begins: today."""
    last_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    """The year at which it ends."""
    horizons: HorizonsSection = Field(default_factory=HorizonsSection)
    """What each horizon is about, and how far it prevails when."""
    items: dict[Name, ItemSection] = Field(min_length=1)
    """What stands on the horizons, by name."""
    links: list[LinkSection] = Field(default_factory=list)
    """What items do to one another."""
    tensions: list[TensionSection] = Field(default_factory=list)
    """What pulls in two directions."""
    scenarios: dict[Name, HorizonScenarioSection] = Field(default_factory=dict)
    """What may prevail in the end, by the scenario's name; needed for `--to`."""


def horizons_from(document: Document) -> ThreeHorizons:
    """Return the three horizons that a file describes.

    Raises
    ------
    InputFaults
        Naming every fault with its line and key.
    """
    file = validate(HorizonsFile, document)
    faults = [located(document, key, problem) for key, problem in _problems(file)]
    if faults:
        raise InputFaults(document.source, sorted(faults, key=lambda each: each.line or 0))
    items = {
        name: Item(
            *(name, each.title, each.horizon, each.begins, each.ends),
            *(each.signals, each.who, each.description),
        )
        for name, each in file.items.items()
    }
    return ThreeHorizons(
        title=file.title,
        first_year=file.first_year,
        last_year=file.last_year,
        titles={each: _horizon(file, each).title or TITLES[each] for each in HORIZONS},
        curves=_curves(file),
        items=placed_in_order(items),
        links=tuple(
            sorted(
                (Link(each.source, each.kind, each.target, each.note) for each in file.links),
                key=lambda each: (each.source, each.target, each.kind),
            )
        ),
        tensions=tuple(Tension(each.question, each.between) for each in file.tensions),
        chosen=tuple(_scenarios(file)),
        settings={
            setting(name): (each.overrides, ("items", name, "overrides"))
            for name, each in file.items.items()
            if each.overrides
        },
    )


def _horizon(file: HorizonsFile, name: str) -> HorizonSection:
    found: HorizonSection = getattr(file.horizons, name)
    return found


def _curves(file: HorizonsFile) -> dict[str, Curve]:
    found = standard_curves(file.first_year, file.last_year)
    for name in HORIZONS:
        drawn = _horizon(file, name).curve
        if drawn is not None:
            found[name] = Curve(
                tuple(sorted((float(year), share) for year, share in drawn.points.items())),
                None if drawn.rises_by is None else decimal_year(drawn.rises_by),
                None if drawn.falls_by is None else decimal_year(drawn.falls_by),
                drawn.takes,
                drawn.lowest,
                drawn.highest,
            )
    return found


def _scenarios(file: HorizonsFile) -> Iterator[ConstructedScenario]:
    for name, each in file.scenarios.items():
        settings = tuple(setting(item) for item in sorted(each.items))
        yield ConstructedScenario(name, each.title, settings, each.description, each.weight)


def _problems(file: HorizonsFile) -> Iterator[Problem]:
    if file.last_year <= file.first_year:
        yield ("last_year",), f"{file.last_year} is not after the first year, {file.first_year}"
    for name in HORIZONS:
        drawn = _horizon(file, name).curve
        if drawn is not None:
            yield from ((("horizons", name, "curve", *key), said) for key, said in _curve_problems(drawn))
    for name, item in file.items.items():
        if item.begins and item.ends and item.ends < item.begins:
            yield ("items", name, "to"), f"ends ({item.ends}) before it begins ({item.begins})"
    yield from _link_problems(file)
    yield from _tension_problems(file)
    yield from weight_problems(file.scenarios)
    for name, scenario in file.scenarios.items():
        yield from ((("scenarios", name, key), said) for key, said in _scenario_problems(file, scenario))


def _curve_problems(curve: CurveSection) -> Iterator[Problem]:
    by_years = curve.rises_by or curve.falls_by
    if curve.points and by_years:
        yield ("points",), "a curve has points or is logistic; leave out these, or `rises_by` and `falls_by`"
    if not curve.points and not by_years:
        yield (), "says nothing of when; give `points`, or `rises_by`, `falls_by` or both"
    if len(curve.points) == 1:
        yield ("points",), "is one point; give two or more"
    for year in curve.points:
        if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:6]) <= LAST_YEAR):
            yield ("points", year), f"'{year}' is no year from {FIRST_YEAR} to {LAST_YEAR}"
    if curve.rises_by and curve.falls_by and curve.falls_by <= curve.rises_by:
        yield ("falls_by",), "must lie after `rises_by`"
    if curve.lowest >= curve.highest:
        yield ("lowest",), "must lie below `highest`"


def _link_problems(file: HorizonsFile) -> Iterator[Problem]:
    seen: dict[Any, int] = {}
    for number, link in enumerate(file.links):
        for key, name in (("from", link.source), ("to", link.target)):
            if name not in file.items:
                yield ("links", number, key), _no_item(name, file.items)
        if link.source == link.target:
            yield ("links", number), f"'{link.source}' is linked to itself"
        is_new = seen.setdefault((link.source, link.kind, link.target), number) == number
        if not is_new:
            yield ("links", number), f"'{link.source}' {link.kind} '{link.target}' stands twice; keep one"
        if link.kind == "replaces" and (link.target, link.kind, link.source) in seen:
            yield ("links", number), f"'{link.source}' and '{link.target}' cannot replace each other"


def _tension_problems(file: HorizonsFile) -> Iterator[Problem]:
    for number, tension in enumerate(file.tensions):
        for name in dict.fromkeys(tension.between):
            if name not in file.items:
                yield ("tensions", number, "between"), _no_item(name, file.items)
            elif tension.between.count(name) > 1:
                yield ("tensions", number, "between"), f"names '{name}' twice"


def _scenario_problems(file: HorizonsFile, scenario: HorizonScenarioSection) -> Iterator[tuple[str, str]]:
    known = [each for each in dict.fromkeys(scenario.items) if each in file.items]
    for each in dict.fromkeys(scenario.items):
        if each not in file.items:
            yield "items", _no_item(each, file.items)
        elif scenario.items.count(each) > 1:
            yield "items", f"names '{each}' twice; name it once"
    for link in file.links:
        if link.kind == "replaces" and link.source in known and link.target in known:
            yield "items", f"'{link.source}' replaces '{link.target}': both cannot prevail; leave one out"
    overrides = {name: each.overrides for name, each in file.items.items()}
    for first, second, number in set_twice(sorted(known), overrides):
        yield "items", f"'{first}' and '{second}' both set {number}; leave one of them out"
    if known:
        yield from (("course", said) for said in _course_problems(file, scenario, known))


def _course_problems(file: HorizonsFile, scenario: HorizonScenarioSection, known: list[str]) -> Iterator[str]:
    """A transition has something of H3, a capture something of H2-, a managed decline something of H1."""
    positions = {file.items[each].horizon for each in known}
    needed = {"transition": "H3", "capture": "H2-", "managed_decline": "H1"}[scenario.course]
    if needed not in positions:
        course = scenario.course.replace("_", " ")
        yield f"a {course} in which nothing of {needed} prevails; add such an item, or change the course"
    if needed != "H3" and "H3" in positions:
        item = next(each for each in known if file.items[each].horizon == "H3")
        yield f"'{item}' is of H3; where that prevails it is a transition"


def _no_item(name: str, items: Mapping[str, object]) -> str:
    return f"there is no item '{name}'{nearest(name, items)}"
