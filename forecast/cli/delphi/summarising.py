"""`innosi delphi summary`: where the panel stands after a round."""

from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import study_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.statistics.summary import QuestionSummary
    from innosi.forecast.study import Study


@click.command(short_help="Show where the panel stands after a round.")
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
