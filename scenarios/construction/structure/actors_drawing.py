"""Pictures of an analysis of actors: who has power, who stands with whom, and what moves them."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, cos, pi, sin
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.structure.actors_file import ActorsAnalysis
from innosi.scenarios.drawing.figures import WIDTH, Plot, drawing, finished, legend_below
from innosi.scenarios.drawing.label_placing import joined, label_points, name_corners
from innosi.scenarios.drawing.palette import GAIN, INK, LOSS, MUTED, RULE, SERIES

_HEIGHT = 5.4
_ROW = 0.5
_LINE, _CHARACTER, _HANDLE, _LONGEST = 0.18, 0.065, 0.6, 60
"""Of a legend, in inches: height of a line, width of a letter and of what stands before it; then letters."""
_DASHED = (0, (4, 3))
_CORNERS = (("dominant", 0, 1), ("relay", 1, 1), ("dominated", 1, 0), ("autonomous", 0, 0))
_WIDEST = 7.0
"""Width of the strongest line of a graph, in points."""


def draw_actors(analysis: ActorsAnalysis, picture: str = "influence") -> Plot:
    """Draw an analysis of actors.

    Parameters
    ----------
    picture : str
        One of `PICTURES`.
    """
    return PICTURES[picture](analysis)


def _influence(analysis: ActorsAnalysis) -> Plot:
    """Influence over others against dependence on them; the larger the dot, the more force."""
    power = analysis.mactor.power
    points = [(float(x), float(y)) for x, y in zip(power.dependence, power.influence, strict=True)]
    strongest = _first(analysis.actor_titles, power.force)
    found = f"{strongest}: most force" if power.force.any() else "Nobody has force over another"
    title = f"{found} (influence and dependence, direct and through others)"
    with drawing(_HEIGHT) as (figure, axes):
        right, top = (1.18 * max(*each, 1.0) for each in zip(*points, strict=True))
        axes.set(xlim=(-0.02 * right, right), ylim=(-0.02 * top, top))
        axes.set(xlabel="dependence on others (Di)", ylabel="influence over others (Ii)")
        axes.axvline(float(power.dependence.mean()), color=RULE, linewidth=1, linestyle=_DASHED, zorder=0)
        axes.axhline(float(power.influence.mean()), color=RULE, linewidth=1, linestyle=_DASHED, zorder=0)
        name_corners(axes, _CORNERS)
        sizes = 15 + 75 * power.force / max(float(power.force.max()), 1e-9)
        colours = _colours(analysis)
        axes.scatter([x for x, _ in points], [y for _, y in points], s=sizes, color=colours, zorder=3)
        label_points(axes, joined(points, analysis.actor_titles))
        told = "; ".join(
            f"{name}: influence {y:g}, dependence {x:g}, force {force:.2f}"
            for name, (x, y), force in zip(analysis.actor_titles, points, power.force, strict=True)
        )
        return finished(figure, "actors-influence", title, f"{title}. {told}.")


def _convergence(analysis: ActorsAnalysis) -> Plot:
    strengths = analysis.mactor.orders[2].convergence
    return _actors_graph(analysis, strengths, "convergence", "go together most", GAIN)


def _divergence(analysis: ActorsAnalysis) -> Plot:
    strengths = analysis.mactor.orders[2].divergence
    return _actors_graph(analysis, strengths, "divergence", "differ most", LOSS)


def _actors_graph(analysis: ActorsAnalysis, strengths: FloatArray, name: str, verb: str, colour: str) -> Plot:
    order = [each for coalition in analysis.coalitions for each in coalition.members]
    title = f"{_pair(analysis.actor_titles, strengths, verb)} ({name}, weighted by force)"
    told = _listed(analysis.actor_titles, strengths)
    with drawing(_HEIGHT) as (figure, axes):
        _circle(axes, order, analysis.actor_titles, [(strengths, colour)], _colours(analysis))
        handles = [
            Line2D(
                [],
                [],
                marker="o",
                linestyle="",
                color=SERIES[place % len(SERIES)],
                label=f"coalition {place + 1}",
            )
            for place in range(len(analysis.coalitions))
        ]
        below = (0.5, 0.02)
        axes.legend(
            handles=handles, loc="upper center", bbox_to_anchor=below, ncols=4, frameon=False, fontsize=8.5
        )
        return finished(figure, f"actors-{name}", title, f"{title}. {told}.")


def _objectives(analysis: ActorsAnalysis) -> Plot:
    """Which objectives the same actors want, and which they set against each other."""
    net = analysis.mactor.net_distances
    with_each, against = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    titles = analysis.objective_titles
    title = f"{_pair(titles, with_each, 'are held alike most')} (net distances between objectives)"
    told = f"alike: {_listed(titles, with_each)}. One or the other: {_listed(titles, against)}"
    with drawing(_HEIGHT) as (figure, axes):
        strengths = [(with_each, GAIN), (against, LOSS)]
        _circle(axes, range(len(titles)), titles, strengths, [INK] * len(titles))
        handles = [
            Line2D([], [], color=GAIN, linewidth=3, label="wanted or rejected together"),
            Line2D([], [], color=LOSS, linewidth=3, label="one wanted, the other rejected"),
        ]
        below = (0.5, 0.02)
        axes.legend(
            handles=handles, loc="upper center", bbox_to_anchor=below, ncols=2, frameon=False, fontsize=8.5
        )
        return finished(figure, "objectives", title, f"{title}. {told}.")


def _mobilisation(analysis: ActorsAnalysis) -> Plot:
    """How much force stands for and against each objective, actor by actor."""
    order = analysis.mactor.orders[2]
    moves = order.in_favour + order.against
    rows = [int(each) for each in np.argsort(-moves, kind="stable")]
    title = _moved_most(analysis, rows[0])
    names = [fill(each, _LONGEST) for each in analysis.actor_titles]
    longest = max(len(line) for name in names for line in name.splitlines())
    columns = max(1, min(4, int(WIDTH / (_HANDLE + _CHARACTER * longest))))
    n_lines = max(name.count("\n") + 1 for name in names) * ceil(len(names) / columns)
    with drawing(1.2 + _ROW * len(rows) + _LINE * n_lines) as (figure, axes):
        for actor, name in enumerate(names):
            _bars(axes, order.positions[:, rows], actor, name)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.set_yticks(range(len(rows)), [fill(analysis.objective_titles[each], 30) for each in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(
            -1.04 * max(float(order.against.max()), 0.1), 1.04 * max(float(order.in_favour.max()), 0.1)
        )
        axes.set_xlabel("against  ←  position × force (3MAO)  →  in favour")
        axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        axes.grid(axis="x")
        legend_below(figure, [axes], columns=columns)
        told = "; ".join(
            f"{analysis.objective_titles[each]}: {order.in_favour[each]:.1f} in favour,"
            f" {order.against[each]:.1f} against"
            for each in rows
        )
        return finished(figure, "mobilisation", title, f"{title}. {told}.")


def _moved_most(analysis: ActorsAnalysis, first: int) -> str:
    """The finding of the mobilisation picture."""
    order = analysis.mactor.orders[2]
    sides = float(order.in_favour[first]), float(order.against[first])
    if not any(sides):
        return "No objective moves anybody who has force"
    contested = "contested" if min(sides) > 0.25 * sum(sides) else "agreed on"
    return f"{analysis.objective_titles[first]}: mobilises most, and is {contested}"


PICTURES: Mapping[str, Callable[[ActorsAnalysis], Plot]] = {
    "influence": _influence,
    "convergence": _convergence,
    "divergence": _divergence,
    "objectives": _objectives,
    "mobilisation": _mobilisation,
}
"""What can be drawn, by name."""


def _bars(axes: Axes, positions: FloatArray, actor: int, name: str) -> None:
    """Stack an actor's positions onto those of the actors before it, each side by itself."""
    mine, before = positions[actor], positions[:actor]
    onto = np.where(mine > 0, np.maximum(before, 0).sum(0), np.minimum(before, 0).sum(0))
    colour, hatch = SERIES[actor % len(SERIES)], "//" if actor >= len(SERIES) else None
    axes.barh(
        range(len(mine)),
        mine,
        left=onto,
        height=0.62,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        linewidth=0.6,
        label=name,
    )


def _circle(
    axes: Axes,
    order: Sequence[int],
    titles: Sequence[str],
    strengths: Sequence[tuple[FloatArray, str]],
    colours: Sequence[str],
) -> None:
    """Place names on a circle and join them by lines, the wider the stronger."""
    n = len(titles)
    angles = {each: pi / 2 - 2 * pi * place / n for place, each in enumerate(order)}
    at = {each: (cos(angle), sin(angle)) for each, angle in angles.items()}
    most = max(*(float(each.max()) for each, _ in strengths), 1e-9)
    for matrix, colour in strengths:
        for a, b in zip(*np.nonzero(np.triu(matrix)), strict=True):
            (x, y), (u, v) = at[int(a)], at[int(b)]
            share = float(matrix[a, b]) / most
            width, alpha = 0.5 + (_WIDEST - 0.5) * share, 0.25 + 0.6 * share
            axes.plot(
                [x, u], [y, v], color=colour, linewidth=width, alpha=alpha, zorder=1, solid_capstyle="round"
            )
    for each, (x, y) in at.items():
        axes.plot(x, y, "o", color=colours[each], markersize=9, markeredgecolor="white", zorder=3)
        across = "left" if x > 0.15 else "right" if x < -0.15 else "center"
        up = "bottom" if y > 0.9 else "top" if y < -0.9 else "center"
        name = fill(titles[each], 20)
        axes.text(1.1 * x, 1.1 * y, name, ha=across, va=up, fontsize=9, color=INK)
    axes.set(xlim=(-2, 2), ylim=(-1.35, 1.35), aspect="equal")
    axes.axis("off")


def _colours(analysis: ActorsAnalysis) -> list[str]:
    """The colour of each actor's coalition."""
    found = [""] * len(analysis.actors)
    for place, coalition in enumerate(analysis.coalitions):
        for each in coalition.members:
            found[each] = SERIES[place % len(SERIES)]
    return found


def _first(titles: Sequence[str], values: FloatArray) -> str:
    found = [title for title, value in zip(titles, values, strict=True) if value >= values.max() - 1e-9]
    return ", ".join(found[:3]) + (" and others" if len(found) > 3 else "")


def _pair(titles: Sequence[str], strengths: FloatArray, verb: str) -> str:
    if not strengths.any():
        return f"No two {verb.removesuffix(' most')}"
    a, b = divmod(int(np.argmax(np.triu(strengths))), len(titles))
    return f"{titles[a]} and {titles[b]} {verb}"


def _listed(titles: Sequence[str], strengths: FloatArray) -> str:
    pairs = sorted(zip(*np.nonzero(np.triu(strengths)), strict=True), key=lambda pair: -strengths[pair])
    return "; ".join(f"{titles[a]} and {titles[b]} {strengths[a, b]:.1f}" for a, b in pairs) or "none"
