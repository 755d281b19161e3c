"""Conger's κ: agreement beyond what each panellist's own habits would give by chance."""

from collections.abc import Iterator

import numpy as np

from innosi.forecast.statistics.agreement import NO_PAIRS, STANDARD, Coefficient, Interval, weighted_agreement
from innosi.forecast.statistics.agreement_weights import agreement_weights
from innosi.forecast.statistics.ratings import ItemCounts, Ratings
from innosi.forecast.statistics.resampling import bca_interval
from innosi.models.arrays import ArrayLike, FloatArray


def conger_kappa(
    ratings: ArrayLike | Ratings,
    *,
    weights: str = "identity",
    values: ArrayLike | None = None,
    interval: Interval = STANDARD,
) -> Coefficient:
    """Conger's κ: chance draws from each panellist's own shares; Cohen's κ for two.

    Parameters
    ----------
    ratings, weights, values
        As for `gwet_ac`.
    interval : Interval
        Over panellists always.

    Source
    ------
    Conger (1980), Psychological Bulletin 88(2); Gwet (2014) for weights and missing ratings.
    """
    given = Ratings.of(ratings, values)
    if not given.values.size:
        return Coefficient(np.nan, 0, 0, NO_PAIRS)
    w = agreement_weights(weights, given.values)
    habits = _Habits(given, w)
    n = len(habits.rates)
    observed = float(weighted_agreement(given.counted(), w))
    expected = habits.expected(habits.rates.sum(axis=0), habits.own.sum(), n, n)
    value = float((observed - expected) / (1 - expected)) if expected < 1 else np.nan
    n_items = given.n_items
    if np.isnan(value):
        return Coefficient(np.nan, n, n_items, NO_PAIRS if np.isnan(observed) else "chance agrees as well")
    low, high = habits.interval(value, interval) if interval.n_resamples else (np.nan, np.nan)
    reason = "no interval can be had" if np.isnan(low) else ""
    return Coefficient(value, n, n_items, reason, low, high, observed, float(expected))


class _Habits:
    """Each panellist's shares of the values, and what chance makes of them in panels drawn anew."""

    def __init__(self, given: Ratings, w: FloatArray) -> None:
        codes = given.codes[np.any(given.codes >= 0, axis=1)]
        self.given, self.w = given if len(codes) == len(given.codes) else Ratings(codes, given.values), w
        counts = np.array([np.bincount(row[row >= 0], minlength=w.shape[0]) for row in codes], dtype=float)
        self.rates = counts.reshape(len(codes), w.shape[0]) / counts.sum(axis=-1, keepdims=True)
        self.own = np.sum((self.rates @ w) * self.rates, axis=1)

    def expected(
        self, rates: FloatArray, own: FloatArray, n: float, copies: FloatArray | float
    ) -> FloatArray:
        """Mean agreement of the shares of two different panellists: Σ over pairs, less each with himself."""
        together = np.sum((rates @ self.w) * rates, axis=-1)
        n_pairs = np.asarray(n**2 - copies)
        found: FloatArray = (together - own) / np.where(n_pairs > 0, n_pairs, np.nan)
        return found

    def interval(self, value: float, interval: Interval) -> tuple[float, float]:
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = np.concatenate(list(self._drawn(interval)))
            return bca_interval(drawn, value, self._left_out())

    def _drawn(self, interval: Interval) -> Iterator[FloatArray]:
        """Yield κ of panels drawn anew; the same panels as those whose counts are drawn beside."""
        n = len(self.rates)
        panels = self.given.panels_drawn(interval.n_resamples, interval.seed)
        weights = self.given.weights_drawn(interval.n_resamples, interval.seed)
        for counts, (size, blocks) in zip(panels, weights, strict=True):
            rates, own, copies = np.zeros((size, self.w.shape[0])), np.zeros(size), np.zeros(size)
            for part, often in blocks:
                rates += often @ self.rates[part]
                own += often**2 @ self.own[part]
                copies += np.sum(often**2, axis=1)
            yield self._kappa(counts, self.expected(rates, own, n, copies))

    def _left_out(self) -> FloatArray:
        parts = self.given.parts()
        rates = self.rates.sum(axis=0) - np.array([self.rates[part].sum(axis=0) for part in parts])
        own = self.own.sum() - np.array([self.own[part].sum() for part in parts])
        n = len(self.rates) - np.array([len(part) for part in parts], dtype=float)
        together = np.sum((rates @ self.w) * rates, axis=-1)
        return self._kappa(self.given.panels_left_out(), (together - own) / (n * (n - 1)))

    def _kappa(self, counts: ItemCounts, expected: FloatArray) -> FloatArray:
        found: FloatArray = (weighted_agreement(counts, self.w) - expected) / (1 - expected)
        return found
