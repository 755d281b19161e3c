"""What happened: the outcomes of resolved questions, read from a table."""

from collections.abc import Mapping
from pathlib import Path

from innosi.forecast.answers.cells import CellReader, has_no_answer
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError, Fault, InputFaults
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import cell_text
from innosi.scenarios.tables.sheet import Sheet, read_sheet


def load_outcomes(study: Study, path: Path, mapping: Mapping[str, str] | None = None) -> dict[str, float]:
    """Return what happened, by question: 0 or 1 for a probability, else the number; unresolved ones left out.

    Parameters
    ----------
    path : Path
        A CSV or XLSX table with the columns `question` and `outcome`.
    mapping : mapping, optional
        Our name of a column to the table's; goes before the study file's.

    Raises
    ------
    InputFaults
        Naming every row that cannot be used.
    """
    sheet = read_sheet(path)
    names = {**study.columns.names, **(mapping or {})}
    at_question, at_outcome = (_place(sheet, names.get(name, name), name) for name in ("question", "outcome"))
    reader = CellReader.of_table(
        (row.cells[at_outcome] for row in sheet.rows), sheet.delimiter, are_percentages=False
    )
    outcomes: dict[str, float] = {}
    faults = []
    for row in sheet.rows:
        name, cell = cell_text(row.cells[at_question]), row.cells[at_outcome]
        try:
            question = _question(study, name, outcomes)
            if not has_no_answer(cell):
                outcomes[name] = _outcome(reader.number(cell, question), question)
        except AnswerError as error:
            faults.append(Fault(error.message, name, row.line))
    if faults:
        raise InputFaults(sheet.source, faults)
    if not outcomes:
        raise AnswerError(
            "holds no outcome", mend="write what happened beside each question", where=str(path)
        )
    return outcomes


def _place(sheet: Sheet, column: str, name: str) -> int:
    place = sheet.index_of(column)
    place = sheet.index_of(name) if place is None else place
    if place is None:
        raise AnswerError(
            f"has no column '{column}'{nearest(column, sheet.columns)}",
            mend=f"say which one it is: --map {name}=COLUMN",
            where=sheet.source,
        )
    return place


def _question(study: Study, name: str, known: Mapping[str, float]) -> Question:
    if name not in study.questions:
        raise AnswerError(f"unknown question{nearest(name, study.questions)}")
    if name in known:
        raise AnswerError("stands twice", mend="keep one")
    return study.questions[name]


def _outcome(value: float, question: Question) -> float:
    if question.type == "probability" and value not in (0, 1):
        raise AnswerError(f"found {value:g}", mend="write 1 if it happened, 0 if not, nothing if it is open")
    return value
