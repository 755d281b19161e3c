"""Whether probabilities mean what they say: the parts of the Brier score, and the calibration curve."""

from dataclasses import dataclass

import numpy as np

from innosi.forecast.statistics.resampling import wilson_interval
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

N_BINS = 10


@dataclass(frozen=True, slots=True)
class BrierParts:
    """The Brier score as reliability − resolution + uncertainty + what lies within the bins.

    Attributes
    ----------
    brier : float
    reliability : float
        How far stated probabilities lie from how often it happened; 0 is perfect.
    resolution : float
        How far the bins differ in how often it happened; more is better.
    uncertainty : float
        Of the outcomes themselves.
    within : float
        Variance less twice the covariance within bins; 0 where all of a bin's probabilities are the same.
    n : int
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    n: int


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Of the probabilities in one stretch: their mean, and how often it happened (Wilson's 95 %)."""

    low: float
    high: float
    n: int
    stated: float
    happened: float
    happened_low: float
    happened_high: float


def brier_parts(probabilities: ArrayLike, outcomes: ArrayLike, *, n_bins: int = N_BINS) -> BrierParts:
    """Return the parts of the Brier score; they add up to it exactly.

    Parameters
    ----------
    probabilities, outcomes : (n,) float
        Outcomes are 0 or 1.
    n_bins : int
        Equal stretches of 0 to 1; a probability on an edge belongs to the stretch above it.

    Source
    ------
    Murphy (1973), Journal of Applied Meteorology 12; Stephenson, Coelho & Jolliffe (2008), Weather and
    Forecasting 23, for the two terms within bins.

    Examples
    --------
    >>> found = brier_parts([0.25, 0.25, 0.75, 0.75], [0, 1, 1, 1])
    >>> found.brier == found.reliability - found.resolution + found.uncertainty
    True
    """
    stated, happened = _checked(probabilities, outcomes)
    n, rate = stated.size, happened.mean()
    reliability = resolution = within = 0.0
    for members in _binned(stated, n_bins):
        here, came = stated[members], happened[members]
        reliability += here.size * (here.mean() - came.mean()) ** 2
        resolution += here.size * (came.mean() - rate) ** 2
        away = here - here.mean()
        within += np.sum(away**2) - 2 * np.sum((came - came.mean()) * away)
    return BrierParts(
        float(np.mean((stated - happened) ** 2)),
        float(reliability / n),
        float(resolution / n),
        float(rate * (1 - rate)),
        float(within / n),
        n,
    )


def calibration_curve(
    probabilities: ArrayLike, outcomes: ArrayLike, *, n_bins: int = N_BINS
) -> tuple[CalibrationBin, ...]:
    """Return, for each stretch of probabilities that was used, how often it happened.

    Parameters
    ----------
    probabilities, outcomes : (n,) float
    n_bins : int
        As for `brier_parts`.

    Examples
    --------
    >>> [(each.n, each.happened) for each in calibration_curve([0.1, 0.1, 0.9], [0, 1, 1])]
    [(2, 0.5), (1, 1.0)]
    """
    stated, happened = _checked(probabilities, outcomes)
    curve = []
    for members in _binned(stated, n_bins):
        place = min(int(stated[members][0] * n_bins + _ROUNDING), n_bins - 1)
        share = float(happened[members].mean())
        low, high = wilson_interval(share, members.size)
        mean = float(stated[members].mean())
        curve.append(
            CalibrationBin(place / n_bins, (place + 1) / n_bins, members.size, mean, share, low, high)
        )
    return tuple(curve)


_ROUNDING = 1e-9
"""0.3 · 10 computed as 2.9999999999999996 is still on the edge of the fourth stretch."""


def _binned(stated: FloatArray, n_bins: int) -> list[np.ndarray[tuple[int, ...], np.dtype[np.intp]]]:
    places = np.minimum((stated * n_bins + _ROUNDING).astype(int), n_bins - 1)
    return [np.flatnonzero(places == place) for place in np.unique(places)]


def _checked(probabilities: ArrayLike, outcomes: ArrayLike) -> tuple[FloatArray, FloatArray]:
    stated, happened = (np.ravel(np.asarray(each, dtype=float)) for each in (probabilities, outcomes))
    if stated.size == 0 or stated.size != happened.size:
        raise AnswerError(
            f"{stated.size} probabilities for {happened.size} outcomes", mend="give one outcome for each"
        )
    if not (np.all((stated >= 0) & (stated <= 1)) and np.all((happened == 0) | (happened == 1))):
        raise AnswerError("a probability lies outside 0 to 1, or an outcome is neither", mend="mend it")
    return stated, happened
