"""One colour for one meaning, throughout the project; safe for colour-blind eyes (Okabe & Ito 2008)."""

from collections.abc import Mapping
from types import MappingProxyType

from innosi.models.estimates import EvidenceGrade

INK = "#222222"
MUTED = "#6b6b6b"
RULE = "#d0d0d0"
GAIN = "#0072b2"
LOSS = "#d55e00"
INPUT = "#b8860b"
REFERENCE = "#222222"

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
