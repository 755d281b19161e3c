"""Which consistent scenarios a futures table excludes: what hangs together need not be possible."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from innosi.models.arrays import IntArray
from innosi.models.errors import Fault, InnosiError, InputFaults
from innosi.scenarios.construction.balance.judgements import States
from innosi.scenarios.construction.futures_table.table import Exclusion
from innosi.scenarios.construction.futures_table.table_file import futures_table_from
from innosi.scenarios.loading.document import Document, read_document
from innosi.scenarios.loading.imports import located
from innosi.scenarios.loading.validation import nearest

KEY = "futures_table"


def exclusions_beside(name: str, document: Document, states: States) -> tuple[Exclusion, ...]:
    """Return the exclusions of the futures table that a balance names.

    Raises
    ------
    InputFaults
        If it is no futures table, anything in it is wrong, or it excludes states that the balance has not.
    """
    try:
        found = read_document(document.folder / name)
    except InputFaults:
        raise
    except InnosiError as error:
        fault = located(document, (KEY,), f"{name}: {error.message}")
        raise InputFaults(document.source, [fault]) from None
    if found.data.get("method") != KEY:
        fault = located(document, (KEY,), f"{name} is no futures table: its method is not `{KEY}`")
        raise InputFaults(document.source, [fault])
    table = futures_table_from(found)
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
