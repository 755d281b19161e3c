"""How a questionnaire words a question: its parts, its range, and what somebody answered before."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from innosi.forecast.answers.values import Answer
from innosi.forecast.languages.language import Language
from innosi.forecast.questions import CONFIDENCE, Question
from innosi.forecast.study import Contact, Privacy, Study

EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a panellist answered to a question in an earlier round, in words.

    Attributes
    ----------
    round : int
    parts : mapping of part to words
        Only parts that were answered.
    reason : str
        Of an open question, the text itself.
    """

    round: int
    parts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def asked_in_language(
    study: Study, questions: Mapping[str, Question], language: Language
) -> Mapping[str, Question]:
    """Return questions in a language; one that was reworded since the study file stays as it is given."""
    translated = study.in_language(language.code).questions
    return {
        name: translated[name] if study.questions.get(name) == question else question
        for name, question in questions.items()
    }


def contact_line(contact: Contact) -> str:
    """Return whom panellists may ask, in one line; '' where the study does not say."""
    return ", ".join(filter(None, (contact.name, contact.organisation, contact.email)))


def promises(privacy: Privacy, language: Language) -> Iterator[tuple[str, str]]:
    """Yield what panellists are promised, each with its heading; what the study does not say is left out."""
    said = (
        (language.text("Who is responsible for the data"), privacy.controller),
        (language.text("What the answers are used for"), privacy.purpose),
        (language.text("On what the use of the data rests"), privacy.legal_basis),
        (language.text("How long names and addresses are kept"), privacy.retention),
    )
    for title, text in said:
        if text.strip():
            yield title, text.strip()


def number_in_words(value: float, question: Question, language: Language) -> str:
    """Return an answer's number as panellists read it: a share in percent, a year without a separator."""
    if math.isinf(value):
        return language.text("never")
    if question.is_share:
        return language.percent(value, _digits(100 * value))
    return str(int(value)) if question.type == "year" else language.number(value)


def _digits(value: float) -> int:
    return next((digits for digits in (0, 1) if abs(value - round(value, digits)) < EDGE), 2)


def unit_of(question: Question, language: Language) -> str:
    """Return what a number counts, or ''; a percentage sign for shares."""
    if question.is_share:
        return "%"
    if question.type == "year":
        return ""
    return question.unit or (language.text("years") if question.kind == "years" else "")


def range_of(question: Question, language: Language) -> str:
    """Return where answers must lie, or '' where nothing bounds them."""
    low, high = question.bounds
    shown = {
        name: number_in_words(value, question, language)
        for name, value in (("low", low), ("high", high))
        if value is not None
    }
    if len(shown) == 2:
        return language.text("from %(low)s to %(high)s", **shown)
    if "low" in shown:
        return language.text("%(low)s or more", **shown)
    return language.text("%(high)s or less", **shown) if shown else ""


def part_title(question: Question, part: str, language: Language) -> str:
    """Return how panellists read the name of an answer's part; '' where there is only one."""
    if question.answer == "quantiles":
        place = question.parts.index(part)
        share = question.probabilities[place]
        chance = language.percent(share, _digits(100 * share))
        if abs(share - 0.5) < EDGE:
            return language.text("Just as likely to be lower as to be higher (%(chance)s)", chance=chance)
        return language.text("With a chance of %(chance)s it is lower than", chance=chance)
    if question.type in ("quantity", "year", "probability"):
        return _numbers_part(part, language)
    if question.type == "pairwise":
        one, other = pair_of(question, part)
        return language.text("%(one)s or %(other)s", one=one, other=other)
    return "" if part == "value" else question.title_of(part)


def _numbers_part(part: str, language: Language) -> str:
    if part == "lower":
        return language.text("At least")
    if part == "best":
        return language.text("Best estimate")
    if part == "upper":
        return language.text("At most")
    if part == CONFIDENCE:
        return language.text("How sure are you that it lies between the two?")
    return ""


def pair_of(question: Question, part: str) -> tuple[str, str]:
    """Return the titles of the two options that a part compares."""
    one, _, other = part.partition("/")
    return question.title_of(one), question.title_of(other)


def sure_of(question: Question, language: Language) -> str:
    """Return the sentence on how sure an interval must be; '' where none is asked or each says so."""
    if question.answer not in ("interval", "three_point") or question.asks_confidence:
        return ""
    digits = _digits(100 * question.confidence)
    return language.text(
        "Choose the two ends so that you are %(confidence)s sure that the true number lies between them.",
        confidence=language.percent(question.confidence, digits),
    )


def preference_in_words(value: float, part: str, question: Question, language: Language) -> str:
    """Return a comparison of two options in words, from Saaty's scale."""
    one, other = pair_of(question, part)
    if abs(value - 1) < EDGE:
        return language.text("both count the same")
    option, times = (one, value) if value > 1 else (other, 1 / value)
    return language.text(
        "%(option)s counts %(times)s times as much", option=option, times=language.number(round(times, 2))
    )


def earlier_answers(
    own: Sequence[Answer] | None, pseudonym: str, questions: Mapping[str, Question], language: Language
) -> Mapping[str, Earlier]:
    """Return what a panellist answered before, by question; the newest round counts.

    Nobody else's answer is ever among them, nor one that no longer fits a question that changed.
    """
    newest: dict[str, Answer] = {}
    for answer in sorted(own or (), key=lambda each: each.round):
        question = questions.get(answer.question)
        is_own = answer.panellist == pseudonym
        if is_own and question is not None and len(answer.values) == len(question.parts):
            newest[answer.question] = answer
    return {name: _earlier(answer, questions[name], language) for name, answer in newest.items()}


def _earlier(answer: Answer, question: Question, language: Language) -> Earlier:
    if question.type == "text":
        return Earlier(answer.round, {}, answer.reason)
    parts = {
        part: _part_in_words(value, part, question, language)
        for part, value in zip(question.parts, answer.values, strict=True)
        if not math.isnan(value)
    }
    return Earlier(answer.round, parts, answer.reason)


def _part_in_words(value: float, part: str, question: Question, language: Language) -> str:
    if question.type == "choice":
        titles = [*question.options.values()]
        return titles[int(value)] if 0 <= value < len(titles) else ""
    if question.type == "multiple_choice":
        return language.text("yes") if value else language.text("no")
    if question.type == "pairwise":
        return preference_in_words(value, part, question, language)
    return number_in_words(value, question.asked_in(part), language)
