"""What a plan of a Delphi gives: how often a simulated panel agrees, and how often wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from innosi.forecast.panels.model import PanelModel
from innosi.forecast.panels.simulated import Progress, SimulatedPanels, simulate_panel, studies_at_once
from innosi.forecast.panels.spread import PANELLISTS, Ranked, is_consensus, standard_deviations
from innosi.forecast.statistics.rules import Rule
from innosi.models.arrays import AnyArray, FloatArray
from innosi.models.errors import ModelError

UNSTABLE_FROM = 0.15
"""A question is stable where a smaller share than this changed its answer (Scheibe et al. 1975)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Panels to compare: which sizes and drop-outs, in up to how many rounds, and when they agree.

    Attributes
    ----------
    title, description : str
    model : PanelModel
        What all of them have in common; `n_rounds` is the most rounds that are looked at.
    sizes : tuple of int
        Panellists.
    drop_outs : tuple of float
    rule : Rule
        When answers are in consensus.
    far_from_truth : float
        A consensus is false where its median lies further from the truth than this; in levels of a rating,
        as a probability, or of a quantity as a share of the truth.
    wanted_power : float
        On which share of the questions consensus is wanted.
    n_studies, seed : int
    """

    title: str
    model: PanelModel
    sizes: tuple[int, ...]
    drop_outs: tuple[float, ...]
    rule: Rule
    far_from_truth: float = 1.0
    wanted_power: float = 0.8
    n_studies: int = 1000
    seed: int = 0
    description: str = ""

    @property
    def rehearsal_model(self) -> PanelModel:
        """The largest panel, with the least drop-out."""
        return replace(self.model, n_panellists=max(self.sizes), drop_out=min(self.drop_outs))

    def models(self) -> tuple[PanelModel, ...]:
        """Return a panel of every size with every drop-out."""
        return tuple(
            replace(self.model, n_panellists=size, drop_out=share)
            for size in self.sizes
            for share in self.drop_outs
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What takes the place of a plan's own; None, or nothing, leaves it as it is."""

    sizes: tuple[int, ...] = ()
    drop_outs: tuple[float, ...] = ()
    rounds: int | None = None
    questions: int | None = None
    studies: int | None = None
    seed: int | None = None

    def to(self, plan: Plan) -> Plan:
        """Return the plan with these changes."""
        sizes = tuple(sorted(set(self.sizes))) or plan.sizes
        model = replace(
            plan.model,
            n_panellists=max(sizes),
            n_rounds=plan.model.n_rounds if self.rounds is None else self.rounds,
            n_questions=plan.model.n_questions if self.questions is None else self.questions,
        )
        return replace(
            plan,
            model=model,
            sizes=sizes,
            drop_outs=tuple(sorted(set(self.drop_outs))) or plan.drop_outs,
            n_studies=plan.n_studies if self.studies is None else self.studies,
            seed=plan.seed if self.seed is None else self.seed,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """A share or a mean over simulated studies, and its standard error (NaN for one study)."""

    value: float
    standard_error: float

    @classmethod
    def of(cls, by_study: FloatArray) -> "Share":
        """Return the mean over studies of a figure that each study has once; NaN ones are left out.

        Studies, not their questions, are independent, so that the error is that of the studies' means.
        """
        found = by_study[~np.isnan(by_study)]
        if found.size == 0:
            return cls(np.nan, np.nan)
        error = np.std(found, ddof=1) / np.sqrt(found.size) if found.size > 1 else np.nan
        return cls(float(np.mean(found)), float(error))


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """What can be expected after a round of a panel of one size and drop-out.

    Attributes
    ----------
    n_left : Share
        Panellists who answer this round.
    power : Share
        Share of the questions in consensus.
    false_consensus : Share
        Share of the questions in consensus on a median that is far from the truth.
    error : Share
        Mean absolute distance of the median from the truth, in the scale's `error_unit`.
    spread : Share
        Standard deviation of the answers, in the scale's `latent_unit`.
    stable : Share
        Share of the questions to which fewer than 15 % gave another answer; NaN in the first round.
    """

    n_panellists: int
    drop_out: float
    round: int
    n_left: Share
    power: Share
    false_consensus: Share
    error: Share
    spread: Share
    stable: Share

    @property
    def false_among_consensus(self) -> float:
        """Share of the consensuses that are false; NaN where there are none."""
        return self.false_consensus.value / self.power.value if self.power.value > 0 else np.nan


def plan_panel(plan: Plan, *, progress: Progress | None = None) -> tuple[PlannedRound, ...]:
    """Return what every panel of a plan gives after every round.

    Parameters
    ----------
    progress : callable, optional
        Told after every chunk how many studies are done.

    Notes
    -----
    Panels of the same size and seed have the same truths and first judgements, whatever their drop-out.
    """
    models = plan.models()
    done, total = 0, plan.n_studies * len(models)
    found: list[PlannedRound] = []
    for model in models:
        parts = []
        for start, size in _chunks(plan.n_studies, studies_at_once(model)):
            panels = simulate_panel(model, n_studies=size, seed=plan.seed, first=start)
            parts.append(_figures(plan, panels))
            done += size
            if progress:
                progress(done, total)
        found += _rounds(model, {name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    return tuple(found)


def _chunks(n: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, n, size):
        yield start, min(size, n - start)


def _figures(plan: Plan, panels: SimulatedPanels) -> dict[str, FloatArray]:
    """Return each study's figures after each round, (n_studies, n_rounds) each."""
    errors = panels.errors_of_median()
    agreed = is_consensus(plan.rule, panels.answers, panels.model.scale.levels)
    false = agreed & (errors > plan.far_from_truth)
    spread = standard_deviations(panels.model.scale.latent(panels.answers))
    by_question = {"power": agreed, "false_consensus": false, "error": errors, "spread": spread}
    figures = {name: _mean(values) for name, values in by_question.items()}
    return figures | {"n_left": panels.n_left.astype(float), "stable": _stable(panels)}


def _stable(panels: SimulatedPanels) -> FloatArray:
    """Return the share of the questions that are stable since the round before; NaN in the first."""
    earlier, later = panels.answers[:, :-1], panels.answers[:, 1:]
    n_both = np.sum(~np.isnan(earlier) & ~np.isnan(later), axis=PANELLISTS)
    changed = np.sum(panels.model.scale.is_changed(earlier, later), axis=PANELLISTS)
    stable = np.where(n_both > 0, changed < UNSTABLE_FROM * n_both, np.nan)
    return np.concatenate([np.full((len(stable), 1), np.nan), _mean(stable)], axis=1)


def _mean(by_question: AnyArray) -> FloatArray:
    """Return the mean over the questions that have a figure; NaN where none has."""
    n = np.sum(~np.isnan(by_question), axis=-1)
    total = np.nansum(by_question, axis=-1, dtype=float)
    return np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)


def _rounds(model: PanelModel, figures: dict[str, FloatArray]) -> Iterator[PlannedRound]:
    for index in range(model.n_rounds):
        shares = {name: Share.of(values[:, index]) for name, values in figures.items()}
        yield PlannedRound(model.n_panellists, model.drop_out, index + 1, **shares)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """How one question went in one simulated study.

    Attributes
    ----------
    answers : (n_rounds, n_panellists) float
        NaN from the round before which a panellist left.
    truth : float
    is_consensus : (n_rounds,) bool
    """

    answers: FloatArray
    truth: float
    is_consensus: AnyArray

    @property
    def medians(self) -> FloatArray:
        """The panel's median after each round."""
        return Ranked(self.answers[..., np.newaxis]).median[:, 0]

    def quartiles(self) -> tuple[FloatArray, FloatArray]:
        """Return the lower and the upper quartile after each round."""
        ranked = Ranked(self.answers[..., np.newaxis])
        return ranked.quantile(0.25)[:, 0], ranked.quantile(0.75)[:, 0]


def one_study(plan: Plan, *, n_questions: int = 4, number: int = 0) -> tuple[Trajectory, ...]:
    """Return how the first questions of one study went: the largest panel, with the most drop-out.

    Parameters
    ----------
    number : int
        Which of the simulated studies; 0 is the first.
    """
    if not 0 <= number < plan.n_studies:
        raise ModelError(f"there is no study {number}", mend=f"name 0 to {plan.n_studies - 1}")
    model = replace(plan.model, n_panellists=max(plan.sizes), drop_out=max(plan.drop_outs))
    panels = simulate_panel(model, n_studies=1, seed=plan.seed, first=number)
    agreed = is_consensus(plan.rule, panels.answers, panels.model.scale.levels)[0]
    return tuple(
        Trajectory(panels.answers[0, :, :, each], float(panels.truth[0, each]), agreed[:, each])
        for each in range(min(n_questions, model.n_questions))
    )
