"""One step of a map: what every concept's level becomes when all others have worked on it once."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import ModelError

Rule = Literal["kosko", "modified_kosko", "rescaled"]
Transfer = Literal["sigmoid", "tanh", "bivalent", "trivalent"]
RULES: tuple[Rule, ...] = get_args(Rule)
TRANSFERS: tuple[Transfer, ...] = get_args(Transfer)

BoolArray = npt.NDArray[np.bool_]

_DISCRETE = ("bivalent", "trivalent")


@dataclass(frozen=True, slots=True)
class Dynamics:
    """How levels are brought up to date.

    Attributes
    ----------
    rule : {'kosko', 'modified_kosko', 'rescaled'}
        What reaches concept j from the levels A and the weights W (i acts on j):
        kosko Σᵢ Aᵢ Wᵢⱼ; modified_kosko adds Aⱼ, the concept's own level; rescaled
        Σᵢ (2Aᵢ − 1) Wᵢⱼ + (2Aⱼ − 1), so that a level of ½, nothing known, has no effect.
    transfer : {'sigmoid', 'tanh', 'bivalent', 'trivalent'}
        What makes a level of it: 1 / (1 + exp(−λx)) within 0 … 1; tanh(λx) within −1 … 1; 1 above the
        threshold, else 0; 1 above the threshold, −1 below its negative, else 0.
    slope : float
        λ, of sigmoid and tanh.
    threshold : float
        Of bivalent and trivalent.
    is_held_without_causes : bool
        Whether a concept that nothing acts on keeps its first level; otherwise it is brought up to date like
        any other, and by a sigmoid comes to ½ in the first step (kosko).

    Source
    ------
    Kosko (1986), Int. J. Man-Machine Studies 24; Stylios & Groumpos (2004), IEEE Trans. SMC A 34 (own level);
    Papageorgiou (2011), Applied Soft Computing 11 (rescaled).
    """

    rule: Rule = "kosko"
    transfer: Transfer = "sigmoid"
    slope: float = 1.0
    threshold: float = 0.0
    is_held_without_causes: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.slope < np.inf:
            raise ModelError(f"a slope of {self.slope:g}", mend="give a number above 0")
        if not 0 <= self.threshold < np.inf:
            raise ModelError(f"a threshold of {self.threshold:g}", mend="give 0 or a number above it")
        if self.rule == "rescaled" and self.transfer in ("tanh", "trivalent"):
            raise ModelError(
                f"the rule 'rescaled' is for levels of 0 to 1; {self.transfer} gives levels of −1 to 1",
                mend="take the transfer sigmoid, or the rule kosko or modified_kosko",
            )

    @property
    def lowest(self) -> float:
        """The lowest level there is."""
        return -1.0 if self.transfer in ("tanh", "trivalent") else 0.0

    @property
    def neutral(self) -> float:
        """The level of a concept of which nothing is known: ½ of a sigmoid, else 0."""
        return 0.5 if self.transfer == "sigmoid" else 0.0

    @property
    def is_discrete(self) -> bool:
        """Whether there are only two or three levels."""
        return self.transfer in _DISCRETE

    @property
    def has_memory(self) -> bool:
        """Whether a concept's own level is part of its next one."""
        return self.rule != "kosko"

    @property
    def steepness(self) -> float:
        """The steepest slope of a level against what reaches it; twice that of the transfer if rescaled."""
        steepest = self.slope / 4 if self.transfer == "sigmoid" else self.slope
        return np.inf if self.is_discrete else steepest * (2 if self.rule == "rescaled" else 1)

    def is_level(self, levels: ArrayLike) -> bool:
        """Say whether all these are levels that this transfer can give."""
        found = np.asarray(levels, dtype=float)
        if self.is_discrete:
            return bool(np.isin(found, [self.lowest, 0.0, 1.0]).all())
        return bool(np.all((found >= self.lowest) & (found <= 1.0)))

    @property
    def levels_in_words(self) -> str:
        """Which levels there are."""
        if self.is_discrete:
            return "0 or 1" if self.transfer == "bivalent" else "−1, 0 or 1"
        return f"between {self.lowest:g} and 1".replace("-", "−")


def step(levels: FloatArray, weights: FloatArray, dynamics: Dynamics) -> FloatArray:
    """Return every concept's next level; nothing is clamped or held.

    Parameters
    ----------
    levels : (..., n) float
    weights : (..., n, n) float
        Row i, column j: how strongly concept i acts on concept j.

    Returns
    -------
    (..., n) float
    """
    acting = 2 * levels - 1 if dynamics.rule == "rescaled" else levels
    reaching = np.matmul(acting[..., None, :], weights)[..., 0, :]
    return transferred(reaching + acting if dynamics.has_memory else reaching, dynamics)


def transferred(reaching: FloatArray, dynamics: Dynamics) -> FloatArray:
    """Return the level that a transfer makes of what reaches a concept, element by element."""
    found: FloatArray
    if dynamics.transfer == "sigmoid":
        found = expit(dynamics.slope * reaching)
    elif dynamics.transfer == "tanh":
        found = np.tanh(dynamics.slope * reaching)
    elif dynamics.transfer == "bivalent":
        found = (reaching > dynamics.threshold).astype(float)
    else:
        found = (reaching > dynamics.threshold).astype(float) - (reaching < -dynamics.threshold)
    return found


def without_causes(weights: FloatArray) -> BoolArray:
    """Say of each concept whether nothing but itself acts on it, shape (..., n) bool."""
    n = weights.shape[-1]
    found: BoolArray = np.all((weights == 0) | np.eye(n, dtype=bool), axis=-2)
    return found
