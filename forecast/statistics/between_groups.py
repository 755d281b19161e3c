"""Whether groups answer differently, and the correction of p-values for how many questions were tested."""

from collections.abc import Mapping

import numpy as np

from innosi.forecast.questions import Measurement
from innosi.forecast.statistics.measured import HypothesisTest
from innosi.models.arrays import FloatArray


def groups_differ(by_group: Mapping[str, FloatArray], measurement: Measurement) -> HypothesisTest:
    """Whether groups answer differently: Mann–Whitney for two, Kruskal–Wallis for more, χ² for names.

    Parameters
    ----------
    by_group : mapping of group to (n,) float
        Answers of the groups that may be shown; give no others.
    measurement : {'ordinal', 'number', 'nominal'}
    """
    groups = [np.asarray(each, float) for each in by_group.values() if len(each)]
    n = sum(map(len, groups))
    if len(groups) < 2:
        return HypothesisTest.impossible("between groups", n, "fewer than two groups may be shown")
    if np.ptp(np.concatenate(groups)) == 0:
        return HypothesisTest.impossible("between groups", n, "all answers are equal")
    if measurement == "nominal":
        return _chi_square(groups)
    from scipy.stats import kruskal, mannwhitneyu

    if len(groups) == 2:
        found = mannwhitneyu(groups[0], groups[1], alternative="two-sided")
        return HypothesisTest("Mann–Whitney", float(found.statistic), float(found.pvalue), n)
    ranked = kruskal(*groups)
    return HypothesisTest(
        "Kruskal–Wallis", float(ranked.statistic), float(ranked.pvalue), n, len(groups) - 1.0
    )


def _chi_square(groups: list[FloatArray]) -> HypothesisTest:
    from scipy.stats import chi2_contingency

    levels = np.unique(np.concatenate(groups))
    counts = np.array([np.sum(each[:, np.newaxis] == levels, axis=0) for each in groups])
    found = chi2_contingency(counts, correction=False)
    return HypothesisTest("chi-square", float(found[0]), float(found[1]), int(counts.sum()), float(found[2]))


def holm(p_values: FloatArray) -> FloatArray:
    """Return p-values corrected for their number by Holm's method; NaN stays NaN and does not count.

    Source
    ------
    Holm (1979), Scandinavian Journal of Statistics 6(2).

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    corrected = np.full(len(p_values), np.nan)
    order = np.argsort(p_values)[: int(np.sum(~np.isnan(p_values)))]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return corrected
