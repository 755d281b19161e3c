"""How strongly a concept acts on another: a number, a range or distribution, or a word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions import (
    Constant,
    Distribution,
    Triangular,
    Truncated,
    Uniform,
    parse_distribution,
)
from innosi.models.errors import DistributionError
from innosi.scenarios.loading.validation import nearest

TERMS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "very_low": (0.0, 0.0, 0.25),
        "low": (0.0, 0.25, 0.5),
        "medium": (0.25, 0.5, 0.75),
        "high": (0.5, 0.75, 1.0),
        "very_high": (0.75, 1.0, 1.0),
    }
)
"""What words stand for: triangular fuzzy numbers that overlap by half (as Mkhitaryan et al. 2022)."""

_WORD = re.compile(r"\s*([+\-−–]?)\s*([A-Za-z][A-Za-z _-]*?)\s*")
_RANGE = re.compile(r"\s*([+\-−–]?)\s*([\d.]+%?)\s*\.\.\s*([+\-−–]?)\s*([\d.]+%?)\s*")
_MINUS = "-−–"


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight within −1 … 1, and how sure it is.

    Attributes
    ----------
    distribution : Distribution
        Of the weight; of its size where `sign` is −1.
    sign : {1, -1}
    stated : str
        As it stands in the file.
    """

    distribution: Distribution
    sign: int = 1
    stated: str = ""

    @property
    def value(self) -> float:
        """The mean: of a word's triangular number its centroid."""
        return self.sign * self.distribution.mean

    @property
    def is_uncertain(self) -> bool:
        """Whether more than one weight is possible."""
        return not self.distribution.is_constant

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the weights that a share `u` of the probability lies below."""
        found = self.distribution.quantile(u if self.sign > 0 else 1 - u)
        return np.clip(self.sign * found, -1.0, 1.0)

    def loosened(self, error: float) -> "Weight":
        """Return the weight with an error of ± `error`, evenly spread, if it is stated as a number alone.

        It keeps its sign and stays within −1 … 1; no link stays none.
        """
        if self.is_uncertain or self.value == 0:
            return self
        size = abs(self.value)
        low, high = max(size - error, 0.0), min(size + error, 1.0)
        return Weight(Uniform(low, high), 1 if self.value > 0 else -1, self.stated)


NO_LINK = Weight(Constant(0.0))


def parse_weight(raw: Any) -> Weight:
    """Return the weight that a number, a range, a distribution or a word says.

    A range whose ends have one sign is taken as a beta distribution of the size, which cannot leave 0 … 1;
    any other distribution that reaches beyond −1 … 1 is truncated there.

    Raises
    ------
    DistributionError
        If it says no weight, or one beyond −1 … 1.

    Examples
    --------
    >>> parse_weight("-high").value
    -0.75
    >>> print(parse_weight("-0.8 .. -0.2").distribution)
    beta 0.2 .. 0.8
    """
    if isinstance(raw, str):
        for read in (_word, _range):
            found = read(raw)
            if found is not None:
                return found
    distribution = parse_distribution(_plain_minus(raw))
    low, high = distribution.support
    if distribution.is_constant and not -1 <= distribution.mean <= 1:
        raise DistributionError(f"found {raw}", mend="a weight lies between −1 and 1")
    if low < -1 or high > 1:
        distribution = _cut(distribution, raw)
    return Weight(distribution, 1, str(raw))


def _plain_minus(raw: Any) -> Any:
    return raw.replace("−", "-").replace("–", "-") if isinstance(raw, str) else raw


def _cut(distribution: Distribution, raw: Any) -> Distribution:
    low, high = distribution.interval(0.9)
    if low < -1 or high > 1:
        raise DistributionError(
            f"found {raw}: more than a twentieth of it lies beyond −1 … 1",
            mend="a weight lies between −1 and 1",
        )
    return Truncated(distribution, -1.0, 1.0)


def _word(raw: str) -> Weight | None:
    match = _WORD.fullmatch(raw)
    if not match:
        return None
    term = re.sub(r"[ -]+", "_", match[2].strip().casefold())
    if term == "none" and not match[1]:
        return Weight(Constant(0.0), 1, raw)
    if term not in TERMS:
        raise DistributionError(f"found '{raw}', which is no weight{nearest(term, [*TERMS, 'none'])}")
    return Weight(Triangular(*TERMS[term]), -1 if match[1] and match[1] in _MINUS else 1, raw)


def _range(raw: str) -> Weight | None:
    """A range whose ends have one sign: its size is a share."""
    match = _RANGE.fullmatch(raw)
    if not match:
        return None
    signs = [-1 if each and each in _MINUS else 1 for each in (match[1], match[3])]
    low, high = (sign * _share(each) for sign, each in zip(signs, (match[2], match[4]), strict=True))
    if np.isnan(low + high) or signs[0] != signs[1]:
        return None
    if max(abs(low), abs(high)) > 1:
        raise DistributionError(f"found {raw}", mend="a weight lies between −1 and 1")
    if not low < high:
        raise DistributionError(f"found {raw}, which is out of order", mend="write the lower end first")
    if {abs(low), abs(high)} & {0.0, 1.0}:
        even = f"uniform({low:g}, {high:g})"
        raise DistributionError(
            f"found {raw}: a range holds 90 %, so there must be room beyond its ends between 0 and 1",
            mend=f"move the end inwards, or write {even}",
        )
    ends = sorted((abs(low), abs(high)))
    return Weight(parse_distribution(f"{ends[0]!r} .. {ends[1]!r}", kind="share"), signs[0], raw)


def _share(text: str) -> float:
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return float("nan")
