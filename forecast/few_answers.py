"""Which numbers too few people stand behind to be shown: a number of one person is that person's answer."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import nan

import numpy as np

from innosi.forecast.answers.values import Answer, Answers, QuestionAnswers
from innosi.forecast.panels.panel import Panel
from innosi.forecast.statistics.descriptive import describe
from innosi.forecast.statistics.summary import QuestionSummary
from innosi.forecast.store.opening import has_store, open_store
from innosi.forecast.store.panel import is_anonymised
from innosi.forecast.study import Study
from innosi.models.errors import InnosiError


def is_too_few(panel: Panel, n: int) -> bool:
    """Whether n answers are so few that they stay hidden; a simulated panel has nobody to protect."""
    return n < panel.minimum_group_size and not panel.is_simulated


def without_few(
    panel: Panel, summaries: Iterable[QuestionSummary]
) -> tuple[tuple[QuestionSummary, ...], frozenset[str]]:
    """Return summaries without the figures that too few stand behind, and the questions that lost all theirs.

    Of a question its figures go where too few gave a number; its change, where too few answered both times.
    """
    found, few = [], set()
    for each in summaries:
        n = each.n if each.question.measurement == "nominal" else each.description.n
        if is_too_few(panel, n):
            few.add(each.question.name)
            found.append(replace(each, description=describe(()), distribution=(), measures=(), change=None))
        elif each.change is not None and is_too_few(panel, each.change.n_both):
            found.append(replace(each, change=None))
        else:
            found.append(each)
    return tuple(found), frozenset(few)


def check_few_may_be_shown(study: Study) -> None:
    """Refuse to show what few answered where the study was made anonymous, by which that was promised.

    Raises
    ------
    InnosiError
    """
    if study.panel.is_simulated or not has_store(study):
        return
    store = open_store(study)
    with store.reading() as transaction:
        if is_anonymised(transaction):
            raise InnosiError(
                "the study is anonymous, and numbers of few people are not shown any more",
                mend="leave --small out",
                where=store.where,
            )


def answered_by_enough(study: Study, answers: Answers) -> Answers:
    """Return answers without those to questions, and parts of questions, that too few answered in a round.

    Open questions stay, as they are no numbers.
    """
    if study.panel.is_simulated:
        return answers
    return Answers({each.place: each for each in _of_enough(study, answers)})


def _of_enough(study: Study, answers: Answers) -> Iterator[Answer]:
    shown = {
        (number, name): _shown_parts(study, answers.to(question, number))
        for number in answers.rounds
        for name, question in study.questions.items()
    }
    for answer in answers.by_place.values():
        parts = shown.get((answer.round, answer.question), ())
        if parts and all(parts):
            yield answer
        elif any(parts):
            kept = zip(answer.values, parts, strict=True)
            yield replace(answer, values=tuple(value if is_shown else nan for value, is_shown in kept))


def _shown_parts(study: Study, given: QuestionAnswers) -> tuple[bool, ...]:
    """Whether each part of a question may be shown; its parts stand or fall together, but for gaps."""
    if given.question.type == "text":
        return (True,)
    ns = np.isfinite(given.values).sum(axis=0)
    if not given.question.allows_gaps:
        ns[:] = ns.min()
    return tuple(not is_too_few(study.panel, int(n)) for n in ns)
