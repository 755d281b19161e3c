"""SMIC: corrected (net) probabilities, the ranking of scenarios, and how little of it is settled."""

from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray, IntArray
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.probabilities.coherence import ranges
from innosi.scenarios.construction.probabilities.factors import Beliefs, Outcomes
from innosi.scenarios.construction.probabilities.joint import Joint, fitted

MOST_EVENTS = 10


@dataclass(frozen=True)
class Smic:
    """What SMIC finds.

    Attributes
    ----------
    joint : Joint
        The net probabilities as moves; of the distributions that have them, the most even one.
    places : (k,) int
        The most probable combinations, in their order.
    ranges : (k, 2) float
        The least and the greatest probability of each that the net probabilities leave open.
    elasticities : (n, n) float
        By how many percent P(j) rises where P(i) rises by one percent and P(j | i), P(j | not i) stay.
    """

    joint: Joint
    places: IntArray
    ranges: FloatArray
    elasticities: FloatArray

    @property
    def influence(self) -> FloatArray:
        """How much each event moves the others: its elasticities' sizes, added up."""
        return np.abs(self.elasticities).sum(axis=1)

    @property
    def dependence(self) -> FloatArray:
        """How much each event is moved by the others."""
        return np.abs(self.elasticities).sum(axis=0)


def smic(beliefs: Beliefs, *, n_scenarios: int | None = None, share: float | None = None) -> Smic:
    """Return what SMIC makes of judged probabilities.

    The net probabilities are those of the joint distribution for which the sum of the squares of
    P(i | j) P(j) − P(i and j) and of P(i | not j) P(not j) − P(i and not j) is least, over all that was
    judged. Where P(i | not j) is not judged of every effect, the events' own probabilities stand in the sum
    as well.

    Parameters
    ----------
    n_scenarios, share
        Of how many combinations the range is found: a number, or as many as have a share of probability.

    Source
    ------
    Duperrin & Godet (1975), SMIC 74: a method for constructing and ranking scenarios. Futures 7(4). The
    distribution is not unique; they take an extreme one, and we the most even one with the whole range.

    Raises
    ------
    InnosiError
        If a factor is no event, or there are more than `MOST_EVENTS`.
    """
    _refuse(beliefs)
    rows = [beliefs.holds(each.given, each.target) for each in beliefs.effects]
    targets = [each.probability * beliefs.probability(each.given) for each in beliefs.effects]
    cells = {(each.given, each.target[0]) for each in beliefs.effects}
    if not all(((given, 1 - is_not), target) in cells for (given, is_not), target in cells):
        own = [(place, 0) for place in range(len(beliefs.factors))]
        rows += [beliefs.holds(place) for place in own]
        targets += [beliefs.probability(place) for place in own]
    wanted = np.array(rows), np.array(targets)
    joint = fitted(beliefs, wanted, np.zeros(len(targets), dtype=bool))
    places = joint.outcomes.leading(n=n_scenarios, share=share)
    return Smic(joint, places, ranges(joint.rows, joint.nearest, places), elasticities(joint.outcomes))


def _refuse(beliefs: Beliefs) -> None:
    other = [each.name for each in beliefs.factors if not each.is_event]
    if other:
        raise InnosiError(
            f"'{other[0]}' is no event: SMIC is for events that happen or not",
            mend="use the joint distribution: innosi build cross-impact joint FILE",
        )
    if len(beliefs.factors) > MOST_EVENTS:
        raise InnosiError(
            f"{len(beliefs.factors)} events; SMIC is for {MOST_EVENTS} at most",
            mend="leave out those that matter least",
        )


def elasticities(outcomes: Outcomes) -> FloatArray:
    """Return by how many percent P(j) rises where P(i) rises by one percent, shape (n, n).

    P(j) = P(j | i) P(i) + P(j | not i) (1 − P(i)) with the conditional probabilities held, so that the
    elasticity is (P(j | i) − P(j | not i)) P(i) / P(j); 0 of an event on itself, NaN where P(i) is 0 or 1.
    """
    n = len(outcomes.factors)
    own = np.array([each[0] for each in outcomes.marginals()])
    happens = (outcomes.states == 0).astype(float)
    both = (happens * outcomes.probabilities[:, None]).T @ happens
    with np.errstate(invalid="ignore", divide="ignore"):
        given, without = both / own[:, None], (own[None, :] - both) / (1 - own)[:, None]
        found = (given - without) * own[:, None] / own[None, :]
    found[np.arange(n), np.arange(n)] = 0.0
    return found
