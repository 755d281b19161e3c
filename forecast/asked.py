"""What a round asked, where other questions have taken the places of some since; and what was answered."""

from collections.abc import Iterator
from dataclasses import replace

from innosi.forecast.answers.values import Answers
from innosi.forecast.questions import Question
from innosi.forecast.running import study_of
from innosi.forecast.store.answers import answered_rounds, load_answers, read_answers
from innosi.forecast.store.opening import Transaction, has_store, open_store
from innosi.forecast.store.versions import QuestionVersion, current_versions, read_study_versions
from innosi.forecast.study import Study


def as_asked(transaction: Transaction, study: Study, number: int) -> Study:
    """Return a study with its questions as a round asked them; itself where none was replaced since."""
    then, now = current_versions(transaction, number), current_versions(transaction)
    replaced = {
        name: version
        for name, version in then.items()
        if name in study.questions and version.lineage != now[name].lineage
    }
    if not replaced:
        return study
    found = dict(_kept_questions(transaction, study, replaced))
    questions = {name: found.get(name, each) for name, each in study.questions.items()}
    return replace(study, questions={n: q for n, q in questions.items() if n in found or n not in replaced})


def _kept_questions(
    transaction: Transaction, study: Study, wanted: dict[str, QuestionVersion]
) -> Iterator[tuple[str, Question]]:
    """The questions of versions, from the newest kept study file that asks them so."""
    missing = dict(wanted)
    for kept in read_study_versions(transaction):
        questions = study_of(kept, study).questions if missing else {}
        for name, version in [*missing.items()]:
            question = questions.get(name)
            if question is not None and (question.form, question.text) == (version.form, version.text):
                del missing[name]
                yield name, question


def answers_as_asked(study: Study, number: int | None) -> tuple[Study, Answers]:
    """Return a study as a round asked it, with all answers that may be compared with those of the round.

    Parameters
    ----------
    number : int, optional
        The newest questions by default.

    Raises
    ------
    StoreError, InputFaults
        As `load_answers`.
    """
    if number is None or not has_store(study):
        return study, load_answers(study)
    with open_store(study).reading() as transaction:
        asked = as_asked(transaction, study, number)
        return asked, read_answers(transaction, asked, as_of=number)


def rounds_as_asked(transaction: Transaction, study: Study) -> dict[int, tuple[Study, Answers]]:
    """Return of every round with answers what it asked, and all answers that may be compared with its own."""
    newest = study, read_answers(transaction, study)
    found = {}
    for number in answered_rounds(transaction):
        asked = as_asked(transaction, study, number)
        found[number] = newest if asked is study else (asked, read_answers(transaction, asked, as_of=number))
    return found
