"""Which consistent scenarios a futures table excludes: what hangs together need not be possible."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from innosi.models.arrays import IntArray
from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.balance.judgements import States
from innosi.scenarios.construction.futures_table.table import Exclusion, FuturesTable
from innosi.scenarios.construction.methods import constructed_beside
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.validation import nearest

KEY = "futures_table"


def exclusions_beside(name: str, document: Document, states: States) -> tuple[Exclusion, ...]:
    """Return the exclusions of the futures table that a balance names.

    Raises
    ------
    InputFaults
        If it is no futures table, anything in it is wrong, or it excludes states that the balance has not.
    """
    table: FuturesTable = constructed_beside(document, KEY, KEY)
    faults = [
        Fault(f"{name} {problem}", KEY, document.line_of((KEY,)))
        for each in table.exclusions
        for problem in _strange(each, states)
    ]
    if faults:
        raise InputFaults(document.source, list(dict.fromkeys(faults)))
    return table.exclusions


def _strange(exclusion: Exclusion, states: States) -> Iterator[str]:
    """What an exclusion names that a balance has not."""
    for descriptor, group in exclusion.states.items():
        if descriptor not in states:
            yield f"excludes states of '{descriptor}' on {exclusion.place}{nearest(descriptor, states)}"
            continue
        for state in set(group).difference(states[descriptor]):
            known = nearest(state, states[descriptor])
            yield f"excludes '{descriptor}={state}' on {exclusion.place}{known}"


def excluded_by(
    scenarios: IntArray, exclusions: Sequence[Exclusion], states: Mapping[str, Sequence[str]]
) -> list[list[Exclusion]]:
    """Return the exclusions that each scenario falls under.

    Parameters
    ----------
    scenarios : (n, n_descriptors) int
        The place of each descriptor's state.
    """
    names = list(states)
    falls = np.ones((len(exclusions), len(scenarios)), dtype=bool)
    for row, exclusion in enumerate(exclusions):
        for descriptor, group in exclusion.states.items():
            places = [states[descriptor].index(state) for state in group]
            falls[row] &= np.isin(scenarios[:, names.index(descriptor)], places)
    return [[exclusions[row] for row in np.flatnonzero(column).tolist()] for column in falls.T]
