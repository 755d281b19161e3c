"""MICMAC: which variables move a system and which are moved, directly and through others.

Sources
-------
Duperrin & Godet (1973), Méthode de hiérarchisation des éléments d'un système, CEA-R-4541. Godet (1994), From
Anticipation to Action, UNESCO. Díaz (2013), Indirect influences, Adv. Stud. Contemp. Math. 23
(arXiv:0906.1610), for paths counted by matrix powers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import numpy as np

from innosi.models.arrays import AnyArray, FloatArray
from innosi.models.errors import ModelError
from innosi.scenarios.construction.structure.influence_graph import (
    Component,
    common_period,
    components,
    dominant,
    longest_chain,
    shortest_cycle,
)

MIDDLE = 0.2
"""Within this of the average, relatively, in both influence and dependence, a variable is in the middle."""
LEAST_POWERS = 100
"""So many powers are tried at the least before a ranking is said not to settle; else four per variable."""

Ranks = tuple[int, ...]
"""1 for the most; equals share a rank, and as many ranks are left out after it."""


class Sector(StrEnum):
    """Where a variable stands on the map of influence and dependence."""

    DETERMINANT = "determinant"
    """Moves much, is moved little: an input."""
    RELAY = "relay"
    """Moves and is moved: what is done there comes back, amplified or not."""
    DEPENDENT = "dependent"
    """Is moved, moves little: a result."""
    AUTONOMOUS = "autonomous"
    """Stands aside."""
    REGULATING = "regulating"
    """In the middle: nothing is said of it by the map alone."""


class Behaviour(StrEnum):
    """What becomes of the ranking as influences are followed through ever more steps."""

    SETTLES = "settles"
    PERIODIC = "periodic"
    NILPOTENT = "nilpotent"
    RESTLESS = "restless"


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How much of all influence is each variable's.

    Attributes
    ----------
    influence, dependence : (n,)
        Shares of the sum of the matrix, by rows and by columns; all 0 where the matrix is.
    influence_ranks, dependence_ranks : tuple of int
    """

    influence: FloatArray
    dependence: FloatArray
    influence_ranks: Ranks
    dependence_ranks: Ranks

    @property
    def sectors(self) -> tuple[Sector, ...]:
        """Where each variable stands on the map, whose lines are the averages, 1/n.

        Within `MIDDLE` of the average both ways it is regulating; on a line it counts as below it.
        """
        n = len(self.influence)
        return tuple(
            _sector(float(influence) * n, float(dependence) * n)
            for influence, dependence in zip(self.influence, self.dependence, strict=True)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Indirect:
    """Influences through others.

    Attributes
    ----------
    behaviour : Behaviour
        Only where the ranking settles may it be read.
    settled : int, optional
        From which power on the ranking stays as it is; None if it does not.
    power : int, optional
        The power that is taken: the one that was asked for, else where the ranking settles; None for none.
    standing : Standing, optional
        At that power.
    path : tuple of (ranks of influence, ranks of dependence)
        At power 1, 2, … up to the last that was needed to be sure.
    components, dominant : tuple of Component
        What hangs together in circles, and what of it outgrows all else.
    period : int
        After how many powers the pattern comes back; 1 where it does not change, 0 where all becomes zero.
    told : tuple of int
        The shortest cycle (periodic), a longest chain (nilpotent: after as many steps as it has variables all
        is zero), or what still changes places (restless).
    """

    behaviour: Behaviour
    settled: int | None
    power: int | None
    standing: Standing | None
    path: tuple[tuple[Ranks, Ranks], ...]
    components: tuple[Component, ...]
    dominant: tuple[Component, ...]
    period: int
    told: tuple[int, ...]

    @property
    def order_changes(self) -> bool:
        """Whether the order of a periodic matrix is another in between; at times only the shares are."""
        return len(set(self.path[-max(self.period, 1) :])) > 1

    @property
    def is_reducible(self) -> bool:
        """Whether some variables do not influence some others, not even through any number of steps."""
        return len(self.components) > 1


def direct(matrix: FloatArray) -> Standing:
    """Return how much each variable influences and depends directly: the sums of rows and of columns.

    Parameters
    ----------
    matrix : (n, n)
        Influence of each row on each column, 0 or more, in whole or half steps.
    """
    return at_power(matrix, 1)


def at_power(matrix: FloatArray, power: int) -> Standing:
    """Return how much each variable influences and depends through chains of `power` steps.

    Counted exactly, in whole numbers of any length, so that equal ranks are equal and nothing overflows.
    The sums are of all of the matrix's power, its diagonal (what returns) included.
    """
    if power < 1:
        raise ModelError(f"the power {power} is none", mend="give 1 or more")
    influence, dependence = next(islice(_sums(whole(matrix)), power - 1, None))
    return Standing(_shares(influence), _shares(dependence), ranks(influence), ranks(dependence))


def indirect(matrix: FloatArray, *, power: int | None = None) -> Indirect:
    """Return how variables influence each other through others: matrix powers until the ranking settles.

    It has settled at the smallest power k ≥ 2 from which on the ranks of influence and of dependence are the
    same at n further powers in a row, n being the number of variables: as long as a chain without repetition
    can be. (The method's authors ask for two powers alike; that can be by chance.) No ranking is made

    - of a *nilpotent* matrix, where nothing goes round in circles and every chain ends;
    - of a *periodic* one, where the lengths of all circles of the dominant components share a divisor d > 1:
      the shares then come back every d powers and are others in between, and mostly the ranking too;
    - where it does not settle within max(100, 4 n) powers.

    Parameters
    ----------
    matrix : (n, n)
        Influence of each row on each column, 0 or more, in whole or half steps.
    power : int, optional
        Take this power, and say all the same whether the ranking settles.
    """
    found = components(matrix)
    strongest = dominant(found)
    period = common_period(found) if strongest else 0
    settled = None
    told: tuple[int, ...] = ()
    if not strongest:
        told = longest_chain(matrix)
        behaviour, path = Behaviour.NILPOTENT, _path(matrix, len(told))
    elif period > 1:
        told = shortest_cycle(matrix, strongest[0].members)
        behaviour, path = Behaviour.PERIODIC, _path(matrix, len(matrix) + period)
    else:
        path, settled = _followed(matrix)
        behaviour = Behaviour.SETTLES if settled else Behaviour.RESTLESS
        told = () if settled else _moving(path[-len(matrix) - 1 :])
    taken = power or settled
    standing = at_power(matrix, taken) if taken else None
    return Indirect(behaviour, settled, taken, standing, path, found, strongest, period, told)


def power_shares(matrix: FloatArray, power: int) -> FloatArray:
    """Return a power of the matrix, each cell as a share of the sum: the matrix of indirect influences."""
    raised: AnyArray = np.linalg.matrix_power(np.array(whole(matrix), dtype=object), power)
    total = int(raised.sum())
    return np.array([[int(cell) / total if total else 0.0 for cell in row] for row in raised])


def ranks(values: Sequence[float]) -> Ranks:
    """Return the rank of each value, 1 for the largest; equals share it."""
    first: dict[float, int] = {}
    for place, value in enumerate(sorted(values, reverse=True), start=1):
        first.setdefault(value, place)
    return tuple(first[value] for value in values)


def whole(matrix: FloatArray) -> list[list[int]]:
    """Return a matrix in whole numbers: itself, or twice it where medians brought in halves."""
    given = np.asarray(matrix, dtype=float)
    times = 1 if np.array_equal(given, np.rint(given)) else 2
    found = np.rint(times * given)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not np.array_equal(found, times * given):
        raise ModelError("influences are no square of whole or half numbers", mend="write 0 to 3")
    if (given < 0).any():
        raise ModelError("an influence is below 0", mend="write how strong it is, without a sign")
    return [[int(cell) for cell in row] for row in found]


def _path(matrix: FloatArray, length: int) -> tuple[tuple[Ranks, Ranks], ...]:
    """The ranks of influence and of dependence at the first powers."""
    return tuple((ranks(a), ranks(b)) for a, b in islice(_sums(whole(matrix)), length))


def _followed(matrix: FloatArray) -> tuple[tuple[tuple[Ranks, Ranks], ...], int | None]:
    """The ranks at each power, and the power from which on they stay; None if they do not."""
    n = len(matrix)
    path: list[tuple[Ranks, Ranks]] = []
    since = 2
    for influence, dependence in islice(_sums(whole(matrix)), max(LEAST_POWERS, 4 * n)):
        path.append((ranks(influence), ranks(dependence)))
        if len(path) > 2 and path[-1] != path[-2]:
            since = len(path)
        if len(path) - since >= n:
            return tuple(path), since
    return tuple(path), None


def _sums(rows: list[list[int]]) -> Iterator[tuple[list[int], list[int]]]:
    """The sums of the rows and of the columns of the matrix, its square, its cube, ….

    Aᵏ·1 = A·(Aᵏ⁻¹·1), so that no power is ever written out.
    """
    out = [[(there, weight) for there, weight in enumerate(row) if weight] for row in rows]
    back = [[(here, row[there]) for here, row in enumerate(rows) if row[there]] for there in range(len(rows))]
    influence, dependence = [1] * len(rows), [1] * len(rows)
    while True:
        influence = [sum(weight * influence[there] for there, weight in row) for row in out]
        dependence = [sum(weight * dependence[here] for here, weight in column) for column in back]
        yield influence, dependence


def _shares(sums: Sequence[int]) -> FloatArray:
    total = sum(sums)
    return np.array([each / total if total else 0.0 for each in sums])


def _moving(path: Sequence[tuple[Ranks, Ranks]]) -> tuple[int, ...]:
    """The variables that have more than one rank on a stretch of the path."""
    moves = (
        place
        for place in range(len(path[0][0]))
        for kind in (0, 1)
        if len({step[kind][place] for step in path}) > 1
    )
    return tuple(dict.fromkeys(moves))


def _sector(influence: float, dependence: float) -> Sector:
    """The sector at an influence and a dependence, both as multiples of the average."""
    if max(abs(influence - 1), abs(dependence - 1)) <= MIDDLE:
        return Sector.REGULATING
    if influence > 1:
        return Sector.RELAY if dependence > 1 else Sector.DETERMINANT
    return Sector.DEPENDENT if dependence > 1 else Sector.AUTONOMOUS
