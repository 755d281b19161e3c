"""The history of a study, counted from its store."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from innosi.forecast.history import QuestionHistory, RoundHistory, StudyHistory
from innosi.forecast.progress import Progress, Step
from innosi.forecast.store.answers import answered_rounds, answers_of, current_answers
from innosi.forecast.store.arguments import read_arguments, read_proposals
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.panel import Panellist, read_consents, read_panel
from innosi.forecast.store.steps import read_progress, read_steps
from innosi.forecast.store.tables import answers, erasures, studies
from innosi.forecast.store.versions import count_study_versions, read_question_versions
from innosi.forecast.study import Study


def read_history(transaction: Transaction, study: Study) -> StudyHistory:
    """Return what happened in a study, in numbers that may be shown."""
    progress, panel = read_progress(transaction, study), read_panel(transaction)
    proposals, consents = read_proposals(transaction), read_consents(transaction)
    connection = transaction.connection
    about = connection.execute(select(studies).where(studies.c.id == transaction.study_id)).one()
    erased = select(func.count()).where(erasures.c.study_id == transaction.study_id)
    n_erased = connection.execute(erased).scalar_one()
    n_withdrawn = sum(each.withdrawn_at is not None for each in panel.values())
    return StudyHistory(
        key=transaction.key,
        state=progress.state,
        created=about.created_at,
        finished=progress.finished,
        n_listed=len(panel) + n_erased,
        n_withdrawn=n_withdrawn + n_erased,
        n_erased=n_erased,
        n_consented=sum(consents.values()) if study.privacy.consent else 0,
        by_group=Counter(each.group for each in panel.values()),
        by_expertise=_by_expertise(panel),
        rounds=tuple(_rounds(transaction, study, progress, panel)),
        questions=tuple(_questions(transaction, study, progress)),
        n_proposals=len(proposals),
        n_proposals_taken_up=sum(bool(each.question) for each in proposals),
        n_study_versions=count_study_versions(transaction),
        is_anonymised=about.anonymised_at is not None,
        log=tuple((step.at, in_words(step)) for step in read_steps(transaction)),
    )


def _by_expertise(panel: dict[str, Panellist]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for each in panel.values():
        found.setdefault(each.group, Counter()).update(each.expertise)
    return {group: dict(counts) for group, counts in found.items() if counts}


def _rounds(
    transaction: Transaction, study: Study, progress: Progress, panel: dict[str, Panellist]
) -> Iterator[RoundHistory]:
    held = sorted({*answered_rounds(transaction), *progress.opened})
    n_arguments = Counter(each.round for each in read_arguments(transaction))
    for number in held:
        asked = _asked(transaction, study, progress, number)
        answered = _answered(transaction, study, number)
        opened, closed = progress.opened.get(number), progress.closed.get(number)
        groups = Counter(panel[who].group for who in answered if who in panel)
        yield RoundHistory(
            number=number,
            title=study.rounds[number - 1],
            opened=opened,
            closed=closed,
            fed_back=progress.fed_back.get(number),
            deadline=progress.deadlines.get(number),
            n_invited=len(_asked_people(panel, opened)) or len(answered),
            n_answered=len(answered),
            n_complete=sum(n >= len(asked) for n in answered.values()),
            n_late_answers=_count(transaction, number, is_late=True),
            n_withdrawn=_n_withdrawn(panel, opened, progress.opened.get(number + 1)),
            n_revisions=_n_revisions(transaction, number),
            n_arguments=n_arguments[number],
            n_answered_by_group=groups,
            questions=asked,
        )


def _asked_people(panel: dict[str, Panellist], opened: datetime | None) -> list[str]:
    """Who could have answered a round: on the panel, and not withdrawn before it was opened."""
    return [
        name
        for name, each in panel.items()
        if each.withdrawn_at is None or (opened is not None and each.withdrawn_at >= opened)
    ]


def _n_withdrawn(panel: dict[str, Panellist], opened: datetime | None, next_opened: datetime | None) -> int:
    if opened is None:
        return 0
    dates = [each.withdrawn_at for each in panel.values() if each.withdrawn_at is not None]
    return sum(opened <= at and (next_opened is None or at < next_opened) for at in dates)


def _asked(transaction: Transaction, study: Study, progress: Progress, number: int) -> tuple[str, ...]:
    """The questions that were asked in a round, in the order of the study file."""
    first = {name: versions[0].first_round for name, versions in read_question_versions(transaction).items()}
    names = [*study.questions, *(name for name in first if name not in study.questions)]
    return tuple(
        name for name in names if first.get(name, 1) <= number and not progress.why_not_asked(name, number)
    )


def _answered(transaction: Transaction, study: Study, number: int) -> dict[str, int]:
    """How many questions each panellist answered in a round; in real time, until a snapshot."""
    current = answers_of(transaction, study, number, as_of=number)
    query = select(current.c.panellist, func.count()).group_by(current.c.panellist)
    return {row[0]: row[1] for row in transaction.connection.execute(query)}


def _count(transaction: Transaction, number: int, *, is_late: bool) -> int:
    current = current_answers(transaction, number=number, is_late=is_late)
    return transaction.connection.execute(select(func.count(current.c.id))).scalar_one()


def _n_revisions(transaction: Transaction, number: int) -> int:
    """How many answers took the place of earlier ones within the round."""
    c = answers.c
    within = (c.study_id == transaction.study_id, c.round == number, c.is_late.is_(False))
    given = select(func.count(c.id)).where(*within, c.is_retracted.is_(False))
    places = select(c.question, c.panellist).where(*within, c.is_retracted.is_(False)).distinct().subquery()
    n_places = select(func.count()).select_from(places)
    connection = transaction.connection
    return connection.execute(given).scalar_one() - connection.execute(n_places).scalar_one()


def _questions(transaction: Transaction, study: Study, progress: Progress) -> Iterator[QuestionHistory]:
    proposed = {each.question for each in read_proposals(transaction) if each.question}
    for name, versions in read_question_versions(transaction).items():
        found = progress.settled.get(name)
        yield QuestionHistory(
            name=name,
            text=study.questions[name].text if name in study.questions else versions[-1].text,
            added=versions[0].first_round,
            from_proposal=name in proposed,
            reworded=tuple(each.first_round for each in versions[1:]),
            settled=found.settled if found else "",
            settled_after=found.round if found else None,
            settled_because=found.because if found else "",
        )


def in_words(step: Step) -> str:
    """Say what a step did."""
    about = {
        "open": f"round {step.round} was opened",
        "snapshot": f"snapshot {step.round} was taken",
        "close": f"round {step.round} was closed",
        "feedback": f"the feedback of round {step.round} was released",
        "finish": "the study was finished",
        "undo": f"the step before was undone (round {step.round})",
        "settle": f"'{step.question}' was {step.settled} after round {step.round}",
        "reinstate": f"'{step.question}' is asked again after round {step.round}",
        "deadline": f"the deadline of round {step.round} was moved",
    }[step.kind]
    deadline = f", to be answered by {step.deadline}" if step.deadline else ""
    because = f": {step.because}" if step.because else ""
    return f"{about}{deadline}{because}" + (f" ({step.by})" if step.by else "")
