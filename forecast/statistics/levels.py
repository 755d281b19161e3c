"""Which levels of a scale agree, and which disagree."""

Scale = tuple[int, int]
"""Lowest and highest level of a rating."""


def ends_of(scale: Scale) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the levels that agree and those that disagree: 1 of 2–3, 2 of 4–5, 3 of more at either end."""
    n = min(max(n_levels(scale) // 2, 1), 3)
    return (scale[1] - n + 1, scale[1]), (scale[0], scale[0] + n - 1)


def halves_of(scale: Scale) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the levels above the middle of a scale, and those below it."""
    n = n_levels(scale) // 2
    return (scale[1] - n + 1, scale[1]), (scale[0], scale[0] + n - 1)


def n_levels(scale: Scale) -> int:
    """Return how many levels a scale has."""
    return scale[1] - scale[0] + 1
