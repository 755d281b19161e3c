"""A GPU, through PyTorch: numbers are drawn there, and value maps reckoned; the rest is done here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions.tables import LIMIT, MANTISSA_BITS, first_digits
from innosi.models.errors import InnosiError
from innosi.models.tensors import add_outcomes
from innosi.models.value_map_rows import ValueMapRows
from innosi.scenarios.chunks import Block, Chunk, ChunkResult, ChunkWork
from innosi.scenarios.engines.engine import Result, Unit
from innosi.scenarios.engines.threads import Threads
from innosi.scenarios.sampling.plan import SamplingPlan
from innosi.scenarios.sampling.streams import GOLDEN, LAST_SHIFT, MIXING

WORKERS = 2
"""Threads that take turns at the GPU, so that it is not idle while one of them sums up."""


class Gpu(Threads):
    """Computes chunks of a simulation on a GPU.

    Draws and results are the same as anywhere, to rounding.

    Parameters
    ----------
    device : str
        As PyTorch calls it: `cuda`, `cuda:1`; `cpu` to try it without a GPU.

    Raises
    ------
    InnosiError
        If PyTorch is not installed, or finds no such device.
    """

    def __init__(self, device: str = "cuda") -> None:
        try:
            import torch
        except ImportError:
            raise InnosiError("PyTorch is not installed", mend="pip install 'innosi[gpu]'") from None
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise InnosiError(
                "PyTorch finds no GPU here",
                mend="leave --gpu out, or install the build of PyTorch for this GPU (pytorch.org)",
            )
        super().__init__(WORKERS)
        self.device = device

    def __repr__(self) -> str:
        return f"Gpu({self.device!r})"

    def map(self, work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """Yield each unit with its result as it is done; see `Engine.map`.

        Work that is no chunk of a simulation is done on the processor.
        """
        done = _OnGpu(work, self.device) if isinstance(work, ChunkWork) else work
        yield from super().map(cast("Callable[[Unit], Result]", done), units)


@dataclass(frozen=True)
class _OnGpu:
    """The work of a simulation, with its draws made on a device."""

    work: ChunkWork
    device: str

    def __call__(self, chunk: Chunk) -> ChunkResult:
        return self.work.computed(chunk, self._blocks(chunk))

    def _blocks(self, chunk: Chunk) -> Iterator[Block]:
        yield self.work.block(chunk.start, chunk.n, _Drawn(self._draws.draw(chunk.start, chunk.n)))

    @cached_property
    def _draws(self) -> "_DeviceDraws":
        return _DeviceDraws(self.work.plan, self.device)


@dataclass(frozen=True)
class _Drawn:
    """A row of numbers for each unknown, (n_rows, n), on a device."""

    values: Any

    @cached_property
    def numbers(self) -> FloatArray:
        """The same on the processor."""
        found: FloatArray = self.values.cpu().numpy()
        return found

    def headline(self, on_rows: Any, n: int) -> dict[str, FloatArray]:
        """Return the headline of a model; of a value map, reckoned on the device."""
        if not isinstance(on_rows, ValueMapRows):
            found: dict[str, FloatArray] = on_rows.headline(self.numbers, n)
            return found
        worth, gross, by_year = (each.cpu().numpy() for each in add_outcomes(on_rows.layout, self.values))
        inputs = {key: self.values[row].cpu().numpy() for key, row in on_rows.input_rows.items()}
        return on_rows.results(inputs, worth, gross, by_year)


class _DeviceDraws:
    """The draws of a plan, made on a device; to rounding the same as `SamplingPlan.draw` makes."""

    def __init__(self, plan: SamplingPlan, device: str) -> None:
        import torch

        self._plan, self._device, self._torch = plan, device, torch
        rows, tables, corners = plan.layout
        self._rows, self._tables = rows, self._there(tables)
        self._corners = self._there(corners)
        self._by_fineness = {
            int(fineness): np.flatnonzero(rows[:, 1] == fineness) for fineness in set(rows[:, 1].tolist())
        }

    def draw(self, start: int, n: int) -> Any:
        """Return draws start … start + n − 1 of every unknown, a tensor (n_unknowns, n)."""
        values = self._torch.empty((len(self._rows), n), dtype=self._torch.float64, device=self._device)
        streams = self._uniforms(start, n)
        for fineness, at in self._by_fineness.items():
            u = streams[self._there(self._rows[at, 0])]
            if fineness < 0:
                values[self._there(at)] = self._exact(at, u)
            elif fineness == 0:
                values[self._there(at)] = self._triangular(at, u)
            else:
                values[self._there(at)] = self._looked_up(at, u, fineness)
        return values

    def _there(self, array: Any) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self._device)

    def _uniforms(self, start: int, n: int) -> Any:
        if not self._plan.is_plain:
            return self._there(self._plan.uniforms(start, n))
        keys = self._there(self._plan.design.keys.view(np.int64))
        counter = self._torch.arange(start + 1, start + n + 1, dtype=self._torch.int64, device=self._device)
        word = keys[:, :1] + counter * _signed(GOLDEN)
        word = _mixed(_mixed(word) ^ keys[:, 1:])
        upper = _shifted(word, 64 - MANTISSA_BITS).to(self._torch.float64)
        return (upper + 0.5) * 2.0**-MANTISSA_BITS

    def _looked_up(self, at: Any, u: Any, fineness: int) -> Any:
        shift = MANTISSA_BITS - fineness
        t = self._torch.minimum(u, 1.0 - u)
        is_beyond = t < LIMIT
        t = t.clamp(min=LIMIT)
        digits = t.view(self._torch.int64) >> shift
        begin, end = (self._there(self._rows[at, column])[:, None] for column in (2, 3))
        piece = begin + digits - first_digits(fineness) + (u > 0.5) * ((end - begin) // 2)
        d = t - (digits << shift).view(self._torch.float64)
        c = self._tables[piece]
        found = c[..., 0] + d * (c[..., 1] + d * (c[..., 2] + d * c[..., 3]))
        for row in is_beyond.any(dim=1).nonzero().flatten().tolist():
            beyond = is_beyond[row]
            distribution = self._plan.unknowns[int(at[row])].distribution
            found[row, beyond] = self._there(distribution.quantile(u[row, beyond].cpu().numpy()))
        return found

    def _triangular(self, at: Any, u: Any) -> Any:
        low, mode, high = self._corners[self._there(at)].T[:, :, None]
        width = high - low
        rising = low + (u * (width * (mode - low))).sqrt()
        falling = high - ((1.0 - u) * (width * (high - mode))).sqrt()
        return self._torch.where(u <= (mode - low) / width, rising, falling)

    def _exact(self, at: Any, u: Any) -> Any:
        host = u.cpu().numpy()
        distributions = [self._plan.unknowns[int(each)].distribution for each in at]
        found = [each.quantile(row) for each, row in zip(distributions, host, strict=True)]
        return self._there(np.stack(found))


def _mixed(word: Any) -> Any:
    """The finishing steps of SplitMix64, on signed words."""
    for shift, factor in MIXING:
        word = (word ^ _shifted(word, shift)) * _signed(factor)
    return word ^ _shifted(word, LAST_SHIFT)


def _shifted(word: Any, shift: int) -> Any:
    """Shift signed words to the right as if they were unsigned."""
    return (word >> shift) & ((1 << (64 - shift)) - 1)


def _signed(word: int) -> int:
    return word - (1 << 64) if word >= 1 << 63 else word
