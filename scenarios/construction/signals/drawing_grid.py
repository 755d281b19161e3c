"""The plot of drivers on the impact–uncertainty grid."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.signals.drivers import Drivers
from innosi.scenarios.construction.signals.grid import Grid, Quadrant
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.label_placing import joined, label_points
from innosi.scenarios.drawing.palette import AT_HIGH, AT_LOW, CORRECTED, GAIN, INK, LOSS, MUTED

MOST_LABELLED = 24
"""With more drivers, only the most critical ones are labelled and have the middle half of the panel."""
SURE = 0.8
"""From this share of the resamples on a driver's point is filled."""
_COLOURS: Mapping[Quadrant, str] = {
    Quadrant.CRITICAL: LOSS,
    Quadrant.GIVEN: GAIN,
    Quadrant.WATCH: CORRECTED,
    Quadrant.BACKGROUND: AT_HIGH,
}
_SMALL, _ALONG = 8.5, 7


def draw_grid(drivers: Drivers) -> Plot:
    """Draw each driver at the medians of its ratings, with the middle half of the panel.

    Raises
    ------
    InnosiError
        If nobody has rated the drivers.
    """
    grid = drivers.grid
    if grid is None:
        raise InnosiError(
            "there is nothing to draw: nobody has rated the drivers", mend="let the panel rate them first"
        )
    with drawing(6.6, width=7.6) as (figure, axes):
        _frame(axes, drivers, grid)
        leading = _leading(grid)
        for i, quadrant in enumerate(grid.quadrants):
            is_sure = drivers.can_be_sure and bool(grid.sureness[i] >= SURE)
            _point(axes, grid, i, _COLOURS[quadrant], is_sure=is_sure, has_half=i in leading)
        _legend(axes, is_all=len(leading) == len(grid.scores))
        titles = [each.title for each in drivers.drivers.values()]
        points = [(float(x), float(y)) for y, x in grid.medians]
        named = joined([points[i] for i in leading], [titles[i] for i in leading])
        label_points(axes, named, avoid=[*_lines(grid, drivers, leading), *points])
        title = grid_title(drivers)
        return finished(figure, "grid", title, f"{title}. {_in_words(drivers, grid)}")


def grid_title(drivers: Drivers) -> str:
    """Say how many drivers are critical, and which are so most."""
    critical = drivers.of(Quadrant.CRITICAL)
    n = len(drivers.drivers)
    if not critical:
        return f"None of {n} drivers is both strong and uncertain"
    first = " and ".join(f"“{drivers.drivers[name].title}”" for name in critical[:2])
    if len(critical) == 1:
        return f"1 of {n} drivers is a critical uncertainty, {first}"
    return f"{len(critical)} of {n} drivers are critical uncertainties, first of all {first}"


def _leading(grid: Grid) -> list[int]:
    """The drivers that are labelled, in their order: all, or of many the most critical."""
    if len(grid.scores) <= MOST_LABELLED:
        return list(range(len(grid.scores)))
    return sorted(map(int, np.argsort(-grid.scores, kind="stable")[: MOST_LABELLED // 2]))


def _frame(axes: Axes, drivers: Drivers, grid: Grid) -> None:
    (low_y, high_y), (low_x, high_x) = drivers.scales["impact"], drivers.scales["uncertainty"]
    margin_x, margin_y = 0.04 * (high_x - low_x), 0.04 * (high_y - low_y)
    axes.set_xlim(low_x - margin_x, high_x + margin_x)
    axes.set_ylim(low_y - margin_y, high_y + margin_y)
    cut_y, cut_x = (float(cut) for cut in grid.cuts)
    axes.axhline(cut_y, color=AT_LOW, linewidth=1, zorder=0)
    axes.axvline(cut_x, color=AT_LOW, linewidth=1, zorder=0)
    corners = {
        Quadrant.CRITICAL: (0.995, 0.995, "right", "top"),
        Quadrant.GIVEN: (0.005, 0.995, "left", "top"),
        Quadrant.WATCH: (0.995, 0.005, "right", "bottom"),
        Quadrant.BACKGROUND: (0.005, 0.005, "left", "bottom"),
    }
    for quadrant, (x, y, across, up) in corners.items():
        axes.text(
            x, y, _NAMES[quadrant], transform=axes.transAxes, ha=across, va=up, fontsize=9, fontweight="bold",
            color=_COLOURS[quadrant],
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    axes.set_xlabel(f"uncertainty: {low_x} certain, {high_x} wholly uncertain")
    axes.set_ylabel(f"impact: {low_y} hardly any, {high_y} very strong")


_NAMES = {
    Quadrant.CRITICAL: "critical uncertainties",
    Quadrant.GIVEN: "givens",
    Quadrant.WATCH: "to watch",
    Quadrant.BACKGROUND: "background",
}


def _point(axes: Axes, grid: Grid, i: int, colour: str, *, is_sure: bool, has_half: bool) -> None:
    y, x = grid.medians[i]
    if has_half:
        line: dict[str, Any] = {"color": colour, "linewidth": 1.6, "alpha": 0.4, "zorder": 2}
        axes.plot((grid.lower[i, 1], grid.upper[i, 1]), (y, y), **line)
        axes.plot((x, x), (grid.lower[i, 0], grid.upper[i, 0]), **line)
    face = colour if is_sure else "white"
    axes.plot(x, y, "o", color=colour, markerfacecolor=face, markersize=8, markeredgewidth=1.6, zorder=4)


def _lines(grid: Grid, drivers: Drivers, leading: Sequence[int]) -> list[tuple[float, float]]:
    """Points along the lines of the picture, which no label should cover."""
    found: list[tuple[float, float]] = []
    halves = zip(grid.lower[leading], grid.upper[leading], grid.medians[leading], strict=True)
    for (low_y, low_x), (high_y, high_x), (y, x) in halves:
        found += [(float(at), float(y)) for at in np.linspace(low_x, high_x, _ALONG)]
        found += [(float(x), float(at)) for at in np.linspace(low_y, high_y, _ALONG)]
    cut_y, cut_x = (float(cut) for cut in grid.cuts)
    found += [(float(at), cut_y) for at in np.linspace(*drivers.scales["uncertainty"], 6 * _ALONG)]
    found += [(cut_x, float(at)) for at in np.linspace(*drivers.scales["impact"], 6 * _ALONG)]
    (low_y, high_y), (low_x, high_x) = drivers.scales["impact"], drivers.scales["uncertainty"]
    for edge in (low_y, high_y):  # where the quadrants' names stand
        found += [(low_x + at * (high_x - low_x), float(edge)) for at in (0, 0.05, 0.1, 0.8, 0.87, 0.94, 1)]
    return found


def _legend(axes: Axes, *, is_all: bool) -> None:
    style: dict[str, Any] = {"color": MUTED, "linestyle": "none", "marker": "o", "markersize": 7}
    axes.plot([], [], **style, label="sure: in the same quadrant in 80 % of panels drawn or more")
    axes.plot([], [], **style, markerfacecolor="white", label="not sure")
    half = "the middle half of the panel" if is_all else "middle half, of the most critical"
    axes.plot([], [], color=MUTED, linewidth=1.6, alpha=0.5, label=half)
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.1),
        ncols=3,
        frameon=False,
        fontsize=_SMALL,
        labelcolor=INK,
    )


def _in_words(drivers: Drivers, grid: Grid) -> str:
    words = [
        f"{each.title}: {grid.quadrants[i]}, impact {grid.medians[i, 0]:g},"
        f" uncertainty {grid.medians[i, 1]:g}, sure {grid.sureness[i]:.0%}"
        for i, each in enumerate(drivers.drivers.values())
    ]
    return "; ".join(words) + "."
