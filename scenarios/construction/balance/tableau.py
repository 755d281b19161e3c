"""The scenario tableau: consistent scenarios beside each other, those that are alike next to each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill, wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.balance.scenario_list import ScenarioList
from innosi.scenarios.construction.balance.succession import Attractors
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.numbers import percent
from innosi.scenarios.drawing.palette import GAIN, INK, MUTED, text_on

MOST_COLUMNS = 40
_LEFT, _ROW, _SMALL, _CHARACTER = 1.75, 0.5, 8.5, 0.078
_LIGHTEST, _DARKEST = 0.1, 0.62
_LINES, _FEW = 2, 16


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring scenarios of one family with the same state of a descriptor."""

    start: int
    end: int
    state: int
    begins_family: bool


def draw_tableau(found: ScenarioList, settled: Attractors) -> Plot:
    """Draw consistent scenarios as columns and descriptors as rows, with their basins below.

    With more than 40 scenarios those with the largest basins are drawn, and the title says so.
    """
    basins = settled.basins_of(found.scenarios)
    order = _shown(found, basins)
    n, names = len(order), list(found.impacts.states)
    width = max(WIDTH, _LEFT + (0.72 if n <= _FEW else 0.5) * n)
    column = (width - _LEFT) / max(n, 1)
    heads = [_head(found, place, column) for place in order]
    is_upright = any(len(line) * _CHARACTER > column for head in heads for line in head.split("\n"))
    tall = max((len(head) for head in heads), default=1) * _CHARACTER if is_upright else 0.5
    title, shares = _title(found, basins, n), basins[order]
    with drawing(tall + _ROW * (len(names) + 1) + 0.5, width=width) as (figure, axes):
        for row, name in enumerate(names):
            for run in _runs(found, order, row):
                _cell(axes, found, (row, run), name, column)
        _basins(axes, shares, len(names))
        for at, head in enumerate(heads):
            turned = 90.0 if is_upright else 0.0
            place = (at + 0.5, -0.12)
            axes.text(*place, head, ha="center", va="bottom", fontsize=_SMALL, color=INK, rotation=turned)
        labels = [fill(found.balance.title_of(name), 24, max_lines=2, placeholder="…") for name in names]
        axes.set_yticks(
            [row + 0.5 for row in range(len(names) + 1)],
            [*labels, "share of all scenarios\nthat leads to it"],
        )
        axes.set_xticks([])
        axes.set_xlim(0, max(n, 1))
        axes.set_ylim(len(names) + 1, 0)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.set_xlabel("shade: the order of a driver's states, the first the lightest", fontsize=_SMALL)
        return finished(figure, "tableau", title, _alternative(found, order, basins, title))


def _shown(found: ScenarioList, basins: FloatArray) -> list[int]:
    """The scenarios to draw, in the order of their likeness."""
    order = [int(place) for place in found.families.order]
    if len(order) <= MOST_COLUMNS:
        return order
    kept = set(np.argsort(-basins, kind="stable")[:MOST_COLUMNS].tolist())
    return [place for place in order if place in kept]


def _runs(found: ScenarioList, order: Sequence[int], row: int) -> Iterator[_Run]:
    states, families = found.scenarios[order, row].tolist(), found.families.family[order].tolist()
    pairs = list(zip(families, states, strict=True))
    start = 0
    for at in range(1, len(pairs) + 1):
        if at == len(pairs) or pairs[at] != pairs[start]:
            begins_family = start > 0 and families[start] != families[start - 1]
            yield _Run(start, at, states[start], begins_family)
            start = at


def _cell(axes: Axes, found: ScenarioList, at: tuple[int, _Run], name: str, column: float) -> None:
    row, run = at
    n_states = len(found.impacts.states[name])
    colour = _shade(run.state / max(n_states - 1, 1))
    left = 0.1 if run.begins_family else 0.03
    place, size = (run.start + left, row + 0.06), (run.end - run.start - left - 0.03, 0.88)
    axes.add_patch(Rectangle(place, *size, facecolor=colour, edgecolor="none"))
    title = found.balance.title_of(name, found.impacts.states[name][run.state])
    room = max(int((run.end - run.start) * column / _CHARACTER), 1)
    lines = wrap(title, room)
    if len(lines) > _LINES or any(len(line) > room for line in lines):
        lines = [title[: max(room - 1, 1)] + "…"] if room > 3 else []
    text = "\n".join(lines)
    middle = ((run.start + run.end) / 2, row + 0.5)
    axes.text(
        *middle, text, ha="center", va="center", fontsize=_SMALL, color=text_on(colour), linespacing=1.1
    )


def _basins(axes: Axes, shares: FloatArray, row: int) -> None:
    """A bar for each basin, in the last row."""
    most = float(shares.max(initial=0.0)) or 1.0
    for at, share in enumerate(shares):
        height = 0.5 * share / most
        axes.add_patch(Rectangle((at + 0.3, row + 0.95 - height), 0.4, height, facecolor=MUTED))
        axes.text(
            at + 0.5,
            row + 0.9 - height,
            percent(share),
            ha="center",
            va="bottom",
            fontsize=_SMALL,
            color=INK,
        )


def _shade(depth: float) -> str:
    """A tint of the one colour: 0 the lightest."""
    alpha = _LIGHTEST + (_DARKEST - _LIGHTEST) * depth
    channels = [int(GAIN[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (each - 255) * alpha):02x}" for each in channels)


def _head(found: ScenarioList, place: int, column: float) -> str:
    text = found.label_of(place)
    room = int(column / _CHARACTER)
    lines = wrap(text, room, break_long_words=False) if room > 6 else [text]
    return "\n".join(lines) if len(lines) <= 3 else text


def _title(found: ScenarioList, basins: FloatArray, n_shown: int) -> str:
    n = len(found)
    if not n:
        return f"{found.balance.title}: no scenario is consistent"
    text = "" if found.is_complete else "INCOMPLETE: "
    text += f"{n:,} future{'s hang' if n != 1 else ' hangs'} together"
    n_families = len(set(found.families.family.tolist()))
    if found.families.is_ordered:
        text += f", in {n_families} famil{'ies' if n_families != 1 else 'y'}"
    largest = int(np.argmax(basins))
    text += f"; “{found.label_of(largest)}” attracts the most ({percent(basins[largest])})"
    return text + (f" (the {n_shown} with the largest basins)" if n_shown < n else "")


def _alternative(found: ScenarioList, order: Sequence[int], basins: FloatArray, title: str) -> str:
    parts = []
    for place in order:
        states = found.impacts.names_of(found.scenarios[place]).items()
        shown = ", ".join(f"{name} {state}" for name, state in states)
        kin = f"family {found.families.family[place]}, basin {percent(basins[place])}"
        parts.append(f"{found.names[place]} ({kin}): {shown}")
    return f"{title}. {'; '.join(parts)}."
