"""The hierarchy of an interpretive structural model: levels of boxes, with only the links that are needed."""

from collections.abc import Mapping, Sequence
from textwrap import fill

from matplotlib.axes import Axes

from innosi.scenarios.construction.structure.interpretive import Hierarchy
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import INK, MUTED, SERIES

_LEVEL = 1.05
"""Height of a level in inches, if its boxes have up to three lines."""
_BOX = 1.1
"""Room for a box in inches, at the least; the picture widens where a level holds many."""
_LINE = 0.16
_CHARACTER = 0.072
_POINTS = 72
"""To the inch: what SVG is drawn at."""
_LEFT = 0.09
"""Room for the levels' numbers, as a share of the width."""

Places = Mapping[int, tuple[float, float]]


def draw_hierarchy(found: Hierarchy, titles: Sequence[str]) -> Plot:
    """Draw what leads to what, from the bottom up; what leads to each other shares a box.

    Parameters
    ----------
    titles : sequence of str
        Of the elements, in their order.
    """
    rows = _rows(found)
    wide = max(WIDTH, _BOX * max(map(len, rows)) / (1 - _LEFT))
    texts = _texts(found, titles, rows, wide)
    heights = [max(texts[group].count("\n") + 1 for group in row) for row in rows]
    tall = [max(_LEVEL, _LINE * lines + 0.75) for lines in heights]
    places: dict[int, tuple[float, float]] = {}
    top = sum(tall)
    title = _finding(found, titles)
    with drawing(top + 0.2, width=wide) as (figure, axes):
        axes.set(xlim=(0, 1), ylim=(0, top))
        axes.axis("off")
        for number, (row, height) in enumerate(zip(rows, tall, strict=True), start=1):
            y = top - sum(tall[: number - 1]) - height / 2
            axes.text(0, y, f"level {number}", fontsize=8.5, color=MUTED, va="center")
            for place, group in enumerate(row):
                places[group] = (_LEFT + (1 - _LEFT) * (place + 0.5) / len(row), y)
        if any(len(group) > 1 for group in found.groups):
            axes.text(1, 0, "orange: a circle, each leads to all in it", fontsize=8, color=MUTED, ha="right")
        _boxes(axes, found, texts, places)
        _arrows(axes, found, places)
        told = "; ".join(
            f"level {number}: {', '.join(texts[group].replace(chr(10), ' ') for group in row)}"
            for number, row in enumerate(rows, start=1)
        )
        return finished(figure, "hierarchy", title, f"{title}. {told}.")


def _rows(found: Hierarchy) -> list[list[int]]:
    """The groups of each level from the top, each below or near what it leads to."""
    rows: list[list[int]] = [[] for _ in range(int(found.levels.max()))]
    for number, group in enumerate(found.groups):
        rows[int(found.levels[group[0]]) - 1].append(number)
    where: dict[int, float] = {}
    for row in rows:
        above = {group: [where[b] for a, b in found.links if a == group and b in where] for group in row}
        row.sort(key=lambda group: (sum(above[group]) / len(above[group]) if above[group] else 0.5, group))
        where.update({group: (place + 0.5) / len(row) for place, group in enumerate(row)})
    return rows


def _texts(
    found: Hierarchy, titles: Sequence[str], rows: Sequence[Sequence[int]], wide: float
) -> dict[int, str]:
    texts = {}
    for row in rows:
        width = max(int(wide * (1 - _LEFT) / len(row) / _CHARACTER) - 4, 8)
        for group in row:
            parts = [fill(titles[each], min(width, 30)) for each in found.groups[group]]
            texts[group] = "\n".join(parts)
    return texts


def _boxes(axes: Axes, found: Hierarchy, texts: Mapping[int, str], places: Places) -> None:
    for group, (x, y) in places.items():
        is_circle = len(found.groups[group]) > 1
        box = {
            "boxstyle": "round,pad=0.45",
            "facecolor": "white",
            "edgecolor": SERIES[1] if is_circle else SERIES[0],
            "linewidth": 1.4 if is_circle else 1.0,
        }
        axes.text(x, y, texts[group], ha="center", va="center", fontsize=8.5, color=INK, bbox=box, zorder=3)


def _arrows(axes: Axes, found: Hierarchy, places: Places) -> None:
    """Arrows from box to box; those that pass over a level go round it."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.set_dpi(_POINTS)
    figure.draw_without_rendering()  # so that the boxes have their sizes, which arrows are cut off at
    boxes = {
        each.get_position(): each.get_bbox_patch() for each in axes.texts if each.get_bbox_patch() is not None
    }
    for here, there in found.links:
        far = int(found.levels[found.groups[here][0]] - found.levels[found.groups[there][0]]) > 1
        style = {
            "arrowstyle": "-|>",
            "color": MUTED,
            "linewidth": 0.9,
            "patchA": boxes[places[here]],
            "patchB": boxes[places[there]],
            "connectionstyle": "arc3,rad=0.18" if far else "arc3",
        }
        axes.annotate("", places[there], places[here], arrowprops=style, zorder=2)


def _finding(found: Hierarchy, titles: Sequence[str]) -> str:
    lowest = [titles[each] for each in range(len(titles)) if found.levels[each] == found.levels.max()]
    highest = [titles[each] for each in range(len(titles)) if found.levels[each] == 1]
    if len(lowest) == len(titles):
        return "No order: all stands on one level"
    verb = "leads" if len(lowest) == 1 else "lead"
    return f"{_few(lowest)} {verb}, over {int(found.levels.max())} levels, to {_few(highest)}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
