"""The plot of a round: how the answers to each question lie, and how they lay the round before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.statistics.descriptive import describe
from innosi.forecast.statistics.options import OptionFindings, option_findings
from innosi.forecast.statistics.rules import Verdict
from innosi.forecast.statistics.summary import answers_before
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short, year
from innosi.scenarios.drawing.palette import GAIN, INK, MUTED, RULE

MOST_PANELS = 24
"""So many questions are drawn, the first of the study; one by its name is always drawn."""
_ROW, _WIDE, _TITLE = 2.1, 9.0, 44
MOST_TICKS = 11
_BAND = "#dbe9f4"


@dataclass(frozen=True, slots=True)
class _Panel:
    """One question (or part of one) to draw."""

    title: str
    subtitle: str
    draw: Callable[[Axes], None]
    words: str
    is_asked: bool = False
    is_reached: bool = False


def summary_plot(study: Study, answers: Answers, number: int, name: str | None = None) -> Plot:
    """Draw how the answers to each question of a round lie, with median and middle half.

    Parameters
    ----------
    name : str, optional
        Draw this question (or part of one) alone.

    Raises
    ------
    AnswerError
        If there is nothing to draw.
    """
    panels = list(_panels(study, answers, number, name))
    if not panels:
        raise AnswerError("has no answers that can be drawn in this round", mend="choose another question")
    shown = panels[:MOST_PANELS]
    n_columns = 1 if len(shown) == 1 else 2
    n_rows = -(-len(shown) // n_columns)
    with drawing(_ROW * n_rows * (1.4 if n_columns == 1 else 1), width=_WIDE) as (figure, axes):
        axes.remove()
        _fill(figure, shown, n_rows, n_columns)
    title = f"{study.title}, {study.rounds[number - 1]} ({study.panel.name})"
    title += _finding([panel.is_reached for panel in panels if panel.is_asked])
    if len(panels) > len(shown):
        title += f" (the first {len(shown)} of {len(panels)} questions)"
    return finished(figure, "delphi-summary", title, "; ".join(panel.words for panel in shown))


def _finding(reached: list[bool]) -> str:
    """Say how many of the questions with a rule are in consensus."""
    if not reached:
        return ""
    if len(reached) == 1:
        return ": consensus" if reached[0] else ": no consensus"
    return f": consensus on {sum(reached)} of {len(reached)} questions"


def _fill(figure: Figure, panels: list[_Panel], n_rows: int, n_columns: int) -> None:
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        panel.draw(axes)
        axes.set_title(fill(panel.title, _TITLE), loc="left", fontsize=9, color=INK, pad=14)
        axes.text(0, 1.03, panel.subtitle, transform=axes.transAxes, fontsize=7.5, color=MUTED)
        axes.tick_params(labelsize=8, length=0)
        axes.spines["left"].set_visible(False)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)


def _panels(study: Study, answers: Answers, number: int, name: str | None) -> Iterator[_Panel]:
    for question in study.questions.values():
        given = answers.to(question, number)
        found = option_findings(given)
        if found is not None and name in (None, question.name):
            yield _options_panel(question.text, found, verdict_of(study, answers, given))
            continue
        for part in given.aspects:
            is_asked = name in (None, question.name, part.question.name)
            if part.n and is_asked and part.question.measurement != "nominal":
                yield _number_panel(study, answers, part)


def _number_panel(study: Study, answers: Answers, given: QuestionAnswers) -> _Panel:
    at, question = describe(given.central), given.question
    verdict = verdict_of(study, answers, given)
    shown = year if question.type == "year" else short
    quartiles = f"{shown(at.lower_quartile)} to {shown(at.upper_quartile)}"
    said = f"n = {at.n}, median {shown(at.median)} ({quartiles})"
    if given.n_never:
        said += f", and {given.n_never} say never"
    if verdict.rule is not None:
        said += f", consensus: {verdict.word}"
    before = answers_before(study, answers, given)

    def draw(axes: Axes) -> None:
        axes.axvspan(at.lower_quartile, at.upper_quartile, color=_BAND, zorder=0, linewidth=0)
        (_levels if question.scale else _dots)(axes, given, before)
        axes.axvline(at.median, color=INK, linewidth=1.2, zorder=3)

    title = f"{question.name}: {question.text}"
    is_asked, is_reached = verdict.rule is not None, verdict.is_reached is True
    return _Panel(title, said, draw, f"{question.name}: {said}", is_asked, is_reached)


def _levels(axes: Axes, given: QuestionAnswers, before: QuestionAnswers | None) -> None:
    low, high = given.question.scale or (0, 1)
    tally = given.tally
    axes.bar(tally.levels, tally.counts, width=0.7, color=GAIN, zorder=2)
    if before is not None:
        axes.step(
            [low - 0.5, *before.tally.levels + 0.5],
            [*before.tally.counts, before.tally.counts[-1]],
            where="post",
            color=MUTED,
            linewidth=1,
            linestyle=(0, (3, 2)),
            zorder=3,
        )
    axes.set_xlim(low - 0.6, high + 0.6)
    if high - low < MOST_TICKS:
        axes.set_xticks(range(low, high + 1))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=MOST_TICKS, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.set_ylabel("panellists", fontsize=7.5)
    axes.set_xlabel(_behind("level", before), fontsize=7.5)


def _dots(axes: Axes, given: QuestionAnswers, before: QuestionAnswers | None) -> None:
    for row, (each, colour) in enumerate(((before, MUTED), (given, GAIN))):
        if each is not None:
            values = np.sort(each.central[~np.isnan(each.central)])
            places = row + _stacked(values)
            axes.scatter(values, places, s=14, color=colour, alpha=0.75, linewidth=0, zorder=2)
    axes.set_ylim(-0.6 if before is not None else 0.4, 1.9)
    axes.set_yticks([0, 1] if before is not None else [1], ["before", "now"] if before is not None else [""])
    axes.axhline(0.5, color=RULE, linewidth=0.6 if before is not None else 0)
    question = given.question
    axes.set_xlabel(_behind(question.unit or "answer", None), fontsize=7.5)
    if question.is_share:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlim(-0.02, 1.02)
    elif question.type != "year":
        axes.xaxis.set_major_formatter(lambda value, _: short(value))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=question.type == "year"))


def _stacked(values: FloatArray) -> FloatArray:
    """Return how high each dot stands, so that dots near each other do not hide each other."""
    width = float(np.ptp(values)) / 60 if values.size else 0.0
    heights = np.zeros(values.size)
    for i in range(1, values.size):
        is_near = values[i] - values[i - 1] <= width
        heights[i] = heights[i - 1] + 0.09 if is_near else 0.0
    tallest = heights.max(initial=0.8)
    return heights * (0.8 / tallest)


def _behind(what: str, before: QuestionAnswers | None) -> str:
    return what if before is None else f"{what} (dashed: round {before.round})"


def _options_panel(text: str, found: OptionFindings, verdict: Verdict) -> _Panel:
    options = found.options[::-1]

    def draw(axes: Axes) -> None:
        places = np.arange(len(options))
        values = np.array([each.value for each in options])
        ends = np.array([[each.low, each.high] for each in options])
        axes.barh(places, values, height=0.6, color=GAIN, alpha=0.35, linewidth=0)
        axes.hlines(places, ends[:, 0], ends[:, 1], color=GAIN, linewidth=2)
        axes.scatter(values, places, color=GAIN, s=22, zorder=3)
        axes.set_yticks(places, [fill(each.title, 24) for each in options])
        axes.set_xlim(left=0)
        if found.what in ("share", "priority"):
            axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlabel(f"{found.what} (with 95 % interval)", fontsize=7.5)

    first = found.options[0]
    consensus = f", consensus: {verdict.word}" if verdict.rule is not None else ""
    said = f"n = {found.n}, first: {first.title} ({found.what} {first.value:.3g}){consensus}"
    title = f"{found.question}: {text}"
    is_asked, is_reached = verdict.rule is not None, verdict.is_reached is True
    subtitle = f"n = {found.n}{consensus}"
    return _Panel(title, subtitle, draw, f"{found.question}: {said}", is_asked, is_reached)
