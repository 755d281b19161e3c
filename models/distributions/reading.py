"""Reading a distribution: from text as people write it, or from plain data."""

import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

from innosi.models.distributions.combined import Discrete, Empirical, Mixture, Truncated
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
from innosi.models.distributions.distribution import Distribution
from innosi.models.distributions.metalog import Metalog
from innosi.models.distributions.numbers import Number, NumberReader, fraction_hint
from innosi.models.distributions.stated import Fitted, fit_interval, fit_quantiles
from innosi.models.errors import DistributionError

Kind = Literal["number", "share", "rate", "money", "years"]

MAX_DEPTH = 20
MAX_TEXT = 10_000_000
_INTERVAL_FAMILIES = ("normal", "lognormal", "beta", "uniform", "gamma")


def _lognormal(
    *,
    mu: float | None = None,
    sigma: float | None = None,
    mean: float | None = None,
    standard_deviation: float | None = None,
) -> Distribution:
    if mu is not None and sigma is not None and mean is None and standard_deviation is None:
        return Lognormal(mu, sigma)
    if mean is not None and standard_deviation is not None and mu is None and sigma is None:
        return Lognormal.of_moments(mean, standard_deviation)
    raise DistributionError(
        "a lognormal needs mu and sigma of the logarithm, or its mean and standard_deviation",
        mend="write lognormal(mean=…, standard_deviation=…) or lognormal(mu=…, sigma=…)",
    )


def _beta(
    alpha: float | None = None,
    beta: float | None = None,
    low: float = 0.0,
    high: float = 1.0,
    *,
    mean: float | None = None,
    standard_deviation: float | None = None,
) -> Distribution:
    if mean is not None and standard_deviation is not None and alpha is None and beta is None:
        return Beta.of_moments(mean, standard_deviation, low, high)
    if alpha is None or beta is None or mean is not None or standard_deviation is not None:
        raise DistributionError(
            "a beta needs alpha and beta, or mean and standard_deviation", mend="give one pair"
        )
    return Beta(alpha, beta, low, high)


def _gamma(
    shape: float | None = None,
    scale: float | None = None,
    *,
    mean: float | None = None,
    standard_deviation: float | None = None,
) -> Distribution:
    if mean is not None and standard_deviation is not None and shape is None and scale is None:
        return Gamma.of_moments(mean, standard_deviation)
    if shape is None or scale is None or mean is not None or standard_deviation is not None:
        raise DistributionError(
            "a gamma needs shape and scale, or mean and standard_deviation", mend="give one pair"
        )
    return Gamma(shape, scale)


def _mixture(components: Sequence[Distribution], weights: Sequence[float] | None = None) -> Distribution:
    n = len(components)
    return Mixture(tuple(components), tuple(weights) if weights is not None else (1 / n,) * n if n else ())


def _truncated(distribution: Distribution, low: float = -math.inf, high: float = math.inf) -> Distribution:
    return Truncated(distribution, low, high)


FAMILIES: Mapping[str, Callable[..., Distribution]] = MappingProxyType(
    {
        "constant": Constant,
        "normal": Normal,
        "lognormal": _lognormal,
        "triangular": Triangular,
        "pert": Pert,
        "uniform": Uniform,
        "beta": _beta,
        "gamma": _gamma,
        "metalog": Metalog,
        "discrete": Discrete,
        "empirical": Empirical,
        "mixture": _mixture,
        "truncated": _truncated,
    }
)
"""Every family by name, and what makes it."""


def parse_distribution(source: Any, *, kind: Kind = "number", currency: str | None = None) -> Distribution:
    """Return the distribution that a number, a text or plain data describes.

    Parameters
    ----------
    source : number, str, mapping or Distribution
        `12`, `"10 .. 20"`, `"triangular(1, 2, 4)"`, `{"5%": 1, "50%": 2, "95%": 5}`,
        `{"family": "normal", "mean": 10, "standard_deviation": 2}`.
    kind : {'number', 'share', 'rate', 'money', 'years'}
        What the number stands for: which units may be written, and where it must lie.
    currency : str, optional
        Three-letter code that money must be in; without it money carries no sign.

    Raises
    ------
    DistributionError
        Showing the text, with a caret at the character that is wrong, and the mend.

    Examples
    --------
    >>> print(parse_distribution("€1.2M .. €3M", kind="money", currency="EUR"))
    lognormal 1200000 .. 3000000
    """
    if isinstance(source, Distribution):
        found = source
    elif isinstance(source, str):
        found = _Text(source, kind, currency).whole()
    else:
        found = _from_data(source, kind, currency, 0)
    _check_kind(found, kind)
    return found


def make(family: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Distribution:
    """Return a distribution of a family by name.

    Raises
    ------
    DistributionError
        If there is no such family, or it does not take these arguments.
    """
    if family not in FAMILIES:
        raise DistributionError(f"there is no distribution '{family}'{_nearest(family, FAMILIES)}")
    made = FAMILIES[family]
    signature = inspect.signature(made)
    for name in keywords:
        if name not in signature.parameters:
            raise DistributionError(f"{family} has no '{name}'{_nearest(name, signature.parameters)}")
    try:
        signature.bind(*arguments, **keywords)
    except TypeError:
        if family == "lognormal":
            return _lognormal()
        needed = ", ".join(signature.parameters)
        raise DistributionError(f"{family} takes {needed}; {len(arguments) + len(keywords)} given") from None
    return made(*arguments, **keywords)


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    match = get_close_matches(name, known, n=1)
    return f"; did you mean '{match[0]}'?" if match else f"; known: {', '.join(known)}"


# --- plain data ---------------------------------------------------------------------------------------------


def _from_data(source: Any, kind: Kind, currency: str | None, depth: int) -> Distribution:
    if depth > MAX_DEPTH:
        raise DistributionError("distributions are nested too deeply", mend=f"keep within {MAX_DEPTH} levels")
    if isinstance(source, bool) or source is None:
        raise DistributionError(
            f"found {source}, not a number", mend="write a number, or a range such as 10 .. 20"
        )
    if isinstance(source, int | float):
        return Constant(float(source))
    if isinstance(source, str):
        return _Text(source, kind, currency).whole()
    if not isinstance(source, Mapping) or not source:
        raise DistributionError(
            f"found {str(source)[:60]!r}, not a distribution", mend="write a number or a range"
        )
    data = {str(key): value for key, value in source.items()}
    if "samples" in data:
        return Empirical(tuple(_numbers(data["samples"], kind, currency)))
    if "quantiles" in data:
        return _from_quantiles(data, kind, currency, depth)
    if any(key.rstrip().endswith("%") for key in data):
        stated = {key: value for key, value in data.items() if key.rstrip().endswith("%")}
        rest = {key: value for key, value in data.items() if key not in stated}
        return _from_quantiles({"quantiles": stated, **rest}, kind, currency, depth)
    if "family" not in data:
        raise DistributionError(
            f"found the keys {', '.join(list(data)[:6])}",
            mend="give `family`, or quantiles such as {5%: 1, 95%: 3}",
        )
    return _from_family(data, kind, currency, depth)


def _from_family(data: Mapping[str, Any], kind: Kind, currency: str | None, depth: int) -> Distribution:
    parameters: dict[str, Any] = {}
    for key, value in data.items():
        if key == "family":
            continue
        if key == "distribution":
            parameters[key] = _from_data(value, kind, currency, depth + 1)
        elif key == "components" and isinstance(value, list):
            parameters[key] = tuple(_from_data(each, kind, currency, depth + 1) for each in value)
        else:
            listed = isinstance(value, list)
            parameters[key] = (
                tuple(_numbers(value, kind, currency)) if listed else _one(value, kind, currency)
            )
    return make(str(data["family"]), (), parameters)


def _from_quantiles(data: Mapping[str, Any], kind: Kind, currency: str | None, depth: int) -> Distribution:
    known = ("quantiles", "taken", "family", "low", "high")
    for key in data:
        if key not in known:
            raise DistributionError(
                f"unknown key '{key}' beside quantiles{_nearest(key, dict.fromkeys(known))}"
            )
    if not isinstance(data["quantiles"], Mapping):
        raise DistributionError("quantiles must be pairs", mend="write {5%: 1, 50%: 2, 95%: 5}")
    probabilities = [_probability(str(key)) for key in data["quantiles"]]
    values = _numbers(list(data["quantiles"].values()), kind, currency)
    if "taken" in data:
        taken = _from_data(data["taken"], "number", None, depth + 1)
        return Fitted(tuple(probabilities), tuple(values), taken)
    fraction_hint(kind, values)
    low, high = (_one(data[key], kind, currency) if key in data else None for key in ("low", "high"))
    family = str(data["family"]) if "family" in data else None
    return fit_quantiles(probabilities, values, family=family, low=low, high=high, is_share=kind == "share")


def _probability(text: str) -> float:
    try:
        share = float(text.strip().removesuffix("%")) / 100 if "%" in text else float(text)
    except ValueError:
        raise DistributionError(
            f"'{text}' is no probability", mend="write quantiles as 5%, 50%, 95%"
        ) from None
    return share


def _numbers(values: Any, kind: Kind, currency: str | None) -> list[float]:
    if not isinstance(values, list | tuple) or len(values) > 1_000_000:
        raise DistributionError("a list of at most 1,000,000 numbers is needed", mend="write it as [1, 2, 3]")
    return [_one(value, kind, currency) for value in values]


def _one(value: Any, kind: Kind, currency: str | None) -> float:
    if isinstance(value, str):
        found = _Text(value, kind, currency).whole()
        if isinstance(found, Constant):
            return found.value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise DistributionError(f"found {str(value)[:60]!r} where one number is needed", mend="write a number")


def _check_kind(found: Distribution, kind: Kind) -> None:
    """Refuse a distribution that goes where its kind cannot."""
    if kind in ("number", "money"):
        return
    low, high = found.support
    if kind == "share":
        fraction_hint(kind, [found.median])
        outside = low < 0 or high > 1
        if outside:
            raise DistributionError(
                f"a share lies between 0 and 1, but {found} can be {'below 0' if low < 0 else 'above 1'}",
                mend=f"use a beta, or truncated({found}, low=0, high=1)",
            )
    elif kind == "rate":
        fraction_hint(kind, [found.median])
        if float(found.quantile(1e-6)) <= -1:
            raise DistributionError(f"a rate of {found} can be −100 % or less", mend="truncate it")
    elif low < 0:
        raise DistributionError(
            f"a time cannot be negative, but {found} can be", mend=f"truncated({found}, low=0)"
        )


# --- text ---------------------------------------------------------------------------------------------------

_NAME = re.compile(r"[A-Za-z_]+")


@dataclass
class _Text:
    """Reads a text from left to right; `at` is the next character."""

    text: str
    kind: Kind
    currency: str | None
    at: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        if len(self.text) > MAX_TEXT:
            raise DistributionError(f"a text of {len(self.text):,} characters", mend="give samples in a list")
        self.numbers = NumberReader(self.text, self.kind, self.currency)

    def whole(self) -> Distribution:
        found = self.expression()
        self.skip()
        if self.at < len(self.text):
            self.fail(f"unexpected '{self.text[self.at]}'", self._why_unexpected())
        return found

    def _why_unexpected(self) -> str:
        rest = self.text[self.at :].lstrip()
        if rest.startswith(","):
            return "a comma stands between arguments only: write 1000 or 1_000, and 3.5 with a point"
        if rest[0] in "-–—−" or rest.startswith("to "):
            return "write a range as 10 .. 20"
        return "write a number, a range such as 10 .. 20, or a distribution such as normal(10, 2)"

    def expression(self) -> Distribution:
        self.skip()
        name = _NAME.match(self.text, self.at)
        if name and not self.numbers.starts(self.at):
            return self._named(name)
        if self.at >= len(self.text):
            self.fail("nothing there", "write a number, or a range such as 10 .. 20")
        return self._number_or_interval(None)

    def _named(self, name: re.Match[str]) -> Distribution:
        start, self.at = self.at, name.end()
        self.skip()
        if self.text.startswith("(", self.at):
            self.at += 1
            return self._call(name.group(), start)
        if name.group() in _INTERVAL_FAMILIES and self.numbers.starts(self.at):
            return self._number_or_interval(name.group())
        self.at = start
        known = dict.fromkeys([*FAMILIES, "quantiles"])
        return self.fail(f"cannot read '{name.group()}'{_nearest(name.group(), known)}", "")

    def _number_or_interval(self, family: str | None) -> Distribution:
        start = self.at
        low = self.number()
        self.skip()
        if not self.text.startswith("..", self.at):
            if family:
                self.fail(f"'{family}' needs a range", f"write {family} 10 .. 20, or {family}(…)")
            return self.located(start, lambda: self._single(low))
        self.at += 2
        high = self.number()
        self._same_unit(low, high)
        coverage = self._coverage()
        fraction_hint(self.kind, [low.value, high.value], is_bare=not low.unit)
        return self.located(
            start,
            lambda: fit_interval(
                low.value, high.value, coverage=coverage, family=family, is_share=self.kind == "share"
            ),
        )

    def _single(self, number: Number) -> Distribution:
        fraction_hint(self.kind if self.depth == 0 else "number", [number.value], is_bare=not number.unit)
        return Constant(number.value)

    def _same_unit(self, low: Number, high: Number) -> None:
        if low.unit != high.unit and "%" in (low.unit, high.unit):
            self.at = (high if low.unit == "%" else low).start
            self.fail("one end is a percentage and the other is not", "write % after both")

    def _coverage(self) -> float:
        self.skip()
        if not self.text.startswith("@", self.at):
            return 0.9
        self.at += 1
        return self.numbers_plain()

    def _call(self, name: str, start: int) -> Distribution:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("nested too deeply", f"keep within {MAX_DEPTH} levels")
        arguments: list[Any] = []
        keywords: dict[str, Any] = {}
        stated: dict[float, float] = {}
        while not self.taken(")"):
            self._argument(arguments, keywords, stated)
            if not self.taken(","):
                if not self.taken(")"):
                    self.fail(
                        "a ) is missing"
                        if self.at >= len(self.text)
                        else f"unexpected '{self.text[self.at]}'",
                        "put , between arguments and ) at the end",
                    )
                break
        self.depth -= 1
        if name == "quantiles":
            taken = keywords.pop("taken", None)
            return self.located(start, lambda: self._quantiles(stated, taken))
        plain = name not in ("truncated", "mixture")
        values = [_plain(each) if plain else each for each in arguments]
        named = {
            key: each if key in ("distribution", "components") else _plain(each)
            for key, each in keywords.items()
        }
        if name == "truncated":
            values[1:] = map(_plain, values[1:])
        if name == "mixture" and len(values) > 1:
            values[1] = _plain(values[1])
        return self.located(start, lambda: make(name, values, named))

    def _quantiles(self, stated: dict[float, float], taken: Distribution | None) -> Distribution:
        if taken is not None:
            return Fitted(tuple(stated), tuple(stated.values()), taken)
        return fit_quantiles(list(stated), list(stated.values()), is_share=self.kind == "share")

    def _argument(self, arguments: list[Any], keywords: dict[str, Any], stated: dict[float, float]) -> None:
        self.skip()
        keyword = re.compile(r"([A-Za-z_]+)\s*=").match(self.text, self.at)
        level = re.compile(r"([0-9.e-]+)%\s*:").match(self.text, self.at)
        if level:
            self.at = level.end()
            stated[float(level.group(1)) / 100] = self.number().value
        elif keyword:
            self.at = keyword.end()
            keywords[keyword.group(1)] = self._value()
        elif keywords:
            self.fail("an argument without a name after one with a name", "name it too")
        else:
            arguments.append(self._value())

    def _value(self) -> Any:
        if not self.taken("["):
            return self.expression()
        values = []
        while not self.taken("]"):
            values.append(self.expression())
            if not self.taken(",") and not self.text.startswith("]", self.at):
                self.fail("a ] is missing", "put , between values and ] at the end")
        return tuple(values)

    def number(self) -> Number:
        self.skip()
        found = self.numbers.read(self.at)
        self.at = found.end
        return found

    def numbers_plain(self) -> float:
        self.skip()
        found = NumberReader(self.text, "share", None).read(self.at)
        self.at = found.end
        return found.value

    def taken(self, symbol: str) -> bool:
        self.skip()
        if not self.text.startswith(symbol, self.at):
            return False
        self.at += len(symbol)
        return True

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def located(self, start: int, made: Callable[[], Distribution]) -> Distribution:
        try:
            return made()
        except DistributionError as error:
            if error.excerpt:
                raise
            self.at = start
            return self.fail(error.problem, error.mend)

    def fail(self, problem: str, mend: str) -> Any:
        raise self.numbers.error(problem, mend, self.at)


def _plain(value: Any) -> Any:
    """Return an argument that must be a number, or a list of them, as such."""
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value)
    if isinstance(value, Constant):
        return value.value
    raise DistributionError(f"found {value} where a number is needed", mend="write a number")
