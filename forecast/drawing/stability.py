"""The plots of a panel from round to round: where each question's answers lay, and who moved where."""

from collections import Counter
from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from innosi.forecast.statistics.crossed import crossed
from innosi.forecast.statistics.descriptive import describe
from innosi.forecast.statistics.paired_answers import PairedAnswers
from innosi.forecast.statistics.stability import Stability
from innosi.forecast.statistics.stopping import Assessment
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError
from innosi.scenarios.drawing.figures import HALF, WIDTH, Plot, drawing, finished
from innosi.scenarios.drawing.numbers import short, year
from innosi.scenarios.drawing.palette import AT_LOW, GAIN, INK, MUTED, RULE, text_on

_ROW = 0.46
_SMALL = 8.5
_APART = 0.17
MOST_LETTERS = 28


def draw_stability(assessments: Sequence[Assessment]) -> Plot:
    """Draw how answers moved between two rounds: of one question answer by answer, of several by quartiles.

    Questions that were asked in one round only are left out.

    Raises
    ------
    AnswerError
        If none is left.
    """
    compared = [each for each in assessments if each.stability and each.stability.pairs.n]
    if not compared:
        raise AnswerError(
            "there is nothing to draw: no question was answered by anybody in two rounds",
            mend="import a second round first",
        )
    if len(compared) == 1 and compared[0].stability:
        return draw_answers(compared[0].stability)
    return draw_rounds(compared)


def draw_rounds(assessments: Sequence[Assessment]) -> Plot:
    """Draw each question's median and middle half in both rounds, with its verdict and what to do.

    Each row runs over the question's own scale or range; without one, from the smallest answer to the
    largest. Of names it shows the share of the one that the later round gives most.
    """
    title = rounds_title(assessments)
    with drawing(1.0 + _ROW * len(assessments), width=WIDTH + 1.2) as (figure, axes):
        for place, each in enumerate(assessments):
            if each.stability:
                _draw_row(axes, place, each, each.stability.pairs)
        _name_rows(axes, assessments)
        _legend(axes, assessments)
    return finished(figure, "stability", title, _rounds_in_words(assessments, title))


def rounds_title(assessments: Sequence[Assessment]) -> str:
    """Say how many questions stood still, and what is recommended most."""
    n, stable = len(assessments), sum(each.stability_word == "stable" for each in assessments)
    again = sum(each.recommendation.action.startswith("ask again") for each in assessments)
    return f"{stable} of {n} questions stood still between the rounds; {again} should be asked again"


def _draw_row(axes: Axes, place: int, each: Assessment, pairs: PairedAnswers) -> None:
    lanes = zip(_lanes(pairs), (place - _APART, place + _APART), (MUTED, GAIN), strict=True)
    for (ends, middle), at, colour in lanes:
        axes.plot(ends, (at, at), color=colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
        axes.plot(middle, at, "o", color=colour, markersize=6, markeredgecolor="white")
    axes.text(1.03, place - _APART, each.standing.word, fontsize=_SMALL, va="center", color=INK)
    doing = f"{_moved(pairs)}: {each.recommendation.action}"
    axes.text(1.03, place + _APART, doing, fontsize=_SMALL, va="center", color=MUTED)


Lane = tuple[tuple[float, float], float]
"""Where a round's middle half begins and ends, and where its median lies, from 0 to 1."""


def _lanes(pairs: PairedAnswers) -> list[Lane]:
    if pairs.question.measurement == "nominal":
        return [((share, share), share) for share in _shares_of_the_first(pairs)]
    low, high = _range(pairs)
    lanes = []
    for values in pairs.central:
        at = describe(values)
        quartiles = (at.lower_quartile, at.median, at.upper_quartile)
        lower, middle, upper = ((value - low) / (high - low) for value in quartiles)
        lanes.append(((lower, upper), middle))
    return lanes


def _moved(pairs: PairedAnswers) -> str:
    """Say from what to what the medians moved, or the share of the answer that names got most."""
    if pairs.question.measurement == "nominal":
        return " → ".join(f"{share * 100:.0f} %" for share in _shares_of_the_first(pairs))
    shown = year if pairs.question.type == "year" else short
    return " → ".join(shown(float(np.median(values))) for values in pairs.central)


def _shares_of_the_first(pairs: PairedAnswers) -> tuple[float, float]:
    """Return the share, in both rounds, of the name that the later round gives most."""
    was, is_ = pairs.central
    names, counts = np.unique(is_, return_counts=True)
    first = names[np.argmax(counts)]
    return float(np.mean(was == first)), float(np.mean(is_ == first))


def _range(pairs: PairedAnswers) -> tuple[float, float]:
    """Return where a row begins and ends: the scale, the bounds, or the answers of both rounds."""
    low, high = pairs.question.scale or pairs.question.bounds
    given = np.concatenate(pairs.central)
    low, high = (float(given.min()) if low is None else low), (float(given.max()) if high is None else high)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _name_rows(axes: Axes, assessments: Sequence[Assessment]) -> None:
    names = [each.question.name for each in assessments]
    axes.set_yticks(range(len(names)), list(map(_cut, names)))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(-0.03, 1.03)
    axes.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    axes.set_xlabel("place in the question's own scale or range (0 % lowest, 100 % highest answer)")
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def _cut(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def _legend(axes: Axes, assessments: Sequence[Assessment]) -> None:
    pairs = [each.stability.pairs for each in assessments if each.stability]
    earlier, later = (
        "round " + ", ".join(map(str, sorted(rounds)))
        for rounds in ({each.since for each in pairs}, {each.round for each in pairs})
    )
    for label, colour in ((earlier, MUTED), (later, GAIN)):
        axes.plot([], [], "o-", color=colour, linewidth=3, label=f"{label}: median and middle half")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize=_SMALL)


def _rounds_in_words(assessments: Sequence[Assessment], title: str) -> str:
    counts = Counter(each.standing.word for each in assessments)
    words = ", ".join(f"{word} {n}" for word, n in counts.most_common())
    return f"{title}. Verdicts: {words}."


def draw_answers(stability: Stability) -> Plot:
    """Draw who moved where on one question: a table of counts for levels and names, points for numbers."""
    pairs = stability.pairs
    with drawing(HALF, width=HALF + 0.4) as (figure, axes):
        if pairs.levels is None:
            _draw_points(axes, pairs)
        else:
            _draw_counts(axes, pairs, pairs.levels)
        unit = f", {pairs.question.unit}" if pairs.question.unit else ""
        axes.set_xlabel(f"answer in round {pairs.since}{unit}")
        axes.set_ylabel(f"answer in round {pairs.round}{unit}")
    title = answers_title(stability)
    return finished(figure, "answers", title, f"{title}. {pairs.question.text}")


def answers_title(stability: Stability) -> str:
    """Say how many panellists changed their answer, and whether the question stood still."""
    pairs = stability.pairs
    changed = stability.findings["share_changed"].value
    moved = 0 if np.isnan(changed) else round(changed * pairs.n)
    whole = {True: "the panel as a whole stood still", False: "the panel as a whole moved"}
    found = "stability cannot be judged" if stability.is_stable is None else whole[stability.is_stable]
    return f"{pairs.question.name}: {moved} of {pairs.n} changed their answer; {found}"


def _draw_counts(axes: Axes, pairs: PairedAnswers, levels: FloatArray) -> None:
    counts = crossed(*pairs.central, levels)
    most = max(float(np.max(counts)), 1.0)
    shades = np.where(counts > 0, 0.15 + 0.85 * counts / most, 0)
    for (was, is_), count in np.ndenumerate(counts):
        colour = _shade(float(shades[was, is_]))
        edge = INK if was == is_ else RULE
        square = Rectangle((was - 0.47, is_ - 0.47), 0.94, 0.94, facecolor=colour, edgecolor=edge)
        axes.add_patch(square)
        if count:
            axes.text(was, is_, str(count), ha="center", va="center", color=text_on(colour))
    titles = list(pairs.question.options.values())
    names = [fill(titles[int(level)], 14) if titles else short(level) for level in levels]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(-0.55, len(names) - 0.45)
    axes.set_ylim(-0.55, len(names) - 0.45)
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    axes.tick_params(bottom=False)


def _shade(strength: float) -> str:
    """Return white for 0, the later round's blue for 1, and between them their mixture."""
    full = [int(GAIN[i : i + 2], 16) for i in (1, 3, 5)]
    mixed = [round(255 + (channel - 255) * strength) for channel in full]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _draw_points(axes: Axes, pairs: PairedAnswers) -> None:
    was, is_ = pairs.central
    low, high = _range(pairs)
    margin = 0.04 * (high - low)
    axes.plot((low, high), (low, high), color=AT_LOW, linewidth=1, zorder=1)
    at = low + 0.97 * (high - low)
    along = axes.text(at, at, "no change ", color=MUTED, fontsize=_SMALL, ha="right", va="top")
    along.set(rotation=45, rotation_mode="anchor")
    axes.plot(was, is_, "o", color=GAIN, alpha=0.6, markersize=6, markeredgecolor="white")
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(low - margin, high + margin)
    axes.set_aspect("equal")
    shown = year if pairs.question.type == "year" else short
    axes.xaxis.set_major_formatter(lambda value, _: shown(value))
    axes.yaxis.set_major_formatter(lambda value, _: shown(value))
    axes.grid(visible=True)
