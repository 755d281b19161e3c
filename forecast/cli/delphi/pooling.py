"""`innosi delphi pool`: what the panel as a whole believes, pooled in several ways side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import study_argument, weights_option
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.forecast.answers.values import Answers
    from innosi.forecast.pooling.study import PooledQuestion
    from innosi.forecast.study import Study


@click.command(short_help="Show what the panel believes, pooled in several ways.")
@study_argument
@click.option("--round", "number", type=int, help="The last round that counts; by default that with answers.")
@click.option("--question", help="One question, or a part of one such as garden.probability.")
@click.option(
    "--method",
    type=click.Choice(["all", "linear_pool", "vincent", "logarithmic", "empirical"]),
    default="all",
    show_default=True,
    help="How panellists' distributions become the panel's.",
)
@weights_option
@plot_option
@output_options
def pool(
    study: "Study",
    number: int | None,
    question: str | None,
    method: Any,
    weights: str,
    plot: Path | None,
    output: Output,
) -> None:
    """Show what the panel of a STUDY as a whole believes about each question, pooled in several ways.

    linear_pool is the mixture of panellists' distributions, as wide as the panel is divided; vincent the mean
    of their quantiles, which is narrower; logarithmic the product of their densities, narrower still, where
    what one panellist rules out nobody can bring in; empirical the points as they stand. Probabilities are
    also aggregated into one number in several ways.

    \b
    innosi delphi pool study.yaml
    innosi delphi pool study.yaml --question places --plot places.svg
    innosi delphi pool study.yaml --weights garden.expertise
    """
    from innosi.forecast.asked import answers_as_asked
    from innosi.forecast.pooling.questions import ALL_METHODS
    from innosi.forecast.pooling.study import pool_by
    from innosi.forecast.pooling.weights import weights_from
    from innosi.forecast.statistics.summary import last_round

    study, answers = answers_as_asked(study, number)
    number = last_round(study, answers, number)
    if question:
        study.question_of(question)
    heavy = weights_from(study, answers, number, weights)
    methods = ALL_METHODS if method == "all" else (method,)
    pooled = pool_by(study, answers, number, methods=methods, weights=heavy, name=question)
    tables = [pooled_table(study, pooled)]
    aggregated = aggregated_table(study, answers, number, question) if heavy is None else None
    tables += [aggregated] if aggregated else []
    output.show(*tables)
    if plot:
        from innosi.forecast.drawing.pooling import pooling_plot

        output.draw(pooling_plot(study, pooled), plot)


def pooled_table(study: "Study", pooled: "tuple[PooledQuestion, ...]") -> Table:
    """Return the quantiles of every pooled distribution, and what each assumes."""
    rows: list[tuple[object, ...]] = []
    notes: dict[str, None] = {}
    for each in pooled:
        place = (each.question.name, each.round, each.n, each.method)
        if each.pooled is None:
            rows.append((*place, *(None,) * 6, each.question.unit))
            notes[f"{each.question.name}: {each.reason}"] = None
            continue
        distribution = each.pooled.distribution
        low, first, middle, third, high = map(float, distribution.quantile([0.05, 0.25, 0.5, 0.75, 0.95]))
        rows.append((*place, float(distribution.mean), low, first, middle, third, high, each.question.unit))
        notes[f"{each.method}: {each.pooled.assumptions}"] = None
    columns = (
        *("question", "round", "n", "method", "mean"),
        *("p05", "p25", "median", "p75", "p95", "unit"),
    )
    return Table(f"{study.title}: pooled judgements of the {study.panel.name}", columns, rows, tuple(notes))


def aggregated_table(study: "Study", answers: "Answers", number: int, name: str | None) -> Table | None:
    """Return each probability aggregated into one number in every way that the answers allow."""
    from innosi.forecast.pooling.aggregations import AGGREGATIONS
    from innosi.forecast.pooling.claims import aggregates, three_points_of

    given = [
        answers.to(each, number)
        for each in study.questions.values()
        if each.type == "probability" and name in (None, each.name)
    ]
    given = [each for each in given if each.n]
    if not given:
        return None
    before = [answers.to(each.question, number - 1) for each in given] if number > 1 else []
    has_before = bool(before) and all(each.n for each in before)
    found = aggregates(three_points_of(given, before if has_before else ()), tuple(AGGREGATIONS))
    claims = [each.question.name for each in given]
    rows = [
        (claim, name_, AGGREGATIONS[name_].words, float(values[column]))
        for column, claim in enumerate(claims)
        for name_, values in found.items()
    ]
    notes = ("one probability from all of the panel's; `innosi delphi score` says which did best",)
    return Table(
        "probabilities, aggregated", ("question", "aggregation", "in_words", "probability"), rows, notes
    )
