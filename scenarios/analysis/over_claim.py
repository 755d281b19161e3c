"""Does a value map claim too much? Which corrections are missing, and where its ratio stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr, ndtri

from innosi.models.distributions import Constant
from innosi.models.estimates import EvidenceGrade
from innosi.models.impact import CORRECTIONS
from innosi.models.value_map import ValueMap
from innosi.scenarios.chunks import Draws
from innosi.scenarios.scenario_set import Experiment
from innosi.scenarios.simulation import evaluated
from innosi.scenarios.summaries.summary import Figure

SOURCE = (
    "aggregates over 383 published SROI reports"
    " (J. C. Muñoz-Mora, sroi-meta-analysis; read out by a language model)"
)

USUAL_SIZE: Mapping[str, float] = MappingProxyType(
    {"deadweight": 0.20, "displacement": 0.175, "attribution": 0.255, "drop_off": 0.215}
)
"""Median size of each correction in the published reports that apply it."""

SHARE_APPLYING: Mapping[str, float] = MappingProxyType(
    {"deadweight": 0.40, "displacement": 0.10, "attribution": 0.56, "drop_off": 0.235}
)
"""Share of the published reports that apply each correction."""

N_PUBLISHED = 383
PUBLISHED_RATIOS: Mapping[float, float] = MappingProxyType({0.1: 1.31, 0.5: 3.56, 0.9: 10.22})
"""Quantiles of the published ratios."""

_UNFOUNDED = (EvidenceGrade.ASSUMPTION, EvidenceGrade.CLAIM)

PUBLISHED_MEDIAN_CORRECTED = 1.96
"""The published median once missing corrections are put in at their usual size."""


@dataclass(frozen=True)
class OverClaim:
    """What an over-claim check found.

    Attributes
    ----------
    missing : mapping of correction to outcomes
        Outcomes for which the correction is missing or nought.
    stated, corrected : Figure
        The ratio as computed, and with the missing corrections put in at their usual size.
    standing : float
        Share of the published reports whose ratio is lower, approximately.
    """

    missing: Mapping[str, tuple[str, ...]]
    stated: Figure
    corrected: Figure
    standing: float

    @property
    def is_complete(self) -> bool:
        """Whether every correction was made for every outcome that it can apply to."""
        return not self.missing


def over_claim(experiment: Experiment, draws: Draws) -> OverClaim | None:
    """Check one experiment's value map for over-claiming; None for any other model."""
    model = experiment.model
    if not isinstance(model, ValueMap):
        return None
    missing = missing_corrections(model, experiment)
    filled = {
        f"outcomes.{outcome}.{correction}": np.asarray(USUAL_SIZE[correction])
        for correction, outcomes in missing.items()
        for outcome in outcomes
    }
    fixed = {key: np.asarray(each.distribution.mean) for key, each in experiment.estimates.items()}
    stated = Figure.of(draws.outputs["social_return_ratio"])
    corrected = evaluated(model, {**fixed, **draws.inputs, **filled}, stated.n)["social_return_ratio"]
    return OverClaim(
        missing=missing,
        stated=stated,
        corrected=Figure.of(corrected),
        standing=standing_among_published(stated.median),
    )


def missing_corrections(model: ValueMap, experiment: Experiment) -> dict[str, tuple[str, ...]]:
    """Return, for each correction, the good outcomes that lack it or have it at nought.

    A nought with evidence behind it counts as made; one that is assumed or claimed does not.

    A drop-off is only looked for where an outcome can last beyond a year, and no correction is asked of a
    negative outcome: leaving one out there does not claim too much.
    """
    missing = {
        correction: tuple(name for name in model.outcomes if _lacks(model, experiment, name, correction))
        for correction in CORRECTIONS
    }
    return {correction: outcomes for correction, outcomes in missing.items() if outcomes}


def _lacks(model: ValueMap, experiment: Experiment, name: str, correction: str) -> bool:
    outcome = model.outcomes[name]
    estimates = {
        key.rpartition(".")[2]: each
        for key, each in experiment.estimates.items()
        if key.startswith(f"outcomes.{name}.")
    }
    numbers = {field: each.distribution for field, each in estimates.items()}
    if not outcome.is_monetised or numbers["financial_proxy"].median * numbers["quantity"].median <= 0:
        return False
    if correction == "drop_off" and float(numbers["duration"].quantile(0.95)) <= 1:
        return False
    counterfactual = correction == "deadweight" and outcome.has_counterfactual
    given = estimates.get("counterfactual_quantity" if counterfactual else correction)
    return given is None or (given.distribution == Constant(0.0) and given.evidence in _UNFOUNDED)


def standing_among_published(ratio: float) -> float:
    """Return the share of published reports with a lower ratio, between 0 and 1.

    Interpolated on the logarithm of the ratio through the three published quantiles (normal between and
    beyond them), so approximate; 0 for a ratio of nought or less.
    """
    if ratio <= 0:
        return 0.0
    log_ratios = [log(published) for published in PUBLISHED_RATIOS.values()]
    scores = [float(ndtri(share)) for share in PUBLISHED_RATIOS]
    piece = 0 if log(ratio) < log_ratios[1] else 1
    slope = (scores[piece + 1] - scores[piece]) / (log_ratios[piece + 1] - log_ratios[piece])
    return float(ndtr(scores[1] + slope * (log(ratio) - log_ratios[1])))
