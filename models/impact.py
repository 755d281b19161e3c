"""The Guide's arithmetic of one outcome: from a gross change to the impact that is the project's own."""

from collections.abc import Mapping
from math import ceil

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray, plain_number
from innosi.models.errors import ModelError

CORRECTIONS = ("deadweight", "displacement", "attribution", "drop_off")
"""The four corrections of the Guide, in the order in which they are taken off."""

NUMBERS = ("quantity", "counterfactual_quantity", "financial_proxy", *CORRECTIONS)
"""What the value of an outcome is reckoned from, in the order in which compiled loops take it."""


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


def add_outcome(
    numbers: Mapping[str, ArrayLike],
    shares: FloatArray,
    levels: FloatArray,
    by_year: FloatArray,
    worth: FloatArray,
) -> None:
    """Add what an outcome brings in each year, and what it is worth before and after each correction.

    In its first year, quantity × financial proxy × (1 − deadweight) × (1 − displacement) ×
    (1 − attribution), where attribution is the share due to *others*; in each year after, the drop-off less.
    A counterfactual quantity is taken off with deadweight, in the place of a share.

    Parameters
    ----------
    numbers : mapping of str to () or (n,) float
        `quantity`, `financial_proxy`, and as they apply `counterfactual_quantity` and the corrections.
    shares : (2, n_active) or (2, n_active, n) float
        What counts of it in each year (see `active_shares`), and that times the discount factor.
    levels : (4, n) float
        Is added to: worth before any correction, and after deadweight, displacement and attribution.
    by_year : (n_active, n) float
        Is added to: value in each year.
    worth : (n,) float
        Is added to: what the years are worth today.

    Source
    ------
    Guide to Social Return on Investment (2012), stage 4.
    """
    from innosi.models import compiled

    if shares.ndim == 2:
        shares = shares[:, :, np.newaxis]
    given = tuple(_row(numbers.get(name, 0.0)) for name in NUMBERS)
    compiled.add_outcome(given, np.ascontiguousarray(shares), levels, by_year, worth)


def _row(number: ArrayLike) -> FloatArray:
    """A number, or many, as compiled loops take them."""
    row = np.ascontiguousarray(number, dtype=float)  # of one number too, it has an axis
    return row if row.flags.writeable else row.copy()


def impact_by_year(
    first_year: ArrayLike,
    *,
    drop_off: ArrayLike = 0.0,
    duration: ArrayLike = 1.0,
    start: int = 1,
    n_years: int,
) -> FloatArray:
    """Value of an outcome in each year, before discounting, in money; see `add_outcome`.

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
    numbers: dict[str, ArrayLike] = {"quantity": first, "financial_proxy": 1.0, "drop_off": lost}
    add_outcome(numbers, np.stack([shares, shares]), np.zeros((4, len(first))), counted, np.zeros_like(first))
    return by_year.T.reshape(*shape, n_years)


def payback_months(value_by_year: ArrayLike, inputs: ArrayLike) -> FloatArray:
    """Months until the cumulated value reaches the inputs, value flowing evenly within a year.

    Parameters
    ----------
    value_by_year : (..., n_years) float
        Undiscounted value of year 1, 2, …
    inputs : (...,) or () float

    Returns
    -------
    (...,) float
        `inf` where the inputs are never reached.
    """
    from innosi.models import compiled

    values = np.asarray(value_by_year, dtype=float)
    shape, n_years = values.shape[:-1], values.shape[-1]
    by_year = np.ascontiguousarray(values.reshape(-1, n_years).T)
    target = np.empty(by_year.shape[1])
    target[:] = np.ravel(inputs)
    months = np.empty(len(target))
    compiled.payback_months(by_year, target, months)
    return months.reshape(shape)


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
