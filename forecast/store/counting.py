"""How often each answer was given in a round, counted by the database: no answer travels by itself."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, FromClause, Select, Subquery, and_, exists, func, select

from innosi.forecast.questions import Question
from innosi.forecast.store.answers import answered_rounds, answers_of
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.parts import read_parts
from innosi.forecast.store.tables import answers, panellists
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
    n_by_outsiders : mapping of (question, part) to int
        How many of the answers are from people who are not asked (any more): withdrawn, or not on the list.
    """

    round: int
    n_panellists: int
    by_group: Mapping[str, Mapping[str, Counts]]
    pairs: Mapping[str, PairCounts] = field(default_factory=dict)
    n_by_outsiders: Mapping[tuple[str, str], int] = field(default_factory=dict)

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
    by_group, pairs = counting.by_group_and_in_pairs()
    return RoundCounts(
        number,
        counting.n_panellists(),
        by_group,
        pairs,
        counting.n_by_outsiders() if study.panel.members else {},
    )


@dataclass(frozen=True, slots=True, order=True)
class _Row:
    """How often an answer was given to a question, by a group, after another answer before ('' for none)."""

    question: str
    parts: str
    n: int
    group: str = ""
    before: str = ""


class _Counting:
    """Counts one round."""

    def __init__(self, transaction: Transaction, study: Study, number: int) -> None:
        self.transaction, self.study, self.number = transaction, study, number

    def run(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.transaction.connection.execute(query)]

    def given(self, number: int, question: str = "") -> Subquery:
        """The answers in a round that count in ours, or those to one question."""
        return answers_of(self.transaction, self.study, number, question=question, as_of=self.number)

    def n_panellists(self) -> int:
        """How many answered; not counted where the panel is listed, and its size is what matters."""
        if self.study.panel.members:
            return 0
        given, who = self.given(self.number).c, self.who.subquery()
        counts = exists(given.id).where(
            given.question.in_(self.study.questions), given.panellist == who.c.panellist
        )
        return int(self.run(select(func.count()).select_from(who).where(counts))[0][0])

    @property
    def who(self) -> Select[tuple[str]]:
        """Who said anything, whether it counts or not."""
        c = answers.c
        is_then = c.round <= self.number if self.study.mode == "real_time" else c.round == self.number
        within = (c.study_id == self.transaction.study_id, c.is_late.is_(False), is_then)
        return select(c.panellist).where(*within).distinct()

    def by_group_and_in_pairs(self) -> tuple[dict[str, dict[str, Counts]], dict[str, PairCounts]]:
        by_group: dict[str, dict[str, Counts]] = {}
        pairs: dict[str, PairCounts] = {}
        since = {name: self._since(each) for name, each in self.study.questions.items()}
        rounds = {number for each in since.values() for number in each.values()}
        for earlier in sorted(rounds):
            asked = [name for name, each in since.items() if earlier in each.values()]
            rows = _by_question(self._rows(asked, earlier))
            for name in asked:
                question = self.study.questions[name]
                by_group[name] = _counts_by_group(question, rows[name])
                paired = _pair_counts(question, rows[name], earlier) if earlier else None
                names = [part for part, number in since[name].items() if number == earlier]
                pairs |= {part: paired for part in names if paired}
        return by_group, pairs

    def _since(self, question: Question) -> dict[str, int]:
        """The last earlier round in which a question, or each part of it, was answered; 0 for none."""
        names = {question.name}
        if question.allows_gaps:
            names = {f"{question.name}.{part}" for part in question.parts}
        found: dict[str, int] = {}
        for number in reversed([each for each in self.rounds if each < self.number]):
            found |= dict.fromkeys(self._answered(question, number) & (names - found.keys()), number)
            if len(found) == len(names):
                break
        return dict.fromkeys(names, 0) | found

    @cached_property
    def rounds(self) -> tuple[int, ...]:
        return answered_rounds(self.transaction)

    def _answered(self, question: Question, number: int) -> set[str]:
        """The question if it has answers that count in a round; where it allows gaps, the parts that have."""
        given = self.given(number, question.name).c.parts
        if not question.allows_gaps:
            return {question.name} if self.run(select(given).limit(1)) else set()
        texts = self.run(select(given).distinct())
        return {f"{question.name}.{part}" for row in texts for part in read_parts(row[0])}

    def _rows(self, questions: Sequence[str], earlier: int) -> list[_Row]:
        """Count equal answers of equal groups, in the order of their texts; with the answers before."""
        now = self.given(self.number)
        source: FromClause = now
        columns: dict[str, ColumnElement[str]] = {"question": now.c.question, "parts": now.c.parts}
        if earlier:
            then = self.given(earlier)
            same = and_(then.c.question == now.c.question, then.c.panellist == now.c.panellist)
            source = source.outerjoin(then, same)
            columns["before"] = func.coalesce(then.c.parts, "")
        if self.study.panel.groups:
            who = panellists.c
            listed = and_(who.pseudonym == now.c.panellist, who.study_id == self.transaction.study_id)
            source = source.outerjoin(panellists, listed)
            columns["group"] = func.coalesce(who.group_name, "")
        labelled = [column.label(name) for name, column in columns.items()]
        query = select(*labelled, func.count().label("n")).select_from(source)
        query = query.where(now.c.question.in_(questions)).group_by(*columns.values())
        return sorted(_Row(**row) for row in self.transaction.connection.execute(query).mappings())

    def n_by_outsiders(self) -> dict[tuple[str, str], int]:
        asked = self.study.panel.members.keys() - self.study.panel.withdrawn
        outsiders = {row[0] for row in self.run(self.who)} - asked
        if not outsiders:
            return {}
        given = self.given(self.number).c
        query = select(given.question, given.parts, func.count()).where(given.panellist.in_(outsiders))
        query = query.group_by(given.question, given.parts)
        found: dict[tuple[str, str], int] = defaultdict(int)
        for question, parts, n in self.run(query):
            for part in read_parts(parts):
                found[question, part] += n
        return found


def _by_question(rows: Sequence[_Row]) -> Mapping[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.question].append(row)
    return found


def _counts_by_group(question: Question, rows: Sequence[_Row]) -> dict[str, Counts]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row.group][row.parts] += row.n
    return {
        group: Counts(_numbers(question, counts), np.array([*counts.values()], dtype=np.int64))
        for group, counts in found.items()
    }


def _pair_counts(question: Question, rows: Sequence[_Row], since: int) -> PairCounts:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if row.before:
            found[row.before, row.parts] += row.n
    before, after = ([pair[place] for pair in found] for place in (0, 1))
    n = np.array([*found.values()], dtype=np.int64)
    return PairCounts(since, _numbers(question, before), _numbers(question, after), n)


def _numbers(question: Question, texts: Iterable[str]) -> FloatArray:
    """The numbers of answers, a row each; NaN where a part was left out."""
    given = [[read_parts(text).get(part, math.nan) for part in question.parts] for text in texts]
    return np.array(given, dtype=float).reshape(len(given), len(question.parts))
