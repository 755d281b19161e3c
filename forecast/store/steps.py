"""The steps of a study, kept in the order in which they were taken."""

from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import insert, select

from innosi.forecast.progress import Mode, Progress, Step, progress_of
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import steps
from innosi.forecast.study import Study


def record_step(transaction: Transaction, step: Step) -> None:
    """Add a step."""
    transaction.connection.execute(insert(steps).values(study_id=transaction.study_id, **asdict(step)))


def read_steps(transaction: Transaction) -> Iterator[Step]:
    """Yield every step, oldest first."""
    columns = [column for column in steps.c if column.name not in ("id", "study_id")]
    query = select(*columns).where(steps.c.study_id == transaction.study_id).order_by(steps.c.id)
    for row in transaction.connection.execute(query):
        yield Step(**row._mapping)


def read_progress(transaction: Transaction, study: Study) -> Progress:
    """Return where a study stands."""
    mode: Mode = study.mode
    return progress_of(read_steps(transaction), n_rounds=len(study.rounds), mode=mode)
