"""Distributions of answers as small SVG images, drawn once; a panellist's own mark is set in afterwards."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from innosi.forecast.statistics.descriptive import Description, Level
from innosi.scenarios.drawing.palette import GAIN, INK, MUTED, RULE

WIDTH, HEIGHT = 360.0, 139.0
_MARGIN, _TOP, _AXIS = 10.0, 28.0, 122.0
_NEVER_ROOM = 52.0
_STRIP_WIDTH, _STRIP_HEIGHT, _STRIP_MARGIN = 150.0, 18.0, 6.0
_CHARACTER = 6.3
"""How wide a figure of the axis is, in the image's own units."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Where numbers stand from left to right.

    Attributes
    ----------
    low, high : float
        The numbers at either end.
    left, right : float
        Where in the image those are.
    """

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return where a number stands; one beyond an end stands at that end."""
        span = (self.high - self.low) or 1.0
        share = min(max((value - self.low) / span, 0.0), 1.0)
        return self.left + share * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class Chart:
    """An image without a panellist's mark, and what is needed to set one in.

    Attributes
    ----------
    width, height : float
    body : str
        SVG elements.
    title, description : str
        Its alternative text.
    axis : Axis, optional
        None where nothing can be marked.
    never_at : float, optional
        Where answers stand that say never.
    """

    width: float
    height: float
    body: str
    title: str
    description: str
    axis: Axis | None = None
    never_at: float | None = None

    def drawn(self) -> Markup:
        """Return the image without a mark."""
        return self._image(self.title, "")

    def with_mark(
        self, own: float, *, title: str, label: str = "", reach: tuple[float, float] | None = None
    ) -> Markup:
        """Return the image with a panellist's own answer marked.

        Parameters
        ----------
        own : float
            Infinite for never.
        title : str
            The alternative text's first line, which says what is marked.
        label : str
            Stands above the mark; '' for a strip, which has a column of its own for it.
        reach : (float, float), optional
            From where to where the panellist's own interval goes.
        """
        at = self._place(own)
        if at is None:
            return self.drawn()
        if not label:
            return self._image(title, _diamond(at, self.height / 2))
        whisker = _whisker(*map(self.axis.at, reach)) if self.axis and reach else ""
        return self._image(title, whisker + _triangle(at) + self._label(at, label))

    def _place(self, own: float) -> float | None:
        if math.isinf(own):
            return self.never_at
        return self.axis.at(own) if self.axis else None

    def _label(self, at: float, label: str) -> str:
        half = len(label) * 3.6
        middle = min(max(at, half), self.width - half)
        return _text(middle, 10, label, size=11.5, colour=INK, more=' font-weight="bold"')

    def _image(self, title: str, mark: str) -> Markup:
        described = f"<desc>{escape(self.description)}</desc>" if self.description else ""
        return Markup(
            f'<svg role="img" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' width="{self.width:g}" height="{self.height:g}"'
            ' font-family="DejaVu Sans, Arial, sans-serif">'
            f"<title>{escape(title)}</title>{described}{self.body}{mark}</svg>"
        )


def levels_chart(
    levels: Sequence[Level], labels: Sequence[str], found: Description | None, *, title: str, description: str
) -> Chart:
    """Return the chart of a rating: a bar for each level, chosen or not."""
    step = (WIDTH - 2 * _MARGIN) / len(levels)
    first, last = _MARGIN + step / 2, WIDTH - _MARGIN - step / 2
    axis = Axis(levels[0].low, levels[-1].low, first, last)
    most = max(level.n for level in levels)
    places = [axis.at(level.low) for level in levels]
    wide = min(step * 0.72, 30)
    bars = [_Bar(at, wide, level.n, most) for at, level in zip(places, levels, strict=True)]
    body = _drawn(axis, found, bars) + _line() + _ticks(places, labels)
    return Chart(WIDTH, HEIGHT, body, title, description, axis)


def histogram_chart(
    levels: Sequence[Level],
    labels: Sequence[str],
    found: Description | None,
    never: Level | None = None,
    *,
    title: str,
    description: str,
) -> Chart:
    """Return the chart of numbers: a bar for each stretch, and the numbers at the stretches' ends.

    Parameters
    ----------
    levels : sequence of Level
        Empty where too few gave a number: then only those who say never are drawn.
    labels : sequence of str
        One more than there are stretches.
    never : Level, optional
        Its label, and how many say so: a bar apart.
    """
    most = max(level.n for level in (*levels, never) if level is not None)
    right = WIDTH - _MARGIN - (_NEVER_ROOM if never else 0) - 6
    axis = Axis(levels[0].low, levels[-1].high, _MARGIN + 6, right) if levels else None
    body = _stretches(levels, labels, found, axis, most) if axis is not None else ""
    at = WIDTH - _MARGIN - _NEVER_ROOM / 2 + 6
    body += _never(_Bar(at, 26, never.n, most), never.label) if never else ""
    return Chart(WIDTH, HEIGHT, body, title, description, axis, at if never else None)


def _stretches(
    levels: Sequence[Level], labels: Sequence[str], found: Description | None, axis: Axis, most: int
) -> str:
    bars = []
    for level in levels:
        start, end = axis.at(level.low), axis.at(level.high)
        bars.append(_Bar((start + end) / 2, max(end - start - 2, 1), level.n, most))
    ends = [*(axis.at(level.low) for level in levels), axis.right]
    return _drawn(axis, found, bars) + _line(axis.right + 6) + _ticks(ends, labels, ticked=True)


def _never(bar: "_Bar", label: str) -> str:
    outline = f'stroke="{INK}" stroke-dasharray="3 2" fill-opacity="0.35"'
    line = _line(bar.middle + 20, left=bar.middle - 20)
    return bar.drawn(outline) + bar.count() + line + _text(bar.middle, _AXIS + 13, label)


def quartile_strip(found: Description, low: float, high: float, *, title: str) -> Markup:
    """Return a strip on which the middle half and the median of a group lie."""
    axis = Axis(low, high, _STRIP_MARGIN, _STRIP_WIDTH - _STRIP_MARGIN)
    body = _track(axis) + _middle_half(axis, found) + _tick(axis.at(found.median))
    return Chart(_STRIP_WIDTH, _STRIP_HEIGHT, body, title, "").drawn()


def rank_strip(mean: float, found: Description, last: int, *, title: str) -> Chart:
    """Return a strip from the first to the last rank, with the mean rank as a dot on the middle half."""
    axis = Axis(1, last, _STRIP_MARGIN + 4, _STRIP_WIDTH - _STRIP_MARGIN - 4)
    dot = f'<circle cx="{axis.at(mean):.1f}" cy="9" r="4.5" fill="{GAIN}"/>'
    ranks = "".join(_short_tick(axis.at(rank)) for rank in range(1, last + 1))
    body = _track(axis) + ranks + _middle_half(axis, found) + dot
    return Chart(_STRIP_WIDTH, _STRIP_HEIGHT, body, title, "", axis)


def bar_strip(value: float, high: float, found: Description | None = None, *, title: str) -> Chart:
    """Return a strip with a bar from nought, and on it the middle half where there is one."""
    axis = Axis(0, high, _STRIP_MARGIN, _STRIP_WIDTH - _STRIP_MARGIN)
    start, end = axis.left, axis.at(value)
    fill = f'fill="{GAIN}"' if found is None else f'fill="{GAIN}" fill-opacity="0.4"'
    bar = _rectangle(start, 4, max(end - start, 0.8), 10, fill)
    spread = ""
    if found is not None:
        spread = _spread(axis.at(found.lower_quartile), axis.at(found.upper_quartile))
    return Chart(_STRIP_WIDTH, _STRIP_HEIGHT, _track(axis) + bar + spread, title, "", axis)


def _spread(lower: float, upper: float) -> str:
    return (
        f'<path d="M{lower:.1f} 9H{upper:.1f}M{lower:.1f} 5.5v7M{upper:.1f} 5.5v7"'
        f' stroke="{INK}" stroke-width="1.4" fill="none"/>'
    )


@dataclass(frozen=True, slots=True)
class _Bar:
    """How many gave one answer, beside what was given most."""

    middle: float
    width: float
    n: int
    most: int

    @property
    def top(self) -> float:
        return _AXIS - (_AXIS - _TOP - 16) * self.n / self.most

    def drawn(self, more: str = "") -> str:
        if not self.n:
            return ""
        left, fill = self.middle - self.width / 2, f'fill="{GAIN}"'
        return _rectangle(left, self.top, self.width, _AXIS - self.top, f"{fill} {more}")

    def count(self) -> str:
        """Write the count above the bar, on white, so that no line runs through it."""
        if not self.n or self.width < 8:
            return ""
        half = 3.3 * len(str(self.n)) + 1.5
        ground = _rectangle(self.middle - half, self.top - 12.5, 2 * half, 11, 'fill="#ffffff" rx="2"')
        return ground + _text(self.middle, self.top - 3.5, str(self.n), size=10, colour=INK)


def _drawn(axis: Axis, found: Description | None, bars: Sequence[_Bar]) -> str:
    """Draw the middle half, the bars on it, the median on those, and the counts on top."""
    drawn, counts = (bar.drawn() for bar in bars), (bar.count() for bar in bars)
    return "".join((_band(axis, found), *drawn, _median(axis, found), *counts))


def _rectangle(left: float, top: float, width: float, height: float, more: str) -> str:
    size = f'width="{width:.1f}" height="{height:.1f}"'
    return f'<rect x="{left:.1f}" y="{top:.1f}" {size} {more}/>'


def _band(axis: Axis, found: Description | None) -> str:
    """Shade the middle half; where it has no width, still so that it is seen."""
    if found is None:
        return ""
    start, end = axis.at(found.lower_quartile), axis.at(found.upper_quartile)
    room = max(6 - (end - start), 0) / 2
    return _rectangle(
        start - room, _TOP, end - start + 2 * room, _AXIS - _TOP, f'fill="{RULE}" fill-opacity="0.6"'
    )


def _median(axis: Axis, found: Description | None) -> str:
    if found is None:
        return ""
    at = axis.at(found.median)
    return (
        f'<path d="M{at:.1f} {_TOP:g}V{_AXIS:g}" stroke="#ffffff" stroke-width="3.6"/>'
        f'<path d="M{at:.1f} {_TOP:g}V{_AXIS + 4:g}" stroke="{INK}" stroke-width="2"/>'
    )


def _line(right: float = WIDTH - _MARGIN, *, left: float = _MARGIN) -> str:
    return f'<path d="M{left:.1f} {_AXIS:g}H{right:.1f}" stroke="{MUTED}" stroke-width="1"/>'


def _ticks(places: Sequence[float], labels: Sequence[str], *, ticked: bool = False) -> str:
    """Write under the axis as many of the labels as there is room for."""
    widest = max(len(label) for label in labels) * _CHARACTER + 7
    step = (places[-1] - places[0]) / max(len(places) - 1, 1)
    every = max(math.ceil(widest / step), 1) if step else 1
    shown = list(zip(places, labels, strict=True))[::every]
    marks = "".join(_axis_tick(at) for at, _ in shown) if ticked else ""
    return marks + "".join(_text(at, _AXIS + 13, label) for at, label in shown)


def _axis_tick(at: float) -> str:
    return f'<path d="M{at:.1f} {_AXIS:g}v3" stroke="{MUTED}" stroke-width="1"/>'


def _text(
    at: float, base: float, text: str, *, size: float = 10.5, colour: str = MUTED, more: str = ""
) -> str:
    style = f'font-size="{size:g}" text-anchor="middle" fill="{colour}"'
    return f'<text x="{at:.1f}" y="{base:.1f}" {style}{more}>{escape(text)}</text>'


def _triangle(at: float) -> str:
    return f'<path d="M{at - 6.5:.1f} 14h13l-6.5 12z" fill="{INK}" stroke="#ffffff" stroke-width="1"/>'


def _whisker(start: float, end: float) -> str:
    return (
        f'<path d="M{start:.1f} 19.5H{end:.1f}M{start:.1f} 15.5v8M{end:.1f} 15.5v8"'
        f' stroke="{INK}" stroke-width="1.4" fill="none"/>'
    )


def _diamond(at: float, middle: float) -> str:
    return (
        f'<path d="M{at:.1f} {middle - 7:.1f}l6.5 7l-6.5 7l-6.5 -7z" fill="{INK}"'
        ' stroke="#ffffff" stroke-width="1.5"/>'
    )


def _track(axis: Axis) -> str:
    return f'<path d="M{axis.left:g} 9H{axis.right:g}" stroke="{RULE}" stroke-width="2"/>'


def _middle_half(axis: Axis, found: Description) -> str:
    start, end = axis.at(found.lower_quartile), axis.at(found.upper_quartile)
    room = max(4 - (end - start), 0) / 2
    return _rectangle(start - room, 4.5, end - start + 2 * room, 9, f'fill="{GAIN}" fill-opacity="0.4"')


def _tick(at: float) -> str:
    return f'<path d="M{at:.1f} 2V16" stroke="{INK}" stroke-width="2.4"/>'


def _short_tick(at: float) -> str:
    return f'<path d="M{at:.1f} 6V12" stroke="{MUTED}" stroke-width="1"/>'
