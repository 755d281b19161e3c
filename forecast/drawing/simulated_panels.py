"""Plots of simulated panels: power against the size of the panel, and how one study went."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from innosi.forecast.panels.planning import Plan, PlannedRound, Trajectory
from innosi.forecast.panels.recommending import smallest_sufficient
from innosi.models.arrays import FloatArray
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short
from innosi.scenarios.drawing.palette import INK, LOSS, MUTED, REFERENCE, SERIES

_SOLID, _DASHED, _DOTTED = (0, (1, 0)), (0, (4, 3)), (0, (1, 2))
_JITTER = 0.3
_NORMAL_95 = 1.96
_MOST_ROUNDS = 5


def power_plot(plan: Plan, found: Sequence[PlannedRound]) -> Plot:
    """Draw which share of the questions comes to consensus, by panel size and round, and which falsely.

    With several drop-outs, the smallest and the largest stand side by side.
    """
    shares = sorted({plan.drop_outs[0], plan.drop_outs[-1]})
    with drawing(3.9) as (figure, first):
        figure.delaxes(first)
        panes = figure.subplots(1, len(shares), sharey=True, squeeze=False)[0]
        for axes, share in zip(panes, shares, strict=True):
            _power_pane(axes, plan, [each for each in found if each.drop_out == share])
            axes.set_title(_drop_out_words(share), fontsize=10, color=MUTED, loc="left")
        panes[0].set_ylabel("share of the questions in consensus")
        shown = _shown_rounds(plan)
        rounds = [_line(SERIES[place]) for place in range(len(shown))]
        names = [f"after round {each}" for each in shown]
        if len(plan.sizes) == 1:
            rounds, names = [_line(INK)], ["in consensus"]
        handles = [*rounds, _line(MUTED, _DOTTED), _line(REFERENCE, _DASHED)]
        names += ["falsely", f"{plan.wanted_power:.0%} wanted"]
        figure.legend(handles, names, loc="outside lower center", ncols=5, frameon=False)
        title = _power_title(plan, found)
        return finished(figure, "panel-power", title, _power_text(plan, found))


def _power_pane(axes: Axes, plan: Plan, found: Sequence[PlannedRound]) -> None:
    if len(plan.sizes) == 1:
        _one_size_pane(axes, found)
    else:
        _sizes_pane(axes, plan, found)
    axes.axhline(plan.wanted_power, color=REFERENCE, linestyle=_DASHED, linewidth=1, zorder=0)
    axes.set_ylim(-0.02, 1.04)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.margins(x=0.12)
    axes.grid(axis="y")


def _one_size_pane(axes: Axes, found: Sequence[PlannedRound]) -> None:
    """Draw the rounds of the only size along the axis."""
    rounds = [each.round for each in found]
    axes.plot(rounds, [each.power.value for each in found], color=INK, marker="o", linewidth=2)
    false = [each.false_consensus.value for each in found]
    axes.plot(rounds, false, color=INK, linestyle=_DOTTED, marker="o", markersize=3, linewidth=1.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(f"round of {found[0].n_panellists} panellists")


def _sizes_pane(axes: Axes, plan: Plan, found: Sequence[PlannedRound]) -> None:
    """Draw a line a round, along the sizes."""
    shown = _shown_rounds(plan)
    for place, number in enumerate(shown):
        of_round = [each for each in found if each.round == number]
        sizes = [each.n_panellists for each in of_round]
        power = [each.power.value for each in of_round]
        sure = [_NORMAL_95 * np.nan_to_num(each.power.standard_error) for each in of_round]
        colour, behind = SERIES[place], 1.2 * (len(shown) - 1 - place)  # earlier rounds show under later ones
        axes.errorbar(
            sizes, power, yerr=sure, color=colour, marker="o", markersize=5 + behind, linewidth=2 + behind
        )
        false = [each.false_consensus.value for each in of_round]
        axes.plot(sizes, false, color=colour, linestyle=_DOTTED, marker="o", markersize=3, linewidth=1.5)
    axes.set_xticks(plan.sizes)
    axes.set_xlabel("panellists in round 1")


def _line(colour: str, style: tuple[float, tuple[float, float]] = _SOLID) -> Line2D:
    return Line2D([], [], color=colour, linestyle=style, linewidth=2)


def _shown_rounds(plan: Plan) -> list[int]:
    """Return the rounds that are drawn: all, or five from the first to the last."""
    n = plan.model.n_rounds
    return sorted({round(each) for each in np.linspace(1, n, min(n, _MOST_ROUNDS))})


def _drop_out_words(share: float) -> str:
    return f"{share:.0%} leave before each next round" if share else "nobody leaves"


def _power_title(plan: Plan, found: Sequence[PlannedRound]) -> str:
    enough = smallest_sufficient(plan, found)
    if enough is None:
        return f"{plan.title}: no panel comes to consensus on {plan.wanted_power:.0%} of the questions"
    rounds = f"{enough.round} round{'s' if enough.round > 1 else ''}"
    false = f"; {enough.false_among_consensus:.0%} of these consensuses are false"
    return (
        f"{plan.title}: {enough.n_panellists} panellists in {rounds} come to consensus on"
        f" {enough.power.value:.0%} of the questions{false}"
    )


def _power_text(plan: Plan, found: Sequence[PlannedRound]) -> str:
    rows = [
        f"{each.n_panellists} panellists, {_drop_out_words(each.drop_out)}, round {each.round}:"
        f" {each.power.value:.0%} in consensus, {each.false_consensus.value:.0%} falsely"
        for each in found
        if each.drop_out in (plan.drop_outs[0], plan.drop_outs[-1])
    ]
    return f"Simulated panels, share of the questions in consensus. {'; '.join(rows)}."


def study_plot(plan: Plan, trajectories: Sequence[Trajectory]) -> Plot:
    """Draw how each panellist's answers went in one simulated study, with the truth of each question."""
    with drawing(3.9) as (figure, first):
        figure.delaxes(first)
        panes = figure.subplots(1, len(trajectories), sharey=True, squeeze=False)[0]
        for number, (axes, each) in enumerate(zip(panes, trajectories, strict=True), start=1):
            _study_pane(axes, plan, each)
            axes.set_title(f"question {number}", fontsize=10, color=MUTED, loc="left")
        panes[0].set_ylabel(_answer_axis(plan))
        if plan.model.scale.type == "quantity":
            panes[0].set_yscale("log")
            panes[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        handles = [_line(MUTED), _line(SERIES[0])]
        handles.append(_line(LOSS, _DASHED))
        names = ["a panellist", "median, with quartiles", "truth"]
        figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
        return finished(figure, "panel-study", _study_title(plan, trajectories), _study_text(trajectories))


def _study_pane(axes: Axes, plan: Plan, went: Trajectory) -> None:
    n_rounds, n_panellists = went.answers.shape
    rounds = np.arange(1, n_rounds + 1)
    shown = went.answers + _aside(plan, n_panellists)
    axes.plot(rounds, shown, color=MUTED, linewidth=0.6, alpha=0.45, marker="o", markersize=2.2, zorder=1)
    lower, upper = went.quartiles()
    axes.fill_between(rounds, lower, upper, color=SERIES[0], alpha=0.16, linewidth=0, zorder=0)
    axes.plot(rounds, went.medians, color=SERIES[0], linewidth=2.5, marker="o", markersize=6, zorder=3)
    axes.axhline(went.truth, color=LOSS, linestyle=_DASHED, linewidth=1.8, zorder=2)
    axes.set_xlabel(f"round\n{_outcome(plan, went)}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.12)
    if plan.model.scale.type == "rating":
        axes.set_ylim(plan.model.scale.low - 0.6, plan.model.scale.high + 0.6)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")


def _aside(plan: Plan, n_panellists: int) -> FloatArray:
    """Return how far each panellist's ratings are drawn beside their level, so that all can be seen."""
    if plan.model.scale.type != "rating":
        return np.zeros(n_panellists)
    return np.linspace(-_JITTER, _JITTER, n_panellists)


def _outcome(plan: Plan, went: Trajectory) -> str:
    if not went.is_consensus[-1]:
        return "no consensus"
    return "false consensus" if _is_false(plan, went) else "consensus"


def _is_false(plan: Plan, went: Trajectory) -> bool:
    error = plan.model.scale.errors(went.medians[-1], went.truth)
    return bool(went.is_consensus[-1] and error > plan.far_from_truth)


def _answer_axis(plan: Plan) -> str:
    scale = plan.model.scale
    if scale.type == "rating":
        return f"rating ({scale.low:g} to {scale.high:g})"
    return {"probability": "probability", "quantity": "quantity (logarithmic)"}.get(scale.type, "answer")


def _study_title(plan: Plan, trajectories: Sequence[Trajectory]) -> str:
    n_agreed = sum(bool(each.is_consensus[-1]) for each in trajectories)
    n_false = sum(_is_false(plan, each) for each in trajectories)
    about = f"{n_agreed} of {len(trajectories)} questions in consensus"
    false = f", {n_false} of them far from the truth" if n_agreed else ""
    return f"{plan.title}: after round {plan.model.n_rounds}, {about}{false}"


def _study_text(trajectories: Sequence[Trajectory]) -> str:
    rows = []
    for number, each in enumerate(trajectories, start=1):
        medians = ", ".join(f"{median:.3g}" for median in each.medians)
        lower, upper = each.quartiles()
        widths = ", ".join(f"{width:.3g}" for width in upper - lower)
        rows.append(
            f"question {number}: medians by round {medians}, interquartile ranges {widths},"
            f" truth {each.truth:.3g}"
        )
    return f"One simulated study. {'; '.join(rows)}."
