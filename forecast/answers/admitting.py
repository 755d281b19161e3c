"""Which answers a study takes now: of whom, to what, in which round; and why not the others."""

from collections.abc import Callable, Mapping

from innosi.forecast.answers.forms import Refused
from innosi.forecast.answers.values import Answer
from innosi.forecast.progress import Progress
from innosi.forecast.study import Study

Admission = Callable[[Answer], None]
"""Raises Refused where an answer is not taken."""


def admission_to(
    study: Study, progress: Progress, *, consents: Mapping[str, bool], is_late: bool = False
) -> Admission:
    """Return what judges each answer to a study that stands where it does.

    Parameters
    ----------
    consents : mapping of pseudonym to bool
        Who agreed to take part; asked for where the study file has a text of consent and the study runs.
    is_late : bool
        Whether answers to closed rounds are taken, to be kept apart.
    """
    needs_consent = bool(study.privacy.consent) and progress.is_running

    def admit(answer: Answer) -> None:
        if answer.panellist in study.panel.withdrawn:
            raise Refused("", "has withdrawn from the study", about="")
        if needs_consent and not consents.get(answer.panellist):
            said = "did not agree" if answer.panellist in consents else "has not agreed yet"
            mend = "see `innosi delphi consent --help`"
            raise Refused("", f"{said} to take part; {mend}", about="consent")
        reason = progress.why_not_admitted(answer.round, is_late=is_late)
        if reason:
            raise Refused("", f"{reason}; {progress.mend_of(answer.round)}", about="")
        reason = progress.why_not_asked(answer.question, answer.round)
        if reason:
            raise Refused("", reason)

    return admit
