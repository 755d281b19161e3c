"""The answers that are kept beside a study, one file a round."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from innosi.forecast.answers.delimited import read_delimited
from innosi.forecast.answers.forms import NEVER
from innosi.forecast.answers.reading import MAX_BYTES
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError, Fault, InputFaults
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.writing import replacing, write_text

COLUMNS = ("round", "panellist", "question", "part", "value", "reason")
_NAME = re.compile(r"round_(\d+)\.csv")


def load_answers(study: Study) -> Answers:
    """Return all answers kept beside a study; none is no error.

    Raises
    ------
    InputFaults
        If a kept file was changed so that it does not fit the study any more.
    """
    folder = study.answers_folder
    if not folder.is_dir():
        return Answers()
    paths = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return Answers.of(answer for path in sorted(paths) for answer in _read(path, study))


def kept_file(study: Study, number: int) -> Path:
    """Return where a round's answers are kept."""
    return study.answers_folder / f"round_{number}.csv"


def write_answers(study: Study, number: int, answers: Iterable[Answer], *, keep_old: bool) -> None:
    """Write a round's answers, whole or not at all.

    Parameters
    ----------
    keep_old : bool
        Whether the file that was there is kept, as `round_N.replaced-M.csv`.
    """
    path = kept_file(study, number)
    if keep_old and path.exists():
        with replacing(_unused(path)) as backup:
            backup.write_bytes(read_bytes(path, limit=MAX_BYTES))
    write_text(path, kept_text(study, answers))


def kept_text(study: Study, answers: Iterable[Answer]) -> str:
    """Return answers as they are kept: a row a part, in the order of panellists and of the questions."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    order = {name: i for i, name in enumerate(study.questions)}
    for answer in sorted(answers, key=lambda each: (each.round, each.panellist, order[each.question])):
        parts = study.questions[answer.question].parts
        first = next(i for i, value in enumerate(answer.values) if not math.isnan(value))
        for index, (part, value) in enumerate(zip(parts, answer.values, strict=True)):
            reason = answer.reason if index == first else ""
            place = (answer.round, answer.panellist, answer.question)
            if math.isnan(value):
                continue
            writer.writerow((*place, part, written(study.questions[answer.question], value), reason))
    return sheet.getvalue()


def written(question: Question, value: float) -> str:
    """Return a value as it is kept: an option by its name, a year that never comes by `never`."""
    if question.type == "choice":
        return [*question.options][int(value)]
    return NEVER if math.isinf(value) else _number_text(value)


def _read_value(question: Question, text: str) -> float:
    """Return the value that is written so; NaN where it is none of the question's."""
    if question.type == "choice":
        return float([*question.options].index(text)) if text in question.options else math.nan
    if text == NEVER:
        return math.inf if question.allows_never else math.nan
    return _finite(text)


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _unused(path: Path) -> Path:
    number = 1
    while (backup := path.with_name(f"{path.stem}.replaced-{number}.csv")).exists():
        number += 1
    return backup


def _read(path: Path, study: Study) -> Iterator[Answer]:
    raw = read_bytes(path, limit=MAX_BYTES)
    header = ",".join(COLUMNS).encode()
    if raw.strip() == header:
        return
    sheet = read_delimited(raw, str(path))
    if sheet.columns != COLUMNS:
        raise AnswerError(f"has other columns than {', '.join(COLUMNS)}", mend=_IMPORT_AGAIN, where=str(path))
    values: dict[tuple[int, str, str], dict[str, float]] = {}
    reasons: dict[tuple[int, str, str], str] = {}
    number, faults = int(_NAME.fullmatch(path.name)[1]), []  # type: ignore[index]
    for row in sheet.rows:
        round_, panellist, name, part, value, reason = (str(cell or "") for cell in row.cells)
        problem = _problem(study, number, (round_, name, part, value))
        place = (number, panellist, name)
        if problem or part in values.get(place, {}):
            faults.append(Fault(problem or "stands twice", f"{panellist}, {name}", row.line))
            continue
        values.setdefault(place, {})[part] = _read_value(study.questions[name], value)
        reasons[place] = reasons.get(place) or reason
    faults += list(_incomplete(study, values))
    if faults:
        raise InputFaults(str(path), [*faults, Fault(_IMPORT_AGAIN)])
    for place, parts in values.items():
        in_order = tuple(parts.get(part, math.nan) for part in study.questions[place[2]].parts)
        yield Answer(*place, values=in_order, reason=reasons[place])


_IMPORT_AGAIN = "kept answers are not written by hand: mend the study file, or import the answers again"


def _problem(study: Study, number: int, cells: tuple[str, str, str, str]) -> str:
    round_, name, part, value = cells
    if round_ != str(number) or number > len(study.rounds):
        return f"round {round_} in the file of round {number}, of {len(study.rounds)}"
    if name not in study.questions:
        return f"the study has no question '{name}'{nearest(name, study.questions)}"
    if part not in study.questions[name].parts:
        return f"the study asks for {', '.join(study.questions[name].parts)}, not '{part}'"
    is_read = not math.isnan(_read_value(study.questions[name], value))
    return "" if is_read else f"'{value}' is no answer to this question"


def _incomplete(study: Study, values: dict[tuple[int, str, str], dict[str, float]]) -> Iterator[Fault]:
    for (_, panellist, name), parts in values.items():
        question = study.questions[name]
        missing = [part for part in question.parts if part not in parts]
        if missing and not question.allows_gaps:
            yield Fault(f"without {', '.join(missing)}", f"{panellist}, {name}")
