"""Alembic's way in: run what is asked for on the connection that `service.database.migrations` hands over, inside its transaction."""

from alembic import context

from service.database.migrations import VERSION_SCHEMA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    version_table_schema=VERSION_SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
