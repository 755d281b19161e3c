"""What stands in a file of a cognitive map: concepts, links or people's maps, and scenarios."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, FiniteFloat, PlainValidator, WithJsonSchema

from innosi.scenarios.construction.cognitive_map.aggregation import Method, MissingLink
from innosi.scenarios.construction.cognitive_map.comparing import Start
from innosi.scenarios.construction.cognitive_map.settling import MAX_STEPS, TOLERANCE
from innosi.scenarios.construction.cognitive_map.updating import Rule, Transfer
from innosi.scenarios.construction.cognitive_map.weights import Weight, parse_weight
from innosi.scenarios.construction.construction_file import ConstructionFile
from innosi.scenarios.loading.validation import Name, Section
from innosi.scenarios.loading.variants import Weight as ScenarioWeight

MOST_DRAWS = 100_000
MOST_CONCEPTS = 300


class RiseSection(Section):
    """What a concept's rise against the baseline sets."""

    at_least: FiniteFloat = Field(gt=0)
    """From which change of the level on it has risen, such as `0.05`."""
    overrides: dict[str, Any] = Field(min_length=1)
    """What it then sets in the scenario file's base: dotted key to value."""


class FallSection(Section):
    """What a concept's fall against the baseline sets."""

    at_most: FiniteFloat = Field(lt=0)
    """Down to which change of the level it has fallen, such as `-0.05`."""
    overrides: dict[str, Any] = Field(min_length=1)
    """What it then sets in the scenario file's base: dotted key to value."""


class ConceptSection(Section):
    """Something that can rise and fall."""

    title: str = ""
    """The concept in words; by default its name."""
    description: str = ""
    """What it stands for, and what more and less of it mean."""
    level: FiniteFloat | None = None
    """Where it starts; by default in the middle: 0.5 of a sigmoid, else 0."""
    rises: RiseSection | None = None
    """What a rise against the baseline sets in the scenario file, for `--to`."""
    falls: FallSection | None = None
    """What a fall against the baseline sets in the scenario file, for `--to`."""


def _titled(found: Any) -> Any:
    """A bare text stands for a concept of that title; nothing, for one without any."""
    if found is None:
        return {}
    return {"title": found} if isinstance(found, str) else found


Concept = Annotated[ConceptSection, BeforeValidator(_titled)]

StatedWeight = Annotated[
    Weight,
    PlainValidator(parse_weight),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}]}),
]


class LinkSection(Section):
    """How one concept acts on another."""

    from_: str = Field(alias="from")
    """The concept that acts."""
    to: str
    """The concept that it acts on."""
    weight: StatedWeight
    """How strongly: -1 to 1; a range or distribution such as `-0.8 .. -0.2`; or `very_low`, `low`, `medium`,
    `high`, `very_high`, with a minus where it lowers."""
    because: str = ""
    """Why."""


class PersonSection(Section):
    """One person's map, or one group's."""

    file: str
    """The table of its weights, CSV or XLSX, seen from this file; MentalModeler's export is one."""
    title: str = ""
    """Whose it is, in words; by default the name."""
    credibility: FiniteFloat = Field(default=1.0, ge=0)
    """How much it counts beside the others."""


def _file_alone(found: Any) -> Any:
    return {"file": found} if isinstance(found, str) else found


Person = Annotated[PersonSection, BeforeValidator(_file_alone)]


class ScenarioSection(Section):
    """A scenario: some concepts held at a level, whatever acts on them."""

    title: str = ""
    """The scenario in words; by default its name."""
    description: str = ""
    """What it tells."""
    clamp: dict[str, FiniteFloat] = Field(min_length=1)
    """Concept to the level at which it is held."""
    weight: ScenarioWeight | None = None
    """How much it counts beside the others, in the scenario file; all have one, or none has."""


def _a_name(found: str) -> str:
    if "\0" in found:
        raise ValueError("holds a character that no file's name has")
    return found


FileName = Annotated[str, Field(min_length=1), AfterValidator(_a_name)]


class CognitiveMapFile(ConstructionFile):
    """A fuzzy cognitive map: concepts that raise and lower each other."""

    method: Literal["cognitive_map"]
    """Which method the file is for: `cognitive_map`."""
    concepts: dict[Name, Concept] = Field(default_factory=dict, max_length=MOST_CONCEPTS)
    """What can rise and fall: name to title, or to a section. May be left out where tables say it."""
    links: list[LinkSection] | None = None
    """How concepts act on each other. Exactly one of `links`, `matrix` and `maps` is given."""
    matrix: FileName | None = None
    """A table of all weights, CSV or XLSX: the first row and column are the concepts, rows act on columns, an
    empty cell is no link."""
    maps: dict[Name, Person] | None = Field(default=None, min_length=1)
    """Several people's maps, which are aggregated: name to file, or to a section."""
    aggregation: Method = "mean"
    """How they are aggregated: mean and median are weighted by credibility; the sum is divided by the largest
    absolute sum."""
    missing_link: MissingLink = "counts_as_zero"
    """What it says that somebody did not draw a link: that there is none; nothing; or that there is none only
    where both concepts are in that map."""
    rule: Rule = "kosko"
    """How the next level comes about: from what acts on a concept; from its own level too; or from how far
    levels are from 0.5."""
    transfer: Transfer = "sigmoid"
    """What makes a level of it: within 0 to 1; within -1 to 1; 0 or 1; or -1, 0 or 1."""
    slope: FiniteFloat = Field(default=1.0, gt=0, le=100)
    """How steep a sigmoid or tanh is: the steeper, the more all or nothing."""
    threshold: FiniteFloat = Field(default=0.0, ge=0)
    """Of bivalent and trivalent: what must be passed to be 1 (and -1)."""
    without_causes: Literal["updated", "held"] = "updated"
    """What becomes of a concept that nothing acts on: it is brought up to date like all others, or keeps its
    first level."""
    start: Start = "baseline"
    """From where scenarios start: from where the map settles by itself, or from the initial levels."""
    tolerance: FiniteFloat = Field(default=TOLERANCE, gt=0, le=0.1)
    """The map stands still when no level changes by this or more in a step."""
    max_steps: int = Field(default=MAX_STEPS, ge=1, le=100_000)
    """After so many steps it has not settled."""
    smallest_change: FiniteFloat = Field(default=0.01, gt=0, le=1)
    """Below this a change of level is called none."""
    scenarios: dict[Name, ScenarioSection] = Field(default_factory=dict, max_length=200)
    """What if: name to the concepts that are held."""
    outcome: str | None = None
    """The concept of interest, for `--show sensitivity`."""
    weight_error: FiniteFloat | None = Field(default=None, gt=0, le=1)
    """How far a weight that is stated as a number alone may be off, for `--show robustness`: evenly spread,
    without a change of sign."""
    draws: int = Field(default=1000, ge=1, le=MOST_DRAWS)
    """How many maps are drawn where weights are uncertain."""
    seed: int = 1
    """Where random numbers begin: the same seed, the same numbers."""
