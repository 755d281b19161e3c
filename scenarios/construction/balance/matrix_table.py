"""A matrix of judgements in a table of its own: labels `descriptor=state` for its rows and columns."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from innosi.models.errors import Fault
from innosi.scenarios.construction.balance.judgements import Pair, Place, States, Written
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.lines import table_lines


def written_in_table(path: Path, states: States, *, source: str) -> Written:
    """Return the judgements in a table: a heading of labels `descriptor=state`, and a row for each label.

    Rows and columns may stand in any order. An own block is empty or 0.

    Parameters
    ----------
    source : str
        What the file is called in messages.

    Raises
    ------
    InnosiError
        If it cannot be read as a table.
    """
    head, *rows = table_lines(path, source)
    known = {f"{name}={state}": (name, state) for name, group in states.items() for state in group}
    labels = [(head.number, place, cell) for place, cell in enumerate(head.cells) if place]
    columns, faults = _labelled(labels, known, "column", head.number)
    labels = [(row.number, place, row.cell(0)) for place, row in enumerate(rows)]
    lines, more = _labelled(labels, known, "row", rows[-1].number if rows else head.number)
    found = {
        (acting, acted_on): rows[line].cell(column)
        for acting, line in lines.items()
        for acted_on, column in columns.items()
    }

    def place_of(acting: Pair, acted_on: Pair) -> Place | None:
        if (acting, acted_on) not in found:  # its row or column is missing, which is told once
            return None
        return Place(f"{'='.join(acting)}, {'='.join(acted_on)}", rows[lines[acting]].number, source)

    def section_of(actor: str, target: str) -> Place:
        first = min(lines[pair] for pair in lines if pair[0] == actor)
        return Place(f"{actor}, {target}", rows[first].number, source)

    cells = {pairs: cell for pairs, cell in found.items() if cell is not None}
    told = [Fault(each.problem, each.key, each.line, source) for each in [*faults, *more]]
    return Written(cells, place_of, section_of, told)


def _labelled(
    labels: Iterable[tuple[int, int, Any]], known: Mapping[str, Pair], what: str, last: int
) -> tuple[dict[Pair, int], list[Fault]]:
    """The place of each label, and faults for those that are unknown, stand twice, or are missing."""
    places: dict[Pair, int] = {}
    faults: list[Fault] = []
    for line, place, cell in labels:
        label = "" if cell is None else str(cell).strip()
        if label in known and known[label] not in places:
            places[known[label]] = place
        elif label in known:
            faults.append(Fault(f"the {what} '{label}' stands twice; keep one", label, line))
        elif label or what == "row":
            problem = f"the {what} '{label}' is no descriptor=state{nearest(label, known)}"
            faults.append(Fault(problem, label, line))
    missing = [label for label, pair in known.items() if pair not in places]
    faults += [Fault(f"the {what} '{label}' is missing; add it", label, last) for label in missing]
    return places, faults
