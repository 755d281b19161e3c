"""`innosi delphi data`: the data of a study for others to work with, without who said what."""

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import now, running_argument

if TYPE_CHECKING:
    from innosi.forecast.running import RunningStudy


@click.command(short_help="Write anonymised data into a folder.")
@running_argument
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "xlsx", "parquet"]),
    default="csv",
    show_default=True,
    help="Of the tables.",
)
def data(running: "RunningStudy", to: Path, format_: Any) -> None:
    """Write the data of a STUDY without its people: answers, arguments, moderation and statistics.

    Everybody has a code that is drawn for this export alone; groups are told where they are large enough;
    names of the panel are blotted out of texts. README.txt says what each column means and where the data
    come from.

    \b
    innosi delphi data study.yaml --to data
    innosi delphi data study.yaml --to data --format parquet
    """
    from innosi.forecast.data_export import study_data
    from innosi.forecast.data_files import write_data

    found = study_data(running, at=now(), randomness=random.SystemRandom())
    for path in write_data(found, to, format_=format_):
        click.echo(f"written: {path}")
    for note in found.notes:
        click.echo(f"note: {note}")
