"""A histogram of floating-point numbers by their leading binary digits, no coarser than it must be."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray, IntArray

MAX_BINS = 1 << 14
"""Bins kept. Half as wide as a bin, the error of a quantile is some 1/30,000 of the spread or less."""

_WIDEST = 1 << 17  # a range of bins that is counted in an array; a wider one is sorted
_NARROW = 1 << 32  # one that fits shorter whole numbers is sorted in half the time
_SIGN = np.int64(63)
_BELOW_SIGN = np.int64(0x7FFF_FFFF_FFFF_FFFF)


@dataclass(frozen=True, eq=False, slots=True)
class Histogram:
    """How many numbers there are in each bin; bins are told by the leading bits of a number.

    The bins are the finest, of those that are all the numbers with as many leading bits alike, of which there
    are at most `MAX_BINS`. Which they are depends on the numbers alone: histograms of parts, merged in any
    order, are the histogram of the whole, bit for bit. With few numbers every bin holds one of them, exactly.

    Attributes
    ----------
    bins : (n_bins,) int64
        Ascending.
    counts : (n_bins,) int64
    dropped : int
        How many of the 64 bits of a number are not looked at.
    """

    bins: IntArray
    counts: IntArray
    dropped: int

    @classmethod
    def of(cls, numbers: FloatArray, dropped: int = 0) -> "Histogram":
        """Count finite numbers, shape (n,).

        Parameters
        ----------
        dropped : int
            Bits that are known to be too many, from a histogram of others of the same kind: it saves time.
        """
        keys = _in_order(numbers) >> dropped
        if len(keys) == 0:
            return cls(keys, keys, 0)
        low, high = int(keys.min()), int(keys.max())
        if high - low < _WIDEST:
            counted = np.bincount(keys - low)
            found = np.flatnonzero(counted)
            return cls(found + low, counted[found], dropped)._kept()
        if high - low < _NARROW:
            keys = np.sort((keys - low).astype(np.uint32)).astype(np.int64) + low
        else:
            keys.sort()
        first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        return cls(keys[first], np.diff(first, append=len(keys)), dropped)._kept()

    @property
    def n(self) -> int:
        """How many numbers were counted."""
        return int(np.sum(self.counts))

    def merged(self, other: "Histogram") -> "Histogram":
        """Return the histogram of both."""
        if len(self.bins) == 0 or len(other.bins) == 0:
            return self if len(other.bins) == 0 else other
        dropped = max(self.dropped, other.dropped)
        mine, theirs = (each._with(dropped) for each in (self, other))
        low = min(int(mine.bins[0]), int(theirs.bins[0]))
        high = max(int(mine.bins[-1]), int(theirs.bins[-1]))
        if high - low < _WIDEST:
            counted = np.zeros(high - low + 1, dtype=np.int64)
            counted[mine.bins - low] = mine.counts
            counted[theirs.bins - low] += theirs.counts
            found = np.flatnonzero(counted)
            return Histogram(found + low, counted[found], dropped)._kept()
        bins = np.concatenate([mine.bins, theirs.bins])
        order = np.argsort(bins, kind="stable")
        counts = np.concatenate([mine.counts, theirs.counts])[order]
        return Histogram(*_added_up(bins[order], counts), dropped)._kept()

    def _with(self, dropped: int) -> "Histogram":
        """Return it with more bits dropped."""
        if dropped == self.dropped:
            return self
        return Histogram(*_added_up(self.bins >> (dropped - self.dropped), self.counts), dropped)

    def _kept(self) -> "Histogram":
        """Return it no finer than `MAX_BINS` allow: as many more bits dropped as it takes."""
        if len(self.bins) <= MAX_BINS:
            return self
        apart = np.partition(self.bins[1:] ^ self.bins[:-1], -MAX_BINS)[-MAX_BINS]
        more = int(apart).bit_length()  # from the last boundary but MAX_BINS − 1, which must go
        return self._with(self.dropped + more)

    def ranked(self, ranks: FloatArray) -> FloatArray:
        """Return the numbers of given ranks (0 is the smallest), each within its bin; shape as `ranks`."""
        wanted = np.asarray(ranks, dtype=float)
        ends = np.cumsum(self.counts)
        at = np.minimum(np.searchsorted(ends, wanted, side="right"), len(self.bins) - 1)
        low = _as_numbers(self.bins[at] << self.dropped)
        if self.dropped == 0:
            return low
        high = _as_numbers((self.bins[at] + 1) << self.dropped)
        inside = (wanted - (ends[at] - self.counts[at]) + 0.5) / self.counts[at]
        return low + (high - low) * np.clip(inside, 0.0, 1.0)

    def n_below(self, limit: float) -> float:
        """Return how many numbers are below or at a limit; a bin around it counts in part."""
        key = _in_order(np.array([limit]))[0]
        at = int(np.searchsorted(self.bins, key >> self.dropped, side="left"))
        below = float(np.sum(self.counts[:at]))
        if at == len(self.bins) or self.bins[at] != key >> self.dropped:
            return below
        low, high = (_as_numbers(np.array([self.bins[at] + i]) << self.dropped)[0] for i in (0, 1))
        part = 1.0 if self.dropped == 0 else (limit - low) / (high - low)
        return below + part * float(self.counts[at])


def _added_up(bins: IntArray, counts: IntArray) -> tuple[IntArray, IntArray]:
    first = np.flatnonzero(np.concatenate([[True], bins[1:] != bins[:-1]]))
    return bins[first], np.add.reduceat(counts, first)


def _in_order(numbers: FloatArray) -> IntArray:
    """The bits of numbers as integers that are ordered as the numbers are."""
    bits = np.ascontiguousarray(numbers, dtype=float).view(np.int64)
    return bits ^ ((bits >> _SIGN) & _BELOW_SIGN)


def _as_numbers(keys: IntArray) -> FloatArray:
    ordered = keys ^ ((keys >> _SIGN) & _BELOW_SIGN)
    return ordered.view(np.float64)
