"""`innosi delphi summary`: where the panel stands after a round."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import is_asked, small_option, study_argument
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
@small_option
@plot_option
@output_options
def summary(
    study: "Study",
    number: int | None,
    question: str | None,
    by_group: bool,
    measures: bool,
    agreement: bool,
    small: bool,
    plot: Path | None,
    output: Output,
) -> None:
    """Show what the panel of a STUDY thinks after a round: spread, agreement and change of every question.

    A question in parts (several ratings, a ranking, an allocation) is shown part by part, such as
    garden.desirability. Of questions with fewer answers than the study's minimum_group_size no numbers are
    shown, unless --small asks for them; a group with fewer is never shown.

    \b
    innosi delphi summary study.yaml
    innosi delphi summary study.yaml --round 1 --question housing
    innosi delphi summary study.yaml --measures --format csv > measures.csv
    innosi delphi summary study.yaml --agreement --plot round.svg
    """
    from innosi.forecast.asked import answers_as_asked
    from innosi.forecast.few_answers import answered_by_enough, check_few_may_be_shown, without_few
    from innosi.forecast.statistics.resampling import ENOUGH_RESAMPLES
    from innosi.forecast.statistics.summary import last_round, summarise
    from innosi.forecast.statistics.verdicts import ranking_verdicts

    if small:
        check_few_may_be_shown(study)
    if not (question or measures or agreement or plot):
        output.show(*counted_tables(study, number, by_group=by_group, small=small))
        return
    study, given = answers_as_asked(study, number)
    number = last_round(study, given, number)
    answers = given if small else answered_by_enough(study, given)
    wanted = study.question_of(question) if question else None
    n_resamples = ENOUGH_RESAMPLES if measures or question else 0
    found = summarise(study, given, number, n_resamples=n_resamples)
    found, few = (found, frozenset()) if small else without_few(study.panel, found)
    chosen = tuple(each for each in found if is_asked(each.question.name, question))
    if wanted is not None and not given.to(wanted, number).n:
        output.say(f"'{question}' has no answers in this round")
        return
    shown = tuple(each for each in chosen if each.question.name not in few)
    rankings = ranking_verdicts(study, given, number)
    verdicts = {each.question.name: each.verdict for each in chosen}
    verdicts |= {name: each for name, each in rankings.items() if question in (None, name)}
    tables = [summary_table(study, chosen, few), consensus_table(verdicts, few)] if chosen else []
    tables += options_tables(study, answers, number, question)
    tables += text_tables(study, answers, number, question)
    tables += [distribution_table(each) for each in shown if question]
    tables += rand_ucla_tables(study, answers, number, shown) if n_resamples else []
    tables += [measures_table(shown)] if n_resamples and shown else []
    tables += [agreement_table(study, answers, number)] if agreement else []
    tables += group_tables(study, shown) if by_group else []
    output.show(*tables)
    if plot:
        from innosi.forecast.drawing.summary import summary_plot

        output.draw(summary_plot(study, answers, number, question), plot)


def counted_tables(study: "Study", number: int | None, *, by_group: bool, small: bool) -> list[Table]:
    """Return what the panel thinks, counted in the store."""
    from innosi.forecast.counting import summarise_round
    from innosi.forecast.few_answers import is_too_few, without_few
    from innosi.forecast.statistics.verdicts import ranking_verdicts

    counted = summarise_round(study, number)
    study = counted.study
    study, number, answers, found = counted.study, counted.round, counted.answers, counted.questions
    verdicts = {each.question.name: each.verdict for each in found}
    verdicts |= ranking_verdicts(study, answers, number)
    found, few = (found, frozenset()) if small else without_few(study.panel, found)
    tables = [summary_table(study, found, few), consensus_table(verdicts, few)] if found else []
    for name, question in study.questions.items():
        if small or not is_too_few(study.panel, answers.to(question, number).n):
            tables += options_tables(study, answers, number, name)
    tables += text_tables(study, answers, number, None)
    shown = tuple(each for each in found if each.question.name not in few)
    return tables + (group_tables(study, shown) if by_group else [])


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


def summary_table(
    study: "Study", summaries: "tuple[QuestionSummary, ...]", few: Collection[str] = ()
) -> Table:
    """Return where the answers to each question lie, and what changed since the round before.

    Parameters
    ----------
    few : collection of str
        Questions that too few answered for their numbers to be shown.
    """
    least = study.panel.minimum_group_size
    words = dict.fromkeys(few, f"fewer than {least}")
    rows = [_summary_row(each, words.get(each.question.name, each.verdict.word)) for each in summaries]
    number = summaries[0].round
    notes = ["of three-point answers the best, of quantiles the median; quartiles are interpolated (type 7)"]
    if any(each.change for each in summaries):
        notes.append("changes since the round before, among the n_both panellists who answered both")
    if few:
        notes.append(
            f"where fewer than {least} answered, numbers would be single people's answers; until the study is"
            " anonymous, --small shows them"
        )
    title = f"{study.title}: {study.panel.name}, {study.rounds[number - 1]}"
    return Table(title, SUMMARY_COLUMNS, rows, tuple(notes))


SUMMARY_COLUMNS = (
    *("question", "n", "missing", "median", "lower_quartile", "upper_quartile", "mean"),
    *("standard_deviation", "consensus", "median_change", "iqr_change", "share_changed", "n_both"),
)


def _summary_row(summary: "QuestionSummary", consensus: str) -> tuple[object, ...]:
    at, change = summary.description, summary.change
    moved: tuple[object, ...] = (None,) * 4
    if change is not None:
        moved = (change.median, change.interquartile_range, change.share_changed, change.n_both)
    figures = (at.median, at.lower_quartile, at.upper_quartile, at.mean, at.standard_deviation)
    return (summary.question.name, summary.n, summary.n_missing, *figures, consensus, *moved)


def consensus_table(verdicts: "Mapping[str, Verdict]", few: Collection[str] = ()) -> Table:
    """Return the rule of each question, what was measured, and the verdict; none of a question of `few`."""
    rows = [
        (name, verdict.word, str(verdict.rule), "; ".join(map(str, verdict.findings)))
        for name, verdict in verdicts.items()
        if verdict.rule is not None and not any(is_asked(each, name) for each in few)
    ]
    is_set = any(each.rule is not None for each in verdicts.values())
    notes = () if is_set else ("the study sets no rule of consensus",)
    return Table("consensus", ("question", "consensus", "rule", "found"), rows, notes)


def distribution_table(summary: "QuestionSummary") -> Table:
    """Return how many answers each level or stretch got."""
    rows = [
        (level.label, level.n, level.share, "█" * round(30 * level.share)) for level in summary.distribution
    ]
    columns = ("answer", "n", "share", "picture")
    return Table(summary.question.name, columns, rows, (summary.question.text,))


def group_tables(study: "Study", summaries: "tuple[QuestionSummary, ...]") -> list[Table]:
    """Return where each group's answers lie, and of choices what they chose; a hidden group is only named."""
    titles, minimum = study.panel.groups, study.panel.minimum_group_size
    if not titles:
        return [Table("by group", _BY_GROUP, (), ("the study has no groups",))]
    notes = (
        f"groups with fewer than {minimum} answers are not shown, nor is the next larger one where they could"
        " be found by taking the others off the whole",
    )
    choices = [each for each in summaries if each.question.measurement == "nominal"]
    numbers = [each for each in summaries if each not in choices]
    tables = [Table("by group", _BY_GROUP, _lying(titles, numbers), notes)] if numbers else []
    chosen = [Table("choices by group", _OF_CHOICES, _chosen(titles, choices), notes)] if choices else []
    return tables + chosen


_BY_GROUP = ("question", "group", "n", "median", "lower_quartile", "upper_quartile")
_OF_CHOICES = ("question", "group", "n", "option", "share")


def _lying(titles: "Mapping[str, str]", summaries: "list[QuestionSummary]") -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for each in summaries:
        name = each.question.name
        rows += [
            (name, titles[group], at.n, at.median, at.lower_quartile, at.upper_quartile)
            for group, at in each.groups.items()
        ]
        rows += [(name, titles[group], *(None,) * 4) for group in each.hidden_groups]
    return rows


def _chosen(titles: "Mapping[str, str]", summaries: "list[QuestionSummary]") -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for each in summaries:
        for group, levels in each.group_choices.items():
            place = (each.question.name, titles[group], each.groups[group].n)
            rows += [(*place, level.label, level.share) for level in levels]
        rows += [(each.question.name, titles[group], *(None,) * 3) for group in each.hidden_groups]
    return rows
