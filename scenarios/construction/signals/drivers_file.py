"""How a file of drivers is written: what is behind each, and how the panel rates it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from innosi.scenarios.construction.construction_file import ConstructionFile, State, Text
from innosi.scenarios.construction.signals.register_file import NamedTable, SignalName, titled
from innosi.scenarios.loading.validation import Name, Section

MAX_LEVEL = 1000


class DriverSection(Section):
    """A driver: a force that shapes the future, and may go one way or another."""

    title: str = ""
    """The driver in words; by default its name."""
    description: str = ""
    """What it is, and what it does; the panel reads it."""
    signals: list[SignalName] = Field(default_factory=list)
    """Signals behind it, by their names in the register; those of the register that name the driver are
    added."""
    states: dict[Name, State] = Field(default_factory=dict)
    """What may become of it, as the workshop names it: name to title, or to a section."""

    @field_validator("states")
    @classmethod
    def _two_or_none(cls, found: dict[Name, State]) -> dict[Name, State]:
        if len(found) == 1:
            raise ValueError("one state leaves nothing open; name two or more, or none yet")
        return found


class ScaleSection(Section):
    """A scale from low to high."""

    low: int = Field(default=1, ge=-MAX_LEVEL, le=MAX_LEVEL)
    """The lowest level."""
    high: int = Field(default=9, ge=-MAX_LEVEL, le=MAX_LEVEL)
    """The highest level."""

    @field_validator("high")
    @classmethod
    def _above(cls, found: int, info: Any) -> int:
        if "low" in info.data and found <= info.data["low"]:
            raise ValueError(f"found {found}; it must lie above `low`")
        return found


class ScalesSection(Section):
    """The scales on which the panel rates."""

    impact: ScaleSection = Field(default_factory=ScaleSection)
    """Of how strongly a driver shapes the future: low for weak, high for strong."""
    uncertainty: ScaleSection = Field(default_factory=ScaleSection)
    """Of how uncertain it is which way it goes: low for certain, high for uncertain."""


class CorrelationSection(Section):
    """How two drivers hang together, as the workshop judges it."""

    drivers: Annotated[list[Name], Field(min_length=2, max_length=2)]
    """The two."""
    value: float = Field(ge=-1, le=1, strict=True)
    """From −1 (if one rises the other falls) over 0 (independent) to 1 (they rise together)."""


Level = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Rating = Annotated[list[Level | None], Field(min_length=2, max_length=2)]
"""Impact and uncertainty; nothing where one was left out."""


class DriversFile(ConstructionFile):
    """Drivers, rated for impact and uncertainty."""

    method: Literal["drivers"]
    """`drivers`."""
    register_file: str | None = None
    """The register of signals, seen from this file."""
    scales: ScalesSection = Field(default_factory=ScalesSection)
    """The scales on which the panel rates; both from 1 to 9 by default."""
    cut: Literal["middle", "median"] = "middle"
    """What is high: above the `middle` of the scale, or above the `median` of the drivers."""
    seed: int = Field(default=1, ge=0)
    """Of the resamples that tell how sure a driver's quadrant is."""
    drivers: dict[Name, Annotated[DriverSection, BeforeValidator(titled)]] = Field(min_length=1)
    """The drivers: name to title, or to a section."""
    ratings: dict[Text, dict[Name, Rating]] = Field(default_factory=dict)
    """The panel's ratings, by panellist and driver: `p1: {land: [8, 6]}` for impact 8 and uncertainty 6.
    A panellist may leave a driver out."""
    rating_table: NamedTable | None = None
    """In the place of `ratings` a table, by its file or as a section: one row a rating (panellist, driver,
    impact, uncertainty), or `answers.csv` as `innosi delphi data` writes it of a study that was made with
    `--ask`."""
    rating_round: int | None = Field(default=None, ge=1)
    """Which round of a Delphi study counts; by default the last answer of each panellist to each driver."""
    correlations: list[CorrelationSection] = Field(default_factory=list)
    """How pairs of drivers hang together, as the workshop judges it; these go before the panel's ratings."""
    chosen: list[Name] = Field(default_factory=list)
    """Drivers that go into the futures table; by default the critical uncertainties, and unrated all."""
