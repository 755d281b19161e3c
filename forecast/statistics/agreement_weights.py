"""How much two different answers still agree: the weights of weighted agreement coefficients."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError


def agreement_weights(kind: str, values: ArrayLike) -> FloatArray:
    """Return how much each pair of values agrees: 1 for the same, less the further apart.

    Parameters
    ----------
    kind : {'identity', 'linear', 'quadratic', 'ordinal', 'radical', 'ratio', 'circular', 'bipolar'}
    values : (q,) float, rising
        `ordinal` takes their order only, the others their size.

    Returns
    -------
    (q, q) float

    Source
    ------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, chapter 3; R package irrCAC.

    Examples
    --------
    >>> agreement_weights("linear", [1, 2, 3])[0].tolist()
    [1.0, 0.5, 0.0]
    """
    if kind not in WEIGHTS:
        raise AnswerError(f"there are no weights '{kind}'", mend=f"choose one of: {', '.join(WEIGHTS)}")
    x = np.asarray(values, dtype=float)
    if x.size < 2:
        return np.ones((x.size, x.size))
    with np.errstate(invalid="ignore", divide="ignore"):
        return WEIGHTS[kind](x[:, np.newaxis], x[np.newaxis, :])


def _identity(x: FloatArray, y: FloatArray) -> FloatArray:
    return (x == y).astype(float)


def _linear(x: FloatArray, y: FloatArray) -> FloatArray:
    return 1 - np.abs(x - y) / np.ptp(x)


def _quadratic(x: FloatArray, y: FloatArray) -> FloatArray:
    return 1 - (x - y) ** 2 / np.ptp(x) ** 2


def _ordinal(x: FloatArray, y: FloatArray) -> FloatArray:
    between = np.abs(np.arange(x.size)[:, np.newaxis] - np.arange(y.size)) + 1
    return 1 - between * (between - 1) / (x.size * (x.size - 1))


def _radical(x: FloatArray, y: FloatArray) -> FloatArray:
    return 1 - np.sqrt(np.abs(x - y) / np.ptp(x))


def _ratio(x: FloatArray, y: FloatArray) -> FloatArray:
    apart = np.where(x == y, 0, ((x - y) / (x + y)) ** 2)
    found: FloatArray = 1 - apart / ((x.max() - x.min()) / (x.max() + x.min())) ** 2
    return found


def _circular(x: FloatArray, y: FloatArray) -> FloatArray:
    apart = np.sin(np.pi * (x - y) / (np.ptp(x) + 1)) ** 2
    return 1 - apart / apart.max()


def _bipolar(x: FloatArray, y: FloatArray) -> FloatArray:
    apart = np.where(x == y, 0, (x - y) ** 2 / ((x + y - 2 * x.min()) * (2 * x.max() - x - y)))
    found: FloatArray = 1 - apart / apart.max()
    return found


WEIGHTS: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = MappingProxyType(
    {
        "identity": _identity,
        "linear": _linear,
        "quadratic": _quadratic,
        "ordinal": _ordinal,
        "radical": _radical,
        "ratio": _ratio,
        "circular": _circular,
        "bipolar": _bipolar,
    }
)
