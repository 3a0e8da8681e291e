"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike but SQLAlchemy keeps apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from fediart.db.engine import Transaction


def insert(tx: Transaction, table: type[Any]) -> sqlite.Insert:
    """Return the dialect's insert; both have the same `on_conflict_*` methods."""
    if tx.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)


def is_postgres(tx: Transaction) -> bool:
    return tx.get_bind().dialect.name == "postgresql"
