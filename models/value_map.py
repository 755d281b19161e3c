"""The SROI value map: what a project costs, what it changes, and the social return of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.discounting import DiscountSchedule, year_factors
from innosi.models.errors import ModelError
from innosi.models.impact import (
    CORRECTIONS,
    first_year_impact,
    impact_by_year,
    payback_months,
    payback_months_first_year,
)
from innosi.models.model import Output


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

    def evaluate(self, values: Values) -> dict[str, FloatArray]:
        """Compute every result of the value map, for every draw at once.

        Parameters
        ----------
        values : mapping of str to (...,) float
            `discount_rate`; `inputs.NAME.amount`, or `inputs.NAME.hours` and `inputs.NAME.hourly_rate`;
            `outcomes.NAME.quantity`, `.financial_proxy`, `.duration`, and where they apply `.deadweight`
            or `.counterfactual_quantity`, `.displacement`, `.attribution`, `.drop_off`.

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
        factors = self._discount_factors(values)
        outcome_values = {name: self._by_year(name, values) for name in self.outcomes}
        inputs = self._input_amounts(values)
        total_inputs = _total(inputs.values())
        if np.any(total_inputs <= 0):
            raise ModelError(
                "the inputs are nought or less, so there is no ratio",
                mend="give every input an amount above 0, with volunteers' time at a stated rate",
            )
        by_year = _total(outcome_values.values(), shape=(self.n_years,))
        worth = {name: _discounted(value, factors) for name, value in outcome_values.items()}
        waterfall = self._waterfall(values, factors)
        results = _headline(_total(worth.values()), total_inputs, waterfall["gross"], by_year)
        results |= {f"waterfall.{step}": value for step, value in waterfall.items()}
        results |= self._breakdown(worth)
        results |= {f"inputs.input.{name}": amount for name, amount in inputs.items()}
        results |= {f"value.year.{t + 1}": by_year[..., t] for t in range(self.n_years)}
        results |= {f"present_value.year.{t + 1}": (by_year * factors)[..., t] for t in range(self.n_years)}
        shape = np.broadcast_shapes(*(np.shape(result) for result in results.values()))
        return {name: np.broadcast_to(result, shape) for name, result in results.items()}

    def _discount_factors(self, values: Values) -> FloatArray:
        rate = self.discount_schedule or _number(values, "discount_rate")
        return year_factors(self.n_years, rate, self.discounting)

    def _by_year(self, name: str, values: Values, corrections: Iterable[str] = CORRECTIONS) -> FloatArray:
        """Value of one outcome by year, with the named corrections only; (..., n_years)."""
        outcome, taken = self.outcomes[name], set(corrections)
        if not outcome.is_monetised:
            return np.zeros(self.n_years)
        stem = f"outcomes.{name}"
        share = {
            correction: _number(values, f"{stem}.{correction}", default=0.0) if correction in taken else 0.0
            for correction in CORRECTIONS
        }
        quantity = _number(values, f"{stem}.quantity")
        if outcome.has_counterfactual and "deadweight" in taken:
            quantity = quantity - _number(values, f"{stem}.counterfactual_quantity")
        drop_off = share.pop("drop_off")
        first = first_year_impact(quantity, _number(values, f"{stem}.financial_proxy"), **share)
        duration = _number(values, f"{stem}.duration")
        if np.any(duration > self.n_years - outcome.start + 1):
            raise ModelError(
                f"'{stem}.duration' reaches {np.max(duration):.0f} years, beyond the {self.n_years}"
                " looked at",
                mend="bound it: truncated(…, high=30)",
            )
        return impact_by_year(
            first,
            drop_off=drop_off,
            duration=duration,
            start=outcome.start,
            n_years=self.n_years,
        )

    def _input_amounts(self, values: Values) -> dict[str, FloatArray]:
        return {
            name: _number(values, f"inputs.{name}.hours") * _number(values, f"inputs.{name}.hourly_rate")
            if given.is_time
            else _number(values, f"inputs.{name}.amount")
            for name, given in self.inputs.items()
        }

    def _waterfall(self, values: Values, factors: FloatArray) -> dict[str, FloatArray]:
        """Gross present value, then what each correction takes off (negative), in the Guide's order."""
        levels = [
            _total(
                _discounted(self._by_year(name, values, CORRECTIONS[:n_taken]), factors)
                for name in self.outcomes
            )
            for n_taken in range(len(CORRECTIONS) + 1)
        ]
        steps = {"gross": levels[0]}
        for correction, before, after in zip(CORRECTIONS, levels, levels[1:], strict=False):
            steps[correction] = after - before
        return steps

    def _breakdown(self, worth: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Present value by outcome, stakeholder, perspective and social function."""
        groups: dict[str, list[FloatArray]] = {}
        for name, value in worth.items():
            outcome = self.outcomes[name]
            groups.setdefault(f"outcome.{name}", []).append(value)
            groups.setdefault(f"stakeholder.{outcome.stakeholder}", []).append(value)
            groups.setdefault(f"perspective.{outcome.perspective}", []).append(value)
            if outcome.social_function:
                groups.setdefault(f"social_function.{outcome.social_function}", []).append(value)
        return {f"present_value.{group}": _total(members) for group, members in groups.items()}


def _headline(
    worth: FloatArray, inputs: FloatArray, gross: FloatArray, by_year: FloatArray
) -> dict[str, FloatArray]:
    return {
        "social_return_ratio": worth / inputs,
        "net_ratio": (worth - inputs) / inputs,
        "gross_ratio": gross / inputs,
        "present_value": worth,
        "inputs": inputs,
        "net_present_value": worth - inputs,
        "payback_months": payback_months(by_year, inputs),
        "payback_months_first_year": payback_months_first_year(by_year[..., 0], inputs),
    }


def _discounted(by_year: FloatArray, factors: FloatArray) -> FloatArray:
    total: FloatArray = np.sum(by_year * factors, axis=-1)
    return total


def _total(parts: Iterable[FloatArray], shape: tuple[int, ...] = ()) -> FloatArray:
    total = np.zeros(shape)
    for part in parts:
        total = total + part
    return total


def _number(values: Values, key: str, *, default: float | None = None) -> FloatArray:
    if key in values:
        return np.asarray(values[key], dtype=float)
    if default is None:
        raise ModelError(f"'{key}' has no number", mend="give it in the scenario file's base")
    return np.asarray(default)
