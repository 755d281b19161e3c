"""`innosi delphi`: a study's rounds, from a table of answers to a file of judgements."""

import click

from innosi.forecast.cli.lazy import LazyGroup

COMMANDS = {
    "panel": "enlisting:panel",
    "open": "conducting:open_",
    "questionnaires": "handing_out:questionnaires",
    "invite": "inviting:invite",
    "remind": "inviting:remind",
    "thank": "inviting:thank",
    "import": "importing:import_",
    "map": "importing:map_",
    "deadline": "conducting:deadline",
    "close": "conducting:close",
    "feedback": "handing_out:feedback",
    "snapshot": "conducting:snapshot",
    "status": "conducting:status",
    "question": "conducting:question",
    "changes": "changing:changes",
    "undo": "conducting:undo",
    "finish": "conducting:finish",
    "arguments": "arguing:arguments",
    "moderate": "arguing:moderate",
    "votes": "arguing:votes",
    "proposals": "arguing:proposals",
    "consent": "privacy:consent",
    "withdraw": "privacy:withdraw",
    "access": "privacy:access",
    "erase": "privacy:erase",
    "anonymise": "privacy:anonymise",
    "backup": "upkeep:backup",
    "restore": "upkeep:restore",
    "verify": "upkeep:verify",
    "upgrade": "upkeep:upgrade",
    "report": "reporting:report",
    "summary": "summarising:summary",
    "stability": "stabilising:stability",
    "dissent": "dissenting:dissent",
    "pool": "pooling:pool",
    "export": "exporting:export",
    "data": "exporting_data:data",
    "score": "scoring:score",
    "calibrate": "calibrating:calibrate",
    "simulate": "simulating:simulate",
}
"""Every command, in the order in which help shows them, and where it lives."""


@click.group(
    cls=LazyGroup.of(COMMANDS, within=__name__), short_help="Ask a panel in rounds; pool what it judges."
)
def delphi() -> None:
    """Ask a panel in rounds, from the list of its people to the report of the study.

    \b
    innosi delphi panel study.yaml people.csv
    innosi delphi open study.yaml
    innosi delphi import study.yaml round_1.csv
    innosi delphi close study.yaml
    innosi delphi summary study.yaml
    innosi delphi status study.yaml
    innosi delphi export study.yaml

    A study file holds the panel, the rounds and the questions; check it with `innosi check study.yaml`. What
    happens in the study is kept beside it, in study.sqlite, or in a PostgreSQL database (--db). Rounds that
    were held elsewhere are imported without being opened: innosi delphi import study.yaml FILE --round 1.
    """
