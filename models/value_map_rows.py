"""A value map whose uncertain numbers are the rows of one array: all its outcomes in one compiled loop."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from innosi.models.arrays import FloatArray, IntArray, Number
from innosi.models.impact import NUMBERS, active_shares

if TYPE_CHECKING:
    from innosi.models.value_map import ValueMap

Layout = tuple[IntArray, FloatArray, FloatArray, IntArray]


@dataclass(frozen=True)
class ValueMapRows:
    """Where the numbers of a value map stand; what it comes to is reckoned as `ValueMap.headline` would.

    Attributes
    ----------
    rows : mapping of str to int
        The row of each uncertain number.
    fixed : mapping of str to float
        The numbers that are certain.
    """

    value_map: "ValueMap"
    rows: Mapping[str, int]
    fixed: Mapping[str, float]

    @property
    def is_steady(self) -> bool:
        """Whether years count alike in every draw, so that one loop can go through all outcomes."""
        moving = self.value_map.events or self.value_map.series or "discount_rate" in self.rows
        return not moving and all(map(self._is_steady, self._counted))

    def _is_steady(self, name: str) -> bool:
        outcome, stem = self.value_map.outcomes[name], f"outcomes.{name}"
        needed = ["quantity", "financial_proxy", *(["counterfactual_quantity"] * outcome.has_counterfactual)]
        there = all(f"{stem}.{each}" in (self.rows.keys() | self.fixed.keys()) for each in needed)
        lasts = self.fixed.get(f"{stem}.duration", np.inf)
        return there and lasts <= self.value_map.n_years - outcome.start + 1

    def headline(self, values: FloatArray, n: int) -> dict[str, FloatArray]:
        """Compute the results named in `ValueMap.outputs` for the first n draws.

        Parameters
        ----------
        values : (n_rows, n or more) float
            C-contiguous.
        """
        from innosi.models.compiled import add_outcomes

        levels, by_year = np.zeros((4, n)), np.zeros((self.value_map.n_years, n))
        worth = np.zeros(n)
        add_outcomes(self.layout, values, levels, by_year, worth)
        drawn = {key: values[row, :n] for key, row in self.input_rows.items()}
        return self.results(drawn, worth, levels[0], by_year)

    def results(
        self, drawn: Mapping[str, FloatArray], worth: FloatArray, gross: FloatArray, by_year: FloatArray
    ) -> dict[str, FloatArray]:
        """Return the results named in `ValueMap.outputs`.

        Parameters
        ----------
        drawn : mapping of str to (n,) float
            The uncertain numbers of inputs; see `input_rows`.
        worth, gross : (n,) float
            What all outcomes are worth, and before any correction.
        by_year : (n_years, n) float
        """
        from innosi.models.value_map import headline_of

        inputs = self.value_map.total_inputs({**self.fixed, **drawn})
        results: dict[str, Number] = headline_of(worth, inputs, gross, by_year)
        return {name: _of_each(result, len(worth)) for name, result in results.items()}

    @cached_property
    def input_rows(self) -> dict[str, int]:
        """The row of each uncertain number of what is put in."""
        return {key: row for key, row in self.rows.items() if key.startswith("inputs.")}

    @property
    def _counted(self) -> list[str]:
        return [name for name, outcome in self.value_map.outcomes.items() if outcome.is_monetised]

    @cached_property
    def layout(self) -> Layout:
        """Rows, single numbers, shares and years, as `compiled.add_outcomes` takes them."""
        from innosi.models.compiled import STRIP

        value_map, names = self.value_map, self._counted
        rows = np.full((len(names), len(NUMBERS)), -1, dtype=np.int64)
        same = np.zeros((len(names), len(NUMBERS), STRIP))
        shares = np.zeros((len(names), 2, value_map.n_years))
        years = np.zeros((len(names), 2), dtype=np.int64)
        factors = value_map.discount_factors(self.fixed)
        for k, name in enumerate(names):
            for column, number in enumerate(NUMBERS):
                if number == "counterfactual_quantity" and not value_map.outcomes[name].has_counterfactual:
                    continue
                key = f"outcomes.{name}.{number}"
                rows[k, column] = self.rows.get(key, -1)
                same[k, column] = self.fixed.get(key, 0.0)
            start = value_map.outcomes[name].start
            counted = active_shares(self.fixed[f"outcomes.{name}.duration"], start, value_map.n_years)
            first, end = start - 1, start - 1 + len(counted)
            years[k] = first, end
            shares[k, 0, first:end], shares[k, 1, first:end] = counted, counted * factors[first:end]
        return rows, same, shares, years


def _of_each(number: Number, n: int) -> FloatArray:
    return number if isinstance(number, np.ndarray) else np.broadcast_to(number, (n,))
