"""How draws are spread over the unit cube: at random, in strata, or evenly by a scrambled Sobol sequence."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions.tables import MANTISSA_BITS
from innosi.models.errors import InnosiError
from innosi.scenarios.sampling.streams import Keys, stream_keys

MAX_SOBOL = 21_201
"""Dimensions for which scipy has direction numbers (Joe & Kuo 2008)."""


@dataclass(frozen=True)
class Design(ABC):
    """Uniform numbers for named streams; any stretch of draws can be had without those before it."""

    seed: int
    names: tuple[str, ...]

    @abstractmethod
    def fill(self, start: int, out: FloatArray) -> None:
        """Fill `out`, shape (n_streams, n), with draws start, start + 1, …"""

    @property
    def can_grow(self) -> bool:
        """Whether more draws leave the first ones as they are."""
        return True

    @property
    def is_replicated(self) -> bool:
        """Whether the error is to be told from independent replicates."""
        return False

    @cached_property
    def keys(self) -> Keys:
        """The two 64-bit keys of each stream, shape (n_streams, 2)."""
        return stream_keys(self.seed, self.names)


class MonteCarlo(Design):
    """Independent random numbers."""

    def fill(self, start: int, out: FloatArray) -> None:
        """Fill by counter: draw i of a stream is the i-th number of its key."""
        from innosi.scenarios.sampling.kernels import random

        random(self.keys, start, out)


@dataclass(frozen=True)
class LatinHypercube(Design):
    """One draw in each of `n_draws` equally likely strata of every stream, in an order of its own.

    Source
    ------
    McKay, Beckman & Conover (1979), Technometrics 21(2).
    """

    n_draws: int

    def fill(self, start: int, out: FloatArray) -> None:
        """Fill by counter and permutation."""
        from innosi.scenarios.sampling.kernels import random, strata

        random(self.keys, start, out)
        strata(self._orders, self.n_draws, start, out)

    @property
    def can_grow(self) -> bool:
        """Never: the strata depend on how many draws there are."""
        return False

    @cached_property
    def _orders(self) -> Keys:
        return stream_keys(self.seed, [f"{name}\norder" for name in self.names])


class Sobol(Design):
    """Sixteen independently scrambled Sobol sequences that take turns, 256 draws each.

    Scipy's direction numbers, scrambled by scipy (Matoušek 1998: a random linear matrix and a digital shift),
    read at any place in the sequence. A dimension belongs to a stream by the order of the streams' names.

    Source
    ------
    Joe & Kuo (2008), SIAM J. Sci. Comput. 30(5); L'Ecuyer & Lemieux (2002) for the replicates.
    """

    def fill(self, start: int, out: FloatArray) -> None:
        """Fill by position in the sequences."""
        from innosi.scenarios.sampling.kernels import sobol

        directions, shifts = self._scrambled
        sobol(directions, shifts, start, out)

    @property
    def is_replicated(self) -> bool:
        """Always."""
        return True

    @cached_property
    def _scrambled(self) -> tuple[Any, Any]:
        from innosi.scenarios.sampling.kernels import REPLICATES

        n = len(self.names)
        if n > MAX_SOBOL:
            raise InnosiError(
                f"{n:,} uncertain numbers are more than a Sobol sequence has dimensions ({MAX_SOBOL:,})",
                mend="write `sampling: monte_carlo` or `latin_hypercube`",
            )
        order = np.argsort(np.argsort(np.array(self.names, dtype=object)))
        engines = [_scrambled_sobol(n, self.seed, replicate) for replicate in range(REPLICATES)]
        return (
            np.stack([directions[order] for directions, _ in engines]),
            np.stack([shifts[order] for _, shifts in engines]),
        )


def _scrambled_sobol(n_dimensions: int, seed: int, replicate: int) -> tuple[Any, Any]:
    """Direction numbers (n_dimensions, 52) and shifts (n_dimensions,) of one scrambled sequence."""
    from scipy.stats import qmc

    words = stream_keys(seed, [f"sobol\n{replicate}"])[0]
    generator = np.random.default_rng([int(word) for word in words])
    # scipy ≥ 1.15 calls it `rng`, and `seed` until then; the position is the same
    engine: Any = qmc.Sobol(n_dimensions, scramble=True, bits=MANTISSA_BITS, seed=generator)
    return engine._sv.astype(np.uint64), engine._shift.astype(np.uint64)


SAMPLINGS = ("monte_carlo", "latin_hypercube", "sobol")
"""The designs by the name that a scenario file gives them."""


def design_of(sampling: str, seed: int, names: Sequence[str], n_draws: int) -> Design:
    """Return the design of a name in `SAMPLINGS`."""
    if sampling == "latin_hypercube":
        return LatinHypercube(seed, tuple(names), n_draws)
    return Sobol(seed, tuple(names)) if sampling == "sobol" else MonteCarlo(seed, tuple(names))
