"""What a report is drawn from: a study, what happened in it, its answers, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from innosi.forecast.answers.values import Answers
from innosi.forecast.arguments import Argument
from innosi.forecast.history import QuestionHistory, RoundHistory, StudyHistory
from innosi.forecast.statistics.stopping import Assessment, assess
from innosi.forecast.study import Study


@dataclass(frozen=True, slots=True)
class Record:
    """A study with all that is known of it.

    Attributes
    ----------
    study : Study
        In the report's language, where it has texts in it.
    arguments : tuple of Argument
        Those that may be seen; moderation hid the others.
    assessments : mapping of question or part to Assessment
        Where each stands after the last round in which it was answered, of those that may be shown.
    """

    study: Study
    history: StudyHistory
    answers: Answers
    arguments: tuple[Argument, ...]
    assessments: Mapping[str, Assessment]

    @property
    def minimum(self) -> int:
        """The smallest number of answers of which anything is shown."""
        return self.study.panel.minimum_group_size

    @property
    def few(self) -> str:
        """So many are too few to be shown."""
        return f"fewer than {self.minimum}"

    @property
    def rounds(self) -> tuple[RoundHistory, ...]:
        """The rounds that were opened."""
        return self.history.rounds

    def about(self, question: str) -> QuestionHistory | None:
        """Return what became of a question; None where that is not known."""
        return next((each for each in self.history.questions if each.name == question), None)

    def round_title(self, number: int) -> str:
        """Return how a round is called."""
        titles = self.study.rounds
        return titles[number - 1] if number <= len(titles) else f"Round {number}"


def record_of(study: Study, history: StudyHistory, answers: Answers, arguments: Sequence[Argument]) -> Record:
    """Return a study with all that is known of it, worked out once for the whole report."""
    seen = tuple(each for each in arguments if not each.is_hidden)
    return Record(study, history, answers, seen, _last_assessments(study, answers))


def _last_assessments(study: Study, answers: Answers) -> dict[str, Assessment]:
    found: dict[str, Assessment] = {}
    for number in reversed(answers.rounds):
        last_asked = {
            name
            for name, question in study.questions.items()
            if answers.to(question, number).n and name not in {key.partition(".")[0] for key in found}
        }
        if last_asked:
            found |= {
                each.question.name: each
                for each in assess(study, answers, number)
                if study.question_of(each.question.name).name in last_asked
            }
    minimum = study.panel.minimum_group_size
    return {name: found[name] for name in _in_order(study, found) if found[name].n >= minimum}


def _in_order(study: Study, found: Mapping[str, Assessment]) -> list[str]:
    return [
        aspect.name
        for question in study.questions.values()
        for aspect in question.aspects
        if aspect.name in found
    ]
