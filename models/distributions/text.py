"""Reading a distribution from text as people write it: `10 .. 20`, `triangular(1, 2, 4)`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from innosi.models.distributions.continuous import Constant
from innosi.models.distributions.distribution import Distribution
from innosi.models.distributions.families import FAMILIES, MAX_DEPTH, make, nearest_of
from innosi.models.distributions.numbers import Number, NumberReader, fraction_hint
from innosi.models.distributions.stated import Fitted, fit_interval, fit_quantiles
from innosi.models.errors import DistributionError

MAX_TEXT = 10_000_000
_INTERVAL_FAMILIES = ("normal", "lognormal", "beta", "uniform", "gamma")
_NAME = re.compile(r"[A-Za-z_]+")


def read_text(text: str, kind: str, currency: str | None) -> Distribution:
    """Return the distribution that a text describes; see `parse_distribution`."""
    return _Text(text, kind, currency).whole()


@dataclass
class _Text:
    """Reads a text from left to right; `at` is the next character."""

    text: str
    kind: str
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
        return self.fail(f"cannot read '{name.group()}'{nearest_of(name.group(), known)}", "")

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
