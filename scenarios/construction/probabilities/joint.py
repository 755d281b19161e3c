"""The joint distribution of all factors: how likely every combination is, and which judgements forbid any."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.probabilities.coherence import (
    BoolArray,
    Nearest,
    most_even,
    nearest_by_size,
    nearest_by_squares,
)
from innosi.scenarios.construction.probabilities.factors import Beliefs, Effect, Outcomes
from innosi.scenarios.loading.document import KeyPath

Distance = Literal["squares", "sizes"]
ROUNDING = 0.005
"""Judgements are given in whole percents: by so much each may be off."""


@dataclass(frozen=True, slots=True)
class Move:
    """A probability as judged, and as it is where all go together."""

    words: str
    judged: float
    coherent: float
    key: KeyPath = ()

    @property
    def change(self) -> float:
        """By how much it moved."""
        return _clean(self.coherent - self.judged)


@dataclass(frozen=True)
class Joint:
    """A joint distribution that meets the judgements, or those that are nearest to them.

    Attributes
    ----------
    beliefs : Beliefs
    outcomes : Outcomes
        Every combination; of the distributions that meet the (nearest) judgements the most even one.
    moves : tuple of Move
        Every probability that was judged.
    tolerance : float
    is_most_even : bool
        Whether the most even distribution was found; else it is one of those that meet the judgements.
    nearest : Nearest
        In `rows`: what was met.
    rows : (n_rows, n_combinations) float
    """

    beliefs: Beliefs
    outcomes: Outcomes
    moves: tuple[Move, ...]
    tolerance: float
    is_most_even: bool
    nearest: Nearest
    rows: FloatArray

    @property
    def is_coherent(self) -> bool:
        """Whether no judgement had to move by more than rounding."""
        return all(abs(each.change) <= self.tolerance for each in self.moves)

    @property
    def moved(self) -> tuple[Move, ...]:
        """The judgements that had to move, the farthest first."""
        found = [each for each in self.moves if abs(each.change) > self.tolerance]
        return tuple(sorted(found, key=lambda each: -abs(each.change)))


def joint_distribution(
    beliefs: Beliefs,
    *,
    is_held: bool = True,
    distance: Distance = "squares",
    tolerance: float = ROUNDING,
) -> Joint:
    """Return the most even distribution of all combinations that meets the judgements, or the nearest ones.

    Parameters
    ----------
    is_held : bool
        Whether the factors' own probabilities stay as they are, and only effects move.
    distance : {'squares', 'sizes'}
        What is least over all judgements: the squares of what P(i and j) moves by, or its sizes.
    tolerance : float
        By how much a judgement may move for rounding.

    Source
    ------
    Roponen & Salo (2024), A probabilistic cross-impact methodology for explorative scenario analysis, Futures
    & Foresight Science 6: least squares, with the factors' own probabilities held. They build the
    distribution up factor by factor along a network; here it is one problem over all combinations.
    """
    own = _own_rows(beliefs)
    rows, targets = _rows(beliefs, own)
    held = np.arange(len(targets)) < (len(own) if is_held else 0)
    return fitted(beliefs, (rows, targets), held, distance=distance, tolerance=tolerance)


def _own_rows(beliefs: Beliefs) -> list[tuple[int, int]]:
    """The states whose own probabilities say all; the last of each factor follows from the others."""
    return [
        (place, state)
        for place, factor in enumerate(beliefs.factors)
        for state in range(len(factor.states) - 1)
    ]


def _rows(beliefs: Beliefs, own: list[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
    rows = [beliefs.holds(place) for place in own]
    rows += [beliefs.holds(each.given, each.target) for each in beliefs.effects]
    targets = [beliefs.probability(place) for place in own]
    targets += [each.probability * beliefs.probability(each.given) for each in beliefs.effects]
    return np.array(rows).reshape(len(targets), beliefs.n_combinations), np.array(targets)


def fitted(
    beliefs: Beliefs,
    wanted: tuple[FloatArray, FloatArray],
    held: BoolArray,
    *,
    distance: Distance = "squares",
    tolerance: float = ROUNDING,
) -> Joint:
    """Return the joint distribution that meets rows and their targets, or the nearest ones; see `coherence`.

    Parameters
    ----------
    held : (n_rows,) bool
        Which targets must not move.
    """
    rows, targets = wanted
    found = most_even(rows, targets)
    is_most_even = True
    if found is None:
        nearest = (nearest_by_size if distance == "sizes" else nearest_by_squares)(rows, targets, held)
        found = most_even(rows, nearest.targets, nearest.support)
        is_most_even = found is not None
        found = nearest.probabilities if found is None else found
    else:
        nearest = Nearest(targets, np.ones(len(found), dtype=bool), found)
    outcomes = Outcomes(beliefs.factors, beliefs.combinations, found)
    moves = tuple(_moves(beliefs, outcomes))
    return Joint(beliefs, outcomes, moves, tolerance, is_most_even, nearest, rows)


def _moves(beliefs: Beliefs, outcomes: Outcomes) -> Iterator[Move]:
    for place, (factor, found) in enumerate(zip(beliefs.factors, outcomes.marginals(), strict=True)):
        for state in range(1 if factor.is_event else len(factor.states)):
            words = f"P({factor.label(state)})"
            yield Move(
                words, factor.probabilities[state], _clean(found[state]), _own_key(beliefs, place, state)
            )
    for each in beliefs.effects:
        both = outcomes.probability_of(dict([each.given, each.target]))
        given = outcomes.probability_of(dict([each.given]))
        coherent = both / given if given > 0 else each.probability
        yield Move(beliefs.words(each), each.probability, _clean(coherent), each.key)


def _own_key(beliefs: Beliefs, place: int, state: int) -> KeyPath:
    factor = beliefs.factors[place]
    if factor.is_event:
        return ("events", factor.name, "probability")
    return ("descriptors", factor.name, "states", factor.states[state], "probability")


def contradictions(beliefs: Beliefs, *, tolerance: float = ROUNDING) -> tuple[str, ...]:
    """Say which pairs of judgements cannot go together, else which three factors cannot.

    Fréchet's bounds, Bayes' rule and the rule of total probability for each pair; for three factors, whether
    there is a distribution of them.

    Source
    ------
    Fréchet (1951); Dalkey (1972), An elementary cross-impact model. Technological Forecasting and Social
    Change 3.
    """
    of_pairs = {
        pair: found
        for pair in combinations(range(len(beliefs.factors)), 2)
        if (found := list(_of_pair(_within(beliefs, pair), tolerance)))
    }
    if of_pairs:
        return tuple(said for found in of_pairs.values() for said in found)
    return tuple(
        f"{', '.join(beliefs.factors[place].name for place in three)}: every two of them go together,"
        " but not the three"
        for three in combinations(range(len(beliefs.factors)), 3)
        if _is_linked(beliefs, three)
        and not joint_distribution(_within(beliefs, three), tolerance=tolerance).is_coherent
    )


def _is_linked(beliefs: Beliefs, three: tuple[int, ...]) -> bool:
    pairs = {frozenset((each.given[0], each.target[0])) for each in beliefs.effects}
    return all(frozenset(pair) in pairs for pair in combinations(three, 2))


def _within(beliefs: Beliefs, places: tuple[int, ...]) -> Beliefs:
    """The beliefs about some factors alone."""
    new = {place: number for number, place in enumerate(places)}
    effects = tuple(
        Effect((new[each.given[0]], each.given[1]), (new[each.target[0]], each.target[1]), each.probability)
        for each in beliefs.effects
        if each.given[0] in new and each.target[0] in new
    )
    return Beliefs(tuple(beliefs.factors[place] for place in places), effects)


def _of_pair(beliefs: Beliefs, tolerance: float) -> Iterator[str]:
    by_cell = {(each.given, each.target): each for each in beliefs.effects}
    for each in beliefs.effects:
        yield from _beyond_bounds(beliefs, each, tolerance)
        first, second = beliefs.probability(each.given), beliefs.probability(each.target)
        back = by_cell.get((each.target, each.given))
        if back is not None and each.given[0] < each.target[0]:
            both, too = each.probability * first, back.probability * second
            if abs(both - too) > tolerance * (first + second):
                yield (
                    f"{beliefs.words(each)} makes P(both) {_percent(both)},"
                    f" and {beliefs.words(back)} makes it {_percent(too)}"
                )
        without = by_cell.get(((each.given[0], 1), each.target))
        is_event = beliefs.factors[each.given[0]].is_event
        if is_event and each.given[1] == 0 and without is not None:
            mixed = each.probability * first + without.probability * (1 - first)
            if abs(mixed - second) > 2 * tolerance:
                yield (
                    f"{beliefs.words(each)} and {beliefs.words(without)} make P({beliefs.label(each.target)})"
                    f" {_percent(mixed)}, and it is {_percent(second)}"
                )


def _beyond_bounds(beliefs: Beliefs, effect: Effect, tolerance: float) -> Iterator[str]:
    first, second = beliefs.probability(effect.given), beliefs.probability(effect.target)
    low, high = max(0.0, first + second - 1) / first, min(first, second) / first
    if not low - tolerance <= effect.probability <= high + tolerance:
        yield (
            f"{beliefs.words(effect)} is {_percent(effect.probability)};"
            f" with P({beliefs.label(effect.given)}) {_percent(first)} and P({beliefs.label(effect.target)})"
            f" {_percent(second)} it lies between {_percent(low)} and {_percent(high)}"
        )


def _clean(value: float) -> float:
    """A probability without what is left of rounding."""
    return round(float(value), 9)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
