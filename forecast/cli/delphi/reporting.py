"""`innosi delphi report`: the whole study, as DELPHISTAR asks for it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import now, running_argument

if TYPE_CHECKING:
    from innosi.forecast.running import RunningStudy


@click.command(short_help="Write the report of a study.")
@running_argument
@click.option(
    "--to",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file that ends in .html, .pdf or .docx; delphi-report.html beside the study by default.",
)
def report(running: "RunningStudy", paths: tuple[Path, ...]) -> None:
    """Write the report of a STUDY, item by item as DELPHISTAR asks: from its purpose to its limitations.

    What the program knows is filled in. What only you can know stands under `report` in the study file:
    `innosi explain DELPHISTAR` lists the items, and the report says which of them are missing.

    \b
    innosi delphi report study.yaml
    innosi delphi report study.yaml --to report.html --to report.docx
    """
    from innosi.forecast.reporting import study_report, write_study_report

    found = study_report(running, at=now())
    for path in paths or (running.study.path.parent / "delphi-report.html",):
        write_study_report(found, path)
        click.echo(f"report: {path}")
