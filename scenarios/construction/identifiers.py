"""Names that files go by, made of the titles that people write: letters and digits of ASCII, parted by _."""

import re
import unicodedata
from collections.abc import Container

_SPELT = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ð": "d"})


def identifier_of(title: str, *, before: str, longest: int | None = None) -> str:
    """Return a title in small letters, without accents, and with underscores between its words.

    Parameters
    ----------
    before : str
        What is put before a name that would not begin with a letter.
    longest : int, optional
        How many characters of the title are kept.

    Examples
    --------
    >>> identifier_of("Café & garden", before="driver_"), identifier_of("2nd thoughts", before="driver_")
    ('cafe_garden', 'driver_2nd_thoughts')
    """
    plain = unicodedata.normalize("NFKD", title.translate(_SPELT)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_")[:longest].rstrip("_")
    return name if name[:1].isalpha() else f"{before}{name}".rstrip("_")


def unlike(name: str, taken: Container[str]) -> str:
    """Return a name, with a number behind it where it is taken."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
