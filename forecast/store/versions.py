"""Versions of the study file and of its questions: what was asked when an answer was given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from innosi.forecast.questions import Question
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import question_versions, study_versions
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class StudyVersion:
    """A study file as it was decided on."""

    number: int
    sha256: str
    content: str
    at: datetime
    decisions: str = ""


@dataclass(frozen=True, slots=True)
class QuestionVersion:
    """A question as it was asked from some round on.

    Attributes
    ----------
    id : int
        To which answers refer.
    version : int
        1 for the first; each wording is a version.
    lineage : int
        Versions of one lineage ask the same: their answers are compared. A question that took another's place
        under its name begins a new one.
    first_round : int
    text : str
    form : str
        In which it is answered; see `Question.form`.
    """

    id: int
    question: str
    version: int
    lineage: int
    first_round: int
    text: str
    form: str


def read_study_version(transaction: Transaction) -> StudyVersion | None:
    """Return the study file that was decided on last; None before anything was kept."""
    return next(read_study_versions(transaction), None)


def read_study_versions(transaction: Transaction) -> Iterator[StudyVersion]:
    """Yield every version of the study file that was decided on, the newest first."""
    c = study_versions.c
    query = select(c.number, c.sha256, c.content, c.at, c.decisions)
    query = query.where(c.study_id == transaction.study_id).order_by(c.number.desc())
    for row in transaction.connection.execute(query):
        yield StudyVersion(*row)


def count_study_versions(transaction: Transaction) -> int:
    """Return how many versions of the study file were decided on."""
    query = select(func.count()).where(study_versions.c.study_id == transaction.study_id)
    return transaction.connection.execute(query).scalar_one()


def record_study_version(
    transaction: Transaction, study: Study, content: str, *, at: datetime, decisions: str = ""
) -> None:
    """Keep a study file that was decided on."""
    before = read_study_version(transaction)
    transaction.connection.execute(
        insert(study_versions).values(
            study_id=transaction.study_id,
            number=1 if before is None else before.number + 1,
            sha256=study.sha256,
            content=content,
            at=at,
            decisions=decisions,
        )
    )


def replace_study_version(transaction: Transaction, study: Study, content: str, *, at: datetime) -> None:
    """Put a study file in the place of the last version: of a draft, which nobody was shown."""
    before = read_study_version(transaction)
    if before is None:
        record_study_version(transaction, study, content, at=at)
        return
    c = study_versions.c
    transaction.connection.execute(
        update(study_versions)
        .where(c.study_id == transaction.study_id, c.number == before.number)
        .values(sha256=study.sha256, content=content, at=at)
    )


def read_question_versions(transaction: Transaction) -> dict[str, tuple[QuestionVersion, ...]]:
    """Return all versions of every question, oldest first."""
    c = question_versions.c
    columns = (c.id, c.question, c.version, c.lineage, c.first_round, c.text, c.form)
    query = select(*columns).where(c.study_id == transaction.study_id).order_by(c.question, c.version)
    found: dict[str, tuple[QuestionVersion, ...]] = {}
    for row in transaction.connection.execute(query):
        found[row.question] = (*found.get(row.question, ()), QuestionVersion(*row))
    return found


def current_versions(transaction: Transaction, as_of: int | None = None) -> dict[str, QuestionVersion]:
    """Return the newest version of every question, or of those that a round asked what it asked."""
    found = {}
    for name, versions in read_question_versions(transaction).items():
        asked = [each.lineage for each in versions if as_of is None or each.first_round <= as_of]
        if asked:
            found[name] = [each for each in versions if each.lineage == max(asked)][-1]
    return found


def ask_by(transaction: Transaction, number: int) -> None:
    """Keep that what was to be asked from a later round on is asked in this one, which is open again."""
    v = question_versions.c
    query = update(question_versions).where(v.study_id == transaction.study_id, v.first_round > number)
    transaction.connection.execute(query.values(first_round=number))


def record_question(
    transaction: Transaction,
    question: Question,
    *,
    at: datetime,
    first_round: int,
    is_another: bool = False,
) -> QuestionVersion:
    """Keep a question's new version, and return it.

    Parameters
    ----------
    is_another : bool
        Whether it asks something else than the version before, so that their answers are not compared.
    """
    before = current_versions(transaction).get(question.name)
    version, lineage = (1, 1) if before is None else (before.version + 1, before.lineage + is_another)
    values = {
        "question": question.name,
        "version": version,
        "lineage": lineage,
        "first_round": first_round,
        "text": question.text,
        "form": question.form,
    }
    query = insert(question_versions).values(study_id=transaction.study_id, at=at, **values)
    made = transaction.connection.execute(query.returning(question_versions.c.id)).scalar_one()
    return QuestionVersion(id=made, **values)  # type: ignore[arg-type]


def keep_questions(
    transaction: Transaction, questions: Mapping[str, Question], *, at: datetime, first_round: int = 1
) -> dict[str, QuestionVersion]:
    """Return the version of each question, made where it has none; a new wording of a draft is a version too.

    A question whose form is another one is left as it is kept: that takes a decision.
    """
    versions = current_versions(transaction)
    for name, question in questions.items():
        known = versions.get(name)
        is_reworded = known is not None and known.form == question.form and known.text != question.text
        if known is None or is_reworded:
            versions[name] = record_question(transaction, question, at=at, first_round=first_round)
    return versions
