"""Compiled loops over draws. Importing this module imports numba, so it is imported where a loop runs."""

from typing import Any

import numpy as np
from numba import njit

from innosi.models.arrays import FloatArray

_STRIP = 256  # so many draws at once stay in the processor's first cache through all years


@njit(nogil=True, cache=True, error_model="numpy")
def add_outcome(
    numbers: Any, shares: Any, levels: FloatArray, by_year: FloatArray, worth: FloatArray
) -> None:
    """Add what an outcome brings, year after year; see `innosi.models.impact.add_outcome`.

    Parameters
    ----------
    numbers : tuple of 7 (n,) or (1,) float
        Quantity, counterfactual quantity, financial proxy, deadweight, displacement, attribution, drop-off.
    shares : (2, n_active, n) or (2, n_active, 1) float
    levels : (4, n) float
    by_year : (n_active, n) float
    worth : (n,) float
    """
    rooms, is_one = np.empty((9, _STRIP)), shares.shape[2] == 1
    for k in range(7):
        rooms[k] = numbers[k][0]
    for start in range(0, worth.shape[0], _STRIP):
        stop = min(start + _STRIP, worth.shape[0])
        level, plain, total = rooms[7, : stop - start], rooms[8, : stop - start], worth[start:stop]
        quantity, counterfactual = (
            _part(numbers[0], rooms[0], start, stop),
            _part(numbers[1], rooms[1], start, stop),
        )
        plain[:] = 0.0
        for year in range(by_year.shape[0]):
            if is_one:
                plain += shares[1, year, 0]
            else:
                plain += shares[1, year, start:stop]
        proxy = _part(numbers[2], rooms[2], start, stop)
        _begin(level, quantity, counterfactual, proxy, plain, levels[0, start:stop])
        for k in range(3, 6):
            share = _part(numbers[k], rooms[k], start, stop)
            _take_off(level, share, plain, levels[k - 2, start:stop])
        lost = _part(numbers[6], rooms[6], start, stop)
        for year in range(by_year.shape[0]):
            line = by_year[year, start:stop]
            if is_one:
                _add(level, shares[0, year, 0], shares[1, year, 0], line, total)
            else:
                _add_each(level, shares[0, year, start:stop], shares[1, year, start:stop], line, total)
            _fall(level, lost)


@njit(nogil=True, cache=True, error_model="numpy")
def payback_months(by_year: FloatArray, inputs: FloatArray, months: FloatArray) -> None:
    """See `innosi.models.impact.payback_months`; `by_year` is (n_years, n), the others (n,)."""
    for i in range(months.shape[0]):
        cumulated, months[i] = 0.0, np.inf
        for year in range(by_year.shape[0]):
            during = by_year[year, i]
            missing, cumulated = inputs[i] - cumulated, cumulated + during
            if cumulated >= inputs[i]:
                part = missing / during if during > 0.0 else 0.0
                months[i] = 12.0 * (year + min(max(part, 0.0), 1.0))
                break


# Loops over whole arrays from 0: with any other beginning the compiler does not reckon eight at a time.


@njit(nogil=True, cache=True, error_model="numpy")
def _part(numbers: FloatArray, same: FloatArray, start: int, stop: int) -> FloatArray:
    """The numbers of some draws; where there is one for all, it stands in `same` as often as need be."""
    return numbers[start:stop] if numbers.shape[0] > 1 else same[: stop - start]


@njit(nogil=True, cache=True, error_model="numpy")
def _begin(  # noqa: PLR0917 - a loop takes each array by itself
    level: FloatArray,
    quantity: FloatArray,
    counterfactual: FloatArray,
    proxy: FloatArray,
    weight: FloatArray,
    tally: FloatArray,
) -> None:
    for i in range(level.shape[0]):
        level[i] = (quantity[i] - counterfactual[i]) * proxy[i]
        tally[i] += quantity[i] * proxy[i] * weight[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _take_off(level: FloatArray, share: FloatArray, weight: FloatArray, tally: FloatArray) -> None:
    for i in range(level.shape[0]):
        level[i] *= 1.0 - share[i]
        tally[i] += level[i] * weight[i]


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
def _fall(level: FloatArray, lost: FloatArray) -> None:
    for i in range(level.shape[0]):
        level[i] *= 1.0 - lost[i]
