"""One colour for one meaning, throughout the project; safe for colour-blind eyes (Okabe & Ito 2008)."""

from collections.abc import Mapping
from types import MappingProxyType

from innosi.models.estimates import EvidenceGrade

INK = "#222222"
MUTED = "#5c5c5c"
RULE = "#d0d0d0"
GAIN = "#0072b2"
LOSS = "#d55e00"
INPUT = "#b8860b"
CORRECTED = "#009e73"
REFERENCE = "#222222"
AT_LOW = "#bdbdbd"
AT_HIGH = "#636363"
"""A number at its 5 % quantile, and at its 95 %: light and dark, so that no option is meant."""

SERIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#6b6b6b")
"""Options, in their order; the same option has the same colour everywhere."""

EVIDENCE: Mapping[EvidenceGrade, str] = MappingProxyType(
    {
        EvidenceGrade.MATCHED_CONTROL: "#00466e",
        EvidenceGrade.RECORD: "#0072b2",
        EvidenceGrade.BEFORE_AFTER: "#56b4e9",
        EvidenceGrade.PANEL_JUDGEMENT: "#009e73",
        EvidenceGrade.CLAIM: "#e69f00",
        EvidenceGrade.ASSUMPTION: "#d9d9d9",
    }
)
"""From strong (dark) to weak (light)."""


def luminance(colour: str) -> float:
    """Return a colour's relative luminance: 0 for black, 1 for white.

    Source
    ------
    Web Content Accessibility Guidelines 2.2.
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text_on(colour: str) -> str:
    """Return the colour, white or ink, in which text on a colour is read best."""
    shade = luminance(colour)
    on_white, on_ink = 1.05 / (shade + 0.05), (shade + 0.05) / (luminance(INK) + 0.05)
    return "#ffffff" if on_white >= on_ink else INK
