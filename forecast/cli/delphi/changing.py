"""`innosi delphi changes`: what a study file says otherwise than the study that runs, and decisions on it."""

from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import by_option, now, pairs_of, running_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.running import RunningStudy


@click.command(short_help="Decide on changes of a running study's file.")
@running_argument
@click.option(
    "--decide",
    "decisions",
    multiple=True,
    metavar="KEY=DECISION",
    callback=pairs_of,
    help="What to do with a change, such as questions.housing=reword. One for each change.",
)
@by_option
@output_options
def changes(running: "RunningStudy", decisions: dict[str, str], by: str, output: Output) -> None:
    """Show what the file of a running STUDY says otherwise than the study that runs, or decide on it.

    Nothing is taken over by itself: each change needs a decision, and all are decided at once. A question
    whose wording changed is the same question (reword) or another one (replace); a new one is asked from the
    next round on (ask); one that is missing is dropped (drop); everything else is accepted (accept). Who
    wants none of it changes the file back.

    \b
    innosi delphi changes study.yaml
    innosi delphi changes study.yaml --decide questions.housing=reword --decide title=accept
    """
    from innosi.forecast.deciding import decide_changes

    if decisions:
        decided = decide_changes(running, decisions, at=now(), by=by)
        n = len(decided)
        output.say(f"decided on {n} change{'s' if n != 1 else ''}; the study goes on as its file says now")
        return
    output.show(changes_table(running))
    if running.pending:
        given = " ".join(f"--decide {each.key}={each.choices[0]}" for each in running.pending)
        output.say(f"for example: innosi delphi changes {running.found.path} {given}")


def changes_table(running: "RunningStudy") -> Table:
    """Return every change that waits, and what may be decided."""
    from innosi.forecast.study_changes import CHOICES
    from innosi.forecast.translating import in_words, stale_translations

    rows = [
        (each.key, each.before or "–", each.after or "–", " or ".join(each.choices))
        for each in running.pending
    ]
    used = {choice for each in running.pending for choice in each.choices}
    notes = [f"{choice}: {CHOICES[choice]}" for choice in CHOICES if choice in used]
    what = "changed, and its translation did not: look whether it still says the same"
    notes += in_words(stale_translations(running.study, running.found), what)
    if not rows:
        notes = ["the file says what was decided on; a study that has not begun is taken as its file says"]
    columns = ("key", "decided", "in_the_file_now", "decisions")
    return Table(f"{running.found.path}: changes that wait for a decision", columns, rows, tuple(notes))
