"""Plots of shares, as bars: where succession settles, what holds under shocks, and when judgements err."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill, wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from innosi.models.arrays import FloatArray, IntArray
from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
from innosi.scenarios.construction.balance.scenario_list import ScenarioList, label_of
from innosi.scenarios.construction.balance.shocks import DynamicShock, StructuralShocks
from innosi.scenarios.construction.balance.succession import Attractors
from innosi.scenarios.construction.balance.uncertain_judgements import Steadfastness, wilson_intervals
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import percent
from innosi.scenarios.drawing.palette import CORRECTED, GAIN, INK, MUTED

MOST_ROWS = 25
"""So many scenarios, and so many newcomers, are drawn."""
_ROW, _LABEL, _LINES, _SMALL = 0.36, 38, 2, 8.5


@dataclass(frozen=True, slots=True)
class _Bar:
    """A share and its interval, with a second share as a dot; `place` is where it stands, from above."""

    label: str
    place: float
    share: float
    low: float
    high: float
    colour: str = GAIN
    dot: float | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """A plot's name, its title, what was assumed, and what stands below it."""

    name: str
    title: str
    about: str
    below: str


def draw_attractors(balance: CrossImpactBalance, found: Attractors) -> Plot:
    """Draw from which share of all scenarios succession leads to each scenario and each cycle."""
    n = min(len(found.lengths), MOST_ROWS)
    low, high = _around(found.basins, found)
    bars = [
        _Bar(
            _where(balance, found, place),
            place,
            float(found.basins[place]),
            float(low[place]),
            float(high[place]),
            GAIN if found.lengths[place] == 1 else MUTED,
        )
        for place in range(n)
    ]
    rest = float(found.basins[n:].sum())
    if rest:
        bars.append(_Bar(f"{len(found.basins) - n:,} others together", n, rest, rest, rest, "#bdbdbd"))
    starts = f"all {found.n_starts:,}" if found.is_exhaustive else f"{found.n_starts:,} random"
    below = f"share of {starts} scenarios that settles there (grey: in a cycle)"
    about = f"{found.succession.rule} succession"
    most = max((each.high for each in bars), default=1.0)
    return _drawn(_Words("attractors", _attractors_title(balance, found), about, below), bars, most=most)


def _around(shares: FloatArray, found: Attractors) -> tuple[FloatArray, FloatArray]:
    if found.is_exhaustive:
        return shares, shares
    counts: IntArray = np.rint(shares * found.n_starts).astype(np.int64)
    return wilson_intervals(counts, found.n_starts)


def _where(balance: CrossImpactBalance, found: Attractors, place: int) -> str:
    label = _label(balance, found.scenarios[place])
    return label if found.lengths[place] == 1 else f"cycle of {found.lengths[place]:,}: {label}"


def _attractors_title(balance: CrossImpactBalance, found: Attractors) -> str:
    if not len(found.lengths):
        return f"{balance.title}: nothing had settled"
    is_cycle = found.lengths[0] > 1
    first = f"A cycle of {found.lengths[0]:,}" if is_cycle else _quoted(_where(balance, found, 0))
    most = f"{first} attracts the most ({percent(found.basins[0])})"
    in_cycles, n_cycles = float(found.basins[found.lengths > 1].sum()), int((found.lengths > 1).sum())
    cycles = f"{n_cycles:,} cycle{'s' if n_cycles != 1 else ''}"
    unrest = f"{percent(in_cycles)} go round in {cycles}" if n_cycles else "none goes round in a cycle"
    return f"{'INCOMPLETE: ' if found.why_not else ''}{most}; {unrest}"


def draw_shocks(found: ScenarioList, shaken: StructuralShocks, pushed: Sequence[DynamicShock]) -> Plot:
    """Draw how often scenarios hold when judgements are shaken, and come back when a state is changed.

    Parameters
    ----------
    found : ScenarioList
        Those that were shaken, in the same order.
    """
    counts: IntArray = np.rint(shaken.shares * shaken.n_trials).astype(np.int64)
    low, high = wilson_intervals(counts, shaken.n_trials)
    order = np.argsort(-shaken.shares, kind="stable")
    bars = []
    for row, place in enumerate(order[:MOST_ROWS].tolist()):
        backs = [each.comes_back for each in pushed if each.scenario == place]
        dot = sum(backs) / len(backs) if backs else None
        share = float(shaken.shares[place])
        label = _label(found.balance, found.scenarios[place])
        bars.append(_Bar(label, row, share, float(low[place]), float(high[place]), dot=dot))
    below = (
        f"bar: share of trials in which it holds, with judgements off by up to {shaken.strength:g}"
        " (line: 95 % interval); dot: share of the changes of one state after which it comes back"
    )
    is_whole = found.is_complete and not shaken.why_not
    title = f"{'' if is_whole else 'INCOMPLETE: '}Under shocks, {_firm(shaken.shares)}"
    if bars:
        title += f"; {_quoted(bars[0].label)} holds most often ({percent(bars[0].share)})"
    return _drawn(_Words("shocks", title, f"{shaken.n_trials:,} trials", below), bars)


def draw_steadfastness(known: ScenarioList, found: Steadfastness) -> Plot:
    """Draw in which share of the trials each scenario was consistent, with newcomers below."""
    order = np.argsort(-found.counts, kind="stable")[:MOST_ROWS].tolist()
    n_new = min(len(found.newcomers), MOST_ROWS, max(5, len(order)))
    low, high = wilson_intervals(found.counts, found.n_trials)
    bars = [
        _Bar(
            _label(known.balance, found.scenarios[place]),
            row,
            float(found.shares[place]),
            float(low[place]),
            float(high[place]),
        )
        for row, place in enumerate(order)
    ]
    low, high = wilson_intervals(found.newcomer_counts, found.n_trials)
    bars += [
        _Bar(
            _label(known.balance, found.newcomers[place]),
            len(order) + 1 + place,
            float(found.newcomer_shares[place]),
            float(low[place]),
            float(high[place]),
            CORRECTED,
        )
        for place in range(n_new)
    ]
    below = "share of the trials in which it is consistent (line: 95 % interval)"
    head = (len(order), "others that came up:") if n_new else None
    words = _Words("steadfastness", _steadfast_title(known, found), found.errors, below)
    return _drawn(words, bars, head=head)


def _steadfast_title(known: ScenarioList, found: Steadfastness) -> str:
    incomplete = "INCOMPLETE: " if found.why_not or not known.is_complete else ""
    if not len(found.counts):
        n = len(found.newcomers)
        return f"{incomplete}No scenario is consistent as judged; {n:,} come up as judgements err"
    best = int(np.argmax(found.counts))
    most = (
        f"{_quoted(_label(known.balance, found.scenarios[best]))} most often ({percent(found.shares[best])})"
    )
    return f"{incomplete}When judgements err, {_firm(found.shares)}; {most}"


def _firm(shares: FloatArray) -> str:
    n, firm = len(shares), int((shares >= 0.5).sum())
    hold = "scenarios hold" if n != 1 else "scenario holds"
    return f"{firm:,} of {n:,} {hold} in half of the trials or more"


def _drawn(
    words: _Words, bars: Sequence[_Bar], *, head: tuple[int, str] | None = None, most: float = 1.0
) -> Plot:
    """The bars on a scale up to a share, with a line of text between them where there is one."""
    n = max((each.place + 1 for each in bars), default=1)
    with drawing(1.3 + _ROW * n) as (figure, axes):
        for each in bars:
            _bar(axes, each)
        labels = [_short(each.label) for each in bars]
        axes.set_yticks([each.place for each in bars], labels, fontsize=_SMALL, linespacing=1.1)
        axes.set_ylim(n - 0.4, -0.6)
        axes.set_xlim(0, 1.08 * most)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        figure.supxlabel(fill(words.below, 84), fontsize=_SMALL + 1, color=MUTED)
        axes.grid(axis="x")
        if head:
            axes.text(0.01, *head, va="center", fontsize=_SMALL, color=MUTED)
        said = "; ".join(_said(each) for each in bars)
        about = f"{words.title}. {words.about}. {words.below}. {said}."
        return finished(figure, words.name, words.title, about)


def _bar(axes: Axes, bar: _Bar) -> None:
    axes.barh(bar.place, bar.share, height=0.6, color=bar.colour, alpha=0.85)
    if bar.high > bar.low:
        axes.plot([bar.low, bar.high], [bar.place] * 2, color=INK, linewidth=1.2)
    ends = bar.high
    if bar.dot is not None:
        axes.scatter(bar.dot, bar.place, s=26, color="#ffffff", edgecolor=INK, linewidth=1.2, zorder=3)
        ends = max(ends, bar.dot + 0.01) if abs(bar.dot - bar.high) < 0.1 else ends
    at = (ends, bar.place)
    axes.annotate(
        percent(bar.share),
        at,
        (5, 0),
        textcoords="offset points",
        va="center",
        fontsize=_SMALL,
        color=INK,
        zorder=4,
        bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
    )


def _label(balance: CrossImpactBalance, scenario: IntArray) -> str:
    """A scenario's title; where it has none, its states as far as there is room for them, else its name."""
    if balance.name_of(scenario) in balance.named:
        return label_of(balance, scenario)
    states = ", ".join(balance.impacts.names_of(scenario).values()).replace("_", " ")
    return states if len(wrap(states, _LABEL)) <= _LINES else label_of(balance, scenario)


def _quoted(label: str) -> str:
    return f"“{label}”"


def _short(label: str) -> str:
    return fill(label, _LABEL, max_lines=_LINES, placeholder="…")


def _said(bar: _Bar) -> str:
    back = "" if bar.dot is None else f", comes back {bar.dot:.1%}"
    return f"{bar.label} {bar.share:.1%}{back}"
