"""Dissent in a round: two camps, outliers with their arguments, desirability, and whether views converge."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.questions import Question
from innosi.forecast.statistics.association import bootstrapped, spearman
from innosi.forecast.statistics.between_groups import holm
from innosi.forecast.statistics.bipolarity import Bipolarity, bipolarity
from innosi.forecast.statistics.measured import HypothesisTest, Measure
from innosi.forecast.statistics.outliers import Outlier, outliers_of
from innosi.forecast.statistics.paired import pitman_morgan
from innosi.forecast.statistics.parts import parts_of_round
from innosi.forecast.statistics.summary import answers_before, last_round
from innosi.forecast.study import Study
from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import AnswerError


@dataclass(frozen=True, slots=True)
class Dissent:
    """How far one question's answers differ, and who stands apart.

    Attributes
    ----------
    question : Question
    round, n : int
    bipolarity : Bipolarity or None
        None for names without an order.
    p_corrected : float
        The test's p after Holm's correction over the questions.
    outliers : tuple of Outlier
    convergence : Measure or None
        Change of the standard deviation since the round before, among those who answered both; below 0 they
        came closer. None in the first round, and for names.
    convergence_test : HypothesisTest or None
    """

    question: Question
    round: int
    n: int
    bipolarity: Bipolarity | None
    p_corrected: float
    outliers: tuple[Outlier, ...]
    convergence: Measure | None
    convergence_test: HypothesisTest | None


@dataclass(frozen=True, slots=True)
class DesirabilityBias:
    """Whether panellists hold for likely what they wish for."""

    probability: str
    desirability: str
    correlation: Measure
    p_value: float
    p_corrected: float


def dissent_of_round(
    study: Study, answers: Answers, number: int | None = None, *, seed: int = 0
) -> tuple[Dissent, ...]:
    """Return the dissent on every question, or part of one, of a round.

    Raises
    ------
    AnswerError
        If the round has no answers.

    Source
    ------
    Warth, von der Gracht & Darkow (2013), Technological Forecasting and Social Change 80(4); Beiderbeck et
    al. (2021), MethodsX 8, 101401.
    """
    number = last_round(study, answers, number)
    given = list(parts_of_round(study, answers, number))
    tested = [_bipolarity(each, seed) for each in given]
    corrected = holm(np.array([each.test.p_value if each else np.nan for each in tested]))
    return tuple(
        Dissent(
            each.question,
            number,
            each.n,
            camps,
            float(p),
            outliers_of(each),
            *_convergence(study, answers, each),
        )
        for each, camps, p in zip(given, tested, corrected, strict=True)
    )


def _bipolarity(given: QuestionAnswers, seed: int) -> Bipolarity | None:
    if given.question.measurement == "nominal":
        return None
    return bipolarity(given.central, given.question.scale, seed=seed)


def _convergence(
    study: Study, answers: Answers, given: QuestionAnswers
) -> tuple[Measure | None, HypothesisTest | None]:
    before = answers_before(study, answers, given)
    if before is None or given.question.measurement == "nominal":
        return None, None
    counted = before.with_a_number
    both = sorted(set(counted.panellists) & set(given.panellists))
    was, is_ = counted.of(both).central, given.of(both).central
    return standard_deviation_change(was, is_), pitman_morgan(was, is_)


def standard_deviation_change(earlier: ArrayLike, later: ArrayLike, *, seed: int = 0) -> Measure:
    """Change of the standard deviation, later minus earlier, of the same panellists: below 0 they converged.

    Parameters
    ----------
    earlier, later : (n,) float
        Of those who answered both; none missing.

    Source
    ------
    Warth, von der Gracht & Darkow (2013), Technological Forecasting and Social Change 80(4).

    Examples
    --------
    >>> standard_deviation_change([1, 3], [2, 2]).value
    -1.4142135623730951
    """
    was, is_ = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    if was.size < 2:
        return Measure.of(np.nan, was.size, "it needs two panellists or more who answered both rounds")
    low, high = bootstrapped(_change_of_deviation, was, is_, seed=seed)
    return Measure(float(_change_of_deviation(was, is_)), was.size, "", low, high)


def _change_of_deviation(was: FloatArray, is_: FloatArray) -> FloatArray:
    found: FloatArray = np.std(is_, axis=-1, ddof=1) - np.std(was, axis=-1, ddof=1)
    return found


def desirability_bias(
    study: Study, answers: Answers, number: int, pairs: Mapping[str, str]
) -> tuple[DesirabilityBias, ...]:
    """Return how far panellists hold for likely what they wish for.

    Parameters
    ----------
    pairs : mapping
        Question (or part) on probability to the one on desirability of the same statement, such as
        `garden.probability` to `garden.desirability`.

    Raises
    ------
    AnswerError
        If one of them has no numbers in this round.

    Source
    ------
    Ecken, Gnatzy & von der Gracht (2011), Technological Forecasting and Social Change 78(9).
    """
    found = {each.question.name: each for each in parts_of_round(study, answers, number)}
    rows = []
    for likely, wished in pairs.items():
        one, other = (_named(study, found, name) for name in (likely, wished))
        both = sorted(set(one.panellists) & set(other.panellists))
        correlation = spearman(one.of(both).central, other.of(both).central)
        rows.append((likely, wished, correlation, _p_of_rank_correlation(correlation)))
    corrected = holm(np.array([each[3] for each in rows], dtype=float))
    return tuple(DesirabilityBias(*row, float(p)) for row, p in zip(rows, corrected, strict=True))


def desirability_pairs(study: Study) -> dict[str, str]:
    """Return the pairs that a study asks for by their names: scales `probability` and `desirability`."""
    return {
        f"{name}.probability": f"{name}.desirability"
        for name, question in study.questions.items()
        if {"probability", "desirability"} <= set(question.scales)
    }


def _named(study: Study, found: Mapping[str, QuestionAnswers], name: str) -> QuestionAnswers:
    if name not in found:
        study.question_of(name)
        raise AnswerError(f"'{name}' has no numbers in this round", mend="name a part, as garden.probability")
    return found[name]


def _p_of_rank_correlation(correlation: Measure) -> float:
    """Two-sided p by Student's t with n − 2 degrees of freedom."""
    from scipy.special import stdtr

    r, n = correlation.value, correlation.n
    if np.isnan(r) or n < 3:
        return float("nan")
    if abs(r) >= 1:
        return 0.0
    return float(2 * stdtr(n - 2, -abs(r) * np.sqrt((n - 2) / (1 - r**2))))
