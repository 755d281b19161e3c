"""The whole classical model in one call: experts, decision makers, and how robust they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innosi.forecast.answers.values import Answers
from innosi.forecast.judgements import Judgement, judgements_data
from innosi.forecast.pooling.classical.decision_makers import (
    WEIGHTINGS,
    DecisionMaker,
    Weighting,
    decision_maker_of,
)
from innosi.forecast.pooling.classical.elicitation import Elicitation
from innosi.forecast.pooling.classical.robustness import LeftOut, Perturbation, robustness
from innosi.forecast.pooling.classical.scores import PanelScores, Settings, score_panel
from innosi.forecast.statistics.summary import last_round
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError
from innosi.scenarios.tables.rows import cell_text
from innosi.scenarios.tables.sheet import read_sheet


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the classical model says of an elicitation.

    Attributes
    ----------
    panel : PanelScores
        The experts'.
    decision_makers : tuple of DecisionMaker
        The one asked for first, then those with the other weights, for comparison.
    robustness : tuple of Perturbation
        Of the one asked for; empty where nothing was left out.
    """

    panel: PanelScores
    decision_makers: tuple[DecisionMaker, ...]
    robustness: tuple[Perturbation, ...] = ()

    @property
    def decision_maker(self) -> DecisionMaker:
        """The one that was asked for."""
        return self.decision_makers[0]


def calibrate(
    elicitation: Elicitation,
    weighting: Weighting = "global",
    settings: Settings = Settings(),  # noqa: B008 - frozen
    *,
    cut_off: float | None = None,
    user_weights: Mapping[str, float] | None = None,
    left_out: LeftOut | None = None,
    size: int = 1,
) -> Calibration:
    """Return the experts' scores, the decision makers, and the robustness of the one asked for.

    Parameters
    ----------
    weighting, settings, cut_off, user_weights
        As for `decision_maker`.
    left_out, size
        As for `robustness`; nothing is left out by default.

    Raises
    ------
    AnswerError
        If there are no seeds, or what was asked for cannot be had.
    """
    panel = score_panel(elicitation, settings)
    if not panel.n_effective:
        raise AnswerError(
            "there are no seeds: nobody answered an item of which the realisation is known",
            mend="give realisations (outcomes) of some items; ten or so are usual",
        )
    kinds = [weighting, *(each for each in WEIGHTINGS if each not in (weighting, "user"))]
    made = [decision_maker_of(panel, kind, cut_off=cut_off, user_weights=user_weights) for kind in kinds]
    perturbed: tuple[Perturbation, ...] = ()
    if left_out:
        perturbed = robustness(
            elicitation, left_out, weighting, settings, size=size, cut_off=cut_off, user_weights=user_weights
        )
    return Calibration(panel, tuple(made), perturbed)


def load_weights(path: Path) -> dict[str, float]:
    """Read experts' weights from a table with the columns `expert` and `weight`.

    Raises
    ------
    AnswerError
        If a column is missing, a name stands twice, or a weight is no number.
    """
    sheet = read_sheet(path)
    at_expert, at_weight = sheet.index_of("expert"), sheet.index_of("weight")
    if at_expert is None or at_weight is None:
        raise AnswerError("has no columns 'expert' and 'weight'", mend="name two so", where=sheet.source)
    weights: dict[str, float] = {}
    for row in sheet.rows:
        name, cell = cell_text(row.cells[at_expert]), cell_text(row.cells[at_weight])
        where = f"{sheet.source}, line {row.line}"
        if name in weights:
            raise AnswerError(f"expert '{name}' stands twice", mend="keep one", where=where)
        weights[name] = parse_weight(cell, where=where)
    return weights


def parse_weight(text: str, *, where: str = "") -> float:
    """Return a weight written as a number.

    Raises
    ------
    AnswerError
        If it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise AnswerError(
            f"'{text}' is no weight", mend="write a number, such as 0.25", where=where
        ) from None


def decision_maker_data(
    study: Study, answers: Answers, made: DecisionMaker, number: int | None = None
) -> dict[str, object]:
    """Return a decision maker's distributions as the plain data of a file of judgements.

    Items of which nobody with a weight answered are left out.
    """
    number = last_round(study, answers, number)
    judgements = []
    for place, item in enumerate(made.elicitation.items):
        question = study.questions[item]
        if np.isfinite(made.quantiles[place, 0]):
            pooled = made.pooled(item, (question.low, question.high))
            judgements.append(Judgement(answers.to(question, number), pooled))
    return judgements_data(study, answers, tuple(judgements), number, "linear_pool")
