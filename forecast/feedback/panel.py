"""What a panel gets to know after a round, worked out once for all of its sheets."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.arguments import Argument
from innosi.forecast.feedback.charting import chart_of, distribution_of
from innosi.forecast.feedback.charts import quartile_strip
from innosi.forecast.feedback.options import options_of
from innosi.forecast.feedback.shared_arguments import arguments_by_side, texts_of
from innosi.forecast.feedback.values import AspectFeedback, GroupFeedback, PanelFeedback, QuestionFeedback
from innosi.forecast.feedback.words import change_in_words, consensus_in_words, median_in_words
from innosi.forecast.languages.language import Language
from innosi.forecast.questions import Question
from innosi.forecast.statistics.change import Change, change_between
from innosi.forecast.statistics.descriptive import Description, Level, describe
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.summary import answers_before, change_since
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class _Round:
    """What every question of a round is worked out from."""

    study: Study
    answers: Answers
    number: int
    language: Language

    @property
    def minimum(self) -> int:
        return self.study.panel.minimum_group_size


def panel_feedback(
    study: Study, answers: Answers, number: int, *, arguments: Iterable[Argument], language: Language
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

    Notes
    -----
    Of a question that fewer than `study.panel.minimum_group_size` panellists answered nothing is shown. A
    group's median and quartiles are shown where neither they nor what is left of the panel without them tell
    of fewer; those who say that a year never comes are no number and count for no such size.
    """
    study = study.in_language(language.code)
    study.check_round(number)
    round_ = _Round(study, answers, number, language)
    by_question: dict[str, list[Argument]] = {}
    for each in arguments:
        if each.round <= number:
            by_question.setdefault(each.question, []).append(each)
    answered = answers.panellists(number)
    given = [answers.to(question, number) for question in study.questions.values()]
    questions = tuple(
        _question(round_, each, place, by_question.get(each.question.name, []))
        for place, each in enumerate((each for each in given if each.n), start=1)
    )
    asked = set(study.panel.members) - study.panel.withdrawn | set(answered)
    return PanelFeedback(study, number, language, len(asked), len(answered), questions)


def _question(
    round_: _Round, given: QuestionAnswers, place: int, arguments: list[Argument]
) -> QuestionFeedback:
    question = given.question
    rows = {who: tuple(map(float, row)) for who, row in zip(given.panellists, given.values, strict=True)}
    texts = texts_of(given) if question.type == "text" else ()
    if given.n < round_.minimum:
        return QuestionFeedback(question, place, given.n, is_shown=False, rows=rows, texts=texts)
    aspects = tuple(_aspect(round_, question, each) for each in given.aspects if each.n >= round_.minimum)
    first = aspects[0] if aspects and question.type not in _WITHOUT_SIDES else None
    sides = arguments_by_side(
        round_.study,
        arguments,
        first.answers if first else {},
        first.description.median if first and first.description else np.nan,
        round_.language,
    )
    has_options = bool(question.options)
    return QuestionFeedback(
        question,
        place,
        given.n,
        is_shown=True,
        rows=rows,
        aspects=() if has_options else aspects,
        withheld=tuple(_title(question, each.question) for each in given.aspects if each.n < round_.minimum),
        options=options_of(given, _before(round_, given), aspects, round_.language) if has_options else (),
        consensus=_consensus_on_options(round_, given) if has_options else "",
        change_words=_change_of_whole(round_, given) if has_options else "",
        sides=sides,
        side_title=first.title if first else "",
        texts=texts,
    )


_WITHOUT_SIDES = ("choice", "multiple_choice", "ranking", "allocation", "pairwise")
"""Types whose answers are no one number, so that nobody is above or below."""


def _title(question: Question, aspect: Question) -> str:
    return "" if question.is_single else question.title_of(aspect.name.removeprefix(f"{question.name}."))


def _aspect(round_: _Round, question: Question, given: QuestionAnswers) -> AspectFeedback:
    aspect, language = given.question, round_.language
    numbers = given.with_a_number
    has_numbers = aspect.measurement != "nominal" and numbers.n >= round_.minimum
    found = describe(numbers.central) if has_numbers else None
    levels = distribution_of(numbers) if has_numbers else ()
    is_shown_alone = not question.options
    verdict = verdict_of(round_.study, round_.answers, given)
    change = _change(round_, given)
    return AspectFeedback(
        question=aspect,
        title=_title(question, aspect),
        n=given.n,
        n_never=given.n_never,
        answers=_standing(given),
        description=found,
        distribution=levels,
        chart=chart_of(given, levels, found, language) if is_shown_alone else None,
        groups=_groups(round_, given, found, levels) if found else (),
        verdict=verdict,
        change=change,
        consensus=consensus_in_words(verdict, aspect, language) if found else "",
        change_words=change_in_words(change, aspect, language) if change else "",
    )


def _standing(given: QuestionAnswers) -> dict[str, float]:
    """Return the one number for which each panellist's answer stands; infinite for never."""
    never = np.isinf(given.values).any(axis=1)
    central = np.where(never, np.inf, given.central)
    return dict(zip(given.panellists, central.tolist(), strict=True))


def _groups(
    round_: _Round, given: QuestionAnswers, whole: Description, levels: tuple[Level, ...]
) -> tuple[GroupFeedback, ...]:
    """Return the whole panel and the groups that may be shown; n counts those, too, who say never."""
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
    shown = shown_groups(counts, minimum=round_.minimum, ungrouped=ungrouped)
    low, high = _ends(given.question, levels)
    rows = [(round_.language.text("Whole panel"), given.n, whole)]
    for name in shown:
        members = [who for who in everybody[name] if who in with_number]
        rows.append((panel.groups[name], len(everybody[name]), describe(numbers.of(members).central)))
    return tuple(_group(round_, given.question, row, (low, high)) for row in rows)


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


def _change(round_: _Round, given: QuestionAnswers) -> Change | None:
    """Return what changed, where enough gave a number in both rounds."""
    before = answers_before(round_.study, round_.answers, given)
    if before is None:
        return None
    both = set(before.with_a_number.panellists) & set(given.with_a_number.panellists)
    return change_since(round_.study, round_.answers, given) if len(both) >= round_.minimum else None


def _before(round_: _Round, given: QuestionAnswers) -> QuestionAnswers | None:
    """Return the answers to a whole question in the last earlier round, where enough gave one."""
    for number in reversed([each for each in round_.answers.rounds if each < given.round]):
        before = round_.answers.to(given.question, number)
        if before.n:
            return before if before.n >= round_.minimum else None
    return None


def _change_of_whole(round_: _Round, given: QuestionAnswers) -> str:
    before = _before(round_, given)
    both = sorted(set(before.panellists) & set(given.panellists)) if before else []
    if before is None or len(both) < round_.minimum:
        return ""
    change = change_between(
        before.of(both).values, given.of(both).values, since=before.round, central=((), ())
    )
    return change_in_words(change, given.question, round_.language)


def _consensus_on_options(round_: _Round, given: QuestionAnswers) -> str:
    """Say whether there is consensus on options together, or on which of them."""
    if given.question.type in ("ranking", "choice"):
        return _consensus(round_, given)
    said = ((_title(given.question, each.question), _consensus(round_, each)) for each in given.aspects)
    return " ".join(
        round_.language.text("%(option)s: %(finding)s", option=title, finding=finding)
        for title, finding in said
        if finding
    )


def _consensus(round_: _Round, given: QuestionAnswers) -> str:
    verdict = verdict_of(round_.study, round_.answers, given)
    return consensus_in_words(verdict, given.question, round_.language)
