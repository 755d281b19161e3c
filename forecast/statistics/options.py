"""What a panel says of options: which it ranks first, chooses, gives points to, or prefers in pairs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.statistics.kendall import kendall_w
from innosi.forecast.statistics.measures import MEASURES
from innosi.forecast.statistics.pairwise import (
    ACCEPTABLE_RATIO,
    consistency_ratios,
    group_priorities,
    priorities,
)
from innosi.forecast.statistics.resampling import (
    FEWEST,
    N_RESAMPLES,
    Resamples,
    bca_interval,
    wilson_interval,
)
from innosi.models.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class OptionResult:
    """What a panel says of one option, with its 95 % interval (NaN where none can be had)."""

    name: str
    title: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OptionFindings:
    """What a panel says of a question's options.

    Attributes
    ----------
    question : str
    n : int
    what : str
        What the values are: `mean rank`, `share`, `mean points` or `priority`.
    options : tuple of OptionResult
        The first choice first.
    statements : tuple of str
        What else there is to say, in plain words: agreement, tests, contradictions.
    """

    question: str
    n: int
    what: str
    options: tuple[OptionResult, ...]
    statements: tuple[str, ...]


def option_findings(given: QuestionAnswers, *, n_resamples: int = N_RESAMPLES) -> OptionFindings | None:
    """Return what a panel says of the options; None where there are none, or no answers."""
    question = given.question
    if question.type not in _READERS or not given.n:
        return None
    what, reader = _READERS[question.type]
    found, statements = reader(given, n_resamples)
    results = [
        OptionResult(name, title, *map(float, row))
        for (name, title), row in zip(question.options.items(), found, strict=True)
    ]
    results.sort(key=lambda each: each.value, reverse=what != "mean rank")
    return OptionFindings(question.name, given.n, what, tuple(results), statements)


Found = tuple[FloatArray, tuple[str, ...]]
"""Value, low and high of each option (k, 3), and statements."""


def _means(given: QuestionAnswers, n_resamples: int) -> FloatArray:
    rows = []
    for part in given.aspects:
        mean = MEASURES["mean"].with_interval(Resamples.of(part.tally, n_resamples=n_resamples))
        rows.append((mean.value, mean.low, mean.high))
    return np.array(rows)


def _ranking(given: QuestionAnswers, n_resamples: int) -> Found:
    found = kendall_w(given.values, n_resamples=n_resamples)
    said = MEASURES["kendall_w"].sentence(found.measure)
    test = f"χ² = {found.chi_square:.3g}, p = {found.p_value:.2g}"
    if not np.isnan(found.permutation_p_value):
        test += f"; by permutation p = {found.permutation_p_value:.2g}"
    return _means(given, n_resamples), (said if np.isnan(found.value) else f"{said}; {test}",)


def _choice(given: QuestionAnswers, _: int) -> Found:
    tally = given.tally
    rows = [(n / given.n, *wilson_interval(n / given.n, given.n)) for n in tally.counts]
    return np.array(rows), ()


def _multiple_choice(given: QuestionAnswers, _: int) -> Found:
    chosen = given.values.sum(axis=0)
    rows = [(n / given.n, *wilson_interval(n / given.n, given.n)) for n in chosen]
    return np.array(rows), (_cochran(given.values),)


def _cochran(values: FloatArray) -> str:
    """Cochran's Q (1950), Biometrika 37(3/4): whether the options are chosen alike often."""
    from scipy.special import chdtrc

    k, per_option, per_panellist = values.shape[1], values.sum(axis=0), values.sum(axis=1)
    below = k * per_panellist.sum() - np.sum(per_panellist**2)
    if below == 0:
        return "Cochran's Q cannot be told: every panellist chooses all of the options, or none"
    q = (k - 1) * (k * np.sum(per_option**2) - per_option.sum() ** 2) / below
    p = float(chdtrc(k - 1, q))
    is_alike = "may be chosen alike often" if p > 0.05 else "are not chosen alike often"
    return f"the options {is_alike}: Cochran's Q = {q:.3g}, p = {p:.2g}, n = {len(values)}"


def _allocation(given: QuestionAnswers, n_resamples: int) -> Found:
    found = kendall_w(given.values, n_resamples=n_resamples)
    said = f"by their points, {MEASURES['kendall_w'].sentence(found.measure)}"
    return _means(given, n_resamples), (said,)


def _pairwise(given: QuestionAnswers, n_resamples: int) -> Found:
    together = group_priorities(given.values)
    ratios = consistency_ratios(given.values)
    n_doubtful = int(np.sum(ratios > ACCEPTABLE_RATIO))
    statements = (
        f"consistency ratio of the panel {together.consistency_ratio:.2g} (good up to {ACCEPTABLE_RATIO:g})",
        f"{n_doubtful} of {given.n} panellists contradict themselves more than that",
    )
    low, high = _priority_intervals(given.values, together.weights, n_resamples)
    return np.column_stack([together.weights, low, high]), statements if len(together.weights) > 2 else ()


def _priority_intervals(
    values: FloatArray, weights: FloatArray, n_resamples: int
) -> tuple[FloatArray, FloatArray]:
    n, logs = len(values), np.log(values)
    if n < FEWEST:
        return np.full(weights.shape, np.nan), np.full(weights.shape, np.nan)
    often = np.random.Generator(np.random.Philox(0)).multinomial(n, np.full(n, 1 / n), size=n_resamples)
    drawn = priorities(np.exp(often @ logs / n))
    left_out = priorities(np.exp((logs.sum(axis=0) - logs) / (n - 1)))
    ends = [bca_interval(drawn[:, i], weights[i], left_out[:, i]) for i in range(weights.size)]
    low, high = np.transpose(ends)
    return low, high


_READERS: Mapping[str, tuple[str, Callable[[QuestionAnswers, int], Found]]] = MappingProxyType(
    {
        "ranking": ("mean rank", _ranking),
        "choice": ("share", _choice),
        "multiple_choice": ("share", _multiple_choice),
        "allocation": ("mean points", _allocation),
        "pairwise": ("priority", _pairwise),
    }
)
