"""What a map says, in sentences: how it was computed, how it ended, and what stands out."""

from collections.abc import Mapping

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.cognitive_map.aggregation import disagreement
from innosi.scenarios.construction.cognitive_map.cognitive_map import CognitiveMap
from innosi.scenarios.construction.cognitive_map.comparing import Compared, compare
from innosi.scenarios.construction.cognitive_map.convergence import guarantee, local_factor
from innosi.scenarios.construction.cognitive_map.robustness import Robustness, Sensitivity
from innosi.scenarios.construction.cognitive_map.settling import Ending
from innosi.scenarios.construction.cognitive_map.updating import Rule

_NEAR = 0.02
"""How near to an end of the scale a level can hardly change."""
ORDINAL = (
    "levels and changes only say more or less, and in what order: no amounts, no probabilities, no times"
)


def by_rule(found: CognitiveMap) -> dict[Rule, Compared]:
    """Return the scenarios under every rule that goes with the transfer, the map's own rule first."""
    own = found.how.dynamics.rule
    rules = sorted(found.how.possible_rules, key=lambda rule: rule != own)
    return {
        rule: compare(found.weights, found.initial, found.clamped, found.how.under(rule)) for rule in rules
    }


def directions(changes: FloatArray, smallest: float) -> FloatArray:
    """Return 1 where a concept rises, −1 where it falls, 0 where neither, NaN where not known."""
    moved = np.where(np.abs(changes) >= smallest, np.sign(changes), 0.0)
    return np.where(np.isnan(changes), np.nan, moved)


def rules_counted(found: CognitiveMap, compared: Mapping[Rule, Compared]) -> tuple[int, int, int]:
    """Return how many changes have the same direction under all rules, how many opposite ones, and all.

    Of concepts that a scenario does not hold; the others are changes under one rule, too small under another.
    """
    ways = np.stack([directions(each.changes, found.file.smallest_change) for each in compared.values()])
    free = np.isnan(found.clamped)
    same = np.all(ways == ways[0], axis=0) & free
    opposite = (ways == 1).any(axis=0) & (ways == -1).any(axis=0) & free
    return int(same.sum()), int(opposite.sum()), int(free.sum())


def dynamics_in_words(found: CognitiveMap) -> str:
    """Say by what rule and transfer levels come about."""
    how = found.how.dynamics
    size = f"threshold {how.threshold:g}" if how.is_discrete else f"slope {how.slope:g}"
    held = "; concepts without causes keep their level" if how.is_held_without_causes else ""
    return f"rule {how.rule}, transfer {how.transfer}, {size}{held}"


def endings_in_words(found: CognitiveMap, compared: Compared) -> list[str]:
    """Say how the map by itself and each scenario ended, and whether they had to end so."""
    how = found.how.dynamics
    said = [f"by itself: {compared.baseline.in_words()}; {guarantee(found.weights, how).sentence}"]
    said += [f"by itself: {each}" for each in _unstable(found, compared.baseline.levels, None)]
    for place, scenario in enumerate(found.scenarios):
        line = compared.scenarios.in_words((place,))
        if compared.scenarios.endings[place] is not Ending.FIXED_POINT:
            said.append(f"{scenario.name}: {line}")
        else:
            levels, held = compared.scenarios.levels[place], found.clamped[place]
            said += [f"{scenario.name}: {line}; {each}" for each in _unstable(found, levels, held)]
    if all(each is Ending.FIXED_POINT for each in compared.scenarios.endings) and found.scenarios:
        said.append(f"all scenarios: fixed points, after {int(compared.scenarios.steps.max())} steps at most")
    return said


def saturation_in_words(found: CognitiveMap, compared: Compared) -> list[str]:
    """Say so where half the concepts or more stand near an end of the scale, so that little can change."""
    how, levels = found.how.dynamics, compared.baseline.levels
    near = (levels < how.lowest + _NEAR) | (levels > 1 - _NEAR)
    n, many = int(near.sum()), len(levels)
    if how.is_discrete or 2 * n < many:
        return []
    return [f"{n} of {many} levels are near an end of the scale, where little can change: try a lower slope"]


def _unstable(found: CognitiveMap, levels: FloatArray, held: FloatArray | None) -> list[str]:
    grows = local_factor(found.weights, levels, found.how.dynamics, clamped=held)
    if not grows > 1 + 1e-6:
        return []
    return [f"this point is unstable (a push grows by {grows:.3g} a step): see --show ends"]


def changes_title(found: CognitiveMap, compared: Compared) -> str:
    """Say what rises or falls most without being held."""
    free = np.where(np.isnan(found.clamped), compared.changes, np.nan)
    if not free.size or np.isnan(free).all():
        return f"{found.title}: no change is known"
    scenario, row = np.unravel_index(int(np.nanargmax(np.abs(free))), free.shape)
    way = "rises" if free[scenario, row] > 0 else "falls"
    moves = f"{found.titles[row]} {way} by {abs(float(free[scenario, row])):.2f}"
    return f"“{found.scenarios[scenario].title}” moves most: {moves}"


def rules_title(found: CognitiveMap, compared: Mapping[Rule, Compared]) -> str:
    """Say how often the rules agree, and how often they contradict each other."""
    same, opposite, n = rules_counted(found, compared)
    return f"{len(compared)} rules: of {n} changes {same} have the same direction, {opposite} opposite ones"


def robustness_title(found: CognitiveMap, sure: Robustness, compared: Compared) -> str:
    """Say how many changes are in the stated direction in 90 % of the draws or more."""
    smallest = found.file.smallest_change
    is_change = np.isnan(found.clamped) & (np.abs(np.nan_to_num(compared.changes)) >= smallest)
    holds = np.nan_to_num(sure.same_direction(compared.changes, smallest)) >= 0.9
    n = int(is_change.sum())
    return f"{int((holds & is_change).sum())} of {n} changes keep their direction in 90 % of the drawn maps"


def sensitivity_title(found: CognitiveMap, what: Sensitivity, outcome: str) -> str:
    """Say which link moves the outcome most."""
    if not what.links or np.isnan(what.swings[0]):
        return f"No link moves {outcome}"
    i, j = what.links[0]
    return f"“{outcome}” hangs most on the link {found.titles[i]} → {found.titles[j]}"


def people_title(found: CognitiveMap) -> str:
    """Say on how many links people contradict each other."""
    about = disagreement(found.personal_weights, found.drawn)
    n, shared = int(about.is_conflict.sum()), int((about.n_drawn > 1).sum())
    whose = f"{len(found.people)} people share {shared} links"
    return f"{whose}; on {n} of them they disagree whether it raises or lowers"
