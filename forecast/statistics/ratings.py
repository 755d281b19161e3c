"""A panel's ratings of several items as counts, and the counts of panels drawn anew from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from innosi.models.arrays import ArrayLike
from innosi.models.errors import AnswerError

BLOCK = 4096
"""So many panellists are looked at together; memory does not grow with a panel beyond it."""
FloatArray = npt.NDArray[np.floating[Any]]
"""Counts of one panel in double precision, of many drawn anew in single: they are whole numbers."""
MOST_CELLS = 2**23
"""So many counts are held at once."""
MOST_BLOCKS_LEFT_OUT = 200
"""So many parts of a panel are left out in turn: panellists one by one, or equal blocks of them."""


Block = tuple[slice, FloatArray]
"""Some of the panellists, and how often each of them is in each panel drawn anew."""


@dataclass(frozen=True, slots=True, eq=False)
class ItemCounts:
    """How often each item was given each value, in one panel or in many drawn anew from it.

    Attributes
    ----------
    counts : (..., n_items, n_values) float
    self_pairs : (..., n_items) float
        How many ordered pairs of answers come from one panellist, as copy of himself or one and the same; the
        number of answers where nobody stands twice.
    """

    counts: FloatArray
    self_pairs: FloatArray


@dataclass(frozen=True, eq=False)
class Ratings:
    """What each panellist said of each item.

    Attributes
    ----------
    codes : (n_panellists, n_items) int
        Place of the answer among the values; −1 for none.
    values : (n_values,) float, rising
    """

    codes: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    values: FloatArray
    drawn: dict[tuple[int, int], ItemCounts] = field(default_factory=dict, repr=False)
    """Panels drawn anew that are kept, where they are small, for the next coefficient of the same ratings."""

    @classmethod
    def of(cls, ratings: "ArrayLike | Ratings", values: ArrayLike | None = None) -> "Ratings":
        """Check ratings; those that were checked before are returned as they are.

        Parameters
        ----------
        ratings : (n_panellists, n_items) float
            NaN where a panellist did not answer.
        values : (n_values,) float, optional
            All that could be said; all that was said by default.

        Raises
        ------
        AnswerError
            If the ratings are no table, or one is none of the values.
        """
        if isinstance(ratings, Ratings):
            return ratings
        given = np.asarray(ratings, dtype=float)
        if given.ndim != 2:
            raise AnswerError(
                f"ratings have {given.ndim} dimensions",
                mend="give a row for each panellist, a column an item",
            )
        known = ~np.isnan(given)
        said = np.unique(given[known]) if values is None else np.unique(np.asarray(values, dtype=float))
        if values is not None and not np.isin(given[known], said).all():
            strange = given[known][~np.isin(given[known], said)][0]
            raise AnswerError(f"{strange:g} is none of the values that could be said", mend="mend the rating")
        codes = np.full(given.shape, -1, dtype=np.int32)
        codes[known] = np.searchsorted(said, given[known])
        return cls(codes, said)

    @property
    def n_panellists(self) -> int:
        """How many panellists rated anything."""
        return int(np.count_nonzero(np.any(self.codes >= 0, axis=1)))

    @property
    def n_items(self) -> int:
        """How many items were rated by anybody."""
        return int(np.count_nonzero(np.any(self.codes >= 0, axis=0)))

    def counted(self) -> ItemCounts:
        """Return the counts of the panel itself."""
        codes, n_values = self.codes, self.values.size
        given = codes >= 0
        items = np.broadcast_to(np.arange(codes.shape[1]), codes.shape)[given]
        flat = np.bincount(items * n_values + codes[given], minlength=codes.shape[1] * n_values)
        counts = flat.reshape(codes.shape[1], n_values).astype(float)
        return ItemCounts(counts, counts.sum(axis=-1))

    def panels_drawn(self, n_resamples: int, seed: int) -> Iterator[ItemCounts]:
        """Yield the counts of panels whose members are drawn anew with replacement.

        A product of matrices: how often each panellist is in each panel × what each panellist said.
        Panellists and resamples are taken in blocks, so that time grows with their number, and memory not.
        """
        if (n_resamples, seed) in self.drawn:
            yield self.drawn[n_resamples, seed]
            return
        n_items, n_values = self.codes.shape[1], self.values.size
        for size, blocks in self.weights_drawn(n_resamples, seed):
            counts = np.zeros((size, n_items * n_values), dtype=np.float32)
            pairs = np.zeros((size, n_items), dtype=np.float32)
            for part, weights in blocks:
                codes = self.codes[part]
                counts += weights @ self._one_hot(codes).reshape(len(codes), -1)
                pairs += weights**2 @ (codes >= 0).astype(np.float32)
            panels = ItemCounts(counts.reshape(size, n_items, n_values), pairs)
            if size == n_resamples:
                self.drawn[n_resamples, seed] = panels
            yield panels

    def weights_drawn(self, n_resamples: int, seed: int) -> Iterator[tuple[int, Iterator[Block]]]:
        """Yield, a portion of resamples at a time, how often each panellist is in each panel drawn anew.

        Yields
        ------
        (int, blocks)
            How many panels, and blocks of panellists: a slice, and weights (n_panels, n_in_block).
        """
        for place, size in enumerate(self._portions(n_resamples)):
            generator = np.random.Generator(np.random.Philox([seed, place]))
            yield size, self._blocks(generator, size)

    def _portions(self, n_resamples: int) -> list[int]:
        """Return resamples cut into as many parts as keep each within a few tens of megabytes."""
        at_once = max(1, MOST_CELLS // max(self.codes.shape[1] * self.values.size, 1))
        return [min(at_once, n_resamples - start) for start in range(0, n_resamples, at_once)]

    def _blocks(self, generator: np.random.Generator, n_resamples: int) -> Iterator[Block]:
        n = len(self.codes)
        edges = [*range(0, n, BLOCK), n]
        sizes = np.diff(edges)
        drawn = generator.multinomial(n, sizes / n, size=n_resamples)
        for start, size, n_each in zip(edges[:-1], sizes, drawn.T, strict=True):
            panel = np.repeat(np.arange(n_resamples), n_each)
            who = generator.integers(0, size, size=panel.size)
            weights = np.bincount(panel * size + who, minlength=n_resamples * size)
            yield slice(start, start + size), weights.reshape(n_resamples, size).astype(np.float32)

    def _one_hot(self, codes: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> FloatArray:
        said = np.zeros((*codes.shape, self.values.size), dtype=np.float32)
        who, item = np.nonzero(codes >= 0)
        said[who, item, codes[who, item]] = 1
        return said

    def parts(self) -> list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
        """Return which panellists are left out together: one by one, or in 200 blocks of a large panel."""
        n = len(self.codes)
        return np.array_split(np.arange(n), min(n, MOST_BLOCKS_LEFT_OUT))

    def panels_left_out(self) -> ItemCounts:
        """Return the counts without each of the parts in turn."""
        whole = self.counted().counts
        gone = np.stack([Ratings(self.codes[part], self.values).counted().counts for part in self.parts()])
        counts = whole - gone
        return ItemCounts(counts, counts.sum(axis=-1))

    def items_drawn(self, n_resamples: int, seed: int) -> Iterator[ItemCounts]:
        """Yield the counts of sets of items drawn anew with replacement."""
        whole, n = self.counted(), self.codes.shape[1]
        for place, size in enumerate(self._portions(n_resamples)):
            generator = np.random.Generator(np.random.Philox([seed, place]))
            drawn = generator.integers(0, n, size=(size, n))
            yield ItemCounts(whole.counts[drawn], whole.self_pairs[drawn])

    def items_left_out(self) -> ItemCounts:
        """Return the counts without each item in turn."""
        whole, n = self.counted(), self.codes.shape[1]
        kept = np.array([np.delete(np.arange(n), i) for i in range(n)]).reshape(n, n - 1)
        return ItemCounts(whole.counts[kept], whole.self_pairs[kept])
