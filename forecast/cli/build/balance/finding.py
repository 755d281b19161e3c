"""`innosi build balance scenarios`: the futures that hang together."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, to_option, write
from innosi.forecast.cli.build.balance.arguments import (
    at_most_option,
    fix_option,
    marked,
    read_balance,
    search,
    seconds_option,
    settle,
    succession_options,
    tolerance_option,
    warn,
    with_option,
)
from innosi.forecast.cli.build.balance.explaining import in_line
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.scenarios.drawing.numbers import percent

if TYPE_CHECKING:
    from innosi.scenarios.construction.balance.scenario_list import ScenarioList, Weighting
    from innosi.scenarios.construction.balance.succession import Attractors, Succession

MOST_PRINTED = 100


@click.command(short_help="List the scenarios that hang together.")
@file_argument
@tolerance_option
@with_option
@fix_option
@at_most_option
@seconds_option
@succession_options
@to_option
@click.option(
    "--possible", is_flag=True, help="Leave out what the exclusions of FILE's futures table forbid."
)
@click.option(
    "--weight",
    type=click.Choice(["basin", "given", "equal"]),
    help="With --to: weigh scenarios by their basins, by the weights in FILE, or all alike; none by default.",
)
@plot_option
@output_options
def scenarios(
    file: Path,
    tolerance: float | None,
    wanted: Mapping[str, str],
    held: Mapping[str, str],
    at_most: int,
    seconds: float | None,
    succession: "Succession",
    starts: int | None,
    seed: int,
    to: Path | None,
    possible: bool,
    weight: "Weighting | None",
    plot: Path | None,
    output: Output,
) -> None:
    """List every consistent scenario of FILE: none of its states has a rival that is promoted more.

    All of them are found, unless the result says INCOMPLETE. Beside each stand its family (scenarios that
    share more than half of their states), its total impact score, its inconsistency, and its basin: from
    which share of all scenarios succession leads to it. A scenario that the workshop named and that is not
    consistent is told with what speaks against it.

    \b
    innosi build balance scenarios balance.yaml --plot tableau.svg
    innosi build balance scenarios balance.yaml --tolerance 1 --with labour_market=tight
    innosi build balance scenarios balance.yaml --fix municipal_funding=raised
    innosi build balance scenarios balance.yaml --to scenarios.yaml --weight basin
    """
    if weight and to is None:
        raise click.UsageError("--weight weighs the scenarios that --to writes; give both")
    balance = read_balance(file)
    allowed = balance.tolerance if tolerance is None else tolerance
    found = search(balance, tolerance=allowed, wanted=wanted, held=held, at_most=at_most, seconds=seconds)
    warn(found)
    if possible:
        found = only_possible(found)
    settled = settle(found, succession, starts, seed, held)
    limit = MOST_PRINTED if output.format == "table" else None
    tables = [marked(scenario_table(found, settled, allowed, limit), found.why_not)]
    if held:
        unheld = search(balance, tolerance=allowed, wanted=wanted, at_most=at_most, seconds=seconds)
        warn(unheld)
        unheld = only_possible(unheld) if possible else unheld
        tables.append(marked(change_table(found, unheld, held, limit), found.why_not, unheld.why_not))
    tables += named_tables(found, allowed)
    output.show(*tables)
    if plot is not None:
        from innosi.scenarios.construction.balance.tableau import draw_tableau

        output.draw(draw_tableau(found, settled), plot)
    if to is not None:
        weights = found.weights(weight, settled) if weight else None
        origin = weighting_in_words(weight, settled) if weight else ""
        write(output, to, found.constructed(weights), balance.settings, balance.document, origin)


def only_possible(found: "ScenarioList") -> "ScenarioList":
    """Return the scenarios that no exclusion forbids; refuse where no futures table says what is excluded."""
    if found.balance.exclusions:
        return found.possible()
    from innosi.models.errors import InnosiError

    where = found.balance.document.source
    raise InnosiError("names no futures table", mend="add `futures_table: FILE.yaml`", where=where)


def weighting_in_words(weight: "Weighting", settled: "Attractors") -> str:
    """Return where the weights of scenarios come from, for whoever reads their figures."""
    if weight == "basin":
        return f"basins of {settled.succession.rule} succession, which are no probabilities"
    return "given by the workshop" if weight == "given" else "all alike"


def scenario_table(
    found: "ScenarioList", settled: "Attractors", tolerance: float, limit: int | None = None
) -> Table:
    """Return the consistent scenarios, those that are alike beside each other."""
    from innosi.scenarios.construction.balance.impact_balances import impact_balances

    families, order = found.families, found.families.order[:limit]
    balances = impact_balances(found.impacts, found.scenarios[order])
    shown = zip(
        order.tolist(),
        balances.total_score.tolist(),
        balances.inconsistency.tolist(),
        settled.basins_of(found.scenarios[order]).tolist(),
        strict=True,
    )
    is_beside = bool(found.balance.exclusions)
    rows = [
        (
            found.name_of(place),
            int(families.family[place]) if families.is_ordered else None,
            *found.impacts.names_of(found.scenarios[place]).values(),
            *numbers,
            *([", ".join(f"{each.place} ({each.kind})" for each in found.excluded[place])] * is_beside),
        )
        for place, *numbers in shown
    ]
    columns = ("scenario", "family", *found.impacts.states, "score", "inconsistency", "basin")
    columns += ("excluded_by",) * is_beside
    notes = _notes(found, settled, len(rows), has_gaps=bool(balances.inconsistency.any()))
    return Table(_headline(found, tolerance), columns, rows, tuple(notes))


def _headline(found: "ScenarioList", tolerance: float) -> str:
    n, total = len(found), found.balance.impacts.n_combinations
    within = f" within a tolerance of {tolerance:g}" if tolerance else ""
    if not found.is_complete:
        return f"{found.balance.title}: {n:,} found so far among {total:,} scenarios{within}"
    verb = "is" if n == 1 else "are"
    what = "consistent and possible" if found.is_possible else "consistent"
    return f"{found.balance.title}: {n:,} of {total:,} scenarios {verb} {what}{within}"


def _notes(found: "ScenarioList", settled: "Attractors", n_shown: int, *, has_gaps: bool) -> Sequence[str]:
    notes = []
    if n_shown < len(found):
        notes.append(f"{n_shown:,} of them are shown; --format csv has all")
    if not len(found):
        if found.is_complete:
            notes.append("allow for a --tolerance, or look at cycles: innosi build balance attractors")
        return notes
    notes.append(basin_note(settled))
    if has_gaps:
        notes.append("a scenario with an inconsistency has no basin: succession leads away from it")
    if n_excluded := sum(map(bool, found.excluded)):
        fall = "falls" if n_excluded == 1 else "fall"
        notes.append(f"{n_excluded} {fall} under exclusions of the futures table; --possible leaves out such")
    here = {tuple(each) for each in found.scenarios.tolist()} if found.balance.named else set()
    named = (each for each in found.balance.named.values() if tuple(each.places.tolist()) in here)
    return [*notes, *(f"{each.name}: {each.title}" for each in named)]


def basin_note(settled: "Attractors") -> str:
    """Say how basins were found, and what leads to no scenario."""
    of = "all" if settled.is_exhaustive else "a random"
    text = f"basin: {settled.succession.rule} succession from {of} {settled.n_starts:,} scenarios"
    if settled.why_not:
        text += f" (INCOMPLETE: {settled.why_not})"
    if not settled.is_exhaustive:
        text += f", standard error at most {settled.errors.max(initial=0.0):.2g}"
    in_cycles = float(settled.basins[settled.lengths > 1].sum())
    if in_cycles > 0:
        text += f"; {percent(in_cycles)} of them end in cycles"
    if settled.unsettled > 0:
        text += f"; {percent(settled.unsettled)} had not settled"
    return text


def change_table(
    found: "ScenarioList", unheld: "ScenarioList", held: Mapping[str, str], limit: int | None = None
) -> Table:
    """Return what holding states changes: which scenarios come, go and stay."""
    now = {tuple(each.tolist()): each for each in found.scenarios}
    before = {tuple(each.tolist()): each for each in unheld.scenarios}
    verdicts = {
        "stays": [each for each in now if each in before],
        "comes": [each for each in now if each not in before],
        "goes": [each for each in before if each not in now],
    }
    rows = [
        (found.balance.name_of(each), verdict, *found.impacts.names_of(each).values())
        for verdict, group in verdicts.items()
        for each in group[:limit]
    ]
    what = ", ".join(f"{name}={state}" for name, state in held.items())
    stays, comes, goes = (len(group) for group in verdicts.values())
    title = f"what holding {what} changes: of {len(before):,}, {stays:,} stay and {goes:,} go; {comes:,} come"
    notes = (f"{len(rows):,} of them are shown; --format csv has all",)
    is_whole = len(rows) == stays + comes + goes
    return Table(title, ("scenario", "it", *found.impacts.states), rows, () if is_whole else notes)


def named_tables(found: "ScenarioList", tolerance: float) -> list[Table]:
    """Return why scenarios that the workshop named are not consistent; nothing where all are."""
    from innosi.scenarios.construction.balance.explaining import why

    rows = []
    for named in found.without(tolerance):
        for each in why(found.impacts, named.places, tolerance=tolerance):
            if not each.is_consistent:
                rival = next(state for state in each.states if state.state == each.rival)
                pros = in_line(rival.pros)
                rows.append(
                    (
                        named.name,
                        each.descriptor,
                        each.own.state,
                        each.own.score,
                        rival.state,
                        rival.score,
                        pros,
                    )
                )
    columns = ("scenario", "descriptor", "state", "score", "rival", "rival_score", "the_rival_is_promoted_by")
    title = "named by the workshop, and not consistent"
    notes = ("innosi build balance why FILE NAME tells all that speaks for and against it",)
    return [Table(title, columns, rows, notes)] if rows else []
