"""Draws from counters: draw i of input k depends on the seed, i and the name of k, and on nothing else."""

import hashlib
from collections.abc import Mapping

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.estimates import Estimate

_PER_BLOCK = 4  # Philox gives four 64-bit words for each step of its counter


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

    Source
    ------
    Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3. SC '11.
    """
    digest = hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=16).digest()
    block = start // _PER_BLOCK
    generator = np.random.Philox(key=int.from_bytes(digest, "little"), counter=block)
    skipped = start - block * _PER_BLOCK
    words = generator.random_raw(skipped + stop - start)[skipped:]
    fractions: FloatArray = ((words >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53
    return fractions


def draw(estimates: Mapping[str, Estimate], seed: int, start: int, stop: int) -> dict[str, FloatArray]:
    """Draws start … stop − 1 of every estimate; a constant stays one number, shape ().

    Estimates that share a name (one judgement used in two places) are drawn together.
    """
    return {
        key: np.asarray(estimate.distribution.mean)
        if estimate.distribution.is_constant
        else estimate.distribution.sample(uniforms(seed, estimate.shared_name or key, start, stop))
        for key, estimate in estimates.items()
    }
