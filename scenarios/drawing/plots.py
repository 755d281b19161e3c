"""The plots of a simulated scenario set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter, PercentFormatter

from innosi.models.arrays import FloatArray
from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.analysis.evidence import EvidenceShares
from innosi.scenarios.analysis.over_claim import PUBLISHED_RATIOS
from innosi.scenarios.analysis.tornado import Swing
from innosi.scenarios.drawing.figures import HALF, Plot, drawing, finished
from innosi.scenarios.drawing.palette import (
    EVIDENCE,
    GAIN,
    INK,
    INPUT,
    LOSS,
    MUTED,
    REFERENCE,
    SERIES,
)
from innosi.scenarios.results import Figure as Interval

_ROW = 0.42
MOST_SWINGS = 12
"""So many numbers the tornado shows, those that move the result most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plot: its label, its draws, and which option it belongs to."""

    label: str
    draws: FloatArray
    series: int = 0


def distributions(name: str, rows: Sequence[Row], *, axis: str, reference: float | None, title: str) -> Plot:
    """Draw the distribution of each row: its shape, its median, and its 90 % interval."""
    figures = [Interval.of(row.draws) for row in rows]
    low, high = _shown_range([row.draws for row in rows], reference)
    with drawing(0.9 + 0.62 * len(rows)) as (figure, axes):
        for place, (row, found) in enumerate(zip(rows, figures, strict=True)):
            colour = SERIES[row.series % len(SERIES)]
            centres, heights = _shape(row.draws, low, high)
            axes.fill_between(centres, place, place - 0.72 * heights, color=colour, alpha=0.35, linewidth=0)
            axes.plot(
                [found.low, found.high], [place, place], color=colour, linewidth=2.5, solid_capstyle="butt"
            )
            axes.plot(found.median, place, "o", color=colour, markersize=6)
            axes.annotate(
                f"{found.median:.2f}".replace("-", "−"),
                (found.median, place),
                (0, -13),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                annotation_clip=True,
            )
        _labels(axes, [row.label for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.95)
        axes.set_xlim(low, high)
        if reference is not None:
            axes.axvline(reference, color=REFERENCE, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_xlabel(axis)
        axes.grid(axis="x")
        return finished(figure, name, title, _listed(title, [row.label for row in rows], figures))


def bars(
    name: str, values: Mapping[str, FloatArray], *, axis: str, title: str, colour: str | None = None
) -> Plot:
    """Draw the median of each value with its 90 % interval; negative ones to the left."""
    figures = {label: Interval.of(draws) for label, draws in values.items()}
    with drawing(0.8 + _ROW * len(values), width=HALF) as (figure, axes):
        for place, found in enumerate(figures.values()):
            fill = colour or (GAIN if found.median >= 0 else LOSS)
            axes.barh(place, found.median, height=0.6, color=fill, alpha=0.85)
            axes.plot([found.low, found.high], [place, place], color=INK, linewidth=1.2)
        _labels(axes, list(figures))
        axes.set_ylim(len(values) - 0.5, -0.5)
        _money_axis(axes, axis)
        return finished(figure, name, title, _listed(title, list(figures), list(figures.values())))


def by_year(name: str, values: Sequence[FloatArray], inputs: FloatArray, *, axis: str, title: str) -> Plot:
    """Draw the value of each year with its 90 % interval, and the inputs before it."""
    figures = [Interval.of(draws) for draws in values]
    paid = Interval.of(-inputs)
    labels = ["inputs", *(str(year) for year in range(1, len(values) + 1))]
    with drawing(2.8, width=HALF) as (figure, axes):
        for place, found in enumerate([paid, *figures]):
            colour = INPUT if place == 0 else GAIN if found.median >= 0 else LOSS
            axes.bar(place, found.median, color=colour, width=0.7, alpha=0.85)
            axes.plot([place, place], [found.low, found.high], color=INK, linewidth=1.2)
        axes.set_xticks(range(len(labels)), labels)
        axes.set_xlabel("year")
        axes.axhline(0, color=MUTED, linewidth=0.8)
        axes.yaxis.set_major_formatter(EngFormatter(sep=" "))
        axes.set_ylabel(axis)
        axes.grid(axis="y")
        return finished(figure, name, title, _listed(title, labels, [paid, *figures]))


def tornado_plot(
    name: str, swings: Sequence[Swing], centre: float, *, axis: str, title: str, labels: Mapping[str, str]
) -> Plot:
    """Draw what the result becomes as each input goes from its 5 % to its 95 % quantile."""
    shown = list(swings[:MOST_SWINGS])
    with drawing(0.9 + _ROW * max(len(shown), 1)) as (figure, axes):
        for place, swing in enumerate(shown):
            for value, colour in ((swing.result_at_low, SERIES[1]), (swing.result_at_high, GAIN)):
                axes.barh(place, value - centre, left=centre, height=0.6, color=colour, alpha=0.9)
        _labels(axes, [labels.get(swing.name, swing.name) for swing in shown])
        axes.axvline(centre, color=INK, linewidth=1)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlabel(f"{axis}\n(orange: the number at its 5 % quantile, blue: at its 95 %)")
        axes.grid(axis="x")
        text = "; ".join(
            f"{labels.get(swing.name, swing.name)}: {swing.result_at_low:.3g} to {swing.result_at_high:.3g}"
            for swing in shown
        )
        return finished(figure, name, title, f"{title}. {text}.")


def waterfall(name: str, steps: Mapping[str, float], *, axis: str, title: str) -> Plot:
    """Draw the way from the gross value, over what each correction takes off, to what is left."""
    total = 0.0
    with drawing(0.8 + _ROW * (len(steps) + 1)) as (figure, axes):
        labels, text = [], []
        for place, (label, step) in enumerate([*steps.items(), ("the project's own", float("nan"))]):
            is_end = place in (0, len(steps))
            value = step if place == 0 else total if is_end else step
            start = 0.0 if is_end else total
            axes.barh(
                place,
                value,
                left=start,
                height=0.6,
                color=GAIN if is_end else LOSS if value < 0 else SERIES[2],
            )
            total = value if place == 0 else total + (0.0 if is_end else value)
            labels.append(label)
            text.append(f"{label} {value:,.0f}")
        _labels(axes, labels)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        _money_axis(axes, axis)
        return finished(figure, name, title, f"{title}. {'; '.join(text)}.")


def evidence_plot(name: str, shares: EvidenceShares, *, title: str) -> Plot:
    """Draw how much of the value rests on which grade, for each of its ingredients and for the weakest."""
    rows = {each.replace("_", " "): found for each, found in shares.by_ingredient.items()}
    rows |= {"weakest link": shares.weakest, "inputs": shares.inputs}
    with drawing(1.3 + _ROW * len(rows)) as (figure, axes):
        for place, found in enumerate(rows.values()):
            left = 0.0
            for grade in EvidenceGrade:
                share = found.get(grade, 0.0)
                axes.barh(
                    place,
                    share,
                    left=left,
                    height=0.66,
                    color=EVIDENCE[grade],
                    edgecolor="white",
                    linewidth=0.6,
                )
                left += share
        _labels(axes, list(rows))
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("share of the value (of the amounts, for inputs)")
        handles = [Patch(color=EVIDENCE[grade], label=grade.label) for grade in EvidenceGrade]
        figure.legend(
            handles=handles,
            loc="outside upper left",
            ncols=6,
            frameon=False,
            fontsize=8.5,
            handlelength=1,
            columnspacing=1,
        )
        text = "; ".join(
            f"{row}: {', '.join(f'{share:.0%} {grade.label}' for grade, share in found.items())}"
            for row, found in rows.items()
        )
        return finished(figure, name, title, f"{title}. {text}.")


def published_strip(name: str, stated: Interval, corrected: Interval, *, title: str) -> Plot:
    """Draw where a ratio stands among the published ones, as it is and with the missing corrections."""
    with drawing(1.75) as (figure, axes):
        low, median, high = PUBLISHED_RATIOS.values()
        places = {
            "published reports": (low, median, high, MUTED),
            "as computed": (stated.low, stated.median, stated.high, GAIN),
        }
        places["with usual corrections"] = (corrected.low, corrected.median, corrected.high, SERIES[2])
        for place, (start, middle, end, colour) in enumerate(places.values()):
            axes.plot(
                [max(start, 0.05), max(end, 0.05)],
                [place, place],
                color=colour,
                linewidth=7,
                alpha=0.4,
                solid_capstyle="butt",
            )
            axes.plot(max(middle, 0.05), place, "o", color=colour, markersize=8)
        axes.set_xscale("log")
        axes.set_xlim(0.05, max(20.0, 1.2 * high, 1.2 * stated.high))
        axes.set_xticks([0.1, 0.3, 1, 3, 10], ["≤ 0.1", "0.3", "1", "3", "10"])
        axes.minorticks_off()
        _labels(axes, list(places))
        axes.set_ylim(2.6, -0.6)
        axes.axvline(1, color=REFERENCE, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_xlabel("ratio, logarithmic (bar: 80 % of the reports, 90 % interval; dot: median)")
        medians = f"as computed {stated.median:.2f}, with usual corrections {corrected.median:.2f}"
        text = f"published median {median}, {medians}"
        return finished(figure, name, title, f"{title}: {text}.")


def _labels(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [_wrapped(label) for label in labels])


def _wrapped(label: str, width: int = 34) -> str:
    """Break a long label in two lines, and cut what is longer still."""
    if len(label) <= width:
        return label
    space = label.rfind(" ", 0, width + 1)
    at = space if space > 0 else width
    rest = label[at:].strip()
    return f"{label[:at]}\n{rest if len(rest) <= width else rest[: width - 1] + '…'}"


def _money_axis(axes: Axes, axis: str) -> None:
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axes.set_xlabel(axis)
    axes.grid(axis="x")


def _shape(draws: FloatArray, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """A smoothed histogram between low and high, its highest point at 1."""
    counts, edges = np.histogram(draws, bins=120, range=(low, high))
    kernel = np.exp(-0.5 * (np.arange(-9, 10) / 3.0) ** 2)
    smooth = np.convolve(counts, kernel / kernel.sum(), mode="same")
    return (edges[1:] + edges[:-1]) / 2, smooth / max(float(np.max(smooth)), 1.0)


def _shown_range(draws: Sequence[FloatArray], reference: float | None) -> tuple[float, float]:
    ends = np.array([np.quantile(each, [0.005, 0.5, 0.985]) for each in draws])
    low, high = float(ends[:, 0].min()), float(ends[:, 2].max())
    if reference is not None:
        low, high = min(low, reference), max(high, reference)
    if low >= 0:
        low = 0.0
    margin = 0.04 * ((high - low) or 1.0)
    return (low - margin if low < 0 else low), high + margin


def _listed(title: str, labels: Sequence[str], figures: Sequence[Interval]) -> str:
    parts = [
        f"{label}: median {_plain(found.median)}, 90 % between {_plain(found.low)} and {_plain(found.high)}"
        for label, found in zip(labels, figures, strict=True)
    ]
    return f"{title}. {'; '.join(parts)}."


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
