"""The file in which a study hands its pooled judgements to a scenario file."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.few_answers import is_too_few
from innosi.forecast.pooling.questions import Method, Pooled, pool
from innosi.forecast.pooling.weights import Weights
from innosi.forecast.questions import Question
from innosi.forecast.statistics.descriptive import describe
from innosi.forecast.statistics.summary import last_round
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.store.opening import has_store, open_store
from innosi.forecast.store.versions import read_study_version
from innosi.forecast.study import Study
from innosi.scenarios.loading.judgements import FORMAT
from innosi.scenarios.writing import write_text

DEFAULT_NAME = "judgements.json"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A pooled judgement, and the answers of the round it comes from."""

    answers: QuestionAnswers
    pooled: Pooled

    @property
    def question(self) -> Question:
        """The question it answers."""
        return self.answers.question


def pool_study(
    study: Study,
    answers: Answers,
    *,
    number: int | None = None,
    method: Method = "linear_pool",
    weights: Weights | None = None,
    with_small: bool = False,
) -> tuple[Judgement, ...]:
    """Return a pooled judgement of every question, each from the last round in which it was answered.

    Parameters
    ----------
    number : int, optional
        The last round that counts; the last one with answers by default.
    weights : Weights, optional
        Of the panellists; equal by default.
    with_small : bool
        Also of what fewer than the study's `minimum_group_size` answered: single people's answers.

    Raises
    ------
    AnswerError
        If there are no answers.
    """
    number = last_round(study, answers, number)
    return tuple(
        _judgement(part, pool(counted, method, weights))
        for part, counted in _with_numbers(study, answers, number)
        if with_small or not is_too_few(study.panel, counted.n)
    )


def left_out(study: Study, answers: Answers, number: int | None = None) -> tuple[str, ...]:
    """Return the questions, or parts of them, of which no judgement is handed on, as too few answered."""
    number = last_round(study, answers, number)
    found = _with_numbers(study, answers, number)
    return tuple(part.question.name for part, counted in found if is_too_few(study.panel, counted.n))


def _with_numbers(
    study: Study, answers: Answers, number: int
) -> Iterator[tuple[QuestionAnswers, QuestionAnswers]]:
    """Yield each part that has a number, with its answers that are one; a choice has none for a model."""
    for question in study.questions.values():
        rounds = reversed([each for each in answers.rounds if each <= number])
        given = next((found for each in rounds if (found := answers.to(question, each)).n), None)
        for part in () if given is None else given.aspects:
            counted = part.with_a_number
            if part.question.measurement != "nominal" and counted.n:
                yield part, counted


def _judgement(part: QuestionAnswers, pooled: Pooled) -> Judgement:
    if part.n_never:
        note = f"{part.n_never} of {part.n} said never, and are not in it; {pooled.assumptions}"
        pooled = replace(pooled, assumptions=note)
    return Judgement(part, pooled)


def export_judgements(
    study: Study,
    answers: Answers,
    path: Path,
    *,
    number: int | None = None,
    method: Method = "linear_pool",
    weights: Weights | None = None,
    with_small: bool = False,
) -> tuple[Judgement, ...]:
    """Write a study's pooled judgements to a file, whole or not at all; same answers, same bytes.

    What too few answered is left out, as in `pool_study`, and in the figures of earlier rounds too.
    """
    judgements = pool_study(
        study, answers, number=number, method=method, weights=weights, with_small=with_small
    )
    number = last_round(study, answers, number)
    data = judgements_data(study, answers, judgements, number, method, with_small=with_small)
    data["study"] |= _kept_as(study)
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return judgements


def _kept_as(study: Study) -> dict[str, Any]:
    """By which key its store knows a study, and which version of the study file was decided on last."""
    if not has_store(study):
        return {}
    with open_store(study).reading() as transaction:
        version_ = read_study_version(transaction)
        return {"key": transaction.key, "version": None if version_ is None else version_.number}


def judgements_data(
    study: Study,
    answers: Answers,
    judgements: tuple[Judgement, ...],
    number: int,
    method: Method,
    *,
    with_small: bool = False,
) -> dict[str, Any]:
    """Return pooled judgements as the plain data of their file."""
    return {
        "format": FORMAT,
        "study": {
            "title": study.title,
            "file": study.path.name,
            "sha256": study.sha256,
            "simulated": study.panel.is_simulated,
            "panellists": len(answers.panellists(number)),
        },
        "round": number,
        "method": method,
        "innosi": version("innosi"),
        "judgements": {
            each.question.name: _record(each, study, answers, with_small=with_small) for each in judgements
        },
        "left_out": [] if with_small else list(left_out(study, answers, number)),
    }


def _record(judgement: Judgement, study: Study, answers: Answers, *, with_small: bool) -> dict[str, Any]:
    question, pooled, given = judgement.question, judgement.pooled, judgement.answers
    rounds = [number for number in answers.rounds if number <= given.round]
    whole = study.question_of(question.name)
    return {
        "text": question.text,
        "unit": question.unit,
        "kind": question.kind,
        "distribution": pooled.distribution.to_data(),
        "n": given.n,
        "round": given.round,
        "method": pooled.method,
        "assumptions": pooled.assumptions,
        "consensus": str(verdict_of(study, answers, given)),
        "misfit": pooled.misfit,
        "rounds": [
            _round(study, answers, each, with_small=with_small)
            for each in (answers.to_aspect(whole, question.name, number) for number in rounds)
        ],
    }


def _round(study: Study, answers: Answers, given: QuestionAnswers, *, with_small: bool) -> dict[str, Any]:
    described = describe(given.central)
    is_shown = with_small or not is_too_few(study.panel, described.n)
    return {
        "round": given.round,
        "n": given.n,
        "median": _plain(described.median) if is_shown else None,
        "lower_quartile": _plain(described.lower_quartile) if is_shown else None,
        "upper_quartile": _plain(described.upper_quartile) if is_shown else None,
        "consensus": verdict_of(study, answers, given).word if is_shown else "",
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
