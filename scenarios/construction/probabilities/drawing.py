"""The plots of a cross-impact analysis: how events' probabilities shift, and which combinations lead."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from innosi.models.arrays import FloatArray, IntArray
from innosi.scenarios.construction.probabilities.factors import Factor, Outcomes
from innosi.scenarios.construction.probabilities.odds_simulation import Simulated
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import GAIN, INK, LOSS, MUTED, RULE

_ROW = 0.42
_SMALL = 8.5
_COLUMN = 0.62
_APART = 0.005
_SPANS = "probability; line: what\nthe judgements leave open"
_STEEP = 8
"""With more columns their names stand steeper, so that they do not touch."""
MOST_ROWS = 20
"""So many combinations are drawn, the most probable ones."""


def draw_shifts(simulated: Simulated) -> Plot:
    """Draw the probability of each event as judged, and as it is once events have acted on each other."""
    factors, initial, final = simulated.outcomes.factors, simulated.initial, simulated.final
    title = shift_title(simulated)
    with drawing(1.15 + _ROW * len(factors)) as (figure, axes):
        for place, (first, last) in enumerate(zip(initial, final, strict=True)):
            is_apart = abs(last - first) >= _APART
            colour = (GAIN if last > first else LOSS) if is_apart else MUTED
            axes.plot([first, last], [place, place], color=colour, linewidth=2.5, solid_capstyle="butt")
            axes.plot(last, place, "o", color=colour, markersize=8)
            axes.plot(first, place, "o", color="white", markeredgecolor=INK, markersize=6)
            text = f"{100 * first:.0f} → {100 * last:.0f} %" if is_apart else f"{100 * last:.0f} %"
            axes.annotate(
                text,
                (max(first, last), place),
                (8, 0),
                textcoords="offset points",
                va="center",
                fontsize=_SMALL,
            )
        _names(axes, [factor.title for factor in factors])
        _shares_below(axes, "probability of the event")
        ends = np.concatenate([initial, final])
        axes.set_xlim(max(0.0, ends.min() - 0.05), min(1.12, ends.max() + 0.12))
        handles = [
            Line2D([], [], marker="o", linestyle="", color="white", markeredgecolor=INK, label="as judged"),
            Line2D([], [], marker="o", color=GAIN, linewidth=2.5, label="simulated: more likely"),
            Line2D([], [], marker="o", color=LOSS, linewidth=2.5, label="simulated: less likely"),
        ]
        axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=_SMALL
        )
    said = "; ".join(
        f"{factor.title}: {first:.0%} to {last:.0%}"
        for factor, first, last in zip(factors, initial, final, strict=True)
    )
    return finished(figure, "shifts", title, f"{title}. {said}.")


def shift_title(simulated: Simulated) -> str:
    """Say which event's probability shifts most."""
    shifts = simulated.final - simulated.initial
    most = int(abs(shifts).argmax())
    if abs(shifts[most]) < _APART:
        return "No event's probability shifts: their effects on each other balance"
    direction = "up" if shifts[most] > 0 else "down"
    first, last = 100 * simulated.initial[most], 100 * simulated.final[most]
    name = simulated.outcomes.factors[most].title
    return f"“{name}” is pushed {direction} most, from {first:.0f} % to {last:.0f} %"


def draw_combinations(outcomes: Outcomes, places: IntArray, spans: FloatArray | None = None) -> Plot:
    """Draw the most probable combinations: what is so in each, and how probable it is.

    Parameters
    ----------
    places : (k,) int
        Which combinations, in their order.
    spans : (k, 2) float, optional
        The least and the greatest probability that each can have.
    """
    places = places[:MOST_ROWS]
    title = combinations_title(outcomes, places)
    n, factors = len(places), outcomes.factors
    wide = WIDTH + max(0, len(factors) - 5) * 0.35
    with drawing(2.1 + 0.36 * n, width=wide) as (figure, axes):
        axes.remove()
        left = _COLUMN * len(factors)
        table, bars = figure.subplots(1, 2, width_ratios=[left, max(2.4, wide - left - 0.8)])
        for row, place in enumerate(places):
            for column, (factor, state) in enumerate(zip(factors, outcomes.states[place], strict=True)):
                _mark(table, (column, row), factor, int(state))
            share = outcomes.probabilities[place]
            bars.barh(row, share, height=0.6, color=GAIN, alpha=0.85)
            if spans is not None:
                bars.plot(spans[row], [row, row], color=INK, linewidth=1.2, solid_capstyle="butt")
        _table_axes(table, factors, n)
        _shares_below(bars, "probability" if spans is None else _SPANS)
        bars.set_xlim(left=0)
        bars.set_ylim(n - 0.5, -0.5)
        bars.set_yticks(range(n), [_percent(outcomes.probabilities[place]) for place in places])
    said = "; ".join(
        f"{_percent(outcomes.probabilities[place])}: {outcomes.title_of(outcomes.states[place])}"
        for place in places
    )
    return finished(figure, "combinations", title, f"{title}. {said}.")


def combinations_title(outcomes: Outcomes, places: IntArray) -> str:
    """Say how much of the probability the leading combinations hold, and how much the first."""
    first, total = outcomes.probabilities[places[0]], outcomes.probabilities[places].sum()
    return (
        f"The likeliest of {len(outcomes.probabilities):,} combinations has {_percent(first)},"
        f" the first {len(places)} together {_percent(total)}"
    )


def _mark(axes: Axes, at: tuple[float, float], factor: Factor, state: int) -> None:
    if not factor.is_event:
        axes.text(
            *at,
            fill(factor.state_titles[state], 11, max_lines=2, placeholder="…"),
            ha="center",
            va="center",
            fontsize=7.5,
        )
    elif state == 0:
        axes.plot(*at, "o", color=INK, markersize=9)
    else:
        axes.plot(*at, "o", color="white", markeredgecolor=RULE, markersize=7)


def _table_axes(axes: Axes, factors: Sequence[Factor], n_rows: int) -> None:
    axes.set_xlim(-0.5, len(factors) - 0.5)
    axes.set_ylim(n_rows - 0.5, -0.5)
    labels = [fill(factor.title, 26, max_lines=2, placeholder="…") for factor in factors]
    axes.xaxis.tick_top()
    steep = 62 if len(factors) > _STEEP else 40
    axes.set_xticks(
        range(len(factors)), labels, rotation=steep, ha="left", rotation_mode="anchor", fontsize=_SMALL
    )
    axes.set_yticks(range(n_rows), [str(row + 1) for row in range(n_rows)])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.hlines([row + 0.5 for row in range(n_rows - 1)], -0.5, len(factors) - 0.5, color=RULE, linewidth=0.6)
    if any(factor.is_event for factor in factors):
        axes.set_xlabel("● happens   ○ does not", fontsize=_SMALL, color=MUTED)


def _names(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [fill(each, 34, max_lines=2, placeholder="…") for each in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)


def _shares_below(axes: Axes, label: str) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g} %")
    axes.set_xlabel(label)
    axes.grid(axis="x")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"
