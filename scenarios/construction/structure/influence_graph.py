"""Who influences whom as a graph: what goes round in circles, how long they are, and where chains end."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, lcm

import numpy as np
from scipy.sparse.csgraph import connected_components

from innosi.models.arrays import FloatArray

SAME_GROWTH = 1e-9
"""So near, relatively, are the growth rates of two components that are taken for equal."""


@dataclass(frozen=True, slots=True)
class Component:
    """Variables that all influence each other, directly or through others; or one that nothing returns to.

    Attributes
    ----------
    members : tuple of int
    period : int
        Greatest common divisor of the lengths of its cycles; 0 where there is none.
    growth : float
        By how much influence within it is multiplied at each step: its matrix's largest eigenvalue.
    """

    members: tuple[int, ...]
    period: int
    growth: float


def components(matrix: FloatArray) -> tuple[Component, ...]:
    """Return the strongly connected components of a matrix of influences, those that grow fastest first.

    Parameters
    ----------
    matrix : (n, n)
        Influence of each row on each column, 0 for none.
    """
    n, labels = connected_components(matrix > 0, directed=True, connection="strong")
    groups = [np.flatnonzero(labels == label) for label in range(n)]
    found = [_component(matrix, tuple(int(each) for each in group)) for group in groups]
    return tuple(sorted(found, key=lambda each: (-each.growth, each.members)))


def dominant(found: Sequence[Component]) -> tuple[Component, ...]:
    """Return the components that in the long run outgrow all others; none where nothing returns."""
    fastest = max((each.growth for each in found if each.period), default=0.0)
    return tuple(each for each in found if each.period and each.growth >= fastest * (1 - SAME_GROWTH))


def common_period(found: Sequence[Component]) -> int:
    """Return after how many steps the pattern of what dominates comes back; 1 where it is the same always."""
    return lcm(*(each.period for each in dominant(found)))


def shortest_cycle(matrix: FloatArray, members: Sequence[int]) -> tuple[int, ...]:
    """Return a shortest cycle among some variables, each of them once, in the order of influence."""
    ways = (_way_back(matrix, start, set(members)) for start in members)
    return min((way for way in ways if way), key=len, default=())


def longest_chain(matrix: FloatArray) -> tuple[int, ...]:
    """Return a longest chain of influence where nothing goes round in circles."""
    follows = [np.flatnonzero(row) for row in matrix]
    best: dict[int, tuple[int, ...]] = {}
    left = [int((matrix[:, each] > 0).sum()) for each in range(len(matrix))]
    ready = deque(each for each, n in enumerate(left) if n == 0)
    while ready:
        here = ready.popleft()
        chain = (*best.get(here, ()), here)
        best[here] = chain
        for there in map(int, follows[here]):
            known = best.get(there, ())
            best[there] = chain if len(chain) > len(known) else known
            left[there] -= 1
            if left[there] == 0:
                ready.append(there)
    return max(best.values(), key=len, default=())


def _component(matrix: FloatArray, members: tuple[int, ...]) -> Component:
    within = matrix[np.ix_(members, members)]
    growth = float(np.abs(np.linalg.eigvals(within)).max()) if within.any() else 0.0
    return Component(members, _period(within), growth)


def _period(within: FloatArray) -> int:
    """Period of a strongly connected graph: what divides every level[from] + 1 − level[to] (Denardo 1977)."""
    levels = {0: 0}
    queue = deque([0])
    period = 0
    while queue:
        here = queue.popleft()
        for there in map(int, np.flatnonzero(within[here])):
            if there not in levels:
                levels[there] = levels[here] + 1
                queue.append(there)
            period = gcd(period, abs(levels[here] + 1 - levels[there]))
    return period


def _way_back(matrix: FloatArray, start: int, members: set[int]) -> tuple[int, ...]:
    """A shortest way from a variable to itself, which begins with it; none if there is none."""
    queue: deque[tuple[int, ...]] = deque([(start,)])
    seen: set[int] = set()
    while queue:
        way = queue.popleft()
        for there in map(int, np.flatnonzero(matrix[way[-1]])):
            if there == start:
                return way
            if there in members and there not in seen:
                seen.add(there)
                queue.append((*way, there))
    return ()
