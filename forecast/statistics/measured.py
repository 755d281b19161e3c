"""What a statistic gives back: a measured value, or the result of a test; never a number without its n."""

from dataclasses import dataclass
from typing import Any

import numpy as np

NOBODY = "nobody answered"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured value, from how many answers, how sure it is, and, where it cannot be had, why not.

    Attributes
    ----------
    value : float
        NaN where it cannot be computed; never a silent 0.
    n : int
        How many answers (or panellists) it is computed from.
    reason : str
        Why the value is NaN, or why its interval is; empty otherwise.
    low, high : float
        Ends of its 95 % interval; NaN where none was computed, or none can be.
    """

    value: float
    n: int
    reason: str = ""
    low: float = np.nan
    high: float = np.nan

    @classmethod
    def of(cls, value: Any, n: Any, reason: str = "") -> "Measure":
        """Return a measure with numpy's numbers as Python's; the reason is kept only where it is NaN."""
        plain = float(value)
        return cls(plain, int(n), (reason or "it cannot be computed") if np.isnan(plain) else "")

    @classmethod
    def nobody(cls) -> "Measure":
        """Return what is measured where nobody answered."""
        return cls(np.nan, 0, NOBODY)


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """The result of a test of significance.

    Attributes
    ----------
    name : str
        The test, in words.
    statistic, p_value : float
        NaN where it cannot be made.
    n : int
        How many answers (or panellists) it rests on.
    degrees_of_freedom : float
        NaN where the test has none.
    reason : str
        Why it cannot be made; empty otherwise.
    """

    name: str
    statistic: float
    p_value: float
    n: int
    degrees_of_freedom: float = np.nan
    reason: str = ""

    @classmethod
    def impossible(cls, name: str, n: int, reason: str) -> "HypothesisTest":
        """Return what a test gives that cannot be made, and why."""
        return cls(name, np.nan, np.nan, n, np.nan, reason)
