"""A register of signals: what was noticed, by whom, and what belongs together."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from innosi.models.arrays import IntArray
from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.construction.signals.clustering import Parted
from innosi.scenarios.construction.signals.voting import Ranking

MOST_ALIKE = 10
"""So many pairs of near-identical signals are named."""
UNSAID = "not said"
WITHHELD = "(a story without consent)"


@dataclass(frozen=True, slots=True, order=True)
class FirstSeen:
    """When something was first noticed, as exactly as it is known."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def at(self) -> float:
        """The year with its fraction, in the middle of what is known."""
        if self.month is None:
            return self.year + 0.5
        day = 15.0 if self.day is None else self.day - 0.5
        return self.year + (self.month - 1 + day / 31) / 12

    def __str__(self) -> str:
        return "-".join(f"{part:02d}" for part in (self.year, self.month, self.day) if part is not None)


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal. Of a story without consent nothing is held that somebody said: no texts, tags or source."""

    name: str
    title: str
    category: str
    what: str = ""
    source: str = ""
    url: str = ""
    country: str = ""
    evidence: EvidenceGrade | None = None
    first_seen: FirstSeen | None = None
    tags: tuple[str, ...] = ()
    theme: str = ""
    driver: str = ""
    kind: str = "signal"
    quotes: tuple[str, ...] = ()
    reporter: str = ""
    is_shown: bool = True

    @property
    def year(self) -> str:
        """The year in which it was first noticed, or that nobody said."""
        return str(self.first_seen.year) if self.first_seen else UNSAID


@dataclass(frozen=True, slots=True)
class Cluster:
    """Signals that belong together: a title, and their names in the register's order."""

    title: str
    members: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Votes:
    """Dots on signals.

    Attributes
    ----------
    participants, signals : tuple of str
    dots : (n_participants, n_signals) int
    budget : int
        How many dots each could give.
    ranking : Ranking
    """

    participants: tuple[str, ...]
    signals: tuple[str, ...]
    dots: IntArray
    budget: int
    ranking: Ranking

    @property
    def total(self) -> int:
        """How many dots were given."""
        return int(self.dots.sum())

    @property
    def n_unspent(self) -> int:
        """How many participants did not give all of their dots."""
        return int((self.dots.sum(axis=1) < self.budget).sum())

    def of(self, name: str) -> int:
        """How many dots a signal got."""
        return int(self.ranking.totals[self.signals.index(name)])


@dataclass(frozen=True, eq=False)
class Register:
    """A checked register.

    Attributes
    ----------
    title : str
    categories : tuple of str
        The scheme's, in its order.
    signals : mapping of name to Signal
    clusters : tuple of Cluster
        The largest first.
    by : str
        What they rest on: theme, driver or text.
    parted : Parted, optional
        How clusters by text came about.
    alike : tuple of (str, str, float)
        Near-identical signals, and the cosine of their words.
    votes : Votes, optional
    """

    title: str
    categories: tuple[str, ...]
    signals: Mapping[str, Signal]
    clusters: tuple[Cluster, ...]
    by: str
    parted: Parted | None = None
    alike: tuple[tuple[str, str, float], ...] = ()
    votes: Votes | None = None

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        n_stories = sum(each.kind == "story" for each in self.signals.values())
        stories = f", {n_stories} of them stories" if n_stories else ""
        votes = f", {self.votes.total} votes" if self.votes else ""
        plural = "" if len(self.clusters) == 1 else "s"
        return (
            f"a sound register of signals, {len(self.signals)} signals{stories},"
            f" {len(self.clusters)} cluster{plural} by {self.by}{votes}"
        )

    @cached_property
    def cluster_of(self) -> Mapping[str, str]:
        """The title of the cluster of each signal."""
        return {name: each.title for each in self.clusters for name in each.members}

    def counts(self, of: Callable[[Signal], str]) -> Mapping[str, int]:
        """How many signals have each value of something, in alphabetical order, what is not said last."""
        found = Counter(of(each) or UNSAID for each in self.signals.values())
        return {key: found[key] for key in sorted(found, key=lambda key: (key == UNSAID, key.casefold()))}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the register must know."""
        hidden = sum(not each.is_shown for each in self.signals.values())
        no_source = sum(
            each.is_shown and not (each.source or each.url or each.reporter) for each in self.signals.values()
        )
        alike = self.alike[:MOST_ALIKE]
        notes = [f"{first} and {second} say nearly the same ({at:.2f})" for first, second, at in alike]
        if len(self.alike) > MOST_ALIKE:
            notes.append(f"{len(self.alike) - MOST_ALIKE:,} more pairs say nearly the same")
        if hidden:
            notes.append(f"{hidden} without consent: counted, and not shown")
        if no_source:
            notes.append(f"{no_source} without a source")
        return tuple(notes)
