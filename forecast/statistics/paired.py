"""Tests on paired answers: whether the same panellists moved between two rounds, and in one direction.

A test asks whether a difference is more than chance. Where it finds none, that is no proof of stability: few
panellists hide any change. See `stability` for the rule.
"""

import numpy as np

from innosi.forecast.statistics.crossed import both_answered, crossed
from innosi.forecast.statistics.measured import HypothesisTest
from innosi.models.arrays import ArrayLike, FloatArray, IntArray

NOBODY_BOTH = "nobody answered both rounds"
ALL_EQUAL = "all answers of a round are equal"
EXACT_UP_TO = 50
"""Up to this many pairs all 2ⁿ ways to swap the rounds are counted."""
FEW_CHANGES = 25
"""With fewer panellists changing, the chi-square approximation gives way to the exact distribution."""
N_DRAWS = 10_000
FEW_EXPECTED = " (few answers expected: approximate)"


def wilcoxon_signed_rank(earlier: ArrayLike, later: ArrayLike) -> HypothesisTest:
    """Whether answers moved in one direction: Wilcoxon's signed-rank test, two-sided, Pratt's zeros.

    Parameters
    ----------
    earlier, later : (n,) float
        The same panellists' answers; a pair with a missing answer (NaN) is left out.

    Returns
    -------
    HypothesisTest
        The statistic is the smaller of both sums of signed ranks. Where nobody changed it is 0, with p = 1.

    Notes
    -----
    Exact up to 50 pairs, with ties and zeros: over all 2ⁿ ways to swap the rounds of each panellist; above
    that by the normal approximation. Differences are compared after rounding to ten figures: 0.7 − 0.6 ties
    with 0.6 − 0.5.

    Source
    ------
    Wilcoxon (1945), Biometrics Bulletin 1(6); Pratt (1959), Journal of the American Statistical Association
    54(287).
    """
    name = "Wilcoxon signed-rank"
    was, is_ = both_answered(earlier, later)
    if was.size == 0:
        return HypothesisTest.impossible(name, 0, NOBODY_BOTH)
    differences = _rounded(is_ - was)
    if not np.any(differences):
        return HypothesisTest(name, 0.0, 1.0, was.size)
    statistic, p_value = _wilcoxon(differences)
    return HypothesisTest(name, statistic, p_value, was.size)


def _wilcoxon(differences: FloatArray) -> tuple[float, float]:
    from scipy.stats import rankdata, wilcoxon

    if differences.size > EXACT_UP_TO:
        found = wilcoxon(differences, zero_method="pratt", method="auto")
        return float(found.statistic), min(float(found.pvalue), 1.0)
    # scipy's exact test allows neither ties nor zeros, and its permutation test takes seconds
    ranks = rankdata(np.abs(differences)) * (differences != 0)
    rising = float(ranks[differences > 0].sum())
    falling = float(ranks.sum()) - rising
    doubled = np.rint(2 * ranks[ranks > 0]).astype(int)
    return min(rising, falling), _exact_signed_rank(doubled, rising - falling)


def _exact_signed_rank(doubled: IntArray, seen: float) -> float:
    """Return the chance that both rank sums differ as far as those seen, by convolution."""
    chances = np.zeros(int(doubled.sum()) + 1)
    chances[0] = 1.0
    for rank in doubled:
        chances[rank:] += chances[:-rank].copy()
        chances /= 2
    differences = np.arange(chances.size) - doubled.sum() / 2
    return min(1.0, float(chances[np.abs(differences) >= abs(seen) - 1e-9].sum()))


def _rounded(differences: FloatArray) -> FloatArray:
    largest = float(np.max(np.abs(differences), initial=0.0))
    return np.round(differences / largest, 10) if largest > 0 else differences


def symmetry(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> HypothesisTest:
    """Whether as many panellists went from each answer to each other as came back.

    McNemar's test for two answers, Bowker's for more; without continuity correction.

    Parameters
    ----------
    earlier, later : (n,) float
        Codes or levels of the same panellists; a pair with a missing answer (NaN) is left out.
    seed : int
        Of the draws with which the exact test of more than two answers is computed.
    """
    was, is_ = both_answered(earlier, later)
    if was.size == 0:
        return HypothesisTest.impossible("Bowker", 0, NOBODY_BOTH)
    return symmetry_of(crossed(was, is_), seed=seed)


def symmetry_of(table: ArrayLike, *, seed: int = 0) -> HypothesisTest:
    """Whether a table of paired answers is symmetric: McNemar (2 × 2) or Bowker (k × k).

    Parameters
    ----------
    table : (k, k) int
        How many panellists went from each answer (row) to each answer (column).
    seed : int
        Of the draws of Bowker's exact test.

    Notes
    -----
    χ² = Σ (n_ij − n_ji)² / (n_ij + n_ji) over the pairs of answers between which anybody moved; there are as
    many degrees of freedom as such pairs (with every pair used: k(k − 1)/2). Where fewer than 25 panellists
    changed, p is exact given how many moved between each two answers: binomial for one pair, else from 10 000
    draws. Where nobody changed, χ² is 0 with p = 1.

    Source
    ------
    McNemar (1947), Psychometrika 12(2); Bowker (1948), Journal of the American Statistical Association
    43(244); the exact distribution: Krauth (1973), Biometrische Zeitschrift 15(8).

    Examples
    --------
    >>> round(symmetry_of([[794, 150], [86, 570]]).statistic, 2)
    17.36
    """
    counts = np.asarray(table, dtype=np.int64)
    name = "McNemar" if len(counts) <= 2 else "Bowker"
    upper = np.triu_indices(len(counts), k=1)
    forth, back = counts[upper], counts.T[upper]
    used = forth + back > 0
    forth, moved, n = forth[used], (forth + back)[used], int(counts.sum())
    if n == 0:
        return HypothesisTest.impossible(name, 0, NOBODY_BOTH)
    statistic, freedom = float(_symmetry(forth, moved)), float(moved.size)
    if moved.sum() >= FEW_CHANGES:
        from scipy.stats import chi2

        return HypothesisTest(name, statistic, float(chi2.sf(statistic, freedom)), n, freedom)
    p_value = _exact_symmetry(forth, moved, seed)
    return HypothesisTest(f"{name}, exact", statistic, p_value, n, freedom)


def _symmetry(forth: IntArray, moved: IntArray) -> FloatArray:
    return np.sum((2 * forth - moved) ** 2 / moved, axis=-1)


def _exact_symmetry(forth: IntArray, moved: IntArray, seed: int) -> float:
    from scipy.stats import binomtest

    if moved.size == 0:
        return 1.0
    if moved.size == 1:
        return float(binomtest(int(forth[0]), int(moved[0])).pvalue)
    draws = np.random.default_rng(seed).binomial(moved, 0.5, (N_DRAWS, moved.size))
    as_far = _symmetry(draws, moved) >= _symmetry(forth, moved) - 1e-9
    return float((1 + np.sum(as_far)) / (1 + N_DRAWS))


def round_chi_square(earlier: ArrayLike, later: ArrayLike) -> HypothesisTest:
    """Whether the distribution of answers differs between two rounds: χ² of round × answer.

    Parameters
    ----------
    earlier : (n₁,) float
        Codes or levels of all who answered the earlier round; NaN is no answer.
    later : (n₂,) float
        Of all who answered the later one.

    Notes
    -----
    For groups: it takes both rounds for samples of their own. The same people answer both, so it finds a
    change too seldom. Answers that nobody gave are left out.

    Source
    ------
    Dajani, Sincoff & Talley (1979), Technological Forecasting and Social Change 13(1).
    """
    name = "chi-square of round × answer"
    was, is_ = (_given(each) for each in (earlier, later))
    if was.size == 0 or is_.size == 0:
        return HypothesisTest.impossible(name, was.size + is_.size, "nobody answered one of the rounds")
    levels = np.unique(np.concatenate([was, is_]))
    counts = np.array([np.sum(each[:, np.newaxis] == levels, axis=0) for each in (was, is_)])
    if levels.size == 1:
        return HypothesisTest(name, 0.0, 1.0, was.size + is_.size, 0.0)
    return _chi_square(name, counts)


def individual_chi_square(earlier: ArrayLike, later: ArrayLike) -> HypothesisTest:
    """Whether a panellist's answer depends on the one before: χ² of the crossed table.

    A *small* p speaks for stability: answers hang together. It does not say that they are the same: a panel
    in which all swap sides depends as much on the earlier round as one in which nobody moves.

    Parameters
    ----------
    earlier, later : (n,) float
        Codes or levels of the same panellists; a pair with a missing answer (NaN) is left out.

    Source
    ------
    Chaffin & Talley (1980), Technological Forecasting and Social Change 16(1).
    """
    name = "individual chi-square"
    was, is_ = both_answered(earlier, later)
    if was.size == 0:
        return HypothesisTest.impossible(name, 0, NOBODY_BOTH)
    counts = crossed(was, is_)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    if 1 in counts.shape:
        return HypothesisTest.impossible(name, was.size, ALL_EQUAL)
    return _chi_square(name, counts)


def has_few_expected(table: ArrayLike) -> bool:
    """Whether χ² is a poor approximation: more than a fifth of the expected counts below 5 (Cochran 1954)."""
    counts = np.asarray(table, float)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    return bool(np.mean(expected < 5) > 0.2)


def _chi_square(name: str, counts: IntArray) -> HypothesisTest:
    from scipy.stats import chi2_contingency

    found = chi2_contingency(counts, correction=False)
    said = f"{name}{FEW_EXPECTED}" if has_few_expected(counts) else name
    return HypothesisTest(said, float(found[0]), float(found[1]), int(counts.sum()), float(found[2]))


def variance_ratio(earlier: ArrayLike, later: ArrayLike) -> HypothesisTest:
    """Whether the spread differs: F, the later variance over the earlier; two-sided p.

    Parameters
    ----------
    earlier, later : (n,) float
        Answers; NaN is no answer. F takes them for independent samples, which paired answers are not: see
        `pitman_morgan`.

    Source
    ------
    As a stopping rule: Shah & Kalaian (2009), Journal of Modern Applied Statistical Methods 8(1).
    """
    name = "F ratio of variances"
    was, is_ = (_given(each) for each in (earlier, later))
    n = min(was.size, is_.size)
    if n < 2:
        return HypothesisTest.impossible(name, n, "fewer than two answers have no spread")
    if np.ptp(was) == 0:
        return HypothesisTest.impossible(name, n, "the earlier answers are all equal")
    from scipy.stats import f

    ratio = float(np.var(is_, ddof=1) / np.var(was, ddof=1))
    law = f(is_.size - 1, was.size - 1)
    return HypothesisTest(name, ratio, min(1.0, 2 * float(min(law.cdf(ratio), law.sf(ratio)))), n, n - 1.0)


def pitman_morgan(earlier: ArrayLike, later: ArrayLike) -> HypothesisTest:
    """Whether the spread of the same panellists' answers differs; the paired answer to the F ratio.

    The statistic is the correlation of later + earlier with later − earlier: below 0 where the spread shrank.

    Source
    ------
    Pitman (1939) and Morgan (1939), Biometrika 31(1/2).
    """
    name = "Pitman–Morgan test of spread"
    was, is_ = both_answered(earlier, later)
    total, difference = is_ + was, is_ - was
    if was.size < 3:
        return HypothesisTest.impossible(name, was.size, "fewer than three answered both rounds")
    if not np.any(difference):
        return HypothesisTest(name, 0.0, 1.0, was.size, was.size - 2.0)
    if np.ptp(total) == 0 or np.ptp(difference) == 0:
        return HypothesisTest.impossible(name, was.size, "all panellists moved alike")
    from scipy.stats import pearsonr

    found = pearsonr(total, difference)
    return HypothesisTest(name, float(found[0]), float(found[1]), was.size, was.size - 2.0)


def _given(values: ArrayLike) -> FloatArray:
    flat = np.ravel(np.asarray(values, float))
    return flat[~np.isnan(flat)]
