"""`innosi delphi stability`: whether the panel has stood still, and what to do with each question next."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import is_asked, study_argument
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.forecast.answers.values import Answers
    from innosi.forecast.statistics.attrition import Attrition
    from innosi.forecast.statistics.measured import HypothesisTest
    from innosi.forecast.statistics.stability import Stability
    from innosi.forecast.statistics.stopping import Assessment
    from innosi.forecast.study import Study


@click.command(short_help="Show whether answers stand still, and what to ask next.")
@study_argument
@click.option("--round", "number", type=int, help="Which round; the last one with answers by default.")
@click.option("--since", type=int, help="The earlier round to compare with; each question's last by default.")
@click.option("--question", help="One question, with all its measures.")
@click.option("--all", "is_full", is_flag=True, help="All measures of every question.")
@click.option(
    "--stable-when",
    "criteria",
    multiple=True,
    metavar="CRITERION",
    help="When answers stand still, such as 'net_change < 15%'. May be said often; all must be met.",
)
@click.option(
    "--drop-at-most",
    "low_relevance",
    type=float,
    metavar="LEVEL",
    help="Drop ratings that agree, stably, on a median of LEVEL or less: for scales of relevance.",
)
@plot_option
@output_options
def stability(
    study: "Study",
    number: int | None,
    since: int | None,
    question: str | None,
    is_full: bool,
    criteria: tuple[str, ...],
    low_relevance: float | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Show whether the answers of a STUDY stand still between two rounds, and what to do with each question.

    Each question gets a verdict (continue, consensus, majority, bipolarity, plurality, disagreement) and a
    recommendation (accept, ask again, ask again by group, rephrase, drop), both with their reasons; then come
    the panellists who left, and whether they had answered differently. Measures are computed among those who
    answered both rounds. That a test finds no difference is not taken for stability.

    \b
    innosi delphi stability study.yaml
    innosi delphi stability study.yaml --question housing --plot housing.svg
    innosi delphi stability study.yaml --since 1 --stable-when 'share_changed <= 15%'
    """
    from innosi.forecast.asked import answers_as_asked
    from innosi.forecast.statistics.attrition import attrition
    from innosi.forecast.statistics.recommendations import Thresholds
    from innosi.forecast.statistics.stability import parse_stability_rule
    from innosi.forecast.statistics.stopping import Choices, assess

    if question:
        study.question_of(question)
    choices = Choices(parse_stability_rule(criteria), Thresholds(low_relevance=low_relevance))
    study, answers = answers_as_asked(study, number)
    found = assess(study, answers, number, since=since, choices=choices)
    chosen = tuple(each for each in found if is_asked(each.question.name, question))
    if not chosen:
        output.say(f"'{question}' has no answers in this round")
        return
    tables = [verdict_table(study, chosen)]
    if question or is_full:
        tables += [measure_table(each.stability) for each in chosen if each.stability]
    tables += ranking_tables(study, answers, chosen[0].round, since)
    if not question:
        tables += attrition_tables(study, attrition(study, answers, chosen[0].round, since))
    output.show(*tables)
    if plot is not None:
        from innosi.forecast.drawing.stability import draw_stability

        output.draw(draw_stability(chosen), plot)


def ranking_tables(study: "Study", answers: "Answers", number: int, since: int | None) -> list[Table]:
    """Return how rankings as a whole changed: the panel's order, its agreement, and each one's own order."""
    from innosi.forecast.statistics.stopping import ranking_changes

    words = {
        "mean_ranks": "rank correlation of the mean ranks",
        "concordance": "change of Kendall's W",
        "individual": "mean rank correlation of each panellist's own two rankings",
    }
    rows = [
        (name, said, measure.value, measure.low, measure.high, measure.n, measure.reason)
        for name, change in ranking_changes(study, answers, number, since).items()
        for said, measure in ((words[key], getattr(change, key)) for key in words)
    ]
    columns = ("question", "measure", "value", "low", "high", "n", "reason")
    notes = ("1 is the same order as before; low to high: 95 % interval",)
    return [Table("rankings as a whole", columns, rows, notes)] if rows else []


def verdict_table(study: "Study", assessments: "tuple[Assessment, ...]") -> Table:
    """Return where each question stands, and what to do with it."""
    rows = [
        (
            each.question.name,
            each.stability.pairs.since if each.stability else None,
            each.stability.pairs.n if each.stability else None,
            each.stability_word,
            each.standing.word,
            each.recommendation.action,
            "; ".join(each.recommendation.reasons),
        )
        for each in assessments
    ]
    columns = ("question", "since", "n_both", "stability", "verdict", "recommendation", "why")
    rules = sorted({str(each.stability.rule) for each in assessments if each.stability})
    notes = [f"stable when {rule} (of tests, p)" for rule in rules]
    number = assessments[0].round
    return Table(
        f"{study.title}: {study.panel.name}, {study.rounds[number - 1]}", columns, rows, tuple(notes)
    )


def measure_table(stability: "Stability") -> Table:
    """Return every measure of one question, with what it says."""
    rows = []
    for each in stability.findings.values():
        low, high = each.interval
        figures = (each.value, low, high, each.p_value, each.result.n)
        rows.append((each.name, *figures, each.sentence))
    pairs = stability.pairs
    columns = ("measure", "value", "low", "high", "p", "n", "in_words")
    notes = ("value: of tests the statistic; low to high: 95 % interval",)
    title = f"{pairs.question.name}: round {pairs.since} to {pairs.round}, {stability.word}"
    return Table(title, columns, rows, (pairs.question.text, *notes))


def attrition_tables(study: "Study", attrition: "Attrition") -> list[Table]:
    """Return who stayed and who left, who answered which rounds, and whether leavers had differed."""
    tables = [_passage_table(attrition), _flow_table(attrition)]
    if attrition.leavers and any(each.n_left for each in attrition.passages):
        tables += [_leaver_table(attrition)]
    if attrition.retention_by_group:
        rows = [
            (study.panel.groups[name], each.n, each.value, each.low, each.high)
            for name, each in attrition.retention_by_group.items()
        ]
        notes = (_test_in_words(attrition.by_group),)
        tables.append(Table("retention by group", ("group", "n", "retention", "low", "high"), rows, notes))
    return tables


def _passage_table(attrition: "Attrition") -> Table:
    rows = [
        (
            *(each.since, each.round, each.n_earlier, each.n_stayed, each.n_left, each.n_came),
            *(each.retention.value, each.retention.low, each.retention.high),
        )
        for each in attrition.passages
    ]
    columns = ("since", "round", "n_earlier", "stayed", "left", "came", "retention", "low", "high")
    return Table("who stayed", columns, rows, () if rows else ("there is one round with answers",))


def _flow_table(attrition: "Attrition") -> Table:
    rows: list[tuple[object, ...]] = [
        (" + ".join(map(str, rounds)), n) for rounds, n in attrition.flow.items()
    ]
    if attrition.n_silent:
        rows.append(("none", attrition.n_silent))
    return Table("who answered which rounds", ("rounds", "panellists"), rows)


def _leaver_table(attrition: "Attrition") -> Table:
    rows = [
        (
            *(each.question, each.n_stayed, each.n_left, each.median_stayed, each.median_left),
            *(each.test.p_value, each.p_corrected, each.test.reason or each.test.name),
        )
        for each in attrition.leavers
    ]
    columns = ("question", "stayed", "left", "median_stayed", "median_left", "p", "p_holm", "test")
    notes = (
        _test_in_words(attrition.distance),
        "compared where both sides are as large as the study's minimum_group_size",
    )
    return Table("had those who left answered differently?", columns, rows, notes)


def _test_in_words(test: "HypothesisTest") -> str:
    if test.reason:
        return f"{test.name}: cannot be told, {test.reason}"
    verdict = "differ" if test.p_value < 0.05 else "no difference is shown"
    return f"{test.name}: {verdict} (p = {test.p_value:.3g}, n = {test.n})"
