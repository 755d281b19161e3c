"""`innosi build`: from weak signals to scenarios that hang together, and that can be simulated."""

import click

from innosi.forecast.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "signals": "signals:signals",
    "drivers": "drivers:drivers",
    "axes": "axes:axes",
    "futures-table": "futures_table:futures_table",
    "balance": "balance:balance",
    "cross-impact": "cross_impact:cross_impact",
    "trend-impact": "trend_impact:trend_impact",
    "structure": "structure:structure",
    "actors": "actors:actors",
    "wheel": "wheel:wheel",
    "horizons": "horizons:horizons",
    "backcast": "backcast:backcast",
    "map": "map:map_",
    "report": "report:report",
}
"""Every command, in the order in which help shows them, and where it lives."""


@click.group(
    cls=LazyGroup.of(COMMANDS, within=__name__), short_help="Construct scenarios that hang together."
)
def build() -> None:
    """Construct scenarios: from what a workshop notices to futures that hang together.

    \b
    innosi build signals signals.yaml                     what we notice
    innosi build drivers drivers.yaml                     what drives it
    innosi build futures-table futures_table.yaml         what can be together
    innosi build balance scenarios balance.yaml           what hangs together
    innosi build balance scenarios balance.yaml --to scenarios.yaml
    innosi run scenarios.yaml                             what each gives back
    innosi build report signals.yaml … scenarios.yaml --to dossier.html

    Each command reads one file, which names its method (`method: futures_table`); `innosi check FILE` tells
    what is wrong with it. Where states carry `overrides` of a scenario file, `--to scenarios.yaml` writes the
    constructed scenarios as one that `innosi run` simulates.
    """
