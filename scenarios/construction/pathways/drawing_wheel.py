"""The picture of a futures wheel: rings of consequences, coloured and signed by how desirable they are."""

import math

from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.pathways.labels import (
    Label,
    draw_label,
    in_inches,
    label_of,
    text_width,
    write_lines,
)
from innosi.scenarios.construction.pathways.wheel import CENTRE, Consequence, Wheel, ordinal
from innosi.scenarios.construction.pathways.wheel_layout import ASPECT, WheelLayout, lay_out, link_path
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import GAIN, INK, LOSS, MUTED, RULE

MOST_DRAWN = 120
_MARGIN, _LEGEND = 0.15, 0.62
_PLAIN = "#f2f2f2"
_STRONG = 0.6
"""From this share of the scale on, a colour is full."""


def draw_wheel(wheel: Wheel) -> Plot:
    """Draw the wheel: each consequence on its ring, linked to the first that it follows from.

    Further links are dashed. Blue with `+` is desirable, orange with `−` is not, `(±)` divides participants;
    a thick frame says that it must be watched.

    Raises
    ------
    InnosiError
        If there is nothing to draw, or more than anybody can read.
    """
    if not wheel.placed:
        raise InnosiError(
            "there is nothing to draw: no consequence follows from the centre",
            mend="write `follows_from: centre` below those that follow at once",
        )
    if len(wheel.placed) > MOST_DRAWN:
        raise InnosiError(
            f"{len(wheel.placed)} consequences are too many for one picture; at most {MOST_DRAWN} are drawn",
            mend="make a file of its own for each branch",
        )
    labels = {each.name: _label(each, wheel) for each in wheel.placed}
    middle = label_of(wheel.centre, width=24, size=10)
    parents = {each.name: drawn_from(each, wheel) for each in wheel.placed}
    layout = lay_out(parents, {name: each.extent for name, each in labels.items()}, middle.extent)
    left, right, bottom, top = _corners(layout, labels)
    with drawing(top - bottom, width=right - left) as (figure, axes):
        in_inches(figure, axes, (left, right, bottom, top))
        _draw_rings(axes, layout)
        _draw_links(axes, wheel, layout, parents)
        draw_label(axes, middle, (0, 0), INK)
        for each in wheel.placed:
            _draw_consequence(axes, each, labels[each.name], layout, wheel)
        _draw_legend(axes, left + _MARGIN, bottom + _LEGEND - 0.1)
        title = wheel_title(wheel)
        return finished(figure, "futures-wheel", title, _in_words(wheel, title))


def drawn_from(consequence: Consequence, wheel: Wheel) -> str | None:
    """Return the first that a consequence follows from one ring further in; None for the centre."""
    ring = {each.name: each.order for each in wheel.placed}
    inner = (consequence.order or 0) - 1
    return next((name for name in consequence.follows_from if ring.get(name) == inner), None)


def wheel_title(wheel: Wheel) -> str:
    """Say how many consequences there are, and how many of them must be watched."""
    n = len(wheel.placed)
    unwanted = sum(each.standing == "likely and undesirable" for each in wheel.placed)
    hoped = sum(each.standing == "unlikely and very desirable" for each in wheel.placed)
    found = f"{wheel.centre}: of {n} consequence{'' if n == 1 else 's'}, {unwanted} likely and undesirable"
    if not any(each.likelihood.n and each.desirability.n for each in wheel.placed):
        deepest = max(each.order or 0 for each in wheel.placed)
        return f"{wheel.centre}: {n} consequence{'' if n == 1 else 's'}, up to the {ordinal(deepest)} order"
    return f"{found}, {hoped} very desirable and unlikely"


def sign_of(consequence: Consequence) -> str:
    """Return how desirable a consequence is, as `+3` or `−2 (±)`; nothing where nobody said."""
    desirability, value = consequence.desirability, consequence.desirability.median
    if not desirability.n:
        return ""
    signed = "0" if value == 0 else f"{'+' if value > 0 else '−'}{abs(value):.3g}"
    return f"{signed} (±)" if desirability.is_divided else signed


def _label(consequence: Consequence, wheel: Wheel) -> Label:
    head = sign_of(consequence)
    if consequence.likelihood.n:
        likely = f"likely {consequence.likelihood.median:.3g}/{wheel.scale.likelihood[1]:g}"
        head = f"{head} · {likely}" if head else likely
    return label_of(consequence.title, head=head)


def _corners(layout: WheelLayout, labels: dict[str, Label]) -> tuple[float, float, float, float]:
    boxes = [(*layout.place(name), *each.extent) for name, each in labels.items()]
    across = max(abs(x) + wide / 2 for x, _, wide, _ in boxes) + _MARGIN
    up = max(abs(y) + high / 2 for _, y, _, high in boxes) + _MARGIN
    across = max(across, WIDTH / 2)
    return -across, across, -up - _LEGEND, up


def _draw_rings(axes: Axes, layout: WheelLayout) -> None:
    for radius in layout.rings:
        size = (2 * ASPECT * radius, 2 * radius)
        axes.add_patch(Ellipse((0, 0), *size, fill=False, edgecolor=RULE, linewidth=1, zorder=0))


def _draw_links(axes: Axes, wheel: Wheel, layout: WheelLayout, parents: dict[str, str | None]) -> None:
    for each in wheel.placed:
        end = (layout.rings[layout.ring_of[each.name] - 1], layout.angles[each.name])
        for other in each.follows_from:
            if other == (parents[each.name] or CENTRE):
                start = (0.0, end[1]) if other == CENTRE else _polar(layout, other)
                axes.plot(*link_path(start, end).T, color=MUTED, linewidth=1.1, zorder=1)
            elif other in parents:
                ends = zip(layout.place(other), layout.place(each.name), strict=True)
                axes.plot(*ends, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)


def _polar(layout: WheelLayout, name: str) -> tuple[float, float]:
    return layout.rings[layout.ring_of[name] - 1], layout.angles[name]


def _draw_consequence(axes: Axes, each: Consequence, label: Label, layout: WheelLayout, wheel: Wheel) -> None:
    fill = _colour(each.desirability.median, wheel.scale.desirability)
    is_watched = bool(each.standing)
    at = layout.place(each.name)
    draw_label(axes, label, at, fill, edge=INK if is_watched else MUTED, width=2.2 if is_watched else 0.6)


def _colour(value: float, ends: tuple[float, float]) -> str:
    """From white over a pale to the full colour, orange below 0 and blue above."""
    if math.isnan(value) or value == 0:
        return _PLAIN
    full, reach = (GAIN, ends[1]) if value > 0 else (LOSS, -ends[0])
    share = min(abs(value) / (_STRONG * reach), 1.0)
    strength = 0.18 + 0.32 * share  # pale enough for ink to be read on it
    parts = (int(full[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in parts)


def _draw_legend(axes: Axes, left: float, top: float) -> None:
    entries = (
        (_colour(5, (-5, 5)), MUTED, 0.6, "+ desirable"),
        (_colour(-5, (-5, 5)), MUTED, 0.6, "− undesirable"),
        (_PLAIN, MUTED, 0.6, "neither, or not scored"),
        ("#ffffff", INK, 2.2, "to watch"),
    )
    at = left
    for fill, edge, width, text in entries:
        box = Label((" ",), 8, 0.03)
        draw_label(axes, box, (at + 0.1, top - 0.1), fill, edge=edge, width=width)
        write_lines(axes, Label((text,), 8), (at + 0.26, top - 0.1 + 0.07), INK)
        at += 0.26 + text_width(text, 8) + 0.3
    lines = (
        "numbers are medians of the participants; (±): desirable for some, undesirable for others",
        "a dashed line is a further consequence that it needs",
    )
    write_lines(axes, Label(("; ".join(lines),), 7), (left, top - 0.24), MUTED)


def _in_words(wheel: Wheel, title: str) -> str:
    parts = []
    for each in wheel.placed:
        above = ", ".join(each.follows_from)
        sign = sign_of(each)
        scored = f" ({'desirability ' + sign if sign else 'not scored'})"
        parts.append(f"{each.title}, of the {ordinal(each.order or 0)} order, from {above}{scored}")
    return f"{title}. {'; '.join(parts)}."
