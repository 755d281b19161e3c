"""`innosi delphi invite`, `remind` and `thank`: letters to the panel, by e-mail or for mail merge."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from innosi.forecast.cli.delphi.arguments import now, running_argument
from innosi.forecast.cli.output import Output, Table, output_options
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from innosi.forecast.due_letters import Due
    from innosi.forecast.inviting import Sent
    from innosi.forecast.people.mail_server import MailServer
    from innosi.forecast.people.own_texts import LetterKind
    from innosi.forecast.running import RunningStudy

Command = TypeVar("Command", bound="Callable[..., Any]")
PASSWORD = "INNOSI_SMTP_PASSWORD"

_OPTIONS = (
    click.option(
        "--smtp", metavar="URL", help=f"By e-mail: smtp://USER@HOST:587?starttls; password: {PASSWORD}."
    ),
    click.option(
        "--mail-merge", type=click.Path(path_type=Path, dir_okay=False), help="As a table, in FILE.csv."
    ),
    click.option(
        "--text", type=click.Path(path_type=Path), help="Your own text, with fields such as {name}."
    ),
    click.option(
        "--attach",
        type=click.Choice(["form", "print"]),
        help="Everybody's own sheet: as a workbook to fill in, or as PDF.",
    ),
    click.option(
        "--link", default="", metavar="URL", help="Where to answer or read, with {pseudonym} in it."
    ),
    click.option(
        "--panellist", "panellists", multiple=True, metavar="P", help="Only to P. May be said often."
    ),
    click.option("--again", is_flag=True, help="Also to those who had it, unless in the last 12 hours."),
    click.option("--pause", type=click.FloatRange(min=0), default=0.0, help="Seconds between two e-mails."),
    click.option("--dry-run", is_flag=True, help="Show to whom, and write to nobody."),
)


def letter_options(command: Command) -> Command:
    """Add what all commands that write letters have in common: the study, how, what, and to whom."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return running_argument(output_options(command))


@click.command(short_help="Invite the panel to the open round.")
@click.option(
    "--kind",
    type=click.Choice(["invitation", "feedback"]),
    default="invitation",
    show_default=True,
    help="Ask for answers, or send what the panel answered.",
)
@letter_options
def invite(running: "RunningStudy", kind: Any, output: Output, **options: Any) -> None:
    """Write to everybody on the panel of a STUDY who has not been invited to the open round yet.

    Nobody is written to who has withdrawn, did not agree to take part, or has answered everything. What went
    out is kept at once, so that a run that was interrupted goes on where it stopped.

    \b
    innosi delphi invite study.yaml --dry-run
    innosi delphi invite study.yaml --smtp "smtp://jo@mail.example.org:587?starttls" --attach form
    innosi delphi invite study.yaml --mail-merge letters.csv
    innosi delphi invite study.yaml --kind feedback --smtp smtps://jo@mail.example.org --attach print
    """
    write_letters(running, kind, output, **options)


@click.command(short_help="Remind those who were invited and have not finished.")
@letter_options
def remind(running: "RunningStudy", output: Output, **options: Any) -> None:
    """Remind those on the panel of a STUDY who were invited and have not answered all of the open round.

    \b
    innosi delphi remind study.yaml --dry-run
    innosi delphi remind study.yaml --smtp "smtp://jo@mail.example.org:587?starttls" --attach form
    """
    write_letters(running, "reminder", output, **options)


@click.command(short_help="Thank those who answered.")
@letter_options
def thank(running: "RunningStudy", output: Output, **options: Any) -> None:
    """Thank those who answered: in the round that was closed last, or in any once the STUDY is finished.

    \b
    innosi delphi thank study.yaml --smtp "smtp://jo@mail.example.org:587?starttls"
    """
    write_letters(running, "thanks", output, **options)


def write_letters(
    running: "RunningStudy",
    kind: "LetterKind",
    output: Output,
    *,
    smtp: str | None,
    mail_merge: Path | None,
    dry_run: bool,
    pause: float,
    **options: Any,
) -> None:
    """Show who is due, or write to them one way or the other, and show what became of it."""
    from innosi.forecast.due_letters import Wanted
    from innosi.forecast.inviting import check_letters, send_by_email, speaks_of_attachment, write_mail_merge

    if (smtp is None) == (mail_merge is None) and not (dry_run and smtp is None):
        raise click.UsageError("say how: --smtp URL or --mail-merge FILE.csv, or look first: --dry-run")
    wanted = Wanted(kind, mail_merge is None, options.pop("again"), options.pop("panellists"))
    contents = contents_of(kind, **options)
    if dry_run:
        output.show(due_table(check_letters(running, wanted, contents, at=now())))
    elif mail_merge:
        sent = write_mail_merge(running, wanted, contents, mail_merge, clock=now)
        output.show(sent_table(sent))
        output.say(f"letters: {mail_merge}")
        if speaks_of_attachment(wanted, contents):
            output.say(
                "they speak of an attachment: add each panellist's own, written with innosi delphi "
                f"{'feedback' if kind == 'feedback' else 'questionnaires'} {running.found.path} --to FOLDER; "
                "or give a --link, or your own --text"
            )
    else:
        server = server_of(smtp or "")
        with progress_bar("letters") as told:
            sent = send_by_email(running, wanted, contents, server, clock=now, pause=pause, told=told)
        output.show(sent_table(sent))
        refuse_if_stopped(sent, server)


def contents_of(kind: "LetterKind", *, text: Path | None, attach: Any, link: str) -> Any:
    """Return what letters say and bring."""
    from innosi.forecast.inviting import Contents
    from innosi.forecast.people.own_texts import read_own_text

    return Contents(read_own_text(text, kind) if text else None, link, attach or "")


def server_of(url: str) -> "MailServer":
    """Return the mail server, with the password from the environment or from whoever sits there."""
    from innosi.forecast.people.mail_server import MailServer

    server = MailServer.parse(url)
    if not server.user:
        return server
    password = os.environ.get(PASSWORD) or click.prompt(
        f"password of {server.user}", hide_input=True, err=True
    )
    return MailServer.parse(url, password=password)


def refuse_if_stopped(sent: "Sent", server: "MailServer") -> None:
    """End with an error where letters were left that the server took no more."""
    from innosi.forecast.people.mail_server import MailError

    report = sent.report
    if report is not None and report.stopped:
        raise MailError(
            f"{report.stopped}; {report.n_not_tried} letters were not tried",
            mend="say the same command again: it goes on where it stopped",
            where=str(server),
        )


def due_table(due: "Due") -> Table:
    """Return who is due for a letter."""
    rows = [(each.pseudonym, each.name, each.email, each.group, each.language) for each in due.people]
    columns = ("panellist", "name", "email", "group", "language")
    return Table(f"letters about round {due.number} that would go out", columns, rows, left_out(due))


def sent_table(sent: "Sent") -> Table:
    """Return what became of letters: how many went out, and each that did not."""
    report = sent.report
    if report is None:
        rows: list[tuple[str, object, str]] = [("written", len(sent.due.people), "")]
    else:
        rows = [("sent", report.n_sent, "")]
        rows += [(refusal.kind, each.pseudonym, refusal.reason) for each, refusal in report.failures]
    title = f"letters about round {sent.due.number}"
    return Table(title, ("outcome", "letters_or_panellist", "reason"), rows, left_out(sent.due))


def left_out(due: "Due") -> tuple[str, ...]:
    """Return why others on the panel are not written to."""
    return tuple(f"{n} left out: {reason}" for reason, n in sorted(due.left_out.items()))
