"""Compiled loops over draws. Importing this module imports numba, so it is imported where draws are made."""

from typing import Any

import numpy as np
from numba import njit

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.distributions.tables import LIMIT, MANTISSA_BITS
from innosi.scenarios.sampling.streams import GOLDEN, LAST_SHIFT, MIXING

RUN = 256
"""Draws that follow one another in one Sobol sequence before the next replicate takes its turn."""
REPLICATES = 16
"""Independently scrambled Sobol sequences that take turns, so that their differences show the error."""

_BITS = np.uint64(MANTISSA_BITS)
_DROPPED = np.uint64(64 - MANTISSA_BITS)
_STEP = 2.0**-MANTISSA_BITS
_GOLDEN = np.uint64(GOLDEN)
(_FIRST_SHIFT, _FIRST_FACTOR), (_SECOND_SHIFT, _SECOND_FACTOR) = (
    (np.uint64(shift), np.uint64(factor)) for shift, factor in MIXING
)
_THIRD_SHIFT = np.uint64(LAST_SHIFT)
_ONE = np.uint64(1)
_STRIP = 1024  # so many numbers of a row at once stay in the processor's first cache


@njit(nogil=True, cache=True, error_model="numpy")
def _fraction(word: np.uint64) -> float:
    """A number within (0, 1), symmetric about ½, from the upper 52 bits of a word."""
    return (np.float64(word >> _DROPPED) + 0.5) * _STEP


@njit(nogil=True, cache=True, error_model="numpy")
def _mixed(word: Any) -> Any:
    """The finishing steps of SplitMix64: every bit changes half of the others."""
    word = (word ^ (word >> _FIRST_SHIFT)) * _FIRST_FACTOR
    word = (word ^ (word >> _SECOND_SHIFT)) * _SECOND_FACTOR
    return word ^ (word >> _THIRD_SHIFT)


@njit(nogil=True, cache=True, error_model="numpy")
def _random_row(keys: Any, start: int, out: FloatArray) -> None:
    """Fill `out` with the uniforms of draws start, start + 1, … of one stream."""
    first, second = keys[0] + np.uint64(start + 1) * _GOLDEN, keys[1]
    for at in range(out.shape[0]):
        out[at] = _fraction(_mixed(_mixed(first + np.uint64(at) * _GOLDEN) ^ second))


@njit(nogil=True, cache=True, error_model="numpy")
def random(keys: Any, start: int, out: FloatArray) -> None:
    """Fill row k of `out` with the uniforms of draws start, start + 1, … under keys[k]; see `uniforms`."""
    for row in range(out.shape[0]):
        _random_row(keys[row], start, out[row])


@njit(nogil=True, cache=True, error_model="numpy")
def sobol(directions: Any, shifts: Any, start: int, out: FloatArray) -> None:
    """Fill row k of `out` with dimension k of scrambled Sobol sequences at draws start, start + 1, …

    Runs of 256 draws come from 16 sequences in turn.

    Parameters
    ----------
    directions : (16, n_rows, 52) uint64
        Scrambled direction numbers of each sequence.
    shifts : (16, n_rows) uint64
        Digital shifts.
    """
    for row in range(out.shape[0]):
        for at in range(out.shape[1]):
            draw = start + at
            run = draw // RUN
            index = np.uint64(run // REPLICATES * RUN + draw % RUN)
            replicate = run % REPLICATES
            gray, word, digit = index ^ (index >> _ONE), shifts[replicate, row], 0
            while gray:
                if gray & _ONE:
                    word ^= directions[replicate, row, digit]
                gray >>= _ONE
                digit += 1
            out[row, at] = (np.float64(word) + 0.5) * _STEP


@njit(nogil=True, cache=True, error_model="numpy")
def strata(keys: Any, n_draws: int, start: int, out: FloatArray) -> None:
    """Turn uniform numbers into those of a Latin hypercube: draw i goes to stratum π(i) of n_draws.

    π is a permutation of 0 … n_draws − 1 for each key, computed for one draw at a time: a Feistel network
    of six rounds on the next even power of two, walked until it falls below n_draws (Black & Rogaway 2002,
    Ciphers with arbitrary finite domains).

    Parameters
    ----------
    keys : (n_rows, 2) uint64
    out : (n_rows, n) float
        Uniform numbers, which become the places within the strata.
    """
    half = np.uint64(1)
    while (_ONE << (half + half)) < np.uint64(n_draws):
        half += _ONE
    mask = (_ONE << half) - _ONE
    for row in range(out.shape[0]):
        for at in range(out.shape[1]):
            place = np.uint64(start + at)
            while True:
                left, right = place >> half, place & mask
                for turn in range(6):
                    key = keys[row, turn % 2] + np.uint64(turn) * _GOLDEN
                    left, right = right, left ^ (_mixed(right ^ key) & mask)
                place = (left << half) | right
                if place < np.uint64(n_draws):
                    break
            out[row, at] = (np.float64(place) + out[row, at]) / n_draws


@njit(nogil=True, cache=True, error_model="numpy")
def table_row(u: FloatArray, table: FloatArray, fineness: int, out: FloatArray, pieces: Any) -> int:
    """Write the quantiles of a table (see `QuantileTable`) of u to `out`; return how many lie beyond it.

    The value of a u beyond the table is that at its end, for the caller to replace.

    Parameters
    ----------
    u, out : (n,) float
    table : (n_pieces, 4) float
    pieces : (n,) uint64
        Room to work in.
    """
    shift = np.uint64(MANTISSA_BITS - fineness)
    first = np.float64(LIMIT).view(np.uint64) >> shift
    upper = np.uint64(table.shape[0] // 2)
    n_beyond = 0
    for at in range(u.shape[0]):
        t = min(u[at], 1.0 - u[at])
        n_beyond += t < LIMIT
        t = max(t, LIMIT)
        digits = np.float64(t).view(np.uint64) >> shift
        pieces[at] = digits - first + (upper if u[at] > 0.5 else np.uint64(0))
        out[at] = t - np.uint64(digits << shift).view(np.float64)
    for at in range(u.shape[0]):
        piece, d = pieces[at], out[at]
        out[at] = table[piece, 0] + d * (table[piece, 1] + d * (table[piece, 2] + d * table[piece, 3]))
    return n_beyond


@njit(nogil=True, cache=True, error_model="numpy")
def triangular_row(u: FloatArray, corners: FloatArray, out: FloatArray) -> None:
    """Write the quantiles of a triangular distribution with corners (low, mode, high) to `out`."""
    low, mode, high = corners
    width = high - low
    share, rise, fall = (mode - low) / width, width * (mode - low), width * (high - mode)
    for at in range(u.shape[0]):
        rising = low + np.sqrt(u[at] * rise)
        falling = high - np.sqrt((1.0 - u[at]) * fall)
        out[at] = rising if u[at] <= share else falling


@njit(nogil=True, cache=True, error_model="numpy")
def _quantile_row(
    row: IntArray, corners: FloatArray, u: FloatArray, tables: FloatArray, out: FloatArray
) -> int:
    """Write one row's quantiles of u to `out`; return how many of u lie beyond its table."""
    _, fineness, begin, end = row
    if fineness < 0:
        for at in range(u.shape[0]):  # `out[:] = u` would take two seconds longer to compile
            out[at] = u[at]
    elif fineness == 0:
        triangular_row(u, corners, out)
    else:
        return table_row(u, tables[begin:end], fineness, out, np.empty(u.shape[0], np.uint64))
    return 0


@njit(nogil=True, cache=True, error_model="numpy")
def quantiles(layout: Any, uniforms: FloatArray, n: int, out: FloatArray, beyond: IntArray) -> None:
    """Fill the first n of every row of `out` with quantiles of its row of uniforms.

    Parameters
    ----------
    layout : (rows, tables, corners)
        (n_rows, 4) int: stream, fineness (0: a triangular; −1: left as it is), where its table begins and
        ends; (…, 4) float: all tables, one after another; (n_rows, 3) float: corners of triangulars.
    uniforms : (n_streams, n or more) float
    out : (n_rows, n or more) float
        Contiguous, like `uniforms`: what is not cannot be reckoned with eight at a time.
    beyond : (n_rows,) int
        Is told how many uniforms of a row lie beyond its table.
    """
    rows, tables, corners = layout
    for row in range(rows.shape[0]):
        beyond[row] = 0
        u, line = uniforms[rows[row, 0]], out[row]
        for at in range(0, n, _STRIP):
            end = min(at + _STRIP, n)
            beyond[row] += _quantile_row(rows[row], corners[row], u[at:end], tables, line[at:end])


@njit(nogil=True, cache=True, error_model="numpy")
def random_quantiles(keys_and_start: Any, layout: Any, n: int, out: FloatArray, beyond: IntArray) -> None:
    """Do as `random` and then `quantiles` would, with but a strip of uniforms at a time in memory."""
    keys, start = keys_and_start
    rows, tables, corners = layout
    room = np.empty(_STRIP)
    for row in range(rows.shape[0]):
        beyond[row] = 0
        key = keys[rows[row, 0]]
        line = out[row]
        for at in range(0, n, _STRIP):
            end = min(at + _STRIP, n)
            u = room[: end - at]
            _random_row(key, start + at, u)
            beyond[row] += _quantile_row(rows[row], corners[row], u, tables, line[at:end])
