"""Two runs side by side: what differs in the inputs, what in the results, and whether more than by chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, inf, isfinite, isnan

from innosi.scenarios.run_record import ExperimentRecord, RunRecord
from innosi.scenarios.summaries.summary import Figure

CLEAR = 4.0
"""Standard errors beyond which a difference is called more than noise.

Of four figures each of a hundred results, chance alone would call one so in some forty comparisons.
"""


@dataclass(frozen=True, slots=True)
class InputDifference:
    """A number that the two runs do not have alike; an empty text where one lacks it."""

    scenario: str
    option: str
    key: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ResultDifference:
    """One figure of one result in both runs.

    Attributes
    ----------
    standard_errors : float
        The difference, in standard errors of it as if the two runs had independent random numbers.
    verdict : str
        `same`, `noise`, or `more than noise`.
    """

    scenario: str
    option: str
    output: str
    first: Figure
    second: Figure
    standard_errors: float
    verdict: str

    @property
    def difference(self) -> float:
        """By how much the second run's median is higher."""
        if self.first.median == self.second.median:
            return 0.0
        return self.second.median - self.first.median


@dataclass(frozen=True)
class Comparison:
    """What two runs have not alike.

    Attributes
    ----------
    settings : mapping of name to (first, second)
        Seed, sampling, number of draws and version, where they differ.
    only_first, only_second : tuple of (scenario, option)
        Experiments that the other lacks.
    """

    settings: dict[str, tuple[object, object]]
    inputs: tuple[InputDifference, ...]
    results: tuple[ResultDifference, ...]
    only_first: tuple[tuple[str, str], ...] = ()
    only_second: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """What it comes to, in words."""
        clear = sum(each.verdict == "more than noise" for each in self.results)
        noise = sum(each.verdict == "noise" for each in self.results)
        if not clear and not noise:
            return "The results are the same to the last digit."
        said = f"{clear} of {len(self.results)} results differ by more than sampling noise"
        if clear and not self.inputs and not self.settings:
            said += ", though no input does: another version, or another model"
        return f"{said}; {noise} differ, but no more than other random numbers would make them."


def compare(first: RunRecord, second: RunRecord) -> Comparison:
    """Return what two runs have not alike, experiment by experiment of the same names."""
    mine = {(each.scenario, each.option): each for each in first.experiments}
    theirs = {(each.scenario, each.option): each for each in second.experiments}
    both = [(mine[pair], theirs[pair]) for pair in mine if pair in theirs]
    settings = {
        key: (value, second.settings[key])
        for key, value in first.settings.items()
        if value != second.settings[key]
    }
    return Comparison(
        settings,
        tuple(difference for one, two in both for difference in _inputs(one, two)),
        tuple(difference for one, two in both for difference in _results(one, two)),
        tuple(pair for pair in mine if pair not in theirs),
        tuple(pair for pair in theirs if pair not in mine),
    )


def _inputs(first: ExperimentRecord, second: ExperimentRecord) -> Iterator[InputDifference]:
    for key in dict.fromkeys((*first.inputs, *second.inputs)):
        one, two = first.inputs.get(key, ""), second.inputs.get(key, "")
        if one != two:
            yield InputDifference(first.scenario, first.option, key, one, two)


def _results(first: ExperimentRecord, second: ExperimentRecord) -> Iterator[ResultDifference]:
    for output, one in first.figures.items():
        if output not in second.figures:
            continue
        two = second.figures[output]
        apart = _standard_errors(one, two)
        verdict = "same" if apart == 0 else ("more than noise" if apart > CLEAR else "noise")
        yield ResultDifference(first.scenario, first.option, output, one, two, apart, verdict)


def _standard_errors(first: Figure, second: Figure) -> float:
    """The largest difference among mean, median and both ends, in its standard errors."""
    pairs = (
        (first.mean, second.mean, first.standard_error, second.standard_error),
        (first.median, second.median, first.median_error, second.median_error),
        (first.low, second.low, first.low_error, second.low_error),
        (first.high, second.high, first.high_error, second.high_error),
    )
    return max(_apart(*pair) for pair in pairs)


def _apart(one: float, two: float, error: float, other_error: float) -> float:
    if one == two or (isnan(one) and isnan(two)):
        return 0.0
    if not isfinite(one) or not isfinite(two):
        return inf
    errors = hypot(0.0 if isnan(error) else error, 0.0 if isnan(other_error) else other_error)
    return abs(two - one) / errors if errors else inf
