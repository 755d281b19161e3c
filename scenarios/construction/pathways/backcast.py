"""A backcast: from a vision back to today, by the milestones without which it is not reached.

Source: Robinson (1982), Energy Policy 10(4), and (1990), Futures 22(8); Holmberg & Robèrt (2000),
International Journal of Sustainable Development & World Ecology 7(4); Quist & Vergragt (2006), Futures 38(9).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.construction.pathways.critical_path import longest_chain, schedule
from innosi.scenarios.construction.pathways.dates import after, in_words
from innosi.scenarios.construction.pathways.indicators import VISION, IndicatorTarget
from innosi.scenarios.construction.pathways.links import in_order
from innosi.scenarios.construction.settings import Settings

AT_LEAST, AT_MOST = "at_least", "at_most"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What shows how far the way is gone.

    Attributes
    ----------
    name, title, unit : str
    direction : str
        `at_least` or `at_most`.
    present : float, optional
        Its value today; None if nobody has said it.
    source, evidence : str
        Where today's value was read, and what it rests on.
    targets : tuple of IndicatorTarget
        By date; the last is the vision's, where it has one.
    """

    name: str
    title: str
    unit: str
    direction: str
    present: float | None
    source: str
    evidence: str
    targets: tuple[IndicatorTarget, ...]

    def path(self, days: FloatArray, today: date) -> FloatArray:
        """Return its values on a straight line between the stated points.

        Parameters
        ----------
        days : (n,) float
            Days after today.

        Returns
        -------
        (n,) float
            NaN before the first stated point and after the last.
        """
        points = [] if self.present is None else [(0.0, self.present)]
        points += [(float((each.date - today).days), each.target) for each in self.targets]
        if not points:
            return np.full(len(days), math.nan)
        at, values = np.array(points).T
        return np.interp(days, at, values, left=math.nan, right=math.nan)

    @property
    def turns_back(self) -> str:
        """The first milestone whose target is less than one before it; the empty text if none is."""
        sign = 1 if self.direction == AT_LEAST else -1
        values = [] if self.present is None else [self.present]
        for each in self.targets:
            if values and sign * each.target < sign * values[-1]:
                return each.milestone
            values.append(each.target)
        return ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """What must be reached on the way.

    Attributes
    ----------
    name, title, theme : str
    by : date
        Until when.
    takes : float, optional
        How long it takes, in days; None if nobody has said it, which is reckoned as no time.
    needs : tuple of str
        The milestones that must be reached before it is begun.
    earliest, start_by : date
        When it is reached if all is begun as soon as can be; and the last day to begin it.
    slack : float
        Days for which it may be put off; below 0 where it comes too late even if all is begun at once.
    who, actions, obstacles, serves : tuple of str
    """

    name: str
    title: str
    by: date
    takes: float | None
    needs: tuple[str, ...]
    earliest: date
    start_by: date
    slack: float
    theme: str = ""
    who: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Vision:
    """What is to be true one day: its title, until when, and what else it says."""

    title: str
    by: date
    states: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Backcast:
    """A way from a vision back to today, whose links and dates are checked.

    Attributes
    ----------
    title : str
    today : date
    vision : Vision
    indicators : tuple of Indicator
        By name.
    milestones : tuple of Milestone
        By date, then so that each comes after what it needs, then by name.
    chain : tuple of str
        The critical chain: of all chains of needs the one that takes longest.
    scenarios : tuple of ConstructedScenario
    settings : mapping
        What the vision reached, late or missed sets in the scenario file, by `vision-reached` and so on.
    """

    title: str
    today: date
    vision: Vision
    indicators: tuple[Indicator, ...]
    milestones: tuple[Milestone, ...]
    chain: tuple[str, ...]
    scenarios: tuple[ConstructedScenario, ...]
    settings: Settings

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        n = len(self.milestones)
        return (
            f"a sound backcast, {n} milestone{'' if n == 1 else 's'} from {self.today} to {self.vision.by},"
            f" {len(self.indicators)} indicator{'' if len(self.indicators) == 1 else 's'}"
        )

    @property
    def backwards(self) -> tuple[Milestone, ...]:
        """The milestones from the vision back to today."""
        return tuple(reversed(self.milestones))

    @property
    def is_timed(self) -> bool:
        """Whether anybody said how long anything takes."""
        return any(each.takes is not None for each in self.milestones)

    @property
    def chain_days(self) -> float:
        """How many days the critical chain takes."""
        return sum(self.milestone(name).takes or 0.0 for name in self.chain)

    @property
    def chain_slack(self) -> float:
        """The days for which the tightest milestone may be put off; below 0 where time is short."""
        return min((each.slack for each in self.milestones), default=math.inf)

    @property
    def targets(self) -> tuple[IndicatorTarget, ...]:
        """What can be followed: every target of every indicator, by indicator and date."""
        return tuple(target for each in self.indicators for target in each.targets)

    def milestone(self, name: str) -> Milestone:
        """Return a milestone by its name."""
        return next(each for each in self.milestones if each.name == name)

    def to_start(self, within: float) -> tuple[Milestone, ...]:
        """Return what must be begun within so many days from today, the most pressing first."""
        last = after(self.today, within)
        found = [each for each in self.milestones if each.start_by <= last]
        return tuple(sorted(found, key=lambda each: (each.start_by, each.by, each.name)))

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the backcast does not say yet, or what does not go together."""
        return (*_indicator_gaps(self), *_milestone_gaps(self))


def timed(
    milestones: Mapping[str, Milestone], today: date, vision: date
) -> tuple[tuple[Milestone, ...], tuple[str, ...]]:
    """Return milestones in order, with their earliest and latest dates; and the critical chain's names.

    Parameters
    ----------
    milestones : mapping of name to Milestone
        Without circles; what `earliest`, `start_by` and `slack` hold does not matter.
    """
    links = {name: each.needs for name, each in milestones.items()}
    order = in_order(links)
    place = {name: at for at, name in enumerate(order)}
    found = [milestones[name] for name in order]
    needs = [[place[other] for other in each.needs] for each in found]
    durations = [each.takes or 0.0 for each in found]
    due = [float((min(each.by, vision) - today).days) for each in found]
    plan = schedule(durations, needs, due)
    dated = [
        replace(
            each,
            earliest=after(today, plan.earliest_finish[at]),
            start_by=after(today, plan.latest_start[at]),
            slack=float(plan.slack[at]),
        )
        for at, each in enumerate(found)
    ]
    dated.sort(key=lambda each: each.by)
    return tuple(dated), tuple(order[at] for at in longest_chain(durations, needs))


def _indicator_gaps(found: Backcast) -> Iterator[str]:
    served = {name for each in found.milestones for name in each.serves}
    for each in found.indicators:
        if each.present is None:
            yield f"'{each.name}' has no present value: from where does the way begin?"
        elif not each.source:
            yield f"the present value of '{each.name}' has no source"
        is_in_vision = any(target.milestone == VISION for target in each.targets)
        if not is_in_vision:
            yield f"the vision says nothing of '{each.name}'"
        elif each.name not in served:
            yield f"no milestone serves the vision's target for '{each.name}'"
        if each.turns_back:
            way = "rise" if each.direction == AT_LEAST else "fall"
            yield f"'{each.name}' is to {way}, but goes the other way at '{each.turns_back}'"


def _milestone_gaps(found: Backcast) -> Iterator[str]:
    untimed = [each.name for each in found.milestones if each.takes is None]
    if untimed and found.is_timed:
        yield f"reckoned as taking no time, as `takes` is not given: {', '.join(untimed)}"
    elif untimed:
        yield "no milestone says how long it takes: slack is only what lies between dates"
    for each in found.milestones:
        if each.slack < 0:
            yield (
                f"'{each.name}' comes {in_words(each.slack)} too late even if all is begun at once:"
                f" reached on {each.earliest}"
            )
        if not each.who:
            yield f"nobody is named for '{each.name}'"
    needed = {name for each in found.milestones for name in each.needs}
    for each in found.milestones:
        if each.name not in needed and not each.serves:
            yield f"'{each.name}' serves no indicator, and nothing needs it"
