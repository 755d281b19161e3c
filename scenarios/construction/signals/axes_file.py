"""How a file of scenario axes is written: two drivers, their poles, and four scenarios."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from innosi.scenarios.construction.construction_file import ConstructionFile, StateSection, Text
from innosi.scenarios.construction.signals.register_file import titled
from innosi.scenarios.loading.validation import Name, Section
from innosi.scenarios.loading.variants import Weight


class PoleSection(StateSection):
    """One end of an axis."""

    weight: Weight | None = Field(default=None, gt=0)
    """How much it counts beside the other pole; all poles have one, or none."""


class AxisSection(Section):
    """A driver that may go to either of two poles."""

    title: str = ""
    """The axis in words; by default the driver's title, or its name."""
    description: str = ""
    """What it stands for."""
    poles: dict[Name, Annotated[PoleSection, BeforeValidator(titled)]] = Field(min_length=2, max_length=2)
    """Its two poles: name to title, or to a section. The first is drawn to the left, or below."""


class CornerSection(Section):
    """A scenario: what the world is like where two poles meet."""

    poles: dict[Name, Name] = Field(min_length=2, max_length=2)
    """Which pole of each axis: `{land: secured, funding: cut}`."""
    title: Text
    """Its name, which people will remember it by."""
    story: str = ""
    """What happened, told from its end."""
    weight: Weight | None = Field(default=None, gt=0)
    """How much it counts beside the others; all four have one, or none."""


class AxesFile(ConstructionFile):
    """Four scenarios between two axes."""

    method: Literal["scenario_axes"]
    """`scenario_axes`."""
    drivers_file: str | None = None
    """The file of drivers, seen from this file: each axis is then one of them, and has its title."""
    correlation: float | None = Field(default=None, ge=-1, le=1, strict=True)
    """How the axes hang together, as the workshop judges it: from −1 over 0 (independent) to 1 (the second
    poles come together). It goes before what the file of drivers says."""
    axes: dict[Name, AxisSection] = Field(min_length=2, max_length=2)
    """The two axes, by the names of their drivers: the first is drawn to the right, the other upwards."""
    scenarios: dict[Name, CornerSection] = Field(min_length=4, max_length=4)
    """The four scenarios, one for each pair of poles."""
