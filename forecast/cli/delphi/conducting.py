"""`innosi delphi open`, `close`, `snapshot`, `finish`, `undo`, `deadline`, `question` and `status`."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import by_option, now, running_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.history import StudyHistory
    from innosi.forecast.progress import Settled, Step
    from innosi.forecast.running import RunningStudy
    from innosi.forecast.statistics.stopping import Assessment

because_option = click.option("--because", default="", metavar="TEXT", help="Why, for the study's log.")


@click.command("open", short_help="Open the next round.")
@running_argument
@click.option(
    "--deadline",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which answers count, such as 2027-03-31; by default that of the study file.",
)
@by_option
def open_(running: "RunningStudy", deadline: datetime | None, by: str) -> None:
    """Open the next round of a STUDY: from now on the panel may answer.

    With the first round the study begins: what its file says is settled, and a change of it waits for a
    decision (`innosi delphi changes`). A study whose earlier rounds were imported from files goes on after
    them.

    \b
    innosi delphi open study.yaml
    innosi delphi open study.yaml --deadline 2027-03-31
    """
    from innosi.forecast.conducting import open_next_round

    day = deadline.date() if deadline else None
    step = open_next_round(running, at=now().astimezone(), deadline=day, by=by)
    _say(running, step, f"innosi delphi questionnaires STUDY --to round-{step.round}")


@click.command(short_help="Close the open round.")
@running_argument
@by_option
def close(running: "RunningStudy", by: str) -> None:
    """Close the open round of a STUDY: its answers can no longer change, and late ones are kept apart."""
    from innosi.forecast.conducting import close_open_round

    step = close_open_round(running, at=now(), by=by)
    _say(running, step, f"innosi delphi feedback STUDY --to feedback-{step.round}")


@click.command(short_help="Fix what a real-time panel thinks now.")
@running_argument
@by_option
def snapshot(running: "RunningStudy", by: str) -> None:
    """Take a snapshot of a real-time STUDY; it reads as a round, and answering goes on."""
    from innosi.forecast.conducting import snapshot as take

    _say(running, take(running, at=now(), by=by), "innosi delphi stability STUDY")


@click.command(short_help="End a study.")
@running_argument
@because_option
@by_option
def finish(running: "RunningStudy", because: str, by: str) -> None:
    """End a STUDY after a round was closed; nothing is asked any more."""
    from innosi.forecast.conducting import finish as end

    _say(running, end(running, at=now(), because=because, by=by), "innosi delphi report STUDY")


@click.command(short_help="Undo the last step, where that is honest.")
@running_argument
@because_option
@by_option
def undo(running: "RunningStudy", because: str, by: str) -> None:
    """Undo the last step of a STUDY, where that is honest; the log keeps both.

    A round can be taken back while nobody has answered it or was invited to it; a close, until feedback is
    released; feedback, until it was sent to anybody; the end of a study, always.
    """
    from innosi.forecast.conducting import undo as take_back
    from innosi.forecast.store.history import in_words

    click.echo(f"undone: {in_words(take_back(running, at=now(), because=because, by=by))}")


@click.command(short_help="Move the deadline of the open round.")
@running_argument
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@by_option
def deadline(running: "RunningStudy", day: datetime, by: str) -> None:
    """Move the deadline of the open round of a STUDY to DAY, such as 2027-03-31."""
    from innosi.forecast.conducting import postpone

    step = postpone(running, day.date(), at=now().astimezone(), by=by)
    _say(running, step, "innosi delphi remind STUDY --mail-merge reminders.csv")


@click.command(short_help="Accept or drop a question, or ask it again.")
@running_argument
@click.argument("action", type=click.Choice(["accept", "drop", "reinstate"]))
@click.argument("name")
@because_option
@by_option
def question(running: "RunningStudy", action: str, name: str, because: str, by: str) -> None:
    """Accept or drop a question NAME of a STUDY between rounds, to ask it no longer, or reinstate it.

    A question is reworded, replaced or added in the study file: see `innosi delphi changes`.

    \b
    innosi delphi question study.yaml accept housing --because "stable consensus"
    innosi delphi question study.yaml drop cafe --because "nobody cares"
    innosi delphi question study.yaml reinstate cafe
    """
    from innosi.forecast.conducting import reinstate, settle

    if action == "reinstate":
        step = reinstate(running, name, at=now(), because=because, by=by)
    else:
        settled: Settled = "accepted" if action == "accept" else "dropped"
        step = settle(running, name, settled, at=now(), because=because, by=by)
    _say(running, step, "innosi delphi status STUDY")


def _say(running: "RunningStudy", step: "Step", following: str) -> None:
    from innosi.forecast.store.history import in_words

    click.echo(f"{in_words(step)}; next: {_of(running, following)}")


def _of(running: "RunningStudy", advice: str) -> str:
    """Advice with commands that can be given as they stand."""
    return advice.replace("STUDY", str(running.found.path))


@click.command(short_help="Show where a study stands, and what to do next.")
@running_argument
@click.option("--log", "with_log", is_flag=True, help="Every step, oldest first.")
@output_options
def status(running: "RunningStudy", with_log: bool, output: Output) -> None:
    """Show where a STUDY stands: its rounds, its questions with advice on stopping, and what comes next."""
    from innosi.forecast.advising import advise, history_of
    from innosi.forecast.store.opening import told_beside

    history = history_of(running)
    tables = [rounds_table(running, history)]
    if history is not None:
        tables += [questions_table(history, advise(running))]
        tables += [log_table(history)] if with_log else []
    output.show(*tables)
    beside = told_beside(running.found) if running.store is None else ""
    output.say(_of(running, f"{running.progress.in_words}; next: {running.progress.advice}{beside}"))
    if running.pending:
        output.say(f"the study file was changed: {len(running.pending)} changes wait for a decision")


def rounds_table(running: "RunningStudy", history: "StudyHistory | None") -> Table:
    """Return each round with its dates, and how many answered."""
    rows: list[tuple[Any, ...]] = [
        (
            each.number,
            each.title,
            _day(each.opened),
            str(each.deadline or "–"),
            _day(each.closed),
            _day(each.fed_back),
            each.n_invited,
            each.n_answered,
            each.n_complete,
            each.n_late_answers,
        )
        for each in (history.rounds if history else ())
    ]
    columns = ("round", "title", "opened", "deadline", "closed", "feedback")
    counts = ("on_panel", "answered", "complete", "late_answers")
    notes = [] if rows else ["no round was held yet"]
    if history and history.n_erased:
        n = history.n_erased
        notes += [f"{n} {'person was' if n == 1 else 'people were'} erased, and counted in no round any more"]
    return Table(running.study.title, (*columns, *counts), rows, tuple(notes))


def questions_table(history: "StudyHistory", advice: "dict[str, tuple[Assessment, ...]]") -> Table:
    """Return what became of each question, and what to do with it in the next round."""
    rows = []
    for each in history.questions:
        settled = f"{each.settled} after round {each.settled_after}" if each.settled else "asked"
        for found in advice.get(each.name, ()) or (None,):
            name = found.question.name if found else each.name
            told = str(found.recommendation) if found and not each.settled else ""
            rows.append((name, each.added, ", ".join(map(str, each.reworded)), settled, told))
    notes = ("advice by fixed rules from stability and consensus: see `innosi delphi stability`",)
    return Table("questions", ("question", "since_round", "reworded", "state", "advice"), rows, notes)


def log_table(history: "StudyHistory") -> Table:
    """Return every step of the study."""
    rows = [(f"{at:%Y-%m-%d %H:%M}", words) for at, words in history.log]
    return Table("log", ("at_utc", "step"), rows)


def _day(at: datetime | None) -> str:
    return "–" if at is None else f"{at:%Y-%m-%d}"
