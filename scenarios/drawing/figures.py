"""Figures as SVG: one style, the same bytes for the same data, and ids that do not clash on a page."""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
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
_LINE, _CHARACTER = 16.0, 7.9
_TITLE_STYLE = f"font: bold 12px 'DejaVu Sans', Arial, Helvetica, sans-serif; fill: {INK}"
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
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's own fonts may have it
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.add_subplot()


def legend_below(figure: Figure, panels: Iterable[Axes], *, columns: int = 4) -> None:
    """Give a figure of several panels one legend below them, each label once; none without labels."""
    named: dict[str, Artist] = {}
    for panel in panels:
        handles, labels = panel.get_legend_handles_labels()
        named |= dict(zip(labels, handles, strict=True))
    where: Any = "outside lower center"
    if named:
        figure.legend(named.values(), named, loc=where, ncols=columns, frameon=False, fontsize=8.5)


def finished(figure: Figure, name: str, title: str, alternative: str) -> Plot:
    """Return a figure as a Plot."""
    sheet = io.StringIO()
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's own fonts may have it
        # savefig would draw everything twice
        FigureCanvasSVG(figure).print_svg(sheet, metadata=_NO_METADATA)  # type: ignore[no-untyped-call]
    svg = sheet.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)([^")]+)', rf"\1{name}-\2", svg)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'^<svg ([^>]*?)width="[^"]+" height="[^"]+"|^<svg ', _responsive, svg, count=1)
    return Plot(name, title, alternative, svg)


def standalone(plot: Plot) -> str:
    """Return a plot as a file of its own: its title above it, its text for screen readers, and a size."""
    head, _, rest = plot.svg.partition('viewBox="0 0 ')
    size, _, rest = rest.partition('"')
    attributes, _, body = rest.partition(">")
    width, height = (float(each) for each in size.split())
    whole = wrap(plot.title.replace(" %", "\u00a0%"), int(width / _CHARACTER))
    lines = [line.replace("\u00a0%", " %") for line in whole]
    above = _LINE * len(lines) + 6
    tall = height + above
    texts = "".join(
        f'<text x="4" y="{_LINE * (place + 1) - above:g}" style="{_TITLE_STYLE}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    start = f'{head}width="{width:g}pt" height="{tall:g}pt" viewBox="0 {-above:g} {width:g} {tall:g}"'
    about = f"<title>{escape(plot.title)}</title><desc>{escape(plot.alternative)}</desc>"
    sheet = f'<rect y="{-above:g}" width="100%" height="100%" fill="#ffffff"/>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{start}{attributes}>{about}{sheet}{texts}{body}'


def _responsive(match: re.Match[str]) -> str:
    """Leave the size to the page; the viewBox keeps the proportions."""
    return f"<svg {match.group(1) or ''}"
