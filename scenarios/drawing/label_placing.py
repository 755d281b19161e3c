"""Labels beside points, where they cover neither each other nor the points."""

from collections.abc import Iterator, Mapping, Sequence
from math import cos, pi, sin
from textwrap import fill
from typing import NamedTuple

from matplotlib.axes import Axes

from innosi.models.arrays import AnyArray
from innosi.scenarios.drawing.palette import INK, MUTED

SIZE = 8.5
_RINGS = (8, 13, 20, 34, 50, 68, 90)
"""How far from its point a label may stand, in points."""
_DIRECTIONS = (0, 4, 2, 6, 1, 7, 3, 5)
"""Eighths of a circle, the best first: right, left, above, below, then between."""
_POINT, _AVOIDED = 5.0, 3.0
"""Half the room that a point takes, and a place to avoid, in points."""
_LEADER_FROM = 20
_MOST_TITLES = 10

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in pixels."""


class _Place(NamedTuple):
    """Where a label may stand beside its point: how far in points, and which side of it is there."""

    offset: Point
    across: str
    up: str


def label_points(axes: Axes, labels: Mapping[Point, Sequence[str]], *, avoid: Sequence[Point] = ()) -> None:
    """Write labels beside points; points that coincide share one label.

    The axes' limits must be final.

    Parameters
    ----------
    avoid : sequence of points
        Further places that no label should cover.
    """
    figure = axes.figure.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    taken = [
        _box_around(axes.transData.transform(point), size * figure.dpi / 72)
        for size, points in ((_POINT, labels), (_AVOIDED, avoid))
        for point in points
    ]
    left, bottom, right, top = axes.get_window_extent().extents
    frame = (float(left), float(bottom), float(right), float(top))
    for point in sorted(labels, key=lambda each: (-each[1], each[0])):
        text = "\n".join(fill(each, 24) for each in _few(labels[point]))
        taken.append(_written(axes, point, text, taken, frame))


def name_corners(axes: Axes, corners: Sequence[tuple[str, int, int]]) -> None:
    """Write names into the corners of a map: each with 1 for the right or the top, 0 for the other side."""
    for name, x, y in corners:
        axes.text(
            0.985 if x else 0.015,
            0.985 if y else 0.015,
            name,
            transform=axes.transAxes,
            ha="right" if x else "left",
            va="top" if y else "bottom",
            fontsize=8,
            style="italic",
            color=MUTED,
        )


def joined(points: Sequence[Point], titles: Sequence[str]) -> dict[Point, list[str]]:
    """Return the titles at each point, for points that may coincide."""
    found: dict[Point, list[str]] = {}
    for point, title in zip(points, titles, strict=True):
        found.setdefault(point, []).append(title)
    return found


def _few(titles: Sequence[str]) -> list[str]:
    if len(titles) <= _MOST_TITLES:
        return list(titles)
    return [*titles[: _MOST_TITLES - 1], f"and {len(titles) - _MOST_TITLES + 1} more"]


def _written(axes: Axes, point: Point, text: str, taken: Sequence[Box], frame: Box) -> Box:
    """Write a label at the first free place, or where it covers least; return the room that it takes."""
    note = axes.annotate(text, point, (0, 0), textcoords="offset points", fontsize=SIZE, color=INK, zorder=5)
    note.set_in_layout(False)
    extent = note.get_window_extent()
    dpi = axes.figure.dpi
    here = axes.transData.transform(point)
    best, least = next(_places()), float("inf")
    for place in _places():
        covered = _covered(_box_at(here, place, extent.width, extent.height, dpi=dpi), taken, frame)
        if covered < least:
            best, least = place, covered
        if covered == 0:
            break
    note.xyann = best.offset
    note.set(ha=best.across, va=best.up)
    if max(map(abs, best.offset)) >= _LEADER_FROM * 0.7:
        style = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3}
        axes.annotate("", point, best.offset, textcoords="offset points", arrowprops=style, zorder=1)
    return _box_at(here, best, extent.width, extent.height, dpi=dpi)


def _places() -> Iterator[_Place]:
    for ring in _RINGS:
        for eighth in _DIRECTIONS:
            across, up = cos(eighth * pi / 4), sin(eighth * pi / 4)
            sideways = "left" if across > 0.1 else "right" if across < -0.1 else "center"
            upright = "bottom" if up > 0.1 else "top" if up < -0.1 else "center"
            yield _Place((ring * across, ring * up), sideways, upright)


def _box_at(here: AnyArray, place: _Place, width: float, height: float, *, dpi: float) -> Box:
    """The room that a text of some size takes at a place beside a point, in pixels."""
    x, y = here[0] + place.offset[0] * dpi / 72, here[1] + place.offset[1] * dpi / 72
    left = x - width * {"left": 0.0, "center": 0.5, "right": 1.0}[place.across]
    bottom = y - height * {"bottom": 0.0, "center": 0.5, "top": 1.0}[place.up]
    return (left, bottom, left + width, bottom + height)


def _covered(box: Box, taken: Sequence[Box], frame: Box) -> float:
    """How much of a box lies over what is taken, and three times how much lies outside the frame."""
    inside = _shared(box, frame)
    return sum(_shared(box, each) for each in taken) + 3 * (_shared(box, box) - inside)


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


def _box_around(place: AnyArray, size: float) -> Box:
    x, y = float(place[0]), float(place[1])
    return (x - size, y - size, x + size, y + size)
