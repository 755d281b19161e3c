"""Whether a store is sound: what is wrong in it, where, and what to do about that."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from innosi.forecast.progress import Step, StepKind, progress_of
from innosi.forecast.rounds import FROM
from innosi.forecast.store.arguments import Action
from innosi.forecast.store.errors import DamagedStore, told
from innosi.forecast.store.opening import Store, Transaction, open_store
from innosi.forecast.store.panel import is_anonymised
from innosi.forecast.store.parts import read_parts
from innosi.forecast.store.rows import BATCH, of_study
from innosi.forecast.store.soundness import form_problem, parts_problem
from innosi.forecast.store.steps import read_steps
from innosi.forecast.store.tables import (
    answers,
    argument_votes,
    arguments,
    identities,
    letters,
    moderations,
    panellists,
    proposals,
    question_versions,
    studies,
)
from innosi.forecast.store.versions import QuestionVersion, read_question_versions
from innosi.forecast.study import Study

RESTORE = "restore a backup: innosi delphi restore STUDY BACKUP"
_AT_MOST = 20
"""So many of one kind are told one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a store.

    Attributes
    ----------
    where : str
        Table and row, such as `answers, row 12`.
    problem : str
    mend : str
        What to do about it.
    """

    where: str
    problem: str
    mend: str = RESTORE

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}; {self.mend}"


def verify_store(study: Study) -> tuple[Finding, ...]:
    """Return everything that is wrong in a study's store; nothing where it is sound.

    Raises
    ------
    StoreError
        If there is no store, it cannot be reached, or is of another version of innosi.
    """
    try:
        store = open_store(study)
        with told(store.where), store.engine.connect() as connection:
            found = _file_findings(connection, store) if store.is_sqlite else ()
        if found:  # what is read of a damaged file says nothing
            return found
        with store.reading() as transaction:
            return tuple(_findings(transaction, study))
    except DamagedStore as error:
        return (Finding(error.where, error.problem, f"{RESTORE} --replace"),)


def _file_findings(connection: Connection, store: Store) -> tuple[Finding, ...]:
    """What SQLite itself finds, and whether the file is about one study."""
    said = connection.exec_driver_sql(f"PRAGMA integrity_check({_AT_MOST})").scalars().all()
    damaged = [
        Finding(store.where, f"is damaged ({each})", f"{RESTORE} --replace") for each in said if each != "ok"
    ]
    if damaged:
        return tuple(damaged)
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    dangling = [
        Finding(f"{table}, row {row}", f"belongs to a row of {whole} that is not there")
        for table, row, whole, _ in lost[:_AT_MOST]
    ]
    n = connection.execute(select(func.count()).select_from(studies)).scalar_one()
    several = [] if n == 1 else [Finding("studies", f"{n} studies in a file that is for one")]
    return (*dangling, *several)


def _findings(transaction: Transaction, study: Study) -> Iterator[Finding]:
    yield from _step_findings(transaction, study)
    versions = read_question_versions(transaction)
    for each in versions.values():
        yield from _version_findings(each)
    yield from _answer_findings(transaction, versions)
    yield from _reference_findings(transaction)
    yield from _panel_findings(transaction)
    yield from _argument_findings(transaction)


def _step_findings(transaction: Transaction, study: Study) -> Iterator[Finding]:
    steps: list[Step] = []
    for number, step in enumerate(read_steps(transaction), start=1):
        problem = _step_problem(steps, step, study)
        if problem:
            yield Finding(f"steps, number {number}", problem)
            return
        steps.append(step)


def _step_problem(before: list[Step], step: Step, study: Study) -> str:
    if step.kind not in get_args(StepKind):
        return f"'{step.kind}' is no step that innosi knows"
    if before and step.at < before[-1].at:
        return f"'{step.kind}' was taken before the step that stands in front of it"
    progress = progress_of(before, n_rounds=len(study.rounds), mode=study.mode)
    if step.kind == "undo" and progress.last is None:
        return "undoes a step, and none was taken"
    follows = all(progress.state in states for kind, states in FROM.items() if kind == step.kind)
    return "" if follows else f"'{step.kind}' cannot come where {progress.in_words}"


def _version_findings(versions: tuple[QuestionVersion, ...]) -> Iterator[Finding]:
    for place, version in enumerate(versions, start=1):
        where = f"question_versions, row {version.id}"
        if version.version != place:
            yield Finding(where, f"'{version.question}' has version {version.version} in place {place}")
        problem = form_problem(version.form)
        if problem:
            yield Finding(where, f"'{version.question}': {problem}")
    for before, after in pairwise(versions):
        where = f"question_versions, row {after.id}"
        if not before.lineage <= after.lineage <= before.lineage + 1:
            what = f"lineage {after.lineage} follows {before.lineage}"
            yield Finding(where, f"'{after.question}', version {after.version}: {what}")
        elif before.lineage == after.lineage and before.form != after.form:
            what = "another form within one lineage, so that answers are compared that cannot be"
            yield Finding(where, f"'{after.question}', version {after.version}: {what}")


def _answer_findings(
    transaction: Transaction, versions: Mapping[str, tuple[QuestionVersion, ...]]
) -> Iterator[Finding]:
    """Look at the parts of every answer; a kind of fault that is frequent is counted."""
    forms = {
        each.id: each.form for group in versions.values() for each in group if not form_problem(each.form)
    }
    counts: dict[str, int] = defaultdict(int)
    for row in _answer_rows(transaction):
        problem = _answer_problem(row, forms)
        if problem:
            counts[row.question] += 1
            if counts[row.question] <= _AT_MOST:
                yield Finding(_place(row), problem)
    for question, n in counts.items():
        if n > _AT_MOST:
            yield Finding("answers", f"{n - _AT_MOST:,} more answers to '{question}' are wrong")


def _answer_problem(row: Any, forms: Mapping[int, str]) -> str:
    try:
        given = read_parts(row.parts)
    except ValueError as error:
        return f"its numbers cannot be read: {error}"
    if row.is_retracted:
        return "was taken back, and has parts" if given else ""
    form = forms.get(row.question_version_id)
    return parts_problem(form, given) if form is not None else ""


def _place(row: Any) -> str:
    return f"answers, row {row.id} ({row.panellist}, {row.question}, round {row.round})"


def _answer_rows(transaction: Transaction) -> Iterator[Any]:
    c = answers.c
    query = (
        select(c.id, c.round, c.question, c.panellist, c.question_version_id, c.is_retracted, c.parts)
        .where(of_study(answers, transaction.study_id))
        .order_by(c.id)
    )
    yield from transaction.connection.execute(query, execution_options={"yield_per": BATCH})


def _reference_findings(transaction: Transaction) -> Iterator[Finding]:
    """Answers are to the question of their version, and all of one study."""
    c, v = answers.c, question_versions.c
    query = (
        select(c.id, c.round, c.question, c.panellist, v.question.label("asked"))
        .join(question_versions, v.id == c.question_version_id)
        .where(
            of_study(answers, transaction.study_id),
            (v.question != c.question) | (v.study_id != c.study_id),
        )
    )
    for row in transaction.connection.execute(query.limit(_AT_MOST)):
        yield Finding(_place(row), f"refers to a version of '{row.asked}', or of another study's question")


def _panel_findings(transaction: Transaction) -> Iterator[Finding]:
    """Where there is a panel, nobody else answers, argues, votes, or is known by name."""
    if is_anonymised(transaction):
        for table in (identities, letters):
            if n := _rows(transaction, table):
                mend = "restore a backup that was made after it became so, and find out who wrote them"
                yield Finding(table.name, f"has {n} rows, though the study is anonymous", mend)
    if not _rows(transaction, panellists):
        return
    for table, column, does in (
        (answers, answers.c.panellist, "answers"),
        (arguments, arguments.c.author, "gives an argument"),
        (argument_votes, argument_votes.c.voter, "votes"),
        (proposals, proposals.c.author, "proposes a question"),
        (identities, identities.c.pseudonym, "is known by name"),
        (letters, letters.c.pseudonym, "was sent a letter"),
    ):
        for pseudonym in _strangers(transaction, table, column):
            yield Finding(
                table.name,
                f"'{pseudonym}' {does}, and is not on the panel",
                "put them on the panel (innosi delphi panel STUDY FILE), or erase what there is of them:"
                " innosi delphi erase STUDY PSEUDONYM",
            )


def _rows(transaction: Transaction, table: Table) -> int:
    query = select(func.count()).select_from(table).where(of_study(table, transaction.study_id))
    return transaction.connection.execute(query).scalar_one()


def _strangers(transaction: Transaction, table: Table, column: ColumnElement[str]) -> list[str]:
    p = panellists.c
    is_same = and_(p.pseudonym == column, p.study_id == transaction.study_id)
    query = (
        select(column)
        .outerjoin_from(table, panellists, is_same)
        .where(of_study(table, transaction.study_id), p.id.is_(None))
        .distinct()
        .order_by(column)
        .limit(_AT_MOST)
    )
    return list(transaction.connection.execute(query).scalars())


def _argument_findings(transaction: Transaction) -> Iterator[Finding]:
    """Arguments are about questions that were asked; votes are for, against or taken back; acts are known."""
    for table, wrong, problem in (
        (arguments, _unasked(transaction, arguments.c.question), "is about a question that was never asked"),
        (
            proposals,
            and_(proposals.c.question != "", _unasked(transaction, proposals.c.question)),
            "became a question that was never asked",
        ),
        (
            argument_votes,
            argument_votes.c.vote.not_in((-1, 0, 1)),
            "is neither for, nor against, nor taken back",
        ),
        (moderations, moderations.c.action.not_in(get_args(Action)), "is no act of moderation"),
    ):
        query = select(table.c.id).where(of_study(table, transaction.study_id), wrong).order_by(table.c.id)
        for number in transaction.connection.execute(query.limit(_AT_MOST)).scalars():
            yield Finding(f"{table.name}, row {number}", problem)


def _unasked(transaction: Transaction, column: ColumnElement[str]) -> ColumnElement[bool]:
    asked = select(question_versions.c.question).where(of_study(question_versions, transaction.study_id))
    return column.not_in(asked)
