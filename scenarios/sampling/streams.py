"""Uniform numbers from counters: draw i of input k depends on the seed, i and the name of k, and no more."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from innosi.models.arrays import FloatArray
from innosi.models.distributions.tables import MANTISSA_BITS

Keys = npt.NDArray[np.uint64]

_PER_STEP = 4  # Philox gives four 64-bit words for each step of its counter


def stream_keys(seed: int, names: Sequence[str]) -> Keys:
    """Return the two 64-bit keys of each named stream of random numbers, shape (n_names, 2)."""
    digests = (hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=16).digest() for name in names)
    return np.array([np.frombuffer(digest, "<u8") for digest in digests], dtype=np.uint64).reshape(-1, 2)


def uniforms(seed: int, name: str, start: int, stop: int) -> FloatArray:
    """Uniform numbers of draws start … stop − 1 of the input of that name, each within (0, 1).

    Counter-based (Philox 4×64, keyed by seed and name), so that any chunk, thread, process or resumed run
    gives the same numbers, and the same input has the same numbers in every scenario and option (common
    random numbers).

    Parameters
    ----------
    seed : int
        Any integer; 0 is a seed.

    Returns
    -------
    (stop − start,) float
        Multiples of 2^-52 and a half, so that none is 0 or 1 and the halves mirror each other.

    Source
    ------
    Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3. SC '11.
    """
    low, high = stream_keys(seed, [name])[0]
    step = start // _PER_STEP
    generator = np.random.Philox(key=int(low) | int(high) << 64, counter=step)
    skipped = start - step * _PER_STEP
    words = generator.random_raw(skipped + stop - start)[skipped:]
    fractions: FloatArray = (
        (words >> np.uint64(64 - MANTISSA_BITS)).astype(float) + 0.5
    ) * 2.0**-MANTISSA_BITS
    return fractions
