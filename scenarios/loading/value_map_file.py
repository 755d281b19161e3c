"""The `base` of a scenario file whose model is `value_map`."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from innosi.models.discounting import SCHEDULES
from innosi.models.estimates import Estimate
from innosi.models.value_map import Input, Outcome, Perspective, Series, SocialFunction, ValueMap
from innosi.scenarios.loading.changes import (
    EventSection,
    SeriesSection,
    chance_event,
    change_estimates,
    change_problems,
)
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.estimates import Count, Money, Rate, Share, Years
from innosi.scenarios.loading.validation import Name, Problem, Section, nearest

MAX_YEARS = 200
_ALMOST_ONE = 1 - 1e-9  # a longer duration is never cut: the model refuses it


class OutputSection(Section):
    """What an activity produces, before anything has changed for anybody."""

    title: str
    """The output in words."""
    quantity: Count | None = None
    """How many, in `unit`."""
    unit: str = ""
    """What is counted."""


class ActivitySection(Section):
    """What the project does."""

    title: str
    """The activity in words."""
    outputs: dict[Name, OutputSection] = Field(default_factory=dict)
    """What it produces."""


class InputSection(Section):
    """What is put in: money or goods as `amount`, or volunteers' `hours` at an `hourly_rate`."""

    title: str = ""
    """The input in words."""
    stakeholder: str
    """Who gives it; one of `stakeholders`."""
    amount: Money | None = None
    """Money, or goods at their price, over the period of activity."""
    hours: Count | None = None
    """Volunteers' hours over the period of activity."""
    hourly_rate: Money | None = None
    """What an hour of a volunteer is counted at."""


class OutcomeSection(Section):
    """What changes, for whom, how much of it is the project's own, and what that is worth."""

    title: str
    """The outcome in words."""
    stakeholder: str
    """For whom it changes; one of `stakeholders`."""
    activity: str | None = None
    """The activity that leads to it; one of `activities`."""
    description: str = ""
    """How the activity leads to it: the theory of change, and how it was measured."""
    quantity: Count
    """How many had the outcome (gross), in `unit`."""
    unit: str = "people"
    """What is counted."""
    financial_proxy: Money | None = None
    """Worth of one unit for one year; left out where the outcome is not put into money."""
    duration: Years
    """For how many years it lasts."""
    start: Literal[1, 2] = 1
    """1 if it starts in the period of activity, 2 if in the year after it."""
    deadweight: Share | None = None
    """Share that would have happened anyway."""
    counterfactual_quantity: Count | None = None
    """In the place of `deadweight`: how many would have had the outcome anyway, as a control group shows."""
    displacement: Share | None = None
    """Share that only moved a problem to somebody else."""
    attribution: Share | None = None
    """Share that is due to others."""
    drop_off: Share | None = None
    """Share of the impact lost each year, from the outcome's second year on."""
    perspective: Perspective
    """Whose purse it reaches: the state's (`fiscal`), the economy's, or people's lives (`social`)."""
    social_function: SocialFunction | None = None
    """Hemerijck: human capital (`stock`), transitions (`flow`) or income security (`buffer`)."""


class ValueMapSection(Section):
    """An SROI value map."""

    discount_rate: Rate | None = None
    """Annual discount rate, such as 3.5%."""
    discount_schedule: str | None = None
    """A published schedule in its place, such as `green-book-2026`."""
    discounting: Literal["guide", "year-zero", "mid-year"] = "guide"
    """Convention: year 1 is divided by (1 + r) (`guide`), by 1 (`year-zero`) or by (1 + r)^½ (`mid-year`)."""
    stakeholders: dict[Name, str] = Field(min_length=1)
    """Who puts something in, or for whom something changes: name and title."""
    activities: dict[Name, ActivitySection] = Field(default_factory=dict)
    """What the project does."""
    inputs: dict[Name, InputSection] = Field(min_length=1)
    """What is put in."""
    outcomes: dict[Name, OutcomeSection] = Field(min_length=1)
    """What changes."""
    events: dict[Name, EventSection] = Field(default_factory=dict)
    """What may happen, and what it would change."""
    series: dict[Name, SeriesSection] = Field(default_factory=dict)
    """What moves the value of outcomes from year to year: a trend, and shocks about it."""


class ValueMapReader:
    """Makes a ValueMap and its estimates from the `base` of a scenario file."""

    section = ValueMapSection

    def problems(self, base: ValueMapSection) -> Iterator[Problem]:
        """Yield what is wrong between the parts of a value map, each with its key."""
        yield from _discounting_problems(base)
        for name, given in base.inputs.items():
            yield from _input_problems(name, given)
            if given.stakeholder not in base.stakeholders:
                yield (
                    ("inputs", name, "stakeholder"),
                    _no_such("stakeholder", given.stakeholder, base.stakeholders),
                )
        for name, outcome in base.outcomes.items():
            yield from _outcome_problems(name, outcome, base)
        yield from change_problems(base.events, base.series, inputs=base.inputs, outcomes=base.outcomes)

    def build(self, base: ValueMapSection, currency: str) -> tuple[ValueMap, dict[str, Estimate]]:
        """Return the model and, by dotted key, the estimate of every number in it."""
        schedule = SCHEDULES[base.discount_schedule] if base.discount_schedule else None
        n_years = max(_last_year(outcome) for outcome in base.outcomes.values())
        model = ValueMap(
            inputs={name: _input(given) for name, given in base.inputs.items()},
            outcomes={name: _outcome(outcome) for name, outcome in base.outcomes.items()},
            n_years=n_years,
            discounting=base.discounting,
            discount_schedule=schedule,
            currency=currency,
            stakeholders=dict(base.stakeholders),
            events={name: chance_event(event) for name, event in base.events.items()},
            series={name: Series(each.title, tuple(each.outcomes)) for name, each in base.series.items()},
        )
        return model, dict(_estimates(base)) | dict(change_estimates(base.events, base.series, n_years))


def _discounting_problems(base: ValueMapSection) -> Iterator[Problem]:
    if (base.discount_rate is None) == (base.discount_schedule is None):
        what = "is missing; give a rate such as 3.5%, or `discount_schedule`"
        both = "stands beside discount_schedule; keep one of them"
        yield ("discount_rate",), what if base.discount_rate is None else both
    if base.discount_schedule is not None and base.discount_schedule not in SCHEDULES:
        yield ("discount_schedule",), _no_such("schedule", base.discount_schedule, SCHEDULES)


def _input_problems(name: str, given: InputSection) -> Iterator[Problem]:
    is_time = given.hours is not None or given.hourly_rate is not None
    if given.amount is not None and is_time:
        yield ("inputs", name, "amount"), "stands beside hours; give an amount, or hours and hourly_rate"
    elif given.amount is None and (given.hours is None or given.hourly_rate is None):
        yield (
            ("inputs", name),
            "has no amount; give `amount`, or `hours` and `hourly_rate` for volunteers' time",
        )


def _outcome_problems(name: str, outcome: OutcomeSection, base: ValueMapSection) -> Iterator[Problem]:
    place: KeyPath = ("outcomes", name)
    if outcome.stakeholder not in base.stakeholders:
        yield (*place, "stakeholder"), _no_such("stakeholder", outcome.stakeholder, base.stakeholders)
    if outcome.activity is not None and outcome.activity not in base.activities:
        yield (*place, "activity"), _no_such("activity", outcome.activity, base.activities)
    if outcome.deadweight is not None and outcome.counterfactual_quantity is not None:
        yield (
            (*place, "deadweight"),
            "stands beside counterfactual_quantity, which says the same; keep one of them",
        )
    if _last_year(outcome) > MAX_YEARS:
        bounded = f"truncated({outcome.duration.stated}, high=30)"
        problem = f"can reach {_last_year(outcome):,} years; bound it, for example {bounded}"
        yield (*place, "duration"), problem


def _no_such(what: str, name: str, known: object) -> str:
    return f"there is no {what} '{name}'{nearest(name, list(known))}"  # type: ignore[call-overload]


def _last_year(outcome: OutcomeSection) -> int:
    longest = float(outcome.duration.distribution.quantile(_ALMOST_ONE))
    return int(np.ceil(np.clip(longest, 1, 1e6))) + outcome.start - 1


def _input(given: InputSection) -> Input:
    return Input(given.stakeholder, given.title, is_time=given.amount is None)


def _outcome(outcome: OutcomeSection) -> Outcome:
    return Outcome(
        outcome.stakeholder,
        outcome.title,
        start=outcome.start,
        perspective=outcome.perspective,
        social_function=outcome.social_function,
        is_monetised=outcome.financial_proxy is not None,
        has_counterfactual=outcome.counterfactual_quantity is not None,
    )


def _estimates(base: ValueMapSection) -> Iterator[tuple[str, Estimate]]:
    if base.discount_rate is not None:
        yield "discount_rate", base.discount_rate
    for group in ("inputs", "outcomes"):
        for name, section in getattr(base, group).items():
            for field, value in section:
                if isinstance(value, Estimate):
                    yield f"{group}.{name}.{field}", value
