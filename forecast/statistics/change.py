"""What changed between two rounds, among the panellists who answered both."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.statistics.descriptive import describe
from innosi.models.arrays import ArrayLike


@dataclass(frozen=True, slots=True)
class Change:
    """What changed since an earlier round.

    Attributes
    ----------
    since : int
        The earlier round.
    n_both : int
        How many panellists answered both rounds; all figures are about them.
    median, interquartile_range : float
        Later minus earlier; NaN where nobody answered both.
    share_changed : float
        Share of them who gave another answer, in any of its parts; NaN where nobody answered both.
    """

    since: int
    n_both: int
    median: float
    interquartile_range: float
    share_changed: float


def change_between(
    earlier: ArrayLike,
    later: ArrayLike,
    *,
    since: int,
    central: tuple[ArrayLike, ArrayLike] | None = None,
) -> Change:
    """Return what changed between two rounds of one question.

    Parameters
    ----------
    earlier, later : (n, n_parts) float
        The same panellists' answers, row by row: only those who answered both.
    since : int
        Number of the earlier round.
    central : pair of (n,) float, optional
        The one number for which an answer of several parts stands; the first part by default.
    """
    before, after = np.atleast_2d(np.asarray(earlier, float)), np.atleast_2d(np.asarray(later, float))
    n_both = len(before) if before.size else 0
    if n_both == 0:
        return Change(since, 0, np.nan, np.nan, np.nan)
    was, is_ = (describe(each) for each in central or (before[:, 0], after[:, 0]))
    changed = float(np.mean(np.any(before != after, axis=1)))
    spread = is_.interquartile_range - was.interquartile_range
    return Change(since, n_both, is_.median - was.median, spread, changed)
