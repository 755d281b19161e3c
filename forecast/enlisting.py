"""Putting people on a panel: each gets a pseudonym, and their name is kept apart from all they will say."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from innosi.forecast.answers.values import Rejection
from innosi.forecast.people.person import Person
from innosi.forecast.people.pseudonyms import draw_pseudonyms
from innosi.forecast.people.quotas import PanelDesign, panel_design
from innosi.forecast.people.reading import PeopleList, read_people
from innosi.forecast.running import RunningStudy, begin, keep_draft
from innosi.forecast.store.mailings import answering_panellists
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import (
    Panellist,
    change_person,
    is_anonymised,
    read_consents,
    read_panel,
    record_people,
)
from innosi.forecast.store.panel import read_people as read_kept_people
from innosi.models.errors import AnswerError, InnosiError

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Enlistment:
    """What a list did to the panel.

    Attributes
    ----------
    n_added, n_changed, n_same : int
    rejections : tuple of Rejection
        Rows that were left out, on request.
    notes : tuple of str
    changes : tuple of str
        What the list says otherwise of whom, by their name.
    design : PanelDesign
        Wanted and found, by group and field.
    """

    n_added: int
    n_changed: int
    n_same: int
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...]
    changes: tuple[str, ...]
    design: PanelDesign


def enlist(
    running: RunningStudy,
    path: Path,
    *,
    at: datetime,
    randomness: random.Random,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    skip_rejected: bool = False,
) -> Enlistment:
    """Put the people of a list (CSV or XLSX) on the panel of a study; the same list again changes nothing.

    People are known again by their e-mail address, else by their name, where nobody else on the panel or on
    the list has it: then their address is corrected. What the list says otherwise of them is taken over.
    Nobody is taken off the panel because a list lacks them.

    Raises
    ------
    AnswerError
        If a row is rejected and `skip_rejected` is not said; nobody is enlisted then.
    """
    listed = read_people(path, running.study, sheet=sheet, mapping=mapping)
    if listed.rejections and not skip_rejected:
        raise _rejected(listed, path)
    store = running.store or begin(running.found, at=at)
    with store.writing() as transaction:
        if is_anonymised(transaction):
            raise InnosiError("the study was made anonymous, and nobody joins it any more", where=str(path))
        keep_draft(transaction, running.found, at=at)
        new, changed, same = _sorted(transaction, listed.people)
        taken = read_panel(transaction)
        record_people(transaction, _with_pseudonyms(new, taken, randomness), at=at)
        for _, person in changed:
            change_person(transaction, person)
        design = panel_design(read_kept_people(transaction).values(), running.study)
    told = tuple(_told(before, after) for before, after in changed)
    return Enlistment(len(new), len(changed), same, listed.rejections, listed.notes, told, design)


def _rejected(listed: PeopleList, path: Path) -> AnswerError:
    n = len(listed.rejections)
    shown = [f"  {rejection}" for rejection in listed.rejections[:SHOWN]]
    if n > SHOWN:
        shown.append(f"  … and {n - SHOWN} more")
    return AnswerError(
        f"{n} {'fault' if n == 1 else 'faults'}, so nobody is put on the panel",
        mend="mend them, or take the others with --skip-rejected",
        where=str(path),
        excerpt="\n".join(shown),
    )


Changed = tuple[Person, Person]
"""Somebody as they were known, and as the list has them."""


def _sorted(transaction: Transaction, people: Sequence[Person]) -> tuple[list[Person], list[Changed], int]:
    """Who is new, who is known and changed (with their pseudonym), and how many are known as they are."""
    known = _known_again(read_kept_people(transaction), people)
    on_panel = read_panel(transaction)
    new, changed, same = [], [], 0
    for person, again in zip(people, known, strict=True):
        found = again or _on_panel(on_panel.get(person.pseudonym))
        if found is None:
            new.append(person)
            continue
        if person.pseudonym and person.pseudonym != found.pseudonym:
            raise AnswerError(
                f"'{person.pseudonym}' is on the panel under another pseudonym already",
                mend="leave the pseudonym out, or correct it",
            )
        known_again = replace(person, pseudonym=found.pseudonym, email=person.email or found.email)
        same += known_again == found
        changed += [(found, known_again)] if known_again != found else []
    return new, changed, same


def _on_panel(listed: Panellist | None) -> Person | None:
    """Somebody whom the panel knows by pseudonym alone."""
    if listed is None:
        return None
    return Person("", "", listed.group, listed.expertise, listed.language, listed.pseudonym)


def _known_again(kept: Mapping[str, Person], people: Sequence[Person]) -> list[Person | None]:
    """Whom of those on the panel each of a list is: by their address, else by a name that is theirs alone."""
    by_email = {each.email.casefold(): each for each in kept.values() if each.email}
    found = [by_email.get(each.email.casefold()) if each.email else None for each in people]
    taken = {each.pseudonym for each in found if each is not None}
    left = [each for each in kept.values() if each.name and each.pseudonym not in taken]
    names = Counter(each.name.casefold() for each in left)
    listed = Counter(each.name.casefold() for each, known in zip(people, found, strict=True) if known is None)
    by_name = {each.name.casefold(): each for each in left if names[each.name.casefold()] == 1}
    return [
        known or (by_name.get(each.name.casefold()) if listed[each.name.casefold()] == 1 else None)
        for each, known in zip(people, found, strict=True)
    ]


def _told(before: Person, after: Person) -> str:
    """Say what a list says otherwise of somebody."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in _TOLD}
    words = [f"{name} {_shown(was)} → {_shown(now)}" for name, (was, now) in pairs.items() if was != now]
    return f"{after.name or after.email or after.pseudonym}: {', '.join(words)}"


_TOLD = ("name", "email", "group", "expertise", "language")


def _shown(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else "; ".join(value)) or "–"


def _with_pseudonyms(
    people: list[Person], taken: Mapping[str, Panellist], randomness: random.Random
) -> list[Person]:
    """Everybody with a pseudonym, in an order that says nothing of the list's."""
    given = {*taken, *(each.pseudonym for each in people if each.pseudonym)}
    without = [each for each in people if not each.pseudonym]
    drawn = iter(draw_pseudonyms(len(without), given, randomness=randomness))
    named = [each if each.pseudonym else replace(each, pseudonym=next(drawn)) for each in people]
    return sorted(named, key=lambda each: each.pseudonym)


def design_of(running: RunningStudy) -> PanelDesign:
    """Return how the panel is made up: wanted, on the list, agreed, and who has answered anything."""
    if running.store is None:
        return panel_design((), running.study)
    with running.store.reading() as transaction:
        panel = read_panel(transaction)
        consents = read_consents(transaction)
        answered = answering_panellists(transaction, None)
    active = {name: each for name, each in panel.items() if each.withdrawn_at is None}

    def those(names: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
        return [(active[name].group, active[name].expertise) for name in names if name in active]

    is_asked = bool(consents) and bool(running.study.privacy.consent)
    agreed = those(name for name, is_given in consents.items() if is_given) if is_asked else None
    given = those(sorted(answered)) if answered or running.progress.is_running else None
    return panel_design(those(active), running.study, agreed=agreed, answered=given)
