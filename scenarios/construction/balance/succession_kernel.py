"""Compiled succession: how scenarios move towards what pushes them. Importing it imports numba.

A system is (judgements, starts, n_states, speeds, is_held, slack): the matrix (n_states, n_states) float, the
first row of each descriptor and how many states it has, its speed (0 the fastest) for adiabatic succession,
whether it is held, and by how much two scores may differ and be taken for equal. Scenarios are numbered as
mixed-radix numbers, the last descriptor changing first.
"""

from typing import Any

import numpy as np
from numba import njit

GLOBAL, LOCAL, INCREMENTAL, ADIABATIC = range(4)


@njit(nogil=True, cache=True, error_model="numpy")
def _score(system: Any, places: Any, scores: Any) -> None:
    """Add up what the states of a scenario give to each state."""
    judgements, starts = system[0], system[1]
    scores[:] = 0.0
    for i in range(places.shape[0]):
        row = starts[i] + places[i]
        for column in range(scores.shape[0]):
            scores[column] += judgements[row, column]


@njit(nogil=True, cache=True, error_model="numpy")
def _wishes(system: Any, places: Any, work: Any) -> None:
    """Where each descriptor is pushed, and how much more that gets; on a tie its own, else the first."""
    scores, wishes, pulls, _ = work
    starts, n_states, is_held, slack = system[1], system[2], system[4], system[5]
    for i in range(places.shape[0]):
        start = starts[i]
        own = scores[start + places[i]]
        best = own
        for k in range(n_states[i]):
            best = max(best, scores[start + k])
        wishes[i], pulls[i] = places[i], 0.0
        if best - own > slack and not is_held[i]:
            pulls[i] = best - own
            for k in range(n_states[i]):
                if scores[start + k] >= best - slack:
                    wishes[i] = k
                    break


@njit(nogil=True, cache=True, error_model="numpy")
def _step(rule: int, system: Any, places: Any, work: Any) -> None:
    """Where a scenario goes next, from where its descriptors are pushed."""
    _, wishes, pulls, following = work
    speeds = system[3]
    n = places.shape[0]
    if rule == LOCAL:
        most = 0
        for i in range(1, n):
            if pulls[i] > pulls[most] + system[5]:
                most = i
        following[:] = places
        following[most] = wishes[most]
        return
    fastest = -1
    if rule == ADIABATIC:
        for i in range(n):
            if pulls[i] > 0 and (fastest < 0 or speeds[i] < fastest):
                fastest = speeds[i]
    for i in range(n):
        if rule == INCREMENTAL:
            following[i] = places[i] + (wishes[i] > places[i]) - (wishes[i] < places[i])
        elif rule == ADIABATIC and speeds[i] != fastest:
            following[i] = places[i]
        else:
            following[i] = wishes[i]


@njit(nogil=True, cache=True, error_model="numpy")
def successors(rule: int, system: Any, begin: int, out: Any) -> None:
    """Fill `out` with the numbers of the successors of the scenarios from number `begin` on."""
    judgements, starts, n_states = system[0], system[1], system[2]
    n = n_states.shape[0]
    strides = np.ones(n, np.int64)
    for i in range(n - 2, -1, -1):
        strides[i] = strides[i + 1] * n_states[i + 1]
    places, following, scores = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(judgements.shape[0])
    work = (scores, np.empty(n, np.int64), np.zeros(n), following)
    for i in range(n):
        places[i] = begin // strides[i] % n_states[i]
    _score(system, places, scores)
    for at in range(out.shape[0]):
        _wishes(system, places, work)
        _step(rule, system, places, work)
        number = 0
        for i in range(n):
            number += following[i] * strides[i]
        out[at] = number
        i = n - 1
        while i >= 0:
            row = starts[i] + places[i]
            places[i] = (places[i] + 1) % n_states[i]
            after = starts[i] + places[i]
            for column in range(scores.shape[0]):
                scores[column] += judgements[after, column] - judgements[row, column]
            if places[i]:
                break
            i -= 1


@njit(nogil=True, cache=True, error_model="numpy")
def label_attractors(following: Any, labels: Any) -> Any:
    """Number the attractors; fill `labels`, which holds −1 everywhere, with the one each scenario leads to.

    Returns
    -------
    firsts, lengths
        Of each attractor: the number of its first scenario, and how many scenarios it goes through.
    """
    firsts, lengths = np.empty(following.shape[0], np.int64), np.empty(following.shape[0], np.int64)
    n_found = 0
    for start in range(following.shape[0]):
        here = start
        while labels[here] == -1:
            labels[here] = -2
            here = following[here]
        if labels[here] == -2:
            entry, lowest, length = here, here, 0
            while labels[here] == -2:
                labels[here] = n_found
                lowest = min(lowest, here)
                here = following[here]
                length += 1
            firsts[n_found], lengths[n_found] = lowest, length
            n_found += 1
            here = entry
        found = labels[here]
        here = start
        while labels[here] == -2:
            labels[here] = found
            here = following[here]
    return firsts[:n_found].copy(), lengths[:n_found].copy()


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(rule: int, system: Any, places: Any, work: Any) -> None:
    """Move a scenario one step."""
    scores, following = work[0], work[3]
    _score(system, places, scores)
    _wishes(system, places, work)
    _step(rule, system, places, work)
    places[:] = following


@njit(nogil=True, cache=True, error_model="numpy")
def _order(left: Any, right: Any) -> int:
    """Whether a scenario comes before another (−1), is it (0), or comes after (1)."""
    for i in range(left.shape[0]):
        if left[i] != right[i]:
            return -1 if left[i] < right[i] else 1
    return 0


@njit(nogil=True, cache=True, error_model="numpy")
def settle(rule: int, system: Any, scenarios: Any, lengths: Any, most_steps: int) -> None:
    """Move each scenario to the first scenario of its attractor, and tell how long that is.

    A length of 0 says that it had not settled after `most_steps`. Cycles are found as Brent (1980) does.
    """
    n = scenarios.shape[1]
    work = (np.empty(system[0].shape[0]), np.empty(n, np.int64), np.zeros(n), np.empty(n, np.int64))
    for at in range(scenarios.shape[0]):
        waiting, places = scenarios[at].copy(), scenarios[at].copy()
        _advance(rule, system, places, work)
        power, length, n_steps = 1, 1, 1
        while _order(waiting, places) != 0 and n_steps < most_steps:
            if power == length:
                waiting[:] = places
                power, length = 2 * power, 0
            _advance(rule, system, places, work)
            length += 1
            n_steps += 1
        if _order(waiting, places) != 0:
            lengths[at] = 0
            continue
        lengths[at] = length
        for _ in range(length):
            _advance(rule, system, places, work)
            if _order(places, waiting) < 0:
                waiting[:] = places
        scenarios[at] = waiting


@njit(nogil=True, cache=True, error_model="numpy")
def advance(rule: int, system: Any, places: Any) -> None:
    """Move a scenario one step."""
    n = places.shape[0]
    work = (np.empty(system[0].shape[0]), np.empty(n, np.int64), np.zeros(n), np.empty(n, np.int64))
    _advance(rule, system, places, work)
