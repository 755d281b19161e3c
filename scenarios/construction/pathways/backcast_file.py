"""A backcast's file: the present, the vision, the milestones between them with their needs and dates."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from innosi.models.errors import InputFaults
from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.construction.construction_file import ConstructionFile, Text
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.pathways.backcast import Backcast, Indicator, Milestone, Vision, timed
from innosi.scenarios.construction.pathways.dates import Days, FirstDay, LastDay
from innosi.scenarios.construction.pathways.entries import Amount, Overrides, Texts
from innosi.scenarios.construction.pathways.indicators import VISION, IndicatorTarget
from innosi.scenarios.construction.pathways.links import link_problems
from innosi.scenarios.construction.settings import Settings
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Problem, Section, nearest, validate
from innosi.scenarios.loading.variants import Weight

OUTCOMES = ("reached", "late", "missed")


class IndicatorSection(Section):
    """What shows how far the way is gone."""

    title: str = ""
    """The indicator in words; by default its name."""
    unit: Text
    """What it counts, such as `people a year`."""
    direction: Literal["at_least", "at_most"] = "at_least"
    """Whether a target is to be reached from below or from above."""


class ValueSection(Section):
    """An indicator's value today."""

    value: Amount
    """The number, in the indicator's unit."""
    source: str = ""
    """Where it was read, or who says so."""
    evidence: EvidenceGrade = EvidenceGrade.ASSUMPTION
    """What it rests on."""


def _valued(found: Any) -> Any:
    is_bare = isinstance(found, int | float) and not isinstance(found, bool)
    return {"value": found} if is_bare else found


Value = Annotated[ValueSection, BeforeValidator(_valued, json_schema_input_type=float | ValueSection)]


class PresentSection(Section):
    """The state of things from which the way begins."""

    at: FirstDay
    """The year, month or day from which work can begin; of a year or month its first day."""
    description: str = ""
    """How things stand."""
    values: dict[str, Value] = Field(default_factory=dict)
    """The value of each indicator today: a number, or a section with its source."""


class VisionSection(Section):
    """What is to be true."""

    title: Text
    """The vision in a few words, as it stands in the picture."""
    at: LastDay
    """The year, month or day by which it is; of a year or month its last day."""
    description: str = ""
    """What exactly is meant."""
    states: Texts = ()
    """What is then so, in a sentence each."""
    targets: dict[str, Amount] = Field(default_factory=dict)
    """What each indicator is to be: name to number."""
    overrides: Overrides = Field(default_factory=dict)
    """What it sets, once reached, in the scenario file's base: dotted key to value."""


class MilestoneSection(Section):
    """What must be reached on the way."""

    title: Text
    """The milestone in a few words, as it stands in the picture."""
    by: LastDay
    """Until when: a year, month or day; of a year or month its last day."""
    takes: Days | None = None
    """How long it takes, such as `18 months`; in days, weeks, months or years."""
    needs: Texts = ()
    """The milestones that must be reached before it can be begun."""
    description: str = ""
    """What exactly is meant."""
    who: Texts = ()
    """Who sees to it."""
    theme: str = ""
    """The lane on which it stands in the picture; by default the first who sees to it."""
    actions: Texts = ()
    """What is done for it."""
    obstacles: Texts = ()
    """What stands in its way."""
    targets: dict[str, Amount] = Field(default_factory=dict)
    """What indicators are to be by then: name to number."""
    serves: Texts = ()
    """Further indicators that it helps on, without a number of its own."""


class OutcomeSection(Section):
    """A scenario: what becomes of the vision."""

    title: Text
    """The scenario in a few words."""
    description: str = ""
    """What a reader must know of it."""
    weight: Weight | None = None
    """How much it counts beside the others; all scenarios have one, or none has."""
    overrides: Overrides = Field(default_factory=dict)
    """What it sets in the scenario file's base; for `reached` after what the vision itself sets."""


class OutcomesSection(Section):
    """What may become of the vision."""

    reached: OutcomeSection | None = None
    """It is reached in time."""
    late: OutcomeSection | None = None
    """It is reached, but later."""
    missed: OutcomeSection | None = None
    """It is not reached."""


class BackcastFile(ConstructionFile):
    """A backcast."""

    method: Literal["backcast"]
    """Which method the file is for."""
    present: PresentSection
    """How things stand today."""
    vision: VisionSection
    """What is to be true, and when."""
    indicators: dict[Name, IndicatorSection] = Field(default_factory=dict)
    """What shows how far the way is gone, by name."""
    milestones: dict[Name, MilestoneSection] = Field(min_length=1)
    """What must be reached on the way, by name."""
    scenarios: OutcomesSection = Field(default_factory=OutcomesSection)
    """What may become of the vision; needed for `--to`."""


def backcast_from(document: Document) -> Backcast:
    """Return the backcast that a file describes.

    Raises
    ------
    InputFaults
        Naming every fault with its line and key.
    """
    file = validate(BackcastFile, document)
    faults = [located(document, key, problem) for key, problem in _problems(file)]
    if faults:
        raise InputFaults(document.source, sorted(faults, key=lambda each: each.line or 0))
    milestones, chain = timed(_milestones(file), file.present.at, file.vision.at)
    vision = file.vision
    return Backcast(
        title=file.title,
        today=file.present.at,
        vision=Vision(vision.title, vision.at, vision.states, vision.description),
        indicators=tuple(
            _indicator(file, name, Path(document.source).name) for name in sorted(file.indicators)
        ),
        milestones=milestones,
        chain=chain,
        scenarios=tuple(_scenarios(file)),
        settings=_settings(file),
    )


def _milestones(file: BackcastFile) -> dict[str, Milestone]:
    return {
        name: Milestone(
            name,
            each.title,
            each.by,
            each.takes,
            each.needs,
            earliest=file.present.at,
            start_by=each.by,
            slack=math.inf,
            theme=each.theme or next(iter(each.who), ""),
            who=each.who,
            actions=each.actions,
            obstacles=each.obstacles,
            serves=tuple(dict.fromkeys((*each.targets, *each.serves))),
            description=each.description,
        )
        for name, each in file.milestones.items()
    }


def _indicator(file: BackcastFile, name: str, source: str) -> Indicator:
    section, present = file.indicators[name], file.present.values.get(name)
    stated = [
        (each.by, each.targets[name], at) for at, each in file.milestones.items() if name in each.targets
    ]
    if name in file.vision.targets:
        stated.append((file.vision.at, file.vision.targets[name], VISION))
    targets = (
        IndicatorTarget(name, section.unit, day, float(value), section.direction, milestone, source)
        for day, value, milestone in sorted(stated)
    )
    return Indicator(
        name,
        section.title or name.replace("_", " "),
        section.unit,
        section.direction,
        None if present is None else present.value,
        "" if present is None else present.source,
        "" if present is None else present.evidence.label,
        tuple(targets),
    )


def _outcomes(file: BackcastFile) -> dict[str, OutcomeSection]:
    return {name: found for name in OUTCOMES if (found := getattr(file.scenarios, name)) is not None}


def _scenarios(file: BackcastFile) -> Iterator[ConstructedScenario]:
    for name, each in _outcomes(file).items():
        settings = ("vision", "vision-reached") if name == "reached" else (f"vision-{name}",)
        yield ConstructedScenario(name, each.title, settings, each.description, each.weight)


def _settings(file: BackcastFile) -> Settings:
    found: dict[str, tuple[Mapping[str, Any], KeyPath]] = {}
    if file.vision.overrides:
        found["vision"] = (file.vision.overrides, ("vision", "overrides"))
    for name, each in _outcomes(file).items():
        if each.overrides:
            found[f"vision-{name}"] = (each.overrides, ("scenarios", name, "overrides"))
    return found


def _problems(file: BackcastFile) -> Iterator[Problem]:
    if file.vision.at <= file.present.at:
        yield ("vision", "at"), f"{file.vision.at} is not after the present, {file.present.at}"
    if VISION in file.milestones:
        yield ("milestones", VISION), "is what the vision itself is called; give the milestone another name"
    links = {name: each.needs for name, each in file.milestones.items()}
    yield from link_problems(links, what="milestone", section="milestones", key="needs")
    for name, each in file.milestones.items():
        yield from ((("milestones", name, key), said) for key, said in _date_problems(file, each))
    yield from _indicator_problems(file)
    yield from _outcome_problems(file)


def _date_problems(file: BackcastFile, milestone: MilestoneSection) -> Iterator[tuple[str, str]]:
    if milestone.by > file.vision.at:
        yield "by", f"is due by {milestone.by}, after the vision ({file.vision.at})"
    if milestone.by < file.present.at:
        yield "by", f"was due by {milestone.by}, before the present ({file.present.at})"
    for other in dict.fromkeys(milestone.needs):
        needed = file.milestones.get(other)
        if needed is not None and needed.by > milestone.by:
            yield "by", f"is due by {milestone.by}, but needs '{other}', which is due later, by {needed.by}"


def _indicator_problems(file: BackcastFile) -> Iterator[Problem]:
    places: list[tuple[KeyPath, Mapping[str, Any] | tuple[str, ...]]] = [
        (("present", "values"), file.present.values),
        (("vision", "targets"), file.vision.targets),
    ]
    for name, each in file.milestones.items():
        places += [
            (("milestones", name, "targets"), each.targets),
            (("milestones", name, "serves"), each.serves),
        ]
    for place, named in places:
        for name in named:
            if name not in file.indicators:
                key = (*place, name) if isinstance(named, Mapping) else place
                yield key, f"there is no indicator '{name}'{nearest(name, file.indicators)}"
    for indicator in file.indicators:
        seen = {file.vision.at: VISION} if indicator in file.vision.targets else {}
        for name, each in file.milestones.items():
            if indicator in each.targets and seen.setdefault(each.by, name) != name:
                problem = f"'{seen[each.by]}' has a target for the same date, {each.by}; keep one of them"
                yield ("milestones", name, "targets", indicator), problem


def _outcome_problems(file: BackcastFile) -> Iterator[Problem]:
    outcomes = _outcomes(file)
    weighted = [name for name, each in outcomes.items() if each.weight is not None]
    for name in outcomes:
        if weighted and name not in weighted:
            yield ("scenarios", name), f"has no weight, but '{weighted[0]}' has one; give all one, or none"
