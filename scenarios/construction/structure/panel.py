"""Several people's matrices of influence as one, and where they disagree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from innosi.models.arrays import FloatArray

COMING = 3.0
"""How strong a potential influence is taken to be once it is there."""
DIFFERENT = 2.0
"""From this difference between two participants on, a cell is one they should talk about."""


@dataclass(frozen=True, slots=True, eq=False)
class Influences:
    """Who influences whom, as one person or a group sees it.

    Attributes
    ----------
    present, potential : (n, n)
        Influences as they are now, and with those that may come counted as strong; the diagonal is 0.
    """

    present: FloatArray
    potential: FloatArray

    @property
    def has_potential(self) -> bool:
        """Whether anything is potential."""
        return not np.array_equal(self.present, self.potential)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A cell on which participants differ: who influences whom, each one's answer, and what was taken."""

    row: int
    column: int
    answers: tuple[str, ...]
    taken: float
    spread: float


def as_written(levels: FloatArray) -> Influences:
    """Return what a matrix says whose potential influences are written as −1."""
    return Influences(np.where(levels < 0, 0.0, levels), np.where(levels < 0, COMING, levels))


def median(answers: FloatArray) -> FloatArray:
    """Return the median of each cell over the first axis; between two whole numbers it is a half."""
    found: FloatArray = np.median(answers, axis=0)
    return found


def mode(answers: FloatArray) -> FloatArray:
    """Return what most answered in each cell over the first axis; of equally many, the smallest."""
    counts = np.array([(answers == level).sum(axis=0) for level in np.arange(COMING + 1)])
    found: FloatArray = counts.argmax(axis=0).astype(float)
    return found


AGGREGATIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {"median": median, "mode": mode}
)
"""How one matrix is made of several, by name."""


def aggregate(matrices: Sequence[Influences], name: str) -> Influences:
    """Return the matrix of a group: present and potential influences each by the same rule.

    A potential influence is 0 in the one and `COMING` in the other, so that it counts for neither more nor
    less than its author meant. With either rule the potential matrix is nowhere below the present one.
    """
    rule = AGGREGATIONS[name]
    return Influences(
        rule(np.array([each.present for each in matrices])),
        rule(np.array([each.potential for each in matrices])),
    )


def disagreements(matrices: Sequence[Influences], group: Influences) -> tuple[Disagreement, ...]:
    """Return the cells whose answers differ by `DIFFERENT` or more, those that differ most first."""
    answers = np.array([each.potential for each in matrices])
    coming = np.array([each.potential != each.present for each in matrices])
    spread = np.maximum(np.ptp(answers, axis=0), np.ptp(np.where(coming, 0.0, answers), axis=0))
    found = [
        Disagreement(
            int(row),
            int(column),
            tuple(
                "P" if coming[k, row, column] else f"{answers[k, row, column]:g}" for k in range(len(answers))
            ),
            float(group.present[row, column]),
            float(spread[row, column]),
        )
        for row, column in np.argwhere(spread >= DIFFERENT)
    ]
    return tuple(sorted(found, key=lambda each: (-each.spread, each.row, each.column)))
