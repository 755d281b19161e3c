"""Alembic's entrance: migrations run on the connection, and in the transaction, that they are given."""

from alembic import context

from innosi.forecast.store.tables import metadata

if hasattr(context, "config"):  # Alembic is running; whoever else imports this wants nothing of it
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
