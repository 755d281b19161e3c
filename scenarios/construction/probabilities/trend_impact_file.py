"""The file of a trend-impact analysis: a trend, events with their probability by year, and their impact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema

from innosi.models.distributions import Constant, Distribution, Kind
from innosi.models.errors import DistributionError, InnosiError, InputFaults
from innosi.models.estimates import Estimate
from innosi.scenarios.construction.construction_file import ConstructionFile
from innosi.scenarios.construction.probabilities.trend import (
    FittedTrend,
    Form,
    Growth,
    Points,
    Trend,
    fitted_trend,
)
from innosi.scenarios.construction.probabilities.trend_impact import ImpactProfile, TrendEvent, TrendModel
from innosi.scenarios.loading.document import Document, KeyPath
from innosi.scenarios.loading.estimates import Count, EstimateReading, Rate, Share, Years, read_estimate
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import Name, Section, validate

MOST_YEARS = 200
_LARGEST = 1e15
_LONGEST = 1000
"""Years until an impact, at the most."""


def _read_impact(raw: Any, info: ValidationInfo) -> Estimate:
    context = info.context or {}
    kind: Kind = "number" if context.get("impacts_in") == "units" else "change"
    try:
        return read_estimate(raw, kind, context["reading"])
    except InnosiError as error:  # pydantic gathers ValueErrors only
        raise DistributionError(error.problem, mend=error.mend, excerpt=error.excerpt) from None


Impact = Annotated[
    Estimate,
    PlainValidator(_read_impact),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}],
            "examples": ["-30% .. -10%", "-20%", 12],
        }
    ),
]


class TrendSection(Section):
    """What comes without surprises: a `history` with its `form`, `values`, or a `start` with its `growth`."""

    history: dict[str, float] | None = None
    """What was counted: year to value. The trend is a curve fitted to it."""
    form: Form | None = None
    """Of a history: which curve."""
    ceiling: float | None = None
    """Of a logistic curve: what it tends to; found from the history by default."""
    values: dict[str, Count] | None = None
    """In the place of a history: the trend in some years, straight between them; values may be uncertain."""
    start: int | None = None
    """In the place of both: the year in which the trend begins,"""
    value: Count | None = None
    """what it begins with,"""
    growth: Rate | None = None
    """and by how much it grows each year."""


class TrendEventSection(Section):
    """Something unheard of that may happen, and what it would do to the trend."""

    title: str = ""
    """The event in words; by default its name."""
    description: str = ""
    """What counts as its happening."""
    happened_by: dict[str, Share]
    """The probability that it has happened by the end of a year, from 0% on: `{2025: 0%, 2035: 40%}`."""
    time_to_first_impact: Years = Estimate(Constant(0.0), stated="0")
    """Years from the event until the trend begins to answer; none by default."""
    time_to_maximum: Years
    """Years from the event to the largest impact."""
    maximum: Impact
    """The largest impact: a share of the trend or in its unit, as `impacts_in` says."""
    time_to_steady_state: Years | None = None
    """Years from the event until the impact changes no more; by default it stays at its largest."""
    steady_state: Impact | None = None
    """The impact from then on; goes with `time_to_steady_state`."""


class TrendImpactFile(ConstructionFile):
    """A trend-impact analysis."""

    method: Literal["trend_impact"]
    """`trend_impact`."""
    unit: str
    """What is counted."""
    horizon: int
    """The last year that is looked at."""
    trend: TrendSection
    """What comes without surprises."""
    impacts_in: Literal["share", "units"]
    """Whether impacts are shares of the trend (`-20%`) or in its unit (`-12`)."""
    at_least: float | None = None
    """What the quantity cannot fall below, such as 0."""
    at_most: float | None = None
    """What the quantity cannot rise above."""
    events: dict[Name, TrendEventSection] = Field(min_length=1)
    """What may happen."""
    sets: str | None = None
    """For `--to`: which number of the scenario file the quantity is, such as `outcomes.visits.quantity`."""


@dataclass(frozen=True)
class TrendAnalysis:
    """A trend-impact analysis as its file says it."""

    title: str
    unit: str
    model: TrendModel
    history: Mapping[int, float] = field(default_factory=dict)
    sets: str = ""
    spreads: Mapping[str, Estimate] = field(default_factory=dict)
    """Judged probabilities of which the mean was taken."""

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        years = self.model.years
        return (
            f"a sound trend-impact analysis, {len(self.model.events)} events,"
            f" {int(years[0])} to {int(years[-1])}"
        )

    @property
    def trend_in_words(self) -> str:
        """Say where the surprise-free trend is from."""
        trend = self.model.trend
        if isinstance(trend, FittedTrend):
            return f"{trend.form} curve through {len(self.history)} years, R² {trend.explained:.3f}"
        return "grows from its start" if isinstance(trend, Growth) else "as given"

    def doubt_in(self, year: int) -> str:
        """Say how sure the fitted curve itself is in a year; nothing where none was fitted."""
        if not isinstance(self.model.trend, FittedTrend):
            return ""
        trend = self.model.trend
        low, high = trend.interval(year)
        assumed = (
            "its form is" if len(trend.free) == len(trend.parameters) else "its form and its ceiling are"
        )
        return (
            f"the curve is taken for certain: by least squares it lies between {low:.4g} and {high:.4g} in"
            f" {year} (90 %), if {assumed} right; that is not in the fan"
        )


def trend_analysis_from(document: Document) -> TrendAnalysis:
    """Return what a trend-impact file means.

    Raises
    ------
    InputFaults
        If anything in it is wrong: every fault with its line and key.
    """
    context = {
        "reading": EstimateReading(document.folder),
        "impacts_in": document.data.get("impacts_in"),
    }
    section = validate(TrendImpactFile, document, context=context)
    problems = list(_trend_problems(section.trend, section.horizon))
    first = None if problems else _first_year(section.trend)
    for name, event in section.events.items():
        problems += _event_problems(name, event, first)
    low = -np.inf if section.at_least is None else section.at_least
    high = np.inf if section.at_most is None else section.at_most
    if not low < high:
        problems.append((("at_most",), f"is {high:g}, and `at_least` is {low:g}; give more than that"))
    trend: Trend | None = None
    if not problems:
        try:
            trend = _trend(section.trend)
        except InnosiError as error:
            problems.append((("trend", "history"), error.message))
    if problems or trend is None:
        raise InputFaults(document.source, [located(document, *each) for each in problems])
    years = np.arange(_first_year(section.trend), section.horizon + 1, dtype=float)
    events = tuple(_event(name, each) for name, each in section.events.items())
    model = TrendModel(years, trend, events, section.impacts_in == "share", low, high)
    with np.errstate(over="ignore"):
        largest = np.abs(trend.at(years, np.full((2, 1), 0.5))).max()
    if not largest < _LARGEST:
        problem = f"leads beyond {_LARGEST:g} {section.unit} by {section.horizon}; take another form, or unit"
        raise InputFaults(document.source, [located(document, ("trend",), problem)])
    history = {int(year): value for year, value in (section.trend.history or {}).items()}
    return TrendAnalysis(
        section.title, section.unit, model, history, section.sets or "", dict(_spreads(section))
    )


def _spreads(section: TrendImpactFile) -> Iterator[tuple[str, Estimate]]:
    for name, event in section.events.items():
        for year, estimate in event.happened_by.items():
            if not estimate.distribution.is_constant:
                yield f"P({name} by {year})", estimate


def _kinds(trend: TrendSection) -> list[str]:
    return [name for name in ("history", "values", "start") if getattr(trend, name) is not None]


def _trend_problems(trend: TrendSection, horizon: int) -> Iterator[tuple[KeyPath, str]]:
    kinds = _kinds(trend)
    if len(kinds) != 1:
        mend = "give `history` with `form`, `values`, or `start` with `value` and `growth`"
        yield ("trend",), f"has {' and '.join(kinds)}; keep one" if kinds else f"is empty; {mend}"
        return
    kind = kinds[0]
    goes_with = {"history": {"form", "ceiling"}, "values": set(), "start": {"value", "growth"}}[kind]
    for name in ("form", "ceiling", "value", "growth"):
        if name not in goes_with and getattr(trend, name) is not None:
            yield ("trend", name), f"does not go with `{kind}`; leave it out"
    for name in goes_with - {"ceiling"}:
        if getattr(trend, name) is None:
            yield ("trend", name), f"is missing; `{kind}` needs it"
    if trend.ceiling is not None and trend.form != "logistic":
        yield ("trend", "ceiling"), "is for a logistic curve; leave it out"
    for year, value in (trend.history or {}).items():
        if not abs(value) < _LARGEST:
            yield ("trend", "history", year), f"is {value:g}; write it in a larger unit"
    for year, estimate in (trend.values or {}).items():
        yield from _too_large(("trend", "values", year), estimate, _LARGEST)
    yield from _too_large(("trend", "value"), trend.value, _LARGEST)
    wrong = [] if kind == "start" else list(_year_problems(("trend", kind), getattr(trend, kind)))
    yield from wrong or _span_problems(trend, horizon)


def _span_problems(trend: TrendSection, horizon: int) -> Iterator[tuple[KeyPath, str]]:
    first = _first_year(trend)
    if not first < horizon <= first + MOST_YEARS:
        yield ("horizon",), f"is {horizon}; the trend begins in {first}: give 1 to {MOST_YEARS} years more"
    if trend.values:
        years = list(map(int, trend.values))
        if len(years) < 2 or years[-1] < horizon:
            yield ("trend", "values"), f"must reach from the first year to the horizon, {horizon}"


def _year_problems(place: KeyPath, by_year: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    if not by_year:
        yield place, "is empty; give values by year"
    wrong = [year for year in by_year if not (year.isascii() and year.isdigit() and len(year) == 4)]
    for year in wrong:
        yield (*place, year), f"'{year}' is no year; write it with four figures"
    if not wrong and any(int(later) <= int(year) for year, later in pairwise(by_year)):
        yield place, "has years out of order; write the earliest first"


def _first_year(trend: TrendSection) -> int:
    """The year from which on the trend is looked at: the last one that is known."""
    if trend.history:
        return int(list(trend.history)[-1])
    return int(next(iter(trend.values))) if trend.values else int(trend.start or 0)


def _event_problems(name: str, event: TrendEventSection, first: int | None) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with an event, where the trend begins in a first year; None if that is not known."""
    place: KeyPath = ("events", name)
    wrong = list(_year_problems((*place, "happened_by"), event.happened_by))
    yield from wrong
    if (event.steady_state is None) != (event.time_to_steady_state is None):
        missing = "steady_state" if event.steady_state is None else "time_to_steady_state"
        yield place, f"lacks `{missing}`; give both, or neither where the largest impact stays"
    if not wrong:
        yield from _chance_problems((*place, "happened_by"), event.happened_by, first)
    times = {
        key: getattr(event, key)
        for key in ("time_to_first_impact", "time_to_maximum", "time_to_steady_state")
    }
    for key, most in (*((key, _LONGEST) for key in times), ("maximum", _LARGEST), ("steady_state", _LARGEST)):
        yield from _too_large((*place, key), getattr(event, key), most)
    lows = [each.distribution.median for each in times.values() if each is not None]
    if any(later < earlier for earlier, later in pairwise(lows)):
        yield place, "has its times out of order; first impact, then maximum, then steady state"


def _too_large(place: KeyPath, estimate: Estimate | None, most: float) -> Iterator[tuple[KeyPath, str]]:
    largest = 0.0 if estimate is None else max(map(abs, estimate.distribution.interval()))
    if not largest < most:
        unit = "fewer years" if most == _LONGEST else "a larger unit"
        yield place, f"reaches {largest:g}; write it in {unit}"


def _chance_problems(
    place: KeyPath, happened_by: Mapping[str, Share], first: int | None
) -> Iterator[tuple[KeyPath, str]]:
    chances = [each.distribution.mean for each in happened_by.values()]
    begins = next(iter(happened_by))
    if chances[0] > 0:
        yield (*place, begins), "is above 0 %; begin with the last year by which it cannot have happened: 0%"
    if max(chances) == 0:
        yield place, "stays at 0 %; give a year by which it may have happened, or leave the event out"
    if any(later < earlier for earlier, later in pairwise(chances)):
        yield place, "falls; what has happened by a year has happened by the next"
    if first is not None and int(begins) < first:
        yield (*place, begins), f"is before the trend's first year, {first}"


def _trend(section: TrendSection) -> Trend:
    if section.history and section.form:
        years = [int(each) for each in section.history]
        values = list(section.history.values())
        return fitted_trend(years, values, section.form, ceiling=section.ceiling)
    if section.values:
        values_ = tuple(each.distribution for each in section.values.values())
        return Points(tuple(map(int, section.values)), values_)
    if section.start is None or section.value is None or section.growth is None:
        raise InnosiError("is not complete")
    return Growth(section.start, section.value.distribution, section.growth.distribution)


def _event(name: str, event: TrendEventSection) -> TrendEvent:
    maximum_at, maximum = event.time_to_maximum.distribution, event.maximum.distribution
    steady_at: Distribution = maximum_at
    steady: Distribution = maximum
    if event.time_to_steady_state is not None and event.steady_state is not None:
        steady_at, steady = event.time_to_steady_state.distribution, event.steady_state.distribution
    return TrendEvent(
        name,
        event.title or name.replace("_", " "),
        tuple(map(int, event.happened_by)),
        tuple(each.distribution.mean for each in event.happened_by.values()),
        ImpactProfile(event.time_to_first_impact.distribution, maximum_at, maximum, steady_at, steady),
    )
