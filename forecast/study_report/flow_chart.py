"""The course of a study as a chart of boxes: the panel on the left, its questions on the right, by round.

One layout, in units of a point, is drawn as SVG for pages and as PNG for documents; see `flow_drawing`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from innosi.forecast.history import QuestionHistory, RoundHistory, StudyHistory
from innosi.forecast.study_report.wording import count, day, number, of_all

WIDTH = 480.0
SIZE = 12.0
"""Of the text, in points."""
LINE = 16.0
_PADDING, _GAP, _MARGIN = 8.0, 18.0, 3.0
_LANE = (WIDTH - 2 * _MARGIN - 20) / 2
_LEFT, _RIGHT = _MARGIN, WIDTH - _MARGIN - _LANE
_SPINE, _INDENT = 14.0, 30.0
"""How far from a lane's left the line downwards runs, and how far beside it a box of exits stands."""

Tone = Literal["lane", "stage", "round", "exit", "warning"]
Side = Literal["panel", "questions"]
_AT: dict[Side, float] = {"panel": _LEFT, "questions": _RIGHT}


@dataclass(frozen=True, slots=True)
class Box:
    """A box with lines of text, the first `n_bold` of them bold; `x` and `y` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    tone: Tone = "stage"
    n_bold: int = 0


@dataclass(frozen=True, slots=True)
class Arrow:
    """A straight line with a head at its end."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class FlowChart:
    """A laid-out chart.

    Attributes
    ----------
    width, height : float
        In points.
    boxes, arrows : tuple
    title, alternative : str
        What it is, and all that it says, for those who do not see it.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    title: str
    alternative: str


@dataclass(frozen=True, slots=True)
class _Stage:
    """A row of the chart: what stands in each lane, or (`heading`) across both."""

    panel: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    panel_exits: tuple[str, ...] = ()
    question_exits: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    tone: Tone = "stage"


@dataclass(slots=True)
class _Sheet:
    """A chart while it is laid out, from top to bottom."""

    y: float = _MARGIN
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    spines: dict[Side, float] = field(default_factory=dict)
    """Where, in each lane, the line to what comes next begins."""


def flow_chart(history: StudyHistory, *, is_simulated: bool = False) -> FlowChart:
    """Return the course of a study: who was asked and answered, and what became of its questions.

    Parameters
    ----------
    is_simulated : bool
        Whether no people answered; the chart then says so above all.
    """
    stages = tuple(_stages(history, is_simulated=is_simulated))
    sheet = _Sheet()
    _lane_titles(sheet)
    for stage in stages:
        _place(sheet, stage)
    said = "; ".join(_in_words(stage) for stage in stages)
    title = "Course of the study: the panel and its questions, round by round"
    height = sheet.y - _GAP + _MARGIN
    return FlowChart(WIDTH, height, tuple(sheet.boxes), tuple(sheet.arrows), title, f"{said}.")


def _stages(history: StudyHistory, *, is_simulated: bool) -> Iterator[_Stage]:
    if is_simulated:
        yield _Stage(heading=("Simulated panel: no people answered",), tone="warning")
    first = min((each.number for each in history.rounds), default=1)
    n_first = sum(each.added <= first for each in history.questions)
    yield _Stage(
        panel=(f"On the panel’s list: {count(history.n_listed, 'person', 'people')}",),
        questions=(f"At the start: {count(n_first, 'question')}",),
    )
    for round_ in history.rounds:
        yield _Stage(heading=_round_title(round_), tone="round")
        yield _round_stage(history, round_)
    if history.rounds:
        yield _last_stage(history)


def _round_title(round_: RoundHistory) -> tuple[str, ...]:
    numbered = f"Round {round_.number}"
    title = numbered if round_.title in ("", numbered) else f"{numbered}: {round_.title}"
    days = [
        f"{word} {day(at.date())}"
        for word, at in (("opened", round_.opened), ("closed", round_.closed))
        if at is not None
    ]
    return (title, ", ".join(days)) if days else (title,)


def _round_stage(history: StudyHistory, round_: RoundHistory) -> _Stage:
    return _Stage(
        panel=(
            f"On the panel: {number(round_.n_invited)}",
            f"Answered: {of_all(round_.n_answered, round_.n_invited)}",
            f"In full: {of_all(round_.n_complete, round_.n_invited)}",
        ),
        questions=tuple(_asked(history, round_)),
        panel_exits=_counted(
            ("Did not answer", round_.n_invited - round_.n_answered), ("Withdrew", round_.n_withdrawn)
        ),
        question_exits=_counted(*_settled_counts(history.questions, round_.number)),
    )


def _asked(history: StudyHistory, round_: RoundHistory) -> Iterator[str]:
    yield f"Asked: {count(len(round_.questions), 'question')}"
    first = history.rounds[0].number
    if round_.number > first:
        added = [each for each in history.questions if each.added == round_.number]
        proposed = sum(each.from_proposal for each in added)
        by_panel = f" ({number(proposed)} from the panel)" if proposed else ""
        if added:
            yield f"New: {number(len(added))}{by_panel}"
    n_reworded = sum(round_.number in each.reworded for each in history.questions)
    if n_reworded:
        yield f"In a new wording: {number(n_reworded)}"


def _settled_counts(
    questions: Iterable[QuestionHistory], after: int | None = None
) -> tuple[tuple[str, int], ...]:
    """How many questions were settled in which way: after one round, or in all."""
    settled = [each.settled for each in questions if after in (None, each.settled_after)]
    return tuple((word.capitalize(), settled.count(word)) for word in ("accepted", "dropped"))


def _last_stage(history: StudyHistory) -> _Stage:
    last = history.rounds[-1]
    settled = _settled_counts(history.questions)
    n_open = len(history.questions) - sum(n for _, n in settled)
    outcome = _counted(*settled, ("Not settled", n_open))
    return _Stage(
        heading=("After the last round",) if history.state != "finished" else ("End of the study",),
        tone="round",
        panel=(
            f"Answered the last round: {number(last.n_answered)}",
            *_share_of_listed(last.n_answered, history.n_listed),
            *_counted(("Withdrew in all", history.n_withdrawn)),
        ),
        questions=outcome or ("No questions",),
    )


def _share_of_listed(n: int, n_listed: int) -> Iterator[str]:
    if n_listed:
        yield f"Of all listed: {number(n / n_listed * 100, 0)}%"


def _counted(*counts: tuple[str, int]) -> tuple[str, ...]:
    """Return a line for each count that is not nought."""
    return tuple(f"{word}: {number(n)}" for word, n in counts if n > 0)


def _in_words(stage: _Stage) -> str:
    parts = (stage.heading, stage.panel, stage.panel_exits, stage.questions, stage.question_exits)
    return ", ".join(line for part in parts for line in part)


_LANE_TITLES: dict[Side, str] = {"panel": "Panel", "questions": "Questions"}


def _lane_titles(sheet: _Sheet) -> None:
    for side, title in _LANE_TITLES.items():
        sheet.boxes.append(Box(_AT[side], sheet.y, _LANE, LINE + _PADDING, (title,), "lane", 1))
    sheet.y += LINE + _PADDING


def _place(sheet: _Sheet, stage: _Stage) -> None:
    if stage.heading:
        box = _box(_MARGIN, sheet.y, WIDTH - 2 * _MARGIN, stage.heading, stage.tone, n_bold=1)
        _arrive(sheet, box.y)
        sheet.boxes.append(box)
        sheet.spines = dict.fromkeys(sheet.spines, box.y + box.height)
        sheet.y += box.height + _GAP * 0.7
    if stage.panel or stage.questions:
        _arrive(sheet, sheet.y)
        _row(sheet, {"panel": stage.panel, "questions": stage.questions})
    if stage.panel_exits or stage.question_exits:
        _exits(sheet, {"panel": stage.panel_exits, "questions": stage.question_exits})


def _arrive(sheet: _Sheet, y: float) -> None:
    """Draw each lane's line down to what comes next."""
    for side, start in sheet.spines.items():
        if y > start:
            x = _AT[side] + _SPINE
            sheet.arrows.append(Arrow(x, start, x, y))


def _row(sheet: _Sheet, lines: dict[Side, tuple[str, ...]]) -> None:
    boxes = {side: _box(_AT[side], sheet.y, _LANE, said) for side, said in lines.items()}
    tallest = max(box.height for box in boxes.values())
    sheet.boxes += [replace(box, height=tallest) for box in boxes.values()]
    sheet.spines = dict.fromkeys(boxes, sheet.y + tallest)
    sheet.y += tallest + _GAP


def _exits(sheet: _Sheet, lines: dict[Side, tuple[str, ...]]) -> None:
    sheet.y -= _GAP * 0.4
    boxes = {
        side: _box(_AT[side] + _INDENT, sheet.y, _LANE - _INDENT, said, "exit")
        for side, said in lines.items()
        if said
    }
    for side, box in boxes.items():
        middle = box.y + box.height / 2
        sheet.boxes.append(box)
        sheet.arrows.append(Arrow(_AT[side] + _SPINE, middle, box.x, middle))
    sheet.y += max(box.height for box in boxes.values()) + _GAP


def _box(
    x: float, y: float, width: float, said: tuple[str, ...], tone: Tone = "stage", *, n_bold: int = 0
) -> Box:
    """Return a box that is as tall as its text needs."""
    lines: list[str] = []
    bold = 0
    for place, each in enumerate(said):
        found = wrapped(each, width - 2 * _PADDING, is_bold=place < n_bold)
        lines += found
        bold += len(found) if place < n_bold else 0
    return Box(x, y, width, len(lines) * LINE + 2 * _PADDING - 4, tuple(lines), tone, bold)


_NARROW, _WIDE = set("iljI|!.,:;'’ ()[]ftr/-"), set("mwMW%—@")


def text_width(text: str, *, is_bold: bool = False) -> float:
    """Return about how wide a text is, in points: rather too wide, as of DejaVu Sans, a wide face."""
    return sum(map(_ems, text)) * SIZE * (1.14 if is_bold else 1.0)


def _ems(letter: str) -> float:
    if letter in _NARROW:
        return 0.41
    if letter in _WIDE or not letter.isascii():
        return 1.0
    return 0.79 if letter.isupper() else 0.64


def wrapped(text: str, width: float, *, is_bold: bool = False) -> list[str]:
    """Return a text in lines that fit a width; a word that is too long for a line is cut in pieces."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, is_bold=is_bold) <= width:
            lines[-1] = longer
            continue
        pieces = _pieces(word, width, is_bold=is_bold)
        lines = [*filter(None, lines), *pieces]
    return lines


def _pieces(word: str, width: float, *, is_bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, is_bold=is_bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
