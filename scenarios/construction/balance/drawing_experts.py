"""A plot of where several experts' judgements differ."""

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
from innosi.scenarios.construction.balance.ensembles import Disagreement
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.palette import INK, LOSS, MUTED, RULE

_CELL, _SMALL = 0.24, 8.5
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
