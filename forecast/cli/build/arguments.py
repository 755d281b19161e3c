"""What the commands that construct scenarios are given alike: a method's file, and where scenarios go."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.output import Output

if TYPE_CHECKING:
    from innosi.scenarios.construction.joining import ConstructedScenario, Settings
    from innosi.scenarios.loading.document import Document

file_argument = click.argument("file", type=click.Path(path_type=Path))

to_option = click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.yaml",
    help="Write the scenarios as a scenario file, for `innosi run`.",
)


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
) -> None:
    """Write constructed scenarios as a scenario file, and say how it is run."""
    from innosi.scenarios.construction.joining import write_scenarios

    command = click.get_current_context().command_path.partition("build ")[2]
    found = write_scenarios(to, scenarios, settings, document=document, command=command)
    n_set = len({name for each in scenarios for name in each.settings if name in settings})
    output.say(f"{to}: {len(found.scenario_titles)} scenarios, {n_set} sets of overrides; innosi run {to}")
