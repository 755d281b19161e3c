"""How a study file is written: its panel, its rounds, what is said to panellists, and what is asked."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, field_validator

from innosi.forecast.consensus_rules import RuleSection
from innosi.forecast.question_file import AnswerFormSection, Name, QuestionSection
from innosi.scenarios.loading.validation import Section

MAX_ROUNDS = 50
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]


class PanelSection(Section):
    """Who answers, by pseudonym, and what may be shown of them."""

    simulated: bool = False
    """True where no people answer at all; every result then says so."""
    minimum_group_size: int = Field(default=5, ge=2)
    """The smallest number of answers of which a group's statistics are shown."""
    groups: dict[Name, str] = Field(default_factory=dict)
    """Groups of panellists: name and title."""
    members: dict[str, str | None] = Field(default_factory=dict)
    """Pseudonyms and their groups; nobody else may then answer."""
    members_file: str | None = None
    """In the place of `members`: a table with the columns `panellist` and `group`."""
    expertise: dict[Name, str] = Field(default_factory=dict)
    """Fields of expertise that the panel should cover: name and title."""
    quotas: dict[Name, int | dict[Name, int]] = Field(default_factory=dict)
    """How many panellists are wanted: of a group, or of a group from each field of expertise."""

    @field_validator("members", mode="before")
    @classmethod
    def _short_form(cls, found: Any) -> Any:
        """A list of pseudonyms stands for members in no group."""
        return {str(each): None for each in found} if isinstance(found, list) else found


class RoundSection(Section):
    """A round with more than its title."""

    title: str
    """How the round is called."""
    deadline: date | None = None
    """The last day on which answers count, such as 2027-03-31."""


class ContactSection(Section):
    """Who runs the study, as panellists read it."""

    name: str
    """A person or a team."""
    email: str = ""
    """Where panellists write to; invitations come from this address."""
    organisation: str = ""
    """On whose behalf."""


class PrivacySection(Section):
    """What panellists are promised about their data (GDPR, articles 5, 6 and 13)."""

    controller: str = ""
    """Who is responsible for the data."""
    purpose: str = ""
    """What the answers are used for."""
    legal_basis: str = ""
    """On what the processing rests, such as consent."""
    retention: str = ""
    """How long names and addresses are kept."""
    consent: str = ""
    """What a panellist agrees to; where it is given, nobody is counted in before having agreed."""


class QuestionTextsSection(Section):
    """A question in another language."""

    text: str
    """The question."""
    explanation: str = ""
    """What stands below it."""
    unit: str = ""
    """What a quantity counts."""
    options: dict[Name, str] = Field(default_factory=dict)
    """Titles of its options."""
    scales: dict[Name, str] = Field(default_factory=dict)
    """Titles of the scales of a multi-rating."""
    ends: dict[Name, tuple[str, str]] = Field(default_factory=dict)
    """Words at the low and the high end: of each scale by its name, of a rating under `value`."""


class TextsSection(Section):
    """The study's own texts in another language."""

    title: str
    """The study in a line."""
    description: str = ""
    """What a reader should know first."""
    rounds: list[str] = Field(default_factory=list)
    """Titles of the rounds, in their order."""
    groups: dict[Name, str] = Field(default_factory=dict)
    """Titles of the groups."""
    argument_categories: dict[Name, str] = Field(default_factory=dict)
    """Titles of the categories of arguments."""
    privacy: PrivacySection = Field(default_factory=PrivacySection)
    """What panellists are promised; what is left out stays as it is."""
    questions: dict[Name, QuestionTextsSection] = Field(default_factory=dict)
    """Every question."""


class ImportSection(Section):
    """How the tables of your survey tool are read."""

    columns: dict[str, str] = Field(default_factory=dict)
    """Our name of a column to its name in the tables: `panellist: user_name`."""
    rounds: dict[str, int] = Field(default_factory=dict)
    """A round's name in the tables to its number: `round_1: 1`."""
    percentages: bool = False
    """True where plain numbers for probabilities and shares run from 0 to 100."""


def _rounds(found: Any) -> Any:
    """A count stands for rounds without titles of their own."""
    if isinstance(found, int) and not isinstance(found, bool):
        if not 1 <= found <= MAX_ROUNDS:
            raise ValueError(f"found {found}; give 1 to {MAX_ROUNDS} rounds")
        return [f"Round {number}" for number in range(1, found + 1)]
    return found


class StudyFile(Section):
    """A Delphi study: what is asked of whom, in how many rounds, and when answers are in consensus."""

    title: str
    """The study in a line."""
    name: Name | None = None
    """A short name, by which the study is known in a database that holds several."""
    description: str = ""
    """What a reader should know first."""
    panel: PanelSection = Field(default_factory=PanelSection)
    """Who answers."""
    rounds: Annotated[
        list[str | RoundSection],
        BeforeValidator(_rounds),
        Field(min_length=1, max_length=MAX_ROUNDS),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": MAX_ROUNDS},
                    {
                        "type": "array",
                        "items": {"anyOf": [{"type": "string"}, RoundSection.model_json_schema()]},
                        "minItems": 1,
                        "maxItems": MAX_ROUNDS,
                    },
                ]
            }
        ),
    ] = ["Round 1", "Round 2"]  # noqa: RUF012 - pydantic copies it
    """How many rounds, or their titles, or titles with deadlines; two by default."""
    mode: Literal["rounds", "real_time"] = "rounds"
    """`rounds`, or `real_time`: answers are open all the time, and snapshots of them read as rounds."""
    contact: ContactSection | None = None
    """Who runs the study."""
    privacy: PrivacySection = Field(default_factory=PrivacySection)
    """What panellists are promised about their data."""
    language: LanguageCode = "en"
    """The language of this file's texts: en, nl, fi, sv, de, pl, hu, es, it or el."""
    translations: dict[LanguageCode, TextsSection] = Field(default_factory=dict)
    """The study's own texts in other languages, each with all questions."""
    argument_categories: dict[Name, str] = Field(default_factory=dict)
    """How arguments may be sorted: name and title."""
    report: dict[Name, str] = Field(default_factory=dict)
    """What the report should say and only you can know; `innosi explain DELPHISTAR` lists the items."""
    consensus: RuleSection | None = None
    """When answers are in consensus, unless a question says otherwise; a preset holds for ratings only."""
    question_defaults: AnswerFormSection = Field(default_factory=AnswerFormSection)
    """What holds for every question that does not say otherwise."""
    questions: dict[Name, QuestionSection] = Field(min_length=1)
    """What is asked."""
    import_: ImportSection = Field(default_factory=ImportSection, alias="import")
    """How tables of answers are read."""


def study_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a study file, made from the sections that read it."""
    schema = StudyFile.model_json_schema()
    defined = schema["$defs"]
    for key in ("QuestionSection", "AnswerFormSection", "RatedScaleSection"):
        defined[key]["properties"]["consensus"] = _with_preset(defined[key]["properties"]["consensus"])
    schema["properties"]["consensus"] = _with_preset(schema["properties"]["consensus"])
    for key in ("all", "any"):
        rules = defined["RuleSection"]["properties"][key]
        rules["anyOf"] = [_with_preset({"items": {}} | each) for each in rules["anyOf"]]
    members = defined["PanelSection"]["properties"]["members"]
    names = {"type": "array", "items": {"type": ["string", "integer"]}}
    defined["PanelSection"]["properties"]["members"] = {
        "description": members.pop("description", ""),
        "anyOf": [members, names],
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "innosi-study"
    return schema


def _with_preset(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow a rule in one word where a rule may stand."""
    if schema.get("type") == "array":
        return schema | {"items": {"anyOf": [schema["items"], {"type": "string"}]}}
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "string"}]}
    return schema
