"""How a plan of simulated panels is written in a file, and the plans that are known by one word."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from innosi.forecast.consensus_rules import RuleSection, rule_from, rule_problems
from innosi.forecast.panels.model import LARGEST, MAX_PANELLISTS, MAX_QUESTIONS, MAX_ROUNDS, Asked, Feedback
from innosi.forecast.panels.model import PanelModel as Model
from innosi.forecast.panels.planning import Plan
from innosi.forecast.panels.scales import AnswerScale, ScaleType
from innosi.forecast.panels.spread import measured_by
from innosi.forecast.percentages import as_number
from innosi.forecast.question_file import ScaleSection
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import Document, KeyPath, dotted, read_document
from innosi.scenarios.loading.validation import Section, nearest, validate

MAX_STUDIES = 100_000
MAX_PANELS = 100


def _as_list(found: Any) -> Any:
    return found if isinstance(found, list) else [found]


_NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\s*[0-9.]+\s*%?\s*$"}]}
PercentOf1 = Annotated[
    float,
    BeforeValidator(as_number),
    Field(ge=0, le=1),
    WithJsonSchema({**_NUMBER, "examples": [0.2, "20%"]}),
]
Size = Annotated[int, Field(ge=1, le=MAX_PANELLISTS)]
Sizes = Annotated[
    list[Size],
    BeforeValidator(_as_list),
    Field(min_length=1, max_length=MAX_PANELS),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "array", "items": {"type": "integer"}}]}
    ),
]
DropOuts = Annotated[
    list[PercentOf1],
    BeforeValidator(_as_list),
    Field(min_length=1, max_length=MAX_PANELS),
    WithJsonSchema({"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}]}),
]
Spread = Annotated[float, Field(ge=0, le=LARGEST)]


class PlanFile(Section):
    """A plan: panels of which sizes are simulated, how their members judge, and when they agree.

    `noise`, `bias` and whatever else is an error is counted in levels of a rating, in log odds of a
    probability, and in natural logarithms of a quantity.
    """

    title: str = "A simulated panel"
    """The plan in a line."""
    description: str = ""
    """What a reader should know first."""
    preset: str | None = None
    """A plan known by one word, from which this one takes what it does not say itself."""
    panellists: Sizes = [15, 30, 60]  # noqa: RUF012 - pydantic copies it
    """How many panellists; several to compare."""
    rounds: int = Field(default=3, ge=1, le=MAX_ROUNDS)
    """Up to how many rounds; each is shown."""
    questions: int = Field(default=20, ge=1, le=MAX_QUESTIONS)
    """How many questions a study asks."""
    type: ScaleType = "rating"
    """What is asked for: a `rating`, a `probability`, a `quantity`, or any `number`."""
    scale: ScaleSection | None = None
    """The scale of a rating; 1 to 9 by default."""
    noise: Spread = 1.5
    """Standard deviation of the error of a typical panellist's first judgement."""
    bias: Annotated[float, Field(ge=-LARGEST, le=LARGEST)] = 0
    """What every panellist judges too high, on every question."""
    shared_error: Spread = 0
    """Standard deviation, between questions, of the error that all panellists have in common."""
    leaning: Spread = 0
    """Standard deviation, between panellists, of what each judges too high on every question."""
    expertise: Spread = 0
    """How far panellists differ in expertise: standard deviation of its logarithm; 0: all alike."""
    conformity: PercentOf1 = 0.3
    """Share of the way to the panel's middle that a typical panellist goes in a round."""
    learning: PercentOf1 = 0.2
    """Share of the way to the truth that a panellist goes in a round, by others' reasons."""
    anchoring: PercentOf1 = 0
    """Weight of the first judgement, against the last, in what a panellist holds before revising."""
    wavering: Spread = 0
    """Standard deviation of what judgements change by themselves from round to round."""
    feedback: Feedback = "median"
    """Which middle panellists are told."""
    asked: Asked = "all"
    """Who is asked to revise: `all`, or those `outside_quartiles`."""
    drop_out: DropOuts = [0.0, 0.2]  # noqa: RUF012 - pydantic copies it
    """Share of the panellists who leave before each next round; several to compare."""
    dissenters_leave: PercentOf1 = 0
    """How far leaving depends on the distance from the median: 0 not at all, 1 in proportion to it."""
    second_camp: PercentOf1 = 0
    """Share of the panellists who judge around another value than the truth."""
    camp_distance: Spread = 0
    """How far that other value lies from the truth, towards the farther end of the scale."""
    overconfidence: PercentOf1 = 0.4
    """Share by which stated intervals are too narrow; in answers for a study only."""
    consensus: RuleSection | None = None
    """When answers are in consensus; for ratings `iqr` by default."""
    far_from_truth: float | None = Field(default=None, gt=0)
    """A consensus further from the truth is false: 1 level, 0.1 of a probability, a quarter of a quantity."""
    wanted_power: Annotated[PercentOf1, Field(gt=0)] = 0.8
    """On which share of the questions consensus is wanted."""
    studies: int = Field(default=1000, ge=1, le=MAX_STUDIES)
    """How many studies are simulated for each panel."""
    seed: int = 0
    """Seed of the draws; 0 is a seed."""


_USUAL_RULES: Mapping[str, RuleSection] = MappingProxyType(
    {
        "rating": RuleSection(preset="iqr"),
        "probability": RuleSection(measure="interquartile_range", at_most=0.2),
        "quantity": RuleSection(measure="relative_interquartile_range", at_most=0.5),
        "number": RuleSection(measure="interquartile_range", at_most=2),
    }
)
_USUALLY_FAR = MappingProxyType({"rating": 1.0, "probability": 0.1, "quantity": 0.25, "number": 1.0})
_OF_THE_MODEL = (
    *("noise", "bias", "shared_error", "leaning", "expertise", "conformity", "learning", "anchoring"),
    *("wavering", "feedback", "asked", "dissenters_leave", "second_camp", "camp_distance", "overconfidence"),
)

PRESETS: Mapping[str, PlanFile] = MappingProxyType(
    {
        "method-works": PlanFile(
            title="A Delphi that works",
            description="Panellists differ in what they know, and learn from each other's reasons.",
            noise=2.5,
            shared_error=0.5,
            expertise=0.4,
            conformity=0.1,
            learning=0.2,
        ),
        "bandwagon": PlanFile(
            title="A bandwagon",
            description="Panellists share an error, give no reasons, and move to the median.",
            noise=2,
            shared_error=1.5,
            conformity=0.6,
            learning=0,
        ),
        "two-camps": PlanFile(
            title="Two camps",
            description="A question of values: two camps hold to what they said first.",
            noise=0.8,
            second_camp=0.45,
            camp_distance=4.5,
            conformity=0.15,
            learning=0,
            anchoring=0.8,
        ),
        "stubborn-experts": PlanFile(
            title="Stubborn experts",
            description="A few know better and hold on; the others follow the majority; dissenters leave.",
            noise=1.5,
            shared_error=2.5,
            expertise=0.9,
            conformity=0.6,
            learning=0,
            dissenters_leave=1,
        ),
    }
)
"""Plans by one word: how the method works, and three ways in which it fails."""


def load_plan(source: str) -> Plan:
    """Return the plan in a file, or the preset of that name where there is no such file.

    Raises
    ------
    InnosiError
        If there is neither.
    InputFaults
        If anything in the file is wrong: every fault with its line and key.
    """
    path = Path(source)
    if path.exists():
        return plan_from(read_document(path))
    if source in PRESETS:
        return _plan(PRESETS[source])
    raise InnosiError(
        f"there is neither a file nor a preset '{source}'",
        mend=f"name a plan's file, or one of: {', '.join(PRESETS)}",
    )


def plan_from(document: Document) -> Plan:
    """Return the plan that a document describes; see `load_plan`."""
    found = validate(PlanFile, document)
    if found.preset is not None and found.preset not in PRESETS:
        problem = f"there is no preset '{found.preset}'{nearest(found.preset, PRESETS)}"
        raise InputFaults(document.source, [_fault(document, ("preset",), problem)])
    file = _merged(found)
    problems = [_fault(document, key, problem) for key, problem in _problems(file)]
    if problems:
        raise InputFaults(document.source, sorted(problems, key=lambda each: each.line or 0))
    return _plan(file)


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan file, made from the section that reads it."""
    schema = PlanFile.model_json_schema()
    rules = schema["properties"]["consensus"]
    schema["properties"]["consensus"] = rules | {"anyOf": [*rules["anyOf"], {"type": "string"}]}
    schema["properties"]["preset"] |= {"examples": list(PRESETS)}
    return schema | {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "innosi-plan"}


def _merged(file: PlanFile) -> PlanFile:
    """Return a file with what it does not say itself taken from its preset."""
    said = {name: getattr(file, name) for name in file.model_fields_set}
    return PRESETS[file.preset].model_copy(update=said) if file.preset else file


def _fault(document: Document, key: KeyPath, problem: str) -> Fault:
    return Fault(problem, key=dotted(key), line=document.line_of(key))


def _ends(file: PlanFile) -> tuple[int, int] | None:
    if file.type != "rating":
        return None
    return (file.scale.low, file.scale.high) if file.scale else (1, 9)


def _problems(file: PlanFile) -> Iterator[tuple[KeyPath, str]]:
    ends = _ends(file)
    if ends is None and file.scale is not None:
        yield ("scale",), f"is for ratings; leave it out for a {file.type}"
    if ends is not None and not 1 <= ends[1] - ends[0] <= 100:
        yield ("scale",), f"{ends[0]} to {ends[1]} is no scale; give 2 to 101 levels, the lowest as `low`"
    if file.consensus is not None:
        for key, problem in rule_problems(file.consensus, ends, "rating" if ends else "number"):
            yield ("consensus", *key), problem
        if file.consensus.preset == "none":
            yield ("consensus",), "without a rule there is no consensus to plan for; give one, such as `iqr`"
        for key, measure in _measures(file.consensus):
            if measure not in measured_by(ends):
                yield ("consensus", *key), f"is not simulated; choose one of: {', '.join(measured_by(ends))}"


def _measures(section: RuleSection) -> Iterator[tuple[KeyPath, str]]:
    if section.measure is not None:
        yield ("measure",), section.measure
    for form, parts in (("all", section.all_), ("any", section.any_)):
        for index, part in enumerate(parts or []):
            for key, measure in _measures(part):
                yield (form, index, *key), measure


def _plan(file: PlanFile) -> Plan:
    ends = _ends(file)
    rule = rule_from(file.consensus or _USUAL_RULES[file.type], ends)
    if rule is None:
        raise InnosiError("the plan sets no rule of consensus", mend="give one, such as `consensus: iqr`")
    assumed = {name: getattr(file, name) for name in _OF_THE_MODEL}
    scale = AnswerScale("rating", *ends) if ends else AnswerScale.usual(file.type)
    model = Model(max(file.panellists), file.rounds, file.questions, scale, **assumed)
    return Plan(
        title=file.title,
        model=model,
        sizes=tuple(sorted(set(file.panellists))),
        drop_outs=tuple(sorted(set(file.drop_out))),
        rule=rule,
        far_from_truth=file.far_from_truth or _USUALLY_FAR[file.type],
        wanted_power=file.wanted_power,
        n_studies=file.studies,
        seed=file.seed,
        description=file.description,
    )
