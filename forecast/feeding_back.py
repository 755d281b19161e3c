"""Feedback of a round: a sheet for each panellist and one for the panel, and then its release."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from innosi.forecast.answers.values import Answers
from innosi.forecast.arguments import Argument
from innosi.forecast.asked import as_asked
from innosi.forecast.conducting import give_feedback
from innosi.forecast.feedback.panel import panel_feedback
from innosi.forecast.feedback.released import Erased
from innosi.forecast.feedback.sheets import panel_sheet, sheets
from innosi.forecast.feedback.values import PanelFeedback
from innosi.forecast.handing_out import Told, language_for, page_content, write_bytes
from innosi.forecast.languages.language import Language, language_of
from innosi.forecast.progress import Progress, Step
from innosi.forecast.running import RunningStudy
from innosi.forecast.sheet_names import sheet_names
from innosi.forecast.store.answers import read_answers
from innosi.forecast.store.arguments import read_arguments
from innosi.forecast.store.erasures import read_erasures
from innosi.forecast.store.panel import read_panel
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError
from innosi.scenarios.writing import FOR_EVERYBODY

PANEL = "panel"


@dataclass(frozen=True, slots=True)
class FedBack:
    """What was written, of which round, and the step by which it was released.

    Attributes
    ----------
    number : int
    panellists : tuple of str
        Who has a sheet.
    files : tuple of Path
    step : Step, optional
        None where it had been released before, or the study goes in real time.
    """

    number: int
    panellists: tuple[str, ...]
    files: tuple[Path, ...]
    step: Step | None


@dataclass(frozen=True)
class Feedback:
    """The feedback of a round, from which each panellist's sheet is made.

    Attributes
    ----------
    languages : mapping of pseudonym to Language
        Of everybody who has a sheet.
    erased : mapping of round to int
        How many people were erased since the sheets of an earlier round were released.
    """

    study: Study
    number: int
    answers: Answers
    arguments: tuple[Argument, ...]
    languages: Mapping[str, Language]
    erased: Erased

    @cached_property
    def _known(self) -> dict[str, PanelFeedback]:
        return {}

    def in_language(self, language: Language) -> PanelFeedback:
        """Return what the sheets in a language have in common; worked out once."""
        if language.code not in self._known:
            self._known[language.code] = panel_feedback(
                self.study,
                self.answers,
                self.number,
                arguments=self.arguments,
                language=language,
                erased=self.erased,
            )
        return self._known[language.code]

    def sheets(self) -> Iterator[tuple[str, str]]:
        """Yield each panellist with their sheet as HTML, one language after the other."""
        for code in sorted({each.code for each in self.languages.values()}):
            readers = [who for who, language in self.languages.items() if language.code == code]
            yield from sheets(self.in_language(language_of(code)), readers)

    def sheet(self, pseudonym: str) -> str:
        """Return one panellist's sheet as HTML."""
        return next(html for _, html in sheets(self.in_language(self.languages[pseudonym]), [pseudonym]))

    def of_panel(self) -> str:
        """Return the sheet of the whole panel as HTML, in the study's language."""
        return panel_sheet(self.in_language(language_of(self.study.language)))


def feed_back(
    running: RunningStudy,
    folder: Path,
    *,
    at: datetime,
    as_pdf: bool = False,
    by: str = "",
    told: Told = lambda _done, _total: None,
) -> FedBack:
    """Write the feedback of the round that was closed last, and release it where that was not done before.

    The step is recorded when all sheets are written, so that the round stays closed where that fails.

    Raises
    ------
    InnosiError
        If no round was closed, somebody was erased since its sheets were released, or a file cannot be
        written.
    RoundError
        If somebody else took a step meanwhile.
    """
    made = feedback_of(running)
    files = tuple(_written(made, folder, as_pdf=as_pdf, told=told))
    step = give_feedback(running, at=at, by=by) if running.progress.state == "closed" else None
    return FedBack(made.number, tuple(made.languages), files, step)


def _written(made: Feedback, folder: Path, *, as_pdf: bool, told: Told) -> Iterator[Path]:
    suffix, n = ".pdf" if as_pdf else ".html", len(made.languages) + 1
    names = sheet_names(made.languages, taken=(PANEL,))
    for done, (who, html) in enumerate(made.sheets()):
        told(done, n)
        yield write_bytes(folder / f"{names[who]}{suffix}", page_content(html, as_pdf=as_pdf))
    of_panel = page_content(made.of_panel(), as_pdf=as_pdf)
    yield write_bytes(folder / f"{PANEL}{suffix}", of_panel, mode=FOR_EVERYBODY)


def feedback_of(running: RunningStudy) -> Feedback:
    """Return the feedback of the round that was closed last, or of a real-time study's last snapshot."""
    running.check_decided()
    study, progress = running.study, running.progress
    number = max(progress.closed, default=0)
    if not number:
        in_real_time = study.mode == "real_time"
        raise _nothing_yet(running, "no snapshot was taken" if in_real_time else "no round was closed")
    with running.needed_store.reading() as transaction:
        study = as_asked(transaction, study, number)
        answers = read_answers(transaction, study, as_of=number)
        arguments = read_arguments(transaction)
        listed = read_panel(transaction)
        erasures = read_erasures(transaction)
    erased = _erased_since(running.progress, erasures)
    if erased.get(number, 0):
        raise _released_before_erasure(running, number)
    answers = _up_to(answers, number) if study.mode == "real_time" else answers
    everybody = {*study.panel.members, *answers.panellists(number)} - study.panel.withdrawn
    languages = {
        who: language_for(study, listed[who].language if who in listed else "") for who in sorted(everybody)
    }
    return Feedback(study, number, answers, arguments, languages, erased)


def _erased_since(progress: Progress, erasures: Iterable[datetime]) -> Erased:
    """How many were erased since each round's sheets were released; in real time, since its snapshot."""
    released = progress.closed if progress.mode == "real_time" else progress.fed_back
    return {number: sum(each >= at for each in erasures) for number, at in released.items()}


def _released_before_erasure(running: RunningStudy, number: int) -> InnosiError:
    """Sheets made anew would lack the answers of whoever was erased, and so tell what these were."""
    in_real_time = running.study.mode == "real_time"
    what = "snapshot" if in_real_time else "round"
    mend = "use the sheets that were written then; the next ones can be written after "
    mend += "another snapshot: innosi delphi snapshot STUDY" if in_real_time else "the next round"
    return InnosiError(
        f"somebody was erased since {what} {number} was {'taken' if in_real_time else 'fed back'}, and sheets"
        " made anew would tell what they had answered",
        mend=mend,
    )


def _nothing_yet(running: RunningStudy, problem: str) -> InnosiError:
    real_time = running.study.mode == "real_time" and running.progress.state == "open"
    mend = "take one: innosi delphi snapshot STUDY" if real_time else running.progress.next_in_words
    return InnosiError(f"{problem}, so there is no feedback to give", mend=mend)


def _up_to(answers: Answers, number: int) -> Answers:
    """The answers that a snapshot shows: those of the last one with new answers, where it brought none."""
    last = max((each for each in answers.rounds if each <= number), default=0)
    found = [each for each in answers.by_place.values() if each.round < last]
    return Answers.of([*found, *(replace(each, round=number) for each in answers.in_round(last))])
