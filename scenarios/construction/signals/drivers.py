"""Drivers as a panel sees them: what is behind each, and where it lies on the impact–uncertainty grid."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.construction_file import StateSection
from innosi.scenarios.construction.signals.grid import NOT_INDEPENDENT, AxisPair, Cut, Grid, Quadrant
from innosi.scenarios.construction.signals.register import Register

FEWEST_TO_BE_SURE = 5
"""From fewer panellists nothing is said of how sure a quadrant is: drawn again, they are nearly the same."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver: its name and title, the signals behind it, and the states that the workshop named."""

    name: str
    title: str
    description: str = ""
    signals: tuple[str, ...] = ()
    states: Mapping[str, StateSection] | None = None


@dataclass(frozen=True, eq=False)
class Ratings:
    """What a panel rated.

    Attributes
    ----------
    panellists : tuple of str
    values : (n_panellists, n_drivers, 2) float
        Impact and uncertainty; NaN where somebody gave none.
    origin : str
        Where they stand, in words.
    """

    panellists: tuple[str, ...]
    values: FloatArray
    origin: str

    @property
    def n_missing(self) -> int:
        """How many ratings were left out."""
        return int(np.isnan(self.values).sum())


@dataclass(frozen=True, eq=False)
class Drivers:
    """A checked file of drivers.

    Attributes
    ----------
    title : str
    drivers : mapping of name to Driver
    scales : mapping of {'impact', 'uncertainty'} to (low, high)
    cut : {'middle', 'median'}
    ratings, grid : optional
        None while nobody has rated.
    pairs : tuple of AxisPair
        Pairs that may span scenarios, the best first.
    judged : frozenset of (int, int)
        Pairs whose correlation the workshop judged; the others' is the ratings'.
    chosen : tuple of str
        Drivers that go into the futures table.
    register : Register, optional
    strangers : tuple of str
        Names that signals of the register give for their driver, and that no driver has.
    """

    title: str
    drivers: Mapping[str, Driver]
    scales: Mapping[str, tuple[int, int]]
    cut: Cut
    ratings: Ratings | None = None
    grid: Grid | None = None
    pairs: tuple[AxisPair, ...] = ()
    judged: frozenset[tuple[int, int]] = frozenset()
    chosen: tuple[str, ...] = ()
    register: Register | None = None
    strangers: tuple[str, ...] = ()

    @property
    def can_be_sure(self) -> bool:
        """Whether enough panellists rated to tell how sure a quadrant is."""
        return self.ratings is not None and len(self.ratings.panellists) >= FEWEST_TO_BE_SURE

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        rated = f"rated by {len(self.ratings.panellists)}" if self.ratings else "not rated yet"
        return f"a sound file of drivers, {len(self.drivers)} drivers, {rated}"

    def of(self, quadrant: Quadrant) -> tuple[str, ...]:
        """The names of the drivers in a quadrant, the most critical first."""
        if self.grid is None:
            return ()
        names = tuple(self.drivers)
        order = np.argsort(-self.grid.scores, kind="stable")
        return tuple(names[i] for i in order if self.grid.quadrants[i] is quadrant)

    def says_dependent(self, pair: AxisPair) -> bool:
        """Whether a pair's correlation speaks against taking the two for independent axes.

        A judged one from 0.3 on; one of ratings only where it is also beyond chance (1.96 / √(n − 1)).
        """
        if np.isnan(pair.correlation) or abs(pair.correlation) < NOT_INDEPENDENT:
            return False
        n = len(self.ratings.panellists) if self.ratings else 0
        return pair.drivers in self.judged or abs(pair.correlation) >= 1.96 / max(n - 1, 1) ** 0.5

    def correlation_of(self, first: str, second: str) -> AxisPair | None:
        """The pair of two drivers, if they are rated or their correlation was judged."""
        names = list(self.drivers)
        wanted = tuple(sorted((names.index(first), names.index(second))))
        return next((pair for pair in self.pairs if pair.drivers == wanted), None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        found = []
        if self.ratings and not self.can_be_sure:
            found.append(f"fewer than {FEWEST_TO_BE_SURE} rated: how sure a quadrant is cannot be told")
        if self.ratings and self.ratings.n_missing:
            found.append(f"{self.ratings.n_missing} ratings were left out")
        bare = [each.name for each in self.drivers.values() if not each.signals]
        if self.register and bare:
            found.append(f"no signal stands behind {', '.join(bare)}")
        if self.strangers:
            found.append(f"signals speak for drivers that are not here: {', '.join(self.strangers)}")
        return tuple(found)
