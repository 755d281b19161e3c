"""A Delphi study that asks how the states of descriptors act on each other."""

import json
from collections.abc import Mapping
from typing import Any

from innosi.forecast.study import study_from
from innosi.models.errors import InputFaults
from innosi.scenarios.construction.balance.asked_judgements import question_names, scale_name
from innosi.scenarios.construction.balance.balance_file import BalanceFile, balance_from
from innosi.scenarios.construction.construction_file import states_of, title_of
from innosi.scenarios.construction.methods import constructed_from
from innosi.scenarios.loading.document import Document, parse_document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import validate

ASKING = "name the panel and what it is promised; then `innosi delphi open`, and `export` when it is done"
METHOD = "cross_impact_balance"
_LOW, _HIGH = "restricts it strongly", "promotes it strongly"
_EXPLANATION = "0: no influence. Judge the direct influence alone, not what comes round by way of the others."


def study_of_judgements(document: Document, *, only_judged: bool = False) -> dict[str, Any]:
    """Return a study of two rounds that asks for the judgements of a balance, for people to go on with.

    One question for each state and each descriptor that it may act on, rated once for each state of that
    descriptor: what belongs together stands together, and is read once. Questions are called as
    `question_names` says, so that the exported judgements are read back as a matrix.

    Parameters
    ----------
    document : Document
        The file of a cross-impact balance. Its judgements need not be there yet.
    only_judged : bool
        Whether only sections that have an influence by the file's own judgements are asked: a first round
        among the facilitators spares the panel most questions.

    Raises
    ------
    InputFaults
        If anything in the file is wrong, or no study can be made of it.
    """
    if document.data.get("method") != METHOD:
        constructed_from(document, METHOD)  # which says of what method it is, and raises
    file = validate(BalanceFile, document)
    ends = {**_whole_scale(file, document), "low_label": _LOW, "high_label": _HIGH}
    influences = _influences(document) if only_judged else None
    data = {
        "title": f"{file.title}: what promotes and restricts what?",
        "description": file.description,
        "rounds": 2,
        "questions": {
            name: _question(file, acting, target, ends)
            for (acting, target), name in question_names(states_of(file.descriptors)).items()
            if influences is None or influences[acting[0], target]
        },
    }
    if not file.description:
        del data["description"]
    study_from(parse_document(json.dumps(data), source="the study", folder=document.folder))
    return data


def _whole_scale(file: BalanceFile, document: Document) -> dict[str, int]:
    ends = {"low": file.scale.lowest, "high": file.scale.highest}
    if not all(each.is_integer() for each in ends.values()):
        fault = located(document, ("scale",), "must go from one whole number to another, to be asked")
        raise InputFaults(document.source, [fault])
    return {name: int(each) for name, each in ends.items()}


def _question(
    file: BalanceFile, acting: tuple[str, str], target: str, ends: Mapping[str, Any]
) -> dict[str, Any]:
    actor, acted_on = file.descriptors[acting[0]], file.descriptors[target]
    state = title_of(acting[1], actor.states[acting[1]])
    text = (
        f"{title_of(acting[0], actor)}: {_within(state)}. If that is so, does it promote or restrict each of"
        f" these? {title_of(target, acted_on)}:"
    )
    scales = {
        scale_name(name): {"title": title_of(name, each), **ends} for name, each in acted_on.states.items()
    }
    return {"text": text, "explanation": _EXPLANATION, "type": "multi_rating", "scales": scales}


def _within(title: str) -> str:
    """A title within a sentence: without what would end it."""
    return title.rstrip(".!?")


def _influences(document: Document) -> dict[tuple[str, str], bool]:
    """Whether one descriptor acts on another at all, by the judgements of the file."""
    impacts = balance_from(document).impacts
    ends = impacts.starts + impacts.n_states
    places = list(zip(impacts.descriptors, impacts.starts, ends, strict=True))
    return {
        (actor, target): bool(impacts.judgements[above:below, left:right].any())
        for actor, above, below in places
        for target, left, right in places
    }
