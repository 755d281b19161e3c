"""A cross-consistency matrix in a table of its own: which pairs of states exclude each other."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.construction.futures_table.table import KINDS, Exclusion, Kind, States
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.lines import table_lines

HIGHEST_GRADE = 5
Label = tuple[str, str]
"""A descriptor and one of its states."""
Judged = tuple[Kind, str] | None
"""Of which kind an exclusion is, and why; None where states go together."""
_KINDS: Mapping[str, Kind] = {each[0]: each for each in KINDS} | {each: each for each in KINDS}


def exclusions_in_matrix(
    path: Path, states: States, *, source: str, cut_off: float | None = None
) -> tuple[list[Exclusion], list[Fault]]:
    """Return the exclusions that a cross-consistency matrix holds, and what is wrong with it.

    Labels of rows and columns are `descriptor=state`. Each pair of states of two descriptors has a cell, in
    one half of the matrix or in both: empty if they go together; L, E or N, if you like with a reason
    (`E: nobody would pay`); or, with a cut-off, a grade from 1 to 5.

    Parameters
    ----------
    source : str
        What the file is called in messages.
    cut_off : float, optional
        Pairs graded so or lower are excluded.

    Raises
    ------
    InnosiError
        If it cannot be read as a table.
    """
    labels = {f"{name}={state}": (name, state) for name, group in states.items() for state in group}
    cells, faults = _cells(path, source, labels)
    found: dict[frozenset[Label], Exclusion] = {}
    for cell in cells:
        try:
            judged = cell.judged(cut_off)
        except InnosiError as error:
            faults.append(cell.fault(error.message))
            continue
        if judged is not None:
            found.setdefault(cell.pair, cell.exclusion(*judged, states, source))
    faults += _differing(cells)
    faults += _not_judged(cells, labels, must_be_filled=cut_off is not None)
    return list(found.values()), [Fault(each.problem, each.key, each.line, source) for each in faults]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of the matrix, and what it is of."""

    row: Label
    column: Label
    line: int
    found: Any

    @property
    def pair(self) -> frozenset[Label]:
        return frozenset((self.row, self.column))

    @property
    def key(self) -> str:
        return f"{'='.join(self.row)}, {'='.join(self.column)}"

    def fault(self, problem: str) -> Fault:
        return Fault(problem, key=self.key, line=self.line)

    def judged(self, cut_off: float | None) -> Judged:
        """What it says; an error if that cannot be told."""
        if self.found is None:
            return None
        if self.row[0] == self.column[0]:
            raise InnosiError("is within one descriptor, whose states exclude each other anyway; empty it")
        grade = _number(self.found)
        if grade is not None:
            return _graded(grade, cut_off)
        word, _, reason = str(self.found).partition(":")
        kind = _KINDS.get(word.strip().casefold())
        if kind is None:
            mend = "leave it empty, or write L, E or N (logical, empirical, normative), as in 'E: why'"
            raise InnosiError(f"found '{str(self.found)[:40]}'", mend=mend)
        return kind, reason.strip()

    def exclusion(self, kind: Kind, because: str, states: States, source: str) -> Exclusion:
        order = list(states)
        pair = sorted((self.row, self.column), key=lambda label: order.index(label[0]))
        named = {name: (state,) for name, state in pair}
        return Exclusion(named, kind, because, self.key, self.line, source)


def _number(found: Any) -> float | None:
    if isinstance(found, bool):
        return None
    try:
        return float(str(found).replace(",", "."))
    except ValueError:
        return None


def _graded(grade: float, cut_off: float | None) -> Judged:
    if cut_off is None:
        mend = "say up to which grade a pair is excluded: `cut_off: 2` beside `matrix`"
        raise InnosiError(f"found the grade {grade:g}", mend=mend)
    if not (math.isfinite(grade) and 1 <= grade <= HIGHEST_GRADE):
        raise InnosiError(f"found {grade:g}", mend=f"grade from 1 (never together) to {HIGHEST_GRADE}")
    return ("empirical", f"graded {grade:g} of {HIGHEST_GRADE}") if grade <= cut_off else None


def _cells(path: Path, source: str, labels: Mapping[str, Label]) -> tuple[list[_Cell], list[Fault]]:
    """Every cell that has a label left of it and above it, with faults for labels that are wrong."""
    head, *rows = table_lines(path, source)
    across, faults = _places([(head.number, cell) for cell in head.cells[1:]], labels, "column")
    down, more = _places([(row.number, row.cell(0)) for row in rows], labels, "row")
    cells = [
        _Cell(left, above, rows[row].number, rows[row].cell(column + 1))
        for (left, row), (above, column) in product(down.items(), across.items())
    ]
    return cells, [*faults, *more]


def _places(
    written: Sequence[tuple[int, Any]], labels: Mapping[str, Label], what: str
) -> tuple[dict[Label, int], list[Fault]]:
    places: dict[Label, int] = {}
    faults: list[Fault] = []
    for place, (line, cell) in enumerate(written):
        text = "" if cell is None else str(cell).strip()
        label = labels.get(text)
        if label is None and (text or what == "row"):
            faults.append(
                Fault(f"the {what} '{text}' is no descriptor=state{nearest(text, labels)}", text, line)
            )
        elif label in places:
            faults.append(Fault(f"the {what} '{text}' stands twice; keep one", text, line))
        elif label is not None:
            places[label] = place
    return places, faults


def _differing(cells: Iterable[_Cell]) -> Iterator[Fault]:
    """Where both halves of a matrix are filled, and do not agree."""
    first: dict[frozenset[Label], _Cell] = {}
    for cell in cells:
        if cell.found is None:
            continue
        other = first.setdefault(cell.pair, cell)
        if str(other.found).strip().casefold() != str(cell.found).strip().casefold():
            problem = f"found '{cell.found}', and '{other.found}' in the other half on line {other.line}"
            yield cell.fault(f"{problem}; let them agree, or empty one half")


def _not_judged(
    cells: Iterable[_Cell], labels: Mapping[str, Label], *, must_be_filled: bool
) -> Iterator[Fault]:
    """Pairs of states that have no cell, told once for each state; or no grade, where all must have one."""
    judged = {cell.pair for cell in cells if cell.found is not None or not must_be_filled}
    last = max((cell.line for cell in cells), default=1)
    for text, label in labels.items():
        missing = [
            other
            for other, theirs in labels.items()
            if theirs[0] != label[0] and frozenset((label, theirs)) not in judged
        ]
        if missing:
            shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
            what = "no grade" if must_be_filled else "no cell"
            yield Fault(f"has {what} with {shown}; add it", text, last)
