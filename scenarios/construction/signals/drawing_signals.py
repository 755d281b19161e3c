"""The plots of a register of signals: a row for each along the time when it was seen, or counts by year."""

from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from matplotlib.axes import Axes

from innosi.scenarios.construction.signals.register import Cluster, Register, Signal
from innosi.scenarios.drawing.figures import Plot, drawing, finished, legend_below
from innosi.scenarios.drawing.numbers import year
from innosi.scenarios.drawing.palette import AT_HIGH, GAIN, INK, MUTED, RULE, SERIES, text_on

MOST_ROWS = 60
"""So many signals have a row each; more are counted by cluster and year."""
_ROW, _SMALL, _WIDE = 0.235, 8.5, 9.6
_LETTERS = 54
_VOTES_AT, _VOTES_WIDE = 1.02, 0.14
_BUBBLE, _LEAST, _YEARS_WIDE = 22, 7, 540
"""Diameter of the largest circle, at most and at least, and width of all years, in points."""


def draw_signals(register: Register) -> Plot:
    """Draw a register: a row for each signal, or, of many, how many each cluster has in each year."""
    if len(register.signals) > MOST_ROWS:
        return _draw_counts(register)
    return _draw_rows(register)


def signals_title(register: Register) -> str:
    """Say what was voted for most, or which cluster is largest."""
    n = len(register.signals)
    largest = register.clusters[0]
    if register.votes is None or not register.votes.total:
        held, all_of = len(largest.members), f"{n} signal{'s' * (n > 1)}"
        verb = "is" if held == 1 else "are"
        return f"{held} of {all_of} {verb} in the largest cluster, “{largest.title}”"
    votes = register.votes
    heard = max(register.clusters, key=lambda each: sum(map(votes.of, each.members)))
    dots = sum(map(votes.of, heard.members))
    return (
        f"“{heard.title}” has {dots} of {register.votes.total} votes, and {len(heard.members)} of {n} signals"
    )


def _draw_rows(register: Register) -> Plot:
    n_rows = len(register.signals) + 1.4 * len(register.clusters)
    colours = _colours(register.categories)
    with drawing(1.2 + _ROW * n_rows, width=_WIDE) as (figure, axes):
        place, span = 0.0, _span(register)
        axes.set_xlim(_undated(span) - 0.06 * (span[1] - span[0]), span[1])
        most = int(register.votes.ranking.totals.max()) if register.votes else 0
        for cluster in register.clusters:
            axes.text(
                -0.01, place, _cluster_words(cluster), transform=axes.get_yaxis_transform(), ha="right",
                va="center", fontsize=9, fontweight="bold", color=INK,
            )  # fmt: skip
            axes.axhline(place, color=RULE, linewidth=0.8, zorder=0)
            for signal in _by_time(register, cluster):
                place += 1
                _row(axes, place, signal, span, colours[signal.category])
                if register.votes:
                    _dots(axes, place, register.votes.of(signal.name), most)
            place += 1.4
        _frame(axes, place - 0.6, span, register)
        for category, colour in colours.items():
            axes.plot([], [], "o", color=colour, markersize=7, label=category)
        if any(each.kind == "story" for each in register.signals.values()):
            axes.plot([], [], "D", color=MUTED, markersize=6, label="a story")
        legend_below(figure, [axes], columns=7)
        title = signals_title(register)
        return finished(figure, "signals", title, f"{title}. {_in_words(register)}")


def _colours(categories: Sequence[str]) -> Mapping[str, str]:
    return {category: SERIES[i % len(SERIES)] for i, category in enumerate(categories)}


def _cluster_words(cluster: Cluster) -> str:
    return f"{shorten(cluster.title, 44, placeholder='…')} ({len(cluster.members)})"


def _by_time(register: Register, cluster: Cluster) -> list[Signal]:
    members = [register.signals[name] for name in cluster.members]
    return sorted(members, key=lambda each: each.first_seen.at if each.first_seen else 9999.0)


Span = tuple[float, float]


def _span(register: Register) -> Span:
    """From the first year to the end of the last; before it stands what nobody dated."""
    years = [each.first_seen.year for each in register.signals.values() if each.first_seen]
    return (float(min(years)), max(years) + 1.0) if years else (0.0, 1.0)


def _undated(span: Span) -> float:
    """Where signals stand that nobody dated: to the left of the first year."""
    return span[0] - 0.09 * (span[1] - span[0])


def _row(axes: Axes, place: float, signal: Signal, span: Span, colour: str) -> None:
    label = shorten(signal.title, _LETTERS, placeholder="…") or signal.name
    axes.text(
        -0.01, place, label, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=_SMALL,
        color=INK if signal.is_shown else MUTED,
    )  # fmt: skip
    at = signal.first_seen.at if signal.first_seen else _undated(span)
    marker, size = ("D", 6) if signal.kind == "story" else ("o", 7)
    start = axes.get_xlim()[0]
    axes.plot((start, at), (place, place), color=RULE, linewidth=0.7, zorder=0)
    axes.plot(at, place, marker, color=colour, markersize=size, clip_on=False, zorder=3)


def _dots(axes: Axes, place: float, votes: int, most: int) -> None:
    if votes:
        end = _VOTES_AT + _VOTES_WIDE * votes / most
        across: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "clip_on": False}
        line: dict[str, Any] = {"color": AT_HIGH, "linewidth": 7, "solid_capstyle": "butt"}
        axes.plot((_VOTES_AT, end), (place, place), **across, **line)
        axes.text(end + 0.01, place, f"{votes}   ", va="center", fontsize=_SMALL, color=INK, **across)


def _frame(axes: Axes, lowest: float, span: Span, register: Register) -> None:
    axes.set_ylim(lowest, -1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    years = range(round(span[0]), round(span[1]) + 1, max(1, round((span[1] - span[0]) / 8)))
    seen = [each.first_seen is not None for each in register.signals.values()]
    ticks = {float(at): year(at) for at in years} if any(seen) else {}
    if not all(seen):
        ticks[_undated(span)] = "not\nsaid"
        axes.axvspan(axes.get_xlim()[0], span[0] - 0.035 * (span[1] - span[0]), color="#f4f4f4", zorder=-1)
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.grid(axis="x")
    axes.set_xlabel("first seen, from the beginning of each year")
    if register.votes:
        axes.text(
            _VOTES_AT, -0.6, "votes", transform=axes.get_yaxis_transform(), fontsize=_SMALL, color=MUTED
        )


def _draw_counts(register: Register) -> Plot:
    counts = {
        each.title: Counter(register.signals[name].year for name in each.members)
        for each in register.clusters
    }
    years = list(register.counts(lambda each: each.year))
    most = max(max(each.values()) for each in counts.values())
    with drawing(1.1 + 0.42 * len(counts), width=_WIDE) as (figure, axes):
        widest = min(_BUBBLE, max(_LEAST, _YEARS_WIDE / len(years)))
        for row, found in enumerate(counts.values()):
            for column, at in enumerate(years):
                if found[at]:
                    _bubble(axes, (column, row), found[at], widest * (found[at] / most) ** 0.5)
        axes.set_yticks(range(len(counts)), [_cluster_words(each) for each in register.clusters])
        shown = range(0, len(years), -(-len(years) // 14))
        axes.set_xticks(list(shown), [years[i] for i in shown])
        axes.set_xlim(-0.7, len(years) - 0.3)
        axes.set_ylim(len(counts) - 0.4, -0.6)
        axes.set_xlabel("first seen; the area of a circle is how many signals")
        axes.grid(visible=True)
        axes.spines["left"].set_visible(False)
        title = signals_title(register)
        return finished(figure, "signals", title, f"{title}. {_in_words(register)}")


def _bubble(axes: Axes, place: tuple[int, int], count: int, size: float) -> None:
    axes.plot(*place, "o", color=GAIN, markersize=max(size, 3), alpha=0.85, zorder=3)
    if size >= 11:
        axes.text(*place, f"{count}", ha="center", va="center", fontsize=7.5, color=text_on(GAIN), zorder=4)


def _in_words(register: Register) -> str:
    words = []
    for each in register.clusters:
        votes = f", {sum(map(register.votes.of, each.members))} votes" if register.votes else ""
        words.append(f"{each.title}: {len(each.members)} signals{votes}")
    return "; ".join(words) + "."
