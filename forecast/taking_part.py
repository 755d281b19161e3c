"""Who takes part: consent to what a study does with one's data, and withdrawing from it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.running import RunningStudy, begin, list_members, running_within
from innosi.forecast.store.opening import Store, Transaction
from innosi.forecast.store.panel import (
    Panellist,
    is_anonymised,
    read_panel,
    record_consent,
    record_withdrawal,
)
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest


def withdraw(running: RunningStudy, pseudonym: str, *, at: datetime) -> str:
    """Keep that a panellist withdrew, and return their pseudonym as the panel has it.

    They are asked no more; what they said stays and counts, until they ask for its erasure.

    Raises
    ------
    InnosiError
        If nobody on the panel has that pseudonym, or they have withdrawn already.
    """
    store = running.store or begin(running.found, at=at)
    with store.writing() as transaction:
        panel = _panel(transaction, running, store, at)
        name = known_pseudonym(panel, pseudonym, store.where)
        before = panel[name].withdrawn_at
        if before is not None:
            raise InnosiError(
                f"'{name}' has withdrawn already, on {before:%Y-%m-%d}",
                mend="to delete what is kept of them: innosi delphi erase STUDY PSEUDONYM",
                where=store.where,
            )
        record_withdrawal(transaction, name, at=at)
    return name


def keep_consent(
    running: RunningStudy, pseudonyms: Iterable[str], *, is_given: bool, how: str, at: datetime
) -> tuple[str, ...]:
    """Keep that panellists agreed to take part, or did not; return their pseudonyms as the panel has them.

    What they agreed to is the text of consent as the study file has it now.

    Raises
    ------
    InnosiError
        If the study has no text of consent, or somebody is not on the panel; nothing is kept then.
    """
    text = running.study.privacy.consent
    if not text:
        raise InnosiError(
            "has no text to which panellists could agree",
            mend="write one under `privacy: {consent: …}`",
            where=str(running.found.path),
        )
    store = running.store or begin(running.found, at=at)
    with store.writing() as transaction:
        panel = _panel(transaction, running, store, at)
        names = tuple(dict.fromkeys(known_pseudonym(panel, each, store.where) for each in pseudonyms))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        record_consent(transaction, dict.fromkeys(names, is_given), text_sha256=sha256, how=how, at=at)
    return names


def known_pseudonym(panel: Iterable[str], typed: str, where: str) -> str:
    """Return a pseudonym as the panel has it, however it was typed, or say which is nearest.

    Raises
    ------
    InnosiError
        If nobody on the panel has it.
    """
    known = {*panel}
    for written in (typed, as_written(typed)):
        if written in known:
            return written
    raise InnosiError(
        f"nobody on the panel is called '{typed}'{nearest(as_written(typed), known)}",
        mend="give the pseudonym as the panel's list has it; who is who: innosi delphi panel STUDY --names",
        where=where,
    )


def _panel(
    transaction: Transaction, running: RunningStudy, store: Store, at: datetime
) -> dict[str, Panellist]:
    """Everybody on the panel, with those whom the file of a draft lists."""
    if is_anonymised(transaction):
        raise InnosiError(
            "the study was made anonymous, and nobody in it can be told from others any more",
            mend="nothing is left to be done",
            where=store.where,
        )
    list_members(transaction, running_within(transaction, running.found, store).study, at=at)
    return read_panel(transaction)
