"""The Guide's arithmetic of one outcome: from a gross change to the impact that is the project's own."""

from collections.abc import Iterator
from math import ceil

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, Number, plain_number
from innosi.models.errors import ModelError

CORRECTIONS = ("deadweight", "displacement", "attribution", "drop_off")
"""The four corrections of the Guide, in the order in which they are taken off."""


def active_share(duration: ArrayLike, years_before: int) -> Number:
    """How much of a year an outcome lasts through: 1, 0, or the last part of a year.

    Parameters
    ----------
    duration : (...,) float, years
        A duration of 2.5 counts two whole years and half of the third.
    years_before : int
        How many years the outcome has lasted when this one begins.

    Returns
    -------
    (...,) float, between 0 and 1
    """
    left = plain_number(duration) - years_before
    if isinstance(left, float):  # by far the most usual, and a hundred times as quick
        return min(max(left, 0.0), 1.0)
    return np.minimum(np.maximum(left, 0.0), 1.0)


def first_year_steps(
    quantity: ArrayLike,
    financial_proxy: ArrayLike,
    *,
    counterfactual_quantity: ArrayLike | None = None,
    deadweight: ArrayLike = 0.0,
    displacement: ArrayLike = 0.0,
    attribution: ArrayLike = 0.0,
) -> dict[str, Number]:
    """Value in its first year, gross and after each correction but drop-off, in money.

    quantity × financial proxy × (1 − deadweight) × (1 − displacement) × (1 − attribution), where
    attribution is the share due to *others*. A counterfactual quantity is taken off with deadweight, in
    the place of a share. The last step is what is the project's own.

    Source
    ------
    Guide to Social Return on Investment (2012), stage 4.

    Examples
    --------
    >>> steps = first_year_steps(10, 100, deadweight=0.5, attribution=0.2)
    >>> [float(value) for value in steps.values()]
    [1000.0, 500.0, 500.0, 400.0]
    """
    number, worth = plain_number(quantity), plain_number(financial_proxy)
    steps: dict[str, Number] = {"gross": number * worth}
    level = steps["gross"]
    if counterfactual_quantity is not None:
        level = (number - plain_number(counterfactual_quantity)) * worth
    steps["deadweight"] = level = _without(level, deadweight)
    steps["displacement"] = level = _without(level, displacement)
    steps["attribution"] = _without(level, attribution)
    return steps


def _without(level: Number, share: ArrayLike) -> Number:
    taken = plain_number(share)
    return level if isinstance(taken, float) and taken == 0 else level * (1.0 - taken)


def impact_in_years(
    first_year: ArrayLike,
    *,
    drop_off: ArrayLike = 0.0,
    duration: ArrayLike = 1.0,
    start: int = 1,
    n_years: int,
) -> Iterator[tuple[int, Number, Number]]:
    """Yield year after year in which an outcome lasts, its value then, and how much of the year it lasts.

    Parameters
    ----------
    first_year : (...,) float
        Impact in the first year in which the outcome occurs.
    drop_off : (...,) float
        Share lost each year, from the second year of the outcome on; the first year is never reduced.
    duration : (...,) float, years
        See `active_share`.
    start : {1, 2}
        1 if the outcome starts in the period of activity, 2 if in the year after it.
    n_years : int
        Years looked at.

    Yields
    ------
    int, (...,) float, (...,) float
        The year (0 is the first looked at), the value in it before discounting, in money, and the share of it
        that the outcome lasts. The arrays may be used again for the next year: take from them what is needed
        before going on.
    """
    if start not in (1, 2):
        raise ModelError(
            f"an outcome starts in year {start}",
            mend="write 1 (in the period of activity) or 2 (in the year after it)",
        )
    lasts, kept = plain_number(duration), 1.0 - plain_number(drop_off)
    longest = lasts if isinstance(lasts, float) else float(np.max(lasts, initial=0.0))
    level = np.array(np.broadcast_to(first_year, np.broadcast_shapes(np.shape(first_year), np.shape(kept))))
    for years_before in range(min(ceil(longest), n_years - start + 1)):
        if years_before:
            np.multiply(level, kept, out=level)
        share = active_share(lasts, years_before)
        is_full = isinstance(share, float) and share == 1
        yield start - 1 + years_before, level if is_full else level * share, share


def impact_by_year(
    first_year: ArrayLike,
    *,
    drop_off: ArrayLike = 0.0,
    duration: ArrayLike = 1.0,
    start: int = 1,
    n_years: int,
) -> FloatArray:
    """Value of an outcome in each year, before discounting, in money; see `impact_in_years`.

    Returns
    -------
    (..., n_years) float

    Examples
    --------
    >>> impact_by_year(100, drop_off=0.1, duration=3, start=2, n_years=4).round(6).tolist()
    [0.0, 100.0, 90.0, 81.0]
    """
    shape = np.broadcast_shapes(np.shape(first_year), np.shape(drop_off), np.shape(duration))
    by_year = np.zeros((*shape, n_years))
    numbers = {"drop_off": drop_off, "duration": duration, "start": start}
    for year, value, _ in impact_in_years(first_year, **numbers, n_years=n_years):  # type: ignore[arg-type]
        by_year[..., year] = value
    return by_year


def payback_months(value_by_year: ArrayLike, inputs: ArrayLike) -> FloatArray:
    """Months until the cumulated value reaches the inputs, value flowing evenly within a year.

    Parameters
    ----------
    value_by_year : (..., n_years) float
        Undiscounted value of year 1, 2, …
    inputs : (...,) float

    Returns
    -------
    (...,) float
        `inf` where the inputs are never reached.
    """
    values, target = np.asarray(value_by_year, dtype=float), np.asarray(inputs, dtype=float)
    shape = np.broadcast_shapes(values.shape[:-1], target.shape)
    months, cumulated = np.full(shape, np.inf), np.zeros(shape)
    for year in range(values.shape[-1]):
        during = values[..., year]
        missing, cumulated = target - cumulated, cumulated + during
        reached = (cumulated >= target) & np.isinf(months)
        if np.any(reached):
            part = np.divide(missing, during, out=np.zeros(shape), where=reached & (during > 0))
            months = np.where(reached, 12.0 * (year + np.clip(part, 0.0, 1.0)), months)
    return months


def payback_months_first_year(value_of_year_1: ArrayLike, inputs: ArrayLike) -> FloatArray:
    """Months to reach the inputs if every year were like the first: inputs / (impact of year 1 / 12).

    `inf` where year 1 brings nothing or less.

    Source
    ------
    Guide to Social Return on Investment (2012), stage 5, payback period.
    """
    monthly, target = np.broadcast_arrays(
        np.asarray(value_of_year_1, dtype=float) / 12.0, np.asarray(inputs, dtype=float)
    )
    months = np.full(monthly.shape, np.inf)
    np.divide(target, monthly, out=months, where=monthly > 0)
    return months
