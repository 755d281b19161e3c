"""Whether answers lie in two camps: tests of having more than one mode, for ratings and for numbers."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import xlogy

from innosi.forecast.statistics.descriptive import histogram
from innosi.forecast.statistics.levels import Scale
from innosi.forecast.statistics.measured import NOBODY, HypothesisTest
from innosi.forecast.statistics.tally import Tally, answered
from innosi.models.arrays import ArrayLike, FloatArray

N_DRAWS = 999
FEWEST = 4
SIGNIFICANT = 0.05
SMALLEST_CAMP = 0.15
MOST_TIES = 0.2
_LARGEST_SIMULATED = 100
_UNIMODAL, _DIP = "likelihood ratio against one mode", "Hartigan's dip"


@dataclass(frozen=True, slots=True)
class Camps:
    """Two camps of answers, split where fewest lie between them.

    Attributes
    ----------
    split : float
        Answers up to it are the lower camp.
    n_lower, n_upper : int
    lower, upper : float
        The median of each.
    """

    split: float
    n_lower: int
    n_upper: int
    lower: float
    upper: float

    @property
    def smaller(self) -> float:
        """The share of the answers in the smaller camp."""
        return min(self.n_lower, self.n_upper) / (self.n_lower + self.n_upper)


@dataclass(frozen=True, slots=True)
class Bipolarity:
    """Whether one question's answers have more than one mode, and the camps if they have.

    Attributes
    ----------
    test : HypothesisTest
    camps : Camps or None
        None where the test does not tell two camps.
    """

    test: HypothesisTest
    camps: Camps | None

    @property
    def words(self) -> str:
        """The finding in plain words."""
        if self.test.reason:
            return f"cannot be told: {self.test.reason}"
        if self.camps is None:
            is_split = self.test.p_value < SIGNIFICANT
            return "no second camp, but stray answers" if is_split else "one camp, as far as the answers tell"
        each = self.camps
        return f"two camps: {each.n_lower} around {each.lower:.4g}, {each.n_upper} around {each.upper:.4g}"


def bipolarity(values: ArrayLike, scale: Scale | None = None, *, seed: int = 0) -> Bipolarity:
    """Test whether answers have more than one mode, and where the camps are.

    Ratings are tested by the shares of their levels, numbers by Hartigan's dip, or, where more than a fifth
    of them tie, by the shares of equal stretches: ties make a dip of their own.

    Parameters
    ----------
    values : (n,) float
        One question's answers; NaN is no answer.
    scale : (int, int), optional
        Of a rating.

    Returns
    -------
    Bipolarity
        Without camps where p is 0.05 or more, which is no proof of one camp, and where the smaller would hold
        fewer than 15 % of the answers, or one.
    """
    answers = answered(values)
    tally = Tally.of(answers, scale)
    test = _test(answers, tally, seed)
    if test.reason or test.p_value >= SIGNIFICANT:
        return Bipolarity(test, None)
    camps = _camps(answers, tally)
    is_enough = min(camps.n_lower, camps.n_upper) >= max(2, SMALLEST_CAMP * answers.size)
    return Bipolarity(test, camps if is_enough else None)


def _test(answers: FloatArray, tally: Tally, seed: int) -> HypothesisTest:
    if tally.scale is not None:
        return unimodality_test(tally.counts, seed=seed)
    if answers.size and tally.n_different < (1 - MOST_TIES) * answers.size:
        stretches = histogram(answers)
        found = unimodality_test([each.n for each in stretches], seed=seed)
        return replace(found, name=f"{found.name}, in {len(stretches)} stretches")
    return dip_test(answers)


def _camps(answers: FloatArray, tally: Tally) -> Camps:
    """Split a rating at the valley of its levels, numbers at their widest gap within the middle 80 %."""
    if tally.scale is not None:
        counts = tally.counts
        depth = np.minimum(np.maximum.accumulate(counts), np.maximum.accumulate(counts[::-1])[::-1]) - counts
        valley = np.flatnonzero(depth == depth.max())
        split = float(tally.levels[valley[valley.size // 2]])
        if counts[valley[valley.size // 2]] > 0 and np.mean(answers < split) < np.mean(answers > split):
            split -= 0.5  # the valley's own answers join the larger camp's neighbours
    else:
        ordered = np.sort(answers)
        edge = max(1, round(0.1 * ordered.size))
        gaps = np.diff(ordered)[edge - 1 : ordered.size - edge]
        at = int(np.argmax(gaps)) + edge - 1
        split = float((ordered[at] + ordered[at + 1]) / 2)
    lower, upper = answers[answers <= split], answers[answers > split]
    return Camps(split, lower.size, upper.size, float(np.median(lower)), float(np.median(upper)))


def unimodality_test(counts: ArrayLike, *, n_draws: int = N_DRAWS, seed: int = 0) -> HypothesisTest:
    """Test whether the shares of an ordered scale's levels rise to one mode and fall from it.

    The likelihood ratio G² = 2 Σ n ln(p / u), u the best shares with one mode (isotonic on both sides of it);
    its p-value comes from samples drawn from u, as levels are few and tied, so that no table holds.

    Parameters
    ----------
    counts : (k,) int
    n_draws, seed : int
        Of the samples.

    Source
    ------
    Robertson, Wright & Dykstra (1988), Order Restricted Statistical Inference, chapter 5, for the fit;
    Davison & Hinkley (1997), Bootstrap Methods and their Application, chapter 4, for the p-value.

    Examples
    --------
    >>> unimodality_test([9, 0, 0, 0, 9]).p_value < 0.01
    True
    """
    found = np.asarray(counts, dtype=float)
    n = int(found.sum())
    reason = _why_not(n, int(np.count_nonzero(found)))
    if reason:
        return HypothesisTest.impossible(_UNIMODAL, n, reason)
    best, statistic = _fit(found[np.newaxis])
    drawn = np.random.Generator(np.random.Philox(seed)).multinomial(n, best[0] / n, size=n_draws)
    _, others = _fit(drawn.astype(float))
    p_value = (1 + np.count_nonzero(others >= statistic[0] - 1e-9)) / (1 + n_draws)
    return HypothesisTest(_UNIMODAL, float(statistic[0]), float(p_value), n)


def _why_not(n: int, n_different: int) -> str:
    if n < FEWEST:
        return NOBODY if n == 0 else f"it needs {FEWEST} answers or more"
    return "all answers are alike" if n_different < 2 else ""


def _fit(counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best counts (b, k) that rise and then fall, and G² of each row against them."""
    k = counts.shape[-1]
    best, least = counts, np.full(len(counts), np.inf)
    for split in range(1, k + 1):
        fitted = np.concatenate(
            [_rising(counts[:, :split]), _rising(counts[:, split:][:, ::-1])[:, ::-1]], axis=1
        )
        misfit = 2 * np.sum(xlogy(counts, counts) - xlogy(counts, np.where(counts > 0, fitted, 1)), axis=1)
        is_better = misfit < least
        best = np.where(is_better[:, np.newaxis], fitted, best)
        least = np.minimum(misfit, least)
    return best, least


def _rising(counts: FloatArray) -> FloatArray:
    """Isotonic regression of each row by max–min of the means of its stretches."""
    k = counts.shape[-1]
    if k == 0:
        return counts
    total = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=-1)], axis=-1)
    start, end = np.arange(k)[:, np.newaxis], np.arange(k)[np.newaxis, :]
    means = (total[:, np.newaxis, 1:] - total[:, :k, np.newaxis]) / np.maximum(end - start + 1, 1)
    from_start = np.where(end >= start, means, np.inf)
    lowest_after = np.minimum.accumulate(from_start[..., ::-1], axis=-1)[..., ::-1]
    found: FloatArray = np.max(np.where(end >= start, lowest_after, -np.inf), axis=-2)
    return found


def dip_test(values: ArrayLike) -> HypothesisTest:
    """Test whether numbers come from one mode: Hartigan's dip, against uniform samples of the same size.

    Parameters
    ----------
    values : (n,) float

    Notes
    -----
    *Not* for ratings: their ties make a dip of their own. Above 100 answers the samples have 100, and dips
    are compared after multiplying by √n.

    Source
    ------
    Hartigan & Hartigan (1985), The Annals of Statistics 13(1).
    """
    answers = answered(values)
    reason = _why_not(answers.size, np.unique(answers).size)
    if reason:
        return HypothesisTest.impossible(_DIP, answers.size, reason)
    dip = dip_statistic(answers)
    n = min(answers.size, _LARGEST_SIMULATED)
    scaled = dip * np.sqrt(answers.size / n)
    others = _uniform_dips(n)
    p_value = (1 + np.count_nonzero(others >= scaled - 1e-12)) / (1 + others.size)
    return HypothesisTest(_DIP, dip, float(p_value), answers.size)


@lru_cache(maxsize=256)
def _uniform_dips(n: int) -> FloatArray:
    samples = np.random.Generator(np.random.Philox([85, n])).random((N_DRAWS, n))
    return np.array([dip_statistic(sample) for sample in samples])


def dip_statistic(values: ArrayLike) -> float:
    """Return the dip: how far the distribution of answers lies from the nearest with one mode.

    Parameters
    ----------
    values : (n,) float

    Returns
    -------
    float
        From 1 / (2n), where it has one mode, to ¼.

    Notes
    -----
    The modal interval is narrowed step by step to where the greatest convex minorant and the least concave
    majorant of the distribution function lie furthest apart; the dip is the largest distance from either
    outside of it.

    Examples
    --------
    >>> dip_statistic([1, 2, 3, 4])
    0.125
    """
    x = np.sort(answered(values))
    n = x.size
    low, high, dip = 0, n - 1, 1.0
    if n < 2 or x[0] == x[-1]:
        return 1 / (2 * n) if n else float("nan")
    while True:
        lower, upper = _minorant(x, low, high), _majorant(x, low, high)
        apart, start, end = _furthest(x, lower, upper)
        if apart <= dip:
            break
        inside_lower = lower[(lower >= low) & (lower <= start)]
        inside_upper = upper[(upper >= end) & (upper <= high)]
        dip = max(dip, _below(x, inside_lower), _above(x, inside_upper))
        if (low, high) == (start, end):
            break
        low, high = start, end
    return float(dip / (2 * n))


def _minorant(x: FloatArray, low: int, high: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Places of the corners of the greatest convex minorant of the distribution function."""
    corners: list[int] = []
    for place in range(low, high + 1):
        while len(corners) > 1 and _turn(x, corners[-2], corners[-1], place) >= 0:
            corners.pop()
        corners.append(place)
    return np.array(corners)


def _majorant(x: FloatArray, low: int, high: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Places of the corners of the least concave majorant."""
    corners: list[int] = []
    for place in range(low, high + 1):
        while len(corners) > 1 and _turn(x, corners[-2], corners[-1], place) <= 0:
            corners.pop()
        corners.append(place)
    return np.array(corners)


def _turn(x: FloatArray, first: int, middle: int, last: int) -> float:
    """Above 0 where the middle lies above the line from first to last."""
    return float((middle - first) * (x[last] - x[first]) - (last - first) * (x[middle] - x[first]))


def _on_line(
    x: FloatArray, corners: np.ndarray[tuple[int, ...], np.dtype[np.intp]], places: ArrayLike
) -> FloatArray:
    """Height (in counts) of the line through corners at the answers of some places."""
    return np.interp(x[np.asarray(places, dtype=int)], x[corners], corners.astype(float))


def _furthest(
    x: FloatArray,
    lower: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
    upper: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
) -> tuple[float, int, int]:
    """Return the largest distance between majorant and minorant, and the modal interval that it names."""
    best, start, end = 0.0, int(lower[0]), int(lower[-1])
    at_lower = _on_line(x, upper, lower) - lower + 1
    i = int(np.argmax(at_lower))
    if at_lower[i] > best:
        best, start = float(at_lower[i]), int(lower[i])
        end = int(upper[np.searchsorted(upper, start)])
    at_upper = upper - _on_line(x, lower, upper) + 1
    j = int(np.argmax(at_upper))
    if at_upper[j] > best:
        best, end = float(at_upper[j]), int(upper[j])
        start = int(lower[np.searchsorted(lower, end, side="right") - 1])
    return best, start, end


def _below(x: FloatArray, corners: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> float:
    """Return the largest distance of the distribution function above the minorant, between its corners."""
    if corners.size < 2:
        return 1.0
    places = np.arange(corners[0], corners[-1] + 1)
    return float(np.max(places + 1 - _on_line(x, corners, places)))


def _above(x: FloatArray, corners: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> float:
    """Return the largest distance of the majorant above the distribution function."""
    if corners.size < 2:
        return 1.0
    places = np.arange(corners[0], corners[-1] + 1)
    return float(np.max(_on_line(x, corners, places) - places + 1))
