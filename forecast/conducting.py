"""Taking a study from step to step: each is checked, dated and kept in one transaction."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import func, select

from innosi.forecast.progress import Settled, Step
from innosi.forecast.rounds import (
    RoundError,
    close_round,
    finish_study,
    move_deadline,
    open_round,
    reinstate_question,
    release_feedback,
    settle_question,
    take_snapshot,
    undo_step,
)
from innosi.forecast.running import RunningStudy, begin, keep_draft, list_members, running_within
from innosi.forecast.store.answers import (
    answered_rounds,
    answers_in,
    current_answers,
    let_late_in,
    refuse_other_forms,
)
from innosi.forecast.store.arguments import read_proposals, record_arguments
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import is_anonymised, read_letters
from innosi.forecast.store.steps import record_step
from innosi.forecast.store.versions import ask_by
from innosi.models.errors import InnosiError

NextStep = Callable[[Transaction, RunningStudy, datetime], Step]


def open_next_round(
    running: RunningStudy, *, at: datetime, deadline: date | None = None, by: str = ""
) -> Step:
    """Open the next round of a study; with the first, its file and its panel are settled.

    Raises
    ------
    RoundError
        If no round can be opened now.
    UndecidedChanges
        If the study file was changed since the study began.
    InputFaults
        If it was changed before, so that answers that were imported do not fit it.
    """
    store = running.store or begin(running.found, at=at)

    def next_step(transaction: Transaction, now: RunningStudy, at: datetime) -> Step:
        keep_draft(transaction, now.found, at=at)
        list_members(transaction, now.study, at=at)
        held: tuple[int, ...] = ()
        if not now.progress.is_running:
            refuse_other_forms(transaction, now.found)
            held = answered_rounds(transaction)
        number = max(now.progress.round, *held, 0) + 1
        return open_round(
            now.progress,
            at,
            deadline=deadline or now.study.deadlines.get(number),
            n_held_elsewhere=max(held, default=0),
            by=by,
        )

    with store.writing() as transaction:
        now = running_within(transaction, running.found, store)
        return _take(transaction, now, next_step, _moment(running, now, at))


def close_open_round(running: RunningStudy, *, at: datetime, by: str = "") -> Step:
    """Close the open round."""
    return _step(running, at, lambda _, now, at: close_round(now.progress, at, by=by))


def snapshot(running: RunningStudy, *, at: datetime, by: str = "") -> Step:
    """Take a snapshot of a real-time study."""
    return _step(running, at, lambda _, now, at: take_snapshot(now.progress, at, by=by))


def give_feedback(running: RunningStudy, *, at: datetime, by: str = "") -> Step:
    """Release the feedback of the round that was closed last."""
    return _step(running, at, lambda _, now, at: release_feedback(now.progress, at, by=by))


def finish(running: RunningStudy, *, at: datetime, because: str = "", by: str = "") -> Step:
    """Finish a study, once every question that panellists proposed was decided on."""

    def next_step(transaction: Transaction, now: RunningStudy, at: datetime) -> Step:
        step = finish_study(now.progress, at, because=because, by=by)
        undecided = [each.number for each in read_proposals(transaction) if each.decided_at is None]
        if undecided:
            are = "questions are" if len(undecided) > 1 else "question is"
            raise RoundError(
                f"{len(undecided)} proposed {are} not decided on",
                mend="see and decide: innosi delphi proposals STUDY",
            )
        return step

    return _step(running, at, next_step)


def postpone(running: RunningStudy, deadline: date, *, at: datetime, by: str = "") -> Step:
    """Move the deadline of the open round."""
    return _step(running, at, lambda _, now, at: move_deadline(now.progress, deadline, at, by=by))


def undo(running: RunningStudy, *, at: datetime, because: str = "", by: str = "") -> Step:
    """Undo the last step, where that is honest; return the step that was undone.

    Raises
    ------
    RoundError
        If undoing it would pretend that something did not happen, or somebody else has taken a step since
        the study was read: that one was not meant.
    """

    def next_step(transaction: Transaction, now: RunningStudy, at: datetime) -> Step:
        last = now.progress.last
        if last != running.progress.last:
            raise RoundError(
                f"the study has moved on since it was read: {now.progress.in_words}",
                mend="look where it stands: innosi delphi status STUDY",
            )
        n_answers = n_reached = 0
        if last is not None and last.kind in ("open", "snapshot"):
            n_answers = count_answers(transaction, now.progress.round)
        if last is not None:
            kind = "feedback" if last.kind == "feedback" else "invitation"
            n_reached = len(tuple(read_letters(transaction, kind, last.round)))
        return undo_step(now.progress, at, n_answers=n_answers, n_reached=n_reached, because=because, by=by)

    store = running.needed_store
    with store.writing() as transaction:
        now = running_within(transaction, running.found, store)
        taken = _take(transaction, now, next_step, _moment(running, now, at))
        after = running_within(transaction, running.found, store)
        if after.progress.state == "open":
            _go_on_with(transaction, after, at)
    return now.progress.last or taken


def _go_on_with(transaction: Transaction, now: RunningStudy, at: datetime) -> None:
    """A round that is open again asks what is asked now, and nothing that came meanwhile was late."""
    number = now.progress.round
    ask_by(transaction, number)
    late = answers_in(transaction, now.study, [number], is_late=True)
    record_arguments(transaction, now.study, late.by_place.values(), at=at)
    let_late_in(transaction, number, at=at)


def settle(
    running: RunningStudy, question: str, settled: Settled, *, at: datetime, because: str = "", by: str = ""
) -> Step:
    """Accept or drop a question, so that it is asked no longer."""
    running.study.question(question)
    return _step(
        running,
        at,
        lambda _, now, at: settle_question(now.progress, question, settled, at, because=because, by=by),
    )


def reinstate(running: RunningStudy, question: str, *, at: datetime, because: str = "", by: str = "") -> Step:
    """Ask a question again that was accepted or dropped."""
    running.study.question(question)
    return _step(
        running, at, lambda _, now, at: reinstate_question(now.progress, question, at, because=because, by=by)
    )


def count_answers(transaction: Transaction, number: int) -> int:
    """Return how many answers of a round count."""
    query = select(func.count(current_answers(transaction, number=number).c.id))
    return transaction.connection.execute(query).scalar_one()


def _step(running: RunningStudy, at: datetime, next_step: NextStep) -> Step:
    """Take a step from where the study stands in the moment of writing, whoever else writes."""
    store = running.needed_store
    with store.writing() as transaction:
        now = running_within(transaction, running.found, store)
        return _take(transaction, now, next_step, _moment(running, now, at))


def _moment(running: RunningStudy, now: RunningStudy, at: datetime) -> datetime:
    """When a step is taken: who waited for somebody else's step takes theirs no earlier than that one."""
    latest = now.progress.latest
    if latest is None or latest == running.progress.latest:
        return at
    return max(at, latest.astimezone(at.tzinfo))


def _take(transaction: Transaction, now: RunningStudy, next_step: NextStep, at: datetime) -> Step:
    now.check_decided()
    if is_anonymised(transaction):
        raise InnosiError(
            "the study was made anonymous, which ended it",
            mend="look at it (innosi delphi summary STUDY) or write its report (innosi delphi report STUDY)",
            where=str(now.found.path),
        )
    step = next_step(transaction, now, at)
    record_step(transaction, step)
    return step
