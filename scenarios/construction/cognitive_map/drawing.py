"""The plots of what a map says: changes, under each rule, how sure they are, steps, people's weights."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import fill, shorten

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from innosi.models.arrays import FloatArray
from innosi.models.errors import ModelError
from innosi.scenarios.construction.cognitive_map.aggregation import disagreement
from innosi.scenarios.construction.cognitive_map.cognitive_map import CognitiveMap
from innosi.scenarios.construction.cognitive_map.comparing import Compared
from innosi.scenarios.construction.cognitive_map.robustness import Robustness, Sensitivity
from innosi.scenarios.construction.cognitive_map.updating import Rule
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short
from innosi.scenarios.drawing.palette import AT_HIGH, AT_LOW, GAIN, INK, LOSS, MUTED, SERIES

_ROW, _SMALL, _LETTERS = 0.36, 8.5, 30
MOST_ROWS, MOST_LINKS = 40, 15
"""So many rows a plot shows, those with the largest changes; and so many links, of a sensitivity."""
_MARKERS = ("o", "s", "^")


def draw_changes(found: CognitiveMap, compared: Compared, title: str) -> Plot:
    """Draw each scenario's changes against the baseline, one bar a concept; those that are held stand out.

    Raises
    ------
    ModelError
        If there are no scenarios.
    """
    if not found.scenarios:
        raise ModelError("there are no scenarios to draw", mend="add some under `scenarios:`")
    rows = _shown(compared.changes)
    with _panels(found, len(rows)) as (figure, panels):
        for axes, scenario, changes in zip(panels, found.scenarios, compared.changes, strict=True):
            _panel(axes, scenario.title, len(rows))
            for place, row in enumerate(rows):
                change = changes[row]
                if np.isnan(change):
                    continue
                is_held = found.names[row] in scenario.levels
                colour = MUTED if is_held else GAIN if change >= 0 else LOSS
                axes.barh(place, change, height=0.62, color=colour, alpha=0.45 if is_held else 0.9)
                if not is_held and abs(change) >= found.file.smallest_change:
                    _beside(axes, (change, place), f"{change:.2f}".replace("-", "−"))
            axes.margins(x=0.12)
        _name_rows(panels[0], [found.titles[row] for row in rows])
        _legend(figure, {"rises": GAIN, "falls": LOSS, "held by the scenario": "#bdbdbd"})
        _name_axis(figure, "change of level against the map by itself", found, rows)
        return finished(figure, "changes", title, _changes_in_words(found, compared.changes, title))


def draw_rules(found: CognitiveMap, by_rule: Mapping[Rule, FloatArray], title: str) -> Plot:
    """Draw each scenario's changes under each rule; with marks on both sides of 0 the rules disagree."""
    changes = np.stack(list(by_rule.values()))
    rows = _shown(np.nanmax(np.abs(np.nan_to_num(changes)), axis=0))
    with _panels(found, len(rows)) as (figure, panels):
        for number, (axes, scenario) in enumerate(zip(panels, found.scenarios, strict=True)):
            _panel(axes, scenario.title, len(rows))
            for place, row in enumerate(rows):
                values = changes[:, number, row]
                axes.plot(values, [place] * len(values), color=AT_LOW, linewidth=1, zorder=1)
            for which, rule in enumerate(by_rule):
                axes.plot(
                    changes[which, number, rows],
                    range(len(rows)),
                    _MARKERS[which],
                    color=SERIES[which],
                    markersize=5,
                    label=rule.replace("_", " ") if number == 0 else None,
                )
        _name_rows(panels[0], [found.titles[row] for row in rows])
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=_SMALL)
        _name_axis(figure, "change of level against the map by itself", found, rows)
        parts = [_changes_in_words(found, each, rule.replace("_", " ")) for rule, each in by_rule.items()]
        return finished(figure, "rules", title, f"{title}. {' '.join(parts)}")


def draw_robustness(found: CognitiveMap, sure: Robustness, title: str) -> Plot:
    """Draw the median and 90 % interval of every change over the drawn maps."""
    rows = _shown(sure.median)
    with _panels(found, len(rows)) as (figure, panels):
        for number, (axes, scenario) in enumerate(zip(panels, found.scenarios, strict=True)):
            _panel(axes, scenario.title, len(rows))
            for place, row in enumerate(rows):
                if found.names[row] in scenario.levels:
                    continue
                ends = [sure.low[number, row], sure.high[number, row]]
                is_sure = max(sure.rises[number, row], sure.falls[number, row]) >= 0.9
                colour = MUTED if not is_sure else GAIN if ends[0] >= 0 else LOSS
                axes.plot(ends, [place] * 2, color=colour, linewidth=4, alpha=0.45, solid_capstyle="butt")
                axes.plot(sure.median[number, row], place, "o", color=colour, markersize=4.5)
        _name_rows(panels[0], [found.titles[row] for row in rows])
        _legend(figure, {"rises in 90 % of the draws": GAIN, "falls in 90 %": LOSS, "neither": MUTED})
        what = f"change of level: median and 90 % interval of {sure.n_draws:,} drawn maps"
        _name_axis(figure, what, found, rows)
        return finished(figure, "robustness", title, _changes_in_words(found, sure.median, title))


def draw_sensitivity(found: CognitiveMap, what: Sensitivity, outcome: str, title: str) -> Plot:
    """Draw what the outcome's change becomes with each link a tenth weaker and stronger, and without it."""
    shown = range(min(len(what.links), MOST_LINKS))
    with _panels(found, len(shown), is_shared=False) as (figure, panels):
        for number, (axes, scenario) in enumerate(zip(panels, found.scenarios, strict=True)):
            _panel(axes, scenario.title, len(shown), is_about_nought=False)
            stated = what.stated[number]
            axes.axvline(stated, color=INK, linewidth=1)
            for place in shown:
                ends = ((what.weaker, AT_LOW), (what.stronger, AT_HIGH))
                for values, colour in ends:
                    axes.barh(place, values[place, number] - stated, left=stated, height=0.6, color=colour)
                axes.plot(what.absent[place, number], place, "x", color=LOSS, markersize=5)
        names = [f"{found.titles[i]} → {found.titles[j]}" for i, j in what.links[: len(shown)]]
        _name_rows(panels[0], names, letters=44)
        handles: list[Artist] = [
            Patch(color=AT_LOW, label="0.1 weaker"),
            Patch(color=AT_HIGH, label="0.1 stronger"),
        ]
        handles += panels[0].plot([], [], "x", color=LOSS, markersize=5, label="without the link")
        figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=_SMALL)
        cut = f"; the {len(shown)} of {len(what.links)} links that move it most" * (
            len(what.links) > len(shown)
        )
        figure.supxlabel(f"change of {outcome}{cut}", fontsize=9, color=MUTED)
        parts = [f"{name}: swing {short(float(what.swings[place]))}" for place, name in enumerate(names)]
        return finished(figure, "sensitivity", title, f"{title}. {'; '.join(parts)}.")


def draw_steps(found: CognitiveMap, levels: FloatArray, title: str) -> Plot:
    """Draw every concept's level from step to step; those that move most have a colour and their name."""
    spread = np.ptp(levels, axis=0)
    moving = [int(row) for row in np.argsort(-spread, kind="stable")[: len(SERIES)] if spread[row] > 0]
    steps = np.arange(len(levels))
    with drawing(3.9, width=WIDTH) as (figure, axes):
        for row in range(len(found.names)):
            if row not in moving:
                axes.plot(steps, levels[:, row], color=AT_LOW, linewidth=1)
        for colour, row in zip(SERIES, moving, strict=False):
            axes.plot(steps, levels[:, row], color=colour, linewidth=1.8)
        ends = _spread_out(levels[-1, moving], (found.how.dynamics.lowest, 1.0))
        for colour, row, at in zip(SERIES, moving, ends, strict=False):
            label = shorten(found.titles[row], _LETTERS, placeholder="…")
            axes.annotate(
                label,
                (steps[-1], levels[-1, row]),
                (1.03, at),
                textcoords=axes.get_yaxis_transform(),
                fontsize=_SMALL,
                va="center",
                color=INK,
                arrowprops={
                    "arrowstyle": "-",
                    "color": colour,
                    "linewidth": 1,
                    "shrinkA": 0,
                    "shrinkB": 0,
                    "relpos": (0, 0.5),
                },
                annotation_clip=False,
            )
        low = found.how.dynamics.lowest
        axes.set_ylim(low - 0.03 * (1 - low), 1 + 0.03 * (1 - low))
        axes.set_xlim(0, max(len(levels) - 1, 1))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        others = "; grey: those that move less" if len(moving) < len(found.names) else ""
        axes.set_xlabel(f"step (no unit of time){others}")
        axes.set_ylabel("level")
        axes.grid(axis="y")
        parts = [f"{found.titles[row]} {levels[0, row]:.2f} to {levels[-1, row]:.2f}" for row in moving]
        return finished(figure, "steps", title, f"{title}. {'; '.join(parts)}.")


def draw_people(found: CognitiveMap, title: str) -> Plot:
    """Draw what each person says of each link that two or more drew; the most disputed first."""
    about = disagreement(found.personal_weights, found.drawn)
    links = [(int(i), int(j)) for i, j in np.argwhere(about.n_drawn > 1)]
    if not links:
        raise ModelError("no link was drawn by two people", mend="look at --show structure")
    links.sort(key=lambda link: (not about.is_conflict[link], -about.deviation[link], link))
    n_shared, n_in_conflict = len(links), int(about.is_conflict.sum())
    links = links[:MOST_ROWS]
    cut = f"; the {MOST_ROWS} most disputed of {n_shared} links" if n_shared > MOST_ROWS else ""
    with drawing(1.2 + _ROW * len(links)) as (figure, axes):
        for place, link in enumerate(links):
            ends = [about.lowest[link], about.highest[link]]
            colour = LOSS if about.is_conflict[link] else AT_LOW
            axes.plot(ends, [place] * 2, color=colour, linewidth=2, zorder=1)
        for number, person in enumerate(found.people):
            said = [place for place, link in enumerate(links) if found.drawn[number][link]]
            axes.plot(
                [found.personal_weights[number][links[place]] for place in said],
                said,
                "os^Dv<>P"[number % 8],
                color=SERIES[number % len(SERIES)],
                markersize=6,
                label=shorten(person.title, _LETTERS, placeholder="…") if number < 12 else None,
            )
        _name_rows(axes, [f"{found.titles[i]} → {found.titles[j]}" for i, j in links], letters=50)
        axes.set_ylim(len(links) - 0.4, -0.6)
        axes.set_xlim(-1.05, 1.05)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.set_xlabel(f"weight (orange: some say it raises, some that it lowers){cut}")
        axes.grid(axis="x")
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=_SMALL)
        words = f"{title}. {n_in_conflict} links in conflict of {n_shared} shared ones."
        return finished(figure, "people", title, words)


@contextmanager
def _panels(
    found: CognitiveMap, n_rows: int, *, is_shared: bool = True
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure with one panel a scenario, side by side, whose rows (and, if so, axis) are shared."""
    n = len(found.scenarios)
    with drawing(1.5 + _ROW * n_rows, width=max(WIDTH, 2.6 + 1.8 * n)) as (figure, first):
        first.remove()
        yield figure, list(figure.subplots(1, n, sharey=True, sharex=is_shared, squeeze=False)[0])


def _panel(axes: Axes, title: str, n_rows: int, *, is_about_nought: bool = True) -> None:
    axes.set_title(shorten(title, 26, placeholder="…"), fontsize=9.5, color=INK)
    axes.set_ylim(n_rows - 0.4, -0.6)
    if is_about_nought:
        axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.xaxis.set_major_formatter(short)
    axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="x", labelsize=_SMALL)
    axes.grid(axis="x")


def _shown(changes: FloatArray) -> list[int]:
    """The rows that are shown, in the order of the map: all, or those with the largest changes."""
    largest = np.abs(np.nan_to_num(changes)).max(axis=0)
    chosen = np.argsort(-largest, kind="stable")[:MOST_ROWS]
    return sorted(int(row) for row in chosen)


def _name_axis(figure: Figure, what: str, found: CognitiveMap, rows: Sequence[int]) -> None:
    """Say below all panels what they show, and of how many concepts these are the ones that change most."""
    n = len(found.names)
    cut = f"; the {len(rows)} of {n} concepts that change most" if len(rows) < n else ""
    figure.supxlabel(f"{what}{cut}", fontsize=9, color=MUTED)


def _name_rows(axes: Axes, names: Sequence[str], *, letters: int = _LETTERS) -> None:
    texts = [fill(name, letters, max_lines=2, placeholder="…") for name in names]
    axes.set_yticks(range(len(names)), texts, linespacing=1.05)
    axes.tick_params(axis="y", labelsize=9)


def _legend(figure: Figure, colours: Mapping[str, str]) -> None:
    handles = [Patch(color=colour, label=label) for label, colour in colours.items()]
    figure.legend(
        handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=_SMALL, handlelength=1
    )


def _beside(axes: Axes, at: tuple[float, float], text: str) -> None:
    """Write a small number at the end of a bar, beyond it."""
    is_left = at[0] < 0
    axes.annotate(
        text,
        at,
        (-3 if is_left else 3, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        fontsize=7.5,
        color=INK,
    )


def _spread_out(values: FloatArray, ends: tuple[float, float]) -> FloatArray:
    """Where labels stand beside values so that none lies on another."""
    if not len(values):
        return values
    least = 0.062 * (ends[1] - ends[0])
    order = np.argsort(values, kind="stable")
    at = values[order].astype(float)
    for _ in range(200):
        gap = np.diff(at)
        short_by = np.maximum(least - gap, 0)
        if not short_by.any():
            break
        at[:-1] -= short_by / 2
        at[1:] += short_by / 2
    at += min(0.0, ends[1] - at[-1]) + max(0.0, ends[0] - at[0])
    placed = np.empty_like(at)
    placed[order] = at
    return placed


def _changes_in_words(found: CognitiveMap, changes: FloatArray, title: str) -> str:
    parts = []
    for scenario, row in zip(found.scenarios, changes, strict=True):
        largest = np.argsort(-np.abs(np.nan_to_num(row)), kind="stable")[:5]
        said = ", ".join(f"{found.titles[each]} {row[each]:+.2f}".replace("-", "−") for each in largest)
        parts.append(f"{scenario.title}: {said}")
    return f"{title}. {'; '.join(parts)}."
