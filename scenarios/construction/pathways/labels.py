"""Labels whose size is known before they are drawn, so that none lies upon another."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch
from matplotlib.textpath import text_to_path

from innosi.scenarios.drawing.palette import INK, text_on

LEADING = 1.25
"""From one line to the next, in sizes of the font."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text in lines, and the box around it.

    Attributes
    ----------
    lines : tuple of str
    size : float
        Of the font, in points.
    padding : float
        Inches between the text and its box, on each side.
    """

    lines: tuple[str, ...]
    size: float = 8.0
    padding: float = 0.06

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the box, in inches."""
        width = max(text_width(line, self.size) for line in self.lines)
        height = len(self.lines) * self.size * LEADING / 72
        return width + 2 * self.padding, height + 2 * self.padding


def label_of(text: str, *, width: int = 20, lines: int = 5, size: float = 8.0, head: str = "") -> Label:
    """Return a text as a label.

    Parameters
    ----------
    width : int
        Letters in a line, at most.
    lines : int
        How many lines it may have; what is longer ends in an ellipsis.
    head : str, optional
        A line that stands above it.
    """
    found = wrap(" ".join(text.split()), width) or [""]
    if len(found) > lines:
        found = [*found[: lines - 1], f"{found[lines - 1][: width - 1].rstrip()}…"]
    return Label((head, *found) if head else tuple(found), size)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """Return how wide a line is, in inches, in the widest of the fonts that a reader may have."""
    font = FontProperties(family="DejaVu Sans", size=size)
    plain = "".join(each if each.isprintable() else " " for each in text)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's own fonts may have it
        width, _, _ = text_to_path.get_text_width_height_descent(plain, font, ismath=False)
    return float(width) / 72


def draw_label(
    axes: Axes, label: Label, at: tuple[float, float], fill: str, *, edge: str = INK, width: float = 0.8
) -> None:
    """Draw a label in its box around a place; the axes are in inches."""
    wide, high = label.extent
    corner = (at[0] - wide / 2, at[1] - high / 2)
    axes.add_patch(
        FancyBboxPatch(
            corner,
            wide,
            high,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=fill,
            edgecolor=edge,
            linewidth=width,
            zorder=3,
        )
    )
    write_lines(axes, label, (at[0], at[1] + high / 2 - label.padding), text_on(fill), centred=True)


def write_lines(
    axes: Axes, label: Label, top: tuple[float, float], colour: str, *, centred: bool = False
) -> None:
    """Write a label's lines below a place, one by one, so that they stand where they were measured."""
    step = label.size * LEADING / 72
    for number, line in enumerate(label.lines):
        axes.text(
            top[0],
            top[1] - (number + 0.5) * step,
            line,
            fontsize=label.size,
            ha="center" if centred else "left",
            va="center",
            color=colour,
            zorder=4,
        )


def in_inches(figure: Figure, axes: Axes, corners: Sequence[float]) -> None:
    """Make the axes the whole figure, and their unit an inch.

    Parameters
    ----------
    corners : sequence of float
        Left, right, bottom and top.
    """
    left, right, bottom, top = corners
    figure.set_layout_engine("none")
    axes.set_axis_off()
    axes.set_position((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
