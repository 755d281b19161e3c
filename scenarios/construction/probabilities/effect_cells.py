"""Effects as they are written, in a file or a table, and the conditional probabilities that they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Any, Literal

from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.construction.probabilities.factors import Effect, Factor, Place
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.estimates import EstimateReading, read_estimate
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.lines import table_lines

Kind = Literal["conditional", "odds_multipliers", "ratios"]
KINDS: tuple[Kind, ...] = ("conditional", "odds_multipliers", "ratios")
_OWN = {None, "", "-", "–", "—"}
_MOST_NAMED = 6
_MOST_TIMES = 1e6
"""By so much odds are multiplied, or divided, at the most; beyond it nothing is left to judge."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is judged of one state acting on another, as it is written.

    Attributes
    ----------
    given, target : str
        Labels: an event's name, or `descriptor=state`.
    value : float
    key : key path
    place : Fault
        Where it stands: a fault that says nothing yet.
    is_otherwise : bool
        Whether it is for where the acting event does not happen.
    """

    given: str
    target: str
    value: float
    key: KeyPath
    place: Fault
    is_otherwise: bool = False

    def fault(self, problem: str) -> Fault:
        """Say what is wrong with it."""
        return replace(self.place, problem=problem)


def cells_in_table(
    path: Path, kind: Kind, reading: EstimateReading, *, source: str, is_otherwise: bool = False
) -> tuple[list[Cell], list[Fault]]:
    """Return the cells of a matrix: a heading of labels, and a row for each label that acts.

    Raises
    ------
    InnosiError
        If it cannot be read as a table.
    """
    head, *rows = table_lines(path, source)
    columns = [(place, str(cell)) for place, cell in enumerate(head.cells) if place and cell is not None]
    found: list[Cell] = []
    faults = [
        Fault(f"the {what} '{label}' stands twice; keep one", label, line, source)
        for what, line, labels in (
            ("column", head.number, [label for _, label in columns]),
            ("row", rows[-1].number if rows else head.number, [str(row.cell(0)) for row in rows]),
        )
        for label in {each for each in labels if labels.count(each) > 1}
    ]
    for row in rows:
        given = "" if row.cell(0) is None else str(row.cell(0))
        stray = [cell for cell in row.cells[len(head.cells) :] if cell is not None]
        if stray:
            faults.append(Fault(f"'{stray[0]}' stands beyond the last column", given, row.number, source))
        for place, target in columns:
            where = Fault("", f"{given}, {target}", row.number, source)
            raw = row.cell(place)
            if raw is None or (given == target and raw in _OWN):
                continue
            try:
                estimate = read_estimate(raw, "share" if kind == "conditional" else "number", reading)
            except InnosiError as error:
                faults.append(replace(where, problem=error.message))
                continue
            key: KeyPath = (source, row.number, target)
            found.append(Cell(given, target, estimate.distribution.mean, key, where, is_otherwise))
    return found, faults


def effects_from(
    factors: Sequence[Factor], cells: Sequence[Cell], kind: Kind, *, is_complete: bool, at: Fault
) -> tuple[tuple[Effect, ...], list[Fault]]:
    """Return the effects that cells mean, and what is wrong with them.

    Parameters
    ----------
    is_complete : bool
        Whether every pair must be there.
    at : Fault
        Where the cells stand as a whole.
    """
    labels = {
        each.label(state): (place, state)
        for place, each in enumerate(factors)
        for state in range(1 if each.is_event else len(each.states))
    }
    found: list[Effect] = []
    faults: list[Fault] = []
    for cell in cells:
        problem = _misplaced(cell, labels, factors, kind)
        if problem:
            faults.append(cell.fault(problem))
            continue
        given, target = labels[cell.given], labels[cell.target]
        probability, problem = _meaning(cell.value, kind, _share(factors, given), _share(factors, target))
        if problem:
            faults.append(cell.fault(problem))
        place = (given[0], 1) if cell.is_otherwise else given
        found.append(Effect(place, target, probability, cell.key))
    if kind == "ratios":
        faults += _said_twice(cells)
    if is_complete and not faults:
        faults += _missing(factors, found, kind, at)
    return tuple(found), faults


def _share(factors: Sequence[Factor], place: Place) -> float:
    return factors[place[0]].probabilities[place[1]]


def _misplaced(cell: Cell, labels: dict[str, Place], factors: Sequence[Factor], kind: Kind) -> str:
    for label in (cell.given, cell.target):
        if label not in labels:
            return f"there is no event or descriptor=state '{label}'{nearest(label, labels)}"
    given, target = factors[labels[cell.given][0]], factors[labels[cell.target][0]]
    if given is target:
        return f"'{given.name}' acts on itself; leave that out"
    if kind == "odds_multipliers" and not (given.is_event and target.is_event):
        return "odds multipliers are for events; write conditional probabilities or ratios"
    if cell.is_otherwise and not given.is_event:
        return f"`otherwise` is for events; give the effect of another state of '{given.name}'"
    return ""


def _meaning(value: float, kind: Kind, given: float, target: float) -> tuple[float, str]:
    """Return P(target | given), and what is wrong with how it was said."""
    if kind == "conditional":
        return value, ""
    if kind == "odds_multipliers":
        if not 1 / _MOST_TIMES <= value <= _MOST_TIMES:
            return target, (
                f"is {value:g}; odds are multiplied by a number above 0, a million at most, and by 1 for no"
                " effect"
            )
        odds = value * target / (1 - target)
        return odds / (1 + odds), ""
    if not 0 <= value < float("inf"):
        return target, f"is {value:g}; a ratio of probabilities is 0 or more, and 1 for independence"
    most = 1 / max(given, target)
    if value > most * (1 + 1e-9):
        return target, (
            f"is {value:g}; with probabilities of {100 * given:.3g} % and {100 * target:.3g} % it is"
            f" {most:.3g} at most, as both happen no more often than either"
        )
    return min(value * target, 1.0), ""


def _said_twice(cells: Sequence[Cell]) -> Iterator[Fault]:
    said: dict[tuple[str, str], Any] = {}
    for cell in cells:
        back = said.get((cell.target, cell.given))
        if back is not None and back != cell.value:
            yield cell.fault(
                f"is {cell.value:g}, and the other way round {back:g}; the ratio of a pair is one: keep one"
            )
        said[cell.given, cell.target] = cell.value


def _missing(factors: Sequence[Factor], effects: Sequence[Effect], kind: Kind, at: Fault) -> Iterator[Fault]:
    """Pairs of which nothing is judged: in each direction for events, unless the judgement has none."""
    judged = {(each.given[0], each.target[0]) for each in effects}
    both_ways = kind != "ratios" and all(each.is_event for each in factors)
    pairs = (permutations if both_ways else combinations)(range(len(factors)), 2)
    missing = [
        f"{factors[i].name} on {factors[j].name}"
        for i, j in pairs
        if (i, j) not in judged and (both_ways or (j, i) not in judged)
    ]
    if missing:
        shown = ", ".join(missing[:_MOST_NAMED]) + (", …" if len(missing) > _MOST_NAMED else "")
        counted = "1 effect is" if len(missing) == 1 else f"{len(missing)} effects are"
        problem = (
            f"{counted} missing: {shown};"
            " add them, or write `pairs_left_out: no_direct_effect` if none acts on the other directly"
        )
        yield replace(at, problem=problem)
