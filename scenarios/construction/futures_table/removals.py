"""Which exclusion removes how much: by itself, beside all others, and by its kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from innosi.scenarios.construction.futures_table.morphological_field import MorphologicalField
from innosi.scenarios.construction.futures_table.ordering import order_of_search
from innosi.scenarios.construction.futures_table.survivors import (
    INTERRUPTED,
    MOST_CASES,
    Survivors,
    survivors,
)


@dataclass(frozen=True, slots=True)
class Removal:
    """What an exclusion removes.

    Attributes
    ----------
    alone : int
        So many combinations of the whole field fall under it.
    only : int or None
        So many fall under it and under no other: they would be back without it. 0 is an exclusion that others
        make needless; None, where that could not be counted.
    """

    alone: int
    only: int | None


def removals(
    field: MorphologicalField,
    *,
    most_cases: int = MOST_CASES,
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> tuple[Removal, ...]:
    """Return what each exclusion of a field removes.

    Parameters
    ----------
    most_cases : int
        How far each count may go; see `survivors`.
    on_progress : callable
        Is told how many exclusions are done, and how many there are. A KeyboardInterrupt ends the counting;
        what was counted until then is kept.
    """
    only: dict[int, int] = {}
    order = order_of_search(field)
    try:
        for number in range(len(field.boxes)):
            left = _within(field, number, order, most_cases)
            if left.is_complete:
                only[number] = left.n
            elif left.why_not == INTERRUPTED:
                break
            on_progress(number + 1, len(field.boxes))
    except KeyboardInterrupt:
        pass
    return tuple(Removal(field.size_of(box), only.get(number)) for number, box in enumerate(field.boxes))


def _within(field: MorphologicalField, number: int, order: Sequence[int], most_cases: int) -> Survivors:
    """What lies within one box and in no other."""
    box = field.boxes[number]
    within = list(field.whole)
    for place, states in box:
        within[place] &= states
    others = replace(field, boxes=field.boxes[:number] + field.boxes[number + 1 :])
    return survivors(others, allowed=within, order=order, most_cases=most_cases)


def left_by_kind(
    field: MorphologicalField, kinds: Sequence[str], *, most_cases: int = MOST_CASES
) -> Mapping[tuple[str, ...], int | None]:
    """Return how many combinations are left by the exclusions of some kinds alone.

    Parameters
    ----------
    kinds : sequence of str
        The kind of each exclusion.

    Returns
    -------
    mapping of kinds to int or None
        None of them, each kind alone, and each with those before it, in the order in which kinds first
        appear; None where it could not be counted.
    """
    each = tuple(dict.fromkeys(kinds))
    together = [each[:n] for n in range(2, len(each) + 1)]
    found: dict[tuple[str, ...], int | None] = {(): field.size}
    for group in [*((kind,) for kind in each), *together]:
        part = field.only([number for number, kind in enumerate(kinds) if kind in group])
        left = survivors(part, most_cases=most_cases)
        found[group] = left.n if left.is_complete else None
    return found
