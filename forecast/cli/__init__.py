"""The command line: each command reads a file, calls one library function, and shows what came back."""

import importlib
import sys
from typing import Any

import click

from innosi.models.errors import InnosiError

COMMANDS = {
    "demo": "demonstration:demo",
    "init": "starting:init",
    "check": "files:check",
    "show": "files:show",
    "schema": "files:schema",
    "run": "running:run",
    "delphi": "delphi:delphi",
    "explain": "explaining:explain",
    "completion": "completion:completion",
}
"""Every command, in the order in which help shows them, and where it lives."""


class InnosiGroup(click.Group):
    """Finds a command when it is called for, and turns a user's mistakes into one message and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in their teaching order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command's module only now, so that starting stays quick."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"innosi.forecast.cli.{module}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; say what is wrong without a traceback."""
        try:
            return super().invoke(ctx)
        except InnosiError as error:
            click.echo(click.style("error: ", fg="red", bold=True) + str(error), err=True)
            ctx.exit(2)


@click.group(
    cls=InnosiGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="innosi", prog_name="innosi")
def cli() -> None:
    """From what a panel judges to the social return of each scenario.

    \b
    People who know a project judge it in Delphi rounds   innosi delphi …
    their judgements become distributions                 judgements.json
    a scenario file puts them into a value map            innosi check, show
    a run gives the social return, with its uncertainty   innosi run … --report

    Begin with `innosi demo`, then `innosi init my-study` for a case of your own.
    """


def main() -> None:
    """Start the command line."""
    try:
        cli(prog_name="innosi")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
