"""Pages from this package's templates: escaped, whole, and with what belongs together on one line."""

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any


def rendered(
    template: str,
    styles: tuple[str, ...],
    context: Mapping[str, Any],
    *,
    filters: Mapping[str, Callable[..., str]] | None = None,
) -> str:
    """Return a page of a template of this package.

    Parameters
    ----------
    styles : tuple of str
        The style sheets of this package that it gets as its `style`, the later over the earlier.
    context : mapping
        What the template speaks of; a name that is not there is an error.
    filters : mapping of name to function, optional
        What else the template may put values through.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= filters or {}
    folder = files(__package__)
    style = "".join((folder / name).read_text(encoding="utf-8") for name in styles)
    page = environment.from_string((folder / template).read_text(encoding="utf-8"))
    return _kept_together(page.render(**context, style=style))


def _kept_together(html: str) -> str:
    """Keep a percentage, a sample size, and a minus with its currency, on one line."""
    html = html.replace(" %", "\u00a0%").replace(", n = ", ", n\u00a0=\u00a0")
    return re.sub(r"−(?=[€£$])", "−\u2060", html)
