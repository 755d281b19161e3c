"""`innosi build actors`: who has power, who stands with whom, and what follows if one side prevails."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.models.arrays import FloatArray
    from innosi.scenarios.construction.structure.actors_file import ActorsAnalysis

PICTURES = ("influence", "convergence", "divergence", "objectives", "mobilisation")
"""What `--plot` can draw."""
MOST_PAIRS = 5
"""So many pairs are shown that agree most, and that differ most."""


@click.command(short_help="Show who has power and who stands with whom (MACTOR).")
@file_argument
@click.option("--matrices", is_flag=True, help="Show all matrices of the method, and every pair of actors.")
@click.option(
    "--picture",
    type=click.Choice(PICTURES),
    default="influence",
    show_default=True,
    help="What --plot draws.",
)
@to_option
@plot_option
@output_options
def actors(
    file: Path, matrices: bool, picture: str, to: Path | None, plot: Path | None, output: Output
) -> None:
    """Show the balance of power among the actors of a FILE, what moves them, and who could go together.

    Influences count directly and through one other actor; positions are weighted by the force that this gives
    each actor. With `--to`, each coalition that they suggest gives a scenario: what it wants is won, what it
    rejects is lost. How forceful it is does not say how probable that is, so scenarios have no weights.

    \b
    innosi build actors actors.yaml
    innosi build actors actors.yaml --plot convergence.svg --picture convergence
    innosi build actors actors.yaml --to scenarios.yaml
    """
    analysis, document = read(file, "actors")
    output.show(*actor_tables(analysis, matrices=matrices), *(matrix_tables(analysis) if matrices else ()))
    if plot is not None:
        from innosi.scenarios.construction.structure.actors_drawing import draw_actors

        output.draw(draw_actors(analysis, picture), plot)
    if to is not None:
        write(output, to, analysis.scenarios, analysis.settings, document)


def actor_tables(analysis: "ActorsAnalysis", *, matrices: bool) -> list[Table]:
    """Return the balance of power, what each objective mobilises, who agrees, and coalitions."""
    return [_power(analysis), _objectives(analysis), _pairs(analysis, every=matrices), _coalitions(analysis)]


def _power(analysis: "ActorsAnalysis") -> Table:
    found, order = analysis.mactor, analysis.mactor.orders[2]
    rows = [
        (
            name,
            *(int(found.power.influence[i]), int(found.power.dependence[i]), int(found.influences[i, i])),
            *(float(found.power.force[i]), float(found.strongest_power.force[i])),
            *(float(order.mobilisation[i]), float(order.ambivalence[i])),
        )
        for i, name in enumerate(analysis.actors)
    ]
    columns = ("actor", "influence", "dependence", "retroaction", "force", "force_by_strongest")
    notes = (
        "influence, dependence: direct and through one other (Ii, Di of MIDI); force: Ri, 1 on average",
        "force by strongest: Qi, by the strongest way only (MMIDI); mobilisation: sum of |3MAO|",
        "ambivalence (3EQ): 0 clear sides, 1 as much with as against the same actors",
    )
    return Table(f"{analysis.title}: power", (*columns, "mobilisation", "ambivalence"), rows, notes)


def _objectives(analysis: "ActorsAnalysis") -> Table:
    signs, _, order = analysis.mactor.orders
    rows = [
        (
            name,
            *(int(signs.in_favour[o]), int(signs.against[o])),
            *(float(order.in_favour[o]), float(order.against[o])),
            *(float(order.in_favour[o] + order.against[o]), float(order.in_favour[o] - order.against[o])),
        )
        for o, name in enumerate(analysis.objectives)
    ]
    columns = ("objective", "actors_for", "actors_against", "in_favour", "against", "mobilisation", "balance")
    return Table("what moves them", columns, rows, ("in favour, against: positions × force (3MAO)",))


def _pairs(analysis: "ActorsAnalysis", *, every: bool) -> Table:
    order, names = analysis.mactor.orders[2], list(analysis.actors)
    pairs = [(a, b) for a in range(len(names)) for b in range(a)]
    pairs.sort(key=lambda pair: -float(order.net[pair]))
    rows = [
        (
            names[a],
            names[b],
            float(order.convergence[a, b]),
            float(order.divergence[a, b]),
            float(order.net[a, b]),
        )
        for a, b in pairs
    ]
    if not every and len(rows) > 2 * MOST_PAIRS:
        rows = rows[:MOST_PAIRS] + rows[-MOST_PAIRS:]
    columns = ("actor", "and", "convergence", "divergence", "net")
    note = f"3CAA and 3DAA, weighted by force; {'all pairs' if every else 'the pairs at both ends'}"
    return Table("who stands with whom", columns, rows, (note,))


def _coalitions(analysis: "ActorsAnalysis") -> Table:
    names = list(analysis.actors)
    rows = [
        (
            place,
            ", ".join(names[each] for each in coalition.members),
            coalition.force,
            ", ".join(analysis.outcomes(coalition, "won")),
            ", ".join(analysis.outcomes(coalition, "lost")),
        )
        for place, coalition in enumerate(analysis.coalitions, start=1)
    ]
    notes = (
        "suggested: joined as long as groups agree more than they differ on average (net, weighted by force)",
        "the share of force is not a probability that a coalition prevails",
    )
    columns = ("coalition", "actors", "share_of_force", "wants", "rejects")
    return Table("coalitions that this suggests", columns, rows, notes)


def matrix_tables(analysis: "ActorsAnalysis") -> list[Table]:
    """Return every matrix of the method, by its own name."""
    found, names, aims = analysis.mactor, list(analysis.actors), list(analysis.objectives)
    tables = [
        _matrix("MDI: direct influences", names, names, found.direct),
        _matrix(
            "MIDI: direct and indirect influences, retroaction on the diagonal",
            names,
            names,
            found.influences,
        ),
        _matrix("MMIDI: strongest influence, direct or indirect", names, names, found.strongest),
        _matrix("NS: net scale of influences", names, names, found.net_influences),
    ]
    for number, order in enumerate(found.orders, start=1):
        tables += [
            _matrix(f"{number}MAO: positions", names, aims, order.positions),
            _matrix(f"{number}CAA: convergences", names, names, order.convergence),
            _matrix(f"{number}DAA: divergences", names, names, order.divergence),
        ]
    rows = [(name, *(float(order.ambivalence[i]) for order in found.orders)) for i, name in enumerate(names)]
    tables.append(Table("EQ: ambivalence at each order", ("actor", "1EQ", "2EQ", "3EQ"), rows))
    title = "net distances between objectives: held alike, less set against each other"
    return [*tables, _matrix(title, aims, aims, found.net_distances)]


def _matrix(title: str, rows: list[str], columns: list[str], values: "FloatArray") -> Table:
    cells = [(name, *map(_whole, row)) for name, row in zip(rows, values, strict=True)]
    return Table(title, ("", *columns), cells)


def _whole(value: float) -> float:
    return int(value) if float(value).is_integer() else float(value)
