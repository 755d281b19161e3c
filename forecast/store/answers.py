"""Answers in the store: events that are added and never changed; what counts now is a query."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, insert, select

from innosi.forecast.answers.values import Answer, Answers, Place
from innosi.forecast.questions import Question
from innosi.forecast.store.adding import add_rows
from innosi.forecast.store.opening import Transaction, has_store, open_store
from innosi.forecast.store.parts import NO_PARTS, read_parts, written_parts
from innosi.forecast.store.rows import new_ids
from innosi.forecast.store.steps import read_steps
from innosi.forecast.store.tables import answers, question_versions
from innosi.forecast.store.versions import QuestionVersion, current_versions
from innosi.forecast.study import Study
from innosi.forecast.study_problems import MAX_PSEUDONYM
from innosi.models.errors import AnswerError, Fault, InputFaults
from innosi.scenarios.loading.validation import nearest

Source = Literal["file", "form", "paper", "survey tool", "web", "simulated"]


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


def answers_in(
    transaction: Transaction, study: Study, rounds: Iterable[int], *, is_late: bool = False
) -> Answers:
    """Return what was answered last in each of some rounds, in time or too late; see `read_answers`."""
    refuse_other_forms(transaction, study)
    current = [current_answers(transaction, number=each, is_late=is_late) for each in rounds]
    return Answers.of(answer for each in current for answer in _read(transaction, study, each))


def read_answers(
    transaction: Transaction, study: Study, *, is_late: bool = False, as_of: int | None = None
) -> Answers:
    """Return the answers that count now, or those that came too late.

    Of a real-time study every snapshot holds what each panellist said last before it.

    Parameters
    ----------
    as_of : int, optional
        The round whose questions count, where others have taken their place since; see `as_asked`.

    Raises
    ------
    InputFaults
        If the study file was changed so that kept answers do not fit it any more.
    """
    refuse_other_forms(transaction, study, as_of=as_of)
    if study.mode == "rounds" or is_late:
        current = current_answers(transaction, is_late=is_late, as_of=as_of)
        return Answers.of(_read(transaction, study, current))
    found: list[Answer] = []
    for number in answered_rounds(transaction):
        current = current_answers(transaction, up_to=number, as_of=as_of)
        found += _read(transaction, study, current, number=number)
    return Answers.of(found)


def current_answers(
    transaction: Transaction,
    *,
    number: int | None = None,
    up_to: int | None = None,
    question: str = "",
    is_late: bool = False,
    as_of: int | None = None,
) -> Subquery:
    """Return a subquery of the answers that count: the last of each panellist to each question.

    Parameters
    ----------
    number : int, optional
        Of this round only.
    up_to : int, optional
        The last ones in any round up to this one, whatever their rounds: a snapshot.
    question : str, optional
        To this question only.
    as_of : int, optional
        The round whose questions count; those that are asked now by default.
    """
    c = answers.c
    within = [c.study_id == transaction.study_id, c.is_late.is_(is_late)]
    within += [c.round == number] if number is not None else []
    within += [c.round <= up_to] if up_to is not None else []
    within += [c.question == question] if question else []
    counts = (c.is_retracted.is_(False), c.question_version_id.in_(kept_versions(transaction, as_of)))
    columns = (c.id, c.round, c.question, c.panellist, c.parts, c.reason)
    if up_to is None:
        return select(*columns).where(*within, *counts, ~_is_replaced()).subquery()
    last = select(func.max(c.id)).where(*within).group_by(c.question, c.panellist)
    return select(*columns).where(c.id.in_(last), *counts).subquery()


def answers_of(
    transaction: Transaction, study: Study, number: int, *, question: str = "", as_of: int | None = None
) -> Subquery:
    """Return a subquery of the answers that count in a round, or in real time until a snapshot."""
    up_to, of_round = (number, None) if study.mode == "real_time" else (None, number)
    return current_answers(transaction, number=of_round, up_to=up_to, question=question, as_of=as_of)


def _is_replaced() -> ColumnElement[bool]:
    """Whether the panellist answered the same later; the index makes this one look an answer."""
    c, later = answers.c, answers.alias("later").c
    same = [later[name] == c[name] for name in ("study_id", "round", "question", "panellist", "is_late")]
    return exists(later.id).where(*same, later.id > c.id)


def kept_versions(transaction: Transaction, as_of: int | None = None) -> Select[tuple[int]]:
    """Return a query of the versions whose answers count: of each question those of its newest lineage.

    Parameters
    ----------
    as_of : int, optional
        A round: the lineage that it asked counts, whatever took its place later.
    """
    v = question_versions.c
    was_asked = () if as_of is None else (v.first_round <= as_of,)
    newest = (
        select(v.question, func.max(v.lineage).label("lineage"))
        .where(v.study_id == transaction.study_id, *was_asked)
        .group_by(v.question)
        .subquery()
    )
    is_newest = and_(newest.c.question == v.question, newest.c.lineage == v.lineage)
    return select(v.id).join(newest, is_newest).where(v.study_id == transaction.study_id)


def answers_to(transaction: Transaction, study: Study, question: Question, number: int) -> Answers:
    """Return the answers to one question that count in a round, with who gave them."""
    current = answers_of(transaction, study, number, question=question.name, as_of=number)
    return Answers.of(_read(transaction, study, current, number=number))


def answered_rounds(transaction: Transaction) -> tuple[int, ...]:
    """Return the rounds that have answers, in order."""
    c = answers.c
    found: list[int] = []
    while True:  # one look into the index a round: a list of all rounds would read every answer
        query = select(func.min(c.round)).where(
            c.study_id == transaction.study_id, c.round > (found[-1] if found else 0)
        )
        following = transaction.connection.execute(query).scalar()
        if following is None:
            break
        found.append(following)
    in_time = select(c.id).where(c.study_id == transaction.study_id, c.is_late.is_(False)).limit(1)
    return tuple(
        number
        for number in found
        if transaction.connection.execute(in_time.where(c.round == number)).first() is not None
    )


def _read(
    transaction: Transaction, study: Study, current: Subquery, *, number: int | None = None
) -> Iterator[Answer]:
    c = current.c
    query = select(c.round, c.panellist, c.question, c.parts, c.reason)
    asked = {name: question.parts for name, question in study.questions.items()}
    for round_, panellist, question, parts, reason in transaction.connection.execute(query):
        if question in asked:
            given = read_parts(parts)
            values = tuple([given.get(part, math.nan) for part in asked[question]])
            yield Answer(number or round_, panellist, question, values, reason)


def refuse_other_forms(transaction: Transaction, study: Study, *, as_of: int | None = None) -> None:
    """Refuse to read answers as answers to questions that the study file asks otherwise by now."""
    settled = {step.question for step in read_steps(transaction) if step.kind == "settle"}
    faults = []
    for name, version in current_versions(transaction, as_of).items():
        question = study.questions.get(name)
        if question is None and name not in settled:
            problem = f"is no question any more, and has answers{nearest(name, study.questions)}"
        elif question is not None and question.form != version.form:
            problem = "is asked in another form than its answers were given in"
        else:
            continue
        if is_answered(transaction, name):
            mend = "change it back, or import the answers again with --replace"
            faults.append(Fault(f"{problem}; {mend}", f"questions.{name}"))
    if faults:
        raise InputFaults(str(study.path), faults)


def is_answered(transaction: Transaction, question: str) -> bool:
    """Whether a question has answers that count; those that were replaced whole do not count."""
    query = select(current_answers(transaction, question=question).c.id).limit(1)
    return transaction.connection.execute(query).first() is not None


def given_before(transaction: Transaction, study: Study, given: Iterable[Answer]) -> frozenset[Place]:
    """Return the places of those answers that the same panellists gave before, in whatever round."""
    c, parts = answers.c, {name: question.parts for name, question in study.questions.items()}
    wanted = {
        (each.question, each.panellist, written_parts(parts[each.question], each.values), each.reason): each
        for each in given
    }
    query = select(c.question, c.panellist, c.parts, c.reason).where(
        c.study_id == transaction.study_id,
        c.is_late.is_(False),
        c.is_retracted.is_(False),
        c.question_version_id.in_(kept_versions(transaction)),
        c.question.in_({each.question for each in wanted.values()}),
    )
    found = map(tuple, transaction.connection.execute(query))
    return frozenset(wanted[each].place for each in found if each in wanted)


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
    _refuse_long_pseudonyms(given)
    ids = new_ids(transaction.connection, answers, len(given))
    parts = {name: question.parts for name, question in questions.items()}
    add_rows(
        transaction.connection,
        answers,
        ("id", "round", "question", "panellist", "question_version_id", "parts", "reason"),
        (
            (
                number,
                each.round,
                each.question,
                each.panellist,
                versions[each.question].id,
                written_parts(parts[each.question], each.values),
                each.reason,
            )
            for number, each in zip(ids, given, strict=True)
        ),
        {
            "study_id": transaction.study_id,
            "source": source,
            "is_late": is_late,
            "is_retracted": False,
            "import_id": import_id,
            "at": at,
        },
    )


def _refuse_long_pseudonyms(given: Iterable[Answer]) -> None:
    """Refuse what SQLite would keep and PostgreSQL would not."""
    longest = max((each.panellist for each in given), key=len, default="")
    if len(longest) > MAX_PSEUDONYM:
        raise AnswerError(
            f"the pseudonym '{longest[:20]}…' has {len(longest)} characters",
            mend=f"make it shorter: at most {MAX_PSEUDONYM} are kept",
        )


def let_late_in(transaction: Transaction, number: int, *, at: datetime) -> None:
    """Let late answers to a round count as it is open again: each is added in time, and no longer late."""
    c, late = answers.c, current_answers(transaction, number=number, is_late=True)
    kept = [each for each in c if each.name not in ("id", "is_late", "at", "is_retracted", "parts", "reason")]
    found = select(c.id, *kept, c.parts, c.reason).where(c.id.in_(select(late.c.id))).order_by(c.id)
    rows = [dict(row) for row in transaction.connection.execute(found).mappings()]
    added = [{**row, "is_late": False, "is_retracted": False, "at": at} for row in rows]
    taken_back = {"is_late": True, "is_retracted": True, "at": at, "parts": NO_PARTS, "reason": ""}
    added += [{**row, **taken_back} for row in rows]
    ids = new_ids(transaction.connection, answers, len(added))
    if added:
        numbered = [{**row, "id": number} for row, number in zip(added, ids, strict=True)]
        transaction.connection.execute(insert(answers), numbered)


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
            "parts": NO_PARTS,
            "at": at,
            "source": source,
            "import_id": import_id,
        }
        for number, panellist, question in places
    ]
    if rows:
        transaction.connection.execute(insert(answers), rows)
