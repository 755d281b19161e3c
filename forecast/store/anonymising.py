"""Making a study anonymous: the link between its answers and its people is destroyed, and nobody can undo it.

What is kept is what the study's results need. Rows are written anew in a random order, so that neither their
order nor their numbers tell whose they were.
"""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update

from innosi.forecast.people.person import Person
from innosi.forecast.people.pseudonyms import draw_pseudonyms
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.store.absence import Proof, prove_absent
from innosi.forecast.store.listed_members import take_out_members
from innosi.forecast.store.names import NOTES, Mention, Spotter, mentions_within, spotter_of
from innosi.forecast.store.opening import Store, Transaction
from innosi.forecast.store.panel import is_anonymised, read_panel, record_people
from innosi.forecast.store.privacy import pseudonyms_within
from innosi.forecast.store.rows import in_batches, new_ids, of_study
from innosi.forecast.store.steps import read_progress, read_steps
from innosi.forecast.store.tables import (
    answers,
    argument_votes,
    arguments,
    consents,
    identities,
    imports,
    letters,
    moderations,
    panellists,
    proposals,
    studies,
)
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError

Row = dict[str, Any]
_PEOPLE_AT_A_TIME = 500
_N_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Anonymisation:
    """What was done to make a study anonymous.

    Attributes
    ----------
    n_panellists : int
        How many got a new pseudonym, which nobody can connect with the old one.
    emptied_groups : tuple of str
        Groups so small that they would tell who somebody is.
    mentions : tuple of Mention
        Names that were left standing in texts, as was asked for.
    proof : Proof
        That names, addresses and old pseudonyms are gone.
    """

    n_panellists: int
    emptied_groups: tuple[str, ...]
    mentions: tuple[Mention, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class _Veil:
    """What stands in the place of what told who somebody was.

    Attributes
    ----------
    new : mapping of old to new pseudonym
    rank : mapping of old pseudonym to its place in a random order
    edited : mapping of (question, author, text as given) to the text as moderated
    blotted : function
        Takes names out of a text, or leaves it as it is.
    closings : tuple of datetime
        When rounds were closed, and snapshots taken; in the end, when the study was made anonymous.
    """

    new: Mapping[str, str]
    rank: Mapping[str, int]
    edited: Mapping[tuple[str, str, str], str]
    blotted: Callable[[str], str]
    randomness: random.Random
    closings: tuple[datetime, ...]

    def closing_of(self, moment: datetime) -> datetime:
        """Return when the round was closed in which a moment lay: so much is told of when somebody acted."""
        return self.closings[min(bisect_left(self.closings, moment), len(self.closings) - 1)]

    def day_of(self, moment: datetime) -> datetime:
        """Return the day on which the round was closed in which a moment lay."""
        return _day(self.closing_of(moment))

    def text_of(self, question: str, author: str, text: str) -> str:
        """Return a text as it may stay: as moderated, and without names where that was asked for."""
        return self.blotted(self.edited.get((question, author, text.strip()), text))


def anonymise(
    store: Store,
    study: Study,
    *,
    at: datetime,
    randomness: random.Random,
    despite_names: bool = False,
    blots_names: bool = False,
) -> Anonymisation:
    """Destroy the link between answers and people, for good, and look whether anything of it is left.

    Names, addresses, letters and imports are deleted; pseudonyms are drawn anew; small groups, fields of
    expertise, languages and ways of consent are emptied; moments become the day on which their round was
    closed; of arguments that were edited only the edited text stays.

    Parameters
    ----------
    randomness : random.Random
        `random.SystemRandom()`; a seeded one only where nobody's privacy rests on it.
    despite_names : bool
        Go on although panellists are named in texts, which stay as they are.
    blots_names : bool
        Put `[…]` in the place of every name that is found in a text.

    Raises
    ------
    InnosiError
        If a round is open, panellists are named in texts, or the study is anonymous already.
    """
    with store.writing() as transaction:
        _check_state(transaction, study, store)
        _list_members(transaction, study, at)
        spotter, needles = spotter_of(transaction), _needles(transaction)
        mentions = mentions_within(transaction, spotter)
        if mentions and not despite_names and not blots_names:
            raise _names_stand_in_texts(mentions, store)
        veil = _veil(transaction, spotter if blots_names else Spotter({}), randomness, at)
        emptied = _rewrite_panel(transaction, veil, study.panel.minimum_group_size)
        _rewrite_answers(transaction, veil)
        _rewrite_arguments(transaction, veil)
        _rewrite_others(transaction, veil)
        _forget(transaction, veil, at)
    left = () if blots_names else mentions
    return Anonymisation(len(veil.new), emptied, left, prove_absent(store, needles))


def _check_state(transaction: Transaction, study: Study, store: Store) -> None:
    if is_anonymised(transaction):
        raise InnosiError(
            "the study is anonymous already", mend="nothing is left to be done", where=store.where
        )
    progress = read_progress(transaction, study)
    if progress.state == "open":
        raise InnosiError(
            f"round {progress.round} is open, and nobody could answer it any more",
            mend="close it first: innosi delphi close STUDY",
            where=store.where,
        )


def _list_members(transaction: Transaction, study: Study, at: datetime) -> None:
    """The groups of members whom the study file lists are kept under their new pseudonyms."""
    known = read_panel(transaction)
    new = [
        Person(group=group, pseudonym=name)
        for name, group in study.panel.members.items()
        if name not in known
    ]
    record_people(transaction, new, at=at)


def _needles(transaction: Transaction) -> set[str]:
    c = identities.c
    query = select(c.name, c.email).where(of_study(identities, transaction.study_id))
    named = {text for row in transaction.connection.execute(query) for text in row if text}
    return named | pseudonyms_within(transaction)


def _names_stand_in_texts(mentions: tuple[Mention, ...], store: Store) -> InnosiError:
    shown = [f"  {each.where}: {each.named}" for each in mentions[:_N_SHOWN]]
    more = len(mentions) - _N_SHOWN
    return InnosiError(
        f"panellists are named in texts, at {len(mentions)} place{'s' if len(mentions) != 1 else ''}",
        mend="edit the arguments (innosi delphi moderate STUDY), have all names blotted out, or leave them",
        where=store.where,
        excerpt="\n".join([*shown, *([f"  … and {more} more"] if more > 0 else [])]),
    )


def _veil(transaction: Transaction, spotter: Spotter, randomness: random.Random, at: datetime) -> _Veil:
    old = sorted(pseudonyms_within(transaction))
    randomness.shuffle(old)
    new = draw_pseudonyms(len(old), old, randomness=randomness)
    return _Veil(
        dict(zip(old, new, strict=True)),
        {name: place for place, name in enumerate(old)},
        _edited(transaction),
        spotter.blotted,
        randomness,
        (*sorted(each.at for each in read_steps(transaction) if each.kind in ("close", "snapshot")), at),
    )


def _edited(transaction: Transaction) -> dict[tuple[str, str, str], str]:
    """The text that moderation put last in the place of each argument it edited."""
    c, m = arguments.c, moderations.c
    query = (
        select(c.question, c.author, c.text, m.value)
        .join(moderations, m.argument_id == c.id)
        .where(of_study(arguments, transaction.study_id), m.action == "edit")
        .order_by(m.id)
    )
    return {(row[0], row[1], row[2]): row[3] for row in transaction.connection.execute(query)}


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _taken(transaction: Transaction, table: Table) -> list[Row]:
    """Take a study's rows out of a table, without their ids, in the order in which they lay there."""
    mine = of_study(table, transaction.study_id)
    rows = transaction.connection.execute(select(table).where(mine).order_by(table.c.id)).mappings().all()
    transaction.connection.execute(delete(table).where(mine))
    return [dict(row) for row in rows]


def _put(transaction: Transaction, table: Table, rows: Iterable[Row]) -> None:
    rows = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    if rows:
        transaction.connection.execute(insert(table), rows)


def _rewrite_panel(transaction: Transaction, veil: _Veil, minimum: int) -> tuple[str, ...]:
    """Empty the groups of which fewer than the minimum answered: a group of one tells who it is."""
    rows = sorted(_taken(transaction, panellists), key=lambda row: veil.rank[row["pseudonym"]])
    groups = {row["pseudonym"]: row["group_name"] for row in rows}
    query = select(answers.c.panellist).where(of_study(answers, transaction.study_id)).distinct()
    counts = Counter(groups.get(who, "") for who in transaction.connection.execute(query).scalars())
    ungrouped = counts.pop("", 0)
    shown = shown_groups(counts, minimum=minimum, ungrouped=ungrouped)
    for row in rows:
        row["pseudonym"] = veil.new[row["pseudonym"]]
        row["group_name"] = row["group_name"] if row["group_name"] in shown else ""
        row.update(expertise="", language="", listed_at=veil.day_of(row["listed_at"]))
        if row["withdrawn_at"] is not None:
            row["withdrawn_at"] = veil.closing_of(row["withdrawn_at"])
    _put(transaction, panellists, rows)
    return tuple(sorted({each for each in groups.values() if each} - set(shown)))


def _rewrite_answers(transaction: Transaction, veil: _Veil) -> None:
    """Write the answers anew, panellist by panellist in a random order; of each, in the order given."""
    mine = of_study(answers, transaction.study_id)
    last = transaction.connection.execute(select(func.max(answers.c.id)).where(mine)).scalar() or 0
    for people in in_batches(sorted(veil.rank, key=veil.rank.__getitem__), _PEOPLE_AT_A_TIME):
        _rewrite_answers_of(transaction, veil, people)
    transaction.connection.execute(delete(answers).where(mine, answers.c.id <= last))


def _rewrite_answers_of(transaction: Transaction, veil: _Veil, people: list[str]) -> None:
    connection = transaction.connection
    theirs = (of_study(answers, transaction.study_id), answers.c.panellist.in_(people))
    rows = [dict(row) for row in connection.execute(select(answers).where(*theirs)).mappings()]
    rows.sort(key=lambda row: (veil.rank[row["panellist"]], row["id"]))
    fresh = new_ids(connection, answers, len(rows))
    for number, row in zip(fresh, rows, strict=True):
        who = row["panellist"]
        row.update(id=number, panellist=veil.new[who], at=veil.day_of(row["at"]), source="", import_id=None)
        row["reason"] = veil.text_of(row["question"], who, row["reason"])
    if rows:
        connection.execute(insert(answers), rows)


def _rewrite_arguments(transaction: Transaction, veil: _Veil) -> None:
    """Arguments get new numbers within their round, as the numbers went by the order of pseudonyms."""
    votes, acts = _taken(transaction, argument_votes), _taken(transaction, moderations)
    rows = _in_random_order(_taken(transaction, arguments), veil.randomness)
    ids = {}
    for number, row in enumerate(rows, start=1):
        text = veil.text_of(row["question"], row["author"], row["text"])
        changed = {**row, "number": number, "author": veil.new[row["author"]], "text": text}
        changed |= {"at": veil.day_of(row["at"])}
        del changed["id"]
        made = transaction.connection.execute(insert(arguments).values(changed).returning(arguments.c.id))
        ids[row["id"]] = made.scalar_one()
    texts = {row["id"]: veil.text_of(row["question"], row["author"], row["text"]) for row in rows}
    for act in acts:
        value = texts[act["argument_id"]] if act["action"] == "edit" else act["value"]
        act.update(argument_id=ids[act["argument_id"]], value=value, at=_day(act["at"]))
    votes.sort(key=lambda vote: (veil.rank[vote["voter"]], vote["id"]))
    for vote in votes:
        number, voter = ids[vote["argument_id"]], veil.new[vote["voter"]]
        vote.update(argument_id=number, voter=voter, at=veil.day_of(vote["at"]))
    _put(transaction, moderations, sorted(acts, key=lambda act: (act["argument_id"], act["id"])))
    _put(transaction, argument_votes, votes)


def _in_random_order(rows: Iterable[Row], randomness: random.Random) -> list[Row]:
    return sorted(rows, key=lambda row: (row["round"], randomness.random()))


def _rewrite_others(transaction: Transaction, veil: _Veil) -> None:
    rows = _in_random_order(_taken(transaction, proposals), veil.randomness)
    for number, row in enumerate(rows, start=1):
        row.update(number=number, author=veil.new[row["author"]], at=veil.day_of(row["at"]))
        row["text"] = veil.blotted(row["text"])
    _put(transaction, proposals, rows)
    given = sorted(_taken(transaction, consents), key=lambda row: (veil.rank[row["pseudonym"]], row["id"]))
    for row in given:
        row.update(pseudonym=veil.new[row["pseudonym"]], how="", at=veil.day_of(row["at"]))
    _put(transaction, consents, given)


def _forget(transaction: Transaction, veil: _Veil, at: datetime) -> None:
    """Delete who everybody is; of the files that were imported only the sums stay, as if of one file."""
    connection = transaction.connection
    for table in (identities, letters):
        connection.execute(delete(table).where(of_study(table, transaction.study_id)))
    if files := _taken(transaction, imports):
        sums = {name: sum(row[name] for row in files) for name in ("n_added", "n_changed", "n_rejected")}
        _put(transaction, imports, [{**files[0], **sums, "file_name": "", "sha256": "", "at": _day(at)}])
    for table, column in NOTES:
        query = select(table.c.id, column).where(of_study(table, transaction.study_id), column != "")
        for number, text in connection.execute(query).all():
            if veil.blotted(text) != text:
                changed = update(table).where(table.c.id == number)
                connection.execute(changed.values({column.name: veil.blotted(text)}))
    take_out_members(transaction)
    mine = studies.c.id == transaction.study_id
    connection.execute(update(studies).where(mine).values(anonymised_at=at))
