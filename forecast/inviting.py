"""Letters to the panel: sent by e-mail or written for mail merge, each kept the moment it is done."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from innosi.forecast.documents.pdf import pdf_of
from innosi.forecast.due_letters import Due, Wanted, due_letters
from innosi.forecast.feeding_back import feedback_of
from innosi.forecast.handing_out import Told, questionnaires_of
from innosi.forecast.people.letters import Attachment, Letter, letter
from innosi.forecast.people.mail_merge import mail_merge_table
from innosi.forecast.people.mail_server import MailServer
from innosi.forecast.people.mailing import MailingReport, Refusal, send_letters
from innosi.forecast.people.own_texts import OwnText
from innosi.forecast.people.person import Person
from innosi.forecast.running import RunningStudy, running_study
from innosi.forecast.sheet_names import sheet_names
from innosi.forecast.store.panel import record_letters
from innosi.models.errors import InnosiError
from innosi.scenarios.writing import FOR_ITS_OWNER, write_text

Clock = Callable[[], datetime]
Attached = Literal["", "form", "print"]
_FORM_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Contents:
    """What letters say and bring.

    Attributes
    ----------
    own_text : OwnText, optional
        In the place of ours.
    link : str
        Where the addressee answers or reads, with `{pseudonym}` where theirs stands; '' for none.
    attached : {'', 'form', 'print'}
        The addressee's own workbook, or sheet as PDF: the questionnaire, or of feedback the feedback.
    """

    own_text: OwnText | None = None
    link: str = ""
    attached: Attached = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Who was due, and what became of their letters; `report` is None where none went by e-mail."""

    due: Due
    report: MailingReport | None = None


def check_letters(running: RunningStudy, wanted: Wanted, contents: Contents, *, at: datetime) -> Due:
    """Return who is due, after every letter to them was made without being sent."""
    running.check_decided()
    _check_contents(wanted, contents)
    due = due_letters(running, wanted, at=at)
    for person in due.people:
        _letter_to(person, running, due.number, wanted, contents)
    return due


def write_mail_merge(
    running: RunningStudy, wanted: Wanted, contents: Contents, path: Path, *, clock: Clock
) -> Sent:
    """Write a table of letters for mail merge, and keep that those who are in it were written to.

    Raises
    ------
    InnosiError
        If nobody is due, a letter cannot be made, or the table cannot be written; then nothing is kept.
    """
    if contents.attached:
        raise InnosiError(
            "a table for mail merge brings no files",
            mend="leave --attach out; files are written with: innosi delphi questionnaires, or feedback",
        )
    due = check_letters(running, wanted, contents, at=clock())
    if not due.people:
        raise InnosiError(f"nobody is due for this letter{_because(due)}", mend="see --again, and --dry-run")
    letters = [_letter_to(person, running, due.number, wanted, contents) for person in due.people]
    write_text(path, mail_merge_table(letters), mode=FOR_ITS_OWNER)
    _record(running, letters, due.number, how="mail-merge", at=clock())
    return Sent(due)


def send_by_email(
    running: RunningStudy,
    wanted: Wanted,
    contents: Contents,
    server: MailServer,
    *,
    clock: Clock,
    pause: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    told: Told = lambda _done, _total: None,
) -> Sent:
    """Send letters by e-mail, and keep of each at once that it went out or why not.

    Before each letter the study is looked at again: whoever has finished, withdrawn or been written to
    meanwhile gets none. A run that was interrupted goes on where it stopped.

    Raises
    ------
    MailError
        If no letter could be tried. Once one was, the report says why the others were not.
    InnosiError
        If a letter cannot be made.
    """
    due = check_letters(running, wanted, contents, at=clock())
    _check_brings_something(wanted, contents)
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        told(done, len(due.people))

    def on_sent(sent: Letter, _message_id: str) -> None:
        _record(running, [sent], due.number, how="smtp", at=clock())
        count()

    def on_failed(failed: Letter, refusal: Refusal) -> None:
        failure = f"{refusal.kind}: {refusal.reason}"
        _record(running, [failed], due.number, how="smtp", at=clock(), failure=failure)
        count()

    letters = _still_due(running, due, wanted, contents, clock)
    report = send_letters(
        letters, server, on_sent=on_sent, on_failed=on_failed, pause=pause, sleep=sleep, now=clock
    )
    return Sent(due, report)


def _record(
    running: RunningStudy, letters: list[Letter], number: int, *, how: str, at: datetime, failure: str = ""
) -> None:
    with running.needed_store.writing() as transaction:
        record_letters(
            transaction,
            [each.pseudonym for each in letters],
            kind=letters[0].kind,
            number=number,
            how=how,
            at=at,
            failure=failure,
        )


def _still_due(
    running: RunningStudy, due: Due, wanted: Wanted, contents: Contents, clock: Clock
) -> Iterator[Letter]:
    """Yield the letters to those who are due still when their turn comes."""
    attach = _attacher(running, wanted, contents, due.number)
    for person in due.people:
        now = running_study(running.found)
        if person.pseudonym in now.study.panel.withdrawn:
            continue
        if any(each.pseudonym == person.pseudonym for each in due_letters(now, wanted, at=clock()).people):
            made = _letter_to(person, now, due.number, wanted, contents)
            yield replace(made, attachments=attach(person))


def _letter_to(
    person: Person, running: RunningStudy, number: int, wanted: Wanted, contents: Contents
) -> Letter:
    study, progress = running.study, running.progress
    ended = wanted.kind == "thanks" and progress.state == "finished"
    return letter(
        contents.own_text or wanted.kind,
        study,
        person,
        person.pseudonym,
        round=len(study.rounds) if ended else number,
        deadline=progress.deadlines.get(number + 1 if wanted.kind == "feedback" else number),
        link=contents.link.replace("{pseudonym}", quote(person.pseudonym, safe="")),
    )


def _attacher(
    running: RunningStudy, wanted: Wanted, contents: Contents, number: int
) -> Callable[[Person], tuple[Attachment, ...]]:
    """Return what makes each addressee's own file."""
    if not contents.attached:
        return lambda _: ()
    names = sheet_names(running.study.panel.members)
    if wanted.kind == "feedback":
        feedback = feedback_of(running)
        return lambda person: (_pdf(names[person.pseudonym], pdf_of(feedback.sheet(person.pseudonym))),)
    made = questionnaires_of(running, number=number)
    if contents.attached == "print":
        return lambda person: (_pdf(names[person.pseudonym], made.pdf(person.pseudonym)),)
    return lambda person: (
        Attachment(f"{names[person.pseudonym]}.xlsx", made.workbook(person.pseudonym), _FORM_MIME),
    )


def _pdf(name: str, content: bytes) -> Attachment:
    return Attachment(f"{name}.pdf", content, "application/pdf")


def _check_contents(wanted: Wanted, contents: Contents) -> None:
    """Refuse what no letter can say or bring."""
    unknown = [each for each in re.findall(r"\{[^{}]*\}", contents.link) if each != "{pseudonym}"]
    if unknown:
        raise InnosiError(f"{unknown[0]} is no field of a link", mend="the one that there is: {pseudonym}")
    if wanted.kind == "thanks" and contents.attached:
        raise InnosiError("a letter of thanks brings no file", mend="leave --attach out")
    if wanted.kind == "feedback" and contents.attached == "form":
        raise InnosiError("feedback is no form to fill in", mend="attach it as PDF: --attach print")


def speaks_of_attachment(wanted: Wanted, contents: Contents) -> bool:
    """Whether letters speak of an attachment that they do not bring."""
    says_so = wanted.kind != "thanks" and contents.own_text is None
    return says_so and not contents.link and not contents.attached


def _check_brings_something(wanted: Wanted, contents: Contents) -> None:
    """Refuse letters that speak of an attachment and have none."""
    if speaks_of_attachment(wanted, contents):
        raise InnosiError(
            "the letter speaks of an attachment, and there is none",
            mend="attach each panellist's own (--attach print, or form), give a --link, or your own --text",
        )


def _because(due: Due) -> str:
    told = ", ".join(f"{n} {reason}" for reason, n in due.left_out.items())
    return f" ({told})" if told else ""
