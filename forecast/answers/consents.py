"""What a table says of who takes part: yes or no beside the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from innosi.forecast.answers.cells import has_no_answer
from innosi.forecast.answers.checking import panellist_of, rejection
from innosi.forecast.answers.forms import Refused, is_yes
from innosi.forecast.answers.layout import Entry, Layout
from innosi.forecast.answers.values import Rejection
from innosi.forecast.study import Study
from innosi.scenarios.tables.rows import cell_text


@dataclass(frozen=True, slots=True)
class SaidConsents:
    """Who agrees to take part, or does not, and what cannot be understood of it."""

    said: Mapping[str, bool] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()


def consents_in(layout: Layout, study: Study) -> SaidConsents:
    """Return what the column `consent` of a table says; an empty cell says nothing.

    Of who says both yes and no, nobody can say which is meant, and neither is taken.
    """
    said: dict[str, dict[bool, Entry]] = {}
    rejections = []
    for entry in layout.aside_entries("consent"):
        if has_no_answer(entry.parts["value"]):
            continue
        try:
            who, agrees = _who_takes_part(entry, study), _agrees(entry)
        except Refused as refused:
            rejections.append(rejection(entry, refused))
        else:
            said.setdefault(who, {}).setdefault(agrees, entry)
    for both in said.values():
        if len(both) > 1:
            yes, no = both[True], both[False]
            for one, other in ((yes, no), (no, yes)):
                rejections.append(rejection(one, Refused(_text(one), f"said otherwise on line {other.line}")))
    sure = {who: agrees for who, given in said.items() if len(given) == 1 for agrees in given}
    return SaidConsents(sure, tuple(rejections))


def _who_takes_part(entry: Entry, study: Study) -> str:
    who = panellist_of(entry, study)
    if who in study.panel.withdrawn:
        raise Refused("", "has withdrawn from the study", about="")
    return who


def _agrees(entry: Entry) -> bool:
    agrees = is_yes(entry.parts["value"])
    if agrees is None:
        raise Refused(_text(entry), "neither yes nor no; write yes, no, 1, 0, or leave it empty")
    return agrees


def _text(entry: Entry) -> str:
    return cell_text(entry.parts["value"])
