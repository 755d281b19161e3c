"""When people were erased, of whom nothing else is kept."""

from datetime import datetime

from sqlalchemy import select

from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import erasures


def read_erasures(transaction: Transaction) -> tuple[datetime, ...]:
    """Return when each panellist was erased who had answered or argued."""
    c = erasures.c
    query = select(c.at).where(c.study_id == transaction.study_id, c.n_answers + c.n_arguments > 0)
    return tuple(transaction.connection.execute(query.order_by(c.id)).scalars())
