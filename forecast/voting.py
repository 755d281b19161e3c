"""Votes on arguments, imported from a table: all of it or nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from innosi.forecast.answers.cells import whole_number
from innosi.forecast.answers.values import Rejection
from innosi.forecast.arguments import Argument
from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.running import RunningStudy
from innosi.forecast.store.arguments import read_arguments, read_votes, record_votes
from innosi.forecast.store.panel import Panellist, is_anonymised, read_panel
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.loading.validation import nearest
from innosi.scenarios.tables.rows import Cell, is_empty
from innosi.scenarios.tables.sheet import Row, Sheet, read_sheet

COLUMNS = ("panellist", "argument", "vote")
VOTES: Mapping[str, int] = MappingProxyType(
    {"for": 1, "against": -1, "+1": 1, "1": 1, "-1": -1, "−1": -1, "0": 0}
)
"""How votes are written; 0 takes back what was voted before."""
_SHOWN = 20
_LONGEST_SHOWN = 80
Vote = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class VoteImport:
    """What a table of votes did: how many are new, changed, and as they were before."""

    n_added: int
    n_changed: int
    n_same: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What a row is held against."""

    arguments: Mapping[int, Argument]
    panel: Mapping[str, Panellist]


def import_votes(running: RunningStudy, path: Path, *, at: datetime, is_replaced: bool = False) -> VoteImport:
    """Keep the votes in a table (CSV or XLSX) with the columns panellist, argument and vote.

    The same table again changes nothing; on request another vote of somebody takes the place of the one kept.

    Raises
    ------
    AnswerError
        If any row is wrong, or a vote is another than the one kept and `is_replaced` is not said; nothing is
        kept then.
    """
    sheet, store = read_sheet(path), running.needed_store
    with store.writing() as transaction:
        if is_anonymised(transaction):
            raise InnosiError("the study was made anonymous, and nobody votes any more", where=store.where)
        arguments = {each.number: each for each in read_arguments(transaction)}
        votes, rejections = _checked(sheet, _Known(arguments, read_panel(transaction)))
        if rejections:
            raise _rejected(sheet, rejections)
        before = read_votes(transaction)
        fresh = [each for each in votes if before.get(each[:2]) != each[2]]
        changed = [each for each in fresh if each[:2] in before]
        if changed and not is_replaced:
            raise _contradiction(sheet, changed, before)
        record_votes(transaction, fresh, at=at)
    return VoteImport(len(fresh) - len(changed), len(changed), len(votes) - len(fresh))


def _contradiction(sheet: Sheet, changed: list[Vote], before: Mapping[tuple[int, str], int]) -> AnswerError:
    number, who, vote = changed[0]
    n = len(changed)
    return AnswerError(
        f"gives {n} vote{'s' if n != 1 else ''} otherwise than kept: of {who} on argument {number} it was"
        f" {before[number, who]:+d} and is now {vote:+d}",
        mend="import it with --replace if it is what they said last",
        where=sheet.source,
    )


def _checked(sheet: Sheet, known: _Known) -> tuple[list[Vote], list[Rejection]]:
    at = [_place_of(sheet, column) for column in COLUMNS]
    votes: list[Vote] = []
    rejections: list[Rejection] = []
    lines: dict[tuple[int, str], int] = {}
    for row in sheet.rows:
        who, argument, vote = (_text(row.cells[place]) for place in at)
        problems = [*_problems(row, (who, argument, vote), known)]
        if not problems:
            found = (whole_number(argument) or 0, _pseudonym(who, known), VOTES[vote.casefold()])
            first = lines.setdefault(found[:2], row.line)
            if first == row.line:
                votes.append(found)
                continue
            problems = [(argument, f"was voted on by the same panellist on line {first} already")]
        rejections += [Rejection(row.line, "", who, "", text, problem) for text, problem in problems]
    return votes, rejections


def _place_of(sheet: Sheet, column: str) -> int:
    place = sheet.index_of(column)
    if place is None:
        raise AnswerError(
            f"has no column '{column}'",
            mend=f"call its columns {', '.join(COLUMNS)}",
            where=sheet.source,
        )
    return place


def _text(cell: Cell) -> str:
    if is_empty(cell):
        return ""
    is_whole = isinstance(cell, float) and cell.is_integer()
    return f"{cell:.0f}" if is_whole else str(cell).strip()


def _pseudonym(typed: str, known: _Known) -> str:
    return typed if typed in known.panel else as_written(typed)


def _problems(row: Row, cells: tuple[str, str, str], known: _Known) -> Iterator[tuple[str, str]]:
    typed, argument, vote = cells
    who, argued = _pseudonym(typed, known), known.arguments.get(whole_number(argument) or 0)
    if row.extra:
        yield ", ".join(map(str, row.extra)), "stands beyond the last column"
    if who not in known.panel:
        yield typed, f"is not on the panel{nearest(who, known.panel)}"
    elif known.panel[who].withdrawn_at is not None:
        yield typed, "has withdrawn"
    if argued is None:
        yield argument[:_LONGEST_SHOWN], "is the number of no argument; see innosi delphi arguments STUDY"
    elif argued.author == who:
        yield argument, "is their own argument, and nobody votes for their own"
    elif argued.is_hidden:
        yield argument, "is hidden, so that nobody can have read it"
    if vote.casefold() not in VOTES:
        yield vote, "is no vote; write for, against, +1, -1, or 0 to take one back"


def _rejected(sheet: Sheet, rejections: list[Rejection]) -> AnswerError:
    n, n_rows = len(rejections), len(Counter(each.line for each in rejections))
    shown = [f"  {each}" for each in rejections[:_SHOWN]]
    return AnswerError(
        f"{n_rows} row{'s are' if n_rows != 1 else ' is'} wrong, so no vote is kept",
        mend="mend them, and say the command again",
        where=sheet.source,
        excerpt="\n".join([*shown, *([f"  … and {n - _SHOWN} more"] if n > _SHOWN else [])]),
    )
