"""A plot of why a scenario hangs together: what promotes and restricts each state, and its nearest rival."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill, wrap

from matplotlib.axes import Axes

from innosi.models.arrays import IntArray
from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
from innosi.scenarios.construction.balance.explaining import DescriptorReasons, Influence, StateReasons
from innosi.scenarios.construction.balance.scenario_list import label_of
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.palette import GAIN, INK, LOSS, MUTED, text_on

_WIDE, _ROW, _LEFT, _LONGEST = 9.0, 0.36, 2.9, 42
_SMALL, _SMALLEST, _CHARACTER = 8.5, 7.0, 0.062
_HEIGHT, _FAINT, _APART, _SHORTEST = 0.82, 0.4, 0.5, 4
_WORDS = (
    "from left to right: what restricts and what promotes it, with the driver that does so; the line is the"
    " sum. Pale: the nearest rival"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A state and where it stands, from above."""

    place: float
    reasons: StateReasons
    label: str


def draw_reasons(
    balance: CrossImpactBalance, scenario: IntArray, reasons: Sequence[DescriptorReasons]
) -> Plot:
    """Draw what promotes and restricts each state of a scenario, and the nearest rival of each below it."""
    rows = _rows(balance, reasons)
    tall = max((each.place for each in rows), default=0.0) + 1
    most = max((sum(one.judgement for one in each.reasons.pros) for each in rows), default=0.0)
    least = min((sum(one.judgement for one in each.reasons.cons) for each in rows), default=0.0)
    span = max(most - least, 1.0)
    title = _title(balance, scenario, reasons)
    with drawing(1.2 + _ROW * tall, width=_WIDE) as (figure, axes):
        room = (_WIDE - _LEFT) / (1.12 * span)
        for each in rows:
            _stack(axes, each, room)
        axes.axvline(0, color=MUTED, linewidth=0.8, zorder=0)
        axes.set_yticks([each.place for each in rows], [each.label for each in rows], fontsize=_SMALL)
        for text, each in zip(axes.get_yticklabels(), rows, strict=True):
            text.set_color(INK if each.reasons.is_own else MUTED)
        axes.set_xlim(least - 0.06 * span, most + 0.06 * span)
        axes.set_ylim(tall - 0.4, -0.7)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        figure.supxlabel(fill(_WORDS, 110), fontsize=_SMALL + 1, color=MUTED)
        return finished(figure, "reasons", title, f"{title}. {_said(rows)}.")


def _rows(balance: CrossImpactBalance, reasons: Sequence[DescriptorReasons]) -> list[_Row]:
    rows, place = [], 0.0
    for each in reasons:
        descriptor = balance.title_of(each.descriptor)
        own = f"{descriptor}: {balance.title_of(each.descriptor, each.own.state)}"
        rows.append(_Row(place, each.own, _short(own)))
        rival = next((state for state in each.states if state.state == each.rival), None)
        if rival is not None:
            place += 1
            rows.append(_Row(place, rival, _short(f"or: {balance.title_of(each.descriptor, rival.state)}")))
        place += 1 + _APART
    return rows


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"


def _stack(axes: Axes, row: _Row, room: float) -> None:
    """The influences on a state on either side of 0, and their sum; `room` is inches for each step."""
    alpha = 1.0 if row.reasons.is_own else _FAINT
    for influences, colour in ((row.reasons.pros, GAIN), (row.reasons.cons, LOSS)):
        start = 0.0
        for each in influences:
            axes.barh(row.place, each.judgement, _HEIGHT, start, color=colour, alpha=alpha, edgecolor="white")
            text = _fitting(each, room)
            ink = text_on(colour) if row.reasons.is_own else INK
            middle = start + each.judgement / 2
            axes.text(
                middle,
                row.place,
                text,
                ha="center",
                va="center",
                fontsize=_SMALLEST,
                color=ink,
                linespacing=1.0,
            )
            start += each.judgement
    half = _HEIGHT / 2 + 0.05
    axes.vlines(row.reasons.score, row.place - half, row.place + half, color=INK, linewidth=2.2, zorder=3)


def _fitting(influence: Influence, room: float) -> str:
    """The driver's name in two lines, as far as it fits; nothing where little of it would."""
    n = int(abs(influence.judgement) * room / _CHARACTER) - 1
    if n < _SHORTEST:
        return ""
    lines = wrap(influence.descriptor.replace("_", " ").replace("-", " "), n, break_long_words=False)
    return "\n".join(line if len(line) <= n else f"{line[: n - 1]}…" for line in lines[:2])


def _title(balance: CrossImpactBalance, scenario: IntArray, reasons: Sequence[DescriptorReasons]) -> str:
    name = label_of(balance, scenario)
    against = [each for each in reasons if not each.is_consistent]
    if against:
        worst = min(against, key=lambda each: each.margin)
        rival = balance.title_of(worst.descriptor, worst.rival)
        what = f"“{balance.title_of(worst.descriptor)}” would rather be “{rival}”, by {-worst.margin:g}"
        return f"“{name}” does not hold together: {what}"
    pushed = [each for each in reasons if each.rival and any(one.pros or one.cons for one in each.states)]
    if not pushed:
        return f"“{name}” holds together: nothing acts on any of its states"
    weakest = min(pushed, key=lambda each: each.margin)
    rival = f"“{balance.title_of(weakest.descriptor, weakest.rival)}”"
    if weakest.margin > 0:
        ahead = f"ahead of {rival} by {weakest.margin:g}"
    elif weakest.margin == 0:
        ahead = f"{rival} would do as well"
    else:
        ahead = f"{rival} is promoted more, by {-weakest.margin:g}, which the tolerance allows"
    return f"“{name}” holds together, least firmly by “{balance.title_of(weakest.descriptor)}”: {ahead}"


def _said(rows: Sequence[_Row]) -> str:
    return "; ".join(f"{each.label} {each.reasons.score:g}" for each in rows)
