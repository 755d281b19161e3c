"""Labels beside points, where they cover neither each other nor the points."""

from collections.abc import Iterator, Mapping, Sequence
from math import cos, pi, sin
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from innosi.scenarios.drawing.palette import INK, MUTED

SIZE = 8.5
_RINGS = (8, 13, 20, 34, 50, 68, 90)
"""How far from its point a label may stand, in points."""
_DIRECTIONS = (0, 4, 2, 6, 1, 7, 3, 5)
"""Eighths of a circle, the best first: right, left, above, below, then between."""
_POINT, _AVOIDED = 5.0, 3.0
"""Half the room that a point takes, and a place to avoid, in points."""
_LEADER_FROM = 20

Point = tuple[float, float]


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
    frame = axes.get_window_extent()
    for point in sorted(labels, key=lambda each: (-each[1], each[0])):
        text = "\n".join(fill(each, 24) for each in labels[point])
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


def _written(axes: Axes, point: Point, text: str, taken: Sequence[Bbox], frame: Bbox) -> Bbox:
    """Write a label at the first free place, or where it covers least; return the room that it takes."""
    note = axes.annotate(text, point, (0, 0), textcoords="offset points", fontsize=SIZE, color=INK, zorder=5)
    best: tuple[float, int, Point, str, str] | None = None
    for order, (offset, across, up) in enumerate(_places()):
        note.xyann = offset
        note.set(ha=across, va=up)
        covered = _covered(note.get_window_extent(), taken, frame)
        if best is None or covered < best[0]:
            best = (covered, order, offset, across, up)
        if covered == 0:
            break
    assert best is not None
    _, _, offset, across, up = best
    note.xyann = offset
    note.set(ha=across, va=up)
    box = note.get_window_extent()
    if max(abs(offset[0]), abs(offset[1])) >= _LEADER_FROM * 0.7:
        style = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3}
        axes.annotate("", point, offset, textcoords="offset points", arrowprops=style, zorder=1)
    return box


def _places() -> Iterator[tuple[Point, str, str]]:
    for ring in _RINGS:
        for eighth in _DIRECTIONS:
            across, up = cos(eighth * pi / 4), sin(eighth * pi / 4)
            sideways = "left" if across > 0.1 else "right" if across < -0.1 else "center"
            upright = "bottom" if up > 0.1 else "top" if up < -0.1 else "center"
            yield (ring * across, ring * up), sideways, upright


def _covered(box: Bbox, taken: Sequence[Bbox], frame: Bbox) -> float:
    """How much of a box lies over what is taken, and three times how much lies outside the frame."""
    over = sum(_area(Bbox.intersection(box, each)) for each in taken)
    inside = _area(Bbox.intersection(box, frame))
    return over + 3 * max(_area(box) - inside, 0.0)


def _area(box: Bbox | None) -> float:
    return 0.0 if box is None else abs(box.width * box.height)


def _box_around(place: Sequence[float], size: float) -> Bbox:
    x, y = place
    return Bbox([[x - size, y - size], [x + size, y + size]])
