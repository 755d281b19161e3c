"""Discounting: what value in a later year is worth today, under a named convention and rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import ModelError

CONVENTIONS: Mapping[str, float] = MappingProxyType({"guide": 0.0, "year-zero": 1.0, "mid-year": 0.5})
"""By how many years each convention moves a year's value forward from that year's end.

`guide`: the value of year t is divided by (1 + r)^t, as in the Guide to Social Return on Investment
(2012); `year-zero`: by (1 + r)^(t − 1), as in cost–benefit practice; `mid-year`: by (1 + r)^(t − ½).
Inputs are paid in the period of activity and are not discounted under any of them.
"""


@dataclass(frozen=True, slots=True)
class DiscountSchedule:
    """A published discount rate that may fall with time.

    `steps` are (last year, rate) pairs: the rate that carries the factor of year t − 1 to year t,
    for every t up to that last year. Beyond the last step its rate goes on.
    """

    name: str
    title: str
    source: str
    steps: tuple[tuple[int, float], ...]

    def rate_in(self, year: ArrayLike) -> FloatArray:
        """Return the annual rate in force in each year (1 is the first year after the start)."""
        last_years = np.array([last for last, _ in self.steps])
        rates = np.array([rate for _, rate in self.steps])
        step = np.searchsorted(last_years, np.asarray(year), side="left")
        return rates[np.minimum(step, len(rates) - 1)]


def _schedule(name: str, title: str, source: str, *steps: tuple[int, float]) -> DiscountSchedule:
    return DiscountSchedule(name, title, source, steps)


_GREEN_BOOK = "HM Treasury, The Green Book, edition of 5 February 2026"
_FOREVER = 10_000

SCHEDULES: Mapping[str, DiscountSchedule] = MappingProxyType(
    {
        schedule.name: schedule
        for schedule in (
            _schedule(
                "green-book-2026",
                "UK Green Book, standard (3.5 % falling to 1.0 %)",
                _GREEN_BOOK,
                (30, 0.035),
                (75, 0.03),
                (125, 0.025),
                (200, 0.02),
                (300, 0.015),
                (_FOREVER, 0.01),
            ),
            _schedule(
                "green-book-2026-health",
                "UK Green Book, health and life effects (1.5 % falling to 0.43 %)",
                _GREEN_BOOK,
                (30, 0.015),
                (75, 0.0129),
                (125, 0.0107),
                (200, 0.0086),
                (300, 0.0064),
                (_FOREVER, 0.0043),
            ),
            _schedule(
                "netherlands-2021",
                "Netherlands, general (2.25 %)",
                "Werkgroep discontovoet 2020, in force since 1 January 2021",
                (_FOREVER, 0.0225),
            ),
            _schedule(
                "eu-2014-cohesion",
                "European Commission, cohesion countries 2014–20 (5 %)",
                "European Commission, Guide to Cost-Benefit Analysis of Investment Projects, 2014",
                (_FOREVER, 0.05),
            ),
            _schedule(
                "eu-2014-other",
                "European Commission, other member states 2014–20 (3 %)",
                "European Commission, Guide to Cost-Benefit Analysis of Investment Projects, 2014",
                (_FOREVER, 0.03),
            ),
        )
    }
)
"""Published schedules; the edition's year is in the name, because they change."""


def discount_factors(times: ArrayLike, rate: ArrayLike | DiscountSchedule) -> FloatArray:
    """What 1 of value is worth today when it comes after `times` years.

    Parameters
    ----------
    times : (n_times,) float, years, ≥ 0
        Time 0 has factor 1. Part of a year is discounted at that year's rate.
    rate : (...,) float or DiscountSchedule
        Annual rate as a fraction, above −1; one for each draw, or a schedule. Under a schedule factors
        multiply year by year across its steps.

    Returns
    -------
    (..., n_times) float

    Raises
    ------
    ModelError
        If a time is negative or a rate is −1 or less.
    """
    moments = np.asarray(times, dtype=float)
    if np.any(moments < 0):
        raise ModelError("a time to discount over is negative", mend="count years from the start, 0 or later")
    if isinstance(rate, DiscountSchedule):
        return _schedule_factors(moments, rate)
    rates = np.asarray(rate, dtype=float)[..., np.newaxis]
    if np.any(rates <= -1):
        raise ModelError("a discount rate is −100 % or less", mend="write it as 3.5% or 0.035")
    return (1 + rates) ** -moments


def _schedule_factors(times: FloatArray, schedule: DiscountSchedule) -> FloatArray:
    whole = np.floor(times).astype(int)
    yearly = 1 / (1 + schedule.rate_in(np.arange(1, whole.max(initial=0) + 1)))
    by_year = np.concatenate([[1.0], np.cumprod(yearly)])
    return by_year[whole] * (1 + schedule.rate_in(whole + 1)) ** -(times - whole)


def year_factors(n_years: int, rate: ArrayLike | DiscountSchedule, convention: str = "guide") -> FloatArray:
    """Return the discount factors of years 1 … n_years under a named convention, shape (..., n_years)."""
    if convention not in CONVENTIONS:
        raise ModelError(
            f"unknown discounting convention '{convention}'", mend=f"choose one of {', '.join(CONVENTIONS)}"
        )
    return discount_factors(np.arange(1, n_years + 1) - CONVENTIONS[convention], rate)


def present_value(
    value_by_year: ArrayLike, rate: ArrayLike | DiscountSchedule, convention: str = "guide"
) -> FloatArray:
    """What a stream of yearly values is worth today.

    Parameters
    ----------
    value_by_year : (..., n_years) float
        Value of year 1, year 2, …, in money of one price year.
    rate : (...,) float or DiscountSchedule
        Annual rate as a fraction.
    convention : {'guide', 'year-zero', 'mid-year'}

    Returns
    -------
    (...,) float

    Source
    ------
    Guide to Social Return on Investment (2012), stage 5.

    Examples
    --------
    >>> round(float(present_value([100, 100], 0.035)), 2)
    189.97
    """
    values = np.asarray(value_by_year, dtype=float)
    discounted: FloatArray = np.sum(values * year_factors(values.shape[-1], rate, convention), axis=-1)
    return discounted
