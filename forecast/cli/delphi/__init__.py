"""`innosi delphi`: a study's rounds, from a table of answers to a file of judgements."""

import click

from innosi.forecast.cli.lazy import LazyGroup

COMMANDS = {
    "import": "importing:import_",
    "summary": "summarising:summary",
    "stability": "stabilising:stability",
    "dissent": "dissenting:dissent",
    "pool": "pooling:pool",
    "export": "exporting:export",
    "score": "scoring:score",
    "calibrate": "calibrating:calibrate",
    "simulate": "simulating:simulate",
}
"""Every command, in the order in which help shows them, and where it lives."""


@click.group(
    cls=LazyGroup.of(COMMANDS, within=__name__), short_help="Ask a panel in rounds; pool what it judges."
)
def delphi() -> None:
    """Ask a panel in rounds: import its answers, see where it agrees, export what it judges.

    \b
    innosi delphi import study.yaml round_1.csv --round 1
    innosi delphi summary study.yaml
    innosi delphi stability study.yaml
    innosi delphi dissent study.yaml
    innosi delphi pool study.yaml
    innosi delphi export study.yaml
    innosi delphi score study.yaml outcomes.csv
    innosi delphi calibrate study.yaml outcomes.csv
    innosi delphi simulate method-works

    A study file holds the panel, the rounds and the questions; check it with `innosi check study.yaml`. What
    was imported is kept beside it in `answers/`, one file a round.
    """
