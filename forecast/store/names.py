"""Names in texts: where somebody is named in what panellists and facilitators wrote."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_WORD = re.compile(r"[^\W_]+")
_N_OF_AN_ENDING = 3
"""How many letters of a name an ending may change or add, where forms of it are looked for."""
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
    """Finds names as whole words, with or without their accents: 'Ann' is not found in 'Annual'.

    Attributes
    ----------
    by_word : mapping of a name's first word, in small letters, to patterns
    """

    by_word: Mapping[str, tuple[re.Pattern[str], ...]]

    @classmethod
    def of(cls, names: Iterable[str], words: Iterable[str] = ()) -> "Spotter":
        """Return one for names in any capitals, spaced or joined, and for words in these or all capitals."""
        found: dict[str, list[re.Pattern[str]]] = defaultdict(list)
        for text in map(plain, names):
            _add(found, text, re.IGNORECASE)
            if len(text.split()) > 1:
                _add(found, "".join(text.split()), re.IGNORECASE)
        for text in map(plain, words):
            for each in {text, text.upper()}:
                _add(found, each, re.NOFLAG)
        return cls({word: tuple(patterns) for word, patterns in found.items()})

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where names begin and end; of those that begin at one place, the longest."""
        folded, places = _folded(text)
        end = 0
        for word in _WORD.finditer(folded):
            patterns = self.by_word.get(word[0].casefold(), ())
            ends = [match.end() for each in patterns if (match := each.match(folded, word.start()))]
            if ends and word.start() >= end:
                end = max(ends)
                yield places[word.start()], places[end]

    def blotted(self, text: str) -> str:
        """Return the text with `[…]` in the place of every name."""
        for start, end in reversed([*self.spans(text)]):
            text = f"{text[:start]}{BLOT}{text[end:]}"
        return text


def _add(found: dict[str, list[re.Pattern[str]]], text: str, flags: re.RegexFlag) -> None:
    first = _WORD.search(text)
    if first is not None:
        spaced = r"\s+".join(re.escape(each) for each in text[first.start() :].split())
        found[first[0].casefold()].append(re.compile(rf"{spaced}(?![^\W_])", flags))


def plain(text: str) -> str:
    """Return a text without accents and invisible characters, however it is written in Unicode.

    Examples
    --------
    >>> plain("Jose\u0301 Nu\u00f1ez")
    'Jose Nunez'
    """
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as `plain` gives it, and for each place in it, and for its end, the place in the text."""
    if text.isascii():
        return text, range(len(text) + 1)
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        made = plain(letter)
        letters.append(made)
        places += [place] * len(made)
    return "".join(letters), [*places, len(text)]


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
        words |= _words_of(row.name)
    return Spotter.of(
        (each for each in sorted(names) if len(each) >= SHORTEST),
        (each for each in sorted(words) if len(each) >= SHORTEST),
    )


def _words_of(name: str) -> set[str]:
    return {word for word in _WORD.findall(plain(name)) if word[0].isupper() and len(word) >= SHORTEST}


def forms_of_names(store: Store) -> tuple[Mention, ...]:
    """Return words with a capital that may be forms of the panel's names, or misspelt: for people to look at.

    'Anny' and 'Virtasen' may be Anna and Virtanen; 'Annual' is another word. Each is told once.
    """
    with store.reading() as transaction:
        c = identities.c
        query = select(c.name).where(of_study(identities, transaction.study_id))
        names = {
            word.casefold()
            for name in transaction.connection.execute(query).scalars()
            for word in _words_of(name)
        }
        found: dict[str, Mention] = {}
        for where, text in _texts(transaction):
            for word in _WORD.findall(plain(text)):
                if word[0].isupper() and word not in found and _is_like(word.casefold(), names):
                    found[word] = Mention(where, word, text)
    return tuple(found[word] for word in sorted(found))


def _is_like(word: str, names: set[str]) -> bool:
    """Whether a word begins like a name, and is not the name, which is looked for by itself."""
    return word not in names and any(
        word.startswith(name[: max(SHORTEST, len(name) - _N_OF_AN_ENDING)])
        and len(word) <= len(name) + _N_OF_AN_ENDING
        for name in names
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
