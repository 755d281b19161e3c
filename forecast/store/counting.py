"""How often each answer was given in a round, counted by the database: no answer travels by itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select

from innosi.forecast.questions import Question
from innosi.forecast.store.answers import answered_rounds, current_answers
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import answer_parts, answers, panellists
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each answer to one question was given.

    Attributes
    ----------
    values : (m, n_parts) float
        Every answer that was given; NaN where a part was left out.
    n : (m,) int
        How many gave it.
    """

    values: FloatArray
    n: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def each(self) -> FloatArray:
        """One row an answer, shape (sum of n, n_parts), in no order that tells who gave it."""
        repeated: FloatArray = np.repeat(self.values, self.n, axis=0)
        return repeated


@dataclass(frozen=True, slots=True)
class PairCounts:
    """How often each pair of answers was given by one panellist in two rounds; `since` is the earlier one."""

    since: int
    before: FloatArray
    after: FloatArray
    n: np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class RoundCounts:
    """A round in counts.

    Attributes
    ----------
    round : int
    n_panellists : int
        How many answered anything.
    by_group : mapping of question to mapping of group to Counts
        '' for panellists in no group.
    pairs : mapping of question to PairCounts
        With the last earlier round in which the question was answered.
    n_by_withdrawn : mapping of (question, part) to int
        How many of the answers are from panellists who have withdrawn since.
    """

    round: int
    n_panellists: int
    by_group: Mapping[str, Mapping[str, Counts]]
    pairs: Mapping[str, PairCounts] = field(default_factory=dict)
    n_by_withdrawn: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, question: Question) -> Counts:
        """Return the counts over all groups; none is no error."""
        groups = [*self.by_group.get(question.name, {}).values()]
        if not groups:
            return Counts(np.empty((0, len(question.parts))), np.empty(0, dtype=np.int64))
        return Counts(
            np.concatenate([each.values for each in groups]), np.concatenate([each.n for each in groups])
        )


def count_round(transaction: Transaction, study: Study, number: int) -> RoundCounts:
    """Return the answers of a round that count, in counts, with those of the round before.

    Of a real-time study the round is a snapshot: what each panellist said last until then.
    """
    given = _given(transaction, study, number)
    by_group = {
        question.name: groups
        for question in study.questions.values()
        if (groups := _by_group(transaction, question, given))
    }
    return RoundCounts(
        number,
        _count_panellists(transaction, given),
        by_group,
        dict(_pairs(transaction, study, number, given)),
        _count_withdrawn(transaction, given) if study.panel.withdrawn else {},
    )


def _count_withdrawn(transaction: Transaction, given: Subquery) -> dict[tuple[str, str], int]:
    p, who = answer_parts.c, panellists.c
    query = (
        select(given.c.question, p.part, func.count())
        .join(answer_parts, p.answer_id == given.c.id)
        .join(panellists, who.pseudonym == given.c.panellist)
        .where(who.study_id == transaction.study_id, who.withdrawn_at.is_not(None))
        .group_by(given.c.question, p.part)
    )
    return {(question, part): n for question, part, n in transaction.connection.execute(query)}


def _given(transaction: Transaction, study: Study, number: int) -> Subquery:
    """The answers that count in a round: whose, to what, and their ids."""
    is_snapshot = study.mode == "real_time"
    current = (
        current_answers(transaction, up_to=number)
        if is_snapshot
        else current_answers(transaction, number=number)
    )
    c = answers.c
    return select(c.id, c.question, c.panellist).join(current, current.c.id == c.id).subquery()


def _count_panellists(transaction: Transaction, given: Subquery) -> int:
    query = select(func.count(given.c.panellist.distinct()))
    return transaction.connection.execute(query).scalar_one()


def _by_group(transaction: Transaction, question: Question, given: Subquery) -> dict[str, Counts]:
    wide = _wide(question, given)
    group = func.coalesce(panellists.c.group_name, "").label("group_name")
    listed = and_(panellists.c.pseudonym == wide.c.panellist, panellists.c.study_id == transaction.study_id)
    columns = _part_columns(wide, question)
    query = (
        select(group, *columns, func.count().label("n"))
        .select_from(wide.outerjoin(panellists, listed))
        .group_by(group, *columns)
        .order_by(group, *columns)
    )
    rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in transaction.connection.execute(query):
        rows[row.group_name].append(row[1:])
    return {name: Counts(*_arrays(each, len(columns))) for name, each in rows.items()}


def _wide(question: Question, given: Subquery) -> Subquery:
    """One row an answer to a question, with a column for each of its parts."""
    p = answer_parts.c
    if len(question.parts) == 1:
        return (
            select(given.c.panellist, p.value.label("part_0"))
            .join(answer_parts, p.answer_id == given.c.id)
            .where(given.c.question == question.name)
            .subquery()
        )
    columns = [
        func.max(case((p.part == part, p.value))).label(f"part_{place}")
        for place, part in enumerate(question.parts)
    ]
    return (
        select(given.c.panellist, *columns)
        .join(answer_parts, p.answer_id == given.c.id)
        .where(given.c.question == question.name)
        .group_by(given.c.id, given.c.panellist)
        .subquery()
    )


def _part_columns(wide: Subquery, question: Question) -> list[ColumnElement[Any]]:
    return [wide.c[f"part_{place}"] for place in range(len(question.parts))]


def _arrays(
    rows: Sequence[Sequence[Any]], n_parts: int
) -> tuple[FloatArray, np.ndarray[Any, np.dtype[np.int64]]]:
    table = np.array([row[:n_parts] for row in rows], dtype=float).reshape(len(rows), n_parts)
    return table, np.array([row[-1] for row in rows], dtype=np.int64)


def _pairs(
    transaction: Transaction, study: Study, number: int, given: Subquery
) -> Iterator[tuple[str, PairCounts]]:
    earlier = {
        each: _given(transaction, study, each) for each in answered_rounds(transaction) if each < number
    }
    for question in study.questions.values():
        for since in reversed(earlier):
            if _is_answered(transaction, question, earlier[since]):
                yield question.name, _pair(transaction, question, (earlier[since], given), since)
                break


def _is_answered(transaction: Transaction, question: Question, given: Subquery) -> bool:
    query = select(given.c.id).where(given.c.question == question.name).limit(1)
    return transaction.connection.execute(query).first() is not None


def _pair(
    transaction: Transaction, question: Question, given: tuple[Subquery, Subquery], since: int
) -> PairCounts:
    before, after = (_wide(question, each) for each in given)
    columns = [*_part_columns(before, question), *_part_columns(after, question)]
    labelled = [column.label(f"column_{place}") for place, column in enumerate(columns)]
    query: Select[Any] = (
        select(*labelled, func.count().label("n"))
        .select_from(before.join(after, before.c.panellist == after.c.panellist))
        .group_by(*columns)
        .order_by(*columns)
    )
    rows = transaction.connection.execute(query).all()
    values, n = _arrays(rows, len(columns))
    n_parts = len(question.parts)
    return PairCounts(since, values[:, :n_parts], values[:, n_parts:], n)
