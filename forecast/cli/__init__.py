"""The command line: each command reads a file, calls one library function, and shows what came back."""

import sys
from typing import Any

import click

from innosi.forecast.cli.lazy import LazyGroup
from innosi.models.errors import InnosiError

COMMANDS = {
    "demo": "demonstration:demo",
    "init": "starting:init",
    "check": "files:check",
    "show": "files:show",
    "schema": "files:schema",
    "run": "running:run",
    "compare": "comparing:compare",
    "delphi": "delphi:delphi",
    "build": "build:build",
    "explain": "explaining:explain",
    "completion": "completion:completion",
}
"""Every command, in the order in which help shows them, and where it lives."""


class InnosiGroup(LazyGroup):
    """Turns a user's mistakes into one message and exit code 2."""

    table = COMMANDS
    package = __name__

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; say what is wrong without a traceback."""
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except InnosiError as error:
            _say_error(str(error))
            ctx.exit(2)
        except BrokenPipeError:  # whoever read along has seen enough
            raise
        except OSError as error:
            _say_error(f"{error.filename or 'what it shows'} cannot be written: {error.strerror or error}")
            ctx.exit(2)
        return done


def _say_error(text: str) -> None:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)


@click.group(
    cls=InnosiGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="innosi", prog_name="innosi")
def cli() -> None:
    """From what a panel judges to the social return of each scenario.

    \b
    People who know a project judge it in Delphi rounds   innosi delphi …
    their judgements become distributions                 judgements.json
    a workshop finds futures that hang together           innosi build …
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
