"""The questions of a round, each part of one by itself."""

from collections.abc import Iterator

from innosi.forecast.answers.values import Answers, QuestionAnswers
from innosi.forecast.study import Study


def parts_of_round(study: Study, answers: Answers, number: int) -> Iterator[QuestionAnswers]:
    """Yield the answers to every question, or part of one, that bears statistics and was answered in a round.

    Those who say that a year never comes are left out: their answer is no number.
    """
    for question in study.questions.values():
        for part in answers.to(question, number).aspects:
            counted = part.with_a_number
            if counted.n:
                yield counted
