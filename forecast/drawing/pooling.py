"""Pooled judgements: the panellists' own intervals, and the panel's distribution by each method."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from innosi.forecast.pooling.study import PooledQuestion
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution
from innosi.scenarios.drawing.figures import Plot, drawing, finished, legend_below
from innosi.scenarios.drawing.numbers import short
from innosi.scenarios.drawing.palette import INK, MUTED, SERIES

MOST_PANELS = 12
"""So many questions are drawn, the first of the study."""
METHOD_COLOURS = {
    "linear_pool": SERIES[0],
    "vincent": SERIES[1],
    "logarithmic": SERIES[2],
    "empirical": SERIES[3],
}
_WIDE, _HIGH, _TITLE = 9.0, 2.7, 44
_MOST_LINES = 40


def pooling_plot(study: Study, pooled: Sequence[PooledQuestion]) -> Plot:
    """Draw the panel's belief about each question by every method, above its panellists' 90 % intervals."""
    by_question: dict[str, list[PooledQuestion]] = {}
    for each in pooled:
        by_question.setdefault(each.question.name, []).append(each)
    shown = list(by_question.values())[:MOST_PANELS]
    n_columns = 1 if len(shown) == 1 else 2
    n_rows = -(-len(shown) // n_columns)
    with drawing(_HIGH * n_rows * (1.3 if n_columns == 1 else 1), width=_WIDE) as (figure, axes):
        axes.remove()
        grid = figure.subplots(n_rows, n_columns, squeeze=False)
        for place, methods in zip(grid.flat, shown, strict=False):
            _question(place, methods)
        for place in list(grid.flat)[len(shown) :]:
            place.set_visible(False)
        legend_below(figure, list(grid.flat)[: len(shown)])
    title = f"{study.title}: {_finding(shown)}"
    if len(by_question) > len(shown):
        title += f" (the first {len(shown)} of {len(by_question)})"
    words = "; ".join(_words(each) for methods in shown for each in methods)
    return finished(figure, "pooling", title, words)


def _question(axes: Axes, methods: list[PooledQuestion]) -> None:
    question = methods[0].question
    known = [each for each in methods if each.pooled is not None]
    edges = np.array([each.pooled.distribution.quantile([0.01, 0.99]) for each in known if each.pooled])
    low, high = float(edges.min()), float(edges.max())
    grid = np.linspace(low - 0.03 * (high - low), high + 0.03 * (high - low), 200) if high > low else None
    for each in known:
        if each.pooled is not None:
            _curve(axes, each.method, each.pooled.distribution, grid)
    _intervals(axes, methods[0].judgements)
    axes.set_title(fill(f"{question.name}: {question.text}", _TITLE), loc="left", fontsize=9, color=INK)
    axes.set_xlabel(question.unit or "answer", fontsize=8)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=8, length=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    if question.is_share:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    elif question.type != "year":
        axes.xaxis.set_major_formatter(lambda value, _: short(value))


def _curve(axes: Axes, method: str, distribution: Distribution, grid: FloatArray | None) -> None:
    """Draw a distribution as its histogram over equal stretches, the tallest 1 high; a level as a line."""
    colour, words = METHOD_COLOURS[method], method.replace("_", " ")
    if grid is None:
        axes.plot([float(distribution.quantile(0.5))] * 2, [0, 1], color=colour, label=words)
        return
    mass = np.diff(distribution.cumulative(grid))
    tallest = float(mass.max()) or 1.0
    middle = (grid[:-1] + grid[1:]) / 2
    if method == "empirical":
        axes.vlines(
            middle[mass > 0], 0, mass[mass > 0] / tallest * 0.5, color=colour, linewidth=1.6, label=words
        )
        return
    axes.plot(middle, mass / tallest, color=colour, linewidth=1.4, label=words)
    axes.fill_between(middle, 0, mass / tallest, color=colour, alpha=0.08, linewidth=0)


def _intervals(axes: Axes, judgements: Sequence[Distribution]) -> None:
    """Draw each panellist's 90 % interval and median below the axis, in rising order of the medians."""
    drawn = sorted(judgements[:_MOST_LINES], key=lambda each: float(each.quantile(0.5)))
    for row, each in enumerate(drawn):
        low, middle, high = map(float, each.quantile([0.05, 0.5, 0.95]))
        height = -0.12 - 0.8 * row / max(len(drawn), 8)
        axes.plot([low, high], [height, height], color=MUTED, linewidth=0.8)
        axes.plot([middle], [height], "o", color=MUTED, markersize=2)
    axes.axhline(0, color=MUTED, linewidth=0.6)
    axes.set_ylim(-1.0 if drawn else -0.05, 1.08)


def _finding(shown: list[list[PooledQuestion]]) -> str:
    if len(shown) > 1:
        return f"what the panel believes about {len(shown)} questions, by each way of pooling"
    known = [each for each in shown[0] if each.pooled is not None]
    return _words(known[0]) if known else "no pool"


def _words(each: PooledQuestion) -> str:
    if each.pooled is None:
        return f"{each.question.name}, {each.method}: {each.reason}"
    low, middle, high = map(float, each.pooled.distribution.quantile([0.05, 0.5, 0.95]))
    words = each.method.replace("_", " ")
    return f"{each.question.name}, {words}: median {short(middle)}, 90 % within {short(low)} to {short(high)}"
