"""The map as a picture: concepts in boxes, links as arrows whose colour, line and head tell their sign."""

from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.cognitive_map.cognitive_map import CognitiveMap
from innosi.scenarios.construction.cognitive_map.feedback_loops import FeedbackLoops, feedback_loops
from innosi.scenarios.construction.cognitive_map.layout import bends, positions
from innosi.scenarios.construction.cognitive_map.structure import Role, Structure, structure
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import GAIN, INK, LOSS, MUTED, RULE

_FONT = 8.5
_LINE, _CHARACTER = 0.155, 0.078
"""Height of a line, and width of a usual character, in inches at that size."""
_LETTERS = 16
_HEAD = 0.35
MOST_LISTED = 60
MOST_DRAWN = 80
MOST_BOXES = 40
"""So many concepts find room in a picture; of more, the most central are drawn."""


def draw_network(found: CognitiveMap) -> Plot:
    """Draw the map's concepts and links, with its structure in the title.

    Of many concepts the most central are drawn, of many links between them the strongest; the title says so.
    """
    what = structure(found.weights)
    shown = np.sort(np.argsort(-what.centrality, kind="stable")[:MOST_BOXES])
    weights = found.weights[np.ix_(shown, shown)]
    labels = [wrap(found.titles[each], _LETTERS, max_lines=3, placeholder="…") for each in shown]
    sizes = np.array([_size(lines) for lines in labels])
    width = WIDTH + 0.8
    height = float(np.clip(1.9 + 0.3 * len(shown), 3.0, 16.0))
    links = np.array(_strongest(weights, MOST_DRAWN)).reshape(-1, 2)
    places = positions(weights, sizes, (width - 0.3, height - 0.3), links) + 0.15
    with drawing(height + _HEAD, width=width) as (figure, axes):
        figure.set_layout_engine("none")
        axes.set_position((0, 0, 1, 1))
        axes.set_xlim(0, width)
        axes.set_ylim(0, height + _HEAD)
        axes.axis("off")
        boxes = [
            _box(axes, place, size, lines, what.roles[each])
            for place, size, lines, each in zip(places, sizes, labels, shown, strict=True)
        ]
        for (i, j), bend in zip(links, bends(places, sizes, links), strict=True):
            _arrow(axes, (boxes[i], boxes[j]), (places[i], places[j]), float(weights[i, j]), float(bend))
        _legend(axes, height + _HEAD)
        title = network_title(found, what, feedback_loops(found.weights))
        return finished(figure, "cognitive-map", title, _in_words(found, title))


def network_title(found: CognitiveMap, what: Structure, loops: FeedbackLoops) -> str:
    """Say which concept is bound up most, and how many loops there are."""
    centre = found.titles[int(np.argmax(what.centrality))]
    n = sum(loop.is_reinforcing for loop in loops.loops)
    counted = "found" if loops.is_complete else "found before the search was ended"
    said = (
        f"reinforcing loops {counted}: {n}, balancing: {len(loops.loops) - n}" if loops.loops else "no loops"
    )
    return f"“{centre}” is bound up with the others most; {said}{_left_out(len(found.names), what.n_links)}"


def _left_out(n_concepts: int, n_links: int) -> str:
    if n_concepts > MOST_BOXES:
        return (
            f"; drawn are the {MOST_BOXES} most central of {n_concepts} concepts, and the strongest of the"
            f" {n_links} links"
        )
    return f"; the {MOST_DRAWN} strongest of {n_links} links are drawn" if n_links > MOST_DRAWN else ""


def _strongest(weights: FloatArray, most: int) -> list[tuple[int, int]]:
    links = [(int(i), int(j)) for i, j in np.argwhere(weights != 0)]
    return sorted(links, key=lambda link: (-abs(weights[link]), link))[:most]


def _size(lines: list[str]) -> tuple[float, float]:
    return _CHARACTER * max(map(len, lines), default=1) + 0.16, _LINE * max(len(lines), 1) + 0.12


def _box(axes: Axes, place: FloatArray, size: FloatArray, lines: list[str], role: Role) -> FancyBboxPatch:
    x, y = place - size / 2
    is_source = role is Role.TRANSMITTER
    box = FancyBboxPatch(
        (x + 0.03, y + 0.03),
        size[0] - 0.06,
        size[1] - 0.06,
        boxstyle="round,pad=0.03",
        facecolor="#f4f1e6" if is_source else "#ffffff",
        edgecolor=INK if is_source else MUTED,
        linewidth=1.4 if is_source else 0.9,
        zorder=3,
    )
    axes.add_patch(box)
    axes.text(
        float(place[0]),
        float(place[1]),
        "\n".join(lines),
        ha="center",
        va="center",
        fontsize=_FONT,
        linespacing=1.15,
        zorder=4,
    )
    return box


def _arrow(
    axes: Axes,
    boxes: tuple[FancyBboxPatch, FancyBboxPatch],
    places: tuple[FloatArray, FloatArray],
    weight: float,
    bend: float,
) -> None:
    raises, size = weight > 0, abs(weight)
    source, target = boxes
    is_self = source is target
    top, aside = np.array([0.0, source.get_height() / 2 + 0.03]), np.array([0.16, 0.0])
    ends = (places[0] + top + aside, places[0] + top - aside) if is_self else places
    axes.add_patch(
        FancyArrowPatch(
            tuple(ends[0]),
            tuple(ends[1]),
            patchA=None if is_self else source,
            patchB=None if is_self else target,
            connectionstyle=f"arc3,rad={1.6 if is_self else bend}",
            arrowstyle=_head(raises),
            mutation_scale=9 + 3 * size,
            linewidth=0.5 + 2.3 * size,
            linestyle="-" if raises else (0, (4, 1.5)),
            color=GAIN if raises else LOSS,
            alpha=0.85,
            shrinkA=1,
            shrinkB=2,
            zorder=2,
            capstyle="butt",
            joinstyle="miter",
        )
    )


def _head(raises: bool) -> str:
    """A filled head raises, a bar lowers."""
    return "-|>,head_length=0.5,head_width=0.25" if raises else "|-|,widthA=0,widthB=0.45"


def _legend(axes: Axes, top: float) -> None:
    handles = [
        Line2D([], [], color=GAIN, linewidth=2, label="raises (arrow head)"),
        Line2D([], [], color=LOSS, linewidth=2, linestyle=(0, (3, 1)), label="lowers (bar)"),
        Line2D([], [], color=RULE, linewidth=3, label="thicker is stronger"),
        Line2D(
            [],
            [],
            marker="s",
            color="none",
            markerfacecolor="#f4f1e6",
            markeredgecolor=INK,
            label="only sends",
        ),
    ]
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.05, top),
        bbox_transform=axes.transData,
        ncols=4,
        frameon=False,
        fontsize=_FONT,
        borderaxespad=0,
        handlelength=1.8,
    )


def _in_words(found: CognitiveMap, title: str) -> str:
    parts = [
        f"{found.titles[i]} {'raises' if found.weights[i, j] > 0 else 'lowers'} {found.titles[j]}"
        f" ({found.weights[i, j]:.2f})"
        for i, j in _strongest(found.weights, MOST_LISTED)
    ]
    return f"{title}. {'; '.join(parts)}."
