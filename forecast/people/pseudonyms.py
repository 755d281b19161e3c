"""Pseudonyms that can be read aloud and written by hand, and tell when one was misread."""

import random
import re
from collections.abc import Iterable

from innosi.models.errors import InnosiError

ALPHABET = "346789CDFGHJKMNPQRTVWXY"
"""Of 0 O, 1 I L, 2 Z, 5 S, 8 B and U V, which look alike, one at most; no vowels, so no words, and no number
such as 34E-679 for a spreadsheet to find. There are 23, as the check needs a prime."""
LENGTH = 6
_GROUP = 3
_PATTERN = re.compile(f"[{ALPHABET}]{{{_GROUP}}}-[{ALPHABET}]{{{_GROUP}}}")
_N_POSSIBLE = len(ALPHABET) ** (LENGTH - 1)
MAX_DRAWN = _N_POSSIBLE // 50
"""More would make a pseudonym that somebody makes up too likely to be somebody's."""


def draw_pseudonyms(n: int, taken: Iterable[str], *, randomness: random.Random) -> tuple[str, ...]:
    """Return n pseudonyms such as `K7R-4TM`, different from each other and from those that are taken.

    Parameters
    ----------
    taken : iterable of str
        Pseudonyms of any form, whatever their capitals.
    randomness : random.Random
        `random.SystemRandom()` for people; a seeded one only where nobody's privacy rests on it.

    Raises
    ------
    InnosiError
        If there would be more than `MAX_DRAWN`.
    """
    known = {as_written(each) for each in taken}
    if n + len(known) > MAX_DRAWN:
        raise InnosiError(
            f"{n} pseudonyms beside {len(known)} are more than {MAX_DRAWN:,}, and too easy to guess",
            mend="give the people pseudonyms of your own",
        )
    drawn: list[str] = []
    while len(drawn) < n:
        pseudonym = _with_check([randomness.randrange(len(ALPHABET)) for _ in range(LENGTH - 1)])
        if pseudonym not in known:
            known.add(pseudonym)
            drawn.append(pseudonym)
    return tuple(drawn)


def is_wellformed(pseudonym: str) -> bool:
    """Whether a text is a pseudonym as `draw_pseudonyms` makes them, with the right last character.

    One wrong character, and any two that changed places, make it wrong. The characters stand for numbers
    below a prime, and their sum, each weighted by its place from the end, is divisible by it: a wrong
    character changes the sum by a product of two numbers below the prime, and so does a swap of two.

    Source
    ------
    Weights as in ISO 2108 (ISBN-10), with the modulus 23 instead of 11.
    """
    if not _PATTERN.fullmatch(pseudonym):
        return False
    return _weighted_sum([ALPHABET.index(each) for each in pseudonym.replace("-", "")]) == 0


def as_written(text: str) -> str:
    """Return a pseudonym in its usual form, as it was typed: `k7r 4tm` is `K7R-4TM`; others trimmed only."""
    plain = re.sub(r"[\s\-\u2010-\u2015\u2212]", "", text).upper()
    grouped = f"{plain[:_GROUP]}-{plain[_GROUP:]}"
    return grouped if _PATTERN.fullmatch(grouped) else text.strip()


def _with_check(digits: list[int]) -> str:
    check = -_weighted_sum([*digits, 0]) % len(ALPHABET)
    text = "".join(ALPHABET[each] for each in (*digits, check))
    return f"{text[:_GROUP]}-{text[_GROUP:]}"


def _weighted_sum(digits: list[int]) -> int:
    """The sum modulo 23 of the digits, of which the last counts once, the one before it twice, and so on."""
    return sum(weight * digit for weight, digit in enumerate(reversed(digits), start=1)) % len(ALPHABET)
