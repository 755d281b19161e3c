"""What a sheet says of the change since the round before, where that gives nobody away."""

from dataclasses import dataclass

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.feedback.released import Showing, may_be_compared
from innosi.forecast.feedback.words import change_in_words, median_in_words, with_unit
from innosi.forecast.languages.language import Language
from innosi.forecast.statistics.change import Change, change_between
from innosi.forecast.statistics.descriptive import describe


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """What a sheet says of the change in a question with one number.

    Attributes
    ----------
    change : Change, optional
        Among those who answered both rounds; None where that would give somebody away.
    words : str
        What changed, or else what the sheets of the earlier round said.
    why_not : str
        Why no more is said; '' where all is, or there is nothing to say.
    """

    change: Change | None = None
    words: str = ""
    why_not: str = ""


def change_of_part(shown: Showing, language: Language, *, minimum: int) -> ChangeTold:
    """Return what a sheet says of the change in a question with one number."""
    before, given = shown.before, shown.given
    if before is None or not before.n or shown.is_carried:
        return ChangeTold()
    n_both = len(set(before.with_a_number.panellists) & set(given.with_a_number.panellists))
    if n_both >= minimum and _may_be_compared(shown, minimum):
        change = _change(before, given)
        return ChangeTold(change, change_in_words(change, given.question, language))
    return ChangeTold(None, _said_before(shown, language, minimum), _why_not(shown, language, minimum))


def change_of_options(shown: Showing, language: Language, *, minimum: int) -> str:
    """Say what changed in a question with options as a whole; '' where there is nothing to say."""
    if shown.before is None or shown.is_carried:
        return ""
    if not _may_be_compared(shown, minimum):
        return _why_not(shown, language, minimum)
    return change_in_words(_change(shown.before, shown.given), shown.given.question, language)


def _may_be_compared(shown: Showing, minimum: int) -> bool:
    return shown.before is not None and may_be_compared(
        shown.before, shown.given, is_kept=shown.is_before_kept, minimum=minimum
    )


def _change(before: QuestionAnswers, given: QuestionAnswers) -> Change:
    both = sorted(set(before.panellists) & set(given.panellists))
    was, is_ = before.of(both), given.of(both)
    has_order = given.question.is_single and given.question.measurement != "nominal"
    central = (was.central, is_.central) if has_order else ((), ())
    return change_between(was.values, is_.values, since=before.round, central=central)


def _said_before(shown: Showing, language: Language, minimum: int) -> str:
    """Say once more what the sheets before said of the whole panel; '' where they did not, or it is gone."""
    before, question = shown.before, shown.given.question
    if before is None or not shown.is_before_kept or question.measurement == "nominal":
        return ""
    numbers = before.with_a_number
    if numbers.n < minimum:
        return ""
    median = median_in_words(describe(numbers.central), question, language)
    return language.text(
        "In round %(round)s the median was %(median)s, with the middle half in brackets (n = %(n)s).",
        round=before.round,
        median=with_unit(median, question, language),
        n=language.number(before.n),
    )


def _why_not(shown: Showing, language: Language, minimum: int) -> str:
    """Say why it is not told what changed; '' where too few answered both rounds for anything to be told."""
    before = shown.before
    if before is None or len(set(before.panellists) & set(shown.given.panellists)) < minimum:
        return ""
    return language.text(
        "How those changed who answered both rounds is not shown: the answers of fewer than %(minimum)s "
        "people, who answered only one of them, could be worked out from it.",
        minimum=language.number(minimum),
    )
