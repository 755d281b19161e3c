"""ISM, interpretive structural modelling: what leads to what, as a hierarchy of levels.

Sources
-------
Warfield (1974), Developing interconnection matrices in structural modeling, IEEE Trans. SMC 4(1). Attri, Dev
& Sharma (2013), Interpretive structural modelling: an overview, Res. J. Management Sci. 2(2).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from innosi.models.arrays import IntArray

BoolArray = npt.NDArray[np.bool_]


class Quadrant(StrEnum):
    """Where an element stands by its driving power and its dependence power (not MICMAC's sectors)."""

    DRIVER = "driver"
    LINKAGE = "linkage"
    DEPENDENT = "dependent"
    AUTONOMOUS = "autonomous"


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Elements in levels: what is led to stands above what leads to it.

    Attributes
    ----------
    relations, reachability : (n, n) bool
        What leads to what as it was said, and with all that follows from it; each element leads to itself.
    levels : (n,) int
        1 for the top: what leads to nothing else, or only to what leads back.
    driving, dependence : (n,) int
        How many elements each leads to, and how many lead to it; itself included.
    groups : tuple of tuple of int
        Elements that all lead to each other, each group once; most are groups of one.
    links : tuple of (int, int)
        Which group leads to which, without what follows from the others: the lines of the picture.
    """

    relations: BoolArray
    reachability: BoolArray
    levels: IntArray
    driving: IntArray
    dependence: IntArray
    groups: tuple[tuple[int, ...], ...]
    links: tuple[tuple[int, int], ...]

    @property
    def transitive(self) -> BoolArray:
        """What was not said but follows (marked 1* in tables)."""
        return self.reachability & ~self.relations

    @property
    def quadrants(self) -> tuple[Quadrant, ...]:
        """The quadrant of each element; the lines are at the middle of 1 … n, on a line is below it."""
        middle = (len(self.levels) + 1) / 2
        named = {
            (True, False): Quadrant.DRIVER,
            (True, True): Quadrant.LINKAGE,
            (False, True): Quadrant.DEPENDENT,
            (False, False): Quadrant.AUTONOMOUS,
        }
        return tuple(
            named[bool(driving > middle), bool(dependence > middle)]
            for driving, dependence in zip(self.driving, self.dependence, strict=True)
        )


def hierarchy(relations: npt.ArrayLike) -> Hierarchy:
    """Return the hierarchy that relations make.

    Parameters
    ----------
    relations : (n, n)
        True where the row leads to the column; the diagonal is taken for true.
    """
    said = np.asarray(relations, dtype=bool) | np.eye(len(np.asarray(relations)), dtype=bool)
    reach = transitive_closure(said)
    n, labels = connected_components(reach, directed=True, connection="strong")
    members = sorted(tuple(int(each) for each in np.flatnonzero(labels == label)) for label in range(n))
    return Hierarchy(
        said, reach, _levels(reach), reach.sum(1), reach.sum(0), tuple(members), _links(reach, members)
    )


def transitive_closure(relations: BoolArray) -> BoolArray:
    """Return what leads to what through any number of others (Warshall 1962)."""
    reach = relations.copy()
    for through in range(len(reach)):
        reach |= reach[:, through, None] & reach[None, through]
    return reach


def _levels(reach: BoolArray) -> IntArray:
    """Level by level, take away what leads, among those left, only to what leads back to it."""
    levels = np.zeros(len(reach), dtype=np.int64)
    level = 0
    while (left := levels == 0).any():
        level += 1
        onwards = reach & ~reach.T & left[None]
        levels[left & ~onwards.any(1)] = level
    return levels


def _links(reach: BoolArray, groups: list[tuple[int, ...]]) -> tuple[tuple[int, int], ...]:
    """The transitive reduction of the groups' graph: a link goes if two others already make it."""
    first = [group[0] for group in groups]
    strict: Any = reach[np.ix_(first, first)] & ~np.eye(len(groups), dtype=bool)
    kept = strict & ~(strict.astype(np.int64) @ strict.astype(np.int64) > 0)
    return tuple((int(here), int(there)) for here, there in np.argwhere(kept))
