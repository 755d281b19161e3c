"""The sheets of a round: one for each panellist and one for the whole panel, as HTML without a network."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from innosi.forecast.feedback.key import key_images
from innosi.forecast.feedback.own import own_answer
from innosi.forecast.feedback.values import PanelFeedback, QuestionFeedback
from innosi.forecast.languages.language import lang_attribute, language_of
from innosi.forecast.languages.round_titles import round_title

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, slots=True)
class _Parts:
    """What of a question stands alike on every sheet but those of the authors of its arguments."""

    facts: tuple[Markup, ...]
    after_options: Markup
    sides: Markup
    sides_of_authors: Mapping[str, Markup]

    def of(self, panellist: str) -> dict[str, Any]:
        sides = self.sides_of_authors.get(panellist, self.sides)
        return {"facts": self.facts, "after_options": self.after_options, "sides": sides}


def panellist_sheet(feedback: PanelFeedback, panellist: str) -> str:
    """Return one panellist's sheet as HTML: the panel's answers with their own marked among them.

    Parameters
    ----------
    panellist : str
        Pseudonym; of somebody without an answer the sheet shows the panel alone.
    """
    return next(html for _, html in sheets(feedback, [panellist]))


def panel_sheet(feedback: PanelFeedback) -> str:
    """Return the sheet of the whole panel as HTML: nobody's own answer is marked in it."""
    return panellist_sheet(feedback, "")


def sheets(feedback: PanelFeedback, panellists: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each panellist with their sheet; what the sheets have in common is made once."""
    asked = list(panellists)
    parts = [_parts(feedback, question, set(asked)) for question in feedback.questions]
    template = _template("sheet.html.jinja", feedback.language.code)
    for panellist in asked:
        yield panellist, template.render(**_context(feedback, parts, panellist))


def _parts(feedback: PanelFeedback, question: QuestionFeedback, panellists: set[str]) -> _Parts:
    template = _template("parts.html.jinja", feedback.language.code)
    made: Any = template.make_module({"study_lang": _study_lang(feedback)})
    authors = {who for side in question.sides for each in side.arguments for who in each.authors} & panellists
    return _Parts(
        facts=tuple(made.facts(aspect) for aspect in question.aspects),
        after_options=made.after_options(question) if question.options else Markup(),
        sides=made.sides(question, feedback.number, ""),
        sides_of_authors={author: made.sides(question, feedback.number, author) for author in authors},
    )


def _context(feedback: PanelFeedback, parts: list[_Parts], panellist: str) -> dict[str, Any]:
    study = feedback.study
    return {
        "feedback": feedback,
        "study": study,
        "language": feedback.language,
        "study_lang": _study_lang(feedback),
        "round_title": round_title(study.rounds, feedback.number, feedback.language),
        "panellist": panellist,
        "questions": [
            (question, own_answer(feedback, question, panellist), common.of(panellist))
            for question, common in zip(feedback.questions, parts, strict=True)
        ],
        "key": key_images(),
        "style": _style(),
    }


def _study_lang(feedback: PanelFeedback) -> Markup:
    return lang_attribute(feedback.study.language, feedback.language)


@cache
def _style() -> Markup:
    text = (files("innosi.forecast.feedback") / "sheet.css").read_text(encoding="utf-8")
    return Markup(text)


@cache
def _template(name: str, code: str) -> "Template":
    """Return a template in a language, made once in a process."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    language_of(code).install(environment)
    text = (files("innosi.forecast.feedback") / name).read_text(encoding="utf-8")
    return environment.from_string(text)
