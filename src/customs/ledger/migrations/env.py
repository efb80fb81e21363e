"""How a migration runs: on the connection that it is given, all of it in one transaction."""

from alembic import context

from customs.ledger.tables import TABLES

if __name__ == "env_py":  # the name under which Alembic runs it
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=TABLES,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
