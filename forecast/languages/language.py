"""A language: its texts, and how it writes numbers, percentages and dates."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `Language.date` would hide it
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.languages.numbers import WrittenNumber, locale_name, marks_of, read_written
from innosi.models.errors import AnswerError, InnosiError

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context
    from markupsafe import Markup

SOURCE = "en"
"""The language in which messages are written in templates and code."""
MINUS = "−"
"""As long as a plus is; languages that write a hyphen read it too."""
_MOST_DECIMALS = 3


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return a message as it is: marks one that is translated where it is shown, not where it stands."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """One of `LANGUAGES`; made by `language_of`.

    Messages are English and hold placeholders such as `%(name)s`; a per cent sign in one is written `%%`.
    What has no translation stays English.
    """

    code: str

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return LANGUAGES[self.code]

    def text(self, message: str, **values: object) -> str:
        """Return a message in this language, its placeholders filled with the values."""
        return self._translated(message) % values

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the one of two messages that fits a count, in this language; `%(n)s` is the count."""
        return self._translated_plural(one, many, n) % {"n": self.number(n, 0), **values}

    def number(self, value: float, digits: int | None = None) -> str:
        """Return a number as this language writes it, thousands parted.

        Parameters
        ----------
        value : float
            NaN becomes a dash.
        digits : int, optional
            How many decimals; by default those there are, at most three (below one: three figures).
        """
        if not math.isfinite(value):
            return "–" if math.isnan(value) else f"{MINUS if value < 0 else ''}∞"
        whole, _, fraction = _digits(abs(value), digits).partition(".")
        written = WrittenNumber("", whole, fraction, is_grouped=True, is_percentage=False)
        is_below = value < 0 and written.value != 0
        return f"{MINUS if is_below else ''}{written.with_marks(marks_of(self.code))}"

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share of one as a percentage: `65%`, or `65 %` where the language has a space there."""
        from babel.numbers import format_percent

        nought = format_percent(0, locale=locale_name(self.code))
        return nought.replace("0", self.number(share * 100, digits))

    def date(self, date: Date) -> str:
        """Return a date in its long form: `1 maart 2035`."""
        from babel.dates import format_date

        return format_date(date, "long", locale=locale_name(self.code))

    def read_number(self, text: str) -> float:
        """Return the number that somebody wrote in this language; a percentage gives a share of one.

        Raises
        ------
        AnswerError
            If it is none in this language, saying where it would be one, and how to write it here.
        """
        value = self.written_number(text).value
        if not math.isfinite(value):
            raise AnswerError("too large a number", mend="write one of fewer digits")
        return value

    def written_number(self, text: str) -> WrittenNumber:
        """Return what `read_number` reads, digit by digit."""
        return read_written(text, self.code)

    def install(self, environment: "Environment") -> None:
        """Give a Jinja environment `_`, `ngettext`, and the filters `number`, `percent` and `date`."""
        environment.add_extension("jinja2.ext.i18n")
        install = environment.install_gettext_callables  # type: ignore[attr-defined]
        install(self._translated, self._translated_plural, newstyle=True)
        environment.globals["ngettext"] = _ngettext_in(self)
        environment.filters.update(number=self.number, percent=self.percent, date=self.date)

    def _translated(self, message: str) -> str:
        # An empty id is the catalogue's heading.
        return _catalogue(self.code).gettext(message) if message else ""

    def _translated_plural(self, one: str, many: str, n: int) -> str:
        return _catalogue(self.code).ngettext(one, many, n)


def lang_attribute(code: str, page: Language) -> "Markup":
    """Return ` lang="en"` for a text in another language than its page's, so that it is read out well."""
    from markupsafe import Markup

    return Markup("") if code == page.code else Markup(' lang="{}"').format(code)


@cache
def language_of(code: str) -> Language:
    """Return the language of a code such as `nl`.

    Raises
    ------
    InnosiError
        If there is none, naming those there are.
    """
    if code not in LANGUAGES:
        known = ", ".join(f"{each} ({name})" for each, name in LANGUAGES.items())
        raise InnosiError(f"there is no language '{code}'", mend=f"use one of {known}")
    return Language(code)


@cache
def _catalogue(code: str) -> NullTranslations:
    """Return a language's translations, read once in a process."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    if code == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (files("innosi.forecast.languages") / "catalogues" / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _ngettext_in(language: Language) -> Callable[..., str]:
    """Return `ngettext` for templates; Jinja's own does not know `%(n)s`."""
    from jinja2 import pass_context
    from markupsafe import Markup

    @pass_context
    def ngettext(context: "Context", one: str, many: str, n: int, /, **values: object) -> str:
        message = language._translated_plural(one, many, n)
        number = language.number(n, 0)
        template = Markup(message) if context.eval_ctx.autoescape else message
        return template % {"n": number, "num": number, **values}

    return ngettext


def _digits(value: float, digits: int | None) -> str:
    if digits is not None:
        return f"{value:.{digits}f}"
    leading = -math.floor(math.log10(value)) if 0 < value < 1 else 1
    return f"{value:.{max(leading + _MOST_DECIMALS - 1, _MOST_DECIMALS)}f}".rstrip("0").removesuffix(".")
