"""The Guide's arithmetic of one outcome: from a gross change to the impact that is the project's own."""

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.errors import ModelError

CORRECTIONS = ("deadweight", "displacement", "attribution", "drop_off")
"""The four corrections of the Guide, in the order in which they are taken off."""


def active_years(duration: ArrayLike, start: int, n_years: int) -> FloatArray:
    """How much of each year an outcome lasts through: 1, 0, or the last part of a year.

    Parameters
    ----------
    duration : (...,) float, years
        A duration of 2.5 counts two whole years and half of the third.
    start : {1, 2}
        1 if the outcome starts in the period of activity, 2 if in the year after it.

    Returns
    -------
    (..., n_years) float, between 0 and 1
    """
    years_before = np.arange(n_years) - (start - 1)
    through = np.asarray(duration, dtype=float)[..., np.newaxis] - years_before
    return np.where(years_before >= 0, np.clip(through, 0.0, 1.0), 0.0)


def retained_share(drop_off: ArrayLike, start: int, n_years: int) -> FloatArray:
    """What is left of the first year's impact in each year: (1 − drop-off)^(years since the first).

    The first year in which the outcome occurs is never reduced.
    """
    years_since = np.maximum(np.arange(n_years) - (start - 1), 0)
    kept: FloatArray = (1.0 - np.asarray(drop_off, dtype=float)[..., np.newaxis]) ** years_since
    return kept


def first_year_impact(
    quantity: ArrayLike,
    financial_proxy: ArrayLike,
    *,
    deadweight: ArrayLike = 0.0,
    displacement: ArrayLike = 0.0,
    attribution: ArrayLike = 0.0,
) -> FloatArray:
    """Value in its first year that is the project's own, in money.

    quantity × financial proxy × (1 − deadweight) × (1 − displacement) × (1 − attribution), where
    attribution is the share due to *others*.

    Source
    ------
    Guide to Social Return on Investment (2012), stage 4.

    Examples
    --------
    >>> float(first_year_impact(10, 100, deadweight=0.5, attribution=0.2))
    400.0
    """
    impact = np.asarray(quantity, dtype=float) * np.asarray(financial_proxy, dtype=float)
    for share in (deadweight, displacement, attribution):
        impact = impact * (1.0 - np.asarray(share, dtype=float))
    return impact


def impact_by_year(
    first_year: ArrayLike,
    *,
    drop_off: ArrayLike = 0.0,
    duration: ArrayLike = 1.0,
    start: int = 1,
    n_years: int,
) -> FloatArray:
    """Value of an outcome in each year, before discounting, in money.

    Parameters
    ----------
    first_year : (...,) float
        Impact in the first year in which the outcome occurs.
    drop_off : (...,) float
        Share lost each year, from the second year of the outcome on.
    duration, start, n_years
        See `active_years`.

    Returns
    -------
    (..., n_years) float

    Examples
    --------
    >>> impact_by_year(100, drop_off=0.1, duration=3, start=2, n_years=4).round(6).tolist()
    [0.0, 100.0, 90.0, 81.0]
    """
    if start not in (1, 2):
        raise ModelError(
            f"an outcome starts in year {start}",
            mend="write 1 (in the period of activity) or 2 (in the year after it)",
        )
    first = np.asarray(first_year, dtype=float)[..., np.newaxis]
    return first * active_years(duration, start, n_years) * retained_share(drop_off, start, n_years)


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
    target = np.asarray(inputs, dtype=float)[..., np.newaxis]
    values = np.asarray(value_by_year, dtype=float)
    values = np.broadcast_to(values, np.broadcast_shapes(values.shape, target.shape[:-1] + values.shape[-1:]))
    cumulated = np.cumsum(values, axis=-1)
    reached = cumulated >= target
    year = np.argmax(reached, axis=-1, keepdims=True)
    before = np.take_along_axis(cumulated - values, year, axis=-1)
    during = np.take_along_axis(values, year, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip(np.where(during > 0, (target - before) / during, 0.0), 0.0, 1.0)
    months = np.where(np.any(reached, axis=-1, keepdims=True), 12.0 * (year + part), np.inf)
    return months[..., 0]


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
