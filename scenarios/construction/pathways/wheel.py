"""A futures wheel: what follows from an event, a trend or a decision, and what follows from that.

Source: Glenn (1971), and in The Millennium Project's Futures Research Methodology 3.0 (2009), chapter 6;
scores as in the implications wheel: Bengston (2016), Society & Natural Resources 29(3).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.pathways.links import Links, all_below, in_order
from innosi.scenarios.construction.pathways.scores import Score, ScoringScale, standing_of
from innosi.scenarios.construction.settings import Settings

CENTRE = "centre"
"""What consequences of the first order follow from."""
ORDINALS = ("", "first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class Consequence:
    """What may follow.

    Attributes
    ----------
    name, title, description : str
    follows_from : tuple of str
        Names of others, or `centre`; nothing for one that is not placed yet.
    order : int, optional
        1 where it follows at once, one more than the highest of those it follows from; None if not placed.
    branches : frozenset of str
        The consequences of the first order from which it follows, at once or by others.
    steep : str
        Social, technological, economic, environmental or political; the empty text if not said.
    affected : tuple of str
    evidence : str
    likelihood, desirability : Score
    standing : str
        Why it must be watched; the empty text where it need not.
    """

    name: str
    title: str
    follows_from: tuple[str, ...]
    order: int | None
    branches: frozenset[str]
    likelihood: Score
    desirability: Score
    standing: str = ""
    steep: str = ""
    affected: tuple[str, ...] = ()
    evidence: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A futures wheel whose links are checked.

    Attributes
    ----------
    title, centre : str
        What the file is about, and what stands in the middle.
    consequences : tuple of Consequence
        By order, then by what they follow from, then by name; those that are not placed come last.
    scale : ScoringScale
    chosen : tuple of ConstructedScenario
        The scenarios that the file names.
    settings : mapping
        What a consequence sets in the scenario file, by `consequence-NAME`.
    """

    title: str
    centre: str
    consequences: tuple[Consequence, ...]
    scale: ScoringScale
    chosen: tuple[ConstructedScenario, ...]
    settings: Settings

    @property
    def placed(self) -> tuple[Consequence, ...]:
        """The consequences that follow, at once or by others, from the centre."""
        return tuple(each for each in self.consequences if each.order is not None)

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        counts = Counter(each.order or 0 for each in self.placed)
        found = ", ".join(f"{counts[order]} of the {ordinal(order)} order" for order in sorted(counts))
        return f"a sound futures wheel, {len(self.consequences)} consequences ({found})"

    @property
    def watched(self) -> tuple[Consequence, ...]:
        """The consequences to watch, the undesirable ones first."""
        found = [each for each in self.placed if each.standing]
        return tuple(sorted(found, key=lambda each: (each.desirability.median, each.name)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of what is missing or open."""
        return tuple(_notes(self))


def ordinal(order: int) -> str:
    """Return `first` for 1, and so on."""
    return ORDINALS[order] if order < len(ORDINALS) else f"{order}th"


def orders(links: Links) -> dict[str, int | None]:
    """Return the order of each consequence.

    Parameters
    ----------
    links : mapping of name to names
        What each follows from; `centre` for the centre. Without circles.

    Returns
    -------
    dict
        1 for what follows from the centre alone; else one more than the highest order among what it follows
        from. None for what follows from nothing, or only from such.

    Examples
    --------
    >>> orders({"queue": ["centre"], "rent": ["queue", "centre"], "loose": []})
    {'loose': None, 'queue': 1, 'rent': 2}
    """
    inner = {name: [other for other in others if other != CENTRE] for name, others in links.items()}
    found: dict[str, int | None] = {}
    for name in in_order(inner):
        above = [order for other in inner[name] if (order := found[other]) is not None]
        is_first = CENTRE in links[name]
        found[name] = (
            max([1 if is_first else 0, *(order + 1 for order in above)]) if above or is_first else None
        )
    return found


def branches(links: Links) -> dict[str, frozenset[str]]:
    """Return from which consequences of the first order each follows; one of the first order from itself.

    What follows from the centre and from others too needs those others, and has no branch of its own.
    """
    order = orders(links)
    inner = {name: [other for other in others if other != CENTRE] for name, others in links.items()}
    below = all_below(inner)
    first = {name for name, found in order.items() if found == 1}
    return {name: (below[name] | {name}) & first if order[name] else frozenset() for name in sorted(links)}


def placed_in_order(consequences: Mapping[str, Consequence]) -> tuple[Consequence, ...]:
    """Return consequences by order, what they follow from and name, whichever way they were written down."""

    def key(each: Consequence) -> tuple[float, tuple[str, ...], str]:
        return (each.order or float("inf"), each.follows_from, each.name)

    return tuple(sorted(consequences.values(), key=key))


def standing(likelihood: Score, desirability: Score, scale: ScoringScale) -> str:
    """Say why a consequence must be watched, by the medians of its scores."""
    return standing_of(likelihood.median, desirability.median, scale)


def branch_scenarios(wheel: Wheel) -> tuple[ConstructedScenario, ...]:
    """Return a scenario for each consequence of the first order: it, and all that follows from it alone."""
    found = []
    for first in (each for each in wheel.placed if each.order == 1):
        within = [each.name for each in wheel.placed if each.branches == {first.name}]
        settings = tuple(setting(name) for name in within)
        n = len(within) - 1
        description = f"{n} further consequence{'' if n == 1 else 's'} of this branch" if n else ""
        found.append(ConstructedScenario(first.name, first.title, settings, description))
    return tuple(found)


def shared_by_branches(wheel: Wheel) -> tuple[str, ...]:
    """Return the consequences that need more than one branch, and so are in none of `branch_scenarios`."""
    return tuple(each.name for each in wheel.placed if len(each.branches) > 1)


def setting(name: str) -> str:
    """Return what a consequence's overrides are called in a scenario file."""
    return f"consequence-{name}"


def _notes(wheel: Wheel) -> Iterator[str]:
    loose = [each.name for each in wheel.consequences if each.order is None]
    if loose:
        yield f"not placed, as nothing leads there from the centre: {', '.join(loose)}"
    unscored = [each.name for each in wheel.placed if not (each.likelihood.n and each.desirability.n)]
    if unscored and len(unscored) < len(wheel.placed):
        yield f"not scored for both likelihood and desirability: {', '.join(unscored)}"
    elif unscored:
        yield "nothing is scored yet: what to watch cannot be told"
    divided = [each.name for each in wheel.placed if each.desirability.is_divided]
    if divided:
        yield f"desirable for some, undesirable for others: {', '.join(divided)}"
