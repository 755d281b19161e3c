"""Plots of the classical model: experts' ranges beside the decision maker's, and how much each one says."""

from collections.abc import Sequence
from textwrap import shorten

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from innosi.forecast.pooling.classical.calibrating import Calibration
from innosi.forecast.pooling.classical.decision_makers import DecisionMaker
from innosi.models.arrays import FloatArray
from innosi.models.distributions.stated import percent
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short
from innosi.scenarios.drawing.palette import AT_LOW, GAIN, INK, LOSS, MUTED, RULE
from innosi.scenarios.drawing.scales import decades

_EXPERT, _DECISION_MAKER, _REALISATION = "#8f8f8f", GAIN, LOSS
_BAND = "#f5f5f5"
_SMALL = 8.5
_LONGEST = 24


def ranges(calibration: Calibration) -> Plot:
    """Draw every item: each expert's interval, the decision maker's, and the realisation.

    Each item has its own axis, from the lower to the upper end of its intrinsic range.
    """
    made, panel = calibration.decision_maker, calibration.panel
    order, middle = _seeds_first(made), _middle(made)
    n_experts, n_items = panel.information.shape
    title = _ranges_title(made)
    with drawing(1.2 + n_items * float(np.clip(0.2 + 0.045 * n_experts, 0.3, 0.5))) as (figure, axes):
        for row, item in enumerate(order):
            place = _onto(panel.low[item], panel.high[item])
            if row % 2:
                axes.axhspan(row - 0.5, row + 0.5, color=_BAND, zorder=0, linewidth=0)
            _experts_in_row(axes, row, place(panel.judgements[:, item]), middle)
            _decision_maker_in_row(axes, row + 0.34, place(made.mixed.quantiles[0, item]), middle)
            axes.plot(place(panel.realisations[item]), row + 0.34, "D", color=_REALISATION, markersize=5)
        _item_labels(axes, made, order)
        _split(axes, made.elicitation.n_seeds, n_items)
        axes.set_xlim(0, 100)
        axes.set_xlabel("position in the item's intrinsic range (%); logarithmic for log items")
        _legend(axes, made)
        return finished(figure, "classical-ranges", title, _ranges_text(title, made))


def item_ranges(calibration: Calibration, item: str) -> Plot:
    """Draw one item in its own unit: each expert's quantiles, the decision maker's, and the realisation.

    Raises
    ------
    AnswerError
        If there is no such item.
    """
    made = calibration.decision_maker
    elicitation, at = made.elicitation, made.elicitation.place(item)
    order = sorted(range(len(elicitation.experts)), key=lambda e: (-_known(made.weights[e, at]), e))
    title, middle = _item_title(made, at), _middle(made)
    with drawing(1.3 + 0.27 * (len(order) + 1)) as (figure, axes):
        for row, expert in enumerate(order):
            _whole(axes, row, elicitation.judgements[expert, at], _EXPERT, middle)
        _whole(axes, len(order) + 0.3, made.quantiles[at], _DECISION_MAKER, middle)
        known = float(elicitation.realisations[at])
        if np.isfinite(known):
            axes.axvline(known, color=_REALISATION, linewidth=1.4, zorder=0)
        names = [_label(elicitation.experts[expert]) for expert in order]
        axes.set_yticks([*range(len(order)), len(order) + 0.3], [*names, "decision maker"])
        axes.set_ylim(len(order) + 1, -0.7)
        axes.xaxis.set_major_formatter(short)
        if elicitation.scales[at] == "log":
            _logarithmic(axes)
        _weights_beside(axes, made, at, order)
        axes.set_xlabel(shorten(elicitation.texts[at] or item, 90, placeholder="…"))
        axes.grid(axis="x")
        _legend(axes, made, has_realisation=bool(np.isfinite(known)), is_line=True)
        return finished(figure, "classical-item", title, _item_text(title, made, at))


def informations(calibration: Calibration) -> Plot:
    """Draw how much each expert, and the decision maker, says of every item beyond its background."""
    made, panel = calibration.decision_maker, calibration.panel
    order = _seeds_first(made)
    own = _information(calibration)
    title = _information_title(calibration)
    with drawing(1.2 + 0.27 * len(order)) as (figure, axes):
        for row, item in enumerate(order):
            axes.axhline(row, color=RULE, linewidth=0.6, zorder=0)
            stated = panel.information[:, item]
            axes.plot(
                stated, np.full(stated.shape, row), "o", color=_EXPERT, alpha=0.55, markersize=4.5, mew=0
            )
            axes.plot(own[item], row, "D", color=_DECISION_MAKER, markersize=5.5)
        _item_labels(axes, made, order)
        _split(axes, made.elicitation.n_seeds, len(order))
        axes.set_xlim(left=0)
        axes.set_xlabel("information relative to the background (nats); 0: says nothing")
        handles = [_mark("o", _EXPERT, "an expert"), _mark("D", _DECISION_MAKER, _who(made))]
        _legend_of(axes, handles)
        return finished(figure, "classical-information", title, title)


def _legend_of(axes: Axes, handles: Sequence[Line2D]) -> None:
    place = (0.5, 1.0)
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=place, ncols=3, frameon=False, fontsize=9)


def _information(calibration: Calibration) -> FloatArray:
    """The decision maker's information on every item, shape (n_items,)."""
    from innosi.forecast.pooling.classical.scores import bin_masses, information

    panel = calibration.panel
    masses = bin_masses(panel.elicitation.probabilities)
    return information(calibration.decision_maker.mixed.quantiles[0], panel.low, panel.high, masses)


def _seeds_first(made: DecisionMaker) -> list[int]:
    is_seed = made.elicitation.is_seed
    return sorted(range(len(is_seed)), key=lambda item: (not is_seed[item], item))


def _middle(made: DecisionMaker) -> int:
    """Which quantile is the median, or the nearest to it."""
    return int(np.argmin(np.abs(np.array(made.elicitation.probabilities) - 0.5)))


def _onto(low: float, high: float) -> "_Onto":
    return _Onto(float(low), float(high))


class _Onto:
    """Places numbers in a range, as percentages of it."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.width = low, high - low

    def __call__(self, values: FloatArray | float) -> FloatArray:
        return 100 * (np.asarray(values) - self.low) / self.width


def _experts_in_row(axes: Axes, row: int, values: FloatArray, middle: int) -> None:
    """Draw the experts' intervals above one another, in the upper part of an item's row."""
    n = len(values)
    heights = row + (np.linspace(-0.4, 0.16, n) if n > 1 else np.array([-0.1]))
    axes.hlines(heights, values[:, 0], values[:, -1], colors=AT_LOW, linewidth=1.3 if n <= 15 else 0.8)
    axes.plot(values[:, middle], heights, "o", color=_EXPERT, markersize=2.6 if n <= 15 else 1.2, mew=0)


def _decision_maker_in_row(axes: Axes, height: float, values: FloatArray, middle: int) -> None:
    ends = values[[0, -1]]
    axes.plot(ends, [height, height], color=_DECISION_MAKER, linewidth=3.2, solid_capstyle="butt")
    axes.plot(values[middle], height, "|", color=INK, markersize=7, markeredgewidth=1.6)


def _whole(axes: Axes, height: float, values: FloatArray, colour: str, middle: int) -> None:
    """Draw all quantiles: a line, thicker between the inner ones, and the middle one."""
    axes.plot(values[[0, -1]], [height, height], color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot(values, [height] * len(values), "|", color=colour, markersize=7, markeredgewidth=1.4)
    if len(values) > 3:
        axes.plot(
            values[[1, -2]], [height, height], color=colour, linewidth=5, solid_capstyle="butt", alpha=0.8
        )
    axes.plot(values[middle], height, "o", color=INK, markersize=4.5)


def _item_labels(axes: Axes, made: DecisionMaker, order: Sequence[int]) -> None:
    names = [_label(made.elicitation.items[item]) for item in order]
    axes.set_yticks(range(len(order)), names)
    axes.set_ylim(len(order) - 0.5, -0.5)


def _split(axes: Axes, n_seeds: int, n_items: int) -> None:
    """Part the seeds from the targets, and say which is which."""
    if 0 < n_seeds < n_items:
        axes.axhline(n_seeds - 0.5, color=INK, linewidth=0.8)
        for y, text, align in ((n_seeds - 0.55, "seeds ↑", "bottom"), (n_seeds - 0.45, "targets ↓", "top")):
            axes.annotate(
                text,
                (1.01, y),
                xycoords=("axes fraction", "data"),
                va=align,
                fontsize=_SMALL,
                color=MUTED,
            )


def _legend(axes: Axes, made: DecisionMaker, *, has_realisation: bool = True, is_line: bool = False) -> None:
    expert = Line2D([], [], color=AT_LOW if not is_line else _EXPERT, linewidth=2, label="an expert")
    whole = Line2D([], [], color=_DECISION_MAKER, linewidth=3.2, label=_who(made))
    handles = [expert, whole]
    if has_realisation and is_line:
        handles.append(Line2D([], [], color=_REALISATION, linewidth=1.4, label="realisation"))
    elif has_realisation:
        handles.append(_mark("D", _REALISATION, "realisation"))
    _legend_of(axes, handles)


def _mark(marker: str, colour: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, marker=marker, linestyle="none", label=label)


def _logarithmic(axes: Axes) -> None:
    """Make the axis logarithmic, with ticks that can be read however short it is."""
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    ticks = decades(low, high)
    if len(ticks) < 2:
        ticks = [tick for tick in MaxNLocator(5).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [short(tick) for tick in ticks])
    axes.minorticks_off()


def _weights_beside(axes: Axes, made: DecisionMaker, item: int, order: Sequence[int]) -> None:
    axes.annotate("weight", (1.02, -0.75), xycoords=("axes fraction", "data"), fontsize=_SMALL, color=MUTED)
    for row, expert in enumerate(order):
        weight = _known(made.weights[expert, item])
        axes.annotate(
            f"{weight:.2f}" if made.elicitation.is_answered[expert, item] else "no answer",
            (1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=_SMALL,
            color=INK if weight else MUTED,
        )


def _label(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _who(made: DecisionMaker) -> str:
    return f"decision maker ({made.weighting} weights)"


def _known(weight: float) -> float:
    return 0.0 if np.isnan(weight) else float(weight)


def _ranges_title(made: DecisionMaker) -> str:
    known = made.elicitation.realisations
    held = (made.quantiles[:, 0] <= known) & (known <= made.quantiles[:, -1])
    n = made.score.n_seeds
    low, high = percent(made.elicitation.probabilities[0]), percent(made.elicitation.probabilities[-1])
    return f"The decision maker's {low}–{high} interval holds {int(np.sum(held))} of {n} realisations"


def _ranges_text(title: str, made: DecisionMaker) -> str:
    lines = [
        f"{name}: {', '.join(map(short, row))}"
        for name, row in zip(made.elicitation.items, made.quantiles.tolist(), strict=True)
    ]
    return f"{title}. The decision maker's quantiles: {'; '.join(lines)}."


def _item_title(made: DecisionMaker, at: int) -> str:
    item, values = made.elicitation.items[at], made.quantiles[at]
    if np.isnan(values).any():
        return f"{item}: nobody who answered has a weight, so there is no decision maker"
    known = float(made.elicitation.realisations[at])
    about = f"{item}: the decision maker says {short(values[0])} to {short(values[-1])}"
    if np.isnan(known):
        return about
    word = "holds" if values[0] <= known <= values[-1] else "misses"
    return f"{about} and {word} the realisation, {short(known)}"


def _item_text(title: str, made: DecisionMaker, at: int) -> str:
    rows = zip(made.elicitation.experts, made.elicitation.judgements[:, at].tolist(), strict=True)
    stated = "; ".join(f"{name}: {', '.join(map(short, row))}" for name, row in rows)
    return f"{title}. {stated}."


def _information_title(calibration: Calibration) -> str:
    made = calibration.decision_maker.score.information_all.value
    experts = [score.information_all.value for score in calibration.panel.experts]
    low, high = np.nanmin(experts), np.nanmax(experts)
    return f"Information: decision maker {made:.2f} nats on average, experts {low:.2f} to {high:.2f}"
