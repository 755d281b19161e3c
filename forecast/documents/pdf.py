"""Pages as PDF, made by WeasyPrint without a network: what a page needs stands in it."""

from base64 import b64decode
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from innosi.models.errors import InnosiError
from innosi.scenarios.writing import replacing

_INSTALL = 'pip install "innosi[documents]"'
_PANGO = "libpango-1.0-0 libpangoft2-1.0-0"
"""Names of the system's library on Debian and Ubuntu."""


def write_pdf(html: str, path: Path) -> None:
    """Write a page as a PDF file, whole or not at all.

    Raises
    ------
    InnosiError
        If WeasyPrint or the system's library pango is missing, or the file cannot be written.
    """
    pdf = pdf_of(html)
    with replacing(path) as temporary:
        temporary.write_bytes(pdf)


def pdf_of(html: str) -> bytes:
    """Return a page as PDF; nothing is read from a network or a disk, only `data:` addresses count.

    Raises
    ------
    InnosiError
        If WeasyPrint or the system's library pango is missing.
    """
    weasyprint = _weasyprint()
    page = weasyprint.HTML(string=html, url_fetcher=_fetcher(weasyprint))
    pdf: bytes = page.write_pdf(presentational_hints=True)
    return pdf


def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except ImportError:
        raise InnosiError("PDF files need the library WeasyPrint", mend=_INSTALL) from None
    except OSError as error:
        raise InnosiError(
            f"PDF files need the system's library pango ({str(error).splitlines()[0]})",
            mend=f"install it (Debian, Ubuntu: apt-get install {_PANGO}), and {_INSTALL}",
        ) from None


def _fetcher(weasyprint: Any) -> Any:
    """Return what WeasyPrint fetches addresses with: a class since version 68, a function before."""
    since_68 = getattr(weasyprint.urls, "URLFetcher", None)
    return since_68(allowed_protocols=("data",)) if since_68 else only_data


def only_data(url: str, *_: object, **__: object) -> Mapping[str, object]:
    """Return what a `data:` address holds, and refuse every other.

    Raises
    ------
    ValueError
        If it is another address; WeasyPrint then leaves the picture out.
    """
    scheme, _colon, rest = url.partition(":")
    if scheme.casefold() != "data":
        raise ValueError(f"pages are made without a network; not fetched: {url}")
    about, _comma, text = rest.partition(",")
    mime_type, *settings = about.split(";")
    raw = unquote_to_bytes(text)
    return {"string": b64decode(raw) if "base64" in settings else raw, "mime_type": mime_type or "text/plain"}
