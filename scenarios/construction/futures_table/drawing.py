"""The futures table as a picture: descriptors as columns, states as cells, chosen combinations as lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from innosi.scenarios.construction.futures_table.reading_off import Reading, Shown
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import GAIN, INK, MUTED, RULE, SERIES

MOST_LINES = len(SERIES)
"""So many combinations are drawn as lines; with more nobody could follow them."""
MOST_COLUMNS = 7
"""So many descriptors stand beside each other; more are drawn in a band below."""
_MARKERS = "os^DvPX*"
_GAP, _HEAD, _LINE, _SLOT, _PADDING, _BELOW = 0.16, 0.42, 0.135, 0.095, 0.07, 0.3
_SIZE, _SMALL, _EDGE = 8.0, 7.0, 0.03
_BOLD = 0.95
"""How many letters of a heading take the room of one of the text."""


def draw_table(reading: Reading, shown: Shown | None = None) -> Plot:
    """Draw a futures table: each state shaded by how many survivors have it, crossed out if none has.

    Parameters
    ----------
    shown : Shown, optional
        Combinations to be drawn as lines through the table; of more than eight, none are.
    """
    lines = shown if shown is not None and len(shown.names) <= MOST_LINES else None
    bands = _bands(reading, n_lines=len(lines.names) if lines else 0)
    height = bands[-1].bottom + _BELOW
    title = _title(reading, shown)
    with drawing(height + (0.35 if lines else 0.1)) as (figure, axes):
        axes.set_axis_off()
        axes.set_xlim(-_EDGE, WIDTH + _EDGE)
        axes.set_ylim(height, 0)
        for band in bands:
            _draw_band(axes, reading, band)
        if lines:
            _draw_lines(axes, lines, bands)
            _name_lines(figure, reading, lines)
        note = "per cent: how many of the surviving combinations have the state; hatched: none has it"
        axes.text(0, height - 0.05, note, fontsize=_SMALL, color=MUTED, va="bottom")
        return finished(figure, "futures-table", title, _alternative(reading, lines, title))


@dataclass(frozen=True, slots=True)
class _Cell:
    """A state's place in the picture, in inches from the top left."""

    left: float
    top: float
    width: float
    height: float
    text: Sequence[str]

    def slot(self, number: int, n_slots: int) -> float:
        """How far down the line of a combination passes through it, below its text."""
        return self.top + self.height - _PADDING - (n_slots - number - 0.5) * _SLOT


@dataclass(frozen=True, slots=True)
class _Band:
    """Columns that stand beside each other."""

    columns: dict[int, list[_Cell]]
    heads: dict[int, _Cell]
    bottom: float


def _bands(reading: Reading, *, n_lines: int) -> list[_Band]:
    names = list(reading.table.field.states)
    n_bands = -(-len(names) // MOST_COLUMNS)
    each = -(-len(names) // n_bands)
    bands: list[_Band] = []
    for start in range(0, len(names), each):
        top = bands[-1].bottom + 0.2 if bands else 0.0
        bands.append(_band(reading, range(start, min(start + each, len(names))), each, top, n_lines))
    return bands


def _band(reading: Reading, places: range, n_columns: int, top: float, n_lines: int) -> _Band:
    """Lay out columns; every row is as high as its longest text and its lines need."""
    table = reading.table
    width = (WIDTH - _GAP * (n_columns - 1)) / n_columns
    n_characters = max(int((width - 2 * _PADDING) * 72 / (_SIZE * 0.56)), 6)
    states = list(table.field.states.items())
    texts = {
        place: [_broken(table.title_of(states[place][0], state), n_characters) for state in states[place][1]]
        for place in places
    }
    n_bold = int(_BOLD * n_characters)
    heads = {place: _broken(_capital(table.title_of(states[place][0])), n_bold) for place in places}
    head_height = max(_HEAD, 0.1 + _LINE * max(map(len, heads.values())))
    n_text = max(len(text) for column in texts.values() for text in column)
    height = 2 * _PADDING + _LINE * (n_text + 1) + n_lines * _SLOT
    columns: dict[int, list[_Cell]] = {}
    head_cells: dict[int, _Cell] = {}
    for number, place in enumerate(places):
        left = number * (width + _GAP)
        head_cells[place] = _Cell(left, top, width, head_height, heads[place])
        columns[place] = [
            _Cell(left, top + head_height + row * (height + 0.06), width, height, text)
            for row, text in enumerate(texts[place])
        ]
    bottom = max(cells[-1].top + height for cells in columns.values())
    return _Band(columns, head_cells, bottom)


def _broken(text: str, n_characters: int) -> list[str]:
    lines = wrap(text, n_characters) or [""]
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2][: n_characters - 1]}…"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _draw_band(axes: Axes, reading: Reading, band: _Band) -> None:
    names = reading.table.field.descriptors
    for place, cells in band.columns.items():
        head = band.heads[place]
        axes.text(
            head.left,
            head.top + head.height - 0.07,
            "\n".join(head.text),
            fontsize=_SIZE,
            fontweight="bold",
            va="bottom",
            linespacing=1.1,
        )
        counts, total = reading.survivors.n_with_state[place], max(reading.survivors.n, 1)
        group = reading.table.field.states[names[place]]
        fixed = reading.fixed.get(names[place], ())
        for cell, state, n in zip(cells, group, counts, strict=True):
            _draw_cell(axes, cell, n / total, is_fixed=state in fixed)


def _draw_cell(axes: Axes, cell: _Cell, share: float, *, is_fixed: bool) -> None:
    place = ((cell.left, cell.top), cell.width, cell.height)
    if share > 0:
        axes.add_patch(Rectangle(*place, facecolor=GAIN, alpha=0.08 + 0.32 * share, linewidth=0))
    edge, width = (INK, 2.0) if is_fixed else (MUTED if share > 0 else RULE, 0.8)
    hatch = None if share > 0 else "////"
    axes.add_patch(Rectangle(*place, fill=False, edgecolor=RULE, hatch=hatch, linewidth=0))
    axes.add_patch(Rectangle(*place, fill=False, edgecolor=edge, linewidth=width))
    style: Any = {"va": "top", "linespacing": 1.1}
    if share <= 0:
        style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    left, top = cell.left + _PADDING, cell.top + _PADDING
    colour = INK if share > 0 else MUTED
    axes.text(left, top, "\n".join(cell.text), fontsize=_SIZE, color=colour, **style)
    if share > 0:
        below = top + _LINE * len(cell.text) + 0.02
        text = "fixed" if is_fixed and share == 1 else _percent(share)
        axes.text(left, below, text, fontsize=_SMALL, color=MUTED, va="top")


def _draw_lines(axes: Axes, shown: Shown, bands: Sequence[_Band]) -> None:
    """Draw each combination as a line through its cells, at a height of its own: no two lie on each other."""
    n = len(shown.names)
    for number, states in enumerate(shown.combinations.tolist()):
        for band in bands:
            across, down, marks = [], [], []
            for place, cells in band.columns.items():
                cell = cells[states[place]]
                height = cell.slot(number, n)
                across += [cell.left, cell.left + cell.width]
                down += [height, height]
                marks.append((cell.left + cell.width / 2, height))
            axes.plot(across, down, color=SERIES[number], linewidth=1.6, solid_joinstyle="round")
            axes.plot(*zip(*marks, strict=True), _MARKERS[number], color=SERIES[number], markersize=4.5)


def _name_lines(figure: Figure, reading: Reading, shown: Shown) -> None:
    where: Any = "outside lower left"
    handles = [
        Line2D(
            [], [], color=SERIES[number], marker=_MARKERS[number], markersize=4.5, linewidth=1.6, label=label
        )
        for number, label in enumerate(_labels(reading, shown))
    ]
    figure.legend(handles=handles, loc=where, ncols=4, frameon=False, fontsize=_SMALL + 0.5)


def _labels(reading: Reading, shown: Shown) -> list[str]:
    named = reading.table.named
    return [named[name].title if name in named else name.replace("_", " ") for name in shown.names]


def _title(reading: Reading, shown: Shown | None) -> str:
    left, size = reading.survivors, reading.table.field.size
    count = f"{'' if left.is_complete else 'at least '}{left.n:,} of {size:,} combinations"
    if shown is not None and shown.diversity is not None:
        nearest, n = shown.diversity.nearest, len(reading.table.field.states)
        if (reading.table.weights == 1).all():
            apart = f"differ in {nearest:g} of {n} descriptors or more"
        else:
            apart = f"are {nearest:g} apart or more"
        return f"Any two of {len(shown.names)} futures {apart}, chosen from {count} that survive"
    if shown is not None and shown.choice == "named":
        return f"{len(shown.names)} futures that the workshop named, among {count} that survive"
    if reading.fixed:
        fixed = [
            f"“{' or '.join(reading.table.title_of(name, each) for each in states)}”"
            f" ({reading.table.title_of(name)})"
            for name, states in reading.fixed.items()
        ]
        ending = "s" if len(fixed) == 1 else ""
        return f"{' with '.join(fixed)} leave{ending} {count}{_forced(reading, ending)}"
    return f"{count} survive the exclusions"


def _forced(reading: Reading, ending: str) -> str:
    if not reading.forced:
        return ""
    (name, state), *more = reading.forced.items()
    what = f"{len(more) + 1} states of others" if more else f"“{reading.table.title_of(name, state)}”"
    return f", and force{ending} {what}"


def _alternative(reading: Reading, lines: Shown | None, title: str) -> str:
    table, total = reading.table, max(reading.survivors.n, 1)
    columns = [
        f"{table.title_of(name)}: "
        + ", ".join(
            f"{table.title_of(name, state)} {_percent(n / total)}"
            for state, n in zip(group, counts, strict=True)
        )
        for (name, group), counts in zip(
            table.field.states.items(), reading.survivors.n_with_state, strict=True
        )
    ]
    text = f"{title}. Share of the survivors with each state. {'; '.join(columns)}."
    if lines:
        text += " Lines: " + "; ".join(
            f"{label}: {', '.join(_states(reading, places))}"
            for label, places in zip(_labels(reading, lines), lines.combinations.tolist(), strict=True)
        )
        text += "."
    return text


def _states(reading: Reading, places: Sequence[int]) -> list[str]:
    return [
        reading.table.title_of(name, group[place])
        for (name, group), place in zip(reading.table.field.states.items(), places, strict=True)
    ]


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "< 1 %"
    return f"{100 * share:.0f} %"
