"""How well experts did on the seed items, and how much they said: calibration and information."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, rel_entr

from innosi.forecast.pooling.classical.elicitation import Elicitation
from innosi.forecast.statistics.measured import HypothesisTest, Measure
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError

OVERSHOOT = 0.1
NO_SEED_ANSWERED = "answered no seed item"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the classical model leaves to its user.

    Attributes
    ----------
    overshoot : float
        How far an item's intrinsic range goes beyond all judgements and the realisation, as a share of their
        distance; above 0.
    power : float
        Factor on the number of seeds in the calibration, above 0 and at most 1: below 1 it tells experts
        less apart by their calibration.
    """

    overshoot: float = OVERSHOOT
    power: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.overshoot < np.inf:
            raise AnswerError(f"overshoot is {self.overshoot:g}", mend="give a share above 0, such as 0.1")
        if not 0 < self.power <= 1:
            raise AnswerError(f"power is {self.power:g}", mend="give a number above 0, and at most 1")


@dataclass(frozen=True, slots=True)
class Score:
    """How an expert, or a decision maker as a virtual expert, did.

    Attributes
    ----------
    n_seeds : int
        How many seeds are answered.
    calibration : HypothesisTest
        Its p-value is the calibration score: how likely so poor a fit of the realisations to the stated
        probabilities is, if those are right. Its n is that of the test, the same for all.
    information_seeds, information_all : Measure
        Mean relative information to the background, over the seeds and over all items answered.
    """

    name: str
    n_seeds: int
    calibration: HypothesisTest
    information_seeds: Measure
    information_all: Measure

    @property
    def weight(self) -> float:
        """Calibration times information over the seeds, not normalised; NaN where no seed was answered."""
        return self.calibration.p_value * self.information_seeds.value


def bin_masses(probabilities: ArrayLike) -> FloatArray:
    """Return the probability of each bin between quantiles, the two outermost included.

    Examples
    --------
    >>> bin_masses([0.05, 0.5, 0.95]).round(2).tolist()
    [0.05, 0.45, 0.45, 0.05]
    """
    edges = np.concatenate([[0.0], np.asarray(probabilities, dtype=float), [1.0]])
    masses: FloatArray = np.diff(edges)
    return masses


def bin_counts(judgements: ArrayLike, realisations: ArrayLike) -> FloatArray:
    """Return how many realisations fell in each bin between an expert's quantiles.

    Parameters
    ----------
    judgements : (..., n_items, n_quantiles) float
        NaN where an item was not answered; that item is then not counted.
    realisations : (n_items,) float
        NaN where it is not known. One that equals a quantile falls in the bin below it.

    Returns
    -------
    (..., n_quantiles + 1) float
        Whole numbers.

    Examples
    --------
    >>> bin_counts([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [2.0, 9.0]).tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    quantiles, known = np.asarray(judgements, dtype=float), np.asarray(realisations, dtype=float)
    is_counted = np.isfinite(quantiles[..., 0]) & np.isfinite(known)
    bins = np.sum(quantiles < known[:, np.newaxis], axis=-1)
    is_in = bins[..., np.newaxis] == np.arange(quantiles.shape[-1] + 1)
    counts: FloatArray = np.sum(is_in & is_counted[..., np.newaxis], axis=-2, dtype=float)
    return counts


def calibration_statistic(counts: ArrayLike, masses: ArrayLike) -> FloatArray:
    """Return the relative information of the observed shares of bins to the stated ones.

    Parameters
    ----------
    counts : (..., n_bins) float
        Realisations (or shares of them) in each bin.
    masses : (n_bins,) float
        Stated probability of each bin.

    Returns
    -------
    (...) float
        Natural logarithm; NaN where nothing was counted.

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12.

    Examples
    --------
    >>> round(float(calibration_statistic([0.1, 0.2, 0.5, 0.2], [0.05, 0.45, 0.45, 0.05])), 7)
    0.2370678
    """
    observed = np.asarray(counts, dtype=float)
    total = np.sum(observed, axis=-1, keepdims=True)
    shares = np.divide(observed, total, out=np.full_like(observed, np.nan), where=total > 0)
    return np.maximum(np.sum(rel_entr(shares, np.asarray(masses, dtype=float)), axis=-1), 0.0)


def calibration(
    counts: ArrayLike, masses: ArrayLike, *, n: ArrayLike | None = None, power: float = 1.0
) -> FloatArray:
    """Return the calibration score: the p-value of the stated probabilities, given where realisations fell.

    2·n·power·I is compared with chi-square of (bins − 1) degrees of freedom, where I is the relative
    information of the observed to the stated shares.

    Parameters
    ----------
    counts : (..., n_bins) float
    masses : (n_bins,) float
    n : int, optional
        Number of seeds in the test; how many were counted by default. Among several experts it is the
        smallest number that any of them answered, so that answering fewer is no advantage.

    Returns
    -------
    (...) float
        Within [0, 1]; NaN where nothing was counted.

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12; Cooke & Goossens (2008), Reliability Engineering and
    System Safety 93(5).

    Examples
    --------
    >>> round(float(calibration([1, 2, 5, 2], [0.05, 0.45, 0.45, 0.05])), 7)
    0.191746
    """
    size = np.sum(np.asarray(counts, dtype=float), axis=-1) if n is None else np.asarray(n, dtype=float)
    statistic = 2 * power * size * calibration_statistic(counts, masses)
    score: FloatArray = chdtrc(np.size(masses) - 1, statistic)
    return score


def information(judgements: ArrayLike, low: ArrayLike, high: ArrayLike, masses: ArrayLike) -> FloatArray:
    """Return the relative information of quantiles to the background of each item.

    Parameters
    ----------
    judgements : (..., n_items, n_quantiles) float
        On the background's scale (logarithms for log items); NaN where not answered.
    low, high : (n_items,) float
        The intrinsic range, on the same scale.
    masses : (n_quantiles + 1,) float

    Returns
    -------
    (..., n_items) float
        ln(high − low) + Σ p ln(p / width), natural logarithm; NaN where not answered.

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12.
    """
    quantiles, p = np.asarray(judgements, dtype=float), np.asarray(masses, dtype=float)
    below = np.broadcast_to(np.asarray(low)[:, np.newaxis], (*quantiles.shape[:-1], 1))
    above = np.broadcast_to(np.asarray(high)[:, np.newaxis], (*quantiles.shape[:-1], 1))
    widths = np.diff(np.concatenate([below, quantiles, above], axis=-1), axis=-1)
    spread: FloatArray = np.log(np.asarray(high) - np.asarray(low)) + np.sum(p * np.log(p / widths), axis=-1)
    return spread


def intrinsic_range(elicitation: Elicitation, overshoot: float = OVERSHOOT) -> tuple[FloatArray, FloatArray]:
    """Return the range of each item: from the lowest to the highest judgement or realisation, and beyond.

    Returns
    -------
    low, high : (n_items,) float
        On the background's scale: of a log item logarithms are taken before the overshoot is added. NaN for
        an item of which nobody answered anything.

    Source
    ------
    Cooke (1991), Experts in Uncertainty, chapter 12: the k % overshoot rule.
    """
    stated = elicitation.on_background(np.moveaxis(elicitation.judgements, 1, -1))
    known = elicitation.on_background(elicitation.realisations)
    values = np.concatenate([stated.reshape(-1, known.size), known[np.newaxis]])
    lowest = np.min(values, axis=0, initial=np.inf, where=np.isfinite(values))
    highest = np.max(values, axis=0, initial=-np.inf, where=np.isfinite(values))
    is_asked = elicitation.is_answered.any(axis=0)
    with np.errstate(invalid="ignore"):
        reach = overshoot * (highest - lowest)
    return np.where(is_asked, lowest - reach, np.nan), np.where(is_asked, highest + reach, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class PanelScores:
    """The scores of all experts of an elicitation, as arrays.

    Attributes
    ----------
    low, high : (n_items,) float
        The intrinsic range, on the background's scale.
    judgements, realisations : (n_experts, n_items, n_quantiles), (n_items,) float
        On the background's scale.
    n_effective : int
        Fewest seeds that anybody answered, of those who answered any.
    statistic, calibration : (n_experts,) float
    information : (n_experts, n_items) float
    """

    elicitation: Elicitation
    settings: Settings
    low: FloatArray
    high: FloatArray
    judgements: FloatArray
    realisations: FloatArray
    n_effective: int
    statistic: FloatArray
    calibration: FloatArray
    information: FloatArray

    @property
    def information_seeds(self) -> FloatArray:
        """Mean over the seeds each expert answered, shape (n_experts,); NaN for none."""
        return mean_answered(self.information[:, self.elicitation.is_seed])

    @property
    def experts(self) -> tuple[Score, ...]:
        """The score of every expert."""
        arrays = (self.statistic, self.calibration, self.information)
        return scores_of(self, self.elicitation.experts, *arrays)


def score_panel(elicitation: Elicitation, settings: Settings = Settings()) -> PanelScores:
    """Return how every expert did."""
    low, high = intrinsic_range(elicitation, settings.overshoot)
    stated = np.moveaxis(elicitation.on_background(np.moveaxis(elicitation.judgements, 1, -1)), -1, 1)
    known = elicitation.on_background(elicitation.realisations)
    masses, counts = bin_masses(elicitation.probabilities), bin_counts(stated, known)
    answered = np.sum(counts, axis=-1)
    n = int(np.min(answered, initial=np.inf, where=answered > 0)) if answered.any() else 0
    return PanelScores(
        elicitation=elicitation,
        settings=settings,
        low=low,
        high=high,
        judgements=stated,
        realisations=known,
        n_effective=n,
        statistic=2 * settings.power * n * calibration_statistic(counts, masses),
        calibration=calibration(counts, masses, n=n, power=settings.power),
        information=information(stated, low, high, masses),
    )


def mean_answered(values: FloatArray) -> FloatArray:
    """Return the mean over the last axis of what is not NaN; NaN where all is."""
    is_known = np.isfinite(values)
    n = np.sum(is_known, axis=-1)
    total = np.sum(values, axis=-1, where=is_known)
    return np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)


def scores_of(
    panel: PanelScores,
    names: tuple[str, ...],
    statistic: FloatArray,
    calibrations: FloatArray,
    informations: FloatArray,
) -> tuple[Score, ...]:
    """Return scores kept in arrays, an expert a row, as values."""
    seeds = informations[:, panel.elicitation.is_seed]
    bins = len(panel.elicitation.probabilities) + 1
    columns = zip(names, statistic, calibrations, seeds, informations, strict=True)
    return tuple(
        Score(name, int(np.isfinite(s).sum()), _test(panel, bins, float(t), float(c)), _mean(s), _mean(a))
        for name, t, c, s, a in columns
    )


def _test(panel: PanelScores, bins: int, statistic: float, p_value: float) -> HypothesisTest:
    name = "likelihood ratio of realisations to stated probabilities"
    if np.isnan(p_value):
        return HypothesisTest.impossible(name, 0, NO_SEED_ANSWERED)
    return HypothesisTest(name, statistic, p_value, panel.n_effective, bins - 1)


def _mean(values: FloatArray) -> Measure:
    return Measure.of(mean_answered(values), np.isfinite(values).sum(), NO_SEED_ANSWERED)
