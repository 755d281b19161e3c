"""How the next file of a workshop is written, for people to go on with."""

from pathlib import Path
from typing import Any

import click

from innosi.forecast.cli.output import Output


def go_on_in(output: Output, to: Path, data: dict[str, Any], file: Path, about: str) -> None:
    """Write what a command made of a file as the skeleton of another, and say what is to be done with it."""
    from innosi.scenarios.construction.made_files import write_made_file

    command = click.get_current_context().command_path.partition("build ")[2]
    write_made_file(to, data, command=command, origin=file, about=about)
    output.say(f"{to}: {about}")
