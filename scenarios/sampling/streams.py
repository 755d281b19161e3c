"""Uniform numbers from counters: draw i of input k depends on the seed, i and the name of k, and no more."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from innosi.models.arrays import FloatArray
from innosi.models.distributions.tables import MANTISSA_BITS

Keys = npt.NDArray[np.uint64]

GOLDEN = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: steps that are spread most evenly over all 64-bit numbers."""
MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
LAST_SHIFT = 31


def stream_keys(seed: int, names: Sequence[str]) -> Keys:
    """Return the two 64-bit keys of each named stream of random numbers, shape (n_names, 2)."""
    digests = (hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=16).digest() for name in names)
    return np.array([np.frombuffer(digest, "<u8") for digest in digests], dtype=np.uint64).reshape(-1, 2)


def uniforms(seed: int, name: str, start: int, stop: int) -> FloatArray:
    """Uniform numbers of draws start … stop − 1 of the input of that name, each within (0, 1).

    Counter-based: a draw's number is mixed twice by SplitMix64's finishing steps, each time under a key made
    of seed and name. So any chunk, thread, process or resumed run gives the same numbers, and the same input
    has the same numbers in every scenario and option (common random numbers).

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
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators. OOPSLA '14.
    """
    first_key, second_key = stream_keys(seed, [name])[0]
    counters = np.arange(start + 1, stop + 1, dtype=np.uint64)
    words = _mixed(_mixed(counters * np.uint64(GOLDEN) + first_key) ^ second_key)
    fractions: FloatArray = (
        (words >> np.uint64(64 - MANTISSA_BITS)).astype(float) + 0.5
    ) * 2.0**-MANTISSA_BITS
    return fractions


def _mixed(words: Keys) -> Keys:
    for shift, factor in MIXING:
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    return words ^ (words >> np.uint64(LAST_SHIFT))
