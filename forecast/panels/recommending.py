"""What a facilitator should take from a simulated plan, in plain sentences."""

from collections.abc import Iterator, Sequence

import numpy as np

from innosi.forecast.panels.planning import Plan, PlannedRound

MANY_FALSE = 0.1
"""Where more of the consensuses than this are false, agreement is no sign of truth."""
FEWEST_LEFT = 5
"""Fewer panellists than this agree by chance; no panel is recommended of which fewer are left."""
_CLEAR_FALL, _NO_FALL = 0.3, 0.1


def recommendation(plan: Plan, found: Sequence[PlannedRound]) -> tuple[str, ...]:
    """Return one to three sentences: which panel is enough, what it is worth, and what is amiss."""
    return tuple(_sentences(plan, found))


def smallest_sufficient(plan: Plan, found: Sequence[PlannedRound]) -> PlannedRound | None:
    """Return the panel and round with the fewest answers to ask for that has the power that is wanted.

    It must have it with every drop-out of the plan, and five panellists left; what is returned is its row
    with the least power. Those of whose consensuses at most 10 % are false go before the others.
    """
    enough = [each for each in _worst_cases(found) if each.power.value >= plan.wanted_power]
    sound = [each for each in enough if each.false_among_consensus <= MANY_FALSE]
    return min(sound or enough, key=lambda each: (each.n_panellists * each.round, each.round), default=None)


def _worst_cases(found: Sequence[PlannedRound]) -> list[PlannedRound]:
    """Return, for each size and round with enough panellists left, the drop-out with the least power."""
    worst: dict[tuple[int, int], PlannedRound] = {}
    too_few = {(each.n_panellists, each.round) for each in found if each.n_left.value < FEWEST_LEFT}
    for each in found:
        place = (each.n_panellists, each.round)
        if place not in worst or each.power.value < worst[place].power.value:
            worst[place] = each
    return [each for place, each in worst.items() if place not in too_few]


def _sentences(plan: Plan, found: Sequence[PlannedRound]) -> Iterator[str]:
    enough = smallest_sufficient(plan, found)
    best = enough or max(_worst_cases(found), key=lambda each: each.power.value, default=None)
    if best is None:
        few = f"Fewer than {FEWEST_LEFT} panellists are left"
        yield f"{few}, and so few agree by chance; plan a larger panel."
        return
    share = f"consensus on {_power(best)} of the questions"
    lost = max(plan.drop_outs)
    after = f", even if {lost:.0%} leave before each next round" if lost else ""
    if enough:
        yield f"{_panel(best)}: enough for {share} ({plan.wanted_power:.0%} wanted){after}."
    else:
        yield (
            f"No panel here comes to consensus on {plan.wanted_power:.0%} of the questions;"
            f" nearest is {_panel(best)}, with {share}."
        )
    if best.false_among_consensus > MANY_FALSE:
        yield (
            f"Do not take agreement for truth: {best.false_among_consensus:.0%} of its consensuses lie"
            f" more than {plan.model.scale.in_words(plan.far_from_truth)} from the truth."
        )
    elif best.power.value > 0:
        yield f"{_few(best.false_among_consensus)} of its consensuses are false."
    yield from _bandwagon(found)


def _few(share: float) -> str:
    return "Fewer than 1%" if share < 0.01 else f"{share:.0%}"


def _bandwagon(found: Sequence[PlannedRound]) -> Iterator[str]:
    """Say where the largest panel comes together without coming nearer to the truth."""
    size = max(each.n_panellists for each in found)
    of_largest = [each for each in found if each.n_panellists == size]
    lost = max(each.drop_out for each in of_largest)
    of_largest = [each for each in of_largest if each.drop_out == lost]
    first, last = of_largest[0], of_largest[-1]
    narrower, nearer = (
        1 - later.value / earlier.value if earlier.value > 0 else np.nan
        for earlier, later in ((first.spread, last.spread), (first.error, last.error))
    )
    if narrower > _CLEAR_FALL and nearer < _NO_FALL:
        error = f"falls by {nearer:.0%}" if nearer >= 0.005 else f"grows by {max(-nearer, 0):.0%}"
        error = "stays as it was" if abs(nearer) < 0.005 else error
        yield (
            f"Bandwagon: from round 1 to round {last.round} the spread falls by {narrower:.0%}, but the error"
            f" of the median {error}."
        )


def _panel(planned: PlannedRound) -> str:
    rounds = f"{planned.round} round{'s' if planned.round > 1 else ''}"
    people = f"{planned.n_panellists} panellist{'s' if planned.n_panellists > 1 else ''}"
    return f"{people} in {rounds}"


def _power(planned: PlannedRound) -> str:
    error = planned.power.standard_error
    sure = "" if np.isnan(error) else f" (± {max(100 * 1.96 * error, 0.1):.1f} points)"
    return f"{planned.power.value:.0%}{sure}"
