"""How often each answer was given: all that most measures need to know of a question."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.statistics.levels import Scale
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How often each answer to one question was given.

    Attributes
    ----------
    levels : (k,) float, rising
        Every level of the scale, chosen or not; without a scale, every value that was given.
    counts : (k,) float
        How many panellists gave each.
    scale : (int, int), optional
        Lowest and highest level, where the answers are ratings.
    ranks : (n, n_items) float, optional
        Row by row a panellist's ranks, where the question asks for a ranking.
    cut_off : float
        Of the round: the average per cent of majority opinions; NaN where it was not computed.
    """

    levels: FloatArray
    counts: FloatArray
    scale: Scale | None = None
    ranks: FloatArray | None = None
    cut_off: float = np.nan

    @classmethod
    def of(cls, values: ArrayLike, scale: Scale | None = None, **about: object) -> "Tally":
        """Count answers; missing ones (NaN) are left out.

        Parameters
        ----------
        values : (n,) float
        scale : (int, int), optional

        Raises
        ------
        AnswerError
            If an answer is no level of the scale.

        Examples
        --------
        >>> Tally.of([1, 3, 3], scale=(1, 3)).counts
        array([1., 0., 2.])
        """
        answers = answered(values)
        levels, found = np.unique(answers, return_counts=True)
        counts = found.astype(float)
        if scale is not None:
            every = np.arange(scale[0], scale[1] + 1, dtype=float)
            _refuse_off_scale(levels, every, scale)
            placed = np.zeros(every.size)
            placed[np.searchsorted(every, levels)] = counts
            levels, counts = every, placed
        return cls(levels, counts, scale, **about)  # type: ignore[arg-type]

    @property
    def n(self) -> int:
        """How many answered."""
        return int(self.counts.sum())

    @property
    def n_different(self) -> int:
        """How many different answers were given."""
        return int(np.count_nonzero(self.counts))


def answered(values: ArrayLike) -> FloatArray:
    """Return the answers that were given: missing ones (NaN) are left out of every measure."""
    flat = np.ravel(np.asarray(values, dtype=float))
    given: FloatArray = flat[~np.isnan(flat)]
    return given


def checked_counts(counts: ArrayLike, levels: ArrayLike | None = None) -> tuple[FloatArray, FloatArray]:
    """Return counts on an ordered scale with the value of each level; 1, 2, 3, … by default.

    Raises
    ------
    AnswerError
        If a count is negative, there are fewer than two levels, or the levels do not rise.
    """
    found = np.asarray(counts, dtype=float)
    values = np.arange(1.0, found.shape[-1] + 1) if levels is None else np.asarray(levels, dtype=float)
    if found.ndim == 0 or found.shape[-1] < 2 or values.shape != found.shape[-1:]:
        raise AnswerError(
            f"{found.shape[-1:] or 'no'} counts for {values.size} levels",
            mend="give one count for each level of the scale, chosen or not; two at the least",
        )
    if not np.all(found >= 0) or np.any(np.diff(values) <= 0):
        raise AnswerError(
            "a count is negative or missing, or the levels do not rise", mend="count 0 where nobody chose"
        )
    return found, values


def shares(counts: FloatArray) -> FloatArray:
    """Return counts as shares of all answers; NaN where nobody answered."""
    total = np.sum(counts, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):
        found: FloatArray = counts / np.where(total > 0, total, np.nan)
    return found


def _refuse_off_scale(found: FloatArray, every: FloatArray, scale: Scale) -> None:
    strange = found[~np.isin(found, every)]
    if strange.size:
        raise AnswerError(
            f"{strange[0]:g} is no level of the scale from {scale[0]} to {scale[1]}",
            mend="mend the answer, or leave it missing (NaN)",
        )
