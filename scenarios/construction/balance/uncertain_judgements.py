"""How often each scenario is consistent when judgements err."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.consistency import consistent_scenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.judgement_errors import JudgementErrors
from innosi.scenarios.construction.balance.many_matrices import (
    are_consistent,
    every_scenario,
    inconsistencies,
)
from innosi.scenarios.engines.threads import Threads

TRIALS = 1000
LEVEL = 0.95
TRIALS_AT_ONCE = 100
"""Trials are computed in blocks of so many, whoever computes them."""
LISTED_UP_TO = 5_000
"""A field of so many combinations is gone through one by one; a larger one is searched in every trial."""
SEARCHED_UP_TO = 100_000_000
"""In a larger field no new scenarios are looked for, unless it is asked for."""
AT_MOST_A_TRIAL = 10_000

Found = tuple[int, IntArray, Counter[tuple[int, ...]], list[int], bool]
"""Of a block: trials, how often each scenario was consistent, all that were, how many in each, complete."""


@dataclass(frozen=True, slots=True)
class Trials:
    """How often judgements are drawn anew.

    Attributes
    ----------
    n, seed : int
        0 is a seed.
    newcomers : bool, optional
        Whether all consistent scenarios of every trial are sought; by default where the field has no more
        than 100 million combinations.
    """

    n: int = TRIALS
    seed: int = 1
    newcomers: bool | None = None

    def __post_init__(self) -> None:
        if self.n < 1:
            raise InnosiError(f"{self.n} trials are none", mend="give 1 or more")

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """First and last trial (not counted in) of each block."""
        return [(start, min(start + TRIALS_AT_ONCE, self.n)) for start in range(0, self.n, TRIALS_AT_ONCE)]


@dataclass(frozen=True, eq=False)
class Steadfastness:
    """How often scenarios are consistent when judgements err.

    Attributes
    ----------
    impacts : CrossImpacts
        The judgements as given.
    scenarios : (n, n_descriptors) int
        Whose shares these are.
    counts : (n,) int
        In how many trials each was consistent.
    n_trials : int
    errors : str
        What was assumed, in a line.
    newcomers : (n_new, n_descriptors) int
        Others that were consistent in a trial, the most frequent first; empty where none were sought.
    newcomer_counts : (n_new,) int
    n_consistent : (n_trials,) int
        How many scenarios were consistent in each trial, sorted; empty where they were not sought.
    notes : tuple of str
        What was not done, and why.
    why_not : str
        Why there were fewer trials than were asked for; '' where it is not so.
    newcomers_why_not : str
        Why there may be more newcomers; '' where all were found.
    """

    impacts: CrossImpacts
    scenarios: IntArray
    counts: IntArray
    n_trials: int
    errors: str
    newcomers: IntArray
    newcomer_counts: IntArray
    n_consistent: IntArray
    notes: tuple[str, ...] = ()
    why_not: str = ""
    newcomers_why_not: str = ""

    @property
    def shares(self) -> FloatArray:
        """The share of the trials in which each scenario was consistent, shape (n,)."""
        return self.counts / max(self.n_trials, 1)

    @property
    def newcomer_shares(self) -> FloatArray:
        """The same of the newcomers, shape (n_new,)."""
        return self.newcomer_counts / max(self.n_trials, 1)


def wilson_intervals(counts: IntArray, n: int, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Return the interval of each share counts / n; it has a width even at 0 and 1.

    Source
    ------
    Wilson (1927), Journal of the American Statistical Association 22(158).

    Examples
    --------
    >>> low, high = wilson_intervals(np.array([10]), 10)
    >>> round(float(low[0]), 4), float(high[0])
    (0.7225, 1.0)
    """
    z = float(ndtri((1 + level) / 2))
    share = np.asarray(counts) / n
    middle = share + z**2 / (2 * n)
    reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    whole = 1 + z**2 / n
    low, high = (middle - reach) / whole, (middle + reach) / whole
    return np.where(share == 0, 0.0, low), np.where(share == 1, 1.0, high)


def steadfastness(
    impacts: CrossImpacts,
    errors: JudgementErrors,
    scenarios: IntArray,
    trials: Trials | None = None,
    *,
    tolerance: float = 0.0,
    workers: int | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Steadfastness:
    """Return how often scenarios are consistent when judgements err, and which others come up.

    Parameters
    ----------
    errors : JudgementErrors
        How judgements err; every trial has a matrix of its own.
    scenarios : (n, n_descriptors) int
        Those to follow: as a rule the consistent ones of the judgements as given.
    trials : Trials, optional
        A thousand by default. The result does not depend on the number of workers.
    tolerance : float
        How inconsistent a scenario may be.
    on_progress : callable
        Called with the number of trials that are done. A KeyboardInterrupt ends them and keeps what was done.
    """
    trials = trials or Trials()
    seeks = impacts.n_combinations <= SEARCHED_UP_TO if trials.newcomers is None else trials.newcomers
    work = _Work(impacts, errors, np.atleast_2d(scenarios), trials.seed, tolerance, seeks)
    found: dict[tuple[int, int], Found] = {}
    notes = (_not_sought(impacts),) if trials.newcomers is None and not seeks else ()
    why_not = ""
    try:
        for block, part in Threads(workers).map(work.block, trials.blocks):
            found[block] = part
            on_progress(sum(each[0] for each in found.values()))
    except KeyboardInterrupt:
        if not found:
            raise
        done = sum(each[0] for each in found.values())
        why_not = f"interrupted after {done:,} of {trials.n:,} trials"
    gathered = _gathered(work, [found[block] for block in trials.blocks if block in found])
    return replace(gathered, notes=notes, why_not=why_not)


def _not_sought(impacts: CrossImpacts) -> str:
    return (
        f"the field has {impacts.n_combinations:.3g} combinations, so that new scenarios were not sought in"
        " every trial; ask for it if you have the time"
    )


@dataclass(frozen=True, eq=False)
class _Work:
    """What is done with a block of trials."""

    impacts: CrossImpacts
    errors: JudgementErrors
    scenarios: IntArray
    seed: int
    tolerance: float
    seeks: bool

    def block(self, trials: tuple[int, int]) -> Found:
        """Count in how many of these trials scenarios are consistent."""
        matrices = self.errors.matrices(self.impacts, self.seed, *trials)
        how_far = inconsistencies(self.impacts, matrices, self.scenarios)
        counts = are_consistent(matrices, how_far, self.tolerance).sum(axis=0)
        if not self.seeks:
            return len(matrices), counts, Counter(), [], True
        if self.impacts.n_combinations <= LISTED_UP_TO:
            return (len(matrices), counts, *self._listed(matrices), True)
        return (len(matrices), counts, *self._searched(matrices))

    def _listed(self, matrices: FloatArray) -> tuple[Counter[tuple[int, ...]], list[int]]:
        """All consistent scenarios of each matrix, by going through the whole field."""
        field = every_scenario(self.impacts)
        is_consistent = are_consistent(
            matrices, inconsistencies(self.impacts, matrices, field), self.tolerance
        )
        often = is_consistent.sum(axis=0)
        seen = np.flatnonzero(often)
        names = map(tuple, field[seen].tolist())
        return Counter(dict(zip(names, often[seen].tolist(), strict=True))), is_consistent.sum(
            axis=1
        ).tolist()

    def _searched(self, matrices: FloatArray) -> tuple[Counter[tuple[int, ...]], list[int], bool]:
        """All consistent scenarios of each matrix, by a search."""
        often: Counter[tuple[int, ...]] = Counter()
        how_many, is_complete = [], True
        for matrix in matrices:
            drawn = CrossImpacts.of(self.impacts.states, matrix)
            part = consistent_scenarios(drawn, tolerance=self.tolerance, at_most=AT_MOST_A_TRIAL, workers=1)
            often.update(map(tuple, part.scenarios.tolist()))
            how_many.append(len(part.scenarios))
            is_complete = is_complete and part.is_complete
        return often, how_many, is_complete


def _gathered(work: _Work, parts: list[Found]) -> Steadfastness:
    counts = np.zeros(len(work.scenarios), dtype=np.int64)
    often: Counter[tuple[int, ...]] = Counter()
    for _, found, seen, _, _ in parts:
        counts += found
        often.update(seen)
    for known in map(tuple, work.scenarios.tolist()):
        often.pop(known, None)
    is_whole = all(part[4] for part in parts)
    new = sorted(often.items(), key=lambda each: (-each[1], each[0]))
    width = len(work.impacts.states)
    return Steadfastness(
        work.impacts,
        work.scenarios,
        counts,
        sum(part[0] for part in parts),
        work.errors.words,
        np.array([name for name, _ in new], dtype=np.int64).reshape(len(new), width),
        np.array([n for _, n in new], dtype=np.int64),
        np.sort(np.array([n for part in parts for n in part[3]], dtype=np.int64)),
        newcomers_why_not=""
        if is_whole
        else f"a trial had more than {AT_MOST_A_TRIAL:,} consistent scenarios",
    )
