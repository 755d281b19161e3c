"""What the commands that construct scenarios are given alike: a method's file, and where scenarios go."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from innosi.forecast.cli.output import Output

if TYPE_CHECKING:
    from innosi.scenarios.construction.joining import ConstructedScenario
    from innosi.scenarios.construction.settings import Settings
    from innosi.scenarios.loading.document import Document

Command = TypeVar("Command", bound=Callable[..., Any])

file_argument = click.argument("file", type=click.Path(path_type=Path))

_PANEL = f"{__name__}.panel"


def to_option(command: Command) -> Command:
    """Add `--to FILE.yaml` to a command, which then gets a `to`, and `--panel`, which `write` looks at."""
    command = click.option(
        "--panel",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="JUDGEMENTS.json",
        expose_value=False,
        callback=_note_panel,
        help="With --to: weigh each scenario by what a panel judged under its name (`innosi delphi export`).",
    )(command)
    return click.option(
        "--to",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE.yaml",
        is_eager=True,  # so that --panel knows of it
        help="Write the scenarios as a scenario file, for `innosi run`.",
    )(command)


def _note_panel(context: click.Context, _: click.Parameter, panel: Path | None) -> None:
    if panel is not None and context.params.get("to") is None:
        raise click.UsageError("--panel weighs what --to writes; give --to FILE.yaml too")
    context.meta[_PANEL] = panel


def read(file: Path, method: str) -> tuple[Any, "Document"]:
    """Return what a method's file comes to, and the document that it was read from."""
    from innosi.scenarios.construction.methods import constructed_from
    from innosi.scenarios.loading.document import read_document

    document = read_document(file)
    return constructed_from(document, method), document


def write(
    output: Output,
    to: Path,
    scenarios: Sequence["ConstructedScenario"],
    settings: "Settings",
    document: "Document",
    weighting: str = "",
) -> None:
    """Write constructed scenarios as a scenario file, and say how it is run."""
    from innosi.scenarios.construction.joining import notes_on, write_scenarios

    panel = click.get_current_context().meta.get(_PANEL)
    if panel is not None:
        from innosi.scenarios.construction.weighing import weighed_by_panel

        if any(each.weight is not None for each in scenarios):
            output.say(f"the weights in {panel} take the place of those above")
        scenarios, weighting = weighed_by_panel(scenarios, panel)
    command = click.get_current_context().command_path.partition("build ")[2]
    found = write_scenarios(to, scenarios, settings, document=document, command=command, weighting=weighting)
    for note in notes_on(scenarios, settings):
        output.say(f"note: {note}")
    n_set = len({name for each in scenarios for name in each.settings if name in settings})
    output.say(f"{to}: {len(found.scenario_titles)} scenarios, {n_set} sets of overrides; innosi run {to}")
