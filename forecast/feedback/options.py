"""What a panel says of a question's options, a line for each, the first choice first."""

from collections.abc import Sequence

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.feedback.charts import Chart, bar_strip, rank_strip
from innosi.forecast.feedback.values import AspectFeedback, OptionFeedback
from innosi.forecast.feedback.words import before_colon, number_of, range_of
from innosi.forecast.languages.language import Language
from innosi.forecast.statistics.pairwise import group_priorities
from innosi.models.arrays import FloatArray

_WITH_ANSWERS = ("ranking", "allocation", "pairwise")
"""Types in which every option has a number of each panellist's."""


def options_of(
    given: QuestionAnswers,
    before: QuestionAnswers | None,
    aspects: Sequence[AspectFeedback],
    language: Language,
) -> tuple[OptionFeedback, ...]:
    """Return a line for each option.

    Parameters
    ----------
    before : QuestionAnswers, optional
        Of the round before, where they may be shown.
    aspects : sequence of AspectFeedback
        Of the options, in their order, where each has a number of every panellist's.
    """
    question = given.question
    values = values_of_options(given)
    earlier = values_of_options(before) if before is not None else np.full(values.shape, np.nan)
    of_each = aspects if question.type in _WITH_ANSWERS else [None] * len(values)
    lines = [
        _option(given, (name, value, was), aspect, language)
        for name, value, was, aspect in zip(
            question.options, values.tolist(), earlier.tolist(), of_each, strict=True
        )
    ]
    return tuple(sorted(lines, key=lambda line: line.value if question.type == "ranking" else -line.value))


def values_of_options(given: QuestionAnswers) -> FloatArray:
    """Return each option's mean rank, share of panellists, mean points, or priority; shape (n_options,)."""
    if given.question.type == "choice":
        shares: FloatArray = given.tally.counts / given.n
        return shares
    if given.question.type == "pairwise":
        return group_priorities(given.values).weights
    mean: FloatArray = given.values.mean(axis=0)
    return mean


def _option(
    given: QuestionAnswers,
    found: tuple[str, float, float],
    aspect: AspectFeedback | None,
    language: Language,
) -> OptionFeedback:
    name, value, was = found
    title = given.question.options[name]
    words = _in_words(given, value, language)
    alternative = language.text("%(option)s: %(value)s", option=before_colon(title), value=words)
    before = "" if np.isnan(was) else _short(given, was, language)
    return OptionFeedback(
        name=name,
        title=title,
        value=value,
        before=was,
        words=words,
        before_words=before,
        middle=_middle(aspect, language),
        chart=_strip(given, value, aspect, alternative),
        aspect=aspect,
    )


def _in_words(given: QuestionAnswers, value: float, language: Language) -> str:
    if given.question.type in ("choice", "multiple_choice"):
        n = round(value * given.n)
        return language.text(
            "%(share)s (%(n)s of %(all)s)",
            share=language.percent(value),
            n=language.number(n),
            all=language.number(given.n),
        )
    return _short(given, value, language)


def _short(given: QuestionAnswers, value: float, language: Language) -> str:
    if given.question.type == "ranking":
        return language.number(value, 1)
    if given.question.type == "allocation":
        return language.number(round(value, 1))
    if given.question.type == "pairwise":
        return number_of(value, given.question.aspects[0], language)
    return language.percent(value)


def _strip(given: QuestionAnswers, value: float, aspect: AspectFeedback | None, title: str) -> Chart:
    found = aspect.description if aspect is not None else None
    if given.question.type == "ranking" and found is not None:
        return rank_strip(value, found, len(given.question.options), title=title)
    return bar_strip(value, _longest(given), found, title=title)


def _longest(given: QuestionAnswers) -> float:
    """Return what the whole width of a strip stands for: all points that there are, or all people."""
    return given.question.total if given.question.type == "allocation" else 1.0


def _middle(aspect: AspectFeedback | None, language: Language) -> str:
    found = aspect.description if aspect is not None else None
    if aspect is None or found is None:
        return ""
    return range_of(found.lower_quartile, found.upper_quartile, aspect.question, language)
