"""Every measure of one question's answers, by the name that rules, tables and files use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from innosi.forecast.statistics import consensus, rand_ucla, spread
from innosi.forecast.statistics.kendall import kendall_w
from innosi.forecast.statistics.levels import ends_of
from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.resampling import ENOUGH_RESAMPLES, Resamples, wilson_interval
from innosi.forecast.statistics.tally import Tally
from innosi.models.arrays import FloatArray

ONE_ANSWER = "one answer has no spread, and agrees with nobody"
RANGE = ("low", "high")
"""Parameters of a measure that looks at a stretch of the scale."""


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """A measure as a rule names it: its words, what computes it, and where it has a meaning.

    Attributes
    ----------
    name : str
        As in a study file.
    words : str
        For sentences; `{range}` stands for the stretch of the scale that it looks at.
    reading : str
        What a value says, in plain words; `{value}` and `{range}` stand in it.
    kernel : callable
        (counts, levels, **parameters) -> values; counts may be of many resamples at once.
    parameters : tuple of str
        What has to be given beside the threshold.
    needs : {'answers', 'scale', 'nine_levels', 'three_levels', 'ranks', 'numbers'}
        Which answers it can be computed of. `numbers` excludes names without an order; `answers` does not.
    is_share : bool
        Whether its value is read as a percentage.
    fewest : int
        So many answers it needs: one answer agrees with nobody, and has no spread.
    why_not : callable
        Why it is NaN although somebody answered.
    """

    name: str
    words: str
    reading: str
    kernel: Callable[..., FloatArray]
    parameters: tuple[str, ...] = ()
    needs: str = "numbers"
    is_share: bool = False
    fewest: int = 2
    why_not: Callable[[Tally], str] = lambda _: "it cannot be computed"

    def compute(self, tally: Tally, **parameters: float) -> Measure:
        """Return the measure of one question's answers, without an interval."""
        if tally.n == 0:
            return Measure.nobody()
        lacking = self.lacks(tally) or (ONE_ANSWER if tally.n < self.fewest else "")
        if lacking:
            return Measure.of(np.nan, tally.n, lacking)
        if self.needs == "ranks":
            return kendall_w(tally.ranks if tally.ranks is not None else []).measure
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = self.kernel(tally.counts, tally.levels, **parameters)
        return Measure.of(value, tally.n, self.why_not(tally) if np.isnan(value) else "")

    def with_interval(self, resamples: Resamples, **parameters: float) -> Measure:
        """Return the measure with its 95 % interval: Wilson's for a share of people, else BCa."""
        tally = resamples.tally
        found = self.compute(tally, **parameters)
        if self.kernel in _SHARES_OF_PEOPLE and not np.isnan(found.value):
            low, high = wilson_interval(found.value, found.n)
            return replace(found, low=low, high=high)
        if self.needs == "ranks":
            return found
        return resamples.interval(found, lambda counts: self.kernel(counts, tally.levels, **parameters))

    def lacks(self, tally: Tally) -> str:
        """Return why answers of this kind cannot have this measure; '' where they can."""
        if self.needs == "ranks":
            return "" if tally.ranks is not None else "it is for rankings"
        if self.needs in ("scale", "nine_levels", "three_levels") and tally.scale is None:
            return "it is for ratings on a scale"
        if self.needs == "nine_levels" and tally.scale != (1, 9):
            return rand_ucla.NINE_LEVELS
        if self.needs == "three_levels" and tally.levels.size < 3:
            return "it needs three levels or more"
        return ""

    def named(self, parameters: Mapping[str, float]) -> str:
        """Return the measure's name in words, with its parameters."""
        return self.words.format(range=_range(parameters))

    def shown(self, value: float) -> str:
        """Return a value as people read it."""
        return f"{value * 100:.3g} %" if self.is_share else f"{value:.3g}"

    def sentence(self, measure: Measure, **parameters: float) -> str:
        """Say in plain words what was measured, how surely, and from how many answers."""
        words = self.named(parameters)
        if np.isnan(measure.value):
            return f"{words}: cannot be told ({measure.reason})"
        said = self.reading.format(value=self.shown(measure.value), range=_range(parameters))
        if np.isnan(measure.low):
            return f"{said} (n = {measure.n}; no interval: {measure.reason or 'none was computed'})"
        between = f"95 % interval {self.shown(measure.low)} to {self.shown(measure.high)}"
        return f"{said} ({between}, n = {measure.n})"


def _range(parameters: Mapping[str, float]) -> str:
    low, high = parameters.get("low", np.nan), parameters.get("high", np.nan)
    return f"{low:g}" if low == high else f"from {low:g} to {high:g}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure of one question's answers, with what it needed beside them.

    Attributes
    ----------
    kind : MeasureKind
    measure : Measure
        With its 95 % interval.
    parameters : tuple of (name, value)
    """

    kind: MeasureKind
    measure: Measure
    parameters: tuple[tuple[str, float], ...] = ()

    @property
    def words(self) -> str:
        """The measure's name in words, with its parameters."""
        return self.kind.named(dict(self.parameters))

    @property
    def sentence(self) -> str:
        """What it says, how surely, and from how many answers."""
        return self.kind.sentence(self.measure, **dict(self.parameters))


def every_measure(
    tally: Tally, *, is_nominal: bool = False, n_resamples: int = ENOUGH_RESAMPLES, seed: int = 0
) -> tuple[Reading, ...]:
    """Return every measure that answers of this kind can have, each with its 95 % interval.

    Parameters
    ----------
    tally : Tally
    is_nominal : bool
        Whether its levels are names without an order.
    n_resamples, seed : int
        Of the intervals; one set of resamples serves all measures.
    """
    resamples = Resamples.of(tally, n_resamples=n_resamples, seed=seed)
    return tuple(
        Reading(kind, kind.with_interval(resamples, **dict(parameters)), parameters)
        for kind in MEASURES.values()
        if not kind.lacks(tally) and kind.needs != "ranks" and (not is_nominal or kind.needs == "answers")
        for parameters in _parameters(kind, tally)
    )


def _parameters(kind: MeasureKind, tally: Tally) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Return with which parameters a measure is taken unasked: of a share, the levels at either end."""
    if not kind.parameters:
        return ((),)
    if tally.scale is None:
        return ()
    return tuple((("low", float(low)), ("high", float(high))) for low, high in ends_of(tally.scale))


_SHARES_OF_PEOPLE = (consensus.percent_agreement_kernel, consensus.largest_share_kernel)

_KINDS = (
    MeasureKind(
        "median", "median", "half of the answers are {value} or less", spread.middle_kernel, fewest=1
    ),
    MeasureKind("mean", "mean", "the answers are {value} on average", spread.mean_kernel, fewest=1),
    MeasureKind(
        "interquartile_range",
        "interquartile range",
        "the middle half of the answers is {value} wide",
        spread.interquartile_range_kernel,
    ),
    MeasureKind(
        "relative_interquartile_range",
        "interquartile range / median",
        "the middle half of the answers is as wide as {value} of their median",
        spread.relative_interquartile_range_kernel,
        is_share=True,
        why_not=lambda _: spread.ZERO_MEDIAN,
    ),
    MeasureKind(
        "standard_deviation",
        "standard deviation",
        "answers lie about {value} from their mean",
        spread.standard_deviation_kernel,
    ),
    MeasureKind(
        "coefficient_of_variation",
        "coefficient of variation",
        "the standard deviation is {value} times the mean",
        spread.coefficient_of_variation_kernel,
        why_not=lambda _: spread.NOT_ABOVE_ZERO,
    ),
    MeasureKind(
        "percent_agreement",
        "share of answers {range}",
        "{value} answer {range}",
        consensus.percent_agreement_kernel,
        RANGE,
        is_share=True,
        fewest=1,
    ),
    MeasureKind(
        "largest_share",
        "share of the answer chosen most",
        "{value} give the same answer, the one chosen most",
        consensus.largest_share_kernel,
        needs="answers",
        is_share=True,
        fewest=1,
    ),
    MeasureKind(
        "qualitative_variation",
        "index of qualitative variation",
        "variation over the options is {value}, where 0 is all alike and 1 is all options alike often",
        consensus.qualitative_variation_kernel,
        needs="answers",
    ),
    MeasureKind(
        "tastle_wierman",
        "Tastle & Wierman's consensus",
        "consensus is {value}, where 0 is two extreme camps and 1 is all alike",
        consensus.tastle_wierman_kernel,
        needs="scale",
    ),
    MeasureKind(
        "van_der_eijk",
        "van der Eijk's agreement",
        "agreement is {value}, where −1 is two extreme camps, 0 an even spread and 1 all alike",
        consensus.van_der_eijk_kernel,
        needs="three_levels",
    ),
    MeasureKind(
        "polarization",
        "polarisation by van der Eijk's agreement",
        "polarisation is {value}, where 0 is all alike and 1 is two extreme camps",
        consensus.polarization_kernel,
        needs="three_levels",
    ),
    MeasureKind(
        "leik",
        "Leik's ordinal dispersion",
        "dispersion is {value}, where 0 is all alike and 1 is two extreme camps",
        consensus.leik_kernel,
        needs="scale",
    ),
    MeasureKind(
        "blair_lacy",
        "Blair & Lacy's concentration l",
        "concentration is {value}, where 0 is two extreme camps and 1 is all alike",
        consensus.blair_lacy_kernel,
        needs="scale",
    ),
    MeasureKind(
        "blair_lacy_squared",
        "Blair & Lacy's concentration l²",
        "squared concentration is {value}, where 0 is two extreme camps and 1 is all alike",
        consensus.blair_lacy_squared_kernel,
        needs="scale",
    ),
    MeasureKind(
        "disagreement_index",
        "RAND/UCLA disagreement index",
        "the disagreement index is {value}; above 1 there is disagreement",
        rand_ucla.disagreement_index_kernel,
        needs="nine_levels",
    ),
    MeasureKind(
        "kendall_w",
        "Kendall's W",
        "the rankings agree to {value}, where 0 is not at all and 1 is entirely",
        lambda counts, _: np.full(counts.shape[:-1], np.nan),
        needs="ranks",
    ),
)

MEASURES: Mapping[str, MeasureKind] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every measure that a consensus rule may name. A new one is a kernel and a line here."""
