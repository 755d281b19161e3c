"""A rehearsal: what a simulated panel answers to a real study's questions, marked as simulated."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from innosi.forecast.answers.tables import answers_table
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.panels.model import MAX_QUESTIONS, PanelModel
from innosi.forecast.panels.rehearsed_options import answers_about_options, n_judged
from innosi.forecast.panels.scales import AnswerScale
from innosi.forecast.panels.simulated import SimulatedPanels, simulate_panel
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.models.arrays import FloatArray
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.writing import write_text

SIMULATED = "simulated"
"""Stands as the reason of every simulated answer, and begins every pseudonym that is made up."""
_NO_BOUNDS, _YEARS = (30.0, 300.0), (2.0, 20.0)
_DECADES = 10.0
_SOON, _SPAN = 2030.0, 30.0
"""Where nothing bounds a year: from when, and for how long."""
_FIGURES = 3


def simulate_answers(study: Study, model: PanelModel, seed: int = 0) -> Answers:
    """Return what a simulated panel answers to a study, in all of its rounds.

    The study's members answer; where it lists none, `model.n_panellists` made-up ones. The truth of each
    question is drawn within its bounds, or, where nothing bounds it, between 30 and 300 (2 and 20 years).

    Parameters
    ----------
    model : PanelModel
        How they judge. What it counts in its own scale is carried over in proportion: noise of an eighth of
        the range of a rating is noise of an eighth of the range of every other question.
    seed : int
        0 is a seed.

    Raises
    ------
    AnswerError
        If the study's panel is not marked `simulated: true`: a study of people gets no made-up answers.
    """
    if not study.panel.is_simulated:
        raise AnswerError(
            "is a study of people, and gets no simulated answers",
            mend="write `simulated: true` under `panel`, or rehearse in a copy with --copy FOLDER",
            where=str(study.path),
        )
    questions = _askable(study)
    names = tuple(study.panel.members) or _pseudonyms(model.n_panellists)
    sized = replace(
        model, n_panellists=len(names), n_rounds=len(study.rounds), n_questions=sum(map(n_judged, questions))
    )
    panels = simulate_panel(sized, seed=seed)
    return Answers.of(_answers(panels, names, questions))


def _askable(study: Study) -> list[Question]:
    """Return the study's questions, which ask for no more than can be simulated."""
    questions = list(study.questions.values())
    n_columns = sum(map(n_judged, questions))
    if n_columns > MAX_QUESTIONS:
        raise AnswerError(
            f"asks for {n_columns} judgements of everybody",
            mend=f"simulate up to {MAX_QUESTIONS}",
            where=str(study.path),
        )
    return questions


def _pseudonyms(n: int) -> tuple[str, ...]:
    return tuple(f"{SIMULATED}_{number:0{len(str(n))}d}" for number in range(1, n + 1))


def _answers(panels: SimulatedPanels, names: tuple[str, ...], questions: list[Question]) -> Iterator[Answer]:
    start = 0
    for question in questions:
        judged = slice(start, start + n_judged(question))
        start = judged.stop
        respondents = _Respondents(panels, question)
        for number in range(panels.model.n_rounds):
            values = respondents.values(panels.latent[0, number, :, judged], number)
            for who, row in zip(names, values, strict=True):
                if not np.any(np.isnan(row)):
                    yield Answer(number + 1, who, question.name, tuple(map(float, row)), SIMULATED)


@dataclass(frozen=True, slots=True)
class _Respondents:
    """Simulated panellists who answer one question in the form that it asks for."""

    panels: SimulatedPanels
    question: Question

    def values(self, latent: FloatArray, index: int) -> FloatArray:
        """Return the parts of everybody's answer in a round, (n_panellists, n_parts).

        `latent` (n_panellists, n_judged) is what they judge: one number, or one for each scale or option.
        """
        question = self.question
        if question.type == "multi_rating":
            return np.column_stack(
                [self._of(aspect, latent[:, [at]], index) for at, aspect in enumerate(question.aspects)]
            )
        if not question.is_single or question.type == "choice":
            low, high = self.panels.model.scale.latent_range
            return answers_about_options(question, (latent - (low + high) / 2) / ((high - low) / 2))
        return self._of(question, latent, index)

    def _of(self, question: Question, latent: FloatArray, index: int) -> FloatArray:
        spread = self._stated_spread(index)[:, np.newaxis]
        parts = latent + spread * self._normal_quantiles(question)
        scale = scale_of(question)
        answers = scale.answers(_carried_over(parts, self.panels.model.scale, scale))
        held = np.clip(_rounded(answers), question.low, question.high)
        if question.type == "year":
            return np.round(answers).clip(question.low, question.high)
        if question.asks_confidence:
            sure = np.where(np.isnan(latent), np.nan, question.confidence)
            return np.column_stack([held, sure])
        return held

    def _stated_spread(self, index: int) -> FloatArray:
        """Return how uncertain each says to be: less with expertise, with learning, and by overconfidence."""
        model = self.panels.model
        spread: FloatArray = model.noise * (1 - model.overconfidence) / self.panels.expertise[0]
        return spread * (1 - model.learning) ** index

    def _normal_quantiles(self, question: Question) -> FloatArray:
        if question.answer == "quantiles":
            return np.asarray(ndtri(np.array(question.probabilities)))
        half = float(ndtri(0.5 + question.confidence / 2))
        stated = {"three_point": [-half, 0, half], "interval": [-half, half]}
        return np.array(stated.get(question.answer, [0.0]))


def scale_of(question: Question) -> AnswerScale:
    """Return the scale on which simulated panellists answer a question.

    Shares run in log odds, their truths at least a tenth of the way within their bounds; what is above 0 and
    bounded by nothing, or by more than ten times as much, on logarithms; the rest from bound to bound.
    """
    if question.scale is not None:
        return AnswerScale("rating", *question.scale)
    low, high = question.bounds
    if question.is_share:
        least, most = low or 0.0, 1.0 if high is None else high
        edge = (most - least) / 10
        return AnswerScale("probability", least + edge, most - edge)
    if low is not None and high is not None and not 0 < low * _DECADES < high:
        return AnswerScale("number", low, high)
    return AnswerScale("quantity", *_open_range(question, low, high))


def _open_range(question: Question, low: float | None, high: float | None) -> tuple[float, float]:
    if question.type == "year":
        return low or _SOON, high or (low or _SOON) + _SPAN
    usual = _YEARS if question.kind == "years" else _NO_BOUNDS
    if low is not None and low > 0:
        return low, high or low * usual[1] / usual[0]
    if high is not None and high > 0:
        return high * usual[0] / usual[1], high
    return usual


def _carried_over(latent: FloatArray, from_: AnswerScale, to: AnswerScale) -> FloatArray:
    """Return latent values at the same place between the ends of another scale."""
    (low, high), (low_there, high_there) = from_.latent_range, to.latent_range
    carried: FloatArray = low_there + (latent - low) / (high - low) * (high_there - low_there)
    return carried


def _rounded(values: FloatArray) -> FloatArray:
    """Return numbers with three figures, as people give them."""
    size = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=np.abs(values) > 0))
    unit = 10.0 ** np.where(np.isnan(size), 0, size - _FIGURES + 1)
    rounded: FloatArray = np.round(np.round(values / unit) * unit, 12)
    return rounded


def write_answers_table(study: Study, answers: Answers, path: Path) -> None:
    """Write a table of simulated answers, never over a file that is there.

    Raises
    ------
    InnosiError
        If the file is there.
    """
    if path.exists():
        raise InnosiError("is there already", mend="name a new file; nothing is replaced", where=str(path))
    write_text(path, answers_table(study, answers.by_place.values()))


def copy_as_simulated(study: Study, folder: Path) -> Path:
    """Write a copy of a study's file, marked `simulated: true`, and return its path.

    Its comments stay; members in a file of their own come into the copy. Answers are not copied.

    Raises
    ------
    InnosiError
        If the folder has a study file of that name already.
    """
    from ruamel.yaml import YAML

    target = folder / study.path.name
    if target.exists():
        raise InnosiError("is there already", mend="name a new folder", where=str(target))
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    document = yaml.load(study.path.read_text(encoding="utf-8-sig"))
    panel = document.setdefault("panel", {})
    panel["simulated"] = True
    if panel.pop("members_file", None):
        panel["members"] = {name: group or None for name, group in study.panel.members.items()}
    sheet = io.StringIO()
    yaml.dump(document, sheet)
    write_text(target, sheet.getvalue())
    return target
