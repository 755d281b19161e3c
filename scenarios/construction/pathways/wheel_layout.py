"""Where the consequences of a wheel stand in its picture: rings around it, a sector for each branch."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray

ASPECT = 1.45
"""How much wider than high the rings are: labels are wider than high too."""
WIDEST_SECTOR = 150 / 360
"""The share of the circle that one branch takes at most, so that its links need not pass the centre."""
GAP, RING_GAP = 0.1, 0.24
"""Inches at the least between two labels on a ring, and between those of two rings, where links are seen."""
_STEP = 0.05
_GRID = np.linspace(0, 2 * np.pi, 1441)

Parents = Mapping[str, str | None]
"""The one consequence from which each is drawn; None for the centre."""
Size = tuple[float, float]
"""Width and height of a label, in inches."""


@dataclass(frozen=True, slots=True)
class WheelLayout:
    """A wheel in inches, its centre at (0, 0).

    Attributes
    ----------
    angles : mapping of name to radians
        Against the clock from the right, within the circle that the rings are before they are widened.
    rings : tuple of float
        Half the height of each ring, from the inner to the outer; `ASPECT` times that is half its width.
    ring_of : mapping of name to number, the inner ring being 1
    """

    angles: Mapping[str, float]
    rings: tuple[float, ...]
    ring_of: Mapping[str, int]

    def place(self, name: str) -> tuple[float, float]:
        """Return where the middle of a consequence's label is."""
        return on_ring(self.rings[self.ring_of[name] - 1], self.angles[name])


def on_ring(radius: float, angle: float) -> tuple[float, float]:
    """Return a place on a ring."""
    return ASPECT * radius * math.cos(angle), radius * math.sin(angle)


def lay_out(parents: Parents, sizes: Mapping[str, Size], centre: Size) -> WheelLayout:
    """Place labels on rings so that none overlaps another, and no two links of the tree cross.

    Each consequence gets a sector within its parent's, wide enough for all that is drawn from it; sectors
    follow one another by name, clockwise from the top. A ring is as small as the labels on it and within it
    allow.

    Parameters
    ----------
    parents : mapping of name to name
        A tree: every parent is a key too, and there is no circle.
    sizes : mapping of name to (width, height)
    centre : (width, height)
        The label in the middle.

    Examples
    --------
    >>> found = lay_out({"a": None, "b": None}, {"a": (1, 1), "b": (1, 1)}, (1, 1))
    >>> found.place("a")[0] > 0 > found.place("b")[0]
    True
    """
    children = _children(parents)
    ring_of = _rings_of(children)
    n_rings = max(ring_of.values())
    weights = _weights(children, ring_of, n_rings)
    shares = _middles(children, weights)
    wide, high = (max(size[side] for size in sizes.values()) + GAP for side in (0, 1))
    turned = _turned(np.array([shares[name] for name in ring_of]), wide / ASPECT, high)
    angles = dict(zip(ring_of, turned.tolist(), strict=True))
    return WheelLayout(angles, _radii(angles, ring_of, sizes, centre), ring_of)


def _children(parents: Parents) -> dict[str | None, list[str]]:
    children: dict[str | None, list[str]] = {None: []}
    for name in sorted(parents):
        children.setdefault(parents[name], []).append(name)
    return children


def _rings_of(children: Mapping[str | None, list[str]]) -> dict[str, int]:
    """The ring of each consequence, from the inner ones outwards."""
    found: dict[str, int] = {}
    ring, number = children[None], 1
    while ring:
        found |= dict.fromkeys(ring, number)
        ring, number = [child for name in ring for child in children.get(name, ())], number + 1
    return found


def _weights(
    children: Mapping[str | None, list[str]], ring_of: Mapping[str, int], n_rings: int
) -> dict[str, float]:
    """How much of the circle each needs: what is drawn from it, at least its label on its own ring."""
    found: dict[str, float] = {}
    for name in reversed(list(ring_of)):  # from the outer ring inwards
        below = sum(found[child] for child in children.get(name, ()))
        found[name] = max(below, n_rings / ring_of[name])
    return found


def _middles(children: Mapping[str | None, list[str]], weights: Mapping[str, float]) -> dict[str, float]:
    """The middle of each sector, as a share of the way round."""
    branches = children[None]
    whole = max(
        sum(weights[name] for name in branches), max(weights[name] for name in branches) / WIDEST_SECTOR
    )
    rest = whole - sum(weights[name] for name in branches)
    starts: dict[str | None, float] = {None: rest / (2 * len(branches))}
    middles: dict[str, float] = {}
    for parent in [None, *reversed(list(weights))]:
        within = children.get(parent, [])
        spare = 0.0 if parent is None else weights[parent] - sum(weights[name] for name in within)
        start = starts[parent] + spare / 2
        for name in within:
            starts[name] = start
            middles[name] = (start + weights[name] / 2) / whole
            start += weights[name] + (rest / len(branches) if parent is None else 0.0)
    return middles


def _turned(shares: FloatArray, wide: float, high: float) -> FloatArray:
    """Angles for shares of the way round: less of it at the sides, where labels stand above one another.

    Parameters
    ----------
    wide, high : float
        A label beside another needs so much room at the top of the ring, and so much at its sides.
    """
    room = np.minimum(wide / np.abs(np.sin(_GRID) + 1e-12), high / np.abs(np.cos(_GRID) + 1e-12))
    passed = np.concatenate([[0.0], np.cumsum((1 / room[1:] + 1 / room[:-1]) / 2)])
    from_top = np.interp(shares, passed / passed[-1], _GRID)
    return np.pi / 2 - from_top


def _radii(
    angles: Mapping[str, float], ring_of: Mapping[str, int], sizes: Mapping[str, Size], centre: Size
) -> tuple[float, ...]:
    """The smallest radius of each ring at which its labels touch none on it or within it."""
    inner, inner_sizes = np.zeros((1, 2)), np.array([centre])
    found: list[float] = []
    for number in range(1, max(ring_of.values()) + 1):
        names = [name for name in ring_of if ring_of[name] == number]
        unit = np.array([on_ring(1.0, angles[name]) for name in names])
        boxes = np.array([sizes[name] for name in names])
        radius = (found[-1] if found else 0.0) + _STEP
        while _touch(radius * unit, boxes, inner, inner_sizes):
            radius += _STEP
        found.append(radius)
        inner, inner_sizes = np.vstack([inner, radius * unit]), np.vstack([inner_sizes, boxes])
    return tuple(found)


def _touch(places: FloatArray, sizes: FloatArray, inner: FloatArray, inner_sizes: FloatArray) -> bool:
    """Whether any label lies within the gap of another on its ring, or of one further in."""
    all_places, all_sizes = np.vstack([inner, places]), np.vstack([inner_sizes, sizes])
    apart = np.abs(places[:, None] - all_places[None]) - (sizes[:, None] + all_sizes[None]) / 2
    gaps = np.where(np.arange(len(all_places)) < len(inner), RING_GAP, GAP)
    close = np.all(apart < gaps[None, :, None], axis=2)
    close[np.arange(len(places)), len(inner) + np.arange(len(places))] = False
    return bool(close.any())


def link_path(start: tuple[float, float], end: tuple[float, float], n: int = 24) -> FloatArray:
    """Return a link as places (n, 2), each end given as (radius, angle); it turns only between the rings.

    Of two links between the same rings, whose ends are in one order, neither crosses the other.
    """
    way = np.linspace(0, 1, n)
    radius = start[0] + (end[0] - start[0]) * way
    angle = start[1] + (end[1] - start[1]) * way**2 * (3 - 2 * way)
    return np.column_stack([ASPECT * radius * np.cos(angle), radius * np.sin(angle)])


def overlaps(places: Iterable[tuple[float, float]], sizes: Iterable[Size]) -> bool:
    """Whether any two labels overlap.

    Examples
    --------
    >>> overlaps([(0, 0), (1, 0)], [(0.9, 1), (0.9, 1)])
    False
    """
    at, size = np.array(list(places), dtype=float), np.array(list(sizes), dtype=float)
    apart = np.abs(at[:, None] - at[None]) - (size[:, None] + size[None]) / 2
    over = np.all(apart < 0, axis=2)
    np.fill_diagonal(over, False)
    return bool(over.any())
