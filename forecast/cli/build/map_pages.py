"""A page of what `innosi build map` shows, and what was asked of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from innosi.forecast.cli.output import Table
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.cognitive_map.cognitive_map import CognitiveMap
from innosi.scenarios.construction.cognitive_map.comparing import Compared
from innosi.scenarios.loading.validation import nearest

if TYPE_CHECKING:
    from innosi.scenarios.drawing.figures import Plot

DECIMALS = 3


@dataclass(frozen=True)
class Asked:
    """A map, and what is asked of it."""

    map: CognitiveMap
    scenario: str | None = None
    outcome: str | None = None
    draws: int | None = None
    seed: int | None = None

    @cached_property
    def compared(self) -> Compared:
        """Where the map settles by itself, and in its scenarios."""
        return self.map.compared()

    @property
    def random_seed(self) -> int:
        """The seed that was asked for, else the file's."""
        return self.map.file.seed if self.seed is None else self.seed

    def place_of_scenario(self) -> int | None:
        """The number of the scenario that was asked for; None for the map by itself."""
        names = [each.name for each in self.map.scenarios]
        if self.scenario is not None and self.scenario not in names:
            raise InnosiError(f"there is no scenario '{self.scenario}'{nearest(self.scenario, names)}")
        return None if self.scenario is None else names.index(self.scenario)

    def place_of_outcome(self) -> int:
        """The number of the concept of interest."""
        name = self.outcome or self.map.file.outcome
        if name is None:
            raise InnosiError("no outcome is named", mend="say --outcome CONCEPT, or `outcome:` in the file")
        if name not in self.map.place:
            raise InnosiError(f"'{name}' is no concept{nearest(name, self.map.names)}")
        return self.map.place[name]


@dataclass(frozen=True)
class Page:
    """The tables of a view, and how it is drawn."""

    tables: Sequence[Table]
    draw: "Callable[[], Plot] | None" = None

    def drawn(self) -> "Plot":
        """The view's picture."""
        if self.draw is None:
            raise InnosiError("this view has no picture", mend="draw another, such as --show structure")
        return self.draw()


def need_scenarios(found: CognitiveMap) -> None:
    """Refuse a map without scenarios."""
    if not found.scenarios:
        raise InnosiError("there are no scenarios to compare", mend="add some under `scenarios:`")


def rounded(value: Any) -> float:
    """Return a level, change or weight with as many decimals as it deserves."""
    return round(float(value), DECIMALS) + 0.0


def rounded_all(values: Any) -> list[float]:
    """Return each of them so."""
    return [rounded(value) for value in values]
