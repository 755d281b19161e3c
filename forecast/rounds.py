"""The life of a study, round by round: which step may follow which, and what may honestly be undone.

Every function takes where the study stands and returns its next step, or says why that cannot be taken.
Nothing is stored here and no clock is read.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from innosi.forecast.progress import NEXT, Progress, Settled, State, Step, Transition, since
from innosi.models.errors import InnosiError

FROM: Mapping[Transition, tuple[State, ...]] = MappingProxyType(
    {
        "open": ("draft", "feedback"),
        "snapshot": ("open",),
        "close": ("open",),
        "feedback": ("closed",),
        "finish": ("closed", "feedback"),
    }
)
"""In which states a study may take each step."""


class RoundError(InnosiError, ValueError):
    """A step that a study cannot take from where it stands."""


def open_round(
    progress: Progress,
    at: datetime,
    *,
    deadline: date | None = None,
    n_held_elsewhere: int = 0,
    by: str = "",
) -> Step:
    """Return the step that opens the next round.

    Parameters
    ----------
    n_held_elsewhere : int
        Of a draft: how many rounds have answers already, imported from files; the round after them is opened.

    Raises
    ------
    RoundError
        If a round is open or its feedback is missing, the study is finished, or has no further round.
    """
    _check(progress, "open", at)
    number = max(progress.round, n_held_elsewhere) + 1
    if number > progress.n_rounds:
        raise RoundError(
            f"the study has {_rounds(progress.n_rounds)}, and all were held",
            mend="add one under `rounds` in the study file, or finish the study: innosi delphi finish STUDY",
        )
    if deadline is not None and deadline < at.date():
        raise RoundError(f"the deadline {deadline} has passed already", mend="give a later --deadline")
    return Step("open", at, number, deadline=deadline, by=by)


def take_snapshot(progress: Progress, at: datetime, *, by: str = "") -> Step:
    """Return the step that fixes what the panel of a real-time study thinks now; it reads as a closed round.

    Raises
    ------
    RoundError
        If the study goes by rounds, is not open, or has no further snapshot.
    """
    if progress.mode != "real_time":
        raise RoundError(
            "snapshots are for real-time studies", mend="close the round: innosi delphi close STUDY"
        )
    _check(progress, "snapshot", at)
    if progress.round >= progress.n_rounds:
        raise RoundError(
            f"the study has {progress.n_rounds} snapshots, and this is the last",
            mend="close the study (innosi delphi close STUDY), or raise `rounds` in the study file",
        )
    return Step("snapshot", at, progress.round, by=by)


def close_round(progress: Progress, at: datetime, *, by: str = "") -> Step:
    """Return the step that closes the open round; its answers can then no longer change.

    Raises
    ------
    RoundError
        If no round is open.
    """
    _check(progress, "close", at)
    return Step("close", at, progress.round, by=by)


def release_feedback(progress: Progress, at: datetime, *, by: str = "") -> Step:
    """Return the step by which a closed round's feedback is released.

    Raises
    ------
    RoundError
        If no round is closed and without feedback.
    """
    _check(progress, "feedback", at)
    return Step("feedback", at, progress.round, by=by)


def finish_study(progress: Progress, at: datetime, *, because: str = "", by: str = "") -> Step:
    """Return the step that ends the study, after a round was closed.

    Raises
    ------
    RoundError
        If a round is open, or none was held.
    """
    _check(progress, "finish", at)
    return Step("finish", at, progress.round, because=because, by=by)


def undo_step(
    progress: Progress,
    at: datetime,
    *,
    n_answers: int = 0,
    n_reached: int = 0,
    because: str = "",
    by: str = "",
) -> Step:
    """Return the step that undoes the last transition, where that is honest.

    A round that was opened can be taken back while nobody has answered it and no invitation to it was sent;
    a close, to let answers in again, until its feedback is released; feedback, until anybody was sent it; a
    snapshot, until somebody has answered after it; the end of the study, always. The step that was undone
    stays in the log.

    Parameters
    ----------
    n_answers : int
        How many answers the round that is open has.
    n_reached : int
        How many panellists the step has reached: by an invitation to the round, or by their feedback.

    Raises
    ------
    RoundError
        If there is nothing to undo, or undoing it would pretend that something did not happen.
    """
    last = progress.last
    if last is None:
        raise RoundError("there is nothing to undo: the study has not begun", mend=NEXT["draft"])
    _check_order(progress, at)
    if last.kind in ("open", "snapshot") and n_answers:
        raise RoundError(
            f"round {progress.round} has {n_answers} answer{'s' if n_answers != 1 else ''} already",
            mend="close the round instead: innosi delphi close STUDY",
        )
    if last.kind in ("open", "feedback") and n_reached:
        what = "invited to it" if last.kind == "open" else "sent its feedback"
        whom = "1 panellist was" if n_reached == 1 else f"{n_reached} panellists were"
        raise RoundError(
            f"round {last.round}: {whom} {what}, which cannot be taken back",
            mend="go on from here, and tell the panel what was wrong",
        )
    return Step("undo", at, last.round, because=because, by=by)


def settle_question(
    progress: Progress, question: str, settled: Settled, at: datetime, *, because: str = "", by: str = ""
) -> Step:
    """Return the step by which a question is accepted or dropped, so that it is asked no longer.

    Raises
    ------
    RoundError
        If a round is open (its question is out already), or the question was settled before.
    """
    if progress.state == "open":
        raise RoundError(
            f"round {progress.round} is open, and '{question}' is being answered in it",
            mend="close the round first: innosi delphi close STUDY",
        )
    if progress.state == "finished":
        raise RoundError("the study is finished", mend=NEXT["finished"])
    found = progress.settled.get(question)
    if found is not None:
        raise RoundError(
            f"'{question}' was {found.settled} after round {found.round} already",
            mend="ask it again with: innosi delphi question STUDY reinstate NAME",
        )
    _check_order(progress, at)
    return Step("settle", at, progress.round, question, settled, because, by=by)


def reinstate_question(
    progress: Progress, question: str, at: datetime, *, because: str = "", by: str = ""
) -> Step:
    """Return the step by which a question that was accepted or dropped is asked again.

    Raises
    ------
    RoundError
        If it is asked anyway, a round is open, or the study is finished.
    """
    if question not in progress.settled:
        raise RoundError(f"'{question}' is asked in the next round anyway", mend="leave it as it is")
    if progress.state == "open":
        raise RoundError(
            f"round {progress.round} is open, and goes out without '{question}'",
            mend="close the round first: innosi delphi close STUDY",
        )
    if progress.state == "finished":
        raise RoundError("the study is finished", mend=NEXT["finished"])
    _check_order(progress, at)
    return Step("reinstate", at, progress.round, question, because=because, by=by)


def move_deadline(progress: Progress, deadline: date, at: datetime, *, by: str = "") -> Step:
    """Return the step that moves the open round's deadline.

    Raises
    ------
    RoundError
        If no round is open, or the new deadline has passed already.
    """
    if progress.state != "open":
        raise RoundError(f"no round is open: {progress.in_words}", mend=NEXT[progress.state])
    if deadline < at.date():
        raise RoundError(f"the deadline {deadline} has passed already", mend="give a later one")
    _check_order(progress, at)
    return Step("deadline", at, progress.round, deadline=deadline, by=by)


def _check(progress: Progress, transition: Transition, at: datetime) -> None:
    if progress.state not in FROM[transition]:
        raise RoundError(_refusal(progress, transition), mend=progress.next_in_words)
    _check_order(progress, at)


def _refusal(progress: Progress, transition: Transition) -> str:
    if transition == "close":
        return f"no round is open: {progress.in_words}"
    if transition == "feedback" and progress.state == "open":
        return f"round {progress.round} is open: there is no feedback before it is closed"
    what = {
        "open": "the next round",
        "snapshot": "a snapshot",
        "feedback": "feedback",
        "finish": "the end of the study",
    }[transition]
    return f"{what} cannot come now: {progress.in_words}{since(progress.last.at if progress.last else None)}"


def _check_order(progress: Progress, at: datetime) -> None:
    """A clock that runs backwards would make the record untrue."""
    if progress.latest is not None and at.astimezone(UTC) < progress.latest.astimezone(UTC):
        raise RoundError(
            f"it is {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by this computer's clock, before the last step of"
            f" the study ({progress.latest.astimezone(UTC):%Y-%m-%d %H:%M} UTC)",
            mend="set the clock right",
        )


def _rounds(n: int) -> str:
    return f"{n} round{'s' if n != 1 else ''}"
