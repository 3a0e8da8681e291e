"""The outbox: what was said, and what of it still has to be spread to inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from fediart.db import engine
from fediart.db.engine import Transaction
from fediart.db.queries._upsert import is_postgres
from fediart.db.tables import Activity

FANOUT = "fanout"
_SHOWN = ("Create", "Announce")


async def add(tx: Transaction, activity: Activity) -> None:
    """Store an activity; its fan-out starts when the transaction commits."""
    tx.add(activity)
    await tx.flush()
    engine.wake(tx, FANOUT)


async def find(tx: Transaction, uri: str) -> Activity | None:
    return await tx.scalar(select(Activity).where(Activity.uri == uri))


async def latest_of(tx: Transaction, subject: str) -> Activity | None:
    return await tx.scalar(select(Activity).where(Activity.subject == subject).order_by(Activity.id.desc()).limit(1))


async def by_ids(tx: Transaction, ids: Sequence[int]) -> dict[int, Activity]:
    return {a.id: a for a in await tx.scalars(select(Activity).where(Activity.id.in_(ids)))}


async def claim_waiting(tx: Transaction) -> Activity | None:
    """Return the oldest activity to fan out whose subject has no older one waiting; locked on PostgreSQL."""
    older = aliased(Activity)
    statement = (
        select(Activity)
        .where(
            Activity.fanned_out_at.is_(None),
            ~exists().where(older.fanned_out_at.is_(None), older.subject == Activity.subject, older.id < Activity.id),
        )
        .order_by(Activity.id)
        .limit(1)
    )
    if is_postgres(tx):
        statement = statement.with_for_update(skip_locked=True)
    return await tx.scalar(statement)


async def count_public(tx: Transaction, actor_id: int) -> int:
    return (
        await tx.scalar(
            select(func.count())
            .select_from(Activity)
            .where(Activity.actor_id == actor_id, Activity.is_public, Activity.type.in_(_SHOWN))
        )
        or 0
    )


async def public_of_actor(
    tx: Transaction, actor_id: int, *, before: int | None = None, limit: int = 20
) -> list[Activity]:
    """Return what the outbox collection shows: public Create and Announce whose object still stands, newest first."""
    statement = select(Activity).where(Activity.actor_id == actor_id, Activity.is_public, Activity.type.in_(_SHOWN))
    if before is not None:
        statement = statement.where(Activity.id < before)
    return list(await tx.scalars(statement.order_by(Activity.id.desc()).limit(limit)))


async def hide(tx: Transaction, *, note_id: int) -> None:
    """Take a deleted note's activities out of the public outbox."""
    found = await tx.scalars(select(Activity).where(Activity.note_id == note_id, Activity.type != "Delete"))
    for activity in found:
        activity.is_public = False
    await tx.flush()


async def mark_fanned_out(tx: Transaction, activity: Activity, at: datetime) -> None:
    activity.fanned_out_at = at
    await tx.flush()
