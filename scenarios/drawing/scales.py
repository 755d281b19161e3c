"""The scale of an axis: linear where that shows every row, else logarithmic."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
from matplotlib.axes import Axes

from innosi.models.arrays import FloatArray
from innosi.scenarios.drawing.numbers import short

_LEAST_VISIBLE = 0.025
_N_CELLS = 300


@dataclass(frozen=True, slots=True)
class Scale:
    """What an axis shows, from low to high.

    `linear_width` is 0 for a logarithm; where values of nought or less are among the draws it is the size
    below which the axis is linear (the inverse hyperbolic sine); None for a linear axis.
    """

    low: float
    high: float
    linear_width: float | None = None

    @property
    def is_linear(self) -> bool:
        """Whether equal steps on the axis are equal differences."""
        return self.linear_width is None

    @property
    def note(self) -> str:
        """What an axis label must add."""
        if self.linear_width is None:
            return ""
        return f"\nlogarithmic{f' beyond ±{short(self.linear_width)}' if self.linear_width else ''}"

    def place(self, values: FloatArray) -> FloatArray:
        """Where values stand along the axis."""
        if self.linear_width is None:
            return values
        return np.arcsinh(values / self.linear_width) if self.linear_width else np.log10(values)

    def value(self, places: FloatArray) -> FloatArray:
        """Which values stand at places along the axis."""
        if self.linear_width is None:
            return places
        return self.linear_width * np.sinh(places) if self.linear_width else 10.0**places

    def lay_on(self, axes: Axes) -> None:
        """Give the horizontal axis this scale."""
        if self.linear_width:
            axes.set_xscale("asinh", linear_width=self.linear_width)
        elif self.linear_width == 0:
            axes.set_xscale("log")
        if not self.is_linear:
            axes.set_xticks(ticks := self._ticks(), [short(tick) for tick in ticks])
            axes.minorticks_off()
        else:
            axes.xaxis.set_major_formatter(short)
        axes.set_xlim(self.low, self.high)

    def _ticks(self) -> list[float]:
        if not self.linear_width:
            return decades(self.low, self.high)
        above = decades(self.linear_width, self.high, multiples=(1.0,))
        below = decades(self.linear_width, -self.low, multiples=(1.0,)) if self.low < 0 else []
        return [*(-tick for tick in reversed(below)), 0.0, *above]


def decades(low: float, high: float, *, multiples: tuple[float, ...] = (1.0, 3.0)) -> list[float]:
    """Return 0.1, 0.3, 1, 3, 10 and so on from low to high; powers of ten alone, or fewer, where many."""
    first, last = floor(log10(low)), ceil(log10(high))
    steps = range(first, last + 1, max(1, ceil((last - first) / 8)))
    if high > 1000 * low:
        multiples = (1.0,)
    ticks = (multiple * 10.0**step for step in steps for multiple in multiples)
    return [float(f"{tick:.6g}") for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]


def fitting_scale(rows: Sequence[FloatArray], reference: float | None) -> Scale:
    """Return the scale on which the draws of every row, and the reference, can be seen.

    Linear, unless the lower half of some row's 90 % interval would be hidden in a fortieth of the axis.
    """
    finite = [row[np.isfinite(row)] for row in rows]
    ends = np.array([np.quantile(row if row.size else np.zeros(1), _SHOWN) for row in finite])
    low, high = float(ends[:, 0].min()), float(ends[:, -1].max())
    if reference is not None:
        low, high = min(low, reference), max(high, reference)
    lower_half = (ends[:, 2] - ends[:, 1])[ends[:, 3] > ends[:, 1]]
    if np.all(lower_half >= _LEAST_VISIBLE * (high - low)):
        start = min(low, 0.0) if low >= 0 else low
        margin = 0.04 * ((high - start) or 1.0)
        return Scale(start - margin if start < 0 else start, high + margin)
    if low > 0:
        return Scale(low / 1.2, high * 1.2, linear_width=0.0)
    medians = np.abs(ends[:, 2])
    smallest = float(np.min(medians[medians > 0], initial=high))
    width = 10.0 ** ceil(log10(smallest)) if smallest > 0 else 1.0
    return Scale(1.2 * low - 0.2 * width, high * 1.2, linear_width=width)


_SHOWN = (0.005, 0.05, 0.5, 0.95, 0.985)


def shape(draws: FloatArray, scale: Scale) -> tuple[FloatArray, FloatArray]:
    """Return where along the axis draws lie and how thickly, the thickest at 1.

    A histogram on the scale as it is shown, smoothed by a normal kernel of Silverman's width.

    Source
    ------
    Silverman (1986), Density Estimation, equation 3.31.
    """
    finite = draws[np.isfinite(draws)]
    with np.errstate(invalid="ignore", divide="ignore"):
        places = scale.place(finite)
    low, high = (float(scale.place(np.asarray(end))) for end in (scale.low, scale.high))
    if scale.is_linear and low == 0:
        low -= 1e-9 * (high or 1.0)
    counts, edges = np.histogram(places[np.isfinite(places)], bins=_N_CELLS, range=(low, high))
    smooth = np.convolve(counts, _kernel(places, (high - low) / _N_CELLS), mode="same")
    centres = (edges[1:] + edges[:-1]) / 2
    return scale.value(centres), smooth / max(float(smooth.max()), 1e-300)


def _kernel(places: FloatArray, step: float) -> FloatArray:
    """A normal kernel in cells of the histogram, at least one cell wide."""
    known = places[np.isfinite(places)]
    if known.size < 2:
        return np.ones(1)
    quarter, three_quarters = np.quantile(known, [0.25, 0.75])
    spread = min(float(np.std(known)), float(three_quarters - quarter) / 1.34 or np.inf)
    width = float(np.clip(0.9 * spread * known.size**-0.2 / step, 0.7, _N_CELLS / 8))
    reach = ceil(3 * width)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return kernel / kernel.sum()
