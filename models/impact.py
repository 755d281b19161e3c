"""The Guide's arithmetic of one outcome: from a gross change to the impact that is the project's own."""

from math import ceil

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, Number, plain_number
from innosi.models.errors import ModelError

CORRECTIONS = ("deadweight", "displacement", "attribution", "drop_off")
"""The four corrections of the Guide, in the order in which they are taken off."""


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


def active_shares(duration: ArrayLike, start: int, n_years: int) -> FloatArray:
    """How much of each year an outcome lasts through, from the year in which it starts.

    Parameters
    ----------
    duration : (...,) float, years
        A duration of 2.5 counts two whole years and half of the third.
    start : {1, 2}
        1 if the outcome starts in the period of activity, 2 if in the year after it.
    n_years : int
        Years looked at.

    Returns
    -------
    (n_active, ...) float, between 0 and 1
        `n_active` is the longest duration in whole years, within those looked at.
    """
    if start not in (1, 2):
        raise ModelError(
            f"an outcome starts in year {start}",
            mend="write 1 (in the period of activity) or 2 (in the year after it)",
        )
    lasts = plain_number(duration)
    longest = lasts if isinstance(lasts, float) else float(np.max(lasts, initial=0.0))
    years = range(min(max(ceil(longest), 0), n_years - start + 1))
    if isinstance(lasts, float):
        return np.array([min(max(lasts - year, 0.0), 1.0) for year in years])
    return np.stack([np.minimum(np.maximum(lasts - year, 0.0), 1.0) for year in years])


def add_impact(
    first_year: ArrayLike, drop_off: ArrayLike, shares: FloatArray, by_year: FloatArray, worth: FloatArray
) -> None:
    """Add an outcome's value in each year to `by_year`, and what it is worth today to `worth`.

    Parameters
    ----------
    first_year : () or (n,) float
        Impact in the first year in which the outcome occurs, in money.
    drop_off : () or (n,) float
        Share lost each year, from the second year of the outcome on; the first year is never reduced.
    shares : (2, n_active) or (2, n_active, n) float
        What counts of it in each year (see `active_shares`), and that times the discount factor.
    by_year : (n_active, n) float
    worth : (n,) float
    """
    from innosi.models.compiled import add_years

    level = np.array(np.broadcast_to(first_year, worth.shape), dtype=float)
    kept = 1.0 - np.atleast_1d(np.asarray(drop_off, dtype=float))
    if shares.ndim == 2:
        shares = shares[:, :, np.newaxis]
    add_years(level, np.ascontiguousarray(kept), np.ascontiguousarray(shares), by_year, worth)


def impact_by_year(
    first_year: ArrayLike,
    *,
    drop_off: ArrayLike = 0.0,
    duration: ArrayLike = 1.0,
    start: int = 1,
    n_years: int,
) -> FloatArray:
    """Value of an outcome in each year, before discounting, in money; see `add_impact`.

    Returns
    -------
    (..., n_years) float

    Examples
    --------
    >>> impact_by_year(100, drop_off=0.1, duration=3, start=2, n_years=4).round(6).tolist()
    [0.0, 100.0, 90.0, 81.0]
    """
    shape = np.broadcast_shapes(np.shape(first_year), np.shape(drop_off), np.shape(duration))
    first, lost, lasts = (np.ravel(np.broadcast_to(each, shape)) for each in (first_year, drop_off, duration))
    shares = active_shares(lasts, start, n_years)
    by_year = np.zeros((n_years, *first.shape))
    counted = by_year[start - 1 : start - 1 + len(shares)]
    add_impact(first, lost, np.stack([shares, shares]), counted, np.zeros_like(first))
    return by_year.T.reshape(*shape, n_years)


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
