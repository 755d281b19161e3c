"""What a panel thinks after a round, counted where its answers are kept."""

from dataclasses import dataclass

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.asked import as_asked
from innosi.forecast.statistics.counted import CountedAnswers, summarise_counts
from innosi.forecast.statistics.summary import QuestionSummary, checked_round, summarise
from innosi.forecast.statistics.verdicts import GivenAnswers
from innosi.forecast.store.answers import answered_rounds, answers_to, read_answers, refuse_other_forms
from innosi.forecast.store.counting import count_round
from innosi.forecast.store.opening import Transaction, has_store, open_store
from innosi.forecast.store.panel import read_panel
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round in short.

    Attributes
    ----------
    study : Study
        As the round asked it.
    round : int
    answers : GivenAnswers
        Question by question; nobody's in particular.
    questions : tuple of QuestionSummary
    """

    study: Study
    round: int
    answers: GivenAnswers
    questions: tuple[QuestionSummary, ...]


def summarise_round(study: Study, number: int | None = None) -> RoundSummary:
    """Return the summary of a round, without its measures.

    Parameters
    ----------
    number : int, optional
        The last round with answers by default.

    Raises
    ------
    AnswerError
        If the round has no answers.
    InputFaults
        If the study file was changed so that kept answers do not fit it any more.
    """
    if not has_store(study):
        checked_round(study, (), number)
    with open_store(study).reading() as transaction:
        refuse_other_forms(transaction, study)
        number = checked_round(study, answered_rounds(transaction), number)
        study = as_asked(transaction, study, number)
        if study.panel.groups and not _knows_groups(transaction, study):
            answers = read_answers(transaction, study, as_of=number)
            return RoundSummary(study, number, answers, summarise(study, answers, number))
        counts = count_round(transaction, study, number)
        counted = CountedAnswers(counts, _texts(transaction, study, number))
    return RoundSummary(study, number, counted, summarise_counts(study, counts))


def _knows_groups(transaction: Transaction, study: Study) -> bool:
    """Whether the store can count by group: of a draft only the study file may list the members."""
    panel = {name: each.group for name, each in read_panel(transaction).items()}
    return panel == study.panel.members


def _texts(transaction: Transaction, study: Study, number: int) -> dict[str, QuestionAnswers]:
    return {
        name: answers_to(transaction, study, question, number).to(question, number)
        for name, question in study.questions.items()
        if question.type == "text"
    }
