"""What the commands of `innosi delphi` have in common."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def study_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument STUDY to a command, which then gets the study that was read from it."""

    @click.argument("study", type=click.Path(path_type=Path))
    @functools.wraps(command)
    def wrapped(*args: Any, study: Path, **kwargs: Any) -> Any:
        from innosi.forecast.study import load_study

        return command(*args, study=load_study(study), **kwargs)

    return wrapped


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


def is_asked(name: str, wanted: str | None) -> bool:
    """Whether a question, or a part of one, is the one that was asked for; every one is where none was."""
    return wanted is None or wanted in (name, name.rpartition(".")[0])
