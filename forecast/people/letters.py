"""Letters to panellists: what is asked of them, by when, how to answer, and how to withdraw."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from innosi.forecast.languages.language import Language, language_of
from innosi.forecast.languages.round_titles import round_title
from innosi.forecast.people.blocks import Block, blocks_of, html_of, one_line, text_of
from innosi.forecast.people.own_texts import LETTER_KINDS, LetterKind, OwnText
from innosi.forecast.people.person import Person
from innosi.forecast.study import Contact, Privacy, Study
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter.

    Attributes
    ----------
    name : str
        Under which it is saved.
    content : bytes
    mime : str
        Such as `application/pdf`.
    """

    name: str
    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one panellist, ready to be sent or printed.

    Attributes
    ----------
    kind : {'invitation', 'reminder', 'feedback', 'thanks'}
    name, email : str
        Of the addressee; '' where not known.
    pseudonym : str
    subject, text, html : str
    link : str
        Where the addressee answers or reads; '' for none.
    language : str
        Code of the language it is written in.
    sender : Contact
    attachments : tuple of Attachment
        Add them with `dataclasses.replace`.
    """

    kind: LetterKind
    name: str
    email: str
    pseudonym: str
    subject: str
    text: str
    html: str
    link: str = ""
    language: str = "en"
    sender: Contact = field(default_factory=Contact)
    attachments: tuple[Attachment, ...] = ()


def letter(
    kind: LetterKind | OwnText,
    study: Study,
    person: Person,
    pseudonym: str,
    *,
    round: int,  # noqa: A002 - the word that everything else here has for it
    deadline: date | None = None,
    language: Language | str = "",
    link: str = "",
) -> Letter:
    """Return a letter to one person, in that person's language.

    Parameters
    ----------
    kind : {'invitation', 'reminder', 'feedback', 'thanks'}, or OwnText
        What it is for; a text of the study's own stands in the place of ours, see `read_own_text`.
    round : int
        Which the letter is about; of feedback, the round whose answers are shown.
    deadline : date, optional
        Until when answers count; by default the study file's, for feedback that of the next round.
    language : Language or its code, optional
        By default the person's, or else the study's.
    link : str, optional
        Where this person answers or reads; without one, letters speak of an attachment.

    Raises
    ------
    InnosiError
        If there is no such kind, round or language, the link is no web address, or an own text needs a
        deadline or a link that is not given.
    """
    purpose = _checked_kind(kind.kind if isinstance(kind, OwnText) else kind)
    spoken = _language(language or person.language or study.language)
    told = study.in_language(spoken.code)
    number = study.check_round(round)
    addressed = replace(person, name=one_line(person.name), pseudonym=pseudonym)
    last_day = deadline or study.deadlines.get(number + 1 if purpose == "feedback" else number)
    about = _About(told, addressed, number, last_day, _checked_link(link), spoken)
    subject, text = _standard(purpose, about)
    if isinstance(kind, OwnText):
        values = _values(about)
        subject, text = (kind.filled(each, values) for each in (kind.subject or subject, kind.body))
    return _letter(purpose, one_line(subject), blocks_of(text), about)


@dataclass(frozen=True, slots=True)
class _About:
    """All that a letter tells: the study in the person's language, to whom, and about which round."""

    study: Study
    person: Person
    number: int
    deadline: date | None
    link: str
    language: Language

    @property
    def title(self) -> str:
        return one_line(self.study.title)

    @property
    def round_title(self) -> str:
        return one_line(round_title(self.study.rounds, self.number, self.language))

    @property
    def has_rounds(self) -> bool:
        """Whether panellists know of rounds; in real time, and where there is one, they do not."""
        return self.study.mode == "rounds" and len(self.study.rounds) > 1


def _checked_kind(kind: str) -> LetterKind:
    for known in LETTER_KINDS:
        if kind == known:
            return known
    raise InnosiError(f"there is no letter '{kind}'{nearest(kind, LETTER_KINDS)}", mend="name one of them")


def _checked_link(link: str) -> str:
    if link and not re.fullmatch(r"https?://\S+", link):
        raise InnosiError(f"'{link}' is no web address", mend="begin it with https://, and leave spaces out")
    return link


def _language(language: Language | str) -> Language:
    return language_of(language) if isinstance(language, str) else language


def _standard(kind: LetterKind, about: _About) -> tuple[str, str]:
    """Return our subject and text."""
    study, person = about.study, about.person
    template = _environment(about.language).get_template(f"{kind}.txt.jinja")
    rendered = template.render(
        study=study,
        title=about.title,
        name=person.name,
        pseudonym=person.pseudonym,
        round=about.round_title,
        has_rounds=about.has_rounds,
        is_last=about.number == len(study.rounds),
        deadline=about.deadline,
        link=about.link,
        contact=study.contact,
        promises=_promises(study.privacy, about.language),
    )
    subject, _, text = rendered.lstrip().partition("\n")
    return subject, text


def _promises(privacy: Privacy, language: Language) -> list[tuple[str, str]]:
    """What panellists are promised, each with its heading; what the study does not say is left out."""
    said = (
        (language.text("Who is responsible for the data"), privacy.controller),
        (language.text("What the answers are used for"), privacy.purpose),
        (language.text("On what the use of the data rests"), privacy.legal_basis),
        (language.text("How long names and addresses are kept"), privacy.retention),
    )
    return [(title, one_line(text)) for title, text in said if text.strip()]


def _values(about: _About) -> dict[str, str]:
    """What stands in the fields of an own text."""
    return {
        "name": about.person.name or about.person.email,
        "pseudonym": about.person.pseudonym,
        "deadline": about.language.date(about.deadline) if about.deadline else "",
        "link": about.link,
        "study": about.title,
        "round": about.round_title,
    }


def _letter(kind: LetterKind, subject: str, blocks: Sequence[Block], about: _About) -> Letter:
    code, person = about.language.code, about.person
    return Letter(
        kind=kind,
        name=person.name,
        email=person.email,
        pseudonym=person.pseudonym,
        subject=subject,
        text=text_of(blocks),
        html=html_of(blocks, subject=subject, language=code, link=about.link),
        link=about.link,
        language=code,
        sender=about.study.contact,
    )


@cache
def _environment(language: Language) -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("innosi.forecast.people")
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    language.install(environment)
    environment.filters["one_line"] = one_line
    return environment
