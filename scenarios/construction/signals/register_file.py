"""How a register of signals is written: in the file itself, or in tables that it names."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from innosi.scenarios.construction.construction_file import ConstructionFile, Text
from innosi.scenarios.loading.validation import Section

SCHEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "PEST": ("political", "economic", "social", "technological"),
        "PESTE": ("political", "economic", "social", "technological", "environmental"),
        "PESTEL": ("political", "economic", "social", "technological", "environmental", "legal"),
        "STEEP": ("social", "technological", "economic", "environmental", "political"),
        "STEEPL": ("social", "technological", "economic", "environmental", "political", "legal"),
    }
)
"""The categories of each scheme, in its order."""
SignalName = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]{0,59}$", strip_whitespace=True)]
"""What a signal is known by: letters of any script, digits, and . _ - between them."""
FIRST_SEEN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")


def _as_text(found: Any) -> Any:
    """A year or a number stands for the text of it."""
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else found


def titled(found: Any) -> Any:
    """A bare text stands for a section of that title; nothing, for one without any."""
    if found is None:
        return {}
    return {"title": found} if isinstance(found, str) else found


def _as_list(found: Any) -> Any:
    """One text or section stands for a list of it; nothing, for an empty one."""
    return [] if found is None else [found] if isinstance(found, str | dict) else found


def _as_consent(found: Any) -> Any:
    """Yes and no are read in words, as a table has them."""
    if isinstance(found, str):
        known = {"yes": True, "no": False, "": False, "true": True, "false": False}
        if found.strip().casefold() not in known:
            raise ValueError(f"found '{found}'; write yes or no")
        return known[found.strip().casefold()]
    if not isinstance(found, bool):
        raise ValueError(f"found {found}; write yes or no")  # noqa: TRY004 - pydantic gathers ValueErrors
    return found


class SignalSection(Section):
    """A signal: something noticed that may be the beginning of a change."""

    title: Text
    """The signal in a line."""
    what: str = ""
    """What was noticed, in a few sentences."""
    source: str = ""
    """Where it was read or heard."""
    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", strip_whitespace=True)] = ""
    """Where that is on the web: an address that begins with https://."""
    country: str = ""
    """Where it was noticed."""
    category: Text
    """One of the scheme's categories."""
    evidence: str = ""
    """What it rests on: one of the project's grades, such as `record`, `claim` or `assumption`."""
    first_seen: Annotated[str, BeforeValidator(_as_text)] = ""
    """When it was first noticed: 2016, 2016-04 or 2016-04-15."""
    tags: Annotated[list[Annotated[Text, BeforeValidator(_as_text)]], BeforeValidator(_as_list)] = Field(
        default_factory=list
    )
    """Words that sort it; one alone needs no brackets."""
    theme: str = ""
    """The cluster that somebody put it into."""
    driver: str = ""
    """The name of the driver that it speaks for."""
    kind: Literal["signal", "story"] = "signal"
    """`signal`, or `story`: what a community reporter was told."""
    quotes: Annotated[list[Text], BeforeValidator(_as_list)] = Field(default_factory=list)
    """Of a story: what was said, word for word."""
    consent: Annotated[bool, BeforeValidator(_as_consent)] = False
    """Of a story: whether who told it agrees that it is shown. Without a yes it is counted, never shown."""
    reporter: str = ""
    """Of a story: the reporter's pseudonym."""


SIGNAL_KEYS = ("name", *SignalSection.model_fields)
"""The columns that a table of signals may have."""
LISTS = {"tags": r"\s*[;,|]\s*", "quotes": r"\s*\|\s*"}
"""Columns that hold several texts, and what parts them."""


class TableSection(Section):
    """A table that stands beside the file."""

    file: Text
    """Its name, seen from this file: CSV (commas, semicolons or tabs) or XLSX."""
    sheet: str | None = None
    """Which sheet of a workbook."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Our name of a column to the heading that it has in the table: `title: Otsikko`."""
    ignore: Annotated[list[str], BeforeValidator(_as_list)] = Field(default_factory=list)
    """Headings of the table that are not read."""


def _as_table(found: Any) -> Any:
    """The name of a file stands for a table."""
    return {"file": found} if isinstance(found, str) else found


NamedTable = Annotated[TableSection, BeforeValidator(_as_table)]
"""A table, or only the name of its file."""


class ClusterSection(Section):
    """How signals are put into clusters."""

    by: Literal["theme", "driver", "text"] | None = None
    """By their `theme`, by their `driver`, or by the words and tags that they share (`text`). Without a word
    by theme where every signal has one, else by text."""
    number: int | None = Field(default=None, ge=1, le=100)
    """Of clusters by text; by default that with the highest mean silhouette."""
    alike: float = Field(default=0.8, gt=0, le=1)
    """From which cosine of their words on two signals are told as near-identical."""


class VoteSection(Section):
    """Votes with dots on the signals."""

    table: NamedTable
    """A table with the columns participant, signal and votes: a file, or a section."""
    dots: int = Field(gt=0, le=10_000)
    """How many dots each participant may give."""
    seed: int = Field(default=1, ge=0)
    """Of the resamples that tell how much the places hang on who took part."""


class RegisterFile(ConstructionFile):
    """A register of signals."""

    method: Literal["signals"]
    """`signals`."""
    categories: Literal["PEST", "PESTE", "PESTEL", "STEEP", "STEEPL"] | list[Text] = "PESTE"
    """The scheme of categories by name, or a list of your own."""
    signals: dict[SignalName, SignalSection] = Field(default_factory=dict)
    """Signals that stand in this file, by name."""
    tables: Annotated[list[NamedTable], BeforeValidator(_as_list)] = Field(default_factory=list)
    """Tables with a signal in each row: a column `name`, and the keys of a signal as the others; several tags
    are parted by ; and several quotes by |."""
    clusters: ClusterSection = Field(default_factory=ClusterSection)
    """What makes signals belong together."""
    votes: VoteSection | None = None
    """What participants voted for."""

    @field_validator("categories")
    @classmethod
    def _no_two(cls, found: str | list[str]) -> str | list[str]:
        if isinstance(found, list) and (not found or len({each.casefold() for each in found}) < len(found)):
            raise ValueError("give one category or more, each once")
        return found
