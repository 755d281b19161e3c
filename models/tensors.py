"""The value map's loop over outcomes as steps on whole arrays, for libraries that reckon on a GPU."""

from typing import Any

from innosi.models.value_map_rows import Layout


def add_outcomes(layout: Layout, values: Any) -> tuple[Any, Any, Any]:
    """Return what all outcomes bring; the same as `compiled.add_outcomes` gives, to rounding.

    Parameters
    ----------
    layout : Layout
        Where the numbers stand, see `ValueMapRows.layout`.
    values : (n_rows, n) tensor of float

    Returns
    -------
    tuple of (n,), (n,) and (n_years, n) tensors
        What they are worth, what they would be worth before any correction, and their value in each year.
    """
    rows, same, shares, years = layout
    worth, gross = values.new_zeros(values.shape[1]), values.new_zeros(values.shape[1])
    by_year = values.new_zeros((shares.shape[2], values.shape[1]))
    for outcome, (first, end) in enumerate(years.tolist()):
        quantity, counterfactual, proxy, deadweight, displacement, attribution, drop_off = (
            values[row] if row >= 0 else float(same[outcome, number, 0])
            for number, row in enumerate(rows[outcome].tolist())
        )
        gross += quantity * proxy * float(shares[outcome, 1, first:end].sum())
        level = (quantity - counterfactual) * proxy
        level = level * (1.0 - deadweight) * (1.0 - displacement) * (1.0 - attribution)
        for year in range(first, end):
            by_year[year] += level * float(shares[outcome, 0, year])
            worth += level * float(shares[outcome, 1, year])
            level = level * (1.0 - drop_off)
    return worth, gross, by_year
