"""What a changed study file says otherwise than the one decided on, and what may be decided about it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from pydantic import BaseModel

from innosi.forecast.questions import Question
from innosi.forecast.study import Study

Choice = Literal["accept", "reword", "replace", "ask", "drop"]
CHOICES: Mapping[Choice, str] = {
    "accept": "take it as the file says it now",
    "reword": "a new wording of the same question: answers before and after are compared",
    "replace": "another question under its name: answers before are kept, and not compared",
    "ask": "ask it from the next round on",
    "drop": "ask it no longer: its answers are kept",
}
"""What each decision means. Whoever wants none of them changes the file back."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a study file says otherwise.

    Attributes
    ----------
    key : str
        Where, such as `questions.housing`.
    before, after : str
        '' where it was not there, or is there no longer.
    choices : tuple of str
        What may be decided; see `CHOICES`.
    question : str
        Name of the question that it is about; '' for none.
    """

    key: str
    before: str
    after: str
    choices: tuple[Choice, ...] = ("accept",)
    question: str = ""


def changes_between(decided: Study, found: Study) -> tuple[Change, ...]:
    """Return everything that a study file says otherwise than the one decided on.

    Layout, comments and the order of keys are no changes.
    """
    return (*_plain_changes(decided, found), *_question_changes(decided, found))


_PLAIN: Mapping[str, Callable[[Study], object]] = {
    "title": lambda study: study.title,
    "name": lambda study: study.name,
    "description": lambda study: study.description,
    "mode": lambda study: study.mode,
    "panel.minimum_group_size": lambda study: study.panel.minimum_group_size,
    "panel.simulated": lambda study: study.panel.is_simulated,
    "panel.groups": lambda study: study.panel.groups,
    "panel.members": lambda study: study.panel.members,
    "panel.expertise": lambda study: study.panel.expertise,
    "panel.quotas": lambda study: study.panel.quotas,
    "rounds": lambda study: study.rounds,
    "deadlines": lambda study: {number: str(day) for number, day in study.deadlines.items()},
    "contact": lambda study: study.contact,
    "privacy": lambda study: study.privacy,
    "language": lambda study: study.language,
    "translations": lambda study: dict(study.translations),
    "argument_categories": lambda study: study.argument_categories,
    "report": lambda study: study.report,
    "import": lambda study: study.columns,
}
"""What a study says beside its questions, by the key under which its file says it."""


def _plain_changes(decided: Study, found: Study) -> Iterator[Change]:
    for key, said in _PLAIN.items():
        before, after = said(decided), said(found)
        if before != after:
            if key in _IN_PARTS:
                before, after = _differing_parts(_parts(before), _parts(after))
            yield Change(key, _shown(before), _shown(after))


_IN_PARTS = ("translations", "contact", "privacy", "import")
"""What is long: of these only what differs is told."""


def _differing_parts(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    differ = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    mine, theirs = ({key: said[key] for key in differ if key in said} for said in (before, after))
    return mine, theirs


def _parts(value: object, place: str = "") -> dict[str, object]:
    """Every single text and number in a value, by where it stands, such as `nl.questions.hut.text`."""
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if not isinstance(value, Mapping):
        return {place: value}
    found: dict[str, object] = {}
    for name, each in value.items():
        found |= _parts(each, f"{place}.{name}" if place else str(name))
    return found


def _question_changes(decided: Study, found: Study) -> Iterator[Change]:
    for name, question in found.questions.items():
        known = decided.questions.get(name)
        key = f"questions.{name}"
        if known is None:
            yield Change(key, "", question.text, ("ask",), name)
        elif known.form != question.form:
            yield Change(key, _in_words(known), _in_words(question), ("replace",), name)
        elif _wording(known) != _wording(question):
            yield Change(key, _differing(known, question), _differing(question, known), _REWORDED, name)
        elif known != question:
            yield Change(key, _rules(known), _rules(question), ("accept",), name)
    for name, question in decided.questions.items():
        if name not in found.questions:
            yield Change(f"questions.{name}", question.text, "", ("drop",), name)


_REWORDED: tuple[Choice, ...] = ("reword", "replace")


def _wording(question: Question) -> tuple[tuple[str, object], ...]:
    """All that panellists read of a question."""
    return (
        ("text", question.text),
        ("explanation", question.explanation),
        ("options", dict(question.options)),
        ("scales", dict(question.scale_titles)),
        ("ends", dict(question.ends)),
        ("unit", question.unit),
        ("bounds", question.bounds),
        ("confidence", question.confidence),
        ("never", "or never" if question.allows_never else ""),
    )


def _differing(question: Question, other: Question) -> str:
    pairs = zip(_wording(question), _wording(other), strict=True)
    return "; ".join(_shown(mine) for (_, mine), (_, theirs) in pairs if mine != theirs)


def _in_words(question: Question) -> str:
    return f"{question.text} ({question.type}: {question.describe_answer()})"


def _rules(question: Question) -> str:
    rules = {name: str(rule) for name, rule in question.scale_rules.items() if rule is not None}
    own = str(question.rule) if question.rule is not None else ""
    shown = "; ".join(filter(None, [own, *(f"{name}: {rule}" for name, rule in rules.items())]))
    return f"consensus: {shown or 'not asked'}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {each}" for name, each in value.items()) or "nothing"
    if isinstance(value, tuple):
        return ", ".join("open" if each is None else str(each) for each in value) or "nothing"
    return str(value) or "nothing"
