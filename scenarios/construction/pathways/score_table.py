"""A table of scores beside a futures wheel: who thinks how of which consequence."""

from collections.abc import Mapping, Sequence

from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.pathways.scores import GROUP, ScoringScale, score_problem
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.columns import Row, Table, check_columns, number_in, read_table

CONSEQUENCE, PARTICIPANT, LIKELIHOOD, DESIRABILITY = COLUMNS = (
    *("consequence", "participant"),
    *("likelihood", "desirability"),
)
Scored = tuple[Mapping[str, float], Mapping[str, float]]
"""Likelihood and desirability of a consequence, by participant."""


def read_score_table(
    document: Document, name: str, scale: ScoringScale, consequences: Sequence[str]
) -> tuple[dict[str, Scored], list[Fault]]:
    """Return the scores in a table, and what is wrong with it.

    Parameters
    ----------
    document : Document
        The wheel's file, from which the table's name is seen.
    consequences : sequence of str
        Those that are known.

    Returns
    -------
    dict, list
        Scores by consequence, of its faultless rows; and faults, each at the table's own line.
    """
    try:
        table = read_table(document.folder / name, named=name)
        needed = (CONSEQUENCE, LIKELIHOOD, DESIRABILITY)
        check_columns(table, needed, COLUMNS)
    except InputFaults as error:
        return {}, list(error.faults)
    except InnosiError as error:
        return {}, [located(document, ("scores",), f"{name}: {error.message}")]
    return _scores(table, scale, consequences)


def _scores(
    table: Table, scale: ScoringScale, consequences: Sequence[str]
) -> tuple[dict[str, Scored], list[Fault]]:
    likely: dict[str, dict[str, float]] = {}
    desired: dict[str, dict[str, float]] = {}
    faults: list[Fault] = []
    for row in table.rows:
        name, participant = row.cells[CONSEQUENCE], row.cells.get(PARTICIPANT, GROUP)
        problems = _row_problems(row, participant, scale, consequences)
        if not problems and participant in likely.get(name, {}):
            problems = [(PARTICIPANT, f"{participant} scores '{name}' a second time; keep one row")]
        faults += [table.fault(row, key, problem) for key, problem in problems]
        if not problems:
            likely.setdefault(name, {})[participant] = number_in(row.cells[LIKELIHOOD]) or 0.0
            desired.setdefault(name, {})[participant] = number_in(row.cells[DESIRABILITY]) or 0.0
    return {name: (likely[name], desired[name]) for name in likely}, faults


def _row_problems(
    row: Row, participant: str, scale: ScoringScale, consequences: Sequence[str]
) -> list[tuple[str, str]]:
    name = row.cells[CONSEQUENCE]
    found = []
    if name not in consequences:
        what = f"there is no consequence '{name}'{nearest(name, consequences)}" if name else "is empty"
        found.append((CONSEQUENCE, what))
    if not participant:
        found.append((PARTICIPANT, "is empty; write who gave the scores"))
    for key, ends in ((LIKELIHOOD, scale.likelihood), (DESIRABILITY, scale.desirability)):
        text = row.cells[key]
        number = number_in(text)
        problem = score_problem(text if number is None else number, ends)
        if problem:
            found.append((key, problem if text else "is empty; give a score, or leave the row out"))
    return found
