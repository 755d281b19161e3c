"""What the commands of `innosi delphi` have in common."""

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from innosi.forecast.running import RunningStudy
    from innosi.forecast.study import Study

MAX_NAME = 200
Command = TypeVar("Command", bound=Callable[..., Any])


def study_argument(command: Command) -> Command:
    """Add STUDY and `--db` to a command that only looks: it gets the study as it was decided on.

    Where the study file says otherwise by now, that is told on the error stream.
    """

    def wrapped(*args: Any, running: "RunningStudy", **kwargs: Any) -> Any:
        if running.pending:
            n = len(running.pending)
            click.echo(
                f"note: {running.found.path} was changed since the study began, and {n}"
                f" change{'s are' if n != 1 else ' is'} not decided yet (innosi delphi changes);"
                " what is shown is the study as decided",
                err=True,
            )
        return command(*args, study=running.study, **kwargs)

    return running_argument(functools.update_wrapper(wrapped, command))  # type: ignore[return-value]


def running_argument(command: Command) -> Command:
    """Add STUDY and `--db` to a command, which then gets a `running` study: with its memory and progress."""

    def wrapped(*args: Any, study: "Study", **kwargs: Any) -> Any:
        from innosi.forecast.running import running_study

        return command(*args, running=running_study(study), **kwargs)

    return found_argument(functools.update_wrapper(wrapped, command))  # type: ignore[return-value]


def found_argument(command: Command) -> Command:
    """Add STUDY and `--db` to a command, which gets the study as its file says it: its store stays closed."""

    @click.argument("study", type=click.Path(path_type=Path))
    @click.option(
        "--db",
        "store_url",
        default="",
        envvar="INNOSI_DB",
        metavar="URL",
        help="Where the study is kept: postgresql://…; by default in an SQLite file beside STUDY.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, study: Path, store_url: str, **kwargs: Any) -> Any:
        from innosi.forecast.study import load_study

        return command(*args, study=replace(load_study(study), store_url=store_url), **kwargs)

    return wrapped  # type: ignore[return-value]


def now() -> datetime:
    """Return the moment at which a command does what it does."""
    return datetime.now(UTC)


def short_name(_: click.Context, __: click.Parameter, name: str) -> str:
    """Return a name, or refuse one that is longer than what every database keeps."""
    if len(name) > MAX_NAME:
        raise click.BadParameter(f"has {len(name)} characters; at most {MAX_NAME} are kept")
    return name


by_option = click.option(
    "--by",
    default="",
    metavar="NAME",
    callback=short_name,
    help="Who does it, for the study's log; nobody is named by default.",
)


def pairs_of(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what was given as NAME=OTHER as a mapping."""
    pairs = {}
    for each in given:
        ours, equals, column = each.partition("=")
        if not (ours.strip() and equals and column.strip()):
            raise click.BadParameter(f"'{each}' is no pair; write for example panellist=user_name")
        pairs[ours.strip()] = column.strip()
    return pairs


mapping_option = click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="OURS=COLUMN",
    callback=pairs_of,
    help="What a column is called in FILE, such as panellist=user_name. May be said often.",
)

weights_option = click.option(
    "--weights",
    default="equal",
    show_default=True,
    metavar="equal|QUESTION|FILE",
    help="Who counts how much: all alike, by self-rated expertise, or by a table of panellist and weight.",
)

small_option = click.option(
    "--small",
    is_flag=True,
    help="Also where fewer than minimum_group_size answered: single people's answers.",
)


def is_asked(name: str, wanted: str | None) -> bool:
    """Whether a question, or a part of one, is the one that was asked for; every one is where none was."""
    return wanted is None or wanted in (name, name.rpartition(".")[0])
