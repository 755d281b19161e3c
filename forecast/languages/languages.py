"""The languages in which panellists are addressed."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "nl": "Nederlands",
        "fi": "suomi",
        "sv": "svenska",
        "de": "Deutsch",
        "pl": "polski",
        "hu": "magyar",
        "es": "español",
        "it": "italiano",
        "el": "Ελληνικά",
    }
)
"""Code to the language's own name."""
