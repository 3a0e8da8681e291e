"""Alembic's entry: runs the migrations on the connection that `fediart.db.schema` hands over."""

from __future__ import annotations

from alembic import context

from fediart.db.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,  # SQLite has it too, once BEGIN is said by us
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
