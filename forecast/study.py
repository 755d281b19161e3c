"""A Delphi study: its panel, rounds and questions, as one file sets them before anybody answers."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from innosi.forecast.panels.panel import Panel
from innosi.forecast.question_reading import questions_from
from innosi.forecast.questions import Question
from innosi.forecast.study_file import PanelSection, QuestionTextsSection, StudyFile, TextsSection
from innosi.forecast.study_problems import study_problems
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.loading.document import Document, KeyPath, dotted, read_document
from innosi.scenarios.loading.validation import nearest, validate

Mode = Literal["rounds", "real_time"]


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
class Contact:
    """Who runs a study, as its panellists read it."""

    name: str = ""
    email: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What panellists are promised about their data; '' where the file does not say."""

    controller: str = ""
    purpose: str = ""
    legal_basis: str = ""
    retention: str = ""
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """A study as its file sets it; what people answered lies in its store.

    Attributes
    ----------
    path : Path
        The study file.
    sha256 : str
        Hash of the file's bytes, and of the members whom a file of their own lists.
    rounds : tuple of str
        Titles; round 1 is the first.
    questions : mapping of name to Question
        In the order of the file.
    columns : Columns
        How imported tables are read.
    store_url : str
        Where its answers are kept, as SQLAlchemy's URL; '' for the SQLite file beside the study file.
    name : str
        By which it is known in a database that holds several studies; '' where the file does not say.
    mode : {'rounds', 'real_time'}
    deadlines : mapping of round to date
        The last day on which answers count.
    language : str
        Of its texts, as a code such as `en`.
    translations : mapping of code to TextsSection
        Its texts in other languages; see `in_language`.
    argument_categories : mapping of name to title
    report : mapping of item to text
        What only the study's people can say in its report.
    """

    path: Path
    sha256: str
    title: str
    description: str
    panel: Panel
    rounds: tuple[str, ...]
    questions: Mapping[str, Question]
    columns: Columns = field(default_factory=Columns)
    store_url: str = ""
    name: str = ""
    mode: Mode = "rounds"
    deadlines: Mapping[int, date] = field(default_factory=dict)
    contact: Contact = Contact()
    privacy: Privacy = Privacy()
    language: str = "en"
    translations: Mapping[str, TextsSection] = field(default_factory=dict)
    argument_categories: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)

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

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the study can be read, its own first."""
        return (self.language, *self.translations)

    def in_language(self, code: str) -> "Study":
        """Return the study with its texts in another language; as it is where it has none in that one."""
        texts = self.translations.get(code)
        if texts is None:
            return self
        return replace(
            self,
            language=code,
            title=texts.title,
            description=texts.description or self.description,
            rounds=tuple(texts.rounds) or self.rounds,
            panel=replace(self.panel, groups={**self.panel.groups, **texts.groups}),
            argument_categories={**self.argument_categories, **texts.argument_categories},
            privacy=replace(
                self.privacy, **{key: text for key, text in texts.privacy.model_dump().items() if text}
            ),
            questions={
                name: _translated(question, texts.questions[name])
                for name, question in self.questions.items()
            },
        )


def _translated(question: Question, texts: QuestionTextsSection) -> Question:
    return replace(
        question,
        text=texts.text.strip(),
        explanation=texts.explanation.strip() or question.explanation,
        unit=texts.unit or question.unit,
        options={**question.options, **texts.options},
        scale_titles={**question.scale_titles, **texts.scales},
        ends={**question.ends, **texts.ends},
    )


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
    problems += study_problems(file, panel, questions)
    if problems:
        faults = [_located(document, key, problem) for key, problem in problems]
        faults.sort(key=lambda fault: (fault.line or 0, fault.key))
        raise InputFaults(document.source, faults)
    titles = [each if isinstance(each, str) else each.title for each in file.rounds]
    if file.mode == "real_time":
        titles = [re.sub(r"^Round (\d+)$", r"Snapshot \1", title) for title in titles]
    deadlines = {
        number: each.deadline
        for number, each in enumerate(file.rounds, start=1)
        if not isinstance(each, str) and each.deadline
    }
    return Study(
        path=Path(document.source),
        sha256=_hash_of(document, panel, is_listed_elsewhere=bool(file.panel.members_file)),
        title=file.title,
        description=file.description,
        panel=panel,
        rounds=tuple(titles),
        questions=questions,
        columns=Columns(file.import_.columns, file.import_.rounds, file.import_.percentages),
        name=file.name or "",
        mode=file.mode,
        deadlines=deadlines,
        contact=Contact(**file.contact.model_dump()) if file.contact else Contact(),
        privacy=Privacy(**file.privacy.model_dump()),
        language=file.language,
        translations=file.translations,
        argument_categories=file.argument_categories,
        report=file.report,
    )


def _panel(section: PanelSection, document: Document) -> Panel:
    members = {name: group or "" for name, group in section.members.items()}
    if section.members_file and not members:
        members = dict(_members_of(document.folder / section.members_file))
    return Panel(
        section.simulated,
        section.minimum_group_size,
        dict(section.groups),
        members,
        dict(section.expertise),
        dict(section.quotas),
    )


def _hash_of(document: Document, panel: Panel, *, is_listed_elsewhere: bool) -> str:
    if not is_listed_elsewhere:
        return document.sha256
    listed = "\n".join(f"{name}\t{group}" for name, group in panel.members.items())
    return hashlib.sha256(f"{document.sha256}\n{listed}".encode()).hexdigest()


def _members_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the pseudonym and group of every row of a members' file."""
    from innosi.scenarios.tables.rows import is_empty
    from innosi.scenarios.tables.sheet import read_sheet

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


def _located(document: Document, key: KeyPath, problem: str) -> Fault:
    return Fault(problem, key=dotted(key), line=document.line_of(key))
