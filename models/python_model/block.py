"""Some draws of every input of a function."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, repeat

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import ModelError

_MOST_SHOWN = 12


@dataclass(frozen=True, eq=False)
class Block:
    """`n` draws of the inputs of that name, in the order of the function's parameters.

    Each column is (n,), or () where a number is the same in every draw.
    """

    names: tuple[str, ...]
    columns: tuple[FloatArray, ...]
    n: int

    @classmethod
    def of(cls, names: Iterable[str], values: Mapping[str, ArrayLike]) -> "Block":
        """Return values by name as a block; arrays of several dimensions are taken as one long one.

        Raises
        ------
        ModelError
            If an input has no value.
        """
        names = tuple(names)
        for name in names:
            if name not in values:
                raise ModelError(f"'{name}' has no number", mend="give it in the scenario file's base")
        columns = [np.asarray(values[name], dtype=float) for name in names]
        shape = np.broadcast_shapes(*(column.shape for column in columns))
        flat = (np.broadcast_to(column, shape).reshape(-1) if column.ndim else column for column in columns)
        return cls(names, tuple(flat), int(np.prod(shape)))

    def part(self, start: int, stop: int) -> "Block":
        """Return draws start … stop − 1."""
        columns = tuple(column[start:stop] if column.ndim else column for column in self.columns)
        return Block(self.names, columns, stop - start)

    def arrays(self) -> list[FloatArray]:
        """Return every column as (n,), read-only: a constant is repeated."""
        return [np.broadcast_to(column, (self.n,)) for column in self.columns]

    def rows(self) -> Iterator[tuple[float, ...]]:
        """Give the numbers of one draw after the other, as Python's own floats."""
        columns = (column.tolist() if column.ndim else repeat(float(column)) for column in self.columns)
        return islice(zip(*columns, strict=False), self.n)

    def shown(self, index: int) -> str:
        """Return the inputs of one draw as people read them: `visitors = 12, worth = 3.4`."""
        row = [float(column[index] if column.ndim else column) for column in self.columns]
        shown = [f"{name} = {value:.6g}" for name, value in zip(self.names, row, strict=True)]
        more = len(shown) - _MOST_SHOWN
        return ", ".join([*shown[:_MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])])
