"""Answers as the table in which they are written out: one row a part."""

import csv
import io
import math
from collections.abc import Iterable

from innosi.forecast.answers.forms import NEVER
from innosi.forecast.answers.values import Answer
from innosi.forecast.questions import Question
from innosi.forecast.study import Study

COLUMNS = ("round", "panellist", "question", "part", "value", "reason")


def answers_table(study: Study, answers: Iterable[Answer]) -> str:
    """Return answers as CSV that can be imported again, in the order of rounds, panellists and questions.

    A row is a part of an answer; its reason stands with the first part. An open question's text is its value.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    order = {name: i for i, name in enumerate(study.questions)}
    for answer in sorted(answers, key=lambda each: (each.round, each.panellist, order[each.question])):
        question = study.questions[answer.question]
        reason = answer.reason
        for part, value in zip(question.parts, answer.values, strict=True):
            if question.type == "text":
                writer.writerow((*answer.place, part, reason, ""))
            elif not math.isnan(value):
                writer.writerow((*answer.place, part, written(question, value), reason))
                reason = ""
    return sheet.getvalue()


def written(question: Question, value: float) -> str:
    """Return a value as it is written: an option by its name, a year that never comes by `never`."""
    if question.type == "choice":
        return [*question.options][int(value)]
    return NEVER if math.isinf(value) else _number_text(value)


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
