"""What answers are held against, as a study's store has it at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from innosi.forecast.progress import Progress
from innosi.forecast.running import RunningStudy
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import Panellist, read_consents, read_panel
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What answers are held against.

    Attributes
    ----------
    study : Study
        With its panel.
    progress : Progress
    consents : mapping of pseudonym to bool
        What everybody said last about taking part.
    panel : mapping of pseudonym to Panellist
        Who is listed in the store.
    """

    study: Study
    progress: Progress
    consents: Mapping[str, bool] = field(default_factory=dict)
    panel: Mapping[str, Panellist] = field(default_factory=dict)


def circumstances_of(running: RunningStudy) -> Circumstances:
    """Return what answers to a study are held against, as its store has it now."""
    if running.store is None:
        return Circumstances(running.study, running.progress)
    with running.store.reading() as transaction:
        return circumstances_within(transaction, running)


def circumstances_within(transaction: Transaction, running: RunningStudy) -> Circumstances:
    """Return what answers to a study are held against, as one transaction sees it."""
    return Circumstances(running.study, running.progress, read_consents(transaction), read_panel(transaction))
