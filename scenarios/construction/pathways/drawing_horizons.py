"""The picture of three horizons: a curve for each, the items on them by number, and below their years."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.pathways.dates import decimal_year
from innosi.scenarios.construction.pathways.horizons import HORIZONS, KINDS, Item, ThreeHorizons
from innosi.scenarios.construction.pathways.labels import Label, in_inches, label_of, text_width, write_lines
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.palette import INK, MUTED, RULE, SERIES, text_on

MOST_DRAWN = 60
COLOURS = dict(zip(HORIZONS, (SERIES[5], SERIES[4], SERIES[2]), strict=True))
"""Orange, light blue and green: told apart by their dashes and names as well."""
_DASHES = {"H1": "solid", "H2": (0, (6, 2)), "H3": (0, (2, 1.5))}
_WIDTH, _LEFT, _RIGHT = 9.4, 0.55, 0.35
_CURVES_HIGH, _ROW, _HEAD = 2.9, 0.24, 0.3
_SIZE, _DOT = 8.0, 0.1


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where a year and a share lie on the sheet, in inches from its lower left corner."""

    first: float
    last: float
    floor: float

    def across(self, year: float) -> float:
        way = (year - self.first) / (self.last - self.first)
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(way, 0.0), 1.0)

    def up(self, share: float) -> float:
        return self.floor + _CURVES_HIGH * share


def draw_horizons(found: ThreeHorizons) -> Plot:
    """Draw the curves with the items on them as numbers, and below them each item's years and title.

    Raises
    ------
    InnosiError
        If there are more items than anybody can read.
    """
    if len(found.items) > MOST_DRAWN:
        problem = f"{len(found.items)} items are too many for one picture; at most {MOST_DRAWN} are drawn"
        raise InnosiError(problem, mend="leave some out, or make two files")
    rows = _ROW * len(found.items) + _HEAD * len(HORIZONS)
    sheet = _Sheet(found.first_year, found.last_year, rows + 0.4)
    height = sheet.floor + _CURVES_HIGH + 0.35
    with drawing(height, width=_WIDTH) as (figure, axes):
        in_inches(figure, axes, (0, _WIDTH, 0, height))
        _draw_frame(axes, sheet, found)
        _draw_curves(axes, sheet, found)
        dots = list(_dots(sheet, found))
        for (x, y), number, each in dots:
            _draw_dot(axes, x, y, number, each)
        _name_curves(axes, sheet, found, [at for at, _, _ in dots])
        _draw_rows(axes, sheet, found, rows)
        title = horizons_title(found)
        return finished(figure, "three-horizons", title, _in_words(found, title))


def horizons_title(found: ThreeHorizons) -> str:
    """Say when the third horizon overtakes the first, and how many innovations lead there."""
    year = found.overtaken_in
    overtakes = "does not overtake the first" if math.isnan(year) else f"overtakes the first in {year:.0f}"
    second = found.of("H2")
    leading = sum(each.position == "H2+" for each in second)
    return (
        f"{found.title}: as drawn, the third horizon {overtakes};"
        f" {leading} of {len(second)} innovations lead{'s' if leading == 1 else ''} there"
    )


def _draw_frame(axes: Axes, sheet: _Sheet, found: ThreeHorizons) -> None:
    step = max(1, math.ceil((found.last_year - found.first_year) / 10))
    for year in range(found.first_year, found.last_year + 1, step):
        x = sheet.across(year)
        axes.plot([x, x], [0.1, sheet.up(1)], color=RULE, linewidth=0.6, zorder=0)
        axes.text(x, sheet.floor - 0.14, str(year), fontsize=_SIZE, color=MUTED, ha="center", va="center")
    for share in (0.0, 0.5, 1.0):
        ends = (_LEFT, _WIDTH - _RIGHT)
        axes.plot(ends, [sheet.up(share)] * 2, color=RULE, linewidth=0.6, zorder=0)
        text = f"{100 * share:.0f} %"
        axes.text(_LEFT - 0.07, sheet.up(share), text, fontsize=_SIZE, color=MUTED, ha="right", va="center")
    said = "how far each pattern prevails: drawn by judgement, not measured"
    axes.text(_LEFT, sheet.up(1) + 0.16, said, fontsize=_SIZE, color=MUTED, va="center")


def _draw_curves(axes: Axes, sheet: _Sheet, found: ThreeHorizons) -> None:
    years = np.linspace(found.first_year, found.last_year, 200)
    across = [sheet.across(year) for year in years]
    for horizon in HORIZONS:
        shares = found.curves[horizon].at(years)
        axes.plot(
            across,
            [sheet.up(share) for share in shares],
            color=COLOURS[horizon],
            linewidth=2.4,
            linestyle=_DASHES[horizon],
            zorder=1,
        )


def _name_curves(axes: Axes, sheet: _Sheet, found: ThreeHorizons, dots: list[tuple[float, float]]) -> None:
    """Write each horizon's name above its curve, where numbers and other curves are furthest."""
    years = np.linspace(found.first_year, found.last_year, 41)[1:-1]
    drawn = {each: [sheet.up(share) for share in found.curves[each].at(years)] for each in HORIZONS}
    across = [sheet.across(year) for year in years]
    for horizon in HORIZONS:
        places = [(x, min(y + 0.14, sheet.up(1) - 0.08)) for x, y in zip(across, drawn[horizon], strict=True)]
        others = [
            (x, y) for each in HORIZONS for x, y in zip(across, drawn[each], strict=True) if each != horizon
        ]
        taken = np.array([*dots, *others])
        room = [float(np.hypot(*(taken - np.array(place)).T).min()) for place in places]
        x, y = places[int(np.argmax(np.minimum(room, 0.5)))]
        axes.text(x, y, horizon, fontsize=9, fontweight="bold", color=INK, ha="center", va="center", zorder=4)


def _dots(sheet: _Sheet, found: ThreeHorizons) -> Iterator[tuple[tuple[float, float], int, Item]]:
    """Where each item's number stands: on its curve, or beside it where another stands there already."""
    taken: list[tuple[float, float]] = []
    for number, each in enumerate(found.items, start=1):
        year = min(max(_year_of(each, found), found.first_year), found.last_year)
        x = sheet.across(year)
        y = sheet.up(float(found.curves[each.horizon].at([year])[0]))
        taken.append(_nearest_free(sheet, x, y, taken))
        yield taken[-1], number, each


def _nearest_free(sheet: _Sheet, x: float, y: float, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The place nearest to one on the sheet where no number stands yet; first above it, then to its sides."""
    step = 2.15 * _DOT
    shifts = [(step * right, step * up) for right in range(-20, 21) for up in range(-14, 15)]
    shifts.sort(key=lambda shift: (math.hypot(*shift), -shift[1], shift[0]))
    for right, up in shifts:
        at = (x + right, y + up)
        is_within = _LEFT <= at[0] <= _WIDTH - _RIGHT and sheet.up(0) <= at[1] <= sheet.up(1)
        if is_within and all(math.dist(at, other) >= 0.99 * step for other in taken):
            return at
    return x, y


def _year_of(item: Item, found: ThreeHorizons) -> float:
    """The middle of an item's years; where one end is not said, the other; else the picture's middle."""
    said = [decimal_year(day) for day in (item.begins, item.ends) if day]
    return float(np.mean(said or (found.first_year, found.last_year)))


def _draw_dot(axes: Axes, x: float, y: float, number: int, item: Item) -> None:
    fill = COLOURS[item.horizon]
    axes.plot(x, y, "o", markersize=2 * _DOT * 72, color=fill, markeredgecolor="white", zorder=3)
    axes.text(x, y, str(number), fontsize=7.5, color=text_on(fill), ha="center", va="center", zorder=4)


def _draw_rows(axes: Axes, sheet: _Sheet, found: ThreeHorizons, top: float) -> None:
    """A head for each horizon, and below it a bar for each item's years with its title."""
    number, at = 0, top
    for horizon in HORIZONS:
        at -= _HEAD
        head = Label((f"{horizon}  {found.titles[horizon]}",), 9)
        axes.plot(
            [0.1, 0.42], [at + 0.1] * 2, color=COLOURS[horizon], linewidth=2.4, linestyle=_DASHES[horizon]
        )
        write_lines(axes, head, (_LEFT, at + 0.18), INK)
        for each in found.of(horizon):
            number += 1
            at -= _ROW
            _draw_row(axes, sheet, each, number, at + _ROW / 2)


def _draw_row(axes: Axes, sheet: _Sheet, item: Item, number: int, y: float) -> None:
    left = sheet.across(decimal_year(item.begins) if item.begins else -math.inf)
    right = sheet.across(decimal_year(item.ends) if item.ends else math.inf)
    right = max(right, left + 0.05)
    colour = COLOURS[item.horizon]
    axes.plot([left, right], [y, y], color=colour, linewidth=8, alpha=0.35, solid_capstyle="butt", zorder=1)
    _draw_dot(axes, 0.3, y, number, item)
    sign = item.position[2:].replace("-", "−")
    text = f"{'(' + sign + ') ' if sign else ''}{item.title}"
    room = _WIDTH - 0.1 - _LEFT
    shown = _fitting(text, room)
    start = min(left + 0.06, _WIDTH - 0.1 - text_width(shown, _SIZE))
    write_lines(axes, Label((shown,), _SIZE), (max(start, _LEFT), y + _SIZE * 1.25 / 144), INK)


def _fitting(text: str, room: float) -> str:
    """A title in one line, cut where there is no room for all of it."""
    for letters in range(120, 10, -2):
        shown = label_of(text, width=letters, lines=1, size=_SIZE).lines[0]
        if text_width(shown, _SIZE) <= room:
            return shown
    return shown


def _in_words(found: ThreeHorizons, title: str) -> str:
    items = "; ".join(f"{each.title} ({each.position}{_years(each)})" for each in found.items)
    links = "; ".join(f"{each.source} {KINDS[each.kind]} {each.target}" for each in found.links)
    return ". ".join(filter(None, [title, items, links])) + "."


def _years(item: Item) -> str:
    return f", {item.when}" if item.when else ""
