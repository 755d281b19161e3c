"""Arguments and texts as the panel may read them: whose they are is told to nobody but their author."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.arguments import Argument
from innosi.forecast.feedback.values import ABOVE, BELOW, OTHER, SharedArgument, SharedText, Side
from innosi.forecast.languages.language import N_, Language
from innosi.forecast.study import Study

_TITLES: Mapping[str, str] = MappingProxyType(
    {
        ABOVE: N_("From people whose answer lies above the panel’s median"),
        BELOW: N_("From people whose answer lies below the panel’s median"),
        OTHER: N_("From others: at the median, on several sides of it, or without an answer of their own"),
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

    Where a side, or the median itself, has some answers but fewer than the study's smallest group, an
    argument would give away its author's answer: then all stand in one list. One that several gave in the
    same words stands there once.

    Parameters
    ----------
    arguments : iterable of Argument
        About the question; what is hidden is left out here.
    standing : mapping of panellist to float
        The one number for which each answer stands; empty where there is none.
    median : float
        NaN where the answers have no order: then there are no sides.
    """
    has_sides = math.isfinite(median) and _are_large_enough(study, standing.values(), median)
    sides: dict[str, list[SharedArgument]] = {ABOVE: [], BELOW: [], OTHER: []}
    for same in _by_text(each for each in arguments if not each.is_hidden):
        found = {_side(standing.get(each.author, math.nan), median) for each in same}
        side = found.pop() if has_sides and len(found) == 1 else OTHER
        sides[side].append(_shared(study, same, language))
    titles = _TITLES if has_sides else {OTHER: N_("What panellists say")}
    return tuple(
        Side(side, language.text(titles[side]), tuple(given)) for side, given in sides.items() if given
    )


def _are_large_enough(study: Study, answers: Iterable[float], median: float) -> bool:
    counts = Counter(_side(each, median) for each in answers)
    return min(counts.values(), default=0) >= study.panel.minimum_group_size


def _by_text(arguments: Iterable[Argument]) -> list[list[Argument]]:
    """Return arguments that say the same together, in the order in which they are read."""
    found: dict[str, list[Argument]] = {}
    for each in sorted(arguments, key=_place):
        found.setdefault(" ".join(each.text.split()).casefold(), []).append(each)
    return list(found.values())


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


def _shared(study: Study, same: Sequence[Argument], language: Language) -> SharedArgument:
    """Return what one or more people said; its votes are those of the copy that was voted on most."""
    first, authors = same[0], frozenset(each.author for each in same)
    category = next((each.category for each in same if each.category), "")
    is_told = len(authors) >= study.panel.minimum_group_size
    return SharedArgument(
        first.text,
        study.argument_categories.get(category, category),
        _votes(max(same, key=lambda each: each.n_for + each.n_against), language),
        first.round,
        authors,
        language.plural("said by %(n)s person", "said by %(n)s people", len(authors)) if is_told else "",
    )


def _votes(argument: Argument, language: Language) -> str:
    if not (argument.n_for or argument.n_against):
        return ""
    for_, against = language.number(argument.n_for), language.number(argument.n_against)
    return language.text("votes: %(n_for)s for, %(n_against)s against", n_for=for_, n_against=against)
