"""An estimate: what is believed about one number, and what that belief rests on."""

from dataclasses import dataclass
from enum import StrEnum

from innosi.models.distributions import Distribution


class EvidenceGrade(StrEnum):
    """What a number rests on, from the strongest to the weakest."""

    MATCHED_CONTROL = "matched_control"
    RECORD = "record"
    BEFORE_AFTER = "before_after"
    PANEL_JUDGEMENT = "panel_judgement"
    CLAIM = "claim"
    ASSUMPTION = "assumption"

    @property
    def label(self) -> str:
        """The grade as people read it."""
        return _LABELS[self]

    @property
    def meaning(self) -> str:
        """What the grade says, in one sentence."""
        return _MEANINGS[self]

    @property
    def rank(self) -> int:
        """0 for the strongest grade; higher is weaker."""
        return list(EvidenceGrade).index(self)


_LABELS = {
    EvidenceGrade.MATCHED_CONTROL: "matched control",
    EvidenceGrade.RECORD: "record",
    EvidenceGrade.BEFORE_AFTER: "before–after",
    EvidenceGrade.PANEL_JUDGEMENT: "panel judgement",
    EvidenceGrade.CLAIM: "claim",
    EvidenceGrade.ASSUMPTION: "assumption",
}

_MEANINGS = {
    EvidenceGrade.MATCHED_CONTROL: "measured against people alike who were not reached",
    EvidenceGrade.RECORD: "counted in accounts or administrative records: a fact, but not yet an effect",
    EvidenceGrade.BEFORE_AFTER: "measured before and after, with nobody to compare with",
    EvidenceGrade.PANEL_JUDGEMENT: "judged by a Delphi panel",
    EvidenceGrade.CLAIM: "said by somebody with an interest, not checked",
    EvidenceGrade.ASSUMPTION: "assumed, so that the sum can be done",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is believed about one number, what it rests on, and where that was read.

    `shared_name` is set where several numbers are one and the same unknown (one judgement used
    twice): they are then drawn together. `is_chance` marks what is left to chance (whether an event
    happens, the shock of a year): nobody believes anything about it.
    """

    distribution: Distribution
    evidence: EvidenceGrade = EvidenceGrade.ASSUMPTION
    source: str = ""
    note: str = ""
    stated: str = ""
    shared_name: str = ""
    is_chance: bool = False
