"""From answers to the charts that show them: which levels, which labels, and their texts in words."""

import math

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.feedback.charts import Chart, histogram_chart, levels_chart
from innosi.forecast.feedback.words import number_of, range_of
from innosi.forecast.languages.language import Language
from innosi.forecast.questions import Question
from innosi.forecast.statistics.descriptive import Description, Level, histogram, levels_of
from innosi.models.arrays import FloatArray

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_N_STRETCHES = 10


def distribution_of(given: QuestionAnswers) -> tuple[Level, ...]:
    """Return how many answers each level of a rating, or each round stretch of numbers, got."""
    question, values = given.question, given.central[~np.isnan(given.central)]
    if question.scale is not None:
        return levels_of(values, question.scale)
    if not values.size:
        return ()
    if question.is_share and question.bounds == (0.0, 1.0):
        return histogram(values, (0.0, 1.0))
    levels = histogram(values, round_bounds(values, is_whole=question.type == "year"))
    taken = [place for place, level in enumerate(levels) if level.n]
    return levels[taken[0] : taken[-1] + 1]


def round_bounds(values: FloatArray, *, is_whole: bool = False) -> tuple[float, float]:
    """Return bounds around numbers such that ten stretches between them begin and end at round numbers.

    Parameters
    ----------
    is_whole : bool
        Whether the stretches must be whole numbers wide.

    Examples
    --------
    >>> round_bounds(np.array([3.0, 41.0]))
    (0.0, 50.0)
    """
    low, high = float(values.min()), float(values.max())
    width = (high - low) / _N_STRETCHES or abs(high) / _N_STRETCHES or 1.0
    power = 10.0 ** math.floor(math.log10(width))
    for step in (power * each for each in (*_STEPS, 20.0)):
        start = math.floor(low / step) * step
        is_allowed = not is_whole or step == round(step)
        if is_allowed and step >= width * (1 - 1e-9) and start + _N_STRETCHES * step >= high:
            return float(f"{start:.12g}"), float(f"{start + _N_STRETCHES * step:.12g}")
    start = math.floor(low)
    return float(start), float(start + _N_STRETCHES * max(math.ceil(width), 1))


def chart_of(
    given: QuestionAnswers, levels: tuple[Level, ...], found: Description | None, language: Language
) -> Chart | None:
    """Return the chart of one question's answers; None where too few gave a number and nobody says never."""
    question, n_never = given.question, given.n_never
    about = {
        "title": language.text("How the answers of the panel are distributed."),
        "description": _described(levels, n_never, question, language),
    }
    if question.scale is not None:
        labels = [level.label for level in levels]
        return levels_chart(levels, labels, found, **about)
    ends = [level.low for level in levels] + [level.high for level in levels[-1:]]
    labels = [number_of(end, question, language) for end in ends]
    never = Level(language.text("never"), math.inf, math.inf, n_never, n_never / given.n) if n_never else None
    return histogram_chart(levels, labels, found, never, **about) if levels or never else None


def _stretch(level: Level, question: Question, language: Language) -> str:
    if level.low == level.high:
        return number_of(level.low, question, language)
    return range_of(level.low, level.high, question, language)


def _described(levels: tuple[Level, ...], n_never: int, question: Question, language: Language) -> str:
    said = [
        language.text(
            "%(answer)s: %(n)s",
            answer=_stretch(level, question, language),
            n=language.number(level.n),
        )
        for level in levels
        if level.n
    ]
    if n_never:
        never = language.text("never")
        said.append(language.text("%(answer)s: %(n)s", answer=never, n=language.number(n_never)))
    return "; ".join(said)
