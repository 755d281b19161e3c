"""The picture of a backcast: a roadmap with lanes by theme, arrows of needs, and the vision at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.pathways.backcast import Backcast, Indicator, Milestone
from innosi.scenarios.construction.pathways.dates import decimal_year, in_words
from innosi.scenarios.construction.pathways.labels import Label, draw_label, in_inches, label_of, write_lines
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short
from innosi.scenarios.drawing.palette import GAIN, INK, MUTED, RULE

MOST_DRAWN, MOST_REORDERED = 60, 6
NO_LANE = "without a lane"
_WIDTH, _LEFT, _RIGHT = 11.0, 1.35, 2.05
_GAP, _LANE_GAP, _TOP, _FOOT = 0.12, 0.14, 0.15, 0.95
_TO_VISION = 0.3
_PALE, _TIGHT = "#e3eef7", "#f6dcc8"


@dataclass(frozen=True, slots=True)
class Card:
    """A milestone on the sheet.

    Attributes
    ----------
    label : Label
    right, row : float, int
        Where its box ends, in inches; and in which row of its lane it stands, from above.
    is_early : bool
        Whether its date lies so early that its box, which has no room before it, ends later.
    """

    milestone: Milestone
    label: Label
    right: float
    row: int
    is_early: bool

    @property
    def left(self) -> float:
        """Where its box begins."""
        return self.right - self.label.extent[0]


@dataclass(frozen=True, slots=True)
class Lane:
    """A theme, and its milestones in rows of one height, in which none lies upon another."""

    name: str
    cards: tuple[Card, ...]
    row_height: float

    @property
    def height(self) -> float:
        """How high it is, in inches."""
        return self.row_height * (1 + max(each.row for each in self.cards))


def lanes_of(found: Backcast) -> tuple[Lane, ...]:
    """Return the lanes: a milestone's box ends at its date; those that would overlap stand in other rows.

    Lanes stand in such an order that arrows pass over few of them.
    """
    by_theme: dict[str, list[Milestone]] = {}
    for each in found.milestones:
        by_theme.setdefault(each.theme or NO_LANE, []).append(each)
    lanes = [_lane(theme, milestones, found) for theme, milestones in by_theme.items()]
    if len(lanes) > MOST_REORDERED:
        return tuple(lanes)
    return min(permutations(lanes), key=lambda order: _reach(order, found))


def _reach(lanes: Sequence[Lane], found: Backcast) -> int:
    """Over how many lanes the arrows of needs pass in all."""
    at = {card.milestone.name: row for row, lane in enumerate(lanes) for card in lane.cards}
    return sum(abs(at[each.name] - at[other]) for each in found.milestones for other in each.needs)


def _lane(theme: str, milestones: Sequence[Milestone], found: Backcast) -> Lane:
    ends: list[float] = []
    cards: list[Card] = []
    for each in milestones:  # by date
        label = label_of(each.title, width=22, lines=4, size=7.5, head=_until(each))
        at, least = _across(each.by, found), _LEFT + label.extent[0]
        right = max(at, least)
        left = right - label.extent[0]
        row = next((row for row, end in enumerate(ends) if end + _GAP <= left), len(ends))
        ends[row : row + 1] = [right]
        cards.append(Card(each, label, right, row, at < least))
    height = max(card.label.extent[1] for card in cards) + _GAP
    return Lane(theme, tuple(cards), height)


def _until(milestone: Milestone) -> str:
    return f"{milestone.by:%Y-%m}"


def _across(day: date, found: Backcast) -> float:
    first, last = decimal_year(found.today), decimal_year(found.vision.by)
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (decimal_year(day) - first) / (last - first)


def draw_roadmap(found: Backcast) -> Plot:
    """Draw the milestones over time in lanes, what needs what, the indicators' targets, and the vision.

    A thick frame marks the critical chain, orange what comes too late even if all is begun at once.

    Raises
    ------
    InnosiError
        If there are more milestones than anybody can read.
    """
    if len(found.milestones) > MOST_DRAWN:
        n = len(found.milestones)
        problem = f"{n} milestones are too many for one picture; at most {MOST_DRAWN} are drawn"
        raise InnosiError(problem, mend="leave small steps out, or make two files")
    lanes = lanes_of(found)
    shown = [each for each in found.indicators if each.targets]
    below = 0.42 * len(shown) + (0.3 if shown else 0)
    body = sum(lane.height + _LANE_GAP for lane in lanes)
    body += max(0.0, _vision_label(found).extent[1] + 0.1 - body)
    height = _TOP + body + below + _FOOT
    with drawing(height, width=_WIDTH) as (figure, axes):
        in_inches(figure, axes, (0, _WIDTH, 0, height))
        _draw_years(axes, found, _FOOT - 0.2, height - _TOP)
        places = _draw_lanes(axes, found, lanes, height - _TOP)
        _draw_arrows(axes, found, places)
        _draw_vision(axes, found, (height - _TOP - body, height - _TOP))
        for row, each in enumerate(shown):
            _draw_indicator(axes, found, each, _FOOT + 0.42 * (len(shown) - 1 - row) + 0.18)
        _draw_legend(axes, lanes, bool(shown))
        title = roadmap_title(found)
        return finished(figure, "roadmap", title, _in_words(found, title))


def roadmap_title(found: Backcast) -> str:
    """Say by when the vision is, and whether the critical chain leaves time for it."""
    head = f"{found.vision.title} by {found.vision.by.year}"
    n = len(found.milestones)
    if not found.is_timed:
        return f"{head}: {n} milestone{'' if n == 1 else 's'} on the way"
    takes, slack = in_words(found.chain_days), found.chain_slack
    left = f"{in_words(slack)} to spare" if slack >= 0 else f"{in_words(slack)} too little"
    return f"{head}: the longest chain takes {takes}, and the tightest milestone has {left}"


def _vision_label(found: Backcast) -> Label:
    title = label_of(found.vision.title, width=22, lines=6, size=9, head=f"{found.vision.by:%Y}")
    states = [line for each in found.vision.states for line in ("", *label_of(each, width=26, lines=4).lines)]
    return Label((*title.lines, *states), 8, 0.09)


def _draw_vision(axes: Axes, found: Backcast, ends: tuple[float, float]) -> None:
    label, left = _vision_label(found), _WIDTH - _RIGHT + _TO_VISION
    size = (_WIDTH - left - 0.1, ends[1] - ends[0])
    axes.add_patch(Rectangle((left, ends[0]), *size, facecolor=INK, zorder=3))
    middle = (left + size[0] / 2, (sum(ends) + label.extent[1]) / 2 - label.padding)
    write_lines(axes, label, middle, "#ffffff", centred=True)


def _draw_years(axes: Axes, found: Backcast, bottom: float, top: float) -> None:
    for day, text in _ticks(found):
        x = _across(day, found)
        if _LEFT - 0.01 <= x <= _WIDTH - _RIGHT + 0.02:
            axes.plot([x, x], [bottom, top], color=RULE, linewidth=0.6, zorder=0)
            axes.text(x, bottom - 0.1, text, fontsize=8, color=MUTED, ha="center", va="center")


def _ticks(found: Backcast) -> list[tuple[date, str]]:
    """The days that are named below the picture: when years begin, or months where it spans few."""
    years = range(found.today.year, found.vision.by.year + 2)
    n_months = 12 * (decimal_year(found.vision.by) - decimal_year(found.today))
    if n_months > 30:
        return [(date(year, 1, 1), str(year)) for year in years[:: -(-len(years) // 14)]]
    step = 1 if n_months <= 10 else 3
    days = [date(year, month, 1) for year in years for month in range(1, 13, step)]
    return [(day, f"{day:%Y-%m}") for day in days]


Place = tuple[Card, float]
"""A card, and how high the middle of its box lies."""


def _draw_lanes(axes: Axes, found: Backcast, lanes: Sequence[Lane], top: float) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for lane in lanes:
        bottom = top - lane.height
        name = label_of(lane.name, width=17, lines=3, size=8.5)
        write_lines(axes, name, (0.1, top - 0.06), INK)
        axes.plot([0.1, _WIDTH - _RIGHT], [bottom - _LANE_GAP / 2] * 2, color=RULE, linewidth=0.8, zorder=0)
        for card in lane.cards:
            middle = top - (card.row + 0.5) * lane.row_height
            places[card.milestone.name] = (card, middle)
            _draw_card(axes, found, card, middle)
        top = bottom - _LANE_GAP
    return places


def _draw_card(axes: Axes, found: Backcast, card: Card, middle: float) -> None:
    is_late = card.milestone.slack < 0
    is_critical = card.milestone.name in found.chain
    at = ((card.left + card.right) / 2, middle)
    fill = _TIGHT if is_late else _PALE
    draw_label(
        axes, card.label, at, fill, edge=INK if is_critical else MUTED, width=2.0 if is_critical else 0.6
    )


def _draw_arrows(axes: Axes, found: Backcast, places: Mapping[str, Place]) -> None:
    """An arrow from each milestone to what needs it; what nothing needs leads to the vision."""
    needed = {other for each in found.milestones for other in each.needs}
    chain = set(zip(found.chain, found.chain[1:], strict=False))
    for each in found.milestones:
        card, middle = places[each.name]
        for other in each.needs:
            _arrow(axes, *_ends(places[other], (card, middle)), is_critical=(other, each.name) in chain)
        if each.name not in needed:
            end = (_WIDTH - _RIGHT + _TO_VISION, middle)
            _arrow(axes, (card.right, middle), end, is_critical=each.name == found.chain[-1])


def _ends(source: Place, target: Place) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arrow begins and ends: at the sides of boxes, or above and below if they overlap."""
    (first, high), (second, low) = source, target
    if first.right + _GAP / 2 <= second.left:
        return (first.right, high), (second.left, low)
    down = -1 if low < high else 1
    begins = (first.right - 0.2, high + down * first.label.extent[1] / 2)
    return begins, (max(second.left + 0.2, begins[0]), low - down * second.label.extent[1] / 2)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], *, is_critical: bool) -> None:
    colour, width = (INK, 1.6) if is_critical else (MUTED, 0.9)
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "mutation_scale": 9}
    axes.annotate("", end, start, arrowprops={**style, "shrinkA": 0, "shrinkB": 0}, zorder=2)


def _draw_indicator(axes: Axes, found: Backcast, indicator: Indicator, at: float) -> None:
    """A line of values: today's, each target's and the vision's, at their dates."""
    sign = "≥" if indicator.direction == "at_least" else "≤"
    name = label_of(f"{indicator.title} ({indicator.unit})", width=20, lines=3, size=7)
    write_lines(axes, name, (0.1, at + name.extent[1] / 2 - name.padding), MUTED)
    points = [] if indicator.present is None else [(found.today, short(indicator.present))]
    points += [(each.date, f"{sign} {short(each.target)}") for each in indicator.targets]
    across = [_across(day, found) for day, _ in points]
    axes.plot(across, [at - 0.08] * len(across), "o-", color=GAIN, markersize=4.5, linewidth=1, zorder=2)
    last = -1.0
    for x, (_, text) in zip(across, points, strict=True):
        shift = 0.0 if x - last > 0.4 else 0.4 - (x - last)
        last = x + shift
        axes.text(last, at + 0.07, text, fontsize=8, color=INK, ha="center", va="center")


def _draw_legend(axes: Axes, lanes: Sequence[Lane], has_indicators: bool) -> None:
    at = 0.1
    for fill, edge, width, text in (
        (_PALE, INK, 2.0, "on the longest chain"),
        (_TIGHT, MUTED, 0.6, "too late, even if all is begun at once"),
    ):
        draw_label(axes, Label((" ",), 8, 0.03), (at + 0.1, 0.36), fill, edge=edge, width=width)
        label = Label((text,), 8)
        write_lines(axes, label, (at + 0.26, 0.43), INK)
        at += 0.5 + label.extent[0]
    is_early = any(card.is_early for lane in lanes for card in lane.cards)
    text = f"a box ends at its date{' (the first ones later, for room)' if is_early else ''}"
    text += "; an arrow leads from what is needed to what needs it"
    text += "; straight lines between an indicator's stated values are no forecast" if has_indicators else ""
    write_lines(axes, Label((text,), 7.5), (0.1, 0.2), MUTED)


def _in_words(found: Backcast, title: str) -> str:
    parts = []
    for each in found.milestones:
        needs = f", needs {', '.join(each.needs)}" if each.needs else ""
        late = ", too late" if each.slack < 0 else ""
        parts.append(f"{each.title} by {each.by}{needs}{late}")
    return f"{title}. {'; '.join(parts)}."
