"""Trend-impact analysis: a surprise-free trend, events that may bend it, and the fan of what may come."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions import Distribution
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.probabilities.trend import Trend
from innosi.scenarios.sampling.streams import uniforms

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class ImpactProfile:
    """What an event does to the trend, by the time since it happened.

    Nothing until `first`; then a straight line to `maximum` at `maximum_at`, and another to `steady` at
    `steady_at`, where it stays. Times are in years, sizes in shares of the trend or in units.
    """

    first: Distribution
    maximum_at: Distribution
    maximum: Distribution
    steady_at: Distribution
    steady: Distribution

    @property
    def parts(self) -> tuple[Distribution, ...]:
        """The five numbers, in their order."""
        return self.first, self.maximum_at, self.maximum, self.steady_at, self.steady


@dataclass(frozen=True, slots=True)
class TrendEvent:
    """An event that may bend a trend.

    Attributes
    ----------
    years, happened_by : (k,)
        The probability that it has happened by the end of each year; straight lines between, from 0 on.
    """

    name: str
    title: str
    years: tuple[int, ...]
    happened_by: tuple[float, ...]
    profile: ImpactProfile

    def by_year(self, years: FloatArray) -> FloatArray:
        """Return the probability that it has happened by each of some years."""
        return np.interp(years, self.years, self.happened_by, left=0.0)


@dataclass(frozen=True)
class TrendModel:
    """A trend with the events that may bend it.

    Attributes
    ----------
    years : (n,) float
        One after the other.
    trend : Trend
    events : tuple of TrendEvent
    is_share : bool
        Whether impacts are shares of the trend; else they are in its unit. Impacts of several events add up.
    low, high : float
        Where the quantity ends.
    """

    years: FloatArray
    trend: Trend
    events: tuple[TrendEvent, ...]
    is_share: bool
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, slots=True)
class EventEffect:
    """What an event does to the quantity in a year.

    Attributes
    ----------
    probability : float
        That it has happened by then.
    expected : float
        Its mean effect over all draws.
    if_it_happens : float
        Its mean effect where it has happened; NaN where it never has.
    size : float
        The mean of its effect's size over all draws, whichever way it goes.
    share_of_variance : float
        Of the quantity's variance in that year; those of all events and of the trend add up to 1.
    """

    name: str
    title: str
    probability: float
    expected: float
    if_it_happens: float
    size: float
    share_of_variance: float


@dataclass(frozen=True)
class TrendImpact:
    """What may become of a trend.

    Attributes
    ----------
    model : TrendModel
    surprise_free : (n_years,) float
        The trend without events; its median where it is uncertain.
    quantiles : (5, n_years) float
        At `QUANTILES`.
    mean : (n_years,) float
    standard_error : (n_years,) float
        Of the mean.
    year : int
        The year that is looked at more closely.
    values, free_values : (n_draws,) float
        The quantity in that year with events, and without.
    effects : tuple of EventEffect
        The event that moves the quantity most first.
    """

    model: TrendModel
    surprise_free: FloatArray
    quantiles: FloatArray
    mean: FloatArray
    standard_error: FloatArray
    year: int
    values: FloatArray
    free_values: FloatArray
    effects: tuple[EventEffect, ...]

    @property
    def at(self) -> int:
        """The place of the year."""
        return int(np.flatnonzero(self.model.years == self.year)[0])


def impact(elapsed: FloatArray, parts: tuple[FloatArray, ...]) -> FloatArray:
    """Return the impact of an event some time after it; see `ImpactProfile`.

    Parameters
    ----------
    elapsed : (…, n) float
        Years since the event; below 0 before it.
    parts : 5 arrays that broadcast with it
        Times that are out of order are put off to those before them.
    """
    first, maximum_at, maximum, steady_at, steady = parts
    maximum_at = np.maximum(first, maximum_at)
    steady_at = np.maximum(maximum_at, steady_at)
    elapsed = np.maximum(elapsed, -1.0)  # what never happens is at −∞
    rising = maximum * (elapsed - first) / np.maximum(maximum_at - first, 1e-12)
    worn = (elapsed - maximum_at) / np.maximum(steady_at - maximum_at, 1e-12)
    stages = [elapsed < np.maximum(first, 0.0), elapsed < maximum_at, elapsed < steady_at]
    return np.select(stages, [np.zeros_like(elapsed), rising, maximum + (steady - maximum) * worn], steady)


def simulate_trend(
    model: TrendModel,
    *,
    draws: int = 20_000,
    seed: int = 0,
    year: int | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> TrendImpact:
    """Return what may become of the trend when each event happens in some year or never.

    A draw's numbers depend on the seed, its number and the event's name only.

    Parameters
    ----------
    year : int, optional
        Which year is looked at more closely; the last by default.
    on_progress : callable, optional
        Is told how many draws are done, and how many there are to be.

    Source
    ------
    Gordon (1994), Trend impact analysis, Millennium Project, Futures research methodology.

    Raises
    ------
    InnosiError
        If the year is none of the model's.
    """
    chosen = int(model.years[-1]) if year is None else year
    if chosen not in model.years:
        first, last = int(model.years[0]), int(model.years[-1])
        raise InnosiError(f"{chosen} is not among the years", mend=f"give one from {first} to {last}")
    at = int(np.flatnonzero(model.years == chosen)[0])
    values = np.empty((draws, len(model.years)))
    parts, free = np.empty((len(model.events), draws)), np.empty(draws)
    for start in range(0, draws, _CHUNK):
        stop = min(start + _CHUNK, draws)
        values[start:stop], added, base = _drawn(model, seed, start, stop)
        parts[:, start:stop], free[start:stop] = added[:, :, at], base[:, at]
        if on_progress is not None:
            on_progress(stop, draws)
    mean = values.mean(axis=0)
    return TrendImpact(
        model,
        _clipped(model, model.trend.at(model.years, np.full((2, 1), 0.5)))[0],
        np.quantile(values, QUANTILES, axis=0),
        mean,
        values.std(axis=0) / np.sqrt(draws),
        chosen,
        values[:, at],
        free,
        _effects(model, parts, values[:, at], at),
    )


def _drawn(model: TrendModel, seed: int, start: int, stop: int) -> tuple[FloatArray, ...]:
    """Return the quantity, what each event adds to it, and the trend; (n_events,) n_draws, n_years."""
    u = np.array([uniforms(seed, name, start, stop) for name in ("trend: level", "trend: growth")])
    base = model.trend.at(model.years, u)
    added = np.zeros((len(model.events), *base.shape))
    for place, event in enumerate(model.events):
        when = np.searchsorted(event.by_year(model.years), uniforms(seed, event.name, start, stop))
        year = np.append(model.years, np.inf)[when]
        sizes = tuple(
            np.broadcast_to(each.quantile(uniforms(seed, f"{event.name} {number}", start, stop)), year.shape)[
                :, None
            ]
            for number, each in enumerate(event.profile.parts)
        )
        added[place] = impact(model.years - year[:, None], sizes) * (base if model.is_share else 1.0)
    return _clipped(model, base + added.sum(axis=0)), added, _clipped(model, base)


def _clipped(model: TrendModel, values: FloatArray) -> FloatArray:
    return np.clip(values, model.low, model.high)


def _effects(model: TrendModel, parts: FloatArray, values: FloatArray, at: int) -> tuple[EventEffect, ...]:
    variance = float(values.var())
    found = []
    for event, added in zip(model.events, parts, strict=True):
        by_then = float(event.by_year(model.years)[at])
        shared = float(np.mean((added - added.mean()) * (values - values.mean())))
        found.append(
            EventEffect(
                event.name,
                event.title,
                by_then,
                float(added.mean()),
                float(added.mean()) / by_then if by_then > 0 else np.nan,
                float(np.abs(added).mean()),
                shared / variance if variance > 0 else 0.0,
            )
        )
    return tuple(sorted(found, key=lambda each: -each.size))


def expected_values(model: TrendModel) -> FloatArray | None:
    """Return the quantity's mean in each year without drawing; None where numbers are uncertain or bounded.

    The trend, plus for each event and each year in which it may happen its probability times its impact.
    """
    is_fixed = all(each.is_constant for event in model.events for each in event.profile.parts)
    base = model.trend.at(model.years, np.array([[0.1, 0.5, 0.9], [0.1, 0.5, 0.9]]))
    if not is_fixed or np.ptp(base, axis=0).any() or np.isfinite([model.low, model.high]).any():
        return None
    total = base[0].copy()
    for event in model.events:
        chance = np.diff(event.by_year(model.years), prepend=0.0)
        sizes = tuple(np.asarray(each.median) for each in event.profile.parts)
        reached = chance @ impact(model.years[None, :] - model.years[:, None], sizes)
        total += reached * (base[0] if model.is_share else 1.0)
    return total
