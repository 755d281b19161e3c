"""Coalitions that positions and power suggest, and the futures in which one of them prevails."""

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from innosi.models.arrays import FloatArray, IntArray
from innosi.scenarios.construction.structure.mactor import Mactor

WON, LOST = "won", "lost"
_HARDLY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Coalition:
    """Actors who, weighted by force, agree among themselves more than they differ.

    Attributes
    ----------
    members : tuple of int
        The most forceful first.
    force : float
        Share of the force of all actors.
    wants : (m,)
        Sum of its members' weighted positions on each objective (3MAO): above 0 where it wants it.
    """

    members: tuple[int, ...]
    force: float
    wants: FloatArray

    @property
    def outcomes(self) -> tuple[str | None, ...]:
        """What becomes of each objective if it prevails: won, lost, or None where its members cancel out."""
        return tuple(WON if each > _HARDLY else LOST if each < -_HARDLY else None for each in self.wants)


def coalitions(found: Mactor) -> tuple[Coalition, ...]:
    """Return the coalitions, the most forceful first; an actor who agrees with nobody stands alone.

    Hierarchical clustering with average linkage on convergence less divergence at the third order (weighted
    by force): those who agree most are joined first, and as long as two groups agree more than they differ on
    average. It suggests who could go together; it does not know of what was promised to whom.
    """
    net, weighted = found.orders[2].net, found.orders[2].positions
    labels = _labels(net)
    total = float(found.power.force.sum())
    groups = []
    for label in np.unique(labels):
        members = sorted(np.flatnonzero(labels == label), key=lambda each: (-found.power.force[each], each))
        force = float(found.power.force[members].sum()) / total if total else 0.0
        groups.append(Coalition(tuple(map(int, members)), force, weighted[members].sum(0)))
    return tuple(sorted(groups, key=lambda each: (-each.force, each.members)))


def _labels(net: FloatArray) -> IntArray:
    """The number of each actor's group."""
    most = float(net.max())
    if most <= 0:
        return np.arange(len(net))
    distance = most - net
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    return fcluster(tree, most * (1 - _HARDLY), criterion="distance").astype(np.int64)
