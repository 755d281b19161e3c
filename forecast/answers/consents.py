"""What a table says of who takes part: yes or no beside the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from innosi.forecast.answers.cells import cell_text, has_no_answer
from innosi.forecast.answers.checking import check_panellist, rejection
from innosi.forecast.answers.forms import Refused, is_yes
from innosi.forecast.answers.layout import Entry, Layout
from innosi.forecast.answers.values import Rejection
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class SaidConsents:
    """Who agrees to take part, or does not, and what cannot be understood of it."""

    said: Mapping[str, bool] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()


def consents_in(layout: Layout, study: Study) -> SaidConsents:
    """Return what the column `consent` of a table says; an empty cell says nothing."""
    said: dict[str, tuple[bool, int]] = {}
    rejections = []
    for entry in layout.aside_entries("consent"):
        try:
            agrees = _agrees(entry, study)
        except Refused as refused:
            rejections.append(rejection(entry, refused.found, refused.reason))
            continue
        if agrees is not None:
            first, line = said.setdefault(entry.panellist, (agrees, entry.line))
            if first != agrees:
                rejections.append(rejection(entry, _text(entry), f"said otherwise on line {line}"))
    return SaidConsents({who: agrees for who, (agrees, _) in said.items()}, tuple(rejections))


def _agrees(entry: Entry, study: Study) -> bool | None:
    if has_no_answer(entry.parts["value"]):
        return None
    check_panellist(entry, study)
    if entry.panellist in study.panel.withdrawn:
        raise Refused("", "has withdrawn from the study")
    agrees = is_yes(entry.parts["value"])
    if agrees is None:
        raise Refused(_text(entry), "neither yes nor no; write yes, no, 1, 0, or leave it empty")
    return agrees


def _text(entry: Entry) -> str:
    return cell_text(entry.parts["value"])
