"""Plots of several experts' judgements, and of judgements that err."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import PercentFormatter

from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
from innosi.scenarios.construction.balance.ensembles import Disagreement
from innosi.scenarios.construction.balance.uncertain_judgements import Steadfastness, wilson_intervals
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.numbers import percent
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
    title = _disagreement_title(balance, found)
    with drawing(1.9 + _CELL * n, width=max(WIDTH, 2.6 + _CELL * n)) as (figure, axes):
        image = axes.imshow(found.spread, cmap=_TINTS, vmin=0, vmax=max(float(found.spread.max()), 1e-9))
        rows, columns = np.nonzero(found.has_conflict)
        axes.scatter(columns, rows, s=14, color=INK, zorder=3)
        axes.set_xticks(range(n), labels, rotation=90, fontsize=_SMALL)
        axes.set_yticks(range(n), labels, fontsize=_SMALL)
        _own_blocks(axes, balance)
        axes.set_ylabel("this state acts …")
        axes.set_xlabel("… on this state (dot: the experts' signs differ)")
        axes.tick_params(length=0)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.6, pad=0.02)
        bar.set_label("standard deviation of the judgements")
        bar.outline.set_visible(False)
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


def _own_blocks(axes: Axes, balance: CrossImpactBalance) -> None:
    """A descriptor's name where it would act on itself, and lines between descriptors."""
    for name, start, size in zip(
        balance.impacts.descriptors, balance.impacts.starts, balance.impacts.n_states, strict=True
    ):
        first, last = start - 0.5, start + size - 0.5
        axes.fill_between([first, last], first, last, color="#ececec", linewidth=0)
        words = fill(balance.title_of(name), max(4 * int(size), 8), max_lines=int(size) + 1, placeholder="…")
        middle = start + (size - 1) / 2
        axes.text(middle, middle, words, ha="center", va="center", fontsize=6.5, color=MUTED)
        for line in (axes.axhline, axes.axvline):
            line(last, color=RULE, linewidth=0.8)


def draw_steadfastness(names: Sequence[str], found: Steadfastness) -> Plot:
    """Draw in which share of the trials each scenario was consistent, with newcomers below."""
    order = np.argsort(-found.counts, kind="stable")[:MOST_ROWS]
    new = range(min(len(found.newcomers), MOST_ROWS, max(5, len(order))))
    labels = [names[place] for place in order] + [_states(found, place) for place in new]
    places = [*range(len(order)), *(len(order) + 1 + place for place in new)]
    counts = np.concatenate([found.counts[order], found.newcomer_counts[: len(new)]])
    colours = [GAIN] * len(order) + [CORRECTED] * len(new)
    low, high = wilson_intervals(counts, found.n_trials)
    shares = counts / found.n_trials
    title = _steadfast_title(names, found)
    n = max([each + 1 for each in places], default=1)
    with drawing(1.1 + _ROW * n) as (figure, axes):
        for row, (place, colour) in enumerate(zip(places, colours, strict=True)):
            axes.barh(place, shares[row], height=0.6, color=colour, alpha=0.85)
            axes.plot([low[row], high[row]], [place] * 2, color=INK, linewidth=1.2)
            _beside(axes, (float(high[row]), place), shares[row])
        axes.set_yticks(places, labels)
        for text in axes.get_yticklabels()[len(order) :]:
            text.set(fontsize=7.5, color=MUTED)
        axes.set_ylim(n - 0.5, -0.6)
        axes.set_xlim(0, 1.08)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("share of the trials in which it is consistent (line: 95 % interval)")
        axes.grid(axis="x")
        if new:
            head = "others that came up:"
            axes.text(0.01, len(order), head, va="center", fontsize=_SMALL, color=MUTED)
        said = "; ".join(f"{label} {share:.1%}" for label, share in zip(labels, shares, strict=True))
        return finished(figure, "steadfastness", title, f"{title}. {found.errors}. {said}.")


def _beside(axes: Axes, at: tuple[float, float], share: float) -> None:
    axes.annotate(
        percent(share), at, (4, 0), textcoords="offset points", va="center", fontsize=_SMALL, color=INK
    )


def _states(found: Steadfastness, place: int) -> str:
    return ", ".join(found.impacts.names_of(found.newcomers[place]).values()).replace("_", " ")


def _steadfast_title(names: Sequence[str], found: Steadfastness) -> str:
    if not len(names):
        return f"No scenario is consistent as judged; {len(found.newcomers)} come up as judgements err"
    best = int(np.argmax(found.counts))
    firm = int((found.shares >= 0.5).sum())
    of = f"{firm} of {len(names)} scenarios hold in half of the trials or more"
    return f"When judgements err, {of}; {names[best]} most often ({percent(found.shares[best])})"
