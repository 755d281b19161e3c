"""`innosi build structure`: which variables drive a system and which depend on it, and what leads to what."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument, read
from innosi.forecast.cli.build.skeletons import go_on_in
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.models.arrays import FloatArray
    from innosi.scenarios.construction.structure.micmac import Indirect, Standing
    from innosi.scenarios.construction.structure.structure_file import StructuralAnalysis

PICTURES = (
    *("displacement", "direct", "indirect", "potential_direct", "potential_indirect"),
    *("hierarchy", "driving"),
)
"""What `--plot` can draw."""


@click.command(short_help="Find what drives a system (MICMAC, ISM).")
@file_argument
@click.option("--matrices", is_flag=True, help="Show the matrices and the ranks at each power too.")
@click.option(
    "--picture", type=click.Choice(PICTURES), help="What --plot draws; the first there is by default."
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.yaml",
    help="Write the key variables as a futures table to be filled in.",
)
@click.option("--key", multiple=True, metavar="NAME", help="A key variable, in the place of those found.")
@plot_option
@output_options
def structure(
    file: Path,
    matrices: bool,
    picture: str | None,
    to: Path | None,
    key: tuple[str, ...],
    plot: Path | None,
    output: Output,
) -> None:
    """Show which variables of a FILE drive the system and which depend on it, directly and through others.

    Influences through others are counted by powers of the matrix until the ranking settles. Where it cannot
    settle (the matrix is periodic) or where all influence runs out (nilpotent), that is told and nothing is
    ranked. A file that says what leads to what gets its hierarchy too (ISM).

    \b
    innosi build structure structure.yaml
    innosi build structure structure.yaml --plot map.svg --picture indirect
    innosi build structure structure.yaml --to futures-table.yaml
    """
    for given, name, needed, wanted in ((picture, "picture", "plot", plot), (key, "key", "to", to)):
        if given and wanted is None:
            raise click.UsageError(f"--{name} goes with --{needed}; give that too")
    analysis, document = read(file, "structural_analysis")
    output.show(
        *influence_tables(analysis, matrices=matrices), *hierarchy_tables(analysis, matrices=matrices)
    )
    if plot is not None:
        from innosi.scenarios.construction.structure.structure_drawing import draw_structure

        output.draw(draw_structure(analysis, picture), plot)
    if to is not None:
        from innosi.scenarios.construction.structure.key_variables import (
            futures_table_skeleton,
            key_variables,
            unnamed_in,
        )

        names = key_variables(analysis, key)
        data = futures_table_skeleton(names, document, to.parent)
        unnamed = unnamed_in(data)
        left = f"; name the states of {', '.join(unnamed)}" if unnamed else ""
        go_on_in(output, to, data, file, f"a futures table of {', '.join(names)}{left}")


def influence_tables(analysis: "StructuralAnalysis", *, matrices: bool) -> list[Table]:
    """Return where each variable stands on each map, where participants differ, and how the ranking went."""
    if analysis.influences is None:
        return []
    tables = [_standings(analysis, analysis.influences.present, "direct", "indirect")]
    if analysis.potential_indirect is not None:
        matrix = analysis.influences.potential
        tables.append(_standings(analysis, matrix, "potential_direct", "potential_indirect"))
    if analysis.participants:
        tables.append(_disagreements(analysis))
    if matrices:
        tables += _matrices(analysis)
    return tables


def hierarchy_tables(analysis: "StructuralAnalysis", *, matrices: bool) -> list[Table]:
    """Return the levels of the hierarchy, and what leads to what."""
    found = analysis.hierarchy
    if found is None:
        return []
    circles = {each: group for group in found.groups if len(group) > 1 for each in group}
    rows = [
        (
            *(analysis.names[each], int(found.levels[each])),
            *(int(found.driving[each]), int(found.dependence[each]), str(found.quadrants[each])),
            ", ".join(analysis.names[other] for other in circles.get(each, ()) if other != each),
        )
        for each in sorted(range(len(analysis.names)), key=lambda each: (int(found.levels[each]), each))
    ]
    columns = ("variable", "level", "driving_power", "dependence_power", "ISM_quadrant", "in_a_circle_with")
    notes = (
        "level 1 is led to by all below it; powers count the variable itself",
        "the quadrants of ISM's driving–dependence diagram are not MICMAC's sectors",
    )
    tables = [Table("hierarchy (ISM)", columns, rows, notes)]
    if matrices:
        marks = [
            (name, *("1*" if follows else str(int(is_led)) for is_led, follows in zip(*cells, strict=True)))
            for name, *cells in zip(analysis.names, found.reachability, found.transitive, strict=True)
        ]
        note = "1*: not said, follows from others"
        tables.append(Table("final reachability matrix", ("variable", *analysis.names), marks, (note,)))
    return tables


def _standings(analysis: "StructuralAnalysis", matrix: "FloatArray", first: str, second: str) -> Table:
    """Both maps of a matrix side by side: what is direct, in sums, and what goes through others."""
    from innosi.scenarios.construction.structure.structure_file import MAP_WORDS

    direct, indirect = analysis.maps[first], analysis.maps.get(second)
    columns = ["variable", "influence", "rank", "dependence", "rank_of_dependence", "sector"]
    if indirect is not None:
        columns += [
            f"indirect_{each}" for each in ("influence_%", "rank", "dependence_%", "rank_of_dependence")
        ]
        columns.append("indirect_sector")
    rows = []
    for place, name in enumerate(analysis.names):
        sums = (_whole(float(matrix[place].sum())), _whole(float(matrix[:, place].sum())))
        row = (name, *_cells(direct, place, sums))
        if indirect is not None:
            shares = (100 * float(indirect.influence[place]), 100 * float(indirect.dependence[place]))
            row += _cells(indirect, place, shares)
        rows.append(row)
    found = analysis.indirect if first == "direct" else analysis.potential_indirect
    notes = indirect_notes(found, analysis.names) if found else []
    title = f"{analysis.title}: {MAP_WORDS[first]} and through others"
    return Table(title, tuple(columns), rows, tuple(notes))


def _cells(standing: "Standing", place: int, amounts: tuple[float, float]) -> tuple[object, ...]:
    influence, dependence = amounts
    ranks = standing.influence_ranks[place], standing.dependence_ranks[place]
    return (influence, ranks[0], dependence, ranks[1], str(standing.sectors[place]))


def _whole(value: float) -> float:
    """Return a sum as a whole number if it is one."""
    return int(value) if value.is_integer() else value


def indirect_notes(found: "Indirect", names: tuple[str, ...]) -> list[str]:
    """Say how far the ranking through others may be trusted."""
    told = [names[each] for each in found.told]
    said = [f"indirect: {_behaviour(found, told)}"]
    if found.power != found.settled:
        said.append(f"shown is power {found.power}, as the file asks; at another the order may be another")
    if found.is_reducible and found.dominant:
        said.append(_dominance([each for part in found.dominant for each in part.members], names))
    return said


def _dominance(inside: list[int], names: tuple[str, ...]) -> str:
    """Say which variables outgrow all else, by naming them or by naming the others."""
    outside = [name for place, name in enumerate(names) if place not in inside]
    if len(outside) < len(inside):
        who = f"all but {', '.join(outside)} influence each other, and"
    else:
        who = f"{', '.join(names[each] for each in sorted(inside))}"
    return (
        f"reducible: {who} outgrow the rest; in the long run only what leads to them keeps influence,"
        " and only what follows from them stays dependent"
    )


def _behaviour(found: "Indirect", told: list[str]) -> str:
    """Say whether the ranking settles, and if not, why."""
    if found.settled:
        return f"from power {found.settled} on the ranking stays as it is"
    if found.period == 0:
        chain = " → ".join(told) if len(told) > 1 else "none"
        return (
            f"not ranked, the matrix is nilpotent: at power {len(told)} all is zero; longest chain: {chain}"
        )
    if found.period > 1:
        sides = ", two sides that influence only each other (bipartite)" if found.period == 2 else ""
        circle = " → ".join([*told, told[0]])
        swings = (
            f"the order comes back after {found.period} powers and is another in between"
            if found.order_changes
            else f"the shares may swing over {found.period} powers for ever; here the order does not"
        )
        return (
            f"not ranked, the matrix is periodic with period {found.period}{sides}: {swings};"
            f" shortest cycle: {circle}"
        )
    return f"not ranked, up to power {len(found.path)} these change places: {', '.join(told)}"


def _disagreements(analysis: "StructuralAnalysis") -> Table:
    rows = [
        (analysis.names[each.row], analysis.names[each.column], *each.answers, each.taken)
        for each in analysis.disagreements
    ]
    columns = ("from", "to", *analysis.participants, analysis.aggregation)
    note = f"{len(rows)} cells whose answers differ by 2 or more; what is taken is the {analysis.aggregation}"
    return Table("where participants differ most", columns, rows, (note,))


def _matrices(analysis: "StructuralAnalysis") -> list[Table]:
    """The matrix of direct influences, that of indirect ones, and the ranks at each power."""
    from innosi.scenarios.construction.structure.micmac import power_shares

    influences, found, names = analysis.influences, analysis.indirect, analysis.names
    if influences is None or found is None:
        return []
    columns = ("variable", *names)
    written = [
        (name, *("P" if now < later and not now else f"{now:g}" for now, later in zip(*cells, strict=True)))
        for name, *cells in zip(names, influences.present, influences.potential, strict=True)
    ]
    tables = [Table("direct influences (MDI)", columns, written)]
    if found.power is not None:
        shares = power_shares(influences.present, found.power)
        rows = [(name, *map(float, row)) for name, row in zip(names, shares, strict=True)]
        title = f"indirect influences (MII): power {found.power}, share of its sum"
        tables.append(Table(title, columns, rows))
    shown = found.path[: found.settled + 1] if found.settled else found.path
    for kind, told in enumerate(("influence", "dependence")):
        path = [(power, *step[kind]) for power, step in enumerate(shown, start=1)]
        notes = (f"the same up to power {len(found.path)}",) if len(shown) < len(found.path) else ()
        tables.append(Table(f"ranks of {told} at each power", ("power", *names), path, notes))
    return tables
