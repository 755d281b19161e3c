"""`innosi delphi dissent`: where the panel splits, who stands apart, and why."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import is_asked, pairs_of, study_argument
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.forecast.answers.values import Answers
    from innosi.forecast.statistics.clusters import Clustering
    from innosi.forecast.statistics.dissent import Dissent
    from innosi.forecast.study import Study


@click.command(short_help="Show where the panel splits, who stands apart, and why.")
@study_argument
@click.option("--round", "number", type=int, help="Which round; the last one with answers by default.")
@click.option("--question", help="One question, or a part of one, with the arguments of each side.")
@click.option("--groups", is_flag=True, help="How the groups differ, where they may be shown.")
@click.option("--clusters", is_flag=True, help="Panellists in clusters by several of their answers.")
@click.option("--questions", help="For --clusters: which questions, parted by commas; all by default.")
@click.option("--n-clusters", type=click.IntRange(1, 6), help="For --clusters: how many; found by default.")
@click.option(
    "--desirability",
    "desired",
    multiple=True,
    metavar="PROBABILITY=DESIRABILITY",
    callback=pairs_of,
    help="Which question on probability has its desirability asked in which other one. May be said often.",
)
@plot_option
@output_options
def dissent(
    study: "Study",
    number: int | None,
    question: str | None,
    groups: bool,
    clusters: bool,
    questions: str | None,
    n_clusters: int | None,
    desired: dict[str, str],
    plot: Path | None,
    output: Output,
) -> None:
    """Show the dissent in a STUDY after a round: two camps, outliers, groups, clusters, wishful thinking.

    Two camps are tested for, not seen by eye: ratings by a likelihood ratio against one mode, numbers by
    Hartigan's dip. Outliers are named by their pseudonyms, with their arguments. A group or cluster smaller
    than the study's minimum_group_size is not shown.

    \b
    innosi delphi dissent study.yaml
    innosi delphi dissent study.yaml --question garden.desirability --plot camps.svg
    innosi delphi dissent study.yaml --clusters --questions garden.probability,garden.desirability
    """
    from innosi.forecast.asked import answers_as_asked
    from innosi.forecast.statistics.clusters import cluster_panel
    from innosi.forecast.statistics.dissent import desirability_pairs, dissent_of_round
    from innosi.forecast.statistics.summary import last_round

    study, answers = answers_as_asked(study, number)
    number = last_round(study, answers, number)
    if question:
        study.question_of(question)
    found = tuple(
        each for each in dissent_of_round(study, answers, number) if is_asked(each.question.name, question)
    )
    tables = [camps_table(study, found, number), outlier_table(found)] if found else []
    tables += argument_tables(study, answers, found) if question else []
    tables += [group_table(study, answers, number, question)] if groups else []
    pairs = desirability_pairs(study) | desired
    tables += [desirability_table(study, answers, number, pairs)] if pairs and not question else []
    if clusters:
        names = tuple(filter(None, (each.strip() for each in (questions or "").split(","))))
        clustering = cluster_panel(study, answers, number, questions=names, n_clusters=n_clusters)
        tables += [cluster_table(clustering)]
    output.show(*tables)
    if not tables:
        output.say("nothing with numbers was answered in this round")
    if plot:
        from innosi.forecast.drawing.dissent import dissent_plot

        output.draw(dissent_plot(study, answers, found), plot)


def camps_table(study: "Study", found: "tuple[Dissent, ...]", number: int) -> Table:
    """Return whether each question has two camps, and whether the panel converged."""
    rows = []
    for each in found:
        test, moved, moved_test = None, None, None
        words = "names without an order have no camps"
        if each.bipolarity is not None:
            test, words = each.bipolarity.test, each.bipolarity.words
        if each.convergence is not None and each.convergence_test is not None:
            moved, moved_test = each.convergence.value, each.convergence_test.p_value
        rows.append(
            (
                *(each.question.name, each.n, test.p_value if test else None, each.p_corrected, words),
                *(len(each.outliers), moved, moved_test),
            )
        )
    columns = ("question", "n", "p", "p_holm", "camps", "outliers", "deviation_change", "p_change")
    notes = (
        "p: how often answers of one mode look as split; p_holm: corrected for the number of questions",
        "ratings, and numbers with ties: likelihood ratio against one mode; other numbers: Hartigan's dip",
        "deviation_change: of the standard deviation since the round before (Pitman–Morgan); below 0: closer",
    )
    title = f"{study.title}: dissent in the {study.panel.name}, {study.rounds[number - 1]}"
    return Table(title, columns, rows, notes)


def outlier_table(found: "tuple[Dissent, ...]") -> Table:
    """Return who stands apart on which question, with the argument given."""
    rows = [
        (
            *(each.question.name, outlier.panellist, outlier.answer, outlier.median),
            *(outlier.lower_quartile, outlier.upper_quartile, outlier.robust_z, outlier.reason),
        )
        for each in found
        for outlier in each.outliers
    ]
    columns = (
        *("question", "panellist", "answer", "median", "lower_quartile", "upper_quartile"),
        *("robust_z", "argument"),
    )
    notes = (
        "numbers: beyond 1.5 interquartile ranges from the quartiles, or robust z above 3.5;"
        " ratings: outside the quartiles and two levels or more from the median",
    )
    return Table("outliers", columns, rows, notes if rows else ("nobody stands apart",))


def argument_tables(study: "Study", answers: "Answers", found: "tuple[Dissent, ...]") -> list[Table]:
    """Return the arguments of each side of a question, without the names of their authors."""
    from innosi.forecast.statistics.outliers import arguments_of

    tables = []
    for each in found:
        if each.question.measurement == "nominal":
            continue
        whole = study.question_of(each.question.name)
        said = arguments_of(answers.to_aspect(whole, each.question.name, each.round).with_a_number)
        sides = (("below the middle half", said.below), ("within", said.within), ("above", said.above))
        rows = [(side, reason) for side, reasons in sides for reason in reasons]
        tables.append(Table(f"arguments: {each.question.name}", ("answers", "argument"), rows))
    return tables


def group_table(study: "Study", answers: "Answers", number: int, question: str | None) -> Table:
    """Return how groups differ on each question, and in which pairs."""
    from innosi.forecast.statistics.group_differences import group_differences

    rows: list[tuple[object, ...]] = []
    hidden: dict[str, None] = {}
    for each in group_differences(study, answers, number) if study.panel.groups else ():
        if not is_asked(each.question, question):
            continue
        hidden |= dict.fromkeys(each.hidden)
        medians = ", ".join(f"{name} {value:.3g}" for name, value in each.medians.items() if not isnan(value))
        place = (each.question, "all", each.test.p_value, each.p_corrected, each.effect)
        rows.append((*place, each.effect_name, medians, each.test.reason or each.test.name))
        for pair in each.pairs:
            both = f"{pair.one} – {pair.other}"
            place = (each.question, both, pair.test.p_value, pair.p_corrected, pair.effect)
            rows.append((*place, "", "", pair.test.reason or pair.test.name))
    columns = ("question", "groups", "p", "p_holm", "effect", "effect_is", "medians", "test")
    notes = ["p_holm: corrected for the number of questions, of pairs for the number of pairs"]
    if hidden:
        shown = ", ".join(study.panel.groups[name] for name in hidden)
        notes.append(f"not shown, as too few of them answered or the others would tell: {shown}")
    return Table(
        "groups", columns, rows, tuple(notes) if study.panel.groups else ("the study has no groups",)
    )


def desirability_table(study: "Study", answers: "Answers", number: int, pairs: dict[str, str]) -> Table:
    """Return whether panellists hold for likely what they wish for."""
    from innosi.forecast.statistics.dissent import desirability_bias

    rows = [
        (
            *(each.probability, each.desirability, each.correlation.value, each.correlation.low),
            *(each.correlation.high, each.p_value, each.p_corrected, each.correlation.n),
        )
        for each in desirability_bias(study, answers, number, pairs)
    ]
    columns = ("probability", "desirability", "correlation", "low_95", "high_95", "p", "p_holm", "n")
    notes = ("Spearman's rank correlation: above 0, those who wish for it hold it for likely",)
    return Table("wishful thinking", columns, rows, notes)


def cluster_table(clustering: "Clustering") -> Table:
    """Return the clusters: how many, what sets them apart, and what they say."""
    rows = [
        (
            *(each.number, len(each.panellists), each.words),
            ", ".join(f"{name} {value:.3g}" for name, value in each.centre),
            " / ".join(each.arguments[:5]),
        )
        for each in clustering.clusters
    ]
    notes = [clustering.words, f"by {', '.join(clustering.questions)}; Ward's clustering"]
    notes.append(
        "silhouettes: " + ", ".join(f"{k} clusters {score:.2f}" for k, score in clustering.silhouettes)
    )
    if clustering.left_out:
        notes.append(f"left out, as they left a question out: {len(clustering.left_out)} panellists")
    return Table("clusters", ("cluster", "n", "set_apart_by", "means", "arguments"), rows, tuple(notes))
