"""The `events` and `series` of a value map: what may happen, and what moves from year to year."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field

from innosi.models.chance_events import ChanceEvent
from innosi.models.distributions import Normal, Uniform
from innosi.models.estimates import Estimate
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.estimates import Change, Rate, Share, Years
from innosi.scenarios.loading.validation import Name, Problem, Section, nearest


class EffectsSection(Section):
    """What an event changes, each by a share of itself: -40% takes two fifths away."""

    outcomes: dict[Name, Change] = Field(default_factory=dict)
    """The value of outcomes, in the years that the event lasts."""
    inputs: dict[Name, Change] = Field(default_factory=dict)
    """The amount of inputs, whenever the event happens."""


class EventSection(Section):
    """Something that may happen."""

    title: str
    """The event in words."""
    probability: Share
    """How likely it is that it happens, within the years looked at."""
    year: Years
    """When it begins: 1 is the beginning of the first year, 2.5 the middle of the second."""
    duration: Years | None = None
    """For how many years it lasts; left out, to the end."""
    effects: EffectsSection
    """What it changes, and how strongly."""


class SeriesSection(Section):
    """A level that moves from year to year, and the value of outcomes with it."""

    title: str
    """What moves, in words."""
    outcomes: list[Name] = Field(min_length=1)
    """The outcomes whose value moves with it."""
    trend: Rate | None = None
    """Growth in a year."""
    shock: Share | None = None
    """Typical size of a year's surprise (the standard deviation of the level's logarithm)."""
    persistence: Share | None = None
    """Share of a surprise that is left in the year after."""


def chance_event(section: EventSection) -> ChanceEvent:
    """Return what an event changes; its numbers are estimates."""
    effects = section.effects
    return ChanceEvent(
        section.title,
        outcomes=tuple(effects.outcomes),
        inputs=tuple(effects.inputs),
        lasts=section.duration is not None,
    )


def change_problems(
    events: Mapping[str, EventSection],
    series: Mapping[str, SeriesSection],
    *,
    inputs: Iterable[str],
    outcomes: Iterable[str],
) -> Iterator[Problem]:
    """Yield what is wrong between events, series, and what they change, each with its key."""
    known = {"inputs": list(inputs), "outcomes": list(outcomes)}
    for name, event in events.items():
        place: KeyPath = ("events", name, "effects")
        if not event.effects.outcomes and not event.effects.inputs:
            yield place, "change nothing; name an outcome or an input, such as outcomes: {housing: -40%}"
        for group, names in known.items():
            for target in set(getattr(event.effects, group)).difference(names):
                yield (*place, group, target), f"there is no such {group[:-1]}{nearest(target, names)}"
    for name, each in series.items():
        for target in set(each.outcomes).difference(known["outcomes"]):
            problem = f"there is no outcome '{target}'{nearest(target, known['outcomes'])}"
            yield ("series", name, "outcomes"), problem
        if each.trend is None and each.shock is None:
            yield ("series", name), "moves nothing; give a trend or a shock"
        if each.persistence is not None and each.shock is None:
            yield ("series", name, "persistence"), "there is no shock that could last; give one"


def change_estimates(
    events: Mapping[str, EventSection], series: Mapping[str, SeriesSection], n_years: int
) -> Iterator[tuple[str, Estimate]]:
    """Yield, by dotted key, every number of events and series, and what is left to chance in them."""
    for name, event in events.items():
        stem = f"events.{name}"
        yield f"{stem}.probability", event.probability
        yield f"{stem}.year", event.year
        if event.duration is not None:
            yield f"{stem}.duration", event.duration
        for group in ("outcomes", "inputs"):
            for target, effect in getattr(event.effects, group).items():
                yield f"{stem}.effects.{group}.{target}", effect
        yield f"{stem}.chance", Estimate(Uniform(0.0, 1.0), is_chance=True)
    for name, each in series.items():
        for field in ("trend", "shock", "persistence"):
            if (estimate := getattr(each, field)) is not None:
                yield f"series.{name}.{field}", estimate
        for year in range(1, n_years + 1) if each.shock is not None else ():
            yield f"series.{name}.shocks.{year}", Estimate(Normal(0.0, 1.0), is_chance=True)
