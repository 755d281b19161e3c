"""The answers of the same panellists to one question in two rounds."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.shift import binned
from innosi.models.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class PairedAnswers:
    """One question in two rounds.

    Attributes
    ----------
    since, round : int
        The earlier and the later round.
    panellists : tuple of str
        Who answered both, in alphabetical order.
    earlier, later : (n, n_parts) float
        Their answers, row by row.
    all_earlier, all_later : (n₁,), (n₂,) float
        The central answers of all who answered a round, for measures of groups.
    """

    question: Question
    since: int
    round: int
    panellists: tuple[str, ...]
    earlier: FloatArray
    later: FloatArray
    all_earlier: FloatArray
    all_later: FloatArray

    @property
    def n(self) -> int:
        """How many answered both."""
        return len(self.panellists)

    @property
    def central(self) -> tuple[FloatArray, FloatArray]:
        """The one number for which each answer of those who answered both stands, by round."""
        return self.question.central(self.earlier), self.question.central(self.later)

    @property
    def levels(self) -> FloatArray | None:
        """The answers in their order: of a rating its scale, of names those given; of numbers None."""
        if self.question.scale is not None:
            return np.arange(self.question.scale[0], self.question.scale[1] + 1, dtype=float)
        if self.question.measurement == "nominal":
            return np.unique(np.concatenate([self.all_earlier, self.all_later]))
        return None

    @property
    def in_classes(self) -> tuple[FloatArray, FloatArray]:
        """Levels or codes as they stand; of numbers the stretch of their range, 0, 1, 2, …."""
        if self.levels is not None:
            return self.central
        low, high = self.question.bounds
        return binned(*self.central, (low, high) if low is not None and high is not None else None)


def pair_answers(before: QuestionAnswers, after: QuestionAnswers) -> PairedAnswers:
    """Return one question's answers in two rounds, side by side; where nobody answered both, none."""
    both = sorted(set(before.panellists) & set(after.panellists))
    return PairedAnswers(
        after.question,
        before.round,
        after.round,
        tuple(both),
        before.of(both).values,
        after.of(both).values,
        before.central,
        after.central,
    )
