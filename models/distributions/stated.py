"""What somebody stated as an interval or as quantiles, and the distribution that was taken for it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from scipy.optimize import least_squares
from scipy.special import ndtri

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions.combined import Empirical
from innosi.models.distributions.continuous import (
    Beta,
    Constant,
    Gamma,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from innosi.models.distributions.distribution import Distribution, number_text, refuse
from innosi.models.distributions.metalog import metalog_through
from innosi.models.errors import DistributionError

_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Fitted(Distribution):
    """An interval or quantiles as stated, and the distribution taken for them."""

    family: ClassVar[str] = "fitted"
    probabilities: tuple[float, ...]
    values: tuple[float, ...]
    distribution: Distribution

    @property
    def misfit(self) -> float:
        """Root mean square distance of the fitted from the stated quantiles, over the stated spread."""
        distance = self.distribution.quantile(self.probabilities) - np.array(self.values)
        spread = self.values[-1] - self.values[0]
        return float(np.sqrt(np.mean(distance**2)) / (spread or 1.0))

    def quantile(self, u: ArrayLike) -> FloatArray:
        return self.distribution.quantile(u)

    def cumulative(self, x: ArrayLike) -> FloatArray:
        return self.distribution.cumulative(x)

    def density(self, x: ArrayLike) -> FloatArray:
        return self.distribution.density(x)

    @property
    def mean(self) -> float:
        """That of the distribution taken."""
        return self.distribution.mean

    @property
    def standard_deviation(self) -> float:
        """That of the distribution taken."""
        return self.distribution.standard_deviation

    @property
    def is_constant(self) -> bool:
        """Whether one number was stated."""
        return self.distribution.is_constant

    def to_data(self) -> dict[str, object]:
        """Return the quantiles as stated, and the distribution taken."""
        stated = {percent(p): value for p, value in zip(self.probabilities, self.values, strict=True)}
        return {"quantiles": stated, "taken": self.distribution.to_data()}

    @property
    def is_interval(self) -> bool:
        """Whether the ends of a central interval were stated."""
        return len(self.probabilities) == 2 and math.isclose(sum(self.probabilities), 1.0, abs_tol=1e-12)

    def describe(self) -> str:
        """Say in a line what was stated and what was taken for it."""
        name = self.distribution.family
        if self.is_interval:
            coverage = percent(self._coverage).replace("%", " %")
            return f"{name} with {coverage} between {readable(self.values[0])} and {readable(self.values[1])}"
        stated = ", ".join(
            f"{percent(p)}: {readable(v)}" for p, v in zip(self.probabilities, self.values, strict=True)
        )
        misfit = "exactly" if self.misfit < 1e-6 else f"with a misfit of {self.misfit:.1%} of their spread"
        return f"{name} through {stated}, {misfit}"

    def __str__(self) -> str:
        if self.is_interval and self == fit_interval(
            *self.values, coverage=self._coverage, family=self.distribution.family
        ):
            at = "" if math.isclose(self._coverage, 0.9) else f" @ {percent(self._coverage)}"
            low, high = map(number_text, self.values)
            return f"{self.distribution.family} {low} .. {high}{at}"
        stated = ", ".join(
            f"{percent(p)}: {number_text(v)}" for p, v in zip(self.probabilities, self.values, strict=True)
        )
        return f"quantiles({stated}, taken={self.distribution})"

    @property
    def _coverage(self) -> float:
        return round(self.probabilities[1] - self.probabilities[0], 12)


def percent(share: float) -> str:
    """Return a share as a percentage that reads back equal: 0.05 → `5%`."""
    return (
        f"{float(f'{share * 100:.12g}'):g}%"
        if float(f"{share * 100:.12g}") / 100 == share
        else f"{share * 100!r}%"
    )


def readable(value: float) -> str:
    """Return a number for a sentence: thousands apart, else six figures."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def fit_interval(
    low: float, high: float, *, coverage: float = 0.9, family: str | None = None, is_share: bool = False
) -> Fitted:
    """Return the distribution taken for a central interval.

    Lognormal where both ends are above 0, beta where the number is a share, normal otherwise, or the named
    `family` (normal, lognormal, beta, uniform, gamma).

    Raises
    ------
    DistributionError
        If the ends are not in order, or the family cannot lie there.
    """
    refuse(
        "interval",
        not 0 < coverage < 1,
        f"a coverage of {coverage:g}",
        "give it between 0 and 1, such as 90%",
    )
    tail = round((1 - coverage) / 2, 15)
    return fit_quantiles([tail, 1 - tail], [low, high], family=family, is_share=is_share)


def fit_quantiles(
    probabilities: Sequence[float],
    values: Sequence[float],
    *,
    family: str | None = None,
    low: float | None = None,
    high: float | None = None,
    is_share: bool = False,
) -> Fitted:
    """Return the distribution taken for stated quantiles.

    Two quantiles are treated as an interval. Through three or more goes the metalog on its natural bounds
    (0 to 1 for a share, above 0 where all are positive, else none), exactly; where there is no such metalog,
    the named family with the least misfit. A `family` may be said, with its bounds.

    Raises
    ------
    DistributionError
        If probabilities or values are out of order, or the family cannot lie there.

    Source
    ------
    Keelin (2016), Decision Analysis 13(4); least squares on quantiles otherwise.
    """
    p, x = _checked(probabilities, values)
    if x[0] == x[-1]:
        return Fitted(p, x, Constant(x[0]))
    bounds = (low, high)
    if is_share and bounds == (None, None):
        bounds = (0.0, 1.0)
    if family is not None:
        return Fitted(p, x, _named(family, p, x, bounds))
    if len(p) == 2:
        return Fitted(p, x, _named(_usual_family(x, is_share=is_share), p, x, bounds))
    if bounds == (None, None) and x[0] > 0:
        bounds = (0.0, None)
    return Fitted(p, x, _best(p, x, bounds))


def fit_samples(values: ArrayLike, *, family: str | None = None) -> Distribution:
    """Return the distribution of a sample: the sample itself, or a named family with its moments.

    `normal`, `gamma` and `beta` take the sample's mean and standard deviation (n − 1), `lognormal` those of
    its logarithms.
    """
    numbers = np.ravel(np.asarray(values, dtype=float))
    if family is None:
        return Empirical(tuple(map(float, numbers)))
    refuse(
        family,
        len(numbers) < 2 or float(np.std(numbers)) == 0,
        "a sample of one value",
        "give two different ones",
    )
    mean, spread = float(np.mean(numbers)), float(np.std(numbers, ddof=1))
    if family == "lognormal":
        refuse(family, bool(np.any(numbers <= 0)), "a value of 0 or less", "use another family")
        return Lognormal(float(np.mean(np.log(numbers))), float(np.std(np.log(numbers), ddof=1)))
    makers: Mapping[str, Callable[[float, float], Distribution]] = {
        "normal": Normal,
        "gamma": Gamma.of_moments,
        "beta": Beta.of_moments,
    }
    refuse(
        "samples",
        family not in makers,
        f"no fit to the family '{family}'",
        "use normal, lognormal, gamma or beta",
    )
    return makers[family](mean, spread)


def _checked(
    probabilities: Sequence[float], values: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    refuse("quantiles", len(probabilities) != len(values), "not one value for each", "give both")
    refuse("quantiles", len(values) < 2, f"{len(values)} of them", "give two or more")
    pairs = sorted(zip(map(float, probabilities), map(float, values), strict=True), key=lambda pair: pair[0])
    for p, value in pairs:
        refuse("quantiles", not 0 < p < 1, f"a probability of {p:g}", "give it above 0% and below 100%")
        refuse("quantiles", not math.isfinite(value), f"a value of {value}", "give a finite number")
    for (p, value), (q, after) in pairwise(pairs):
        refuse("quantiles", p == q, f"{percent(p)} stands twice", "keep one")
        problem = f"out of order: {value:g} at {percent(p)}, but {after:g} at {percent(q)}"
        refuse(
            "quantiles" if len(pairs) > 2 else "interval",
            value > after,
            problem,
            "a higher probability has a higher value",
        )
    return tuple(p for p, _ in pairs), tuple(value for _, value in pairs)


def _usual_family(values: tuple[float, ...], *, is_share: bool) -> str:
    if is_share:
        return "beta"
    return "lognormal" if values[0] > 0 else "normal"


Bounds = tuple[float | None, float | None]
Points = tuple[float, ...]


def _named(family: str, p: Points, x: Points, bounds: Bounds) -> Distribution:
    if family == "metalog":
        return metalog_through(p, x, low=bounds[0], high=bounds[1])
    if family not in _FITS:
        raise DistributionError(
            f"there is no fit of quantiles to '{family}'", mend=f"families: {', '.join([*_FITS, 'metalog'])}"
        )
    return _FITS[family](np.array(p), np.array(x), bounds)


def _best(p: Points, x: Points, bounds: Bounds) -> Distribution:
    """The metalog through all points where there is one, else what fits least badly."""
    candidates = []
    for fit in (*(_metalog_of(n) for n in range(len(p), 1, -1)), *_FITS.values()):
        try:
            candidate = fit(np.array(p), np.array(x), bounds)
        except (DistributionError, OverflowError):
            continue
        if not _lies_within(candidate, bounds):
            continue
        misfit = Fitted(p, x, candidate).misfit
        if misfit < _EXACT:
            return candidate
        candidates.append((misfit, candidate))
    if not candidates:
        raise DistributionError(
            "no distribution lies through these quantiles", mend="give them without ties, or a sample"
        )
    return min(candidates, key=lambda pair: pair[0])[1]


def _lies_within(candidate: Distribution, bounds: Bounds) -> bool:
    low, high = candidate.support
    return (bounds[0] is None or low >= bounds[0]) and (bounds[1] is None or high <= bounds[1])


Fit = Callable[[FloatArray, FloatArray, Bounds], Distribution]


def _metalog_of(n_terms: int) -> Fit:
    def fit(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:
        low, high = bounds
        beyond = (low is not None and x[0] <= low) or (high is not None and x[-1] >= high)
        refuse("metalog", beyond, "a value on its bound", "move the bound")
        return metalog_through(list(p), list(x), n_terms=n_terms, low=low, high=high)

    return fit


def _fit_normal(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:  # noqa: ARG001 - one signature
    spread, mean = np.polyfit(ndtri(p), x, 1)
    return Normal(float(mean), float(spread))


def _fit_lognormal(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:  # noqa: ARG001
    refuse("lognormal", x[0] <= 0, f"a value of {x[0]:g}", "a lognormal is above 0; say `normal`")
    sigma, mu = np.polyfit(ndtri(p), np.log(x), 1)
    return Lognormal(float(mu), float(sigma))


def _fit_uniform(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:  # noqa: ARG001
    width, low = np.polyfit(p, x, 1)
    return Uniform(float(low), float(low + width))


def _fit_gamma(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:  # noqa: ARG001
    refuse("gamma", x[0] <= 0, f"a value of {x[0]:g}", "a gamma is above 0; say `normal`")
    sigma, mu = np.polyfit(ndtri(p), np.log(x), 1)
    start = Gamma.of_moments(Lognormal(mu, sigma).mean, Lognormal(mu, sigma).standard_deviation)
    return _least_squares(
        lambda logs: Gamma(float(np.exp(logs[0])), float(np.exp(logs[1]))),
        np.log([start.shape, start.scale]),
        p,
        x,
    )


def _fit_beta(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:
    low, high = (0.0 if bounds[0] is None else bounds[0]), (1.0 if bounds[1] is None else bounds[1])
    refuse(
        "beta",
        bool(x[0] <= low or x[-1] >= high),
        f"{x[0]:g} .. {x[-1]:g} leaves no room beyond its ends between {low:g} and {high:g}",
        f"move the end inwards, such as {max(x[0], low + 0.001 * (high - low)):g} .."
        f" {min(x[-1], high - 0.001 * (high - low)):g}, or write uniform({x[0]:g}, {x[-1]:g})",
    )
    share = (x - low) / (high - low)
    centre = float(np.interp(0.5, p, share))
    spread = min(
        float((share[-1] - share[0]) / (ndtri(p[-1]) - ndtri(p[0]))), 0.95 * math.sqrt(centre * (1 - centre))
    )
    start = Beta.of_moments(centre, spread)
    return _least_squares(
        lambda logs: Beta(float(np.exp(logs[0])), float(np.exp(logs[1])), low, high),
        np.log([start.alpha, start.beta]),
        p,
        x,
    )


def _fit_triangular(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:  # noqa: ARG001
    return _three_points(Triangular, p, x)


def _fit_pert(p: FloatArray, x: FloatArray, bounds: Bounds) -> Distribution:  # noqa: ARG001
    return _three_points(Pert, p, x)


def _three_points(family: type[Triangular] | type[Pert], p: FloatArray, x: FloatArray) -> Distribution:
    width = x[-1] - x[0]

    def made(parameters: FloatArray) -> Distribution:
        mode, left, right = parameters[0], *np.exp(parameters[1:])
        return family(float(mode - left), float(mode), float(mode + right))

    return _least_squares(made, np.array([np.interp(0.5, p, x), math.log(width), math.log(width)]), p, x)


def _least_squares(
    made: Callable[[FloatArray], Distribution], start: FloatArray, p: FloatArray, x: FloatArray
) -> Distribution:
    scale = x[-1] - x[0]

    def distance(parameters: FloatArray) -> FloatArray:
        try:
            return np.nan_to_num((made(parameters).quantile(p) - x) / scale, nan=1e6, posinf=1e6, neginf=-1e6)
        except (DistributionError, OverflowError):
            return np.full(len(p), 1e6)

    with np.errstate(all="ignore"):
        found = least_squares(distance, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale="jac")
    return made(found.x)


_FITS: Mapping[str, Fit] = {
    "normal": _fit_normal,
    "lognormal": _fit_lognormal,
    "gamma": _fit_gamma,
    "beta": _fit_beta,
    "uniform": _fit_uniform,
    "triangular": _fit_triangular,
    "pert": _fit_pert,
}
