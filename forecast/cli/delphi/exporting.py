"""`innosi delphi export`: the judgements of a panel, for a scenario file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import small_option, study_argument, weights_option
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.judgements import Judgement
    from innosi.forecast.study import Study


@click.command(short_help="Write the judgements for a scenario file.")
@study_argument
@click.option("--to", type=click.Path(path_type=Path), help="judgements.json beside the study by default.")
@click.option("--round", "number", type=int, help="The last round that counts; by default that with answers.")
@click.option(
    "--method",
    type=click.Choice(["linear_pool", "vincent", "logarithmic", "empirical"]),
    default="linear_pool",
    show_default=True,
    help="How panellists' distributions become the panel's.",
)
@weights_option
@small_option
@output_options
def export(
    study: "Study",
    to: Path | None,
    number: int | None,
    method: Any,
    weights: str,
    small: bool,
    output: Output,
) -> None:
    """Export what the panel of a STUDY judges, as distributions for a scenario file.

    Each panellist's interval or quantiles become a distribution, and those the panel's: as their mixture
    (linear_pool), as the mean of their quantiles (vincent), which is narrower, or as the product of their
    densities (logarithmic), where what one rules out nobody can bring in. Points are exported as they
    stand (empirical): they show how panellists differ, not how sure each one is. So the file holds single
    answers, without names. What fewer than the study's minimum_group_size answered is left out.

    \b
    innosi delphi export study.yaml
    innosi delphi export study.yaml --method vincent --to vincent.json
    """
    from innosi.forecast.few_answers import check_few_may_be_shown
    from innosi.forecast.judgements import DEFAULT_NAME, export_judgements, left_out
    from innosi.forecast.pooling.weights import weights_from
    from innosi.forecast.statistics.summary import last_round
    from innosi.forecast.store.answers import load_answers

    if small:
        check_few_may_be_shown(study)
    answers = load_answers(study)
    heavy = weights_from(study, answers, last_round(study, answers, number), weights)
    path = to or study.path.parent / DEFAULT_NAME
    judgements = export_judgements(
        study, answers, path, number=number, method=method, weights=heavy, with_small=small
    )
    output.show(judgement_table(study, judgements))
    output.say(f"judgements: {path}")
    if not small and (missing := left_out(study, answers, number)):
        least = study.panel.minimum_group_size
        output.say(f"left out, as fewer than {least} gave a number (see --small): {', '.join(missing)}")


def judgement_table(study: "Study", judgements: "tuple[Judgement, ...]") -> Table:
    """Return the pooled judgements: median, 90 % interval, and how they were pooled."""
    rows = []
    for each in judgements:
        low, middle, high = (float(value) for value in each.pooled.distribution.quantile([0.05, 0.5, 0.95]))
        place = (each.question.name, each.answers.round, each.answers.n)
        rows.append((*place, low, middle, high, each.question.unit, each.pooled.method))
    columns = ("question", "round", "n", "p05", "median", "p95", "unit", "method")
    notes = sorted({each.pooled.assumptions for each in judgements})
    return Table(f"{study.title}: judgements of the {study.panel.name}", columns, rows, tuple(notes))
