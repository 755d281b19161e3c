"""`innosi delphi arguments`, `moderate`, `votes` and `proposals`: what panellists say in their own words."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import by_option, now, running_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.arguments import Argument
    from innosi.forecast.running import RunningStudy
    from innosi.forecast.store.arguments import Proposal


@click.command(short_help="Show the arguments, as moderated.")
@running_argument
@click.option("--round", "number", type=int, help="Those that were given in one round.")
@click.option("--question", default="", help="Those about one question.")
@click.option("--hidden", "only_hidden", is_flag=True, help="Only those that moderation has hidden.")
@click.option("--authors", is_flag=True, help="Who gave each: for the facilitator only, never to be shown.")
@output_options
def arguments(
    running: "RunningStudy",
    number: int | None,
    question: str,
    only_hidden: bool,
    authors: bool,
    output: Output,
) -> None:
    """Show what panellists of a STUDY say for or against an answer, as moderated, with votes.

    \b
    innosi delphi arguments study.yaml --round 1
    innosi delphi arguments study.yaml --question housing --format csv
    """
    from innosi.forecast.moderating import arguments_of

    found = arguments_of(running, number=number, question=question, only_hidden=only_hidden)
    output.show(arguments_table(found, authors=authors))


def arguments_table(found: "tuple[Argument, ...]", *, authors: bool = False) -> Table:
    """Return arguments, one row each; with their authors on request."""
    rows: list[tuple[object, ...]] = [
        (
            each.number,
            each.round,
            each.question,
            each.category or "–",
            each.n_for,
            each.n_against,
            each.is_hidden,
            *([each.author] if authors else []),
            each.text,
        )
        for each in found
    ]
    columns = ("number", "round", "question", "category", "for", "against", "hidden")
    notes = ("authors are for the facilitator only: show this to nobody",) if authors else ()
    return Table("arguments", (*columns, *(["author"] if authors else []), "text"), rows, notes)


@click.command(short_help="Hide, show, edit or sort an argument.")
@running_argument
@click.argument("number", type=int)
@click.argument("action", type=click.Choice(["hide", "show", "edit", "categorise"]))
@click.argument("value", default="")
@click.option("--because", required=True, metavar="TEXT", help="Why; the log of moderation keeps it.")
@by_option
def moderate(running: "RunningStudy", number: int, action: Any, value: str, because: str, by: str) -> None:
    """Moderate an argument of a STUDY; the log keeps what was done and why, and the text as it was given.

    \b
    innosi delphi moderate study.yaml 12 hide --because "names a colleague"
    innosi delphi moderate study.yaml 12 edit "The manager said so" --because "named her"
    innosi delphi moderate study.yaml 12 categorise money --because "about costs"
    """
    from innosi.forecast.moderating import moderate as act

    done = act(running, number, action, value, because=because, at=now(), by=by)
    state = "hidden" if done.is_hidden else "shown"
    click.echo(f"argument {done.number} ({state}, category {done.category or '–'}): {done.text}")


@click.command(short_help="Import votes on arguments.")
@running_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Let votes that differ take the place of those kept.")
def votes(running: "RunningStudy", file: Path, replace: bool) -> None:
    """Import votes on the arguments of a STUDY from FILE (CSV or XLSX): all of them or none.

    FILE has the columns panellist, argument (its number) and vote (for, against, +1, -1, or 0 to take one
    back). Nobody votes on their own argument. The same FILE again changes nothing, and an older one cannot
    bring back a vote that was changed since: a vote other than the one kept needs --replace.

    \b
    innosi delphi votes study.yaml votes.csv
    """
    from innosi.forecast.voting import import_votes

    done = import_votes(running, file, at=now(), is_replaced=replace)
    click.echo(f"votes: {done.n_added} new, {done.n_changed} changed, {done.n_same} as before")


@click.command(short_help="Show proposed questions, or decide on one.")
@running_argument
@click.option("--accept", type=int, metavar="NUMBER", help="This proposal became a question of the study.")
@click.option("--as", "question", default="", metavar="QUESTION", help="The name of that question.")
@click.option("--decline", type=int, metavar="NUMBER", help="This proposal is not asked.")
@click.option("--because", default="", metavar="TEXT", help="Why; needed to decline.")
@output_options
def proposals(
    running: "RunningStudy",
    accept: int | None,
    question: str,
    decline: int | None,
    because: str,
    output: Output,
) -> None:
    """Show the questions that panellists of a STUDY miss, or decide on one.

    To accept a proposal, write a question into the study file, decide on it (`innosi delphi changes`), and
    say here which question the proposal became.

    \b
    innosi delphi proposals study.yaml
    innosi delphi proposals study.yaml --accept 3 --as childcare
    innosi delphi proposals study.yaml --decline 4 --because "asked already"
    """
    from innosi.forecast.moderating import accept_proposal, decline_proposal, proposals_of

    if accept is not None and decline is not None:
        raise click.UsageError("--accept and --decline exclude each other")
    if (accept is None) != (not question):
        raise click.UsageError("--accept NUMBER and --as QUESTION go together")
    if accept is not None:
        accept_proposal(running, accept, question, because=because, at=now())
    elif decline is not None:
        decline_proposal(running, decline, because=because, at=now())
    output.show(proposals_table(proposals_of(running)))


def proposals_table(found: "tuple[Proposal, ...]") -> Table:
    """Return proposed questions with what was decided, and never whose they are."""
    rows = [(each.number, each.round, _decision(each), each.text, each.because or "–") for each in found]
    return Table("proposed questions", ("number", "round", "decision", "text", "because"), rows)


def _decision(proposal: "Proposal") -> str:
    if proposal.decided_at is None:
        return "none yet"
    return f"became '{proposal.question}'" if proposal.question else "declined"
