"""Questionnaires for everybody on the panel, on paper or as workbooks, with what each said before."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.documents.pdf import pdf_of
from innosi.forecast.languages.language import Language, language_of
from innosi.forecast.questionnaires.label import SheetLabel
from innosi.forecast.questionnaires.sheet import SheetOf, printed_questionnaires
from innosi.forecast.questionnaires.workbook import questionnaire_workbook
from innosi.forecast.questions import Question
from innosi.forecast.running import RunningStudy
from innosi.forecast.sheet_names import sheet_names
from innosi.forecast.store.answers import answered_rounds, answers_in
from innosi.forecast.store.panel import is_anonymised, read_panel
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.writing import FOR_ITS_OWNER, replacing

FormKind = Literal["print", "workbook", "both"]
Told = Callable[[int, int], None]
"""Is told how much is done, and how much is to be done in all."""
ONE_FILE = "questionnaires"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What was written: for which round, for whom, and where."""

    number: int
    panellists: tuple[str, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """The questionnaires of a round, from which each panellist's is made.

    Attributes
    ----------
    study : Study
        With the round's deadline as it is now.
    number : int
    questions : mapping of name to Question
        What is asked in the round.
    sheets : mapping of pseudonym to SheetOf
    """

    study: Study
    number: int
    questions: Mapping[str, Question]
    sheets: Mapping[str, SheetOf]

    def workbook(self, pseudonym: str) -> bytes:
        """Return a panellist's form, to be filled in on a computer."""
        sheet = self.sheets[pseudonym]
        return questionnaire_workbook(
            self.study, sheet.label, questions=self.questions, language=sheet.language, own=sheet.own
        )

    def page(self, pseudonyms: Collection[str]) -> str:
        """Return the printed questionnaires of some panellists as one page of HTML."""
        return printed_questionnaires(
            self.study, [self.sheets[each] for each in pseudonyms], questions=self.questions
        )

    def pdf(self, pseudonym: str) -> bytes:
        """Return a panellist's printed questionnaire as PDF."""
        return pdf_of(self.page([pseudonym]))


def hand_out(
    running: RunningStudy,
    folder: Path,
    *,
    number: int | None = None,
    form: FormKind = "print",
    as_pdf: bool = False,
    in_one_file: bool = False,
    panellists: Collection[str] = (),
    told: Told = lambda _done, _total: None,
) -> HandedOut:
    """Write the questionnaires of a round into a folder, named by pseudonym; return what was written.

    Parameters
    ----------
    number : int, optional
        The round: the open one by default; the next one, before it is opened.
    as_pdf : bool
        Whether what is printed is written as PDF, else as HTML.
    in_one_file : bool
        Whether what is printed is written as one print job.
    panellists : collection of str, optional
        For whom; for everybody on the panel who has not withdrawn by default.

    Raises
    ------
    InnosiError
        If no questionnaire can be made now, there is no such panellist, or a file cannot be written.
    """
    if in_one_file and form == "workbook":
        raise InnosiError("workbooks are one file each", mend="leave --one-file out, or print the sheets")
    made = questionnaires_of(running, number=number, panellists=panellists)
    files = []
    jobs = list(_jobs(made, form, as_pdf=as_pdf, in_one_file=in_one_file))
    for done, (name, content) in enumerate(jobs):
        told(done, len(jobs))
        files.append(write_bytes(folder / name, content()))
    return HandedOut(made.number, tuple(made.sheets), tuple(files))


def write_bytes(path: Path, content: bytes, *, mode: int = FOR_ITS_OWNER) -> Path:
    """Write a file, whole or not at all, by default for its owner's eyes only; return where."""
    with replacing(path, mode=mode) as temporary:
        temporary.write_bytes(content)
    return path


def page_content(html: str, *, as_pdf: bool) -> bytes:
    """Return a page as it is written: as PDF, or as HTML."""
    return pdf_of(html) if as_pdf else html.encode()


def _jobs(
    made: Questionnaires, form: FormKind, *, as_pdf: bool, in_one_file: bool
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield each file's name, and what makes its content."""
    suffix = ".pdf" if as_pdf else ".html"
    stems = sheet_names(made.study.panel.members, taken=(ONE_FILE,))
    if form != "workbook" and in_one_file:
        yield f"{ONE_FILE}{suffix}", partial(_printed, made, tuple(made.sheets), as_pdf=as_pdf)
    for who in made.sheets:
        if form != "workbook" and not in_one_file:
            yield f"{stems[who]}{suffix}", partial(_printed, made, (who,), as_pdf=as_pdf)
        if form != "print":
            yield f"{stems[who]}.xlsx", partial(made.workbook, who)


def _printed(made: Questionnaires, pseudonyms: tuple[str, ...], *, as_pdf: bool) -> bytes:
    return page_content(made.page(pseudonyms), as_pdf=as_pdf)


def questionnaires_of(
    running: RunningStudy, *, number: int | None = None, panellists: Collection[str] = ()
) -> Questionnaires:
    """Return the questionnaires of a round; see `hand_out`."""
    running.check_decided()
    number = _number(running, number)
    study, progress = running.study, running.progress
    asked = {name: each for name, each in study.questions.items() if progress.is_asked(name)}
    if not asked:
        raise InnosiError(
            "every question is settled, so nothing is asked",
            mend="ask one again (innosi delphi question STUDY reinstate NAME), or finish the study",
            where=str(study.path),
        )
    who = active_panellists(study, panellists)
    with running.needed_store.reading() as transaction:
        if is_anonymised(transaction):
            raise InnosiError(
                "the study was made anonymous, and nobody can be asked any more", where=str(study.path)
            )
        listed = read_panel(transaction)
        last = number if study.mode == "real_time" else number - 1
        rounds = [each for each in answered_rounds(transaction) if each <= last]
        before = answers_in(transaction, study, rounds)
        key = transaction.key
    own = _by_panellist(before)
    spoken = {each: language_for(study, listed[each].language if each in listed else "") for each in who}
    sheets = {each: SheetOf(SheetLabel(key, number, each), spoken[each], own.get(each, ())) for each in who}
    study = replace(study, deadlines={**study.deadlines, **progress.deadlines})
    return Questionnaires(study, number, asked, sheets)


def _number(running: RunningStudy, number: int | None) -> int:
    """The round that questionnaires are for: the open one, or on request the one that opens next."""
    progress = running.progress
    coming = progress.round + 1 if progress.state in ("draft", "feedback") else progress.round
    if progress.state == "open" and number in (None, progress.round):
        return progress.round
    if progress.state in ("draft", "feedback") and number == coming:
        return running.study.check_round(coming)
    if number is not None:
        running.study.check_round(number)
        what = f"round {number} is neither open nor the next"
    else:
        what = "no round is open"
    ahead = progress.state in ("draft", "feedback") and coming <= progress.n_rounds
    mend = f"; to make the sheets of the next round already, say --round {coming}" if ahead else ""
    raise InnosiError(f"{what}: {progress.in_words}", mend=f"{progress.next_in_words}{mend}")


def active_panellists(study: Study, wanted: Collection[str] = ()) -> tuple[str, ...]:
    """Return everybody on the panel who has not withdrawn, or those of them who are wanted.

    Raises
    ------
    InnosiError
        If the panel is not listed, or one who is wanted is not on it, or has withdrawn.
    """
    members, withdrawn = study.panel.members, study.panel.withdrawn
    if not members:
        raise InnosiError(
            "its panel is not listed, so nobody can be addressed",
            mend="list it: innosi delphi panel STUDY FILE",
            where=str(study.path),
        )
    for each in wanted:
        if each not in members:
            raise InnosiError(
                f"'{each}' is not on the panel{nearest(each, members)}", mend="name a pseudonym of the panel"
            )
        if each in withdrawn:
            raise InnosiError(f"'{each}' has withdrawn from the study", mend="leave them alone")
    return tuple(each for each in sorted(members) if each not in withdrawn and (not wanted or each in wanted))


def language_for(study: Study, code: str) -> Language:
    """Return the language in which a panellist is addressed: their own, else the study's."""
    return language_of(code or study.language)


def _by_panellist(before: Answers) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in before.by_place.values():
        found.setdefault(answer.panellist, []).append(answer)
    return found
