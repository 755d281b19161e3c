"""Names in texts: where somebody is named in what panellists and facilitators wrote."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Table, select

from innosi.forecast.store.arguments import read_arguments
from innosi.forecast.store.opening import Store, Transaction
from innosi.forecast.store.rows import of_study
from innosi.forecast.store.tables import (
    answers,
    arguments,
    erasures,
    identities,
    moderations,
    proposals,
    steps,
    study_versions,
)

SHORTEST = 3
"""Shorter names stand in too many words by chance to be looked for."""
BLOT = "[…]"
_WORD = re.compile(r"\w+")
NOTES = (
    (steps, steps.c.because),
    (study_versions, study_versions.c.decisions),
    (moderations, moderations.c.because),
    (proposals, proposals.c.because),
    (erasures, erasures.c.because),
)
"""What facilitators wrote, in their own words."""


@dataclass(frozen=True, slots=True)
class Mention:
    """That somebody is named in a text.

    Attributes
    ----------
    where : str
        Such as `argument 12`.
    named : str
        As it stands in the text.
    text : str
        The whole text.
    """

    where: str
    named: str
    text: str


@dataclass(frozen=True)
class Spotter:
    """Finds names as whole words: 'Ann' is not found in 'Annual'.

    Attributes
    ----------
    by_word : mapping of a name's first word, in small letters, to patterns
    """

    by_word: Mapping[str, tuple[re.Pattern[str], ...]]

    @classmethod
    def of(cls, names: Iterable[str], words: Iterable[str] = ()) -> "Spotter":
        """Return one for names in any capitals, however spaced, and for words in just these capitals."""
        found: dict[str, list[re.Pattern[str]]] = defaultdict(list)
        for text, flags in [*((each, re.IGNORECASE) for each in names), *((each, 0) for each in words)]:
            first = _WORD.search(text)
            if first is not None:
                spaced = r"\s+".join(re.escape(each) for each in text[first.start() :].split())
                found[first[0].casefold()].append(re.compile(rf"{spaced}(?!\w)", flags))
        return cls({word: tuple(patterns) for word, patterns in found.items()})

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where names begin and end; of those that begin at one place, the longest."""
        end = 0
        for word in _WORD.finditer(text):
            patterns = self.by_word.get(word[0].casefold(), ())
            ends = [match.end() for each in patterns if (match := each.match(text, word.start()))]
            if ends and word.start() >= end:
                end = max(ends)
                yield word.start(), end

    def blotted(self, text: str) -> str:
        """Return the text with `[…]` in the place of every name."""
        for start, end in reversed([*self.spans(text)]):
            text = f"{text[:start]}{BLOT}{text[end:]}"
        return text


def names_in_texts(store: Store) -> tuple[Mention, ...]:
    """Return where panellists are named in arguments, open answers, reasons, proposals and notes.

    Looked for are names as a whole, and each of their words with a capital; e-mail addresses; and pseudonyms.
    Of an argument that was edited by moderation only the edited text counts.
    """
    with store.reading() as transaction:
        return mentions_within(transaction, spotter_of(transaction))


def spotter_of(transaction: Transaction) -> Spotter:
    """Return what finds everybody on the list of the panel."""
    c = identities.c
    query = select(c.pseudonym, c.name, c.email).where(of_study(identities, transaction.study_id))
    names, words = set(), set()
    for row in transaction.connection.execute(query):
        names |= {row.pseudonym, row.name.strip(), row.email.strip()}
        words |= {word for word in _WORD.findall(row.name) if word[0].isupper()}
    return Spotter.of(
        (each for each in sorted(names) if len(each) >= SHORTEST),
        (each for each in sorted(words) if len(each) >= SHORTEST),
    )


def mentions_within(transaction: Transaction, spotter: Spotter) -> tuple[Mention, ...]:
    """Return where somebody is named, as one transaction sees it."""
    return tuple(
        Mention(where, text[start:end], text)
        for where, text in _texts(transaction)
        for start, end in spotter.spans(text)
    )


def _texts(transaction: Transaction) -> Iterator[tuple[str, str]]:
    """Yield every free text with where it stands; a reason that is an argument is named by its number."""
    for argument in read_arguments(transaction):
        yield f"argument {argument.number}", argument.text
    yield from _reasons(transaction)
    for number, text in _rows(transaction, proposals, proposals.c.number, proposals.c.text):
        yield f"proposal {number}", text
    for table, column in NOTES:
        for number, text in _rows(transaction, table, table.c.id, column):
            yield f"note in {table.name}, row {number}", text


def _reasons(transaction: Transaction) -> Iterator[tuple[str, str]]:
    a, c = arguments.c, answers.c
    query = select(a.question, a.author, a.text).where(of_study(arguments, transaction.study_id))
    said = {tuple(row) for row in transaction.connection.execute(query)}
    given = (
        select(c.round, c.question, c.panellist, c.reason)
        .where(of_study(answers, transaction.study_id), c.reason != "")
        .distinct()
        .order_by(c.round, c.question, c.panellist)
    )
    for row in transaction.connection.execute(given):
        if (row.question, row.panellist, row.reason.strip()) not in said:
            yield f"answer of {row.panellist} to '{row.question}' in round {row.round}", row.reason


def _rows(
    transaction: Transaction, table: Table, number: Column[int], text: Column[str]
) -> Iterator[tuple[int, str]]:
    query = select(number, text).where(of_study(table, transaction.study_id), text != "").order_by(table.c.id)
    for row in transaction.connection.execute(query):
        yield row[0], row[1]
