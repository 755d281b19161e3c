"""Links between the entries of a pathway's file: what rests on what, without going round in a circle."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.validation import Problem, nearest

Links = Mapping[str, Sequence[str]]
"""Each entry by its name, and the names of those that it rests on."""


def link_problems(
    links: Links, *, what: str, section: str, key: str, also: Iterable[str] = ()
) -> list[Problem]:
    """Return what is wrong with the links of a section: names that are not there, twice, or in a circle.

    Parameters
    ----------
    links : mapping of name to names
    what : str
        What an entry is called, such as `milestone`.
    section, key : str
        Where it stands in the file: `SECTION.NAME.KEY`.
    also : iterable of str, optional
        What else may be written there, for a hint at what was meant.
    """
    problems: list[Problem] = []
    for name, others in links.items():
        for other in dict.fromkeys(others):
            place: KeyPath = (section, name, key)
            if other not in links:
                known = (*also, *(each for each in links if each != name))
                problems.append((place, f"there is no {what} '{other}'{nearest(other, known)}"))
            elif list(others).count(other) > 1:
                problems.append((place, f"names '{other}' twice; name it once"))
    circle = circle_in(links)
    if circle:
        shown = f" {key.replace('_', ' ')} ".join(circle)
        problems.append(((section, circle[0], key), f"goes round in a circle: {shown}; take one link out"))
    return problems


def circle_in(links: Links) -> tuple[str, ...]:
    """Return the entries of a circle, the first again at its end, or nothing.

    The answer does not depend on the order of the entries; a name that is no entry is passed over.

    Examples
    --------
    >>> circle_in({"a": ["b"], "b": ["a"], "c": []})
    ('a', 'b', 'a')
    """
    try:
        TopologicalSorter(_known(links)).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))[:-1]
        first = circle.index(min(circle))
        return (*circle[first:], *circle[:first], circle[first])
    return ()


def in_order(links: Links) -> tuple[str, ...]:
    """Return the entries so that each comes after all it rests on; free choices are made by name.

    Examples
    --------
    >>> in_order({"vision": ["plan", "land"], "plan": ["land"], "land": []})
    ('land', 'plan', 'vision')
    """
    sorter = TopologicalSorter(_known(links))
    sorter.prepare()
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found += ready
        sorter.done(*ready)
    return tuple(found)


def all_below(links: Links) -> dict[str, frozenset[str]]:
    """Return for each entry all that it rests on, at once or by others."""
    found: dict[str, frozenset[str]] = {}
    for name in in_order(links):
        found[name] = frozenset(links[name]).union(*(found[other] for other in links[name]))
    return found


def set_twice(
    names: Iterable[str], overrides: Mapping[str, Mapping[str, object]]
) -> list[tuple[str, str, str]]:
    """Return each number that two entries of a scenario both set: the two names, and the number's key."""
    found, by_key = [], dict[str, str]()
    for name in names:
        for key in overrides.get(name, {}):
            if key in by_key:
                found.append((by_key[key], name, key))
            by_key[key] = name
    return found


def _known(links: Links) -> dict[str, list[str]]:
    return {name: sorted(other for other in links[name] if other in links) for name in sorted(links)}
