"""What a report consists of, before it is a page or a document."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from innosi.forecast.study_report.flow_chart import FlowChart
from innosi.forecast.study_report.items import Item


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the program's, or (`is_own`) of the study's own words."""

    kind: ClassVar[str] = "paragraph"
    text: str
    is_own: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries of a list."""

    kind: ClassVar[str] = "listing"
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A line that says what the study's people still have to write, and under which key."""

    kind: ClassVar[str] = "missing"
    key: str
    asks: str

    @property
    def text(self) -> str:
        """The line."""
        return f"Not stated: write “report: {{{self.key}: …}}” in the study file. {self.asks}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    rows : tuple of rows
        As many cells as there are columns, the first one the row's name; or one cell, a heading.
    numeric : set of int
        Columns of numbers, which stand to the right.
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The flow chart with its caption."""

    kind: ClassVar[str] = "chart"
    caption: str
    chart: FlowChart


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What one round resulted in, for a question or a part of one.

    Attributes
    ----------
    part : str
        Title of the scale or option; '' of a question without parts.
    round, n, centre, middle_half, consensus, change : str
        As they are read; after the change of the median stands who changed their answer.
    strip : (float, float, float), optional
        Lower quartile, median and upper quartile as places from 0 to 1 between the ends of the range.
    """

    part: str
    round: str
    n: str
    centre: str = "–"
    middle_half: str = "–"
    consensus: str = "–"
    change: str = "–"
    strip: tuple[float, float, float] | None = None


RESULT_COLUMNS = (
    "Round",
    "n",
    "Median, or chosen most",
    "Middle half (width)",
    "Consensus",
    "Change of median",
)


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What all rounds resulted in for one question.

    Attributes
    ----------
    name, title : str
    notes : tuple of str
        How it is answered, and what became of it.
    rows : tuple of ResultRow
        Part by part, in each round by round.
    ends : (str, str)
        What the ends of the strips stand for; '' where there are none.
    arguments : tuple of str
        What panellists said, those with most votes first.
    n_more_arguments : int
    """

    kind: ClassVar[str] = "result"
    name: str
    title: str
    notes: tuple[str, ...] = ()
    rows: tuple[ResultRow, ...] = ()
    arguments: tuple[str, ...] = ()
    n_more_arguments: int = 0

    @property
    def parts(self) -> tuple[tuple[str, tuple[ResultRow, ...]], ...]:
        """The rows of each part, with its title."""
        titles = dict.fromkeys(row.part for row in self.rows)
        return tuple((title, tuple(row for row in self.rows if row.part == title)) for title in titles)


Block = Paragraph | Listing | Missing | Table | Chart | QuestionResult


@dataclass(frozen=True, slots=True)
class ItemReport:
    """An item with what is said of it.

    Attributes
    ----------
    is_answered : bool
        Whether it is said all that the item asks for, as far as a program can tell.
    """

    item: Item
    blocks: tuple[Block, ...]
    is_answered: bool


@dataclass(frozen=True, slots=True)
class StudyReport:
    """The report of a study.

    Attributes
    ----------
    title : str
        Says that it is a Delphi study.
    is_simulated : bool
        Whether no people answered.
    language : str
        Code of the language of the program's texts.
    own_language : str
        Code of the language of the study's own texts.
    at : datetime
        As of when.
    authors : str
        Who runs the study; '' where the study does not say.
    items, declarations : tuple of ItemReport
    """

    title: str
    is_simulated: bool
    language: str
    own_language: str
    at: datetime
    authors: str
    version: str
    items: tuple[ItemReport, ...]
    declarations: tuple[ItemReport, ...] = ()
    sources: tuple[str, ...] = field(default=())

    @property
    def missing(self) -> tuple[Item, ...]:
        """The items that are not answered."""
        return tuple(each.item for each in self.items if not each.is_answered)

    @property
    def n_answered(self) -> int:
        """How many of the items are answered."""
        return len(self.items) - len(self.missing)

    @property
    def completeness(self) -> str:
        """How complete the report is, in a sentence."""
        count = f"{self.n_answered} of {len(self.items)} items are answered"
        if not self.missing:
            return f"{count}."
        return f"{count}; missing: {', '.join(f'{each.number} {each.title}' for each in self.missing)}."

    @property
    def sections(self) -> Iterator[tuple[str, tuple[ItemReport, ...]]]:
        """The sections with their items, the declarations last."""
        every = (*self.items, *self.declarations)
        for title in dict.fromkeys(each.item.section for each in every):
            yield title, tuple(each for each in every if each.item.section == title)
