"""Draws from counters: draw i of input k depends on the seed, i and the name of k, and on nothing else."""

import hashlib
from collections.abc import Mapping

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution
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


class Sampler:
    """Draws start … stop − 1 of estimates; what several scenarios have alike is computed once."""

    def __init__(self, seed: int, start: int, stop: int) -> None:
        self.seed, self.start, self.stop = seed, start, stop
        self._drawn: dict[tuple[str, Distribution], FloatArray] = {}

    def draw(self, estimates: Mapping[str, Estimate]) -> dict[str, FloatArray]:
        """Return the draws of every estimate by key; a constant stays one number, shape ().

        Estimates that share a name (one unknown that stands in two places) are drawn together.
        """
        return {
            key: self._one(estimate.shared_name or key, estimate.distribution)
            for key, estimate in estimates.items()
        }

    def _one(self, name: str, distribution: Distribution) -> FloatArray:
        if distribution.is_constant:
            return np.asarray(distribution.mean)
        if (name, distribution) not in self._drawn:
            drawn = distribution.sample(uniforms(self.seed, name, self.start, self.stop))
            self._drawn[name, distribution] = drawn
        return self._drawn[name, distribution]
