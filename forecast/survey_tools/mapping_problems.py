"""What is wrong with a mapping, held against the study that it is for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from innosi.forecast.answers.layout import cell_parts, column_of
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.forecast.survey_tools.headings import squeezed
from innosi.forecast.survey_tools.targets import REASON
from innosi.forecast.survey_tools.translations import plain_cell, values_allowed
from innosi.scenarios.loading.validation import Problem, nearest

if TYPE_CHECKING:
    from innosi.forecast.survey_tools.mapping_file import AnswerSection, ColumnMapping


def mapping_problems(mapping: "ColumnMapping", study: Study) -> Iterator[Problem]:
    """Yield everything that is wrong with a mapping, each problem with its key."""
    if not mapping.panellist:
        yield ("panellist",), "is missing; name the column that holds the pseudonyms"
    if not mapping.answers:
        yield ("answers",), "names no column; take the '# ?' off the lines that are right, or add lines"
    yield from _round_problems(mapping, study)
    yield from _repeated_columns(mapping)
    for key, section in mapping.answers.items():
        target = find_target(key, study.questions)
        if isinstance(target, str):
            yield ("answers", key), target
        else:
            for inner, problem in _answer_problems(section, *target):
                yield ("answers", key, *inner), problem
    yield from _whole_and_parts(mapping, study)


def find_target(key: str, questions: Mapping[str, Question]) -> tuple[Question, str] | str:
    """Return the question and the part that a key of ours names, or what is wrong with it."""
    if key in questions:
        question, part = questions[key], "value"
    else:
        name, _, part = key.partition(".")
        if name not in questions:
            return f"there is no question '{name}'{nearest(name, questions)}"
        question = questions[name]
    if part == REASON or (part in cell_parts(question) and column_of(question.name, part) == key):
        return question, part
    if question.parts == ("value",):
        return f"'{part}' is no part of the answer; write {question.name}, or {question.name}.{REASON}"
    parts = ", ".join(f"{question.name}.{each}" for each in question.parts)
    return f"'{part}' is no part of the answer to {question.name}; write one of: {parts}"


def _round_problems(mapping: "ColumnMapping", study: Study) -> Iterator[Problem]:
    values: Mapping[str, int] = mapping.round.values if mapping.round else {}
    for found, number in values.items():
        if not 1 <= number <= len(study.rounds):
            yield ("round", "values", found), f"there is no round {number}; the study has {len(study.rounds)}"


def _repeated_columns(mapping: "ColumnMapping") -> Iterator[Problem]:
    """A column answers one thing; what marks rows may be any column."""
    seen: dict[str, str] = {}
    uses = [(key, column) for key, column in mapping.other_columns if key in ("panellist", "proposal")]
    uses += [(key, column) for key, columns in mapping.columns.items() for column in columns]
    for key, column in uses:
        name = plain_cell(column)
        if name in seen:
            path = (key,) if key in ("panellist", "proposal") else ("answers", key)
            yield path, f"'{column}' is said to be {seen[name]} already; a column stands for one thing"
        seen.setdefault(name, key)


def _answer_problems(section: "AnswerSection", question: Question, part: str) -> Iterator[Problem]:
    is_whole = part == "value"
    if bool(section.column) == bool(section.ranks):
        yield (), "name a `column`, or, of a ranking, the columns of its `ranks`; one of the two"
    if section.ranks and not (is_whole and question.type == "ranking"):
        yield ("ranks",), f"are for a whole ranking; name the `column` of {question.name}.{part}"
    elif section.ranks and len(section.ranks) != len(question.options):
        n = len(question.options)
        yield ("ranks",), f"name {len(section.ranks)} columns, but {n} options are ranked; name {n}"
    if section.separator and not (is_whole and question.accepts_list and section.column):
        yield ("separator",), "is for a column that holds several options"
    if section.column and is_whole and question.accepts_list and not section.separator:
        yield ("separator",), "is missing; say what stands between the options, such as ';'"
    yield from _value_problems(section, question, part)


def _value_problems(section: "AnswerSection", question: Question, part: str) -> Iterator[Problem]:
    if section.values and (part == REASON or question.type == "text"):
        yield ("values",), "are for answers; a text is taken as it is"
        return
    allowed = values_allowed(question, part)
    seen: dict[str, str] = {}
    for found, ours in section.values.items():
        if not allowed.holds(ours):
            yield ("values", found), f"'{ours}' is none of: {allowed.words}{_meant(ours, allowed.names)}"
        elif seen.setdefault(plain_cell(found), ours) != ours:
            yield ("values", found), "differs from another only in capitals or spaces, which do not count"


def _meant(ours: str, names: tuple[str, ...]) -> str:
    alike = [name for name in names if squeezed(name) == squeezed(ours)]
    return f"; did you mean '{alike[0]}'?" if alike else ""


def _whole_and_parts(mapping: "ColumnMapping", study: Study) -> Iterator[Problem]:
    for name, question in study.questions.items():
        parts = [part for part in question.parts if f"{name}.{part}" in mapping.answers]
        if name in mapping.answers and parts and question.accepts_list:
            yield ("answers", name), f"stands beside {name}.{parts[0]}; keep the list or the single options"
