"""The calibration curve: how often what was given a probability happened."""

from collections.abc import Mapping

from innosi.forecast.answers.values import Answers
from innosi.forecast.scoring import calibration_of
from innosi.forecast.statistics.calibration import BrierParts, CalibrationBin
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError
from innosi.scenarios.drawing.figures import Plot, drawing, finished
from innosi.scenarios.drawing.palette import MUTED, REFERENCE, SERIES

_SIZE, _RELIABLE = 5.2, 0.01


def calibration_plot(study: Study, answers: Answers, outcomes: Mapping[str, float]) -> Plot:
    """Draw, for each round, how often what panellists gave a probability happened.

    Raises
    ------
    AnswerError
        If no probability is resolved.
    """
    from matplotlib.ticker import PercentFormatter

    found = {number: calibration_of(study, answers, outcomes, number) for number in answers.rounds}
    known = {number: each for number, each in found.items() if each is not None}
    if not known:
        raise AnswerError("has no resolved probabilities to draw", mend="give the outcomes of some")
    with drawing(_SIZE, width=_SIZE + 1.2) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=REFERENCE, linewidth=1, linestyle=(0, (4, 3)))
        axes.text(0.98, 0.93, "perfect", color=MUTED, fontsize=8, ha="right")
        for index, (number, (_, curve)) in enumerate(known.items()):
            aside = 0.008 * (index - (len(known) - 1) / 2)
            said = [each.stated + aside for each in curve]
            came = [each.happened for each in curve]
            colour = SERIES[index % len(SERIES)]
            low = [each.happened - each.happened_low for each in curve]
            high = [each.happened_high - each.happened for each in curve]
            axes.errorbar(said, came, yerr=[low, high], color=colour, linewidth=1, fmt="none", alpha=0.6)
            axes.plot(said, came, color=colour, linewidth=1.2, label=study.rounds[number - 1])
            axes.scatter(said, came, s=[12 + 2 * each.n**0.7 for each in curve], color=colour, zorder=3)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="probability that was given", ylabel="")
        axes.set_ylabel("share that happened (with 95 % interval)")
        axes.grid(visible=True)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.legend(frameon=False, loc="upper left", fontsize=8.5)
    last, (parts, curve) = list(known.items())[-1]
    title = f"{study.title} – in round {last}, {_finding(parts, curve)}"
    words = "; ".join(f"of those near {each.stated:.0%}, {each.happened:.0%} happened" for each in curve)
    return finished(figure, "calibration", title, f"{title}. Round {last}: {words}.")


def _finding(parts: BrierParts, curve: tuple[CalibrationBin, ...]) -> str:
    """Say whether what was said came as often as that, weighing each stretch by its answers."""
    if parts.reliability < _RELIABLE:
        return "what was said came about as often"
    sides = (each.n * (each.stated - each.happened) * (1 if each.stated > 0.5 else -1) for each in curve)
    return "panellists were too sure" if sum(sides) > 0 else "panellists were less sure than they could be"
