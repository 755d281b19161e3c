"""`innosi build balance ask`: the judgements, as a Delphi study."""

from pathlib import Path

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.skeletons import go_on_in
from innosi.forecast.cli.output import Output, output_options


@click.command(short_help="Ask a Delphi panel for the judgements.")
@file_argument
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="STUDY.yaml",
    required=True,
    help="The study to write.",
)
@click.option(
    "--only-judged", is_flag=True, help="Ask only where FILE's own judgements say that there is an influence."
)
@output_options
def ask(file: Path, to: Path, only_judged: bool, output: Output) -> None:
    """Write a Delphi study that asks how the states in FILE promote and restrict each other.

    There is a question for each state and each descriptor that it may act on, rated once for each state of
    that descriptor. FILE needs no judgements yet. When the panel has answered, `innosi delphi export` writes
    judgements.json, and FILE says in the place of its judgements:

    \b
    panel: {from: judgements.json}

    \b
    innosi build balance ask balance.yaml --to study.yaml
    innosi build balance ask balance.yaml --to study.yaml --only-judged
    """
    from innosi.forecast.asking_judgements import ASKING, study_of_judgements
    from innosi.scenarios.loading.document import read_document

    data = study_of_judgements(read_document(file), only_judged=only_judged)
    n_ratings = sum(len(each["scales"]) for each in data["questions"].values())
    go_on_in(output, to, data, file, ASKING)
    output.say(f"{len(data['questions'])} questions, {n_ratings} ratings for each panellist")
