"""`innosi build balance`: a cross-impact balance, from judgements to futures that hang together."""

import click

from innosi.forecast.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "scenarios": "finding:scenarios",
    "why": "explaining:why",
    "attractors": "settling:attractors",
    "shocks": "shaking:shocks",
    "landscape": "mapping:landscape",
    "experts": "comparing:experts",
    "errors": "doubting:errors",
    "ask": "asking:ask",
    "convert": "converting:convert",
}
"""Every command, in the order in which help shows them, and where it lives."""


@click.group(
    cls=LazyGroup.of(COMMANDS, within=__name__),
    short_help="Balance how states promote and restrict each other.",
)
def balance() -> None:
    """Find the futures that hang together, from judgements of how states promote and restrict each other.

    \b
    innosi build balance scenarios balance.yaml
    innosi build balance why balance.yaml city_garden
    innosi build balance scenarios balance.yaml --to scenarios.yaml --weight basin

    A file says by `method: cross_impact_balance` what it is, and holds descriptors with their states, and
    judgements; `innosi check balance.yaml` tells every fault in it.
    """
