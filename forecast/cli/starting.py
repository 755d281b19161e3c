"""`innosi init`: a case of one's own to begin with."""

from pathlib import Path

import click


@click.command(short_help="Begin from a shipped case.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--example", default="urban-farming", show_default=True, help="The shipped case to begin from.")
@click.option("--list", "listed", is_flag=True, help="List the shipped cases.")
def init(folder: Path | None, example: str, listed: bool) -> None:
    """Make a FOLDER with the files of a shipped case, to change into your own.

    \b
    innosi init my-study
    innosi init my-study --example groene-sticht
    """
    from innosi.forecast.examples import copy_example, example_names, example_title
    from innosi.models.errors import InnosiError

    if listed:
        for name in example_names():
            click.echo(f"{name:<18} {example_title(name)}")
        return
    if folder is None:
        raise click.UsageError("name a FOLDER to make, or --list the shipped cases")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InnosiError("is not empty", mend="name a new folder", where=str(folder))
    for path in copy_example(example, folder):
        click.echo(f"{path}")
    click.echo(f"next: read {folder / 'README.md'}; its commands are run in that folder")
