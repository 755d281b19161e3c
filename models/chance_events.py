"""Events that may happen: with what probability, when, for how long, and how strong."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray


@dataclass(frozen=True, slots=True)
class ChanceEvent:
    """What an event changes: names of outcomes and inputs. Its numbers come with the draws."""

    title: str
    outcomes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    lasts: bool = True
    """Whether it ends; if not, it goes on to the last year."""


def happens(chance: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Return 1 where an event happens, else 0.

    Parameters
    ----------
    chance : (...,) float
        Uniform between 0 and 1.
    probability : (...,) float
    """
    return (np.asarray(chance) < np.asarray(probability)).astype(float)


def share_of_year(year: int, begins: ArrayLike, duration: ArrayLike) -> FloatArray:
    """Return how much of a year an event lasts through, between 0 and 1.

    Parameters
    ----------
    year : int
        1 is the first year, which runs from time 1 to time 2.
    begins : (...,) float, years
        Time at which it begins: 2 is the beginning of year 2, 2.5 the middle of it.
    duration : (...,) float, years
        May be infinite.

    Examples
    --------
    >>> [float(share_of_year(year, 1.5, 2)) for year in (1, 2, 3, 4)]
    [0.5, 1.0, 0.5, 0.0]
    """
    start = np.asarray(begins, dtype=float)
    end = start + np.asarray(duration, dtype=float)
    overlap: FloatArray = np.clip(np.minimum(end, year + 1) - np.maximum(start, year), 0.0, 1.0)
    return overlap
