"""Names of scenarios that nobody named: the numbers of their states, which no filter changes."""

from collections.abc import Sequence

import numpy as np

from innosi.models.arrays import IntArray

_BEFORE = "scenario_"
_MOST_WITHOUT_HYPHENS = 9


def name_by_numbers(places: Sequence[int], n_states: Sequence[int]) -> str:
    """Return a name that holds the number of each descriptor's state, counted from 1.

    Hyphens stand between the numbers where a descriptor has more than nine states.

    Examples
    --------
    >>> name_by_numbers([0, 2, 1], [2, 3, 3])
    'scenario_132'
    >>> name_by_numbers([0, 9], [2, 10])
    'scenario_1-10'
    """
    return _BEFORE + _between(n_states).join(str(place + 1) for place in places)


def places_by_numbers(name: str, n_states: Sequence[int]) -> IntArray | None:
    """Return the places of the states that such a name holds; None where it is the name of no scenario.

    Examples
    --------
    >>> places_by_numbers("scenario_132", [2, 3, 3]).tolist()
    [0, 2, 1]
    >>> places_by_numbers("scenario_4", [2, 3, 3]) is None
    True
    """
    numbers, between = name.removeprefix(_BEFORE), _between(n_states)
    parts = numbers.split(between) if between else list(numbers)
    if len(parts) != len(n_states) or not all(each.isascii() and each.isdigit() for each in parts):
        return None
    places = [int(each) - 1 for each in parts]
    is_there = all(0 <= place < size for place, size in zip(places, n_states, strict=True))
    found = np.array(places, dtype=np.int64)
    return found if is_there and name_by_numbers(places, n_states) == name else None


def _between(n_states: Sequence[int]) -> str:
    return "" if max(n_states) <= _MOST_WITHOUT_HYPHENS else "-"
