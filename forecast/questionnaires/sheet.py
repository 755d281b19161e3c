"""A questionnaire on paper: what is asked, with room for a pen, and a label that says whose it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from innosi.forecast.answers.values import Answer
from innosi.forecast.languages.language import Language, lang_attribute
from innosi.forecast.languages.round_titles import round_title
from innosi.forecast.questionnaires.label import SheetLabel, parse_label
from innosi.forecast.questionnaires.printed_question import printed_questions
from innosi.forecast.questionnaires.wording import asked_in_language, contact_line, earlier_answers, promises
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["SheetLabel", "SheetOf", "parse_label", "printed_questionnaire", "printed_questionnaires"]
_PAGE, _PAGES = "\x01", "\x02"
"""Stand for the numbers in a translated `page 1 of 4` until it is cut into a style sheet's content."""


@dataclass(frozen=True, slots=True)
class SheetOf:
    """One panellist's sheet in a print job: whose, in which language, and what they answered before."""

    label: SheetLabel
    language: Language
    own: Sequence[Answer] = field(default=())


@dataclass(frozen=True, slots=True)
class _Foot:
    """What stands at the foot of every page of a sheet, as values of CSS `content`."""

    place: int
    left: str
    middle: str
    right: str


def printed_questionnaire(
    study: Study,
    label: SheetLabel,
    *,
    questions: Mapping[str, Question],
    language: Language,
    own: Sequence[Answer] | None = None,
    deadline: date | None = None,
) -> str:
    """Return one panellist's questionnaire as HTML, for A4 paper; it needs no network.

    Parameters
    ----------
    questions : mapping of name to Question
        What is asked now, in its order.
    own : sequence of Answer, optional
        What this panellist answered before, shown beside the questions.
    deadline : date, optional
        The last day on which answers count; by default that of the study file.

    Raises
    ------
    InnosiError
        If the study has no such round, or nothing is asked.
    """
    sheet = SheetOf(label, language, tuple(own or ()))
    return printed_questionnaires(study, [sheet], questions=questions, deadline=deadline)


def printed_questionnaires(
    study: Study,
    sheets: Sequence[SheetOf],
    *,
    questions: Mapping[str, Question],
    deadline: date | None = None,
) -> str:
    """Return the questionnaires of several panellists as one HTML page, each on sheets of its own.

    Every panellist's pages are numbered from 1; see `printed_questionnaire`.
    """
    if not questions or not sheets:
        what = "question is asked" if not questions else "panellist is named"
        raise InnosiError(f"no {what}, so there is nothing to print", mend="name one")
    bodies = [_sheet(study, sheet, place, questions, deadline) for place, sheet in enumerate(sheets, start=1)]
    first = sheets[0].language
    return _template(first, "print_job.html.jinja").render(
        title=study.in_language(first.code).title,
        language=first.code,
        style=_source("sheet.css"),
        feet=[_foot(sheet, place) for place, sheet in enumerate(sheets, start=1)],
        sheets=bodies,
    )


def _sheet(
    study: Study, sheet: SheetOf, place: int, questions: Mapping[str, Question], deadline: date | None
) -> str:
    number, language = study.check_round(sheet.label.round), sheet.language
    asked = asked_in_language(study, questions, language)
    told = study.in_language(language.code)
    earlier = earlier_answers(sheet.own, sheet.label.pseudonym, asked, language)
    return _template(language, "sheet.html.jinja").render(
        place=place,
        study=told,
        label=sheet.label,
        language=language,
        round_title=round_title(told.rounds, number, language),
        deadline=deadline or study.deadlines.get(number),
        contact=contact_line(told.contact),
        promises=list(promises(told.privacy, language)),
        questions=printed_questions(asked, earlier, language),
        qr_code=qr_code(sheet.label),
        study_lang=lang_attribute(told.language, language),
    )


def qr_code(label: SheetLabel) -> str:
    """Return a label's QR code as SVG, to stand in a page."""
    import segno

    drawing = BytesIO()
    segno.make(str(label), error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=2
    )
    return drawing.getvalue().decode()


def _foot(sheet: SheetOf, place: int) -> _Foot:
    text = sheet.language.text("page %(page)s of %(pages)s", page=_PAGE, pages=_PAGES)
    counters = {_PAGE: "counter(page)", _PAGES: f'target-counter("#end-{place}", page)'}
    pieces = filter(None, re.split(f"([{_PAGE}{_PAGES}])", text))
    right = " ".join(counters.get(piece) or css_text(piece) for piece in pieces)
    return _Foot(place, css_text(sheet.label.pseudonym), css_text(str(sheet.label)), right)


def css_text(text: str) -> str:
    """Return a text as a string of a style sheet, in which nothing of it can be read as anything else."""
    return '"' + "".join(each if each.isalnum() else f"\\{ord(each):x} " for each in text) + '"'


def _template(language: Language, name: str) -> "Template":
    return _environment(language).get_template(name)


@cache
def _environment(language: Language) -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language.install(environment)
    return environment


@cache
def _source(name: str) -> str:
    return (files("innosi.forecast.questionnaires") / name).read_text(encoding="utf-8")
