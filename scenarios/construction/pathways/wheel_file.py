"""A futures wheel's file: the centre, the consequences with their links and scores, the scenarios chosen."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.construction_file import ConstructionFile, Text
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.pathways.entries import (
    Overrides,
    ScenarioOfEntries,
    Texts,
    weight_problems,
)
from innosi.scenarios.construction.pathways.links import Links, all_below, link_problems, set_twice
from innosi.scenarios.construction.pathways.score_table import Scored, read_score_table
from innosi.scenarios.construction.pathways.scores import SCALES, Score, ScoringScale, scores_in
from innosi.scenarios.construction.pathways.wheel import (
    CENTRE,
    Consequence,
    Wheel,
    branches,
    orders,
    placed_in_order,
    setting,
    standing,
)
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Problem, Section, nearest, validate

_NUMBER = {"type": "number"}
ScoresByParticipant = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                _NUMBER,
                {"type": "array", "items": _NUMBER},
                {"type": "object", "additionalProperties": _NUMBER},
            ]
        }
    ),
]


class CentreSection(Section):
    """What stands in the middle of the wheel."""

    title: Text
    """The event, trend or decision in a few words."""
    kind: Literal["event", "trend", "decision"] = "event"
    """What it is."""
    description: str = ""
    """What exactly is meant, and from when on."""


class ConsequenceSection(Section):
    """What may follow from the centre, or from other consequences."""

    title: Text
    """The consequence in a few words, as it stands in the picture."""
    follows_from: Texts = ()
    """`centre`, or the names of one or more other consequences, all of which it needs."""
    description: str = ""
    """What exactly is meant."""
    steep: Literal["social", "technological", "economic", "environmental", "political"] | None = None
    """Its category."""
    likelihood: ScoresByParticipant = None
    """How likely it is, on the scale: one number of the group, a list, or participant to number."""
    desirability: ScoresByParticipant = None
    """How desirable it is, on the scale: below 0 undesirable, above 0 desirable."""
    affected: Texts = ()
    """Whom it touches."""
    evidence: str = ""
    """What speaks for it, and where that was read."""
    overrides: Overrides = Field(default_factory=dict)
    """What it sets in the scenario file's base: dotted key to value, such as `inputs.grant.amount: €20k`."""


class BranchScenarioSection(ScenarioOfEntries):
    """A scenario: consequences that come true together."""

    consequences: Texts = Field(min_length=1)
    """Their names; all that they follow from must be among them."""


class WheelFile(ConstructionFile):
    """A futures wheel."""

    method: Literal["futures_wheel"]
    """Which method the file is for."""
    centre: CentreSection
    """What stands in the middle."""
    scale: Literal["implications_wheel", "percent", "five_point"] = "implications_wheel"
    """How they are scored: likelihood 1 to 9, 0 to 100 or 1 to 5; desirability −5 to 5, or −2 to 2."""
    scores: str | None = None
    """A table of scores, CSV or XLSX, seen from this file: `consequence`, `likelihood`, `desirability` and,
    where several scored, `participant`."""
    consequences: dict[Name, ConsequenceSection] = Field(min_length=1)
    """What may follow, by name."""
    scenarios: dict[Name, BranchScenarioSection] = Field(default_factory=dict)
    """Which consequences come true together, by name; needed for `--to` without `--branches`."""


def wheel_from(document: Document) -> Wheel:
    """Return the futures wheel that a file describes.

    Raises
    ------
    InputFaults
        Naming every fault with its line and key.
    """
    file = validate(WheelFile, document)
    scale = SCALES[file.scale]
    scored, faults = _scores(file, scale, document)
    faults += [located(document, key, problem) for key, problem in _problems(file)]
    if faults:
        raise InputFaults(document.source, sorted(faults, key=lambda each: (each.source, each.line or 0)))
    consequences = _consequences(file, scored, scale)
    return Wheel(
        file.title,
        file.centre.title,
        placed_in_order(consequences),
        scale,
        tuple(_scenarios(file, consequences)),
        {
            setting(name): (each.overrides, ("consequences", name, "overrides"))
            for name, each in file.consequences.items()
            if each.overrides
        },
    )


def _links(file: WheelFile) -> Links:
    return {name: each.follows_from for name, each in file.consequences.items()}


def _inner(file: WheelFile) -> dict[str, list[str]]:
    """The links among consequences, without those that lead nowhere."""
    return {
        name: [other for other in others if other in file.consequences]
        for name, others in _links(file).items()
    }


def _problems(file: WheelFile) -> Iterator[Problem]:
    if CENTRE in file.consequences:
        yield ("consequences", CENTRE), "is what stands in the middle; give the consequence another name"
    inner = {name: [other for other in others if other != CENTRE] for name, others in _links(file).items()}
    found = link_problems(
        inner, what="consequence", section="consequences", key="follows_from", also=(CENTRE,)
    )
    yield from found
    yield from weight_problems(file.scenarios)
    if not found:
        yield from _scenario_problems(file)


def _scenario_problems(file: WheelFile) -> Iterator[Problem]:
    placed = orders(_links(file))
    below = all_below(_inner(file))
    overrides = {name: each.overrides for name, each in file.consequences.items()}
    for name, scenario in file.scenarios.items():
        key = ("scenarios", name, "consequences")
        for each in scenario.consequences:
            if each not in file.consequences:
                yield key, f"there is no consequence '{each}'{nearest(each, file.consequences)}"
            elif placed[each] is None:
                yield key, f"'{each}' is not placed; say what it follows from"
        known = [each for each in dict.fromkeys(scenario.consequences) if each in file.consequences]
        for each in known:
            missing = [other for other in _inner(file)[each] if other not in known]
            if missing:
                yield key, f"'{each}' follows from '{missing[0]}', which is not in the scenario; add it"
        for first, second, number in set_twice(sorted(known), overrides):
            if first not in below[second] and second not in below[first]:
                yield key, f"'{first}' and '{second}' both set {number}, and neither follows from the other"


def _consequences(
    file: WheelFile, scored: Mapping[str, Scored], scale: ScoringScale
) -> dict[str, Consequence]:
    links = _links(file)
    order, branch = orders(links), branches(links)
    found = {}
    for name, each in file.consequences.items():
        likelihood, desirability = (Score(by) for by in scored[name])
        found[name] = Consequence(
            name,
            each.title,
            each.follows_from,
            order[name],
            branch[name],
            likelihood,
            desirability,
            standing(likelihood, desirability, scale),
            steep=each.steep or "",
            affected=each.affected,
            evidence=each.evidence,
            description=each.description,
        )
    return found


def _scenarios(file: WheelFile, consequences: Mapping[str, Consequence]) -> Iterator[ConstructedScenario]:
    """The chosen scenarios; what follows later is set later, and so has the last word."""
    for name, scenario in file.scenarios.items():
        chosen = placed_in_order({each: consequences[each] for each in scenario.consequences})
        settings = tuple(setting(each.name) for each in chosen)
        yield ConstructedScenario(name, scenario.title, settings, scenario.description, scenario.weight)


def _scores(
    file: WheelFile, scale: ScoringScale, document: Document
) -> tuple[dict[str, Scored], list[Fault]]:
    """The scores of every consequence, in the file or in its table, and what is wrong with them."""
    found: dict[str, Scored] = {}
    faults: list[Fault] = []
    for name, each in file.consequences.items():
        by_kind = []
        for kind, ends in (("likelihood", scale.likelihood), ("desirability", scale.desirability)):
            scores, problems = scores_in(getattr(each, kind), ends)
            by_kind.append(scores)
            faults += [located(document, ("consequences", name, kind), problem) for problem in problems]
        found[name] = (by_kind[0], by_kind[1])
    if file.scores is None:
        return found, faults
    table, more = read_score_table(document, file.scores, scale, list(file.consequences))
    for name, by_participant in table.items():
        if any(found[name]):
            key = ("consequences", name, "likelihood" if found[name][0] else "desirability")
            more.append(located(document, key, f"is scored in {file.scores} too; keep one of them"))
        found[name] = by_participant
    return found, faults + more
