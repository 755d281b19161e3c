"""A compiled search for all consistent scenarios: depth first, by bounds. Importing it imports numba.

A lane is what one state of one descriptor has in advance of one of its rivals, summed over what acts on it.
Lane (r, p) is that of state p in advance of rival r of its descriptor; a state's lane with itself is free and
holds its advance of all rivals together. A state can only be part of a consistent scenario if none of its
lanes can end below 0. Two bounds tell how high they can end:

- each lane by itself: every descriptor that is still open acts as favourably as it can;
- the scarcest lanes of the states that are settled, added up: what is favourable for one is often not for
  another, so that the sum is far below the sum of the bounds.

Both settle states by what they exclude, until nothing more follows. States stand in masks of bits.
"""

from typing import Any

import numpy as np
from numba import njit

MOST_LANES = 6
"""So many of the scarcest lanes are added up; more exclude little and cost as much again."""


@njit(nogil=True, cache=True, error_model="numpy")
def _narrow(most_of: Any, bounds: Any, descriptor: int, mask: int, narrower: int) -> None:
    """Take from all lanes what a descriptor cannot give any more, as fewer of its states are left."""
    most, firsts = most_of
    before, after = most[firsts[descriptor] + mask], most[firsts[descriptor] + narrower]
    for rival in range(bounds.shape[0]):
        for state in range(bounds.shape[1]):
            bounds[rival, state] += after[rival, state] - before[rival, state]


@njit(nogil=True, cache=True, error_model="numpy")
def _exclude_by_lanes(most_of: Any, bounds: Any, masks: Any) -> bool:
    """Exclude each state one of whose lanes ends below 0; whether every descriptor has one left."""
    width = bounds.shape[0]
    has_changed = True
    while has_changed:
        has_changed = False
        for descriptor in range(masks.shape[0]):
            mask, kept = masks[descriptor], 0
            for place in range(width):
                if mask >> place & 1:
                    is_possible = True
                    for rival in range(width):
                        if bounds[rival, descriptor * width + place] < 0:
                            is_possible = False
                            break
                    if is_possible:
                        kept |= 1 << place
            if kept != mask:
                if kept == 0:
                    return False
                _narrow(most_of, bounds, descriptor, mask, kept)
                masks[descriptor] = kept
                has_changed = True
    return True


@njit(nogil=True, cache=True, error_model="numpy")
def _scarcest(bounds: Any, masks: Any, lanes: Any, room: Any) -> int:
    """List the scarcest lane of each settled state, scarcest first; how many there are."""
    width, n = bounds.shape[0], 0
    for descriptor in range(masks.shape[0]):
        mask = masks[descriptor]
        if mask & (mask - 1) == 0:
            place = 0
            while (mask >> place) & 1 == 0:
                place += 1
            state = descriptor * width + place
            scarcest = 0
            for rival in range(1, width):
                if bounds[rival, state] < bounds[scarcest, state]:
                    scarcest = rival
            at = n
            while at > 0 and room[at - 1] > bounds[scarcest, state]:
                room[at], lanes[at] = room[at - 1], lanes[at - 1]
                at -= 1
            room[at], lanes[at] = bounds[scarcest, state], state * width + scarcest
            n += 1
    return n


@njit(nogil=True, cache=True, error_model="numpy")
def _sum_of_bests(total: Any, masks: Any, best: Any) -> tuple[Any, Any]:
    """The most that the added lanes can reach, and the most that one descriptor's choice can cost them."""
    width = total.shape[0] // masks.shape[0]
    reach, dearest = total[0] * 0, total[0] * 0
    for descriptor in range(masks.shape[0]):
        mask, is_first = masks[descriptor], True
        high, low = total[0], total[0]
        for place in range(width):
            if mask >> place & 1:
                gain = total[descriptor * width + place]
                if is_first or gain > high:
                    high = gain
                if is_first or gain < low:
                    low = gain
                is_first = False
        best[descriptor] = high
        reach += high
        dearest = max(dearest, high - low)
    return reach, dearest


@njit(nogil=True, cache=True, error_model="numpy")
def _exclude_by_sums(most_of: Any, lanes_of: Any, bounds: Any, masks: Any, work: Any) -> int:
    """Exclude states by sums of scarce lanes: -1 if nothing can be consistent, 1 if states went, else 0."""
    gains, allowances = lanes_of
    total, best, lanes, room = work
    width = bounds.shape[0]
    n = _scarcest(bounds, masks, lanes, room)
    total[:] = 0
    allowance = total[0]
    for added in range(min(n, MOST_LANES)):
        lane = lanes[added]
        allowance += allowances[lane % width, lane // width]
        for at in range(total.shape[0]):
            total[at] += gains[lane, at]
        if added == 0:  # a lane alone is the other bound's
            continue
        reach, dearest = _sum_of_bests(total, masks, best)
        reach += allowance
        if reach < 0:
            return -1
        if reach >= dearest:
            continue
        if _exclude_the_dear(most_of, bounds, masks, work, reach):
            return 1
    return 0


@njit(nogil=True, cache=True, error_model="numpy")
def _exclude_the_dear(most_of: Any, bounds: Any, masks: Any, work: Any, reach: Any) -> bool:
    """Exclude states that cost the added lanes more than they can lose; whether any went."""
    total, best, _, _ = work
    width, has_changed = bounds.shape[0], False
    for descriptor in range(masks.shape[0]):
        mask = masks[descriptor]
        kept = mask
        for place in range(width):
            loss = best[descriptor] - total[descriptor * width + place]
            if mask >> place & 1 and reach < loss:
                kept &= ~(1 << place)
        if kept != mask:
            _narrow(most_of, bounds, descriptor, mask, kept)
            masks[descriptor] = kept
            has_changed = True
    return has_changed


@njit(nogil=True, cache=True, error_model="numpy")
def _settle(most_of: Any, lanes_of: Any, bounds: Any, masks: Any, work: Any) -> bool:
    """Exclude states until nothing more follows; whether a consistent scenario is still possible."""
    while _exclude_by_lanes(most_of, bounds, masks):
        change = _exclude_by_sums(most_of, lanes_of, bounds, masks, work)
        if change <= 0:
            return change == 0
    return False


@njit(nogil=True, cache=True, error_model="numpy")
def _most_settled(masks: Any) -> int:
    """The open descriptor with the fewest states left, the first of several; -1 if all are settled."""
    found, fewest = -1, 1 << 30
    for descriptor in range(masks.shape[0]):
        mask, n = masks[descriptor], 0
        while mask:
            mask &= mask - 1
            n += 1
        if 1 < n < fewest:
            found, fewest = descriptor, n
    return found


@njit(nogil=True, cache=True, error_model="numpy")
def search(tables: Any, stack: Any, depth: int, out: Any, n_steps: int) -> Any:
    """Find consistent scenarios from where the search stands.

    Parameters
    ----------
    tables : (most, firsts), gains, allowances
        most : (n_masks, width, n_descriptors * width) number, what the states of a mask give each lane at
        most; the masks of each descriptor begin at its place in firsts. gains : (n_descriptors * width *
        width, n_descriptors * width) number, what each state gives each lane, lane by lane: state times width
        plus rival. allowances : (width, n_descriptors * width) number, how far below 0 each lane may end.
    stack : bounds (n + 2, width, n * width), masks (n + 2, n), chosen (n + 2), left (n + 2)
        The search at each depth; at first `masks[0]` holds what is allowed and `bounds[0]` its bounds.
    depth : int
        Where the search stands; -1 at first, -2 at the end.
    out : (capacity, n_descriptors) int
        Filled with masks of one bit each.
    n_steps : int
        After so many steps it pauses.

    Returns
    -------
    n_found, depth
        To go on, call it again with this depth; -2 where all were found.
    """
    most_of, gains, allowances = tables
    bounds, masks, chosen, left = stack
    n = masks.shape[1]
    total = np.zeros(gains.shape[1], gains.dtype)
    work = (total, np.zeros(n, gains.dtype), np.zeros(n, np.int64), np.zeros(n, bounds.dtype))
    lanes_of, n_found = (gains, allowances), 0
    if depth == -1:
        if not _settle(most_of, lanes_of, bounds[0], masks[0], work):
            return n_found, -2
        chosen[0] = _most_settled(masks[0])
        if chosen[0] < 0:
            out[0] = masks[0]
            return 1, -2
        left[0] = masks[0, chosen[0]]
        depth = 0
    while depth >= 0:
        if n_found == out.shape[0] or n_steps == 0:
            return n_found, depth
        if left[depth] == 0:
            depth -= 1
            continue
        n_steps -= 1
        state = left[depth] & -left[depth]
        left[depth] ^= state
        bounds[depth + 1], masks[depth + 1] = bounds[depth], masks[depth]
        _narrow(most_of, bounds[depth + 1], chosen[depth], masks[depth, chosen[depth]], state)
        masks[depth + 1, chosen[depth]] = state
        if not _settle(most_of, lanes_of, bounds[depth + 1], masks[depth + 1], work):
            continue
        following = _most_settled(masks[depth + 1])
        if following < 0:
            out[n_found] = masks[depth + 1]
            n_found += 1
        else:
            depth += 1
            chosen[depth], left[depth] = following, masks[depth, following]
    return n_found, -2
