"""The map of a cross-impact balance: scenarios that share many states lie near each other."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.balance.landscape import Landscape
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.numbers import percent
from innosi.scenarios.drawing.palette import AT_HIGH, GAIN, INK, MUTED, RULE

_HEIGHT, _SMALL, _LARGEST, _LEAST = 5.6, 8.5, 1_400.0, 40.0
MOST_LABELLED = 25
"""So many consistent scenarios are labelled, those with the largest basins; fewer where it is crowded."""
_MOST_LINKED, _MOST_HIDDEN = 15, 0.1
_PAPER: dict[str, Any] = {
    "boxstyle": "round,pad=0.1",
    "facecolor": "white",
    "edgecolor": "none",
    "alpha": 0.8,
}
_LINE, _CHARACTER = 0.034, 0.0135
"""Of a label: the height of a line and the width of a character, in shares of the map."""
Box = tuple[float, float, float, float]


def draw_landscape(drawn: Landscape) -> Plot:
    """Draw consistent scenarios as circles sized by their basins, and the others as dots around them."""
    points, others = drawn.map.landmarks, drawn.map.others
    with drawing(_HEIGHT, width=WIDTH) as (figure, axes):
        greys = LinearSegmentedColormap.from_list("inconsistency", [AT_HIGH, RULE])
        order = np.argsort(-drawn.inconsistencies, kind="stable")  # the least inconsistent on top
        gaps = drawn.inconsistencies[order]
        most = float(np.quantile(gaps, 0.95)) if len(gaps) else 1.0
        dots = axes.scatter(
            others[order, 0], others[order, 1], c=gaps, cmap=greys, vmax=most, s=12, linewidth=0, zorder=1
        )
        if len(others):
            bar = figure.colorbar(dots, ax=axes, shrink=0.5, pad=0.02, aspect=25, extend="max")
            bar.ax.tick_params(labelsize=_SMALL)
            bar.set_label("inconsistency of the others", fontsize=_SMALL, color=MUTED)
            bar.outline.set_visible(False)
        if len(points) <= _MOST_LINKED:
            _links(axes, drawn)
        sizes = _LEAST + (_LARGEST - _LEAST) * drawn.basins / max(float(drawn.basins.max()), 1e-12)
        axes.scatter(
            points[:, 0], points[:, 1], s=sizes, color=GAIN, edgecolor="white", linewidth=1, zorder=3
        )
        _labels(axes, drawn, sizes)
        axes.set_xticks([])
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set_visible(False)
        axes.set_xlabel(
            "blue: consistent, the larger the more scenarios lead there; on a line: in how many drivers two"
            f" differ.\nThe axes have no meaning of their own; the map shows {percent(drawn.map.shown)}"
            " of how the blue ones differ.",
            fontsize=_SMALL,
        )
        title = _title(drawn)
        return finished(figure, "landscape", title, _alternative(drawn, title))


def _links(axes: Axes, drawn: Landscape) -> None:
    """A line from each consistent scenario to its nearest, with the number of descriptors between them."""
    seen = set()
    for place, (name, n_apart, _) in enumerate(drawn.neighbours()):
        if n_apart is None:
            continue
        other = drawn.names.index(name)
        if frozenset((place, other)) in seen:
            continue
        seen.add(frozenset((place, other)))
        ends = drawn.map.landmarks[[place, other]]
        axes.plot(ends[:, 0], ends[:, 1], color=GAIN, linewidth=0.8, alpha=0.6, zorder=2)
        x, y = ends.mean(axis=0).tolist()
        text = axes.text(x, y, str(n_apart), fontsize=7.5, color=GAIN, ha="center", va="center", zorder=2.5)
        text.set_bbox(_PAPER)


def _labels(axes: Axes, drawn: Landscape, sizes: FloatArray) -> None:
    """Write names beside the circles, at the side where they hide least."""
    everything = np.concatenate([drawn.map.landmarks, drawn.map.others])
    low, high = everything.min(axis=0), everything.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    axes.set_xlim(low[0] - 0.12 * span[0], high[0] + 0.12 * span[0])
    axes.set_ylim(low[1] - 0.1 * span[1], high[1] + 0.1 * span[1])
    span = span * [1.24, 1.2]
    radii = np.sqrt(sizes) / 2 / 72 / _HEIGHT * 1.3
    placed: list[Box] = [
        (x - radius, y - radius, x + radius, y + radius)
        for (x, y), radius in zip((drawn.map.landmarks - low) / span, radii, strict=True)
    ]
    for place in np.argsort(-drawn.basins, kind="stable")[:MOST_LABELLED].tolist():
        text = fill(drawn.titles[place], 20, max_lines=2, placeholder="…")
        at = (drawn.map.landmarks[place] - low) / span
        box, across, up = _best_side(text, at, float(radii[place]), placed)
        hidden = sum(_overlap(box, each) for each in placed)
        if hidden > _MOST_HIDDEN * _overlap(box, box):
            continue
        placed.append(box)
        x = {"left": box[0], "right": box[2], "center": (box[0] + box[2]) / 2}[across]
        y = {"bottom": box[1], "top": box[3], "center": (box[1] + box[3]) / 2}[up]
        x, y = (low + np.array([x, y]) * span).tolist()
        label = axes.text(
            x, y, text, ha=across, va=up, fontsize=_SMALL, color=INK, linespacing=1.05, zorder=4
        )
        label.set_bbox(_PAPER)


def _best_side(text: str, at: FloatArray, radius: float, placed: Sequence[Box]) -> tuple[Box, str, str]:
    """The side of a circle at which a label overlaps least with what is there, within the map."""
    lines = text.split("\n")
    wide, tall = max(map(len, lines)) * _CHARACTER, len(lines) * _LINE
    x, y, gap = float(at[0]), float(at[1]), radius + 0.008
    sides: list[tuple[Box, str, str]] = [
        ((x + gap, y - tall / 2, x + gap + wide, y + tall / 2), "left", "center"),
        ((x - wide / 2, y - gap - tall, x + wide / 2, y - gap), "center", "top"),
        ((x - wide / 2, y + gap, x + wide / 2, y + gap + tall), "center", "bottom"),
        ((x - gap - wide, y - tall / 2, x - gap, y + tall / 2), "right", "center"),
    ]
    return min(sides, key=lambda side: sum(_overlap(side[0], each) for each in placed) + _beyond(side[0]))


def _overlap(left: Box, right: Box) -> float:
    wide = min(left[2], right[2]) - max(left[0], right[0])
    tall = min(left[3], right[3]) - max(left[1], right[1])
    return max(wide, 0.0) * max(tall, 0.0)


def _beyond(box: Box) -> float:
    """How much of a label would be cut off."""
    return (
        max(-0.09 - box[0], 0.0) + max(box[2] - 0.9, 0.0) + max(-0.08 - box[1], 0.0) + max(box[3] - 0.92, 0.0)
    )


def _title(drawn: Landscape) -> str:
    n, n_families = drawn.n_consistent, len({each for each in drawn.families if each})
    if n == 1:
        return f"{drawn.title}: one future hangs together, “{drawn.titles[0]}”"
    apart = [number for _, number, _ in drawn.neighbours() if number is not None]
    nearest = min(apart)
    text = f"{n:,} futures hang together"
    if n_families:
        text += f", in {n_families} famil{'ies' if n_families != 1 else 'y'}"
    if len(drawn.names) < n:
        return f"{text}; the {len(drawn.names):,} that attract the most are shown"
    return f"{text}; the two nearest differ in {nearest} driver{'s' if nearest != 1 else ''}"


def _alternative(drawn: Landscape, title: str) -> str:
    parts = []
    rows = zip(drawn.titles, drawn.families, drawn.basins, drawn.neighbours(), strict=True)
    for name, family, basin, (nearest, n_apart, _) in rows:
        near = f", nearest to {nearest} ({n_apart} drivers apart)" if nearest else ""
        kin = f"family {family}, " if family else ""
        parts.append(f"{name}: {kin}basin {percent(basin)}{near}")
    return f"{title}. {'; '.join(parts)}."
