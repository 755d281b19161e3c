"""In which order descriptors are taken, so that few of them are ever half decided."""

from collections.abc import Sequence
from math import log2

from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField

MOST_STARTS = 12
"""So many descriptors are tried as the first."""


def order_of_search(field: MorphologicalField) -> tuple[int, ...]:
    """Return the places of descriptors in an order that keeps the frontier of a search narrow.

    The frontier are the descriptors that are decided and excluded together with one that is not; what the
    search must remember grows with the product of their states (the vertex separation of the field). A
    greedy order is built from several beginnings, and the best of these is taken: good, not always the best.
    """
    neighbours = _neighbours(field)
    starts = sorted(range(len(neighbours)), key=lambda place: (len(neighbours[place]), place))[:MOST_STARTS]
    return min((_from(start, field, neighbours) for start in starts), key=lambda found: found[0])[1]


def _neighbours(field: MorphologicalField) -> list[set[int]]:
    """The descriptors that stand in an exclusion with each."""
    neighbours: list[set[int]] = [set() for _ in field.n_states]
    for box in field.boxes:
        places = {place for place, _ in box}
        for place in places:
            neighbours[place] |= places - {place}
    return neighbours


def _from(
    start: int, field: MorphologicalField, neighbours: Sequence[set[int]]
) -> tuple[float, tuple[int, ...]]:
    """The greedy order from a beginning, and how much a search in it must remember."""
    order, taken, cost = [start], {start}, 0.0
    while len(order) < len(neighbours):
        widths = {
            place: (
                _width(taken | {place}, field, neighbours),
                -len(neighbours[place] & taken),
                place,
            )
            for place in _candidates(taken, neighbours)
        }
        best = min(widths, key=lambda place: widths[place])
        cost = max(cost, widths[best][0]) + 1e-9 * widths[best][0]
        order.append(best)
        taken.add(best)
    return cost, tuple(order)


def _candidates(taken: set[int], neighbours: Sequence[set[int]]) -> list[int]:
    """What may come next: what is tied to the descriptors taken, else whatever is left."""
    left = [place for place in range(len(neighbours)) if place not in taken]
    return [place for place in left if neighbours[place] & taken] or left


def _width(taken: set[int], field: MorphologicalField, neighbours: Sequence[set[int]]) -> float:
    """The logarithm of how many cases a search must tell apart, at most, when these are decided."""
    frontier = [place for place in taken if not neighbours[place] <= taken]
    beyond = {each for place in frontier for each in neighbours[place] if each not in taken}
    by_states = sum(log2(field.n_states[place]) for place in frontier)
    return min(by_states, float(sum(field.n_states[place] for place in beyond)))
