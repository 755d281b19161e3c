"""Checking the rows of a table: each becomes an answer, no answer, or a rejection that says why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from innosi.forecast.answers.admitting import Admission
from innosi.forecast.answers.cells import CellReader, has_no_answer, whole_number
from innosi.forecast.answers.differences import Proposed
from innosi.forecast.answers.forms import Refused, values_of
from innosi.forecast.answers.layout import Entry, Layout
from innosi.forecast.answers.values import Answer, Place, Rejection
from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import cell_text
from innosi.scenarios.tables.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Checked:
    """What a table holds once every row was looked at.

    Attributes
    ----------
    answers : tuple of Answer
    rejections : tuple of Rejection
        In the order of the table.
    proposals : tuple of Proposed
        Questions that panellists miss.
    n_empty : int
        How many answers were not given.
    n_other_rounds : int
        How many rows were left out because another round was asked for.
    """

    answers: tuple[Answer, ...]
    rejections: tuple[Rejection, ...]
    n_empty: int = 0
    n_other_rounds: int = 0
    proposals: tuple[Proposed, ...] = ()


@dataclass
class _Checking:
    study: Study
    reader: CellReader
    readers: Mapping[int, CellReader]
    only: int | None
    has_round: bool
    admit: Admission
    found: dict[Place, list[tuple[Entry, Answer]]] = field(default_factory=lambda: defaultdict(list))
    rejections: list[Rejection] = field(default_factory=list)
    proposals: list[Proposed] = field(default_factory=list)
    n_empty: int = 0
    n_other_rounds: int = 0


def whole_rows(sheet: Sheet) -> tuple[Sheet, tuple[Rejection, ...]]:
    """Return a table without the rows that have more cells than it has columns, and why each is left out.

    Nothing of such a row is read: where a text was cut in two, every cell behind it stands one too far.
    """
    beyond = tuple(
        Rejection(
            row.line,
            "",
            "",
            "",
            cell_text(row.extra[0])[:80],
            f"{len(row.extra)} more cells than there are columns; put texts with separators in quotes",
        )
        for row in sheet.rows
        if row.extra
    )
    return replace(sheet, rows=tuple(row for row in sheet.rows if not row.extra)) if beyond else sheet, beyond


def check_rows(
    layout: Layout,
    study: Study,
    reader: CellReader,
    *,
    readers: Mapping[int, CellReader] = MappingProxyType({}),
    number: int | None = None,
    default: int | None = None,
    admit: Admission = lambda _: None,
) -> Checked:
    """Return the answers in a table, and everything in it that is none.

    Parameters
    ----------
    readers : mapping of line to CellReader
        Of rows that are written otherwise than the others.
    number : int, optional
        The round: of the whole table where it does not say, else the only one that is read.
    default : int, optional
        The round of a table that does not say, where nobody says it either.
    admit : function
        Refuses an answer that is sound by itself, and not taken.

    Raises
    ------
    AnswerError
        If nothing says which round it is.
    """
    if number is None and not layout.has_round:
        number = default
    if number is None and not layout.has_round and len(study.rounds) > 1:
        raise AnswerError(
            "does not say which round it is",
            mend="add --round 1, or --map round=COLUMN",
            where=layout.sheet.source,
        )
    only = number if number is not None or layout.has_round else 1
    checking = _Checking(study, reader, readers, only, layout.has_round, admit)
    for entry in layout.entries():
        _check(entry, checking)
    for entry in layout.aside_entries("proposal"):
        _check_proposal(entry, checking)
    answers = tuple(_once(checking))
    rejections = tuple(sorted(dict.fromkeys(checking.rejections), key=lambda each: each.line))
    proposals = tuple(dict.fromkeys(checking.proposals))
    return Checked(answers, rejections, checking.n_empty, checking.n_other_rounds, proposals)


def _check(entry: Entry, checking: _Checking) -> None:
    """File one entry under answers, empty ones, or rejections."""
    try:
        number = _round_of(entry, checking)
        if checking.only is not None and number != checking.only:
            checking.n_other_rounds += 1
            return
        if all(has_no_answer(cell) for cell in entry.parts.values()):
            _check_question(entry, checking.study)
            checking.n_empty += 1
            return
        who = panellist_of(entry, checking.study)
        question = _check_question(entry, checking.study)
        values = values_of(entry, question, checking.readers.get(entry.line, checking.reader))
        answer = Answer(number, who, question.name, values, _reason(entry, question))
        checking.admit(answer)
    except Refused as refused:
        checking.rejections.append(rejection(entry, refused))
        return
    checking.found[answer.place].append((entry, answer))


def _check_proposal(entry: Entry, checking: _Checking) -> None:
    """File a question that somebody misses, where answers of theirs would be taken."""
    text = cell_text(entry.parts["value"])
    if not text:
        return
    try:
        number = _round_of(entry, checking)
        if checking.only is not None and number != checking.only:
            return
        who = panellist_of(entry, checking.study)
        checking.admit(Answer(number, who, "", ()))
    except Refused as refused:
        checking.rejections.append(rejection(entry, refused))
        return
    checking.proposals.append((number, who, text))


def _round_of(entry: Entry, checking: _Checking) -> int:
    if not checking.has_round:
        return checking.only or 1
    text, study = entry.round, checking.study
    if text in study.columns.rounds:
        return study.columns.rounds[text]
    if text in study.rounds:
        return study.rounds.index(text) + 1
    number = whole_number(text)
    if number is not None and 1 <= number <= len(study.rounds):
        return number
    if not text:
        raise Refused("", "does not say which round", about="")
    known = [*study.columns.rounds, *study.rounds]
    raise Refused(text, f"unknown round{nearest(text, known)}", about="")


def panellist_of(entry: Entry, study: Study) -> str:
    """Return whose entry it is, as the panel writes the pseudonym: a drawn one is known in any capitals.

    Raises
    ------
    Refused
        If it is nobody's, or of somebody who is not on the panel.
    """
    typed, members = entry.panellist, study.panel.members
    if typed in members:
        return typed
    if not typed:
        raise Refused("", "no panellist", about="")
    if not members:
        return typed
    who = as_written(typed)
    if who not in members:
        raise Refused(typed, f"unknown panellist{nearest(who, members)}", about="")
    return who


def _check_question(entry: Entry, study: Study) -> Question:
    if entry.question not in study.questions:
        if not entry.question:
            raise Refused("", "no question")
        raise Refused(entry.question, f"unknown question{nearest(entry.question, study.questions)}")
    return study.questions[entry.question]


def _reason(entry: Entry, question: Question) -> str:
    """Return why; of an open question the text itself, with a reason behind it where there is one."""
    if question.type != "text":
        return entry.reason
    return " – ".join(filter(None, (cell_text(entry.parts["value"]), entry.reason)))


def _once(checking: _Checking) -> Iterator[Answer]:
    """Yield what was answered once; of what was answered more often, nobody can say which one is meant."""
    for given in checking.found.values():
        if len(given) == 1:
            yield given[0][1]
            continue
        lines = [entry.line for entry, _ in given]
        for entry, answer in given:
            others = ", ".join(str(line) for line in lines if line != entry.line) or "the same line"
            found = " / ".join(f"{value:g}" for value in answer.values)
            reason = f"answered twice (also on line {others})"
            checking.rejections.append(rejection(entry, Refused(found, reason)))


def rejection(entry: Entry, refused: Refused) -> Rejection:
    """Return why an entry is not taken; where its whole row is refused, all entries of it give the same."""
    about = entry.question if refused.about is None else refused.about
    return Rejection(entry.line, entry.round, entry.panellist, about, refused.found[:80], refused.reason)


def notes_on(answers: Iterable[Answer]) -> Iterator[str]:
    """Yield what a facilitator should look at, though nothing is wrong by itself."""
    names = {answer.panellist for answer in answers}
    if any("@" in name for name in names):
        yield "panellists look like e-mail addresses; use pseudonyms instead"
    plain: dict[str, set[str]] = defaultdict(set)
    for name in names:
        plain["".join(name.casefold().split())].add(name)
    for alike in plain.values():
        if len(alike) > 1:
            yield f"are these one panellist? {', '.join(sorted(alike))}"
