"""One balance in several forms: our YAML, a matrix in a table, a project of ScenarioWizard."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance, balance_from
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.judgements import CellReader, matrix_of
from innosi.scenarios.construction.balance.matrix_table import written_in_table
from innosi.scenarios.construction.balance.project_names import identifiers, states_of_project
from innosi.scenarios.construction.balance.scenario_wizard import (
    COLOUR,
    NOTHING_KEPT,
    ProjectDescriptor,
    ScenarioWizardProject,
    read_project,
)
from innosi.scenarios.construction.balance.scenario_wizard_writing import write_project
from innosi.scenarios.construction.construction_file import (
    Descriptors,
    DescriptorSection,
    StateSection,
    title_of,
)
from innosi.scenarios.construction.methods import load_constructed
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.tables.lines import table_lines
from innosi.scenarios.writing import replacing, write_text

Way = TypeVar("Way")
_USUAL = 3.0
"""The ends of the scale, where a file says nothing else."""


@dataclass(frozen=True, eq=False)
class Convertible:
    """A balance, without the form in which it was written.

    Attributes
    ----------
    title, description : str
    descriptors : mapping of name to DescriptorSection
    impacts : CrossImpacts
    reasons : mapping of (acting descriptor, descriptor acted on) to str
        What is written about how one acts on another.
    notes : tuple of str
        What was in the file and is not in here.
    """

    title: str
    description: str
    descriptors: Descriptors
    impacts: CrossImpacts
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_convertible(path: Path) -> Convertible:
    """Read a balance, whatever form its name promises.

    Raises
    ------
    InnosiError, InputFaults
        If it is of another form, or anything in it is wrong.
    """
    return _form(path, _READERS)(path)


def load_balance(path: Path) -> CrossImpactBalance:
    """Read a balance as `load_constructed` does, or from a matrix or a project of ScenarioWizard.

    Raises
    ------
    InnosiError, InputFaults
        If it cannot be read, or anything in it is wrong.
    """
    if path.suffix.casefold() not in (".scw", ".csv", ".xlsx"):
        found: CrossImpactBalance = load_constructed(path, "cross_impact_balance")  # type: ignore[assignment]
        return found
    text = _yaml_of(read_convertible(path))
    return balance_from(parse_document(text, source=str(path), folder=path.parent))


def write_convertible(path: Path, found: Convertible) -> tuple[str, ...]:
    """Write a balance in the form that the file's name promises, and return what that form cannot hold.

    Raises
    ------
    InnosiError
        If the file is there already, or the form cannot hold a name or a judgement.
    """
    write = _form(path, _WRITERS)
    if path.exists():
        raise InnosiError("is there already", mend="give another name, or move it away", where=str(path))
    return write(path, found)


def _form(path: Path, ways: Mapping[str, Way]) -> Way:
    kind = path.suffix.casefold()
    if kind not in ways:
        raise InnosiError(
            f"'{path.name}' is of no form that is known here",
            mend=f"give a name that ends in one of: {', '.join(ways)}",
        )
    return ways[kind]


def _read_yaml(path: Path) -> Convertible:
    found = load_balance(path)
    states = [state for each in found.descriptors.values() for state in each.states.values()]
    lost = {
        "overrides": any(state.overrides for state in states),
        "named scenarios": bool(found.named),
        "single experts' matrices": bool(found.judged.experts),
    }
    notes = tuple(f"the {what} of {path.name} are not in it" for what, is_there in lost.items() if is_there)
    return Convertible(found.title, found.description, found.descriptors, found.impacts, notes=notes)


def _read_table(path: Path) -> Convertible:
    head = table_lines(path, str(path))[0]
    states: dict[str, list[str]] = {}
    for place, cell in enumerate(head.cells[1:], start=2):
        name, is_parted, state = str(cell or "").partition("=")
        if not (is_parted and name and state):
            problem = f"column {place} is called {str(cell or '')!r}; write descriptor=state"
            raise InputFaults(str(path), [Fault(problem, line=head.number)])
        states.setdefault(name, []).append(state)
    few = [name for name, group in states.items() if len(group) < 2]
    if few or len(states) < 2:
        what = f"'{few[0]}' has one state" if few else "there is one descriptor"
        raise InputFaults(str(path), [Fault(f"{what}; give two or more", line=head.number)])
    written = written_in_table(path, states, source=str(path))
    matrix, faults = matrix_of(states, written, CellReader(-math.inf, math.inf), has_gaps=False)
    if faults:
        raise InputFaults(str(path), [Fault(each.problem, each.key, each.line) for each in faults])
    names = identifiers(states)
    groups = {name: identifiers(group) for name, group in zip(names, states.values(), strict=True)}
    descriptors = {
        name: _described(title, dict(zip(groups[name], states[title], strict=True)))
        for name, title in zip(names, states, strict=True)
    }
    return Convertible(path.stem, "", descriptors, CrossImpacts.of(groups, matrix))


def _read_scw(path: Path) -> Convertible:
    project = read_project(path)
    names = states_of_project(project)
    descriptors = {
        name: _described(each.name, dict(zip(names[name], each.states, strict=True)), each.text)
        for name, each in zip(names, project.descriptors, strict=True)
    }
    order = tuple(names)
    reasons = {(order[i], order[j]): text for (i, j), text in project.reasons.items()}
    notes = tuple(
        f"section {number} of {path.name} holds something whose meaning is not known; it is left out"
        for number in project.unread
    )
    impacts = CrossImpacts.of(names, project.judgements)
    title = project.title.removesuffix(".scw") or path.stem
    return Convertible(title, project.text, descriptors, impacts, reasons, notes)


def _described(title: str, states: Mapping[str, str], description: str = "") -> DescriptorSection:
    return DescriptorSection(
        title=title,
        description=description,
        states={name: StateSection(title=each) for name, each in states.items()},
    )


def _write_table(path: Path, found: Convertible) -> tuple[str, ...]:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows(_rows(found.impacts))
    write_text(path, sheet.getvalue())
    return _untold(found)


def _write_workbook(path: Path, found: Convertible) -> tuple[str, ...]:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "cross-impact matrix"
    for row in _rows(found.impacts):
        sheet.append(row)
    sheet.freeze_panes = "B2"
    with replacing(path) as temporary:
        book.save(temporary)
    return _untold(found)


def _rows(impacts: CrossImpacts) -> Iterator[list[str | int | float | None]]:
    """The lines of a matrix, the heading first; own blocks are empty."""
    labels = [impacts.label(row) for row in range(len(impacts.judgements))]
    owner = np.repeat(np.arange(len(impacts.states)), impacts.n_states)
    yield ["", *labels]
    for row, label in enumerate(labels):
        cells = impacts.judgements[row].tolist()
        yield [label, *(None if owner[row] == owner[i] else _plain(cell) for i, cell in enumerate(cells))]


def _untold(found: Convertible) -> tuple[str, ...]:
    """What a matrix alone cannot say."""
    texts = bool(found.reasons) or any(each.description for each in found.descriptors.values())
    named = any(
        each.title or any(s.title for s in each.states.values()) for each in found.descriptors.values()
    )
    lost = {"titles": named, "texts": texts}
    return tuple(f"a matrix holds no {what}" for what, is_there in lost.items() if is_there)


def _write_scw(path: Path, found: Convertible) -> tuple[str, ...]:
    names = found.impacts.descriptors
    n = len(found.impacts.judgements)
    descriptors = tuple(
        ProjectDescriptor(
            title_of(name, each),
            tuple(title_of(state, section) for state, section in each.states.items()),
            name,
            tuple(each.states),
            each.description.strip(),
        )
        for name, each in found.descriptors.items()
    )
    reasons = {(names.index(one), names.index(other)): text for (one, other), text in found.reasons.items()}
    third, _, fifth, last = NOTHING_KEPT
    kept = (third, (COLOUR,) * n, fifth, last)
    judgements = _whole(found.impacts).astype(np.int64)
    text = found.description.strip()
    write_project(path, ScenarioWizardProject(found.title, descriptors, judgements, text, reasons, kept))
    return ()


def _whole(impacts: CrossImpacts) -> FloatArray:
    """The judgements, if all are whole numbers."""
    odd = np.argwhere(impacts.judgements != np.rint(impacts.judgements))
    if len(odd):
        row, column = (int(each) for each in odd[0])
        raise InnosiError(
            f"the judgement of {impacts.label(row)} on {impacts.label(column)} is"
            f" {impacts.judgements[row, column]:g}, one of {len(odd)} that are no whole numbers",
            mend="a .scw file holds whole numbers only; multiply all by the same number, or round them",
        )
    return impacts.judgements


def _yaml_of(found: Convertible) -> str:
    return "\n".join([*_head(found), *_judgement_lines(found), ""])


def _write_yaml(path: Path, found: Convertible) -> tuple[str, ...]:
    write_text(path, _yaml_of(found))
    return ("the reasons of judgements stand as comments",) if found.reasons else ()


def _head(found: Convertible) -> Iterator[str]:
    yield "method: cross_impact_balance"
    yield f"title: {_quoted(found.title)}"
    if found.description.strip():
        yield f"description: {_quoted(found.description.strip())}"
    lowest, highest = found.impacts.judgements.min(), found.impacts.judgements.max()
    if lowest < -_USUAL or highest > _USUAL:
        yield f"scale: {{lowest: {_plain(min(lowest, -_USUAL))}, highest: {_plain(max(highest, _USUAL))}}}"
    yield "descriptors:"
    for name, each in found.descriptors.items():
        yield f"  {name}:"
        yield f"    title: {_quoted(title_of(name, each))}"
        if each.description.strip():
            yield f"    description: {_quoted(each.description.strip())}"
        yield "    states:"
        yield from (f"      {state}: {_quoted(title_of(state, s))}" for state, s in each.states.items())


def _judgement_lines(found: Convertible) -> Iterator[str]:
    impacts = found.impacts
    ends = impacts.starts + impacts.n_states
    yield "sections_left_out: no_influence"
    yield "judgements:"
    for actor, above, below in zip(impacts.descriptors, impacts.starts, ends, strict=True):
        yield f"  {actor}:"
        for target, left, right in zip(impacts.descriptors, impacts.starts, ends, strict=True):
            block = impacts.judgements[above:below, left:right]
            reason = found.reasons.get((actor, target), "")
            yield from (f"    # {line}" for line in reason.split("\n") if line.strip())
            if not block.any():
                continue
            yield f"    {target}:   # {', '.join(impacts.states[target])}"
            for state, row in zip(impacts.states[actor], block.tolist(), strict=True):
                yield f"      {state}: [{', '.join(str(_plain(cell)) for cell in row)}]"


def _quoted(text: str) -> str:
    """A text in double quotes, as JSON and YAML both read it."""
    return json.dumps(text, ensure_ascii=False)


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


_READERS: Mapping[str, Callable[[Path], Convertible]] = MappingProxyType(
    {".yaml": _read_yaml, ".yml": _read_yaml, ".csv": _read_table, ".xlsx": _read_table, ".scw": _read_scw}
)
_WRITERS: Mapping[str, Callable[[Path, Convertible], tuple[str, ...]]] = MappingProxyType(
    {
        ".yaml": _write_yaml,
        ".yml": _write_yaml,
        ".csv": _write_table,
        ".xlsx": _write_workbook,
        ".scw": _write_scw,
    }
)
