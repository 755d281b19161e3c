"""A Delphi study: its panel, rounds and questions, as one file sets them before anybody answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from innosi.forecast.consensus_rules import RuleSection
from innosi.forecast.panels.panel import Panel
from innosi.forecast.question_file import AnswerFormSection, Name, QuestionSection
from innosi.forecast.question_reading import questions_from
from innosi.forecast.questions import THREE_POINTS, Question
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import Document, KeyPath, dotted, read_document
from innosi.scenarios.loading.validation import Section, nearest, validate

MAX_ROUNDS = 50
ANSWERS_FOLDER = "answers"


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns and rounds of imported tables are called, as the study file keeps it.

    Attributes
    ----------
    names : mapping
        Our name to the column's: `{"panellist": "user_name"}`.
    rounds : mapping
        A round's name in tables to its number.
    are_percentages : bool
        Whether plain numbers for probabilities and shares run from 0 to 100.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    rounds: Mapping[str, int] = field(default_factory=dict)
    are_percentages: bool = False


@dataclass(frozen=True, slots=True)
class Study:
    """A study as its file sets it; what people answered lies in `answers/` beside that file.

    Attributes
    ----------
    path : Path
        The study file.
    sha256 : str
        Hash of the file's bytes.
    rounds : tuple of str
        Titles; round 1 is the first.
    questions : mapping of name to Question
        In the order of the file.
    columns : Columns
        How imported tables are read.
    """

    path: Path
    sha256: str
    title: str
    description: str
    panel: Panel
    rounds: tuple[str, ...]
    questions: Mapping[str, Question]
    columns: Columns = field(default_factory=Columns)

    @property
    def answers_folder(self) -> Path:
        """Where the answers of each round are kept."""
        return self.path.parent / ANSWERS_FOLDER

    def question(self, name: str) -> Question:
        """Return a question by its name, or say which is nearest."""
        if name not in self.questions:
            raise InnosiError(
                f"there is no question '{name}'{nearest(name, self.questions)}",
                mend="name a question of the study",
                where=str(self.path),
            )
        return self.questions[name]

    def question_of(self, name: str) -> Question:
        """Return the question of that name, or the one with a part of it (`garden.desirability`)."""
        return self.question(name if name in self.questions else name.rpartition(".")[0] or name)

    def check_round(self, number: int) -> int:
        """Return a round's number, or refuse one that the study does not have."""
        if not 1 <= number <= len(self.rounds):
            count = f"{len(self.rounds)} round{'s' if len(self.rounds) != 1 else ''}"
            raise InnosiError(
                f"there is no round {number}; the study has {count}",
                mend="name one of them, or add it under `rounds`",
                where=str(self.path),
            )
        return number


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

    @field_validator("members", mode="before")
    @classmethod
    def _short_form(cls, found: Any) -> Any:
        """A list of pseudonyms stands for members in no group."""
        return {str(each): None for each in found} if isinstance(found, list) else found


class ImportSection(Section):
    """How the tables of your survey tool are read."""

    columns: dict[str, str] = Field(default_factory=dict)
    """Our name of a column to its name in the tables: `panellist: user_name`."""
    rounds: dict[str, int] = Field(default_factory=dict)
    """A round's name in the tables to its number: `round_1: 1`."""
    percentages: bool = False
    """True where plain numbers for probabilities and shares run from 0 to 100."""


def _titles(found: Any) -> Any:
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
    description: str = ""
    """What a reader should know first."""
    panel: PanelSection = Field(default_factory=PanelSection)
    """Who answers."""
    rounds: Annotated[
        list[str],
        BeforeValidator(_titles),
        Field(min_length=1, max_length=MAX_ROUNDS),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": MAX_ROUNDS},
                    {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MAX_ROUNDS},
                ]
            }
        ),
    ] = ["Round 1", "Round 2"]  # noqa: RUF012 - pydantic copies it
    """How many rounds, or their titles; two by default."""
    consensus: RuleSection | None = None
    """When answers are in consensus, unless a question says otherwise; a preset holds for ratings only."""
    question_defaults: AnswerFormSection = Field(default_factory=AnswerFormSection)
    """What holds for every question that does not say otherwise."""
    questions: dict[Name, QuestionSection] = Field(min_length=1)
    """What is asked."""
    import_: ImportSection = Field(default_factory=ImportSection, alias="import")
    """How tables of answers are read."""


def load_study(path: Path) -> Study:
    """Read a study file.

    Raises
    ------
    InnosiError
        If the file, or its members' file, cannot be read.
    InputFaults
        If anything in it is wrong: every fault with its line and key.
    """
    return study_from(read_document(path))


def study_from(document: Document) -> Study:
    """Return the study that a document describes; see `load_study`."""
    if "base" in document.data and "questions" not in document.data:
        raise InnosiError(
            "is a scenario file, not a study file", mend="see `innosi run --help`", where=document.source
        )
    file = validate(StudyFile, document)
    questions, problems = questions_from(file.questions, file.question_defaults, file.consensus)
    panel = _panel(file.panel, document)
    problems += [*_panel_problems(file.panel, panel), *_import_problems(file, questions)]
    if problems:
        faults = [_located(document, key, problem) for key, problem in problems]
        faults.sort(key=lambda fault: (fault.line or 0, fault.key))
        raise InputFaults(document.source, faults)
    return Study(
        path=Path(document.source),
        sha256=document.sha256,
        title=file.title,
        description=file.description,
        panel=panel,
        rounds=tuple(file.rounds),
        questions=questions,
        columns=Columns(file.import_.columns, file.import_.rounds, file.import_.percentages),
    )


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


Problem = tuple[KeyPath, str]


def _panel(section: PanelSection, document: Document) -> Panel:
    members = {name: group or "" for name, group in section.members.items()}
    if section.members_file and not members:
        members = dict(_members_of(document.folder / section.members_file))
    return Panel(section.simulated, section.minimum_group_size, dict(section.groups), members)


def _members_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the pseudonym and group of every row of a members' file."""
    from innosi.forecast.answers.reading import read_sheet
    from innosi.forecast.answers.sheet import is_empty

    sheet = read_sheet(path)
    at, at_group = sheet.index_of("panellist"), sheet.index_of("group")
    if at is None:
        raise InnosiError(
            "has no column 'panellist'", mend="call the column of pseudonyms so", where=sheet.source
        )
    seen: dict[str, int] = {}
    for row in sheet.rows:
        if is_empty(row.cells[at]):
            continue
        name = str(row.cells[at]).strip()
        if name in seen:
            raise InnosiError(
                f"'{name}' stands on line {seen[name]} and on line {row.line}",
                mend="keep one",
                where=sheet.source,
            )
        seen[name] = row.line
        group = None if at_group is None else row.cells[at_group]
        yield name, "" if is_empty(group) else str(group).strip()


def _panel_problems(section: PanelSection, panel: Panel) -> Iterator[Problem]:
    if section.members and section.members_file:
        yield ("panel", "members_file"), "stands beside members; keep one of them"
    for name, group in panel.members.items():
        if group and group not in panel.groups:
            place: KeyPath = ("panel", "members_file") if section.members_file else ("panel", "members", name)
            known = nearest(group, panel.groups) or "; name it under `groups`"
            yield place, f"'{name}' is in '{group}', which is no group{known}"


def _import_problems(file: StudyFile, questions: Mapping[str, Question]) -> Iterator[Problem]:
    known = known_columns(questions)
    for name in file.import_.columns:
        if name not in known:
            yield ("import", "columns", name), f"is no column of ours{nearest(name, known)}"
    for name, number in file.import_.rounds.items():
        if not 1 <= number <= len(file.rounds):
            yield ("import", "rounds", name), f"there is no round {number}; the study has {len(file.rounds)}"
    for title in {title for title in file.rounds if file.rounds.count(title) > 1}:
        yield ("rounds",), f"'{title}' stands twice; give each round a title of its own"


def known_columns(questions: Mapping[str, Question]) -> tuple[str, ...]:
    """Return our names of all columns that a table of answers may have."""
    parts = {part: None for question in questions.values() for part in question.parts}
    long = ("panellist", "round", "question", "part", "value", "reason", "outcome", *THREE_POINTS, *parts)
    wide = [
        column
        for name, question in questions.items()
        for column in (
            name,
            f"{name}.reason",
            *(f"{name}.{part}" for part in question.parts if part != "value"),
        )
    ]
    return tuple(dict.fromkeys((*long, *wide)))


def _located(document: Document, key: KeyPath, problem: str) -> Fault:
    return Fault(problem, key=dotted(key), line=document.line_of(key))
