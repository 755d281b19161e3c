"""Judgements that a Delphi panel was asked for: what its questions are called, how answers come back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from innosi.models.distributions import Discrete, Distribution, parse_distribution
from innosi.models.errors import Fault, InnosiError
from innosi.scenarios.construction.balance.judgements import Pair, Place, States, Written
from innosi.scenarios.loading.judgements import Judgement, JudgementFile, read_judgements
from innosi.scenarios.tables.lines import Line, table_lines

Centre = Literal["median", "mean"]
Question = tuple[Pair, str]
"""An acting state, and the descriptor that it acts on: what one question asks."""
_TAKEN = {"reason", "value", "consent", "proposal", "panellist", "question", "part", "round"}
"""What columns of answers are called: no scale of a question may be called so."""


def question_names(states: States) -> dict[Question, str]:
    """Return what the question is called that asks how a state acts on a descriptor; all different.

    Examples
    --------
    >>> names = question_names({"funding": ("cut", "kept"), "land": ("lost", "secured")})
    >>> names[("funding", "cut"), "land"]
    'funding-cut-on-land'
    """
    found: dict[Question, str] = {}
    taken: set[str] = set()
    for actor, group in states.items():
        for state in group:
            for target in states:
                if target != actor:
                    name = _unlike(f"{actor}-{state}-on-{target}", taken)
                    taken.add(name.casefold())
                    found[(actor, state), target] = name
    return found


def _unlike(name: str, taken: set[str]) -> str:
    found, n = name, 2
    while found.casefold() in taken:
        found, n = f"{name}-{n}", n + 1
    return found


def scale_name(state: str) -> str:
    """Return what the scale is called on which the effect on a state is rated."""
    return f"{state}_" if state.casefold() in _TAKEN else state


@dataclass(frozen=True, eq=False, slots=True)
class Pooled:
    """What a panel as a whole judged.

    Attributes
    ----------
    written : Written
        The judgements, as if they stood in a matrix.
    distributions : mapping of (acting pair, pair acted on) to Distribution
    provenance : str
        Which study, and how many were asked; a simulated panel is called so.
    """

    written: Written
    distributions: Mapping[tuple[Pair, Pair], Distribution]
    provenance: str


def pooled_judgements(path: Path, states: States, *, centre: Centre, source: str) -> Pooled:
    """Return the judgements that a study exported, cell by cell.

    A section none of whose questions was asked is left out as a whole; of any other, a question without an
    answer is a fault.

    Parameters
    ----------
    centre : {'median', 'mean'}
        Which number of a distribution becomes the judgement. The median of an even number of answers is the
        midpoint of the two in the middle.
    source : str
        What the file is called in messages.

    Raises
    ------
    InnosiError
        If there is no such file, or it is none of judgements.
    """
    file = read_judgements(path, source=source)
    faults: list[Fault] = []
    found: dict[tuple[Pair, Pair], Distribution] = {}
    for cell, key in _cells(states):
        if key in file.judgements:
            found[cell] = _distribution(file.judgements[key], faults, Place(key, None, source))
    keys = dict(_cells(states))

    def place_of(acting: Pair, acted_on: Pair) -> Place:
        return Place(keys.get((acting, acted_on), f"{'='.join(acting)}, {'='.join(acted_on)}"), None, source)

    def section_of(actor: str, target: str) -> Place:
        return Place(f"{actor}, {target}", None, source)

    faults += _left_out(file, keys, source)
    cells = {cell: centre_of(each, centre) for cell, each in found.items()}
    return Pooled(Written(cells, place_of, section_of, faults), found, _provenance(file))


def centre_of(distribution: Distribution, centre: Centre) -> float:
    """Return the mean of a distribution, or its median: the midpoint where half lies on either side."""
    if centre == "mean":
        return float(distribution.mean)
    if isinstance(distribution, Discrete):
        order = np.argsort(distribution.values)
        values = np.asarray(distribution.values)[order]
        below = np.cumsum(np.asarray(distribution.probabilities)[order])
        lower, upper = np.argmax(below >= 0.5 - _ROUNDING), np.argmax(below > 0.5 + _ROUNDING)
        return float(values[lower] + values[upper]) / 2
    return float(distribution.quantile(0.5))


_ROUNDING = 1e-9


def _cells(states: States) -> Iterator[tuple[tuple[Pair, Pair], str]]:
    """Each cell outside the own blocks, with the name of its judgement."""
    for (acting, target), question in question_names(states).items():
        for state in states[target]:
            yield (acting, (target, state)), f"{question}.{scale_name(state)}"


def _distribution(judgement: Judgement, faults: list[Fault], place: Place) -> Distribution:
    try:
        return parse_distribution(judgement.distribution)
    except InnosiError as error:
        faults.append(place.fault(error.message))
        return Discrete((0.0,), (1.0,))


def _left_out(file: JudgementFile, keys: Mapping[tuple[Pair, Pair], str], source: str) -> Iterator[Fault]:
    wanted = set(keys.values())
    for name in file.left_out:
        if name in wanted:
            problem = "was answered by too few; ask more people, or export with --small"
            yield Fault(problem, key=name, source=source)


def _provenance(file: JudgementFile) -> str:
    panel = "simulated panel" if file.study.simulated else "panel"
    return f"{panel} of {file.study.panellists}, “{file.study.title}”, round {file.round}"


@dataclass(frozen=True, slots=True)
class Answerer:
    """One panellist's judgements, and the group, where it may be told."""

    code: str
    group: str
    cells: Mapping[tuple[Pair, Pair], float]


def single_answers(path: Path, states: States, *, source: str) -> tuple[Answerer, ...]:
    """Return what each panellist judged, from the table of answers that `innosi delphi data` writes.

    Of several rounds, each panellist's last answer to a question counts.

    Raises
    ------
    InnosiError
        If it is no such table.
    """
    head, *rows = table_lines(path, source)
    columns = {str(name).casefold(): place for place, name in enumerate(head.cells) if name is not None}
    missing = [name for name in ("round", "code", "question", "part", "value") if name not in columns]
    if missing:
        raise InnosiError(
            f"has no column '{missing[0]}'",
            mend="make it with `innosi delphi data STUDY --to FOLDER`, and name its answers.csv",
            where=source,
        )
    cells = {key: cell for cell, key in _cells(states)}
    given: dict[str, dict[tuple[Pair, Pair], tuple[int, float]]] = {}
    groups: dict[str, str] = {}
    for row in rows:
        found = {name: row.cell(place) for name, place in columns.items()}
        cell = cells.get(f"{found['question']}.{found['part']}")
        if cell is None or found["value"] is None:
            continue
        number, value = (_number(found[name], row, name, source) for name in ("round", "value"))
        code = str(found["code"])
        groups.setdefault(code, str(found.get("group") or ""))
        known = given.setdefault(code, {})
        if cell not in known or number >= known[cell][0]:
            known[cell] = (int(number), value)
    return tuple(
        Answerer(code, groups[code], {cell: value for cell, (_, value) in answers.items()})
        for code, answers in given.items()
    )


def _number(found: object, row: Line, name: str, source: str) -> float:
    try:
        return float(str(found))
    except ValueError:
        problem = f"line {row.number}: {name} is {found!r}, which is no number"
        raise InnosiError(problem, mend="export the data again", where=source) from None
