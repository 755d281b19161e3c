"""Numbers as people write them: 1.2M, €3k, 15%."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from innosi.models.errors import DistributionError

SIGNS = MappingProxyType({"€": "EUR", "£": "GBP", "$": "USD", "Ft": "HUF", "zł": "PLN", "kr": "SEK"})
SIZES = MappingProxyType(
    {"k": 1e3, "thousand": 1e3, "M": 1e6, "m": 1e6, "million": 1e6, "bn": 1e9, "B": 1e9, "billion": 1e9}
)
_CURRENCY = r"€|£|\$|Ft|zł|kr|[A-Z]{3}(?![A-Za-z])"
_KINDS = MappingProxyType(
    {"share": "a share", "rate": "a rate", "change": "a change", "years": "a time in years"}
)
_NUMBER = re.compile(
    rf"(?P<sign>[-−+]?)\s*(?:(?P<before>{_CURRENCY})\s*)?(?P<sign2>[-−+]?)"
    r"(?P<digits>(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)"
    r"(?:\s?(?P<size>thousand|million|billion|bn|[kMmB])(?![A-Za-z]))?"
    rf"(?:\s?(?P<percent>%)|\s?(?P<after>{_CURRENCY}))?"
)


def looks_like_thousands(written: str) -> bool:
    """Whether a number is written as 1.500 or 90.000 are, which may mean a thousand and a half, or ninety."""
    return re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", written) is not None


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from a text: its value, its unit (`%`, a currency, or none), and where it stands."""

    value: float
    unit: str
    start: int
    end: int


class NumberReader:
    """Reads numbers out of a text, and says at which character one is wrong."""

    def __init__(self, text: str, kind: str, currency: str | None) -> None:
        self.text, self.kind, self.currency = text, kind, currency

    def starts(self, at: int) -> bool:
        """Whether a number begins at this character."""
        return _NUMBER.match(self.text, at) is not None

    def read(self, at: int) -> Number:
        """Return the number that begins at this character."""
        match = _NUMBER.match(self.text, at)
        if match is None:
            found = f"found '{self.text[at]}'" if at < len(self.text) else "the text ends"
            raise self.error(f"a number is missing: {found}", "write a number such as 12, 1.2M or 15%", at)
        self._refuse_comma(match)
        self._refuse_thousands(match)
        value = float(match["digits"].replace("_", "")) * SIZES.get(match["size"] or "", 1.0)
        if "-" in (signs := (match["sign"] + match["sign2"]).replace("−", "-")):
            value = -value
        if len(signs) > 1:
            raise self.error("two signs", "write one", at)
        unit = self._unit(match)
        return Number(value / 100 if unit == "%" else value, unit, at, match.end())

    def _refuse_comma(self, match: re.Match[str]) -> None:
        follows = re.compile(r",\d").match(self.text, match.end())
        if follows and "(" not in self.text[: match.start()] and "[" not in self.text[: match.start()]:
            mend = "write 1000 or 1_000 for a thousand, and 3.5 with a point"
            raise self.error("a comma within a number", mend, match.end())

    def _refuse_thousands(self, match: re.Match[str]) -> None:
        """A dot before three digits means a thousand to half of Europe: 90.000 is no careful 90."""
        written = match["digits"]
        if (self.kind == "money" or written.endswith("0")) and looks_like_thousands(written):
            whole, part = written.split(".")
            mend = (
                f"write {whole}{part} (or {whole}_{part}) for thousands, and {float(written):g} for decimals"
            )
            raise self.error(
                "a dot before three digits, which may mean thousands", mend, match.start("digits")
            )

    def _unit(self, match: re.Match[str]) -> str:
        if match["percent"]:
            if self.kind in ("number", "years"):
                raise self.error(
                    "a percentage where a plain number is needed",
                    "write it without %",
                    match.start("percent"),
                )
            if self.kind == "money":
                raise self.error(
                    "a percentage where an amount of money is needed",
                    "write an amount",
                    match.start("percent"),
                )
            return "%"
        written = match["before"] or match["after"]
        if not written:
            return ""
        code = SIGNS.get(written, written)
        position = match.start("before") if match["before"] else match.start("after")
        if self.kind != "money":
            what = _KINDS.get(self.kind, "a plain number")
            raise self.error(f"'{written}' where {what} is needed", "write it without a currency", position)
        if (
            self.currency is not None
            and code != self.currency
            and not (written == "kr" and self.currency in ("SEK", "DKK", "NOK"))
        ):
            raise self.error(
                f"{written} in a file whose currency is {self.currency}",
                f"write {{value: …, currency: {code}}}, and give its rate under `conversion`",
                position,
            )
        return code

    def error(self, problem: str, mend: str, at: int) -> DistributionError:
        """Return an error that shows the text with a caret at the character."""
        start = max(0, at - 60)
        shown = self.text[start : start + 100].replace("\n", " ").replace("\t", " ")
        excerpt = f"  {shown}\n  {' ' * (at - start)}^"
        name = self.text.strip() if len(self.text) <= 60 else f"{self.text.strip()[:57]}…"
        return DistributionError(f"cannot read '{name}': {problem}", mend=mend, excerpt=excerpt)


def fraction_hint(kind: str, values: Sequence[float], *, is_bare: bool = True) -> None:
    """Refuse a share or rate beyond 1 that was most likely meant as a percentage."""
    beyond = [value for value in values if abs(value) > 1]
    if kind in ("share", "rate") and beyond:
        value = beyond[-1]
        if not is_bare or value > 100:
            raise DistributionError(f"{value * 100:g} % is more than the whole", mend="write at most 100%")
        raise DistributionError(
            f"{value:g} must be a fraction or a percentage", mend=f"write {value:g}% or {value / 100:g}"
        )
