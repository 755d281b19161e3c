"""What a facilitator should know between rounds: what happened, and what to do with each question."""

from innosi.forecast.history import StudyHistory
from innosi.forecast.running import RunningStudy
from innosi.forecast.statistics.stopping import Assessment, assess
from innosi.forecast.store.answers import read_answers
from innosi.forecast.store.history import read_history


def history_of(running: RunningStudy) -> StudyHistory | None:
    """Return what happened in a study; None where nothing was kept yet."""
    if running.store is None:
        return None
    with running.store.reading() as transaction:
        return read_history(transaction, running.study)


def advise(running: RunningStudy) -> dict[str, tuple[Assessment, ...]]:
    """Return, question by question, where it stands after the last round that was closed; part by part.

    The open round says nothing yet; a study that never opened a round is judged by the last with answers.
    """
    if running.store is None:
        return {}
    with running.store.reading() as transaction:
        answers = read_answers(transaction, running.study)
    open_ = running.progress.round if running.progress.state == "open" else None
    held = [number for number in answers.rounds if number != open_]
    if not held:
        return {}
    found: dict[str, tuple[Assessment, ...]] = {}
    for each in assess(running.study, answers, held[-1]):
        name = running.study.question_of(each.question.name).name
        found[name] = (*found.get(name, ()), each)
    return found
