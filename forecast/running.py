"""A study with its memory: as it was decided on, where it stands, and what waits for a decision."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from innosi.forecast.people.person import Person
from innosi.forecast.progress import Progress, Step
from innosi.forecast.store.answers import is_answered
from innosi.forecast.store.errors import StoreError
from innosi.forecast.store.listed_members import with_members
from innosi.forecast.store.opening import Store, Transaction, create_store, has_store, open_store
from innosi.forecast.store.panel import is_anonymised, read_panel, record_people
from innosi.forecast.store.steps import read_progress, record_step
from innosi.forecast.store.versions import (
    QuestionVersion,
    StudyVersion,
    current_versions,
    keep_questions,
    read_study_version,
    record_question,
    replace_study_version,
)
from innosi.forecast.study import Study, load_study, study_from
from innosi.forecast.study_changes import Change, changes_between
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import MAX_BYTES, parse_document, read_bytes

TAKEN_OUT = "taken out of the study file"
"""Why a question was dropped that is in its study file no longer."""


class UndecidedChanges(InnosiError, ValueError):
    """A study file that was changed under a running study: nothing is written before it is decided."""

    def __init__(self, study: Study, changes: Iterable[Change]) -> None:
        changes = tuple(changes)
        n = len(changes)
        super().__init__(
            f"was changed since the study began: {n} change{'s wait' if n != 1 else ' waits'} for a decision",
            mend="see and decide: innosi delphi changes STUDY; or change the file back",
            where=str(study.path),
            excerpt="\n".join(
                f"  {each.key}: {each.before or '–'} → {each.after or '–'}" for each in changes
            ),
        )
        self.changes = changes


@dataclass(frozen=True, slots=True)
class RunningStudy:
    """A study with its memory.

    Attributes
    ----------
    study : Study
        As it was decided on, with its panel as the store knows it.
    found : Study
        As its file says it now.
    store : Store, optional
        None where nothing was kept yet.
    progress : Progress
    pending : tuple of Change
        What the file says otherwise, and nobody has decided on.
    """

    study: Study
    found: Study
    store: Store | None
    progress: Progress
    pending: tuple[Change, ...] = ()

    @property
    def needed_store(self) -> Store:
        """The store, or an error that says how one is begun."""
        return self.store or open_store(self.study)

    def check_decided(self) -> None:
        """Refuse to go on while changes of the study file wait for a decision.

        Raises
        ------
        UndecidedChanges
        StoreError
            If no question is as it was: then it is the store of another study.
        """
        if self.pending and not self.study.questions.keys() & self.found.questions.keys():
            raise StoreError(
                f"keeps another study: '{self.study.title}', which asks {', '.join(self.study.questions)}",
                mend="look at --db, or at the name of the study file: its own store lies beside it",
                where=self.needed_store.where,
            )
        if self.pending:
            raise UndecidedChanges(self.found, self.pending)


def load_running_study(path: Path, *, store_url: str = "") -> RunningStudy:
    """Return a study with its memory."""
    return running_study(replace(load_study(path), store_url=store_url))


def running_study(found: Study) -> RunningStudy:
    """Return a study that was read from its file, with its memory."""
    if not has_store(found):
        return RunningStudy(found, found, None, Progress(len(found.rounds), found.mode))
    store = open_store(found)
    with store.reading() as transaction:
        return running_within(transaction, found, store)


def running_within(transaction: Transaction, found: Study, store: Store) -> RunningStudy:
    """Return a study with its memory, as one transaction sees it."""
    study, pending = _decided(transaction, found)
    return RunningStudy(
        _with_panel(transaction, study), found, store, read_progress(transaction, study), pending
    )


def _decided(transaction: Transaction, found: Study) -> tuple[Study, tuple[Change, ...]]:
    """The study as decided on; a draft is as its file says it, since nobody was shown it."""
    version = read_study_version(transaction)
    if version is None or version.sha256 == found.sha256:
        return found, ()
    if not read_progress(transaction, found).is_running:
        return found, ()
    decided = study_of(version, found)
    pending = changes_between(decided, found)
    return (decided, pending) if pending else (found, ())


def read_decided(transaction: Transaction, found: Study) -> Study | None:
    """Return the study as its file was decided on last; None before anything was kept."""
    version = read_study_version(transaction)
    return None if version is None else study_of(version, found)


def study_of(version: StudyVersion, found: Study) -> Study:
    """Return the study that a kept version of its file describes."""
    document = parse_document(
        version.content, source=str(found.path), folder=found.path.parent, sha256=version.sha256
    )
    return replace(study_from(document), store_url=found.store_url)


def _with_panel(transaction: Transaction, study: Study) -> Study:
    panel = read_panel(transaction)
    if not panel:
        return study
    is_set = read_progress(transaction, study).is_running or is_anonymised(transaction)
    is_listed_by_file = bool(study.panel.members) and not is_set
    members = study.panel.members if is_listed_by_file else {name: p.group for name, p in panel.items()}
    withdrawn = frozenset(name for name, each in panel.items() if each.withdrawn_at is not None)
    return replace(study, panel=replace(study.panel, members=members, withdrawn=withdrawn))


def begin(found: Study, *, at: datetime) -> Store:
    """Return the store of a study, made now if there is none."""
    store = create_store(found, at=at)
    with store.writing() as transaction:
        keep_draft(transaction, found, at=at)
    return store


def keep_draft(transaction: Transaction, found: Study, *, at: datetime) -> dict[str, QuestionVersion]:
    """Keep a draft as its file says it now; return the versions of its questions.

    A question that takes another form is another one, unless it was answered: then it stays as it was asked.
    """
    if read_progress(transaction, found).is_running:
        return current_versions(transaction)
    _ask_again(transaction, found, at)
    version = read_study_version(transaction)
    if version is None or version.sha256 != found.sha256:
        replace_study_version(transaction, found, content_of(found), at=at)
    versions = keep_questions(transaction, found.questions, at=at)
    for name, question in found.questions.items():
        if versions[name].form != question.form and not is_answered(transaction, name):
            versions[name] = record_question(transaction, question, at=at, first_round=1, is_another=True)
    return versions


def _ask_again(transaction: Transaction, found: Study, at: datetime) -> None:
    """A question that went with its file, and is in the file of what is a draft again, is asked."""
    for name, each in read_progress(transaction, found).settled.items():
        if name in found.questions and each.because == TAKEN_OUT:
            record_step(
                transaction, Step("reinstate", at, each.round, name, because="in the study file again")
            )


def list_members(transaction: Transaction, study: Study, *, at: datetime) -> None:
    """Put the members whom a study file lists on the panel."""
    known = read_panel(transaction)
    listed = study.panel.members.items()
    new = [Person(group=group, pseudonym=name) for name, group in listed if name not in known]
    record_people(transaction, new, at=at)


def content_of(study: Study) -> str:
    """Return the text of a study file, with the members whom a file of their own lists."""
    text = read_bytes(study.path, limit=MAX_BYTES).decode("utf-8-sig")
    return with_members(text, study.panel.members)
