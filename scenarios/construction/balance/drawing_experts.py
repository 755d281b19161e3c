"""Plots of several experts' judgements, and of judgements that err."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import PercentFormatter

from innosi.models.arrays import FloatArray, IntArray
from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
from innosi.scenarios.construction.balance.ensembles import Disagreement
from innosi.scenarios.construction.balance.uncertain_judgements import Steadfastness, wilson_intervals
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import CORRECTED, GAIN, INK, LOSS, MUTED, RULE

_ROW, _CELL, _SMALL = 0.3, 0.24, 8.5
MOST_ROWS = 25
"""So many scenarios, and so many newcomers, are drawn."""
_TINTS = LinearSegmentedColormap.from_list("spread", ["#ffffff", LOSS])


def draw_disagreement(balance: CrossImpactBalance, found: Disagreement) -> Plot:
    """Draw how far experts differ in each judgement, with a dot where one promotes what another restricts."""
    n = len(found.spread)
    names = [balance.impacts.label(row) for row in range(n)]
    labels = [balance.title_of(*each.split("=")) for each in names]
    starts = balance.impacts.starts
    title = _disagreement_title(balance, found)
    with drawing(1.9 + _CELL * n, width=max(WIDTH, 2.6 + _CELL * n)) as (figure, axes):
        image = axes.imshow(found.spread, cmap=_TINTS, vmin=0, vmax=max(float(found.spread.max()), 1e-9))
        rows, columns = np.nonzero(found.has_conflict)
        axes.scatter(columns, rows, s=14, color=INK, zorder=3)
        axes.set_xticks(range(n), labels, rotation=90, fontsize=_SMALL)
        axes.set_yticks(range(n), labels, fontsize=_SMALL)
        _own_blocks(axes, starts, n)
        axes.set_ylabel("this state acts …")
        axes.set_xlabel("… on this state (dot: the experts' signs differ)")
        axes.tick_params(length=0)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.6, pad=0.02)
        bar.set_label("standard deviation of the judgements")
        bar.outline.set_visible(False)  # type: ignore[operator] # matplotlib's types call it no artist
        cells = "; ".join(
            f"{names[row]} on {names[column]}:"
            f" {found.lowest[row, column]:g} to {found.highest[row, column]:g}"
            for row, column in found.order[:10].tolist()
        )
        return finished(figure, "experts", title, f"{title}. {cells}.")


def _disagreement_title(balance: CrossImpactBalance, found: Disagreement) -> str:
    n, signs = len(found.order), int(found.has_conflict.sum())
    if not n:
        return "The experts agree in every judgement"
    row, column = found.order[0].tolist()
    acting, on = (balance.impacts.label(each).split("=") for each in (row, column))
    most = (
        f"most on what “{balance.title_of(acting[0])}: {balance.title_of(*acting)}” does to"
        f" “{balance.title_of(on[0])}: {balance.title_of(*on)}”"
    )
    return f"The experts differ in {n} judgements, in {signs} by sign; {most}"


def _own_blocks(axes: Axes, starts: IntArray, n: int) -> None:
    """Grey blocks where a descriptor would act on itself, and lines between descriptors."""
    ends = [*starts[1:].tolist(), n]
    for start, end in zip(starts.tolist(), ends, strict=True):
        axes.fill_between([start - 0.5, end - 0.5], start - 0.5, end - 0.5, color="#ececec", linewidth=0)
        for line in (axes.axhline, axes.axvline):
            line(end - 0.5, color=RULE, linewidth=0.8)


def draw_steadfastness(names: Sequence[str], found: Steadfastness) -> Plot:
    """Draw in which share of the trials each scenario was consistent, with newcomers below."""
    order = np.argsort(-found.counts, kind="stable")[:MOST_ROWS]
    new = range(min(len(found.newcomers), MOST_ROWS, max(5, len(order))))
    rows = [(names[place], found.counts[place], GAIN) for place in order]
    rows += [(_states(found, place), found.newcomer_counts[place], CORRECTED) for place in new]
    counts = np.array([count for _, count, _ in rows], dtype=np.int64)
    low, high = wilson_intervals(counts, found.n_trials)
    shares = counts / found.n_trials
    title = _steadfast_title(names, found)
    with drawing(1.2 + _ROW * max(len(rows), 1)) as (figure, axes):
        for place, (_, _, colour) in enumerate(rows):
            axes.barh(place, shares[place], height=0.6, color=colour, alpha=0.85)
            axes.plot([low[place], high[place]], [place] * 2, color=INK, linewidth=1.2)
            _share_beside(axes, place, shares, high)
        axes.set_yticks(range(len(rows)), [label for label, _, _ in rows])
        for text in axes.get_yticklabels()[len(order) :]:
            text.set(fontsize=7.5, color=MUTED)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.08)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("share of the trials in which it is consistent (line: 95 % interval)")
        axes.grid(axis="x")
        if new:
            axes.axhline(len(order) - 0.5, color=RULE, linewidth=1)
            axes.annotate(
                "not consistent by the judgements as given:",
                (1.08, len(order) - 0.5),
                (0, -2),
                textcoords="offset points",
                ha="right",
                va="top",
                fontsize=_SMALL,
                color=MUTED,
            )
        said = "; ".join(f"{label} {share:.1%}" for (label, _, _), share in zip(rows, shares, strict=True))
        return finished(figure, "steadfastness", title, f"{title}. {found.errors}. {said}.")


def _share_beside(axes: Axes, place: int, shares: FloatArray, high: FloatArray) -> None:
    text = f"{shares[place]:.0%}".replace("%", " %")
    at = (float(high[place]), place)
    axes.annotate(text, at, (4, 0), textcoords="offset points", va="center", fontsize=_SMALL, color=INK)


def _states(found: Steadfastness, place: int) -> str:
    return ", ".join(found.impacts.names_of(found.newcomers[place]).values()).replace("_", " ")


def _steadfast_title(names: Sequence[str], found: Steadfastness) -> str:
    if not len(names):
        return f"No scenario is consistent as judged; {len(found.newcomers)} come up as judgements err"
    best = int(np.argmax(found.counts))
    share = f"{found.shares[best]:.0%}".replace("%", " %")
    firm = int((found.shares >= 0.5).sum())
    of = f"{firm} of {len(names)} scenarios hold in half of the trials or more"
    return f"When judgements err, {of}; {names[best]} most often ({share})"
