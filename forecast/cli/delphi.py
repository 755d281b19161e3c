"""`innosi delphi`: a study's rounds, from a table of answers to a file of judgements."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.answers.importing import ImportReport
    from innosi.forecast.judgements import Judgement
    from innosi.forecast.scoring import ProbabilityScore, QuantityScore
    from innosi.forecast.statistics.summary import QuestionSummary
    from innosi.forecast.study import Study


@click.group(short_help="Ask a panel in rounds; pool what it judges.")
def delphi() -> None:
    """Ask a panel in rounds: import its answers, see where it agrees, export what it judges.

    \b
    innosi delphi import study.yaml round_1.csv --round 1
    innosi delphi summary study.yaml
    innosi delphi export study.yaml
    innosi delphi score study.yaml outcomes.csv

    A study file holds the panel, the rounds and the questions; check it with `innosi check study.yaml`. What
    was imported is kept beside it in `answers/`, one file a round.
    """


def study_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument STUDY to a command, which then gets the study that was read from it."""

    @click.argument("study", type=click.Path(path_type=Path))
    @functools.wraps(command)
    def wrapped(*args: Any, study: Path, **kwargs: Any) -> Any:
        from innosi.forecast.study import load_study

        return command(*args, study=load_study(study), **kwargs)

    return wrapped


def _pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for each in given:
        ours, equals, column = each.partition("=")
        if not (ours.strip() and equals and column.strip()):
            raise click.BadParameter(f"'{each}' is no pair; write for example panellist=user_name")
        pairs[ours.strip()] = column.strip()
    return pairs


mapping_option = click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="OURS=COLUMN",
    callback=_pairs,
    help="What a column is called in FILE, such as panellist=user_name. May be said often.",
)


@delphi.command("import", short_help="Import the answers of a round.")
@study_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--round", "number", type=int, help="Which round FILE holds, or which of its rounds to read.")
@mapping_option
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--percent", is_flag=True, help="Probabilities and shares in FILE run from 0 to 100.")
@click.option("--skip-rejected", is_flag=True, help="Import the sound answers although others are rejected.")
@click.option("--write-rejects", is_flag=True, help="Write all rejected rows to FILE.rejects.csv.")
@click.option("--replace", is_flag=True, help="Let FILE take the place of what is kept for its rounds.")
@output_options
def import_(study: "Study", file: Path, output: Output, **options: Any) -> None:
    """Import the answers in FILE (CSV or XLSX) into a STUDY.

    FILE has one row an answer (columns panellist, question, value, or lower, best and upper), one row a part
    of an answer (… part, value), or one row a panellist (a column for each question, such as housing, or
    housing.lower). Every row is checked; if one is rejected nothing is imported, unless you say
    --skip-rejected. Other columns are not read: no names or addresses are kept. The same FILE again changes
    nothing.

    \b
    innosi delphi import study.yaml round_1.csv --round 1
    innosi delphi import study.yaml export.xlsx --map panellist=ID --sheet Answers
    """
    from innosi.forecast.answers.importing import ImportOptions, import_answers

    report = import_answers(study, file, ImportOptions(**_renamed(options)))
    output.show(import_table(report))
    if report.has_changed_nothing:
        output.say("nothing changed: all of it was imported before")
    elif report.rejects_file:
        output.say(f"{len(report.rejections)} rows were left out: {report.rejects_file}")


def _renamed(options: dict[str, Any]) -> dict[str, Any]:
    return {"are_percentages": options.pop("percent"), **options}


def import_table(report: "ImportReport") -> Table:
    """Return what an import did, one row a round."""
    rows = [
        (each.number, each.n_added, each.n_same, each.n_changed, each.n_absent, str(each.path))
        for each in report.rounds
    ]
    notes = [f"{report.n_empty} not answered (empty)"] if report.n_empty else []
    columns = ("round", "new", "as_before", "replaced", "kept_but_not_in_file", "kept_in")
    return Table(f"answers imported from {report.source}", columns, rows, (*notes, *report.notes))


@delphi.command(short_help="Show where the panel stands after a round.")
@study_argument
@click.option("--round", "number", type=int, help="Which round; the last one with answers by default.")
@click.option("--question", help="One question, with how its answers are distributed.")
@click.option("--by-group", is_flag=True, help="Also by group, where a group is large enough to be shown.")
@output_options
def summary(study: "Study", number: int | None, question: str | None, by_group: bool, output: Output) -> None:
    """Show what the panel of a STUDY thinks after a round: spread, agreement and change of every question.

    A group with fewer answers than the study's minimum_group_size is never shown.

    \b
    innosi delphi summary study.yaml
    innosi delphi summary study.yaml --round 1 --question housing
    innosi delphi summary study.yaml --by-group
    """
    from innosi.forecast.answers.kept import load_answers
    from innosi.forecast.statistics.summary import summarise

    wanted = study.question(question).name if question else None
    found = summarise(study, load_answers(study), number)
    chosen = tuple(each for each in found if wanted in (None, each.question.name))
    if not chosen:
        output.say(f"'{question}' has no answers in this round")
        return
    tables = [summary_table(study, chosen), consensus_table(chosen)]
    tables += [distribution_table(each) for each in chosen if question]
    tables += [group_table(study, chosen)] if by_group else []
    output.show(*tables)


def summary_table(study: "Study", summaries: "tuple[QuestionSummary, ...]") -> Table:
    """Return where the answers to each question lie, and what changed since the round before."""
    rows = [_summary_row(each) for each in summaries]
    number = summaries[0].round
    notes = ["of three-point answers the best, of quantiles the median; quartiles are interpolated (type 7)"]
    if any(each.change for each in summaries):
        notes.append("changes since the round before, among the n_both panellists who answered both")
    title = f"{study.title}: {study.panel.name}, {study.rounds[number - 1]}"
    return Table(title, SUMMARY_COLUMNS, rows, tuple(notes))


SUMMARY_COLUMNS = (
    *("question", "n", "missing", "median", "lower_quartile", "upper_quartile", "mean"),
    *("standard_deviation", "consensus", "median_change", "iqr_change", "share_changed", "n_both"),
)


def _summary_row(summary: "QuestionSummary") -> tuple[object, ...]:
    at, change = summary.description, summary.change
    moved: tuple[object, ...] = (None,) * 4
    if change is not None:
        moved = (change.median, change.interquartile_range, change.share_changed, change.n_both)
    figures = (at.median, at.lower_quartile, at.upper_quartile, at.mean, at.standard_deviation)
    return (summary.question.name, at.n, summary.n_missing, *figures, summary.verdict.word, *moved)


def consensus_table(summaries: "tuple[QuestionSummary, ...]") -> Table:
    """Return the rule of each question, what was measured, and the verdict."""
    rows = [
        (
            each.question.name,
            each.verdict.word,
            str(each.verdict.rule),
            "; ".join(map(str, each.verdict.findings)),
        )
        for each in summaries
        if each.verdict.rule is not None
    ]
    notes = () if rows else ("the study sets no rule of consensus",)
    return Table("consensus", ("question", "consensus", "rule", "found"), rows, notes)


def distribution_table(summary: "QuestionSummary") -> Table:
    """Return how many answers each level or stretch got."""
    rows = [
        (level.label, level.n, level.share, "█" * round(30 * level.share)) for level in summary.distribution
    ]
    columns = ("answer", "n", "share", "picture")
    return Table(summary.question.name, columns, rows, (summary.question.text,))


def group_table(study: "Study", summaries: "tuple[QuestionSummary, ...]") -> Table:
    """Return where each group's answers lie; a hidden group is named, and no more."""
    rows: list[tuple[object, ...]] = []
    for each in summaries:
        rows += [
            (
                each.question.name,
                study.panel.groups[group],
                at.n,
                at.median,
                at.lower_quartile,
                at.upper_quartile,
            )
            for group, at in each.groups.items()
        ]
        rows += [
            (each.question.name, study.panel.groups[group], None, None, None, None)
            for group in each.hidden_groups
        ]
    columns = ("question", "group", "n", "median", "lower_quartile", "upper_quartile")
    minimum = study.panel.minimum_group_size
    notes = (
        f"groups with fewer than {minimum} answers are not shown, nor is the next larger one where they could"
        " be found by taking the others off the whole",
    )
    return Table("by group", columns, rows, notes if study.panel.groups else ("the study has no groups",))


@delphi.command(short_help="Write the judgements for a scenario file.")
@study_argument
@click.option("--to", type=click.Path(path_type=Path), help="judgements.json beside the study by default.")
@click.option("--round", "number", type=int, help="The last round that counts; by default that with answers.")
@click.option(
    "--method",
    type=click.Choice(["linear_pool", "vincent", "empirical"]),
    default="linear_pool",
    show_default=True,
    help="How panellists' distributions become the panel's.",
)
@output_options
def export(study: "Study", to: Path | None, number: int | None, method: Any, output: Output) -> None:
    """Export what the panel of a STUDY judges, as distributions for a scenario file.

    Each panellist's interval or quantiles become a distribution, and those the panel's: as their mixture
    (linear_pool), or as the mean of their quantiles (vincent), which is narrower. Points are exported as they
    stand (empirical): they show how panellists differ, not how sure each one is.

    \b
    innosi delphi export study.yaml
    innosi delphi export study.yaml --method vincent --to vincent.json
    """
    from innosi.forecast.answers.kept import load_answers
    from innosi.forecast.judgements import DEFAULT_NAME, export_judgements

    path = to or study.path.parent / DEFAULT_NAME
    judgements = export_judgements(study, load_answers(study), path, number=number, method=method)
    output.show(judgement_table(study, judgements))
    output.say(f"judgements: {path}")


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


@delphi.command(short_help="Score the panel once the truth is known.")
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
