"""The SROI value map: what a project costs, what it changes, and the social return of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, Number, plain_number
from innosi.models.chance_events import ChanceEvent, happens, share_of_year
from innosi.models.discounting import DiscountSchedule, year_factors
from innosi.models.errors import ModelError
from innosi.models.impact import (
    CORRECTIONS,
    active_shares,
    add_outcome,
    payback_months,
    payback_months_first_year,
)
from innosi.models.model import Output
from innosi.models.time_series import levels

if TYPE_CHECKING:
    from innosi.models.value_map_rows import ValueMapRows


class Perspective(StrEnum):
    """Whose purse a value reaches; every outcome has one, so that nothing is added twice."""

    FISCAL = "fiscal"
    ECONOMIC = "economic"
    SOCIAL = "social"


class SocialFunction(StrEnum):
    """What social investment does (Hemerijck 2017): raise human capital, ease transitions, secure income."""

    STOCK = "stock"
    FLOW = "flow"
    BUFFER = "buffer"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What changes, for whom: the labels of an outcome. Its numbers come with the draws.

    `has_counterfactual` says that the number of people who would have changed anyway is given
    (`counterfactual_quantity`) in the place of `deadweight`.
    """

    stakeholder: str
    title: str = ""
    start: int = 1
    perspective: Perspective = Perspective.SOCIAL
    social_function: SocialFunction | None = None
    is_monetised: bool = True
    has_counterfactual: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """What is put in, by whom: money, or volunteers' hours at a stated rate."""

    stakeholder: str
    title: str = ""
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A level that moves from year to year, and the outcomes whose value moves with it."""

    title: str
    outcomes: tuple[str, ...]


Values = Mapping[str, ArrayLike]

MONEY = ("amount", "hourly_rate", "financial_proxy")
"""The numbers of a value map that are amounts of money."""
SHARES = ("discount_rate", *CORRECTIONS)
"""The numbers of a value map that are shares or rates, between 0 and 1."""


@dataclass(frozen=True)
class ValueMap:
    """An SROI value map: its structure here, its numbers as arrays of draws given to `evaluate`.

    Attributes
    ----------
    inputs, outcomes
        By name; the names stand in the keys of the numbers.
    n_years
        Years looked at; no outcome may last longer.
    discounting
        Convention, see `innosi.models.discounting.CONVENTIONS`.
    discount_schedule
        A published schedule, in the place of the number `discount_rate`.
    events, series
        By name: what may happen, and what moves the value of outcomes from year to year.

    Source
    ------
    Guide to Social Return on Investment (SROI Network and Cabinet Office 2009, updated 2012).
    """

    name: ClassVar[str] = "value_map"
    main_output: ClassVar[str] = "social_return_ratio"
    outputs: ClassVar[Mapping[str, Output]] = MappingProxyType(
        {
            "social_return_ratio": Output("Social return ratio", "ratio"),
            "gross_ratio": Output("Gross ratio, before any correction", "ratio"),
            "net_ratio": Output("Net ratio", "ratio"),
            "present_value": Output("Present value of the impact", "money"),
            "inputs": Output("Inputs", "money"),
            "net_present_value": Output("Net present value", "money"),
            "payback_months": Output("Payback, from the cumulated value", "months"),
            "payback_months_first_year": Output("Payback, from year 1 alone", "months"),
        }
    )

    inputs: Mapping[str, Input]
    outcomes: Mapping[str, Outcome]
    n_years: int
    discounting: str = "guide"
    discount_schedule: DiscountSchedule | None = None
    currency: str = ""
    stakeholders: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, ChanceEvent] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)

    def evaluate(self, values: Values) -> dict[str, FloatArray]:
        """Compute every result of the value map, for every draw at once.

        Parameters
        ----------
        values : mapping of str to (...,) float
            `discount_rate`; `inputs.NAME.amount`, or `inputs.NAME.hours` and `inputs.NAME.hourly_rate`;
            `outcomes.NAME.quantity`, `.financial_proxy`, `.duration`, and where they apply `.deadweight`
            or `.counterfactual_quantity`, `.displacement`, `.attribution`, `.drop_off`;
            `events.NAME.chance` (uniform), `.probability`, `.year`, `.duration`, `.effects.TARGET`;
            `series.NAME.trend`, `.shock`, `.persistence`, `.shocks.YEAR` (standard normal).

        Returns
        -------
        dict of str to (...,) float
            See `innosi explain value-map` for the names. Money, except ratios and months; by year,
            outcome, stakeholder, perspective and social function under dotted names.

        Raises
        ------
        ModelError
            If a number is missing, or the inputs are nought.
        """
        return self._results(values, whole=True)

    def headline(self, values: Values) -> dict[str, FloatArray]:
        """Compute the results named in `outputs` only, which is quicker; see `evaluate`."""
        return self._results(values, whole=False)

    def on_rows(self, rows: Mapping[str, int], fixed: Mapping[str, float]) -> "ValueMapRows | None":
        """Return a quicker `headline` of uncertain numbers that are the rows of one array, if there is one.

        Parameters
        ----------
        rows : mapping of str to int
            The row of each uncertain number.
        fixed : mapping of str to float
            All other numbers.
        """
        from innosi.models.value_map_rows import ValueMapRows

        found = ValueMapRows(self, rows, fixed)
        return found if found.is_steady else None

    def _results(self, values: Values, *, whole: bool) -> dict[str, FloatArray]:
        inputs = self._input_amounts(values)
        shape = np.broadcast_shapes(*map(np.shape, values.values()))
        n = int(np.prod(shape, dtype=int))
        factors = self.discount_factors(values)
        tally = _Tally.of(n, factors)
        for name in self.outcomes:
            self._add_outcome(name, values, tally)
        worth = _total(tally.worth.values())
        results = headline_of(worth, self.total_inputs(values), tally.levels[0], tally.by_year)
        if whole:
            results |= _waterfall(tally.levels, worth)
            results |= self._breakdown(tally.worth)
            results |= {f"inputs.input.{name}": amount for name, amount in inputs.items()}
            results |= {f"value.year.{t + 1}": value for t, value in enumerate(tally.by_year)}
            results |= {
                f"present_value.year.{t + 1}": value * factors[t] for t, value in enumerate(tally.by_year)
            }
        return {name: np.broadcast_to(result, (n,)).reshape(shape) for name, result in results.items()}

    def discount_factors(self, values: Values) -> FloatArray:
        """Return by what the value of each year is multiplied, (n_years,) or (n_years, n)."""
        rate = self.discount_schedule or _number(values, "discount_rate")
        return np.moveaxis(year_factors(self.n_years, rate, self.discounting), -1, 0)

    def total_inputs(self, values: Values) -> Number:
        """Return what is put in altogether, in money.

        Raises
        ------
        ModelError
            If that is nought.
        """
        total = _total(self._input_amounts(values).values())
        if np.any(total <= 0):
            raise ModelError(
                "the inputs are nought or less, so there is no ratio",
                mend="give every input an amount above 0, with volunteers' time at a stated rate",
            )
        return total

    def _add_outcome(self, name: str, values: Values, tally: "_Tally") -> None:
        """Add one outcome's value by year, and what it is worth before and after each correction."""
        outcome, stem = self.outcomes[name], f"outcomes.{name}"
        if not outcome.is_monetised:
            tally.worth[name] = np.zeros(tally.by_year.shape[1])
            return
        duration = _number(values, f"{stem}.duration")
        longest = duration if isinstance(duration, float) else float(np.max(duration))
        if longest > self.n_years - outcome.start + 1:
            raise ModelError(
                f"'{stem}.duration' reaches {longest:.0f} years, beyond the {self.n_years} looked at",
                mend="bound it: truncated(…, high=30)",
            )
        shares = active_shares(duration, outcome.start, self.n_years)
        years = slice(outcome.start - 1, outcome.start - 1 + len(shares))
        if (multipliers := self._multipliers(name, values)) is not None:
            shares = _both(shares, multipliers[years])
        weights = _both(shares, tally.factors[years])
        tally.worth[name] = np.zeros(tally.by_year.shape[1])
        add_outcome(
            self._numbers(name, values),
            np.stack(np.broadcast_arrays(*_alike(shares, weights))),
            tally.levels,
            tally.by_year[years],
            tally.worth[name],
        )

    def _numbers(self, outcome: str, values: Values) -> dict[str, Number]:
        """Return the numbers of an outcome that its value is reckoned from, by name."""
        stem = f"outcomes.{outcome}"
        needed = ["quantity", "financial_proxy"]
        if self.outcomes[outcome].has_counterfactual:
            needed.append("counterfactual_quantity")
        found = {each: _number(values, f"{stem}.{each}") for each in needed}
        return found | {each: _number(values, f"{stem}.{each}", 0.0) for each in CORRECTIONS}

    def _multipliers(self, outcome: str, values: Values) -> FloatArray | None:
        """What events and series make of an outcome's value, (n_years, ...); None where nothing moves it."""
        parts = [
            *self._event_multipliers(outcome, values),
            *(self._levels(name, values) for name, each in self.series.items() if outcome in each.outcomes),
        ]
        if not parts:
            return None
        years = [np.prod(np.stack(np.broadcast_arrays(*year)), axis=0) for year in zip(*parts, strict=True)]
        return np.stack(years)

    def _event_multipliers(self, outcome: str, values: Values) -> Iterator[list[FloatArray]]:
        for name, event in self.events.items():
            if outcome not in event.outcomes:
                continue
            stem = f"events.{name}"
            begins = _number(values, f"{stem}.year")
            lasts = _number(values, f"{stem}.duration") if event.lasts else np.inf
            strength = self._happens(name, values) * _number(values, f"{stem}.effects.outcomes.{outcome}")
            yield [1 + strength * share_of_year(year + 1, begins, lasts) for year in range(self.n_years)]

    def _happens(self, event: str, values: Values) -> FloatArray:
        stem = f"events.{event}"
        return happens(_number(values, f"{stem}.chance"), _number(values, f"{stem}.probability"))

    def _levels(self, name: str, values: Values) -> list[FloatArray]:
        stem = f"series.{name}"
        shock = _number(values, f"{stem}.shock", 0.0)
        moves = [shock * _number(values, f"{stem}.shocks.{year + 1}", 0.0) for year in range(self.n_years)]
        return levels(
            self.n_years,
            trend=_number(values, f"{stem}.trend", 0.0),
            shocks=np.stack(np.broadcast_arrays(*moves)),
            persistence=_number(values, f"{stem}.persistence", 0.0),
        )

    def _input_amounts(self, values: Values) -> dict[str, Number]:
        return {name: self._input_amount(name, values) for name in self.inputs}

    def _input_amount(self, name: str, values: Values) -> Number:
        stem = f"inputs.{name}"
        if self.inputs[name].is_time:
            amount = _number(values, f"{stem}.hours") * _number(values, f"{stem}.hourly_rate")
        else:
            amount = _number(values, f"{stem}.amount")
        for event, each in self.events.items():
            if name in each.inputs:
                effect = _number(values, f"events.{event}.effects.inputs.{name}")
                amount = amount * (1 + self._happens(event, values) * effect)
        return amount

    def _breakdown(self, worth: Mapping[str, Number]) -> dict[str, Number]:
        """Present value by outcome, stakeholder, perspective and social function."""
        groups: dict[str, list[Number]] = {}
        for name, value in worth.items():
            outcome = self.outcomes[name]
            groups.setdefault(f"outcome.{name}", []).append(value)
            groups.setdefault(f"stakeholder.{outcome.stakeholder}", []).append(value)
            groups.setdefault(f"perspective.{outcome.perspective}", []).append(value)
            if outcome.social_function:
                groups.setdefault(f"social_function.{outcome.social_function}", []).append(value)
        return {f"present_value.{group}": _total(members) for group, members in groups.items()}


@dataclass
class _Tally:
    """What is added up over the outcomes.

    `factors` is (n_years,) or (n_years, n); `by_year` (n_years, n); `levels`, (4, n), what all are worth,
    gross and after each correction but drop-off; `worth` what each outcome is, (n,).
    """

    factors: FloatArray
    by_year: FloatArray
    levels: FloatArray
    worth: dict[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, n: int, factors: FloatArray) -> "_Tally":
        return cls(factors, np.zeros((len(factors), n)), np.zeros((len(CORRECTIONS), n)))


def _both(one: FloatArray, two: FloatArray) -> FloatArray:
    """The product of numbers by year, each (n_years,) or (n_years, n)."""
    one, two = _alike(one, two)
    return one * two


def _alike(one: FloatArray, two: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Numbers by year of which one has a number for each draw and the other has not, so that they fit."""
    n_axes = max(one.ndim, two.ndim)
    return (
        one if one.ndim == n_axes else one[:, np.newaxis],
        two if two.ndim == n_axes else two[:, np.newaxis],
    )


def _waterfall(levels: FloatArray, worth: Number) -> dict[str, Number]:
    """Gross present value, then what each correction takes off (negative), in the Guide's order."""
    after = dict(zip(CORRECTIONS, (*levels[1:], worth), strict=True))
    before = dict(zip(CORRECTIONS, levels, strict=True))
    return {"waterfall.gross": levels[0]} | {
        f"waterfall.{each}": after[each] - before[each] for each in CORRECTIONS
    }


def headline_of(worth: Number, inputs: Number, gross: Number, by_year: FloatArray) -> dict[str, Number]:
    """Return the results named in `ValueMap.outputs`; `by_year` is (n_years, n)."""
    return {
        "social_return_ratio": worth / inputs,
        "net_ratio": (worth - inputs) / inputs,
        "gross_ratio": gross / inputs,
        "present_value": worth,
        "inputs": inputs,
        "net_present_value": worth - inputs,
        "payback_months": payback_months(by_year.T, inputs),
        "payback_months_first_year": payback_months_first_year(by_year[0], inputs),
    }


def _total(parts: Iterable[Number]) -> Number:
    total: Number = 0.0
    for part in parts:
        total = total + part
    return total


def _number(values: Values, key: str, default: float | None = None) -> Number:
    if key in values:
        return plain_number(values[key])
    if default is None:
        raise ModelError(f"'{key}' has no number", mend="give it in the scenario file's base")
    return default
