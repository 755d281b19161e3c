"""Every measure of stability between two rounds, known by its name, with a sentence that reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from innosi.forecast.questions import Measurement
from innosi.forecast.statistics import association, paired, shift
from innosi.forecast.statistics.measured import HypothesisTest, Measure
from innosi.forecast.statistics.paired_answers import PairedAnswers
from innosi.models.arrays import FloatArray

SIGNIFICANT = 0.05
Result = Measure | HypothesisTest
PairedTest = Callable[[FloatArray, FloatArray], HypothesisTest]


@dataclass(frozen=True, slots=True)
class StabilityMeasure:
    """A measure of stability: its words, what computes it, what its value says, and for which answers.

    Attributes
    ----------
    name : str
        As in a rule: `net_change`. Of a test, a rule holds its p against the threshold.
    words : str
        For tables and sentences.
    compute : callable
        (PairedAnswers) -> Measure or HypothesisTest
    reading : callable
        (value or p) -> str, a sentence in plain words.
    of : tuple of Measurement
        Which answers bear it.
    is_share : bool
        Whether its value is read as a percentage.
    is_change : bool
        Whether a rule judges its size, whichever its sign.
    """

    name: str
    words: str
    compute: Callable[[PairedAnswers], Result]
    reading: Callable[[float], str]
    of: tuple[Measurement, ...]
    is_share: bool = False
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class StabilityFinding:
    """What one measure says of one question between two rounds."""

    measure: StabilityMeasure
    result: Result

    @property
    def name(self) -> str:
        """Of the measure."""
        return self.measure.name

    @property
    def value(self) -> float:
        """The measured value, or the statistic of a test."""
        return self.result.value if isinstance(self.result, Measure) else self.result.statistic

    @property
    def p_value(self) -> float:
        """NaN where it is no test."""
        return self.result.p_value if isinstance(self.result, HypothesisTest) else np.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval; NaN for a test, and where none can be had."""
        if isinstance(self.result, HypothesisTest):
            return np.nan, np.nan
        return self.result.low, self.result.high

    @property
    def judged(self) -> float:
        """What a rule holds against its threshold: the p of a test, the size of a change, else the value."""
        if isinstance(self.result, HypothesisTest):
            return self.p_value
        return abs(self.value) if self.measure.is_change else self.value

    @property
    def shown(self) -> str:
        """What a rule judges, as people read it."""
        if isinstance(self.result, HypothesisTest):
            return f"p = {self.p_value:.3g}"
        return f"{self.value * 100:.3g} %" if self.measure.is_share else f"{self.value:.3g}"

    @property
    def sentence(self) -> str:
        """What it says in plain words, or why it says nothing."""
        if np.isnan(self.judged):
            return f"cannot be told: {self.result.reason or 'it cannot be computed'}"
        if isinstance(self.result, Measure):
            return self.measure.reading(self.value)
        doubt = "; few answers expected, so only roughly" if paired.FEW_EXPECTED in self.result.name else ""
        return self.measure.reading(self.p_value) + doubt


def stability_findings(pairs: PairedAnswers, *, seed: int = 0) -> Mapping[str, StabilityFinding]:
    """Return every measure that a question's answers bear, by name."""
    borne = (each for each in measures_of_stability(seed).values() if pairs.question.measurement in each.of)
    return {each.name: StabilityFinding(each, each.compute(pairs)) for each in borne}


ANY: tuple[Measurement, ...] = ("ordinal", "number", "nominal")
IN_ORDER: tuple[Measurement, ...] = ("ordinal", "number")
IN_CLASSES: tuple[Measurement, ...] = ("ordinal", "nominal")


def measures_of_stability(seed: int = 0) -> Mapping[str, StabilityMeasure]:
    """Return all measures of stability; a new one is a function elsewhere and a line here."""
    listed = (*_moves(seed), *_tests(seed), *_coefficients(), *_spreads(seed))
    return MappingProxyType({each.name: each for each in listed})


def _moves(seed: int) -> tuple[StabilityMeasure, ...]:
    def net(pairs: PairedAnswers) -> Measure:
        return shift.net_change(*pairs.in_classes, seed=seed)

    def changed(pairs: PairedAnswers) -> Measure:
        return shift.share_changed(pairs.earlier, pairs.later)

    return (
        StabilityMeasure("net_change", "net change of the distribution", net, _read_net, ANY, is_share=True),
        StabilityMeasure(
            "share_changed", "share of panellists who changed", changed, _read_changed, ANY, True
        ),
        StabilityMeasure(
            "median_shift",
            "shift of the median / earlier interquartile range",
            lambda pairs: shift.median_shift(*pairs.central, seed=seed),
            _read_shift,
            ("number",),
            is_change=True,
        ),
        StabilityMeasure(
            "spread_change",
            "change of the interquartile range / the earlier one",
            lambda pairs: shift.spread_change(*pairs.central, seed=seed),
            _read_spread,
            ("number",),
            is_change=True,
        ),
    )


def _tests(seed: int) -> tuple[StabilityMeasure, ...]:
    def of_both(
        test: Callable[[FloatArray, FloatArray], HypothesisTest],
    ) -> Callable[[PairedAnswers], Result]:
        return lambda pairs: test(*pairs.central)

    return (
        StabilityMeasure(
            "wilcoxon", "Wilcoxon signed-rank", of_both(paired.wilcoxon_signed_rank), _read_wilcoxon, IN_ORDER
        ),
        StabilityMeasure(
            "symmetry",
            "McNemar or Bowker",
            lambda pairs: paired.symmetry(*pairs.central, seed=seed),
            _read_symmetry,
            IN_CLASSES,
        ),
        StabilityMeasure(
            "round_chi_square",
            "chi-square of round × answer",
            lambda pairs: paired.round_chi_square(pairs.all_earlier, pairs.all_later),
            _read_round,
            IN_CLASSES,
        ),
        StabilityMeasure(
            "individual_chi_square",
            "individual chi-square",
            of_both(paired.individual_chi_square),
            _read_individual,
            IN_CLASSES,
        ),
        StabilityMeasure(
            "variance_ratio", "F ratio of variances", of_both(paired.variance_ratio), _read_variance, IN_ORDER
        ),
        StabilityMeasure(
            "pitman_morgan", "Pitman–Morgan test", of_both(paired.pitman_morgan), _read_variance, IN_ORDER
        ),
    )


def _coefficients() -> tuple[StabilityMeasure, ...]:
    def kappa(weights: association.Weights) -> Callable[[PairedAnswers], Result]:
        return lambda pairs: association.weighted_kappa(*pairs.central, levels=pairs.levels, weights=weights)

    def intraclass(pairs: PairedAnswers) -> Measure:
        return association.intraclass_correlation(np.column_stack(pairs.central))

    return (
        StabilityMeasure("kappa", "Cohen's kappa", kappa("none"), _read_kappa, ("nominal",)),
        StabilityMeasure(
            "kappa_linear", "weighted kappa, linear", kappa("linear"), _read_kappa, ("ordinal",)
        ),
        StabilityMeasure(
            "kappa_quadratic", "weighted kappa, quadratic", kappa("quadratic"), _read_kappa, ("ordinal",)
        ),
        StabilityMeasure(
            "spearman",
            "Spearman's ρ",
            lambda pairs: association.spearman(*pairs.central),
            _read_order,
            IN_ORDER,
        ),
        StabilityMeasure(
            "kendall_tau_b",
            "Kendall's τ-b",
            lambda pairs: association.kendall_tau_b(*pairs.central),
            _read_pairs,
            IN_ORDER,
        ),
        StabilityMeasure("intraclass", "ICC(2,1)", intraclass, _read_intraclass, IN_ORDER),
    )


def _spreads(seed: int) -> tuple[StabilityMeasure, ...]:
    return (
        StabilityMeasure(
            "variation_change",
            "change of the coefficient of variation",
            lambda pairs: shift.variation_change(*pairs.central, seed=seed),
            _read_variation,
            IN_ORDER,
            is_change=True,
        ),
        StabilityMeasure(
            "relative_range_change",
            "change of interquartile range / median",
            lambda pairs: shift.relative_range_change(*pairs.central, seed=seed),
            _read_relative_range,
            ("number",),
            is_change=True,
        ),
        StabilityMeasure(
            "group_stability",
            "group stability, 1 − CV, later round",
            lambda pairs: shift.group_stability(pairs.all_later),
            lambda value: f"within the later round the spread is {(1 - value) * 100:.3g} % of the mean",
            IN_ORDER,
        ),
    )


def _read_net(value: float) -> str:
    side = "under" if value < 0.15 - 1e-12 else "not under"
    return f"{value * 100:.3g} % of the panel changed net ({side} the 15 % that Scheibe calls stable)"


def _read_changed(value: float) -> str:
    return f"{value * 100:.3g} % gave another answer, in whichever direction"


def _read_shift(value: float) -> str:
    if value == 0:
        return "the median stood still"
    return f"the median moved by {abs(value):.3g} times the earlier interquartile range"


def _read_spread(value: float) -> str:
    if value == 0:
        return "the middle half is as wide as before"
    return f"the middle half is {abs(value) * 100:.3g} % {'narrower' if value < 0 else 'wider'} than before"


def _read_wilcoxon(p: float) -> str:
    if p < SIGNIFICANT:
        return "answers moved in one direction, more than chance explains"
    return "no shift in one direction is shown; that is no proof that there is none"


def _read_symmetry(p: float) -> str:
    if p < SIGNIFICANT:
        return "more moved one way between two answers than back, more than chance explains"
    return "no one-sided movement between answers is shown; that is no proof of stability"


def _read_round(p: float) -> str:
    if p < SIGNIFICANT:
        return "the distributions of both rounds differ more than chance explains"
    return "no difference between the rounds is shown; that is no proof of stability"


def _read_individual(p: float) -> str:
    if p < SIGNIFICANT:
        return "answers depend on those of the round before: individual stability"
    return "answers are not shown to depend on those of the round before"


def _read_variance(p: float) -> str:
    if p < SIGNIFICANT:
        return "the spread changed, more than chance explains"
    return "no change of the spread is shown; that is no proof that there is none"


KAPPA_WORDS = (
    (0.2, "slight"),
    (0.4, "fair"),
    (0.6, "moderate"),
    (0.8, "substantial"),
    (1.0, "almost perfect"),
)
"""Up to each value; below 0: poor (Landis & Koch 1977, Biometrics 33(1))."""


def _read_kappa(value: float) -> str:
    word = next((word for bound, word in KAPPA_WORDS if value <= bound + 1e-12), "full")
    return f"{'poor' if value < 0 else word} agreement of panellists with their own earlier answers"


def _read_order(value: float) -> str:
    how = "firmly kept" if value >= 0.8 else "largely kept" if value >= 0.5 else "hardly kept"
    return f"panellists {how} their order (who answers higher than whom)"


def _read_pairs(value: float) -> str:
    return f"of the pairs of panellists who differ, about {(1 + value) * 50:.3g} % kept their order"


def _read_intraclass(value: float) -> str:
    return f"{max(value, 0) * 100:.3g} % of the differences lie between panellists, not between their rounds"


def _read_variation(value: float) -> str:
    side = "within 0.2, taken as stable" if abs(value) <= 0.2 else "more than 0.2: it still moves"
    return f"the spread as a share of the mean {_moved(value)} ({side})"


def _read_relative_range(value: float) -> str:
    return f"the interquartile range as a share of the median {_moved(value)}"


def _moved(value: float) -> str:
    return "did not change" if value == 0 else f"{'fell' if value < 0 else 'rose'} by {abs(value):.3g}"
