"""The plots of a simulated scenario set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from innosi.models.arrays import FloatArray
from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.analysis.evidence import EvidenceShares
from innosi.scenarios.analysis.over_claim import PUBLISHED_RATIOS
from innosi.scenarios.analysis.tornado import Swing
from innosi.scenarios.drawing.figures import HALF, Plot, drawing, finished
from innosi.scenarios.drawing.numbers import percent, ratio, short
from innosi.scenarios.drawing.palette import (
    AT_HIGH,
    AT_LOW,
    CORRECTED,
    EVIDENCE,
    GAIN,
    INK,
    INPUT,
    LOSS,
    MUTED,
    REFERENCE,
    SERIES,
    text_on,
)
from innosi.scenarios.drawing.scales import Scale, decades, fitting_scale, shape
from innosi.scenarios.summaries.summary import Figure as Interval

_ROW = 0.42
_SMALL = 8.5
_DASHED = (0, (4, 3))
_LEAST_LABELLED = 0.09
MOST_SWINGS = 12
"""So many numbers the tornado shows, those that move the result most."""
SMALLEST_RATIO = 0.1
"""What the strip of published ratios shows at its left end: this and less."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plot: its label, its draws, and which option it belongs to."""

    label: str
    draws: FloatArray
    series: int = 0


Values = Sequence[tuple[str, FloatArray]]
"""Labels with their draws; two may have the same label."""


def distributions(name: str, rows: Sequence[Row], *, axis: str, reference: float | None, title: str) -> Plot:
    """Draw the distribution of each row: its shape, its median, and its 90 % interval.

    Parameters
    ----------
    reference
        Where a line is drawn: 1 for a ratio, whose labels then have two decimals.
    """
    scale = fitting_scale([row.draws for row in rows], reference)
    figures = [Interval.of(row.draws) for row in rows]
    with drawing(0.95 + 0.66 * len(rows)) as (figure, axes):
        scale.lay_on(axes)
        for place, (row, found) in enumerate(zip(rows, figures, strict=True)):
            text = short(found.median) if reference is None else ratio(found.median)
            _ridge(axes, place, row, found, scale)
            _beside(axes, (found.median, place), text, below=True)
        _labels(axes, [row.label for row in rows], lines=3)
        axes.set_ylim(len(rows) - 0.4, -0.95)
        if reference is not None:
            axes.axvline(reference, color=REFERENCE, linewidth=1, linestyle=_DASHED, zorder=0)
        axes.set_xlabel(f"{axis}{scale.note}")
        axes.grid(axis="x")
        return finished(figure, name, title, _listed(title, [row.label for row in rows], figures))


def bars(name: str, values: Values, *, axis: str, title: str, colour: str | None = None) -> Plot:
    """Draw the median of each value with its 90 % interval; negative ones to the left."""
    labels, figures = [label for label, _ in values], [Interval.of(draws) for _, draws in values]
    with drawing(1.0 + _ROW * len(values), width=HALF) as (figure, axes):
        for place, found in enumerate(figures):
            shade = colour or (GAIN if found.median >= 0 else LOSS)
            axes.barh(place, found.median, height=0.6, color=shade, alpha=0.85)
            axes.plot(
                [found.low, found.high], [place, place], color=INK, linewidth=1.2, solid_capstyle="butt"
            )
        _labels(axes, labels)
        _column(axes, "median", [short(found.median) for found in figures])
        axes.set_ylim(len(values) - 0.5, -0.5)
        _money_axis(axes, axis)
        return finished(figure, name, title, _listed(title, labels, figures))


def by_year(name: str, values: Sequence[FloatArray], inputs: FloatArray, *, axis: str, title: str) -> Plot:
    """Draw the value of each year with its 90 % interval, and the inputs before it."""
    figures = [Interval.of(draws) for draws in values]
    paid = Interval.of(-inputs)
    labels = ["inputs", *(str(year) for year in range(1, len(values) + 1))]
    step = -(-len(values) // 12)
    shown = [year for year in range(1, len(values) + 1) if year == 1 or year % step == 0]
    with drawing(2.8, width=HALF) as (figure, axes):
        before = -0.07 * len(values) - 0.3
        for place, found in zip([before, *range(1, len(labels))], [paid, *figures], strict=True):
            colour = INPUT if place == before else GAIN if found.median >= 0 else LOSS
            width = 0.7 if place != before else max(0.7, 0.06 * len(values))
            axes.bar(place, found.median, color=colour, width=width, alpha=0.85)
            axes.plot(
                [place, place], [found.low, found.high], color=INK, linewidth=1.2, solid_capstyle="butt"
            )
        axes.set_xticks([before, *shown], ["inputs", *map(str, shown)])
        axes.set_xlabel("year")
        axes.axhline(0, color=MUTED, linewidth=0.8)
        axes.yaxis.set_major_formatter(short)
        axes.set_ylabel(axis)
        axes.grid(axis="y")
        return finished(figure, name, title, _listed(title, labels, [paid, *figures]))


def tornado_plot(
    name: str,
    swings: Sequence[Swing],
    centre: float,
    *,
    axis: str,
    title: str,
    labels: Sequence[Sequence[str]],
) -> Plot:
    """Draw what the result becomes as each input goes from its 5 % to its 95 % quantile.

    Parameters
    ----------
    labels
        Of each swing: the input's name, and its low and high value as people read them.
    """
    shown = list(zip(swings[:MOST_SWINGS], labels, strict=False))
    with drawing(1.0 + _ROW * max(len(shown), 1)) as (figure, axes):
        for place, (swing, (_, *ends)) in enumerate(shown):
            results = (swing.result_at_low, swing.result_at_high)
            for value, end, colour in zip(results, ends, (AT_LOW, AT_HIGH), strict=True):
                axes.barh(place, value - centre, left=centre, height=0.6, color=colour)
                _beside(axes, (value, place), end, left=value < centre)
        _labels(axes, [label for _, (label, *_) in shown])
        axes.axvline(centre, color=INK, linewidth=1)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.margins(x=0.17)
        axes.xaxis.set_major_formatter(short)
        axes.set_xlabel(axis)
        axes.grid(axis="x")
        _legend(figure, {"the number at its 5 % quantile": AT_LOW, "at its 95 % quantile": AT_HIGH})
        text = "; ".join(
            f"{label}: {short(swing.result_at_low)} at {low}, {short(swing.result_at_high)} at {high}"
            for swing, (label, low, high) in shown
        )
        return finished(figure, name, title, f"{title}. {text}.")


def waterfall(name: str, steps: Mapping[str, float], *, axis: str, title: str) -> Plot:
    """Draw the way from the gross value, over what each correction takes off, to what is left."""
    left = sum(steps.values())
    with drawing(0.8 + _ROW * (len(steps) + 1)) as (figure, axes):
        total, ends = 0.0, []
        for place, value in enumerate([*steps.values(), left]):
            is_end = place in (0, len(steps))
            start = 0.0 if is_end else total
            fall = (GAIN if is_end else CORRECTED) if value >= 0 else LOSS
            axes.barh(place, value, left=start, height=0.6, color=fall)
            total = start + value
            ends += [start, total]
            _beside(axes, (max(start, total), place), short(value))
        labels = [*steps, "the project's own"]
        _labels(axes, labels)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        span = (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - (0.03 * span if min(ends) < 0 else 0.0), max(ends) + 0.15 * span)
        _money_axis(axes, axis)
        text = "; ".join(
            f"{label} {value:,.0f}" for label, value in zip(labels, [*steps.values(), left], strict=True)
        )
        return finished(figure, name, title, f"{title}. {text}.")


def evidence_plot(name: str, shares: EvidenceShares, *, title: str) -> Plot:
    """Draw how much of the value rests on which grade, for each of its ingredients and for the weakest."""
    rows = {
        each.replace("drop_off", "drop-off").replace("_", " "): found
        for each, found in shares.by_ingredient.items()
    }
    rows |= {"weakest link": shares.weakest, "inputs": shares.inputs}
    with drawing(1.3 + _ROW * len(rows)) as (figure, axes):
        for place, found in enumerate(rows.values()):
            _stack(axes, place, found)
        _labels(axes, list(rows))
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("share of the value (of the amounts, for inputs)")
        _legend(figure, {grade.label: EVIDENCE[grade] for grade in EvidenceGrade})
        text = "; ".join(
            f"{row}: {', '.join(f'{part:.0%} {grade.label}' for grade, part in found.items())}"
            for row, found in rows.items()
        )
        return finished(figure, name, title, f"{title}. {text}.")


def published_strip(name: str, stated: Interval, corrected: Interval, *, title: str) -> Plot:
    """Draw where a ratio stands among the published ones, as it is and with the missing corrections."""
    low, median, high = PUBLISHED_RATIOS.values()
    places = {
        "published reports": (low, median, high, MUTED),
        "as computed": (stated.low, stated.median, stated.high, GAIN),
        "with usual corrections": (corrected.low, corrected.median, corrected.high, CORRECTED),
    }
    least = min(stated.low, corrected.low)
    start, end = (
        max(0.8 * min(least, 1.0), 0.8 * SMALLEST_RATIO),
        1.3 * max(high, corrected.high, stated.high),
    )
    with drawing(1.95) as (figure, axes):
        for place, (*found, colour) in enumerate(places.values()):
            first, middle, last = (max(value, SMALLEST_RATIO) for value in found)
            axes.plot([first, last], [place] * 2, color=colour, linewidth=7, alpha=0.4, solid_capstyle="butt")
            axes.plot(middle, place, "o", color=colour, markersize=8)
            _beside(axes, (middle, place), ratio(found[1]), above=True)
        axes.set_xscale("log")
        axes.set_xlim(start, end)
        ticks = decades(start, end)
        texts = [f"≤ {short(tick)}" if least < tick <= SMALLEST_RATIO else short(tick) for tick in ticks]
        axes.set_xticks(ticks, texts)
        axes.minorticks_off()
        _labels(axes, list(places))
        axes.set_ylim(2.5, -0.8)
        axes.axvline(1, color=REFERENCE, linewidth=1, linestyle=_DASHED, zorder=0)
        axes.set_xlabel("ratio, logarithmic (bar: 80 % of the reports, 90 % interval; dot: median)")
        medians = f"as computed {ratio(stated.median)}, with usual corrections {ratio(corrected.median)}"
        return finished(figure, name, title, f"{title}. Published median {median}, {medians}.")


def _ridge(axes: Axes, place: int, row: Row, found: Interval, scale: Scale) -> None:
    colour = SERIES[row.series % len(SERIES)]
    where, heights = shape(row.draws, scale)
    axes.fill_between(
        where, place, place - 0.72 * heights, where=heights > 0.003, color=colour, alpha=0.35, linewidth=0
    )
    axes.plot([found.low, found.high], [place, place], color=colour, linewidth=2.5, solid_capstyle="butt")
    axes.plot(found.median, place, "o", color=colour, markersize=6)


def _stack(axes: Axes, place: int, shares: Mapping[EvidenceGrade, float]) -> None:
    """One bar of shares, each with its percentage where there is room for it."""
    left = 0.0
    for grade in EvidenceGrade:
        share, colour = shares.get(grade, 0.0), EVIDENCE[grade]
        if share > 0:
            axes.barh(place, share, left=left, height=0.66, color=colour, edgecolor="white", linewidth=0.6)
        if share >= _LEAST_LABELLED:
            middle = left + share / 2
            axes.text(
                middle,
                place,
                percent(share),
                ha="center",
                va="center",
                fontsize=_SMALL,
                color=text_on(colour),
            )
        left += share


def _beside(
    axes: Axes,
    at: tuple[float, float],
    text: str,
    *,
    left: bool = False,
    below: bool = False,
    above: bool = False,
) -> None:
    """Write a small text beside a point: to its right, unless it is said otherwise."""
    offset = (0, -13) if below else (0, 6) if above else (-4 if left else 4, 0)
    across = "center" if below or above else "right" if left else "left"
    up = "baseline" if below or above else "center"
    axes.annotate(
        text, at, offset, textcoords="offset points", ha=across, va=up, fontsize=_SMALL, annotation_clip=True
    )


def _column(axes: Axes, head: str, texts: Sequence[str]) -> None:
    """Write a text for each row at the right of a plot, under a head."""
    for place, text in enumerate([head, *texts], start=-1):
        colour, at = (MUTED, -0.62) if place < 0 else (INK, place)
        axes.text(
            1.02,
            at,
            text,
            transform=axes.get_yaxis_transform(),
            va="bottom" if place < 0 else "center",
            fontsize=_SMALL,
            color=colour,
        )


def _legend(figure: Sheet, colours: Mapping[str, str]) -> None:
    figure.legend(
        handles=[Patch(color=colour, label=label) for label, colour in colours.items()],
        loc="outside upper left",
        ncols=len(colours),
        frameon=False,
        fontsize=_SMALL,
        handlelength=1,
        columnspacing=1,
    )


def _labels(axes: Axes, labels: Sequence[str], *, lines: int = 2) -> None:
    axes.set_yticks(range(len(labels)), [_wrapped(label, lines) for label in labels])


def _wrapped(label: str, lines: int, width: int = 34) -> str:
    """Break a long label in lines and cut what is longer still, but never all that follows its last colon."""
    if len(label) <= width:
        return label
    head, colon, tail = label.rpartition(": ")
    if not colon:
        return _cut(label, width, lines)
    return f"{_cut(head, width - 1, 1)}:\n{_cut(tail, width, lines - 1)}"


def _cut(text: str, width: int, lines: int) -> str:
    return fill(text, width, max_lines=lines, placeholder="…")


def _money_axis(axes: Axes, axis: str) -> None:
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(short)
    axes.set_xlabel(axis)
    axes.grid(axis="x")


def _listed(title: str, labels: Sequence[str], figures: Sequence[Interval]) -> str:
    parts = [
        f"{label}: median {_plain(found.median)}, 90 % between {_plain(found.low)} and {_plain(found.high)}"
        for label, found in zip(labels, figures, strict=True)
    ]
    return f"{title}. {'; '.join(parts)}."


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
