"""Reading a distribution: a number, a text, or plain data."""

from collections.abc import Mapping
from typing import Any, Literal

from innosi.models.distributions.combined import Empirical
from innosi.models.distributions.continuous import Constant
from innosi.models.distributions.distribution import Distribution
from innosi.models.distributions.families import MAX_DEPTH, make, nearest_of
from innosi.models.distributions.numbers import fraction_hint
from innosi.models.distributions.stated import Fitted, fit_quantiles
from innosi.models.distributions.text import read_text
from innosi.models.errors import DistributionError

Kind = Literal["number", "share", "rate", "change", "money", "years"]


def parse_distribution(source: Any, *, kind: Kind = "number", currency: str | None = None) -> Distribution:
    """Return the distribution that a number, a text or plain data describes.

    Parameters
    ----------
    source : number, str, mapping or Distribution
        `12`, `"10 .. 20"`, `"triangular(1, 2, 4)"`, `{"5%": 1, "50%": 2, "95%": 5}`,
        `{"family": "normal", "mean": 10, "standard_deviation": 2}`.
    kind : {'number', 'share', 'rate', 'change', 'money', 'years'}
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
        found = read_text(source, kind, currency)
    else:
        found = _from_data(source, kind, currency, 0)
    _check_kind(found, kind)
    return found


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
        return read_text(source, kind, currency)
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
                f"unknown key '{key}' beside quantiles{nearest_of(key, dict.fromkeys(known))}"
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
        found = read_text(value, kind, currency)
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
    elif kind == "change":
        if float(found.quantile(1e-6)) < -1:
            raise DistributionError(
                f"a change of {found} can take away more than 100 %", mend="truncate it at -100%"
            )
    elif low < 0:
        mend = "write 0 or more" if found.is_constant else f"write truncated({found}, low=0)"
        raise DistributionError(f"a time cannot be negative, but {found} can be", mend=mend)
