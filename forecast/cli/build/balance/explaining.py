"""`innosi build balance why`: what speaks for and against each state of a scenario."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.balance.arguments import (
    fix_option,
    read_balance,
    scenario_of,
    tolerance_option,
)
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.scenarios.drawing.numbers import signed

if TYPE_CHECKING:
    from innosi.models.arrays import IntArray
    from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
    from innosi.scenarios.construction.balance.explaining import DescriptorReasons, Influence


@click.command(short_help="Tell why a scenario hangs together, or does not.")
@file_argument
@click.argument("scenario")
@tolerance_option
@fix_option
@plot_option
@output_options
def why(
    file: Path,
    scenario: str,
    tolerance: float | None,
    held: Mapping[str, str],
    plot: Path | None,
    output: Output,
) -> None:
    """Tell why a SCENARIO of FILE hangs together, or does not.

    SCENARIO is a name as `innosi build balance scenarios` lists them, or its states, as in
    land=secured,volunteers=many and so on. One without a name is called by the numbers of its states:
    scenario_121312 has the first state of the first driver, the second of the second, and so on. For every
    state it shows who promotes and who restricts it, and by how much, the scenario's own first; then how near
    each driver is to another state, and which single judgements hold it.

    \b
    innosi build balance why balance.yaml city_garden --plot why.svg
    innosi build balance why balance.yaml scenario_121312 --format csv
    """
    from innosi.scenarios.construction.balance.explaining import why as reasons_of
    from innosi.scenarios.construction.balance.impact_balances import intervened

    balance = read_balance(file)
    allowed = balance.tolerance if tolerance is None else tolerance
    places = scenario_of(balance, scenario, held)
    impacts = intervened(balance.impacts, held) if held else balance.impacts
    reasons = reasons_of(impacts, places, tolerance=allowed, scale=balance.scale)
    moving = [each for each in reasons if each.descriptor not in held]
    output.show(reason_table(balance, places, moving, held), margin_table(moving, allowed))
    if plot is not None:
        from innosi.scenarios.construction.balance.drawing_reasons import draw_reasons

        output.draw(draw_reasons(balance, places, moving), plot)


def reason_table(
    balance: "CrossImpactBalance",
    places: "IntArray",
    reasons: Sequence["DescriptorReasons"],
    held: Mapping[str, str],
) -> Table:
    """Return every state with its impact score, and who promotes and restricts it; own states first."""
    rows = [
        (each.descriptor, state.state, state.is_own, state.score, in_line(state.pros), in_line(state.cons))
        for each in reasons
        for state in sorted(each.states, key=lambda state: (not state.is_own, -state.score))
    ]
    against = [each.descriptor for each in reasons if not each.is_consistent]
    verdict = f"is not consistent, by {', '.join(against)}" if against else "is consistent"
    columns = ("descriptor", "state", "own", "score", "promoted_by", "restricted_by")
    notes = (
        *(sentence(balance, each) for each in reasons),
        *(f"{balance.title_of(each)}: {balance.title_of(each, held[each])}. It is held." for each in held),
    )
    name = balance.name_of(places)
    named = balance.named.get(name)
    title = f"{named.title} ({name})" if named else name
    return Table(f"{title} {verdict}", columns, rows, notes)


def margin_table(reasons: Sequence["DescriptorReasons"], tolerance: float) -> Table:
    """Return how near each descriptor is to another state, the nearest first, and what holds it."""
    rows = []
    for each in sorted(reasons, key=lambda each: each.margin):
        shown = [
            f"{one.descriptor}={one.state} on {one.acted_on}, now {one.judgement:g}:"
            f" {'below' if one.acted_on == each.own.state else 'above'} {one.limit:g}"
            for one in each.breakers[:2]
        ]
        margin = each.margin if each.rival else None
        rows.append(
            (each.descriptor, each.own.state, each.rival, margin, len(each.breakers), "; ".join(shown))
        )
    columns = ("descriptor", "state", "nearest_rival", "margin", "judgements_that_break_it", "such_as")
    notes = (
        "margin: how much more the own state gets than its nearest rival; below 0 the rival gets more",
        "judgements that break it: so many, each changed alone within the scale, make another state win",
        *([f"a rival may get {tolerance:g} more (tolerance)"] if tolerance else []),
    )
    return Table("how near each descriptor is to another state", columns, rows, notes)


def in_line(influences: Sequence["Influence"]) -> str:
    """Return influences in a line: land=secured +2, volunteers=many +1."""
    return ", ".join(f"{each.descriptor}={each.state} {signed(each.judgement)}" for each in influences)


def sentence(balance: "CrossImpactBalance", reasons: "DescriptorReasons") -> str:
    """Say in words why a descriptor is in its state."""
    own = reasons.own
    text = f"{balance.title_of(reasons.descriptor)}: {balance.title_of(reasons.descriptor, own.state)}"
    if not any(state.pros or state.cons for state in reasons.states):
        return f"{text}. Nothing acts on it in this scenario: any state would do."
    parts = []
    if own.pros:
        parts.append(f"because of {_titles(balance, own.pros)}")
    if own.cons:
        parts.append(f"in spite of {_titles(balance, own.cons)}")
    text += ", " + ", and ".join(parts) if parts else ""
    if not reasons.rival:
        return f"{text}."
    rival = balance.title_of(reasons.descriptor, reasons.rival)
    if not reasons.is_consistent:
        return f"{text}. But “{rival}” is promoted more, by {-reasons.margin:g}: this does not hold."
    if reasons.margin > 0:
        return f"{text}. It is {reasons.margin:g} ahead of “{rival}”."
    if reasons.margin == 0:
        return f"{text}. “{rival}” is promoted as much."
    return f"{text}. “{rival}” is promoted more, by {-reasons.margin:g}, which the tolerance allows."


def _titles(balance: "CrossImpactBalance", influences: Sequence["Influence"]) -> str:
    return ", ".join(
        f"{balance.title_of(each.descriptor)} ({balance.title_of(each.descriptor, each.state)},"
        f" {signed(each.judgement)})"
        for each in influences
    )
