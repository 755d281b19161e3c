"""How much of a result rests on which grade of evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from innosi.models.estimates import Estimate, EvidenceGrade
from innosi.models.value_map import ValueMap
from innosi.scenarios.chunks import Draws
from innosi.scenarios.scenario_set import Experiment

INGREDIENTS: Mapping[str, tuple[str, ...]] = {
    "quantity": ("quantity",),
    "deadweight": ("deadweight", "counterfactual_quantity"),
    "displacement": ("displacement",),
    "attribution": ("attribution",),
    "drop_off": ("drop_off",),
    "duration": ("duration",),
    "financial_proxy": ("financial_proxy",),
}
"""What an outcome's value is made of, and the keys that give it."""


@dataclass(frozen=True)
class EvidenceShares:
    """How much of a result rests on which grade of evidence.

    Attributes
    ----------
    by_ingredient : mapping of ingredient to grade to share
        Share of the value (of the present values' absolute sizes) whose quantity, deadweight, … is of that
        grade. A correction that is not made counts as an assumption: that it is nought.
    weakest : mapping of grade to share
        Each outcome under the weakest grade among its ingredients: a chain is as strong as its weakest link.
    inputs : mapping of grade to share
        Share of the inputs' amounts.
    """

    by_ingredient: Mapping[str, Mapping[EvidenceGrade, float]]
    weakest: Mapping[EvidenceGrade, float]
    inputs: Mapping[EvidenceGrade, float]


def evidence_shares(experiment: Experiment, draws: Draws) -> EvidenceShares | None:
    """Return what one experiment's value rests on; None for a model that is no value map."""
    model = experiment.model
    if not isinstance(model, ValueMap):
        return None
    sizes = {
        name: float(np.mean(np.abs(draws.outputs[f"present_value.outcome.{name}"])))
        for name, outcome in model.outcomes.items()
        if outcome.is_monetised
    }
    grades = {name: _outcome_grades(experiment.estimates, name) for name in sizes}
    return EvidenceShares(
        by_ingredient={
            ingredient: _shares((grades[name][ingredient], size) for name, size in sizes.items())
            for ingredient in INGREDIENTS
        },
        weakest=_shares((max(grades[name].values(), key=_rank), size) for name, size in sizes.items()),
        inputs=_shares(_input_grades(experiment.estimates, draws, model)),
    )


def _outcome_grades(estimates: Mapping[str, Estimate], name: str) -> dict[str, EvidenceGrade]:
    return {
        ingredient: next(
            (
                estimates[f"outcomes.{name}.{key}"].evidence
                for key in keys
                if f"outcomes.{name}.{key}" in estimates
            ),
            EvidenceGrade.ASSUMPTION,
        )
        for ingredient, keys in INGREDIENTS.items()
    }


def _input_grades(
    estimates: Mapping[str, Estimate], draws: Draws, model: ValueMap
) -> Iterable[tuple[EvidenceGrade, float]]:
    for name in model.inputs:
        fields = [estimates[key].evidence for key in estimates if key.startswith(f"inputs.{name}.")]
        yield max(fields, key=_rank), float(np.mean(draws.outputs[f"inputs.input.{name}"]))


def _rank(grade: EvidenceGrade) -> int:
    return grade.rank


def _shares(parts: Iterable[tuple[EvidenceGrade, float]]) -> dict[EvidenceGrade, float]:
    totals = dict.fromkeys(EvidenceGrade, 0.0)
    for grade, size in parts:
        totals[grade] += size
    whole = sum(totals.values())
    return {grade: size / whole for grade, size in totals.items() if size > 0} if whole else {}
