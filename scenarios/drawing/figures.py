"""Figures as SVG: one style, the same bytes for the same data, and ids that do not clash on a page."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from innosi.scenarios.drawing.palette import INK, MUTED, RULE

WIDTH = 7.2
HALF = 5.0
"""Width in inches of a figure that has the page to itself, and of one that shares it."""
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "ytick.left": False,
    "grid.color": "#ececec",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a title may hold dollars
    "path.simplify": True,
    "axes.unicode_minus": True,
}
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn plot: its name, the finding it shows, a text that stands for it, and its SVG."""

    name: str
    title: str
    alternative: str
    svg: str


@contextmanager
def drawing(height: float, *, width: float = WIDTH) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure of the one style and its axes; no global state is touched."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.add_subplot()


def finished(figure: Figure, name: str, title: str, alternative: str) -> Plot:
    """Return a figure as a Plot."""
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        sheet = io.StringIO()
        figure.savefig(sheet, format="svg", metadata=_NO_METADATA)
    svg = sheet.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)([^")]+)', rf"\1{name}-\2", svg)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'^<svg ([^>]*?)width="[^"]+" height="[^"]+"|^<svg ', _responsive, svg, count=1)
    return Plot(name, title, alternative, svg)


def _responsive(match: re.Match[str]) -> str:
    """Leave the size to the page; the viewBox keeps the proportions."""
    return f"<svg {match.group(1) or ''}"
