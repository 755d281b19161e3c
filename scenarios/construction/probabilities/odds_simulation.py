"""Gordon and Hayward's simulation: events decided one by one change the odds of others."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, logit

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.probabilities.factors import HAPPENS, Beliefs, Outcomes
from innosi.scenarios.sampling.streams import uniforms

MOST_EXACT = 10
"""With so many events the probabilities are also computed exactly."""
MOST_EVENTS = 60
_CHUNK = 10_000

OnProgress = Callable[[int, int], object]
"""Is told how much is done, and how much is to be done in all."""

IfNot = Literal["nothing", "implied"]
Fixed = Mapping[int, bool]
"""Events that are taken to happen or not, by number, before all others are decided."""


@dataclass(frozen=True)
class OddsModel:
    """Events with their log odds, and what each adds to the others'.

    Attributes
    ----------
    beliefs : Beliefs
        Events only.
    log_odds : (n,) float
    if_it_happens, if_not : (n, n) float
        What event i adds to the log odds of event j; the logarithm of the odds multiplier.
    """

    beliefs: Beliefs
    log_odds: FloatArray
    if_it_happens: FloatArray
    if_not: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the events."""
        return tuple(each.name for each in self.beliefs.factors)

    @property
    def multipliers(self) -> FloatArray:
        """What the odds of event j are multiplied by where event i happens, shape (n, n)."""
        return np.exp(self.if_it_happens)


@dataclass(frozen=True)
class Simulated:
    """What the simulation came to.

    Attributes
    ----------
    initial, final : (n,) float
        The probability of each event as judged, and as simulated.
    standard_error : (n,) float
        Of `final`, from the draws; 0 for a fixed event.
    outcomes : Outcomes
        The combinations of events that were drawn, with their shares.
    n_draws : int
    """

    initial: FloatArray
    final: FloatArray
    standard_error: FloatArray
    outcomes: Outcomes
    n_draws: int


def odds_model(beliefs: Beliefs, *, if_not: IfNot = "nothing") -> OddsModel:
    """Return the odds multipliers that judgements come to: odds of P(j | i) over the odds of P(j).

    Parameters
    ----------
    if_not : {'nothing', 'implied'}
        What an event that does not happen does to the others, where that is not judged: nothing, as with
        Gordon & Hayward (1968), or what the rule of total probability implies, as with Gordon (1994):
        P(j | not i) = (P(j) − P(i) P(j | i)) / (1 − P(i)).

    Raises
    ------
    InnosiError
        If a factor is no event, a probability has no finite odds, or what is implied is no probability.
    """
    _refuse_other_factors(beliefs)
    n = len(beliefs.factors)
    probabilities = np.array([each.probabilities[0] for each in beliefs.factors])
    log_odds, added, judged = logit(probabilities), np.zeros((2, n, n)), np.zeros((2, n, n), dtype=bool)
    for each in beliefs.effects:
        (i, is_not), (j, _) = each.given, each.target
        if not 0 < each.probability < 1:
            raise InnosiError(
                f"{beliefs.words(each)} is {each.probability:g}, which has no odds",
                mend="the simulation multiplies odds: write 0.1% or 99.9%, or use the joint distribution",
            )
        added[is_not, i, j] = logit(each.probability) - log_odds[j]
        judged[is_not, i, j] = True
    if if_not == "implied":
        for i, j in zip(*np.nonzero(judged[0] & ~judged[1]), strict=True):
            share = expit(log_odds[j] + added[0, i, j])
            added[1, i, j] = logit(_implied(beliefs, (int(i), int(j)), share)) - log_odds[j]
    return OddsModel(beliefs, log_odds, added[0], added[1])


def _refuse_other_factors(beliefs: Beliefs) -> None:
    other = [each.name for each in beliefs.factors if not each.is_event]
    if other:
        raise InnosiError(
            f"'{other[0]}' is no event: the simulation of odds is for events that happen or not",
            mend="use the joint distribution: innosi build cross-impact joint FILE",
        )
    if len(beliefs.factors) > MOST_EVENTS:
        raise InnosiError(
            f"{len(beliefs.factors)} events; at most {MOST_EVENTS} are simulated", mend="leave some out"
        )


def _implied(beliefs: Beliefs, pair: tuple[int, int], share: float) -> float:
    """P(j | not i) from P(i), P(j) and P(j | i)."""
    i, j = pair
    first, second = beliefs.factors[i].probabilities[0], beliefs.factors[j].probabilities[0]
    found = (second - first * share) / (1 - first)
    if not 0 < found < 1:
        names = beliefs.factors[i].name, beliefs.factors[j].name
        raise InnosiError(
            f"P({names[1]} | {names[0]}) of {share:.3g} leaves {found:.3g} for"
            f" P({names[1]} | not {names[0]}), which is no probability between 0 and 1",
            mend="see what fits together: innosi build cross-impact joint FILE",
        )
    return float(found)


def simulate(
    model: OddsModel,
    *,
    draws: int = 100_000,
    seed: int = 0,
    fixed: Fixed | None = None,
    workers: int = 1,
    on_progress: OnProgress | None = None,
) -> Simulated:
    """Return how often each event happens where each, once decided, changes the odds of those that follow.

    In each draw the events are decided in random order. Draw and order of an event depend on its name, the
    seed and the draw's number only: workers and the order of events in the file change nothing.

    Parameters
    ----------
    fixed : mapping of int to bool, optional
        Events that are decided before all others, so and no other.
    on_progress : callable, optional
        Is told how many draws are done.

    Source
    ------
    Gordon & Hayward (1968), Initial experiments with the cross impact matrix method of forecasting.
    Futures 1(2).
    """
    starts = range(0, draws, _CHUNK)

    def codes(start: int) -> IntArray:
        return _drawn(model, seed, (start, min(start + _CHUNK, draws)), fixed or {})

    drawn = []
    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        for each in pool.map(codes, starts):
            drawn.append(each)
            if on_progress is not None:
                on_progress(min(len(drawn) * _CHUNK, draws), draws)
    found, counts = np.unique(np.concatenate(drawn), return_counts=True)
    n = len(model.names)
    happens = (found[:, None] >> np.arange(n)) & 1
    final = (counts @ happens) / draws
    outcomes = Outcomes(model.beliefs.factors, 1 - happens, counts / draws)
    return Simulated(
        expit(model.log_odds), final, np.sqrt(final * (1 - final) / draws), outcomes, n_draws=draws
    )


def _drawn(model: OddsModel, seed: int, draws: tuple[int, int], fixed: Fixed) -> IntArray:
    """Return for each draw which events happen, as the bits of a number."""
    chance = np.array([uniforms(seed, f"event {name}", *draws) for name in model.names])
    turn = np.array([uniforms(seed, f"turn {name}", *draws) for name in model.names])
    for place, is_happening in fixed.items():
        turn[place], chance[place] = -1.0, -1.0 if is_happening else 2.0
    order, each = np.argsort(turn, axis=0, kind="stable"), np.arange(draws[1] - draws[0])
    log_odds = np.repeat(model.log_odds[None], len(each), axis=0)
    added = np.concatenate([model.if_not, model.if_it_happens])
    codes = np.zeros(len(each), dtype=np.int64)
    for event in order:
        happens = (chance[event, each] < expit(log_odds[each, event])).astype(np.int64)
        codes |= happens << event
        log_odds += added[event + happens * len(order)]
    return codes


def exact_outcomes(model: OddsModel, fixed: Fixed | None = None) -> Outcomes:
    """Return the probability of every combination that the simulation tends to, without drawing.

    What is added to log odds does not depend on the order of what is decided. So it is enough to follow,
    over all sets of events decided, the probability of what happened within each: 4ⁿ numbers in the place of
    n! · 2ⁿ.

    Raises
    ------
    InnosiError
        If there are more events than `MOST_EXACT`.
    """
    n = len(model.names)
    if n > MOST_EXACT:
        raise InnosiError(f"{n} events; at most {MOST_EXACT} can be computed exactly", mend="simulate them")
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    if_so, if_not = bits @ model.if_it_happens, bits @ model.if_not
    fixed = fixed or {}
    first = sum(1 << place for place in fixed)
    of = {first: np.zeros(2**n)}
    of[first][sum(1 << place for place, is_happening in fixed.items() if is_happening)] = 1.0
    for decided in sorted(range(2**n), key=int.bit_count):
        here = of.pop(decided, None) if decided != 2**n - 1 else None
        if here is None:
            continue
        left = [event for event in range(n) if not decided >> event & 1]
        for event in left:
            log_odds = model.log_odds[event] + if_so[:, event] + if_not[decided, event] - if_not[:, event]
            share, bit = expit(log_odds), 1 << event
            there = of.setdefault(decided | bit, np.zeros(2**n))
            there += here * (1 - share) / len(left)
            within = np.nonzero(here)[0]
            there[within | bit] += here[within] * share[within] / len(left)
    return Outcomes(model.beliefs.factors, 1 - bits, of[2**n - 1])


def final_probabilities(outcomes: Outcomes) -> FloatArray:
    """Return the probability of each event, shape (n,)."""
    return np.array([each[0] for each in outcomes.marginals()])


def policy_tests(
    model: OddsModel, *, draws: int = 10_000, seed: int = 0, on_progress: OnProgress | None = None
) -> FloatArray:
    """Return what every event's probability is where one of them is made to happen, or not to.

    Exact with few events, else by simulation, with the same random numbers throughout.

    Parameters
    ----------
    on_progress : callable, optional
        Is told how many events are tested.

    Returns
    -------
    (2, n, n) float
        Of event j where event i does happen (0) and does not (1).
    """
    n = len(model.names)
    found = np.empty((2, n, n))
    for event in range(n):
        for place, is_happening in enumerate((True, False)):
            fixed = {event: is_happening}
            if n <= MOST_EXACT:
                found[place, event] = final_probabilities(exact_outcomes(model, fixed))
            else:
                found[place, event] = simulate(model, draws=draws, seed=seed, fixed=fixed).final
        if on_progress is not None:
            on_progress(event + 1, n)
    return found


def fixed_events(beliefs: Beliefs, happens: tuple[str, ...], otherwise: tuple[str, ...]) -> dict[int, bool]:
    """Return the events of some names as fixed ones.

    Raises
    ------
    InnosiError
        If there is none of a name, or one is to do both.
    """
    both = set(happens) & set(otherwise)
    if both:
        raise InnosiError(f"'{min(both)}' is to happen and not to happen", mend="keep one of them")
    return {
        beliefs.place_of(name, HAPPENS)[0]: is_happening
        for names, is_happening in ((happens, True), (otherwise, False))
        for name in names
    }
