"""Weights of constructed scenarios from what a panel judged."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from innosi.models.distributions import Kind, parse_distribution
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.joining import ConstructedScenario
from innosi.scenarios.loading.judgements import Judgement, JudgementFile, read_judgements


def weighed_by_panel(
    scenarios: Sequence[ConstructedScenario], panel: Path
) -> tuple[list[ConstructedScenario], str]:
    """Return scenarios, each weighted by what a panel judged under its name: the mean of the judgement.

    Beside them stands where the weights come from, in words.

    Parameters
    ----------
    panel : Path
        A file that `innosi delphi export` wrote, with a judgement named like each scenario.

    Raises
    ------
    InnosiError
        If a scenario has no judgement, or one that is no weight, or all weights are 0.
    """
    judged = read_judgements(panel)
    weights = [_weight(judged.find(each.name), panel) for each in scenarios]
    if weights and not any(weights):
        raise InnosiError("gives every scenario a weight of 0", mend="ask again", where=str(panel))
    weighed = [replace(each, weight=weight) for each, weight in zip(scenarios, weights, strict=True)]
    return weighed, _in_words(judged, scenarios, sum(weights))


def _in_words(judged: JudgementFile, scenarios: Sequence[ConstructedScenario], total: float) -> str:
    """Where weights come from, and from which sum they are brought to 100 %."""
    found = [judged.find(each.name) for each in scenarios]
    cited = judged.citation(min(found, key=lambda each: each.n)) if found else judged.source
    if any(each.kind == "share" for each in found) and abs(total - 1) > 0.005:
        return f"{cited}; probabilities that add up to {total:.0%}, brought to 100 %".replace("%,", " %,")
    return cited


def _weight(judgement: Judgement, panel: Path) -> float:
    kind: Kind = "share" if judgement.kind == "share" else "number"
    found = float(parse_distribution(judgement.distribution, kind=kind).mean)
    if judgement.kind not in ("share", "number") or not 0 <= found < math.inf:
        problem = f"'{judgement.name}' is a judgement of {judgement.kind} with the mean {found:g}"
        mend = "ask for the probability of the scenario, or for its weight as a number from 0 on"
        raise InnosiError(problem, mend=mend, where=str(panel))
    return found
