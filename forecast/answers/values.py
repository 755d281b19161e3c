"""An answer, and what is wrong with a row that is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from innosi.forecast.questions import Question
from innosi.forecast.statistics.pairwise import priorities
from innosi.forecast.statistics.tally import Tally
from innosi.models.arrays import FloatArray

Place = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one panellist said to one question in one round: a number for each part, and why.

    Of an open question the text stands as the reason, and the number says that there is one.
    """

    round: int
    panellist: str
    question: str
    values: tuple[float, ...]
    reason: str = ""

    @property
    def place(self) -> Place:
        """Round, panellist and question: there is one answer to each."""
        return self.round, self.panellist, self.question


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row, or a part of one, that cannot be imported: where it stands, what was found, and why not.

    `file` is told where several are read together; line 0 stands for a file as a whole.
    """

    line: int
    round: str
    panellist: str
    question: str
    found: str
    reason: str
    file: str = ""

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.file, f"line {self.line}" if self.line else "")))
        who = ", ".join(filter(None, (self.panellist, self.question)))
        found = f"'{self.found}': " if self.found else ""
        return f"{where:<10} {who:<28} {found}{self.reason}"


@dataclass(frozen=True, slots=True)
class QuestionAnswers:
    """All answers to one question in one round.

    Attributes
    ----------
    panellists : tuple of str
        In alphabetical order.
    values : (n, n_parts) float
        Row by row theirs; NaN where a scale of a multi-rating was left out.
    reasons : tuple of str
    """

    question: Question
    round: int
    panellists: tuple[str, ...]
    values: FloatArray
    reasons: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many answered."""
        return len(self.panellists)

    @property
    def central(self) -> FloatArray:
        """The one number for which each answer stands, shape (n,)."""
        return self.question.central(self.values)

    @property
    def tally(self) -> Tally:
        """How often each answer was given; of a choice, how often each option was chosen."""
        question = self.question
        if question.type == "choice":
            levels = np.arange(len(question.options), dtype=float)
            return Tally(levels, np.sum(self.values[:, :1] == levels, axis=0).astype(float))
        if question.type == "ranking":
            return replace(Tally.of(self.values[:, 0]), ranks=self.values)
        return Tally.of(self.central, question.scale)

    @property
    def n_never(self) -> int:
        """How many said that the year never comes; no measure of the others' years counts them."""
        return int(np.isinf(self.values).any(axis=1).sum())

    @property
    def with_a_number(self) -> "QuestionAnswers":
        """The answers without those that a year never comes."""
        return self.of(
            name for name, row in zip(self.panellists, self.values, strict=True) if np.isfinite(row).all()
        )

    @property
    def aspects(self) -> tuple["QuestionAnswers", ...]:
        """The answers to each question with one number of which this one consists; see `Question.aspects`."""
        if self.question.is_single:
            return (self,)
        values = priorities(self.values) if self.question.type == "pairwise" else self.values
        return tuple(
            self._aspect(aspect, values[:, place]) for place, aspect in enumerate(self.question.aspects)
        )

    def _aspect(self, aspect: Question, values: FloatArray) -> "QuestionAnswers":
        given = np.flatnonzero(~np.isnan(values))
        who, why = ([each[i] for i in given] for each in (self.panellists, self.reasons))
        return QuestionAnswers(aspect, self.round, tuple(who), values[given, np.newaxis], tuple(why))

    def of(self, panellists: Iterable[str]) -> "QuestionAnswers":
        """Return the answers of some of the panellists, in their order."""
        places = {name: place for place, name in enumerate(self.panellists)}
        at = [places[each] for each in panellists]
        reasons = tuple(self.reasons[i] for i in at)
        return QuestionAnswers(
            self.question, self.round, tuple(self.panellists[i] for i in at), self.values[at], reasons
        )


@dataclass(frozen=True)
class Answers:
    """All answers of a study; looked up by round and question without a search."""

    by_place: Mapping[Place, Answer] = field(default_factory=dict)
    memory: dict[object, float] = field(default_factory=dict, compare=False, repr=False)
    """What was computed of all these answers together, and is asked for again with every question."""

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "Answers":
        """Return answers in the order of round, panellist and question."""
        return cls({answer.place: answer for answer in sorted(answers, key=lambda each: each.place)})

    @cached_property
    def _by_question(self) -> Mapping[tuple[int, str], tuple[Answer, ...]]:
        found: dict[tuple[int, str], list[Answer]] = {}
        for answer in self.by_place.values():
            found.setdefault((answer.round, answer.question), []).append(answer)
        return {place: tuple(answers) for place, answers in found.items()}

    @cached_property
    def rounds(self) -> tuple[int, ...]:
        """The rounds that have answers, in order."""
        return tuple(sorted({round_ for round_, _, _ in self.by_place}))

    def in_round(self, number: int) -> tuple[Answer, ...]:
        """Return all answers of one round."""
        return tuple(answer for answer in self.by_place.values() if answer.round == number)

    def panellists(self, number: int) -> tuple[str, ...]:
        """Return who answered anything in a round, in alphabetical order."""
        return tuple(sorted({who for round_, who, _ in self.by_place if round_ == number}))

    def to(self, question: Question, number: int) -> QuestionAnswers:
        """Return all answers to one question in one round; none is no error."""
        found = self._by_question.get((number, question.name), ())
        values = np.array([answer.values for answer in found], dtype=float)
        return QuestionAnswers(
            question,
            number,
            tuple(answer.panellist for answer in found),
            values.reshape(len(found), len(question.parts)),
            tuple(answer.reason for answer in found),
        )

    def to_aspect(self, question: Question, name: str, number: int) -> QuestionAnswers:
        """Return all answers in one round to the part of a question that has a name; none is no error."""
        return next(each for each in self.to(question, number).aspects if each.question.name == name)
