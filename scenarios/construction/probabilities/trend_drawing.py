"""The plot of a trend-impact analysis: the fan of what may come, about the trend without surprises."""

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import MaxNLocator

from innosi.scenarios.construction.probabilities.trend_impact import TrendImpact
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short, year
from innosi.scenarios.drawing.palette import GAIN, INK, MUTED

_SMALL = 8.5
_DASHED = (0, (4, 3))


def draw_trend(found: TrendImpact, *, unit: str, history: Mapping[int, float] | None = None) -> Plot:
    """Draw the middle half and 90 % of what may come, its median, the trend, and the history."""
    title, years = trend_title(found, unit), found.model.years
    low, lower, median, upper, high = found.quantiles
    with drawing(3.9) as (figure, axes):
        axes.fill_between(years, low, high, color=GAIN, alpha=0.18, linewidth=0, label="90 % of the draws")
        axes.fill_between(years, lower, upper, color=GAIN, alpha=0.35, linewidth=0, label="middle half")
        axes.plot(years, median, color=GAIN, linewidth=2.2, label="median")
        axes.plot(
            years, found.surprise_free, color=INK, linestyle=_DASHED, linewidth=1.4, label="without surprises"
        )
        if history:
            axes.plot(list(history), list(history.values()), "o", color=MUTED, markersize=5, label="counted")
        for value in dict.fromkeys((float(low[-1]), float(median[-1]), float(high[-1]))):
            axes.annotate(
                short(value),
                (years[-1], value),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=_SMALL,
            )
        axes.set_ylim(bottom=min(0.0, float(low.min())))
        axes.set_ylabel(unit)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: year(value))
        axes.yaxis.set_major_formatter(short)
        axes.set_xlim(right=float(years[-1]) + 0.04 * float(np.ptp(years)))
        axes.grid(axis="y")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False, fontsize=_SMALL)
    text = (
        f"{title}. In {year(years[-1])}: median {short(median[-1])}, middle half {short(lower[-1])} to"
        f" {short(upper[-1])}, 90 % between {short(low[-1])} and {short(high[-1])} {unit}; without surprises"
        f" {short(found.surprise_free[-1])}."
    )
    return finished(figure, "trend", title, text)


def trend_title(found: TrendImpact, unit: str) -> str:
    """Say where the quantity ends, beside the trend without surprises, and what moves it most."""
    low, *_, high = found.quantiles[:, found.at]
    if short(low) == short(high):
        return f"{short(high)} {unit} in {found.year}, whatever happens"
    most = f"; “{found.effects[0].title}” moves it most" if found.effects else ""
    return (
        f"{short(low)} to {short(high)} {unit} in {found.year}, with {short(found.surprise_free[found.at])}"
        f" if nothing happens{most}"
    )
