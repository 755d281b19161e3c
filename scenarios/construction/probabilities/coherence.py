"""Probabilities of combinations that meet judgements: the most even ones, and the nearest where none do.

Throughout, `rows` has shape (n_rows, n_combinations): which combinations a judgement is about (0 or 1). The
judgement says that their probabilities add up to its entry of `targets`, shape (n_rows,).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack
from scipy.special import logsumexp

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError

BoolArray = npt.NDArray[np.bool_]

_MET = 1e-9
_STEPS = 200
_SHORTEST = 1e-6
_NO_ENTROPY = 1e-7
_ROUNDING = 1e-12
_HELD = 1e3
"""How much heavier a judgement weighs that must not move; moves of others are some 1e-6 of theirs for it."""
_FACE = 1e-7


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest targets that go together.

    Attributes
    ----------
    targets : (n_rows,) float
    support : (n_combinations,) bool
        Outside it, a combination that had a probability would spoil some nearest target.
    probabilities : (n_combinations,) float
        Some that meet the targets; there may be others.
    """

    targets: FloatArray
    support: BoolArray
    probabilities: FloatArray


def most_even(rows: FloatArray, targets: FloatArray, support: BoolArray | None = None) -> FloatArray | None:
    """Return the probabilities of greatest entropy that meet the targets; None where there are none.

    Newton's method on the convex dual, log Σ exp(λ·rows) − λ·targets, whose gradient is by how much the
    targets are missed.

    Parameters
    ----------
    support : (n_combinations,) bool, optional
        Which combinations may have a probability; all by default.

    Source
    ------
    Jaynes (1957), Information theory and statistical mechanics. Physical Review 106; the dual: Boyd &
    Vandenberghe (2004), Convex optimization, 5.1.6.
    """
    chosen = np.ones(rows.shape[1], dtype=bool) if support is None else support.astype(bool)
    within = rows[:, chosen]
    weights = np.zeros(len(targets))
    value, shares = _dual(within, targets, weights)
    for _ in range(_STEPS):
        met = within @ shares
        missed = met - targets
        if np.max(np.abs(missed), initial=0.0) < _MET:
            found = np.zeros(rows.shape[1])
            found[chosen] = shares
            return found
        curvature = (within * shares) @ within.T - np.outer(met, met)
        step = -np.linalg.lstsq(curvature, missed, rcond=1e-13)[0]
        slope, length = float(missed @ step), 1.0
        new_value, new_shares = _dual(within, targets, weights + step)
        while new_value > value + 1e-4 * length * slope + _ROUNDING and length > _SHORTEST:
            length /= 2
            new_value, new_shares = _dual(within, targets, weights + length * step)
        is_stuck = slope >= 0 or new_value > value + _ROUNDING
        if is_stuck or new_value < -_NO_ENTROPY:  # the least value is an entropy, where there is one
            return None
        weights, value, shares = weights + length * step, new_value, new_shares
    return None


def _dual(rows: FloatArray, targets: FloatArray, weights: FloatArray) -> tuple[float, FloatArray]:
    exponents = weights @ rows
    total = float(logsumexp(exponents))
    return total - float(weights @ targets), np.exp(exponents - total)


def nearest_by_squares(rows: FloatArray, targets: FloatArray, held: BoolArray) -> Nearest:
    """Return the nearest targets that go together, by the sum of squared differences; they are unique.

    The nearest point of the convex hull of the rows' columns: Lawson & Hanson's least-distance problem, by
    non-negative least squares.

    Parameters
    ----------
    held : (n_rows,) bool
        Which targets must not move.

    Source
    ------
    Lawson & Hanson (1974), Solving least squares problems, chapter 23.
    """
    weights = np.where(held, _HELD, 1.0)
    sides = np.vstack([weights[:, None] * (rows - targets[:, None]), np.ones(rows.shape[1])])
    goal = np.zeros(len(sides))
    goal[-1] = 1.0
    found = _non_negative(sides, goal)
    probabilities = found / found.sum()
    met = rows @ probabilities
    pull = weights**2 * (targets - met)
    reach = pull @ rows
    support = reach >= reach @ probabilities - _FACE * max(1.0, float(np.max(np.abs(reach))))
    return Nearest(met, support | (probabilities > 0), probabilities)


def _non_negative(sides: FloatArray, goal: FloatArray) -> FloatArray:
    """Non-negative least squares by active sets; sides may have far more columns than rows."""
    n = sides.shape[1]
    found, is_free = np.zeros(n), np.zeros(n, dtype=bool)
    for _ in range(30 * len(goal)):
        gain = sides.T @ (goal - sides @ found)
        gain[is_free] = -np.inf
        best = int(np.argmax(gain))
        if gain[best] <= 1e-13 * max(1.0, float(np.linalg.norm(sides[:, best]))):
            break
        is_free[best] = True
        if not _settle(sides, goal, found, is_free):
            break
    return found


def _settle(sides: FloatArray, goal: FloatArray, found: FloatArray, is_free: BoolArray) -> bool:
    """Solve for the free columns, freeing those that would fall below 0; False where nothing changes."""
    before = found.copy()
    while True:
        places = np.flatnonzero(is_free)
        wanted = np.linalg.lstsq(sides[:, places], goal, rcond=None)[0]
        if np.all(wanted > 0):
            found[:] = 0.0
            found[places] = wanted
            return not np.allclose(found, before, rtol=0, atol=1e-15)
        falls = wanted <= 0
        steps = found[places][falls] / np.maximum(found[places][falls] - wanted[falls], 1e-300)
        length = float(np.min(steps))
        found[places] += length * (wanted - found[places])
        found[places[(found[places] < 1e-14) & falls]] = 0.0
        is_free[places] = found[places] > 0


def nearest_by_size(rows: FloatArray, targets: FloatArray, held: BoolArray) -> Nearest:
    """Return nearest targets that go together, by the sum of the differences' sizes.

    A linear programme: few judgements move, and by much. There may be several that are as near.

    Parameters
    ----------
    held : (n_rows,) bool
        Which targets must not move.

    Raises
    ------
    InnosiError
        If the held targets alone do not go together.
    """
    n_rows, n = rows.shape
    slack = csr_array(eye_array(n_rows))
    sides = hstack([csr_array(rows), slack, -slack]).tocsr()
    whole = csr_array(np.concatenate([np.ones(n), np.zeros(2 * n_rows)])[None, :])
    cost = np.concatenate([np.zeros(n), np.ones(2 * n_rows)])
    ends = [(0, None)] * n + [(0, 0 if is_held else None) for is_held in held] * 2
    result = linprog(  # type: ignore[call-overload] # its types know no sparse arrays
        cost,
        A_eq=_stacked(sides, whole),
        b_eq=np.append(targets, 1.0),
        bounds=ends,
        method="highs",
    )
    if result.status != 0:
        raise InnosiError("the probabilities that are held do not go together", mend="hold fewer of them")
    probabilities = np.maximum(result.x[:n], 0)
    probabilities /= probabilities.sum()
    reduced = -(_stacked(csr_array(rows), whole[:, :n]).T @ result.eqlin.marginals)
    return Nearest(rows @ probabilities, (reduced < _FACE) | (probabilities > 0), probabilities)


def _stacked(upper: csr_array, lower: csr_array) -> csr_array:
    from scipy.sparse import vstack

    return csr_array(vstack([upper, lower]))


def ranges(rows: FloatArray, nearest: Nearest, places: IntArray) -> FloatArray:
    """Return the least and the greatest probability that some combinations can have, all targets being met.

    Parameters
    ----------
    places : (k,) int
        Which combinations.

    Returns
    -------
    (k, 2) float
    """
    within = np.flatnonzero(nearest.support)
    sides = np.vstack([rows[:, within], np.ones(len(within))])
    goal = np.append(nearest.targets, 1.0)
    found = np.zeros((len(places), 2))
    for line, place in enumerate(places):
        if not nearest.support[place]:
            continue
        cost = (within == place).astype(float)
        for end, sign in enumerate((1.0, -1.0)):
            result = linprog(sign * cost, A_eq=sides, b_eq=goal, bounds=(0, None), method="highs")
            at = nearest.probabilities[place] if result.status != 0 else sign * float(result.fun or 0.0)
            found[line, end] = min(max(at, 0.0), 1.0)
    return found
