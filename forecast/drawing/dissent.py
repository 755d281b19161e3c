"""Where answers lie, panellist by panellist: the middle half, outliers, groups, and two camps."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.statistics.descriptive import describe
from innosi.forecast.statistics.dissent import Dissent
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError
from innosi.scenarios.drawing.figures import Plot, drawing, finished, legend_below
from innosi.scenarios.drawing.numbers import short
from innosi.scenarios.drawing.palette import INK, LOSS, MUTED, SERIES

MOST_PANELS = 24
"""So many questions are drawn: those with two camps first, then those with most outliers."""
_WIDE, _HIGH, _TITLE, _STEP = 9.0, 1.75, 46, 0.16
_BAND = "#dbe9f4"


def dissent_plot(study: Study, answers: Answers, found: Sequence[Dissent]) -> Plot:
    """Draw each panellist's answer to every question, with outliers marked and groups coloured.

    Raises
    ------
    AnswerError
        If no question has answers with an order.
    """
    ordered = [each for each in found if each.question.measurement != "nominal"]
    if not ordered:
        raise AnswerError("has no answers that can be drawn in this round", mend="choose another question")
    ordered.sort(key=lambda each: (not _is_split(each), -len(each.outliers)))
    shown = ordered[:MOST_PANELS]
    n_columns = 1 if len(shown) == 1 else 2
    n_rows = -(-len(shown) // n_columns)
    with drawing(_HIGH * n_rows + 0.5, width=_WIDE) as (figure, axes):
        axes.remove()
        grid = figure.subplots(n_rows, n_columns, squeeze=False)
        for place, each in zip(grid.flat, shown, strict=False):
            whole = study.question_of(each.question.name)
            given = answers.to_aspect(whole, each.question.name, each.round).with_a_number
            _strip(place, study, given, each)
        for place in list(grid.flat)[len(shown) :]:
            place.set_visible(False)
        legend_below(figure, list(grid.flat)[: len(shown)])
    n_split = sum(map(_is_split, ordered))
    title = f"{study.title}, {study.rounds[found[0].round - 1]}"
    title += f": two camps on {n_split} of {len(ordered)} questions"
    if len(ordered) > len(shown):
        title += f" ({len(shown)} shown)"
    return finished(figure, "dissent", title, "; ".join(_words(each) for each in shown))


def _is_split(each: Dissent) -> bool:
    return each.bipolarity is not None and each.bipolarity.camps is not None


def _words(each: Dissent) -> str:
    camps = each.bipolarity.words if each.bipolarity else ""
    n = len(each.outliers)
    return f"{each.question.name}: {camps}, {n} outlier{'' if n == 1 else 's'}, n = {each.n}"


def _strip(axes: Axes, study: Study, given: QuestionAnswers, each: Dissent) -> None:
    values = given.central
    at = describe(values)
    axes.axvspan(at.lower_quartile, at.upper_quartile, color=_BAND, linewidth=0, zorder=0)
    axes.axvline(at.median, color=INK, linewidth=1.1, zorder=1)
    order = np.argsort(values, kind="stable")
    heights = np.empty(values.size)
    heights[order] = _stacked(values[order])
    for group, colour, is_in in _by_group(study, given):
        axes.scatter(
            values[is_in], heights[is_in], s=22, color=colour, linewidth=0, zorder=3, label=group or None
        )
    named = {outlier.panellist for outlier in each.outliers}
    is_far = np.array([name in named for name in given.panellists])
    if is_far.any():
        axes.scatter(
            values[is_far], heights[is_far], s=70, facecolor="none", edgecolor=LOSS, linewidth=1.3, zorder=4,
            label="outlier",
        )  # fmt: skip
    if each.bipolarity is not None and each.bipolarity.camps is not None:
        axes.axvline(each.bipolarity.camps.split, color=LOSS, linewidth=1, linestyle=(0, (3, 2)), zorder=2)
    _finish(axes, given, each, float(heights.max(initial=0)))


def _finish(axes: Axes, given: QuestionAnswers, each: Dissent, tallest: float) -> None:
    question = given.question
    axes.set_ylim(-_STEP, max(tallest + 2 * _STEP, 1.0))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=8, length=0)
    axes.set_title(
        fill(f"{question.name}: {question.text}", _TITLE), loc="left", fontsize=8.5, color=INK, pad=12
    )
    camps = each.bipolarity.words if each.bipolarity else ""
    axes.text(0, 1.03, f"n = {each.n}; {camps}", transform=axes.transAxes, fontsize=7, color=MUTED)
    if question.scale is not None:
        axes.set_xlim(question.scale[0] - 0.5, question.scale[1] + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=11, integer=True))
    elif question.is_share:
        axes.set_xlim(-0.03, 1.03)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    elif question.type == "year":
        axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    else:
        axes.xaxis.set_major_formatter(lambda value, _: short(value))
    if question.unit:
        axes.set_xlabel(question.unit, fontsize=7.5)


Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def _by_group(study: Study, given: QuestionAnswers) -> list[tuple[str, str, Mask]]:
    """Return groups that may be shown with their colours; everybody else in grey, in blue without groups."""
    groups = np.array([study.panel.group_of(name) for name in given.panellists])
    counts = {name: int(np.sum(groups == name)) for name in study.panel.groups}
    counts = {name: n for name, n in counts.items() if n}
    shown = shown_groups(counts, minimum=study.panel.minimum_group_size, ungrouped=int(np.sum(groups == "")))
    rest = ~np.isin(groups, shown)
    found: list[tuple[str, str, Mask]] = []
    if rest.any():
        found.append(("others", MUTED, rest) if shown else ("", SERIES[0], rest))
    names = list(study.panel.groups)
    for name in shown:
        colour = SERIES[names.index(name) % len(SERIES)]
        found.append((study.panel.groups[name], colour, groups == name))
    return found


def _stacked(ordered: FloatArray) -> FloatArray:
    width = float(np.ptp(ordered)) / 45
    heights = np.zeros(ordered.size)
    for i in range(1, ordered.size):
        heights[i] = heights[i - 1] + _STEP if ordered[i] - ordered[i - 1] <= width else 0.0
    tallest = float(heights.max(initial=0.0))
    return heights * min(1.0, 1.6 / tallest) if tallest > 0 else heights
