"""How judgements may err: matrices as they might have been written, drawn by counters."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtri

from innosi.models.arrays import AnyArray, FloatArray
from innosi.models.distributions import Distribution
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.ensembles import Ensemble
from innosi.scenarios.sampling.streams import uniforms

Cell = tuple[int, int]
"""The row of the state that acts, and the column of the state that is acted on."""


class JudgementErrors(Protocol):
    """A way in which judgements err."""

    def matrices(self, impacts: CrossImpacts, seed: int, start: int, stop: int) -> FloatArray:
        """Return the matrices of trials start … stop − 1, shape (stop − start, n_states, n_states).

        What a trial draws depends on the seed, its number and the names of the states, and on nothing else.
        """

    @property
    def words(self) -> str:
        """What is assumed, in a line."""


@dataclass(frozen=True, slots=True)
class OneStep:
    """A judgement is one step too high or too low, now and then.

    Attributes
    ----------
    probability : float
        Of either; half of it for each.
    scale : (float, float)
        No judgement leaves it by an error.
    only_judged : bool
        Whether sections without any influence are left as they are, having been judged as a whole.
    """

    probability: float
    scale: tuple[float, float] = (-np.inf, np.inf)
    only_judged: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise InnosiError(f"the probability {self.probability} is none", mend="give one from 0 to 1")

    def matrices(self, impacts: CrossImpacts, seed: int, start: int, stop: int) -> FloatArray:
        """Return the matrices of some trials; see `JudgementErrors`."""

        def step(uniform: FloatArray) -> FloatArray:
            half = self.probability / 2
            return (uniform > 1 - half).astype(float) - (uniform < half)

        return _with_errors(impacts, self, step, (seed, start, stop))

    @property
    def words(self) -> str:
        """What is assumed, in a line."""
        return f"each judgement is one step off with a probability of {self.probability:g}, either way"


@dataclass(frozen=True, slots=True)
class Spread:
    """A judgement is off by an amount drawn from a normal or a uniform distribution around it.

    Attributes
    ----------
    deviation : float
        The standard deviation, in steps of the scale.
    shape : {'normal', 'uniform'}
    is_rounded : bool
        Whether judgements stay whole numbers where they were.
    scale, only_judged
        As in `OneStep`.
    """

    deviation: float
    shape: str = "normal"
    is_rounded: bool = True
    scale: tuple[float, float] = (-np.inf, np.inf)
    only_judged: bool = True

    def __post_init__(self) -> None:
        if not (self.deviation >= 0 and np.isfinite(self.deviation)):
            raise InnosiError(
                f"the standard deviation is {self.deviation}", mend="give 0 or a number above it"
            )
        if self.shape not in ("normal", "uniform"):
            raise InnosiError(f"'{self.shape}' is no shape of an error", mend="choose normal or uniform")

    def matrices(self, impacts: CrossImpacts, seed: int, start: int, stop: int) -> FloatArray:
        """Return the matrices of some trials; see `JudgementErrors`."""

        def drawn(uniform: FloatArray) -> FloatArray:
            units = ndtri(uniform) if self.shape == "normal" else np.sqrt(3.0) * (2 * uniform - 1)
            error: FloatArray = self.deviation * units
            return np.rint(error) if self.is_rounded else error

        return _with_errors(impacts, self, drawn, (seed, start, stop))

    @property
    def words(self) -> str:
        """What is assumed, in a line."""
        rounded = ", rounded to whole steps" if self.is_rounded else ""
        return (
            f"each judgement errs by a {self.shape} error of standard deviation {self.deviation:g}{rounded}"
        )


@dataclass(frozen=True, eq=False, slots=True)
class ByExperts:
    """Each section (how one descriptor acts on another) is one expert's, drawn by the experts' weights.

    A section stays whole, as its judgements hang together; which expert it is from differs from section to
    section, so that combinations of views are tried that nobody holds.
    """

    ensemble: Ensemble

    def matrices(self, impacts: CrossImpacts, seed: int, start: int, stop: int) -> FloatArray:
        """Return the matrices of some trials; see `JudgementErrors`."""
        given, bounds = self.ensemble.matrices, np.cumsum(self.ensemble.weights)[:-1]
        found = np.zeros((stop - start, *given.shape[1:]))
        for name, rows, columns in _sections(impacts):
            expert = np.searchsorted(bounds, uniforms(seed, f"expert {name}", start, stop), side="right")
            found[:, rows, columns] = given[expert, rows, columns]
        return found

    @property
    def words(self) -> str:
        """What is assumed, in a line."""
        return f"each section is that of one of {len(self.ensemble.experts)} experts, drawn by weight"


@dataclass(frozen=True, eq=False, slots=True)
class ByPanel:
    """Each judgement is drawn from what the panel as a whole believes of it, independently of the others.

    Attributes
    ----------
    distributions : mapping of (row, column) to Distribution
        Of every cell outside the own blocks that may err; the others stay as they are.
    """

    distributions: Mapping[Cell, Distribution]

    def matrices(self, impacts: CrossImpacts, seed: int, start: int, stop: int) -> FloatArray:
        """Return the matrices of some trials; see `JudgementErrors`."""
        found = np.repeat(impacts.judgements[None], stop - start, axis=0)
        for (row, column), distribution in self.distributions.items():
            uniform = uniforms(seed, _named(impacts, row, column), start, stop)
            found[:, row, column] = distribution.quantile(uniform)
        return found

    @property
    def words(self) -> str:
        """What is assumed, in a line."""
        return "each judgement is drawn from the panel's distribution of it, independently of the others"


def _with_errors(
    impacts: CrossImpacts,
    errors: OneStep | Spread,
    drawn: Callable[[FloatArray], FloatArray],
    trials: tuple[int, int, int],
) -> FloatArray:
    """The judgements plus an error each, within the scale; one that is beyond it already may stay there."""
    base, (seed, start, stop) = impacts.judgements, trials
    found = np.repeat(base[None], stop - start, axis=0)
    for row, column in np.argwhere(_may_err(impacts, only_judged=errors.only_judged)):
        found[:, row, column] += drawn(uniforms(seed, _named(impacts, int(row), int(column)), start, stop))
    return np.clip(found, np.minimum(base, errors.scale[0]), np.maximum(base, errors.scale[1]))


def _may_err(impacts: CrossImpacts, *, only_judged: bool) -> AnyArray:
    """Which cells may err: those outside own blocks, and of sections with an influence only, if so wished."""
    found = np.zeros(impacts.judgements.shape, dtype=bool)
    for _, rows, columns in _sections(impacts):
        found[rows, columns] = not only_judged or impacts.judgements[rows, columns].any()
    return found


def _sections(impacts: CrossImpacts) -> Iterator[tuple[str, slice, slice]]:
    """Each section by name, with its rows and columns."""
    places = [
        (name, slice(int(start), int(start + size)))
        for name, start, size in zip(impacts.descriptors, impacts.starts, impacts.n_states, strict=True)
    ]
    for actor, rows in places:
        for target, columns in places:
            if actor != target:
                yield f"{actor}, {target}", rows, columns


def _named(impacts: CrossImpacts, row: int, column: int) -> str:
    return f"judgement {impacts.label(row)}, {impacts.label(column)}"
