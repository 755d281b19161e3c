"""The report of a study as one HTML page that needs no network: on a screen, on a phone, and on paper."""

import re
from importlib.resources import files
from typing import Any

from innosi.forecast.study_report.flow_chart import FlowChart
from innosi.forecast.study_report.flow_drawing import chart_svg
from innosi.forecast.study_report.items import ADDRESS
from innosi.forecast.study_report.values import RESULT_COLUMNS, ItemReport, StudyReport
from innosi.forecast.study_report.wording import day
from innosi.scenarios.drawing.palette import GAIN, INK, RULE

_FOLDER = "innosi.forecast.study_report"
_WIDTH, _HEIGHT = 96, 14
"""Of a strip, in points."""


def report_html(report: StudyReport) -> str:
    """Return a report as an HTML page."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"chart": _chart, "strip": strip_svg, "slug": slug}
    folder = files(_FOLDER)
    template = environment.from_string((folder / "page.html.jinja").read_text(encoding="utf-8"))
    return template.render(**_context(report), style=(folder / "page.css").read_text(encoding="utf-8"))


def _context(report: StudyReport) -> dict[str, Any]:
    return {
        "report": report,
        "sections": list(report.sections),
        "own_lang": "" if report.own_language == report.language else report.own_language,
        "date": day(report.at.date()),
        "columns": RESULT_COLUMNS,
        "address": ADDRESS,
        "has_results": any(_has_results(each) for each in report.items),
    }


def _has_results(item: ItemReport) -> bool:
    return any(block.kind == "result" for block in item.blocks)


def _chart(chart: FlowChart) -> Any:
    from markupsafe import Markup

    return Markup(chart_svg(chart))  # chart_svg escapes every text itself


def strip_svg(strip: tuple[float, float, float]) -> Any:
    """Return a strip of the middle half of the answers, with the median in it; figures stand beside it."""
    from markupsafe import Markup

    low, middle, high = (4 + place * (_WIDTH - 8) for place in strip)
    y = _HEIGHT / 2
    return Markup(
        f'<svg class="strip" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'aria-hidden="true"><path d="M4 {y}H{_WIDTH - 4}M4 3V{_HEIGHT - 3}M{_WIDTH - 4} 3V{_HEIGHT - 3}" '
        f'stroke="{RULE}" fill="none"/><rect x="{low:.1f}" y="3" width="{max(high - low, 1):.1f}" '
        f'height="{_HEIGHT - 6}" fill="{GAIN}" fill-opacity="0.45"/><path d="M{middle:.1f} 1V{_HEIGHT - 1}" '
        f'stroke="{INK}" stroke-width="2"/></svg>'
    )


def slug(text: str) -> str:
    """Return a text as a name for a place on the page.

    Examples
    --------
    >>> slug("Title and abstract")
    'title-and-abstract'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
