"""The landscape of a cross-impact balance: consistent scenarios among all the others, by likeness."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.scenarios.construction.balance.impact_balances import impact_balances
from innosi.scenarios.construction.balance.scenario_list import ScenarioList
from innosi.scenarios.construction.balance.similarity import Map, distances, map_of
from innosi.scenarios.construction.balance.succession import Attractors

MOST_LANDMARKS = 200
N_OTHERS = 2_000
_FEWEST = 3


@dataclass(frozen=True, eq=False)
class Landscape:
    """Scenarios on a map.

    Attributes
    ----------
    title : str
    names, titles : tuple of str
        Of the consistent scenarios on the map; the title of one without is its name.
    scenarios : (n, n_descriptors) int
    families : tuple of int
        All 0 where they are too many to be put in families, or too few.
    basins : (n,) float
        Which share of all scenarios leads to each.
    map : Map
        Where they lie, and where the others do.
    inconsistencies : (m,) float
        Of the others.
    descriptors : tuple of str
    n_consistent : int
        How many there are, on the map or not.
    notes : tuple of str
        What is not on the map.
    """

    title: str
    names: tuple[str, ...]
    titles: tuple[str, ...]
    scenarios: IntArray
    families: tuple[int, ...]
    basins: FloatArray
    map: Map
    inconsistencies: FloatArray
    descriptors: tuple[str, ...]
    n_consistent: int
    notes: tuple[str, ...]

    def neighbours(self) -> list[tuple[str, int | None, list[str]]]:
        """Return of each scenario which other one is nearest, and in which descriptors they differ."""
        if len(self.names) < 2:
            return [("", None, [])] * len(self.names)
        apart = distances(self.scenarios, self.scenarios)
        np.fill_diagonal(apart, np.inf)
        found: list[tuple[str, int | None, list[str]]] = []
        for place, other in enumerate(apart.argmin(axis=1)):
            is_apart = self.scenarios[place] != self.scenarios[other]
            names = [name for name, differs in zip(self.descriptors, is_apart, strict=True) if differs]
            found.append((self.names[other], len(names), names))
        return found


def landscape_of(found: ScenarioList, settled: Attractors, *, seed: int = 0) -> Landscape:
    """Return a map of the consistent scenarios, of those with the largest basins, and of others around them.

    Parameters
    ----------
    settled : Attractors
        For the basins.
    seed : int
        Of the sample, where there are more than 2,000 others.
    """
    basins = settled.basins_of(found.scenarios)
    kept = np.sort(np.argsort(-basins, kind="stable")[:MOST_LANDMARKS])
    others, is_sample = _others(found, seed)
    gaps = impact_balances(found.impacts, others).inconsistency
    spanning = found.scenarios[kept]
    if len(kept) < _FEWEST:  # a plane takes three points: the least inconsistent ones help
        spanning = np.concatenate([spanning, others[np.argsort(gaps, kind="stable")[:MOST_LANDMARKS]]])
    laid = map_of(spanning, others)
    notes = []
    if len(kept) < len(found):
        notes.append(f"the {len(kept):,} of {len(found):,} consistent scenarios with the largest basins")
    if is_sample:
        notes.append(
            f"{len(others):,} of {found.impacts.n_combinations:,} scenarios, drawn at random, lie around them"
        )
    return Landscape(
        found.balance.title,
        tuple(found.names[place] for place in kept),
        tuple(found.label_of(place) for place in kept),
        found.scenarios[kept],
        tuple(int(found.families.family[place]) * found.families.is_ordered for place in kept),
        basins[kept],
        Map(laid.landmarks[: len(kept)], laid.others, laid.shown),
        gaps,
        found.impacts.descriptors,
        len(found),
        tuple(notes),
    )


def _others(found: ScenarioList, seed: int) -> tuple[IntArray, bool]:
    """Scenarios that are not consistent: all of them, or a sample where there are many."""
    sizes, n = found.impacts.n_states, found.impacts.n_combinations
    if n <= N_OTHERS:
        others = np.stack(np.unravel_index(np.arange(n), tuple(sizes)), axis=1).astype(np.int64)
    else:
        others = np.random.default_rng(seed).integers(0, sizes, (N_OTHERS, len(sizes)))
    known = {tuple(each) for each in found.scenarios.tolist()}
    return others[[tuple(each) not in known for each in others.tolist()]], n > N_OTHERS
