"""The structure of a map: how dense it is, what drives it, what receives, and whether it is a hierarchy."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import ModelError


class Role(StrEnum):
    """What a concept is by its links, those to itself left out."""

    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"
    ORDINARY = "ordinary"
    ALONE = "alone"


@dataclass(frozen=True)
class Structure:
    """The structure of one map of n concepts.

    Attributes
    ----------
    n_links, n_positive, n_negative, n_self : int
        How many links there are: in all, that raise, that lower, and from a concept to itself.
    density : float
        Links as a share of those that are possible: n (n − 1), or n² where a concept acts on itself.
    out_degree, in_degree : (n,) float
        Sum of the absolute weights that go out of a concept, and that come in.
    roles : tuple of Role
        Transmitters only send, receivers only receive, ordinary concepts do both.
    complexity : float
        Receivers per transmitter; NaN where there is no transmitter.
    hierarchy : float
        Hierarchy index: 0 where all concepts act alike (democratic), 1 for a complete order of unit links.
        NaN below two concepts.
    links_per_concept : float
    """

    n_links: int
    n_positive: int
    n_negative: int
    n_self: int
    density: float
    out_degree: FloatArray
    in_degree: FloatArray
    roles: tuple[Role, ...]
    complexity: float
    hierarchy: float
    links_per_concept: float

    @property
    def centrality(self) -> FloatArray:
        """Out-degree plus in-degree: how strongly a concept is bound up with the others, shape (n,)."""
        return self.out_degree + self.in_degree

    def n_of(self, role: Role) -> int:
        """Return how many concepts have a role."""
        return self.roles.count(role)


def structure(weights: ArrayLike) -> Structure:
    """Return the structure of one map.

    Parameters
    ----------
    weights : (n, n) float
        Row i, column j: how strongly concept i acts on concept j; 0 for no link.

    Source
    ------
    MacDonald (1983), Trees and Networks in Biological Models (hierarchy index); Özesmi & Özesmi (2004),
    Ecological Modelling 176 (the others, and the hierarchy index with absolute weights).

    Examples
    --------
    >>> found = structure([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    >>> found.hierarchy, found.density, found.complexity
    (1.0, 0.5, 1.0)
    """
    w = np.asarray(weights, dtype=float)
    if w.ndim != 2 or w.shape[0] != w.shape[1] or not w.size:
        raise ModelError(f"weights of shape {w.shape}", mend="give one square matrix")
    n, size = len(w), np.abs(w)
    others = size * ~np.eye(n, dtype=bool)
    n_self = int(np.count_nonzero(np.diag(w)))
    n_links = int(np.count_nonzero(w))
    roles = tuple(map(_role, others.sum(axis=1) > 0, others.sum(axis=0) > 0))
    n_transmitters = roles.count(Role.TRANSMITTER)
    possible = n * n if n_self else n * (n - 1)
    return Structure(
        n_links=n_links,
        n_positive=int(np.count_nonzero(w > 0)),
        n_negative=int(np.count_nonzero(w < 0)),
        n_self=n_self,
        density=n_links / possible if possible else 0.0,
        out_degree=size.sum(axis=1),
        in_degree=size.sum(axis=0),
        roles=roles,
        complexity=roles.count(Role.RECEIVER) / n_transmitters if n_transmitters else float("nan"),
        hierarchy=_hierarchy(size.sum(axis=1)),
        links_per_concept=n_links / n,
    )


def _role(sends: bool, receives: bool) -> Role:
    if sends and receives:
        return Role.ORDINARY
    return Role.TRANSMITTER if sends else Role.RECEIVER if receives else Role.ALONE


def _hierarchy(out_degree: FloatArray) -> float:
    n = len(out_degree)
    if n < 2:
        return float("nan")
    return float(12 / ((n - 1) * n * (n + 1)) * np.sum((out_degree - out_degree.mean()) ** 2))
