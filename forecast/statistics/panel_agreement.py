"""Agreement of the panel over all questions of a round that are answered alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.statistics.agreement import (
    Coefficient,
    Interval,
    Metric,
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
)
from innosi.forecast.statistics.conger import conger_kappa
from innosi.forecast.statistics.kendall import kendall_w
from innosi.forecast.statistics.measured import Measure
from innosi.forecast.statistics.ratings import Ratings
from innosi.forecast.statistics.resampling import N_RESAMPLES
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class PanelAgreement:
    """One coefficient over the questions that share a scale (or options).

    Attributes
    ----------
    scale : str
        In words.
    n_questions : int
    name : str
        Of the coefficient.
    measure : Measure
        With its 95 % interval over panellists.
    """

    scale: str
    n_questions: int
    name: str
    measure: Measure


def agreement_of_round(
    study: Study, answers: Answers, number: int, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[PanelAgreement, ...]:
    """Return every coefficient of agreement, over each set of questions that are answered alike."""
    interval = Interval(n_resamples=n_resamples, seed=seed)
    found: list[PanelAgreement] = []
    for (kind, labels), columns in _alike(study, answers, number).items():
        if len(columns) > 1:
            is_ordinal = kind == "ordinal"
            values = tuple(map(float, labels if is_ordinal else range(len(labels))))
            words = f"{labels[0]} to {labels[-1]}" if is_ordinal else " / ".join(labels)
            each = (ordinal_coefficients if is_ordinal else nominal_coefficients)(
                table_of(columns), values, interval
            )
            found += [PanelAgreement(words, len(columns), name, measure) for name, measure in each]
    return tuple(found)


Values = tuple[float, ...]
Alike = tuple[str, tuple[str, ...]]
"""What questions have in common: `ordinal` with the levels, or `nominal` with the options."""


def _alike(study: Study, answers: Answers, number: int) -> dict[Alike, list[QuestionAnswers]]:
    """Return the ratings by scale, and the choices by their options."""
    found: dict[Alike, list[QuestionAnswers]] = {}
    for question in study.questions.values():
        for given in answers.to(question, number).aspects:
            asked = given.question
            if not given.n or question.type == "ranking":
                continue
            if asked.scale is not None:
                levels = tuple(map(str, range(asked.scale[0], asked.scale[1] + 1)))
                found.setdefault(("ordinal", levels), []).append(given)
            elif asked.measurement == "nominal":
                found.setdefault(("nominal", tuple(asked.options)), []).append(given)
    return found


def table_of(columns: list[QuestionAnswers]) -> FloatArray:
    """Return answers as a table (n_panellists, n_questions); NaN where a panellist did not answer."""
    names = sorted({name for each in columns for name in each.panellists})
    places = {name: place for place, name in enumerate(names)}
    table = np.full((len(names), len(columns)), np.nan)
    for column, each in enumerate(columns):
        table[[places[name] for name in each.panellists], column] = each.central
    return table


def ordinal_coefficients(
    table: FloatArray, values: Values, interval: Interval
) -> Iterator[tuple[str, Measure]]:
    """Yield every coefficient of ratings (n_panellists, n_questions) on one scale, by name."""
    ratings = Ratings.of(table, values)
    metrics: tuple[Metric, ...] = ("ordinal", "interval", "nominal")
    for metric in metrics:
        alpha = krippendorff_alpha(ratings, metric=metric, interval=interval)
        yield f"krippendorff_alpha_{metric}", alpha.measure
    for name, weights in (("gwet_ac1", "identity"), ("gwet_ac2_quadratic", "quadratic")):
        yield name, gwet_ac(ratings, weights=weights, interval=interval).measure
    for weights in ("identity", "quadratic"):
        yield from _kappas(ratings, weights, interval)
    w = kendall_w(table, n_resamples=interval.n_resamples, seed=interval.seed)
    yield "kendall_w", w.measure


def nominal_coefficients(
    table: FloatArray, values: Values, interval: Interval
) -> Iterator[tuple[str, Measure]]:
    """Yield every coefficient of choices (n_panellists, n_questions) among the same options, by name."""
    ratings = Ratings.of(table, values)
    yield (
        "krippendorff_alpha_nominal",
        krippendorff_alpha(ratings, metric="nominal", interval=interval).measure,
    )
    yield "gwet_ac1", gwet_ac(ratings, interval=interval).measure
    yield from _kappas(ratings, "identity", interval)


def _kappas(ratings: Ratings, weights: str, interval: Interval) -> Iterator[tuple[str, Measure]]:
    after = "" if weights == "identity" else f"_{weights}"
    found: tuple[tuple[str, Coefficient], ...] = (
        ("fleiss_kappa", fleiss_kappa(ratings, weights=weights, interval=interval)),
        ("conger_kappa", conger_kappa(ratings, weights=weights, interval=interval)),
        ("brennan_prediger", brennan_prediger(ratings, weights=weights, interval=interval)),
    )
    for name, coefficient in found:
        yield f"{name}{after}", coefficient.measure
