"""Which groups of a panel may be shown without giving anybody away."""

from collections.abc import Mapping


def shown_groups(counts: Mapping[str, int], *, minimum: int, ungrouped: int = 0) -> tuple[str, ...]:
    """Return the groups whose statistics may be shown, in the order given.

    A group with fewer than `minimum` answers is never shown. Nor may it be found by taking the shown groups
    off the whole: while those hidden (with the panellists who are in no group) are together some, but fewer
    than `minimum`, the smallest shown group is hidden too.

    Parameters
    ----------
    counts : mapping of group to int
        How many answers each group gave.
    minimum : int
        The smallest number that may be shown.
    ungrouped : int
        How many answers came from panellists who are in no group.

    Examples
    --------
    >>> shown_groups({"north": 9, "south": 6, "east": 1}, minimum=5)
    ('north',)
    >>> shown_groups({"north": 9, "south": 6}, minimum=5)
    ('north', 'south')
    """
    shown = sorted((name for name, n in counts.items() if n >= minimum), key=lambda name: -counts[name])
    while shown and 0 < _hidden(counts, shown, ungrouped) < minimum:
        shown.pop()
    return tuple(name for name in counts if name in shown)


def _hidden(counts: Mapping[str, int], shown: list[str], ungrouped: int) -> int:
    return sum(counts.values()) + ungrouped - sum(counts[name] for name in shown)
