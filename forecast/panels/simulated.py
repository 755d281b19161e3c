"""Simulated panels: many studies at once, round by round, with known truths.

The model
---------
A panellist's first judgement is the truth (or the value of the second camp) plus an error: a bias and a
shared error that all have in common, a leaning of one's own, and noise; all are divided by expertise. Then,
before each next round, some leave, and each who stays and is asked goes first a share of the way to the fed
back middle (conformity) and then a share of the way to the truth (learning by reasons). What each starts from
is the last judgement, or, by anchoring, partly the first one.

Sources
-------
Clemen & Winkler (1985), Operations Research 33(2): the error that experts share bounds what more of them add.
DeGroot (1974), JASA 69(345); Friedkin & Johnsen (1990), Journal of Mathematical Sociology 15: revision as a
weighted mean of others' judgements and of one's own first one.
Parenté & Anderson-Parenté (1987) in Wright & Ayton, Judgmental Forecasting: those who know more hold on.
Rowe, Wright & Bolger (1991), Technological Forecasting and Social Change 39: reasons, not the majority, carry
information.
Bardecki (1984), Technological Forecasting and Social Change 25(3): those far from the median drop out.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtri

from innosi.forecast.panels.model import PanelModel
from innosi.forecast.panels.scales import AnswerScale
from innosi.forecast.panels.spread import PANELLISTS, Ranked, means
from innosi.models.arrays import AnyArray, FloatArray
from innosi.models.errors import ModelError
from innosi.scenarios.sampling.streams import uniforms

CELLS_AT_ONCE = 1_000_000
"""Judgements computed at a time; it changes nothing but the memory used."""
_TRUTHS_WITHIN = 2 / 3

Progress = Callable[[int, int], None]
"""Called with the studies done so far, and all that are to be done."""


@dataclass(frozen=True, slots=True)
class Characters:
    """Everything about panellists and questions that chance decides before the first round.

    Attributes
    ----------
    truth, shared_error : (n_studies, 1, n_questions) float
        The true latent values, and the errors that all panellists have in common.
    expertise, leaning, camp : (n_studies, n_panellists, 1) float
        Expertise with a median of 1; a panellist's own bias; 1 for those of the second camp, else 0.
    noise : (n_studies, n_panellists, n_questions) float
    leaving : (n_rounds − 1, n_studies, n_panellists, 1) float
        Uniform numbers: who leaves before each next round.
    wavering : (n_rounds − 1, n_studies, n_panellists, n_questions) float
        What answers change by themselves; the last axes have length 1 where nobody wavers.
    """

    truth: FloatArray
    shared_error: FloatArray
    expertise: FloatArray
    leaning: FloatArray
    camp: FloatArray
    noise: FloatArray
    leaving: FloatArray
    wavering: FloatArray

    def of_panellists(self, order: AnyArray) -> "Characters":
        """Return the same with the panellists in another order."""
        changed = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, values in changed.items():
            if values.shape[PANELLISTS] > 1:
                changed[name] = np.take(values, order, axis=PANELLISTS)
        return Characters(**changed)


@dataclass(frozen=True, slots=True)
class SimulatedPanels:
    """What many simulated panels answered, and what was true.

    Attributes
    ----------
    answers : (n_studies, n_rounds, n_panellists, n_questions) float
        On the scale; NaN from the round before which a panellist left.
    latent : (n_studies, n_rounds, n_panellists, n_questions) float
        The judgements behind them.
    truth : (n_studies, n_questions) float
        In the unit of answers, not rounded.
    expertise : (n_studies, n_panellists) float
    """

    model: PanelModel
    answers: FloatArray
    latent: FloatArray
    truth: FloatArray
    expertise: FloatArray

    @property
    def n_left(self) -> AnyArray:
        """How many panellists answer each round, shape (n_studies, n_rounds)."""
        left: AnyArray = np.sum(~np.isnan(self.answers[..., 0]), axis=-1)
        return left

    def errors_of_median(self) -> FloatArray:
        """Return how far each question's median lies from the truth, (n_studies, n_rounds, n_questions)."""
        return self.model.scale.errors(Ranked(self.answers).median, self.truth[:, np.newaxis])


def simulate_panel(
    model: PanelModel, *, n_studies: int = 1, seed: int = 0, first: int = 0, chunk: int | None = None
) -> SimulatedPanels:
    """Return what simulated panels answer.

    Parameters
    ----------
    n_studies : int
        How many studies; each has questions, truths and panellists of its own.
    seed : int
        0 is a seed. Study i depends on the seed, the model and i, and on nothing else.
    first : int
        The number of the first study.
    chunk : int, optional
        Studies computed at a time; it changes nothing but the memory used.

    Examples
    --------
    >>> simulate_panel(PanelModel(n_panellists=15), n_studies=4).answers.shape
    (4, 3, 15, 20)
    """
    if n_studies < 1:
        raise ModelError(f"{n_studies} studies cannot be simulated", mend="give 1 or more")
    size = chunk or studies_at_once(model)
    starts = range(first, first + n_studies, size)
    parts = [_simulated(model, seed, start, min(start + size, first + n_studies)) for start in starts]
    if len(parts) == 1:
        return parts[0]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("answers", "latent", "truth", "expertise")
    }
    return SimulatedPanels(model, **joined)


def studies_at_once(model: PanelModel) -> int:
    """Return how many studies are simulated together, so that their arrays stay small."""
    return max(1, CELLS_AT_ONCE // (model.n_panellists * model.n_questions * model.n_rounds))


def _simulated(model: PanelModel, seed: int, start: int, stop: int) -> SimulatedPanels:
    characters = draw_characters(model, seed, start, stop)
    latent = np.stack(play(model, characters), axis=1)
    truth = model.scale.unrounded(characters.truth[:, 0])
    return SimulatedPanels(model, model.scale.answers(latent), latent, truth, characters.expertise[..., 0])


def draw_characters(model: PanelModel, seed: int, start: int, stop: int) -> Characters:
    """Return what chance decides for studies start … stop − 1."""
    draw = _Drawing(seed, start, stop)
    panellists, questions = model.n_panellists, model.n_questions
    later = range(2, model.n_rounds + 1)
    wavers = (panellists, questions) if model.wavering else (1, 1)
    return Characters(
        truth=_truths(model.scale, draw.uniform("truth", 1, questions)),
        shared_error=draw.normal("shared error", 1, questions, spread=model.shared_error),
        expertise=np.exp(draw.normal("expertise", panellists, 1, spread=model.expertise)),
        leaning=draw.normal("leaning", panellists, 1, spread=model.leaning),
        camp=(draw.uniform("camp", panellists, 1) < model.second_camp).astype(float),
        noise=draw.normal("noise", panellists, questions, spread=model.noise),
        leaving=_stacked([draw.uniform(f"leaving {each}", panellists, 1) for each in later]),
        wavering=_stacked(
            [draw.normal(f"wavering {each}", *wavers, spread=model.wavering) for each in later]
        ),
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Counter-based numbers of some studies: the same whatever other studies are drawn with them."""

    seed: int
    start: int
    stop: int

    def uniform(self, name: str, panellists: int, questions: int) -> FloatArray:
        each = panellists * questions
        numbers = uniforms(self.seed, f"panel {name}", self.start * each, self.stop * each)
        return numbers.reshape(self.stop - self.start, panellists, questions)

    def normal(self, name: str, panellists: int, questions: int, *, spread: float) -> FloatArray:
        if spread == 0:
            return np.zeros((self.stop - self.start, panellists, questions))
        return spread * ndtri(self.uniform(name, panellists, questions))


def _truths(scale: AnswerScale, chances: FloatArray) -> FloatArray:
    """True latent values, uniform on the middle two thirds of the range."""
    low, high = scale.latent_range
    return (low + high) / 2 + (high - low) * _TRUTHS_WITHIN * (chances - 0.5)


def _stacked(arrays: list[FloatArray]) -> FloatArray:
    return np.stack(arrays) if arrays else np.zeros((0, 1, 1, 1))


def play(model: PanelModel, characters: Characters) -> list[FloatArray]:
    """Return the latent judgements of each round, (n_studies, n_panellists, n_questions) each.

    Chance has had its say in `characters`: the same give the same.
    """
    first = first_judgements(model, characters)
    rounds = [first]
    for leaving, wavering in zip(characters.leaving, characters.wavering, strict=True):
        last = rounds[-1]
        answers = model.scale.answers(last)
        held = (1 - model.anchoring) * last + model.anchoring * first
        revised = _revised(model, held, answers, characters) + wavering
        kept = revised if model.asked == "all" else np.where(_is_outside(answers), revised, last)
        rounds.append(np.where(leaving < _chances_to_leave(model, answers), np.nan, kept))
    return rounds


def first_judgements(model: PanelModel, characters: Characters) -> FloatArray:
    """Return what panellists judge before they know of each other."""
    error = model.bias + characters.shared_error + characters.leaning + characters.noise
    middle = sum(model.scale.latent_range) / 2
    has_room = np.where(characters.truth > middle, -1, 1)  # away from the nearer end of the scale
    believed = characters.truth + model.camp_distance * has_room * characters.camp
    judged: FloatArray = believed + error / characters.expertise
    return judged


def _revised(model: PanelModel, held: FloatArray, answers: FloatArray, of: Characters) -> FloatArray:
    conformity = model.conformity**of.expertise
    nearer_the_middle = held + conformity * (_fed_back(model, answers) - held)
    revised: FloatArray = nearer_the_middle + model.learning * (of.truth - nearer_the_middle)
    return revised


def _fed_back(model: PanelModel, answers: FloatArray) -> FloatArray:
    """Return the middle that is told, as a latent value, (n_studies, 1, n_questions)."""
    middle = Ranked(answers).median if model.feedback == "median" else means(answers)
    return np.expand_dims(model.scale.latent(middle), PANELLISTS)


def _is_outside(answers: FloatArray) -> AnyArray:
    """Whether an answer lies outside the quartiles, so that its panellist is asked to revise it."""
    ranked = Ranked(answers)
    lower, upper = (np.expand_dims(ranked.quantile(p), PANELLISTS) for p in (0.25, 0.75))
    return (answers < lower) | (answers > upper)


def _chances_to_leave(model: PanelModel, answers: FloatArray) -> FloatArray:
    """Return each panellist's chance to leave, (n_studies, n_panellists, 1); on average the drop-out."""
    if model.dissenters_leave == 0 or model.drop_out == 0:
        return np.full((*answers.shape[:-1], 1), model.drop_out)
    latent = model.scale.latent(answers)
    middle = np.expand_dims(Ranked(latent).median, PANELLISTS)
    distance = np.mean(np.abs(latent - middle), axis=-1, keepdims=True)
    usual = np.expand_dims(means(distance), PANELLISTS)
    relative = np.divide(distance, usual, out=np.ones_like(distance), where=usual > 0)
    return np.minimum(model.drop_out * (1 + model.dissenters_leave * (relative - 1)), 1)
