"""What of each file stands in the report of a workshop: its commands' own tables and pictures, collected."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.build.report_words import in_words
from innosi.forecast.cli.output import Output, Table, as_read, output_goes_to
from innosi.forecast.report.workshop_report import Part, Reasons, Sheet, Step
from innosi.models.errors import InnosiError

if TYPE_CHECKING:
    from innosi.scenarios.drawing.figures import Plot
    from innosi.scenarios.loading.document import Document

MOST_EXPLAINED = 12
"""For so many consistent scenarios it is told why they hang together."""
_NUMBER = re.compile(r"[−+-]?\d[\d.,]*( ?%)?|[–]?")


@dataclass(frozen=True)
class Showing:
    """A command of `innosi build` that shows something of a file.

    Attributes
    ----------
    words : tuple of str
        Its name, after `innosi build`.
    options : tuple of str
    is_drawn : bool
        Whether its picture stands in the report too.
    where : callable
        Whether a file has anything for it.
    instead : Showing, optional
        What is shown where it refuses.
    """

    words: tuple[str, ...]
    options: tuple[str, ...] = ()
    is_drawn: bool = True
    where: Callable[[Any], object] = lambda _: True
    instead: "Showing | None" = None


_BALANCE = ("balance", "scenarios")
SHOWINGS: Mapping[str, tuple[Showing, ...]] = MappingProxyType(
    {
        "signals": (Showing(("signals",), ("--all",)),),
        "drivers": (Showing(("drivers",)),),
        "scenario_axes": (Showing(("axes",)),),
        "futures_table": (
            Showing(("futures-table",), ("--named",), where=lambda table: table.named),
            Showing(("futures-table",), is_drawn=False, where=lambda table: table.named),
            Showing(("futures-table",), where=lambda table: not table.named),
        ),
        "cross_impact_balance": (
            Showing(_BALANCE),
            Showing(("balance", "experts"), where=lambda balance: balance.judged.experts),
        ),
        "cross_impact": (
            Showing(("cross-impact", "joint"), ("--nearest",), instead=Showing(("cross-impact", "simulate"))),
        ),
        "trend_impact": (Showing(("trend-impact",)),),
        "structural_analysis": (Showing(("structure",)),),
        "actors": (Showing(("actors",)),),
        "futures_wheel": (Showing(("wheel",)),),
        "three_horizons": (Showing(("horizons",)),),
        "backcast": (Showing(("backcast",)),),
        "cognitive_map": (
            Showing(("map",), ("--show", "structure")),
            Showing(("map",), where=lambda found: found.scenarios),
            Showing(("map",), ("--show", "people"), where=lambda found: len(found.people) > 1),
        ),
    }
)
"""What is shown of a file of each method."""


@dataclass(frozen=True)
class Collected(Output):
    """Keeps what commands show, draw and say."""

    tables: list[Table] = field(default_factory=list)
    plots: "list[Plot]" = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def show(self, *tables: Table) -> None:
        """Keep tables."""
        self.tables.extend(tables)

    def draw(self, plot: "Plot", path: Path) -> None:  # noqa: ARG002 - it goes into the page
        """Keep a plot."""
        self.plots.append(plot)

    def say(self, text: str) -> None:
        """Keep a line for people."""
        self.said.append(text)


def step_of(file: Path, document: "Document", constructed: Any, context: click.Context) -> Step:
    """Return what the commands of a file's method show of it.

    Raises
    ------
    InnosiError
        If they show nothing, and why.
    """
    from innosi.forecast.report.sources import said_of_its_data, sources_of
    from innosi.scenarios.construction.methods import METHODS

    name = document.data["method"]
    title = str(document.data["title"])
    shown, remarks = _collected(SHOWINGS[name], file, constructed, context)
    reasons, left_out = [], ""
    if name == "cross_impact_balance":
        names = [str(row[0]) for row in shown[0].tables[0].rows]
        reasons = [_reasons(each, file, context) for each in names[:MOST_EXPLAINED]]
        left_out = _left_out(names)
    return Step(
        kind=_kind(METHODS[name].words),
        title=title,
        question=METHODS[name].question,
        description=str(document.data.get("description") or ""),
        said=said_of_its_data(document),
        parts=[
            Part(each.plots, [sheet_of(in_words(table, document.data), title) for table in each.tables])
            for each in shown
        ],
        sources=sources_of(document),
        reasons=reasons,
        remarks=tuple(filter(None, (*remarks, left_out))),
    )


def _collected(
    showings: Sequence[Showing], file: Path, constructed: Any, context: click.Context
) -> tuple[list[Collected], list[str]]:
    """Return what commands show of a file, and what they say; where one refuses after others did not, why."""
    shown: list[Collected] = []
    remarks: list[str] = []
    waiting = [each for each in showings if each.where(constructed)]
    while waiting:
        showing, found = waiting.pop(0), Collected()
        options = (*showing.options, *(("--plot", "picture.svg") if showing.is_drawn else ()))
        try:
            _run(found, showing.words, (*options, "--", str(file)), context)
        except InnosiError as error:
            if showing.instead is not None:
                waiting.insert(0, showing.instead)
                remarks.append(f"`innosi build {' '.join(showing.words)}`: {error.problem}")
            elif shown or found.tables:
                remarks.append(error.message)
            else:
                raise
        shown += [found] if found.tables else []
        remarks += found.said
    return shown, remarks


def _run(shown: Collected, words: Sequence[str], arguments: Sequence[str], context: click.Context) -> None:
    """Run a command of `innosi build` as it would be typed, and collect what it shows."""
    from innosi.forecast.cli.build import build

    output_goes_to(shown, context)
    command: click.Command | None = build
    for word in words:
        command = command.get_command(context, word) if isinstance(command, click.Group) else None
    assert command is not None, words
    with command.make_context(words[-1], list(arguments), parent=context) as inner:
        command.invoke(inner)


def _reasons(scenario: str, file: Path, context: click.Context) -> Reasons:
    """Return why a consistent scenario of a balance hangs together."""
    found = Collected()
    _run(found, ("balance", "why"), ("--", str(file), scenario), context)
    sheet = sheet_of(found.tables[0])
    return Reasons(sheet.title, sheet.notes, sheet)


def _left_out(names: Sequence[str]) -> str:
    if len(names) <= MOST_EXPLAINED:
        return ""
    return f"reasons are told of {MOST_EXPLAINED} of them; of each: `innosi build balance why FILE NAME`"


def sheet_of(table: Table, within: str = "") -> Sheet:
    """Return a table as it is read below a title: without that in its own, and without empty columns."""
    rows, are_numeric = as_read(table)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    are_numbers = [
        is_numeric or (place > 0 and any(cells) and all(map(_NUMBER.fullmatch, cells)))
        for place, (is_numeric, cells) in enumerate(zip(are_numeric, columns, strict=True))
    ]
    kept = [place for place, cells in enumerate(columns) if place == 0 or any(cells) or not rows]
    return Sheet(
        title=_within(table.title, within),
        columns=tuple(table.columns[place].replace("_", " ") for place in kept),
        rows=tuple(tuple(_signed(row[place], are_numbers[place]) for place in kept) for row in rows),
        are_numeric=tuple(are_numbers[place] for place in kept),
        notes=table.notes,
    )


def _signed(cell: str, is_number: bool) -> str:
    return f"−{cell[1:]}" if is_number and cell.startswith("-") else cell


def _within(title: str, page: str) -> str:
    """Return a title without that of its page, with what it says of being incomplete."""
    mark = "INCOMPLETE: "
    is_marked = title.startswith(mark)
    rest = title.removeprefix(mark)
    if page and rest.startswith((f"{page}: ", f"{page}, ")):
        rest = rest[len(page) + 2 :]
    return f"{mark}{rest}" if is_marked else rest


def _kind(words: str) -> str:
    """Return what a file is, as a heading has it: `a file of drivers` has drivers."""
    rest = words
    for start in ("a file of ", "a pair of ", "an ", "a "):
        rest = rest.removeprefix(start) if rest == words else rest
    return rest[:1].upper() + rest[1:]
