"""How a round is called on a sheet: by its own title, or by its number in the language of the sheet."""

import re
from collections.abc import Sequence

from innosi.forecast.languages.language import Language


def round_title(titles: Sequence[str], number: int, language: Language) -> str:
    """Return a round's title; one that only counts it (`Round 2`, `Snapshot 2`) is put in the language."""
    title = titles[number - 1]
    if re.fullmatch(r"Round \d+", title):
        return language.text("Round %(number)s", number=title.rpartition(" ")[2])
    if re.fullmatch(r"Snapshot \d+", title):
        return language.text("Snapshot %(number)s", number=title.rpartition(" ")[2])
    return title
