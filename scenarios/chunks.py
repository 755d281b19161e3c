"""A stretch of draws through every scenario and option: the unit of work of a simulation."""

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import DrawError, InnosiError, ModelError
from innosi.scenarios.sampling.plan import BLOCK, SamplingPlan, Settings, Workspace
from innosi.scenarios.scenario_set import Experiment
from innosi.scenarios.summaries.summary import Summary

Compute = Callable[[Mapping[str, Any]], dict[str, FloatArray]]
SMALL_BLOCK = 2048
Pair = tuple[str, str]
"""A scenario and an option."""


@dataclass(frozen=True)
class Draws:
    """The draws of one scenario under one option, by dotted name; every array is (n_draws,)."""

    inputs: Mapping[str, FloatArray]
    outputs: Mapping[str, FloatArray]

    def first(self, n: int) -> "Draws":
        """Return the first n draws."""
        return Draws(
            {key: values[:n] for key, values in self.inputs.items()},
            {key: values[:n] for key, values in self.outputs.items()},
        )

    @classmethod
    def joined(cls, parts: list["Draws"]) -> "Draws":
        """Return parts as one, in their order."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            {key: np.concatenate([part.inputs[key] for part in parts]) for key in parts[0].inputs},
            {key: np.concatenate([part.outputs[key] for part in parts]) for key in parts[0].outputs},
        )


class Drawn(Protocol):
    """A row of numbers for each unknown, and what computes a model's headline from them."""

    @property
    def numbers(self) -> FloatArray:
        """(n_rows, n or more) float."""
        ...

    def headline(self, on_rows: Any, n: int) -> dict[str, FloatArray]:
        """Return the headline of the first n draws."""
        ...


@dataclass(frozen=True)
class Block:
    """Draws that are computed at once, and what they come to: inputs and outputs of each experiment."""

    start: int
    n: int
    results: Sequence[tuple[Mapping[str, FloatArray], Mapping[str, FloatArray]]]


@dataclass(frozen=True, order=True, slots=True)
class Chunk:
    """Draws start … stop − 1; start is a multiple of the block that `Summary` adds up at once."""

    start: int
    stop: int

    @property
    def n(self) -> int:
        """How many draws there are."""
        return self.stop - self.start


@dataclass(frozen=True)
class ChunkResult:
    """What a chunk comes to: a summary of each output, and the draws that are asked for."""

    summaries: Mapping[Pair, Mapping[str, Summary]]
    draws: Mapping[Pair, Draws]


@dataclass(frozen=True)
class ChunkWork:
    """Computes chunks; the same on any thread and any machine.

    Attributes
    ----------
    kept : int
        Of how many draws, from the first, every input and every output is given back.
    whole : bool
        Whether every output is summarised; if not, only those that the model leads with.
    """

    experiments: tuple[Experiment, ...]
    settings: Settings
    kept: int = 0
    whole: bool = False
    _dropped: dict[Any, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def plan(self) -> SamplingPlan:
        """How the unknowns of all experiments are drawn."""
        return SamplingPlan.of(self.settings, [each.estimates for each in self.experiments])

    @cached_property
    def _places(self) -> list["_Places"]:
        return [_Places.of(each, self.plan) for each in self.experiments]

    @cached_property
    def _local(self) -> threading.local:
        return threading.local()

    def prepare(self) -> None:
        """Make what every chunk needs, before several threads ask for it at once."""
        self.plan.prepare()
        _ = self._places, self._local

    def __call__(self, chunk: Chunk) -> ChunkResult:
        """Return what a chunk comes to.

        Raises
        ------
        InnosiError
            If a model gives something that is no number, naming the draw and its inputs.
        """
        return self.computed(chunk, self._blocks(chunk))

    def _blocks(self, chunk: Chunk) -> Iterator["Block"]:
        workspace = self._workspace()
        for start in range(chunk.start, chunk.stop, self._width):
            n = min(self._width, chunk.stop - start)
            self.plan.draw(start, n, workspace)
            yield self.block(start, n, workspace)

    def block(self, start: int, n: int, drawn: "Drawn") -> "Block":
        """Return what n draws come to, from the first number `start` on."""
        is_whole = self.whole or start < self.kept
        return Block(start, n, [each.computed(drawn, start, n, is_whole=is_whole) for each in self._places])

    def computed(self, chunk: Chunk, blocks: Iterable["Block"]) -> ChunkResult:
        """Return what a chunk comes to, from its blocks in their order; each is used up before the next."""
        gathered = [
            _Gathered(chunk, self.kept, None if self.whole else each.model.outputs)
            for each in self.experiments
        ]
        for block in blocks:
            for found, results in zip(gathered, block.results, strict=True):
                found.add(block.start, block.n, *results)
        pairs = [(each.scenario, each.option) for each in self.experiments]
        return ChunkResult(
            {pair: self._summarised(pair, each.outputs) for pair, each in zip(pairs, gathered, strict=True)},
            {pair: found.draws for pair, found in zip(pairs, gathered, strict=True) if found.n_kept},
        )

    @cached_property
    def _width(self) -> int:
        """How many draws are computed at a time; fewer where that costs no calls for every single number."""
        return SMALL_BLOCK if all(places.on_rows for places in self._places) else BLOCK

    def _workspace(self) -> Workspace:
        if not hasattr(self._local, "workspace"):
            self._local.workspace = self.plan.workspace()
        workspace: Workspace = self._local.workspace
        return workspace

    def of_draws(self, draws: Mapping[Pair, Draws]) -> ChunkResult:
        """Return what a chunk came to, of which every draw and every output was kept."""
        return ChunkResult(
            {pair: self._summarised(pair, found.outputs) for pair, found in draws.items()}, draws
        )

    def _summarised(self, pair: Pair, outputs: Mapping[str, FloatArray]) -> dict[str, Summary]:
        summaries = {}
        for name, numbers in outputs.items():
            dropped = self._dropped.get((pair, name), 0)
            summary = Summary.of(numbers, dropped=dropped, is_replicated=self.plan.design.is_replicated)
            self._dropped[pair, name] = summary.histogram.dropped
            summaries[name] = summary
        return summaries

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what another process makes for itself."""
        kept = ("experiments", "settings", "kept", "whole")
        return {name: self.__dict__[name] for name in kept} | {"_dropped": {}}


@dataclass(frozen=True)
class _Places:
    """Where an experiment's numbers stand among the rows that are drawn."""

    experiment: Experiment
    rows: Mapping[str, int]
    fixed: Mapping[str, float]
    on_rows: Any
    """What computes the headline from all rows at once; None where the model has no such way."""

    @classmethod
    def of(cls, experiment: Experiment, plan: SamplingPlan) -> "_Places":
        rows = {key: plan.row(key, each) for key, each in experiment.uncertain.items()}
        fixed = {
            key: float(each.distribution.mean)
            for key, each in experiment.estimates.items()
            if key not in rows
        }
        on_rows = getattr(experiment.model, "on_rows", None)
        return cls(experiment, rows, fixed, on_rows and on_rows(rows, fixed))

    def computed(
        self, drawn: Drawn, start: int, n: int, *, is_whole: bool
    ) -> tuple[dict[str, FloatArray], Mapping[str, FloatArray]]:
        """Return inputs and outputs of a block of n draws.

        The inputs are left out where the model looks at the rows themselves.
        """
        is_on_rows = self.on_rows and not is_whole
        inputs = {} if is_on_rows else self._inputs(drawn.numbers, n)
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # what is no number is told below
                if is_on_rows:
                    outputs = drawn.headline(self.on_rows, n)
                else:
                    model = self.experiment.model
                    headline: Compute = getattr(model, "headline", model.evaluate)
                    outputs = (model.evaluate if is_whole else headline)({**self.fixed, **inputs})
        except ModelError as error:
            raise self._located(error, start) from None
        for name, output in outputs.items():
            if np.any(np.isnan(output)):
                inputs = self._inputs(drawn.numbers, n)
                raise self._no_number(name, np.broadcast_to(output, (n,)), inputs, start)
        return inputs, outputs

    def _inputs(self, numbers: FloatArray, n: int) -> dict[str, FloatArray]:
        return {key: numbers[row, :n] for key, row in self.rows.items()}

    def _located(self, error: ModelError, start: int) -> ModelError:
        """Say in which scenario, under which option and, where one is to blame, in which draw."""
        told = error.numbered(start) if isinstance(error, DrawError) else error
        place = f"scenario {self.experiment.scenario}, option {self.experiment.option}"
        return ModelError(told.problem, mend=told.mend, where=place)

    def _no_number(
        self, name: str, output: FloatArray, inputs: Mapping[str, FloatArray], start: int
    ) -> InnosiError:
        index = int(np.argmax(np.isnan(output)))
        return InnosiError(
            f"'{name}' is no number in draw {start + index} of scenario {self.experiment.scenario},"
            f" option {self.experiment.option} ({_shown(inputs, index)})",
            mend="look at these inputs, and bound the one that goes too far: truncated(…, high=…)",
        )


def _shown(inputs: Mapping[str, FloatArray], index: int) -> str:
    return ", ".join(f"{key} = {values[index]:.6g}" for key, values in inputs.items())


class _Gathered:
    """The outputs of a chunk, block after block, and the draws that are kept.

    `wanted` are the names of the outputs that are summarised; None for all.
    """

    def __init__(self, chunk: Chunk, kept: int, wanted: Container[str] | None) -> None:
        self.chunk, self._wanted = chunk, wanted
        self.n_kept = min(max(kept - chunk.start, 0), chunk.n)
        self.outputs: dict[str, FloatArray] = {}
        self._kept: list[Draws] = []

    def add(
        self, start: int, n: int, inputs: Mapping[str, FloatArray], outputs: Mapping[str, FloatArray]
    ) -> None:
        """Add a block."""
        at = start - self.chunk.start
        if not self.outputs:
            names = [name for name in outputs if self._wanted is None or name in self._wanted]
            self.outputs = {name: np.empty(self.chunk.n) for name in names}
        for name, room in self.outputs.items():
            room[at : at + n] = outputs[name]
        n_kept = min(self.n_kept - at, n)
        if n_kept > 0:
            shape = (n,)
            self._kept.append(
                Draws(
                    {key: value[:n_kept].copy() for key, value in inputs.items()},
                    {key: np.broadcast_to(value, shape)[:n_kept].copy() for key, value in outputs.items()},
                )
            )

    @property
    def draws(self) -> Draws:
        """The kept draws."""
        return Draws.joined(self._kept)
