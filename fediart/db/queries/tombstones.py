"""Memory of what was deleted or undone, so that a late original is not taken for new."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select

from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert
from fediart.db.tables import Tombstone


async def add(tx: Transaction, *, uri: str, actor_uri: str, at: datetime) -> None:
    await tx.execute(insert(tx, Tombstone).values(uri=uri, actor_uri=actor_uri, created_at=at).on_conflict_do_nothing())


async def has(tx: Transaction, *, uri: str, actor_uri: str) -> bool:
    """Say whether this actor deleted or undid this id. Another actor's word does not count."""
    return bool(await tx.scalar(select(exists().where(Tombstone.uri == uri, Tombstone.actor_uri == actor_uri))))


async def prune(tx: Transaction, *, before: datetime) -> None:
    await tx.execute(delete(Tombstone).where(Tombstone.created_at < before))
