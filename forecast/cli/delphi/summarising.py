"""`innosi delphi summary`: where the panel stands after a round."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import is_asked, study_argument
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.forecast.answers.values import Answers
    from innosi.forecast.statistics.rules import Verdict
    from innosi.forecast.statistics.summary import QuestionSummary
    from innosi.forecast.statistics.verdicts import GivenAnswers
    from innosi.forecast.study import Study


@click.command(short_help="Show where the panel stands after a round.")
@study_argument
@click.option("--round", "number", type=int, help="Which round; the last one with answers by default.")
@click.option("--question", help="One question, with every measure and how its answers are distributed.")
@click.option("--by-group", is_flag=True, help="Also by group, where a group is large enough to be shown.")
@click.option("--measures", is_flag=True, help="Every measure of every question, with its 95 % interval.")
@click.option("--agreement", is_flag=True, help="Agreement over all questions that are answered alike.")
@plot_option
@output_options
def summary(
    study: "Study",
    number: int | None,
    question: str | None,
    by_group: bool,
    measures: bool,
    agreement: bool,
    plot: Path | None,
    output: Output,
) -> None:
    """Show what the panel of a STUDY thinks after a round: spread, agreement and change of every question.

    A question in parts (several ratings, a ranking, an allocation) is shown part by part, such as
    garden.desirability. A group with fewer answers than the study's minimum_group_size is never shown.

    \b
    innosi delphi summary study.yaml
    innosi delphi summary study.yaml --round 1 --question housing
    innosi delphi summary study.yaml --measures --format csv > measures.csv
    innosi delphi summary study.yaml --agreement --plot round.svg
    """
    from innosi.forecast.statistics.resampling import ENOUGH_RESAMPLES
    from innosi.forecast.statistics.summary import last_round, summarise
    from innosi.forecast.statistics.verdicts import ranking_verdicts
    from innosi.forecast.store.answers import load_answers

    if not (question or measures or agreement or plot):
        output.show(*counted_tables(study, number, by_group=by_group))
        return
    answers = load_answers(study)
    number = last_round(study, answers, number)
    wanted = study.question_of(question) if question else None
    n_resamples = ENOUGH_RESAMPLES if measures or question else 0
    found = summarise(study, answers, number, n_resamples=n_resamples)
    chosen = tuple(each for each in found if is_asked(each.question.name, question))
    if wanted is not None and not answers.to(wanted, number).n:
        output.say(f"'{question}' has no answers in this round")
        return
    rankings = ranking_verdicts(study, answers, number)
    verdicts = {each.question.name: each.verdict for each in chosen}
    verdicts |= {name: each for name, each in rankings.items() if question in (None, name)}
    tables = [summary_table(study, chosen), consensus_table(verdicts)] if chosen else []
    tables += options_tables(study, answers, number, question)
    tables += text_tables(study, answers, number, question)
    tables += [distribution_table(each) for each in chosen if question]
    tables += rand_ucla_tables(study, answers, number, chosen) if n_resamples else []
    tables += [measures_table(chosen)] if n_resamples and chosen else []
    tables += [agreement_table(study, answers, number)] if agreement else []
    tables += [group_table(study, chosen)] if by_group else []
    output.show(*tables)
    if plot:
        from innosi.forecast.drawing.summary import summary_plot

        output.draw(summary_plot(study, answers, number, question), plot)


def counted_tables(study: "Study", number: int | None, *, by_group: bool) -> list[Table]:
    """Return what the panel thinks, counted in the store."""
    from innosi.forecast.counting import summarise_round
    from innosi.forecast.statistics.verdicts import ranking_verdicts

    counted = summarise_round(study, number)
    number, answers, found = counted.round, counted.answers, counted.questions
    verdicts = {each.question.name: each.verdict for each in found}
    verdicts |= ranking_verdicts(study, answers, number)
    tables = [summary_table(study, found), consensus_table(verdicts)] if found else []
    tables += [*options_tables(study, answers, number, None), *text_tables(study, answers, number, None)]
    return tables + ([group_table(study, found)] if by_group else [])


def options_tables(study: "Study", answers: "GivenAnswers", number: int, name: str | None) -> list[Table]:
    """Return what the panel says of the options of each question that has some, the first choice first."""
    from innosi.forecast.statistics.options import option_findings

    tables = []
    for question in study.questions.values():
        found = option_findings(answers.to(question, number)) if name in (None, question.name) else None
        if found is not None:
            columns = ("option", found.what.replace(" ", "_"), "low_95", "high_95")
            rows = [(each.title, each.value, each.low, each.high) for each in found.options]
            title = f"{question.name}: {question.text}"
            tables.append(Table(title, columns, rows, (f"n = {found.n}", *found.statements)))
    return tables


def text_tables(study: "Study", answers: "GivenAnswers", number: int, name: str | None) -> list[Table]:
    """Return what panellists wrote in answer to open questions."""
    tables = []
    for question in study.questions.values():
        given = answers.to(question, number)
        if question.type == "text" and given.n and name in (None, question.name):
            rows = list(zip(given.panellists, given.reasons, strict=True))
            title = f"{question.name}: {question.text}"
            tables.append(Table(title, ("panellist", "text"), rows, (f"n = {given.n}",)))
    return tables


def rand_ucla_tables(
    study: "Study", answers: "Answers", number: int, summaries: "tuple[QuestionSummary, ...]"
) -> list[Table]:
    """Return RAND/UCLA's figures of the questions that are rated from 1 to 9."""
    from innosi.forecast.statistics.rand_ucla import rand_ucla

    rows = []
    for each in summaries:
        if each.question.scale == (1, 9):
            whole = study.question_of(each.question.name)
            at = rand_ucla(answers.to_aspect(whole, each.question.name, number).tally.counts)
            figures = (at.median, at.interpercentile_range, at.adjusted_range, at.disagreement_index)
            rows.append((each.question.name, at.n, *figures, at.appropriateness))
    columns = ("question", "n", "median", "ipr", "ipras", "disagreement_index", "class")
    notes = ("ipr: 70 % minus 30 % quantile; where it exceeds ipras there is disagreement (Fitch 2001)",)
    return [Table("RAND/UCLA", columns, rows, notes)] if rows else []


def measures_table(summaries: "tuple[QuestionSummary, ...]") -> Table:
    """Return every measure of every question, with its interval, or why it has none."""
    rows = [
        (
            each.question.name,
            reading.kind.name,
            " to ".join(f"{value:g}" for _, value in reading.parameters),
            reading.measure.value,
            reading.measure.low,
            reading.measure.high,
            reading.measure.n,
            reading.sentence,
        )
        for each in summaries
        for reading in each.measures
    ]
    columns = ("question", "measure", "levels", "value", "low_95", "high_95", "n", "in_words")
    notes = (
        "95 % intervals: shares of people by Wilson, all else by BCa bootstrap over panellists",
        "`innosi explain MEASURE` says what a measure is for",
    )
    return Table("every measure", columns, rows, notes)


def agreement_table(study: "Study", answers: "Answers", number: int) -> Table:
    """Return the coefficients of agreement over all questions that are answered alike."""
    from innosi.forecast.statistics.panel_agreement import agreement_of_round

    rows = [
        (
            each.scale,
            each.n_questions,
            each.name,
            each.measure.value,
            each.measure.low,
            each.measure.high,
            each.measure.n,
            each.measure.reason,
        )
        for each in agreement_of_round(study, answers, number)
    ]
    columns = ("scale", "questions", "coefficient", "value", "low_95", "high_95", "n", "reason")
    notes = ("1 is complete agreement, 0 as much as chance; 95 % intervals by BCa bootstrap over panellists",)
    none = ("no two questions are ratings on one scale, or choices among the same options",)
    return Table("agreement over questions", columns, rows, notes if rows else none)


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
    return (summary.question.name, summary.n, summary.n_missing, *figures, summary.verdict.word, *moved)


def consensus_table(verdicts: "Mapping[str, Verdict]") -> Table:
    """Return the rule of each question, what was measured, and the verdict."""
    rows = [
        (name, verdict.word, str(verdict.rule), "; ".join(map(str, verdict.findings)))
        for name, verdict in verdicts.items()
        if verdict.rule is not None
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
