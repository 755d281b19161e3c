"""A panellist's own answer, held against what the panel answered."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from innosi.forecast.feedback.charts import Chart
from innosi.forecast.feedback.values import AspectFeedback, OptionFeedback, PanelFeedback, QuestionFeedback
from innosi.forecast.feedback.words import (
    answer_in_words,
    before_colon,
    number_of,
    range_of,
    reach_of,
    with_unit,
)
from innosi.forecast.languages.language import Language

INSIDE, ABOVE, BELOW, NEVER = "inside", "above", "below", "never"
SELF_RATED = "expertise"
"""A scale of this name is about the panellist, not about the future: nobody is asked to account for it."""


@dataclass(frozen=True, slots=True)
class OwnPart:
    """Own answer to a question with one number, to a part, or about an option.

    Attributes
    ----------
    words : str
        '' where there is none.
    standing : str
        How it lies to the middle half, as a sentence or a word; '' where that is not asked.
    picture : str
        SVG.
        The panel's chart with the own answer marked in it.
    is_chosen : bool
        Of an option: whether it was chosen.
    """

    words: str = ""
    standing: str = ""
    picture: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """A panellist's own answer to one question.

    Attributes
    ----------
    words : str
        All of it; '' of a question in parts, and where there is none.
    text : str
        Own text of an open question.
    is_given : bool
    aspects, options : tuple of OwnPart
        In the order of the question's feedback.
    requests : tuple of str
        Where the answer lies outside the middle half: what is to be accounted for.
    """

    words: str = ""
    text: str = ""
    is_given: bool = False
    aspects: tuple[OwnPart, ...] = ()
    options: tuple[OwnPart, ...] = ()
    requests: tuple[str, ...] = ()


def place_of(own: float, aspect: AspectFeedback) -> str:
    """Return where an answer lies to the middle half, whose ends are part of it.

    Never is later than every year: it lies outside where fewer than a quarter say so.
    """
    if math.isinf(own):
        return NEVER if aspect.n_never < aspect.n / 4 else INSIDE
    if aspect.description is None:
        return ""
    if own > aspect.description.upper_quartile + _ROUNDING:
        return ABOVE
    return BELOW if own < aspect.description.lower_quartile - _ROUNDING else INSIDE


_ROUNDING = 1e-12


def own_answer(feedback: PanelFeedback, question: QuestionFeedback, panellist: str) -> OwnAnswer:
    """Return a panellist's answer to a question, and the panel's charts with or without it marked."""
    row, language = question.rows.get(panellist), feedback.language
    aspects = tuple(_aspect(question, each, panellist, language) for each in question.aspects)
    options = tuple(_option(question, each, panellist, language) for each in question.options)
    if row is None:
        return OwnAnswer(aspects=aspects, options=options)
    text = question.own_texts.get(panellist, "")
    words = answer_in_words(question.question, row, language)
    requests = tuple(_requests(question, panellist, language))
    if question.question.type == "multi_rating" and not question.aspects:
        words = _every_rating(question, row, language)
    return OwnAnswer(words, text, True, aspects, options, requests)


def _every_rating(question: QuestionFeedback, row: tuple[float, ...], language: Language) -> str:
    named = zip(question.question.scales, row, strict=True)
    return "; ".join(
        f"{question.question.title_of(name)} {language.number(value)}"
        for name, value in named
        if not math.isnan(value)
    )


def _aspect(
    question: QuestionFeedback, aspect: AspectFeedback, panellist: str, language: Language
) -> OwnPart:
    own = aspect.answers.get(panellist)
    if own is None:
        return OwnPart(picture=aspect.chart.drawn() if aspect.chart else "")
    words = answer_in_words(aspect.question, _row(question, aspect, panellist), language)
    reach = reach_of(aspect.question, question.rows[panellist]) if question.question.is_single else None
    title = language.text("How the answers of the panel are distributed; yours is %(answer)s.", answer=words)
    picture = (
        aspect.chart.with_mark(own, title=title, label=language.text("you"), reach=reach)
        if aspect.chart
        else ""
    )
    return OwnPart(words, _standing(own, aspect, language), picture)


def _row(question: QuestionFeedback, aspect: AspectFeedback, panellist: str) -> tuple[float, ...]:
    return question.rows[panellist] if question.question.is_single else (aspect.answers[panellist],)


def _standing(own: float, aspect: AspectFeedback, language: Language) -> str:
    place = place_of(own, aspect)
    if place in ("", NEVER) or math.isinf(own):
        return ""
    middle = _middle(aspect, language)
    if place == INSIDE:
        return language.text("Inside the middle half of the panel (%(range)s).", range=middle)
    if place == ABOVE:
        return language.text("Above the middle half of the panel (%(range)s).", range=middle)
    return language.text("Below the middle half of the panel (%(range)s).", range=middle)


def _middle(aspect: AspectFeedback, language: Language) -> str:
    found = aspect.description
    if found is None:
        return ""
    low, high = found.lower_quartile, found.upper_quartile
    return with_unit(range_of(low, high, aspect.question, language), aspect.question, language)


def _option(
    question: QuestionFeedback, option: OptionFeedback, panellist: str, language: Language
) -> OwnPart:
    row = question.rows.get(panellist)
    if row is None:
        return OwnPart(picture=option.chart.drawn())
    if option.aspect is None:
        return OwnPart(picture=option.chart.drawn(), is_chosen=_is_chosen(question, option, row))
    own = option.aspect.answers[panellist]
    words = number_of(own, option.aspect.question, language)
    picture = _marked(option.chart, own, words, language)
    is_ranking = question.question.type == "ranking"
    return OwnPart(words, _word_for(own, option.aspect, language, is_ranking=is_ranking), picture)


def _marked(chart: Chart, own: float, words: str, language: Language) -> Markup:
    title = language.text("%(panel)s; yours: %(answer)s", panel=chart.title, answer=words)
    return chart.with_mark(own, title=title)


def _is_chosen(question: QuestionFeedback, option: OptionFeedback, row: tuple[float, ...]) -> bool:
    at = [*question.question.options].index(option.name)
    return row[0] == at if question.question.type == "choice" else row[at] == 1


def _word_for(own: float, aspect: AspectFeedback, language: Language, *, is_ranking: bool) -> str:
    place = place_of(own, aspect)
    if place not in (ABOVE, BELOW):
        return ""
    if is_ranking:
        return language.text("ranked lower") if place == ABOVE else language.text("ranked higher")
    return language.text("above") if place == ABOVE else language.text("below")


def _requests(question: QuestionFeedback, panellist: str, language: Language) -> Iterator[str]:
    """Yield in what an answer lies outside the middle half."""
    whole = (each.aspect for each in question.options if each.aspect is not None)
    for aspect in (*question.aspects, *whole):
        own = aspect.answers.get(panellist)
        place = "" if own is None else place_of(own, aspect)
        if place in ("", INSIDE) or aspect.question.name.rpartition(".")[2] == SELF_RATED:
            continue
        yield _request(place, aspect.title, is_ranking=question.question.type == "ranking", language=language)


def _request(place: str, title: str, *, is_ranking: bool, language: Language) -> str:
    title = before_colon(title)
    if place == NEVER:
        return language.text("You answered never; more than three in four of the panel named a year.")
    if is_ranking and place == ABOVE:
        return language.text("%(part)s: you rank it lower than the middle half of the panel.", part=title)
    if is_ranking:
        return language.text("%(part)s: you rank it higher than the middle half of the panel.", part=title)
    if title and place == ABOVE:
        return language.text(
            "%(part)s: your answer lies above what the middle half of the panel answered.", part=title
        )
    if title:
        return language.text(
            "%(part)s: your answer lies below what the middle half of the panel answered.", part=title
        )
    if place == ABOVE:
        return language.text("Your answer lies above what the middle half of the panel answered.")
    return language.text("Your answer lies below what the middle half of the panel answered.")
