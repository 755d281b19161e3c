"""A flow chart as SVG for pages and as PNG for documents, from the same boxes."""

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from innosi.forecast.study_report.flow_chart import LINE, SIZE, Arrow, Box, FlowChart, Tone
from innosi.scenarios.drawing.palette import GAIN, INK, LOSS, MUTED, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FACE = "'DejaVu Sans', Verdana, Arial, sans-serif"
_WHITE = "#ffffff"
_TONES: Mapping[Tone, tuple[str, str, str]] = MappingProxyType(
    {
        "lane": ("none", "none", MUTED),
        "stage": (_WHITE, GAIN, INK),
        "round": ("#e5f1f8", "none", INK),
        "exit": (_WHITE, RULE, INK),
        "warning": (_WHITE, LOSS, "#8a3d00"),
    }
)
"""Of each kind of box: its ground, its edge, and its text."""
_BASELINE, _HEAD = 0.75, 4.0
_DPI = 200


def chart_svg(chart: FlowChart, name: str = "flow") -> str:
    """Return a chart as an SVG element that scales with the page, with a title and a text for all it says.

    Parameters
    ----------
    name : str
        By which its parts are told from those of other pictures on the page.
    """
    parts = [_box_svg(box) for box in chart.boxes] + [_arrow_svg(arrow) for arrow in chart.arrows]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width:g} {chart.height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" font-family="{_FACE}" font-size="{SIZE:g}">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(chart.alternative)}</desc>{"".join(parts)}</svg>'
    )


def _box_svg(box: Box) -> str:
    ground, edge, ink = _TONES[box.tone]
    ground_svg = (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="3" '
        f'fill="{ground}" stroke="{edge}" stroke-width="1.2"/>'
    )
    return ground_svg + "".join(_text_svg(ink, *line) for line in _lines(box))


def _text_svg(ink: str, line: str, x: float, y: float, is_bold: bool) -> str:
    weight = "bold" if is_bold else "normal"
    return f'<text x="{x:g}" y="{y:g}" fill="{ink}" font-weight="{weight}">{escape(line)}</text>'


def _lines(box: Box) -> list[tuple[str, float, float, bool]]:
    """Each line of a box with where its baseline begins, and whether it is bold."""
    inner = len(box.lines) * LINE
    top = box.y + (box.height - inner) / 2
    x = box.x + (0 if box.tone == "lane" else 8)
    return [
        (line, x, top + (place + _BASELINE) * LINE, place < box.n_bold)
        for place, line in enumerate(box.lines)
    ]


def _head_of(arrow: Arrow) -> list[tuple[float, float]]:
    """The corners of an arrow's head; arrows run down or to the right."""
    x, y = arrow.to_x, arrow.to_y
    if arrow.x == arrow.to_x:
        return [(x, y), (x - _HEAD, y - 1.6 * _HEAD), (x + _HEAD, y - 1.6 * _HEAD)]
    return [(x, y), (x - 1.6 * _HEAD, y - _HEAD), (x - 1.6 * _HEAD, y + _HEAD)]


def _arrow_svg(arrow: Arrow) -> str:
    corners = " ".join(f"{x:g},{y:g}" for x, y in _head_of(arrow))
    return (
        f'<line x1="{arrow.x:g}" y1="{arrow.y:g}" x2="{arrow.to_x:g}" y2="{arrow.to_y:g}" stroke="{MUTED}" '
        f'stroke-width="1.2"/><polygon points="{corners}" fill="{MUTED}"/>'
    )


def chart_png(chart: FlowChart) -> bytes:
    """Return a chart as a PNG picture of 200 dots an inch."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"font.family": "DejaVu Sans", "text.parse_math": False}):
        figure = Figure(figsize=(chart.width / 72, chart.height / 72), dpi=_DPI)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, chart.width), ylim=(chart.height, 0))
        axes.set_axis_off()
        for box in chart.boxes:
            _draw_box(axes, box)
        for arrow in chart.arrows:
            axes.plot([arrow.x, arrow.to_x], [arrow.y, arrow.to_y], color=MUTED, linewidth=1.2)
            axes.fill(*zip(*_head_of(arrow), strict=True), color=MUTED, linewidth=0)
        file = io.BytesIO()
        FigureCanvasAgg(figure).print_png(file)  # type: ignore[no-untyped-call]
    return file.getvalue()


def _draw_box(axes: "Axes", box: Box) -> None:
    from matplotlib.patches import Rectangle

    ground, edge, ink = _TONES[box.tone]
    axes.add_patch(
        Rectangle((box.x, box.y), box.width, box.height, facecolor=ground, edgecolor=edge, linewidth=1.2)
    )
    for line, x, y, is_bold in _lines(box):
        weight = "bold" if is_bold else "normal"
        axes.text(x, y, line, color=ink, fontsize=SIZE, fontweight=weight, verticalalignment="baseline")
