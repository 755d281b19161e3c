"""Compiled loops over draws. Importing this module imports numba, so it is imported where a loop runs."""

from typing import Any

from numba import njit

from innosi.models.arrays import FloatArray

_STRIP = 512  # so many draws at once stay in the processor's first cache through all years


@njit(nogil=True, cache=True, error_model="numpy")
def add_years(
    level: FloatArray, kept: FloatArray, shares: Any, by_year: FloatArray, worth: FloatArray
) -> None:
    """Add what comes of an impact, year after year, to the value of each year and to what it is worth.

    Parameters
    ----------
    level : (n,) float
        Impact in the first year; it is used up.
    kept : (n,) or (1,) float
        Share of it that is left each year after.
    shares : (2, n_active, n) or (2, n_active, 1) float
        What counts of it in each year, and what that is worth today.
    by_year : (n_active, n) float
        Is added to.
    worth : (n,) float
        Is added to.
    """
    n, is_kept_one, is_share_one = level.shape[0], kept.shape[0] == 1, shares.shape[2] == 1
    for start in range(0, n, _STRIP):
        stop = min(start + _STRIP, n)
        now, total = level[start:stop], worth[start:stop]
        for year in range(by_year.shape[0]):
            line = by_year[year, start:stop]
            if is_share_one:
                _add(now, shares[0, year, 0], shares[1, year, 0], line, total)
            else:
                _add_each(now, shares[0, year, start:stop], shares[1, year, start:stop], line, total)
            if is_kept_one:
                _scale(now, kept[0])
            else:
                _scale_each(now, kept[start:stop])


# Loops over whole arrays from 0: with any other beginning the compiler does not reckon eight at a time.


@njit(nogil=True, cache=True, error_model="numpy")
def _add(level: FloatArray, share: float, weight: float, line: FloatArray, total: FloatArray) -> None:
    for i in range(level.shape[0]):
        line[i] += level[i] * share
        total[i] += level[i] * weight


@njit(nogil=True, cache=True, error_model="numpy")
def _add_each(
    level: FloatArray, shares: FloatArray, weights: FloatArray, line: FloatArray, total: FloatArray
) -> None:
    for i in range(level.shape[0]):
        line[i] += level[i] * shares[i]
        total[i] += level[i] * weights[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _scale(level: FloatArray, kept: float) -> None:
    for i in range(level.shape[0]):
        level[i] *= kept


@njit(nogil=True, cache=True, error_model="numpy")
def _scale_each(level: FloatArray, kept: FloatArray) -> None:
    for i in range(level.shape[0]):
        level[i] *= kept[i]
