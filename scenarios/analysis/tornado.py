"""Which uncertain input moves the result most, and how far each would have to go to change the answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution
from innosi.models.value_map import SHARES
from innosi.scenarios.scenario_set import Experiment

_LEVELS = (0.05, 0.5, 0.95)
_N_TRIED = 400


@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does to the result as it goes from its 5 % to its 95 % quantile.

    The others stay at their median.

    `keys` are the numbers it stands for: more than one where a judgement is used in several places.
    """

    name: str
    keys: tuple[str, ...]
    low: float
    high: float
    result_at_low: float
    result_at_high: float

    @property
    def width(self) -> float:
        """How far the result moves."""
        return abs(self.result_at_high - self.result_at_low)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The value of one input at which the result reaches its target, the others at their median.

    `value` is None where no value that the input can take brings the result there.
    """

    name: str
    median: float
    value: float | None


def tornado(experiment: Experiment, output: str) -> list[Swing]:
    """Return the swing of every uncertain input, the widest first.

    One at a time: interactions are not seen.
    """
    groups = _groups(experiment)
    swings = []
    for name, keys in groups.items():
        distribution = experiment.estimates[keys[0]].distribution
        low, _, high = (float(value) for value in distribution.quantile(np.array(_LEVELS)))
        at_low, at_high = _result(experiment, output, keys, np.array([low, high]))
        swings.append(Swing(name, keys, low, high, float(at_low), float(at_high)))
    return sorted(swings, key=lambda swing: (-swing.width, swing.name))


def break_even(experiment: Experiment, output: str, target: float = 1.0) -> list[BreakEven]:
    """Return, for every input, what it must become for the result to reach a target (a ratio of 1).

    Looked for over the whole range of a share, for a duration as long as it can be, and for other numbers
    up to ten times their median.

    Source
    ------
    Guide to Social Return on Investment (2012), stage 5.3, sensitivity analysis.
    """
    found = []
    for name, keys in _groups(experiment).items():
        distribution = experiment.estimates[keys[0]].distribution
        median = float(distribution.median)
        tried = np.linspace(*_range_of(keys[0], distribution), _N_TRIED + 1)
        results = _result(experiment, output, keys, tried)
        found.append(BreakEven(name, median, _crossing(tried, results - target, median)))
    return found


def _groups(experiment: Experiment) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for key, estimate in experiment.uncertain.items():
        if estimate.is_chance:
            continue
        name = estimate.shared_name or key
        groups[name] = (*groups.get(name, ()), key)
    return groups


def _medians(experiment: Experiment) -> Mapping[str, FloatArray]:
    return {key: np.asarray(each.distribution.median) for key, each in experiment.estimates.items()}


def _result(experiment: Experiment, output: str, keys: tuple[str, ...], values: FloatArray) -> FloatArray:
    outputs = experiment.model.evaluate({**_medians(experiment), **dict.fromkeys(keys, values)})
    return np.broadcast_to(outputs[output], values.shape)


def _range_of(key: str, distribution: Distribution) -> tuple[float, float]:
    field, median = key.rpartition(".")[2], distribution.median
    if field in SHARES:
        return 0.0, 1.0
    if field == "duration":
        return 0.0, float(distribution.quantile(0.9999))
    nearest, furthest = median / 1000, 10 * median  # an input of nought would leave no ratio
    return (nearest, furthest) if median >= 0 else (furthest, nearest)


def _crossing(tried: FloatArray, above: FloatArray, median: float) -> float | None:
    """Return the tried value nearest the median at which the result crosses its target."""
    at = np.flatnonzero(np.sign(above[:-1]) * np.sign(above[1:]) <= 0)
    if at.size == 0:
        return None
    rise = above[at + 1] - above[at]
    part = np.divide(-above[at], rise, out=np.zeros_like(rise), where=rise != 0)
    crossings = tried[at] + part * (tried[at + 1] - tried[at])
    return float(crossings[np.argmin(np.abs(crossings - median))])
