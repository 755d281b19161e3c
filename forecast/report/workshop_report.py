"""The report of a workshop: what each of its files says, on one page that needs no network."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from xml.sax.saxutils import escape

from markupsafe import Markup

from innosi.forecast.report.sources import Source
from innosi.forecast.report.templates import rendered
from innosi.scenarios.drawing.figures import Plot

LONGEST = 16
"""A table of more rows is folded, so that the page can be read through."""
WORDY = 36
"""From so many characters on, a cell is a text rather than a name, and its column is given room."""
SHORT = 12
"""Up to so many characters a cell stays on one line: dates do, and spans of years."""
INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True)
class Sheet:
    """A table as people read it: every cell is a text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    are_numeric: tuple[bool, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether it is folded."""
        return len(self.rows) > LONGEST

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of each column whether it holds numbers (n), texts (t), what is short (s), or longer names."""
        longest = [
            max((len(row[place]) for row in self.rows), default=0) for place in range(len(self.columns))
        ]
        return tuple(
            "n" if is_numeric else "t" if length >= WORDY else "s" if length <= SHORT else ""
            for is_numeric, length in zip(self.are_numeric, longest, strict=True)
        )


@dataclass(frozen=True)
class Reasons:
    """Why something is as it is: sentences, and the table behind them."""

    title: str
    sentences: tuple[str, ...]
    sheet: Sheet


@dataclass(frozen=True)
class Part:
    """What one command shows: its picture, and its tables."""

    plots: Sequence[Plot]
    sheets: Sequence[Sheet]


@dataclass(frozen=True)
class Step:
    """What one file of a workshop says.

    Attributes
    ----------
    kind : str
        What it is: `futures table`.
    question : str
        What is asked by it.
    said : tuple of str
        Sentences in which the file says that its data are assumed or simulated.
    reasons : sequence of Reasons
    remarks : tuple of str
        What else a reader must know.
    """

    kind: str
    title: str
    question: str
    description: str
    said: tuple[str, ...]
    parts: Sequence[Part]
    sources: Sequence[Source]
    reasons: Sequence[Reasons] = ()
    remarks: tuple[str, ...] = ()

    @property
    def finding(self) -> str:
        """What it shows, in a line."""
        plots = [each.title for part in self.parts for each in part.plots]
        sheets = [each.title for part in self.parts for each in part.sheets]
        incomplete = [title for title in sheets if title.startswith(INCOMPLETE)]
        return next(iter((*incomplete, *plots, *sheets)))


@dataclass(frozen=True)
class Workshop:
    """The steps of a workshop, and when and by which command their page is made."""

    title: str
    steps: Sequence[Step]
    at: datetime
    command: str


def render_workshop(workshop: Workshop) -> str:
    """Return a workshop's page as HTML."""
    context = {
        "workshop": workshop,
        "sources": _steps_of_sources(workshop.steps),
        "date": f"{workshop.at.day} {workshop.at:%B %Y}",
        "version": version("innosi"),
        "kinds": Counter(step.kind for step in workshop.steps),
        "supposed": [number for number, step in enumerate(workshop.steps, start=1) if step.said],
    }
    filters: dict[str, Callable[..., str]] = {
        "breakable": breakable,
        "sentence": sentence,
        "coded": coded,
        "placed": placed,
    }
    return rendered("workshop.html.jinja", ("report.css", "workshop.css"), context, filters=filters)


def _steps_of_sources(steps: Sequence[Step]) -> dict[Source, list[int]]:
    """Return every file once, with the numbers of the steps that rest on it."""
    found: dict[Source, list[int]] = {}
    for number, step in enumerate(steps, start=1):
        for source in step.sources:
            found.setdefault(source, []).append(number)
    return found


def breakable(name: str) -> Markup:
    """Return a name that may be broken between its words, so that no column is wider than it must be."""
    return Markup(re.sub(r"(?<=\w)([_=×/])(?=\w)", r"\1<wbr>", str(Markup.escape(name))))


def coded(text: str) -> Markup:
    """Return a text whose `commands` and keys are set as such."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(Markup.escape(text))))


def sentence(text: str) -> str:
    """Return a line as it begins in a text; a name stays as it is."""
    first = re.split(r"[\s:;,]", text, maxsplit=1)[0]
    is_word = first != "innosi" and first.replace("'", "").replace("’", "").isalpha() and first.islower()
    return text[:1].upper() + text[1:] if is_word else text


def placed(plot: Plot, prefix: str) -> Markup:
    """Return a plot's SVG with ids of its place on the page, named for people who cannot see it."""
    name = re.escape(plot.name)
    svg = re.sub(rf'\bid="{name}-', f'id="{prefix}-', plot.svg)
    svg = re.sub(rf'(xlink:href="#|url\(#){name}-', rf"\1{prefix}-", svg)
    start, _, body = svg.partition(">")
    start = start.replace(
        "<svg", f'<svg role="img" aria-labelledby="{prefix}-title" aria-describedby="{prefix}-said"', 1
    )
    about = (
        f'<title id="{prefix}-title">{escape(plot.title)}</title>'
        f'<desc id="{prefix}-said">{escape(plot.alternative)}</desc>'
    )
    return Markup(f"{start}>{about}{body}")
