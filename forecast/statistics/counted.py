"""The summary of a round from counts alone: who answered what need not be known for it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.change import Change, change_between
from innosi.forecast.statistics.summary import QuestionSummary, summary_of
from innosi.forecast.statistics.verdicts import cut_off_of, needs_cut_off, verdict_with
from innosi.forecast.store.counting import Counts, PairCounts, RoundCounts
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray


def summarise_counts(study: Study, counts: RoundCounts) -> tuple[QuestionSummary, ...]:
    """Return a summary of every question that was answered in a round, the same as `summarise` gives.

    Parameters
    ----------
    counts : RoundCounts
        See `innosi.forecast.store.counting.count_round`.
    """
    whole = {name: _answers(question, counts) for name, question in study.questions.items()}
    aspects = [each for given in whole.values() for each in given.aspects]
    is_needed = any(needs_cut_off(each.question) for each in aspects)
    cut_off = cut_off_of(whole.values()) if is_needed else math.nan
    members = set(study.panel.members)
    n_asked = len(members - study.panel.withdrawn) if members else counts.n_panellists
    return tuple(_summaries(study, counts, whole, (cut_off, n_asked)))


@dataclass(frozen=True)
class CountedAnswers:
    """Answers of one round as counts give them: nobody's in particular, in the place of `Answers`.

    Attributes
    ----------
    texts : mapping of question to QuestionAnswers
        Open questions, whose texts cannot be counted.
    """

    counts: RoundCounts
    texts: Mapping[str, QuestionAnswers]
    memory: dict[object, float] = field(default_factory=dict, compare=False, repr=False)

    def to(self, question: Question, number: int) -> QuestionAnswers:
        """Return all answers to one question; none in another round than the counted one."""
        if question.name in self.texts:
            return self.texts[question.name]
        return _answers(question, self.counts) if number == self.counts.round else _numbered_none(question)


def _numbered_none(question: Question) -> QuestionAnswers:
    return _numbered(question, 0, np.empty((0, len(question.parts))))


def _summaries(
    study: Study, counts: RoundCounts, whole: dict[str, QuestionAnswers], known: tuple[float, int]
) -> Iterator[QuestionSummary]:
    cut_off, n_asked = known
    for name, given in whole.items():
        groups = _by_group(given.question, counts)
        for place, aspect in enumerate(given.aspects):
            pairs = counts.pairs.get(aspect.question.name if given.question.allows_gaps else name)
            if aspect.n:
                yield summary_of(
                    study,
                    aspect,
                    {group: each[place].central for group, each in groups.items() if each[place].n},
                    n_missing=n_asked - aspect.n + _n_by_outsiders(given.question, place, counts),
                    verdict=verdict_with(aspect, cut_off),
                    change=_change(given.question, place, pairs) if pairs else None,
                )


def _n_by_outsiders(question: Question, place: int, counts: RoundCounts) -> int:
    """How many of those who answered are not asked (any more)."""
    part = question.parts[place if question.allows_gaps else 0]
    return counts.n_by_outsiders.get((question.name, part), 0)


def _answers(question: Question, counts: RoundCounts) -> QuestionAnswers:
    return _nameless(question, counts.round, counts.of(question))


def _by_group(question: Question, counts: RoundCounts) -> dict[str, tuple[QuestionAnswers, ...]]:
    groups: dict[str, Counts] = dict(counts.by_group.get(question.name, {}))
    return {name: _nameless(question, counts.round, each).aspects for name, each in groups.items()}


def _nameless(question: Question, number: int, counts: Counts) -> QuestionAnswers:
    """Answers in the order of their values; who gave them is not known."""
    return _numbered(question, number, counts.each)


def _numbered(question: Question, number: int, values: FloatArray) -> QuestionAnswers:
    names = _numbers_as_names(len(values))
    return QuestionAnswers(question, number, names, values, ("",) * len(values))


@lru_cache(maxsize=100)
def _numbers_as_names(n: int) -> tuple[str, ...]:
    return tuple(map(str, range(n)))


def _change(question: Question, place: int, pairs: PairCounts) -> Change | None:
    before, after = (np.repeat(values, pairs.n, axis=0) for values in (pairs.before, pairs.after))
    was, is_ = (_numbered(question, 0, values).aspects[place] for values in (before, after))
    if not was.n == is_.n == len(before):  # some left this part out, in one round or the other
        answered = set(is_.panellists)
        both = [name for name in was.panellists if name in answered]
        was, is_ = was.of(both), is_.of(both)
    is_nominal = was.question.measurement == "nominal"
    central = ((), ()) if is_nominal else (was.central, is_.central)
    return change_between(was.values, is_.values, since=pairs.since, central=central)
