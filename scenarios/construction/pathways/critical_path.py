"""The critical path method: how early each milestone can be reached, how late it may be, and what is tight.

Source: Kelley & Walker (1959), Critical-path planning and scheduling, Eastern Joint Computer Conference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray

Needs = Sequence[Sequence[int]]
"""For each milestone, the places of those that it needs; all of them come before it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When milestones can be begun and reached, and when they must be.

    Attributes
    ----------
    earliest_start, earliest_finish, latest_start, latest_finish : (n,) float
        In the unit of the durations, from the same moment as `start` and `due`.
    """

    earliest_start: FloatArray
    earliest_finish: FloatArray
    latest_start: FloatArray
    latest_finish: FloatArray

    @property
    def slack(self) -> FloatArray:
        """How long each may be put off, (n,); below 0 where it is too late even if begun at once."""
        return self.latest_finish - self.earliest_finish


def schedule(durations: ArrayLike, needs: Needs, due: ArrayLike, *, start: float = 0.0) -> Schedule:
    """Return when each milestone can be reached, and when it must be.

    Parameters
    ----------
    durations : (n,) float, not negative
    needs : sequence of n sequences of int
        In such an order that a milestone needs only earlier ones.
    due : (n,) float
        When each is to be reached at the latest; infinity for no date of its own.
    start : float, optional
        When work can begin.

    Returns
    -------
    Schedule
        A milestone's latest finish is its own date, or where what needs it would start too late, that start.

    Examples
    --------
    >>> found = schedule([3, 2, 4], [[], [0], [0]], [10, 10, 10])
    >>> found.earliest_finish.tolist(), found.latest_finish.tolist()
    ([3.0, 5.0, 7.0], [6.0, 10.0, 10.0])
    """
    durations = np.asarray(durations, dtype=float)
    earliest = np.full(len(durations), start)
    for place, needed in enumerate(needs):
        earliest[place] = max([start, *(earliest[other] + durations[other] for other in needed)])
    latest = np.array(due, dtype=float)
    for place in reversed(range(len(durations))):
        for other in needs[place]:
            latest[other] = min(latest[other], latest[place] - durations[place])
    return Schedule(earliest, earliest + durations, latest - durations, latest)


def longest_chain(durations: ArrayLike, needs: Needs) -> tuple[int, ...]:
    """Return the milestones of the chain that takes longest, the first to be reached first.

    Among chains of the same length it is the one with most milestones, then the one whose last ones stand
    first.

    Parameters
    ----------
    durations, needs
        As for `schedule`; nothing in the chain's length but the durations counts.

    Examples
    --------
    >>> longest_chain([3, 2, 4], [[], [0], [0]])
    (0, 2)
    """
    durations = np.asarray(durations, dtype=float)
    if not len(durations):
        return ()
    reach: list[tuple[float, int, int]] = []
    before: list[int | None] = []
    for place, needed in enumerate(needs):
        best = max(needed, key=lambda other: reach[other], default=None)
        length, count = (0.0, 0) if best is None else reach[best][:2]
        reach.append((length + float(durations[place]), count + 1, -place))
        before.append(best)
    at: int | None = max(range(len(reach)), key=lambda place: reach[place])
    chain: list[int] = []
    while at is not None:
        chain.append(at)
        at = before[at]
    return tuple(reversed(chain))
