"""Compiled loops over draws. Importing this module imports numba, so it is imported where a loop runs."""

from typing import Any

import numpy as np
from numba import njit

from innosi.models.arrays import FloatArray

STRIP = 256
"""So many draws at once stay in the processor's first cache through all years."""


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
    rooms, is_one, n_years = np.empty((9, STRIP)), shares.shape[2] == 1, by_year.shape[0]
    for k in range(7):
        rooms[k] = numbers[k][0]
    for start in range(0, worth.shape[0], STRIP):
        stop = min(start + STRIP, worth.shape[0])
        level, plain, total = rooms[7, : stop - start], rooms[8, : stop - start], worth[start:stop]
        parts = (
            _part(numbers[0], rooms[0], start, stop),
            _part(numbers[1], rooms[1], start, stop),
            _part(numbers[2], rooms[2], start, stop),
            _part(numbers[3], rooms[3], start, stop),
            _part(numbers[4], rooms[4], start, stop),
            _part(numbers[5], rooms[5], start, stop),
            _part(numbers[6], rooms[6], start, stop),
        )
        plain[:] = 0.0
        for year in range(n_years):
            if is_one:
                _rise(plain, shares[1, year, 0])
            else:
                _rise_each(plain, shares[1, year, start:stop])
        _first_year(level, parts, plain, levels, start)
        for year in range(n_years):
            line = by_year[year, start:stop]
            if is_one:
                _add(level, shares[0, year, 0], shares[1, year, 0], line, total)
            else:
                _add_each(level, shares[0, year, start:stop], shares[1, year, start:stop], line, total)
            _fall(level, parts[6])


@njit(nogil=True, cache=True, error_model="numpy")
def add_outcomes(
    layout: Any, values: FloatArray, levels: FloatArray, by_year: FloatArray, worth: FloatArray
) -> None:
    """Do as `add_outcome` would for one outcome after another, a strip of draws through all of them.

    Parameters
    ----------
    layout : (rows, same, shares, years)
        (n_outcomes, 7) int: the row of `values` in which each number stands, or −1; (n_outcomes, 7, STRIP)
        float: the number itself where there is no row; (n_outcomes, 2, n_years) float; (n_outcomes, 2) int:
        the index of an outcome's first year, and of the year after its last.
    values : (n_rows, n or more) float
    levels : (4, n) float
    by_year : (n_years, n) float
    worth : (n,) float
    """
    rows, same, shares, years = layout
    rooms = np.empty((3, STRIP))
    for start in range(0, worth.shape[0], STRIP):
        stop = min(start + STRIP, worth.shape[0])
        level, plain, own = rooms[0, : stop - start], rooms[1, : stop - start], rooms[2, : stop - start]
        for outcome in range(rows.shape[0]):
            row, one = rows[outcome], same[outcome]
            parts = (
                _row_part(values, row[0], one[0], start, stop),
                _row_part(values, row[1], one[1], start, stop),
                _row_part(values, row[2], one[2], start, stop),
                _row_part(values, row[3], one[3], start, stop),
                _row_part(values, row[4], one[4], start, stop),
                _row_part(values, row[5], one[5], start, stop),
                _row_part(values, row[6], one[6], start, stop),
            )
            plain[:] = 0.0
            own[:] = 0.0
            for year in range(years[outcome, 0], years[outcome, 1]):
                _rise(plain, shares[outcome, 1, year])
            _first_year(level, parts, plain, levels, start)
            for year in range(years[outcome, 0], years[outcome, 1]):
                share, weight = shares[outcome, 0, year], shares[outcome, 1, year]
                _add(level, share, weight, by_year[year, start:stop], own)
                _fall(level, parts[6])
            _rise_each(worth[start:stop], own)


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


@njit(nogil=True, cache=True, error_model="numpy")
def _part(numbers: FloatArray, same: FloatArray, start: int, stop: int) -> FloatArray:
    """The numbers of some draws; where there is one for all, it stands in `same` as often as need be."""
    return numbers[start:stop] if numbers.shape[0] > 1 else same[: stop - start]


@njit(nogil=True, cache=True, error_model="numpy")
def _row_part(values: FloatArray, row: int, same: FloatArray, start: int, stop: int) -> FloatArray:
    """The numbers of some draws in a row; those of `same` where there is no such row."""
    return values[row, start:stop] if row >= 0 else same[: stop - start]


@njit(nogil=True, cache=True, error_model="numpy")
def _first_year(level: FloatArray, parts: Any, weight: FloatArray, levels: FloatArray, start: int) -> None:
    """Fill `level` with what some draws bring in the first year; tally it at every step, weighted."""
    stop = start + level.shape[0]
    _begin(level, parts[:3], weight, levels[0, start:stop])
    for step in range(1, levels.shape[0]):  # deadweight, displacement, attribution
        _take_off(level, parts[2 + step], weight, levels[step, start:stop])


# Loops over whole arrays from 0: with any other beginning the compiler does not reckon eight at a time.
# Written out: arithmetic on whole arrays takes the compiler seconds longer.


@njit(nogil=True, cache=True, error_model="numpy")
def _begin(level: FloatArray, parts: Any, weight: FloatArray, tally: FloatArray) -> None:
    quantity, counterfactual, proxy = parts
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
def _rise(total: FloatArray, more: float) -> None:
    for i in range(total.shape[0]):
        total[i] += more


@njit(nogil=True, cache=True, error_model="numpy")
def _rise_each(total: FloatArray, more: FloatArray) -> None:
    for i in range(total.shape[0]):
        total[i] += more[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _fall(level: FloatArray, lost: FloatArray) -> None:
    for i in range(level.shape[0]):
        level[i] *= 1.0 - lost[i]
