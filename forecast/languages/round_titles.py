"""How a round is called on a sheet: by its own title, or by its number in the language of the sheet."""

import re
from collections.abc import Sequence

from innosi.forecast.languages.language import Language


def is_counted(title: str) -> bool:
    """Whether a round's title only counts it: `Round 2`, `Snapshot 2`."""
    return bool(re.fullmatch(r"(Round|Snapshot) \d+", title))


def round_title(titles: Sequence[str], number: int, language: Language) -> str:
    """Return a round's title; one that only counts it is put in the language."""
    title = titles[number - 1]
    if not is_counted(title):
        return title
    kind, _, place = title.rpartition(" ")
    if kind == "Round":
        return language.text("Round %(number)s", number=place)
    return language.text("Snapshot %(number)s", number=place)
