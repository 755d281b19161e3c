"""How often each answer was given in a round, counted by the database: no answer travels by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from innosi.forecast.questions import Question
from innosi.forecast.store.answers import (
    all_answers_count,
    answered_rounds,
    current_answers,
    last_answers,
)
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import answer_parts, panellists
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
        How many answered anything; 0 where the panel is listed.
    by_group : mapping of question to mapping of group to Counts
        '' for panellists in no group.
    pairs : mapping of question to PairCounts
        With the last earlier round in which the question was answered; of one that allows gaps each part by
        its name (`garden.desirability`), as it may have been left out of a round.
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
    counting = _Counting(transaction, study, number)
    return RoundCounts(
        number,
        counting.n_panellists(),
        counting.by_group(),
        counting.pairs(),
        counting.n_by_withdrawn() if study.panel.withdrawn else {},
    )


class _Counting:
    """Counts one round. Questions with one number are counted all at once, those with several one by one."""

    def __init__(self, transaction: Transaction, study: Study, number: int) -> None:
        self.transaction, self.study, self.number = transaction, study, number
        self.single = [each for each in study.questions.values() if len(each.parts) == 1]
        self.several = [each for each in study.questions.values() if len(each.parts) > 1]
        self.choose = last_answers if all_answers_count(transaction) else current_answers

    def run(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.transaction.connection.execute(query)]

    def given(self, number: int, question: str = "") -> Subquery:
        """The answers that count in a round, or those to one question: whose, to what, and their ids."""
        if self.study.mode == "real_time":
            return self.choose(self.transaction, up_to=number, question=question)
        return self.choose(self.transaction, number=number, question=question)

    def n_panellists(self) -> int:
        """How many answered; not counted where the panel is listed, and its size is what matters."""
        if self.study.panel.members:
            return 0
        return int(self.run(select(func.count(self.given(self.number).c.panellist.distinct())))[0][0])

    def by_group(self) -> dict[str, dict[str, Counts]]:
        given, p = self.given(self.number), answer_parts.c
        singles = select(given.c.question, given.c.panellist, p.value.label("part_0")).join(
            answer_parts, p.answer_id == given.c.id
        )
        several = [self._wide(each, self.given(self.number, each.name)) for each in self.several]
        found: dict[str, dict[str, list[Sequence[Any]]]] = defaultdict(lambda: defaultdict(list))
        names = {each.name for each in self.single}
        for row in self._counted(singles.subquery(), 1):
            if row[0] in names:
                found[row[0]][row[1]].append(row[2:])
        for question, wide in zip(self.several, several, strict=True):
            for row in self._counted(wide, len(question.parts)):
                found[question.name][row[1]].append(row[2:])
        return {
            name: {group: _counts(rows) for group, rows in groups.items()} for name, groups in found.items()
        }

    def _counted(self, wide: Subquery, n_parts: int) -> list[tuple[Any, ...]]:
        """How often each answer was given by each group: question, group, parts, how often."""
        parts = [wide.c[f"part_{place}"] for place in range(n_parts)]
        group: ColumnElement[str] = literal("").label("group_name")
        source: FromClause = wide
        if self.study.panel.groups:
            listed = and_(
                panellists.c.pseudonym == wide.c.panellist,
                panellists.c.study_id == self.transaction.study_id,
            )
            group = func.coalesce(panellists.c.group_name, "").label("group_name")
            source = wide.outerjoin(panellists, listed)
        keys = [wide.c.question, *([group] if self.study.panel.groups else []), *parts]
        columns = [wide.c.question, group, *parts, func.count()]
        return self.run(select(*columns).select_from(source).group_by(*keys).order_by(*keys))

    @staticmethod
    def _wide(question: Question, given: Subquery) -> Subquery:
        """One row an answer, with a column for each of its parts."""
        p = answer_parts.c
        columns = [
            func.max(case((p.part == part, p.value))).label(f"part_{place}")
            for place, part in enumerate(question.parts)
        ]
        return (
            select(given.c.question, given.c.panellist, *columns)
            .join(answer_parts, p.answer_id == given.c.id)
            .group_by(given.c.id, given.c.question, given.c.panellist)
            .subquery()
        )

    def n_by_withdrawn(self) -> dict[tuple[str, str], int]:
        given, p, who = self.given(self.number), answer_parts.c, panellists.c
        query = (
            select(given.c.question, p.part, func.count())
            .join(answer_parts, p.answer_id == given.c.id)
            .join(panellists, who.pseudonym == given.c.panellist)
            .where(who.study_id == self.transaction.study_id, who.withdrawn_at.is_not(None))
            .group_by(given.c.question, p.part)
        )
        return {(row[0], row[1]): row[2] for row in self.run(query)}

    def pairs(self) -> dict[str, PairCounts]:
        """Pairs with the last earlier round in which each question was answered."""
        earlier = [each for each in answered_rounds(self.transaction) if each < self.number]
        found: dict[str, PairCounts] = {}
        for since in reversed(earlier):
            asked = self._asked_in(since) - found.keys()
            singles = [each for each in self.single if each.name in asked]
            found |= self._single_pairs(singles, since) if singles else {}
            for question in self.several:
                wanted = (
                    self._asked_parts(question, since) - found.keys() if question.name in asked else set()
                )
                pairs = self._pairs_in_parts(question, since) if wanted else None
                found |= {name: pairs for name in wanted if pairs}
        return found

    def _asked_parts(self, question: Question, number: int) -> set[str]:
        """The names under which a question's pairs stand, of those with answers that count in a round."""
        if not question.allows_gaps:
            return {question.name}
        given, p = self.given(number, question.name), answer_parts.c
        query = select(p.part).join(given, given.c.id == p.answer_id).distinct()
        return {f"{question.name}.{row[0]}" for row in self.run(query)}

    def _asked_in(self, number: int) -> set[str]:
        """The questions with answers that count in a round."""
        given = (self.given(number, name) for name in self.study.questions)
        queries = (select(each.c.question).limit(1) for each in given)
        return {row[0] for query in queries for row in self.run(query)}

    def _single_pairs(self, questions: Sequence[Question], since: int) -> dict[str, PairCounts]:
        """Pairs of all questions with one number at once."""
        both, p = self._both(since), answer_parts.c
        columns = [func.max(case((both.c.later == later, p.value))).label(f"{later}_0") for later in (0, 1)]
        wide = self._joined(both, [both.c.question, *columns], [both.c.question, both.c.panellist])
        rows: dict[str, list[Sequence[Any]]] = {each.name: [] for each in questions}
        for question, *row in self._counted_rows(wide):
            if question in rows:
                rows[question].append(row)
        return {name: _pair_counts(each, since, 1) for name, each in rows.items()}

    def _pairs_in_parts(self, question: Question, since: int) -> PairCounts:
        both, p = self._both(since, question.name), answer_parts.c
        columns = [
            func.max(case((and_(both.c.later == later, p.part == part), p.value))).label(f"{later}_{place}")
            for later in (0, 1)
            for place, part in enumerate(question.parts)
        ]
        rows = self._counted_rows(self._joined(both, columns, [both.c.panellist]))
        return _pair_counts(rows, since, len(question.parts))

    def _both(self, since: int, question: str = "") -> Subquery:
        """The answers that count in an earlier round and in this one, one below the other."""
        given = (self.given(since, question), self.given(self.number, question))
        return union_all(
            *(
                select(each.c.id, each.c.question, each.c.panellist, literal(later).label("later"))
                for later, each in enumerate(given)
            )
        ).subquery()

    @staticmethod
    def _joined(
        both: Subquery, columns: Sequence[ColumnElement[Any]], keys: Sequence[ColumnElement[Any]]
    ) -> Subquery:
        """Both answers of each panellist in one row, made by grouping: joining the two would be slow."""
        return (
            select(*columns)
            .select_from(both)
            .join(answer_parts, answer_parts.c.answer_id == both.c.id)
            .group_by(*keys)
            .having(func.count(both.c.later.distinct()) == 2)
            .subquery()
        )

    def _counted_rows(self, wide: Subquery) -> list[tuple[Any, ...]]:
        keys = [*wide.c]
        return self.run(select(*keys, func.count()).group_by(*keys).order_by(*keys))


def _counts(rows: Sequence[Sequence[Any]]) -> Counts:
    return Counts(np.array([row[:-1] for row in rows], dtype=float), _ns(rows))


def _pair_counts(rows: Sequence[Sequence[Any]], since: int, n_parts: int) -> PairCounts:
    values = np.array([row[:-1] for row in rows], dtype=float).reshape(len(rows), 2 * n_parts)
    return PairCounts(since, values[:, :n_parts], values[:, n_parts:], _ns(rows))


def _ns(rows: Sequence[Sequence[Any]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([row[-1] for row in rows], dtype=np.int64)
