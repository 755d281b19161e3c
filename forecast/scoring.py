"""How good a panel's judgements were, once it is known what happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.pooling.claims import STANDARD, aggregates, panellists_of, three_points_of
from innosi.forecast.pooling.performance import contributions_of
from innosi.forecast.pooling.questions import METHODS, Method, panellists_distributions, pool, quantiles_of
from innosi.forecast.questions import STANDARD_COVERAGE
from innosi.forecast.statistics.calibration import BrierParts, CalibrationBin, brier_parts, calibration_curve
from innosi.forecast.statistics.quantile_scores import interval_score, weighted_interval_score
from innosi.forecast.statistics.scores import brier_score, crps, log_score, right_side
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution

SCORED_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""At which quantiles a pooled distribution gets its weighted interval score."""


@dataclass(frozen=True, slots=True)
class ProbabilityScore:
    """How well one aggregation of one round did on the questions that are resolved.

    Attributes
    ----------
    aggregation : str
        Or `panellists, one by one`: the mean over panellists, as a yardstick.
    n : int
        Resolved questions (or, one by one, answers).
    brier, log : float
        Lower is better.
    right_side : float
        Share on the right side of ½; ½ itself counts as half.
    """

    round: int
    aggregation: str
    n: int
    brier: float
    log: float
    right_side: float


@dataclass(frozen=True, slots=True)
class QuantityScore:
    """How well a pooled distribution did on one resolved quantity.

    Attributes
    ----------
    outcome : float
    crps : float
        In the question's unit; lower is better.
    low, high : float
        Its central 90 % interval.
    is_within : bool
        Whether that holds the outcome.
    share_within : float
        Share of the panellists' own 90 % intervals that hold it; NaN for points.
    interval_score, weighted_interval_score : float
        In the question's unit; lower is better. The weighted one of the quantiles at `SCORED_LEVELS`.
    probability_integral_transform : float
        Where in the distribution the outcome lies, from 0 to 1; over many questions spread evenly.
    """

    round: int
    question: str
    method: str
    outcome: float
    crps: float
    low: float
    high: float
    is_within: bool
    share_within: float
    interval_score: float
    weighted_interval_score: float
    probability_integral_transform: float


@dataclass(frozen=True, slots=True)
class PanellistScore:
    """How well one panellist did on the probabilities that are resolved.

    Attributes
    ----------
    panellist : str
    n : int
        Resolved questions answered.
    brier, log, right_side : float
        As for an aggregation.
    contribution : float
        What the panel's mean would lose in Brier score without the panellist; above 0 he helps. NaN for one.
    """

    panellist: str
    n: int
    brier: float
    log: float
    right_side: float
    contribution: float


def score_probabilities(
    study: Study,
    answers: Answers,
    outcomes: Mapping[str, float],
    aggregations: Sequence[str] = STANDARD,
) -> tuple[ProbabilityScore, ...]:
    """Return the scores of aggregations in every round, and of the panellists one by one.

    Parameters
    ----------
    aggregations : sequence of str
        Names in `AGGREGATIONS`; those that need intervals, or a round before, are left out without.
    """
    scores: list[ProbabilityScore] = []
    before: list[QuestionAnswers] = []
    for number in answers.rounds:
        given = list(_resolved(study, answers, outcomes, number, ("probability",)))
        if given:
            truth = np.array([outcomes[each.question.name] for each in given])
            judged = three_points_of(given, before)
            for name, stated in aggregates(judged, aggregations).items():
                scores.append(_score(number, name, stated, truth))
            scores.append(_score(number, "panellists, one by one", *_one_by_one(given, outcomes)))
            before = given
    return tuple(scores)


def _resolved(
    study: Study, answers: Answers, outcomes: Mapping[str, float], number: int, types: tuple[str, ...]
) -> Iterator[QuestionAnswers]:
    for question in study.questions.values():
        if question.type in types and question.name in outcomes:
            given = answers.to(question, number).with_a_number
            if given.n:
                yield given


def _one_by_one(
    given: Sequence[QuestionAnswers], outcomes: Mapping[str, float]
) -> tuple[FloatArray, FloatArray]:
    """Return every panellist's probabilities of every claim, and what happened."""
    stated = np.concatenate([each.central for each in given])
    return stated, np.repeat([outcomes[each.question.name] for each in given], [each.n for each in given])


def _score(number: int, name: str, stated: FloatArray, truth: FloatArray) -> ProbabilityScore:
    scores = (brier_score(stated, truth), log_score(stated, truth), right_side(stated, truth))
    return ProbabilityScore(number, name, len(stated), *scores)


def calibration_of(
    study: Study, answers: Answers, outcomes: Mapping[str, float], number: int
) -> tuple[BrierParts, tuple[CalibrationBin, ...]] | None:
    """Return whether all panellists' probabilities of a round mean what they say; None without any."""
    given = list(_resolved(study, answers, outcomes, number, ("probability",)))
    if not given:
        return None
    stated, truth = _one_by_one(given, outcomes)
    return brier_parts(stated, truth), calibration_curve(stated, truth)


def score_panellists(
    study: Study, answers: Answers, outcomes: Mapping[str, float], number: int
) -> tuple[PanellistScore, ...]:
    """Return each panellist's mean scores in a round, the best first.

    Contributions are those of Budescu & Chen (2015): what the mean of the panel's probabilities would lose in
    Brier score without the panellist; they weigh panellists in `contribution_weights`.
    """
    given = list(_resolved(study, answers, outcomes, number, ("probability",)))
    if not given:
        return ()
    judged = three_points_of(given, [])
    truth = np.array([outcomes[each.question.name] for each in given])
    contributions = contributions_of(judged.best, truth)
    scores = []
    for name, row, contribution in zip(panellists_of(given), judged.best, contributions, strict=True):
        known = ~np.isnan(row)
        stated, came = row[known], truth[known]
        scores.append(
            PanellistScore(
                name,
                int(known.sum()),
                brier_score(stated, came),
                log_score(stated, came),
                right_side(stated, came),
                float(contribution),
            )
        )
    return tuple(sorted(scores, key=lambda each: (each.brier, each.panellist)))


def score_quantities(
    study: Study, answers: Answers, outcomes: Mapping[str, float]
) -> tuple[QuantityScore, ...]:
    """Return the scores of every pooled distribution of every resolved quantity, in every round."""
    return tuple(
        _quantity_score(given, method, outcomes[given.question.name])
        for number in answers.rounds
        for given in _resolved(study, answers, outcomes, number, ("quantity", "year"))
        for method in METHODS
        if method == "empirical" or given.question.answer != "point"
    )


def _quantity_score(given: QuestionAnswers, method: Method, outcome: float) -> QuantityScore:
    distribution = pool(given, method).distribution
    low, high = distribution.interval(STANDARD_COVERAGE)
    return QuantityScore(
        given.round,
        given.question.name,
        method,
        outcome,
        crps(distribution, outcome),
        low,
        high,
        low <= outcome <= high,
        _share_within(given, outcome),
        interval_score(low, high, outcome, coverage=STANDARD_COVERAGE),
        weighted_interval_score(SCORED_LEVELS, distribution.quantile(SCORED_LEVELS), outcome),
        float(np.clip(distribution.cumulative(outcome), 0, 1)),
    )


def _share_within(given: QuestionAnswers, outcome: float) -> float:
    if given.question.answer == "point":
        return float("nan")
    own: list[Distribution] = [*panellists_distributions(quantiles_of(given), given.question)]
    intervals = np.array([each.interval(STANDARD_COVERAGE) for each in own])
    return float(np.mean((intervals[:, 0] <= outcome) & (outcome <= intervals[:, 1])))
