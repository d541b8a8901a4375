"""Runs the migrations on the connection that :mod:`store.migrate` gives; Alembic loads this file by its name."""

from alembic import context

from store.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
