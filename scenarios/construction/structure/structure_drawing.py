"""Pictures of a structural analysis: influence–dependence maps, what moves on them, the hierarchy (ISM)."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.structure.hierarchy_drawing import draw_hierarchy
from innosi.scenarios.construction.structure.interpretive import Quadrant
from innosi.scenarios.construction.structure.micmac import MIDDLE, Behaviour, Ranks, Sector, Standing
from innosi.scenarios.construction.structure.structure_file import MAP_WORDS, StructuralAnalysis
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.label_placing import Point, joined, label_points, name_corners
from innosi.scenarios.drawing.palette import MUTED, RULE, SERIES

_HEIGHT, _TALL = 5.4, 7.2
_MOST_LABELLED = 24
"""With more variables, only those that lead in influence or in dependence are labelled."""
_LEADERS = 9
_DASHED = (0, (4, 3))


def draw_structure(analysis: StructuralAnalysis, picture: str | None = None) -> Plot:
    """Draw a structural analysis.

    Parameters
    ----------
    picture : str, optional
        One of `PICTURES`; by default the first of them that there is anything for.

    Raises
    ------
    InnosiError
        If there is nothing to draw so, with the reason.
    """
    if picture is None:
        picture = next(each for each in PICTURES if _reason_against(analysis, each) is None)
    reason = _reason_against(analysis, picture)
    if reason is not None:
        raise InnosiError(f"there is no picture '{picture}': {reason}", mend="draw another one")
    return PICTURES[picture](analysis)


def _reason_against(analysis: StructuralAnalysis, picture: str) -> str | None:
    if picture in ("hierarchy", "driving"):
        return None if analysis.relations is not None else "the file says no `relations`"
    if analysis.influences is None:
        return "the file says no `influences`"
    needed = "indirect" if picture == "displacement" else picture
    if needed in analysis.maps:
        return None
    if needed.startswith("potential") and not analysis.influences.has_potential:
        return "no influence is potential (P)"
    return "indirect influences have no ranking that stays (see the notes of the table)"


def _displacement(analysis: StructuralAnalysis) -> Plot:
    """Where each variable goes as influences through others are counted too."""
    before, after = analysis.maps["direct"], analysis.maps["indirect"]
    starts, ends = _points(before), _points(after)
    title = _moves(analysis, before.influence_ranks, after.influence_ranks)
    with drawing(_height(analysis)) as (figure, axes):
        _lay(axes, [*starts, *ends], len(starts))
        style = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 0.9, "shrinkA": 3, "shrinkB": 3}
        for start, end in zip(starts, ends, strict=True):
            axes.annotate("", end, start, arrowprops=style, zorder=2)
        axes.scatter(
            [x for x, _ in starts],
            [y for _, y in starts],
            s=26,
            facecolor="white",
            edgecolor=MUTED,
            zorder=3,
            label="direct",
        )
        name = "through others"
        axes.scatter([x for x, _ in ends], [y for _, y in ends], s=30, color=SERIES[0], zorder=4, label=name)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=2, frameon=False, fontsize=8.5)
        avoid = [*ends, *starts, *_between(starts, ends)]
        label_points(axes, _labelled(after, analysis.titles), avoid=avoid)
        told = "; ".join(
            f"{name}: influence rank {a} directly, {b} through others; dependence rank {c} and {d}"
            for name, a, b, c, d in zip(
                analysis.titles,
                before.influence_ranks,
                after.influence_ranks,
                before.dependence_ranks,
                after.dependence_ranks,
                strict=True,
            )
        )
        return finished(figure, "displacement", title, f"{title}. {told}.")


def _map(name: str) -> Callable[[StructuralAnalysis], Plot]:
    """Return what draws one of the four maps."""

    def draw(analysis: StructuralAnalysis) -> Plot:
        standing = analysis.maps[name]
        title = f"{_extremes(analysis.titles, standing)} ({MAP_WORDS[name]})"
        kinds = [analysis.variables[each].kind for each in analysis.names]
        points = _points(standing)
        with drawing(_height(analysis)) as (figure, axes):
            _lay(axes, points, len(points))
            for kind, marker, colour in _MARKERS:
                chosen = [point for point, each in zip(points, kinds, strict=True) if each == kind]
                if chosen:
                    label = kind or "variable"
                    axes.scatter(
                        [x for x, _ in chosen],
                        [y for _, y in chosen],
                        s=32,
                        marker=marker,
                        color=colour,
                        zorder=3,
                        label=label,
                    )
            if len(set(kinds)) > 1:
                below = (0.5, -0.11)
                axes.legend(loc="upper center", bbox_to_anchor=below, ncols=3, frameon=False, fontsize=8.5)
            label_points(axes, _labelled(standing, analysis.titles), avoid=points)
            told = "; ".join(
                f"{each}: {influence:.1%} of influence, {dependence:.1%} of dependence, {sector}"
                for each, influence, dependence, sector in zip(
                    analysis.titles, standing.influence, standing.dependence, standing.sectors, strict=True
                )
            )
            return finished(figure, name.replace("_", "-"), title, f"{title}. {told}.")

    return draw


_MARKERS: tuple[tuple[str | None, str, str], ...] = (
    (None, "o", SERIES[0]),
    ("internal", "o", SERIES[0]),
    ("external", "s", SERIES[1]),
)


def _driving(analysis: StructuralAnalysis) -> Plot:
    """Driving power against dependence power of the hierarchy (ISM); not MICMAC's map."""
    found = analysis.hierarchy
    assert found is not None
    points = [(float(x), float(y)) for x, y in zip(found.dependence, found.driving, strict=True)]
    n = len(points)
    drives = [each is Quadrant.DRIVER for each in found.quadrants]
    who = _named(analysis.titles, drives) or "nothing"
    title = f"ISM driving–dependence: {who} {'drive' if sum(drives) > 1 else 'drives'} the rest"
    with drawing(_HEIGHT) as (figure, axes):
        axes.set(xlim=(0, n + 1), ylim=(0, n + 1), xlabel="dependence power", ylabel="driving power")
        middle = (n + 1) / 2
        _cross(axes, middle)
        corners = (("driver", 0, 1), ("linkage", 1, 1), ("dependent", 1, 0), ("autonomous", 0, 0))
        name_corners(axes, corners)
        axes.scatter([x for x, _ in points], [y for _, y in points], s=32, color=SERIES[0], zorder=3)
        label_points(axes, joined(points, analysis.titles))
        told = "; ".join(
            f"{name}: driving power {y:g}, dependence power {x:g}, {quadrant}"
            for name, (x, y), quadrant in zip(analysis.titles, points, found.quadrants, strict=True)
        )
        return finished(figure, "driving-dependence", title, f"{title}. {told}.")


def _hierarchy(analysis: StructuralAnalysis) -> Plot:
    assert analysis.hierarchy is not None
    return draw_hierarchy(analysis.hierarchy, analysis.titles)


PICTURES: Mapping[str, Callable[[StructuralAnalysis], Plot]] = {
    "displacement": _displacement,
    **{name: _map(name) for name in MAP_WORDS},
    "hierarchy": _hierarchy,
    "driving": _driving,
}
"""What can be drawn, by name."""


def _points(standing: Standing) -> list[Point]:
    return [(float(x), float(y)) for x, y in zip(standing.dependence, standing.influence, strict=True)]


def _height(analysis: StructuralAnalysis) -> float:
    return _HEIGHT if len(analysis.names) <= _MOST_LABELLED else _TALL


def _labelled(standing: Standing, titles: Sequence[str]) -> dict[Point, list[str]]:
    """The titles at each point of a map; where there are too many, those of the leaders."""
    leads = [
        len(titles) <= _MOST_LABELLED or min(each) <= _LEADERS
        for each in zip(standing.influence_ranks, standing.dependence_ranks, strict=True)
    ]
    chosen = [place for place, each in enumerate(leads) if each]
    return joined([_points(standing)[place] for place in chosen], [titles[place] for place in chosen])


def _between(starts: Sequence[Point], ends: Sequence[Point]) -> list[Point]:
    """Points on the way from each start to its end, which no label should cover."""
    return [
        (a + part * (c - a), b + part * (d - b))
        for (a, b), (c, d) in zip(starts, ends, strict=True)
        for part in (0.35, 0.7)
    ]


def _lay(axes: Axes, points: Sequence[Point], n: int) -> None:
    """Lay out a map: its axes from 0, the averages, the middle, and what the corners are called."""
    right, top = (1.18 * max(*each, 1.3 / n) for each in zip(*points, strict=True))
    axes.set(xlim=(-0.02 * right, right), ylim=(-0.02 * top, top))
    axes.set(xlabel="dependence, share of all", ylabel="influence, share of all")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(lambda share, _: f"{100 * share:.3g} %")
    _cross(axes, 1 / n)
    side = np.array([1 - MIDDLE, 1 + MIDDLE, 1 + MIDDLE, 1 - MIDDLE, 1 - MIDDLE]) / n
    up = np.array([1 - MIDDLE, 1 - MIDDLE, 1 + MIDDLE, 1 + MIDDLE, 1 - MIDDLE]) / n
    axes.plot(side, up, color=RULE, linewidth=0.9, zorder=0)
    names = (
        (Sector.DETERMINANT, 0, 1),
        (Sector.RELAY, 1, 1),
        (Sector.DEPENDENT, 1, 0),
        (Sector.AUTONOMOUS, 0, 0),
    )
    name_corners(axes, [(str(each), x, y) for each, x, y in names])


def _cross(axes: Axes, at: float) -> None:
    axes.axvline(at, color=RULE, linewidth=1, linestyle=_DASHED, zorder=0)
    axes.axhline(at, color=RULE, linewidth=1, linestyle=_DASHED, zorder=0)


def _extremes(titles: Sequence[str], standing: Standing) -> str:
    if not standing.influence.any():
        return "Nothing influences anything"
    first = _named(titles, [rank == 1 for rank in standing.influence_ranks])
    last = _named(titles, [rank == 1 for rank in standing.dependence_ranks])
    return f"Most influence: {first}. Most dependence: {last}"


def _moves(analysis: StructuralAnalysis, before: Ranks, after: Ranks) -> str:
    """The finding of a displacement map: who rises and who falls most in the order of influence."""
    rises = [a - b for a, b in zip(before, after, strict=True)]
    if not any(rises):
        title = "Counted through others too, the order of influence stays as it is"
    else:
        place = int(np.argmax(np.abs(rises)))
        verb = "rises" if rises[place] > 0 else "falls"
        way = f"{verb} from rank {before[place]} to {after[place]} in influence"
        title = f"Through others, {analysis.titles[place]} {way}"
    found = analysis.indirect
    unsure = found is not None and found.behaviour is not Behaviour.SETTLES
    return f"{title} (at power {found.power}; the ranking does not settle)" if unsure and found else title


def _named(titles: Sequence[str], chosen: Sequence[bool]) -> str:
    named = [title for title, is_one in zip(titles, chosen, strict=True) if is_one]
    return ", ".join(named[:3]) + (" and others" if len(named) > 3 else "")
