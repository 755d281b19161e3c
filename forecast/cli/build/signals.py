"""`innosi build signals`: a register of signals, in clusters, with its votes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read
from innosi.forecast.cli.build.skeletons import go_on_in
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.scenarios.construction.signals.register import Register


@click.command(short_help="A register of signals: clusters and votes.")
@file_argument
@click.option("--all", "with_all", is_flag=True, help="Every signal too, cluster by cluster.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.yaml",
    help="Write a file of drivers to go on with: one for each cluster.",
)
@plot_option
@output_options
def signals(file: Path, with_all: bool, to: Path | None, plot: Path | None, output: Output) -> None:
    """Show a register of signals in a FILE: how many of what, which belong together, what got the votes.

    The signals stand in the file itself or in tables (CSV, XLSX) that it names. Stories without consent are
    counted, and never shown.

    \b
    innosi build signals signals.yaml
    innosi build signals signals.yaml --all --plot signals.svg
    innosi build signals signals.yaml --to my-drivers.yaml
    """
    register, document = read(file, "signals")
    tables = [count_table(register), cluster_table(register)]
    tables += [vote_table(register)] if register.votes else []
    tables += [signal_table(register)] if with_all else []
    output.show(*tables)
    if plot:
        from innosi.scenarios.construction.signals.drawing_signals import draw_signals

        output.draw(draw_signals(register), plot)
    if to:
        from innosi.scenarios.construction.signals.skeletons import drivers_skeleton

        data = drivers_skeleton(register, document, to.parent)
        go_on_in(output, to, data, file, "a driver for each cluster: join, name and describe them")


def count_table(register: "Register") -> Table:
    """Return how many signals there are of each kind, category, country, year and grade of evidence."""
    by_category = register.counts(lambda each: each.category)
    counts = {
        "kind": register.counts(lambda each: each.kind),
        "category": {name: by_category.get(name, 0) for name in register.categories},
        "country": register.counts(lambda each: each.country),
        "first_seen": register.counts(lambda each: each.year),
        "evidence": register.counts(lambda each: each.evidence.label if each.evidence else ""),
    }
    rows = [(what, name, n) for what, found in counts.items() for name, n in found.items()]
    title = f"{register.title}: {len(register.signals)} signals"
    return Table(title, ("by", "value", "signals"), rows, register.notes)


def cluster_table(register: "Register") -> Table:
    """Return the clusters: how many signals and votes, when they were seen, and which signals they hold."""
    rows = []
    for each in register.clusters:
        years = [str(seen.year) for name in each.members if (seen := register.signals[name].first_seen)]
        span = "" if not years else min(years) if min(years) == max(years) else f"{min(years)}–{max(years)}"
        votes = sum(map(register.votes.of, each.members)) if register.votes else None
        rows.append((each.title, len(each.members), span, votes, ", ".join(each.members)))
    how = f"by {register.by}" + (f": {register.parted.words}" if register.parted else "")
    return Table("clusters", ("cluster", "signals", "first_seen", "votes", "names"), rows, (how,))


def vote_table(register: "Register") -> Table:
    """Return the ranking: dots, places with ties, from how many, and how much it hangs on who took part."""
    votes = register.votes
    if votes is None:
        return Table("votes", (), ())
    ranking = votes.ranking
    order = sorted(range(len(votes.signals)), key=lambda i: (int(ranking.ranks[i]), votes.signals[i]))
    rows = [
        (
            f"{ranking.ranks[i]}{'=' if ranking.is_tied[i] else ''}",
            votes.signals[i],
            register.signals[votes.signals[i]].title,
            int(ranking.totals[i]),
            int(ranking.n_voters[i]),
            f"{ranking.rank_low[i]:.0f}–{ranking.rank_high[i]:.0f}",
        )
        for i in order
        if ranking.totals[i]
    ]
    notes = [
        f"{votes.total} dots of {len(votes.participants)} participants, {votes.budget} each; the places hold"
        " in 90 % of the panels that are drawn from these participants"
    ]
    if votes.n_unspent:
        notes.append(f"participants who did not give all of their dots: {votes.n_unspent}")
    columns = ("rank", "signal", "title", "votes", "voters", "places")
    return Table("votes", columns, rows, tuple(notes))


def signal_table(register: "Register") -> Table:
    """Return every signal, cluster by cluster; of a story that may be shown its quotes too."""
    rows = []
    for cluster in register.clusters:
        for name in cluster.members:
            each = register.signals[name]
            quotes = " · ".join(f"“{quote}”" for quote in each.quotes)
            seen = str(each.first_seen) if each.first_seen else ""
            place = (cluster.title, name, each.category, each.country, seen)
            rows.append((*place, each.title, quotes, each.source or each.url or each.reporter))
    columns = ("cluster", "signal", "category", "country", "first_seen", "title", "quotes", "source")
    return Table("signals", columns, rows)
