"""Which files were imported, and when."""

from datetime import datetime

from sqlalchemy import insert

from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.tables import imports


def record_import(
    transaction: Transaction, *, file_name: str, sha256: str, counts: tuple[int, int, int], at: datetime
) -> int:
    """Keep that a file was imported, and return the number by which its answers refer to it.

    Parameters
    ----------
    counts : (n_added, n_changed, n_rejected)
        Answers that were added, of those how many took the place of others, and rows that were left out.
    """
    added, changed, rejected = counts
    query = insert(imports).values(
        study_id=transaction.study_id,
        at=at,
        file_name=file_name,
        sha256=sha256,
        n_added=added,
        n_changed=changed,
        n_rejected=rejected,
    )
    return transaction.connection.execute(query.returning(imports.c.id)).scalar_one()
