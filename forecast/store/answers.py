"""Answers in the store: events that are added and never changed; what counts now is a query."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Select, Subquery, and_, func, insert, select

from innosi.forecast.answers.values import Answer, Answers, Place
from innosi.forecast.questions import Question
from innosi.forecast.store.opening import Transaction, has_store, open_store
from innosi.forecast.store.rows import new_ids
from innosi.forecast.store.steps import read_steps
from innosi.forecast.store.tables import answer_parts, answers, question_versions
from innosi.forecast.store.versions import QuestionVersion, current_versions
from innosi.forecast.study import Study
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.loading.validation import nearest

Source = Literal["file", "form", "paper", "survey tool", "web", "simulated"]
_BATCH = 20_000


def load_answers(study: Study) -> Answers:
    """Return the answers of a study that count now; none is no error.

    Raises
    ------
    StoreError
        If the store cannot be read.
    InputFaults
        If the study file was changed so that kept answers do not fit it any more.
    """
    if not has_store(study):
        return Answers()
    with open_store(study).reading() as transaction:
        return read_answers(transaction, study)


def read_answers(transaction: Transaction, study: Study, *, is_late: bool = False) -> Answers:
    """Return the answers that count now, or those that came too late.

    Of a real-time study every snapshot holds what each panellist said last before it.

    Raises
    ------
    InputFaults
        If the study file was changed so that kept answers do not fit it any more.
    """
    _refuse_other_forms(transaction, study)
    if study.mode == "rounds" or is_late:
        return Answers.of(_read(transaction, study, current_answers(transaction, is_late=is_late)))
    found: list[Answer] = []
    for number in answered_rounds(transaction):
        current = current_answers(transaction, up_to=number)
        found += _read(transaction, study, current, number=number)
    return Answers.of(found)


def current_answers(
    transaction: Transaction,
    *,
    number: int | None = None,
    up_to: int | None = None,
    question: str = "",
    is_late: bool = False,
) -> Subquery:
    """Return a subquery of the ids of the answers that count: the last of each panellist to each question.

    Parameters
    ----------
    number : int, optional
        Of this round only.
    up_to : int, optional
        The last ones in any round up to this one, whatever their rounds: a snapshot.
    question : str, optional
        To this question only.
    """
    c = answers.c
    within = [c.study_id == transaction.study_id, c.is_late.is_(is_late)]
    within += [c.round == number] if number is not None else []
    within += [c.round <= up_to] if up_to is not None else []
    within += [c.question == question] if question else []
    by = (c.question, c.panellist) if up_to is not None else (c.round, c.question, c.panellist)
    last = select(func.max(c.id).label("id")).where(*within).group_by(*by).subquery()
    v = question_versions.c
    lineages = (
        select(v.question, func.max(v.lineage).label("lineage"))
        .where(v.study_id == transaction.study_id)
        .group_by(v.question)
        .subquery()
    )
    kept = (
        select(v.id)
        .join(lineages, and_(lineages.c.question == v.question, lineages.c.lineage == v.lineage))
        .where(v.study_id == transaction.study_id)
    )
    return (
        select(c.id)
        .join(last, last.c.id == c.id)
        .where(c.is_retracted.is_(False), c.question_version_id.in_(kept))
        .subquery()
    )


def answered_rounds(transaction: Transaction) -> tuple[int, ...]:
    """Return the rounds that have answers, in order."""
    c = answers.c
    query = select(c.round).where(c.study_id == transaction.study_id, c.is_late.is_(False)).distinct()
    return tuple(sorted(transaction.connection.execute(query).scalars()))


def _read(
    transaction: Transaction, study: Study, current: Subquery, *, number: int | None = None
) -> Iterator[Answer]:
    c = answers.c
    query: Select[Any] = select(c.id, c.round, c.panellist, c.question, c.reason).join(
        current, current.c.id == c.id
    )
    parts = _parts(transaction, current)
    for row in transaction.connection.execute(query):
        question = study.questions.get(row.question)
        if question is not None:
            given = parts.get(row.id, {})
            values = tuple(given.get(part, math.nan) for part in question.parts)
            yield Answer(number or row.round, row.panellist, row.question, values, row.reason)


def _parts(transaction: Transaction, current: Subquery) -> Mapping[int, dict[str, float]]:
    query = select(answer_parts).join(current, current.c.id == answer_parts.c.answer_id)
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for answer_id, part, value in transaction.connection.execute(query):
        found[answer_id][part] = value
    return found


def _refuse_other_forms(transaction: Transaction, study: Study) -> None:
    settled = {step.question for step in read_steps(transaction) if step.kind == "settle"}
    faults = []
    for name, version in current_versions(transaction).items():
        question = study.questions.get(name)
        if question is None and name not in settled:
            problem = f"is no question any more, and has answers{nearest(name, study.questions)}"
        elif question is not None and question.form != version.form:
            problem = "is asked in another form than its answers were given in"
        else:
            continue
        if _is_answered(transaction, name):
            mend = "change it back, or import the answers again with --replace"
            faults.append(Fault(f"{problem}; {mend}", f"questions.{name}"))
    if faults:
        raise InputFaults(str(study.path), faults)


def _is_answered(transaction: Transaction, question: str) -> bool:
    """Whether a question has answers that count; those that were replaced whole do not."""
    current, c = current_answers(transaction), answers.c
    query = select(c.id).join(current, current.c.id == c.id).where(c.question == question).limit(1)
    return transaction.connection.execute(query).first() is not None


def record_answers(
    transaction: Transaction,
    given: Sequence[Answer],
    versions: Mapping[str, QuestionVersion],
    questions: Mapping[str, Question],
    *,
    at: datetime,
    source: Source,
    is_late: bool = False,
    import_id: int | None = None,
) -> None:
    """Add answers; what their panellists said before to the same is kept, and counts no longer."""
    about = {"source": source, "is_late": is_late, "is_retracted": False, "import_id": import_id, "at": at}
    ids = iter(new_ids(transaction.connection, answers, len(given)))
    waiting = iter(given)
    while batch := list(islice(waiting, _BATCH)):
        numbered = [(next(ids), answer) for answer in batch]
        rows = [
            {
                "id": number,
                "study_id": transaction.study_id,
                "round": answer.round,
                "question": answer.question,
                "panellist": answer.panellist,
                "question_version_id": versions[answer.question].id,
                "reason": answer.reason,
                **about,
            }
            for number, answer in numbered
        ]
        transaction.connection.execute(insert(answers), rows)
        parts = [
            {"answer_id": number, "part": part, "value": value}
            for number, answer in numbered
            for part, value in zip(questions[answer.question].parts, answer.values, strict=True)
            if not math.isnan(value)
        ]
        transaction.connection.execute(insert(answer_parts), parts)


def retract_answers(
    transaction: Transaction,
    places: Iterable[Place],
    versions: Mapping[str, QuestionVersion],
    *,
    at: datetime,
    source: Source,
    import_id: int | None = None,
) -> None:
    """Add to each place that its answer counts no longer; the answer itself is kept."""
    rows = [
        {
            "study_id": transaction.study_id,
            "round": number,
            "question": question,
            "panellist": panellist,
            "question_version_id": versions[question].id,
            "is_retracted": True,
            "is_late": False,
            "at": at,
            "source": source,
            "import_id": import_id,
        }
        for number, panellist, question in places
    ]
    if rows:
        transaction.connection.execute(insert(answers), rows)
