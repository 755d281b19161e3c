"""`innosi build balance experts`: several experts' matrices, together and side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.balance.arguments import marked, read_balance, seconds_option, tolerance_option
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
    from innosi.scenarios.construction.balance.ensembles import Disagreement, Ensemble, SharedScenarios

MOST_EXPERTS = 8
"""So many have a column of their own."""
MOST_PRINTED = 100


@click.command(short_help="Compare several experts' judgements.")
@file_argument
@tolerance_option
@click.option(
    "--cells", type=click.IntRange(min=0), default=12, show_default=True, help="Disagreements to list."
)
@seconds_option
@plot_option
@output_options
def experts(
    file: Path, tolerance: float | None, cells: int, seconds: float | None, plot: Path | None, output: Output
) -> None:
    """Compare the matrices of the experts in FILE: which scenarios they share, and where they differ most.

    Each matrix is searched by itself; beside each scenario stands in whose matrices it is consistent, and in
    which of the matrices that take all experts together (mean, median, vote of signs; a sum has the same
    scenarios as the mean). `innosi build balance scenarios` goes on with the one that FILE chooses by
    `experts_together`.

    \b
    innosi build balance experts balance-experts.yaml --plot disagreement.svg
    """
    from innosi.models.errors import InnosiError
    from innosi.scenarios.construction.balance.ensembles import Ensemble, disagreement, shared_scenarios

    balance = read_balance(file)
    if not balance.judged.experts:
        raise InnosiError(
            "names no experts", mend="write `experts: {name: matrix.csv, …}`", where=balance.document.source
        )
    ensemble = Ensemble(balance.judged.experts)
    allowed = balance.tolerance if tolerance is None else tolerance
    with progress_bar("searching") as told:
        place = {each.name: number for number, each in enumerate(ensemble.experts)}
        shared = shared_scenarios(
            ensemble,
            tolerance=allowed,
            seconds=seconds,
            on_expert=lambda name: told(place[name], len(place), name),
        )
    unfinished = "; ".join(f"of {name}'s matrix: {why}" for name, why in shared.unfinished.items())
    differing = disagreement(ensemble)
    limit = MOST_PRINTED if output.format == "table" else None
    output.show(
        expert_table(balance, shared),
        marked(shared_table(balance, shared, allowed, limit), unfinished),
        disagreement_table(balance, differing, cells),
    )
    if plot is not None:
        from innosi.scenarios.construction.balance.drawing_experts import draw_disagreement

        output.draw(draw_disagreement(balance, differing), plot)


def expert_table(balance: "CrossImpactBalance", shared: "SharedScenarios") -> Table:
    """Return the experts, and how many consistent scenarios each one's matrix has."""
    rows = [
        (each.name, each.group or "–", each.weight, n, shared.unfinished.get(each.name, "yes"))
        for each, n in zip(shared.ensemble.experts, shared.n_of_each, strict=True)
    ]
    columns = ("expert", "group", "weight", "scenarios", "complete")
    return Table(f"{balance.title}: {len(rows)} experts", columns, rows, balance.judged.notes)


def shared_table(
    balance: "CrossImpactBalance",
    shared: "SharedScenarios",
    tolerance: float,
    limit: int | None = None,
) -> Table:
    """Return every scenario that is consistent for somebody, and for whom."""
    ensemble = shared.ensemble
    listed = ensemble.experts if len(ensemble.experts) <= MOST_EXPERTS else ()
    together = _consistent_together(ensemble, shared, tolerance)
    rows = [
        (
            balance.name_of(scenario),
            *balance.impacts.names_of(scenario).values(),
            float(shared.share[place]),
            *(float(shared.share_of(group)[place]) for group in ensemble.groups),
            *(_found(shared, place, number) for number, _ in enumerate(listed)),
            *(each[place] for each in together.values()),
        )
        for place, scenario in enumerate(shared.scenarios[:limit])
    ]
    groups = tuple(f"share_{each}" for each in ensemble.groups)
    columns = (
        "scenario",
        *balance.impacts.states,
        "share",
        *groups,
        *(each.name for each in listed),
        *together,
    )
    n, n_all = len(shared.scenarios), shared.n_shared_by_all
    are = "scenarios are" if n != 1 else "scenario is"
    title = f"{n:,} {are} consistent for somebody, {n_all or 'none'} for everybody"
    notes = (
        *([f"{limit} of them are shown; --format csv has all"] if len(rows) < n else []),
        "share: of the experts, by weight; under each expert how inconsistent it is there, yes if it is not",
        "mean, median, vote: whether it is consistent in the matrix that takes all together that way",
    )
    return Table(title, columns, rows, notes)


def _found(shared: "SharedScenarios", place: int, expert: int) -> str:
    if shared.is_consistent[place, expert]:
        return "yes"
    return f"{shared.inconsistency[place, expert]:.3g}"


def _consistent_together(
    ensemble: "Ensemble", shared: "SharedScenarios", tolerance: float
) -> dict[str, list[bool]]:
    from innosi.scenarios.construction.balance.many_matrices import are_consistent, inconsistencies

    found = {}
    for way in ("mean", "median", "vote"):
        matrix = ensemble.together(way).judgements[None]
        gaps = inconsistencies(ensemble.experts[0].impacts, matrix, shared.scenarios)
        found[way] = are_consistent(matrix, gaps, tolerance)[0].tolist()
    return found


def disagreement_table(balance: "CrossImpactBalance", found: "Disagreement", limit: int) -> Table:
    """Return the judgements on which experts differ most."""
    experts_ = found.ensemble.experts
    matrices = found.ensemble.matrices
    rows = []
    for row, column in found.order[:limit].tolist():
        given = matrices[:, row, column]
        low = ", ".join(e.name for e, each in zip(experts_, given, strict=True) if each == given.min())
        high = ", ".join(e.name for e, each in zip(experts_, given, strict=True) if each == given.max())
        rows.append(
            (
                balance.impacts.label(row),
                balance.impacts.label(column),
                float(given.min()),
                float(given.max()),
                float(found.spread[row, column]),
                bool(found.has_conflict[row, column]),
                low if len(experts_) <= MOST_EXPERTS else "",
                high if len(experts_) <= MOST_EXPERTS else "",
            )
        )
    columns = ("acting", "on", "lowest", "highest", "spread", "signs_differ", "lowest_by", "highest_by")
    n, n_signs = len(found.order), int(found.has_conflict.sum())
    title = f"experts differ in {n} judgements, in {n_signs} of them by sign"
    notes = ["spread: standard deviation, by weight; differences of sign come first"]
    if n > len(rows):
        notes.append(f"{len(rows)} of {n} are shown")
    return Table(title, columns, rows, tuple(notes))
