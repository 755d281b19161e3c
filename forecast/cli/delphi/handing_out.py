"""`innosi delphi questionnaires` and `feedback`: what panellists fill in, and what they get to know."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import by_option, now, running_argument
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.forecast.running import RunningStudy

folder_option = click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="Where the files are written.",
)


@click.command(short_help="Write everybody's questionnaire, for paper or a computer.")
@running_argument
@folder_option
@click.option("--round", "number", type=int, help="The open round by default; or the one that opens next.")
@click.option(
    "--form",
    type=click.Choice(["print", "workbook", "both"]),
    default="print",
    show_default=True,
    help="A page to print, or an Excel workbook to fill in and send back.",
)
@click.option("--pdf", "as_pdf", is_flag=True, help="Write pages as PDF, not as HTML.")
@click.option("--one-file", "in_one_file", is_flag=True, help="Write all pages into one print job.")
@click.option("--panellist", "panellists", multiple=True, metavar="P", help="Only for P. May be said often.")
def questionnaires(running: "RunningStudy", folder: Path, **how: Any) -> None:
    """Write the questionnaire of every panellist of a STUDY, in their language, with their earlier answers.

    Files are named by pseudonym. Each sheet bears a label, and a workbook knows, whose it is and of which
    round: what comes back is read with `innosi delphi import`.

    \b
    innosi delphi questionnaires study.yaml --to round_1 --pdf --one-file
    innosi delphi questionnaires study.yaml --to round_1 --form workbook
    """
    from innosi.forecast.handing_out import hand_out

    with progress_bar("questionnaires") as told:
        done = hand_out(running, folder, told=told, **how)
    n = len(done.panellists)
    click.echo(f"questionnaires of round {done.number} for {n} panellist{'s' if n != 1 else ''}: {folder}")


@click.command(short_help="Write and release the feedback of a round.")
@running_argument
@folder_option
@click.option("--pdf", "as_pdf", is_flag=True, help="Write sheets as PDF, not as HTML.")
@by_option
def feedback(running: "RunningStudy", folder: Path, as_pdf: bool, by: str) -> None:
    """Write what the panel of a STUDY answered: a sheet for each panellist, and one for the panel.

    It is the feedback of the round that was closed last, which is released with it; once released it is
    written again. In a real-time study it is that of the last snapshot. Everybody's sheet marks their own
    answers; panel.html marks nobody's.

    \b
    innosi delphi feedback study.yaml --to feedback_1
    """
    from innosi.forecast.feeding_back import feed_back

    with progress_bar("sheets") as told:
        done = feed_back(running, folder, at=now(), as_pdf=as_pdf, by=by, told=told)
    n = len(done.panellists)
    sheets = f"sheets of round {done.number} for {n} panellist{'s' if n != 1 else ''} and the panel: {folder}"
    click.echo(f"feedback released; {sheets}" if done.step else sheets)
