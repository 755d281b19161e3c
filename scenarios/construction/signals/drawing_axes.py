"""The 2×2 of scenario axes: four stories between four poles."""

from textwrap import shorten, wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from innosi.scenarios.construction.signals.axes import Corner, ScenarioAxes
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import percent
from innosi.scenarios.drawing.palette import INK, LOSS, MUTED, SERIES

_STORY, _SHORT = 330, 170
"""So many letters of a story are drawn; the whole stands in the table."""
_ARROW: dict[str, Any] = {"arrowstyle": "<|-|>", "color": INK, "linewidth": 1.4, "mutation_scale": 14}
_LIGHT = 0.09


def draw_axes(axes: ScenarioAxes) -> Plot:
    """Draw the four scenarios where their poles meet."""
    longest = max(len(each.story) for each in axes.scenarios)
    with drawing(4.6 if longest < _SHORT else 6.4, width=8.4) as (figure, sheet):
        sheet.set_xlim(-1.12, 1.12)
        sheet.set_ylim(-1.12, 1.12)
        sheet.axis("off")
        total = sum(each.weight or 0 for each in axes.scenarios)
        for number, corner in enumerate(axes.scenarios):
            _corner(sheet, corner, SERIES[number], total, is_low=longest < _SHORT)
        sheet.annotate("", (1.03, 0), (-1.03, 0), arrowprops=_ARROW)
        sheet.annotate("", (0, 1.03), (0, -1.03), arrowprops=_ARROW)
        _poles(sheet, axes)
        title = axes_title(axes)
        if axes.is_dependent:
            figure.supxlabel(
                f"The axes are not independent ({axes.correlation:+.2f}): some corners are unlikely.",
                fontsize=9,
                color=LOSS,
            )
        words = "; ".join(_in_words(axes, each) for each in axes.scenarios)
        return finished(figure, "axes", title, f"{title}. {words}.")


def axes_title(axes: ScenarioAxes) -> str:
    """Say between what the scenarios stand, and which counts most."""
    first, second = (axis.title for axis in axes.axes)
    span = f"Four futures between “{first}” and “{second}”"
    weights = [each.weight or 0.0 for each in axes.scenarios]
    if not any(weights):
        return f"{span}, none meant to be likelier"
    most = max(weights)
    heads = [f"“{each.title}”" for each in axes.scenarios if (each.weight or 0) >= most * (1 - 1e-9)]
    if len(heads) == len(weights):
        return f"{span}, all with the same weight"
    each = " each" if len(heads) > 1 else ""
    share = percent(most / sum(weights))
    return f"{span}; {' and '.join(heads)} {'count' if each else 'counts'} most, with {share}{each}"


def _corner(sheet: Axes, corner: Corner, colour: str, total: float, *, is_low: bool) -> None:
    across, up = (2 * place - 1 for place in corner.places)
    left, low = min(0.0, across), min(0.0, up)
    sheet.add_patch(Rectangle((left, low), 1, 1, color=colour, alpha=_LIGHT, linewidth=0))
    x, y, step = left + 0.09, low + 0.88, 0.105 if is_low else 0.08
    title = "\n".join(wrap(corner.title, 30)[:2])
    sheet.text(x, y, title, fontsize=13, fontweight="bold", color=INK, va="top")
    y -= step * 1.25 * (title.count("\n") + 1) + 0.02
    if total and corner.weight:
        sheet.text(x, y, f"weight {percent(corner.weight / total)}", fontsize=9, color=MUTED, va="top")
        y -= step
    story = shorten(corner.story, _STORY, placeholder=" …")
    sheet.text(x, y - 0.02, "\n".join(wrap(story, 43)), fontsize=9.5, color=INK, va="top", linespacing=1.4)


def _poles(sheet: Axes, axes: ScenarioAxes) -> None:
    (left, right), (low, high) = (axis.poles for axis in axes.axes)
    style: dict[str, Any] = {"fontsize": 10.5, "fontweight": "bold", "color": INK}
    for title, x, turn in ((left.title, -1.08, 90), (right.title, 1.08, 270)):
        label = "\n".join(wrap(title, 34))
        sheet.text(x, 0, label, rotation=turn, ha="center", va="center", **style)
    for title, y in ((low.title, -1.08), (high.title, 1.08)):
        sheet.text(0, y, shorten(title, 70, placeholder="…"), ha="center", va="center", **style)
    first, second = (axis.title for axis in axes.axes)
    small: dict[str, Any] = {"fontsize": 9, "color": MUTED}
    box: dict[str, Any] = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "none"}
    sheet.text(-0.5, 0, shorten(first, 48, placeholder="…"), ha="center", va="center", bbox=box, **small)
    sheet.text(
        0,
        0.42,
        shorten(second, 48, placeholder="…"),
        ha="center",
        va="center",
        rotation=90,
        bbox=box,
        **small,
    )


def _in_words(axes: ScenarioAxes, corner: Corner) -> str:
    poles = " and ".join(
        f"{axis.title} {pole.title}" for axis, pole in zip(axes.axes, axes.poles_of(corner), strict=True)
    )
    return f"{corner.title} ({poles}): {corner.story}".rstrip(": .")
