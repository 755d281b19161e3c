"""The consistent scenarios of a workshop's file: named, measured, weighted, and ready to be simulated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance, NamedScenario
from innosi.scenarios.construction.balance.consistency import ConsistentScenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.impact_balances import ImpactBalances, impact_balances, intervened
from innosi.scenarios.construction.balance.possible import excluded_by
from innosi.scenarios.construction.balance.similarity import Families, families_of
from innosi.scenarios.construction.balance.succession import Attractors
from innosi.scenarios.construction.futures_table.table import Exclusion
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.loading.validation import nearest

Weighting = Literal["basin", "given", "equal"]
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
_NEAR = 1_000


@dataclass(frozen=True, eq=False)
class ScenarioList:
    """Consistent scenarios, each with a name.

    Attributes
    ----------
    balance : CrossImpactBalance
        The workshop's file.
    impacts : CrossImpacts
        Its matrix, or what an intervention makes of it.
    scenarios : (n, n_descriptors) int
        The place of each descriptor's state.
    is_complete : bool
    why_not : str
        Why these are not all; '' where they are.
    is_possible : bool
        Whether those that the futures table excludes were left out.
    """

    balance: CrossImpactBalance
    impacts: CrossImpacts
    scenarios: IntArray
    is_complete: bool = True
    why_not: str = ""
    is_possible: bool = False

    @classmethod
    def of(
        cls, balance: CrossImpactBalance, found: ConsistentScenarios, held: Mapping[str, str] | None = None
    ) -> "ScenarioList":
        """Return what a search found, under an intervention that holds states."""
        impacts = intervened(balance.impacts, held) if held else balance.impacts
        return cls(balance, impacts, found.scenarios, found.is_complete, found.why_not)

    def only(self, place: int) -> "ScenarioList":
        """Return the one at a place, which is all that is asked for."""
        return replace(self, scenarios=self.scenarios[[place]], is_complete=True, why_not="")

    def __len__(self) -> int:
        return len(self.scenarios)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that the workshop gave; for the others such as hold the numbers of their states."""
        return tuple(map(self.balance.name_of, self.scenarios))

    def first(self, n: int) -> "ScenarioList":
        """Return the first n of them, which are then not all; themselves where they are no more."""
        if len(self) <= n:
            return self
        reasons = (self.why_not, f"these are the first {n:,} of {len(self):,} scenarios")
        why_not = "; ".join(filter(None, reasons))
        return replace(self, scenarios=self.scenarios[:n], is_complete=False, why_not=why_not)

    @cached_property
    def balances(self) -> ImpactBalances:
        """Their impact balances."""
        return impact_balances(self.impacts, self.scenarios)

    @cached_property
    def families(self) -> Families:
        """Which of them are alike."""
        return families_of(self.scenarios)

    def name_of(self, place: int) -> str:
        """Return a scenario's name."""
        return self.balance.name_of(self.scenarios[place])

    def label_of(self, place: int) -> str:
        """Return a scenario's title where the workshop gave one, else its name as people read it."""
        return label_of(self.balance, self.scenarios[place])

    def place_of(self, name: str) -> int:
        """Return the place of a scenario by its name.

        Raises
        ------
        InnosiError
            If there is none of that name, or it is not consistent.
        """
        where = self.balance.document.source
        places = self.balance.scenario_called(name)
        if places is None:
            known = dict.fromkeys([*self.balance.named, *map(self.name_of, range(min(len(self), _NEAR)))])
            raise InnosiError(f"no scenario is called '{name}'{nearest(name, known)}", where=where)
        found = np.flatnonzero(np.all(self.scenarios == places, axis=1))
        if not len(found):
            mend = f"see what speaks against it: innosi build balance why FILE {name}"
            raise InnosiError(f"'{name}' is not among the consistent scenarios", mend=mend, where=where)
        return int(found[0])

    @cached_property
    def excluded(self) -> list[list[Exclusion]]:
        """Which exclusions of the futures table each falls under."""
        return excluded_by(self.scenarios, self.balance.exclusions, self.impacts.states)

    def possible(self) -> "ScenarioList":
        """Return those that no exclusion of the futures table forbids."""
        kept = np.array([not each for each in self.excluded], dtype=bool)
        return replace(self, scenarios=self.scenarios[kept], is_possible=True)

    def without(self, tolerance: float) -> list[NamedScenario]:
        """Return the scenarios that the workshop named and that are not consistent within a tolerance."""
        named = list(self.balance.named.values())
        if not named:
            return []
        balances = impact_balances(self.impacts, np.array([each.places for each in named]))
        holds = balances.are_consistent(tolerance).tolist()
        return [each for each, is_consistent in zip(named, holds, strict=True) if not is_consistent]

    def weights(self, by: Weighting, settled: Attractors | None = None) -> FloatArray:
        """Return how much each scenario counts beside the others, added up to 1.

        Parameters
        ----------
        by : str
            `basin`: which share of all scenarios succession leads to it. `given`: the weights of the file's
            named scenarios, from a panel or as probabilities. `equal`: all alike.
        settled : Attractors, optional
            For basins.

        Raises
        ------
        InnosiError
            If a scenario has no weight, or none counts, or the basins are not all of their sample's.
        """
        where = self.balance.document.source
        if by == "basin" and settled is not None and settled.why_not:
            mend = "let it end, or follow fewer --starts"
            raise InnosiError(f"these are not the basins: {settled.why_not}", mend=mend, where=where)
        if by == "given":
            found = np.array([self._given(name) for name in self.names], dtype=float)
        elif by == "basin" and settled is not None:
            found = settled.basins_of(self.scenarios)
        else:
            found = np.ones(len(self))
        if not found.sum() > 0:
            raise InnosiError(
                f"no scenario has a weight by {by}",
                mend="take another --weight",
                where=where,
            )
        return found / found.sum()

    def _given(self, name: str) -> float:
        named = self.balance.named.get(name)
        if named is None or named.weight is None:
            states = self.balance.impacts.names_of(self.scenarios[self.names.index(name)])
            shown = ", ".join(f"{descriptor}: {state}" for descriptor, state in states.items())
            mend = (
                "give it one" if named else f"name it under `scenarios:`, with a weight: states: {{{shown}}}"
            )
            where = self.balance.document.source
            raise InnosiError(f"the consistent scenario '{name}' has no weight", mend=mend, where=where)
        return named.weight

    def constructed(self, weights: Sequence[float] | FloatArray | None = None) -> list[ConstructedScenario]:
        """Return them as scenarios of a scenario file; what states set is called `descriptor-state`.

        Raises
        ------
        InnosiError
            If there is none, or if these are not all.
        """
        where = self.balance.document.source
        if not self.is_complete:
            raise InnosiError(
                f"these are not all consistent scenarios: {self.why_not}",
                mend="let the search end, or narrow it by --with or --fix",
                where=where,
            )
        if not len(self):
            raise InnosiError("no scenario is consistent", mend="allow for a --tolerance", where=where)
        found = []
        for place, name in enumerate(self.names):
            settings = [f"{each}-{state}" for each, state in self._states(place).items()]
            named = self.balance.named.get(name)
            found.append(
                ConstructedScenario(
                    name,
                    self.label_of(place),
                    tuple(settings),
                    named.description if named else in_words(self.balance, self.scenarios[place]),
                    None if weights is None else float(weights[place]),
                )
            )
        return found

    def _states(self, place: int) -> dict[str, str]:
        return self.impacts.names_of(self.scenarios[place])


def label_of(balance: CrossImpactBalance, scenario: IntArray) -> str:
    """Return a scenario's title where the workshop gave one, else its name as people read it."""
    name = balance.name_of(scenario)
    named = balance.named.get(name)
    return named.title if named else name.replace("_", " ")


def in_words(balance: CrossImpactBalance, scenario: IntArray) -> str:
    """Return a scenario in words: each descriptor with its state."""
    states = balance.impacts.names_of(scenario).items()
    return "; ".join(f"{balance.title_of(name)}: {balance.title_of(name, state)}" for name, state in states)
