"""The tables of `innosi build cross-impact`."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from innosi.forecast.cli.output import Table

if TYPE_CHECKING:
    from innosi.models.arrays import FloatArray
    from innosi.models.estimates import Estimate
    from innosi.scenarios.construction.probabilities.cross_impact_file import CrossImpact
    from innosi.scenarios.construction.probabilities.factors import Outcomes
    from innosi.scenarios.construction.probabilities.joint import Joint, Move
    from innosi.scenarios.construction.probabilities.odds_simulation import Fixed, OddsModel, Simulated
    from innosi.scenarios.construction.probabilities.smic import Smic


def move_table(title: str, moves: "Sequence[Move]", *, notes: tuple[str, ...] = ()) -> Table:
    """Return probabilities as judged and as they go together."""
    rows = [(each.words, each.judged, each.coherent, each.change) for each in moves]
    return Table(title, ("probability", "judged", "coherent", "change"), rows, notes)


def outcome_table(
    outcomes: "Outcomes",
    places: Any,
    *,
    ranges: Sequence[Sequence[float]] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return the leading combinations with their probability, and what it adds up to."""
    rows, total = [], 0.0
    for number, place in enumerate(places):
        share = float(outcomes.probabilities[place])
        total += share
        ends = tuple(ranges[number]) if ranges is not None else ()
        rows.append((number + 1, share, *ends, total, outcomes.title_of(outcomes.states[place])))
    spans = ("least", "most") if ranges is not None else ()
    columns = ("rank", "probability", *spans, "cumulated", "combination")
    said = (
        ("events that are not named do not happen",)
        if any(each.is_event for each in outcomes.factors)
        else ()
    )
    return Table(f"the likeliest of {_n_combinations(outcomes)} combinations", columns, rows, (*said, *notes))


def _n_combinations(outcomes: "Outcomes") -> str:
    return f"{math.prod(len(each.states) for each in outcomes.factors):,}"


def notes_of(found: "CrossImpact", fitted: "Joint") -> tuple[str, ...]:
    """Return what a reader of the combinations must know."""
    notes = spread_notes(found.spreads)
    if not fitted.is_most_even:
        notes.append("one of the distributions that meet the judgements; the most even one was not found")
    return tuple(notes)


def spread_notes(spreads: "Mapping[str, Estimate]") -> list[str]:
    """Say of which judgements the mean was taken, and what they spread over."""
    notes = []
    for key, estimate in spreads.items():
        low, high = estimate.distribution.interval()
        mean = estimate.distribution.mean
        source = f" ({estimate.source})" if estimate.source else ""
        notes.append(f"{key}: the mean {mean:.3g} of {low:.3g} .. {high:.3g}, 90 % interval{source}")
    return notes


def shift_table(found: "CrossImpact", model: "OddsModel", simulated: "Simulated", fixed: "Fixed") -> Table:
    """Return how probable each event is as judged and as simulated, and by how much it shifts."""
    from innosi.scenarios.construction.probabilities import odds_simulation as odds

    is_exact = len(model.names) <= odds.MOST_EXACT
    exact = odds.final_probabilities(odds.exact_outcomes(model, fixed)) if is_exact else None
    settled = simulated.final if exact is None else exact
    rows = [
        (
            *(name, float(first), float(last), float(error)),
            *(() if exact is None else (float(exact[place]),)),
            _clean(settled[place] - first),
        )
        for place, (name, first, last, error) in enumerate(
            zip(model.names, simulated.initial, simulated.final, simulated.standard_error, strict=True)
        )
    ]
    columns = ("event", "judged", "simulated", "standard_error", *(("exact",) if is_exact else ()), "shift")
    one_way = ("a ratio acts as it is written: the first on the second",) if found.kind == "ratios" else ()
    notes = (f"{simulated.n_draws:,} draws", *one_way, *spread_notes(found.spreads))
    return Table(f"{found.title}: events", columns, rows, notes)


def policy_table(model: "OddsModel", tested: "FloatArray") -> Table:
    """Return what each event does to the others where it is made to happen, or kept from it."""
    happens, otherwise = tested
    rows = [
        (
            name,
            *(None if i == j else _clean(happens[i, j] - otherwise[i, j]) for j in range(len(model.names))),
        )
        for i, name in enumerate(model.names)
    ]
    title = "policy test: what an event's probability gains if the row's is made to happen, not kept from it"
    return Table(title, ("event", *model.names), rows)


def elasticity_table(made: "Smic") -> Table:
    """Return how the probability of each event hangs on the others'."""
    names = [each.name for each in made.joint.outcomes.factors]
    rows: list[tuple[object, ...]] = [
        (
            name,
            *(None if i == j else _clean(made.elasticities[i, j]) for j in range(len(names))),
            influence,
        )
        for i, (name, influence) in enumerate(zip(names, made.influence.tolist(), strict=True))
    ]
    rows.append(("dependence", *made.dependence.tolist(), None))
    title = (
        "elasticities: percent by which the column's probability rises where the row's rises by one percent"
    )
    return Table(title, ("event", *names, "influence"), rows)


def states_in_words(found: "CrossImpact", states: Mapping[int, int]) -> str:
    """Return the states of a combination by their labels."""
    return ", ".join(found.beliefs.label((factor, state)) for factor, state in states.items()) or "anything"


def _clean(value: float) -> float:
    """A difference without what is left of rounding; −0 is 0."""
    return round(float(value), 9) + 0.0
