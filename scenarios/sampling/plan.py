"""Every distinct uncertain number of a scenario set, laid out once, and drawn block by block."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.distributions import Distribution
from innosi.models.distributions.continuous import Triangular
from innosi.models.distributions.stated import Fitted
from innosi.models.distributions.tables import LIMIT, quantile_table
from innosi.models.estimates import Estimate
from innosi.scenarios.sampling.correlation import Correlations, copula, rearranged, refuse_too_many
from innosi.scenarios.sampling.designs import Design, MonteCarlo, design_of

BLOCK = 8192
"""Draws computed at a time: few enough for a model's arrays to stay in the processor's cache."""


@dataclass(frozen=True)
class Settings:
    """What makes draws what they are, beside the distributions."""

    seed: int
    n_draws: int
    sampling: str = "monte_carlo"
    correlations: Correlations | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """One uncertain number: the stream of random numbers that it follows, and its distribution."""

    stream: str
    distribution: Distribution


def unknown_of(key: str, estimate: Estimate) -> Unknown:
    """Return the unknown that an estimate is; estimates that share a name are one."""
    return Unknown(estimate.shared_name or key, estimate.distribution)


class Workspace:
    """The arrays that one thread draws into, again and again."""

    def __init__(self, plan: "SamplingPlan") -> None:
        width = BLOCK + 8  # rows of a power of two would compete for the same places of the cache
        self.uniforms: FloatArray = np.empty((max(len(plan.streams), 1), width))  # no memory until it is used
        self.numbers: FloatArray = np.empty((len(plan.unknowns), width))
        self.n_beyond: IntArray = np.zeros(len(plan.unknowns), dtype=np.int64)

    def headline(self, on_rows: Any, n: int) -> dict[str, FloatArray]:
        """Return the headline of the first n draws, from what computes it for numbers in rows."""
        found: dict[str, FloatArray] = on_rows.headline(self.numbers, n)
        return found


@dataclass(frozen=True)
class SamplingPlan:
    """How all unknowns of several sets of estimates are drawn; what they have alike is drawn once.

    Attributes
    ----------
    unknowns : tuple of Unknown
        One row of `draw` each.
    """

    settings: Settings
    unknowns: tuple[Unknown, ...]
    _rows: Mapping[Unknown, int] = field(repr=False, default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, estimates: Iterable[Mapping[str, Estimate]]) -> "SamplingPlan":
        """Plan the draws of every estimate that is no fixed number."""
        refuse_too_many(settings.correlations, settings.n_draws)
        found = dict.fromkeys(
            unknown_of(key, each)
            for one in estimates
            for key, each in one.items()
            if not each.distribution.is_constant
        )
        return cls(settings, tuple(found), {unknown: row for row, unknown in enumerate(found)})

    @cached_property
    def streams(self) -> tuple[str, ...]:
        """The names of the streams of random numbers, each once."""
        return tuple(dict.fromkeys(unknown.stream for unknown in self.unknowns))

    @cached_property
    def design(self) -> Design:
        """What gives the uniform numbers."""
        return design_of(self.settings.sampling, self.settings.seed, self.streams, self.settings.n_draws)

    def row(self, key: str, estimate: Estimate) -> int:
        """Return the row of an estimate."""
        return self._rows[unknown_of(key, estimate)]

    def workspace(self) -> Workspace:
        """Return arrays for one thread to draw into."""
        return Workspace(self)

    def draw(self, start: int, n: int, workspace: Workspace) -> FloatArray:
        """Return draws start … start + n − 1 of every unknown, shape (n_unknowns, n).

        Parameters
        ----------
        n : int
            At most `BLOCK`.

        Returns
        -------
        (n_unknowns, n) float
            A part of the workspace: the next call overwrites it.
        """
        from innosi.scenarios.sampling.kernels import quantiles, random_quantiles

        values, n_beyond = workspace.numbers[:, :n], workspace.n_beyond
        if self.is_plain:
            random_quantiles((self.design.keys, start), self.layout, n, workspace.numbers, n_beyond)
        else:
            self._fill(start, workspace.uniforms[:, :n])
            quantiles(self.layout, workspace.uniforms, n, workspace.numbers, n_beyond)
        with np.errstate(over="ignore"):  # a number beyond all numbers is endless, and no mistake
            self._look_beyond_tables(start, n, workspace)
        return values

    def _look_beyond_tables(self, start: int, n: int, workspace: Workspace) -> None:
        """Compute what no table holds: distributions without one, and uniforms in the far tails."""
        values = workspace.numbers[:, :n]
        for row in self._exact:
            values[row] = self.unknowns[row].distribution.quantile(values[row])
        for row in map(int, np.flatnonzero(workspace.n_beyond)):
            stream = self.layout[0][row, 0]
            if self.is_plain:
                MonteCarlo(self.settings.seed, (self.streams[stream],)).fill(
                    start, workspace.uniforms[:1, :n]
                )
            u = workspace.uniforms[0 if self.is_plain else stream, :n]
            at = np.flatnonzero(np.minimum(u, 1.0 - u) < LIMIT)
            values[row, at] = self.unknowns[row].distribution.quantile(u[at])

    def uniforms(self, start: int, n: int) -> FloatArray:
        """Return the uniform numbers of draws start … start + n − 1 of every stream, (n_streams, n)."""
        numbers = np.empty((len(self.streams), n))
        self._fill(start, numbers)
        return numbers

    def _fill(self, start: int, numbers: FloatArray) -> None:
        self.design.fill(start, numbers)
        self._correlate(start, numbers)

    @cached_property
    def is_plain(self) -> bool:
        """Whether uniform numbers can be made where they are used, and need not be kept."""
        return isinstance(self.design, MonteCarlo) and self.settings.correlations is None

    @cached_property
    def layout(self) -> tuple[IntArray, FloatArray, FloatArray]:
        """Rows, tables and corners as `kernels.quantiles` takes them."""
        rows, corners, tables = [], np.zeros((len(self.unknowns), 3)), _Tables()
        stream_of = {name: number for number, name in enumerate(self.streams)}
        for row, unknown in enumerate(self.unknowns):
            distribution = unknown.distribution
            inner = distribution.distribution if isinstance(distribution, Fitted) else distribution
            if isinstance(inner, Triangular):
                corners[row] = inner.low, inner.mode, inner.high
                how = (0, 0, 0)
            else:
                how = tables.place_of(inner)
            rows.append((stream_of[unknown.stream], *how))
        return np.array(rows, dtype=np.int64).reshape(-1, 4), tables.joined(), corners

    @cached_property
    def _exact(self) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.layout[0][:, 1] == -1)]

    def _correlate(self, start: int, numbers: FloatArray) -> None:
        correlations = self.settings.correlations
        if correlations is None:
            return
        at = self._correlated
        if correlations.method == "iman_conover":
            numbers[at] = self._rearranged[:, start : start + numbers.shape[1]]
        else:
            numbers[at] = copula(correlations, numbers[at])

    @cached_property
    def _correlated(self) -> list[int]:
        names = self.settings.correlations.names if self.settings.correlations else ()
        return [self.streams.index(name) for name in names]

    @cached_property
    def _rearranged(self) -> FloatArray:
        """The whole samples of the correlated streams, rearranged."""
        correlations = self.settings.correlations
        assert correlations is not None  # only asked for where there are some
        n = self.settings.n_draws
        whole, room = np.empty((len(self._correlated), n)), np.empty((len(self.streams), BLOCK))
        for start in range(0, n, BLOCK):
            part = room[:, : min(BLOCK, n - start)]
            self.design.fill(start, part)
            whole[:, start : start + BLOCK] = part[self._correlated]
        return rearranged(correlations, self.settings.seed, whole)

    def prepare(self) -> None:
        """Make tables and rearranged samples now, before several threads ask for them at once."""
        _ = self.layout, self._exact
        self._correlate(0, np.full((len(self.streams), 1), 0.5))

    def __getstate__(self) -> dict[str, Any]:
        """Leave tables and rearranged samples out: another process makes its own."""
        return {name: self.__dict__[name] for name in ("settings", "unknowns", "_rows")}


class _Tables:
    """Tables of quantile functions one after another; distributions that are alike share one."""

    def __init__(self) -> None:
        self._places: dict[Distribution, tuple[int, int, int]] = {}
        self._tables: list[FloatArray] = []
        self._end = 0

    def place_of(self, distribution: Distribution) -> tuple[int, int, int]:
        """Return the fineness of a distribution's table (−1: it has none), where it begins and ends."""
        if distribution not in self._places:
            table = quantile_table(distribution)
            begin = self._end
            if table:
                self._end += len(table.coefficients)
                self._tables.append(table.coefficients)
            self._places[distribution] = (table.fineness if table else -1, begin, self._end)
        return self._places[distribution]

    def joined(self) -> FloatArray:
        """Return all tables as one, shape (…, 4)."""
        return np.concatenate([np.zeros((0, 4)), *self._tables])
