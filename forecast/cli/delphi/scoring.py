"""`innosi delphi score`: a panel against what happened."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import mapping_option, study_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.scoring import ProbabilityScore, QuantityScore
    from innosi.forecast.study import Study


@click.command(short_help="Score the panel once the truth is known.")
@study_argument
@click.argument("file", type=click.Path(path_type=Path))
@mapping_option
@output_options
def score(study: "Study", file: Path, mapping: dict[str, str], output: Output) -> None:
    """Score a STUDY once it is known what happened, as FILE says (columns question and outcome).

    The outcome of a probability is 1 or 0, of a quantity its number; leave it empty while it is open.

    \b
    innosi delphi score study.yaml outcomes.csv
    """
    from innosi.forecast.answers.kept import load_answers
    from innosi.forecast.scoring import load_outcomes, score_probabilities, score_quantities
    from innosi.forecast.statistics.summary import last_round

    outcomes, answers = load_outcomes(study, file, mapping), load_answers(study)
    last_round(study, answers)
    probabilities = score_probabilities(study, answers, outcomes)
    quantities = score_quantities(study, answers, outcomes)
    tables = [probability_table(study, probabilities)] if probabilities else []
    tables += quantity_tables(quantities) if quantities else []
    output.show(*tables)
    if not tables:
        output.say("nothing to score: no probability or quantity that is resolved has answers")


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
    kinds = sorted({(each.round, each.method) for each in scores})
    coverage = []
    for number, method in kinds:
        held = [each.is_within for each in scores if (each.round, each.method) == (number, method)]
        coverage.append((number, method, len(held), sum(held) / len(held)))
    return [
        Table("quantities, scored", columns, rows, notes),
        Table("coverage of 90 % intervals", ("round", "method", "n", "coverage"), coverage),
    ]
