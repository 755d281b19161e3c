"""How good a panel's judgements were, once it is known what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innosi.forecast.answers.cells import CellReader, cell_text, has_no_answer
from innosi.forecast.answers.reading import read_sheet
from innosi.forecast.answers.sheet import Sheet
from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.pooling.aggregations import AGGREGATIONS, Aggregation
from innosi.forecast.pooling.questions import METHODS, Method, panellists_distributions, pool, quantiles_of
from innosi.forecast.questions import STANDARD_COVERAGE, Question
from innosi.forecast.statistics.scores import brier_score, crps, log_score, right_side
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution
from innosi.models.errors import AnswerError, Fault, InputFaults
from innosi.scenarios.loading.validation import nearest


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


def load_outcomes(study: Study, path: Path, mapping: Mapping[str, str] | None = None) -> dict[str, float]:
    """Return what happened, by question: 0 or 1 for a probability, else the number; unresolved ones left out.

    Parameters
    ----------
    path : Path
        A CSV or XLSX table with the columns `question` and `outcome`.
    mapping : mapping, optional
        Our name of a column to the table's; goes before the study file's.

    Raises
    ------
    InputFaults
        Naming every row that cannot be used.
    """
    sheet = read_sheet(path)
    names = {**study.columns.names, **(mapping or {})}
    at_question, at_outcome = (_place(sheet, names.get(name, name), name) for name in ("question", "outcome"))
    reader = CellReader.of_table(
        (row.cells[at_outcome] for row in sheet.rows), sheet.delimiter, are_percentages=False
    )
    outcomes: dict[str, float] = {}
    faults = []
    for row in sheet.rows:
        name, cell = cell_text(row.cells[at_question]), row.cells[at_outcome]
        try:
            question = _question(study, name, outcomes)
            if not has_no_answer(cell):
                outcomes[name] = _outcome(reader.number(cell, question), question)
        except AnswerError as error:
            faults.append(Fault(error.message, name, row.line))
    if faults:
        raise InputFaults(sheet.source, faults)
    if not outcomes:
        raise AnswerError(
            "holds no outcome", mend="write what happened beside each question", where=str(path)
        )
    return outcomes


def _place(sheet: Sheet, column: str, name: str) -> int:
    place = sheet.index_of(column)
    place = sheet.index_of(name) if place is None else place
    if place is None:
        raise AnswerError(
            f"has no column '{column}'{nearest(column, sheet.columns)}",
            mend=f"say which one it is: --map {name}=COLUMN",
            where=sheet.source,
        )
    return place


def _question(study: Study, name: str, known: Mapping[str, float]) -> Question:
    if name not in study.questions:
        raise AnswerError(f"unknown question{nearest(name, study.questions)}")
    if name in known:
        raise AnswerError("stands twice", mend="keep one")
    return study.questions[name]


def _outcome(value: float, question: Question) -> float:
    if question.type == "probability" and value not in (0, 1):
        raise AnswerError(f"found {value:g}", mend="write 1 if it happened, 0 if not, nothing if it is open")
    return value


def score_probabilities(
    study: Study, answers: Answers, outcomes: Mapping[str, float]
) -> tuple[ProbabilityScore, ...]:
    """Return the scores of every aggregation in every round, and of the panellists one by one."""
    scores: list[ProbabilityScore] = []
    for number in answers.rounds:
        given = list(_resolved(study, answers, outcomes, number, "probability"))
        if given:
            truth = np.array([outcomes[each.question.name] for each in given])
            scores += _aggregated(given, truth, number)
            scores.append(_one_by_one(given, truth, number))
    return tuple(scores)


def _resolved(
    study: Study, answers: Answers, outcomes: Mapping[str, float], number: int, type_: str
) -> Iterator[QuestionAnswers]:
    for question in study.questions.values():
        if question.type == type_ and question.name in outcomes:
            given = answers.to(question, number)
            if given.n:
                yield given


def _aggregated(given: list[QuestionAnswers], truth: FloatArray, number: int) -> Iterator[ProbabilityScore]:
    for aggregation in AGGREGATIONS.values():
        if not (aggregation.needs_interval and any(each.question.answer == "point" for each in given)):
            stated = np.array([aggregate(each, aggregation) for each in given])
            yield _score(number, aggregation.name, stated, truth)


def aggregate(answers: QuestionAnswers, aggregation: Aggregation) -> float:
    """Return a panel's one probability, from whatever form its judgements have."""
    values = answers.values
    places = answers.question.parts
    last = places.index("upper") if "upper" in places else -1
    return aggregation.of(values[:, 0], answers.central, values[:, last])


def _one_by_one(given: list[QuestionAnswers], truth: FloatArray, number: int) -> ProbabilityScore:
    stated = np.concatenate([each.central for each in given])
    repeated = np.repeat(truth, [each.n for each in given])
    return _score(number, "panellists, one by one", stated, repeated)


def _score(number: int, name: str, stated: FloatArray, truth: FloatArray) -> ProbabilityScore:
    scores = (brier_score(stated, truth), log_score(stated, truth), right_side(stated, truth))
    return ProbabilityScore(number, name, len(stated), *scores)


def score_quantities(
    study: Study, answers: Answers, outcomes: Mapping[str, float]
) -> tuple[QuantityScore, ...]:
    """Return the scores of every pooled distribution of every resolved quantity, in every round."""
    return tuple(
        _quantity_score(given, method, outcomes[given.question.name])
        for number in answers.rounds
        for given in _resolved(study, answers, outcomes, number, "quantity")
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
    )


def _share_within(given: QuestionAnswers, outcome: float) -> float:
    if given.question.answer == "point":
        return float("nan")
    own: list[Distribution] = [*panellists_distributions(quantiles_of(given), given.question)]
    intervals = np.array([each.interval(STANDARD_COVERAGE) for each in own])
    return float(np.mean((intervals[:, 0] <= outcome) & (outcome <= intervals[:, 1])))
