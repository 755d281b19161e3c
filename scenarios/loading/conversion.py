"""Amounts in other currencies and prices of other years, converted at rates that the file gives."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import Section

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class RateSection(Section):
    """What one unit of another currency is worth, and who says so."""

    rate: Positive
    """Units of the file's currency for one of this."""
    source: str
    """Where the rate was read, and of which day or year it is."""


class PriceIndexSection(Section):
    """Prices by year, and who says so."""

    values: dict[str, Positive]
    """The level of prices in each year, such as 2012: 94.2."""
    source: str
    """Where the index was read."""


class ConversionSection(Section):
    """At which rates amounts are converted. Nothing is converted at a rate that is not given."""

    currencies: dict[Currency, RateSection] = Field(default_factory=dict)
    """Other currencies, each with its rate."""
    price_index: PriceIndexSection | None = None
    """The index by which prices of another year become those of the file's `price_year`."""


@dataclass(frozen=True)
class Converter:
    """Converts amounts into a file's currency and price year."""

    currency: str = ""
    price_year: int | None = None
    section: ConversionSection = field(default_factory=ConversionSection)

    def factor(self, currency: str, year: int | None) -> tuple[float, str]:
        """Return what an amount is multiplied by, and how that is said.

        Raises
        ------
        InnosiError
            If a rate that it takes is not given.
        """
        factor, said = 1.0, []
        if currency and currency != self.currency:
            given = self._rate(currency)
            factor *= given.rate
            said.append(f"1 {currency} = {given.rate:g} {self.currency} ({given.source})")
        if year is not None and year != self.price_year:
            part, words = self._prices(year)
            factor *= part
            said.append(words)
        return factor, "; ".join(said)

    def _rate(self, currency: str) -> RateSection:
        if currency not in self.section.currencies:
            raise InnosiError(
                f"an amount in {currency}, in a file in {self.currency}",
                mend=f"give the rate: conversion: {{currencies: {{{currency}: {{rate: …, source: …}}}}}}",
            )
        return self.section.currencies[currency]

    def _prices(self, year: int) -> tuple[float, str]:
        index = self.section.price_index
        if self.price_year is None:
            raise InnosiError(f"prices of {year}, in a file without a price year", mend="give `price_year`")
        missing = [each for each in (year, self.price_year) if index is None or str(each) not in index.values]
        if index is None or missing:
            years = " and ".join(map(str, missing))
            raise InnosiError(
                f"prices of {year}, in a file of {self.price_year}",
                mend=f"give the index of {years}: conversion: {{price_index: {{values: …, source: …}}}}",
            )
        before, now = index.values[str(year)], index.values[str(self.price_year)]
        return now / before, f"prices of {year} to {self.price_year} by {now:g} / {before:g} ({index.source})"
