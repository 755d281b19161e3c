"""Surprise-free trends: what would come if nothing unheard of happened."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit
from scipy.special import expit
from scipy.stats import t as student

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions import Distribution
from innosi.models.errors import InnosiError

Form = Literal["linear", "exponential", "logistic"]
FORMS: tuple[Form, ...] = ("linear", "exponential", "logistic")


class Trend(Protocol):
    """A quantity by year, which may be uncertain."""

    def at(self, years: FloatArray, u: FloatArray) -> FloatArray:
        """Return the values in some years at some quantiles, shape (n_draws, n_years).

        Parameters
        ----------
        u : (2, n_draws) float
            Where among what is possible the level lies, and where the growth does.
        """


@dataclass(frozen=True, slots=True)
class Points:
    """A quantity given in some years, and between them on straight lines; all at the same quantile."""

    years: tuple[int, ...]
    values: tuple[Distribution, ...]

    def at(self, years: FloatArray, u: FloatArray) -> FloatArray:
        """Return the values in some years at some quantiles, shape (n_draws, n_years)."""
        given = np.array([np.broadcast_to(each.quantile(u[0]), u[0].shape) for each in self.values])
        after = np.clip(np.searchsorted(self.years, years, side="right"), 1, len(self.years) - 1)
        known = np.asarray(self.years, dtype=float)
        weight = (years - known[after - 1]) / (known[after] - known[after - 1])
        return (given[after - 1].T * (1 - weight)) + given[after].T * weight


@dataclass(frozen=True, slots=True)
class Growth:
    """A quantity that begins somewhere and grows by the same share each year."""

    start: int
    value: Distribution
    growth: Distribution

    def at(self, years: FloatArray, u: FloatArray) -> FloatArray:
        """Return the values in some years at some quantiles, shape (n_draws, n_years)."""
        value = np.broadcast_to(self.value.quantile(u[0]), u[0].shape)
        growth = np.broadcast_to(self.growth.quantile(u[1]), u[1].shape)
        return value[:, None] * (1 + growth[:, None]) ** (years - self.start)


@dataclass(frozen=True, eq=False)
class FittedTrend:
    """A curve through a history.

    Attributes
    ----------
    form : str
    parameters : tuple of float
        Linear: value in the first year, rise per year. Exponential: the same value, growth rate (continuous).
        Logistic: ceiling, rate, year of half the ceiling.
    first_year : int
    explained : float
        Share of the history's variance that the curve explains (R²).
    free : tuple of int
        Which parameters were fitted; a ceiling that was given is not.
    covariance : (k, k) float
        Of these.
    n_spare : int
        By how many years the history is longer than there are fitted parameters.
    """

    form: Form
    parameters: tuple[float, ...]
    first_year: int
    explained: float
    free: tuple[int, ...]
    covariance: FloatArray
    n_spare: int

    def interval(self, year: float, coverage: float = 0.9) -> tuple[float, float]:
        """Return between what values the curve itself lies in a year, if its form is right.

        Student's interval, by the delta method. It knows nothing of another form, of errors that hang
        together from year to year, nor of what a single year deviates by.

        Source
        ------
        Seber & Wild (1989), Nonlinear regression, section 5.1.
        """
        t = np.array([year - self.first_year])
        slopes = _slopes(self.form, t, self.parameters, self.free)[0]
        error = float(np.sqrt(max(slopes @ self.covariance @ slopes, 0.0)))
        middle = float(_CURVES[self.form](t, *self.parameters)[0])
        half = float(student.ppf((1 + coverage) / 2, self.n_spare)) * error
        return middle - half, middle + half

    def at(self, years: FloatArray, u: FloatArray) -> FloatArray:
        """Return the curve's values in some years, the same at each quantile, shape (n_draws, n_years)."""
        values = _CURVES[self.form](np.asarray(years) - self.first_year, *self.parameters)
        return np.broadcast_to(values, (u.shape[1], len(values)))


def _linear(t: FloatArray, start: float, rise: float) -> FloatArray:
    return start + rise * t


def _exponential(t: FloatArray, start: float, rate: float) -> FloatArray:
    return start * np.exp(rate * t)


def _logistic(t: FloatArray, ceiling: float, rate: float, half: float) -> FloatArray:
    return ceiling * expit(rate * (t - half))


_CURVES: Mapping[Form, Callable[..., FloatArray]] = {
    "linear": _linear,
    "exponential": _exponential,
    "logistic": _logistic,
}


def fitted_trend(
    years: ArrayLike, values: ArrayLike, form: Form, *, ceiling: float | None = None
) -> FittedTrend:
    """Return the curve of a form that is nearest to a history, by least squares of the values.

    Parameters
    ----------
    years, values : (n,) float
        Three years or more; four for a logistic curve without a ceiling.
    ceiling : float, optional
        Of a logistic curve: what it tends to; found too by default.

    Raises
    ------
    InnosiError
        If the history is too short, or no such curve goes through it.
    """
    given, known = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    least = 4 if form == "logistic" and ceiling is None else 3
    if len(given) < least:
        raise InnosiError(f"has {len(given)} years, and the {form} trend needs {least}", mend="add some")
    if form != "linear" and known.min() <= 0:
        raise InnosiError(f"holds {known.min():g}, and the {form} trend lies above 0", mend="take linear")
    if ceiling is not None and known.max() >= ceiling:
        raise InnosiError(
            f"reaches {known.max():g}, and its ceiling is {ceiling:g}", mend="raise the ceiling"
        )
    t = given - given[0]
    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", OptimizeWarning)  # whether it is settled is looked at below
        parameters = tuple(map(float, _parameters(t, known, form, ceiling)))
    missed = float(np.sum((known - _CURVES[form](t, *parameters)) ** 2))
    spread = float(np.sum((known - known.mean()) ** 2))
    free = tuple(range(len(parameters)))[0 if ceiling is None else 1 :]
    slopes = _slopes(form, t, parameters, free)
    sizes = np.linalg.norm(slopes, axis=0)
    if ceiling is None and np.linalg.matrix_rank(slopes / np.where(sizes > 0, sizes, 1)) < len(free):
        raise InnosiError(f"does not tell which {form} curve it follows", mend="take linear")
    n_spare = len(given) - len(free)
    covariance = np.linalg.pinv(slopes.T @ slopes) * missed / n_spare
    explained = 1 - missed / spread if spread > 0 else 1.0
    return FittedTrend(form, parameters, int(given[0]), explained, free, covariance, n_spare)


def _slopes(form: Form, t: FloatArray, parameters: Sequence[float], free: tuple[int, ...]) -> FloatArray:
    """The derivative of the curve by each free parameter, shape (n_years, k)."""
    if form == "linear":
        found = [np.ones_like(t), t]
    elif form == "exponential":
        start, rate = parameters
        found = [np.exp(rate * t), start * t * np.exp(rate * t)]
    else:
        ceiling, rate, half = parameters
        share = expit(rate * (t - half))
        steepness = ceiling * share * (1 - share)
        found = [share, steepness * (t - half), -steepness * rate]
    return np.stack(found, axis=-1)[:, free]


def _parameters(t: FloatArray, values: FloatArray, form: Form, ceiling: float | None) -> FloatArray:
    if form == "linear":
        return np.polyfit(t, values, 1)[::-1]
    try:
        if form == "exponential":
            rate, start = np.polyfit(t, np.log(values), 1)
            return curve_fit(_exponential, t, values, p0=(np.exp(start), rate), maxfev=20_000)[0]
        top = ceiling or 1.5 * float(values.max())
        rate, shift = np.polyfit(t, np.log(values / (top - values)), 1)
        half = -shift / rate if rate else float(t.mean())
        if ceiling is not None:
            found = curve_fit(
                lambda t, rate, half: _logistic(t, ceiling, rate, half),
                t,
                values,
                p0=(rate, half),
                maxfev=20_000,
            )[0]
            return np.array([ceiling, *found])
        found = curve_fit(_logistic, t, values, p0=(top, rate, half), maxfev=20_000)[0]
    except RuntimeError:
        mend = "give the ceiling" if form == "logistic" else "take linear"
        raise InnosiError(f"follows no {form} curve", mend=mend) from None
    if not 0 < found[0] < 100 * float(values.max()):
        raise InnosiError("does not show yet where it levels off", mend="give the ceiling, or another form")
    return found
