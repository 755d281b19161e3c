"""`innosi build balance shocks`: whether scenarios hold when judgements are shaken or a state is changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.balance.arguments import (
    RULES,
    marked,
    read_balance,
    search,
    seed_option,
    tolerance_option,
    warn,
)
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.models.arrays import IntArray
    from innosi.scenarios.construction.balance.scenario_list import ScenarioList
    from innosi.scenarios.construction.balance.shocks import DynamicShock, StructuralShocks

MOST_SHAKEN = 200


@click.command(short_help="Show which scenarios hold under shocks.")
@file_argument
@tolerance_option
@click.option(
    "--strength",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="How far every judgement may be off, either way.",
)
@click.option(
    "--trials", type=click.IntRange(min=1), default=1000, show_default=True, help="How often they are shaken."
)
@click.option(
    "--succession",
    type=click.Choice(RULES[:3]),
    default="global",
    show_default=True,
    help="How scenarios move after a state was changed.",
)
@click.option("--scenario", help="One scenario, with every change of a state.")
@seed_option
@plot_option
@output_options
def shocks(
    file: Path,
    tolerance: float | None,
    strength: float,
    trials: int,
    succession: str,
    scenario: str | None,
    seed: int,
    plot: Path | None,
    output: Output,
) -> None:
    """Show which consistent scenarios of FILE hold when judgements are wrong, and when a state is changed.

    Structural shocks: in each trial every judgement of a section with an influence is off by up to
    --strength; `holds` is the share of trials in which the scenario is still consistent. Dynamic shocks: one
    descriptor is put into another state; `comes back` is the share of these changes after which succession
    leads back.

    \b
    innosi build balance shocks balance.yaml --strength 1 --plot shocks.svg
    innosi build balance shocks balance.yaml --scenario city_garden
    """
    from innosi.scenarios.construction.balance.shocks import dynamic_shocks, structural_shocks
    from innosi.scenarios.construction.balance.succession import Rule, Succession

    balance = read_balance(file)
    allowed = balance.tolerance if tolerance is None else tolerance
    found = search(balance, tolerance=allowed)
    warn(found)
    if not scenario:
        found = found.first(MOST_SHAKEN)
    chosen = found.only(found.place_of(scenario)) if scenario else found
    if not len(chosen):
        output.say("no scenario is consistent; allow for a --tolerance")
        return
    with progress_bar("shaking") as told:
        shaken = structural_shocks(
            balance.impacts,
            chosen.scenarios,
            strength=strength,
            n_trials=trials,
            tolerance=allowed,
            seed=seed,
            on_progress=told,
        )
    pushed = dynamic_shocks(balance.impacts, chosen.scenarios, Succession(Rule(succession)))
    tables = [marked(shock_table(chosen, shaken, pushed), chosen.why_not, shaken.why_not)]
    if scenario:
        tables.append(push_table(found, pushed))
    output.show(*tables)
    if plot is not None:
        from innosi.scenarios.construction.balance.drawing_shares import draw_shocks

        output.draw(draw_shocks(chosen, shaken, pushed), plot)


def shock_table(found: "ScenarioList", shaken: "StructuralShocks", pushed: "Sequence[DynamicShock]") -> Table:
    """Return how often each scenario holds, the firmest first, and what it is nearest to breaking by."""
    import numpy as np

    from innosi.scenarios.construction.balance.impact_balances import acted_on

    margins = np.where(acted_on(found.impacts), found.balances.margins, np.inf)
    rows = []
    for place in range(len(found)):
        backs = [each.comes_back for each in pushed if each.scenario == place]
        weakest = int(margins[place].argmin())
        has_rival = bool(np.isfinite(margins[place, weakest]))
        rows.append(
            (
                found.name_of(place),
                float(shaken.shares[place]),
                float(shaken.errors[place]),
                sum(backs) / len(backs) if backs else None,
                found.impacts.descriptors[weakest] if has_rival else "",
                float(margins[place, weakest]) if has_rival else None,
            )
        )
    rows.sort(key=lambda row: -row[1])
    columns = ("scenario", "holds", "error", "comes_back", "weakest_descriptor", "its_margin")
    notes = [
        f"holds: in {shaken.n_trials:,} trials with judgements off by up to {shaken.strength:g},"
        " with its standard error",
        "comes back: of all changes of one state, after which succession leads back",
    ]
    return Table(f"{found.balance.title}: what holds under shocks", columns, rows, tuple(notes))


def push_table(found: "ScenarioList", pushed: "Sequence[DynamicShock]") -> Table:
    """Return where each change of a state leads, left alone and held for good."""
    rows = [
        (
            f"{each.descriptor}={each.state}",
            each.comes_back,
            "itself" if each.comes_back else where(found, each.after, each.length),
            where(found, each.held, each.held_length),
        )
        for each in pushed
    ]
    columns = ("changed_to", "comes_back", "left_alone_it_leads_to", "held_it_leads_to")
    return Table("every change of one state", columns, rows)


def where(found: "ScenarioList", places: "IntArray", length: int) -> str:
    """Say where a succession ends: at a scenario, or in a cycle."""
    name = found.balance.name_of(places)
    return name if length == 1 else f"a cycle of {length:,} with {name}" if length else "nowhere yet"
