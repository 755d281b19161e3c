"""What the files of panellists are called: their pseudonyms, as every file system can write them."""

from collections.abc import Collection, Iterable

_PLAIN = "-_"
_OF_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)


def sheet_names(pseudonyms: Iterable[str], *, taken: Collection[str] = ()) -> dict[str, str]:
    """Return the name, without its ending, of each panellist's file; no two are alike, in any capitals.

    Parameters
    ----------
    taken : collection of str
        Names of other files in the folder.

    Examples
    --------
    >>> sheet_names(["p01", "P01", "a/b", "panel"], taken=["panel"])
    {'p01': 'p01', 'P01': 'P01-2', 'a/b': 'a_b', 'panel': 'panel-2'}
    """
    used = {each.casefold() for each in taken} | _OF_WINDOWS
    names = {}
    for pseudonym in pseudonyms:
        plain = "".join(each if each.isalnum() or each in _PLAIN else "_" for each in pseudonym)
        name, number = plain, 1
        while name.casefold() in used:
            number += 1
            name = f"{plain}-{number}"
        used.add(name.casefold())
        names[pseudonym] = name
    return names
