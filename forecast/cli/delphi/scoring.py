"""`innosi delphi score`: a panel against what happened."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import mapping_option, study_argument
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.forecast.answers.values import Answers
    from innosi.forecast.scoring import ProbabilityScore, QuantityScore
    from innosi.forecast.study import Study


@click.command(short_help="Score the panel once the truth is known.")
@study_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="Every way of aggregating probabilities.")
@click.option("--by-panellist", is_flag=True, help="Each panellist's scores too, by pseudonym.")
@mapping_option
@plot_option
@output_options
def score(
    study: "Study",
    file: Path,
    every: bool,
    by_panellist: bool,
    mapping: dict[str, str],
    plot: Path | None,
    output: Output,
) -> None:
    """Score a STUDY once it is known what happened, as FILE says (columns question and outcome).

    The outcome of a probability is 1 or 0, of a quantity its number; leave it empty while it is open. The
    plot shows how often what was given a probability happened.

    \b
    innosi delphi score study.yaml outcomes.csv
    innosi delphi score study.yaml outcomes.csv --all --by-panellist
    innosi delphi score study.yaml outcomes.csv --plot calibration.svg
    """
    from innosi.forecast.outcomes import load_outcomes
    from innosi.forecast.pooling.aggregations import AGGREGATIONS
    from innosi.forecast.pooling.claims import STANDARD
    from innosi.forecast.scoring import score_probabilities, score_quantities
    from innosi.forecast.statistics.summary import last_round
    from innosi.forecast.store.answers import load_answers

    outcomes, answers = load_outcomes(study, file, mapping), load_answers(study)
    number = last_round(study, answers)
    names = tuple(AGGREGATIONS) if every else STANDARD
    probabilities = score_probabilities(study, answers, outcomes, names)
    quantities = score_quantities(study, answers, outcomes)
    tables = [probability_table(study, probabilities)] if probabilities else []
    tables += quantity_tables(quantities) if quantities else []
    tables += calibration_tables(study, answers, outcomes, number)
    tables += [panellist_table(study, answers, outcomes, number)] if by_panellist else []
    output.show(*tables)
    if not tables:
        output.say("nothing to score: no probability or quantity that is resolved has answers")
    if plot:
        from innosi.forecast.drawing.calibration import calibration_plot

        output.draw(calibration_plot(study, answers, outcomes), plot)


def calibration_tables(
    study: "Study", answers: "Answers", outcomes: "Mapping[str, float]", number: int
) -> list[Table]:
    """Return the parts of the Brier score of all panellists, and how often what was said came."""
    from innosi.forecast.scoring import calibration_of

    found = calibration_of(study, answers, outcomes, number)
    if found is None:
        return []
    parts, curve = found
    names = ("brier", "reliability", "resolution", "uncertainty", "within", "n")
    row = tuple(getattr(parts, name) for name in names)
    notes = (
        "brier = reliability − resolution + uncertainty + within (Murphy 1973; Stephenson et al. 2008)",
        "reliability: how far what was said lies from what came (0 is best); resolution: more is better",
    )
    rows = [
        (each.low, each.high, each.n, each.stated, each.happened, each.happened_low, each.happened_high)
        for each in curve
    ]
    columns = ("from", "to", "n", "said", "happened", "low_95", "high_95")
    return [
        Table(f"parts of the Brier score, panellists one by one, round {number}", names, [row], notes),
        Table(
            f"calibration, panellists one by one, round {number}",
            columns,
            rows,
            ("happened: share that came true, with Wilson's interval as if all were independent",),
        ),
    ]


def panellist_table(
    study: "Study", answers: "Answers", outcomes: "Mapping[str, float]", number: int
) -> Table:
    """Return each panellist's mean scores of a round, the best first."""
    from innosi.forecast.scoring import score_panellists

    rows = [
        (each.panellist, each.n, each.brier, each.log, each.right_side, each.contribution)
        for each in score_panellists(study, answers, outcomes, number)
    ]
    columns = ("panellist", "n", "brier", "log", "right_side", "contribution")
    notes = (
        "contribution: what the panel's mean would lose in Brier score without him (Budescu & Chen 2015)",
        "with few questions these differences are mostly luck",
    )
    return Table(f"panellists, round {number}", columns, rows, notes)


def probability_table(study: "Study", scores: "tuple[ProbabilityScore, ...]") -> Table:
    """Return the scores of every aggregation, by round."""
    rows = [(each.round, each.aggregation, each.n, each.brier, each.log, each.right_side) for each in scores]
    notes = (
        "lower is better for Brier (always ½: 0.25) and log score (always ½: 0.693; clipped at 0.001)",
        "right_side: share on the right side of ½, which itself counts as half",
        "the last row of a round is the mean over panellists and questions, as a yardstick",
    )
    columns = ("round", "aggregation", "n", "brier", "log", "right_side")
    return Table(f"{study.title}: probabilities, scored", columns, rows, notes)


def quantity_tables(scores: "tuple[QuantityScore, ...]") -> list[Table]:
    """Return the scores of every pooled distribution, and how often their intervals held the outcome."""
    columns = ("round", "question", "method", "outcome", "crps", "p05", "p95", "within", "panellists_within")
    rows = [
        (
            *(each.round, each.question, each.method, each.outcome, each.crps),
            *(each.low, each.high, each.is_within, each.share_within),
        )
        for each in scores
    ]
    notes = (
        "crps: lower is better, in the question's unit; panellists_within: share of their own 90 % intervals",
    )
    more = [
        (
            *(each.round, each.question, each.method, each.interval_score),
            *(each.weighted_interval_score, each.probability_integral_transform),
        )
        for each in scores
    ]
    kinds = sorted({(each.round, each.method) for each in scores})
    coverage = []
    for number, method in kinds:
        held = [each.is_within for each in scores if (each.round, each.method) == (number, method)]
        coverage.append((number, method, len(held), sum(held) / len(held)))
    return [
        Table("quantities, scored", columns, rows, notes),
        Table("coverage of 90 % intervals", ("round", "method", "n", "coverage"), coverage),
        Table(
            "quantities, scored by intervals",
            ("round", "question", "method", "interval_score", "weighted_interval_score", "pit"),
            more,
            (
                "lower is better, in the question's unit: of the 90 % interval, and of nine quantiles",
                "pit: where in the distribution the outcome lies; near 0 or 1 it was a surprise",
            ),
        ),
    ]
