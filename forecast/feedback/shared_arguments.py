"""Arguments and texts as the panel may read them: whose they are is told to nobody but their author."""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.arguments import Argument
from innosi.forecast.feedback.values import ABOVE, BELOW, OTHER, SharedArgument, SharedText, Side
from innosi.forecast.languages.language import N_, Language
from innosi.forecast.study import Study

_TITLES: Mapping[str, str] = MappingProxyType(
    {
        ABOVE: N_("From people whose answer lies above the panel’s median"),
        BELOW: N_("From people whose answer lies below the panel’s median"),
        OTHER: N_("From others: at the median, or without an answer of their own"),
    }
)


def arguments_by_side(
    study: Study,
    arguments: Iterable[Argument],
    standing: Mapping[str, float],
    median: float,
    language: Language,
) -> tuple[Side, ...]:
    """Return the arguments about one question, by the side of the median on which their authors answered.

    Parameters
    ----------
    arguments : iterable of Argument
        About the question; what is hidden is left out here.
    standing : mapping of panellist to float
        The one number for which each answer stands; empty where there is none.
    median : float
        NaN where the answers have no order: then there are no sides.
    """
    shown = sorted((each for each in arguments if not each.is_hidden), key=_place)
    sides: dict[str, list[SharedArgument]] = {ABOVE: [], BELOW: [], OTHER: []}
    for each in shown:
        sides[_side(standing.get(each.author, np.nan), median)].append(_shared(study, each, language))
    titles = _TITLES if np.isfinite(median) else {OTHER: N_("What panellists say")}
    return tuple(
        Side(side, language.text(titles[side]), tuple(found)) for side, found in sides.items() if found
    )


def texts_of(given: QuestionAnswers) -> tuple[SharedText, ...]:
    """Return the answers to an open question in an order that says nothing of who wrote them."""
    texts = (SharedText(text, who) for text, who in zip(given.reasons, given.panellists, strict=True) if text)
    return tuple(sorted(texts, key=lambda each: _hash(each.text)))


def _side(answer: float, median: float) -> str:
    if answer > median:
        return ABOVE
    return BELOW if answer < median else OTHER


def _place(argument: Argument) -> tuple[int, int, str]:
    """The newest round first, in it those that convinced most; else by content, not by who wrote when."""
    return -argument.round, argument.n_against - argument.n_for, _hash(argument.text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _shared(study: Study, argument: Argument, language: Language) -> SharedArgument:
    category = study.argument_categories.get(argument.category, argument.category)
    return SharedArgument(
        argument.text, category, _votes(argument, language), argument.round, argument.author
    )


def _votes(argument: Argument, language: Language) -> str:
    if not (argument.n_for or argument.n_against):
        return ""
    for_, against = language.number(argument.n_for), language.number(argument.n_against)
    return language.text("votes: %(n_for)s for, %(n_against)s against", n_for=for_, n_against=against)
