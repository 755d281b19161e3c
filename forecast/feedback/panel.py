"""What a panel gets to know after a round, worked out once for all of its sheets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.arguments import Argument
from innosi.forecast.feedback.changes import change_of_options, change_of_part
from innosi.forecast.feedback.charting import chart_of, distribution_of
from innosi.forecast.feedback.charts import quartile_strip
from innosi.forecast.feedback.options import options_of
from innosi.forecast.feedback.released import Erased, Showing, groups_may_be_shown, showing
from innosi.forecast.feedback.shared_arguments import arguments_by_side, texts_of
from innosi.forecast.feedback.values import (
    AspectFeedback,
    GroupFeedback,
    PanelFeedback,
    QuestionFeedback,
    Side,
)
from innosi.forecast.feedback.words import before_colon, consensus_in_words, median_in_words
from innosi.forecast.languages.language import Language
from innosi.forecast.languages.round_titles import round_title
from innosi.forecast.questions import Question
from innosi.forecast.statistics.descriptive import Description, Level, describe
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class _Round:
    """What every question of a round is worked out from."""

    study: Study
    answers: Answers
    number: int
    language: Language
    erased: Erased

    @property
    def minimum(self) -> int:
        return self.study.panel.minimum_group_size


def panel_feedback(
    study: Study,
    answers: Answers,
    number: int,
    *,
    arguments: Iterable[Argument],
    language: Language,
    erased: Erased = MappingProxyType({}),
) -> PanelFeedback:
    """Return all that the sheets of a round have in common.

    Parameters
    ----------
    number : int
        The round; what was answered later is not looked at.
    arguments : iterable of Argument
        Of this round and of those before; hidden ones are left out.
    language : Language
        Of the sheets; the study's own texts are taken in it where the study has them.
    erased : mapping of round to int, optional
        How many people were erased since the sheets of a round were released.

    Notes
    -----
    Of a question that fewer than `study.panel.minimum_group_size` panellists answered nothing is shown. A
    group's median and quartiles are shown where neither they nor what is left of the panel without them tell
    of fewer; those who say that a year never comes are no number and count for no such size. What two rounds'
    sheets tell together is about nobody, or about as many: see `showing` and `may_be_compared`.
    """
    study = study.in_language(language.code)
    study.check_round(number)
    round_ = _Round(study, answers, number, language, erased)
    by_question: dict[str, list[Argument]] = {}
    for each in arguments:
        if each.round <= number:
            by_question.setdefault(each.question, []).append(each)
    answered = answers.panellists(number)
    shown = (
        showing(study, answers, question, number, erased=erased) for question in study.questions.values()
    )
    questions = tuple(
        _question(round_, each, place, by_question.get(each.own.question.name, []))
        for place, each in enumerate((each for each in shown if each.own.n), start=1)
    )
    asked = set(study.panel.members) - study.panel.withdrawn | set(answered)
    return PanelFeedback(study, number, language, len(asked), len(answered), questions)


def _question(round_: _Round, shown: Showing, place: int, arguments: list[Argument]) -> QuestionFeedback:
    given, own, question = shown.given, shown.own, shown.given.question
    title = round_title(round_.study.rounds, given.round, round_.language)
    told = QuestionFeedback(
        question,
        place,
        given.n,
        is_shown=given.n >= round_.minimum and not shown.is_withheld,
        rows={who: tuple(map(float, row)) for who, row in zip(own.panellists, own.values, strict=True)},
        texts=texts_of(given) if question.type == "text" else (),
        own_texts=_own_texts(own),
        is_kept_back=shown.is_withheld,
        carried_from=title if shown.is_carried else "",
    )
    if not told.is_shown:
        return told
    aspects = tuple(_aspects(round_, shown))
    has_options = bool(question.options)
    return replace(
        told,
        aspects=() if has_options else aspects,
        withheld=tuple(
            before_colon(_title(question, each.question)) for each in given.aspects if each.n < round_.minimum
        ),
        options=options_of(given, _before(round_, shown), aspects, round_.language) if has_options else (),
        consensus=_consensus_on_options(round_, given) if has_options else "",
        change_words=change_of_options(shown, round_.language, minimum=round_.minimum) if has_options else "",
        sides=_sides(round_, given, aspects, arguments),
        side_title=aspects[0].title if aspects and question.type not in _WITHOUT_SIDES else "",
    )


def _own_texts(own: QuestionAnswers) -> Mapping[str, str]:
    return dict(zip(own.panellists, own.reasons, strict=True)) if own.question.type == "text" else {}


def _sides(
    round_: _Round, given: QuestionAnswers, aspects: tuple[AspectFeedback, ...], arguments: list[Argument]
) -> tuple[Side, ...]:
    """Return the arguments by the side on which their authors answered, as far as the sheet shows that."""
    first = aspects[0] if aspects and given.question.type not in _WITHOUT_SIDES else None
    if first is None or first.description is None:
        return arguments_by_side(round_.study, arguments, {}, np.nan, round_.language)
    standing = next(_standing(each) for each in given.aspects if each.question.name == first.question.name)
    return arguments_by_side(round_.study, arguments, standing, first.description.median, round_.language)


_WITHOUT_SIDES = ("choice", "multiple_choice", "ranking", "allocation", "pairwise")
"""Types whose answers are no one number, so that nobody is above or below."""


def _title(question: Question, aspect: Question) -> str:
    return "" if question.is_single else question.title_of(aspect.name.removeprefix(f"{question.name}."))


def _aspects(round_: _Round, shown: Showing) -> Iterator[AspectFeedback]:
    """Yield each part that enough answered, held against the same part of what was shown before."""
    befores = shown.before.aspects if shown.before is not None else (None,) * len(shown.given.aspects)
    for given, own, before in zip(shown.given.aspects, shown.own.aspects, befores, strict=True):
        if given.n >= round_.minimum:
            bases = tuple(
                part
                for base in shown.bases
                for part in base.aspects
                if part.question.name == given.question.name
            )
            yield _aspect(round_, replace(shown, given=given, own=own, before=before, bases=bases))


def _aspect(round_: _Round, shown: Showing) -> AspectFeedback:
    given, language = shown.given, round_.language
    question = round_.study.question_of(given.question.name)
    numbers = given.with_a_number
    has_numbers = given.question.measurement != "nominal" and numbers.n >= round_.minimum
    found = describe(numbers.central) if has_numbers else None
    levels = distribution_of(numbers) if has_numbers else ()
    verdict = verdict_of(round_.study, round_.answers, given)
    told = change_of_part(shown, language, minimum=round_.minimum)
    return AspectFeedback(
        question=given.question,
        title=_title(question, given.question),
        n=given.n,
        n_never=given.n_never,
        answers=_standing(shown.own),
        description=found,
        distribution=levels,
        chart=None if question.options else chart_of(given, levels, found, language),
        groups=_groups(round_, shown, found, levels) if found else (),
        verdict=verdict,
        change=told.change,
        consensus=consensus_in_words(verdict, given.question, language) if found else "",
        change_words=told.words,
        why_no_change=told.why_not,
    )


def _standing(given: QuestionAnswers) -> dict[str, float]:
    """Return the one number for which each panellist's answer stands; infinite for never."""
    never = np.isinf(given.values).any(axis=1)
    central = np.where(never, np.inf, given.central)
    return dict(zip(given.panellists, central.tolist(), strict=True))


def _groups(
    round_: _Round, shown: Showing, whole: Description, levels: tuple[Level, ...]
) -> tuple[GroupFeedback, ...]:
    """Return the whole panel and the groups that may be shown; n counts those, too, who say never."""
    given = shown.given
    rows = [(round_.language.text("Whole panel"), given.n, whole)]
    if groups_may_be_shown(round_.study, given, shown.bases):
        rows += _groups_alone(round_, given)
    ends = _ends(given.question, levels)
    return tuple(_group(round_, given.question, row, ends) for row in rows)


def _groups_alone(round_: _Round, given: QuestionAnswers) -> Iterator[tuple[str, int, Description]]:
    """Yield the title of each group that may be shown, how many of it answered, and what."""
    panel = round_.study.panel
    everybody: dict[str, list[str]] = {}
    for who in given.panellists:
        everybody.setdefault(panel.group_of(who), []).append(who)
    numbers = given.with_a_number
    with_number = set(numbers.panellists)
    counts = {
        name: sum(who in with_number for who in everybody[name]) for name in panel.groups if name in everybody
    }
    ungrouped = len(with_number) - sum(counts.values())
    for name in shown_groups(counts, minimum=round_.minimum, ungrouped=ungrouped):
        members = [who for who in everybody[name] if who in with_number]
        yield panel.groups[name], len(everybody[name]), describe(numbers.of(members).central)


def _ends(question: Question, levels: tuple[Level, ...]) -> tuple[float, float]:
    if question.scale is not None:
        return question.scale
    return (levels[0].low, levels[-1].high) if levels else (0.0, 1.0)


def _group(
    round_: _Round, question: Question, row: tuple[str, int, Description], ends: tuple[float, float]
) -> GroupFeedback:
    title, n, found = row
    words = median_in_words(found, question, round_.language)
    alternative = round_.language.text(
        "%(group)s: median with the middle half %(answers)s", group=title, answers=words
    )
    return GroupFeedback(title, n, found, words, quartile_strip(found, *ends, title=alternative))


def _before(round_: _Round, shown: Showing) -> QuestionAnswers | None:
    """Return the answers that were shown before, where they may be shown once more."""
    before = shown.before
    may_be_told = before is not None and before.n >= round_.minimum and shown.is_before_kept
    return before if may_be_told else None


def _consensus_on_options(round_: _Round, given: QuestionAnswers) -> str:
    """Say whether there is consensus on options together, or on which of them."""
    if given.question.type in ("ranking", "choice"):
        return _consensus(round_, given)
    said = ((_title(given.question, each.question), _consensus(round_, each)) for each in given.aspects)
    return " ".join(
        round_.language.text("%(option)s: %(finding)s", option=before_colon(title), finding=finding)
        for title, finding in said
        if finding
    )


def _consensus(round_: _Round, given: QuestionAnswers) -> str:
    verdict = verdict_of(round_.study, round_.answers, given)
    return consensus_in_words(verdict, given.question, round_.language)
