"""The array types that every floor shares."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ArrayLike = npt.ArrayLike
AnyArray = npt.NDArray[Any]

Number = float | FloatArray
"""One number, or one for each draw."""


def plain_number(value: ArrayLike) -> Number:
    """Return one number as Python's, which is quick to reckon with, and many as an array of floats."""
    if isinstance(value, float):  # by far the most usual, and at once done
        return value  # type: ignore[unreachable] # numpy's types count a float as a complex number
    array = np.asarray(value, dtype=float)
    return array if array.ndim else float(array)
